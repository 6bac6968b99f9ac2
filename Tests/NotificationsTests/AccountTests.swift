import Assurance
import Contracts
import Jobs
import Kernel
import Operations
import Suppliers
import Synchronization
import Tenancy
import TestSupport
import Testing

@testable import Notifications

/// What those who answer for customers and suppliers are told: renewals, gaps in the proof, certifications, actions.
@Suite struct AccountTests {
  // MARK: Renewals

  /// On the list, near, missed: each once, by the days of the contract's zone, to the account managers of that customer; the next cycle anew.
  @Test func aRenewalIsToldOnceAStage() async throws {
    let world = try await AccountWorld()
    try await world.renewing()
    for _ in 0..<2 { try await world.renewals() }
    #expect(try await world.events(world.manager) == ["renewal.due"])
    #expect(try await world.events(world.others) == [])
    #expect(try await world.events(world.world.engineer) == [])
    let told = try #require(try await world.world.inbox(world.manager).first)
    #expect(told["subject"] == "[ACME-CON-000001] Renewal to be decided by 2026-05-01: Support")
    #expect(told["body"]?.text?.contains("Last day of the term: 2026-06-30\nRenewal: somebody decides") == true)
    let item = try #require(try await world.world.call("renewal.list")["items"]?.array?.first)
    #expect(told["about"] == item["id"] && told["customer"] == .id(world.world.acme.publicId) && told["incident"] == .null)
    for (time, events) in [
      ("2026-04-16T21:59:59Z", 1), ("2026-04-16T22:00:00Z", 2), ("2026-04-30T21:59:59Z", 2), ("2026-04-30T22:00:00Z", 3), ("2026-06-01T00:00:00Z", 3),
    ] {
      try await world.renewals(at: time)
      #expect(try await world.events(world.manager).count == events, "\(time)")
    }
    #expect(try await world.events(world.manager) == ["renewal.decision_missed", "renewal.decision_near", "renewal.due"])
    let mails = try await world.world.rows("email")
    #expect(mails.map(\.event) == ["renewal.decision_near", "renewal.decision_missed"] && mails.allSatisfy { $0.address == "max@provider.test" })
    // Renewed after all: the next cycle is told of anew.
    try await world.world.call("renewal.decide", ["id": item["id"] ?? .null, "decision": "renew"], version: 1)
    try await world.world.call("renewal.complete", ["id": item["id"] ?? .null], version: 2)
    try await world.renewals()
    try await world.renewals(at: "2027-02-01T00:00:00Z")
    let last = try await world.events(world.manager)
    #expect(last.prefix(3) == ["renewal.due", "renewal.renewed", "renewal.decision_missed"], "\(last)")
  }

  /// What was decided in time is told no more; what was put off is told when it is back; what nobody looked at for long is told once.
  @Test func whatWasDecidedIsToldNoMore() async throws {
    let world = try await AccountWorld()
    try await world.renewing("Decided")
    try await world.renewing("Put off")
    try await world.renewals()
    let items = try await world.world.call("renewal.list")["items"]?.array ?? []
    let decided = try #require(items.first { $0["contractName"] == "Decided" }), putOff = try #require(items.first { $0["contractName"] == "Put off" })
    try await world.world.call("renewal.decide", ["id": decided["id"] ?? .null, "decision": "renew"], version: 1)
    try await world.world.call("renewal.snooze", ["id": putOff["id"] ?? .null, "until": "2026-04-01"], version: 1)
    try await world.renewals(at: "2026-03-31T21:59:59Z")
    #expect(try await world.events(world.manager).count == 2)
    try await world.renewals(at: "2026-03-31T22:00:00Z")
    #expect(try await world.events(world.manager).count == 3, "back from where it was put")
    try await world.renewals(at: "2026-05-15T00:00:00Z")
    #expect(try await world.events(world.manager) == ["renewal.decision_missed", "renewal.due", "renewal.due", "renewal.due"])
    // A decision that comes between the news and its telling leaves nothing to tell.
    try await world.renewing("Quick", end: "2026-07-31T22:00:00Z")
    try await world.sweepRenewals()
    let quick = try #require(try await world.world.call("renewal.list")["items"]?.array?.first { $0["contractName"] == "Quick" })
    try await world.world.call("renewal.decide", ["id": quick["id"] ?? .null, "decision": "decline"], version: 1)
    try await world.world.make()
    let events = try await world.events(world.manager)
    #expect(events.count == 5 && events.first == "renewal.declined", "and not that it is due")
    #expect(try await world.world.left() == 0)
  }

