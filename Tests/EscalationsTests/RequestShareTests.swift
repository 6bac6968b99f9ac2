import Kernel
import Operations
import Postgres
import TestSupport
import Testing

@testable import Escalations

/// Requests are escalated by shares of what was promised for them. Acme is promised an answer within an hour of office time, and warned of 50 and 80 %.
@Suite struct RequestShareTests {
  @Test func itsTasksGoToTheNextLineAtTheShare() async throws {
    let world = try await EscalationsWorld()
    try await world.rule([
      "process": "request", "percent": 85, "metric": "response", "team": world.firstLine, "toTeam": world.secondLine, "staff": .array([world.leadId]),
    ])
    let (order, quiet) = (try await world.order(), try await world.order(team: "Second line"))
    try world.at("2026-03-02T08:52:00Z")
    for _ in 0..<2 { try await world.work() }
    let records = try await world.escalations()
    #expect(records.count == 1, "what the second line has is not the rule's")
    let record = try #require(records.first)
    #expect(record["request"] == order["id"] && record["incident"]?.isNull == true && record["state"] == "done" && record["tasksGiven"] == 1)
    #expect(record["metric"] == "response" && record["percent"] == 85 && record["agreement"] == "sla" && record["ageMinutes"]?.isNull == true)
    #expect(record["occurredAt"] == "2026-03-02T08:51:00Z" && record["toTeam"] == world.secondLine)
    #expect(try await world.tasks(order).map { $0["team"] } == [world.secondLine])
    #expect(try await world.tasks(quiet).map { $0["team"] } == [world.secondLine])
    #expect(try await world.told() == ["process.escalated_by_rule"])
    let body = try await world.database.call("notification.list", as: world.lead)["items"]?.array?.first?["body"]?.text ?? ""
    #expect(body.contains("85 % of the time promised for response has passed."), "\(body)")
    // Another team's is nobody's answer: the promise goes on, and is escalated once.
    try world.at("2026-03-02T08:59:00Z")
    for _ in 0..<2 { try await world.work() }
    #expect(try await world.escalations().count == 1)
  }

