import Kernel
import Operations
import TestSupport
import Tenancy
import Testing

@testable import Attachments

/// Files of requests, problems, changes, releases and major incidents.
@Suite struct SubjectTests {
  @Test func eachKindHasItsFiles() async throws {
    let world = try await AttachmentsWorld()
    let things: [String: Value] = [
      "incident": try await world.incident(), "request": try await world.request(), "problem": try await world.problem(),
      "change": try await world.change(), "release": try await world.release(), "majorIncident": try await world.major(),
    ]
    for (kind, thing) in things.sorted(by: { $0.key < $1.key }) {
      let noun = kind == "majorIncident" ? "major_incident" : kind
      let before = try await world.call("\(noun).read", ["id": thing])["version"]
      let made = try await world.attach("of \(kind)", as: world.engineer, [kind: thing])
      #expect(made[kind] == thing && things.keys.filter { $0 != kind }.allSatisfy { made[$0] == .null }, "\(made)")
      #expect(made["visibility"]?.text == "internal", "what staff attach is theirs unless they say otherwise: \(kind)")
      #expect(try await world.call("attachment.list", [kind: thing])["items"]?.array == [made], "\(kind)")
      #expect(try await world.call("attachment.read", ["id": made["id"] ?? .null]) == made, "\(kind)")
      #expect(try await world.download(made) == Array("of \(kind)".utf8), "\(kind)")
      try await world.delete(made)
      #expect(try await world.call("attachment.list", [kind: thing])["items"]?.array == [], "\(kind)")
      await expectFailure(.conflict) { try await world.download(made) }
      let history = try await world.call("\(noun).history", ["id": thing])["items"]?.array ?? []
      #expect(history.map { $0["type"]?.text }.suffix(2) == ["\(noun).attached", "\(noun).detached"], "\(kind): \(history)")
      #expect(history.last?["payload"]?["attachment"] == made["id"], "\(kind)")
      // Whoever read it before a file came may still act on it.
      #expect(try await world.call("\(noun).read", ["id": thing])["version"] == before, "\(kind)")
    }
    // What was deleted goes, whatever it was attached to.
    #expect(world.kept().count == 2 && world.kept(of: world.provider).count == 4)
    try world.nextDay()
    try await world.sweepOnce()
    #expect(world.kept() == [] && world.kept(of: world.provider) == [])
  }

  @Test func exactlyOneIsNamed() async throws {
    let world = try await AttachmentsWorld()
    let (incident, problem) = (try await world.incident(), try await world.problem())
    func refused(_ named: [String: Value]) async -> String? {
      do {
        try await world.attach("x", as: world.engineer, named)
        return nil
      } catch { return (error as? Failure)?.violations.map { "\($0.path) \($0.message.key)" }.joined() }
    }
    #expect(await refused([:]) == "incident attachments.one_subject")
    #expect(await refused(["incident": incident, "problem": problem]) == "problem attachments.one_subject")
    await expectFailure(.invalid) { try await world.call("attachment.list") }
    await expectFailure(.invalid) { try await world.call("attachment.list", ["incident": incident, "problem": problem]) }
    // A problem is no incident, and has nobody to be public to.
    #expect(await refused(["incident": problem]) == "incident input.unknown_reference")
    #expect(await refused(["problem": problem, "visibility": "public"]) == "visibility attachments.providers_own")
    #expect(try await world.attach("x", as: world.engineer, ["problem": problem, "visibility": "internal"])["state"]?.text == "stored")
    #expect(try await world.rows() == 1)
  }

