import Desk
import Jobs
import Kernel
import Operations
import Postgres
import TestSupport
import Tenancy
import Testing

@testable import MajorIncidents

/// What sweeps do of major incidents, whatever happens to them.
@Suite struct MajorSweepTests {
  /// Its incidents are resolved each by itself: one that a gate stops is left, and says why.
  @Test func itsIncidentsAreResolvedWithItAsFarAsTheirGatesAllow() async throws {
    let world = try await MajorWorld()
    let (mine, stopped) = (
      try await world.incident("Slow", more: [Value.Member("category", "network")]), try await world.incident("Uncategorised")
    )
    let theirs = try await world.incident("Stands still", of: world.other)
    let account = try await world.database.staff(.accountManager)
    let owner = try await world.call("staff.create", ["login": "kim@msp.example", "name": "Kim", "password": "correct horse battery"], as: world.database.root)
    try await world.call(
      "gate.create",
      [
        "customer": .id(world.acme.publicId), "step": "incident.resolve", "fields": .array(["category"]), "owner": owner["id"] ?? .null,
        "name": .object(["en": "Category"]), "purpose": .object(["en": "Figures by category"]),
      ], as: account)
    let major = try await world.declare([(mine, world.acme), (stopped, world.acme), (theirs, world.other)])
    let resolved = try await world.act("resolve", on: major, ["resolution": "The storage works again.", "cascade": .bool(true), "closureCode": "workaround"])
    #expect(resolved["state"] == "resolved")
    let before = try await world.list("major_incident.incidents", major["id"])
    #expect(before.compactMap { $0["resolving"] } == ["waiting", "waiting", "waiting"], "no sweep came yet")
    for _ in 0..<2 {
      try await world.tell()
      try await world.cascade()
    }
    for (incident, reader) in [(mine, world.acmesManager), (theirs, world.othersManager)] {
      let read = try await world.call("incident.read", ["id": incident], as: reader)
      #expect(read["state"] == "resolved" && read["resolution"] == "The storage works again." && read["closureCode"] == "workaround")
      let events = try await world.list("incident.history", incident).compactMap { $0["type"]?.text }
      #expect(events.filter { $0 == "incident.resolved" }.count == 1 && events.filter { $0 == "incident.ended_with" }.count == 1, "\(events)")
      let seen = "\(try await world.list("incident.history", incident, as: reader))"
      #expect(!seen.contains("mji_") && !seen.contains("MAJ"), "\(seen)")
    }
    #expect(try await world.call("incident.read", ["id": stopped])["state"] == "new")
    let children = try await world.list("major_incident.incidents", major["id"])
    #expect(children.compactMap { $0["resolving"] } == ["done", "left", "done"], "\(children)")
    #expect(children[1]["reason"]?.text?.isEmpty == false)
    #expect(try await world.left() == 0)
  }

  /// Nobody said how they ended: whoever asks for it is not answered by what is written where nobody does, the others are.
  @Test func aCodeThatNobodySaidPassesNoGateThatAsksForIt() async throws {
    let world = try await MajorWorld()
    let (asked, unasked) = (try await world.incident("Slow"), try await world.incident("Stands still", of: world.other))
    let account = try await world.database.staff(.accountManager)
    let owner = try await world.call("staff.create", ["login": "kim@msp.example", "name": "Kim", "password": "correct horse battery"], as: world.database.root)
    try await world.call(
      "gate.create",
      [
        "customer": .id(world.acme.publicId), "step": "incident.resolve", "fields": .array(["closureCode"]), "owner": owner["id"] ?? .null,
        "name": .object(["en": "Closure code"]), "purpose": .object(["en": "Figures by closure code"]),
      ], as: account)
    let major = try await world.declare([(asked, world.acme), (unasked, world.other)])
    var acted = try await world.act("resolve", on: major, ["resolution": "Works again.", "cascade": .bool(true)])
    try await world.tell()
    try await world.cascade()
    #expect(try await world.call("incident.read", ["id": asked])["state"] == "new")
    let read = try await world.call("incident.read", ["id": unasked])
    #expect(read["state"] == "resolved" && read["closureCode"] == "solved")
    let children = try await world.list("major_incident.incidents", major["id"])
    #expect(children.compactMap { $0["resolving"] } == ["left", "done"], "\(children)")
    // Said, it passes: the same code too.
    acted = try await world.act("reopen", on: acted, ["reason": "No"])
    _ = try await world.act("resolve", on: acted, ["resolution": "Works again.", "cascade": .bool(true), "closureCode": "solved"])
    try await world.tell()
    try await world.cascade()
    #expect(try await world.call("incident.read", ["id": asked])["state"] == "resolved")
  }

