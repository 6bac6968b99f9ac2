import Kernel
import Postgres
import Tenancy

/// What can be found wrong with the data of CIs that are not retired.
enum QualityCheck: String, Sendable, CaseIterable {
  /// No relation to another that is neither retired nor disposed of.
  case unrelated
  /// Nobody answers for it, or somebody who has left.
  case unowned
  /// No contract line that is in force covers it today.
  case uncovered
  /// The provider shares it, and it affects no customer: neither by itself nor by what needs it.
  case unshared
  /// Nobody has confirmed it for long.
  case stale
  case duplicateSerial = "duplicate_serial"
  case duplicateTag = "duplicate_tag"
  case duplicateName = "duplicate_name"
  /// An attribute is missing, or not as the newest version of the type wants it.
  case attributes

  /// All that the database decides.
  static let counted = allCases.filter { $0 != .attributes }

  /// The provider has no contracts, and a customer shares nothing.
  func applies(to kind: TenantEntry.Kind) -> Bool {
    switch self {
    case .uncovered: kind == .customer
    case .unshared: kind == .provider
    case .unrelated, .unowned, .stale, .duplicateSerial, .duplicateTag, .duplicateName, .attributes: true
    }
  }
}

/// The condition of each check: `c` is the CI, $1 the tenant, $2 the states that count, $3 now, $4 today, $5 since when it
/// is stale.
enum QualityCondition {
  static let unrelated = """
    not exists (
        select from assets.relation r join assets.ci o on o.tenant_id = r.tenant_id and o.id = r.to_id and o.state = any($2)
        where r.tenant_id = $1 and r.from_id = c.id)
      and not exists (
        select from assets.relation r join assets.ci o on o.tenant_id = r.tenant_id and o.id = r.from_id and o.state = any($2)
        where r.tenant_id = $1 and r.to_id = c.id)
    """
  static let unowned = """
    (c.owner_id is null or exists (
      select from tenancy.person o where o.tenant_id = $1 and o.id = c.owner_id and o.left_at is not null))
    """
  static let uncovered = """
    not coalesce((select v.contract_line_id in (select l.line_id from \(LineCondition.inForce)) from assets.coverage v
      where v.tenant_id = $1 and v.ci_id = c.id and v.valid_from <= $4 order by v.valid_from desc, v.seq desc limit 1), false)
    """
  static let unshared = """
    c.id not in (
      with recursive affecting (id) as (
        select o.id from assets.affected_customer f join assets.ci o on o.tenant_id = f.tenant_id and o.id = f.ci_id
        where f.tenant_id = $1 and o.state = any($2)
        union
        select o.id from affecting a join assets.pub_need x on x.tenant_id = $1 and x.ci_id = a.id
          join assets.ci o on o.tenant_id = x.tenant_id and o.id = x.needs_id
        where o.state = any($2))
      select id from affecting)
    """
  static let duplicateSerial =
    "exists (select from assets.ci d where d.tenant_id = $1 and d.serial_key = c.serial_key and d.id <> c.id and d.state = any($2))"
  static let duplicateTag =
    "exists (select from assets.ci d where d.tenant_id = $1 and d.tag_key = c.tag_key and d.id <> c.id and d.state = any($2))"
  static let duplicateName =
    "exists (select from assets.ci d where d.tenant_id = $1 and d.name_key = c.name_key and d.id <> c.id and d.state = any($2))"
}

/// How many CIs each check finds.
struct QualityCounts: Statement {
  let tenant: TenantId
  let now: Instant
  let today: CalendarDate
  let staleBefore: Instant

  static let sql = """
    select count(*), count(*) filter (where \(QualityCondition.unrelated)), count(*) filter (where \(QualityCondition.unowned)),
      count(*) filter (where \(QualityCondition.uncovered)), count(*) filter (where \(QualityCondition.unshared)),
      count(*) filter (where c.confirmed_at < $5),
      count(*) filter (where \(QualityCondition.duplicateSerial)), count(*) filter (where \(QualityCondition.duplicateTag)),
      count(*) filter (where \(QualityCondition.duplicateName))
    from assets.ci c where c.tenant_id = $1 and c.state = any($2)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(CiState.live)
    parameters.append(now)
    parameters.append(today)
    parameters.append(staleBefore)
  }

  /// - Returns: all, and those of each of ``QualityCheck/counted`` in its order.
  static func decode(_ row: inout RowReader) throws -> (all: Int64, found: [Int64]) {
    let all: Int64 = try row.next()
    var found: [Int64] = []
    for _ in QualityCheck.counted { found.append(try row.next()) }
    return (all, found)
  }
}

/// The CIs that a check finds, in the order of their names; all of them for the attributes, which are looked at one by one.
struct QualityFindings: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
    let nameKey: String
    let name: String
    let type: Int64
    let typeCode: String
    let serial: String?
    let assetTag: String?
    let confirmedAt: Instant
    let attributes: Value
  }

  let tenant: TenantId
  let now: Instant
  let today: CalendarDate
  let staleBefore: Instant
  let check: QualityCheck
  let afterName: String
  let afterId: Int64
  let limit: Int64

  static let sql = """
    select c.id, c.public_id, c.name_key, c.name, c.type_id, t.code, c.serial, c.asset_tag, c.confirmed_at, c.attributes
    from assets.ci c join assets.ci_type t on t.id = c.type_id
    where c.tenant_id = $1 and c.state = any($2) and (c.name_key, c.id) > ($7, $8) and case $6
      when 'unrelated' then \(QualityCondition.unrelated)
      when 'unowned' then \(QualityCondition.unowned)
      when 'uncovered' then \(QualityCondition.uncovered)
      when 'unshared' then \(QualityCondition.unshared)
      when 'stale' then c.confirmed_at < $5
      when 'duplicate_serial' then \(QualityCondition.duplicateSerial)
      when 'duplicate_tag' then \(QualityCondition.duplicateTag)
      when 'duplicate_name' then \(QualityCondition.duplicateName)
      else true end
    order by c.name_key, c.id limit $9
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(CiState.live)
    parameters.append(now)
    parameters.append(today)
    parameters.append(staleBefore)
    parameters.append(check.rawValue)
    parameters.append(afterName)
    parameters.append(afterId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      id: try row.next(), publicId: try row.next(), nameKey: try row.next(), name: try row.next(), type: try row.next(), typeCode: try row.next(),
      serial: try row.next(), assetTag: try row.next(), confirmedAt: try row.next(), attributes: try row.next())
  }
}
