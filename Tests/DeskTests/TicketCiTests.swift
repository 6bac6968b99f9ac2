import Contracts
import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

@testable import Desk

/// Tickets that name CIs, and what they have from them.
@Suite struct TicketCiTests {
  @Test func theMostCriticalCiGivesTheTierAndThatTheTargets() async throws {
    let world = try await CiWorld()
    let (gold, platinum) = (try await world.ci("files-01", tier: "gold"), try await world.ci("core-01", tier: "platinum"))
    let ticket = try await world.open(["cis": .array([gold, platinum])])
    #expect(ticket["ciTier"] == "platinum")
    #expect(world.due(ticket, "resolution") == "2026-03-02T08:30:00Z")
    let tier = try await world.explain(ticket)["tier"]
    #expect(tier?["source"] == "ci")
    #expect(tier?["ci"] == platinum)
    #expect(tier?["ciName"] == "core-01")
    #expect(tier?["english"]?.text?.contains("core-01") == true && tier?["chinese"]?.text?.contains("core-01") == true)
    let cis = try await world.desk.list("cis", of: ticket)
    #expect(cis.compactMap { $0["id"] } == [gold, platinum])
    #expect(cis.compactMap { $0["gaveTier"] } == [.bool(false), .bool(true)])
    let events = try await world.desk.list("history", of: ticket)
    #expect(events.last?["type"] == "incident.cis_changed" && events.last?["payload"]?["added"] == .array([gold, platinum]))
    #expect(events.first?["payload"]?["tierFrom"] == platinum)
  }

  @Test func aTierThatSomebodyNamesGoesBeforeUntilItIsCleared() async throws {
    let world = try await CiWorld()
    let platinum = try await world.ci("core-01", tier: "platinum")
    let ticket = try await world.open(["cis": .array([platinum]), "ciTier": "silver"])
    #expect(ticket["ciTier"] == "silver")
    #expect(try await world.explain(ticket)["tier"]?["source"] == "named")
    let cleared = try await world.desk.act("classify", on: ticket, ["ciTier": .null])
    #expect(cleared["ciTier"] == "platinum")
    let named = try await world.desk.act("classify", on: cleared, ["ciTier": "platinum"])
    let without = try await world.desk.act("remove_ci", on: named, ["ci": platinum])
    #expect(without["ciTier"] == "platinum", "a person said so by now")
    #expect(try await world.explain(without)["tier"]?["source"] == "named")
  }

  @Test func targetsFollowTheCisAndUsedTimeStaysUsed() async throws {
    let world = try await CiWorld()
    let platinum = try await world.ci("core-01", tier: "platinum")
    let opened = try await world.open([:])
    #expect(world.due(opened, "resolution") == "2026-03-03T16:00:00Z")
    try world.desk.at("2026-03-02T08:10:00Z")
    let held = try await world.desk.act("hold", on: opened, ["reason": "awaiting_requester", "comment": "Which one?"])
    try world.desk.at("2026-03-02T09:10:00Z")
    let resumed = try await world.desk.act("resume", on: held)
    let named = try await world.desk.act("add_ci", on: resumed, ["ci": platinum, "reason": "Found by tracing"])
    #expect(world.due(named, "resolution") == "2026-03-02T09:30:00Z", "ten minutes of the half hour are used, the hour's wait is not")
    #expect(named["ciTier"] == "platinum")
    let events = try await world.desk.list("history", of: named).suffix(2)
    #expect(events.compactMap { $0["type"] } == ["incident.cis_changed", "incident.classified"])
    #expect(events.last?["payload"]?["tierFrom"] == platinum)
    #expect(!"\(events)".contains("tracing"), "what somebody wrote is no part of the history")
    let removed = try await world.desk.act("remove_ci", on: named, ["ci": platinum, "reason": "Another one"])
    #expect(removed["ciTier"] == .null)
    #expect(world.due(removed, "resolution") == "2026-03-04T09:00:00Z", "sixteen hours from the opening, and the hour that it waited")
    let all = try await world.desk.database.call(
      "incident.cis", ["id": removed["id"] ?? .null, "withRemoved": .bool(true)], as: world.desk.engineer)["items"]?.array
    #expect(all?.first?["reason"] == "Found by tracing" && all?.first?["removalReason"] == "Another one")
    #expect(try await world.desk.list("cis", of: removed) == [])
  }

