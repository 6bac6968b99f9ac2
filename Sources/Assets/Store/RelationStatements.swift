import Kernel
import Operations
import Postgres

/// Keeps every other act of the kind waiting until this transaction ends: two of them must not miss what the other writes.
struct LockCis: Statement {
  enum Act: String, Sendable {
    /// Changes of what is part of what: two could close a circle together.
    case parts = "ci_parts"
    /// Imports: two could make the same CIs.
    case imports = "ci_imports"
  }

  let tenant: TenantId
  let act: Act

  static let sql = """
    insert into tenancy.counter (tenant_id, kind, last) values ($1, $2, 1)
    on conflict (tenant_id, kind) do update set last = counter.last + 1 returning last
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(act.rawValue)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// What CIs are part of, directly or not: as edges, from each part to its whole.
struct WholesOf: Statement {
  let tenant: TenantId
  let cis: [Int64]

  static let sql = """
    with recursive whole as (
      select r.from_id, r.to_id from assets.relation r where r.tenant_id = $1 and r.from_id = any($2) and r.kind = 'part_of'
      union
      select r.from_id, r.to_id from assets.relation r join whole w on w.to_id = r.from_id where r.tenant_id = $1 and r.kind = 'part_of')
    select from_id, to_id from whole
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(cis)
  }

  static func decode(_ row: inout RowReader) throws -> (from: Int64, to: Int64) { (try row.next(), try row.next()) }
}

/// Those of some relations that are recorded.
struct RelationsThere: Statement {
  let tenant: TenantId
  let relations: [Relation]

  static let sql = """
    select r.from_id, r.kind, r.to_id
    from unnest($2::bigint[], $3::text[], $4::bigint[]) as x (from_id, kind, to_id)
    join assets.relation r on r.tenant_id = $1 and r.from_id = x.from_id and r.to_id = x.to_id and r.kind = x.kind
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(relations: relations)
  }

  static func decode(_ row: inout RowReader) throws -> Relation {
    Relation(from: try row.next(), kind: RelationKind(rawValue: try row.next()) ?? .dependsOn, to: try row.next())
  }
}

/// A row for each that was not there already.
struct InsertRelations: Statement {
  let tenant: TenantId
  let relations: [Relation]
  let now: Instant

  static let sql = """
    insert into assets.relation (tenant_id, from_id, kind, to_id, recorded_at)
    select $1, x.from_id, x.kind, x.to_id, $5
    from unnest($2::bigint[], $3::text[], $4::bigint[]) with ordinality as x (from_id, kind, to_id, place)
    order by x.place
    on conflict (tenant_id, from_id, to_id, kind) do nothing returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(relations: relations)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

extension Parameters {
  /// $n left ends, $n+1 kinds, $n+2 right ends.
  fileprivate mutating func append(relations: [Relation]) {
    append(relations.map(\.from))
    append(relations.map(\.kind.rawValue))
    append(relations.map(\.to))
  }
}

/// No row when there is no such relation.
struct DeleteRelation: Statement {
  let tenant: TenantId
  let from: Int64
  let to: Int64
  let kind: RelationKind

  static let sql = "delete from assets.relation where tenant_id = $1 and from_id = $2 and to_id = $3 and kind = $4 returning id"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(from)
    parameters.append(to)
    parameters.append(kind.rawValue)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The relations of a CI, seen from its end, in the order in which they were recorded.
struct RelationsOfCi: Statement {
  struct Found: Sendable {
    let id: Int64
    let kind: RelationKind
    /// Whether the CI is the left end.
    let isLeft: Bool
    let other: [UInt8]
    let otherName: String
    let otherType: String
    let otherState: String
    let recordedAt: Instant
  }

  let tenant: TenantId
  let ci: Int64
  let after: Int64
  let limit: Int64

  static let sql = """
    select e.id, e.kind, e.is_left, c.public_id, c.name, t.code, c.state, e.recorded_at
    from (
      (select r.id, r.kind, true as is_left, r.to_id as other_id, r.recorded_at from assets.relation r
       where r.tenant_id = $1 and r.from_id = $2 and r.id > $3 order by r.id limit $4)
      union all
      (select r.id, r.kind, false, r.from_id, r.recorded_at from assets.relation r
       where r.tenant_id = $1 and r.to_id = $2 and r.id > $3 order by r.id limit $4)) e
    join assets.ci c on c.tenant_id = $1 and c.id = e.other_id
    join assets.ci_type t on t.id = c.type_id
    order by e.id limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ci)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      id: try row.next(), kind: RelationKind(rawValue: try row.next()) ?? .dependsOn, isLeft: try row.next(), other: try row.next(),
      otherName: try row.next(), otherType: try row.next(), otherState: try row.next(), recordedAt: try row.next())
  }
}

/// One step of an impact walk: what is reached from some CIs and was not seen yet, each once.
struct NextStep: Statement {
  struct Found: Sendable {
    let from: Int64
    let to: Int64
    let kind: RelationKind
  }

  let tenant: TenantId
  /// True: what needs them; false: what they need.
  let isUp: Bool
  let from: [Int64]
  let seen: [Int64]
  /// What is in another state is not reached.
  let states: [String]
  let limit: Int64

  static let sql = """
    select distinct on (e.reached) e.origin, e.reached, e.kind
    from (
      select r.to_id as origin, r.from_id as reached, r.kind from assets.relation r
      where r.tenant_id = $1 and r.to_id = any($3) and (r.kind <> 'part_of') = $2
      union all
      select r.from_id, r.to_id, r.kind from assets.relation r
      where r.tenant_id = $1 and r.from_id = any($3) and (r.kind = 'part_of') = $2) e
    join assets.ci c on c.tenant_id = $1 and c.id = e.reached
    where e.reached <> all($4) and c.state = any($6)
    order by e.reached, e.origin, e.kind limit $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(isUp)
    parameters.append(from)
    parameters.append(seen)
    parameters.append(limit)
    parameters.append(states)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(from: try row.next(), to: try row.next(), kind: RelationKind(rawValue: try row.next()) ?? .dependsOn)
  }
}

/// CIs as an impact walk shows them.
struct ReachedCis: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
    let name: String
    let typeCode: String
    let state: String
    let tier: String?
    let service: String?
    let serviceNames: LocalText?
  }

  let tenant: TenantId
  let ids: [Int64]

  static let sql = """
    select c.id, c.public_id, c.name, t.code, c.state, c.ci_tier, s.code, s.name_en, s.name_zh
    from assets.ci c
    join assets.ci_type t on t.id = c.type_id
    left join catalog.pub_service s on s.service_id = c.service_id
    where c.tenant_id = $1 and c.id = any($2)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let (id, publicId, name): (Int64, [UInt8], String) = (try row.next(), try row.next(), try row.next())
    let (type, state, tier): (String, String, String?) = (try row.next(), try row.next(), try row.next())
    let service: String? = try row.next()
    let names = LocalText(english: try row.next(), chinese: try row.next())
    return Found(
      id: id, publicId: publicId, name: name, typeCode: type, state: state, tier: tier, service: service, serviceNames: service == nil ? nil : names)
  }
}