  /// What became of each, once, and not to who did it; what was taken back meanwhile is not told.
  @Test func whatBecameOfARenewalIsTold() async throws {
    let world = try await AccountWorld()
    for name in ["Renewed", "Declined", "Forgotten"] { try await world.renewing(name) }
    try await world.renewals()
    let items = try await world.world.call("renewal.list")["items"]?.array ?? []
    func id(_ name: String) throws -> Value { try #require(items.first { $0["contractName"] == .text(name) }?["id"]) }
    try await world.world.call("renewal.decide", ["id": try id("Declined"), "decision": "decline"], as: world.manager, version: 1)
    for _ in 0..<2 { try await world.renewals() }
    #expect(try await world.events(world.manager).count == 3, "he decided himself")
    #expect(try await world.events(world.chinese).first == "renewal.declined")
    #expect(try await world.world.inbox(world.chinese).first?["subject"] == "[ACME-CON-000002] 决定不续约，2026-06-30 到期：Declined")
    #expect(try await world.events(world.others) == [])
    try await world.world.call("renewal.decide", ["id": try id("Renewed"), "decision": "renew"], version: 1)
    try await world.world.call("renewal.complete", ["id": try id("Renewed")], version: 2)
    try await world.renewals()
    let renewed = try #require(try await world.world.inbox(world.manager).first)
    let named = try id("Renewed")
    #expect(renewed["subject"] == "[ACME-CON-000001] Renewed: Renewed" && renewed["about"] == named)
    #expect(renewed["body"]?.text?.contains("Customer: ACME") == true, "\(renewed["body"] ?? .null)")
    #expect(renewed["body"]?.text?.contains("Last day of the term before: 2026-06-30\nLast day of the term now: 2027-06-30") == true)
    // A decision that is taken back before it is told leaves nothing to tell of it; that it is to be decided is told anew.
    world.world.database.clock.advance(seconds: 60)
    try await world.world.call("renewal.decide", ["id": try id("Forgotten"), "decision": "decline"], version: 1)
    try await world.world.call("renewal.decide", ["id": try id("Forgotten"), "decision": "reopen"], version: 2)
    try await world.renewals()
    #expect(try await world.events(world.manager).prefix(2) == ["renewal.due", "renewal.renewed"])
    for _ in 0..<2 { try await world.renewals(at: "2026-07-01T00:00:00Z") }
    let ended = try await world.events(world.manager).prefix { !$0.hasPrefix("renewal.renewed") }
    #expect(ended.filter { $0 == "renewal.lapsed" }.count == 1 && ended.filter { $0 == "renewal.not_renewed" }.count == 1)
    #expect(try await world.subjects(world.manager).contains("[ACME-CON-000003] Has lapsed, and nobody decided: Forgotten"))
    #expect(try await world.events(world.manager).filter { $0 == "contract.lapsed" }.isEmpty, "said already")
    #expect(try await world.world.left() == 0)
  }

  /// A term that nobody is asked about is told when it is over, once; not where it got another end, was ended, or was over when it was recorded.
  @Test func aTermThatIsOverIsTold() async throws {
    let world = try await AccountWorld()
    func contract(_ name: String, _ end: String) async throws -> Value {
      try await world.world.call(
        "contract.create",
        [
          "customer": .id(world.world.acme.publicId), "name": .text(name), "currency": "EUR", "startsAt": "2025-01-01T00:00:00Z", "endsAt": .text(end),
        ])
    }
    _ = try await contract("Over", "2026-03-31T22:00:00Z")
    _ = try await contract("Long over", "2026-02-01T00:00:00Z")
    let longer = try await contract("Longer", "2026-03-31T22:00:00Z")
    let ended = try await contract("Ended", "2026-03-31T22:00:00Z")
    try await world.renewals(at: "2026-03-31T21:59:59Z")
    #expect(try await world.events(world.manager) == [])
    try await world.world.call("contract.change", ["id": longer["id"] ?? .null, "endsAt": "2026-05-31T22:00:00Z"], version: 1)
    try await world.world.call("contract.change", ["id": ended["id"] ?? .null, "event": "end"], version: 1)
    for _ in 0..<2 { try await world.renewals(at: "2026-03-31T22:00:00Z") }
    #expect(try await world.events(world.manager) == ["contract.lapsed"])
    let told = try #require(try await world.world.inbox(world.manager).first)
    #expect(told["subject"] == "[ACME-CON-000001] Its term is over: Over" && told["about"]?.text?.hasPrefix("con_") == true)
    #expect(try await world.world.inbox(world.chinese).first?["subject"] == "[ACME-CON-000001] 合同期限已届满：Over")
    // Extended between the news and its telling: nothing to tell.
    world.world.database.clock.set(try #require(Instant("2026-05-31T22:00:00Z")))
    try await PartitionSweep().run(at: world.world.database.clock.now(), world.world.database.tenancy)
    try await world.sweepRenewals()
    try await world.world.call("contract.change", ["id": longer["id"] ?? .null, "endsAt": "2026-08-31T22:00:00Z"], version: 2)
    try await world.world.make()
    #expect(try await world.events(world.manager).count == 1)
    try await world.renewals(at: "2026-09-01T00:00:00Z")
    #expect(try await world.events(world.manager).count == 2)
  }

  /// Somebody decided that it goes on, and the term is over before it does: that nothing holds is told once, and the renewal stays open.
  @Test func whatIsNotSignedInTimeIsTold() async throws {
    let world = try await AccountWorld()
    try await world.renewing()
    try await world.renewals()
    let item = try #require(try await world.world.call("renewal.list")["items"]?.array?.first)
    try await world.world.call("renewal.decide", ["id": item["id"] ?? .null, "decision": "renew"], version: 1)
    for _ in 0..<2 { try await world.renewals(at: "2026-07-01T00:00:00Z") }
    #expect(try await world.events(world.manager) == ["contract.lapsed", "renewal.due"])
    #expect(try await world.world.call("renewal.list")["items"]?.array?.first?["state"] == "renewing")
    try await world.world.call("renewal.complete", ["id": item["id"] ?? .null], version: 2)
    try await world.renewals()
    #expect(try await world.events(world.manager) == ["renewal.renewed", "contract.lapsed", "renewal.due"])
  }

  /// Who gives a contract another end has renewed it: the others are told who, and he is not.
  @Test func whoExtendsAContractIsNamed() async throws {
    let world = try await AccountWorld()
    try await world.renewing()
    let supplier = try await world.supplier()
    let hosting = try await world.world.call(
      "underpinning_contract.create",
      [
        "supplier": supplier, "reference": "UC-1", "name": "Hosting", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "endsAt": "2026-07-01T00:00:00Z", "renewal": "manual", "noticeMonths": 2, "renewalMonths": 12,
      ])
    try await world.renewals(at: "2026-03-10T00:00:00Z")
    #expect(try await world.events(world.manager) == ["renewal.due", "renewal.due"])
    let items = try await world.world.call("renewal.list")["items"]?.array ?? []
    let support = try #require(items.first { $0["contractName"] == "Support" }?["contract"])
    try await world.world.call("contract.change", ["id": support, "endsAt": "2027-06-30T22:00:00Z"], as: world.manager, version: 1)
    try await world.world.call("underpinning_contract.revise", ["id": hosting["id"] ?? .null, "endsAt": .null], as: world.manager, version: 1)
    // Who changes something else before that is told has renewed nothing.
    world.world.database.clock.advance(seconds: 60)
    let root = world.world.database.root
    try await world.world.call("contract.change", ["id": support, "noticeMonths": 1], as: root, version: 2)
    try await world.world.call("underpinning_contract.revise", ["id": hosting["id"] ?? .null, "name": "Hosting of all"], as: root, version: 2)
    try await world.renewals()
    #expect(try await world.events(world.manager) == ["renewal.due", "renewal.due"], "he did it himself")
    #expect(try await world.events(world.chinese) == ["renewal.renewed", "renewal.renewed", "renewal.due", "renewal.due"])
    let bodies = try await world.world.inbox(world.chinese).compactMap { $0["body"]?.text }
    #expect(bodies.filter { $0.contains("操作人：Max") }.count == 2)
    #expect(bodies.contains { $0.contains("现期限最后一天：无固定期限") })
    #expect(bodies.contains { $0.contains("现期限最后一天：2027-06-30") })
  }

  /// The same of contracts with suppliers, to those who serve every customer.
  @Test func renewalsOfSuppliersAreTold() async throws {
    let world = try await AccountWorld()
    let supplier = try await world.supplier()
    func contract(_ reference: String, _ more: [String: Value]) async throws -> Value {
      let own: [String: Value] = [
        "supplier": supplier, "reference": .text(reference), "name": "Hosting", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "endsAt": "2026-07-01T00:00:00Z",
      ]
      return try await world.world.database.dispatcher.invoke(
        "underpinning_contract.create", .object(own.merging(more) { $1 }.map { Value.Member($0.key, $0.value) }), as: world.world.database.root,
        Call(requestId: "test")
      ).value
    }
    _ = try await contract("UC-1", ["renewal": "manual", "noticeMonths": 2, "renewalMonths": 12])
    _ = try await contract("UC-2", [:])
    for _ in 0..<2 { try await world.renewals(at: "2026-03-10T00:00:00Z") }
    #expect(try await world.events(world.manager) == ["renewal.due"])
    #expect(try await world.events(world.others) == [])
    #expect(try await world.events(world.world.engineer) == [])
    let told = try #require(try await world.world.inbox(world.manager).first)
    #expect(told["subject"] == "[UC-1] Renewal to be decided by 2026-05-01: Hosting" && told["customer"] == .null)
    #expect(told["body"]?.text?.contains("Supplier: Cloud Ltd\n") == true)
    let item = try #require(try await world.world.call("renewal.list")["items"]?.array?.first)
    #expect(told["about"] == item["id"])
    let hook = try await world.world.call("webhook.create", ["name": "Hook", "url": "https://hooks.example.com/"])["id"] ?? .null
    try await world.world.rule("renewal.lapsed", ["channels": .array(["webhook"]), "webhook": hook], name: "Hook")
    try await world.world.words("set", ["event": "renewal.lapsed", "language": "en", "subject": "{customer}: {contract}", "body": "{party}"])
    for _ in 0..<2 { try await world.renewals(at: "2026-07-01T00:00:00Z") }
    let events = try await world.events(world.manager)
    #expect(Set(events) == ["renewal.due", "renewal.lapsed", "contract.lapsed"])
    #expect(events.filter { $0.hasSuffix("lapsed") }.count == 2)
    #expect(try await world.subjects(world.manager).contains("[UC-2] Its term is over: Hosting"))
    #expect(try await world.subjects(world.manager).contains("Cloud Ltd: Hosting"), "the other party, and not the provider")
    let data = try JSON.read(try #require(try await world.world.rows("webhook").first).body)["data"] ?? .null
    #expect(data["supplierCode"] == "CLOUD" && data["number"] == "UC-1" && data["customer"] == nil)
    #expect(data["underpinningContract"]?.text?.hasPrefix("uc_") == true && data["renewal"] == item["id"])
  }

  /// A contract that cannot be looked at holds up no other; who may not read renewals any more is told of none.
  @Test func aPoisonedRenewalHoldsUpNoOther() async throws {
    let world = try await AccountWorld()
    try await world.renewing("Poison")
    try await world.renewing("Good")
    let poison = "alter table contracts.renewal add constraint poison check (told is null or contract_id <> 1) not valid"
    try await world.world.script(poison)
    await #expect(throws: LeftUndone.self) { try await world.sweepRenewals() }
    try await world.world.make()
    #expect(try await world.subjects(world.manager) == ["[ACME-CON-000002] Renewal to be decided by 2026-05-01: Good"])
    for grant in try await world.world.call("staff_grant.list", ["account": world.managerId])["items"]?.array ?? [] {
      try await world.world.call("staff_grant.revoke", ["id": grant["id"] ?? .null])
    }
    try await world.world.script("alter table contracts.renewal drop constraint poison")
    try await world.renewals()
    #expect(try await world.events(world.manager).count == 1)
  }

  /// The one switch holds what is to be mailed; a webhook is told codes, ids and days.
  @Test func theSwitchHoldsItAndWebhooksAreTold() async throws {
    let world = try await AccountWorld()
    let hook = try await world.world.call("webhook.create", ["name": "Hook", "url": "https://hooks.example.com/"])["id"] ?? .null
    try await world.world.rule("renewal.decision_missed", ["channels": .array(["webhook"]), "webhook": hook], name: "Hook")
    try await world.renewing()
    try await world.world.call("notification.hold", ["reason": "Restored from a backup"])
    try await world.renewals(at: "2026-05-02T00:00:00Z")
    let sent = Mutex(0)
    let couriers = Couriers.mail { _, _ in
      sent.withLock { $0 += 1 }
      return .sent
    }
    try await world.world.deliver(couriers)
    #expect(sent.withLock { $0 } == 0)
    try await world.world.call("notification.release")
    try await world.world.deliver(couriers)
    #expect(sent.withLock { $0 } == 1)
    let document = try #require(try await world.world.rows("webhook").first)
    let data = try JSON.read(document.body)["data"] ?? .null
    #expect(data["decisionOn"] == "2026-05-01" && data["mode"] == "manual" && data["customerCode"] == "ACME" && data["number"] == "ACME-CON-000001")
    #expect(data["renewal"]?.text?.hasPrefix("ren_") == true && data["incident"] == nil)
  }

  /// Sweeps at once leave it once.
  @Test func severalWorkersTellOnce() async throws {
    let world = try await AccountWorld()
    try await world.renewing()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<4 { group.addTask { try await world.sweepRenewals() } }
      try await group.waitForAll()
    }
    #expect(try await world.world.left() == 1)
    for _ in 0..<2 { try await world.world.make() }
    #expect(try await world.events(world.manager) == ["renewal.due"])
  }

  // MARK: The proof

  /// A calendar that changes opens a gap: told in words, once, in the reader's language; what opens besides is told by itself, and what the
  /// horizon brings is not.
  @Test func aGapThatOpensIsTold() async throws {
    let world = try await AccountWorld()
    let hours = try await world.backed()
    #expect(try await world.events(world.manager) == [], "the first proof of a line is told nobody")
    try await world.revise(hours, 1, closed: ["sat"])
    for _ in 0..<2 { try await world.proofs() }
    #expect(try await world.events(world.manager) == ["proof.gaps_opened"])
    let told = try #require(try await world.world.inbox(world.manager).first)
    #expect(told["subject"] == "[ACME-CON-000001] Promises without backing (2): Desk", "\(told["subject"] ?? .null)")
    #expect(told["body"]?.text?.contains("Saturday 00:00-24:00 UTC, response P1") == true, "\(told["body"] ?? .null)")
    #expect(told["about"]?.text?.hasPrefix("prf_") == true && told["customer"] == .id(world.world.acme.publicId))
    #expect(try await world.world.inbox(world.chinese).first?["subject"]?.text == "[ACME-CON-000001] 承诺缺少支撑（2 处）：Desk")
    #expect(try await world.world.events(world.others) == [])
    // Open already: of another gap that one alone is told.
    try await world.revise(hours, 2, closed: ["sat", "tue"])
    try await world.proofs()
    #expect(try await world.events(world.manager).count == 2)
    let more = try #require(try await world.world.inbox(world.manager).first)
    #expect(more["subject"]?.text?.contains("(1)") == true && more["body"]?.text?.contains("Tuesday") == true, "\(more["body"] ?? .null)")
    world.world.database.clock.advance(seconds: 40 * 86_400)
    try await world.proofs()
    #expect(try await world.events(world.manager).count == 2, "nothing changed but the day")
    // Closed and open again: told anew. Who finds it himself is not told.
    try await world.revise(hours, 3, closed: [])
    try await world.proofs()
    try await world.revise(hours, 4, closed: ["sat"])
    let contracts = try await world.world.call("contract.list", ["customer": .id(world.world.acme.publicId)])["items"]?.array ?? []
    let contract = try #require(contracts.first { $0["name"] == "Support" }?["id"])
    try await world.world.call("proof.run", ["contract": contract], as: world.manager)
    try await world.proofs()
    #expect(try await world.events(world.manager).count == 2)
    #expect(try await world.world.inbox(world.chinese).count == 3)
  }

  // MARK: Suppliers

  /// Certifications are the affair of those who serve every customer, and of no customer.
  @Test func aCertificationIsToldWhoServesAll() async throws {
    let world = try await AccountWorld()
    let supplier = try await world.supplier()
    try await world.world.call(
      "certification.record",
      ["supplier": supplier, "name": "ISO 9001", "issuer": "TÜV", "validOn": "2023-03-01", "expiresOn": "2026-04-30", "warnDays": 60])
    for _ in 0..<2 { try await world.reminders() }
    #expect(try await world.events(world.manager) == ["certification.expiring"])
    #expect(try await world.events(world.others) == [])
    let told = try #require(try await world.world.inbox(world.manager).first)
    #expect(told["subject"] == "Cloud Ltd: ISO 9001 expires after 2026-04-30" && told["customer"] == .null)
    #expect(told["about"]?.text?.hasPrefix("cert_") == true && told["body"]?.text?.contains("Issuer: TÜV") == true)
    #expect(try await world.world.inbox(world.chinese).first?["subject"] == "Cloud Ltd：ISO 9001 将于 2026-04-30 后失效")
    try await world.reminders(at: "2026-05-03T00:00:00Z")
    #expect(try await world.events(world.manager) == ["certification.expired", "certification.expiring"])
  }

  /// Who is to see to an action is told, unless he took it himself; when it is due; when it is overdue; of another day anew.
  @Test func anActionIsToldItsOwner() async throws {
    let world = try await AccountWorld()
    let action = try await world.action(owner: world.world.colleagueId, dueOn: "2026-04-10")
    let colleague = world.world.colleague
    try await world.reminders()
    #expect(try await world.events(colleague) == ["appraisal_action.assigned"])
    #expect(try await world.events(world.manager) == [])
    let told = try #require(try await world.world.inbox(colleague).first)
    #expect(told["subject"] == "Cloud Ltd: yours to see to by 2026-04-10: Second line" && told["about"] == action["id"])
    try await world.reminders(at: "2026-04-02T22:00:00Z")
    #expect(try await world.world.events(colleague).first == "appraisal_action.due")
    try await world.reminders(at: "2026-04-10T22:00:00Z")
    #expect(try await world.world.events(colleague).first == "appraisal_action.overdue")
    try await world.world.call("appraisal_action.change", ["id": action["id"] ?? .null, "dueOn": "2026-05-31"], version: 1)
    try await world.reminders(at: "2026-05-24T00:00:00Z")
    #expect(try await world.world.events(colleague).count == 4)
    try await world.world.call("appraisal_action.change", ["id": action["id"] ?? .null, "owner": world.world.engineerId], version: 2)
    try await world.world.call("appraisal_action.change", ["id": action["id"] ?? .null, "owner": world.managerId], as: world.manager, version: 3)
    try await world.reminders()
    #expect(try await world.world.events(world.manager) == [], "he took it himself")
    #expect(try await world.world.events(world.world.engineer) == [], "it was somebody else's when it was told")
    // Nobody's is the affair of those who answer for suppliers; what is done is told no more.
    try await world.world.call("appraisal_action.change", ["id": action["id"] ?? .null, "owner": .null], version: 4)
    try await world.reminders(at: "2026-06-01T00:00:00Z")
    #expect(try await world.events(world.manager) == ["appraisal_action.overdue"])
    try await world.world.call("appraisal_action.finish", ["id": action["id"] ?? .null, "state": "done", "result": "Built"], version: 5)
    try await world.reminders(at: "2026-07-01T00:00:00Z")
    #expect(try await world.events(world.manager).count == 1)
  }

  /// The owner of an action who has left is nobody: those who answer for suppliers are told in his place.
  @Test func anOwnerWhoHasLeftIsNobody() async throws {
    let world = try await AccountWorld()
    _ = try await world.action(owner: world.world.colleagueId, dueOn: "2026-04-10")
    try await world.reminders()
    for grant in try await world.world.call("staff_grant.list", ["account": world.world.colleagueId])["items"]?.array ?? [] {
      try await world.world.call("staff_grant.revoke", ["id": grant["id"] ?? .null])
    }
    for _ in 0..<2 { try await world.reminders(at: "2026-04-02T22:00:00Z") }
    #expect(try await world.world.events(world.world.colleague) == ["appraisal_action.assigned"])
    #expect(try await world.events(world.manager) == ["appraisal_action.due"])
    #expect(try await world.events(world.others) == [])
  }

  // MARK: Rules

  @Test func rulesNameWhoThereIs() async throws {
    let world = try await AccountWorld()
    func answer(_ event: String, _ more: [String: Value]) async -> String { await refusal { try await world.world.rule(event, more, name: event) } }
    #expect(await answer("renewal.due", ["audience": .array(["owner"])]) == "audience notification_rule.no_such_audience")
    #expect(await answer("certification.expired", ["audience": .array(["watchers"])]) == "audience notification_rule.no_such_audience")
    let managers = Value.array(["account_managers"])
    #expect(await answer("renewal.due", ["audience": managers, "priorityTo": 2]) == "priorityTo notification_rule.of_tickets_only")
    #expect(await answer("renewal.due", ["audience": managers, "metric": "response"]) == "metric notification_rule.of_clocks_only")
    #expect(
      await answer("certification.expired", ["audience": managers, "customer": .id(world.world.acme.publicId)]) == "customer notification_rule.of_no_customer")
    #expect(await answer("proof.gaps_opened", ["audience": managers, "customer": .id(world.world.acme.publicId)]) == "accepted")
    // Of a ticket account managers are told as well.
    #expect(await answer("incident.reopened", ["audience": managers]) == "accepted")
    #expect(
      await refusal {
        try await world.world.words("set", ["event": "renewal.due", "language": "en", "subject": "{title}", "body": "x"])
      } == "subject notification_template.unknown_field")
  }
}

