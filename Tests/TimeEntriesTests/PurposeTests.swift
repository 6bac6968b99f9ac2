import Kernel
import Operations
import TestSupport
import Tenancy
import Testing
@testable import TimeEntries

/// Work on requests, problems, changes, releases and major incidents.
@Suite struct PurposeTests {
  @Test func workOnARequestGoesToItsLine() async throws {
    let world = try await TimeWorld()
    let (request, line) = try await world.request()
    let entry = try await world.approved("10T15:00", "10T17:00", ["ticket": .null, "request": request])
    #expect(entry["request"] == request && entry["line"] == line && entry["ticket"] == .null && entry["billable"] == .bool(true), "\(entry)")
    #expect(try await world.stretches(entry).map { $0[0] } == [60, 60], "cut by the coverage of its line")
    // What is corrected was for the same, and what takes it back too.
    let correction = try await world.act("correct", entry, ["reason": "Wrong text", "note": "Laptop set up"])
    let right = try await world.act("approve", correction, as: world.manager)
    #expect(right["request"] == request && right["line"] == line, "\(right)")
    let listed =
      try await world.call(
        "time_entry.list", ["customer": .id(world.acme.publicId), "line": line], as: world.manager)["items"]?.array ?? []
    #expect(listed.count == 3 && listed.allSatisfy { $0["request"] == request }, "\(listed)")
    #expect(listed.contains { $0["kind"] == "reversal" })
  }

  @Test func aProblemAndAChangeNeedTheLine() async throws {
    let world = try await TimeWorld()
    let (problem, foreign) = (try await world.problem(about: nil), try await world.problem(about: world.other))
    let (change, elsewhere) = (try await world.change(of: world.acme), try await world.change(of: world.other))
    let (request, _) = try await world.request()
    func add(_ more: [String: Value]) async -> String {
      await refusal { try await world.add("10T08:00", "10T09:00", ["ticket": .null, "parallel": .bool(true)].merging(more) { $1 }) }
    }
    #expect(await add(["problem": problem]) == "ticket: time_entry.ticket_or_line", "it may concern several")
    #expect(await add(["problem": foreign, "line": world.line]) == "problem: input.unknown_reference", "it is about somebody else")
    #expect(await add(["change": elsewhere, "line": world.line]) == "change: input.unknown_reference")
    #expect(await add(["problem": problem, "change": change, "line": world.line]) == "ticket: time_entry.one_work")
    #expect(await add(["problem": problem, "ticket": world.ticket["id"] ?? .null]) == "ticket: time_entry.one_work")
    #expect(await add(["request": request, "line": world.line]) == "line: time_entry.line_of_request")
    for (kind, thing) in ["problem": problem, "change": change] {
      let entry = try await world.approved(
        kind == "problem" ? "09T08:00" : "09T10:00", "09T11:00",
        [
          "ticket": .null, kind: thing, "line": world.line, "parallel": .bool(true),
        ])
      #expect(entry[kind] == thing && entry["line"] == world.line && entry["billable"] == .bool(true), "\(entry)")
    }
  }

