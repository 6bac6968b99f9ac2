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

  /// By calendar, then by the instant from which they hold.
  private var versions: [Version]
  private var places: [Int64: Int] = [:]

  /// Up to so many are looked through; a subject's clocks know one or two.
  private static let few = 4

  package init(_ versions: [Version] = []) {
    self.versions = []
    adopt(versions)
  }

  package subscript(_ version: Int64) -> CompiledCalendar? { place(of: version).map { versions[$0].compiled } }

  /// The known version of the same calendar that comes next after one and holds at `instant` or before.
  package func successor(of version: Int64, until instant: Instant) -> Version? {
    guard let place = place(of: version), place + 1 < versions.count else { return nil }
    let next = versions[place + 1]
    return next.calendar == versions[place].calendar && next.validFrom <= instant ? next : nil
  }

  /// Whether two known versions are of the same calendar.
  package func areOfOneCalendar(_ one: Int64, _ other: Int64) -> Bool {
    guard let first = place(of: one), let second = place(of: other) else { return false }
    return versions[first].calendar == versions[second].calendar
  }

  package mutating func insert(_ version: Version) { adopt([version]) }

  package mutating func merge(_ other: CalendarSeries) { adopt(other.versions, replacing: true) }

  /// The same, compiled for the caller alone: who works on another core shares no count of references with this one.
  package func apart() -> CalendarSeries {
    CalendarSeries(
      versions.map {
        Version(id: $0.id, calendar: $0.calendar, validFrom: $0.validFrom, compiled: CompiledCalendar($0.compiled.definition))
      })
  }

  private func place(of version: Int64) -> Int? {
    if versions.count <= Self.few { return versions.firstIndex { $0.id == version } }
    return places[version]
  }

  /// - Parameter replacing: whether one that is known gives way.
  private mutating func adopt(_ others: [Version], replacing: Bool = false) {
    for other in others {
      if let place = versions.firstIndex(where: { $0.id == other.id }) {
        if replacing { versions[place] = other }
      } else {
        versions.append(other)
      }
    }
    versions.sort { ($0.calendar, $0.validFrom) < ($1.calendar, $1.validFrom) }
    places = versions.count <= Self.few ? [:] : Dictionary(uniqueKeysWithValues: versions.indices.map { (versions[$0].id, $0) })
  }
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