  @Test func aRequestsFilesAreWhoseItIs() async throws {
    let world = try await AttachmentsWorld()
    let manager = try await world.database.user(.customerManager, of: world.acme)
    let requester = try await world.database.user(.requester, of: world.acme, .own)
    let colleague = try await world.database.user(.requester, of: world.acme, .own)
    let stranger = try await world.database.user(.customerManager, of: world.other)
    let request = try await world.request(as: requester)
    let mine = try await world.attach("mine", as: requester, ["request": request])
    let hidden = try await world.attach("for us", as: world.engineer, ["request": request, "visibility": "internal"])
    for one in [requester, manager] {
      #expect(try await world.call("attachment.list", ["request": request], as: one)["items"]?.array?.map { $0["id"] } == [mine["id"]], "\(one.name)")
      #expect(try await world.download(mine, as: one) == Array("mine".utf8), "\(one.name)")
      await expectFailure(.notFound) { try await world.download(hidden, as: one) }
      let seen = try await world.call("request.history", ["id": request], as: one)["items"]?.array ?? []
      #expect(seen.filter { $0["type"]?.text == "request.attached" }.count == 1, "\(one.name): \(seen)")
    }
    let told = try await world.call("request.history", ["id": request])["items"]?.array ?? []
    #expect(told.filter { $0["type"]?.text == "request.attached" }.count == 2)
    for one in [colleague, stranger, try await world.database.staff(.engineer, for: [world.other])] {
      await expectFailure(.invalid) { try await world.call("attachment.list", ["request": request], as: one) }
      await expectFailure(.invalid) { try await world.attach("x", as: one, ["request": request]) }
      await expectFailure(.notFound) { try await world.download(mine, as: one) }
    }
    // Who may not read requests does not read their files, though he reads incidents.
    let finance = try await world.database.staff(.finance)
    await expectFailure(.invalid) { try await world.call("attachment.list", ["request": request], as: finance) }
    await expectFailure(.notFound) { try await world.download(mine, as: finance) }
  }

  @Test func whatIsTheProvidersOwnIsForWhoServesItsCustomers() async throws {
    let world = try await AttachmentsWorld()
    let manager = try await world.database.user(.customerManager, of: world.acme)
    let servesAcme = try await world.database.staff(.engineer, for: [world.acme])
    let servesOther = try await world.database.staff(.engineer, for: [world.other])
    let finance = try await world.database.staff(.finance)
    let things = [
      "problem": try await world.problem(about: world.acme), "change": try await world.change(), "release": try await world.release(),
      "majorIncident": try await world.major(),
    ]
    for (kind, thing) in things {
      let made = try await world.attach("own", as: servesAcme, [kind: thing])
      #expect(try await world.download(made, as: servesAcme) == Array("own".utf8), "\(kind)")
      for one in [manager, servesOther] {
        await expectFailure(.invalid) { try await world.call("attachment.list", [kind: thing], as: one) }
        await expectFailure(.invalid) { try await world.attach("x", as: one, [kind: thing, "visibility": "internal"]) }
        await expectFailure(.notFound) { try await world.download(made, as: one) }
        await expectFailure(.notFound) { try await world.call("attachment.read", ["id": made["id"] ?? .null], as: one) }
      }
      await expectFailure(.invalid) { try await world.call("attachment.list", [kind: thing], as: finance) }
      await expectFailure(.notFound) { try await world.download(made, as: finance) }
      await expectFailure(.notFound) { try await world.call("attachment.delete", ["id": made["id"] ?? .null, "reason": "x"], as: servesOther) }
    }
    // The provider's own incidents are for who serves the provider.
    let own = try await world.call("incident.open", ["customer": .id(world.provider.publicId), "title": "Ours"], as: world.engineer)["id"] ?? .null
    let ours = try await world.attach("ours", as: world.engineer, ["incident": own])
    await expectFailure(.invalid) { try await world.call("attachment.list", ["incident": own], as: servesAcme) }
    await expectFailure(.invalid) { try await world.attach("x", as: servesAcme, ["incident": own]) }
    await expectFailure(.notFound) { try await world.download(ours, as: servesAcme) }
  }

