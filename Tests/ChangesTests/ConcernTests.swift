import Kernel
import Operations
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Changes

/// Who sees a change, who acts on it, and what customers are told.
@Suite struct ConcernTests {
  @Test func whatConcernsOthersIsNotThere() async throws {
    let world = try await ChangesWorld()
    let theirs = try await world.change("Theirs", of: world.other)
    let unknown = Value.text(theirs.at("id").text.map { String($0.dropLast()) + ($0.hasSuffix("a") ? "b" : "a") })
    for id in [theirs.at("id"), unknown] {
      #expect(await refusal { try await world.call("change.read", ["id": id], as: world.servesAcme) } == "not_found")
      #expect(await refusal { try await world.call("change.history", ["id": id], as: world.servesAcme) } == "not_found")
      #expect(
        await refusal { try await world.call("change.cancel", ["id": id, "reason": "x"], as: world.servesAcme, version: 1) } == "not_found")
    }
    #expect(try await world.call("change.list", [:], as: world.servesAcme).texts("title") == [])
    let calendar: KeyValuePairs<String, Value> = ["from": world.instant(0), "to": world.instant(24)]
    #expect(try await world.call("change.calendar", calendar, as: world.servesAcme).texts("title") == [])
    #expect(try await world.call("change.calendar", calendar).texts("title") == ["Theirs"])
    // A customer's people have no such operation.
    #expect(await refusal { try await world.call("change.read", ["id": theirs.at("id")], as: world.manager) } != "accepted")
    // Nobody in particular is for who serves all.
    #expect(
      await refusal { try await world.call("change.open", ["kind": "normal", "title": "x"], as: world.servesAcme) } == "change.serves_all")
    #expect(try await world.call("change.open", ["kind": "normal", "title": "Own"]).at("state") == "draft")
    #expect(try await world.call("change.list", [:], as: world.servesAcme).texts("title") == [])
  }

  @Test func whoActsServesAllWhomItConcerns() async throws {
    let world = try await ChangesWorld()
    let (mine, theirs) = (try await world.ci("mine"), try await world.ci("theirs", of: world.other))
    let change = try await world.change(cis: [mine], as: world.servesAcme)
    #expect(await refusal { try await world.act("change.add_ci", on: change, ["ci": theirs], as: world.servesAcme) } != "accepted")
    let both = try await world.act("change.add_ci", on: change, ["ci": theirs])
    // He reads it, without what is another's, and acts on it no more.
    let seen = try await world.read(both, as: world.servesAcme)
    #expect(seen.at("cis").array?.map { $0.at("name") } == ["mine"])
    #expect(seen.at("customers").array == [.id(world.acme.publicId)])
    #expect(try await world.events(of: both, as: world.servesAcme) == ["opened", "ci_added"])
    #expect(try await world.events(of: both) == ["opened", "ci_added", "ci_added"])
    #expect(await refusal { try await world.act("change.cancel", on: both, ["reason": "x"], as: world.servesAcme) } == "change.serves_all")
    #expect(await refusal { try await world.act("change.assess", on: both, ["answers": ChangesWorld.lowest], as: world.servesAcme) } == "change.serves_all")
    let asked = try await world.submitted(both)
    let approval = try await world.read(asked).at("approvals.0.id")
    // Nor does his word count for others.
    #expect(await refusal { try await world.call("change_approval.approve", ["id": approval], as: world.servesAcme) } == "change.not_yours")
    #expect(try await world.decide(asked, role: "engineer", as: world.peer).at("state") == "approved")
  }

  @Test func anotherCustomerIsNamed() async throws {
    let world = try await ChangesWorld()
    let change = try await world.change()
    func concern(_ customer: TenantEntry, as principal: Principal? = nil) async -> String {
      await refusal { try await world.act("change.concern", on: change, ["customer": .id(customer.publicId)], as: principal) }
    }
    #expect(await concern(world.acme) == "customer change.concerned")
    #expect(await concern(world.other, as: world.servesAcme) != "accepted")
    #expect(await concern(world.database.provider) != "accepted")
    #expect(await concern(world.other) == "accepted")
    #expect(try await world.read(change).at("customers").array?.count == 2)
    #expect(try await world.events(of: change, as: world.servesAcme) == ["opened"])
  }

  @Test func aSharedCiConcernsWhomeverItAffects() async throws {
    let world = try await ChangesWorld()
    let shared = try await world.sharedCi("core", affecting: [world.acme, world.other])
    #expect(await refusal { try await world.change(sharedCis: [shared], as: world.servesAcme) } == "change.serves_all")
    let change = try await world.change(sharedCis: [shared])
    #expect(try await world.read(change).at("customers").array?.count == 2)
    // One more since: he is concerned when somebody is asked.
    let third = try await world.database.customer("THIRD")
    let version = try await world.call("ci.read", ["id": shared], as: world.database.root).at("version")
    try await world.call("shared_ci.affect", ["id": shared, "customer": .id(third.publicId)], as: world.database.root, version: version)
    let asked = try await world.submitted(change)
    #expect(try await world.read(asked).at("customers").array?.count == 3)
    // And one more since that: he was neither asked about nor told.
    let agreed = try await world.decide(asked, role: "engineer", as: world.peer)
    world.database.clock.advance(seconds: 3600)
    let fourth = try await world.database.customer("FOURTH")
    let later = try await world.call("ci.read", ["id": shared], as: world.database.root).at("version")
    try await world.call("shared_ci.affect", ["id": shared, "customer": .id(fourth.publicId)], as: world.database.root, version: later)
    #expect(await refusal { try await world.act("change.start", on: agreed) } == "change.concerns_more")
    // A shared CI that affects no customer whom one serves is not there.
    let hidden = try await world.sharedCi("hidden", affecting: [world.other])
    #expect(await refusal { try await world.change(sharedCis: [hidden], as: world.servesAcme) } == "sharedCis[0] input.unknown_reference")
  }

  @Test func whoWasAddedByMistakeIsTakenOff() async throws {
    let world = try await ChangesWorld()
    let (acme, other): (Value, Value) = (.id(world.acme.publicId), .id(world.other.publicId))
    let (mine, theirs) = (try await world.ci("mine"), try await world.ci("theirs", of: world.other))
    let shared = try await world.sharedCi("core", affecting: [world.acme, world.other])
    var change = try await world.change(cis: [mine], publicText: "Saturday")
    func off(_ customer: Value, as principal: Principal? = nil) async -> String {
      await refusal { try await world.act("change.unconcern", on: change, ["customer": customer], as: principal) }
    }
    #expect(await off(other) == "change.not_concerned")
    #expect(await off(acme) == "change.still_concerned", "its CI is touched")
    change = try await world.act("change.concern", on: change, ["customer": other])
    #expect(await off(other, as: world.servesAcme) != "accepted", "he does not serve him")
    change = try await world.act("change.assess", on: change, ["answers": ChangesWorld.lowest])
    change = try await world.act("change.unconcern", on: change, ["customer": other])
    #expect(change.at("state") == "draft", "it is judged anew")
    #expect(try await world.read(change).at("customers") == .array([acme]))
    let gone = try await world.call("change.history", ["id": change.at("id"), "limit": 50], as: world.servesAcme)
    #expect(!JSON.text(gone).contains(world.other.publicId.description), "nobody else learns who that was")

    // Touched, affected, to be resolved: each keeps him.
    for (add, remove, named) in [
      ("change.add_ci", "change.remove_ci", ("ci", theirs)), ("change.add_ci", "change.remove_ci", ("ci", shared)),
    ] as [(String, String, (String, Value))] {
      change = try await world.act(add, on: change, [named.0: named.1])
      #expect(await off(other) == "change.still_concerned")
      change = try await world.act(remove, on: change, [named.0: named.1])
      change = try await world.act("change.unconcern", on: change, ["customer": other])
    }
    change = try await world.act("change.concern", on: change, ["customer": other])
    let incident = try await world.call("incident.open", ["customer": other, "title": "Down", "impact": 2, "urgency": 2])
    try await world.call("change.link_incident", ["id": change.at("id"), "incident": incident.at("id")])
    change = try await world.read(change)
    #expect(await off(other) == "change.still_concerned")
    try await world.call("change.unlink_incident", ["id": change.at("id"), "incident": incident.at("id")])
    change = try await world.read(change)

    // Told, he is told on.
    change = try await world.decide(try await world.submitted(change), role: "engineer", as: world.peer)
    #expect(await off(other) == "change.wrong_state")
    try await world.sweep()
    change = try await world.act("change.revise", on: change, ["reason": "Sunday"])
    #expect(await off(other) == "change.still_concerned")

    // The last one is taken off by who sees it still.
    var bare = try await world.change("Bare")
    #expect(await refusal { try await world.act("change.unconcern", on: bare, ["customer": acme], as: world.servesAcme) } == "change.serves_all")
    bare = try await world.act("change.unconcern", on: bare, ["customer": acme])
    #expect(try await world.read(bare).at("customers") == .array([]))
  }

  /// Agreed to and taken back before the sweep had told anybody: he is not told later on.
  @Test func whoIsTakenOffIsNotToldLater() async throws {
    let world = try await ChangesWorld()
    let (mine, other) = (try await world.ci("mine"), Value.id(world.other.publicId))
    var change = try await world.change(cis: [mine], publicText: "Saturday")
    change = try await world.act("change.concern", on: change, ["customer": other])
    change = try await world.decide(try await world.submitted(change), role: "engineer", as: world.peer)
    change = try await world.act("change.revise", on: change, ["reason": "Sunday"])
    change = try await world.act("change.unconcern", on: change, ["customer": other])
    _ = try await world.decide(try await world.submitted(change), role: "engineer", as: world.peer)
    try await world.sweep()
    let told = try await world.database.superuser.transaction { try await $0.query(CustomersTold()) }
    #expect(told == [world.acme.id.rawValue])
  }

  /// A release forgets with its change who was added by mistake, and nobody whom another of its changes concerns.
  @Test func aReleaseForgetsWhoWasAddedByMistake() async throws {
    let world = try await ChangesWorld()
    let other = Value.id(world.other.publicId)
    func released(_ title: String, besides: Value?) async throws -> Value {
      let change = try await world.act("change.concern", on: try await world.change(title), ["customer": other])
      var release = try await world.act("release.add_change", on: try await world.call("release.open", ["title": .text(title)]), ["change": change.at("id")])
      if let besides { release = try await world.act("release.add_change", on: release, ["change": besides.at("id")]) }
      #expect(await refusal { try await world.act("release.cancel", on: release, ["reason": "x"], as: world.servesAcme) } == "change.serves_all")
      try await world.act("change.unconcern", on: try await world.read(change), ["customer": other])
      return release
    }
    let alone = try await released("Alone", besides: nil)
    #expect(try await world.act("release.cancel", on: alone, ["reason": "x"], as: world.servesAcme).at("state") == "cancelled")
    let theirs = try await world.change("Theirs", of: world.other)
    let shared = try await released("Shared", besides: theirs)
    let left = try await world.act("release.remove_change", on: shared, ["change": theirs.at("id")])
    #expect(
      await refusal { try await world.act("release.cancel", on: left, ["reason": "x"], as: world.servesAcme) } == "change.serves_all",
      "it goes on to concern him by what was taken out of it")
  }

  @Test func whatRestsOnASharedCiIsForWhoServesAll() async throws {
    let world = try await ChangesWorld()
    let core = try await world.sharedCi("core", affecting: [world.acme, world.other])
    let vpn = try await world.sharedCi("OTHER-vpn", affecting: [world.other])
    let version = try await world.call("ci.read", ["id": vpn], as: world.database.root).at("version")
    try await world.call("ci.relate", ["id": vpn, "kind": "depends_on", "to": core], as: world.database.root, version: version)
    let change = try await world.change(sharedCis: [core])
    let onVpn = try await world.change("Vpn", sharedCis: [core, vpn])
    func told(_ principal: Principal? = nil) async throws -> String {
      JSON.text(try await world.call("change.affected", ["id": change.at("id")], as: principal))
        + JSON.text(try await world.call("change.clashes", ["id": change.at("id")], as: principal))
    }
    #expect(try await told().contains("OTHER-vpn"))
    let limited = try await told(world.servesAcme)
    #expect(limited.contains("core") && !limited.contains("OTHER-vpn"))
    #expect(try await !JSON.text(world.call("change.history", ["id": onVpn.at("id")], as: world.servesAcme)).contains(vpn.text ?? "-"))
  }

  @Test func whatIsWithdrawnIsToldSoAndNothingUnapprovedIs() async throws {
    let world = try await ChangesWorld()
    func told() async throws -> Value {
      try await world.sweep()
      return try await world.call("change_notice.list", ["customer": .id(world.acme.publicId)], as: world.manager).at("items.0")
    }
    let agreed = try await world.decide(
      try await world.submitted(try await world.change(publicText: "Saturday")), role: "engineer", as: world.peer)
    let planned = try await told()
    #expect(planned.at("state") == "planned")
    // What alters nothing that is told tells nothing.
    let incident = try await world.call("incident.open", ["customer": .id(world.acme.publicId), "title": "Down", "impact": 2, "urgency": 2])
    world.database.clock.advance(seconds: 60)
    try await world.call("change.link_incident", ["id": agreed.at("id"), "incident": incident.at("id")])
    #expect(try await told() == planned)
    let back = try await world.act("change.revise", on: agreed, ["reason": "Later"])
    let written = try await world.act("change.change", on: back, ["publicText": "Sunday?", "startsAt": world.instant(5), "endsAt": world.instant(6)])
    let withdrawn = try await told()
    #expect(withdrawn.at("state") == "withdrawn" && withdrawn.at("text") == "Saturday" && withdrawn.at("startsAt") == planned.at("startsAt"))
    let silent = try await world.act("change.change", on: written, ["publicText": .null])
    try await world.act("change.cancel", on: silent, ["reason": "x"])
    let over = try await told()
    #expect(over.at("state") == "cancelled" && over.at("text") == "Saturday")
  }

  @Test func customersAreToldTheirPart() async throws {
    let world = try await ChangesWorld()
    let (mine, theirs) = (try await world.ci("mine"), try await world.ci("theirs", of: world.other))
    let change = try await world.act("change.add_ci", on: try await world.change(cis: [mine], publicText: "We replace a switch"), ["ci": theirs])
    func told() async throws -> [Value] {
      try await world.sweep()
      return try await world.call("change_notice.list", ["customer": .id(world.acme.publicId)], as: world.manager).at("items").array ?? []
    }
    let asked = try await world.submitted(change)
    #expect(try await told().isEmpty)
    let agreed = try await world.decide(asked, role: "engineer", as: world.peer)
    let planned = try await told()
    #expect(planned.count == 1 && planned[0].at("state") == "planned" && planned[0].at("text") == "We replace a switch")
    #expect(planned[0].at("cis").array == [.object(["id": mine, "name": "mine"])])
    #expect(!JSON.text(planned[0]).contains("OTHER") && !JSON.text(planned[0]).contains("theirs"))
    // Planned anew, and given up.
    let back = try await world.act("change.revise", on: agreed, ["reason": "Later"])
    #expect(try await told()[0].at("state") == "withdrawn")
    try await world.act("change.cancel", on: back, ["reason": "Never"])
    let over = try await told()
    #expect(over.count == 1 && over[0].at("state") == "cancelled")
    // Of one without a text for them they are told nothing.
    _ = try await world.approved(try await world.change())
    #expect(try await told().count == 1)
    // The other customer sees its own part.
    let others = try await world.database.user(.customerManager, of: world.other)
    let notices = try await world.call("change_notice.list", ["customer": .id(world.other.publicId)], as: others).at("items").array ?? []
    #expect(notices.first?.at("cis").array == [.object(["id": theirs, "name": "theirs"])])
    #expect(await refusal { try await world.call("change_notice.list", ["customer": .id(world.other.publicId)], as: world.manager) } != "accepted")
  }

  @Test func whatAChangeResolves() async throws {
    let world = try await ChangesWorld()
    let incident = try await world.call(
      "incident.open", ["customer": .id(world.acme.publicId), "title": "Down", "impact": 2, "urgency": 2])
    let problem = try await world.call("problem.open", ["customer": .id(world.acme.publicId), "title": "Loop", "description": "x", "impact": 2, "urgency": 2])
    let change = try await world.change()
    try await world.call("change.link_incident", ["id": change.at("id"), "incident": incident.at("id")])
    try await world.call("change.link_problem", ["id": change.at("id"), "problem": problem.at("id")])
    #expect(
      await refusal { try await world.call("change.link_problem", ["id": change.at("id"), "problem": problem.at("id")]) } == "change.linked_already")
    let read = try await world.read(change)
    #expect(read.at("incidents").array == [incident.at("id")] && read.at("problems").array == [problem.at("id")])
    #expect(try await world.call("incident.changes", ["id": incident.at("id")]).texts("title") == ["New switch"])
    #expect(try await world.call("problem.changes", ["id": problem.at("id")]).texts("title") == ["New switch"])
    // What belongs to a customer whom one does not serve is not there.
    let theirs = try await world.call(
      "problem.open", ["customer": .id(world.other.publicId), "title": "Theirs", "description": "x", "impact": 2, "urgency": 2])
    #expect(
      await refusal { try await world.call("change.link_problem", ["id": change.at("id"), "problem": theirs.at("id")], as: world.servesAcme) }
        == "problem input.unknown_reference")
    try await world.call("change.link_problem", ["id": change.at("id"), "problem": theirs.at("id")])
    #expect(try await world.read(change, as: world.servesAcme).at("problems").array == [problem.at("id")])
    #expect(try await world.events(of: change, as: world.servesAcme).count { $0 == "problem_linked" } == 1)
    try await world.call("change.unlink_incident", ["id": change.at("id"), "incident": incident.at("id")])
    #expect(await refusal { try await world.call("change.unlink_incident", ["id": change.at("id"), "incident": incident.at("id")]) } == "change.not_linked")
    #expect(try await world.call("incident.changes", ["id": incident.at("id")]).texts("title") == [])
  }
}

