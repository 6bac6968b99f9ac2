import Kernel
import Operations
import TestSupport
import Tenancy
import Testing

/// Tickets that go to teams by rules, and teams that may not work for a customer.
@Suite struct DispatchRuleTests {
  @discardableResult
  private func set(_ rule: KeyValuePairs<String, Value>, to team: Value, _ world: AgreementWorld) async throws -> Value {
    let members = [Value.Member("team", team["id"] ?? .null)] + rule.map { Value.Member($0.key, $0.value) }
    return try await world.database.dispatcher.invoke("dispatch_rule.set", .object(members), as: world.desk.manager, Call(requestId: "test")).value
  }

  private func allow(_ teams: [Value], _ world: AgreementWorld, version: Int64 = 1) async throws -> Value {
    try await world.database.call(
      "delivery_model.set", ["customer": .id(world.desk.acme.publicId), "teams": .array(teams.map { $0["id"] ?? .null })], as: world.desk.manager,
      version: version)
  }

  private func open(
    _ more: KeyValuePairs<String, Value> = [:], _ world: AgreementWorld, for customer: TenantEntry? = nil, as principal: Principal? = nil
  ) async throws -> Value {
    let customer = Value.Member("customer", .id((customer ?? world.desk.acme).publicId))
    let members = [customer, Value.Member("title", "Down")] + more.map { Value.Member($0.key, $0.value) }
    return try await world.database.dispatcher.invoke(
      "incident.open", .object(members), as: principal ?? world.desk.engineer, Call(requestId: "test")
    ).value
  }

  private func explain(_ incident: Value, _ world: AgreementWorld) async throws -> Value {
    try await world.database.call("incident.dispatch_explain", ["id": incident["id"] ?? .null], as: world.desk.engineer)
  }

  @Test func aTicketGoesToTheTeamOfTheMostSpecificRule() async throws {
    let world = try await AgreementWorld()
    #expect(try await open(["category": "network/vpn"], world)["team"] == .null, "without a rule nobody gets it")
    let general = try await set([:], to: world.first, world)
    let network = try await set(["category": "network"], to: world.second, world)
    #expect(try await open([:], world)["team"] == world.first["id"])
    let incident = try await open(["category": "network/vpn"], world)
    #expect(incident["team"] == world.second["id"])
    // The team's own promise counts from then, as after an assignment by hand.
    #expect(incident["agreements"]?.array?.first?.clock("resolution")["dueAt"] == "2026-03-02T16:00:00Z")
    let assigned = try await world.desk.list("history", of: incident).first { $0["type"] == "incident.assigned" }?["payload"]
    #expect(assigned?["rule"] == network["id"] && assigned?["team"] == world.second["id"])
    let explained = try await explain(incident, world)
    #expect(explained["source"] == "rule" && explained["team"] == world.second["id"])
    #expect(explained["rules"]?.column("outcome") == ["decides", "less_specific"])
    #expect(explained["rules"]?.column("rule").map { $0["id"] } == [network["id"], general["id"]])
    // A customer's own goes before both, and is no other customer's.
    try await set(["customer": .id(world.desk.acme.publicId)], to: world.first, world)
    #expect(try await open(["category": "network/vpn"], world)["team"] == world.first["id"])
    #expect(try await open(["category": "network"], world, for: world.desk.other)["team"] == world.second["id"])
    // What is solved at once needs no team.
    #expect(try await open(["resolution": "Done."], world)["team"] == .null)
  }

