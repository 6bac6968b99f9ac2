import Contracts
import Kernel
import Operations
import ServiceTime

/// The customer, its units and its people.
extension ContractPlanner {
  mutating func planCustomer() {
    let wanted = file.customer
    if Zone.named(wanted.zone) == nil { refuse("customer.zone", ContractFileMessages.badZone) }
    var step = ContractPlan.Step(
      kind: .create, noun: ContractFileMessages.customer, name: "\(wanted.code) “\(wanted.name)”", path: "customer")
    var members = [Value.Member("name", .text(wanted.name)), Value.Member("zone", .text(wanted.zone))]
    if let language = wanted.language { members.append(Value.Member("language", .text(language))) }
    guard let found = recorded.customer else {
      members.append(Value.Member("code", .text(wanted.code)))
      step.act = { [members] applying in
        let made = try await applying.call("customer.create", members)
        try await applying.keep(customer: made["id"])
      }
      add(step)
      return
    }
    let labels = ["name": DifferenceWords.nameLabel, "zone": ContractFileMessages.zone, "language": ContractFileMessages.language]
    let changed = members.filter { $0.value != found[$0.name] }
    step.details = changed.compactMap { member in
      difference(labels[member.name]?.text(language) ?? member.name, found[member.name]?.text.map(Term.text), member.value.text.map(Term.text))
    }
    finish(&step, changed, found, operation: "customer.change", thing: .customer)
  }

  /// A change of what is there, or nothing.
  /// - Parameter withdrawal: the operation that takes back a version which does not hold yet.
  mutating func finish(
    _ step: inout ContractPlan.Step, _ changed: [Value.Member], _ found: Value, operation: String, thing: FileThing, withdrawal: String? = nil
  ) {
    step = ContractPlan.Step(
      kind: changed.isEmpty ? .same : .change, noun: step.noun, name: step.name, path: step.path, from: changed.isEmpty ? nil : step.from,
      details: step.details + (changed.isEmpty ? planned(found, withdrawal) : []), renamed: step.renamed)
    if !changed.isEmpty {
      let (members, version) = ([Value.Member("id", found["id"] ?? .null)] + changed, found["version"]?.integer)
      step.act = { applying in
        let changed = try await applying.call(operation, members, version: version)
        if thing == .contract { await applying.keep(contract: changed) }
      }
    }
    add(step)
  }

  mutating func planUnits() {
    let paths = filePaths
    var seen: Set<String> = []
    for (index, unit) in file.units.enumerated() {
      let (path, place) = (paths[index], "units[\(index)]")
      if !seen.insert(path).inserted { refuse("\(place).name", ContractFileMessages.namedTwice) }
      if let zone = unit.zone, Zone.named(zone) == nil { refuse("\(place).zone", ContractFileMessages.badZone) }
      let parent = unit.parent.map { _ in String(path.dropLast(unit.name.count + 1)) }
      let before = Set(paths[..<index]).union(recorded.units.keys)
      if let parent, !before.contains(parent) { refuseUnknown("\(place).parent", known: before) }
      var step = ContractPlan.Step(kind: .same, noun: ContractFileMessages.unit, name: "“\(path)”", path: place)
      if let found = recorded.units[path] {
        requireSame("\(place).kind", unit.kind, found["kind"]?.text)
        if let zone = unit.zone { requireSame("\(place).zone", zone, found["zone"]?.text) }
      } else {
        step = ContractPlan.Step(kind: .create, noun: step.noun, name: step.name, path: place)
        let members = [Value.Member("kind", .text(unit.kind)), Value.Member("name", .text(unit.name)), Value.Member("zone", .text(unit.zone))]
        step.act = { applying in
          let above = if let parent { await applying.id(.unit(parent)) } else { Value.null }
          let made = try await applying.call(
            "unit.add", members + [Value.Member("customer", await applying.id(.customer)), Value.Member("parent", above)])
          await applying.keep(made["id"], of: .unit(path))
        }
      }
      add(step)
    }
  }

  /// There is no operation that would change it.
  mutating func requireSame(_ path: String, _ wanted: String, _ found: String?) {
    guard wanted != found else { return }
    refuse(path, ContractFileMessages.fixed, ["recorded": found ?? "-"])
  }

  mutating func planPeople() {
    refuseRepeated(file.people.map(\.key), at: "people")
    for (index, person) in file.people.enumerated() {
      let place = "people[\(index)]"
      let unit = person.unit.flatMap { unitPath($0, at: "\(place).unit") }
      if person.email == nil, isNameOfSeveral(person.name) { refuse("\(place).name", ContractFileMessages.severalPersons) }
      var step = ContractPlan.Step(kind: .same, noun: ContractFileMessages.person, name: "“\(person.name)”", path: place)
      if let found = recorded.person(person) {
        requireSame("\(place).name", person.name, found["name"]?.text)
        if let unit, found["unit"] != recorded.units[unit]?["id"] {
          let recordedUnit = recorded.units.first { $0.value["id"] == found["unit"] }?.key
          requireSame("\(place).unit", unit, recordedUnit)
        }
      } else {
        if let email = person.email, EmailAddress.read(email) == nil { refuse("\(place).email", InputMessages.notAnEmail) }
        step = ContractPlan.Step(kind: .create, noun: step.noun, name: step.name, path: place)
        let members = [
          Value.Member("name", .text(person.name)), Value.Member("email", .text(person.email)), Value.Member("language", .text(person.language)),
        ]
        let key = person.key
        step.act = { applying in
          let above = if let unit { await applying.id(.unit(unit)) } else { Value.null }
          let made = try await applying.call(
            "person.add", members + [Value.Member("customer", await applying.id(.customer)), Value.Member("unit", above)])
          await applying.keep(made["id"], of: .person(key))
        }
      }
      add(step)
    }
  }
  /// Whether a name alone does not say who is meant.
  private func isNameOfSeveral(_ name: String) -> Bool {
    recorded.persons(named: name).count > 1 || file.people.contains { $0.name == name && $0.email != nil }
  }
}
