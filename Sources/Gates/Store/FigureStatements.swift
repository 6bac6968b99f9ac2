import Kernel
import Operations
import Postgres

/// What some stays at a gate came to.
struct GateFigures: Sendable {
  let came: Int64
  let stopped: Int64
  let subjects: Int64
  let incidents: Int64
  let stops: Int64
  let passed: Int64
  let bypassed: Int64
  let left: Int64
  let waiting: Int64
  let medianWait: Int64?
  let totalWait: Int64
  /// How many waited, and went on.
  let waited: Int64
  let stillWaiting: Int64

  /// Of stays `p` at gates `g`; $2 is an hour before now, $6 now. The finder has the same over all customers.
  static let columns = """
    count(*), count(*) filter (where p.stops > 0),
      count(distinct p.subject) filter (where p.stops > 0 and p.subject_kind <> 'opening'),
      count(distinct p.subject) filter (where p.stops > 0 and p.subject_kind = 'incident'), sum(p.stops)::bigint,
      count(*) filter (where p.outcome = 'passed'), count(*) filter (where p.outcome = 'bypassed'),
      count(*) filter (where \(PassageRow.outcome) = 'left'), count(*) filter (where \(PassageRow.outcome) = 'waiting'),
      percentile_disc(0.5) within group (order by floor(extract(epoch from p.ended_at - p.first_stopped_at))::bigint)
        filter (where p.stops > 0 and p.outcome in ('passed', 'bypassed')),
      coalesce(sum(floor(extract(epoch from p.ended_at - p.first_stopped_at))::bigint)
        filter (where p.stops > 0 and p.outcome in ('passed', 'bypassed')), 0)::bigint,
      count(*) filter (where p.stops > 0 and p.outcome in ('passed', 'bypassed')),
      coalesce(sum(greatest(floor(extract(epoch from $6::timestamptz - p.first_stopped_at))::bigint, 0))
        filter (where p.stops > 0 and \(PassageRow.outcome) = 'waiting'), 0)::bigint
    """

  init(_ row: inout RowReader) throws {
    came = try row.next()
    stopped = try row.next()
    subjects = try row.next()
    incidents = try row.next()
    stops = try row.next()
    passed = try row.next()
    bypassed = try row.next()
    left = try row.next()
    waiting = try row.next()
    medianWait = try row.next()
    totalWait = try row.next()
    waited = try row.next()
    stillWaiting = try row.next()
  }

  /// Nil: nothing waited and went on.
  var meanWait: Int64? { waited > 0 ? totalWait / waited : nil }
}

/// What each gate did in a period, by the stays that began in it, of what concerns a customer.
struct FrictionOfGates: Statement {
  struct Found: Sendable {
    let gate: [UInt8]
    let name: LocalText
    let step: String
    let kind: String
    let figures: GateFigures
  }

  let provider: TenantId
  let tenant: TenantId
  let from: Instant
  let until: Instant
  let gate: Int64?
  let now: Instant

  private static let isMeant = "p.came_at >= $3 and p.came_at < $4 and ($5::bigint is null or p.gate_id = $5)"
  static let sql = """
    select g.public_id, g.name, g.step, g.kind, \(GateFigures.columns)
    from (
      select p.* from gates.passage p where p.tenant_id = $1 and \(isMeant)
      union all
      select p.* from gates.passage p join gates.gate g on g.id = p.gate_id
      where $1 <> $7 and p.tenant_id = $7 and \(isMeant) and \(PassageRow.concernsCustomer)) p
    join gates.gate g on g.id = p.gate_id
    group by g.id
    order by g.id limit 500
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(now.adding(seconds: -GateSubject.openingSeconds))
    parameters.append(from)
    parameters.append(until)
    parameters.append(gate)
    parameters.append(now)
    parameters.append(provider)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      gate: try row.next(), name: LocalText(try row.next() as Value), step: try row.next(), kind: try row.next(), figures: try GateFigures(&row))
  }
}

/// What gates did in a period, over all that concerns some customers, by the gate's row; from after one on. The finder adds it up: of what
/// concerns several customers, each stay counts once.
struct TotalsOfGates: Statement {
  struct Found: Sendable {
    let gate: Int64
    let figures: GateFigures
  }

  /// Nil: all, and what concerns none.
  let customers: [Int64]?
  let gate: Int64?
  let from: Instant
  let until: Instant
  let now: Instant
  let after: Int64
  let limit: Int64

  static let sql = """
    select t.gate_id, t.came, t.stopped, t.subjects, t.incidents, t.stops, t.passed, t.bypassed, t.gone, t.waiting, t.median_wait, t.total_wait, t.waited,
      t.still_waiting
    from finder.gate_totals($1, $2, $3, $4, $5, $6, $7) t order by t.gate_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(customers)
    parameters.append(gate)
    parameters.append(from)
    parameters.append(until)
    parameters.append(now)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(gate: try row.next(), figures: try GateFigures(&row)) }
}