  /// Where the provider retired `solved`, whoever resolves says how they ended; without cascade nobody is asked.
  @Test func whereSolvedIsRetiredACodeIsSaid() async throws {
    let world = try await MajorWorld()
    let mine = try await world.incident("Slow")
    let major = try await world.declare([(mine, world.acme)])
    let codes = try await world.call("code.list", ["list": "closure_code"])["items"]?.array ?? []
    let solved = codes.first { $0["key"] == "solved" } ?? .null
    try await world.call("code.retire", ["id": solved["id"] ?? .null], as: world.database.root, version: solved["version"])
    let refused = await refusal { try await world.act("resolve", on: major, ["resolution": "Done", "cascade": .bool(true)]) }
    #expect(refused == "closureCode code.retired")
    #expect(try await world.act("resolve", on: major, ["resolution": "Done"])["state"] == "resolved")
  }

  @Test func withoutCascadeNobodyIsResolvedWithIt() async throws {
    let world = try await MajorWorld()
    let mine = try await world.incident("Slow")
    let major = try await world.declare([(mine, world.acme)])
    try await world.act("resolve", on: major, ["resolution": "Done"])
    try await world.tell()
    try await world.cascade()
    #expect(try await world.call("incident.read", ["id": mine])["state"] == "new")
    #expect(try await world.list("major_incident.incidents", major["id"]).first?["resolving"] == .null)
  }

  /// Reopened before the sweep came: nobody is resolved with what goes on.
  @Test func whatIsReopenedResolvesNobody() async throws {
    let world = try await MajorWorld()
    let mine = try await world.incident("Slow")
    let major = try await world.declare([(mine, world.acme)])
    let resolved = try await world.act("resolve", on: major, ["resolution": "Done", "cascade": .bool(true)])
    try await world.act("reopen", on: resolved, ["reason": "No"])
    try await world.tell()
    try await world.cascade()
    #expect(try await world.call("incident.read", ["id": mine])["state"] == "new")
    #expect(try await world.left() == 0)
  }

