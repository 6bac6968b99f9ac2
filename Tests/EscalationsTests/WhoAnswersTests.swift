import Kernel
import Operations
import Postgres
import TestSupport
import Testing

@testable import Escalations

/// What a team could not get of a rule that names nobody: who answers for it hears, whatever it is.
@Suite struct WhoAnswersTests {
  /// A request, a problem or a change; the lead answers for it, or nobody has taken it.
  private func record(_ process: String, isLeads: Bool, _ world: EscalationsWorld) async throws -> Value {
    let opener = isLeads ? world.lead : world.database.root
    switch process {
    case "problem": return try await world.problem(as: opener)
    case "change": return try await world.change(as: opener)
    default:
      let order = try await world.order()
      guard isLeads else { return order }
      let version = try await world.request(order)["version"]?.integer
      return try await world.database.call("request.take", ["id": order["id"] ?? .null], as: world.lead, version: version)
    }
  }

  /// From now on only the first line works for Acme.
  private func keepOut(_ world: EscalationsWorld) async throws {
    try await world.database.call(
      "delivery_model.set", ["customer": .id(world.acme.publicId), "teams": .array([world.firstLine])], as: world.database.root, version: 1)
  }

  private func head(_ world: EscalationsWorld) async throws -> Value {
    let head =
      try await world.database.call(
        "staff.create", ["login": "head@provider.test", "name": "Head", "password": "correct horse battery"], as: world.database.root)["id"] ?? .null
    try await world.database.call("staff_grant.add", ["account": head, "role": "account_manager", "everyCustomer": .bool(true)], as: world.database.root)
    return head
  }

  private func escalated(_ process: String, _ world: EscalationsWorld) async throws -> [Value] {
    try await process == "request" ? world.escalations() : world.ofProvider()
  }

  /// Who was told of it by inbox, each as often as he was.
  private func receivers(_ world: EscalationsWorld) async throws -> [String] {
    _ = try await world.told()
    return try await world.database.superuser.transaction { try await $0.query(ReceiversOfProcesses()) }
  }

  /// Guard: `escalation.list` alone said it, and nobody heard.
  @Test(arguments: ["request", "problem", "change"]) func whoTookItHearsOnceThatTheTeamDidNotGetIt(process: String) async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["process": .text(process), "ageMinutes": 60, "toTeam": world.secondLine])
    _ = try await record(process, isLeads: true, world)
    _ = try await head(world)
    try await keepOut(world)
    try world.at("2026-03-02T09:10:00Z")
    for _ in 0..<2 { try await world.escalate() }
    let records = try await escalated(process, world)
    #expect(records.map { [$0["state"], $0["fault"], $0["toTeam"]] } == [["done", "delivery_model.team_not_allowed", .null]])
    #expect(try await receivers(world) == ["lead@provider.test"])
    try world.at("2026-03-03T09:10:00Z")
    for _ in 0..<2 { try await world.escalate() }
    #expect(try await receivers(world) == ["lead@provider.test"])
  }

  /// Guard: without the rule of the process nobody would hear of what nobody has taken but who answers for the customer.
  @Test(arguments: ["request", "problem", "change"]) func ofWhatNobodyHasTakenWhomTheRuleNamesHears(process: String) async throws {
    let world = try await EscalationsWorld()
    try await world.script(
      """
      insert into handbooks.accountable (process, valid_from, owner_id, owner_public_id, owner_name, rule)
      select '\(process)', '2026-01-01', id, public_id, name, 'default' from tenancy.account where id = \(world.lead.actor.id)
      """)
    try await world.rule(["process": .text(process), "ageMinutes": 60, "toTeam": world.secondLine])
    _ = try await record(process, isLeads: false, world)
    _ = try await head(world)
    try await keepOut(world)
    try world.at("2026-03-02T09:10:00Z")
    for _ in 0..<2 { try await world.escalate() }
    #expect(try await receivers(world) == ["lead@provider.test"])
  }

  /// Guard: where nobody answers for it, or who does has left, nobody would hear.
  @Test(arguments: ["request", "problem", "change"], [true, false])
  func whereNobodyAnswersWhoIsInChargeHears(process: String, hasLeft: Bool) async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["process": .text(process), "ageMinutes": 60, "toTeam": world.secondLine])
    _ = try await record(process, isLeads: hasLeft, world)
    if hasLeft { try await world.script("update tenancy.account set state = 'disabled' where login = 'lead@provider.test'") }
    _ = try await head(world)
    try await keepOut(world)
    try world.at("2026-03-02T09:10:00Z")
    for _ in 0..<2 { try await world.escalate() }
    #expect(try await receivers(world) == ["head@provider.test"])
  }

  /// Who answers for it hears in nobody's place: not where the rule names somebody, nor where the team gets it.
  @Test func whereSomebodyHearsOrATeamGetsItHeDoesNot() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["process": "change", "ageMinutes": 60, "toTeam": world.secondLine])
    try await world.rule(["process": "problem", "ageMinutes": 90, "toTeam": world.secondLine, "staff": .array([try await head(world)])], name: "Named")
    let change = try await world.change(as: world.lead)
    _ = try await world.problem(as: world.lead)
    try world.at("2026-03-02T09:10:00Z")
    for _ in 0..<2 { try await world.escalate() }
    #expect(try await world.read("change", change)["team"] == world.secondLine)
    #expect(try await receivers(world) == [])
    try await keepOut(world)
    try world.at("2026-03-02T09:40:00Z")
    for _ in 0..<2 { try await world.escalate() }
    #expect(try await receivers(world) == ["head@provider.test"])
  }

  /// What cannot be carried out for another reason is tried three times before anybody hears.
  @Test func whoAnswersHearsAfterTheThirdTime() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["process": "problem", "ageMinutes": 60, "toTeam": world.secondLine])
    let problem = try await world.problem(team: world.firstLine, as: world.lead)
    try await world.script(
      """
      create function problems.refuse() returns trigger language plpgsql as $$ begin raise exception 'stuck'; end $$;
      create trigger refuse before update on problems.problem for each row when (old.team_id is distinct from new.team_id)
        execute function problems.refuse()
      """)
    for minute in ["01", "07", "13"] {
      try world.at("2026-03-02T09:\(minute):00Z")
      await #expect(throws: (any Error).self) { try await world.escalate() }
    }
    #expect(try await receivers(world) == [])
    try world.at("2026-03-02T09:19:00Z")
    for _ in 0..<2 { try await world.escalate() }
    #expect(try await world.ofProvider().map { [$0["state"], $0["attempts"], $0["toTeam"]] } == [["done", 3, .null]])
    #expect(try await world.read("problem", problem)["team"] == world.firstLine)
    #expect(try await receivers(world) == ["lead@provider.test"])
  }

  /// Guard: a rule that means the leads alone told nobody where the team has none.
  @Test func whereTheTeamHasNoLeadWhoAnswersHears() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["process": "problem", "ageMinutes": 60, "leads": .bool(true)])
    _ = try await world.problem(team: world.firstLine, as: world.lead)
    try world.at("2026-03-02T09:10:00Z")
    for _ in 0..<2 { try await world.escalate() }
    #expect(try await receivers(world) == ["lead@provider.test"])
  }
}

private struct ReceiversOfProcesses: Statement {
  static let sql = """
    select a.login from notifications.notification n join tenancy.account a on n.receiver = 'a' || a.id
    where n.event = 'process.escalated_by_rule' and n.channel = 'inbox' order by a.login
    """

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
