import Jobs
import Kernel
import Postgres
import Tenancy

/// Finds the clocks whose budget ran out, or whose wait came to its limit, while nobody touched their subject, and records
/// it at the instant at which it happened, however much later that is.
package struct BreachSweep: LongSweep {
  package static let kind = "service_levels.breach"
  package static let everySeconds: Int64 = 15
  package static let isPrompt = true

  private let settlement: ClockSettlement

  package init(keepers: [ClockSubject.Kind: any ClockSubjectKeeper], batch: Int32 = 1000) {
    settlement = ClockSettlement(keepers: keepers, batch: batch)
  }

  package func run(at now: Instant, _ tenancy: Tenancy, _ turn: inout SweepTurn) async throws {
    try await settlement.run(at: now, tenancy, &turn) { place, limit in
      try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(DueClocks(now: now, after: place, limit: limit)) }
    }
  }

  package func cameDue(in stretch: Range<Instant>, _ tenancy: Tenancy) async throws -> Bool {
    try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.last(HasDueClocks(stretch: stretch)).first ?? false }
  }
}

/// Brings clocks that run, or wait with a limit, under the version of their calendar that took effect, with an interval's
/// boundary at that instant.
/// An act that comes first does the same, so it matters to nobody's verdict when this runs.
package struct CalendarSweep: LongSweep {
  package static let kind = "service_levels.calendar"
  package static let everySeconds: Int64 = 60

  private let settlement: ClockSettlement

  package init(keepers: [ClockSubject.Kind: any ClockSubjectKeeper], batch: Int32 = 1000) {
    settlement = ClockSettlement(keepers: keepers, batch: batch)
  }

  package func run(at now: Instant, _ tenancy: Tenancy, _ turn: inout SweepTurn) async throws {
    try await settlement.run(at: now, tenancy, &turn) { place, limit in
      let behind = ClocksBehindCalendar(now: now, after: place, limit: limit)
      return try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(behind) }
    }
  }
}

/// A subject of any tenant whose clocks time has moved.
struct DueSubject: Hashable, Sendable {
  let tenant: TenantId
  let subject: ClockSubject
}

/// One clock of it, as it was found.
struct DueClock: Sendable {
  /// Nil for a kind of subject that this build does not know.
  let due: DueSubject?
  let place: ClockPlace

  /// Columns in the order tenant, kind, id, what the look orders by, clock.
  init(_ row: inout RowReader, order: (inout RowReader) throws -> Int64) throws {
    let tenant: TenantId = try row.next()
    let kind: String = try row.next()
    let id: Int64 = try row.next()
    due = ClockSubject.Kind(rawValue: kind).map { DueSubject(tenant: tenant, subject: ClockSubject(kind: $0, id: id)) }
    place = ClockPlace(order: try order(&row), tenant: tenant.rawValue, clock: try row.next())
  }
}

/// Where a look through clocks has come to.
struct ClockPlace: Sendable {
  /// An instant's microseconds, or a version's number.
  let order: Int64
  let tenant: Int64
  let clock: Int64

  static let first = ClockPlace(order: 0, tenant: 0, clock: 0)

  init(order: Int64, tenant: Int64, clock: Int64) { (self.order, self.tenant, self.clock) = (order, tenant, clock) }

  /// As a turn keeps it.
  init(_ numbers: [Int64]?) {
    guard let numbers, numbers.count == 3 else {
      self = .first
      return
    }
    self.init(order: numbers[0], tenant: numbers[1], clock: numbers[2])
  }

  var numbers: [Int64] { [order, tenant, clock] }
}

struct DueClocks: Statement {
  let now: Instant
  let after: ClockPlace
  let limit: Int32

  static let sql = "select tenant_id, subject_kind, subject_id, due_at, clock_id from finder.due_clocks($1, $2, $3, $4, $5)"

  func bind(to parameters: inout Parameters) {
    parameters.append(now)
    parameters.append(Instant(microseconds: after.order))
    parameters.append(after.tenant)
    parameters.append(after.clock)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> DueClock {
    try DueClock(&row) { row in
      let at: Instant = try row.next()
      return at.microseconds
    }
  }
}

struct HasDueClocks: Statement {
  let stretch: Range<Instant>

  static let sql = "select finder.has_due_clocks($1, $2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(stretch.lowerBound)
    parameters.append(stretch.upperBound)
  }

  static func decode(_ row: inout RowReader) throws -> Bool { try row.next() }
}

struct HasDueWarnings: Statement {
  let stretch: Range<Instant>

  static let sql = "select finder.has_due_warnings($1, $2)"

  func bind(to parameters: inout Parameters) { HasDueClocks(stretch: stretch).bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> Bool { try row.next() }
}

struct ClocksBehindCalendar: Statement {
  let now: Instant
  let after: ClockPlace
  let limit: Int32

  static let sql = "select tenant_id, subject_kind, subject_id, version_id, clock_id from finder.clocks_behind_calendar($1, $2, $3, $4, $5)"

  func bind(to parameters: inout Parameters) {
    parameters.append(now)
    parameters.append(after.order)
    parameters.append(after.tenant)
    parameters.append(after.clock)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> DueClock { try DueClock(&row) { try $0.next() } }
}
