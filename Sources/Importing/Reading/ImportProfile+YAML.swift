import Contracts
import Desk
import Kernel
import Operations
import Problems
import ServiceTime
import TLS
import Yams

extension ImportProfile {
  /// Far more than any profile needs.
  private static let sizeLimit = 1 << 20

  /// Reads a profile. Throws one ``Failure`` of kind `invalid` with a violation, by path, for all that is wrong: a
  /// misspelt key would otherwise be a setting that silently does nothing.
  package init(yaml: String) throws(Failure) {
    guard yaml.utf8.count <= Self.sizeLimit else { throw Failure.invalid("", ImportingMessages.profileNotYAML, ["reason": "> 1 MiB"]) }
    let root: Node?
    do {
      root = try Yams.compose(yaml: yaml)
    } catch {
      throw Failure.invalid("", ImportingMessages.profileNotYAML, ["reason": "\(error)"])
    }
    let problems = ProfileSection.Problems()
    let isOfProblems = root?.mapping?["format"]?.scalar?.string == Format.problems.rawValue
    let section = ProfileSection(
      root, at: "",
      knowing: ["format", "source", "file", "columns", "states", "priorities", "impacts", "urgencies", "customer"]
        + (isOfProblems ? [] : ["recorded_verdict", "contract", "sla", "slas", "calendar"]), problems)
    format = section.choice("format", Format.self) ?? .serviceNow
    source = section.text("source")
    columns = Columns(section.section("columns", knowing: isOfProblems ? Columns.namesOfProblems : Columns.names), format)
    states = isOfProblems ? Self.statesOfProblems(section.section("states")) : Self.states(section.section("states"))
    priorities = section.numbers("priorities", Rating.numbers)
    impacts = columns.impact == nil ? [:] : section.numbers("impacts", Rating.numbers)
    urgencies = columns.urgency == nil ? [:] : section.numbers("urgencies", Rating.numbers)
    verdicts = section.node("recorded_verdict").map { _ in Verdicts(section.section("recorded_verdict", knowing: ["column", "met", "missed"])) }
    customer = Customer(section.section("customer", knowing: ["code", "code_drops", "name", "zone", "language"]))
    agreement = isOfProblems ? nil : Agreement(section, columns, priorities: Set(priorities.values))
    let file = File(section.section("file", knowing: ["separator", "quoting", "missing", "dates", "zone"]))
    guard problems.violations.isEmpty, let file else {
      throw Failure(.invalid, ImportingMessages.badProfile, violations: problems.violations)
    }
    self.file = file
    hash = SHA256.hash(yaml)
  }

  /// What a log is made of.
  package enum Format: String, Sendable, CaseIterable {
    /// Every row tells the whole incident, its times of opening, resolution and closure among the rest.
    case serviceNow = "servicenow-incident-log"
    /// A row tells a state and since when; the times follow from the rows.
    case events = "incident-event-log"
    /// The same, and what it tells of are problems.
    case problems = "problem-event-log"
  }

  private static func states(_ section: ProfileSection) -> [String: State] {
    var states: [String: State] = [:]
    for name in section.names {
      if section.node(name)?.scalar != nil {
        guard let kind = section.choice(name, State.Kind.self, among: State.Kind.allCases.filter { $0 != .cancelled }) else { continue }
        if kind == .pending { section.refuse(name, ImportingMessages.profileNeedsReason) }
        states[name] = State(kind: kind, reason: nil)
      } else {
        let pending = section.section(name, knowing: ["pending"])
        states[name] = State(kind: .pending, reason: pending.choice("pending", PendingReason.self))
      }
    }
    return states
  }

  /// In the words of the life of a problem. A known error is none of them: a log that tells neither a cause nor what helps meanwhile says no such
  /// thing.
  private static func statesOfProblems(_ section: ProfileSection) -> [String: State] {
    let known: [ProblemState: State.Kind] = [.new: .new, .investigating: .active, .resolved: .resolved, .closed: .closed, .cancelled: .cancelled]
    let allowed = ProblemState.allCases.filter { known[$0] != nil }
    return section.names.reduce(into: [:]) { states, name in
      states[name] = section.choice(name, ProblemState.self, among: allowed).flatMap { known[$0] }.map { State(kind: $0, reason: nil) }
    }
  }
}

extension ImportProfile.Agreement {
  /// Nil when the calendar cannot be read, which is told then.
  fileprivate init?(_ section: ProfileSection, _ columns: ImportProfile.Columns, priorities: Set<Int64>) {
    contract = ImportProfile.Contract(section.section("contract", knowing: ["name", "line", "currency"]))
    let known = ["name", "resolution_stops_at", "pauses", "supplier_waits_pause", "provider_waits_pause", "objective", "budget_minutes"]
    if columns.serviceLevel == nil {
      slas = [:]
      sla = ImportProfile.SLA(section.section("sla", knowing: known), priorities: priorities)
    } else {
      if section.node("sla") != nil { section.refuse("sla", ImportingMessages.profileSlaByLevel) }
      let levels = section.section("slas")
      if levels.names.isEmpty { section.refuse("slas", ImportingMessages.profileMissing) }
      slas = Dictionary(
        uniqueKeysWithValues: levels.names.map { ($0, ImportProfile.SLA(levels.section($0, knowing: known), priorities: priorities)) })
      sla =
        slas.min { $0.key < $1.key }?.value
        ?? ImportProfile.SLA(name: "", stopsAt: .resolved, pauses: false, waits: .usual, objective: nil, budgets: [:])
    }
    guard let calendar = ImportProfile.Calendar(section.section("calendar", knowing: ["name", "zone", "week", "exceptions"])) else { return nil }
    self.calendar = calendar
  }
}

