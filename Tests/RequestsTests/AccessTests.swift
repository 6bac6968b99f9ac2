import Kernel
import Operations
import Requests
import TestSupport
import Tenancy
import Testing

/// Who has access to what, by which request, until when, and what a review makes of it.
@Suite struct AccessTests {
  private static let form = Value.array([
    .object([
      "key": "role", "label": RequestsWorld.name("Role"), "type": "choice",
      "choices": .array([
        .object(["value": "reader", "name": RequestsWorld.name("Reader")]), .object(["value": "editor", "name": RequestsWorld.name("Editor")]),
      ]),
    ]), .object(["key": "until", "label": RequestsWorld.name("Until"), "type": "date"]),
  ])

  private static func access(_ action: String) -> Value {
    .object(["action": .text(action), "resource": "erp", "levelAnswer": "role", "untilAnswer": "until"])
  }

  private func listed(_ world: RequestsWorld, _ filter: [Value.Member] = [], as principal: Principal? = nil) async throws -> [Value] {
    let input = [Value.Member("customer", .id(world.acme.publicId))] + filter
    return try await world.database.dispatcher.invoke(
      "entitlement.list", .object(input), as: principal ?? world.manager, Call(requestId: "test")
    ).value.at("items").array ?? []
  }

  private func levels(_ entitlements: [Value]) -> [String] { entitlements.map { $0.at("level").text ?? "-" } }

  /// An order that is fulfilled at once.
  @discardableResult
  private func fulfil(_ world: RequestsWorld, _ offering: Value, for person: Value, _ answers: KeyValuePairs<String, Value> = [:]) async throws -> Value {
    let made = try await world.submit(offering, for: person, answers: .object(answers))
    try await world.call("task.complete", ["id": made.at("tasks.0.id")], as: world.engineer)
    return try await world.request(made)
  }