  /// Which of the CIs it was about stands in the history; of those people of the customer who may not see a CI, in none of theirs.
  @Test func theHistoryNamesNoCiThatOneMayNotSee() async throws {
    let world = try await CiWorld()
    let platinum = try await world.ci("core-01", tier: "platinum")
    let requester = try await world.desk.database.user(.requester, of: world.desk.acme, .own)
    let opened = try await world.open([:], as: requester)
    let named = try await world.desk.act("add_ci", on: opened, ["ci": platinum])
    #expect("\(try await world.desk.list("history", of: named))".contains(platinum.text ?? "-"))
    let seen = try await world.desk.list("history", of: named, as: requester)
    #expect(seen.contains { $0["type"] == "incident.cis_changed" } && !"\(seen)".contains(platinum.text ?? "-"))
  }

  /// A classification that asked no CI says nothing of them; what was taken off gives nothing; a part names what the whole named.
  @Test func whatTheHistorySaysOfCisIsTrue() async throws {
    let world = try await CiWorld()
    let platinum = try await world.ci("core-01", tier: "platinum")
    let ticket = try await world.open(["cis": .array([platinum])])
    let classified = try await world.desk.act("classify", on: ticket, ["impact": 1])
    let event = try await world.desk.list("history", of: classified).last
    #expect(event?["type"] == "incident.classified" && event?["payload"]?["tierFrom"] == nil)
    let part = try await world.desk.act("split", on: classified, ["title": "A part"])
    let told = try await world.desk.list("history", of: part)
    #expect(told.first?["payload"]?["tierFrom"] == platinum)
    #expect(told.contains { $0["type"] == "incident.cis_changed" && $0["payload"]?["added"] == .array([platinum]) })
    let removed = try await world.desk.act("remove_ci", on: try await world.desk.read(classified), ["ci": platinum])
    let rows = try await world.desk.database.call(
      "incident.cis", ["id": removed["id"] ?? .null, "withRemoved": .bool(true)], as: world.desk.engineer)["items"]
    #expect(rows?.column("gaveTier") == [.bool(false)])
  }

  /// The queue of a CI holds what is open: what was resolved leaves it, and comes back when it is reopened.
  @Test func theQueueOfACiHoldsWhatIsOpen() async throws {
    let world = try await CiWorld()
    let core = try await world.shared("Core", affecting: [world.desk.acme])
    let ticket = try await world.open(["sharedCis": .array([core])])
    func queue() async throws -> [Value] {
      try await world.desk.database.call("incident.queue", ["ci": core], as: world.desk.engineer)["items"]?.column("id") ?? []
    }
    #expect(try await queue() == [ticket["id"] ?? .null])
    let resolved = try await world.desk.act("resolve", on: ticket, ["resolution": "done"])
    #expect(try await queue() == [])
    _ = try await world.desk.act("reopen", on: resolved, ["reason": "Still broken."])
    #expect(try await queue() == [ticket["id"] ?? .null])
  }

  /// What goes makes room for what comes: seventy are replaced by fifty others.
  @Test func aLongListIsReplaced() async throws {
    let world = try await CiWorld()
    var named: [Value] = []
    for number in 1...120 { named.append(try await world.ci("a-\(number)")) }
    var ticket = try await world.open(["cis": .array(Array(named[..<50]))])
    for ci in named[50..<70] { ticket = try await world.desk.act("add_ci", on: ticket, ["ci": ci]) }
    let wanted = Array(named[70...])
    ticket = try await world.desk.act("classify", on: ticket, ["cis": .array(wanted)])
    #expect(try await world.desk.list("cis", of: ticket).count == 50)
  }

  @Test func moreThanTheMostAreRefused() throws {
    func ci(_ number: Int) -> NamedCi {
      let bits = [UInt8(number)]
      let facts = NamedCi.Facts(id: Int64(number), publicId: bits, name: "", typeCode: "server", state: "in_use", tier: nil, rank: nil, line: nil)
      return NamedCi(facts, isShared: false)
    }
    var cis = TicketCis(tierIsNamed: true, serviceIsNamed: true)
    for number in 1...TicketCis.most { try cis.add(ci(number)) }
    #expect(throws: Failure.self) { try cis.add(ci(TicketCis.most + 1)) }
    try cis.add(ci(1))
    #expect(cis.named.count == TicketCis.most)
  }