extension ImportProfile.Columns {
  fileprivate static let names = [
    "number", "sequence", "state", "updated_at", "opened_at", "resolved_at", "closed_at", "priority", "impact", "urgency", "reopen_count", "requester",
    "site", "category", "title", "attributes", "history", "customer", "service_level",
  ]
  fileprivate static let namesOfProblems = [
    "number", "sequence", "state", "updated_at", "priority", "impact", "urgency", "category", "title", "attributes", "history", "customer",
  ]

  fileprivate init(_ section: ProfileSection, _ format: ImportProfile.Format) {
    func text(_ name: String) -> String? { format == .serviceNow ? section.text(name) : section.optionalText(name) }
    number = section.text("number")
    state = section.text("state")
    updatedAt = section.text("updated_at")
    priority = section.text("priority")
    sequence = text("sequence")
    openedAt = text("opened_at")
    resolvedAt = text("resolved_at")
    closedAt = text("closed_at")
    impact = text("impact")
    urgency = text("urgency")
    reopenCount = text("reopen_count")
    customer = section.optionalText("customer")
    serviceLevel = section.optionalText("service_level")
    requester = section.optionalText("requester")
    site = section.optionalText("site")
    category = section.optionalText("category")
    title = section.texts("title")
    attributes = section.texts("attributes")
    history = section.texts("history")
  }
}

extension ImportProfile.File {
  fileprivate init?(_ section: ProfileSection) {
    let separator = section.text("separator").utf8
    if separator.count != 1 { section.refuse("separator", ImportingMessages.profileWrongType, ["expected": ", ; | tab"]) }
    let quoting = section.choice("quoting", CSVReader.Quoting.self)
    missing = section.text("missing")
    let dates = section.choice("dates", LogDateFormat.self)
    let name = section.text("zone")
    let zone = Zone.named(name)
    if zone == nil { section.refuse("zone", ServiceTimeMessages.unknownZone, ["zone": name]) }
    guard let byte = separator.first, let quoting, let dates, let zone else { return nil }
    self.separator = byte
    self.quoting = quoting
    self.dates = dates
    self.zone = zone
  }
}

extension CSVReader.Quoting: CaseIterable {
  package static let allCases: [CSVReader.Quoting] = [.standard, .none]
}

extension ImportProfile.Verdicts {
  fileprivate init(_ section: ProfileSection) {
    column = section.text("column")
    met = section.text("met")
    missed = section.text("missed")
  }
}

extension ImportProfile.Customer {
  fileprivate init(_ section: ProfileSection) {
    code = section.text("code")
    codeDrops = section.optionalText("code_drops")
    name = section.text("name")
    zone = section.text("zone")
    if Zone.named(zone) == nil { section.refuse("zone", ServiceTimeMessages.unknownZone, ["zone": zone]) }
    language = section.choice("language", Language.self) ?? .english
  }
}

extension ImportProfile.Contract {
  fileprivate init(_ section: ProfileSection) {
    name = section.text("name")
    line = section.text("line")
    currency = section.text("currency")
  }
}

extension ImportProfile.SLA {
  fileprivate init(_ section: ProfileSection, priorities: Set<Int64>) {
    name = section.text("name")
    stopsAt = section.choice("resolution_stops_at", ImportProfile.StopsAt.self) ?? .resolved
    pauses = section.boolean("pauses")
    waits = WaitTerms(
      supplierPauses: section.optionalBoolean("supplier_waits_pause") ?? false,
      providerPauses: section.optionalBoolean("provider_waits_pause") ?? false)
    objective = section.optionalText("objective").flatMap { text in
      let rate = Rate(percent: text)
      guard let rate, (0...Rate.scale).contains(rate.units) else {
        section.refuse("objective", InputMessages.notAPercentage)
        return nil
      }
      return rate
    }
    let budgets = section.section("budget_minutes")
    var seconds: [Int64: Int64] = [:]
    for name in budgets.names {
      guard let priority = Int64(name), priorities.contains(priority) else {
        budgets.refuse(name, ImportingMessages.profileUnknownPriority)
        continue
      }
      seconds[priority] = budgets.integer(name, 0...5_256_000) * 60
    }
    self.budgets = seconds
  }
}

extension ImportProfile.Calendar {
  fileprivate init?(_ section: ProfileSection) {
    name = section.text("name")
    let members = ["zone", "week", "exceptions"].filter { section.node($0) != nil }.map { Value.Member($0, section.value($0)) }
    do throws(Failure) {
      definition = try CalendarDefinition(.object(members))
    } catch {
      for violation in error.violations { section.refuse(violation.path, violation.message, violation.arguments) }
      return nil
    }
  }
}