  @Test func accessIsGivenChangedAndTaken() async throws {
    let world = try await RequestsWorld()
    var offerings: [String: Value] = [:]
    for action in ["grant", "change", "revoke"] {
      offerings[action] = try await world.offering("ERP-\(action.uppercased())", ["form": Self.form, "access": Self.access(action)])
    }
    let (grant, change, revoke) = (try #require(offerings["grant"]), try #require(offerings["change"]), try #require(offerings["revoke"]))
    let (mia, ben) = (try await world.person("Mia"), try await world.person("Ben"))
    let first = try await fulfil(world, grant, for: mia, ["role": "reader"])
    try await fulfil(world, grant, for: ben, ["role": "editor", "until": "2026-03-04"])
    var all = try await listed(world)
    #expect(all.map { $0.at("personName") } == ["Mia", "Ben"] && levels(all) == ["reader", "editor"])
    #expect(all[0].at("request") == first.at("id") && all[0].at("since") == "2026-03-02T08:00:00Z" && all[1].at("until") == "2026-03-04")
    #expect(levels(try await listed(world, [Value.Member("person", mia)])) == ["reader"])
    #expect(try await listed(world, [Value.Member("resource", "crm")]).isEmpty)
    world.database.clock.advance(seconds: 3600)
    let second = try await fulfil(world, change, for: mia, ["role": "editor"])
    #expect(levels(try await listed(world, [Value.Member("person", mia)])) == ["editor"])
    all = try await listed(world, [Value.Member("person", mia), Value.Member("all", .bool(true))])
    #expect(levels(all) == ["reader", "editor"] && all[0].at("endedByRequest") == second.at("id") && all[0].at("held") == .bool(false))
    try await fulfil(world, revoke, for: mia)
    #expect(try await listed(world, [Value.Member("person", mia)]).isEmpty)
    #expect(try await listed(world, [Value.Member("person", mia), Value.Member("all", .bool(true))]).count == 2, "what ended stays told")
    #expect(try await world.history(second).contains("access_recorded"))
    // The last day is had; the day after it is not.
    #expect(levels(try await listed(world)) == ["editor"])
    world.database.clock.advance(seconds: 3 * 86_400)
    #expect(try await listed(world).isEmpty)
  }

  /// Otherwise a change, which may ask nobody, would be a grant.
  @Test func aChangeOfWhatNobodyHasGivesNothing() async throws {
    let world = try await RequestsWorld()
    let change = try await world.offering("ERP-CHANGE", ["form": Self.form, "access": Self.access("change")])
    try await fulfil(world, change, for: try await world.person("Ben"), ["role": "editor"])
    #expect(try await listed(world, [Value.Member("all", .bool(true))]).isEmpty)
  }

  /// Guard: it is had no more, and would be given anew, for good, without the approval of the grant.
  @Test func aChangeOfWhatHasRunOutGivesNothing() async throws {
    let world = try await RequestsWorld()
    let grant = try await world.offering("ERP", ["form": Self.form, "access": Self.access("grant")])
    let change = try await world.offering("ERP-CHANGE", ["form": Self.form, "access": Self.access("change")])
    let mia = try await world.person("Mia")
    try await fulfil(world, grant, for: mia, ["role": "reader", "until": "2026-03-04"])
    world.database.clock.advance(seconds: 2 * 86_400)
    try await fulfil(world, change, for: mia, ["role": "editor", "until": "2026-03-05"])
    #expect(levels(try await listed(world)) == ["editor"], "on its last day it is had")
    world.database.clock.advance(seconds: 2 * 86_400)
    try await fulfil(world, change, for: mia, ["role": "reader"])
    #expect(try await listed(world).isEmpty)
    #expect(levels(try await listed(world, [Value.Member("lapsed", .bool(true))])) == ["editor"], "it is still to be taken")
    #expect(levels(try await listed(world, [Value.Member("all", .bool(true))])) == ["reader", "editor"])
  }

  /// Scope, coverage and the rule on one's own requests look at whom a request is for: access is for nobody else.
  @Test func accessIsForWhomTheRequestIsFor() async throws {
    let world = try await RequestsWorld()
    let form = Value.array([.object(["key": "who", "label": RequestsWorld.name("Who"), "type": "person"])])
    let access = Value.object(["action": "grant", "resource": "erp", "personAnswer": "who"])
    let grant = try await world.offering("ERP", ["form": form, "access": access])
    let (mia, ben) = (try await world.person("Mia"), try await world.person("Ben"))
    #expect(
      await refusal { try await world.submit(grant, for: mia, answers: .object(["who": ben])) } == ["answers.who request.access_is_for_requester"])
    let own = try await world.database.user(.requester, of: world.acme, .own)
    #expect(await refusal { try await world.submit(grant, answers: .object(["who": ben]), as: own) } == ["requester request.outside_scope"])
    let made = try await world.submit(grant, answers: .object(["who": ben]))
    #expect(made.at("requester") == ben)
  }

  /// Guard: nothing is ordered for somebody who has left, nor does an answer name him; but access is taken from him.
  @Test func fromWhoHasLeftAccessIsTakenAndNothingElse() async throws {
    let world = try await RequestsWorld()
    func form(_ key: String) -> Value { .array([.object(["key": .text(key), "label": RequestsWorld.name("Who"), "type": "person"])]) }
    func access(_ action: String) -> Value { .object(["action": .text(action), "resource": "erp", "personAnswer": "who"]) }
    let plain = try await world.offering("DESK", ["form": form("neighbour")])
    let grant = try await world.offering("ERP", ["form": form("who"), "access": access("grant")])
    let revoke = try await world.offering("ERP-OFF", ["form": form("who"), "access": access("revoke")])
    let own = try await world.offering("ERP-OWN-OFF", ["access": .object(["action": "revoke", "resource": "erp"])])
    let (mia, ben) = (try await world.person("Mia"), try await world.person("Ben"))
    try await world.call("person.change", ["id": mia, "left": .bool(true)], version: 1)
    #expect(await refusal { try await world.submit(plain, for: mia) } == ["requester person.left"])
    #expect(await refusal { try await world.submit(plain, for: ben, answers: .object(["neighbour": mia])) } == ["answers.neighbour person.left"])
    #expect(await refusal { try await world.submit(grant, answers: .object(["who": mia])) } == ["answers.who person.left"])
    for made in [try await world.submit(revoke, answers: .object(["who": mia])), try await world.submit(own, for: mia)] {
      #expect(made.at("requester") == mia)
    }
  }