  @Test func aBrokenPromiseOfARequestIsEscalated() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["process": "request", "percent": 100, "staff": .array([world.leadId])])
    let (late, answered) = (try await world.order(), try await world.order())
    try world.at("2026-03-02T08:40:00Z")
    for task in try await world.tasks(answered) {
      try await world.database.call("task.claim", ["id": task["id"] ?? .null], as: world.engineer)
    }
    try world.at("2026-03-02T09:05:00Z")
    for _ in 0..<2 { try await world.work() }
    let records = try await world.escalations()
    #expect(records.map { $0["request"] } == [late["id"]] && records.first?["percent"] == 100)
    #expect(records.first?["occurredAt"] == "2026-03-02T09:00:00Z")
  }

  /// Guard: by their numbers alone a request would be taken for the incident that has the same one.
  @Test func aRuleActsOnItsOwnProcessAndCustomer() async throws {
    let world = try await EscalationsWorld()
    let staff = Value.array([world.leadId])
    try await world.rule(["percent": 85, "staff": staff], name: "Incidents")
    try await world.rule(["process": "request", "percent": 85, "staff": staff], name: "Requests")
    try await world.rule(["process": "request", "percent": 85, "staff": staff, "customer": .id(world.other.publicId)], name: "Of another")
    try await world.rule(["process": "request", "percent": 85, "metric": "resolution", "staff": staff], name: "Of another promise")
    let (incident, order) = (try await world.incident(), try await world.order())
    try world.at("2026-03-02T08:52:00Z")
    for _ in 0..<2 { try await world.work() }
    let records = try await world.escalations()
    #expect(Set(records.compactMap { $0["ruleName"]?.text }) == ["Incidents", "Requests"] && records.count == 2)
    #expect(records.first { $0["ruleName"] == "Incidents" }?["incident"] == incident["id"])
    #expect(records.first { $0["ruleName"] == "Requests" }?["request"] == order["id"])
  }

  /// Guards: were the share told again by the clock that goes on, or not at all because the first one is gone, there would be more of them, or fewer.
  @Test func whatIsPutDownForTheCustomerWaitsAndGoesOn() async throws {
    let world = try await EscalationsWorld()
    let (finance, boss) = (try await world.database.staff(.finance), try await world.database.user(.customerManager, of: world.acme))
    let staff = Value.array([world.leadId])
    for percent in [40, 60] as [Int64] {
      try await world.rule(["process": "request", "percent": .integer(percent), "staff": staff], name: "At \(percent)")
    }
    let order = try await world.order(approvers: ["finance", "customer_manager"])
    // 29 minutes were the provider's; nobody looked until then.
    try world.at("2026-03-02T08:29:00Z")
    try await world.approve(order, 0, as: finance)
    try world.at("2026-03-02T08:35:00Z")
    for _ in 0..<2 { try await world.work() }
    func escalated() async throws -> Set<String> {
      Set(try await world.escalations().map { "\($0["ruleName"]?.text ?? "") \($0["percent"]?.integer ?? 0) \($0["occurredAt"]?.text ?? "")" })
    }
    let first = "At 40 40 2026-03-02T08:24:00Z"
    #expect(try await escalated() == [first])
    try world.at("2026-03-02T10:00:00Z")
    try await world.rule(["process": "request", "percent": 45, "staff": staff], name: "Made meanwhile")
    for _ in 0..<2 { try await world.work() }
    #expect(try await escalated() == [first], "while the customer decides no answer is owed")
    try world.at("2026-03-02T11:00:00Z")
    try await world.approve(order, 1, as: boss)
    for _ in 0..<2 { try await world.work() }
    #expect(try await escalated() == [first])
    try world.at("2026-03-02T11:10:00Z")
    for _ in 0..<2 { try await world.work() }
    #expect(try await escalated() == [first, "Made meanwhile 50 2026-03-02T11:01:00Z", "At 60 60 2026-03-02T11:07:00Z"])
    #expect(try await world.escalations().count == 3)
  }

  @Test func whatIsReopenedPassesWhatIsLeft() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["process": "request", "percent": 85, "staff": .array([world.leadId])])
    let order = try await world.order(sla: try await world.fulfilment(within: 3600))
    try world.at("2026-03-02T08:30:00Z")
    try await world.fulfil(order)
    try world.at("2026-03-02T10:00:00Z")
    try await world.work()
    #expect(try await world.escalations() == [])
    try await world.reopen(order)
    try world.at("2026-03-02T10:30:00Z")
    for _ in 0..<2 { try await world.work() }
    let records = try await world.escalations()
    #expect(records.map { $0["percent"] } == [85] && records.first?["occurredAt"] == "2026-03-02T10:21:00Z")
  }

  /// By the rule's own hours: what is fulfilled when they begin is dropped, what was reopened meanwhile is not.
  @Test func anAlertCalendarLetsItWait() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["process": "request", "percent": 85, "staff": .array([world.leadId]), "calendar": try await world.afternoon()])
    let sla = try await world.fulfilment(within: 3600)
    let (open, over, again) = (try await world.order(sla: sla), try await world.order(sla: sla), try await world.order(sla: sla))
    try world.at("2026-03-02T08:52:00Z")
    try await world.work()
    #expect(try await world.states() == ["waiting", "waiting", "waiting"])
    for order in [over, again] { try await world.fulfil(order) }
    try world.at("2026-03-02T09:30:00Z")
    try await world.reopen(again)
    try world.at("2026-03-02T13:00:00Z")
    try await world.work()
    let records = try await world.escalations()
    func states(_ order: Value) -> [Value?] { records.filter { $0["request"] == order["id"] }.map { $0["state"] } }
    #expect(states(open) == ["done"] && states(over) == ["dropped"] && states(again) == ["done"])
    #expect(try await world.told().count == 2)
  }

  /// All was away while an approval ran out at 9:00. Guard: were the shares passed before that is decided, the one of 10:00 would have passed.
  @Test func whatWasOverByThenPassesNoShare() async throws {
    let world = try await EscalationsWorld()
    for percent in [20, 50] as [Int64] {
      try await world.rule(["process": "request", "percent": .integer(percent), "staff": .array([world.leadId])], name: "At \(percent)")
    }
    let order = try await world.order(sla: try await world.fulfilment(within: 14_400), approvers: ["finance"], hours: 1)
    try world.at("2026-03-02T12:00:00Z")
    for _ in 0..<2 { try await world.work() }
    #expect(try await world.request(order)["state"] == "rejected")
    #expect(try await world.database.superuser.transaction { try await $0.query(PassedShares()) } == [20])
    #expect(try await world.escalations() == [])
  }

  /// The handing over is refused to a team that may not work for the customer; people hear of it all the same.
  @Test func aTeamThatMayNotWorkForTheCustomerGetsNothing() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["process": "request", "percent": 85, "toTeam": world.secondLine, "staff": .array([world.leadId])])
    let order = try await world.order()
    try await world.database.call(
      "delivery_model.set", ["customer": .id(world.acme.publicId), "teams": .array([world.firstLine])], as: world.database.root, version: 1)
    try world.at("2026-03-02T08:52:00Z")
    for _ in 0..<2 { try await world.work() }
    #expect(try await world.escalations().map { $0["fault"] } == ["delivery_model.team_not_allowed"])
    #expect(try await world.tasks(order).map { $0["team"] } == [world.firstLine])
    #expect(try await world.told() == ["process.escalated_by_rule"])
  }
}

private struct PassedShares: Statement {
  static let sql = "select (e.payload ->> 'percent')::bigint from operations.event e where e.type = 'sla.share_passed' order by 1"

  func bind(to parameters: inout Parameters) {}

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
