import Kernel
import Postgres

/// What an entry between a supplier and us is.
enum EntryKind: String, Sendable, CaseIterable {
  case cost
  case creditNote = "credit_note"
}

struct InsertEntry: Statement {
  let tenant: TenantId
  let publicId: PublicId
  let supplier: Int64
  let kind: EntryKind
  let contract: Int64?
  let service: Int64?
  let reference: String
  let periodName: String
  let days: Range<CalendarDate>
  /// Below zero: it takes another one back.
  let amount: Money
  let evidence: String?
  let reverses: Int64?
  let actor: Actor
  let now: Instant

  static let sql = """
    insert into suppliers.entry
      (tenant_id, public_id, supplier_id, kind, supplier_contract_id, service_id, reference, period_name, period_from, period_to, amount_minor, currency,
       evidence, reverses, actor_kind, actor_id, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
    parameters.append(supplier)
    parameters.append(kind.rawValue)
    parameters.append(contract)
    parameters.append(service)
    parameters.append(reference)
    parameters.append(periodName)
    parameters.append(days.lowerBound)
    parameters.append(days.upperBound)
    parameters.append(amount.minorUnits)
    parameters.append(amount.currency.code)
    parameters.append(evidence)
    parameters.append(reverses)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(now)
  }
}

/// Who records an entry of a supplier waits for others that do.
struct HoldSupplier: Statement {
  let id: Int64

  static let sql = "select id from suppliers.supplier where id = $1 for no key update"

  func bind(to parameters: inout Parameters) { parameters.append(id) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// An entry like one that is to be recorded. What was taken back is none.
struct SameEntry: Statement {
  let tenant: TenantId
  let supplier: Int64
  let kind: EntryKind
  let contract: Int64?
  let service: Int64?
  let reference: String
  let days: Range<CalendarDate>

  static let sql = """
    select e.id from suppliers.entry e
    where e.tenant_id = $1 and e.supplier_id = $2 and e.kind = $3 and e.reference = $4 and e.supplier_contract_id is not distinct from $5
      and e.service_id is not distinct from $6 and e.period_from = $7 and e.period_to = $8 and e.reverses is null
      and not exists (select from suppliers.entry r where r.tenant_id = e.tenant_id and r.reverses = e.id)
    limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(supplier)
    parameters.append(kind.rawValue)
    parameters.append(reference)
    parameters.append(contract)
    parameters.append(service)
    parameters.append(days.lowerBound)
    parameters.append(days.upperBound)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct EntryRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let supplierId: Int64
  let supplier: [UInt8]
  let kind: EntryKind
  let contractId: Int64?
  let contract: [UInt8]?
  let serviceId: Int64?
  let service: [UInt8]?
  let reference: String
  let periodName: String
  let periodFrom: CalendarDate
  let periodTo: CalendarDate
  let minorUnits: Int64
  let currency: String
  let evidence: String?
  let reverses: [UInt8]?
  let reversedBy: [UInt8]?
  let recordedAt: Instant

  static let select = """
    select e.id, e.public_id, s.id, s.public_id, e.kind, c.id, c.public_id, v.id, v.public_id, e.reference, e.period_name, e.period_from, e.period_to,
      e.amount_minor, e.currency, e.evidence, o.public_id, r.public_id, e.recorded_at
    from suppliers.entry e
    join suppliers.supplier s on s.id = e.supplier_id
    left join suppliers.contract c on c.id = e.supplier_contract_id
    left join suppliers.service v on v.id = e.service_id
    left join suppliers.entry o on o.tenant_id = e.tenant_id and o.id = e.reverses
    left join suppliers.entry r on r.tenant_id = e.tenant_id and r.reverses = e.id
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    supplierId = try row.next()
    supplier = try row.next()
    kind = EntryKind(rawValue: try row.next()) ?? .cost
    contractId = try row.next()
    contract = try row.next()
    serviceId = try row.next()
    service = try row.next()
    reference = try row.next()
    periodName = try row.next()
    periodFrom = try row.next()
    periodTo = try row.next()
    minorUnits = try row.next()
    currency = try row.next()
    evidence = try row.next()
    reverses = try row.next()
    reversedBy = try row.next()
    recordedAt = try row.next()
  }
}

struct EntryByPublicId: Statement {
  let tenant: TenantId
  let publicId: PublicId

  static let sql = "\(EntryRow.select) where e.tenant_id = $1 and e.public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> EntryRow { try EntryRow(&row) }
}

/// A supplier's entries, the latest periods first.
struct EntriesOfSupplier: Statement {
  let tenant: TenantId
  let supplier: Int64
  let kind: EntryKind?
  let beforeDay: CalendarDate
  let beforeId: Int64
  let limit: Int64

  static let sql = """
    \(EntryRow.select)
    where e.tenant_id = $1 and e.supplier_id = $2 and ($3::text is null or e.kind = $3) and (e.period_from, e.id) < ($4, $5)
    order by e.period_from desc, e.id desc limit $6
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(supplier)
    parameters.append(kind?.rawValue)
    parameters.append(beforeDay)
    parameters.append(beforeId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> EntryRow { try EntryRow(&row) }
}

/// A supplier's entries of which a part falls on these days. What was taken back is there with what takes it back.
struct EntriesTouching: Statement {
  let tenant: TenantId
  let supplier: Int64
  let days: Range<CalendarDate>

  static let sql = """
    \(EntryRow.select)
    where e.tenant_id = $1 and e.supplier_id = $2 and e.period_from < $4 and e.period_to > $3 order by e.period_from, e.id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(supplier)
    parameters.append(days.lowerBound)
    parameters.append(days.upperBound)
  }

  static func decode(_ row: inout RowReader) throws -> EntryRow { try EntryRow(&row) }
}