/// What gates are called, whose they are and where they stand.
struct GatesByRow: Statement {
  struct Found: Sendable {
    let row: Int64
    let publicId: [UInt8]
    let name: LocalText
    let step: String
    let kind: String
    /// Nil: of all.
    let customer: PublicId?
  }

  let gates: [Int64]

  static let sql = """
    select g.id, g.public_id, g.name, g.step, g.kind, e.handle, e.public_id
    from gates.gate g left join tenancy.tenant e on e.id = g.only_tenant_id where g.id = any ($1)
    """

  func bind(to parameters: inout Parameters) { parameters.append(gates) }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      row: try row.next(), publicId: try row.next(), name: LocalText(try row.next() as Value), step: try row.next(), kind: try row.next(),
      customer: try PublicId.customer(&row))
  }
}

/// The customers, by id, of whom something came to a gate in a period.
struct CustomersAtGate: Statement {
  /// Nil: all.
  let customers: [Int64]?
  let gate: Int64
  let from: Instant
  let until: Instant
  let after: Int64
  let limit: Int64

  static let sql = "select tenant_id from finder.gate_customers($1, $2, $3, $4, $5, $6) order by tenant_id"

  func bind(to parameters: inout Parameters) {
    parameters.append(customers)
    parameters.append(gate)
    parameters.append(from)
    parameters.append(until)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> TenantId { try row.next() }
}

/// What a gate did in a period to what concerns each of some customers: to each the figures of `gate.friction`. All of them and the provider's
/// tenant are bound.
struct FrictionOfCustomers: Statement {
  struct Found: Sendable {
    let customer: TenantId
    let figures: GateFigures
  }

  let provider: TenantId
  let customers: [Int64]
  let gate: Int64
  let from: Instant
  let until: Instant
  let now: Instant

  private static let isMeant = "p.gate_id = $5 and p.came_at >= $3 and p.came_at < $4"
  static let sql = """
    select p.customer_id, \(GateFigures.columns)
    from (
      select p.*, p.tenant_id as customer_id from gates.passage p where p.tenant_id = any ($1) and \(isMeant)
      union all
      select p.*, b.customer_id
      from gates.passage p join problems.pub_problem b on b.tenant_id = p.tenant_id and b.public_id = p.subject
      where p.tenant_id = $7 and \(isMeant) and p.subject_kind = 'problem' and b.customer_id = any ($1)
      union all
      select p.*, n.customer_id
      from gates.passage p join \(Concerned.rows) n on n.kind = p.subject_kind and n.tenant_id = p.tenant_id and n.public_id = p.subject
      where p.tenant_id = $7 and \(isMeant) and p.subject_kind in \(Concerned.kinds) and n.customer_id = any ($1)) p
    join gates.gate g on g.id = p.gate_id and (g.only_tenant_id is null or g.only_tenant_id = p.customer_id)
    group by p.customer_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(customers)
    parameters.append(now.adding(seconds: -GateSubject.openingSeconds))
    parameters.append(from)
    parameters.append(until)
    parameters.append(gate)
    parameters.append(now)
    parameters.append(provider)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(customer: try row.next(), figures: try GateFigures(&row)) }
}
