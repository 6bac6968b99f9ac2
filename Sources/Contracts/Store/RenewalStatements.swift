import Kernel
import Postgres
import Renewals
import ServiceTime

/// The contract whose cycles items are: a customer's, in the customer's tenant, or a supplier's, in the provider's.
enum RenewedContract: Hashable, Sendable {
  case customer(Int64)
  case supplier(Int64)

  var customerContract: Int64? { if case .customer(let id) = self { id } else { nil } }
  var supplierContract: Int64? { if case .supplier(let id) = self { id } else { nil } }
}

/// Whose contract it is, as a list names it.
enum RenewalParty: Sendable {
  case customer(contract: [UInt8], number: Int64)
  case supplier(contract: [UInt8], reference: String, supplier: [UInt8], supplierName: String)
}

/// The item of a cycle.
struct RenewalRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let contract: RenewedContract
  let party: RenewalParty
  let zone: String
  let cycle: RenewalRule.Cycle
  private(set) var state: RenewalState
  private(set) var snoozedUntil: Instant?
  private(set) var outcome: RenewalOutcome?
  private(set) var note: String?
  private(set) var completedAt: Instant?
  private(set) var version: Int64
  /// When a later version of the contract begins that stands in the way of an extension or decline.
  let obstructedFrom: Instant?
  /// The last that people were told of it.
  let told: RenewalNews?
  /// Of the customer's contract's lines that go on, together; nil where none has a fee, or where no amount is as large.
  let monthlyFee: Money?

  func moved(
    to state: RenewalState, until: Instant?, outcome: RenewalOutcome?, note: String?, completedAt: Instant?, version: Int64
  ) -> RenewalRow {
    var row = self
    (row.state, row.snoozedUntil, row.outcome, row.completedAt, row.version) = (state, until, outcome, completedAt, version)
    row.note = note ?? row.note
    return row
  }

  /// `r` is the item, `c` its contract with a customer, `u` that with a supplier. The last but three is
  /// ``RenewalRule/validFrom(behind:since:_:)`` in SQL.
  static let columns = """
    r.id, r.public_id, r.contract_id, c.public_id, c.number, r.supplier_contract_id, u.public_id, u.reference, u.supplier_public_id, u.supplier_name,
      coalesce(c.zone, u.zone), r.mode, r.evergreen, r.cycle_ends_at, r.decision_on, r.decision_at, r.state,
      r.snoozed_until, r.outcome, r.note, r.completed_at, r.version,
      (select x.newest from (
         select coalesce((select max(v.valid_from) from contracts.standing_contract_version v where v.tenant_id = c.tenant_id and v.contract_id = c.id),
           u.newest_from) as newest) x
       where r.state <> 'completed' and x.newest + interval '1 second' > r.cycle_ends_at), r.told, c.currency,
      (select case when sum(f.monthly_fee_minor) <= 9223372036854775807 then sum(f.monthly_fee_minor)::bigint end from contracts.contract_line l
       cross join lateral (
         select v.monthly_fee_minor, v.state from contracts.standing_line_version v
         where v.tenant_id = l.tenant_id and v.contract_line_id = l.id order by v.valid_from desc limit 1) f
       where l.tenant_id = c.tenant_id and l.contract_id = c.id and f.state = 'active')
    """

  static let tables = """
    contracts.renewal r
    left join contracts.contract c on c.tenant_id = r.tenant_id and c.id = r.contract_id
    left join suppliers.pub_contract u on u.contract_id = r.supplier_contract_id
    """

  static let select = "select \(columns) from \(tables)"

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    let (contractId, contractBits, number): (Int64?, [UInt8]?, Int64?) = (try row.next(), try row.next(), try row.next())
    let (underpinningId, underpinningBits, reference): (Int64?, [UInt8]?, String?) = (try row.next(), try row.next(), try row.next())
    let (supplier, supplierName): ([UInt8]?, String?) = (try row.next(), try row.next())
    if let contractId {
      contract = .customer(contractId)
      party = .customer(contract: contractBits ?? [], number: number ?? 0)
    } else {
      contract = .supplier(underpinningId ?? 0)
      party = .supplier(contract: underpinningBits ?? [], reference: reference ?? "", supplier: supplier ?? [], supplierName: supplierName ?? "")
    }
    zone = try row.next()
    cycle = RenewalRule.Cycle(
      mode: RenewalMode(rawValue: try row.next()) ?? .manual, isEvergreen: try row.next(), endsAt: try row.next(), decisionOn: try row.next(),
      decisionAt: try row.next())
    state = RenewalState(rawValue: try row.next()) ?? .completed
    snoozedUntil = try row.next()
    let outcome: String? = try row.next()
    self.outcome = outcome.flatMap(RenewalOutcome.init(rawValue:))
    note = try row.next()
    completedAt = try row.next()
    version = try row.next()
    obstructedFrom = try row.next()
    let told: String? = try row.next()
    self.told = told.flatMap(RenewalNews.init(rawValue:))
    let currency: String? = try row.next()
    let fee: Int64? = try row.next()
    monthlyFee = fee.flatMap { fee in currency.flatMap { Currency(code: $0) }.map { Money(minorUnits: fee, currency: $0) } }
  }
}

