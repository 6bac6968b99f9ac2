import Kernel
import Operations
import ServiceTime
import TestSupport
import Testing

/// A ``DeskWorld`` with two teams that work by an OLA, and a supplier with an underpinning contract.
///
/// | Priority | OLA response | OLA resolution | UC response | UC resolution |
/// |---|---|---|---|---|
/// | 1 | 15 min | 2 h | 15 min (Sev A) | 2 h |
/// | 2 | 30 min | 4 h | 30 min | 4 h; 1 h of the service Mail |
/// | 3 | 1 h | 8 h | 1 h (Sev C) | 8 h |
///
/// The OLA counts office hours and pauses; the underpinning contract is there around the clock. Over a day, a word of the
/// supplier is due every four hours, whatever the priority.
struct AgreementWorld {
  /// What the promises count by where it is not what the table says.
  struct Calendars {
    /// Of a team's answer, of a team's work, and of the supplier.
    let answer: [CoverageVersion]
    let work: [CoverageVersion]
    let supplier: [CoverageVersion]
    /// A team answers by the end of so many business days, whatever the priority.
    let answerDays: Int64?
  }

  let desk: DeskWorld
  let first: Value
  let second: Value
  let ola: Value
  let supplier: Value
  let mail: Value
  let contract: Value

  var database: TestDatabase { desk.database }

  static let budgets: [(priority: Int64, response: Int64, resolution: Int64)] = [(1, 900, 7200), (2, 1800, 14_400), (3, 3600, 28_800)]

  init(olaMore: KeyValuePairs<String, Value> = [:], calendars: Calendars? = nil) async throws {
    desk = try await DeskWorld()
    let (database, manager) = (desk.database, desk.manager)
    let office = desk.calendar["id"] ?? .null
    let answer = try await Self.calendar("Answers", calendars?.answer, in: database, as: manager) ?? office
    let work = try await Self.calendar("Work", calendars?.work, in: database, as: manager) ?? office
    let targets = Self.targets(answer: answer, days: calendars?.answerDays, work: work)
    let members: [Value.Member] = [.init("name", "Second line OLA"), .init("kind", "ola"), .init("targets", .array(targets))]
    ola = try await database.dispatcher.invoke(
      "sla.create", .object(members + olaMore.map { Value.Member($0.key, $0.value) }), as: manager, Call(requestId: "test")
    ).value
    first = try await database.call("team.create", ["name": "First line"], as: manager)
    second = try await database.call("team.create", ["name": "Second line"], as: manager)
    for team in [first, second] {
      try await database.call(
        "team_agreement.add", ["team": team["id"] ?? .null, "ola": ola["id"] ?? .null, "validFrom": "2026-01-01T00:00:00Z"], as: manager)
    }
    supplier = try await database.call("supplier.create", ["code": "HOST", "name": "Canary Hosting", "zone": "UTC"], as: manager)
    mail = try await database.call("supplier_service.add", ["supplier": supplier["id"] ?? .null, "name": "Mail"], as: manager)
    let always = try await database.call("calendar.create", ["name": "Always", "stock": "24x7", "zone": "UTC"], as: manager)
    let covered = try await Self.calendar("Supplier", calendars?.supplier, in: database, as: manager) ?? always["id"] ?? .null
    let names: [Int64: Value] = [1: "Sev A", 3: "Sev C"]
    let promised = Self.budgets.flatMap { budget -> [Value] in
      [("response", budget.response), ("resolution", budget.resolution)].map { metric, seconds in
        .object([
          "metric": .text(metric), "priority": .integer(budget.priority), "supplierPriority": names[budget.priority] ?? .null,
          "budgetSeconds": .integer(seconds),
        ])
      }
    }
    let special: [Value] = [
      .object(["metric": "resolution", "priority": 2, "service": mail["id"] ?? .null, "budgetSeconds": 3600]),
      .object(["metric": "update", "budgetSeconds": 14_400]),
    ]
    contract = try await database.call(
      "underpinning_contract.create",
      [
        "supplier": supplier["id"] ?? .null, "reference": "UC-1", "name": "Hosting", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "calendar": covered, "targets": .array(promised + special),
      ], as: manager)
  }