  @Test func aLockHoldsAgainstCisToo() async throws {
    let world = try await CiWorld()
    let platinum = try await world.ci("core-01", tier: "platinum")
    let opened = try await world.open([:])
    let locked = try await world.desk.act("lock_targets", on: opened, ["reason": "Agreed"], as: world.desk.manager)
    let named = try await world.desk.act("add_ci", on: locked, ["ci": platinum])
    #expect(named["ciTier"] == "platinum")
    #expect(world.due(named, "resolution") == world.due(opened, "resolution"))
    let unlocked = try await world.desk.act("unlock_targets", on: named, ["reason": "Over"], as: world.desk.manager)
    #expect(world.due(unlocked, "resolution") == "2026-03-02T08:30:00Z")
  }

  @Test func theServiceIsWhatTheCoveringLineSells() async throws {
    let world = try await CiWorld()
    let mail = try await world.ci("mail-01")
    try await world.cover(mail, bySelling: "VIP", from: "2026-01-02")
    let ticket = try await world.open(["cis": .array([mail])])
    #expect(ticket["service"] == "VIP")
    #expect(world.due(ticket, "resolution") == "2026-03-02T10:00:00Z")
    let basis = try await world.explain(ticket)["service"]
    #expect(basis?["source"] == "ci" && basis?["ci"] == mail)
    // Covered from a later day on, the line says nothing about a ticket of today.
    let later = try await world.ci("mail-02")
    try await world.cover(later, bySelling: "VIP", from: "2026-03-03", addsLine: false)
    #expect(try await world.open(["cis": .array([later])])["service"] == .null)
    let named = try await world.open(["cis": .array([mail]), "service": "LAB"])
    #expect(named["service"] == "LAB")
    #expect(try await world.desk.act("classify", on: named, ["service": .null])["service"] == "VIP")
  }

