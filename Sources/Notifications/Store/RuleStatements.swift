import Kernel
import Postgres
import ServiceLevels

/// A rule as it is stored.
struct RuleRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let isStock: Bool
  let rule: NotificationRule
  let webhookPublicId: [UInt8]?
  let customerId: PublicId?
  let isActive: Bool
  let version: Int64

  static let columns = """
    r.id, r.public_id, r.stock_key is not null, r.name, r.event, r.audience, r.account_ids, r.account_public_ids, r.channels, r.webhook_id, r.customer_id,
    r.priority_to, r.metric, r.percent_from, r.quiet_from, r.quiet_to, r.urgent_to, r.expires_minutes, w.public_id, t.handle, t.public_id, r.state, r.version
    """
  static let tables = """
    from notifications.rule r left join notifications.webhook w on w.tenant_id = r.tenant_id and w.id = r.webhook_id
    left join tenancy.tenant t on t.id = r.customer_id
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    isStock = try row.next()
    let name: String = try row.next()
    let event = NotificationEvent(rawValue: try row.next()) ?? .opened
    let audience: [String] = try row.next()
    let accounts: [Int64] = try row.next()
    let bits: [[UInt8]] = try row.next()
    let channels: [String] = try row.next()
    let webhook: Int64? = try row.next()
    let customer: Int64? = try row.next()
    let priority: Int64? = try row.next()
    let metric: String? = try row.next()
    let percent: Int64? = try row.next()
    let (quietFrom, quietTo): (Int64?, Int64?) = (try row.next(), try row.next())
    let quiet: QuietHours? = if let quietFrom, let quietTo { QuietHours(from: quietFrom, to: quietTo) } else { nil }
    rule = NotificationRule(
      name: name, event: event, audience: audience.compactMap(Audience.init), staff: zip(accounts, bits).map { NotificationRule.Member(id: $0, publicId: $1) },
      channels: channels.compactMap(Channel.init), webhook: webhook, customer: customer.map { TenantId($0) }, priorityTo: priority,
      metric: metric.flatMap(Metric.init), percentFrom: percent, quiet: quiet,
      urgentTo: try row.next(), expiresMinutes: try row.next())
    webhookPublicId = try row.next()
    let (handle, customerBits): (Int64?, [UInt8]?) = (try row.next(), try row.next())
    customerId =
      if let handle, let customerBits {
        PublicId(kind: "cus", handle: TenantHandle(UInt32(truncatingIfNeeded: handle)), random: customerBits)
      } else { nil }
    isActive = try row.next() == "active"
    version = try row.next()
  }
}

struct RuleByPublicId: Statement {
  let provider: TenantId
  let publicId: [UInt8]

  static let sql = "select \(RuleRow.columns) \(RuleRow.tables) where r.tenant_id = $1 and r.public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId)
  }

  static func decode(_ row: inout RowReader) throws -> RuleRow { try RuleRow(&row) }
}

/// The rules in the order in which they were made; of one event or of all.
struct RulesPage: Statement {
  let provider: TenantId
  let event: String?
  let after: Int64
  let limit: Int64

  static let sql = """
    select \(RuleRow.columns) \(RuleRow.tables) where r.tenant_id = $1 and ($2::text is null or r.event = $2) and r.id > $3 order by r.id limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(event)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> RuleRow { try RuleRow(&row) }
}

struct ActiveRules: Statement {
  let provider: TenantId

  static let sql = "select \(RuleRow.columns) \(RuleRow.tables) where r.tenant_id = $1 and r.state = 'active' order by r.id"

  func bind(to parameters: inout Parameters) { parameters.append(provider) }

  static func decode(_ row: inout RowReader) throws -> (id: Int64, rule: NotificationRule) {
    let row = try RuleRow(&row)
    return (row.id, row.rule)
  }
}

struct StockKeys: Statement {
  let provider: TenantId

  static let sql = "select r.stock_key from notifications.rule r where r.tenant_id = $1 and r.stock_key is not null"