  /// Who opened a release that concerns nobody yet sees its files, and so does who declared a major incident without one; nobody else of whom that is said.
  @Test func whoOpenedItSeesItsFiles() async throws {
    let world = try await AttachmentsWorld()
    let (opener, other) = (
      try await world.database.staff(.engineer, for: [world.acme]), try await world.database.staff(.engineer, for: [world.acme])
    )
    let release = try await world.call("release.open", ["title": "Spring"], as: opener)["id"] ?? .null
    let major = try await world.call("major_incident.declare", ["title": "Storage"], as: opener)["id"] ?? .null
    for (kind, thing) in ["release": release, "majorIncident": major] {
      let made = try await world.attach("own", as: opener, [kind: thing])
      #expect(try await world.download(made, as: opener) == Array("own".utf8), "\(kind)")
      #expect(try await world.call("attachment.list", [kind: thing], as: opener)["items"]?.array == [made], "\(kind)")
      await expectFailure(.invalid) { try await world.call("attachment.list", [kind: thing], as: other) }
      await expectFailure(.notFound) { try await world.download(made, as: other) }
      // It is the provider's own.
      await expectFailure(.invalid) { try await world.attach("x", as: opener, [kind: thing, "visibility": "public"]) }
    }
  }

  /// Guard: who makes a problem wide rewrites its texts for everybody before; what lies in a file he cannot.
  @Test func whatCameToACustomersProblemStaysHis() async throws {
    let world = try await AttachmentsWorld()
    let servesAcme = try await world.database.staff(.engineer, for: [world.acme])
    let servesOther = try await world.database.staff(.engineer, for: [world.other])
    let problem = try await world.problem(about: world.acme)
    let own = try await world.attach("of ACME", as: servesAcme, ["problem": problem])
    let version = try await world.call("problem.read", ["id": problem])["version"]?.integer
    try await world.call("problem.widen", ["id": problem, "reason": "Others have it, too"], version: version)
    let wide = try await world.attach("of all", as: servesAcme, ["problem": problem])
    func listed(as principal: Principal) async throws -> [Value?] {
      try await world.call("attachment.list", ["problem": problem], as: principal)["items"]?.array?.map { $0["id"] } ?? []
    }
    for one in [servesAcme, world.engineer] { #expect(try await listed(as: one) == [own["id"], wide["id"]], "\(one.name)") }
    #expect(try await listed(as: servesOther) == [wide["id"]])
    await expectFailure(.notFound) { try await world.download(own, as: servesOther) }
    await expectFailure(.notFound) { try await world.call("attachment.read", ["id": own["id"] ?? .null], as: servesOther) }
    await expectFailure(.notFound) { try await world.call("attachment.delete", ["id": own["id"] ?? .null, "reason": "x"], as: servesOther) }
    #expect(try await world.download(wide, as: servesOther) == Array("of all".utf8))
    let told = JSON.text(try await world.call("problem.history", ["id": problem], as: servesOther))
    #expect(told.contains(wide["id"]?.text ?? "-") && !told.contains(own["id"]?.text ?? "-") && !told.contains("customerRow"), "\(told)")
  }

  @Test func theyCountForTheProvider() async throws {
    let world = try await AttachmentsWorld(limits: FileLimits(fileBytes: 100, tenantBytes: 150))
    let (problem, change) = (try await world.problem(about: world.acme), try await world.change())
    let hundred = String(repeating: "A", count: 100)
    try await world.attach(hundred, as: world.engineer, ["problem": problem])
    await expectFailure(.conflict) { try await world.attach(hundred, as: world.engineer, ["change": change]) }
    #expect(try await world.storage(of: world.provider)["usedBytes"]?.integer == 100)
    #expect(try await world.storage()["usedBytes"]?.integer == 0)
    #expect(world.kept(of: world.provider).count == 1 && world.kept() == [])
    // The customer has his own room, for his requests too.
    let request = try await world.request()
    try await world.attach(hundred, as: world.engineer, ["request": request])
    await expectFailure(.conflict) { try await world.attach(hundred, to: try await world.incident()) }
    #expect(try await world.storage()["usedBytes"]?.integer == 100)
  }

  @Test func aFileHasOnePlace() async throws {
    let world = try await AttachmentsWorld()
    let made = try await world.attach("x", to: try await world.incident())
    #expect(made["state"]?.text == "stored")
    _ = try await world.request()
    for change in [
      "set request_id = (select max(id) from requests.request)", "set ticket_id = null", "set ticket_id = null, problem_id = 1",
      "set ticket_id = null, request_id = -1", "set ticket_id = null, visibility = 'internal', release_id = -1",
      "set ticket_id = null, visibility = 'internal', major_id = -1",
    ] {
      await #expect(throws: (any Error).self, "\(change)") { try await world.database.runAsSuperuser("update attachments.attachment \(change)") }
    }
  }
}

extension AttachmentsWorld {
  var provider: TenantEntry { database.provider }

