import Contracts
import Kernel
import Operations
import Renewals
import ServiceTime

/// The contract, its contacts and its lines.
extension ContractPlanner {
  mutating func planContract() {
    guard let contract = file.contract else { return }
    if let name = contract.zone, Zone.named(name) == nil { refuse("contract.zone", ContractFileMessages.badZone) }
    guard let currency = Currency(code: contract.currency) else { return refuse("contract.currency", ContractFileMessages.badCurrency) }
    guard let zone else { return }
    if let ends = contract.ends, ends <= contract.starts {
      refuse("contract.ends", ContractFileMessages.termOrder, ["starts": contract.starts.description])
    }
    if contract.renewal.mode != .none, contract.renewal.notice == nil { refuse("contract.notice", ContractFileMessages.noticeNeeded) }
    if contract.renewal.mode == .auto, contract.ends == nil || contract.renewal.months == nil { refuse("contract.renewal", ContractFileMessages.autoNeeds) }
    refuseRepeated(contract.lines.map(\.name), at: "contract.lines")

    var step = ContractPlan.Step(
      kind: .create, noun: ContractFileMessages.contract, name: "“\(contract.name)”", path: "contract",
      renamed: ["startsAt": "starts", "endsAt": "ends", "noticeDays": "notice", "noticeMonths": "notice"])
    let members = members(of: contract, zone)
    if let found = recorded.contract {
      if recorded.hasNamesakes { return refuse("contract.name", ContractFileMessages.severalContracts) }
      if found["state"] == "ended" { return refuse("contract.name", ContractFileMessages.contractEnded) }
      planChange(of: contract, found, members, &step)
    } else {
      let created =
        members + [
          Value.Member("name", .text(contract.name)), Value.Member("currency", .text(currency.code)), Value.Member("zone", .text(zone.identifier)),
          Value.Member("state", "draft"),
        ]
      step.details = Self.contractTerms(.object(members)).compactMap { term, value in difference(words.what(.contract(term)), nil, value) }
      if reachesBack(zone.start(of: contract.starts)) { step.details.append(ContractFileMessages.startsBack.text(language)) }
      // A draft until all its lines are there: what is half made promises nothing.
      step.act = { applying in
        let made = try await applying.call("contract.create", created + [Value.Member("customer", await applying.id(.customer))])
        await applying.keep(contract: made)
      }
      add(step)
    }
    for (index, line) in contract.lines.enumerated() { plan(line, at: "contract.lines[\(index)]", currency) }
    endLines(besides: contract.lines.map(\.name))
    for (index, line) in contract.lines.enumerated() { planDelivery(of: line, at: "contract.lines[\(index)]") }
    planContacts(contract.contacts)
    for (index, line) in contract.lines.enumerated() { planRisks(of: line, at: "contract.lines[\(index)]") }
    for (index, line) in contract.lines.enumerated() where isPrepared(line) { add(activation(of: line, at: "contract.lines[\(index)]")) }
    if contract.state == "active", recorded.contract == nil || recorded.contract?["state"] == "draft" { add(activation(contract)) }
  }

  /// A line that comes to a contract which is active is a draft until all that it needs is there: what is half made promises nothing, and
  /// where a proof is required, the line is proven as it begins.
  private func isPrepared(_ line: FileLine) -> Bool {
    guard let contract = recorded.contract, contract["state"] != "draft" else { return false }
    guard let found = recorded.lines.first(where: { $0["name"]?.text == line.name }) else {
      return line.teams != nil || line.suppliers != nil || line.acceptedRisks != nil
    }
    return found["state"] == "draft"
  }

  private func activation(of line: FileLine, at place: String) -> ContractPlan.Step {
    var step = ContractPlan.Step(
      kind: .change, noun: ContractFileMessages.line, name: "“\(line.name)”", path: place, from: validFromText,
      details: [ContractFileMessages.activate.text(language)], needsAll: true)
    let (name, from) = (line.name, validFromMember)
    step.act = { applying in
      let (id, version) = (await applying.id(.line(name)), await applying.version(ofLine: name))
      try await applying.call("contract_line.activate", [Value.Member("id", id)] + from, version: version)
    }
    return step
  }

