import Kernel
import Operations
import Postgres
import TestSupport
import Tenancy
import Testing

@testable import Changes

@Suite struct ChangePlanTests {
  /// Guard: among thousands of others' changes, those of a few customers are found by what concerns them.
  @Test func changesOfFewAreReadByTheirIndex() async throws {
    let world = try await ChangesWorld()
    _ = try await world.change("Theirs", of: world.other)
    _ = try await world.change("Mine")
    try await world.database.superuser.withConnection { connection in
      _ = try await connection.query(MultiplyChanges())
      _ = try await connection.query(MultiplyConcerned())
      _ = try await connection.query(AnalyzeChanges())
      _ = try await connection.query(AnalyzeConcerned())
    }
    let provider = world.database.provider.id
    let served = [world.acme.id.rawValue]
    let page = ChangesOfProvider(provider: provider, customers: served, filter: ChangesOfProvider.Filter(), before: nil, limit: 51)
    let statement = ChangesOfCustomers(changes: page, concerned: served)
    let (found, plan) = try await world.database.tenancy.transaction(binding: [provider], side: .staff, readOnly: true) { transaction in
      (try await transaction.query(statement), try await transaction.query(ChangesPlan(changes: statement)))
    }
    let text = plan.joined(separator: "\n")
    #expect(found.map(\.title) == ["Mine"])
    #expect(text.contains("concerned_customer") && !text.contains("change_newest") && !text.contains("Seq Scan on change "), "\(text)")
  }

  /// Guard: so are those that affect a service, by what is recorded of it.
  @Test func changesOfAServiceAreReadByTheirIndex() async throws {
    let world = try await ChangesWorld()
    try await world.database.catalogueService("MAIL")
    _ = try await world.change("Theirs", of: world.other)
    _ = try await world.change("Mine")
    try await world.database.superuser.withConnection { connection in
      _ = try await connection.query(MultiplyChanges())
      _ = try await connection.query(AnalyzeChanges())
    }
    try await world.database.runAsSuperuser(
      """
      insert into changes.affected_service (tenant_id, change_id, service_id, other_tenant_id, recorded_at)
      select c.tenant_id, c.id, s.id, \(world.acme.id), c.opened_at
      from changes.change c cross join catalog.service s where c.title = 'Mine' and s.code = 'MAIL';
      analyze changes.affected_service
      """)
    let provider = world.database.provider.id
    var filter = ChangesOfProvider.Filter()
    filter.service = try await world.database.asStaff(ServiceToFreeze(code: "MAIL")).first?.id
    let statement = ChangesOfService(
      changes: ChangesOfProvider(provider: provider, customers: nil, filter: filter, before: nil, limit: 51))
    let (found, plan) = try await world.database.tenancy.transaction(binding: [provider], side: .staff, readOnly: true) { transaction in
      (try await transaction.query(statement), try await transaction.query(ServicePlan(changes: statement)))
    }
    let text = plan.joined(separator: "\n")
    #expect(found.map(\.title) == ["Mine"])
    #expect(text.contains("affected_service") && !text.contains("change_newest") && !text.contains("Seq Scan on change "), "\(text)")
  }

  /// Guard: so are releases, and what one opened oneself and concerns nobody yet.
  @Test func releasesOfFewAreReadByTheirIndex() async throws {
    let world = try await ChangesWorld()
    for (title, customer) in [("Theirs", world.other), ("Mine", world.acme)] {
      let release = try await world.call("release.open", ["title": .text(title)])
      try await world.act("release.add_change", on: release, ["change": try await world.change(title, of: customer).at("id")])
    }
    _ = try await world.call("release.open", ["title": "Nobody's"])
    _ = try await world.call("release.open", ["title": "Planned"], as: world.servesAcme)
    try await world.database.superuser.withConnection { connection in
      _ = try await connection.query(MultiplyReleases())
      _ = try await connection.query(MultiplyConcernedReleases())
      _ = try await connection.query(AnalyzeReleases())
      _ = try await connection.query(AnalyzeConcernedReleases())
    }
    let provider = world.database.provider.id
    let page = ReleasePage(
      provider: provider, customers: [world.acme.id.rawValue], reader: world.servesAcme.actor, filter: ReleasePage.Filter(), before: nil, limit: 51)
    let statement = ReleasesOfCustomers(releases: page)
    let (found, plan) = try await world.database.tenancy.transaction(binding: [provider], side: .staff, readOnly: true) { transaction in
      (try await transaction.query(statement), try await transaction.query(ReleasesPlan(releases: statement)))
    }
    let text = plan.joined(separator: "\n")
    #expect(Set(found.map(\.title)) == ["Mine", "Planned"])
    #expect(text.contains("release_concerned_customer") && !text.contains("release_newest") && !text.contains("Seq Scan on release "), "\(text)")
  }
}

/// More changes that concern the same customers.
private struct MultiplyChanges: Statement {
  static let sql = """
    insert into changes.change (tenant_id, public_id, number, kind, title, description, author_kind, author_id, opened_at, updated_at)
    select c.tenant_id, substr(sha256(n::text::bytea), 1, 12), 100 + n, 'normal', 'More', '', c.author_kind, c.author_id,
      c.opened_at + n * interval '1 second', c.updated_at
    from changes.change c cross join generate_series(1, 20000) n where c.title = 'Theirs'
    """
}

private struct MultiplyConcerned: Statement {
  static let sql = """
    insert into changes.concerned (tenant_id, change_id, customer_id, recorded_at)
    select n.tenant_id, m.id, n.customer_id, n.recorded_at
    from changes.change c join changes.concerned n on n.tenant_id = c.tenant_id and n.change_id = c.id
    join changes.change m on m.tenant_id = c.tenant_id and m.title = 'More'
    where c.title = 'Theirs'
    """
}

private struct AnalyzeChanges: Statement {
  static let sql = "analyze changes.change"
}

private struct AnalyzeConcerned: Statement {
  static let sql = "analyze changes.concerned"
}

private struct ChangesPlan: Statement {
  let changes: ChangesOfCustomers

  static let sql = "explain \(ChangesOfCustomers.sql)"

  func bind(to parameters: inout Parameters) { changes.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct ServicePlan: Statement {
  let changes: ChangesOfService

  static let sql = "explain \(ChangesOfService.sql)"

  func bind(to parameters: inout Parameters) { changes.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

/// More releases that concern the same customer.
private struct MultiplyReleases: Statement {
  static let sql = """
    insert into changes.release (tenant_id, public_id, number, title, description, author_kind, author_id, opened_at, updated_at)
    select r.tenant_id, substr(sha256(n::text::bytea), 1, 12), 100 + n, 'More', '', r.author_kind, r.author_id,
      r.opened_at + n * interval '1 second', r.updated_at
    from changes.release r cross join generate_series(1, 20000) n where r.title = 'Theirs'
    """
}

private struct MultiplyConcernedReleases: Statement {
  static let sql = """
    insert into changes.release_concerned (tenant_id, release_id, customer_id, recorded_at)
    select r.tenant_id, r.id, t.id, r.opened_at
    from changes.release r cross join tenancy.tenant t where r.title = 'More' and t.code = 'OTHER'
    """
}

private struct AnalyzeReleases: Statement {
  static let sql = "analyze changes.release"
}

private struct AnalyzeConcernedReleases: Statement {
  static let sql = "analyze changes.release_concerned"
}

private struct ReleasesPlan: Statement {
  let releases: ReleasesOfCustomers

  static let sql = "explain \(ReleasesOfCustomers.sql)"

  func bind(to parameters: inout Parameters) { releases.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
