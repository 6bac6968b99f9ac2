import Foundation
import Kernel
import Operations
import Postgres
import TestSupport
import Tenancy
import Testing

@testable import Search

/// Releases and major incidents are found like the rest: by who may read each of them, and never by customers.
@Suite struct ReleaseAndMajorSearchTests {
  private func number(_ one: Value) -> String { one["number"]?.text ?? "" }

  @Test func theyAreFoundByTheirWordsAndTheirNumber() async throws {
    let world = try await SearchWorld()
    let incident = try await world.incident("Mail stands")
    let release = try await world.release("Winter rollouts of the 交换机")
    let major = try await world.major("Core rollout failed", of: incident)
    #expect(try await world.found("rollout") == [number(major), number(release)])
    #expect(try await world.found("交换") == [number(release)])
    for (kind, one) in ["release": release, "major_incident": major] {
      #expect(try await world.found("rollout", kind: kind) == [number(one)], "\(kind)")
      let line = try await world.call("ticket.search", ["text": "rollout", "kind": .text(kind)])["items"]?.array?.first ?? .null
      #expect(line["id"] == one["id"] && line["kind"]?.text == kind && line["state"] == one["state"] && line["title"] == one["title"], "\(line)")
      #expect(line["openedAt"] == one["openedAt"] ?? one["declaredAt"], "\(line)")
      #expect(try await world.call("\(kind).read", ["id": line["id"] ?? .null])["number"] == line["number"], "\(kind)")
      #expect(try await world.found(number(one)) == [number(one)], "\(kind)")
    }
    // Whom alone it is about.
    let lines = try await world.call("ticket.search", ["text": "rollout"])["items"]?.array ?? []
    #expect(lines.map { $0["customer"] ?? .null } == [.id(world.acme.publicId), .null])
  }

  @Test func theyAreFoundByWhatTheySayNow() async throws {
    let world = try await SearchWorld()
    var release = try await world.release("Wintre")
    release = try await world.call("release.change", ["id": release["id"] ?? .null, "title": "Winter"], version: release["version"])
    release = try await world.call("release.pilot", ["id": release["id"] ?? .null, "scope": "Branch in 杭州"], version: release["version"])
    #expect(try await world.found("wintre") == [])
    #expect(try await world.found("winter branch") == [number(release)])
    try await world.call("release.comment", ["id": release["id"] ?? .null, "body": "The forklift is booked"])
    #expect(try await world.found("forklift winter") == [number(release)])
    var major = try await world.major("Storage")
    try await world.call("major_incident.log", ["id": major["id"] ?? .null, "body": "The vendor is on site", "audience": "internal"])
    major = try await world.call(
      "major_incident.mitigate", ["id": major["id"] ?? .null, "mitigation": "Moved to the spare 阵列"], version: major["version"])
    #expect(try await world.found("vendor storage spare") == [number(major)])
    #expect(try await world.found("阵列") == [number(major)])
    try await world.call("major_incident.change", ["id": major["id"] ?? .null, "title": "Array"], version: major["version"])
    #expect(try await world.found("storage") == [])
    // What was said stays.
    #expect(try await world.found("vendor array") == [number(major)])
  }