/// Changes that implement what requests ordered.
@Suite struct RequestsOfChangesTests {
  @Test func whatAChangeImplements() async throws {
    let world = try await ChangesWorld()
    let (request, theirs) = (try await world.request(of: world.acme), try await world.request(of: world.other))
    let change = try await world.change()
    let link: KeyValuePairs<String, Value> = ["id": change.at("id"), "request": request]
    try await world.call("change.link_request", link, as: world.servesAcme)
    #expect(await refusal { try await world.call("change.link_request", link) } == "change.linked_already")
    #expect(try await world.read(change).at("requests").array == [request])
    #expect(try await world.call("request.changes", ["id": request], as: world.servesAcme).texts("title") == ["New switch"])
    // It may do so for several customers: of those whom one does not serve one learns nothing.
    try await world.call("change.link_request", ["id": change.at("id"), "request": theirs])
    #expect(try await world.read(change).at("requests").array?.count == 2)
    #expect(try await world.read(change, as: world.servesAcme).at("requests").array == [request])
    for verb in ["link", "unlink"] {
      let foreign: KeyValuePairs<String, Value> = ["id": change.at("id"), "request": theirs]
      #expect(await refusal { try await world.call("change.\(verb)_request", foreign, as: world.servesAcme) } != "accepted", "\(verb)")
    }
    #expect(await refusal { try await world.call("request.changes", ["id": theirs], as: world.servesAcme) } != "accepted")
    #expect(try await world.events(of: change, as: world.servesAcme).count { $0 == "request_linked" } == 1)
    // A customer learns of no change, neither from its request nor from that one's history.
    #expect(await refusal { try await world.call("request.changes", ["id": request], as: world.manager) } != "accepted")
    #expect(await refusal { try await world.call("change.link_request", link, as: world.manager) } != "accepted")
    let history: KeyValuePairs<String, Value> = ["id": request, "limit": 200]
    #expect(try await world.call("request.history", history).texts("type").contains("request.change_linked"))
    #expect(try await !world.call("request.history", history, as: world.manager).texts("type").contains("request.change_linked"))
    try await world.call("change.unlink_request", link)
    #expect(await refusal { try await world.call("change.unlink_request", link) } == "change.not_linked")
    #expect(try await world.call("request.changes", ["id": request]).texts("title") == [])
    #expect(try await world.call("request.history", history).texts("type").contains("request.change_unlinked"))
  }
}

