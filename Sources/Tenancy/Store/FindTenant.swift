import Kernel
import Postgres

/// The tenant of a handle, before anything is bound (schema-rules 23 and 24).
package struct FindTenant: Statement {
  let handle: TenantHandle

  package init(handle: TenantHandle) { self.handle = handle }

  package static let sql = "select id, handle, public_id, kind, code, name, zone, language, state, version from finder.find_tenant($1)"

  package func bind(to parameters: inout Parameters) { parameters.append(Int64(handle.rawValue)) }

  package static func decode(_ row: inout RowReader) throws -> TenantEntry { try TenantEntry(&row) }
}

/// The tenant of a code, for login forms and the command line.
struct FindTenantByCode: Statement {
  let code: String

  static let sql = "select id, handle, public_id, kind, code, name, zone, language, state, version from finder.find_tenant_by_code($1)"

  func bind(to parameters: inout Parameters) { parameters.append(code) }

  static func decode(_ row: inout RowReader) throws -> TenantEntry { try TenantEntry(&row) }
}

/// The tenants of codes.
struct FindTenantsByCode: Statement {
  let codes: [String]

  static let sql = """
    select t.id, t.handle, t.public_id, t.kind, t.code, t.name, t.zone, t.language, t.state, t.version
    from unnest($1::text[]) c (code) cross join lateral finder.find_tenant_by_code(c.code) t
    """

  func bind(to parameters: inout Parameters) { parameters.append(codes) }

  static func decode(_ row: inout RowReader) throws -> TenantEntry { try TenantEntry(&row) }
}

struct FindProvider: Statement {
  static let sql = "select id, handle, public_id, kind, code, name, zone, language, state, version from finder.find_provider()"

  func bind(to parameters: inout Parameters) {}

  static func decode(_ row: inout RowReader) throws -> TenantEntry { try TenantEntry(&row) }
}

/// What has a number, of all tenants (schema-rules 23).
package struct FindNumber: Statement {
  package struct Found: Sendable {
    package let handle: TenantHandle
    package let random: [UInt8]
  }

  let number: ThingNumber

  package init(number: ThingNumber) { self.number = number }

  package static let sql = "select handle, public_id from finder.find_number($1, $2, $3)"

  package func bind(to parameters: inout Parameters) {
    parameters.append(number.kind)
    parameters.append(number.code)
    parameters.append(number.number)
  }

  package static func decode(_ row: inout RowReader) throws -> Found {
    let handle: Int64 = try row.next()
    return Found(handle: TenantHandle(UInt32(truncatingIfNeeded: handle)), random: try row.next())
  }
}

/// What has these numbers; `place` is a number's among them, from 1.
struct FindNumbers: Statement {
  struct Found: Sendable {
    let place: Int64
    let handle: TenantHandle
    let random: [UInt8]
  }

  let numbers: [ThingNumber]

  static let sql = """
    select n.place, f.handle, f.public_id
    from unnest($1::text[], $2::text[], $3::bigint[]) with ordinality n (kind, code, number, place)
    cross join lateral finder.find_number(n.kind, n.code, n.number) f
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(numbers.map(\.kind))
    parameters.append(numbers.map { $0.code ?? "" })
    parameters.append(numbers.map(\.number))
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let place: Int64 = try row.next()
    let handle: Int64 = try row.next()
    return Found(place: place, handle: TenantHandle(UInt32(truncatingIfNeeded: handle)), random: try row.next())
  }
}

extension TenantEntry {
  /// Columns in the order id, handle, public_id, kind, code, name, zone, language, state, version.
  package init(_ row: inout RowReader) throws {
    self.init(
      id: try row.next(), handle: TenantHandle(UInt32(truncatingIfNeeded: (try row.next() as Int64))), publicIdBits: try row.next(),
      kind: Kind(rawValue: try row.next()) ?? .customer, code: try row.next(), name: try row.next(), zone: try row.next(),
      language: Language(rawValue: try row.next()) ?? .english, state: State(rawValue: try row.next()) ?? .suspended, version: try row.next())
  }
}