  /// Guard: by who serves those whom it concerns, or once did; else by who opened it.
  @Test func aReleaseIsFoundByWhoSeesIt() async throws {
    let world = try await SearchWorld()
    let acmes = try await world.release("Switch one", with: try await world.change("A"))
    let others = try await world.release("Switch two", with: try await world.change("B", of: world.other))
    let nobodys = try await world.release("Switch three")
    let own = try await world.release("Switch four", as: world.servesAcme)
    #expect(try await world.found("switch", kind: "release") == [own, nobodys, others, acmes].map(number))
    #expect(try await world.found("switch", as: world.servesAcme, kind: "release") == [number(own), number(acmes)])
    #expect(try await world.found("switch", as: world.servesOther, kind: "release") == [number(others)])
    // Narrowed to a customer: what is about him alone.
    for reader in [world.engineer, world.servesAcme] {
      #expect(try await world.found("switch", as: reader, kind: "release", customer: world.acme) == [number(acmes)], "\(reader.name)")
    }
    // By number as well.
    for (one, reader) in [(nobodys, world.servesAcme), (others, world.servesAcme), (own, world.servesOther), (acmes, world.servesOther)] {
      #expect(try await world.found(number(one), as: reader) == [], "\(reader.name)")
    }
    // What it concerned it goes on to.
    let change = try await world.call("change.list", ["customer": .id(world.acme.publicId)])["items"]?.array?.first ?? .null
    try await world.call(
      "release.remove_change", ["id": acmes["id"] ?? .null, "change": change["id"] ?? .null], version: acmes["version"])
    #expect(try await world.found("switch", as: world.servesAcme, kind: "release") == [number(own), number(acmes)])
  }

  /// Guard: by who serves a customer of an incident of it, leads, declared or is offered it.
  @Test func aMajorIncidentIsFoundByWhoSeesIt() async throws {
    let world = try await SearchWorld()
    let incident = try await world.incident("A")
    let acmes = try await world.major("Cloud one", of: incident)
    let others = try await world.major("Cloud two", of: try await world.incident("B", of: world.other))
    let nobodys = try await world.major("Cloud three")
    let own = try await world.major("Cloud four", as: world.servesAcme)
    #expect(try await world.found("cloud", kind: "major_incident") == [own, nobodys, others, acmes].map(number))
    #expect(try await world.found("cloud", as: world.servesAcme, kind: "major_incident") == [number(own), number(acmes)])
    #expect(try await world.found("cloud", as: world.servesOther, kind: "major_incident") == [number(others)])
    for reader in [world.engineer, world.servesAcme] {
      #expect(try await world.found("cloud", as: reader, kind: "major_incident", customer: world.acme) == [number(acmes)], "\(reader.name)")
    }
    for (one, reader) in [(nobodys, world.servesAcme), (others, world.servesAcme), (own, world.servesOther), (acmes, world.servesOther)] {
      #expect(try await world.found(number(one), as: reader) == [], "\(reader.name)")
    }
    // What is part of it no more shows it to nobody.
    try await world.call("major_incident.unlink", ["id": acmes["id"] ?? .null, "incident": incident["id"] ?? .null, "reason": "No"])
    #expect(try await world.found("cloud", as: world.servesAcme, kind: "major_incident") == [number(own)])
  }

  /// Guard: each by its own right, and a customer's people by none.
  @Test func whoMayNotReadThemFindsNone() async throws {
    let world = try await SearchWorld()
    let incident = try await world.incident("Router")
    _ = try await world.release("Router", with: try await world.change("Other"))
    _ = try await world.major("Router", of: incident)
    let finance = try await world.database.staff(.finance)
    #expect(try await world.found("router", as: finance) == [number(incident)])
    #expect(try await world.found("router", as: world.manager) == [number(incident)])
    for kind in ["release", "major_incident"] {
      for reader in [finance, world.manager, world.requester] {
        #expect(try await world.found("router", as: reader, kind: kind) == [], "\(reader.name) \(kind)")
      }
    }
  }