  @Test func whatIsRetiredIsNamedByNoTicketAnewAndStaysOnOldOnes() async throws {
    let world = try await CiWorld()
    let (old, other) = (try await world.ci("old-01", tier: "gold"), try await world.ci("new-01"))
    let ticket = try await world.open(["cis": .array([old])])
    try await world.retire(old)
    #expect(await world.refused { try await world.open(["cis": .array([other, old])]) } == ["cis[1] ticket.ci_retired"])
    #expect(await world.refused { try await world.open(["primaryCi": old]) } == ["primaryCi ticket.ci_retired"])
    let bare = try await world.open([:])
    #expect(await world.refused { try await world.desk.act("add_ci", on: bare, ["ci": old]) } == ["ci ticket.ci_retired"])
    #expect(await world.refused { try await world.desk.act("classify", on: bare, ["cis": .array([old])]) } == ["cis[0] ticket.ci_retired"])
    // The list is given as a whole, and what stands in it already may stay.
    let more = try await world.desk.act("classify", on: ticket, ["cis": .array([old, other])])
    #expect(try await world.desk.list("cis", of: more).compactMap { $0["state"] } == ["retired", "in_use"])
    #expect(more["ciTier"] == "gold")
    #expect(
      await world.refused { try await world.desk.act("classify", on: more, ["cis": .array([other, old, .id(try bogus(old))])]) } == [
        "cis[2] input.unknown_reference"
      ])
  }

  private func bogus(_ id: Value) throws -> PublicId {
    let known = try #require(id.text.flatMap { PublicId($0) })
    return try #require(PublicId(kind: known.kind, handle: known.handle, random: [UInt8](repeating: 7, count: 12)))
  }

  @Test func oneIsThePrimaryOne() async throws {
    let world = try await CiWorld()
    let (one, two) = (try await world.ci("one"), try await world.ci("two"))
    let ticket = try await world.open(["cis": .array([one]), "primaryCi": two])
    func primary(_ ticket: Value) async throws -> [Value] { try await world.desk.list("cis", of: ticket).compactMap { $0["primary"] } }
    #expect(try await primary(ticket) == [.bool(false), .bool(true)])
    let moved = try await world.desk.act("add_ci", on: ticket, ["ci": one, "primary": .bool(true)])
    #expect(try await primary(moved) == [.bool(true), .bool(false)])
    #expect(await world.refused { try await world.desk.act("add_ci", on: moved, ["ci": one]) } == ["ticket.ci_named"])
    let gone = try await world.desk.act("remove_ci", on: moved, ["ci": one])
    #expect(try await primary(gone) == [.bool(false)])
    let again = try await world.desk.act("classify", on: gone, ["cis": .array([one]), "primaryCi": one])
    #expect(try await world.desk.list("cis", of: again).compactMap { $0["id"] } == [one])
  }

  @Test func whatIsSplitOffNamesTheSameCis() async throws {
    let world = try await CiWorld()
    let gold = try await world.ci("files-01", tier: "gold")
    let ticket = try await world.open(["primaryCi": gold])
    let part = try await world.desk.act("split", on: ticket, ["title": "And the printer"])
    let cis = try await world.desk.list("cis", of: part)
    #expect(cis.compactMap { $0["id"] } == [gold] && cis.first?["gaveTier"] == .bool(true) && cis.first?["primary"] == .bool(true))
    #expect(try await world.explain(part)["tier"]?["source"] == "ci")
  }

  @Test func listsAndTheQueueAreNarrowedToACi() async throws {
    let world = try await CiWorld()
    let (one, two) = (try await world.ci("one"), try await world.ci("two"))
    let first = try await world.open(["cis": .array([one])])
    let second = try await world.open(["cis": .array([one, two])])
    _ = try await world.open([:])
    let customer = Value.id(world.desk.acme.publicId)
    func listed(_ ci: Value) async throws -> [Value] {
      try await world.desk.database.call("incident.list", ["customer": customer, "ci": ci], as: world.desk.engineer)["items"]?.column("id") ?? []
    }
    func queued(_ ci: Value, as principal: Principal? = nil) async throws -> [Value] {
      try await world.desk.database.call("incident.queue", ["ci": ci], as: principal ?? world.desk.engineer)["items"]?.column("id") ?? []
    }
    let (firstId, secondId) = (first["id"] ?? .null, second["id"] ?? .null)
    #expect(Set(try await listed(one)) == [firstId, secondId])
    #expect(Set(try await queued(one)) == [firstId, secondId])
    #expect(try await listed(two) == [secondId])
    #expect(try await queued(two) == [secondId])
    _ = try await world.desk.act("remove_ci", on: second, ["ci": two])
    #expect(try await listed(two) == [])
    #expect(try await queued(two) == [])
    let stranger = try await world.desk.database.staff(.engineer, for: [world.desk.other])
    #expect(await world.refused { .array(try await queued(one, as: stranger)) } == ["ci input.unknown_reference"])
  }

  @Test func theTierOfTwoEqualsIsThePrimarysAndTheServiceOfThePrimaryGoesFirst() {
    func ci(_ id: Int64, tier: String?, rank: Int64?, service: String? = nil, isPrimary: Bool = false) -> NamedCi {
      var ci = NamedCi(
        NamedCi.Facts(id: id, publicId: [UInt8(clamping: id)], name: "\(id)", typeCode: "server", state: "in_use", tier: tier, rank: rank, line: nil),
        isShared: false)
      ci.isPrimary = isPrimary
      ci.service = service.map { Ticket.Service(id: id, code: $0) }
      return ci
    }
    #expect(CiChoice.tier(of: []) == nil && CiChoice.service(of: [ci(1, tier: "gold", rank: 2)]) == nil)
    #expect(CiChoice.tier(of: [ci(1, tier: nil, rank: nil), ci(2, tier: "gold", rank: 2), ci(3, tier: "platinum", rank: 1)]) == 2)
    #expect(CiChoice.tier(of: [ci(1, tier: "gold", rank: 2), ci(2, tier: "gold", rank: 2)]) == 0)
    #expect(CiChoice.tier(of: [ci(1, tier: "gold", rank: 2), ci(2, tier: "gold", rank: 2, isPrimary: true)]) == 1)
    #expect(CiChoice.tier(of: [ci(1, tier: "gold", rank: 2, isPrimary: true), ci(2, tier: "platinum", rank: 1)]) == 1)
    #expect(
      CiChoice.service(of: [ci(1, tier: "platinum", rank: 1, service: "A"), ci(2, tier: nil, rank: nil, service: "B", isPrimary: true)]) == 1)
    #expect(CiChoice.service(of: [ci(1, tier: nil, rank: nil, service: "A"), ci(2, tier: "gold", rank: 2, service: "B")]) == 1)
  }
}