struct RenewalByPublicId: Statement {
  let tenant: TenantId
  let publicId: PublicId

  static let sql = "\(RenewalRow.select) where r.tenant_id = $1 and r.public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> RenewalRow { try RenewalRow(&row) }
}

/// The item of a contract that is not completed. What is said of the outcome follows from the state; it names the index.
struct OpenRenewal: Statement {
  let tenant: TenantId
  let contract: RenewedContract

  static let sql = """
    \(RenewalRow.select)
    where r.tenant_id = $1 and (r.contract_id = $2 or r.supplier_contract_id = $3) and r.state <> 'completed'
      and r.outcome is distinct from 'superseded'
    limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract.customerContract)
    parameters.append(contract.supplierContract)
  }

  static func decode(_ row: inout RowReader) throws -> RenewalRow { try RenewalRow(&row) }
}

/// The end of the last cycle that has an item which still counts.
struct LastCycle: Statement {
  let tenant: TenantId
  let contract: RenewedContract

  static let sql = """
    select max(r.cycle_ends_at) from contracts.renewal r
    where r.tenant_id = $1 and (r.contract_id = $2 or r.supplier_contract_id = $3) and r.outcome is distinct from 'superseded'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract.customerContract)
    parameters.append(contract.supplierContract)
  }

  static func decode(_ row: inout RowReader) throws -> Instant? { try row.next() }
}

/// Makes the item of a cycle; none when there is one that counts.
struct InsertRenewal: Statement {
  let tenant: TenantId
  let publicId: [UInt8]
  let contract: RenewedContract
  let cycle: RenewalRule.Cycle
  let now: Instant