  func bind(to parameters: inout Parameters) { parameters.append(provider) }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

/// A stock rule that somebody else made meanwhile, or whose name is taken, is left as it is.
struct InsertRule: Statement {
  let provider: TenantId
  let publicId: [UInt8]
  let stockKey: String?
  let rule: NotificationRule
  let now: Instant

  static let insertion = """
    insert into notifications.rule (
      tenant_id, public_id, stock_key, recorded_at, name, event, audience, account_ids, account_public_ids, channels, webhook_id, customer_id, priority_to,
      metric, percent_from, quiet_from, quiet_to, urgent_to, expires_minutes)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
    """
  static let sql = insertion + " returning id"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId)
    parameters.append(stockKey)
    parameters.append(now)
    parameters.append(rule)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// No row when it is there, or somebody gave its name to another, or a worker beside makes it as well.
struct InsertStockRule: Statement {
  let rule: InsertRule

  static let sql = InsertRule.insertion + " on conflict do nothing returning id"

  func bind(to parameters: inout Parameters) { rule.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// No row when another change was faster.
struct UpdateRule: Statement {
  let provider: TenantId
  let id: Int64
  let version: Int64
  let state: String
  let rule: NotificationRule

  static let sql = """
    update notifications.rule set state = $4, name = $5, event = $6, audience = $7, account_ids = $8, account_public_ids = $9, channels = $10,
      webhook_id = $11, customer_id = $12, priority_to = $13, metric = $14, percent_from = $15, quiet_from = $16, quiet_to = $17, urgent_to = $18,
      expires_minutes = $19,
      version = version + 1
    where tenant_id = $1 and id = $2 and version = $3 returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(id)
    parameters.append(version)
    parameters.append(state)
    parameters.append(rule)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

extension Parameters {
  fileprivate mutating func append(_ rule: NotificationRule) {
    append(rule.name)
    append(rule.event.rawValue)
    append(rule.audience.map(\.rawValue))
    append(rule.staff.map(\.id))
    append(rule.staff.map(\.publicId))
    append(rule.channels.map(\.rawValue))
    append(rule.webhook)
    append(rule.customer)
    append(rule.priorityTo)
    append(rule.metric?.rawValue)
    append(rule.percentFrom)
    append(rule.quiet?.from)
    append(rule.quiet?.to)
    append(rule.urgentTo)
    append(rule.expiresMinutes)
  }
}

// MARK: Words

struct AllTemplates: Statement {
  struct Found: Sendable {
    let event: NotificationEvent
    let language: Language
    /// Nil: for both.
    let audience: Side?
    let text: NotificationText
    let version: Int64
  }

  let provider: TenantId

  static let sql = "select t.event, t.language, t.audience, t.subject, t.body, t.version from notifications.template t where t.tenant_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(provider) }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      event: NotificationEvent(rawValue: try row.next()) ?? .summary, language: Language(rawValue: try row.next()) ?? .english,
      audience: Side(rawValue: try row.next()), text: NotificationText(subject: try row.next(), body: try row.next()), version: try row.next())
  }
}

struct SetTemplate: Statement {
  let provider: TenantId
  let event: NotificationEvent
  let language: Language
  let audience: Side?
  let text: NotificationText
  let now: Instant

  static let sql = """
    insert into notifications.template (tenant_id, event, language, audience, subject, body, recorded_at) values ($1, $2, $3, $4, $5, $6, $7)
    on conflict (tenant_id, event, language, audience) do update
      set subject = excluded.subject, body = excluded.body, recorded_at = excluded.recorded_at, version = template.version + 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(event.rawValue)
    parameters.append(language.rawValue)
    parameters.append(audience?.rawValue ?? "both")
    parameters.append(text.subject)
    parameters.append(text.body)
    parameters.append(now)
  }
}

/// Back to the stock words; no row where they are in use.
struct DropTemplate: Statement {
  let provider: TenantId
  let event: NotificationEvent
  let language: Language
  let audience: Side?

  static let sql = "delete from notifications.template where tenant_id = $1 and event = $2 and language = $3 and audience = $4 returning version"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(event.rawValue)
    parameters.append(language.rawValue)
    parameters.append(audience?.rawValue ?? "both")
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
