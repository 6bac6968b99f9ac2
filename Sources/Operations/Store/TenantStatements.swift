import Kernel
import Postgres
import Tenancy

/// A tenant that is bound.
package struct TenantById: Statement {
  let tenant: TenantId

  package init(tenant: TenantId) { self.tenant = tenant }

  package static let sql = "select id, handle, public_id, kind, code, name, zone, language, state, version from tenancy.tenant where id = $1"

  package func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  package static func decode(_ row: inout RowReader) throws -> TenantEntry { try TenantEntry(&row) }
}

/// A new tenant, with a handle that no other has.
package struct NewTenant: Sendable {
  let kind: TenantEntry.Kind
  let code: String
  let name: String
  let zone: String
  let language: Language

  package init(kind: TenantEntry.Kind, code: String, name: String, zone: String, language: Language) {
    self.kind = kind
    self.code = code
    self.name = name
    self.zone = zone
    self.language = language
  }

  package func insert(in transaction: Transaction, random: RandomSource, at now: Instant) async throws -> TenantEntry {
    // 2^32 handles: a collision is rare, a second one in a row a defect of the random source.
    for _ in 0..<8 {
      let handle = TenantHandle(random.bytes(4).reduce(0) { $0 << 8 | UInt32($1) })
      let insert = InsertTenant(tenant: self, handle: handle, publicId: random.publicIdBits(), recordedAt: now)
      if let entry = try await transaction.first(insert) { return entry }
    }
    throw Failure(.internal, OperationMessages.internalFault, debug: "no free tenant handle in 8 tries")
  }
}

struct InsertTenant: Statement {
  let tenant: NewTenant
  let handle: TenantHandle
  let publicId: [UInt8]
  let recordedAt: Instant

  static let sql = """
    insert into tenancy.tenant (handle, public_id, kind, code, name, zone, language, recorded_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict (handle) do nothing
    returning id, handle, public_id, kind, code, name, zone, language, state, version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(Int64(handle.rawValue))
    parameters.append(publicId)
    parameters.append(tenant.kind.rawValue)
    parameters.append(tenant.code)
    parameters.append(tenant.name)
    parameters.append(tenant.zone)
    parameters.append(tenant.language.rawValue)
    parameters.append(recordedAt)
  }

  static func decode(_ row: inout RowReader) throws -> TenantEntry { try TenantEntry(&row) }
}

struct UpdateTenant: Statement {
  let tenant: TenantId
  let version: Int64
  let name: String
  let zone: String
  let language: String
  let state: String

  static let sql = """
    update tenancy.tenant set name = $3, zone = $4, language = $5, state = $6, version = version + 1
    where id = $1 and version = $2
    returning id, handle, public_id, kind, code, name, zone, language, state, version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(version)
    parameters.append(name)
    parameters.append(zone)
    parameters.append(language)
    parameters.append(state)
  }

  static func decode(_ row: inout RowReader) throws -> TenantEntry { try TenantEntry(&row) }
}

struct CustomersByCode: Statement {
  let after: String
  /// Nil: all of them.
  let only: [Int64]?
  /// A part of the code or the name, in small letters; nil: any.
  let text: String?
  let limit: Int64

  static let sql = """
    select id, handle, public_id, kind, code, name, zone, language, state, version from tenancy.tenant
    where kind = 'customer' and code > $1 and ($2::bigint[] is null or id = any ($2))
      and ($3::text is null or strpos(lower(code), $3) > 0 or strpos(lower(name), $3) > 0)
    order by code limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(after)
    parameters.append(only)
    parameters.append(text)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> TenantEntry { try TenantEntry(&row) }
}