  @Test func aReleaseAndAMajorIncidentNeedTheLineToo() async throws {
    let world = try await TimeWorld()
    let (release, elsewhere) = (try await world.release(of: world.acme), try await world.release(of: world.other))
    let (major, nobodys) = (try await world.major(of: [world.ticket["id"] ?? .null]), try await world.major(of: []))
    func add(_ more: [String: Value]) async -> String {
      await refusal { try await world.add("10T08:00", "10T09:00", ["ticket": .null].merging(more) { $1 }) }
    }
    #expect(await add(["release": release]) == "ticket: time_entry.ticket_or_line", "it may concern several")
    #expect(await add(["release": elsewhere, "line": world.line]) == "release: input.unknown_reference", "it concerns somebody else")
    #expect(await add(["majorIncident": nobodys, "line": world.line]) == "majorIncident: input.unknown_reference", "no incident of his is part of it")
    #expect(await add(["release": release, "majorIncident": major, "line": world.line]) == "ticket: time_entry.one_work")
    for (index, (kind, thing)) in [("release", release), ("majorIncident", major)].enumerated() {
      let named: [String: Value] = ["ticket": .null, kind: thing, "line": world.line]
      let entry = try await world.approved("09T0\(index + 5):00", "09T0\(index + 6):00", named)
      #expect(entry[kind] == thing && entry["line"] == world.line && entry["billable"] == .bool(true), "\(entry)")
      // What is corrected was for the same, and what takes it back too.
      let correction = try await world.act("correct", entry, ["reason": "Wrong text", "note": "Looked at"])
      let right = try await world.act("approve", correction, as: world.manager)
      #expect(right[kind] == thing, "\(right)")
      let given: [String: Value] = ["customer": .id(world.acme.publicId), kind: thing]
      for reader in [world.manager, world.bert] {
        let listed = try await world.call("time_entry.list", given, as: reader)["items"]?.array ?? []
        #expect(listed.count == 3 && listed.allSatisfy { $0[kind] == thing }, "\(kind) \(reader.name): \(listed)")
      }
      // A timer keeps it.
      let start = given.merging(["line": world.line, "workType": "remote_support"]) { $1 }
      let timer = try await world.call("timer.start", start, as: world.anna)
      #expect(timer[kind] == thing, "\(timer)")
      world.database.clock.advance(seconds: 600)
      let timed = try await world.call("timer.stop", ["id": timer["id"] ?? .null], as: world.anna)
      #expect(timed[kind] == thing && timed["line"] == world.line && timed["minutes"] == 10, "\(timed)")
    }
    // The provider's own, for nobody.
    let own: [String: Value] = ["customer": .id(world.database.provider.publicId), "ticket": .null, "majorIncident": nobodys]
    let entry = try await world.approved("10T08:00", "10T09:00", own)
    #expect(entry["majorIncident"] == nobodys && entry["line"] == .null && entry["billable"] == .bool(false), "\(entry)")
    let servesOther = try await world.database.staff(.engineer, for: [world.other])
    let theirs: [String: Value] = ["customer": .id(world.other.publicId), "majorIncident": major]
    #expect(await refusal { try await world.call("time_entry.list", theirs, as: servesOther) } == "majorIncident: input.unknown_reference")
  }

  @Test func theProvidersOwnWorkIsBilledToNobody() async throws {
    let world = try await TimeWorld()
    let problem = try await world.problem(about: nil)
    let own: [String: Value] = ["customer": .id(world.database.provider.publicId), "ticket": .null, "problem": problem]
    #expect(await refusal { try await world.add("10T08:00", "10T09:00", own.merging(["billable": .bool(true)]) { $1 }) } == "billable: time_entry.internal")
    let entry = try await world.approved("10T08:00", "10T09:00", own)
    #expect(entry["problem"] == problem && entry["line"] == .null && entry["billable"] == .bool(false) && entry["billedMinutes"] == 0, "\(entry)")
    let servesAcme = try await world.database.staff(.engineer, for: [world.acme])
    #expect(await refusal { try await world.add("10T08:00", "10T09:00", own, as: servesAcme) } == "customer: input.unknown_reference")
  }

