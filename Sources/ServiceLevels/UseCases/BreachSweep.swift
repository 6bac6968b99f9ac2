import Jobs
import Kernel
import Postgres
import Tenancy

/// Finds the clocks whose budget ran out, or whose wait came to its limit, while nobody touched their subject, and records
/// it at the instant at which it happened, however much later that is.
package struct BreachSweep: Sweep {
  package static let kind = "service_levels.breach"
  package static let everySeconds: Int64 = 15

  private let settlement: ClockSettlement

  package init(keepers: [ClockSubject.Kind: any ClockSubjectKeeper]) { settlement = ClockSettlement(keepers: keepers) }

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    try await settlement.run(at: now, tenancy) { limit in
      try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(DueClocks(now: now, limit: limit)) }
    }
  }

  package func cameDue(in stretch: Range<Instant>, _ tenancy: Tenancy) async throws -> Bool {
    try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.last(HasDueClocks(stretch: stretch)).first ?? false }
  }
}

/// Brings clocks that run, or wait with a limit, under the version of their calendar that took effect, with an interval's
/// boundary at that instant.
/// An act that comes first does the same, so it matters to nobody's verdict when this runs.
package struct CalendarSweep: Sweep {
  package static let kind = "service_levels.calendar"
  package static let everySeconds: Int64 = 60

  private let settlement: ClockSettlement

  package init(keepers: [ClockSubject.Kind: any ClockSubjectKeeper]) { settlement = ClockSettlement(keepers: keepers) }

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    try await settlement.run(at: now, tenancy) { limit in
      try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(ClocksBehindCalendar(now: now, limit: limit)) }
    }
  }
}

/// A subject of any tenant whose clocks time has moved.
struct DueSubject: Hashable, Sendable {
  let tenant: TenantId
  let subject: ClockSubject

  var place: (TenantId, String, Int64) { (tenant, subject.kind.rawValue, subject.id) }

  /// Columns in the order tenant, kind, id; nil for a kind that this build does not know.
  init?(_ row: inout RowReader) throws {
    let tenant: TenantId = try row.next()
    let kind: String = try row.next()
    let id: Int64 = try row.next()
    guard let kind = ClockSubject.Kind(rawValue: kind) else { return nil }
    self.tenant = tenant
    subject = ClockSubject(kind: kind, id: id)
  }
}

struct DueClocks: Statement {
  let now: Instant
  let limit: Int32

  static let sql = "select tenant_id, subject_kind, subject_id from finder.due_clocks($1, $2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(now)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> DueSubject? { try DueSubject(&row) }
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
  let limit: Int32

  static let sql = "select tenant_id, subject_kind, subject_id from finder.clocks_behind_calendar($1, $2)"

  func bind(to parameters: inout Parameters) { DueClocks(now: now, limit: limit).bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> DueSubject? { try DueSubject(&row) }
}