  private func activation(_ contract: FileContract) -> ContractPlan.Step {
    var step = ContractPlan.Step(
      kind: .change, noun: ContractFileMessages.contract, name: "“\(contract.name)”", path: "contract",
      details: [ContractFileMessages.activate.text(language)], needsAll: true)
    step.act = { applying in
      let (id, version) = (await applying.id(.contract), await applying.contractVersion)
      try await applying.call("contract.change", [Value.Member("id", id), Value.Member("event", "activate")], version: version)
    }
    return step
  }

  private func members(of contract: FileContract, _ zone: Zone) -> [Value.Member] {
    let notice = contract.renewal.notice
    return [
      Value.Member("startsAt", .instant(zone.start(of: contract.starts))), Value.Member("endsAt", .instant(contract.ends.map(zone.start(of:)))),
      Value.Member("renewal", .text(contract.renewal.mode.rawValue)),
      Value.Member("noticeDays", .integer(notice?.unit == "days" ? notice?.count : nil)),
      Value.Member("noticeMonths", .integer(notice?.unit == "months" ? notice?.count : nil)),
      Value.Member("renewalMonths", .integer(contract.renewal.months)),
    ]
  }

  private mutating func planChange(of contract: FileContract, _ found: Value, _ members: [Value.Member], _ step: inout ContractPlan.Step) {
    if found["currency"]?.text != contract.currency {
      refuse("contract.currency", ContractFileMessages.fixed, ["recorded": found["currency"]?.text ?? "-"])
    }
    if let zone = contract.zone, found["zone"]?.text != zone {
      refuse("contract.zone", ContractFileMessages.fixed, ["recorded": found["zone"]?.text ?? "-"])
    }
    refuseUndoing(contract, found)
    let changed = members.filter { $0.value != (found[$0.name] ?? .null) }
    step.details = Self.contractTerms(found).compactMap { term, before in
      difference(words.what(.contract(term)), before, Self.contractTerms(.object(members)).first { $0.0 == term }?.1)
    }
    step.from = validFromText
    if changed.contains(where: { $0.name == "startsAt" }), !reachesBack(validFrom), reachesBack(zone?.start(of: contract.starts)) {
      step.details.append(ContractFileMessages.startsBack.text(language))
    }
    step.details += declinedRenewal(contract, found) + suspension
    // A notice in one unit takes the place of one in the other.
    let kept = changed.filter { !($0.value.isNull && $0.name.hasPrefix("notice") && contract.renewal.notice != nil) }
    finish(
      &step, kept.isEmpty ? [] : kept + validFromMember, found, operation: "contract.change", thing: .contract,
      withdrawal: "contract.withdraw")
  }

  /// An end that a renewal or a decline has set since is not put back by a file that does not know of it.
  private mutating func refuseUndoing(_ contract: FileContract, _ found: Value) {
    guard let zone else { return }
    let (wanted, present) = (contract.ends.map(zone.start(of:)), found["endsAt"]?.text.flatMap(Instant.init))
    let end = ["end": present.map { zone.date(at: $0).description } ?? "-"]
    switch (wanted, present) {
    case (let wanted?, let present?) where present > wanted && hasRenewal(wanted, evergreen: false, ["renewed"]):
      refuse("contract.ends", ContractFileMessages.renewedUntil, end)
    case (nil, let present?) where hasRenewal(present, evergreen: true, ["not_renewing", "not_renewed"]):
      refuse("contract.ends", ContractFileMessages.declined, end)
    case (let wanted?, nil) where hasRenewal(wanted, evergreen: true, ["renewing", "renewed"]):
      refuse("contract.ends", ContractFileMessages.goesOn)
    default: break
    }
  }

  /// Whether the cycle that ends at an instant was decided so.
  private func hasRenewal(_ end: Instant, evergreen: Bool, _ states: [Value]) -> Bool {
    recorded.renewals.contains { item in
      item["cycleEndsAt"] == .instant(end) && item["evergreen"] == .bool(evergreen)
        && (states.contains(item["state"] ?? .null) || states.contains(item["outcome"] ?? .null))
    }
  }