  static let sql = """
    insert into contracts.renewal
      (tenant_id, public_id, contract_id, supplier_contract_id, mode, evergreen, cycle_ends_at, decision_on, decision_at, state, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'pending', $10)
    on conflict do nothing
    returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId)
    parameters.append(contract.customerContract)
    parameters.append(contract.supplierContract)
    parameters.append(cycle.mode.rawValue)
    parameters.append(cycle.isEvergreen)
    parameters.append(cycle.endsAt)
    parameters.append(cycle.decisionOn)
    parameters.append(cycle.decisionAt)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Moves an item; no row when another change came first.
struct AdvanceRenewal: Statement {
  let tenant: TenantId
  let id: Int64
  let version: Int64
  let state: RenewalState
  let snoozedUntil: Instant?
  let outcome: RenewalOutcome?
  /// Nil: as before.
  let note: String?
  let now: Instant

  static let sql = """
    update contracts.renewal
    set state = $4, snoozed_until = $5, outcome = $6, note = coalesce($7, note), completed_at = $8, version = version + 1
    where tenant_id = $1 and id = $2 and version = $3 returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(version)
    parameters.append(state.rawValue)
    parameters.append(snoozedUntil)
    parameters.append(outcome?.rawValue)
    parameters.append(note)
    parameters.append(outcome == nil ? nil : now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Keeps what people were told of an item; nil: as if nothing. It is no change of the item: its version stays.
struct StoreRenewalNews: Statement {
  let tenant: TenantId
  let id: Int64
  let news: RenewalNews?

  static let sql = "update contracts.renewal set told = $3 where tenant_id = $1 and id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(news?.rawValue)
  }
}

/// Where the renewals that may be seen stand, across tenants.
struct RenewalPositions: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let id: Int64
    let decisionAt: Instant
  }

  let tenants: [Int64]?
  /// `customer` or `supplier`: contracts with these; nil: with all.
  let party: String?
  /// Nil: the open ones that are not put off; `open`: all open ones; `all`: all.
  let state: String?
  let from: CalendarDate?
  let before: CalendarDate?
  let after: Found?
  let limit: Int64

  static let sql = "select tenant_id, id, decision_at from finder.renewals($1, $2, $3, $4, $5, $6, $7, $8, $9)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenants)
    parameters.append(party)
    parameters.append(state)
    parameters.append(from)
    parameters.append(before)
    parameters.append(after?.decisionAt)
    parameters.append(after?.tenant)
    parameters.append(after?.id)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(tenant: try row.next(), id: try row.next(), decisionAt: try row.next()) }
}

/// The items at positions that the finder gave, with their customers.
struct RenewalsAt: Statement {
  struct Found: Sendable {
    let row: RenewalRow
    let handle: TenantHandle
    let customer: [UInt8]
    let code: String
    let customerName: String
    let contractName: String
  }

  let positions: [RenewalPositions.Found]

