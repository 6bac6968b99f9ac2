import Kernel
import Operations
import Postgres
import Requests
import ServiceLevels
import Tenancy
import TestSupport
import Testing

@testable import Notifications

/// Who is asked to agree to a request or a change, and who waits for the answer, is told; and what is said about a request.
@Suite struct AgreementTests {
  @Test func whoIsAskedIsToldAndWhoOrderedWhatBecameOfIt() async throws {
    let world = try await OrderWorld()
    let offering = try await world.offering("Laptop", [("Boss", "customer_manager")])
    let (boss, foreign) = (try await world.manager(of: world.base.acme), try await world.manager(of: world.base.other))
    let order = try await world.submit(offering)
    for _ in 0..<2 { try await world.base.make() }
    #expect(try await world.base.events(boss) == ["request.approval_asked"])
    let told = try #require(try await world.base.inbox(boss).first)
    let approval = order["approvals"]?.array?.first?["id"] ?? .null
    #expect(told["subject"] == "[ACME-REQ-000001] Your approval is asked for: Laptop")
    #expect(told["about"] == approval && told["customer"] == .id(world.base.acme.publicId))
    for other in [world.orderer, foreign, world.base.engineer] { #expect(try await world.base.events(other) == [], "\(other.name)") }
    try await world.base.call("approval.approve", ["id": approval], as: boss)
    for _ in 0..<2 { try await world.base.make() }
    #expect(try await world.base.events(world.orderer) == ["request.approval_decided"])
    #expect(try await world.base.inbox(world.orderer).first?["subject"] == "[ACME-REQ-000001] Approval of Laptop: agreed to")
    #expect(try await world.base.events(boss) == ["request.approval_asked"])
    #expect(try await world.base.left() == 0)
  }

  /// A refusal says why; and nobody is told that he is asked, who has been asked in vain by then.
  @Test func aRefusalSaysWhy() async throws {
    let world = try await OrderWorld()
    let offering = try await world.offering("Car", [("Boss", "customer_manager")])
    let boss = try await world.manager(of: world.base.acme)
    let order = try await world.submit(offering)
    let approval = order["approvals"]?.array?.first?["id"] ?? .null
    try await world.base.call("approval.reject", ["id": approval, "reason": "Too dear"], as: boss)
    try await world.base.make()
    #expect(try await world.base.events(boss) == [])
    let told = try #require(try await world.base.inbox(world.orderer).first)
    #expect(told["event"] == "request.approval_decided" && told["subject"] == "[ACME-REQ-000001] Approval of Car: refused")
    #expect(told["body"]?.text?.contains("Too dear") == true)
  }

  /// Whom nobody had to ask is not told that anybody agreed.
  @Test func whatNobodyIsAskedAboutIsNotDecided() async throws {
    let world = try await OrderWorld()
    _ = try await world.submit(try await world.offering("Mouse", []))
    try await world.base.make()
    #expect(try await world.base.events(world.orderer) == [])
    #expect(try await world.base.left() == 0)
  }

  /// A staff role: who serves the customer, and no other; who is named in his place is told as well, and nobody twice.
  @Test func whoIsNamedIsToldAndNobodyTwice() async throws {
    let world = try await OrderWorld()
    let finance = try await NotificationsWorld.staff("Fin", world.base.database, .finance).0
    let servesOther = try await NotificationsWorld.staff("Fiona", world.base.database, .finance, for: [world.base.other]).0
    let order = try await world.submit(try await world.offering("Licence", [("Finance", "finance")]))
    try await world.base.make()
    #expect(try await world.base.events(finance) == ["request.approval_asked"])
    #expect(try await world.base.events(servesOther) == [])
    let approval = order["approvals"]?.array?.first ?? .null
    try await world.base.call(
      "approval.delegate", ["id": approval["id"] ?? .null, "staff": world.base.colleagueId], as: finance, version: approval["version"]?.integer)
    for _ in 0..<2 { try await world.base.make() }
    #expect(try await world.base.events(world.base.colleague) == ["request.approval_asked"])
    #expect(try await world.base.events(finance) == ["request.approval_asked"])
    #expect(try await world.base.events(world.base.engineer) == [])
    // He may not decide it any more: it waits for who is asked, who hears so once.
    try await world.base.database.narrow(world.base.colleagueId)
    for _ in 0..<2 {
      try await ApproverSweep().run(at: world.base.database.clock.now(), world.base.database.tenancy)
      try await world.base.make()
    }
    #expect(try await world.base.events(finance) == ["request.approval_asked", "request.approval_asked"])
  }

  /// What the orderer says reaches who is at it, or where nobody is, who answers for the customer; what the staff say to him reaches him; and
  /// nothing that is internal.
  @Test func wordsReachWhoTheyAreFor() async throws {
    let world = try await OrderWorld()
    let manager = try await NotificationsWorld.staff("Max", world.base.database, .accountManager).0
    let order = try await world.submit(try await world.offering("Mouse", []))
    try await world.say("Is it coming?", on: order, as: world.orderer)
    try await world.base.make()
    #expect(try await world.base.events(manager) == ["request.customer_commented"])
    let told = try #require(try await world.base.inbox(manager).first)
    #expect(told["subject"] == "[ACME-REQ-000001] ACME Ltd wrote: Mouse" && told["about"] == order["id"])
    #expect(told["body"]?.text?.contains("Is it coming?") == true)
    try await RequestSweep().run(at: world.base.database.clock.now(), world.base.database.tenancy)
    let read = try await world.base.call("request.read", ["id": order["id"] ?? .null], as: world.base.engineer)
    let task = read["tasks"]?.array?.first?["id"] ?? .null
    try await world.base.call("task.claim", ["id": task], as: world.base.engineer)
    try await world.say("And now?", on: order, as: world.orderer)
    try await world.say("Tomorrow", on: order, as: world.base.engineer, visibility: "public")
    try await world.say("Do not tell him", on: order, as: world.base.engineer)
    for _ in 0..<2 { try await world.base.make() }
    #expect(try await world.base.events(world.base.engineer) == ["request.customer_commented"])
    #expect(try await world.base.events(manager) == ["request.customer_commented"], "somebody is at it")
    #expect(try await world.base.events(world.orderer) == ["request.answered"])
    try await world.base.call("task.complete", ["id": task, "result": "Given"], as: world.base.engineer)
    try await world.base.make()
    #expect(try await world.base.events(world.orderer) == ["request.fulfilled", "request.answered"])
    #expect(try await world.base.left() == 0)
    // He says nothing more: it is closed by time, and he hears of it.
    world.base.database.clock.advance(seconds: 7 * 86_400)
    for _ in 0..<2 {
      try await RequestSweep().run(at: world.base.database.clock.now(), world.base.database.tenancy)
      try await world.base.make()
    }
    #expect(try await world.base.events(world.orderer) == ["request.closed", "request.fulfilled", "request.answered"])
    #expect(try await world.base.inbox(world.orderer).first?["subject"] == "[ACME-REQ-000001] Closed: Mouse")
    #expect(try await world.base.left() == 0)
  }

  /// Who took a request answers for it: the customer's words are his to hear, before anybody is at a task and beside who is.
  @Test func whoTookARequestHearsWhatTheCustomerSays() async throws {
    let world = try await OrderWorld()
    let base = world.base
    let manager = try await NotificationsWorld.staff("Max", base.database, .accountManager).0
    let order = try await world.submit(try await world.offering("Mouse", []))
    let id = order["id"] ?? .null
    let seen = try await base.call("request.read", ["id": id], as: base.engineer)
    try await base.call("request.take", ["id": id], as: base.engineer, version: seen["version"]?.integer)
    try await world.say("Is it coming?", on: order, as: world.orderer)
    for _ in 0..<2 { try await base.make() }
    #expect(try await base.events(base.engineer) == ["request.customer_commented"])
    #expect(try await base.events(manager) == [], "somebody answers for it")
    try await RequestSweep().run(at: base.database.clock.now(), base.database.tenancy)
    let task = try await base.call("request.read", ["id": id], as: base.engineer)["tasks"]?.array?.first?["id"] ?? .null
    try await base.call("task.claim", ["id": task], as: base.colleague)
    try await world.say("And now?", on: order, as: world.orderer)
    for _ in 0..<2 { try await base.make() }
    #expect(try await base.events(base.colleague) == ["request.customer_commented"])
    #expect(try await base.events(base.engineer) == ["request.customer_commented", "request.customer_commented"])
    #expect(try await base.left() == 0)
  }

  /// Who watches a request hears of it what he may read: one of the customer's people never what the staff say among themselves.
  @Test func whoWatchesARequestHearsOfIt() async throws {
    let world = try await OrderWorld()
    let base = world.base
    let order = try await world.submit(try await world.offering("Mouse", []))
    let watchers: KeyValuePairs<String, Value> = ["id": order["id"] ?? .null, "person": base.requesterId, "staff": base.colleagueId]
    try await base.call("request.watch", watchers, as: base.engineer)
    try await base.rule("request.internally_commented", ["audience": .array(["watchers"])])
    try await world.say("Do not tell her", on: order, as: base.engineer)
    try await world.say("Tomorrow", on: order, as: base.engineer, visibility: "public")
    for _ in 0..<2 { try await base.make() }
    #expect(try await base.events(base.requester) == ["request.answered"])
    #expect(try await base.events(base.colleague).sorted() == ["request.answered", "request.internally_commented"])
    #expect(try await base.events(base.stranger) == [], "of another customer")
    try await base.call("request.unwatch", watchers, as: base.engineer)
    try await world.say("Or the day after", on: order, as: base.engineer, visibility: "public")
    for _ in 0..<2 { try await base.make() }
    #expect(try await base.events(world.orderer) == ["request.answered", "request.answered"])
    #expect(try await base.events(base.requester) == ["request.answered"])
    #expect(try await base.events(base.colleague).count == 2)
    #expect(try await base.left() == 0)
  }

  /// Guard: without the clocks' way to requests nobody hears of either.
  @Test func whatTimeDoesToItsPromiseIsToldOnce() async throws {
    let world = try await OrderWorld()
    let base = world.base
    let order = try await world.submit(try await world.offering("Mouse", [], promiseTo: 3))
    let id = order["id"] ?? .null
    try await base.call("request.watch", ["id": id, "person": base.requesterId, "staff": base.colleagueId], as: base.engineer)
    let seen = try await base.call("request.read", ["id": id], as: base.engineer)
    try await base.call("request.take", ["id": id], as: base.engineer, version: seen["version"]?.integer)
    base.database.clock.advance(seconds: 1801)
    for _ in 0..<2 {
      try await WarnSweep(keepers: [.request: RequestKeeper()]).run(at: base.database.clock.now(), base.database.tenancy)
      try await base.make()
    }
    #expect(try await base.events(base.engineer) == ["request.clock_warned"])
    #expect(try await base.inbox(base.engineer).first?["subject"] == "[ACME-REQ-000001] 50% of response used: Mouse")
    base.database.clock.advance(seconds: 1801)
    for _ in 0..<2 {
      try await BreachSweep(keepers: [.request: RequestKeeper()]).run(at: base.database.clock.now(), base.database.tenancy)
      try await base.make()
    }
    for member in [base.engineer, base.colleague] {
      #expect(try await base.events(member) == ["request.clock_breached", "request.clock_warned"])
    }
    #expect(try await base.events(base.requester) == [], "the provider's own affair")
    #expect(try await base.events(base.stranger) == [])
    #expect(try await base.left() == 0)
  }

  /// Guard: without the schema's leave for requests such a rule is none at all.
  @Test func aRuleMayBeOfOneMetricOfRequestsAndOfAShare() async throws {
    let world = try await OrderWorld()
    let base = world.base
    try await base.retireStockRules()
    let staff = Value.array([base.colleagueId])
    try await base.rule("request.clock_warned", ["staff": staff, "metric": "response", "percentFrom": 50], name: "First")
    try await base.rule("request.clock_warned", ["staff": .array([base.engineerId]), "percentFrom": 60], name: "Later")
    try await base.rule("request.clock_breached", ["staff": .array([base.engineerId]), "metric": "resolution"], name: "Another promise")
    try await base.rule("request.clock_breached", ["staff": staff, "metric": "response"], name: "Broken")
    _ = try await world.submit(try await world.offering("Mouse", [], promiseTo: 3))
    base.database.clock.advance(seconds: 1801)
    try await WarnSweep(keepers: [.request: RequestKeeper()]).run(at: base.database.clock.now(), base.database.tenancy)
    try await base.make()
    base.database.clock.advance(seconds: 1801)
    try await BreachSweep(keepers: [.request: RequestKeeper()]).run(at: base.database.clock.now(), base.database.tenancy)
    try await base.make()
    #expect(try await base.events(base.colleague) == ["request.clock_breached", "request.clock_warned"])
    #expect(try await base.events(base.engineer) == [])
  }

  @Test func aCancelledRequestIsTold() async throws {
    let world = try await OrderWorld()
    let order = try await world.submit(try await world.offering("Mouse", []))
    let version = try await world.base.call("request.read", ["id": order["id"] ?? .null], as: world.base.engineer)["version"]?.integer
    try await world.base.call("request.cancel", ["id": order["id"] ?? .null, "reason": "Sold out"], as: world.base.engineer, version: version)
    try await world.base.make()
    let told = try #require(try await world.base.inbox(world.orderer).first)
    #expect(told["event"] == "request.cancelled" && told["body"]?.text?.contains("Sold out") == true)
  }

  /// Whoever is offered a request is told, and who hands it over that it was taken; the customer's people hear nothing of it.
  @Test func aRequestThatIsHandedOverIsTold() async throws {
    let world = try await OrderWorld()
    let base = world.base
    let id = try await world.submit(try await world.offering("Mouse", []))["id"] ?? .null
    let seen = try await base.call("request.read", ["id": id], as: base.engineer)
    let taken = try await base.call("request.take", ["id": id], as: base.engineer, version: seen["version"]?.integer)
    let offered = try await base.call("request.offer", ["id": id, "staff": base.colleagueId], as: base.engineer, version: taken["version"]?.integer)
    try await base.make()
    #expect(try await base.events(base.colleague) == ["request.offered"])
    let told = try #require(try await base.inbox(base.colleague).first)
    #expect(told["subject"] == "[ACME-REQ-000001] Offered to you: Mouse" && told["about"] == id && told["customer"] == .id(base.acme.publicId))
    base.database.clock.advance(seconds: 1)
    try await base.call("request.accept_offer", ["id": id], as: base.colleague, version: offered["version"]?.integer)
    for _ in 0..<2 { try await base.make() }
    #expect(try await base.events(base.engineer) == ["request.offer_answered"])
    #expect(try await base.inbox(base.engineer).first?["subject"] == "[ACME-REQ-000001] Hand-over accepted: Mouse")
    #expect(try await base.events(world.orderer) == [])
    #expect(try await base.left() == 0)
  }

  @Test func approversOfAChangeAreTold() async throws {
    let world = try await OrderWorld()
    let base = world.base
    let servesOther = try await NotificationsWorld.staff("Otto", base.database, .engineer, for: [base.other]).0
    let servesAcme = try await NotificationsWorld.staff("Ada", base.database, .engineer, for: [base.acme]).0
    let change = try await world.submittedChange()
    for _ in 0..<2 { try await base.make() }
    #expect(try await base.events(base.colleague) == ["change.approval_asked"])
    #expect(try await base.events(servesAcme) == ["change.approval_asked"], "who serves all whom it concerns")
    #expect(try await base.events(servesOther) == [])
    #expect(try await base.events(base.engineer) == [], "she wrote it")
    #expect(try await base.inbox(base.colleague).first?["subject"] == "[PROV-CHG-000001] Your approval is asked for: New switch")
    let asked = try await base.call("change.read", ["id": change["id"] ?? .null], as: base.colleague)["approvals"]?.array ?? []
    let approval = asked.first { $0["roles"]?.array?.contains("engineer") == true }?["id"] ?? .null
    try await base.call("change_approval.approve", ["id": approval], as: base.colleague)
    for _ in 0..<2 { try await base.make() }
    #expect(try await base.events(base.engineer) == ["change.approval_decided"])
    #expect(try await base.inbox(base.engineer).first?["subject"] == "[PROV-CHG-000001] Approval of New switch: agreed to")
    #expect(try await base.events(base.colleague) == ["change.approval_asked"])
    #expect(try await base.left() == 0)
  }

  /// Guard: a change is a row of the provider's; whoever serves a few customers only, and is asked, gets his mail all the same.
  @Test func whoServesAFewGetsMailOfAChange() async throws {
    let world = try await OrderWorld()
    _ = try await NotificationsWorld.staff("Ada", world.base.database, .engineer, for: [world.base.acme])
    try await world.base.retireStockRules()
    try await world.base.rule("change.approval_asked", ["audience": .array(["approvers"]), "channels": .array(["email"])])
    _ = try await world.submittedChange()
    try await world.base.make()
    try await world.base.deliver(.mail { _, _ in .sent })
    let mails = try await world.base.rows("email")
    #expect(mails.compactMap(\.address).sorted() == ["ada@provider.test", "karl@provider.test"])
    #expect(mails.map(\.state) == ["sent", "sent"])
  }

  /// A role that is asked besides, for nobody answered in time: its holders are told, and those of the first not again.
  @Test func whoIsAskedBesidesIsTold() async throws {
    let world = try await OrderWorld()
    let finance = try await NotificationsWorld.staff("Fin", world.base.database, .finance).0
    let manager = try await NotificationsWorld.staff("Max", world.base.database, .accountManager).0
    let offering = try await world.offering(
      "Licence", [("Finance", "finance")], more: [Value.Member("hours", 1), Value.Member("late", "escalate"), Value.Member("escalateTo", "account_manager")])
    _ = try await world.submit(offering)
    try await world.base.make()
    #expect(try await world.base.events(manager) == [])
    world.base.database.clock.advance(seconds: 2 * 3600)
    try await RequestSweep().run(at: world.base.database.clock.now(), world.base.database.tenancy)
    for _ in 0..<2 { try await world.base.make() }
    #expect(try await world.base.events(manager) == ["request.approval_asked"])
    #expect(try await world.base.events(finance) == ["request.approval_asked"])
    // Guard: who is asked besides would go on believing that he decides to whom he gave it.
    let waiting = try await world.base.call("approval.list", [:], as: manager)["items"]?.array?.first ?? .null
    try await world.base.call(
      "approval.delegate", ["id": waiting["id"] ?? .null, "staff": world.base.colleagueId], as: manager, version: waiting["version"]?.integer)
    try await world.base.database.narrow(world.base.colleagueId)
    for _ in 0..<2 {
      try await ApproverSweep().run(at: world.base.database.clock.now(), world.base.database.tenancy)
      try await world.base.make()
    }
    for asked in [manager, finance] {
      #expect(try await world.base.events(asked) == ["request.approval_asked", "request.approval_asked"], "\(asked.name)")
    }
  }

  /// What becomes of a change is told to who opened it and answers for it, and not to who did it.
  @Test func whoOpenedAChangeHearsHowItGoesOn() async throws {
    let world = try await OrderWorld()
    let base = world.base
    let id = try await world.agreedChange()
    base.database.clock.advance(seconds: 3700)
    try await world.act("start", on: id)
    try await world.act("complete", on: id, ["outcome": "success"])
    try await world.act("close", on: id)
    for _ in 0..<2 { try await base.make() }
    let told = try await base.inbox(base.engineer)
    let events = told.compactMap { $0["event"]?.text }.sorted()
    #expect(events == ["change.approval_decided", "change.closed", "change.implemented", "change.started"])
    let done = told.first { $0["event"] == "change.implemented" }
    #expect(done?["subject"] == "[PROV-CHG-000001] Implemented (success): New switch")
    #expect(told.allSatisfy { $0["about"] == id })
    #expect(try await base.events(base.colleague) == [], "he did it, and what he was asked he had answered")
    #expect(try await base.left() == 0)
  }

  /// Who opened a change is told why it is not done, by a rule for who asked for it; who gave it up is not.
  @Test func whyAChangeIsNotDoneIsTold() async throws {
    let world = try await OrderWorld()
    let base = world.base
    let manager = try await NotificationsWorld.staff("Max", base.database, .administrator).0
    let id = try await world.agreedChange()
    try await base.retireStockRules()
    try await base.rule("change.cancelled", ["audience": .array(["requester"])])
    try await world.act("cancel", on: id, ["reason": "The switch is sold out"], as: manager)
    for _ in 0..<2 { try await base.make() }
    #expect(try await base.events(base.engineer) == ["change.cancelled"])
    let told = try #require(try await base.inbox(base.engineer).first)
    #expect(told["event"] == "change.cancelled" && told["subject"] == "[PROV-CHG-000001] Cancelled: New switch")
    #expect(told["body"]?.text?.contains("The switch is sold out") == true)
    #expect(try await base.events(manager) == [])
  }

  /// Guard: who serves none of those any more whom a change concerns may not read it, and hears nothing more of it, though it is hers.
  @Test func whoServesNoneOfAChangeHearsNothingOfIt() async throws {
    let world = try await OrderWorld()
    let base = world.base
    let (ada, adaId) = try await NotificationsWorld.staff("Ada", base.database, .engineer, for: [base.acme])
    let manager = try await NotificationsWorld.staff("Max", base.database, .administrator).0
    let id = try await world.agreedChange(by: ada)
    try await base.make()
    #expect(try await base.events(ada) == ["change.approval_decided"], "she serves whom it concerns")
    for grant in try await base.call("staff_grant.list", ["account": adaId])["items"]?.array ?? [] {
      try await base.call("staff_grant.revoke", ["id": grant["id"] ?? .null])
    }
    try await base.call("staff_grant.add", ["account": adaId, "role": "engineer", "customers": .array([.id(base.other.publicId)])])
    try await world.act("cancel", on: id, ["reason": "The switch is sold out"], as: manager)
    for _ in 0..<2 { try await base.make() }
    #expect(try await base.events(ada) == ["change.approval_decided"])
    #expect(try await base.left() == 0)
  }

  /// Why it was undone, and not why it was taken back, or given up, once.
  @Test func whyAChangeWasBackedOutIsTold() async throws {
    let world = try await OrderWorld()
    let id = try await world.agreedChange()
    world.base.database.clock.advance(seconds: 3700)
    try await world.act("start", on: id)
    try await world.act("back_out", on: id, ["reason": "The switch reboots"])
    try await world.base.make()
    let inbox = try await world.base.inbox(world.base.engineer)
    let told = try #require(inbox.first { $0["event"] == "change.backed_out" })
    #expect(told["subject"] == "[PROV-CHG-000001] Backed out: New switch")
    #expect(told["body"]?.text?.contains("Why: The switch reboots") == true)
  }

  /// Guard: his address was given by the customer's people, and so is no place for their words.
  @Test func whoHasNoLoginReadsNoReasonOfTheCustomer() async throws {
    let world = try await OrderWorld()
    let base = world.base
    let offering = try await world.offering("Car", [("Boss", "customer_manager")])
    let boss = try await world.manager(of: base.acme)
    let order = try await base.call(
      "request.submit",
      ["customer": .id(base.acme.publicId), "offering": offering, "published": 1, "requester": base.requesterId], as: base.engineer)
    let approval = order["approvals"]?.array?.first?["id"] ?? .null
    try await base.call("approval.reject", ["id": approval, "reason": "Buy at evil.example"], as: boss)
    try await base.make()
    let mails = try await base.rows("email").filter { $0.event == "request.approval_decided" && $0.address == "person@acme.test" }
    let mail = try #require(mails.first)
    #expect(mail.subject.contains("refused") && !mail.body.contains("evil.example"), "\(mail.body)")
    let told = try #require(try await base.inbox(base.engineer).first)
    #expect(told["body"]?.text?.contains("Buy at evil.example") == true, "who ordered it reads why")
  }

  /// Guard: nor what a programme of the customer's wrote.
  @Test func whoHasNoLoginReadsNoWordsOfTheCustomersProgrammes() async throws {
    let world = try await OrderWorld()
    let base = world.base
    let order = try await base.call(
      "request.submit",
      [
        "customer": .id(base.acme.publicId), "offering": try await world.offering("Mouse", []), "published": 1, "requester": base.requesterId,
      ], as: base.engineer)
    try await base.call("service_account.create", ["customer": .id(base.acme.publicId), "name": "Bot"])
    let found = try await base.database.superuser.transaction { try await $0.query(AccountByName(name: "Bot")) }.first
    let account = try #require(found)
    let manager = try await base.database.user(.customerManager, of: base.acme)
    let bot = Principal(
      actor: Actor(kind: .service, id: account, via: .http), tenant: manager.tenant, side: manager.side, name: "Bot", grants: manager.grants)
    try await world.say("Buy at evil.example", on: order, as: bot)
    try await world.say("Tomorrow", on: order, as: base.engineer, visibility: "public")
    try await base.make()
    let mails = try await base.rows("email").filter { $0.event == "request.answered" && $0.address == "person@acme.test" }
    #expect(mails.count == 2 && mails.contains { $0.body.contains("Tomorrow") }, "\(mails.map(\.body))")
    #expect(!mails.contains { $0.body.contains("evil.example") }, "\(mails.map(\.body))")
  }

  /// Where one is enough, why another refused is no word on what was agreed to.
  @Test func anAgreementHasNoReason() async throws {
    let world = try await OrderWorld()
    let finance = try await NotificationsWorld.staff("Fin", world.base.database, .finance).0
    let boss = try await world.manager(of: world.base.acme)
    let order = try await world.submit(try await world.offering("Car", [("Boss", "customer_manager"), ("Finance", "finance")], rule: "any"))
    let approvals = (order["approvals"]?.array ?? []).compactMap { $0["id"] }
    try #require(approvals.count == 2)
    try await world.base.call("approval.reject", ["id": approvals[0], "reason": "Too dear"], as: boss)
    try await world.base.call("approval.approve", ["id": approvals[1]], as: finance)
    try await world.base.make()
    let told = try #require(try await world.base.inbox(world.orderer).first)
    #expect(told["subject"] == "[ACME-REQ-000001] Approval of Car: agreed to")
    #expect(told["body"]?.text?.contains("Too dear") == false)
  }

  /// Rules name whom such a thing has, and no other.
  @Test func rulesOfAgreements() async throws {
    let world = try await NotificationsWorld()
    func answer(_ event: String, _ audience: String) async -> String {
      await refusal { try await world.rule(event, ["audience": .array([.text(audience)])], name: "\(event) \(audience)") }
    }
    #expect(await answer("request.approval_asked", "approvers") == "accepted")
    #expect(await answer("change.approval_asked", "approvers") == "accepted")
    #expect(await answer("request.answered", "requester") == "accepted")
    #expect(await answer("request.internally_commented", "requester") == "audience notification_rule.not_for_customers")
    #expect(await answer("incident.opened", "approvers") == "audience notification_rule.no_such_audience")
    #expect(await answer("change.approval_decided", "watchers") == "accepted", "of the staff")
    #expect(await answer("change.approval_asked", "watchers") == "audience notification_rule.no_such_audience")
    #expect(await answer("change.approval_asked", "requester") == "audience notification_rule.no_such_audience")
    #expect(await answer("change.backed_out", "requester") == "accepted", "who opened it is one of the staff")
  }
}

/// What can be ordered, by somebody of ACME's who has a login; and a change.
struct OrderWorld {
  let base: NotificationsWorld
  let orderer: Principal

