import Kernel
import Postgres
import TestSupport
import Tenancy
import Testing

/// How a search goes back through the years: against all that has the words, and how much of it is read.
@Suite struct SearchStepTests {
  /// A word that is everywhere, that was until a month ago, on the older part of one day, for four months nine and twenty years ago, that is rare;
  /// several words, of which each is frequent; sheets that only staff find by, tickets with two sheets, two customers.
  @Test func itFindsWhatThePlainWayFinds() async throws {
    let world = try await Self.past()
    let permissions: [[Int64]?] = [nil, [world.acme.id.rawValue]]
    for words in [
      "printer", "relic", "flood", "ancient", "antique", "rare", "relic even", "printer relic even third1", "ancient antique", "relic rare even", "nothing",
    ] {
      for permitted in permissions {
        for isStaff in [true, false] {
          let plain = try await world.database.asStaff(PlainPlaces(words: words, isStaff: isStaff, permitted: permitted))
          for seen in [0, 1, 41, 999, max(plain.count - 20, 0)] where seen <= plain.count {
            let search = SearchedPlaces(words: words, isStaff: isStaff, permitted: permitted, after: seen == 0 ? nil : plain[seen - 1])
            let found = try await world.database.asStaff(search)
            #expect(found == Array(plain.dropFirst(seen).prefix(50)), "\(words), \(permitted?.count ?? 0), \(isStaff), behind \(seen)")
          }
        }
      }
    }
  }

  /// Of the four weeks in which a word was everywhere, and of which the newest 4,500 sheets have it no more, not all are read.
  @Test func aWordThatWasEverywhereOnceReadsFewSheets() async throws {
    let world = try await Self.past()
    let search = SearchedPlaces(words: "relic", isStaff: true, permitted: nil, after: nil)
    let (found, read) = try await world.database.asStaff(search, fetchingFrom: "desk.ticket_text")
    #expect(found.count == 50)
    #expect(read > 0 && read < 3000, "\(read)")
  }

  /// Words, marks and days are asked of one index, each by itself.
  @Test func theIndexIsAskedForWordsAndDays() async throws {
    let world = try await Self.past()
    let plan = try await world.database.superuser.transaction { transaction in
      try await transaction.execute(NoTableScan())
      return try await transaction.query(DayPlan()).joined(separator: "\n")
    }
    #expect(plan.contains("Bitmap Index Scan on ticket_text_search") && plan.contains("&&") && !plan.contains("Filter"), "\(plan)")
  }

  private static func past() async throws -> KnowledgeWorld {
    let world = try await KnowledgeWorld()
    _ = try await world.open("Printer", for: world.acme)
    _ = try await world.open("Printer", for: world.other)
    _ = try await world.database.superuser.transaction { try await $0.query(Past()) }
    try await world.database.runAsSuperuser("analyze desk.ticket_text")
    return world
  }
}

private struct Place: Hashable, Sendable {
  let tenant: Int64
  let ticket: Int64
  let openedAt: Instant
}

private struct SearchedPlaces: Statement {
  let words: String
  let isStaff: Bool
  let permitted: [Int64]?
  let after: Place?

  static let sql = """
    select tenant_id, id, opened_at from finder.search_tickets($1, '', $2, '{incident}', $3, true, null, null, $4, $5, $6, 50)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(words)
    parameters.append(isStaff)
    parameters.append(permitted)
    parameters.append(after?.openedAt)
    parameters.append(after?.tenant)
    parameters.append(after?.ticket)
  }

  static func decode(_ row: inout RowReader) throws -> Place { Place(tenant: try row.next(), ticket: try row.next(), openedAt: try row.next()) }
}

/// All that have the words, by the table alone.
private struct PlainPlaces: Statement {
  let words: String
  let isStaff: Bool
  let permitted: [Int64]?

  static let sql = """
    select distinct s.tenant_id, s.ticket_id, s.opened_at from desk.ticket_text s
    where case when $2 then s.search else ts_filter(s.search, '{a,b,c}') end @@ plainto_tsquery('pg_catalog.english', $1)
      and ($3::bigint[] is null or s.tenant_id = any ($3))
    order by s.opened_at desc, s.tenant_id desc, s.ticket_id desc
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(words)
    parameters.append(isStaff)
    parameters.append(permitted)
  }

  static func decode(_ row: inout RowReader) throws -> Place { Place(tenant: try row.next(), ticket: try row.next(), openedAt: try row.next()) }
}

private struct NoTableScan: Statement {
  static let sql = "set local enable_seqscan = off"
}

private struct DayPlan: Statement {
  static let sql = """
    explain (costs off) select s.tenant_id, s.ticket_id, s.opened_at from desk.ticket_text s
    where s.search @@ 'relic'::tsquery and s.search @@ '''@733'''::tsquery
      and array[floor(extract(epoch from s.opened_at - timestamptz '1970-01-01 00:00+00') / 86400)::integer] && array[20530, 20531]
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

/// Copies of the two tickets that there are: of 30 days until 2026-05-07, of one day in January of that year, of four months in 2017 and in 2006.
private struct Past: Statement {
  static let sql = """
    with made as (
      select n, case when n < 12000 then to_timestamp(20580 * 86400 - 1) - interval '216 seconds' * n
          when n < 16000 then to_timestamp(20460 * 86400 + (16000 - n) * 20)
          when n < 17500 then to_timestamp(17290 * 86400) - interval '2 hours' * (n - 16000)
          else to_timestamp(13280 * 86400) - interval '2 hours' * (n - 17500) end as at,
        concat_ws(' ', 'printer', case when n between 4500 and 11999 then 'relic' end, case when n between 14500 and 15999 then 'flood' end,
          case when n between 16000 and 17499 then 'ancient' end, case when n >= 17500 then 'antique' end,
          case when n % 1500 = 7 then 'rare' end, case when n % 2 = 0 then 'even' else 'odd' end, 'third' || n % 3) as words
      from generate_series(0, 18999) n),
    origin as (select t.*, row_number() over (order by t.tenant_id) - 1 as place from desk.ticket t),
    copy as (
      insert into desk.ticket (tenant_id, public_id, type, number, title, description, line_reason, impact, urgency, priority, state, opened_at,
        last_seq, recorded_at, updated_at)
      select t.tenant_id, substr(sha256(m.n::text::bytea), 1, 12), t.type, 100 + m.n, t.title, t.description, t.line_reason, t.impact, t.urgency,
        t.priority, t.state, m.at, t.last_seq, t.recorded_at, t.updated_at
      from made m join origin t on t.place = m.n % 2 order by m.at returning tenant_id, id, number, opened_at)
    insert into desk.ticket_text (tenant_id, ticket_id, sheet, type, opened_at, search, size)
    select c.tenant_id, c.id, h.sheet, 'incident', c.opened_at,
      array_to_tsvector(array['#' || c.tenant_id, '@' || floor(extract(epoch from c.opened_at) / 2419200)])
        || setweight(to_tsvector('pg_catalog.english', m.words), (case when m.n % 5 = 0 then 'D' else 'B' end)::"char"), 0
    from copy c join made m on c.number = 100 + m.n cross join generate_series(0, (m.n % 50 = 0)::integer) h (sheet)
    """
}