  /// That a later end, or none, takes the contract over the end at which it was not to be renewed. Whoever gives it another end renews it.
  private func declinedRenewal(_ contract: FileContract, _ found: Value) -> [String] {
    guard let zone, let present = found["endsAt"]?.text.flatMap(Instant.init), contract.ends.map({ zone.start(of: $0) > present }) ?? true,
      [false, true].contains(where: { hasRenewal(present, evergreen: $0, ["not_renewing", "not_renewed"]) })
    else { return [] }
    return [ContractFileMessages.prolongsDeclined.text(language, ["end": words.date(present)])]
  }

  /// That the contract is suspended, or is to be, which no key of a file says.
  private var suspension: [String] {
    let versions = recorded.versions.compactMap { version in
      version["validFrom"]?.text.flatMap(Instant.init).map { (from: $0, isSuspended: version["state"] == "suspended") }
    }.sorted { $0.from < $1.from }
    let isSuspended = versions.last { $0.from <= now }?.isSuspended ?? false
    let next = versions.first { $0.from > now && $0.isSuspended != isSuspended }.map { ["date": words.date($0.from)] }
    return switch (isSuspended, next) {
    case (true, let next?): [ContractFileMessages.isSuspendedUntil.text(language, next)]
    case (true, nil): [ContractFileMessages.isSuspended.text(language)]
    case (false, let next?): [ContractFileMessages.willBeSuspended.text(language, next)]
    case (false, nil): []
    }
  }

  private static func contractTerms(_ value: Value) -> [(TermSubject.ContractTerm, Term?)] {
    let days = value["noticeDays"]?.integer.map { Term.notice(.days($0)) }
    return [
      (.startsAt, value["startsAt"]?.text.flatMap(Instant.init).map(Term.instant)), (.endsAt, value["endsAt"]?.text.flatMap(Instant.init).map(Term.instant)),
      (.renewal, value["renewal"]?.text.flatMap(RenewalMode.init(rawValue:)).map { .word(DifferenceWords.mode($0)) }),
      (.notice, days ?? value["noticeMonths"]?.integer.map { .notice(.months($0)) }),
      (.renewalMonths, value["renewalMonths"]?.integer.map(Term.months)),
    ]
  }

  // MARK: Lines

  private mutating func plan(_ line: FileLine, at place: String, _ currency: Currency) {
    let units = line.units.enumerated().compactMap { unitPath($0.element, at: "\(place).units[\($0.offset)]") }
    let persons = line.persons.enumerated().compactMap { personKey($0.element, at: "\(place).persons[\($0.offset)]") }
    let known = agreements(.sla)
    if !known.contains(line.sla) { refuseUnknown("\(place).sla", known: known) }
    if recorded.slas[line.sla]?["state"] == "retired" { refuse("\(place).sla", ContractsMessages.slaRetired, ["name": line.sla]) }
    refuseUnsold(line, at: place)
    let fee = line.monthlyFee.flatMap { Money($0, currency: currency) }
    if line.monthlyFee != nil, fee.map({ $0.minorUnits < 0 }) ?? true {
      refuse("\(place).monthlyFee", ContractFileMessages.badAmount, ["currency": currency.code, "decimals": String(currency.minorUnitDigits)])
    }
    let wanted = PlannedLine(line, units: units, persons: persons, fee: fee)
    var step = ContractPlan.Step(
      kind: .create, noun: ContractFileMessages.line, name: "“\(line.name)”", path: place, from: recorded.contract == nil ? nil : validFromText,
      renamed: ["exclusionsEn": "exclusions.en", "exclusionsZh": "exclusions.zh-Hans"])
    guard let found = recorded.lines.first(where: { $0["name"]?.text == line.name }) else {
      // The lines of a new contract count from its start.
      let isNew = recorded.contract == nil || recorded.contract?["state"] == "draft"
      let from = isPrepared(line) ? [Value.Member("draft", .bool(true))] : isNew ? [] : validFromMember
      step.details = TermSubject.LineTerm.allCases.filter { $0 != .name }
        .compactMap { difference(words.what(.lineTerm(0, $0)), nil, wanted.term($0)) }
      step.act = { applying in
        let input = await wanted.members(applying) + [Value.Member("contract", await applying.id(.contract))] + from
        let made = try await applying.call("contract_line.add", input)
        await applying.keep(line: made, named: wanted.name)
      }
      return add(step)
    }
    let before = PlannedLine(recorded: found, units: recorded.units, persons: recorded.persons, currency)
    let terms = TermSubject.LineTerm.allCases
    step.details = terms.compactMap { difference(words.what(.lineTerm(0, $0)), before.term($0), wanted.term($0)) }
    guard !step.details.isEmpty else {
      return finish(&step, [], found, operation: "contract_line.revise", thing: .contract, withdrawal: "contract_line.withdraw")
    }
    step = ContractPlan.Step(
      kind: .change, noun: step.noun, name: step.name, path: place, from: validFromText, details: step.details, renamed: step.renamed)
    let (id, version, from) = (found["id"] ?? .null, found["version"]?.integer, found["state"] == "draft" ? [] : validFromMember)
    step.act = { applying in
      let input = [Value.Member("id", id)] + (await wanted.members(applying)) + from
      await applying.keep(line: try await applying.call("contract_line.revise", input, version: version), named: wanted.name)
    }
    add(step)
  }