  /// Of who sees very many they are found by the walk, and none that he does not see.
  @Test(arguments: ["release", "major_incident"])
  func amongVeryManyTheyAreFound(_ kind: String) async throws {
    let world = try await SearchWorld()
    let reader = try await world.database.staff(.engineer, for: [world.other])
    func relic(of customer: TenantEntry?, as principal: Principal? = nil) async throws -> String {
      if kind == "release" {
        var change: Value?
        if let customer { change = try await world.change("C", of: customer) }
        return number(try await world.release("Relic", with: change, as: principal))
      }
      var incident: Value?
      if let customer { incident = try await world.incident("I", of: customer) }
      return number(try await world.major("Relic", of: incident, as: principal))
    }
    let theirs = try await relic(of: world.other)
    let own = try await relic(of: nil, as: reader)
    _ = try await relic(of: nil)
    _ = try await relic(of: world.acme)
    let fill = kind == "release" ? Self.fillReleases : Self.fillMajors
    try await world.database.runAsSuperuser(fill.replacingOccurrences(of: "OTHER", with: "\(world.other.id)"))
    // All the copies are newer, and concern him too.
    #expect(try await world.found("printer", as: reader, kind: kind).count == 50)
    #expect(try await world.found("relic", as: reader, kind: kind) == [own, theirs])
    #expect(try await world.found("relic", as: reader, kind: kind, customer: world.other) == [theirs])
  }

  /// What was there before there was a search for it: the sweep writes it, with what was said.
  @Test func theSweepWritesWhatWasThere() async throws {
    let world = try await SearchWorld()
    let release = try await world.release("Archive")
    let major = try await world.major("Archive")
    try await world.call("major_incident.log", ["id": major["id"] ?? .null, "body": "an inner word", "audience": "internal"])
    try await world.call("release.comment", ["id": release["id"] ?? .null, "body": "a word aside"])
    try await world.database.runAsSuperuser("delete from knowledge.process_text; \(Self.waiting)")
    #expect(try await world.found("archive") == [])
    try await world.sweep()
    #expect(try await world.found("archive") == [number(major), number(release)])
    #expect(try await world.found("inner") == [number(major)])
    #expect(try await world.found("aside archive") == [number(release)])
    #expect(try await world.pending() == [0])
  }

  private static let waiting = """
    insert into knowledge.process_text_pending (tenant_id, process, subject_id) select tenant_id, 'release', id from changes.release;
    insert into knowledge.process_text_pending (tenant_id, process, subject_id)
    select tenant_id, 'major_incident', id from major_incidents.major_incident
    """

  /// More than are looked at one by one, all of them of the other customer and without the word.
  private static let fillReleases = """
    with copy as (
      insert into changes.release (tenant_id, public_id, number, title, description, author_kind, author_id, opened_at, updated_at)
      select r.tenant_id, substr(sha256(n::text::bytea), 1, 12), 100 + n, 'Printer', '', r.author_kind, r.author_id, r.opened_at + interval '1 day',
        r.updated_at
      from (select * from changes.release order by id limit 1) r cross join generate_series(1, 2500) n
      returning tenant_id, id, opened_at as at, 'release' as process),
    linked as (
      insert into changes.release_concerned (tenant_id, release_id, customer_id, recorded_at) select c.tenant_id, c.id, OTHER, c.at from copy c)
    \(sheets)
    """

  private static let fillMajors = """
    with copy as (
      insert into major_incidents.major_incident (tenant_id, public_id, number, title, description, declarer_id, declared_at, updated_at, last_seq)
      select m.tenant_id, substr(sha256(n::text::bytea), 1, 12), 100 + n, 'Printer', '', 0, m.declared_at + interval '1 day', m.updated_at, 1
      from (select * from major_incidents.major_incident order by id limit 1) m cross join generate_series(1, 2500) n
      returning tenant_id, id, declared_at as at, 'major_incident' as process),
    linked as (
      insert into major_incidents.child (tenant_id, major_id, other_tenant_id, ticket_id, seq, actor_name, recorded_at)
      select c.tenant_id, c.id, OTHER, 1000000 + c.id, 1, 'Somebody', c.at from copy c)
    \(sheets)
    """

  private static let sheets = """
    insert into knowledge.process_text (tenant_id, process, subject_id, sheet, opened_at, search, size)
    select c.tenant_id, c.process, c.id, 0, c.at,
      array_to_tsvector(array['#' || c.tenant_id, '@' || floor(extract(epoch from c.at) / 2419200), '=' || c.process])
        || setweight(to_tsvector('pg_catalog.english', 'printer'), 'B'), 0
    from copy c
    """
}