  /// Who loses access sees the request, and does not take it back.
  @Test func aRevocationIsNotTakenBackByWhomItIsAbout() async throws {
    let world = try await RequestsWorld()
    let revoke = try await world.offering(
      "ERP-REVOKE", ["access": .object(["action": "revoke", "resource": "erp"]), "tasks": .array([FulfilmentTests.task("Remove", step: 1)])])
    let leaver = try await world.database.user(.requester, of: world.acme, .own)
    let ordered = try await world.submit(revoke, as: leaver)
    let made = try await world.submit(revoke, for: ordered.at("requester"))
    let seen = try await world.request(made, as: leaver)
    #expect(
      await refusal { try await world.call("request.withdraw", ["id": made.at("id")], as: leaver, version: seen.at("version")) }
        == ["request.not_yours_to_withdraw"])
    let own = try await world.request(ordered, as: leaver)
    #expect(try await world.call("request.withdraw", ["id": ordered.at("id")], as: leaver, version: own.at("version")).at("state") == "withdrawn")
  }

  /// Two orders for one person that are fulfilled at once leave one entitlement standing.
  @Test func oneStandsAtATime() async throws {
    let world = try await RequestsWorld()
    let grant = try await world.offering("ERP", ["form": Self.form, "access": Self.access("grant")])
    let mia = try await world.person("Mia")
    var orders: [Value] = []
    for role: Value in ["reader", "editor", "reader"] { orders.append(try await world.submit(grant, for: mia, answers: .object(["role": role]))) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for made in orders {
        group.addTask { try await world.call("task.complete", ["id": made.at("tasks.0.id")], as: world.engineer) }
      }
      try await group.waitForAll()
    }
    #expect(try await listed(world).count == 1)
    #expect(try await listed(world, [Value.Member("all", .bool(true))]).count == 3)
  }

  /// An act that began before another, and comes after it, ends what that one gave: no sooner than it was given.
  @Test func whatBeganEarlierEndsWhatWasGivenMeanwhile() async throws {
    let world = try await RequestsWorld()
    let grant = try await world.offering("ERP", ["form": Self.form, "access": Self.access("grant")])
    let mia = try await world.person("Mia")
    world.database.clock.advance(seconds: 2)
    try await fulfil(world, grant, for: mia, ["role": "reader"])
    world.database.clock.advance(seconds: -1)
    try await fulfil(world, grant, for: mia, ["role": "editor"])
    #expect(levels(try await listed(world)) == ["editor"])
    let first = try await listed(world, [Value.Member("all", .bool(true))])[0]
    #expect(first.at("endedAt") == first.at("since"))
    world.database.clock.advance(seconds: -1)
    let review = try await world.call("access_review.open", ["customer": .id(world.acme.publicId), "dueOn": "2026-03-09"])
    let held = try await listed(world)[0].at("id")
    let decided = await refusal {
      try await world.call("access_review.decide", ["id": review.at("id"), "entitlement": held, "result": "revoked", "reason": "asked"])
    }
    #expect(decided == ["accepted"])
  }

  @Test func whatCouldNotBeRecordedIsNotOrdered() async throws {
    let world = try await RequestsWorld()
    let grant = try await world.offering("ERP", ["form": Self.form, "access": Self.access("grant")])
    #expect(await refusal { try await world.submit(grant) } == ["requester input.required_here"])
    let wrong = Value.object(["action": "grant", "resource": "erp", "levelAnswer": "until"])
    #expect(
      await refusal { try await world.offering("WRONG", ["form": Self.form, "access": wrong]) } == ["access.levelAnswer offering.no_such_field"])
    let both = Value.object(["action": "grant"])
    #expect(await refusal { try await world.offering("WRONG", ["access": both]) } == ["access.resource offering.one_resource"])
  }

  /// What is recorded is what was done: by the task that carries the access, also of a request that was cancelled later, and not by one that
  /// was skipped.
  @Test func accessIsRecordedWhenItsTaskIsDone() async throws {
    let world = try await RequestsWorld()
    func task(_ name: String, step: Int64, access: Bool = false) -> Value {
      .object(["name": RequestsWorld.name(name), "step": .integer(step), "team": "Service Desk", "access": .bool(access)])
    }
    let tasks = Value.array([task("Give the role", step: 1, access: true), task("Tell the user", step: 2)])
    let grant = try await world.offering("ERP", ["form": Self.form, "access": Self.access("grant"), "tasks": tasks])
    let revoke = try await world.offering("ERP-REVOKE", ["access": .object(["action": "revoke", "resource": "erp"])])
    let mia = try await world.person("Mia")
    func skip(_ task: Value) async throws {
      try await world.call("task.skip", ["id": task.at("id"), "reason": "system down"], as: world.engineer)
    }
    let skipped = try await world.submit(grant, for: mia, answers: .object(["role": "reader"]))
    try await skip(skipped.at("tasks.0"))
    try await world.call("task.complete", ["id": skipped.at("tasks.1.id")], as: world.engineer)
    #expect(try await world.request(skipped).at("state") == "fulfilled")
    #expect(try await listed(world, [Value.Member("all", .bool(true))]).isEmpty, "nobody gave it")
    let given = try await world.submit(grant, for: mia, answers: .object(["role": "editor"]))
    try await world.call("task.complete", ["id": given.at("tasks.0.id")], as: world.engineer)
    #expect(levels(try await listed(world)) == ["editor"], "she has it, whether she was told or not")
    let version = try await world.request(given).at("version")
    try await world.call("request.cancel", ["id": given.at("id"), "reason": "x"], as: world.engineer, version: version)
    #expect(levels(try await listed(world)) == ["editor"])
    // The last task carries it where none is marked; one that is skipped takes nothing.
    let kept = try await world.submit(revoke, for: mia)
    #expect(kept.at("tasks.0.carriesAccess") == .bool(true))
    try await skip(kept.at("tasks.0"))
    #expect(levels(try await listed(world)) == ["editor"])
    try await fulfil(world, revoke, for: mia)
    #expect(try await listed(world).isEmpty)
    let both = Value.array([task("A", step: 1, access: true), task("B", step: 1, access: true)])
    #expect(
      await refusal { try await world.offering("BOTH", ["access": Self.access("grant"), "form": Self.form, "tasks": both]) }
        == ["tasks[1].access offering.access_of_one_task"])
    #expect(await refusal { try await world.offering("NONE", ["tasks": tasks]) } == ["tasks[0].access offering.access_of_one_task"])
  }

  @Test func aReviewConfirmsOrRevokes() async throws {
    let world = try await RequestsWorld()
    let grant = try await world.offering("ERP", ["form": Self.form, "access": Self.access("grant")], soldTo: [world.acme, world.other])
    let (boss, _, reviewer, _) = try await world.reviewer()
    let (mia, ben) = (try await world.person("Mia"), try await world.person("Ben"))
    func open(_ more: KeyValuePairs<String, Value> = [:]) async -> [String] {
      let members = [Value.Member("customer", .id(world.acme.publicId))] + more.map { Value.Member($0.key, $0.value) }
      return await refusal {
        try await world.database.dispatcher.invoke("access_review.open", .object(members), as: world.manager, Call(requestId: "test")).value
      }
    }
    #expect(await open(["dueOn": "2026-03-09"]) == ["access_review.empty"])
    for person in [mia, ben] { try await fulfil(world, grant, for: person, ["role": "reader"]) }
    #expect(await open(["dueOn": "2026-03-01"]) == ["dueOn access_review.due"])
    // Whoever has left reviews nothing.
    let gone = try await world.person("Gone")
    try await world.database.call("person.change", ["id": gone, "left": .bool(true)], as: world.database.root, version: 1)
    #expect(await open(["dueOn": "2026-03-09", "resource": "erp", "reviewer": gone]) == ["reviewer person.left"])
    // Nor does who has no login.
    #expect(await open(["dueOn": "2026-03-09", "resource": "erp", "reviewer": mia]) == ["reviewer access_review.reviewer_may_not"])
    #expect(await open(["dueOn": "2026-03-09", "resource": "erp", "reviewer": reviewer]) == ["accepted"])
    let listed = try await world.call("access_review.list", [:], as: boss).at("items.0")
    #expect(listed.at("total") == 2 && listed.at("decided") == 0 && listed.at("overdue") == .bool(false))
    let items = try await world.call("access_review.items", ["id": listed.at("id")], as: boss).at("items").array ?? []
    #expect(items.map { $0.at("entitlement.personName") } == ["Mia", "Ben"])
    func decide(_ index: Int, _ result: Value, as principal: Principal) async -> [String] {
      await refusal {
        try await world.call(
          "access_review.decide", ["id": listed.at("id"), "entitlement": items[index].at("entitlement.id"), "result": result, "reason": "asked"],
          as: principal)
      }
    }
    #expect(await decide(0, "confirmed", as: world.manager) == ["access_review.other_reviewer"])
    #expect(await decide(0, "confirmed", as: boss) == ["accepted"])
    #expect(await decide(0, "revoked", as: boss) == ["access_review.decided"])
    world.database.clock.advance(seconds: 9 * 86_400)
    #expect(try await world.call("access_review.list", [:], as: boss).at("items.0.overdue") == .bool(true))
    #expect(await decide(1, "revoked", as: boss) == ["accepted"])
    let closed = try await world.call("access_review.list", [:], as: boss).at("items.0")
    #expect(closed.at("decided") == 2 && closed.at("closedAt") != .null && closed.at("overdue") == .bool(false))
    #expect(try await world.call("access_review.list", ["open": .bool(true)], as: boss).at("items") == .array([]))
    let held = try await self.listed(world)
    #expect(held.map { $0.at("personName") } == ["Mia"])
    let ended = try await self.listed(world, [Value.Member("person", ben), Value.Member("all", .bool(true))])
    #expect(ended.map { $0.at("endedByReview") } == [listed.at("id")])
    let stranger = try await world.database.user(.customerManager, of: world.other)
    await expectFailure(.notFound) { try await world.call("access_review.items", ["id": listed.at("id")], as: stranger) }
  }

  /// What has run out is looked at as well, for nobody took it; and nobody decides on what is his own.
  @Test func aReviewLooksAtWhatHasRunOutAndAtNobodysOwn() async throws {
    let world = try await RequestsWorld()
    let grant = try await world.offering("ERP", ["form": Self.form, "access": Self.access("grant")])
    let boss = try await world.database.user(.customerManager, of: world.acme)
    let (own, mia) = (try await world.ids(of: boss).person, try await world.person("Mia"))
    try await fulfil(world, grant, for: own, ["role": "editor"])
    try await fulfil(world, grant, for: mia, ["role": "reader", "until": "2026-03-04"])
    world.database.clock.advance(seconds: 5 * 86_400)
    let review = try await world.call("access_review.open", ["customer": .id(world.acme.publicId), "dueOn": "2026-03-31"])
    let items = try await world.call("access_review.items", ["id": review.at("id")]).at("items").array ?? []
    #expect(items.map { $0.at("entitlement.held") } == [.bool(true), .bool(false)])
    func decide(_ item: Value) async -> [String] {
      await refusal {
        try await world.call(
          "access_review.decide", ["id": review.at("id"), "entitlement": item.at("entitlement.id"), "result": "confirmed"], as: boss)
      }
    }
    #expect(await decide(items[0]) == ["access_review.own"])
    #expect(await decide(items[1]) == ["accepted"])
  }

  /// Guard: the plain list has it no more, and nobody would find what is still to be taken.
  @Test func whatHasRunOutIsFoundUntilSomebodyTakesIt() async throws {
    let world = try await RequestsWorld()
    let grant = try await world.offering("ERP", ["form": Self.form, "access": Self.access("grant")])
    let revoke = try await world.offering("ERP-OFF", ["form": Self.form, "access": Self.access("revoke")])
    let (mia, ben, tom) = (try await world.person("Mia"), try await world.person("Ben"), try await world.person("Tom"))
    try await fulfil(world, grant, for: mia, ["role": "reader", "until": "2026-03-04"])
    try await fulfil(world, grant, for: ben, ["role": "reader", "until": "2026-03-31"])
    try await fulfil(world, grant, for: tom, ["role": "reader"])
    let lapsed = [Value.Member("lapsed", .bool(true))]
    // On its last day it is still had.
    world.database.clock.advance(seconds: 2 * 86_400)
    #expect(try await listed(world, lapsed).isEmpty)
    world.database.clock.advance(seconds: 86_400)
    let found = try await listed(world, lapsed)
    #expect(found.map { $0.at("personName") } == ["Mia"])
    #expect(found[0].at("lapsed") == .bool(true) && found[0].at("held") == .bool(false))
    #expect(try await listed(world).map { $0.at("lapsed") } == [.bool(false), .bool(false)])
    let own = try await world.database.user(.requester, of: world.acme, .own)
    #expect(try await listed(world, lapsed, as: own).isEmpty)
    try await fulfil(world, revoke, for: mia)
    #expect(try await listed(world, lapsed).isEmpty)
  }

  /// Of two reviews that look at the same, the second does not say that it stays what the first has taken.
  @Test func whatWasTakenMeanwhileIsNotConfirmed() async throws {
    let world = try await RequestsWorld()
    let grant = try await world.offering("ERP", ["form": Self.form, "access": Self.access("grant")])
    try await fulfil(world, grant, for: try await world.person("Mia"), ["role": "reader"])
    func open() async throws -> Value {
      try await world.call("access_review.open", ["customer": .id(world.acme.publicId), "dueOn": "2026-03-31"]).at("id")
    }
    let (first, second) = (try await open(), try await open())
    let entitlement = try await world.call("access_review.items", ["id": first]).at("items.0.entitlement.id")
    func decide(_ review: Value, _ result: Value) async -> [String] {
      await refusal { try await world.call("access_review.decide", ["id": review, "entitlement": entitlement, "result": result]) }
    }
    #expect(await decide(first, "revoked") == ["accepted"])
    #expect(await decide(second, "confirmed") == ["access_review.ended"])
    #expect(await decide(second, "revoked") == ["accepted"])
    let all = try await listed(world, [Value.Member("all", .bool(true))])
    #expect(all.map { $0.at("endedByReview") } == [first], "who took it stays told")
  }

  /// Access until a day that is over would be done, and never had.
  @Test func accessIsNotOrderedUntilADayThatIsOver() async throws {
    let world = try await RequestsWorld()
    let mia = try await world.person("Mia")
    var offerings: [String: Value] = [:]
    for action in ["grant", "revoke"] {
      offerings[action] = try await world.offering("ERP-\(action.uppercased())", ["form": Self.form, "access": Self.access(action)])
    }
    let (grant, revoke) = (try #require(offerings["grant"]), try #require(offerings["revoke"]))
    func order(_ offering: Value, until day: Value) async -> [String] {
      await refusal { try await world.submit(offering, for: mia, answers: .object(["until": day])) }
    }
    #expect(await order(grant, until: "2026-03-01") == ["answers.until request.access_is_over"])
    #expect(await order(grant, until: "2026-03-02") == ["accepted"], "the last day is had")
    #expect(await order(revoke, until: "2026-03-01") == ["accepted"], "it is taken, whenever it was to end")
  }

  /// Somebody sees what he has himself; a site's manager, what its people have.
  @Test func oneSeesWhatIsOnesOwn() async throws {
    let world = try await RequestsWorld()
    let grant = try await world.offering("ERP", ["form": Self.form, "access": Self.access("grant")])
    let own = try await world.database.user(.requester, of: world.acme, .own)
    let (me, mia) = (try await world.ids(of: own).person, try await world.person("Mia"))
    for person in [me, mia] { try await fulfil(world, grant, for: person, ["role": "reader"]) }
    #expect(try await listed(world, as: own).map { $0.at("person") } == [me])
    #expect(await refusal { try await world.call("entitlement.list", ["person": mia], as: own) } == ["person input.unknown_reference"])
  }
}