  /// What the file does not name any more. The reviewed file is the whole contract.
  private mutating func endLines(besides names: [String]) {
    for line in recorded.lines where !names.contains(line["name"]?.text ?? "") {
      var step = ContractPlan.Step(
        kind: .end, noun: ContractFileMessages.line, name: "“\(line["name"]?.text ?? "")”", path: "contract.lines", from: validFromText)
      let (id, version, from) = (line["id"] ?? .null, line["version"]?.integer, validFromMember)
      step.act = { applying in try await applying.call("contract_line.end", [Value.Member("id", id)] + from, version: version) }
      add(step)
    }
  }

  // MARK: Contacts

  private mutating func planContacts(_ contacts: [FileContact]) {
    var wanted: Set<[String]> = []
    for (index, contact) in contacts.enumerated() {
      let place = "contract.contacts[\(index)]"
      guard let key = personKey(contact.person, at: "\(place).person") else { continue }
      if !wanted.insert([contact.role, key]).inserted { refuse("\(place).person", ContractFileMessages.namedTwice) }
      let isThere = recorded.contacts.contains { $0["role"]?.text == contact.role && $0.personKey == key }
      let from = recorded.contract == nil ? [] : validFromMember
      var step = ContractPlan.Step(
        kind: isThere ? .same : .create, noun: ContractFileMessages.contact, name: "“\(contact.person)” (\(contact.role))", path: place,
        from: isThere || from.isEmpty ? nil : validFromText, details: leaving(key))
      if !isThere {
        step.act = { applying in
          let (contract, person) = (await applying.id(.contract), await applying.id(.person(key)))
          try await applying.call(
            "contract_contact.add",
            [Value.Member("contract", contract), Value.Member("person", person), Value.Member("role", .text(contact.role))] + from)
        }
      }
      add(step)
    }
    for contact in recorded.contacts where !wanted.contains([contact["role"]?.text ?? "", contact.personKey]) {
      var step = ContractPlan.Step(
        kind: .end, noun: ContractFileMessages.contact, name: "“\(contact["name"]?.text ?? "")” (\(contact["role"]?.text ?? ""))",
        path: "contract.contacts", from: validFromText, renamed: ["validUntil": "validFrom"])
      let (id, version) = (contact["id"] ?? .null, contact["version"]?.integer)
      // Who was named since then never speaks for it.
      let begins = contact["validFrom"]?.text.flatMap(Instant.init) ?? Instant(seconds: 0)
      let until = validFrom.map { [Value.Member("validUntil", .instant(max($0, begins)))] } ?? []
      step.act = { applying in try await applying.call("contract_contact.end", [Value.Member("id", id)] + until, version: version) }
      add(step)
    }
  }

  /// That the person has left; nobody can be asked any more.
  private func leaving(_ key: String) -> [String] {
    let known = recorded.persons.filter { $0.personKey == key }
    guard known.allSatisfy({ $0["leftAt"]?.isNull == false }), let person = known.first, let left = person["leftAt"]?.text.flatMap(Instant.init) else {
      return []
    }
    return [ContractFileMessages.hasLeft.text(language, ["name": person["name"]?.text ?? "", "date": words.date(left)])]
  }
}
