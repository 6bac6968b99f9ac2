import Kernel
import Operations
import Requests
import TestSupport
import Testing

@testable import Notifications

/// What a team is given, is offered and may do its members hear, each once, as far as they may work on it.
@Suite struct TeamNewsTests {
  private func team(_ name: String = "Network", of members: [Value], _ world: NotificationsWorld) async throws -> Value {
    try await join(members, try await world.call("team.create", ["name": .text(name)]), world)
  }

  /// - Returns: the team's id.
  @discardableResult
  private func join(_ members: [Value], _ record: Value, _ world: NotificationsWorld) async throws -> Value {
    var record = record
    for staff in members {
      record = try await world.call("team.add_member", ["id": record["id"] ?? .null, "staff": staff], version: record["version"]?.integer)
    }
    return record["id"] ?? .null
  }

  private func act(
    _ operation: String, on record: Value, _ more: KeyValuePairs<String, Value> = [:], as principal: Principal, _ world: NotificationsWorld
  ) async throws -> Value {
    let members = [Value.Member("id", record["id"] ?? .null)] + more.map { Value.Member($0.key, $0.value) }
    world.database.clock.advance(seconds: 1)
    return try await world.database.dispatcher.invoke(
      operation, .object(members), as: principal, Call(requestId: "test", expectedVersion: record["version"]?.integer)
    ).value
  }

  private func incident(_ world: NotificationsWorld, team: Value? = nil) async throws -> Value {
    let id = try await world.incident()
    let record = try await world.call("incident.read", ["id": id], as: world.engineer)
    guard let team else { return record }
    return try await act("incident.assign", on: record, ["team": team], as: world.engineer, world)
  }

  private func told(_ principal: Principal, _ world: NotificationsWorld) async throws -> [String] {
    for _ in 0..<2 { try await world.make() }
    return try await world.events(principal).sorted()
  }

