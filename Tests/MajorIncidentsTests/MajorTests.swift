import Desk
import Kernel
import Operations
import Postgres
import TestSupport
import Tenancy
import Testing

@testable import MajorIncidents

@Suite struct MajorTests {
  @Test func itGoesThroughItsStates() async throws {
    let world = try await MajorWorld()
    let incident = try await world.incident("Slow")
    var major = try await world.declare([(incident, world.acme)])
    #expect(major["state"] == "declared" && major["number"] == "PROV-MAJ-000001" && major["incidents"] == 1 && major["customers"] == 1)
    #expect(major["lead"]?.text?.hasPrefix("stf_") == true)
    #expect(await refusal { try await world.act("review", on: major, ["review": "x"]) } == "major_incident.wrong_state")
    major = try await world.act("mitigate", on: major, ["mitigation": "Second line", "tellCustomers": "It works again, slowly."])
    major = try await world.act("resolve", on: major, ["resolution": "Disk replaced"])
    #expect(await refusal { try await world.link(try await world.incident("Late"), to: major) } == "major_incident.wrong_state")
    major = try await world.act("reopen", on: major, ["reason": "It fails again"])
    #expect(major["state"] == "declared" && major["resolvedAt"] == .null && major["resolution"] == "Disk replaced" && major["reopenCount"] == 1)
    major = try await world.act("resolve", on: major, ["resolution": "Controller replaced"])
    major = try await world.act("review", on: major, ["review": "Watch the controllers"])
    #expect(major["state"] == "reviewed" && major["review"] == "Watch the controllers")
    #expect(await refusal { try await world.act("log", on: major, ["body": "x", "audience": "internal"]) } == "major_incident.wrong_state")
    let events = try await world.list("major_incident.history", major["id"]).compactMap { $0["type"]?.text?.split(separator: ".").last.map(String.init) }
    #expect(
      events == ["declared", "incident_linked", "mitigated", "logged", "resolved", "reopened", "logged", "resolved", "reviewed"], "\(events)")
    #expect(try await world.list("major_incident.entries", major["id"]).compactMap { $0["audience"] } == ["customers", "internal"])
    // A version that is not the newest changes nothing; what changes nothing raises none.
    await expectFailure(.conflict) { try await world.act("change", on: major, ["title": "Other"]) }
    let fresh = try await world.declare([])
    let same = try await world.act("change", on: fresh, ["title": "Storage CANARY"])
    #expect(same["version"] == fresh["version"])
    _ = try await world.act("change", on: fresh, ["title": "Network"])
    await expectFailure(.versionMismatch) { try await world.act("change", on: fresh, ["title": "Other"]) }
  }

  /// Guard: by its number it is judged as by its id: one that is hidden is like one that nobody has.
  @Test func aNumberStandsForTheId() async throws {
    let world = try await MajorWorld()
    let major = try await world.declare([(try await world.incident("Slow", of: world.other), world.other)])
    for name in ["PROV-MAJ-000001", "prov-maj-1"] as [Value] {
      let read = try await world.call("major_incident.read", ["id": name])
      #expect(read["id"] == major["id"])
    }
    try await world.call("major_incident.link", ["id": "PROV-MAJ-1", "incident": try await world.incident("Slow too", of: world.other)])
    for name in ["PROV-MAJ-000001", "PROV-MAJ-000777", "NOBODY-MAJ-000001"] as [Value] {
      for operation in ["major_incident.read", "major_incident.entries"] {
        let refused = await refusal { try await world.call(operation, ["id": name], as: world.servesAcme) }
        #expect(refused == "not_found")
      }
    }
  }

  @Test func theTableOfStates() {
    let allowed: [MajorState: [MajorState.Step: MajorState]] = [
      .declared: [.write: .declared, .link: .declared, .unlink: .declared, .mitigate: .mitigated, .resolve: .resolved],
      .mitigated: [.write: .mitigated, .link: .mitigated, .unlink: .mitigated, .resolve: .resolved, .reopen: .declared],
      .resolved: [.write: .resolved, .unlink: .resolved, .review: .reviewed, .reopen: .declared], .reviewed: [.unlink: .reviewed],
    ]
    for state in MajorState.allCases {
      for step in MajorState.Step.allCases { #expect(state.after(step) == allowed[state]?[step], "\(state) \(step)") }
    }
  }

  // MARK: What customers see

  /// Each is told on his own incident, once; nothing says that there are others.
  @Test func eachCustomerIsToldOnHisOwnIncidentOnce() async throws {
    let world = try await MajorWorld()
    let (mine, mine2) = (try await world.incident("Slow"), try await world.incident("Very slow"))
    let theirs = try await world.incident("Stands still", of: world.other)
    let major = try await world.declare([(mine, world.acme), (theirs, world.other), (mine2, world.acme)])
    try await world.act("log", on: major, ["body": "Storage vendor called CANARY", "audience": "internal"])
    try await world.act("log", on: major, ["body": "We know of it and work on it.", "audience": "customers"], key: "the-same")
    try await world.act("log", on: major, ["body": "We know of it and work on it.", "audience": "customers"], key: "the-same")
    #expect(try await world.said(on: mine) == [], "the act waits for none of them")
    for _ in 0..<2 { try await world.tell() }
    for incident in [mine, mine2] { #expect(try await world.said(on: incident) == ["We know of it and work on it."]) }
    #expect(try await world.said(on: theirs, to: world.othersManager) == ["We know of it and work on it."])
    let comment = try await world.list("incident.comments", mine).first
    #expect(comment?["authorName"] == .text(world.engineer.name) && comment?["visibility"] == "public")
    #expect(try await world.call("incident.read", ["id": mine])["respondedAt"] != .null, "it is a response to each")
    // All that ACME's manager can read of it.
    for operation in ["incident.history", "incident.comments", "incident.links"] {
      let seen = "\(try await world.call(operation, ["id": mine, "limit": 200], as: world.acmesManager))"
      #expect(!seen.contains("CANARY") && !seen.contains("mji_") && !seen.contains("MAJ") && !seen.contains("OTHER") && !seen.contains("major"), "\(seen)")
    }
    for (operation, id) in [
      ("major_incident.read", major["id"]), ("major_incident.incidents", major["id"]), ("major_incident.entries", major["id"]),
      ("incident.major_incidents", mine),
    ] {
      await expectFailure(.denied) { try await world.call(operation, ["id": id ?? .null], as: world.acmesManager) }
    }
    #expect(try await world.list("incident.major_incidents", mine).compactMap { $0["number"] } == ["PROV-MAJ-000001"])
    #expect(try await world.left() == 0)
  }

  /// Who joins later is told what the others were told last; who was closed or taken out is told nothing more.
  @Test func whoJoinsLaterIsToldTheLast() async throws {
    let world = try await MajorWorld()
    let (first, closed, out, late) = (
      try await world.incident("First"), try await world.incident("Closed"), try await world.incident("Out"), try await world.incident("Late")
    )
    let major = try await world.declare([(first, world.acme), (closed, world.acme), (out, world.acme)])
    try await world.act("log", on: major, ["body": "One", "audience": "customers"])
    try await world.act("log", on: major, ["body": "Two", "audience": "customers"])
    try await world.tell()
    try await world.call("incident.resolve", ["id": closed, "resolution": "Gone"], version: try await world.call("incident.read", ["id": closed])["version"])
    try await world.call("incident.close", ["id": closed], version: try await world.call("incident.read", ["id": closed])["version"])
    try await world.call("major_incident.unlink", ["id": major["id"] ?? .null, "incident": out, "reason": "Another fault"])
    try await world.link(late, to: major)
    try await world.act("log", on: major, ["body": "Three", "audience": "customers"])
    for _ in 0..<2 { try await world.tell() }
    #expect(try await world.said(on: first) == ["One", "Two", "Three"])
    #expect(try await world.said(on: late) == ["Two", "Three"])
    #expect(try await world.said(on: closed) == ["One", "Two"])
    #expect(try await world.said(on: out) == ["One", "Two"])
  }

  /// Whoever joins after it was reopened is not told what was said before; of what was said since, its author is who said it.
  @Test func whoJoinsAfterItWasReopenedHearsNothingUntrue() async throws {
    let world = try await MajorWorld()
    let (early, late) = (try await world.incident("Early"), try await world.incident("Late"))
    var major = try await world.declare([])
    major = try await world.act("mitigate", on: major, ["mitigation": "Second line", "tellCustomers": "It works again."])
    major = try await world.act("reopen", on: major, ["reason": "It does not"])
    try await world.link(early, to: major)
    try await world.tell()
    #expect(try await world.said(on: early) == [])
    try await world.act("log", on: major, ["body": "It fails again.", "audience": "customers"])
    try await world.link(late, to: major, as: world.database.root)
    try await world.tell()
    for incident in [early, late] { #expect(try await world.said(on: incident) == ["It fails again."]) }
    #expect(try await world.list("incident.comments", late).first?["authorName"] == .text(world.engineer.name))
    // Taken out and linked again, it is not told the same again.
    for incident in [early, late] {
      try await world.call("major_incident.unlink", ["id": major["id"] ?? .null, "incident": incident, "reason": "No"])
      try await world.link(incident, to: major)
    }
    try await world.tell()
    for incident in [early, late] { #expect(try await world.said(on: incident) == ["It fails again."]) }
  }

  /// What was reviewed keeps nobody: an incident that was no part of it is taken out, and joins another.
  @Test func anIncidentIsTakenOutOfWhatWasReviewed() async throws {
    let world = try await MajorWorld()
    let incident = try await world.incident("Slow")
    var major = try await world.declare([(incident, world.acme)])
    major = try await world.act("resolve", on: major, ["resolution": "Disk replaced"])
    major = try await world.act("review", on: major, ["review": "Watch the disks"])
    let second = try await world.declare([])
    #expect(await refusal { try await world.link(incident, to: second) } == "major_incident.linked")
    try await world.call("major_incident.unlink", ["id": major["id"] ?? .null, "incident": incident, "reason": "Another fault"])
    try await world.link(incident, to: second)
    #expect(try await world.list("major_incident.incidents", second["id"]).count == 1)
  }

  /// One that went into another is told there, and nobody twice.
  @Test func mergedIncidentsHearItOnce() async throws {
    let world = try await MajorWorld()
    let (kept, merged, alone, into) = (
      try await world.incident("Kept"), try await world.incident("Merged"), try await world.incident("Alone"), try await world.incident("Into")
    )
    let major = try await world.declare([(kept, world.acme), (merged, world.acme), (alone, world.acme)])
    try await world.call("incident.merge", ["id": merged, "into": kept], version: 1)
    try await world.call("incident.merge", ["id": alone, "into": into], version: 1)
    try await world.act("log", on: major, ["body": "One", "audience": "customers"])
    try await world.tell()
    #expect(try await world.said(on: kept) == ["One"])
    #expect(try await world.said(on: into) == ["One"])
    #expect(try await world.said(on: merged) == ["One"], "read on it, said where it went")
    #expect(try await world.said(on: alone) == ["One"], "said on it, and it went on")
    // Two that went into one that is no part of it: it is said there once.
    let (first, second, both) = (try await world.incident("First"), try await world.incident("Second"), try await world.incident("Both"))
    let other = try await world.declare([(first, world.acme), (second, world.acme)])
    for one in [first, second] { try await world.call("incident.merge", ["id": one, "into": both], version: 1) }
    try await world.act("log", on: other, ["body": "Two", "audience": "customers"])
    try await world.tell()
    #expect(try await world.said(on: both) == ["Two"])
  }

  // MARK: Who may

  @Test func whoeverActsMayWorkAtEach() async throws {
    let world = try await MajorWorld()
    let (mine, theirs) = (try await world.incident("Slow"), try await world.incident("Stands still", of: world.other))
    let own = try await world.declare([(mine, world.acme)], as: world.servesAcme)
    // Of an incident that he does not serve he knows nothing.
    #expect(await refusal { try await world.link(theirs, to: own, as: world.servesAcme) } == "incident input.unknown_reference")
    // Its lead may not work for the other customer: another one leads it first.
    #expect(await refusal { try await world.link(theirs, to: own) } == "incident major_incident.lead_may_not")
    let major = try await world.declare([(try await world.incident("Too"), world.acme), (theirs, world.other)])
    // He sees it, with what is his, and says nothing to the others.
    let seen = try await world.call("major_incident.read", ["id": major["id"] ?? .null], as: world.servesAcme)
    #expect(seen["incidents"] == 1 && seen["customers"] == 1)
    let incidents = try await world.list("major_incident.incidents", major["id"], as: world.servesAcme)
    #expect(incidents.count == 1 && incidents.first?["customer"] == .id(world.acme.publicId))
    let history = "\(try await world.list("major_incident.history", major["id"], as: world.servesAcme))"
    #expect(!history.contains(theirs.text ?? "?") && !history.contains("customerRow"))
    let input: KeyValuePairs<String, Value> = ["body": "x", "audience": "customers"]
    #expect(await refusal { try await world.act("log", on: major, input, as: world.servesAcme) } == "major_incident.serves_each")
    #expect(await refusal { try await world.act("resolve", on: major, ["resolution": "x"], as: world.servesAcme) } == "major_incident.serves_each")
    // What concerns none of his customers is not there.
    let elsewhere = try await world.declare([(try await world.incident("There", of: world.other), world.other)])
    await expectFailure(.notFound) { try await world.call("major_incident.read", ["id": elsewhere["id"] ?? .null], as: world.servesAcme) }
    await expectFailure(.notFound) { try await world.act("log", on: elsewhere, input, as: world.servesAcme) }
    #expect(try await world.call("major_incident.list", [:], as: world.servesAcme)["items"]?.array?.count == 2)
    #expect(try await world.call("major_incident.list", [:])["items"]?.array?.count == 3)
    let ofAcme = try await world.call("major_incident.list", ["customer": .id(world.acme.publicId), "state": "open"])
    #expect(ofAcme["items"]?.array?.count == 2)
  }

  /// Guard: what the operator declared is not that of every program; its own is.
  @Test func aProgramSeesWhatItDeclared() async throws {
    let world = try await MajorWorld()
    let robot = Principal(
      actor: Actor(kind: .service, id: 1_000_000, via: .http), tenant: world.database.provider.id, side: .staff, name: "monitor",
      grants: world.servesAcme.grants)
    let operators = try await world.call("major_incident.declare", ["title": "The operator's"], as: world.database.root)
    let own = try await world.call("major_incident.declare", ["title": "Its own"], as: robot)
    await expectFailure(.notFound) { try await world.call("major_incident.read", ["id": operators["id"] ?? .null], as: robot) }
    let seen = try await world.call("major_incident.list", [:], as: robot)["items"]?.array ?? []
    #expect(seen.map { $0["id"] } == [own["id"]])
  }

  @Test func anIncidentIsPartOfOneAtATime() async throws {
    let world = try await MajorWorld()
    let incident = try await world.incident("Slow")
    let (first, second) = (try await world.declare([(incident, world.acme)]), try await world.declare([]))
    #expect(await refusal { try await world.link(incident, to: second) } == "major_incident.linked")
    try await world.call("major_incident.unlink", ["id": first["id"] ?? .null, "incident": incident, "reason": "No"])
    #expect(
      await refusal { try await world.call("major_incident.unlink", ["id": first["id"] ?? .null, "incident": incident, "reason": "No"]) }
        == "major_incident.not_linked")
    try await world.link(incident, to: second)
    #expect(try await world.list("incident.major_incidents", incident).compactMap { $0["endedAt"] == .null } == [true, false])
    let over = try await world.incident("Over")
    try await world.call("incident.resolve", ["id": over, "resolution": "x"], version: 1)
    #expect(await refusal { try await world.link(over, to: second) } == "incident major_incident.incident_over")
    let types = try await world.list("incident.history", incident).compactMap { $0["type"]?.text }
    #expect(types == ["incident.opened", "incident.major_linked", "incident.major_unlinked", "incident.major_linked"])
  }

  /// Nobody leads what was declared at the machine until somebody is named who may.
  @Test func somebodyIsNamedToLeadIt() async throws {
    let world = try await MajorWorld()
    let (mine, theirs) = (try await world.incident("Slow"), try await world.incident("Too", of: world.other))
    let major = try await world.declare([(mine, world.acme), (theirs, world.other)], as: world.database.root)
    let staff = try await world.call("staff.create", ["login": "kim@msp.example", "name": "Kim", "password": "correct horse battery"], as: world.database.root)
    let kim = staff["id"] ?? .null
    #expect(await refusal { try await world.act("assign", on: major, ["lead": kim]) } == "lead major_incident.may_not_lead")
    let customers: Value = .array([.id(world.acme.publicId)])
    try await world.call("staff_grant.add", ["account": kim, "role": "engineer", "customers": customers], as: world.database.root)
    #expect(await refusal { try await world.act("assign", on: major, ["lead": kim]) } == "lead major_incident.may_not_lead", "for one of the two only")
    try await world.call("staff_grant.add", ["account": kim, "role": "engineer", "everyCustomer": .bool(true)], as: world.database.root)
    let led = try await world.act("assign", on: major, ["lead": kim])
    #expect(led["lead"] == kim && led["leadName"] == "Kim")
    #expect(await refusal { try await world.act("assign", on: led, ["lead": kim]) } == "lead major_incident.leads_already")
  }
}

extension MajorWorld {
  /// How much is still to be told.
  func left() async throws -> Int64 {
    try await database.superuser.transaction { try await $0.query(TellingsLeft()).first ?? -1 }
  }
}

private struct TellingsLeft: Statement {
  static let sql = "select count(*) from major_incidents.telling"

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
