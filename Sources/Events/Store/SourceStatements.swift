import Kernel
import Postgres
import Tenancy

/// A source of events.
struct SourceRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  /// The service account that it proves itself as, and that its acts are on record as.
  let account: Int64
  let name: String
  let isSigning: Bool
  /// Without its rules until those are read.
  var settings: SourceSettings
  let customerId: PublicId?
  let isActive: Bool
  let version: Int64

  static let select = """
    select s.id, s.public_id, s.account_id, s.name, s.kind = 'signature', s.customer_id, c.handle, c.public_id, s.group_labels, s.ci_label, s.severity_label,
      s.severities, s.resolves, s.flap_minutes, s.storm_limit, s.state = 'active', s.version
    from events.source s left join tenancy.tenant c on c.id = s.customer_id
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    account = try row.next()
    name = try row.next()
    isSigning = try row.next()
    let customer: Int64? = try row.next()
    customerId = try CustomerColumns.id(&row)
    let groupLabels: [String] = try row.next()
    let ciLabel: String? = try row.next()
    let severityLabel: String = try row.next()
    let severities: Value = try row.next()
    settings = SourceSettings(
      customer: customer.map { TenantId($0) }, rules: [], groupLabels: groupLabels, ciLabel: ciLabel, severityLabel: severityLabel,
      severities: (severities.array ?? []).compactMap(SourceSettings.Severity.init), resolves: try row.next(), flapMinutes: try row.next(),
      stormLimit: try row.next())
    isActive = try row.next()
    version = try row.next()
  }
}

/// A customer's handle and public id, where there is one.
enum CustomerColumns {
  static func id(_ row: inout RowReader) throws -> PublicId? {
    let handle: Int64? = try row.next()
    let bits: [UInt8]? = try row.next()
    guard let handle, let bits else { return nil }
    return PublicId(kind: "cus", handle: TenantHandle(UInt32(truncatingIfNeeded: handle)), random: bits)
  }
}

struct SourceByPublicId: Statement {
  let provider: TenantId
  let publicId: [UInt8]

  static let sql = SourceRow.select + " where s.tenant_id = $1 and s.public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId)
  }

  static func decode(_ row: inout RowReader) throws -> SourceRow { try SourceRow(&row) }
}

struct SourcesPage: Statement {
  let provider: TenantId
  let after: Int64
  let limit: Int64

  static let sql = SourceRow.select + " where s.tenant_id = $1 and s.id > $2 order by s.id limit $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> SourceRow { try SourceRow(&row) }
}

/// Those from which something waits, each in one step of the index, however much does.
struct SourcesWaiting: Statement {
  let provider: TenantId
  let now: Instant

  static let sql = """
    \(SourceRow.select) where s.tenant_id = $1
      and exists (
        select from events.received r where r.tenant_id = s.tenant_id and r.source_id = s.id and r.state = 'waiting' and r.due_at <= $2)
    order by s.id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> SourceRow { try SourceRow(&row) }
}

/// In the order in which they are tried.
struct RulesOfSources: Statement {
  struct Found: Sendable {
    let source: Int64
    let rule: SourceSettings.Rule
    let customerId: PublicId?
  }

  let provider: TenantId
  let sources: [Int64]

  static let sql = """
    select r.source_id, r.label, r.value, r.customer_id, c.handle, c.public_id
    from events.source_rule r join tenancy.tenant c on c.id = r.customer_id
    where r.tenant_id = $1 and r.source_id = any ($2) order by r.source_id, r.position
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(sources)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      source: try row.next(), rule: SourceSettings.Rule(label: try row.next(), value: try row.next(), customer: try row.next()),
      customerId: try CustomerColumns.id(&row))
  }
}

struct InsertSource: Statement {
  let provider: TenantId
  let publicId: [UInt8]
  let account: Int64
  let name: String
  let isSigning: Bool
  let settings: SourceSettings
  let now: Instant

  static let sql = """
    insert into events.source
      (tenant_id, public_id, account_id, name, kind, customer_id, group_labels, ci_label, severity_label, severities, resolves, flap_minutes, storm_limit,
       recorded_at)
    values ($1, $2, $3, $4, case when $5 then 'signature' else 'bearer' end, $6, $7, $8, $9, $10, $11, $12, $13, $14) returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId)
    parameters.append(account)
    parameters.append(name)
    parameters.append(isSigning)
    parameters.append(settings)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// No row when another change was faster.
struct UpdateSource: Statement {
  let provider: TenantId
  let source: Int64
  let version: Int64
  let name: String
  let settings: SourceSettings

  static let sql = """
    update events.source set name = $4, customer_id = $5, group_labels = $6, ci_label = $7, severity_label = $8, severities = $9, resolves = $10,
      flap_minutes = $11, storm_limit = $12, version = version + 1
    where tenant_id = $1 and id = $2 and version = $3 returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(source)
    parameters.append(version)
    parameters.append(name)
    parameters.append(settings)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

extension Parameters {
  fileprivate mutating func append(_ settings: SourceSettings) {
    append(settings.customer)
    append(settings.groupLabels)
    append(settings.ciLabel)
    append(settings.severityLabel)
    append(json: .array(settings.severities.map(\.stored)))
    append(settings.resolves)
    append(settings.flapMinutes)
    append(settings.stormLimit)
  }
}

struct RetireSource: Statement {
  let provider: TenantId
  let source: Int64
  let version: Int64

  static let sql = """
    update events.source set state = 'retired', version = version + 1 where tenant_id = $1 and id = $2 and version = $3 returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(source)
    parameters.append(version)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct DeleteRules: Statement {
  let provider: TenantId
  let source: Int64

  static let sql = "delete from events.source_rule where tenant_id = $1 and source_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(source)
  }
}

/// After those that there are; of a label's value the rule that is there stands.
/// The source has changed: its version rises. The customer whose all of its events are; nil: rules say whose.
struct TouchSource: Statement {
  let provider: TenantId
  let source: Int64

  static let sql = "update events.source set version = version + 1 where tenant_id = $1 and id = $2 returning customer_id"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(source)
  }

  static func decode(_ row: inout RowReader) throws -> Int64? { try row.next() }
}

struct AppendRules: Statement {
  let provider: TenantId
  let source: Int64
  let rules: [SourceSettings.Rule]

  static let sql = """
    insert into events.source_rule (tenant_id, source_id, position, label, value, customer_id)
    select $1, $2, r.place + coalesce((select max(o.position) from events.source_rule o where o.tenant_id = $1 and o.source_id = $2), 0),
      r.label, r.value, r.customer_id
    from unnest($3::text[], $4::text[], $5::bigint[]) with ordinality r (label, value, customer_id, place)
    on conflict (tenant_id, source_id, label, value) do nothing
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(source)
    parameters.append(rules.map(\.label))
    parameters.append(rules.map(\.value))
    parameters.append(rules.map(\.customer.rawValue))
  }
}
