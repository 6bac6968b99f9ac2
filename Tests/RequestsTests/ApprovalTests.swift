import Kernel
import Operations
import Requests
import TestSupport
import Tenancy
import Testing

/// Who is asked for a request, what becomes of it, and what waits for whom.
@Suite struct ApprovalTests {
  private static func approver(_ role: String, above: String? = nil) -> Value {
    .object(
      [Value.Member("name", RequestsWorld.name(role)), Value.Member("role", .text(role))]
        + (above.map { [Value.Member("above", .text($0)), Value.Member("currency", "EUR")] } ?? []))
  }

  private static func rule(_ rule: String, _ approvers: [Value], _ more: KeyValuePairs<String, Value> = [:]) -> Value {
    .object([Value.Member("rule", .text(rule)), Value.Member("approvers", .array(approvers))] + more.map { Value.Member($0.key, $0.value) })
  }

  private func waiting(_ world: RequestsWorld, for principal: Principal) async throws -> [Value] {
    try await world.call("approval.list", ["limit": 200], as: principal).at("items").array ?? []
  }

  /// The approval of a request that waits for `principal`.
  private func approval(_ world: RequestsWorld, of request: Value, for principal: Principal) async throws -> Value {
    let found = try await waiting(world, for: principal).first { $0.at("request") == request.at("id") }
    return try #require(found, "nothing of \(request.at("number")) waits for \(principal.name)")
  }

  @discardableResult
  private func approve(_ world: RequestsWorld, _ approval: Value, as principal: Principal) async throws -> Value {
    try await world.call("approval.approve", ["id": approval.at("id")], as: principal)
  }