extension ChangesWorld {
  /// A request of a customer for an offering that nobody has to agree to.
  fileprivate func request(of customer: TenantEntry) async throws -> Value {
    let (text, code) = (Value.object(["en": "Port"]), customer.code)
    let family = try await call("service_family.create", ["code": .text("FAM-\(code)"), "name": text], as: account)
    let service = try await call(
      "service.create",
      [
        "code": .text("SVC-\(code)"), "family": family.at("id"), "name": text, "mode": "managed", "owner": text,
        "stages": .object(["design": "2025-01-01", "operation": "2026-01-01"]),
      ], as: account)
    let offering = try await call("offering.create", ["service": service.at("id"), "code": .text("OFF-\(code)"), "name": text], as: account)
    try await call("offering.publish", ["id": offering.at("id")], as: account, version: offering.at("version"))
    let calendar = try await call("calendar.create", ["name": .text("C \(code)"), "stock": "24x7", "zone": "UTC"], as: account)
    let target = Value.object(["metric": "response", "priority": 1, "budgetSeconds": 3600, "calendar": calendar.at("id")])
    let sla = try await call("sla.create", ["name": .text("S \(code)"), "targets": .array([target])], as: account)
    try await call(
      "contract.create",
      [
        "customer": .id(customer.publicId), "name": .text("Contract \(code)"), "state": "active", "currency": "EUR",
        "startsAt": "2026-01-01T00:00:00Z",
        "lines": .array([.object(["name": "Line", "sla": sla.at("id"), "offering": offering.at("id")])]),
      ], as: account)
    return try await call(
      "request.submit", ["customer": .id(customer.publicId), "offering": offering.at("id"), "published": 1]
    ).at("id")
  }
}

private struct CustomersTold: Statement {
  static let sql = "select tenant_id from changes.notice order by tenant_id"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