  /// Each is listed by itself; to who may read it, with what others have not submitted left out.
  @Test func whatWasDoneForOneThingIsListed() async throws {
    let world = try await TimeWorld()
    let (request, line) = try await world.request()
    let (problem, change) = (try await world.problem(about: world.acme), try await world.change(of: world.acme))
    var made: [String: Value] = [:]
    for (index, (kind, thing)) in [("request", request), ("problem", problem), ("change", change)].enumerated() {
      let more: [String: Value] = kind == "request" ? [kind: thing, "ticket": .null] : [kind: thing, "ticket": .null, "line": world.line]
      made[kind] = try await world.add("10T0\(index + 5):00", "10T0\(index + 6):00", more)["id"]
    }
    _ = try await world.add("10T09:00", "10T10:00")
    func list(_ more: [String: Value], as principal: Principal) async throws -> [Value?] {
      let members = more.merging(["customer": .id(world.acme.publicId)]) { $1 }
      return try await world.call("time_entry.list", members, as: principal)["items"]?.array?.map { $0["id"] } ?? []
    }
    for (kind, thing) in ["request": request, "problem": problem, "change": change] {
      for reader in [world.manager, world.anna] { #expect(try await list([kind: thing], as: reader) == [made[kind]], "\(kind) \(reader.name)") }
      #expect(try await list([kind: thing], as: world.bert) == [], "\(kind): a draft is its author's and the reviewers'")
    }
    #expect(try await list(["problem": problem, "line": world.line], as: world.manager) == [made["problem"]])
    #expect(try await list(["problem": problem, "line": line], as: world.manager) == [])
    func refused(_ more: [String: Value], as principal: Principal) async -> String {
      let members = more.merging(["customer": .id(world.acme.publicId)]) { $1 }
      return await refusal { try await world.call("time_entry.list", members, as: principal) }
    }
    #expect(await refused(["problem": problem, "change": change], as: world.manager) == "ticket: time_entry.one_work")
    #expect(await refused(["request": request, "line": line], as: world.manager) == "line: time_entry.line_of_request")
    let foreign = try await world.problem(about: world.other)
    for reader in [world.manager, world.anna] {
      #expect(await refused(["problem": foreign], as: reader) == "problem: input.unknown_reference", "\(reader.name)")
    }
  }

  /// What was recorded for the wrong thing is told for the right one; its line is the new request's, or stays.
  @Test func aCorrectionNamesWhatItWasFor() async throws {
    let world = try await TimeWorld()
    let (request, line) = try await world.request()
    let problem = try await world.problem(about: nil)
    let entry = try await world.approved("10T15:00", "10T16:00", ["ticket": .null, "line": world.line])
    let first = try await world.act("approve", try await world.act("correct", entry, ["reason": "For the problem", "problem": problem]), as: world.manager)
    #expect(first["problem"] == problem && first["line"] == world.line && first["ticket"] == .null, "\(first)")
    let second = try await world.act("approve", try await world.act("correct", first, ["reason": "For the order", "request": request]), as: world.manager)
    #expect(second["request"] == request && second["line"] == line && second["problem"] == .null, "\(second)")
    let ticket = world.ticket["id"] ?? .null
    #expect(
      await refusal { try await world.act("correct", second, ["reason": "x", "request": request, "ticket": ticket]) } == "ticket: time_entry.one_work")
    let third = try await world.act("approve", try await world.act("correct", second, ["reason": "For the ticket", "ticket": ticket]), as: world.manager)
    #expect(third["ticket"] == ticket && third["request"] == .null, "\(third)")
  }

  /// The work was done: that the change has come to concern somebody else undoes none of it.
  @Test func aTimerStopsWhateverBecameOfTheChange() async throws {
    let world = try await TimeWorld()
    let change = try await world.change(of: world.acme)
    let timer = try await world.call(
      "timer.start", ["customer": .id(world.acme.publicId), "change": change, "line": world.line, "workType": "remote_support"], as: world.anna)
    try await world.database.runAsSuperuser("delete from changes.concerned")
    world.database.clock.advance(seconds: 600)
    let entry = try await world.call("timer.stop", ["id": timer["id"] ?? .null], as: world.anna)
    #expect(entry["change"] == change && entry["minutes"] == 10, "\(entry)")
  }

  /// What is refused is named by the field by which it was named.
  @Test func theLineOfARequestMustBeInForce() async throws {
    let world = try await TimeWorld()
    let (request, _) = try await world.request()
    let early: [String: Value] = ["ticket": .null, "request": request, "from": "2025-12-31T08:00:00Z", "to": "2025-12-31T09:00:00Z"]
    #expect(await refusal { try await world.add("10T08:00", "10T09:00", early) } == "request: time_entry.line_not_in_force")
  }