  private static func targets(answer: Value, days: Int64?, work: Value) -> [Value] {
    let ofDays: [Value] = days.map { [.object(["metric": "response", "businessDays": .integer($0), "calendar": answer])] } ?? []
    return ofDays
      + budgets.flatMap { budget -> [Value] in
        let ofSeconds = days == nil ? [target("response", budget.priority, budget.response, answer)] : []
        return ofSeconds + [target("resolution", budget.priority, budget.resolution, work)]
      }
  }

  private static func target(_ metric: String, _ priority: Int64, _ seconds: Int64, _ calendar: Value) -> Value {
    .object(["metric": .text(metric), "priority": .integer(priority), "budgetSeconds": .integer(seconds), "calendar": calendar])
  }

  /// Makes a calendar in its versions; nil: none is wanted.
  private static func calendar(
    _ name: String, _ versions: [CoverageVersion]?, in database: TestDatabase, as manager: Principal
  ) async throws -> Value? {
    guard let versions, let first = versions.first else { return nil }
    let made = try await database.call("calendar.create", ["name": .text(name), "definition": first.definition.value], as: manager)
    for (number, version) in versions.enumerated().dropFirst() {
      try await database.call(
        "calendar.revise",
        [
          "id": made["id"] ?? .null, "definition": version.definition.value,
          "validFrom": .instant(Instant(seconds: version.fromMinute * 60)),
        ], as: manager, version: Int64(number))
    }
    return made["id"] ?? .null
  }

  /// The line of the customer's contract rests on the supplier from now on.
  func link(_ service: Value? = nil) async throws {
    let lines = try await database.call("contract_line.list", ["contract": desk.contract["id"] ?? .null], as: desk.manager)
    try await database.call(
      "supplier_link.add",
      [
        "line": lines["items"]?.array?.first?["id"] ?? .null, "service": (service ?? mail)["id"] ?? .null,
        "underpinningContract": contract["id"] ?? .null, "role": "provides",
      ], as: desk.manager)
  }

  func assign(_ incident: Value, to team: Value?) async throws -> Value {
    try await desk.act("assign", on: incident, ["team": team?["id"] ?? .null])
  }

  /// Sends it to the supplier, with a reason where nothing links them.
  func dispatch(_ incident: Value, _ more: KeyValuePairs<String, Value> = [:]) async throws -> Value {
    let members = [("id", incident["id"] ?? .null), ("underpinningContract", contract["id"] ?? .null)] + more.map { ($0.key, $0.value) }
    return try await call("incident.dispatch", members, version: incident["version"]?.integer)
  }

  func act(_ verb: String, onDispatch dispatch: Value, _ more: KeyValuePairs<String, Value> = [:]) async throws -> Value {
    try await call("dispatch.\(verb)", [("id", dispatch["id"] ?? .null)] + more.map { ($0.key, $0.value) }, version: dispatch["version"]?.integer)
  }

  /// The turns of an incident, those of teams first.
  func agreements(_ incident: Value) async throws -> [Value] {
    try await call("incident.agreements", [("id", incident["id"] ?? .null)])["agreements"]?.array ?? []
  }

  func call(_ operation: String, _ members: [(String, Value)], version: Int64? = nil) async throws -> Value {
    try await database.dispatcher.invoke(
      operation, .object(members.map { Value.Member($0.0, $0.1) }), as: desk.engineer, Call(requestId: "test", expectedVersion: version)
    ).value
  }
}

extension Value {
  /// The clock of a metric among those of a turn: the live one, or the miss that a withdrawn one left.
  func clock(_ metric: String) -> Value {
    let clocks = (self["clocks"]?.array ?? []).filter { $0["metric"] == .text(metric) }
    return clocks.first { $0["state"] != "withdrawn" } ?? clocks.last { $0["verdict"] == "missed" } ?? .null
  }
}