  @Test func aRuleForACiIsOfThatCiAlone() async throws {
    let world = try await AgreementWorld()
    func ci(_ name: String) async throws -> Value {
      try await world.database.call(
        "ci.create", ["customer": .id(world.desk.acme.publicId), "type": "server", "name": .text(name)], as: world.desk.engineer)["id"] ?? .null
    }
    let (one, other) = (try await ci("erp-01"), try await ci("erp-02"))
    let rule = try await set(["customer": .id(world.desk.acme.publicId), "ci": one], to: world.second, world)
    #expect(rule["ci"] == one && rule["own"] == .bool(true))
    #expect(try await open(["primaryCi": one], world)["team"] == world.second["id"])
    let incident = try await open(["primaryCi": other], world)
    #expect(incident["team"] == .null)
    #expect(try await world.desk.act("add_ci", on: incident, ["ci": one])["team"] == world.second["id"], "nobody had taken it")
  }

  /// What is urgent goes to those who are on call, also when that turns out later.
  @Test func whatIsUrgentGoesToAnotherTeam() async throws {
    let world = try await AgreementWorld()
    try await set([:], to: world.first, world)
    let urgent = try await set(["priorityTo": 2], to: world.second, world)
    #expect(urgent["priorityTo"] == 2)
    #expect(try await open(["impact": 1, "urgency": 1], world)["team"] == world.second["id"])
    let incident = try await open([:], world)
    #expect(incident["team"] == world.first["id"])
    let moved = try await world.desk.act("classify", on: incident, ["impact": 1, "urgency": 1])
    #expect(moved["team"] == world.second["id"])
    // Another priority is another rule; the same one takes its place.
    try await set(["priorityTo": 1], to: world.first, world)
    #expect(try await open(["impact": 1, "urgency": 1], world)["team"] == world.first["id"])
    try await set(["priorityTo": 2], to: world.first, world)
    let listed = try await world.database.call("dispatch_rule.list", [:], as: world.desk.engineer)["items"]
    #expect(listed?.column("priorityTo") == [.null, 1, 2])
    try await set(["priorityTo": 9], to: world.first, world)
    await expectFailure(.invalid) { try await set(["priorityTo": 10], to: world.first, world) }
  }

  /// A general rule is for a CI that the provider shares, on tickets of whomever it affects; a customer's own CI is none for all.
  @Test func aGeneralRuleIsForASharedCi() async throws {
    let world = try await CiWorld()
    let (database, manager) = (world.desk.database, world.desk.manager)
    let core = try await world.shared("Core switch", affecting: [world.desk.acme, world.desk.other])
    let own = try await world.ci("erp-01")
    let team = try await database.call("team.create", ["name": "Network"], as: manager)["id"] ?? .null
    let rule = try await database.call("dispatch_rule.set", ["ci": core, "team": team], as: manager)
    #expect(rule["ci"] == core && rule["own"] == .bool(false))
    for customer in [world.desk.acme, world.desk.other] {
      #expect(try await world.open(["sharedCis": .array([core])], for: customer)["team"] == team)
    }
    let bare = try await world.open(["cis": .array([own])])
    #expect(bare["team"] == .null)
    let named = try await world.desk.act("add_ci", on: bare, ["sharedCi": core])
    #expect(named["team"] == team)
    let explained = try await database.call("incident.dispatch_explain", ["id": named["id"] ?? .null], as: world.desk.engineer)
    #expect(explained["rules"]?.column("rule").map { $0["ci"] } == [core])
    let refused = await world.refused { try await database.call("dispatch_rule.set", ["ci": own, "team": team], as: manager) }
    #expect(refused == ["ci input.unknown_reference"])
  }