  @Test func aCustomersManagerAgreesAndTheTeamsBegin() async throws {
    let world = try await RequestsWorld()
    let task = Value.object(["name": RequestsWorld.name("Deliver"), "step": 1, "team": "Service Desk"])
    // A version of before approvers were known: names alone.
    let offering = try await world.offering(
      "LAPTOP", ["approval": .object(["rule": "all", "roles": .array([RequestsWorld.name("IT manager")])]), "tasks": .array([task])],
      soldTo: [world.acme, world.other])
    let boss = try await world.database.user(.customerManager, of: world.acme)
    let stranger = try await world.database.user(.customerManager, of: world.other)
    let requester = try await world.database.user(.requester, of: world.acme, .own)
    let made = try await world.call("request.submit", ["offering": offering, "published": 1], as: requester)
    #expect(made.at("state") == "awaiting_approval" && made.at("version") == 1 && made.at("tasks") == .array([]))
    #expect(made.at("approvals.0.role") == "customer_manager" && made.at("approvals.0.state") == "asked")
    for one in [requester, stranger, world.manager] { #expect(try await waiting(world, for: one).isEmpty, "\(one.name)") }
    let asked = try await approval(world, of: made, for: boss)
    #expect(asked.at("requestNumber") == "ACME-REQ-000001" && asked.at("customer") == .id(world.acme.publicId))
    await expectFailure(.notFound) { try await approve(world, asked, as: requester) }
    await expectFailure(.notFound) { try await approve(world, asked, as: stranger) }
    #expect(await refusal { try await approve(world, asked, as: world.manager) } == ["approval.not_yours"])
    #expect(await refusal { try await approve(world, asked, as: world.database.root) } == ["approval.not_yours"])
    world.database.clock.advance(seconds: 90)
    let agreed = try await world.call("approval.approve", ["id": asked.at("id"), "reason": "needed"], as: boss)
    #expect(agreed.at("state") == "approved" && agreed.at("reason") == "needed")
    #expect(await refusal { try await approve(world, asked, as: boss) } == ["approval.agreed_already"])
    // The customer's side reads no tasks: the sweep opens them.
    #expect(try await world.request(made).at("state") == "approved")
    try await world.sweep()
    let working = try await world.request(made)
    #expect(working.at("state") == "fulfilling" && working.at("tasks.0.state") == "ready" && working.at("tasksTotal") == 1)
    #expect(working.at("approvalSeconds") == 90, "the wait for approval is measured")
    let seen = try await world.request(made, as: requester)
    #expect(seen.at("tasks") == .array([]) && seen.at("tasksTotal") == 1)
    let all = try await world.history(made)
    #expect(all == ["submitted", "approval_began", "approval_asked", "approval_given", "approved", "started", "task_opened"])
    #expect(try await world.history(made, as: requester) == all.filter { !$0.hasPrefix("task") })
    await expectFailure(.notFound) { try await world.call("request.history", ["id": made.at("id")], as: stranger) }
  }

  /// The staff read who did what; a customer's people, who of their own did, and of the rest that it was the provider.
  @Test func theHistoryTellsWhoDidIt() async throws {
    let world = try await RequestsWorld()
    let offering = try await world.offering("MOUSE", ["approval": Self.rule("all", [Self.approver("account_manager")], ["hours": 4])])
    let requester = try await world.database.user(.requester, of: world.acme, .own)
    let (made, late) = (
      try await world.call("request.submit", ["offering": offering, "published": 1], as: requester),
      try await world.call("request.submit", ["offering": offering, "published": 1], as: requester)
    )
    try await approve(world, made.at("approvals.0"), as: world.manager)
    world.database.clock.advance(seconds: 4 * 3600)
    try await world.sweep()
    func name(_ type: String, of request: Value, for reader: Principal) async throws -> Value {
      let items = try await world.call("request.history", ["id": request.at("id")], as: reader).at("items").array ?? []
      return try #require(items.first { $0.at("type") == .text("request.\(type)") }).at("actorName")
    }
    for reader in [requester, world.manager] {
      #expect(try await name("submitted", of: made, for: reader) == "Account")
      #expect(try await name("approval_timed_out", of: late, for: reader) == .null, "time did it")
    }
    #expect(try await name("approval_given", of: made, for: world.manager) == "Account")
    #expect(try await name("approval_given", of: made, for: requester) == "Provider")
  }

  @Test func aRefusalHasAReasonAndEndsIt() async throws {
    let world = try await RequestsWorld()
    let offering = try await world.offering("CAR", ["approval": Self.rule("all", [Self.approver("account_manager"), Self.approver("finance")])])
    let finance = try await world.database.staff(.finance)
    let made = try await world.submit(offering, as: world.engineer)
    let asked = try await approval(world, of: made, for: finance)
    #expect(await refusal { try await world.call("approval.reject", ["id": asked.at("id")], as: finance) } == ["reason input.required"])
    try await world.call("approval.reject", ["id": asked.at("id"), "reason": "No budget"], as: finance)
    let ended = try await world.request(made)
    #expect(
      ended.at("state") == "rejected" && ended.at("reason") == "No budget" && ended.at("approvals").array?.map { $0.at("state") } == ["lapsed", "rejected"])
    #expect(try await waiting(world, for: world.manager).isEmpty)
  }