  @Test func aTimerKeepsWhatItIsFor() async throws {
    let world = try await TimeWorld()
    let change = try await world.change(of: world.acme)
    let (request, line) = try await world.request()
    for (named, other) in [(["change": change, "line": world.line], world.line), (["request": request], line)] as [([String: Value], Value)] {
      let given: [String: Value] = ["customer": .id(world.acme.publicId), "workType": "remote_support"]
      let timer = try await world.call("timer.start", given.merging(named) { $1 }, as: world.anna)
      #expect(named.allSatisfy { timer[$0.key] == $0.value }, "\(timer)")
      #expect(try await world.call("timer.read", [:], as: world.anna)["timer"] == timer)
      world.database.clock.advance(seconds: 600)
      let entry = try await world.call("timer.stop", ["id": timer["id"] ?? .null], as: world.anna)
      #expect(entry["line"] == other && entry["minutes"] == 10 && named.allSatisfy { entry[$0.key] == $0.value }, "\(entry)")
    }
  }
}

extension TimeWorld {
  /// - Parameter customer: nil: it may concern several.
  func problem(about customer: TenantEntry?) async throws -> Value {
    let given: [String: Value] = ["title": "It comes back", "description": "Noticed", "impact": 2, "urgency": 1]
    let about: [String: Value] = customer.map { ["customer": .id($0.publicId)] } ?? [:]
    return try await call("problem.open", given.merging(about) { $1 }, as: anna)["id"] ?? .null
  }

  /// With a change that concerns the customer.
  func release(of customer: TenantEntry) async throws -> Value {
    let release = try await call("release.open", ["title": "Spring"], as: anna)
    let given: [String: Value] = ["id": release["id"] ?? .null, "change": try await change(of: customer)]
    return try await call("release.add_change", given, as: anna, version: release["version"]?.integer)["id"] ?? .null
  }

  /// - Parameter incidents: of ACME.
  func major(of incidents: [Value]) async throws -> Value {
    let named: [String: Value] = incidents.isEmpty ? [:] : ["customer": .id(acme.publicId), "incidents": .array(incidents)]
    return try await call("major_incident.declare", named.merging(["title": "No mail"]) { $1 }, as: anna)["id"] ?? .null
  }

  func change(of customer: TenantEntry) async throws -> Value {
    try await call("change.open", ["customer": .id(customer.publicId), "kind": "normal", "title": "New switch"], as: anna)["id"] ?? .null
  }

  /// An order of something that a line of ACME's own sells.
  func request() async throws -> (id: Value, line: Value) {
    let name = Value.object(["en": "Laptop"])
    let family = try await call("service_family.create", ["code": "WORK", "name": name], as: manager)
    let service = try await call(
      "service.create",
      [
        "code": "WORKPLACE", "family": family["id"] ?? .null, "name": name, "mode": "managed", "owner": name,
        "stages": .object(["design": "2025-01-01", "operation": "2026-01-01"]),
      ], as: manager)
    let draft = try await call("offering.create", ["service": service["id"] ?? .null, "code": "LAPTOP", "name": name], as: manager)
    let offering = draft["id"] ?? .null
    _ = try await call("offering.publish", ["id": offering], as: manager, version: draft["version"]?.integer)
    let target = Value.object(["metric": "resolution", "budgetSeconds": 3600, "calendar": calendar["id"] ?? .null])
    let sla = try await call("sla.create", ["name": "Workplace", "targets": .array([target])], as: manager)
    let contract = try await call(
      "contract.create",
      [
        "customer": .id(acme.publicId), "name": "Workplace", "state": "active", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "lines": .array([.object(["name": "Workplace", "sla": sla["id"] ?? .null, "offering": offering])]),
      ], as: manager)
    let submitted = try await call(
      "request.submit", ["customer": .id(acme.publicId), "offering": offering, "published": 1], as: manager)
    return (submitted["id"] ?? .null, contract["lines"]?.array?.first?["id"] ?? .null)
  }
}