  /// Reopened, or taken out, after the sweep had left them to be resolved: nobody is resolved with words that are withdrawn.
  @Test func whatIsWithdrawnLaterResolvesNobody() async throws {
    let world = try await MajorWorld()
    let (mine, out) = (try await world.incident("Slow"), try await world.incident("Another fault"))
    let major = try await world.declare([(mine, world.acme), (out, world.acme)])
    var acted = try await world.act("resolve", on: major, ["resolution": "Withdrawn", "cascade": .bool(true)])
    try await world.tell()
    acted = try await world.act("reopen", on: acted, ["reason": "No"])
    // Resolved again without them: the earlier words do not come back.
    acted = try await world.act("resolve", on: acted, ["resolution": "Done"])
    try await world.cascade()
    for incident in [mine, out] { #expect(try await world.call("incident.read", ["id": incident])["state"] == "new") }
    let children = try await world.list("major_incident.incidents", major["id"])
    #expect(children.compactMap { $0["resolving"] } == ["left", "left"], "\(children)")
    #expect(children.first?["reason"]?.text?.contains("PROV-MAJ-000001") == true)
    acted = try await world.act("reopen", on: acted, ["reason": "No"])
    _ = try await world.act("resolve", on: acted, ["resolution": "Holds", "cascade": .bool(true)])
    try await world.tell()
    try await world.call("major_incident.unlink", ["id": major["id"] ?? .null, "incident": out, "reason": "Another fault"])
    try await world.cascade()
    #expect(try await world.call("incident.read", ["id": mine])["resolution"] == "Holds")
    #expect(try await world.call("incident.read", ["id": out])["state"] == "new")
  }

  /// Taken out before the sweep came.
  @Test func whoeverIsTakenOutIsNotResolvedWithIt() async throws {
    let world = try await MajorWorld()
    let out = try await world.incident("Another fault")
    let major = try await world.declare([(out, world.acme)])
    _ = try await world.act("resolve", on: major, ["resolution": "Done", "cascade": .bool(true)])
    try await world.call("major_incident.unlink", ["id": major["id"] ?? .null, "incident": out, "reason": "Another fault"])
    try await world.tell()
    try await world.cascade()
    #expect(try await world.call("incident.read", ["id": out])["state"] == "new")
    #expect(try await world.left() == 0)
  }

  /// One at which something is at fault is tried some times and passed over: the others are told, and what comes after it too.
  @Test func aPoisonedOneIsPassedOver() async throws {
    let world = try await MajorWorld()
    let (poisoned, other) = (try await world.incident("Poison"), try await world.incident("Slow"))
    let major = try await world.declare([(poisoned, world.acme), (other, world.acme)])
    try await world.act("log", on: major, ["body": "One", "audience": "customers"])
    try await world.act("log", on: major, ["body": "Two", "audience": "customers"])
    try await world.database.runAsSuperuser(
      "alter table desk.ticket add constraint poison check (title <> 'Poison' or responded_at is null) not valid")
    for _ in 1..<MajorSweep.mostAttempts {
      await #expect(throws: LeftUndone.self) { try await world.tell() }
      #expect(try await world.said(on: other) == [])
    }
    // The next try is the last, and the second entry has its own tries.
    for _ in 1...MajorSweep.mostAttempts { try? await world.tell() }
    #expect(try await world.said(on: other) == ["One", "Two"])
    #expect(try await world.said(on: poisoned) == [])
    #expect(try await world.left() == 0)
    let passed = try await world.list("major_incident.history", major["id"]).filter { $0["type"] == "major_incident.not_told" }
    #expect(passed.count == 2, "\(passed)")
  }

  /// What went into one that goes on is not said to be done.
  @Test func aMergedOneIsNotDoneWhileItsSurvivorGoesOn() async throws {
    let world = try await MajorWorld()
    let (merged, into) = (try await world.incident("Slow"), try await world.incident("Stands still"))
    let major = try await world.declare([(merged, world.acme)])
    let version = try await world.call("incident.read", ["id": merged])["version"]
    try await world.call("incident.merge", ["id": merged, "into": into], version: version)
    _ = try await world.act("resolve", on: major, ["resolution": "Done", "cascade": .bool(true)])
    try await world.tell()
    try await world.cascade()
    let child = try await world.list("major_incident.incidents", major["id"]).first
    #expect(child?["resolving"] == "left" && child?["reason"]?.text?.contains("ACME-INC-000002") == true, "\(String(describing: child))")
  }

  /// A run that breaks off between two incidents leaves the place up to which it came; the next one goes on from there.
  @Test func whatWasBegunIsGoneOnWith() async throws {
    let world = try await MajorWorld()
    var incidents: [Value] = []
    for number in 1...4 { incidents.append(try await world.incident("Slow \(number)")) }
    let major = try await world.declare(incidents.map { ($0, world.acme) })
    try await world.act("log", on: major, ["body": "One", "audience": "customers"])
    let small = try await world.declare([(try await world.incident("Alone", of: world.other), world.other)])
    try await world.act("log", on: small, ["body": "Elsewhere", "audience": "customers"])
    try await world.database.application.transaction(
      TransactionOptions(settings: [.integers("app.tenants", [world.acme.id.rawValue]), .word("app.side", "staff")])
    ) { transaction in
      _ = try await transaction.query(HoldTicketAt(tenant: world.acme.id, number: 3))
      await #expect(throws: (any Error).self) { try await world.tell() }
    }
    #expect(try await world.said(on: incidents[1]) == ["One"])
    #expect(try await world.said(on: incidents[2]) == [])
    let alone = try await world.list("major_incident.incidents", small["id"]).first?["incident"] ?? .null
    #expect(try await world.said(on: alone, to: world.othersManager) == ["Elsewhere"], "another is not held up")
    for _ in 0..<2 { try await world.tell() }
    for incident in incidents { #expect(try await world.said(on: incident) == ["One"]) }
  }

  @Test func workersShareIt() async throws {
    let world = try await MajorWorld()
    var incidents: [Value] = []
    for number in 1...8 { incidents.append(try await world.incident("Slow \(number)")) }
    let major = try await world.declare(incidents.map { ($0, world.acme) })
    try await world.act("log", on: major, ["body": "One", "audience": "customers"])
    try await world.act("resolve", on: major, ["resolution": "Done", "cascade": .bool(true)])
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<3 {
        group.addTask {
          try? await world.tell(piece: 1)
          try? await world.cascade()
        }
      }
      try await group.waitForAll()
    }
    try await world.tell()
    try await world.cascade()
    for incident in incidents {
      #expect(try await world.said(on: incident) == ["One"])
      #expect(try await world.list("incident.history", incident).filter { $0["type"] == "incident.resolved" }.count == 1)
    }
  }

  /// The walk from what the incidents name tells whom else it concerns.
  @Test func theImpactNamesCustomersWithoutAnIncident() async throws {
    let world = try await MajorWorld()
    let root = world.database.root
    let provider = try await world.call("identity.read", [:], as: root)["tenantId"] ?? .null
    let storage = try await world.call("ci.create", ["customer": provider, "type": "server", "name": "san-01"], as: root)["id"] ?? .null
    for customer in [world.acme, world.other] {
      try await world.call("shared_ci.affect", ["id": storage, "customer": .id(customer.publicId)], as: root)
    }
    let mine = try await world.incident("Slow", more: [Value.Member("sharedCis", .array([storage]))])
    let major = try await world.declare([(mine, world.acme)])
    let impact = try await world.call("major_incident.affected", ["id": major["id"] ?? .null], as: root)
    #expect(impact["named"]?.column("name") == ["san-01"], "\(impact)")
    #expect(impact["customers"]?.column("code") == ["ACME", "OTHER"])
    #expect(impact["withoutIncident"] == .array([.id(world.other.publicId)]))
    // Who does not serve all is not told whom else it concerns.
    let seen = try await world.call("major_incident.affected", ["id": major["id"] ?? .null], as: world.servesAcme)
    #expect(seen["customers"] == .array([]) && seen["withoutIncident"] == .array([]))
  }
}

extension Value {
  /// The values of one member of each element.
  fileprivate func column(_ name: String) -> [Value] { (array ?? []).map { $0[name] ?? .null } }
}

private struct HoldTicketAt: Statement {
  let tenant: TenantId
  let number: Int64

  static let sql = "select id from desk.ticket where tenant_id = $1 and number = $2 for update"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(number)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
