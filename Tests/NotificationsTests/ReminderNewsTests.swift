import Assets
import Foundation
import Handbooks
import Jobs
import Kernel
import Knowledge
import Operations
import Requests
import Tenancy
import TestSupport
import Testing

@testable import Notifications

/// What is due by a day is told to whose it is to see to: once for each day that is set.
@Suite struct ReminderNewsTests {
  private func at(_ text: String, _ world: NotificationsWorld) throws { world.database.clock.set(try #require(Instant(text))) }

  // MARK: Articles

  private func published(_ title: String, _ world: NotificationsWorld) async throws -> Value {
    let draft = try await world.call(
      "article.create",
      [
        "kind": "how_to", "audience": "internal", "title": .object(["en": .text(title)]), "body": .object(["en": "Open the back."]), "reviewMonths": 1,
      ], as: world.engineer)
    let submitted = try await world.call("article.submit", ["id": draft["id"] ?? .null], as: world.engineer, version: draft["version"]?.integer)
    return try await world.call("article.publish", ["id": draft["id"] ?? .null], as: world.colleague, version: submitted["version"]?.integer)
  }

  private func reviews(_ text: String, _ world: NotificationsWorld) async throws {
    try at(text, world)
    for _ in 0..<2 { try await ArticleReviewSweep().run(at: world.database.clock.now(), world.database.tenancy) }
    try await world.make()
  }

  /// Not before its day, once on it, and anew when it was looked through and its next day comes.
  @Test func theAuthorHearsThatHisArticleIsDue() async throws {
    let world = try await NotificationsWorld()
    let article = try await published("Paper jam", world)
    try await reviews("2026-04-01T23:59:59Z", world)
    #expect(try await world.events(world.engineer) == [])
    try await reviews("2026-04-02T00:00:00Z", world)
    let told = try await world.inbox(world.engineer)
    #expect(told.map { $0["event"]?.text } == ["article.review_due"])
    #expect(told.first?["subject"] == "[KB-000001] To be looked through by 2026-04-02: Paper jam" && told.first?["about"] == article["id"])
    try await reviews("2026-04-20T08:00:00Z", world)
    #expect(try await world.events(world.engineer).count == 1)
    try await world.call("article.confirm", ["id": article["id"] ?? .null], as: world.colleague, version: article["version"]?.integer)
    try await reviews("2026-05-19T23:59:59Z", world)
    #expect(try await world.events(world.engineer).count == 1)
    try await reviews("2026-05-20T00:00:00Z", world)
    #expect(try await world.events(world.engineer) == ["article.review_due", "article.review_due"])
    #expect(try await world.events(world.colleague) == [])
    #expect(try await world.left() == 0)
  }

  /// At once, and why; not again by the day, not of what he changed himself, and not of what was confirmed before anybody was told.
  @Test func theAuthorHearsThatHisArticlesProblemHasChanged() async throws {
    let world = try await NotificationsWorld()
    let text = Value.object(["en": "Paper jam"])
    let draft = try await world.call(
      "article.create", ["kind": "known_error", "audience": "internal", "title": text, "symptom": text, "workaround": text], as: world.engineer)
    let submitted = try await world.call("article.submit", ["id": draft["id"] ?? .null], as: world.engineer, version: draft["version"]?.integer)
    try await world.call("article.publish", ["id": draft["id"] ?? .null], as: world.colleague, version: submitted["version"]?.integer)
    let opened = try await world.call(
      "problem.open", ["title": "Jams", "description": "Each week", "impact": 2, "urgency": 2], as: world.colleague)
    let (id, number) = (opened["id"] ?? .null, opened["number"]?.text ?? "")
    var version = try await world.call(
      "problem.cite_known_error", ["id": id, "article": draft["id"] ?? .null], as: world.colleague, version: opened["version"]?.integer)["version"]?
      .integer
    func record(_ workaround: String, as principal: Principal) async throws {
      version = try await world.call("problem.record_workaround", ["id": id, "workaround": .text(workaround)], as: principal, version: version)[
        "version"]?.integer
    }
    try await record("Thicker paper", as: world.colleague)
    try await world.make()
    let told = try await world.inbox(world.engineer)
    #expect(told.map { $0["event"]?.text } == ["article.source_changed"])
    #expect(told.first?["subject"]?.text == "[KB-000001] To be looked through, for \(number) has changed: Paper jam")
    #expect(told.first?["about"] == draft["id"])
    #expect(try await world.rows("inbox").contains { $0.body.contains("It tells \(number): something else helps meanwhile.\nKarl, ") })
    try await reviews("2026-03-02T22:00:00Z", world)
    #expect(try await world.events(world.engineer).count == 1)
    try await record("Dry paper", as: world.engineer)
    try await world.make()
    #expect(try await world.events(world.engineer).count == 1)
    try await record("Fresh paper", as: world.colleague)
    let seen = try await world.call("article.inspect", ["id": draft["id"] ?? .null], as: world.colleague)
    try await world.call("article.confirm", ["id": draft["id"] ?? .null], as: world.colleague, version: seen["version"]?.integer)
    try await world.make()
    #expect(try await world.events(world.engineer).count == 1)
    try await world.call("problem.resolve", ["id": id, "solution": "Another printer"], as: world.colleague, version: version)
    try await world.make()
    #expect(try await world.events(world.engineer) == ["article.source_changed", "article.source_changed"])
    #expect(try await world.left() == 0)
  }

  /// Nor is what was confirmed before anybody was told.
  @Test func whatIsRetiredOrConfirmedIsNotDue() async throws {
    let world = try await NotificationsWorld()
    let retired = try await published("Old", world)
    try await world.call("article.retire", ["id": retired["id"] ?? .null], as: world.colleague, version: retired["version"]?.integer)
    let article = try await published("Paper jam", world)
    try at("2026-04-02T08:00:00Z", world)
    try await ArticleReviewSweep().run(at: world.database.clock.now(), world.database.tenancy)
    try await world.call("article.confirm", ["id": article["id"] ?? .null], as: world.colleague, version: article["version"]?.integer)
    try await world.make()
    #expect(try await world.events(world.engineer) == [])
    #expect(try await world.left() == 0)
  }

  /// Those who answer for all customers, and no account manager of one.
  @Test func whoBeganItHasLeft() async throws {
    let world = try await NotificationsWorld()
    _ = try await published("Paper jam", world)
    let (manager, _) = try await NotificationsWorld.staff("Max", world.database, .accountManager)
    let (ofOne, _) = try await NotificationsWorld.staff("Ina", world.database, .accountManager, for: [world.acme])
    try await world.call("staff.disable", ["id": world.engineerId])
    try await reviews("2026-04-02T08:00:00Z", world)
    #expect(try await world.events(manager) == ["article.review_due"])
    #expect(try await world.events(ofOne) == [])
  }

  // MARK: Handbooks

  /// The example that ships, with who answers for the process and who runs it, to be looked through after a month.
  private func handbook(_ world: NotificationsWorld, as manager: Principal) async throws -> Value {
    let file = RealData.packageRoot.appending(path: "docs/handbooks/incident.json")
    let example = try JSON.read(try String(contentsOf: file, encoding: .utf8))
    let roles = (example["roles"]?.array ?? []).map { role in
      Value.object((role.members ?? []) + [Value.Member("people", .array([world.engineerId]))])
    }
    let own = [
      Value.Member("owner", world.engineerId), Value.Member("manager", world.colleagueId), Value.Member("roles", .array(roles)),
      Value.Member("reviewEveryMonths", 1),
    ]
    let kept = (example.members ?? []).filter { member in !own.contains { $0.name == member.name } }
    let draft = try await world.database.dispatcher.invoke("handbook.create", .object(kept + own), as: manager, Call(requestId: "test")).value
    return try await world.call("handbook.publish", ["id": draft["id"] ?? .null], as: manager, version: draft["version"]?.integer)
  }

  private func handbooks(_ text: String, _ world: NotificationsWorld) async throws {
    try at(text, world)
    for _ in 0..<2 { try await HandbookReviewSweep().run(at: world.database.clock.now(), world.database.tenancy) }
    try await world.make()
  }

  /// By the days of the provider in Berlin: not before, once, and anew when it was confirmed; where both have left, to the account managers.
  @Test func whoAnswersForAProcessHearsThatItsHandbookIsDue() async throws {
    let world = try await NotificationsWorld()
    let (manager, _) = try await NotificationsWorld.staff("Max", world.database, .accountManager)
    let published = try await handbook(world, as: manager)
    #expect(published["reviewDueOn"] == "2026-04-02")
    try await handbooks("2026-04-01T21:59:59Z", world)
    #expect(try await world.events(world.engineer) == [])
    try await handbooks("2026-04-01T22:00:00Z", world)
    try await handbooks("2026-04-10T08:00:00Z", world)
    for principal in [world.engineer, world.colleague] {
      let told = try await world.inbox(principal)
      #expect(told.map { $0["subject"]?.text } == ["Handbook to be looked through by 2026-04-02: Incident management"])
      #expect(told.first?["about"] == published["id"])
    }
    try await world.call("handbook.confirm", ["id": published["id"] ?? .null], as: manager, version: published["version"]?.integer)
    for id in [world.engineerId, world.colleagueId] { try await world.call("staff.disable", ["id": id]) }
    try await handbooks("2026-05-09T21:59:59Z", world)
    #expect(try await world.events(manager) == [])
    try await handbooks("2026-05-09T22:00:00Z", world)
    #expect(try await world.events(manager) == ["handbook.review_due"])
    #expect(try await world.left() == 0)
  }

  // MARK: Warranties

  private func warranties(_ text: String, _ world: NotificationsWorld) async throws {
    try at(text, world)
    try await PartitionSweep().run(at: world.database.clock.now(), world.database.tenancy)
    for _ in 0..<2 { try await WarrantySweep().run(at: world.database.clock.now(), world.database.tenancy) }
    try await world.make()
  }

  private func ci(
    _ name: String, _ world: NotificationsWorld, until day: String, state: String = "in_use", of customer: TenantEntry? = nil, owner: Value = .null
  ) async throws -> Value {
    try await world.call(
      "ci.create",
      [
        "customer": .id((customer ?? world.acme).publicId), "type": "server", "name": .text(name), "state": .text(state), "warrantyUntil": .text(day),
        "owner": owner,
      ])
  }

  /// Thirty days before, once; anew of another end; not of what has ended or is retired, nor to anybody else.
  @Test func whoAnswersForACiHearsThatItsWarrantyEnds() async throws {
    let world = try await NotificationsWorld()
    let server = try await ci("srv-1", world, until: "2026-05-01", owner: world.requesterId)
    _ = try await ci("over", world, until: "2026-03-01", owner: world.requesterId)
    _ = try await ci("nobody's", world, until: "2026-05-01")
    _ = try await ci("theirs", world, until: "2026-05-02", of: world.other, owner: world.strangerId)
    _ = try await ci("gone", world, until: "2026-05-01", state: "retired", owner: world.requesterId)
    try await warranties("2026-03-31T23:59:59Z", world)
    #expect(try await world.events(world.requester) == [])
    try await warranties("2026-04-01T00:00:00Z", world)
    let told = try await world.inbox(world.requester)
    #expect(told.map { $0["subject"]?.text } == ["The warranty of srv-1 ends on 2026-05-01"])
    #expect(told.first?["about"] == server["id"] && told.first?["customer"] == .id(world.acme.publicId))
    try await warranties("2026-04-02T00:00:00Z", world)
    #expect(try await world.events(world.requester).count == 1)
    try await world.call("ci.change", ["id": server["id"] ?? .null, "warrantyUntil": "2027-05-01"], version: server["version"]?.integer)
    try await warranties("2027-03-31T23:59:59Z", world)
    #expect(try await world.events(world.requester).count == 1)
    try await warranties("2027-04-01T00:00:00Z", world)
    #expect(try await world.events(world.requester) == ["ci.warranty_ending", "ci.warranty_ending"])
    #expect(try await world.left() == 0)
    // Of the other customer's it was told to its own person, in his language.
    let others = try await world.inbox(world.stranger)
    #expect(others.map { $0["subject"]?.text } == ["theirs 的保修将于 2026-05-02 到期"])
    for other in [world.engineer, world.colleague] { #expect(try await world.events(other) == []) }
  }

  // MARK: Access reviews

  /// Something that each of the customers' people has.
  private static let held = """
    set session_replication_role = replica;
    insert into requests.entitlement (tenant_id, public_id, person_id, resource, level, request_id, since)
    select p.tenant_id, substr(sha256(p.id::text::bytea), 1, 12), p.id, 'erp', 'reader', 1, '2026-03-01T00:00:00Z'
    from tenancy.person p join tenancy.tenant t on t.id = p.tenant_id where t.code in ('ACME', 'OTHER');
    set session_replication_role = origin
    """

  private func overdue(_ text: String, _ world: NotificationsWorld) async throws {
    try at(text, world)
    for _ in 0..<2 { try await AccessReviewSweep().run(at: world.database.clock.now(), world.database.tenancy) }
    try await world.make()
  }

  /// A login of the requester's that may decide on reviews.
  /// - Returns: the grant that lets it.
  @discardableResult
  private func login(_ world: NotificationsWorld) async throws -> Value {
    let account = try await world.call(
      "account.create", ["customer": .id(world.acme.publicId), "login": "anna@acme.test", "name": "Anna", "person": world.requesterId])
    let grant = try await world.call("account_grant.add", ["account": account["id"] ?? .null, "role": "customer_manager", "scope": "tenant"])
    return grant["id"] ?? .null
  }

  /// When it is opened, and once when its day is over where the customer is.
  @Test func theReviewerHearsOfHisReview() async throws {
    let world = try await NotificationsWorld()
    let (manager, _) = try await NotificationsWorld.staff("Max", world.database, .accountManager)
    try await world.call("person.add", ["customer": .id(world.acme.publicId), "name": "Ben"])
    try await world.database.runAsSuperuser(Self.held)
    try await login(world)
    try await world.call(
      "access_review.open",
      ["customer": .id(world.acme.publicId), "resource": "erp", "reviewer": world.requesterId, "dueOn": "2026-03-09"], as: manager)
    try await world.make()
    let told = try await world.inbox(world.requester)
    #expect(told.map { $0["event"]?.text } == ["access_review.opened"])
    #expect(told.first?["subject"] == "Who has access to erp? To be looked at by 2026-03-09")
    try await overdue("2026-03-09T22:59:59Z", world)
    #expect(try await world.events(world.requester).count == 1)
    try await overdue("2026-03-09T23:00:00Z", world)
    #expect(try await world.events(world.requester) == ["access_review.overdue", "access_review.opened"])
    try await overdue("2026-03-20T08:00:00Z", world)
    #expect(try await world.events(world.requester).count == 2)
    #expect(try await world.rows("email").map(\.address) == ["person@acme.test", "person@acme.test"])
    for other in [world.stranger, world.engineer, manager] { #expect(try await world.events(other) == []) }
    #expect(try await world.left() == 0)
  }

  /// Of what nobody is named for, or who is has left, the account managers of that customer are; what is closed is not overdue.
  @Test func whoAnswersForTheCustomerHearsOfWhatIsNobodys() async throws {
    let world = try await NotificationsWorld()
    let (manager, _) = try await NotificationsWorld.staff("Max", world.database, .accountManager, for: [world.other])
    let (ofOne, _) = try await NotificationsWorld.staff("Ina", world.database, .accountManager, for: [world.acme])
    try await world.database.runAsSuperuser(Self.held)
    try await world.call("access_review.open", ["customer": .id(world.other.publicId), "dueOn": "2026-03-09"], as: manager)
    try await world.call("access_review.open", ["customer": .id(world.acme.publicId), "dueOn": "2026-03-09"], as: ofOne)
    try await world.database.runAsSuperuser(
      """
      update requests.access_review w set items_decided = items_total, closed_at = '2026-03-03T00:00:00Z' from tenancy.tenant t
      where t.id = w.tenant_id and t.code = 'ACME'
      """)
    // Their day is over in Shanghai before it is in Berlin.
    try await overdue("2026-03-09T15:59:59Z", world)
    #expect(try await world.events(manager) == [])
    try await overdue("2026-03-09T16:00:00Z", world)
    let told = try await world.inbox(manager)
    #expect(told.map { $0["subject"]?.text } == ["Overdue since 2026-03-09: who has access to everything?"])
    try await overdue("2026-03-12T08:00:00Z", world)
    #expect(try await world.events(manager).count == 1)
    for other in [ofOne, world.stranger, world.requester] { #expect(try await world.events(other) == []) }
  }

  /// Guard: who may not decide any more would be told in vain, and nobody who may.
  @Test func whoAnswersForTheCustomerHearsInPlaceOfWhoMayNotDecideAnyMore() async throws {
    let world = try await NotificationsWorld()
    let (manager, _) = try await NotificationsWorld.staff("Ina", world.database, .accountManager, for: [world.acme])
    try await world.call("person.add", ["customer": .id(world.acme.publicId), "name": "Ben"])
    try await world.database.runAsSuperuser(Self.held)
    let grant = try await login(world)
    try await world.call(
      "access_review.open", ["customer": .id(world.acme.publicId), "reviewer": world.requesterId, "dueOn": "2026-03-09"], as: manager)
    try await world.make()
    try await world.call("account_grant.revoke", ["id": grant])
    try await overdue("2026-03-09T23:00:00Z", world)
    #expect(try await world.events(world.requester) == ["access_review.opened"])
    #expect(try await world.events(manager) == ["access_review.overdue"])
  }

  /// Guard: what is left is access of the reviewer's own, on which he may not decide: he would be told in vain, and nobody who may.
  @Test func whoAnswersForTheCustomerHearsOfWhatTheReviewerHasHimself() async throws {
    let world = try await NotificationsWorld()
    let (manager, _) = try await NotificationsWorld.staff("Ina", world.database, .accountManager, for: [world.acme])
    try await world.database.runAsSuperuser(Self.held)
    try await login(world)
    try await world.call(
      "access_review.open", ["customer": .id(world.acme.publicId), "reviewer": world.requesterId, "dueOn": "2026-03-09"], as: manager)
    try await overdue("2026-03-09T23:00:00Z", world)
    #expect(try await world.events(world.requester) == [])
    #expect(try await world.events(manager) == ["access_review.overdue"])
  }

  @Test func rulesOfReminders() async throws {
    let world = try await NotificationsWorld()
    func answer(_ event: String, _ more: [String: Value]) async -> String {
      await refusal { try await world.rule(event, more, name: "\(event) \(more.keys)") }
    }
    #expect(await answer("article.review_due", ["audience": .array(["owner"])]) == "accepted")
    #expect(
      await answer("article.review_due", ["audience": .array(["owner"]), "customer": .id(world.acme.publicId)]) == "customer notification_rule.of_no_customer")
    #expect(await answer("article.source_changed", ["audience": .array(["owner"])]) == "accepted")
    #expect(await answer("handbook.review_due", ["audience": .array(["requester"])]) == "audience notification_rule.no_such_audience")
    #expect(await answer("ci.warranty_ending", ["audience": .array(["owner", "account_managers"]), "customer": .id(world.acme.publicId)]) == "accepted")
    #expect(await answer("access_review.overdue", ["audience": .array(["owner", "account_managers"])]) == "accepted")
    #expect(await answer("access_review.opened", ["audience": .array(["watchers"])]) == "audience notification_rule.no_such_audience")
  }
}
