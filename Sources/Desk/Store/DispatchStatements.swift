import Kernel
import Postgres

extension SupplierTurn {
  static let select = """
    select \(columns)
    from desk.dispatch d
    join desk.ticket t on t.tenant_id = d.tenant_id and t.id = d.ticket_id
    \(others)
    """

  /// `d` is the dispatch, `t` its ticket.
  static let columns = """
    d.id, d.public_id, t.id, t.public_id, t.version, t.priority, d.supplier_contract_id, k.public_id, k.reference, k.contract_version_id, k.valid_from,
      s.supplier_id, s.public_id, s.code, s.name, k.calendar_id is not null, d.service_id, v.public_id, v.name, d.choice, d.choice_reason,
      d.supplier_reference, d.priority, d.supplier_priority, d.dispatched_at, d.responded_at, d.last_word_at, d.returned_at, d.outcome, d.version
    """

  /// What a dispatch names: suppliers are read through the views that their module publishes.
  static let others = """
    join suppliers.pub_contract_version k on k.contract_version_id = d.supplier_contract_version_id
    join suppliers.pub_supplier s on s.supplier_id = k.supplier_id
    left join suppliers.pub_service v on v.service_id = d.service_id
    """

  /// Columns in the order of ``columns``.
  init(_ row: inout RowReader) throws {
    let (id, publicId): (Int64, [UInt8]) = (try row.next(), try row.next())
    let ticket = Ticket.Reference(id: try row.next(), publicId: try row.next())
    let (ticketVersion, ticketPriority): (Int64, Int64) = (try row.next(), try row.next())
    let agreement = try Agreement(&row)
    let serviceId: Int64? = try row.next()
    let servicePublicId: [UInt8]? = try row.next()
    let serviceName: String? = try row.next()
    let choice: String = try row.next()
    let choiceReason: String? = try row.next()
    let reference: String? = try row.next()
    let (priority, supplierPriority): (Int64, String?) = (try row.next(), try row.next())
    let (dispatchedAt, respondedAt): (Instant, Instant?) = (try row.next(), try row.next())
    let (lastWordAt, returnedAt): (Instant?, Instant?) = (try row.next(), try row.next())
    let outcome: String? = try row.next()
    self.init(
      id: id, publicId: publicId, ticket: ticket, ticketVersion: ticketVersion, ticketPriority: ticketPriority, agreement: agreement,
      service: serviceId.map { Ticket.Reference(id: $0, publicId: servicePublicId ?? []) }, serviceName: serviceName,
      choice: Choice(rawValue: choice) ?? .named, choiceReason: choiceReason, supplierReference: reference, priority: priority,
      supplierPriority: supplierPriority, dispatchedAt: dispatchedAt, respondedAt: respondedAt, lastWordAt: lastWordAt, returnedAt: returnedAt,
      outcome: outcome.flatMap(Outcome.init), version: try row.next())
  }
}

extension SupplierTurn.Agreement {
  /// Columns in the order contract, its public id, reference, version, valid_from, supplier, its public id, code, name, coverage.
  init(_ row: inout RowReader) throws {
    contract = Ticket.Reference(id: try row.next(), publicId: try row.next())
    reference = try row.next()
    version = try row.next()
    validFrom = try row.next()
    supplier = Ticket.Reference(id: try row.next(), publicId: try row.next())
    supplierCode = try row.next()
    supplierName = try row.next()
    hasCoverage = try row.next()
  }
}

/// What is with suppliers now; read after the ticket was locked, as ``OpenTurn`` is.
struct OpenDispatches: Statement {
  let tenant: TenantId
  let ticket: PublicId

  static let sql = "\(SupplierTurn.select) where t.tenant_id = $1 and t.public_id = $2 and d.returned_at is null order by d.id"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket.random)
  }

  static func decode(_ row: inout RowReader) throws -> SupplierTurn { try SupplierTurn(&row) }
}

struct DispatchesOfTicket: Statement {
  let tenant: TenantId
  let ticket: PublicId
  let afterId: Int64
  let limit: Int64

  static let sql = "\(SupplierTurn.select) where t.tenant_id = $1 and t.public_id = $2 and d.id > $3 order by d.id limit $4"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket.random)
    parameters.append(afterId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> SupplierTurn { try SupplierTurn(&row) }
}

struct DispatchByPublicId: Statement {
  let tenant: TenantId
  let publicId: PublicId

