import Kernel
import Operations
import Tenancy
import TestSupport

/// What is the provider's own: problems and changes.
extension EscalationsWorld {
  /// One of Acme's, or of no one customer. Who of the staff opens it answers for it.
  func problem(team: Value = .null, ofAcme: Bool = true, level: Int64 = 2, as principal: Principal? = nil) async throws -> Value {
    try await database.call(
      "problem.open",
      [
        "customer": .id(ofAcme ? acme.publicId : nil), "title": "Mail stalls", "impact": .integer(level), "urgency": .integer(level), "team": team,
      ], as: principal ?? engineer)
  }

  /// One of Acme's; begun, with a task of the first line.
  func change(implementing: Bool = false, team: Value = .null, as principal: Principal? = nil) async throws -> Value {
    let now = database.clock.now()
    var change = try await database.call(
      "change.open",
      [
        "customer": .id(acme.publicId), "title": "New switch", "kind": "normal", "plan": "Swap", "backOut": "Back", "test": "Ping",
        "startsAt": .instant(now.adding(seconds: -60)), "endsAt": .instant(now.adding(seconds: 7200)), "team": team,
      ], as: principal ?? engineer)
    guard implementing else { return change }
    func act(_ verb: String, _ more: KeyValuePairs<String, Value> = [:], as principal: Principal? = nil) async throws {
      let input = Value.object([Value.Member("id", change["id"] ?? .null)] + more.map { Value.Member($0.key, $0.value) })
      change = try await database.dispatcher.invoke(
        "change.\(verb)", input, as: principal ?? engineer, Call(requestId: "test", expectedVersion: change["version"]?.integer)
      ).value
    }
    try await act("plan_tasks", ["tasks": .array([.object(["name": .object(["en": "Swap"]), "step": 1, "team": firstLine])])])
    let answers = Value.object(["impact": "few", "outage": "none", "experience": "often", "back_out": "easy", "tested": "fully"])
    try await act("assess", ["answers": answers])
    try await act("submit")
    let asked = try await database.call("change.read", ["id": change["id"] ?? .null], as: engineer)["approvals"]?.array ?? []
    let approval = asked.first { $0["roles"]?.array?.contains("administrator") == true }?["id"] ?? .null
    try await database.call("change_approval.approve", ["id": approval], as: try await database.staff(.administrator))
    change = try await database.call("change.read", ["id": change["id"] ?? .null], as: engineer)
    try await act("start")
    return change
  }

  /// What was escalated of what is the provider's own.
  func ofProvider() async throws -> [Value] {
    try await database.dispatcher.invoke("escalation.list", .object([Value.Member]()), as: engineer, Call(requestId: "test")).value["items"]?.array ?? []
  }

  func read(_ noun: String, _ record: Value) async throws -> Value {
    try await database.call("\(noun).read", ["id": record["id"] ?? .null], as: engineer)
  }
}