  /// Above an amount a further approver, who is another person: somebody who holds both roles agrees once.
  @Test func aboveALimitAFurtherPersonAgrees() async throws {
    let world = try await RequestsWorld()
    let form = Value.array([.object(["key": "count", "label": RequestsWorld.name("How many"), "type": "number", "required": .bool(true), "least": 1])])
    let prices = Value.array([
      .object(["name": RequestsWorld.name("Device"), "amount": "400.00", "currency": "EUR", "per": "once", "quantity": "count"]),
      .object(["name": RequestsWorld.name("Operation"), "amount": "100.00", "currency": "EUR", "per": "month"]),
    ])
    let offering = try await world.offering(
      "DEVICES",
      ["form": form, "prices": prices, "approval": Self.rule("any", [Self.approver("account_manager"), Self.approver("account_manager", above: "900.00")])])
    func order(_ count: Int64) async throws -> Value {
      try await world.submit(offering, answers: .object(["count": .integer(count)]), as: world.engineer)
    }
    let small = try await order(2)
    #expect(small.at("value") == .decimal("900.00") && small.at("currency") == "EUR" && small.at("approvals").array?.count == 1, "not above")
    let large = try await order(3)
    #expect(large.at("value") == .decimal("1300.00") && large.at("approvals").array?.map { $0.at("state") } == ["asked", "waiting"])
    try await approve(world, try await approval(world, of: large, for: world.manager), as: world.manager)
    let further = try await world.request(large).at("approvals.1")
    #expect(further.at("state") == "asked")
    #expect(try await waiting(world, for: world.manager).map { $0.at("request") } == [small.at("id")], "he has agreed to the other already")
    #expect(await refusal { try await approve(world, further, as: world.manager) } == ["approval.agreed_already"])
    try await approve(world, further, as: try await world.database.staff(.accountManager))
    // Staff read tasks: nothing waits for the sweep.
    #expect(try await world.request(large).at("state") == "fulfilling")
  }

  /// What counts a price is always answered, with one at least: an order of nothing would be worth nothing, and pass every limit.
  @Test func whatCountsAPriceIsAlwaysAnswered() async throws {
    let world = try await RequestsWorld()
    let price = Value.object([
      "name": RequestsWorld.name("Device"), "amount": "400.00", "currency": "EUR", "per": "once", "quantity": "count",
    ])
    let label = Value.Member("label", RequestsWorld.name("How many"))
    func publish(_ field: KeyValuePairs<String, Value>) async -> [String] {
      let count = Value.object([Value.Member("key", "count"), label, Value.Member("type", "number")] + field.map { Value.Member($0.key, $0.value) })
      let sure = Value.object([Value.Member("key", "sure"), label, Value.Member("type", "boolean")])
      return await refusal { try await world.offering("DEVICES", ["form": .array([sure, count]), "prices": .array([price])]) }
    }
    let counts = ["prices[0].quantity offering.counts_nothing"]
    #expect(await publish(["least": 1]) == counts, "it may be left out")
    #expect(await publish(["required": .bool(true)]) == counts, "it may be 0")
    #expect(await publish(["required": .bool(true), "least": 0]) == counts)
    #expect(await publish(["required": .bool(true), "least": 1, "shownWhen": .object(["field": "sure", "equals": "true"])]) == counts)
    #expect(await publish(["required": .bool(true), "least": 1]) == ["accepted"])
  }

  @Test func nobodyApprovesHisOwnUnlessTheRuleSaysSo() async throws {
    let world = try await RequestsWorld()
    let boss = try await world.database.user(.customerManager, of: world.acme)
    let deputy = try await world.database.user(.customerManager, of: world.acme)
    for (code, mayBeOwn) in [("STRICT", false), ("FREE", true)] {
      let offering = try await world.offering(
        code, ["approval": Self.rule("all", [Self.approver("customer_manager")], ["ownRequests": .bool(mayBeOwn)])])
      let made = try await world.call("request.submit", ["offering": offering, "published": 1], as: boss)
      let mine = try await waiting(world, for: boss).contains { $0.at("request") == made.at("id") }
      #expect(mine == mayBeOwn, "\(code)")
      let asked = made.at("approvals.0")
      #expect(await refusal { try await approve(world, asked, as: boss) } == [mayBeOwn ? "accepted" : "approval.own_request"], "\(code)")
      if !mayBeOwn { try await approve(world, asked, as: deputy) }
      #expect(try await world.request(made).at("state") == "approved", "\(code)")
    }
  }

