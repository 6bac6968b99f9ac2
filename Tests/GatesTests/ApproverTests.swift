import Kernel
import Operations
import Postgres
import TestSupport
import Tenancy
import Testing

@testable import Gates

/// Whom a gate asks, how often, and for whose step.
@Suite struct ApproverTests {
  private static func no(_ reason: String) -> [Value.Member] { [Value.Member("reason", .text(reason))] }

  /// So many stops of a stay are counted; a refusal is no end of it all the same.
  @Test func afterManyStopsWhoTriesAgainStillAsksAgain() async throws {
    let world = try await GatesWorld()
    let lea = try await world.approver()
    try await world.gate("incident.resolve", GatesWorld.approval("any", [lea.id]))
    let incident = try await world.open()
    for _ in 0..<RecordStop.most { try await world.stopped { try await world.resolve(incident) } }
    let first = try #require(try await world.asked(lea.principal).first)
    _ = try await world.step("gate_approval.reject", on: first, Self.no("Not yet."), as: lea.principal)
    let again = try await world.stopped { try await world.resolve(incident, key: "again") }
    #expect(again.violations.map(\.message.key) == ["gate.approval_asked"])
    let second = try #require(try await world.asked(lea.principal).first)
    #expect(second["id"] != first["id"])
    _ = try await world.step("gate_approval.reject", on: second, Self.no("Still not."), as: lea.principal)
    // The same call is no other try, and the stops are those that are counted.
    let repeated = try await world.stopped { try await world.resolve(incident, key: "again") }
    #expect(repeated.violations.map(\.message.key) == ["gate.approval_refused"])
    #expect(try await world.friction().first?["stops"] == .integer(RecordStop.most))
    #expect(try await world.asked(lea.principal) == [])
  }

  /// Whoever may not decide any more is neither asked nor waited for.
  @Test func whoMayNotDecideAnyMoreIsNotWaitedFor() async throws {
    let world = try await GatesWorld()
    let (lea, kim) = (try await world.approver(), try await world.approver())
    try await world.gate("incident.resolve", GatesWorld.approval("all", [lea.id, kim.id]))
    let incident = try await world.open()
    try await world.stopped { try await world.resolve(incident) }
    let stale = try #require(try await world.asked(kim.principal).first)
    try await world.database.runAsSuperuser("update tenancy.role_grant set revoked_at = recorded_at where account_id = \(lea.principal.actor.id)")
    let again = try await world.stopped { try await world.resolve(incident) }
    #expect(again.violations.map(\.message.key) == ["gate.approval_asked"])
    // Those who were asked before are asked anew, and once.
    let asked = try await world.asked(kim.principal)
    #expect(asked.count == 1 && asked.first?["id"] != stale["id"])
    await expectFailure(.conflict) { try await world.step("gate_approval.approve", on: stale, as: kim.principal) }
    try await world.agree(kim.principal)
    #expect(try await world.resolve(incident)["state"] == "resolved")
    // Where nobody is left, nobody is asked.
    try await world.database.runAsSuperuser("update tenancy.role_grant set revoked_at = recorded_at where account_id = \(kim.principal.actor.id)")
    let another = try await world.open()
    let nobody = try await world.stopped { try await world.resolve(another) }
    #expect(nobody.violations.map(\.message.key) == ["gate.approval_nobody"])
  }

  /// It is not told to whom it concerns no more, whomever else he serves.
  @Test func whoServesTheCustomerNoMoreIsNotTold() async throws {
    let world = try await GatesWorld()
    let customers = [world.acme, world.other]
    let (lea, kim) = (try await world.approver(.engineer, for: customers), try await world.approver(.engineer, for: customers))
    try await world.gate("incident.resolve", GatesWorld.approval("any", [lea.id, kim.id]))
    let incident = try await world.open()
    try await world.stopped { try await world.resolve(incident) }
    try await world.database.runAsSuperuser(
      """
      delete from tenancy.role_grant_tenant l using tenancy.role_grant g
      where g.id = l.role_grant_id and g.account_id = \(lea.principal.actor.id) and l.granted_tenant_id = \(world.acme.id)
      """)
    #expect(try await world.inbox(lea.principal) == [])
    #expect(try await world.inbox(kim.principal).column("event") == ["gate_approval.asked"])
  }