  static let sql = "\(SupplierTurn.select) where d.tenant_id = $1 and d.public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> SupplierTurn { try SupplierTurn(&row) }
}

/// The id of the dispatch that is about to be made, with the names of its agreement.
struct NextDispatch: Statement {
  struct Found: Sendable {
    let id: Int64
    let agreement: SupplierTurn.Agreement
    let service: Ticket.Reference?
    let serviceName: String?
  }

  let contractVersion: Int64
  let service: Int64?

  static let sql = """
    select nextval('desk.dispatch_id_seq'), k.contract_id, k.public_id, k.reference, k.contract_version_id, k.valid_from, s.supplier_id, s.public_id, s.code,
      s.name, k.calendar_id is not null, v.service_id, v.public_id, v.name
    from suppliers.pub_contract_version k
    join suppliers.pub_supplier s on s.supplier_id = k.supplier_id
    left join suppliers.pub_service v on v.service_id = $2
    where k.contract_version_id = $1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(contractVersion)
    parameters.append(service)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let id: Int64 = try row.next()
    let agreement = try SupplierTurn.Agreement(&row)
    let service: Int64? = try row.next()
    let publicId: [UInt8]? = try row.next()
    return Found(
      id: id, agreement: agreement, service: service.map { Ticket.Reference(id: $0, publicId: publicId ?? []) }, serviceName: try row.next())
  }
}

struct InsertDispatch: Statement {
  let tenant: TenantId
  let dispatch: SupplierTurn
  let now: Instant

  static let sql = """
    insert into desk.dispatch
      (tenant_id, id, public_id, ticket_id, supplier_contract_id, supplier_contract_version_id, service_id, choice, choice_reason, supplier_reference,
       supplier_priority, dispatched_at, responded_at, returned_at, outcome, due_at, recorded_at, supplier_id, priority)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(dispatch.id)
    parameters.append(dispatch.publicId)
    parameters.append(dispatch.ticket.id)
    parameters.append(dispatch.agreement.contract.id)
    parameters.append(dispatch.agreement.version)
    parameters.append(dispatch.service?.id)
    parameters.append(dispatch.choice.rawValue)
    parameters.append(dispatch.choiceReason)
    parameters.append(dispatch.supplierReference)
    parameters.append(dispatch.supplierPriority)
    parameters.append(dispatch.dispatchedAt)
    parameters.append(dispatch.respondedAt)
    parameters.append(dispatch.returnedAt)
    parameters.append(dispatch.outcome?.rawValue)
    parameters.append(dispatch.clocks.standing.dueAt)
    parameters.append(now)
    parameters.append(dispatch.agreement.supplier.id)
    parameters.append(dispatch.priority)
  }
}

/// The ticket is locked by whoever holds the dispatch.
struct UpdateDispatch: Statement {
  let tenant: TenantId
  let dispatch: SupplierTurn

  static let sql = """
    update desk.dispatch set ticket_id = $3, supplier_reference = $4, priority = $5, supplier_priority = $6, responded_at = $7, returned_at = $8,
      outcome = $9, due_at = $10, version = $11, last_word_at = $12
    where tenant_id = $1 and id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(dispatch.id)
    parameters.append(dispatch.ticket.id)
    parameters.append(dispatch.supplierReference)
    parameters.append(dispatch.priority)
    parameters.append(dispatch.supplierPriority)
    parameters.append(dispatch.respondedAt)
    parameters.append(dispatch.returnedAt)
    parameters.append(dispatch.outcome?.rawValue)
    parameters.append(dispatch.clocks.standing.dueAt)
    parameters.append(dispatch.version)
    parameters.append(dispatch.lastWordAt)
  }
}

/// Targets of underpinning contracts, as suppliers publish them.
struct SupplierTargetsOfIds: Statement {
  struct Found: Sendable {
    let id: Int64
    let metric: String
    let priority: Int64?
    let supplierPriority: String?
    let service: [UInt8]?
  }

  let ids: [Int64]

  static let sql = """
    select g.target_id, g.metric, g.priority, g.supplier_priority, v.public_id
    from suppliers.pub_target g left join suppliers.pub_service v on v.service_id = g.service_id
    where g.target_id = any($1) order by g.target_id
    """

  func bind(to parameters: inout Parameters) { parameters.append(ids) }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      id: try row.next(), metric: try row.next(), priority: try row.next(), supplierPriority: try row.next(), service: try row.next())
  }
}
