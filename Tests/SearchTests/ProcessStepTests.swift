import Kernel
import Postgres
import TestSupport
import Tenancy
import Testing

/// How a search for requests and problems goes back through the years: against all that has the words.
@Suite struct ProcessStepTests {
  @Test func itFindsWhatThePlainWayFinds() async throws {
    let world = try await Self.past()
    // A transaction that does not say that it is the staff's finds nothing that is theirs.
    let theirs = SearchedPlaces(words: "printer", isStaff: true, process: "problem")
    let sideless = try await world.database.superuser.transaction { try await $0.query(theirs) }
    #expect(sideless == [])
    for words in ["printer", "relic", "flood", "ancient", "rare", "relic even", "printer relic even third1", "ancient flood", "nothing"] {
      for (process, isStaff) in [("request", true), ("request", false), ("problem", true)] {
        let plain = try await world.database.asStaff(PlainPlaces(words: words, isStaff: isStaff, process: process))
        for seen in [0, 41, 999, max(plain.count - 20, 0)] where seen <= plain.count {
          let search = SearchedPlaces(words: words, isStaff: isStaff, process: process, after: seen == 0 ? nil : plain[seen - 1])
          let found = try await world.database.asStaff(search)
          #expect(found == Array(plain.dropFirst(seen).prefix(50)), "\(words), \(process), \(isStaff), behind \(seen)")
        }
      }
    }
    // Who has a page of newer ones is told all that may belong to it, and does not wait for what is older.
    for words in ["printer", "relic", "ancient", "rare"] {
      let plain = try await world.database.asStaff(PlainPlaces(words: words, isStaff: true, process: "request"))
      let bound = try #require(plain.dropFirst(5).first).openedAt
      let found = try await world.database.asStaff(SearchedPlaces(words: words, isStaff: true, process: "request", notBefore: bound))
      #expect(Array(found.prefix(6)) == Array(plain.prefix(6)), "\(words)")
    }
    // Neither behind the newest sheets, which reach to day 20,575, nor behind the first four weeks.
    for day in [20_580, 20_570] as [Int64] {
      let recent = SearchedPlaces(words: "ancient", isStaff: true, process: "request", notBefore: Instant(seconds: day * 86_400))
      #expect(try await world.database.asStaff(recent) == [], "\(day)")
    }
    let foreign = SearchedPlaces(words: "printer", isStaff: false, process: "problem")
    #expect(try await world.database.asStaff(foreign) == [])
  }

  /// Of the four weeks in which a word was everywhere, and of which the newest 4,667 requests have it no more, not all are read.
  @Test func aWordThatWasEverywhereOnceReadsFewSheets() async throws {
    let world = try await Self.past()
    let search = SearchedPlaces(words: "relic", isStaff: true, process: "request")
    let (found, read) = try await world.database.asStaff(search, fetchingFrom: "knowledge.process_text")
    #expect(found.count == 50)
    #expect(read > 0 && read < 3000, "\(read)")
  }

  private static func past() async throws -> SearchWorld {
    let world = try await SearchWorld()
    let past = Past(tenants: [world.acme.id.rawValue, world.other.id.rawValue])
    _ = try await world.database.superuser.transaction { try await $0.query(past) }
    try await world.database.runAsSuperuser("analyze knowledge.process_text")
    return world
  }
}

private struct Place: Hashable, Sendable {
  let tenant: Int64
  let subject: Int64
  let openedAt: Instant
}

private struct SearchedPlaces: Statement {
  let words: String
  let isStaff: Bool
  let process: String
  var after: Place?
  var notBefore: Instant?

  static let sql = """
    select tenant_id, id, opened_at from finder.search_processes($1, '', $2, $3, null, false, true, null, null, 'staff', 0, $4, $5, $6, $7, 50)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(words)
    parameters.append(isStaff)
    parameters.append(process)
    parameters.append(after?.openedAt)
    parameters.append(after?.tenant)
    parameters.append(after?.subject)
    parameters.append(notBefore)
  }

  static func decode(_ row: inout RowReader) throws -> Place { Place(tenant: try row.next(), subject: try row.next(), openedAt: try row.next()) }
}

/// All that have the words, by the table alone.
private struct PlainPlaces: Statement {
  let words: String
  let isStaff: Bool
  let process: String

  static let sql = """
    select distinct s.tenant_id, s.subject_id, s.opened_at from knowledge.process_text s
    where case when $2 then s.search else ts_filter(s.search, '{a,b,c}') end @@ plainto_tsquery('pg_catalog.english', $1) and s.process = $3
    order by s.opened_at desc, s.tenant_id desc, s.subject_id desc
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(words)
    parameters.append(isStaff)
    parameters.append(process)
  }

  static func decode(_ row: inout RowReader) throws -> Place { Place(tenant: try row.next(), subject: try row.next(), openedAt: try row.next()) }
}

/// Sheets of 30 days until 2026-05-07, of one day in January of that year, and of four months in 2017; of two customers, and two of three of requests.
private struct Past: Statement {
  let tenants: [Int64]

  static let sql = """
    with made as (
      select n, case when n < 18000 then to_timestamp(20580 * 86400 - 1) - interval '144 seconds' * n
          when n < 24000 then to_timestamp(20460 * 86400 + (24000 - n) * 13)
          else to_timestamp(17290 * 86400) - interval '1 hour' * (n - 24000) end as at,
        concat_ws(' ', 'printer', case when n between 7000 and 17999 then 'relic' end, case when n between 21500 and 23999 then 'flood' end,
          case when n >= 24000 then 'ancient' end, case when n % 1500 = 7 then 'rare' end, case when n % 2 = 0 then 'even' else 'odd' end,
          'third' || n / 3 % 3) as words,
        case when n % 3 = 0 then 'problem' else 'request' end as process, ($1::bigint[])[1 + n % 2] as tenant
      from generate_series(0, 26999) n)
    insert into knowledge.process_text (tenant_id, process, subject_id, sheet, opened_at, search, size)
    select m.tenant, m.process, 100000 + m.n, h.sheet, m.at,
      array_to_tsvector(array['#' || m.tenant, '@' || floor(extract(epoch from m.at) / 2419200), '=' || m.process])
        || setweight(to_tsvector('pg_catalog.english', m.words), (case when m.n % 5 = 0 then 'D' else 'B' end)::"char"), 0
    from made m cross join generate_series(0, (m.n % 50 = 0)::integer) h (sheet) order by m.at
    """

  func bind(to parameters: inout Parameters) { parameters.append(tenants) }
}