  /// A service that is one customer's own is no condition of what holds for others, to whose engineers the list would show it.
  @Test func aCustomersOwnServiceIsInNoOthersRule() async throws {
    let world = try await AgreementWorld()
    try await world.database.catalogueService("OWN")
    try await world.database.runAsSuperuser("update catalog.service set only_tenant_id = \(world.desk.acme.id) where code = 'OWN'")
    for customer in [nil, world.desk.other] {
      let failure = await #expect(throws: Failure.self) {
        try await set(["service": "OWN", "customer": customer.map { Value.id($0.publicId) } ?? .null], to: world.first, world)
      }
      #expect(failure?.violations.map { "\($0.path) \($0.message.key)" } == ["service input.unknown_reference"])
    }
    #expect(try await set(["service": "OWN", "customer": .id(world.desk.acme.publicId)], to: world.first, world)["service"] == "OWN")
  }

  @Test func whatIsClassifiedLaterFollowsUntilSomebodyHasIt() async throws {
    let world = try await AgreementWorld()
    try await set([:], to: world.first, world)
    try await set(["category": "network"], to: world.second, world)
    let moved = try await world.desk.act("change", on: try await open([:], world), ["category": "network/lan"])
    #expect(moved["team"] == world.second["id"] && moved["agreements"]?.array?.map { $0["team"] } == [world.second["id"]])
    // It is the team's by hand, taken, or nobody's by hand: the rules say nothing any more.
    let byHand = try await world.assign(try await open([:], world), to: world.first)
    #expect(try await world.desk.act("change", on: byHand, ["category": "network"])["team"] == world.first["id"])
    #expect(try await explain(byHand, world)["source"] == "hand")
    for act in ["accept", "start", "take"] {
      let taken = try await world.desk.act(act, on: try await open([:], world))
      #expect(try await world.desk.act("change", on: taken, ["category": "network"])["team"] == world.first["id"], "\(act)")
    }
    let nobodys = try await world.assign(try await open([:], world), to: nil)
    #expect(try await world.desk.act("change", on: nobodys, ["category": "network"])["team"] == .null)
  }

  @Test func aPartThatIsSplitOffGoesByItsOwnCategory() async throws {
    let world = try await AgreementWorld()
    try await set(["category": "network"], to: world.second, world)
    let whole = try await open(["category": "application"], world)
    let part = try await world.database.call(
      "incident.split", ["id": whole["id"] ?? .null, "title": "The other half", "category": "network/vpn"], as: world.desk.engineer)
    #expect(whole["team"] == .null && part["team"] == world.second["id"])
  }

  @Test func onlyTeamsOfTheDeliveryModelWorkForACustomer() async throws {
    let world = try await AgreementWorld()
    try await set([:], to: world.first, world)
    try await set(["category": "network"], to: world.second, world)
    let before = try await open(["category": "network"], world)
    let nowhere = Value.id(world.database.provider.id("team", [UInt8](repeating: 7, count: 12)))
    let unknown = await #expect(throws: Failure.self) { try await allow([world.first, .object(["id": nowhere])], world) }
    #expect(unknown?.violations.map { "\($0.path) \($0.message.key)" } == ["teams[1] input.unknown_reference"])
    #expect(try await allow([world.first], world)["teams"]?.column("name") == ["First line"])
    let incident = try await open(["category": "network"], world)
    #expect(incident["team"] == world.first["id"], "the next rule whose team may")
    #expect(try await explain(incident, world)["rules"]?.column("outcome") == ["team_not_allowed", "decides"])
    let refused = await #expect(throws: Failure.self) { try await world.assign(incident, to: world.second) }
    #expect(refused?.violations.map { "\($0.path) \($0.message.key)" } == ["team delivery_model.team_not_allowed"])
    let owned = try await world.desk.act("take", on: incident)
    let offered = await #expect(throws: Failure.self) { try await world.desk.act("offer", on: owned, ["team": world.second["id"] ?? .null]) }
    #expect(offered?.violations.map(\.message.key) == ["delivery_model.team_not_allowed"])
    let ruled = await #expect(throws: Failure.self) {
      try await set(["customer": .id(world.desk.acme.publicId), "nature": "fault"], to: world.second, world)
    }
    #expect(ruled?.violations.map(\.message.key) == ["delivery_model.team_not_allowed"])
    // Who has it may keep it; other customers have all teams, and so has this one again.
    #expect(try await world.assign(before, to: world.second)["team"] == world.second["id"])
    let elsewhere = try await world.desk.open(for: world.desk.other)
    #expect(try await world.assign(elsewhere, to: world.second)["team"] == world.second["id"])
    #expect(try await allow([], world, version: 2)["restricted"] == .bool(false))
    #expect(try await world.assign(owned, to: world.second)["team"] == world.second["id"])
  }

  /// Who did not see what another one set takes nothing of it away.
  @Test func ofTwoWhoSetADeliveryModelTheSecondIsTold() async throws {
    let world = try await AgreementWorld()
    func read() async throws -> Value {
      try await world.database.call("delivery_model.read", ["customer": .id(world.desk.acme.publicId)], as: world.desk.manager)
    }
    #expect(try await read()["version"] == 1, "there is none yet")
    #expect(try await allow([world.first], world)["version"] == 2)
    for stale in [0, 1, 3] as [Int64] {
      await expectFailure(.versionMismatch) { try await allow([world.second], world, version: stale) }
    }
    #expect(try await read()["teams"]?.column("name") == ["First line"])
    #expect(try await allow([world.first, world.second], world, version: 2)["version"] == 3)
    #expect(try await read()["version"] == 3)
    // At the same moment, when both saw that there is none: whoever comes second is told.
    let (database, manager, other) = (world.database, world.desk.manager, world.desk.other.publicId)
    let teams = [world.first, world.second].map { $0["id"] ?? .null }
    let answers = await withTaskGroup(of: Bool.self) { group in
      for team in teams {
        group.addTask {
          (try? await database.call("delivery_model.set", ["customer": .id(other), "teams": .array([team])], as: manager, version: 1)) != nil
        }
      }
      return await group.reduce(into: [Bool]()) { $0.append($1) }
    }
    #expect(answers.count { $0 } == 1)
  }

  /// Who records a ticket may give it to a team at once: what is asked is what an assignment asks, and no rule has a word.
  @Test func whoOpensATicketMayGiveItToATeam() async throws {
    let world = try await AgreementWorld()
    try await set([:], to: world.first, world)
    let second = world.second["id"] ?? .null
    let incident = try await open(["team": second], world)
    #expect(incident["team"] == second && incident["version"] == 1)
    // The team's own promise counts, as after an assignment.
    #expect(incident["agreements"]?.array?.first?.clock("resolution")["dueAt"] == "2026-03-02T16:00:00Z")
    let told = try await world.desk.list("history", of: incident).filter { $0["type"] == "incident.assigned" }
    #expect(told.count == 1 && told.first?["payload"]?["team"] == second && told.first?["payload"]?["rule"] == nil)
    #expect(try await world.desk.act("change", on: incident, ["nature": "fault"])["team"] == second, "a person has the last word")
    let user = try await world.database.user(.customerManager, of: world.desk.acme)
    let reader = try await world.database.staff(.accountManager)
    func refusal(_ more: KeyValuePairs<String, Value>, _ principal: Principal? = nil) async -> [String] {
      let failure = await #expect(throws: Failure.self) { try await open(more, world, as: principal) }
      return failure?.violations.map { "\($0.path) \($0.message.key)" } ?? []
    }
    // To a customer's people every team is one that there is not.
    let nowhere = Value.id(world.database.provider.id("team", [UInt8](repeating: 7, count: 12)))
    for principal in [user, reader, world.desk.engineer] {
      #expect(await refusal(["team": nowhere], principal) == ["team input.unknown_reference"])
    }
    #expect(await refusal(["team": nowhere, "resolution": "Done."]) == ["team input.unknown_reference"])
    #expect(await refusal(["team": second], user) == ["team input.unknown_reference"])
    #expect(await refusal(["team": second], reader) == ["team denied"])
    #expect(await refusal(["resolution": "Done."], reader) == ["resolution denied"])
    #expect(await refusal(["team": second, "resolution": "Done."]) == ["team ticket.resolved_needs_no_team"])
    _ = try await allow([world.first], world)
    #expect(await refusal(["team": second]) == ["team delivery_model.team_not_allowed"])
  }

  @Test func aCustomersPeopleOpenByRulesThatTheyDoNotSee() async throws {
    let world = try await AgreementWorld()
    let rule = try await set(["customer": .id(world.desk.acme.publicId)], to: world.first, world)
    _ = try await allow([world.first], world)
    let user = try await world.database.user(.customerManager, of: world.desk.acme)
    let incident = try await open([:], world, as: user)
    #expect(incident["team"] == .null && incident["agreements"] == .array([]))
    let seenByStaff = try await world.desk.read(incident)
    #expect(seenByStaff["team"] == world.first["id"])
    // The team's own promise counts, of which its customer sees nothing.
    #expect(seenByStaff["agreements"]?.array?.first?.clock("resolution")["dueAt"] == "2026-03-02T16:00:00Z")
    let told = try await world.desk.list("history", of: incident, as: user)
    #expect(told.first { $0["type"] == "incident.assigned" }?["payload"] == .object([]))
    for operation in ["dispatch_rule.list", "delivery_model.read"] {
      await #expect(throws: Failure.self) {
        try await world.database.call(operation, ["customer": .id(world.desk.acme.publicId)], as: user)
      }
    }
    await #expect(throws: Failure.self) { try await world.database.call("incident.dispatch_explain", ["id": incident["id"] ?? .null], as: user) }
    // Staff of other customers read the general ones alone.
    let stranger = try await world.database.staff(.engineer, for: [world.desk.other])
    try await set(["nature": "fault"], to: world.second, world)
    let seen = try await world.database.call("dispatch_rule.list", ["customer": .id(world.desk.other.publicId)], as: stranger)["items"]
    #expect(seen?.column("nature") == ["fault"])
    await #expect(throws: Failure.self) {
      try await world.database.call("dispatch_rule.list", ["customer": .id(world.desk.acme.publicId)], as: stranger)
    }
    let all = try await world.database.call("dispatch_rule.list", ["customer": .id(world.desk.acme.publicId)], as: world.desk.engineer)["items"]
    #expect(all?.column("id").contains(rule["id"] ?? .null) == true && all?.array?.count == 2)
  }

  @Test func aRuleIsEndedOrItsPlaceIsTaken() async throws {
    let world = try await AgreementWorld()
    let first = try await set(["category": "network", "nature": "fault"], to: world.first, world)
    let second = try await set(["category": "network", "nature": "fault"], to: world.second, world)
    func listed(_ withEnded: Bool) async throws -> [Value] {
      try await world.database.call("dispatch_rule.list", ["withEnded": .bool(withEnded)], as: world.desk.engineer)["items"]?.array ?? []
    }
    #expect(try await listed(false).map { $0["id"] } == [second["id"]])
    #expect(try await listed(true).map { $0["id"] } == [first["id"], second["id"]])
    try await world.database.call("dispatch_rule.end", ["id": second["id"] ?? .null], as: world.desk.manager, version: 1)
    await expectFailure(.conflict) {
      try await world.database.call("dispatch_rule.end", ["id": second["id"] ?? .null], as: world.desk.manager, version: 2)
    }
    #expect(try await listed(false).isEmpty)
    #expect(try await open(["category": "network", "nature": "fault"], world)["team"] == .null)
    await expectFailure(.invalid) { try await set(["category": "no-such"], to: world.first, world) }
    await expectFailure(.invalid) { try await set(["service": "NONE"], to: world.first, world) }
  }

  /// Of two who set a rule for the same at once no two are in force.
  @Test func twoDoNotHoldForTheSame() async throws {
    let world = try await AgreementWorld()
    let teams = [world.first, world.second, world.first, world.second]
    await withTaskGroup(of: Void.self) { group in
      for team in teams { group.addTask { _ = try? await set(["nature": "request"], to: team, world) } }
    }
    let left = try await world.database.call("dispatch_rule.list", [:], as: world.desk.engineer)["items"]?.array ?? []
    #expect(left.count == 1)
  }
}