  init() async throws {
    base = try await NotificationsWorld()
    orderer = try await base.database.user(.requester, of: base.acme, .own)
    try await base.call("team.create", ["name": "Desk"])
  }

  /// A manager of the customer, as the database knows him.
  func manager(of customer: TenantEntry) async throws -> Principal {
    let principal = try await base.database.user(.customerManager, of: customer)
    let bits = try await base.database.superuser.transaction { try await $0.query(AccountBits(account: principal.actor.id)) }.first
    let id = customer.id(IdKind.account.prefix, try #require(bits))
    try await base.call("account_grant.add", ["account": .id(id), "role": "customer_manager", "scope": "tenant"])
    return principal
  }

  /// A published offering that all of these roles agree to, sold to ACME.
  func offering(
    _ name: String, _ approvers: [(name: String, role: String)], rule: String = "all", more: [Value.Member] = [], promiseTo priority: Int64 = 1
  ) async throws -> Value {
    let text = Value.object(["en": .text(name)])
    let family = try await base.call("service_family.create", ["code": "WORK", "name": text])
    let service = try await base.call(
      "service.create",
      [
        "code": "WORKPLACE", "family": family["id"] ?? .null, "name": text, "mode": "managed", "owner": text,
        "stages": .object(["design": "2025-01-01", "operation": "2026-01-01"]),
      ])
    let named = approvers.map { Value.object(["name": .object(["en": .text($0.name)]), "role": .text($0.role)]) }
    let asks = [Value.Member("rule", .text(rule)), Value.Member("approvers", .array(named))] + more
    let approval: Value = named.isEmpty ? .object(["rule": "none"]) : .object(asks)
    let draft = try await base.call(
      "offering.create",
      [
        "service": service["id"] ?? .null, "code": "OFFER", "name": text, "approval": approval,
        "tasks": .array([.object(["name": text, "step": 1, "team": "Desk"])]),
      ])
    let id = draft["id"] ?? .null
    try await base.call("offering.publish", ["id": id], version: draft["version"]?.integer)
    let calendar = try await base.call("calendar.create", ["name": "Always", "stock": "24x7", "zone": "UTC"])
    let target = Value.object([
      "metric": "response", "priority": .integer(priority), "budgetSeconds": 3600, "calendar": calendar["id"] ?? .null, "warnPercents": .array([50]),
    ])
    let sla = try await base.call("sla.create", ["name": "Bronze", "targets": .array([target])])
    try await base.call(
      "contract.create",
      [
        "customer": .id(base.acme.publicId), "name": "Workplaces", "state": "active", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "lines": .array([.object(["name": "Line", "sla": sla["id"] ?? .null, "offering": id])]),
      ])
    return id
  }

  func submit(_ offering: Value) async throws -> Value {
    try await base.call("request.submit", ["offering": offering, "published": 1], as: orderer)
  }

  func say(_ body: String, on order: Value, as principal: Principal, visibility: String? = nil) async throws {
    try await base.call("request.comment", ["id": order["id"] ?? .null, "body": .text(body), "visibility": .text(visibility)], as: principal)
  }

  /// The same, agreed to by Karl.
  func agreedChange(by author: Principal? = nil, tasks: [Value] = []) async throws -> Value {
    let id = try await submittedChange(by: author, tasks: tasks)["id"] ?? .null
    let asked = try await base.call("change.read", ["id": id], as: base.colleague)["approvals"]?.array ?? []
    let approval = asked.first { $0["roles"]?.array?.contains("engineer") == true }?["id"] ?? .null
    try await base.call("change_approval.approve", ["id": approval], as: base.colleague)
    return id
  }

  /// An act of Karl's on a change, or of somebody else's.
  func act(_ verb: String, on id: Value, _ more: [String: Value] = [:], as principal: Principal? = nil) async throws {
    let principal = principal ?? base.colleague
    let version = try await base.call("change.read", ["id": id], as: principal)["version"]?.integer
    let members = more.merging(["id": id]) { $1 }.map { Value.Member($0.key, $0.value) }
    _ = try await base.database.dispatcher.invoke(
      "change.\(verb)", .object(members), as: principal, Call(requestId: "test", expectedVersion: version))
  }

  /// A change about ACME, of low risk: any other engineer who serves him, an account manager or an administrator agrees.
  func submittedChange(by principal: Principal? = nil, tasks: [Value] = []) async throws -> Value {
    let (now, author) = (base.database.clock.now(), principal ?? base.engineer)
    var opened = try await base.call(
      "change.open",
      [
        "customer": .id(base.acme.publicId), "kind": "normal", "title": "New switch", "plan": "Swap", "backOut": "Swap back", "test": "Ping",
        "startsAt": .instant(now.adding(seconds: 3600)), "endsAt": .instant(now.adding(seconds: 7200)),
      ], as: author)
    if !tasks.isEmpty {
      opened = try await base.call(
        "change.plan_tasks", ["id": opened["id"] ?? .null, "tasks": .array(tasks)], as: author, version: opened["version"]?.integer)
    }
    let answers = Value.object(["impact": "few", "outage": "none", "experience": "often", "back_out": "easy", "tested": "fully"])
    let assessed = try await base.call(
      "change.assess", ["id": opened["id"] ?? .null, "answers": answers], as: author, version: opened["version"]?.integer)
    return try await base.call("change.submit", ["id": opened["id"] ?? .null], as: author, version: assessed["version"]?.integer)
  }
}

private struct AccountByName: Statement {
  let name: String
  static let sql = "select id from tenancy.account where name = $1"
  func bind(to parameters: inout Parameters) { parameters.append(name) }
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

private struct AccountBits: Statement {
  let account: Int64
  static let sql = "select public_id from tenancy.account where id = $1"
  func bind(to parameters: inout Parameters) { parameters.append(account) }
  static func decode(_ row: inout RowReader) throws -> [UInt8] { try row.next() }
}