  /// A gate of one customer names who serves him; what concerns another besides is not told to them.
  @Test func whoDoesNotServeAllWhomAChangeConcernsIsNotAsked() async throws {
    let world = try await GatesWorld()
    let (served, both) = (try await world.approver(.engineer, for: [world.acme]), try await world.approver(.engineer, for: [world.acme, world.other]))
    try await world.gate("change.submit", GatesWorld.approval("any", [served.id, both.id]))
    let wide = try await world.change(for: [world.acme, world.other])
    try await world.stopped { try await world.step("change.submit", on: wide) }
    let ahead = try await world.invoke("change.gates", [Value.Member("id", wide.at("id"))], as: world.engineer)["ahead"]?.array?.first
    #expect(ahead?["asked"]?.array?.count == 1)
    #expect(try await world.asked(both.principal).column("change") == [wide.at("id")])
    let own = try await world.change(for: [world.acme])
    try await world.stopped { try await world.step("change.submit", on: own) }
    #expect(try await world.asked(served.principal).column("change") == [own.at("id")])
  }

  /// Nobody agrees twice: of two accounts of one person one is asked.
  @Test func aPersonWithTwoAccountsIsAskedOnce() async throws {
    let world = try await GatesWorld()
    let (lea, own) = (try await world.approver(), try await world.approver())
    let person = try #require(try await world.database.staff(.engineer, isKnown: true).person)
    try await world.database.runAsSuperuser(
      "update tenancy.account set person_id = \(person) where id in (\(lea.principal.actor.id), \(own.principal.actor.id))")
    try await world.gate("incident.resolve", GatesWorld.approval("all", [lea.id, own.id]))
    let incident = try await world.open()
    try await world.stopped { try await world.resolve(incident) }
    let asked = try await world.asked(lea.principal)
    #expect(asked.count == 1)
    #expect(try await world.asked(own.principal) == [])
    try await world.agree(lea.principal)
    #expect(try await world.resolve(incident)["state"] == "resolved")
  }

  /// Several who are stopped at once ask others each: what comes of it is the round of one of them.
  @Test func severalWhoAreStoppedAtOnceAskOnce() async throws {
    let world = try await GatesWorld()
    let (lea, kim, sam) = (try await world.approver(), try await world.approver(), try await world.approver())
    try await world.gate("incident.resolve", GatesWorld.approval("all", [lea.id, kim.id, sam.id]))
    let incident = try await world.open()
    await withTaskGroup(of: Void.self) { group in
      for principal in [world.engineer, lea.principal, kim.principal, world.engineer] {
        group.addTask { _ = try? await world.resolve(incident, as: principal) }
      }
    }
    var counts: [Int] = []
    for one in [lea, kim, sam] { counts.append(try await world.asked(one.principal).count) }
    #expect(counts.allSatisfy { $0 <= 1 } && counts[2] == 1 && counts.reduce(0, +) >= 2, "\(counts)")
  }

  /// Who may be anybody may be who agreed.
  @Test func behindAnApprovalAPersonTakesTheStep() async throws {
    let world = try await GatesWorld()
    let lea = try await world.approver()
    try await world.gate("incident.resolve", GatesWorld.approval("any", [lea.id]))
    let program = Principal(
      actor: Actor(kind: .service, id: 1_000_000, via: .http), tenant: world.database.provider.id, side: .staff, name: "Lea's script",
      grants: [Grant(role: "gateway", permissions: ["incident.open", "incident.work"], scope: .all)])
    let incident = try await world.open()
    let unasked = try await world.stopped { try await world.resolve(incident, as: program) }
    #expect(unasked.violations.map(\.message.key) == ["gate.approval_no_person"])
    #expect(try await world.asked(lea.principal) == [])
    try await world.stopped { try await world.resolve(incident) }
    try await world.agree(lea.principal)
    for principal in [program, world.database.root] {
      let refused = try await world.stopped { try await world.resolve(incident, as: principal) }
      #expect(refused.violations.map(\.message.key) == ["gate.approval_no_person"])
    }
    #expect(try await world.resolve(incident)["state"] == "resolved")
  }

