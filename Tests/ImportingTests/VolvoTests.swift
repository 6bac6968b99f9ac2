import Contracts
import Desk
import Foundation
import Kernel
import Operations
import Postgres
import Scorecard
import ServiceLevels
import Tenancy
import TestSupport
import Testing

@testable import Importing

private var modules: [any OperationModule.Type] {
  [PlatformModule.self, ContractsModule.self, ServiceLevelsModule.self, DeskModule.self, ScorecardModule.self, ImportingModule.self]
}

/// The incidents of the BPI Challenge 2013: true offsets of summer and winter, waits that stop the clock, many that came back.
@Suite("The log of BPI 2013")
struct VolvoTests {
  @Test("Incidents, what came back, and verdicts by another account")
  func incidents() async throws {
    guard let url = RealData.url("bpi2013/incidents.csv.gz") else { return }
    let database = try await TestDatabase.make(modules)
    let path = RealData.packageRoot.appending(path: "deploy/profiles/volvo-bpi2013.yaml")
    let profile = try ImportProfile(yaml: String(contentsOf: path, encoding: .utf8))
    let report = try await ImportLog(dispatcher: database.dispatcher, as: database.root)
      .run(LogFile(path: url.path), profile, .init(createsMissing: true))
    #expect([report.rows, report.incidents, report.newIncidents] == [65_533, 7554, 7554])
    #expect(report.unreadable.isEmpty)
    #expect(report.customers == 1 && report.contracts == 1)

    let account = try await VolvoAccount(LogFile(path: url.path))
    // The figure of the log's readers counts Resolved and Closed alone; a call that solved it is an end to us as well.
    #expect(account.count { $0.cameBack(from: ["Resolved", "Closed"]) } == 390)
    // What the log left running has run out since.
    try await BreachSweep(keepers: [.ticket: TicketKeeper()]).run(at: database.clock.now(), database.tenancy)
    let now = Date(timeIntervalSince1970: Double(database.clock.now().seconds))
    let stored = try await database.superuser.transaction { try await $0.query(StoredTickets()) }
    #expect(stored.count == 7554)
    #expect(stored.count { $0.reopenCount > 0 } == 514 && stored.reduce(0) { $0 + $1.reopenCount } == 580)
    var verdicts: [String: Int] = [:]
    for ticket in stored {
      let one = try #require(account[ticket.key])
      #expect(ticket.rows == Int64(one.rows.count) && ticket.openedAt == Int64(one.rows[0].at.timeIntervalSince1970), "\(ticket.key)")
      #expect(ticket.verdict == one.verdict(now: now), "\(ticket.key)")
      verdicts[ticket.verdict ?? "none", default: 0] += 1
    }
    // Without the waits for vendors and implementations 412 would be missed, without any 787.
    #expect(verdicts == ["met": 7204, "missed": 344, "withdrawn": 1, "none": 5])

    // Row by row the log's own words are kept: as many as came back are found in the events again.
    let cameBack = try await database.superuser.transaction { try await $0.query(CameBack()) }
    #expect(cameBack == [390])
  }
}

private struct StoredTickets: Statement {
  struct Row {
    let key: String
    let rows: Int64
    let openedAt: Int64
    let reopenCount: Int64
    let verdict: String?
  }

  static let sql = """
    select t.external_key, t.last_seq, extract(epoch from t.opened_at)::bigint, t.reopen_count::bigint, c.verdict from desk.ticket t
    left join service_levels.clock c on c.tenant_id = t.tenant_id and c.subject_id = t.id and c.metric = 'resolution'
    """

  static func decode(_ row: inout RowReader) throws -> Row {
    try Row(key: row.next(), rows: row.next(), openedAt: row.next(), reopenCount: row.next(), verdict: row.next())
  }
}

/// Tickets whose log state went from Resolved or Closed to another, by their events alone.
private struct CameBack: Statement {
  static let sql = """
    with told as (
      select subject_id, seq, payload -> 'log' ->> 'lifecycle:transition' as state from operations.event
      where subject_kind = 'ticket' and payload -> 'log' ? 'lifecycle:transition'
    ), next as (
      select subject_id, state, lead(state) over (partition by subject_id order by seq) as after from told
    )
    select count(distinct subject_id) from next where state in ('Resolved', 'Closed') and after not in ('Resolved', 'Closed')
    """

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The log's verdicts worked out by another way: straight from the file's rows, with Foundation's time zone, day by day.
private struct VolvoAccount {
  struct Case {
    struct Row {
      let at: Date
      let state: String
    }

    var rows: [Row] = []
    var minutes = 0.0

    func cameBack(from ended: Set<String>) -> Bool {
      zip(rows, rows.dropFirst()).contains { ended.contains($0.state) && !ended.contains($1.state) }
    }

    func verdict(now: Date) -> String? {
      let ended = ["In Call", "Resolved", "Closed", "Cancelled"]
      let start = rows.count - rows.reversed().prefix { ended.contains($0.state) }.count
      if start < rows.count, ["Closed", "Cancelled"].contains(rows[start].state) { return "withdrawn" }
      var used = 0.0
      for (row, until) in zip(rows, rows.dropFirst().map(\.at) + [now]).prefix(start) where used <= minutes {
        // Every wait stopped the log's clock.
        if !row.state.hasPrefix("Wait") { used += VolvoAccount.openMinutes(row.at, until, enough: minutes) }
      }
      return used > minutes ? "missed" : start < rows.count ? "met" : nil
    }
  }

  private var cases: [String: Case] = [:]

  subscript(key: String) -> Case? { cases[key] }
  func count(_ isCounted: (Case) -> Bool) -> Int { cases.values.count(where: isCounted) }

  init(_ file: LogFile) async throws {
    var bytes: [UInt8] = []
    _ = try await file.read { chunk, _ in bytes += chunk }
    let format = Date.ISO8601FormatStyle()
    let minutes = ["Major": 600.0, "High": 1200, "Medium": 6000, "Low": 12000]
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      cases[fields[0], default: Case()].rows.append(Case.Row(at: try format.parse(fields[11]), state: fields[10]))
      cases[fields[0]]?.minutes = minutes[fields[8]] ?? 0
    }
  }

  private static let stockholm = {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(identifier: "Europe/Stockholm") ?? .gmt
    return calendar
  }()

  /// Between 07:00 and 17:00 of working days; no further than beyond `enough`.
  private static func openMinutes(_ from: Date, _ to: Date, enough: Double) -> Double {
    var total = 0.0
    var day = stockholm.startOfDay(for: from)
    while day < to, total <= enough {
      if !stockholm.isDateInWeekend(day), let opening = stockholm.date(bySettingHour: 7, minute: 0, second: 0, of: day),
        let closing = stockholm.date(bySettingHour: 17, minute: 0, second: 0, of: day)
      {
        total += max(0, min(to, closing).timeIntervalSince(max(from, opening))) / 60
      }
      guard let next = stockholm.date(byAdding: .day, value: 1, to: day) else { break }
      day = next
    }
    return total
  }
}