  static let sql = """
    select \(RenewalRow.columns), t.handle, t.public_id, t.code, t.name,
      coalesce((select v.name from contracts.standing_contract_version v where v.tenant_id = c.tenant_id and v.contract_id = c.id
       order by v.valid_from desc limit 1), u.name)
    from unnest($1::bigint[], $2::bigint[]) as w (tenant_id, id)
    join contracts.renewal r on r.tenant_id = w.tenant_id and r.id = w.id
    left join contracts.contract c on c.tenant_id = r.tenant_id and c.id = r.contract_id
    left join suppliers.pub_contract u on u.contract_id = r.supplier_contract_id
    join tenancy.tenant t on t.id = r.tenant_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(positions.map(\.tenant.rawValue))
    parameters.append(positions.map(\.id))
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let renewal = try RenewalRow(&row)
    let handle: Int64 = try row.next()
    return Found(
      row: renewal, handle: TenantHandle(UInt32(truncatingIfNeeded: handle)), customer: try row.next(), code: try row.next(),
      customerName: try row.next(), contractName: try row.next())
  }
}

/// Contracts of any tenant that the sweep has to look at.
struct ContractsToLookAt: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let contract: RenewedContract
    let lookAt: Instant

    /// Its place in the order in which they are found.
    var place: [Int64] {
      switch contract {
      case .customer(let id): [lookAt.microseconds, tenant.rawValue, 0, id]
      case .supplier(let id): [lookAt.microseconds, tenant.rawValue, 1, id]
      }
    }
  }

  let now: Instant
  /// The place behind which it looks; nil: from the first.
  let after: [Int64]?
  let limit: Int32

  static let sql = "select tenant_id, id, is_supplier, look_at from finder.contracts_to_look_at($1, $2, $3, $4, $5, $6)"

  func bind(to parameters: inout Parameters) {
    let place = after.flatMap { $0.count == 4 ? $0 : nil } ?? [0, 0, 0, 0]
    parameters.append(now)
    parameters.append(Instant(microseconds: place[0]))
    parameters.append(place[1])
    parameters.append(place[2] == 1)
    parameters.append(place[3])
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let tenant: TenantId = try row.next()
    let id: Int64 = try row.next()
    let isSupplier: Bool = try row.next()
    return Found(tenant: tenant, contract: isSupplier ? .supplier(id) : .customer(id), lookAt: try row.next())
  }
}

/// The contract, held against changes for the length of the transaction.
struct HoldContract: Statement {
  let tenant: TenantId
  let contract: Int64

  static let sql = "select version from contracts.contract where tenant_id = $1 and id = $2 for no key update"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Who gave a contract the end that it has now: of the newest versions, which all have it, the earliest tells, whatever was changed since.
/// No row when that was before the item was made.
struct ExtendingChange: Statement {
  let tenant: TenantId
  let item: Int64
  let contract: RenewedContract
  let endsAt: Instant?

  static let sql = """
    with version as (
      select v.valid_from, v.ends_at, v.recorded_at from contracts.standing_contract_version v where v.tenant_id = $1 and v.contract_id = $3
      union all
      select v.valid_from, v.ends_at, v.recorded_at from suppliers.pub_contract_version v where v.contract_id = $4)
    select e.actor_kind, e.actor_id, e.on_behalf_of, e.via
    from (
      select v.recorded_at from version v
      where v.ends_at is not distinct from $5::timestamptz
        and not exists (select from version o where o.valid_from > v.valid_from and o.ends_at is distinct from v.ends_at)
      order by v.valid_from limit 1) v
    join operations.event e on e.tenant_id = $1 and e.subject_kind = $6 and e.subject_id = coalesce($3, $4) and e.recorded_at = v.recorded_at
    where v.recorded_at >= (select r.recorded_at from contracts.renewal r where r.tenant_id = $1 and r.id = $2)
    order by e.seq desc limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(item)
    parameters.append(contract.customerContract)
    parameters.append(contract.supplierContract)
    parameters.append(endsAt)
    parameters.append(contract.customerContract == nil ? "underpinning_contract" : "contract")
  }

  static func decode(_ row: inout RowReader) throws -> Actor {
    let kind: String = try row.next()
    let id: Int64 = try row.next()
    let onBehalfOf: Int64? = try row.next()
    let via: String = try row.next()
    return Actor(kind: Actor.Kind(rawValue: kind) ?? .system, id: id, onBehalfOf: onBehalfOf, via: Actor.Via(rawValue: via) ?? .job)
  }
}

/// The newest version of a contract that stands.
struct NewestVersion: Statement {
  let tenant: TenantId
  let contract: Int64

  static let sql = """
    select \(ContractRow.columns), c.lapse_told
    from contracts.contract c join contracts.standing_contract_version v on v.tenant_id = c.tenant_id and v.contract_id = c.id
    where c.tenant_id = $1 and c.id = $2
    order by v.valid_from desc limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract)
  }

  static func decode(_ row: inout RowReader) throws -> (contract: ContractRow, lapseTold: Instant?) { (try ContractRow(&row), try row.next()) }
}

/// Keeps of which end of the term people were told that it lapsed. It is no change of the contract: its version stays.
struct StoreLapse: Statement {
  let tenant: TenantId
  let contract: Int64
  let endsAt: Instant

  static let sql = "update contracts.contract set lapse_told = $3 where tenant_id = $1 and id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract)
    parameters.append(endsAt)
  }
}

/// When the sweep looks at the contract again; nil: not before it changes.
struct LookAgain: Statement {
  let tenant: TenantId
  let contract: Int64
  let at: Instant?

  static let sql = "update contracts.contract set renewal_look_at = $3 where tenant_id = $1 and id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract)
    parameters.append(at)
  }
}
