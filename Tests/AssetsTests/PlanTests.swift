@testable import Assets
import Kernel
import Operations
import Postgres
import TestSupport
import Tenancy
import Testing

/// Statements are prepared, and the server may plan them once for all parameters: each must find its index then too.
@Suite struct PlanTests {
  @Test func everyWayToCisHasItsIndex() async throws {
    let world = try await AssetsWorld()
    let customer = Value.id(world.acme.publicId)
    let person = try await world.call("person.add", ["customer": customer, "name": "Kim", "email": "kim@acme.example"])
    _ = try await world.call("ci.create", ["customer": customer, "type": "server", "name": "first", "owner": person.at("id")])
    let plans = try await world.database.superuser.transaction { transaction in
      try await transaction.execute(MultiplyCis(copies: 20_000))
      try await transaction.execute(AnalyzeCis())
      try await transaction.execute(PlanOnce())
      try await transaction.execute(PrepareOwn())
      try await transaction.execute(PrepareOwner())
      try await transaction.execute(PrepareType())
      try await transaction.execute(PrepareAll())
      try await transaction.execute(PrepareWarranty())
      try await transaction.execute(PrepareSerial())
      try await transaction.execute(PrepareTag())
      try await transaction.execute(PrepareName())
      return try await [
        "ci_by_owner": transaction.query(PlanOwn()) + transaction.query(PlanOwner()), "ci_by_type": transaction.query(PlanType()),
        "ci_by_name": transaction.query(PlanAll()) + transaction.query(PlanName()), "ci_by_serial": transaction.query(PlanSerial()),
        "ci_by_tag": transaction.query(PlanTag()), "ci_by_warranty": transaction.query(PlanWarranty()),
      ]
    }
    for (index, plan) in plans {
      let scans = plan.filter { $0.contains("ci_by_") || $0.contains("Seq Scan on ci c") }
      #expect(!scans.isEmpty && scans.allSatisfy { $0.contains(index) }, "\(index): \(plan.joined(separator: "\n"))")
    }
  }
}

/// One in a hundred has an owner and a warranty, and is of another type.
private struct MultiplyCis: Statement {
  let copies: Int64

  static let sql = """
    insert into assets.ci
      (tenant_id, public_id, type_id, name, name_key, state, owner_id, serial, serial_key, asset_tag, tag_key, warranty_until, confirmed_at, recorded_at)
    select c.tenant_id, substr(sha256(n::text::bytea), 1, 12), case when n % 100 = 0 then t.id else c.type_id end, 'ci ' || n, 'ci ' || n, c.state,
      case when n % 100 = 0 then c.owner_id end, 's' || n, 's' || n, 't' || n, 't' || n,
      case when n % 100 = 0 then date '2026-01-01' + (n / 100)::integer end, c.confirmed_at, c.recorded_at
    from assets.ci c join assets.ci_type t on t.code = 'printer' cross join generate_series(1, $1) n
    """

  func bind(to parameters: inout Parameters) { parameters.append(copies) }
}

private struct AnalyzeCis: Statement {
  static let sql = "analyze assets.ci"
}

private struct PlanOnce: Statement {
  static let sql = "set local plan_cache_mode = force_generic_plan"
}

private struct PrepareOwn: Statement {
  static let sql = "prepare ci_own as \(OwnCis.sql)"
}

private struct PlanOwn: Statement {
  static let sql = "explain execute ci_own (1, false, '{}', 1, '', 0, null, null, null, null, null, null, 101)"

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct PrepareOwner: Statement {
  static let sql = "prepare ci_owner as \(CisOfOwner.sql)"
}

private struct PlanOwner: Statement {
  static let sql = "explain execute ci_owner (1, true, '{}', null, '', 0, null, null, null, 1, null, null, 101)"

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct PrepareType: Statement {
  static let sql = "prepare ci_type as \(CisOfType.sql)"
}

private struct PlanType: Statement {
  static let sql = "explain execute ci_type (1, true, '{}', null, '', 0, 1, null, null, null, null, null, 101)"

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct PrepareAll: Statement {
  static let sql = "prepare ci_all as \(CisOfTenant.sql)"
}

private struct PlanAll: Statement {
  static let sql = "explain execute ci_all (1, true, '{}', null, '', 0, null, null, null, null, null, null, 101)"

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct PrepareWarranty: Statement {
  static let sql = "prepare ci_warranty as \(CisByWarranty.sql)"
}

private struct PlanWarranty: Statement {
  static let sql = "explain execute ci_warranty (1, true, '{}', null, null, 0, null, null, null, null, null, null, 101, '2026-03-01')"

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct PrepareSerial: Statement {
  static let sql = "prepare ci_serial as \(CisBySerial.sql)"
}

private struct PlanSerial: Statement {
  static let sql = "explain execute ci_serial (1, '{a,b}')"

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct PrepareTag: Statement {
  static let sql = "prepare ci_tag as \(CisByTag.sql)"
}

private struct PlanTag: Statement {
  static let sql = "explain execute ci_tag (1, '{a,b}')"

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct PrepareName: Statement {
  static let sql = "prepare ci_name as \(CisByName.sql)"
}

private struct PlanName: Statement {
  static let sql = "explain execute ci_name (1, '{a,b}')"

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
