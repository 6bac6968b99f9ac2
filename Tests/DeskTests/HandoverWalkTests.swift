import Desk
import Kernel
import Operations
import TestSupport
import Testing

/// Hand-overs of incidents through their operations, beside a model of who answers, to whom it is offered, and who may say what to that.
@Suite struct HandoverWalkTests {
  private enum What: CaseIterable { case start, take, offer, offerTeam, accept, giveBack, resolve, reopen }

  /// Three engineers, and the operator, who keeps the contracts of all and answers for nothing.
  private static let operatorsPlace = 3
  /// The team has one of them.
  private static let member = 1

  private struct Act: CaseIterable {
    let what: What
    let who: Int
    /// Whom it is offered to.
    let receiver: Int

    static let allCases: [Act] = {
      var acts: [Act] = []
      for what in What.allCases {
        let most = what == .offer || what == .offerTeam || what == .giveBack ? HandoverWalkTests.operatorsPlace : HandoverWalkTests.operatorsPlace - 1
        for who in 0...most {
          for receiver in 0...(what == .offer ? 2 : 0) { acts.append(Act(what: what, who: who, receiver: receiver)) }
        }
      }
      return acts
    }()
  }

  private struct Offer: Hashable {
    let from: Int
    /// Nil: the team.
    let receiver: Int?
    let by: Int
    var outcome: String?
  }

  private struct Model: Hashable {
    var state = "new"
    var owner: Int?
    var offers: [Offer] = []

    /// The one that nobody has answered.
    var standing: Offer? { offers.last.flatMap { $0.outcome == nil ? $0 : nil } }

    mutating func answer(_ outcome: String) {
      if standing != nil { offers[offers.count - 1].outcome = outcome }
    }
  }

  /// Written apart from the code.
  private static func expected(_ model: Model, _ act: Act) -> Model? {
    var next = model
    let isOpen = model.state != "resolved"
    switch act.what {
    case .start:
      guard model.state == "new" else { return nil }
      next.state = "active"
      next.owner = model.owner ?? act.who
    case .take:
      guard model.owner == nil else { return nil }
      next.owner = act.who
    case .offer, .offerTeam:
      let receiver: Int? = act.what == .offer ? act.receiver : nil
      guard isOpen, model.standing == nil, let owner = model.owner, receiver != owner else { return nil }
      guard act.who == owner || act.who == operatorsPlace else { return nil }
      next.offers.append(Offer(from: owner, receiver: receiver, by: act.who))
    case .accept:
      guard let offer = model.standing, act.who == offer.receiver ?? member else { return nil }
      next.answer("accepted")
      next.owner = act.who
    case .giveBack:
      guard let offer = model.standing else { return nil }
      let isOfferers = act.who == offer.by || act.who == model.owner
      // Who keeps the contracts answers for a team, and for nobody else.
      let isReceivers = offer.receiver.map { $0 == act.who } ?? (act.who == member || act.who == operatorsPlace)
      guard isOfferers || isReceivers else { return nil }
      next.answer(isOfferers ? "withdrawn" : "returned")
    case .resolve:
      guard isOpen else { return nil }
      next.state = "resolved"
      next.owner = model.owner ?? act.who
      next.answer("withdrawn")
    case .reopen:
      guard !isOpen else { return nil }
      next.state = "active"
    }
    return next
  }

  @Test func handoversGoWhereTheModelLetsThem() async throws {
    let world = try await DeskWorld()
    var made: [(principal: Principal, id: Value)] = []
    for _ in 0..<Self.operatorsPlace {
      let principal = try await world.database.staff(.engineer)
      let bits = try await world.database.superuser.transaction { try await $0.query(StaffBits(account: principal.actor.id)) }
      let id = Value.id(world.database.provider.id("stf", try #require(bits.first)))
      try await world.database.call(
        "staff_grant.add", ["account": id, "role": "engineer", "everyCustomer": .bool(true)], as: world.database.root)
      made.append((principal, id))
    }
    let people = made
    let team = try await world.database.call("team.create", ["name": "Field service"], as: world.database.root)
    try await world.database.call(
      "team.add_member", ["id": team["id"] ?? .null, "staff": people[Self.member].id], as: world.database.root, version: team["version"]?.integer)
    let walk = OperationWalk<Model, Act>(
      expected: Self.expected,
      perform: { act, seen in
        let principal = act.who == Self.operatorsPlace ? world.database.root : people[act.who].principal
        switch act.what {
        case .start: try await world.act("start", on: seen, as: principal)
        case .take: try await world.act("take", on: seen, as: principal)
        case .offer: try await world.act("offer", on: seen, ["staff": people[act.receiver].id, "reason": "Knows the site"], as: principal)
        case .offerTeam: try await world.act("offer", on: seen, ["team": team["id"] ?? .null], as: principal)
        case .accept: try await world.act("accept_offer", on: seen, as: principal)
        case .giveBack: try await world.act("return_offer", on: seen, ["reason": "On leave"], as: principal)
        case .resolve: try await world.act("resolve", on: seen, ["resolution": "Done"], as: principal)
        case .reopen: try await world.act("reopen", on: seen, ["reason": "Still broken"], as: principal)
        }
      },
      read: { seen in
        let incident = try await world.read(seen)
        return .object((incident.members ?? []) + [Value.Member("handovers", .array(try await world.list("handovers", of: seen)))])
      },
      agrees: { model, read in
        let owner: Value = model.owner.map { people[$0].id } ?? .null
        let rule: Value = model.owner == nil ? .null : "person"
        guard read["state"] == .text(model.state), read["owner"] == owner, read["ownerBy"] == rule else { return false }
        let handovers = read["handovers"]?.array ?? []
        guard handovers.count == model.offers.count else { return false }
        return zip(handovers, model.offers).allSatisfy { shown, offer in
          let staff: Value = offer.receiver.map { people[$0].id } ?? .null
          let isTeams = offer.receiver == nil
          guard shown["from"] == people[offer.from].id, shown["staff"] == staff else { return false }
          return shown["outcome"] == .text(offer.outcome) && (shown["team"] == team["id"]) == isTeams
        }
      }, isPossible: { model, act in ![.offer, .offerTeam].contains(act.what) || model.offers.count < 4 })
    let reached = try await walk.run(
      seeds: [1, 2, 3], walks: 5, steps: 12, begin: { (Model(), try await world.open()) }, pause: { world.database.clock.advance(seconds: 60) })
    #expect(Set(reached.map(\.state)) == ["new", "active", "resolved"], "\(reached)")
    let offers = Set(reached.flatMap(\.offers))
    #expect(Set(offers.map(\.outcome)) == [nil, "accepted", "returned", "withdrawn"], "\(offers)")
    #expect(Set(offers.filter { $0.receiver == nil }.map(\.outcome)).isSuperset(of: [nil, "accepted"]), "\(offers)")
    #expect(offers.contains { $0.by == Self.operatorsPlace } && offers.contains { $0.by != Self.operatorsPlace })
  }
}