  @discardableResult
  func attach(_ text: String, as principal: Principal, _ named: [String: Value]) async throws -> Value {
    let file: [String: Value] = ["name": "log.txt", "content": .text(Base64.encode(Array(text.utf8)))]
    return try await call("attachment.add", file.merging(named) { $1 }, as: principal)
  }

  func problem(about customer: TenantEntry? = nil) async throws -> Value {
    let given: [String: Value] = ["title": "It comes back", "description": "Noticed", "impact": 2, "urgency": 1]
    let about: [String: Value] = customer.map { ["customer": .id($0.publicId)] } ?? [:]
    return try await call("problem.open", given.merging(about) { $1 })["id"] ?? .null
  }

  /// A change that concerns ACME.
  func change() async throws -> Value {
    try await call("change.open", ["customer": .id(acme.publicId), "kind": "normal", "title": "New switch"])["id"] ?? .null
  }

  /// A release with such a change.
  func release() async throws -> Value {
    let opened = try await call("release.open", ["title": "Spring"])
    let gathered = try await call(
      "release.add_change", ["id": opened["id"] ?? .null, "change": try await change()], version: opened["version"]?.integer)
    return gathered["id"] ?? .null
  }

  /// A major incident of which an incident of ACME's is part.
  func major() async throws -> Value {
    try await call(
      "major_incident.declare", ["customer": .id(acme.publicId), "title": "Storage", "incidents": .array([try await incident()])])["id"] ?? .null
  }

  /// An order of something that ACME buys.
  func request(as principal: Principal? = nil) async throws -> Value {
    let (manager, name) = (try await database.staff(.accountManager), Value.object(["en": "Laptop"]))
    let family = try await call("service_family.create", ["code": "WORK", "name": name], as: manager)
    let service = try await call(
      "service.create",
      [
        "code": "WORKPLACE", "family": family["id"] ?? .null, "name": name, "mode": "managed", "owner": name,
        "stages": .object(["design": "2025-01-01", "operation": "2026-01-01"]),
      ], as: manager)
    let draft = try await call("offering.create", ["service": service["id"] ?? .null, "code": "LAPTOP", "name": name], as: manager)
    let offering = draft["id"] ?? .null
    try await call("offering.publish", ["id": offering], as: manager, version: draft["version"]?.integer)
    let calendar = try await call("calendar.create", ["name": "Always", "stock": "24x7", "zone": "UTC"], as: manager)
    let target = Value.object(["metric": "response", "priority": 1, "budgetSeconds": 3600, "calendar": calendar["id"] ?? .null])
    let sla = try await call("sla.create", ["name": "Usual", "targets": .array([target])], as: manager)
    try await call(
      "contract.create",
      [
        "customer": .id(acme.publicId), "name": "Workplace", "state": "active", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "lines": .array([.object(["name": "Line", "sla": sla["id"] ?? .null, "offering": offering])]),
      ], as: manager)
    return try await call(
      "request.submit", ["customer": .id(acme.publicId), "offering": offering, "published": 1], as: principal ?? manager)["id"] ?? .null
  }
}
