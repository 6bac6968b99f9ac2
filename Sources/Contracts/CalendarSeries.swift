import Kernel
import Postgres
import ServiceTime

/// Versions of calendars that follow one another, compiled: what clocks that live through a new version count by.
package struct CalendarSeries: Sendable {
  package struct Version: Sendable {
    package let id: Int64
    package let calendar: Int64
    package let validFrom: Instant
    package let compiled: CompiledCalendar

    package init(id: Int64, calendar: Int64, validFrom: Instant, compiled: CompiledCalendar) {
      self.id = id
      self.calendar = calendar
      self.validFrom = validFrom
      self.compiled = compiled
    }
  }

  private var versions: [Int64: Version]

  package init(_ versions: [Version] = []) {
    self.versions = Dictionary(versions.map { ($0.id, $0) }) { first, _ in first }
  }

  package subscript(_ version: Int64) -> CompiledCalendar? { versions[version]?.compiled }

  /// The known version of the same calendar that comes next after one and holds at `instant` or before.
  package func successor(of version: Int64, until instant: Instant) -> Version? {
    guard let current = versions[version] else { return nil }
    return versions.values.filter { $0.calendar == current.calendar && $0.validFrom > current.validFrom && $0.validFrom <= instant }
      .min { $0.validFrom < $1.validFrom }
  }

  package mutating func insert(_ version: Version) { if versions[version.id] == nil { versions[version.id] = version } }

  package mutating func merge(_ other: CalendarSeries) { versions.merge(other.versions) { _, loaded in loaded } }
}

extension ContractTerms {
  /// Calendar versions and all that took their places up to `instant`: one round trip, two when one is new to this process.
  package static func series(of versions: [Int64], until instant: Instant, in transaction: Transaction) async throws -> CalendarSeries {
    guard !versions.isEmpty else { return CalendarSeries() }
    let found = try await transaction.query(CalendarSeriesRows(versions: versions, until: instant))
    var compiled: [Int64: CompiledCalendar] = [:]
    for row in found { compiled[row.version] = CompiledCalendars.shared[row.hash] }
    let missing = Set(found.map(\.version)).subtracting(compiled.keys)
    if !missing.isEmpty { compiled.merge(try await calendars(versions: missing.sorted(), in: transaction)) { first, _ in first } }
    return CalendarSeries(
      found.compactMap { row in
        compiled[row.version].map { CalendarSeries.Version(id: row.version, calendar: row.calendar, validFrom: row.validFrom, compiled: $0) }
      })
  }
}

extension ContractTerms {
  /// Of calendars, the version in force at an instant and all that follow it, by `validFrom`: one round trip, two when one is
  /// new to this process.
  package static func histories(ofCalendars calendars: [Int64], from: Instant, in transaction: Transaction) async throws -> [Int64: [CalendarSeries.Version]] {
    guard !calendars.isEmpty else { return [:] }
    let found = try await transaction.query(CalendarHistories(calendars: calendars, from: from))
    var compiled: [Int64: CompiledCalendar] = [:]
    for row in found { compiled[row.version] = CompiledCalendars.shared[row.hash] }
    let missing = Set(found.map(\.version)).subtracting(compiled.keys)
    if !missing.isEmpty { compiled.merge(try await self.calendars(versions: missing.sorted(), in: transaction)) { first, _ in first } }
    return Dictionary(
      grouping: found.compactMap { row in
        compiled[row.version].map { CalendarSeries.Version(id: row.version, calendar: row.calendar, validFrom: row.validFrom, compiled: $0) }
      }
    ) { $0.calendar }
  }
}

/// The versions of calendars from the one in force at an instant on.
struct CalendarHistories: Statement {
  let calendars: [Int64]
  let from: Instant

  static let sql = """
    select v.id, v.calendar_id, v.valid_from, v.definition_hash
    from contracts.standing_calendar_version v
    where v.calendar_id = any($1) and not exists (
      select from contracts.standing_calendar_version n where n.calendar_id = v.calendar_id and n.valid_from > v.valid_from and n.valid_from <= $2)
    order by v.calendar_id, v.valid_from
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(calendars)
    parameters.append(from)
  }

  static func decode(_ row: inout RowReader) throws -> CalendarSeriesRows.Found {
    CalendarSeriesRows.Found(version: try row.next(), calendar: try row.next(), validFrom: try row.next(), hash: try row.next())
  }
}

/// Calendar versions with those of the same calendars that came later, up to an instant.
struct CalendarSeriesRows: Statement {
  struct Found: Sendable {
    let version: Int64
    let calendar: Int64
    let validFrom: Instant
    let hash: [UInt8]
  }

  let versions: [Int64]
  let until: Instant

  static let sql = """
    select n.id, n.calendar_id, n.valid_from, n.definition_hash
    from contracts.calendar_version v
    join contracts.standing_calendar_version n on n.calendar_id = v.calendar_id and n.valid_from >= v.valid_from and (n.valid_from <= $2 or n.id = v.id)
    where v.id = any($1)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(versions)
    parameters.append(until)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(version: try row.next(), calendar: try row.next(), validFrom: try row.next(), hash: try row.next())
  }
}