/// Max answers for every customer, so does Mei, who reads Chinese; Otto answers for the other customer alone.
private struct AccountWorld {
  let world: NotificationsWorld
  let manager: Principal
  let managerId: Value
  let chinese: Principal
  let others: Principal

  init() async throws {
    world = try await NotificationsWorld()
    (manager, managerId) = try await NotificationsWorld.staff("Max", world.database, .accountManager)
    chinese = try await NotificationsWorld.staff("Mei", world.database, .accountManager).0
    others = try await NotificationsWorld.staff("Otto", world.database, .accountManager, for: [world.other]).0
    try await world.script("update tenancy.account set language = 'zh-Hans' where name = 'Mei'; update tenancy.account set login = 'mei' where name = 'Mei'")
  }

  func events(_ principal: Principal) async throws -> [String] { try await world.events(principal) }

  func subjects(_ principal: Principal) async throws -> [String] { try await world.inbox(principal).compactMap { $0["subject"]?.text } }

  private func set(_ time: String?) throws {
    if let time { world.database.clock.set(try #require(Instant(time))) }
  }

  /// A contract of ACME's that somebody has to renew, two months before its end.
  func renewing(_ name: String = "Support", end: String = "2026-06-30T22:00:00Z") async throws {
    try await world.call(
      "contract.create",
      [
        "customer": .id(world.acme.publicId), "name": .text(name), "currency": "EUR", "startsAt": "2025-12-31T23:00:00Z", "endsAt": .text(end),
        "renewal": "manual", "noticeMonths": 2, "renewalMonths": 12,
      ])
  }

  func sweepRenewals() async throws { try await RenewalSweep().run(at: world.database.clock.now(), world.database.tenancy) }

  func renewals(at time: String? = nil) async throws {
    try set(time)
    try await PartitionSweep().run(at: world.database.clock.now(), world.database.tenancy)
    try await sweepRenewals()
    try await world.make()
  }

  func reminders(at time: String? = nil) async throws {
    try set(time)
    try await ReminderSweep().run(at: world.database.clock.now(), world.database.tenancy)
    try await world.make()
  }

  func proofs() async throws {
    try await ProofSweep().run(at: world.database.clock.now(), world.database.tenancy)
    try await world.make()
  }

  private static func definition(closed: Set<String>) -> Value {
    .object([
      "zone": "UTC",
      "week": .object(
        ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].filter { !closed.contains($0) }.map { Value.Member($0, .array([.array(["00:00", "24:00"])])) }),
    ])
  }

  /// A contract line whose promise is backed by a team at all hours.
  /// - Returns: the calendar of the team.
  func backed() async throws -> Value {
    let always = try await world.call("calendar.create", ["name": "Always", "definition": Self.definition(closed: [])])
    let hours = try await world.call("calendar.create", ["name": "Desk hours", "definition": Self.definition(closed: [])])
    let target = Value.object(["metric": "response", "priority": 1, "budgetSeconds": 3600, "calendar": always["id"] ?? .null])
    let sla = try await world.call("sla.create", ["name": "Gold", "targets": .array([target])])
    let contract = try await world.call(
      "contract.create",
      [
        "customer": .id(world.acme.publicId), "name": "Support", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "lines": .array([.object(["name": "Desk", "sla": sla["id"] ?? .null])]),
      ])
    try await proofs()
    let team = try await world.call("team.create", ["name": "First line"])
    let own = Value.object([
      "team": team["id"] ?? .null, "calendar": hours["id"] ?? .null, "handling": .array([.object(["seconds": 600])]),
    ])
    // A draft like it: nobody is told of one.
    let draft = try await world.call(
      "contract.create",
      [
        "customer": .id(world.acme.publicId), "name": "Draft", "state": "draft", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "lines": .array([.object(["name": "Draft", "sla": sla["id"] ?? .null])]),
      ])
    // Nor of a line that is prepared for a contract in force.
    let prepared = try await world.call(
      "contract_line.add", ["contract": contract["id"] ?? .null, "name": "Night desk", "sla": sla["id"] ?? .null, "draft": .bool(true)])
    for line in [contract, draft].map({ $0["lines"]?.array?.first?["id"] }) + [prepared["id"]] {
      try await world.call("delivery_chain.set", ["line": line ?? .null, "teams": .array([own])])
    }
    try await proofs()
    #expect(try await world.call("proof.open")["items"] == .array([]))
    return hours["id"] ?? .null
  }

  func revise(_ calendar: Value, _ version: Int64, closed: Set<String>) async throws {
    world.database.clock.advance(seconds: 60)
    try await world.call("calendar.revise", ["id": calendar, "definition": Self.definition(closed: closed)], version: version)
  }

  func supplier() async throws -> Value {
    try await world.call("supplier.create", ["code": "CLOUD", "name": "Cloud Ltd", "zone": "UTC"])["id"] ?? .null
  }

  /// What came of an appraisal with the lowest grade.
  func action(owner: Value, dueOn: String) async throws -> Value {
    let criterion = Value.object(["code": "cooperation", "weight": "100", "measure": "assessed"])
    let grades = Value.array([.object(["grade": "B", "below": "60"]), .object(["grade": "A", "from": "60"])])
    let scheme = try await world.call(
      "appraisal_scheme.create",
      ["name": "Standard", "terms": .object(["criteria": .array([criterion]), "grades": grades, "actionBelow": "A"])])
    let appraisal = try await world.call(
      "appraisal.open", ["supplier": try await supplier(), "scheme": scheme["id"] ?? .null, "period": "2026-01"])
    let assessed = try await world.call(
      "appraisal.assess", ["id": appraisal["id"] ?? .null, "criterion": "cooperation", "score": "10", "evidence": "Meeting"], version: 1)
    return try await world.call(
      "appraisal.close", ["id": appraisal["id"] ?? .null, "owner": owner, "dueOn": .text(dueOn), "action": "Second line"],
      version: assessed["version"]?.integer)["action"] ?? .null
  }
}