  @Test func withOwnWorkAProgramAsksAndTakesTheStep() async throws {
    let world = try await GatesWorld()
    let lea = try await world.approver()
    try await world.gate("incident.resolve", GatesWorld.approval("any", [lea.id], ownWork: true))
    let program = Principal(
      actor: Actor(kind: .service, id: 1_000_000, via: .http), tenant: world.database.provider.id, side: .staff, name: "Lea's script",
      grants: [Grant(role: "gateway", permissions: ["incident.open", "incident.work"], scope: .all)])
    let incident = try await world.open()
    try await world.stopped { try await world.resolve(incident, as: program) }
    try await world.agree(lea.principal)
    #expect(try await world.resolve(incident, as: program)["state"] == "resolved")
  }

  /// What was agreed to is what was written then.
  @Test func anotherVersionIsAskedAboutAnew() async throws {
    let world = try await GatesWorld()
    let lea = try await world.approver()
    func agree() async throws {
      #expect(try await world.asked(lea.principal).count == 1)
      try await world.agree(lea.principal)
    }
    let rule = GatesWorld.approval("any", [lea.id])
    try await world.gate("problem.declare_known_error", rule)
    try await world.gate("change.submit", rule)
    var problem = try await world.problem(for: world.acme)
    try await world.stopped { [problem] in try await world.step("problem.declare_known_error", on: problem) }
    try await agree()
    problem = try await world.step("problem.record_workaround", on: problem, [Value.Member("workaround", "Pull the plug")])
    let id = [Value.Member("id", problem.at("id"))]
    #expect(try await world.invoke("problem.gates", id, as: world.engineer)["ahead"]?.column("missing") == [.array(["approval"])])
    let again = try await world.stopped { [problem] in try await world.step("problem.declare_known_error", on: problem) }
    #expect(again.violations.map(\.message.key) == ["gate.approval_asked"])
    try await agree()
    #expect(try await world.step("problem.declare_known_error", on: problem)["state"] == "known_error")
    var change = try await world.change(for: [world.acme])
    try await world.stopped { [change] in try await world.step("change.submit", on: change) }
    try await agree()
    change = try await world.step("change.change", on: change, [Value.Member("plan", "Swap both")])
    let answers = Value.object(["impact": "few", "outage": "none", "experience": "often", "back_out": "easy", "tested": "fully"])
    if change["state"] == "draft" { change = try await world.step("change.assess", on: change, [Value.Member("answers", answers)]) }
    try await world.stopped { [change] in try await world.step("change.submit", on: change) }
    try await agree()
    #expect(try await world.step("change.submit", on: change)["state"] == "awaiting_approval")
  }

  /// Of what is over not a row is left that waits for somebody.
  @Test func nobodyIsAskedAboutWhatIsOver() async throws {
    let world = try await GatesWorld()
    let lea = try await world.approver()
    func waiting() async throws -> Int64 {
      try await world.database.superuser.transaction { try await $0.query(WaitingApprovals()) }.first ?? 0
    }
    let rule = GatesWorld.approval("any", [lea.id])
    let gate = try await world.gate("incident.resolve", rule)
    let incident = try await world.open()
    try await world.stopped { try await world.resolve(incident) }
    #expect(try await waiting() == 1)
    _ = try await world.invoke("gate.retire", [Value.Member("id", gate.at("id")), Value.Member("reason", "x")], as: world.account, version: 1)
    #expect(try await waiting() == 0)
    try await world.gate("incident.close", rule)
    let resolved = try await world.resolve(incident)
    try await world.stopped { try await world.act("close", on: resolved) }
    #expect(try await waiting() == 1)
    try await world.act("reopen", on: resolved, Self.no("Still broken."))
    #expect(try await waiting() == 0)
    try await world.gate("task.claim", rule)
    let order = try await world.order()
    try await world.stopped { try await world.step("task.claim", on: try await world.task(0, of: order)) }
    #expect(try await waiting() == 1)
    _ = try await world.step("request.cancel", on: try await world.read("request", order), Self.no("Too late"))
    #expect(try await waiting() == 0)
  }
}

private struct WaitingApprovals: Statement {
  static let sql = "select count(*) from gates.approval a where a.state = 'asked'"

  func bind(to parameters: inout Parameters) {}

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