  /// A second login of who ordered it is his as well, also where the request is for somebody else.
  @Test func aSecondLoginOfOnePersonIsHisOwn() async throws {
    let world = try await RequestsWorld()
    let offering = try await world.offering("LAPTOP", ["approval": Self.rule("all", [Self.approver("customer_manager")])])
    let boss = try await world.database.user(.customerManager, of: world.acme)
    let made = try await world.submit(offering, for: try await world.person("Mia"), as: boss)
    let second = Principal(
      actor: Actor(kind: .customer, id: boss.actor.id + 1000, via: .http), tenant: boss.tenant, side: boss.side, name: "second", person: boss.person,
      grants: boss.grants)
    #expect(try await waiting(world, for: second).isEmpty)
    #expect(await refusal { try await approve(world, made.at("approvals.0"), as: second) } == ["approval.own_request"])
    try await approve(world, made.at("approvals.0"), as: try await world.database.user(.customerManager, of: world.acme))
  }

  @Test func aPersonWhomTheFormNamesDecides() async throws {
    let world = try await RequestsWorld()
    let form = Value.array([.object(["key": "boss", "label": RequestsWorld.name("Boss"), "type": "person"])])
    let approvers = Value.array([.object(["name": RequestsWorld.name("Boss"), "answer": "boss"])])
    let offering = try await world.offering("HOME-OFFICE", ["form": form, "approval": .object(["rule": "all", "approvers": approvers])])
    let boss = try await world.database.user(.requester, of: world.acme, .own)
    let colleague = try await world.database.user(.requester, of: world.acme, .own)
    let named = try await world.ids(of: boss).person
    let made = try await world.call("request.submit", ["offering": offering, "published": 1, "answers": .object(["boss": named])], as: colleague)
    #expect(made.at("approvals.0.person") == named && made.at("approvals.0.role") == .null)
    #expect(try await waiting(world, for: colleague).isEmpty)
    try await approve(world, try await approval(world, of: made, for: boss), as: boss)
    // Where nobody is named, the customer's managers stand in.
    let open = try await world.call("request.submit", ["offering": offering, "published": 1], as: colleague)
    #expect(open.at("approvals.0.role") == "customer_manager")
    let twisted = Value.array([.object(["name": RequestsWorld.name("Boss"), "answer": "nobody"])])
    #expect(
      await refusal { try await world.offering("TWISTED", ["form": form, "approval": .object(["rule": "all", "approvers": twisted])]) }
        == ["approval.approvers[0].answer offering.no_such_field"])
  }

  @Test func aManagerOfASiteIsAskedForHisSite() async throws {
    let world = try await RequestsWorld()
    let offering = try await world.offering("DESK", ["approval": Self.rule("all", [Self.approver("customer_manager")])])
    let (munich, berlin) = (try await world.unit("Munich"), try await world.unit("Berlin"))
    let (mia, ben) = (try await world.person("Mia", munich), try await world.person("Ben", berlin))
    let rows = try await world.database.superuser.transaction { try await $0.query(UnitOfName(name: "Munich")) }
    let manager = try await world.database.user(.customerManager, of: world.acme, .unit, units: Set(rows))
    let (hers, his) = (try await world.submit(offering, for: mia), try await world.submit(offering, for: ben))
    #expect(hers.at("requesterName") == "Mia" && his.at("requesterName") == "Ben")
    #expect(try await waiting(world, for: manager).map { $0.at("request") } == [hers.at("id")])
    await expectFailure(.notFound) { try await approve(world, his.at("approvals.0"), as: manager) }
    try await approve(world, hers.at("approvals.0"), as: manager)
  }

  @Test func itIsDelegatedToAnotherWhoMay() async throws {
    let world = try await RequestsWorld()
    let offering = try await world.offering(
      "TRIP", ["approval": Self.rule("all", [Self.approver("customer_manager"), Self.approver("account_manager")])])
    let boss = try await world.database.user(.customerManager, of: world.acme)
    let deputy = try await world.database.user(.requester, of: world.acme, .own)
    let nobody = try await world.database.user(.requester, of: world.acme, .own)
    let made = try await world.submit(offering, as: world.engineer)
    let asked = try await approval(world, of: made, for: boss)
    let account = try await world.ids(of: deputy).account
    func delegate(to account: Value) async -> [String] {
      await refusal { try await world.call("approval.delegate", ["id": asked.at("id"), "account": account], as: boss, version: asked.at("version")) }
    }
    #expect(await delegate(to: account) == ["account approval.delegate_may_not"], "nothing is granted to him yet")
    try await world.call("account_grant.add", ["account": account, "role": "requester", "scope": "own"], as: world.database.root)
    #expect(await delegate(to: .id(world.other.id("acc", [UInt8](repeating: 1, count: 12)))) == ["account input.unknown_reference"])
    #expect(await delegate(to: account) == ["accepted"])
    #expect(await delegate(to: account) == ["version.mismatch"], "who has not seen to whom it went takes it from nobody")
    #expect(try await approval(world, of: made, for: deputy).at("delegated") == .bool(true))
    #expect(try await waiting(world, for: nobody).isEmpty)
    await expectFailure(.notFound) {
      try await world.call("approval.delegate", ["id": asked.at("id"), "account": account], as: nobody, version: asked.at("version"))
    }
    try await approve(world, asked, as: deputy)
    // The provider's word stays with the provider.
    let theirs = try await approval(world, of: made, for: world.manager)
    #expect(
      await refusal {
        try await world.call("approval.delegate", ["id": theirs.at("id"), "account": account], version: theirs.at("version"))
      } == ["account input.unknown_reference"])
    let colleague = try await world.ids(of: world.engineer).account
    try await world.call("staff_grant.add", ["account": colleague, "role": "engineer", "everyCustomer": .bool(true)], as: world.database.root)
    // Nor does it go to somebody whose word would not count, in the place of one whose word does.
    func hand(to staff: Value) async -> [String] {
      await refusal { try await world.call("approval.delegate", ["id": theirs.at("id"), "staff": staff], version: theirs.at("version")) }
    }
    #expect(await hand(to: colleague) == ["staff approval.reassigned_to_own"], "he ordered it")
    let me = try await world.ids(of: world.manager).account
    try await world.call("staff_grant.add", ["account": me, "role": "account_manager", "everyCustomer": .bool(true)], as: world.database.root)
    #expect(await hand(to: me) == ["staff approval.reassigned_to_own"], "he decides it himself")
    try await approve(world, theirs, as: world.manager)
    #expect(try await world.history(made).filter { $0 == "approval_delegated" }.count == 1)
    #expect(try await world.request(made).at("state") == "fulfilling")
  }

  /// The only manager of a customer is nobody who could agree to what he ordered: who keeps the contracts is asked besides, as soon as there is one.
  @Test func whatNobodyCanDecideGoesToAStandIn() async throws {
    let world = try await RequestsWorld()
    let offering = try await world.offering("LAPTOP", ["approval": Self.rule("all", [Self.approver("customer_manager")])])
    let boss = try await world.database.user(.customerManager, of: world.acme)
    let own = try await world.ids(of: boss).account
    try await world.call("account_grant.add", ["account": own, "role": "customer_manager", "scope": "tenant"], as: world.database.root)
    let alone = try await world.submit(offering, as: boss)
    #expect(alone.at("approvals.0.standIn") == .null, "there is nobody at all")
    let keeper = try await world.ids(of: world.manager).account
    try await world.call("staff_grant.add", ["account": keeper, "role": "account_manager", "everyCustomer": .bool(true)], as: world.database.root)
    let made = try await world.submit(offering, as: boss)
    #expect(made.at("approvals.0.standIn") == "account_manager" && made.at("approvals.0.role") == "customer_manager")
    #expect(try await world.history(made).contains("approval_stand_in"))
    let ordered = try await world.submit(offering, as: world.engineer)
    #expect(ordered.at("approvals.0.standIn") == .null, "the manager himself can agree to what others order")
    try await approve(world, try await approval(world, of: made, for: world.manager), as: world.manager)
    #expect(try await world.request(made).at("state") == "fulfilling")
  }

  /// What waits for others is seen by who keeps the contracts, and goes to somebody who may, never to whose request it is.
  @Test func whatWaitsIsReassigned() async throws {
    let world = try await RequestsWorld()
    let offering = try await world.offering("TRIP", ["approval": Self.rule("all", [Self.approver("finance")])])
    let boss = try await world.database.user(.customerManager, of: world.acme)
    let deputy = try await world.database.user(.customerManager, of: world.acme)
    let made = try await world.submit(offering, as: boss)
    let keepers = [world.manager, try await world.database.staff(.accountManager, for: [world.other])]
    var seen: [[Value]] = []
    for keeper in keepers { seen.append(try await world.call("approval.waiting", [:], as: keeper).at("items").array ?? []) }
    #expect(seen[0].map { $0.at("request") } == [made.at("id")] && seen[1].isEmpty)
    await expectFailure(.denied) { try await world.call("approval.waiting", [:], as: world.engineer) }
    let asked = made.at("approvals.0")
    func reassign(_ path: String, _ account: Value) async -> [String] {
      let input = Value.object([Value.Member("id", asked.at("id")), Value.Member(path, account)])
      return await refusal {
        let call = Call(requestId: "test", expectedVersion: asked.at("version").integer)
        return try await world.database.dispatcher.invoke("approval.reassign", input, as: world.manager, call).value
      }
    }
    let (own, other) = (try await world.ids(of: boss).account, try await world.ids(of: deputy).account)
    for account in [own, other] {
      try await world.call("account_grant.add", ["account": account, "role": "customer_manager", "scope": "tenant"], as: world.database.root)
    }
    #expect(await reassign("account", own) == ["account approval.reassigned_to_own"], "he ordered it")
    let me = try await world.ids(of: world.manager).account
    try await world.call("staff_grant.add", ["account": me, "role": "account_manager", "everyCustomer": .bool(true)], as: world.database.root)
    #expect(await reassign("staff", me) == ["staff approval.reassigned_to_own"], "he would decide it himself")
    await expectFailure(.denied) {
      try await world.call("approval.reassign", ["id": asked.at("id"), "account": other], as: world.engineer, version: asked.at("version"))
    }
    #expect(await reassign("account", other) == ["accepted"])
    #expect(await reassign("account", other) == ["version.mismatch"], "who has not seen to whom it went takes it from nobody")
    #expect(try await world.history(made).contains("approval_reassigned"))
    try await approve(world, try await approval(world, of: made, for: deputy), as: deputy)
    #expect(try await world.request(made).at("state") == "approved")
  }

  /// The right to order is looked at again when somebody agrees: a line that ended meanwhile covers nothing.
  @Test func nothingIsAgreedToThatNoLineCoversAnyMore() async throws {
    let world = try await RequestsWorld()
    let offering = try await world.offering("DOCK", ["approval": Self.rule("all", [Self.approver("account_manager")])], soldTo: [])
    let line = try await world.line(of: world.acme, selling: offering)
    let made = try await world.submit(offering, as: world.engineer)
    #expect(made.at("contractLine") == line.at("id"))
    world.database.clock.advance(seconds: 60)
    try await world.call("contract_line.end", ["id": line.at("id")], version: line.at("version"))
    world.database.clock.advance(seconds: 60)
    let asked = try await approval(world, of: made, for: world.manager)
    #expect(await refusal { try await approve(world, asked, as: world.manager) } == ["request.not_covered"])
    let another = try await world.line(of: world.acme, selling: offering)
    try await approve(world, asked, as: world.manager)
    #expect(try await world.request(made).at("contractLine") == another.at("id"), "the line that covers it now")
    #expect(try await world.history(made).contains("line_changed"))
  }

  /// Time refuses or escalates at its true instant, once, however late and however often the sweep looks.
  @Test func timeDecidesAtItsTrueInstantOnce() async throws {
    let world = try await RequestsWorld()
    let strict = try await world.offering("STRICT", ["approval": Self.rule("all", [Self.approver("customer_manager")], ["hours": 4])])
    let lenient = try await world.offering(
      "LENIENT",
      ["approval": Self.rule("all", [Self.approver("customer_manager")], ["hours": 4, "late": "escalate", "escalateTo": "account_manager"])])
    let (refused, escalated) = (try await world.submit(strict, as: world.engineer), try await world.submit(lenient, as: world.engineer))
    #expect(refused.at("approvals.0.dueAt") == "2026-03-02T12:00:00Z")
    world.database.clock.advance(seconds: 4 * 3600 - 1)
    try await world.sweep()
    #expect(try await world.request(refused).at("state") == "awaiting_approval")
    world.database.clock.advance(seconds: 86_400)
    for _ in 1...2 { try await world.sweep() }
    let ended = try await world.request(refused)
    #expect(ended.at("state") == "rejected" && ended.at("endedAt") == "2026-03-02T12:00:00Z" && ended.at("approvals.0.timedOut") == .bool(true))
    #expect(ended.at("approvalSeconds") == 14_400)
    #expect(try await world.history(refused).filter { $0 == "approval_timed_out" }.count == 1)
    let events = try await world.call("request.history", ["id": refused.at("id")]).at("items").array ?? []
    let late = try #require(events.first { $0.at("type") == "request.approval_timed_out" })
    #expect(late.at("occurredAt") == "2026-03-02T12:00:00Z" && late.at("recordedAt") == "2026-03-03T11:59:59Z" && late.at("actorKind") == "system")
    let gone = try await approval(world, of: escalated, for: world.manager)
    #expect(gone.at("escalatedTo") == "account_manager" && gone.at("escalatedAt") == "2026-03-02T12:00:00Z" && gone.at("dueAt") == .null)
    #expect(try await world.history(escalated).filter { $0 == "approval_escalated" }.count == 1)
    try await approve(world, gone, as: world.manager)
  }

  /// An act that comes after the time was over, and before the sweep, finds it decided.
  @Test func nobodyAgreesAfterItsTime() async throws {
    let world = try await RequestsWorld()
    let offering = try await world.offering("LATE", ["approval": Self.rule("all", [Self.approver("account_manager")], ["hours": 1])])
    let made = try await world.submit(offering, as: world.engineer)
    world.database.clock.advance(seconds: 3600)
    #expect(await refusal { try await approve(world, made.at("approvals.0"), as: world.manager) } == ["approval.not_asked"])
    try await world.sweep()
    #expect(try await world.request(made).at("state") == "rejected")
  }

  /// What waits over several customers, in pages of one.
  @Test func itIsListedOverAllCustomers() async throws {
    let world = try await RequestsWorld()
    let offering = try await world.offering(
      "PHONE", ["approval": Self.rule("all", [Self.approver("account_manager")])], soldTo: [world.acme, world.other])
    var made: [Value] = []
    for customer in [world.acme, world.other, world.acme] {
      made.append(try await world.submit(offering, of: customer, as: world.engineer).at("id"))
      world.database.clock.advance(seconds: 1)
    }
    let one = try await world.database.staff(.accountManager, for: [world.other])
    #expect(try await waiting(world, for: one).map { $0.at("request") } == [made[1]])
    var (walked, cursor): ([Value], Value) = ([], .null)
    repeat {
      let page = try await world.call("approval.list", ["limit": 1, "cursor": cursor])
      walked += page.at("items").array?.map { $0.at("request") } ?? []
      cursor = page.at("next")
    } while !cursor.isNull
    #expect(walked == made)
  }
}