  /// Guard: whoever is in the team, and nobody else, hears; not who gave it, nor who may not work for the customer.
  @Test func aTeamHearsOfAnIncidentThatItIsGiven() async throws {
    let world = try await NotificationsWorld()
    let (tina, tinaId) = try await NotificationsWorld.staff("Tina", world.database)
    let (olaf, olafId) = try await NotificationsWorld.staff("Olaf", world.database, .engineer, for: [world.other])
    let stranger = try await NotificationsWorld.staff("Nils", world.database).0
    let network = try await team(of: [world.engineerId, world.colleagueId, tinaId, olafId], world)
    var record = try await incident(world, team: network)
    #expect(try await told(tina, world) == ["incident.assigned"])
    let read = try #require(try await world.inbox(tina).first)
    #expect(read["subject"] == "[ACME-INC-000001] Assigned: Printer" && read["body"]?.text?.contains("Team: Network") == true)
    for other in [world.engineer, olaf, stranger, world.requester] { #expect(try await told(other, world) == [], "\(other.name)") }
    // That one of them is to work on it he hears alone; that the team keeps it is no news.
    record = try await act("incident.assign", on: record, ["assignee": tinaId], as: world.engineer, world)
    record = try await act("incident.assign", on: record, ["team": network], as: world.engineer, world)
    #expect(try await told(world.colleague, world) == ["incident.assigned"])
    // Tina is of the team, and is assigned: of one event she is told once.
    _ = try await act("incident.assign", on: try await incident(world), ["team": network, "assignee": tinaId], as: world.engineer, world)
    #expect(try await told(world.colleague, world) == ["incident.assigned", "incident.assigned"])
    let titles = try await world.inbox(tina).compactMap { $0["subject"]?.text }
    #expect(titles.count { $0 == "[ACME-INC-000002] Assigned: Printer" } == 1)
    #expect(try await world.left() == 0)
    #expect(try await world.rows("email").allSatisfy { $0.receiver.hasPrefix("p") }, "a team has its inbox before it")
  }

  /// Guard: without the look at who has it still, who lost it at once would go to work on it.
  @Test func whatWentOnOrIsOverIsToldToNoTeam() async throws {
    let world = try await NotificationsWorld()
    let (tina, tinaId) = try await NotificationsWorld.staff("Tina", world.database)
    let (network, servers) = (try await team(of: [tinaId], world), try await team("Servers", of: [world.colleagueId], world))
    _ = try await act("incident.assign", on: try await incident(world, team: network), ["team": servers], as: world.engineer, world)
    var over = try await incident(world, team: network)
    over = try await act("incident.start", on: over, as: world.engineer, world)
    _ = try await act("incident.resolve", on: over, ["resolution": "Plugged in"], as: world.engineer, world)
    #expect(try await told(tina, world) == [])
    #expect(try await told(world.colleague, world) == ["incident.assigned"])
    #expect(try await world.left() == 0)
  }

  @Test func whatRulesDispatchOrIsGivenAtOnceTheTeamHears() async throws {
    let world = try await NotificationsWorld()
    let (tina, tinaId) = try await NotificationsWorld.staff("Tina", world.database)
    let (network, servers) = (try await team(of: [tinaId], world), try await team("Servers", of: [world.colleagueId], world))
    try await world.call("dispatch_rule.set", ["team": network])
    _ = try await world.incident()
    #expect(try await told(tina, world) == ["incident.assigned"])
    let input: KeyValuePairs<String, Value> = [
      "customer": .id(world.acme.publicId), "title": "Slow", "impact": 2, "urgency": 2, "team": servers,
    ]
    try await world.call("incident.open", input, as: world.engineer)
    #expect(try await told(world.colleague, world) == ["incident.assigned"])
    #expect(try await told(tina, world) == ["incident.assigned"], "the other team's")
    #expect(try await world.left() == 0)
  }

  /// Guard: mail that waited would go to who serves the customer no more.
  @Test(arguments: [true, false]) func whatWaitedIsSentToWhoMayReadItStill(servesAcme: Bool) async throws {
    let world = try await NotificationsWorld()
    try await world.retireStockRules()
    try await world.rule("incident.assigned", ["audience": .array(["team"]), "channels": .array(["email"])])
    _ = try await incident(world, team: try await team(of: [world.colleagueId], world))
    try await world.make()
    if !servesAcme { try await world.database.narrow(world.colleagueId, to: [world.other]) }
    try await world.deliver(.mail { _, _ in .sent })
    let mails = try await world.rows("email")
    #expect(mails.map(\.address) == ["karl@provider.test"])
    #expect(mails.first?.state == (servesAcme ? "sent" : "dead"))
  }

  private static let given = ["problem", "change"]

  /// One of Acme's, at once with a team.
  private func work(_ noun: String, team: Value = .null, _ world: NotificationsWorld) async throws -> Value {
    let acme = Value.id(world.acme.publicId)
    if noun == "change" {
      return try await world.call("change.open", ["customer": acme, "kind": "normal", "title": "Leak", "team": team], as: world.engineer)
    }
    return try await world.call("problem.open", ["customer": acme, "title": "Leak", "impact": 2, "urgency": 2, "team": team], as: world.engineer)
  }

  /// Guard: nobody of the team would hear of it, or who gave it, or who may not work for the customer.
  @Test(arguments: given) func aTeamHearsOfAProblemOrAChangeThatItIsGiven(noun: String) async throws {
    let world = try await NotificationsWorld()
    let (tina, tinaId) = try await NotificationsWorld.staff("Tina", world.database)
    let (olaf, olafId) = try await NotificationsWorld.staff("Olaf", world.database, .engineer, for: [world.other])
    let network = try await team(of: [world.engineerId, tinaId, olafId], world)
    let record = try await work(noun, team: network, world)
    #expect(try await told(tina, world) == ["\(noun).assigned"])
    let read = try #require(try await world.inbox(tina).first)
    let number = noun == "problem" ? "PROV-PRB-000001" : "PROV-CHG-000001"
    #expect(read["subject"]?.text == "[\(number)] Given to Network: Leak" && read["about"] == record["id"])
    #expect(read["body"]?.text?.contains("Team: Network") == true)
    for other in [world.engineer, world.colleague, olaf, world.requester] { #expect(try await told(other, world) == [], "\(other.name)") }
    // Later as well, and of one that had none.
    _ = try await act("\(noun).assign", on: try await work(noun, world), ["team": network], as: world.engineer, world)
    #expect(try await told(tina, world).count == 2)
    #expect(try await world.left() == 0)
    #expect(try await world.rows("email").isEmpty, "a team has its inbox before it")
  }

  /// Guard: who lost it at once would go to work on it, and who got it twice would hear it twice.
  @Test(arguments: given) func whatATeamHasNoMoreItIsNotTold(noun: String) async throws {
    let world = try await NotificationsWorld()
    let (tina, tinaId) = try await NotificationsWorld.staff("Tina", world.database)
    let (network, servers) = (try await team(of: [tinaId], world), try await team("Servers", of: [world.colleagueId], world))
    func give(_ record: Value, to team: Value) async throws -> Value {
      try await act("\(noun).assign", on: record, ["team": team], as: world.engineer, world)
    }
    var record = try await give(try await work(noun, team: network, world), to: servers)
    #expect(try await told(tina, world) == [])
    #expect(try await told(world.colleague, world) == ["\(noun).assigned"])
    // There and back before anybody is told.
    for team in [network, servers, network, servers] { record = try await give(record, to: team) }
    #expect(try await told(tina, world) == [])
    #expect(try await told(world.colleague, world).count == 2)
    for team in [network, .null] { record = try await give(record, to: team) }
    #expect(try await told(tina, world) == [], "it was taken from them")
    record = try await give(record, to: network)
    _ = try await act("\(noun).cancel", on: record, ["reason": "It was none"], as: world.engineer, world)
    #expect(try await told(tina, world) == [], "it is over")
    #expect(try await world.left() == 0)
  }

  /// Guard: mail that waited would go to who serves the customer no more.
  @Test(arguments: given) func mailOfWhatATeamHasGoesToWhoMayReadItStill(noun: String) async throws {
    let world = try await NotificationsWorld()
    try await world.retireStockRules()
    try await world.rule("\(noun).assigned", ["audience": .array(["team"]), "channels": .array(["email"])])
    let (_, tinaId) = try await NotificationsWorld.staff("Tina", world.database)
    _ = try await work(noun, team: try await team(of: [world.colleagueId, tinaId], world), world)
    try await world.make()
    try await world.database.narrow(world.colleagueId, to: [world.other])
    try await world.deliver(.mail { _, _ in .sent })
    let mails = try await world.rows("email").map { "\($0.address ?? "-") \($0.state)" }
    #expect(mails.sorted() == ["karl@provider.test dead", "tina@provider.test sent"])
  }

  /// Guard: of other news rules would name a team that nobody looked up.
  @Test(arguments: given) func rulesTellTheTeamWhatBecomesOfWhatItHas(noun: String) async throws {
    let world = try await NotificationsWorld()
    try await world.retireStockRules()
    try await world.rule("\(noun).commented", ["audience": .array(["team"])])
    let (tina, tinaId) = try await NotificationsWorld.staff("Tina", world.database)
    let ours = try await work(noun, team: try await team(of: [tinaId], world), world)
    for record in [ours, try await work(noun, world)] {
      try await world.call("\(noun).comment", ["id": record["id"] ?? .null, "body": "Look at it"], as: world.engineer)
    }
    #expect(try await told(tina, world) == ["\(noun).commented"], "of one alone: the other is nobody's")
    #expect(try await told(world.colleague, world) == [])
  }

  private static let offered = ["incident", "problem", "change", "release"]

  /// Guard: Olaf, who serves another customer, would hear of what he may not accept; of what concerns nobody hears who serves all.
  @Test(arguments: offered) func aTeamHearsWhatItIsOffered(noun: String) async throws {
    let world = try await NotificationsWorld()
    let (tina, tinaId) = try await NotificationsWorld.staff("Tina", world.database)
    let (olaf, olafId) = try await NotificationsWorld.staff("Olaf", world.database, .engineer, for: [world.other])
    let network = try await team(of: [world.engineerId, tinaId, olafId], world)
    let acme = Value.id(world.acme.publicId)
    let record: Value =
      switch noun {
      case "incident": try await act("incident.take", on: try await incident(world), as: world.engineer, world)
      case "problem":
        try await world.call(
          "problem.open", ["customer": acme, "title": "Leak", "description": "x", "impact": 2, "urgency": 2], as: world.engineer)
      case "change": try await world.call("change.open", ["customer": acme, "kind": "normal", "title": "New switch"], as: world.engineer)
      default: try await world.call("release.open", ["title": "Spring"], as: world.engineer)
      }
    let offered = try await act("\(noun).offer", on: record, ["team": network], as: world.engineer, world)
    #expect(try await told(tina, world) == ["\(noun).offered"])
    for other in [world.engineer, world.colleague, olaf] { #expect(try await told(other, world) == [], "\(other.name)") }
    _ = try await act("\(noun).accept_offer", on: offered, as: tina, world)
    #expect(try await told(tina, world) == ["\(noun).offered"])
    #expect(try await world.left() == 0)
  }

  /// Guard: a member who serves one of its customers would be told of a change that he may not work on.
  @Test func whoServesNotAllOfAChangeIsNotOfTheTeam() async throws {
    let world = try await NotificationsWorld()
    let (olaf, olafId) = try await NotificationsWorld.staff("Olaf", world.database, .engineer, for: [world.other])
    let (tina, tinaId) = try await NotificationsWorld.staff("Tina", world.database, .engineer, for: [world.acme, world.other])
    let network = try await team(of: [olafId, tinaId], world)
    var record = try await world.call(
      "change.open", ["customer": .id(world.acme.publicId), "kind": "normal", "title": "New switch"], as: world.engineer)
    record = try await act("change.concern", on: record, ["customer": .id(world.other.publicId)], as: world.engineer, world)
    _ = try await act("change.offer", on: record, ["team": network], as: world.engineer, world)
    #expect(try await told(tina, world) == ["change.offered"])
    #expect(try await told(olaf, world) == [])
    let seen = try await world.call("change.read", ["id": record["id"] ?? .null], as: world.engineer)
    _ = try await act("change.assign", on: seen, ["team": network], as: world.engineer, world)
    #expect(try await told(tina, world) == ["change.assigned", "change.offered"])
    #expect(try await told(olaf, world) == [])
  }

  @Test func anOfferThatWasAnsweredMeanwhileIsToldToNobody() async throws {
    let world = try await NotificationsWorld()
    let (tina, tinaId) = try await NotificationsWorld.staff("Tina", world.database)
    let network = try await team(of: [world.colleagueId, tinaId], world)
    let opened = try await world.call("release.open", ["title": "Spring"], as: world.engineer)
    let offered = try await act("release.offer", on: opened, ["team": network], as: world.engineer, world)
    _ = try await act("release.accept_offer", on: offered, as: tina, world)
    #expect(try await told(world.colleague, world) == [])
    #expect(try await told(world.engineer, world) == ["release.offer_answered"])
  }

  /// A task is opened for a team and given to another before anybody is told: that hears once; and it hears nothing of what one of it is at.
  @Test func aTeamHearsOnceOfATaskThatItMayDo() async throws {
    let world = try await OrderWorld()
    let base = world.base
    let (tina, tinaId) = try await NotificationsWorld.staff("Tina", base.database)
    let (olaf, olafId) = try await NotificationsWorld.staff("Olaf", base.database, .engineer, for: [base.other])
    let desk = try #require(try await base.call("team.list")["items"]?.array?.first { $0["name"] == "Desk" })
    try await join([tinaId, olafId], desk, base)
    let vans = try await team("Vans", of: [base.colleagueId], base)
    func order(_ offering: Value) async throws -> Value {
      let id = try await world.submit(offering)["id"] ?? .null
      try await RequestSweep().run(at: base.database.clock.now(), base.database.tenancy)
      return try await base.call("request.read", ["id": id], as: base.engineer)["tasks"]?.array?.first?["id"] ?? .null
    }
    let mouse = try await world.offering("Mouse", [])
    let first = try await order(mouse)
    #expect(try await told(tina, base) == ["request.task_given"])
    let read = try #require(try await base.inbox(tina).first)
    #expect(read["subject"] == "[ACME-REQ-000001] For your team: Mouse" && read["about"] == first && read["body"]?.text?.contains("Team: Desk") == true)
    for other in [base.engineer, base.colleague, olaf, world.orderer] {
      #expect(try await told(other, base).filter { $0.contains("task") } == [], "\(other.name)")
    }
    func give(_ task: Value, to team: Value) async throws {
      let seen = try await base.call("task.read", ["id": task], as: base.engineer)
      try await base.call("task.give", ["id": task, "team": team], as: base.engineer, version: seen["version"]?.integer)
    }
    try await give(first, to: vans)
    #expect(try await told(base.colleague, base) == ["request.task_given"])
    let second = try await order(mouse)
    try await give(second, to: vans)
    #expect(try await told(base.colleague, base).count == 2, "it was opened and given: once")
    #expect(try await told(tina, base) == ["request.task_given"], "her team has it no more")
    let third = try await order(mouse)
    try await base.call("task.claim", ["id": third], as: base.engineer)
    #expect(try await told(tina, base) == ["request.task_given"], "somebody is at it")
    try await give(first, to: desk["id"] ?? .null)
    #expect(try await told(tina, base).count == 2, "what came back is theirs again")
    #expect(try await base.left() == 0)
  }

  @Test func aTeamHearsOfATaskOfAChange() async throws {
    let world = try await OrderWorld()
    let base = world.base
    let (tina, tinaId) = try await NotificationsWorld.staff("Tina", base.database)
    let vans = try await team("Vans", of: [tinaId, base.colleagueId], base)
    let tasks: [Value] = [
      .object(["name": .object(["en": "Swap"]), "step": 1, "team": vans]), .object(["name": .object(["en": "Ping"]), "step": 2]),
    ]
    let change = try await world.agreedChange(tasks: tasks)
    base.database.clock.advance(seconds: 3600)
    try await world.act("start", on: change)
    func given(_ principal: Principal) async throws -> [String] { try await told(principal, base).filter { $0.hasSuffix(".task_given") } }
    #expect(try await given(tina) == ["change.task_given"])
    #expect(try await base.inbox(tina).first { $0["event"] == "change.task_given" }?["subject"] == "[PROV-CHG-000001] For your team: Swap")
    #expect(try await given(base.colleague) == [], "he has begun it")
    let part = try await base.call("change.read", ["id": change], as: base.engineer)["tasks"]?.array?.first?["id"] ?? .null
    try await base.call("change_task.complete", ["id": part, "result": "Swapped"], as: base.engineer)
    #expect(try await given(tina) == ["change.task_given"], "what is of no team is told nobody")
    #expect(try await base.left() == 0)
  }

  @Test func rulesNameTheTeam() async throws {
    let world = try await NotificationsWorld()
    func answer(_ event: String) async -> String {
      await refusal { try await world.rule(event, ["audience": .array(["team"])], name: event) }
    }
    for event in [
      "incident.assigned", "clock.warned", "problem.offered", "major_incident.offered", "request.task_given", "change.task_failed", "problem.assigned",
      "change.assigned", "problem.resolved", "change.closed",
    ] {
      #expect(await answer(event) == "accepted", "\(event)")
    }
    for event in ["request.submitted", "change.approval_asked", "release.deployed", "renewal.due"] {
      #expect(await answer(event) == "audience notification_rule.no_such_audience", "\(event)")
    }
    let all = Value.array(Audience.allCases.filter { $0 != .approvers && $0 != .sorters }.map { .text($0.rawValue) })
    #expect(await refusal { try await world.rule("incident.reopened", ["audience": all], name: "All") } == "accepted")
  }
}
