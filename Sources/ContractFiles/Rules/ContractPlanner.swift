import Contracts
import Kernel
import Operations
import ServiceTime

/// Compares a file with what is recorded: what is to be made and changed, in an order in which each step finds what it
/// names, or what is wrong with the file. Pure; the steps act when the plan is applied.
struct ContractPlanner {
  let file: ContractFile
  let recorded: RecordedState
  let language: Language
  let now: Instant
  private(set) var problems: [Failure.Violation] = []
  private(set) var plan: ContractPlan

  init(_ file: ContractFile, _ recorded: RecordedState, _ language: Language, now: Instant) {
    self.file = file
    self.recorded = recorded
    self.language = language
    self.now = now
    plan = ContractPlan(language: language, recorded: recorded)
  }

  mutating func run() {
    planCustomer()
    planUnits()
    planPeople()
    planCalendars()
    planSlas()
    planTeams()
    planContract()
  }

  // MARK: What every part needs

  /// The contract's zone, in which the file's days are.
  var zone: Zone? { Zone.named(file.contract?.zone ?? recorded.contract?["zone"]?.text ?? file.customer.zone) }

  var words: TermWords { TermWords(language, zone: zone) }

  /// From when changes hold; nil: from now on.
  var validFrom: Instant? { file.validFrom.flatMap { date in zone.map { $0.start(of: date) } } }

  /// A new version's first instant, in words.
  var validFromText: String? { validFrom.map { ContractFileMessages.from.text(language, ["date": words.date($0)]) } }

  var validFromMember: [Value.Member] { validFrom.map { [Value.Member("validFrom", .instant($0))] } ?? [] }

  mutating func refuse(_ path: String, _ message: Message, _ arguments: [String: String] = [:]) {
    problems.append(Failure.Violation(path: path, message, arguments))
  }

  /// With a warning where it reaches back into days that are over.
  mutating func add(_ step: ContractPlan.Step) {
    var step = step
    if step.kind != .same, step.from != nil, reachesBack(validFrom) { step.details.append(ContractFileMessages.reachesBack.text(language)) }
    plan.steps.append(step)
  }

  /// Whether an instant lies before today, in the contract's zone.
  func reachesBack(_ instant: Instant?) -> Bool {
    guard let instant, let zone else { return false }
    return instant < zone.start(of: zone.date(at: now))
  }

  /// What is as the file says, but only later than the file says: which the plan tells, and does nothing about.
  /// - Parameter withdrawal: the operation that takes such a version back.
  func planned(_ found: Value, _ withdrawal: String?) -> [String] {
    let starts = file.contract.flatMap { contract in zone.map { $0.start(of: contract.starts) } } ?? now
    guard let withdrawal, found["state"] != "draft", let begins = found["validFrom"]?.text.flatMap(Instant.init), begins > now,
      begins > max(validFrom ?? now, starts)
    else { return [] }
    return [ContractFileMessages.plannedFrom.text(language, ["date": words.date(begins), "operation": withdrawal])]
  }

  /// A name that is neither in the file nor recorded.
  mutating func refuseUnknown(_ path: String, known: some Collection<String>) {
    refuse(path, ContractFileMessages.unknownName, ["allowed": ContractFileMessages.list(known.sorted(), language)])
  }

  /// - Parameter field: where the name stands in each; nil: it is all that there is.
  mutating func refuseRepeated(_ names: [String], at path: String, field: String? = "name") {
    var seen: Set<String> = []
    for (index, name) in names.enumerated() where !seen.insert(name).inserted {
      refuse("\(path)[\(index)]" + (field.map { ".\($0)" } ?? ""), ContractFileMessages.namedTwice)
    }
  }

  /// A difference in words; nil where there is none.
  func difference(_ what: String, _ before: Term?, _ after: Term?) -> String? {
    before == after ? nil : words.sentence(what: what, of: nil, before: before, after: after, from: nil)
  }

  // MARK: Names

  /// The paths of the units of the file, in its order: `Berlin/Finance`. A parent is named by its path or, where that is
  /// clear, by its name alone.
  var filePaths: [String] {
    var paths: [String] = []
    for unit in file.units {
      guard let parent = unit.parent else {
        paths.append(unit.name)
        continue
      }
      let path = Self.resolve(parent, among: Set(paths).union(recorded.units.keys)) ?? parent
      paths.append("\(path)/\(unit.name)")
    }
    return paths
  }

  /// The unit that a name means; nil when none or several do.
  static func resolve(_ name: String, among paths: Set<String>) -> String? {
    if paths.contains(name) { return name }
    let ending = paths.filter { $0.hasSuffix("/\(name)") }
    return ending.count == 1 ? ending.first : nil
  }

  var allUnits: Set<String> { Set(filePaths).union(recorded.units.keys) }

  mutating func unitPath(_ name: String, at path: String) -> String? {
    if let found = Self.resolve(name, among: allUnits) { return found }
    refuseUnknown(path, known: allUnits)
    return nil
  }

  /// The key under which the person of this e-mail address or name is known: as recorded, or else as the file has it.
  mutating func personKey(_ name: String, at path: String) -> String? {
    let address = name.lowercased()
    let named = recorded.persons(named: name)
    let known = (named + recorded.persons.filter { $0["email"]?.text?.lowercased() == address && !named.contains($0) }).map(\.personKey)
    let new = file.people.filter { ($0.email == address || $0.name == name) && recorded.person($0) == nil }.map(\.key)
    let keys = known + new
    if keys.isEmpty { refuseUnknown(path, known: Set(file.people.map(\.key) + recorded.persons.map(\.personKey))) }
    if keys.count > 1 { refuse(path, ContractFileMessages.severalPersons) }
    return keys.first
  }
}

extension FilePerson {
  var key: String { email ?? name }
}

extension Value {
  var personKey: String { self["email"]?.text?.lowercased() ?? self["name"]?.text ?? "" }
}
