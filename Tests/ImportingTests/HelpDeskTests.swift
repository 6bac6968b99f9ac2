import Contracts
import Desk
import Foundation
import Kernel
import Operations
import Postgres
import Scorecard
import ServiceLevels
import TestSupport
import Tenancy
import Testing

@testable import Importing

private var modules: [any OperationModule.Type] {
  [PlatformModule.self, ContractsModule.self, ServiceLevelsModule.self, DeskModule.self, ScorecardModule.self, ImportingModule.self]
}

/// A log of bare events of many customers at several levels of service.
@Suite("A help desk's log")
struct HelpDeskTests {
  static let header = "case,what,when,level,customer"
  static let rows = [
    // Monday 10:00 to 11:30 in Rome with half an hour's wait: 60 minutes.
    "1,Opened,2026-02-02T09:00:00+00:00,Gold,Value 7",
    "1,Working,2026-02-02T09:10:00+00:00,Gold,Value 7",
    "1,Waiting,2026-02-02T09:30:00+00:00,Gold,Value 7",
    "1,Working,2026-02-02T10:00:00+00:00,Gold,Value 7",
    "1,Done,2026-02-02T10:30:00+00:00,Gold,Value 7",
    "1,Closed,2026-02-03T10:30:00+00:00,Gold,Value 7",
    // The same customer at another level, resolved twice: the second time counts.
    "2,Opened,2026-02-02T09:00:00+01:00,Basic,Value 7",
    "2,Done,2026-02-02T10:00:00+01:00,Basic,Value 7",
    "2,Working,2026-02-02T11:00:00+01:00,Basic,Value 7",
    "2,Done,2026-02-02T12:00:00+01:00,Basic,Value 7",
    "2,Done,2026-02-02T13:00:00+01:00,Basic,Value 7",
    "2,Closed,2026-02-02T14:00:00+01:00,Basic,Value 7",
    "3,Working,2026-02-02T09:00:00+01:00,Basic,Value 8",
  ]

  static let yaml = """
    format: incident-event-log
    source: desk
    file: {separator: ",", quoting: none, missing: "?", dates: "yyyy-mm-ddTHH:MM:SS+HH:MM", zone: UTC}
    columns: {number: case, state: what, updated_at: when, priority: level, customer: customer, service_level: level, history: [what]}
    states: {Opened: new, Working: active, Waiting: {pending: awaiting_requester}, Done: resolved, Closed: closed}
    priorities: {Gold: 1, Basic: 3}
    customer: {code: HD, code_drops: "Value ", name: "Customer {customer}", zone: Europe/Rome, language: en}
    contract: {name: "Desk {service_level}", line: Desk, currency: EUR}
    slas:
      Gold: {name: Gold, resolution_stops_at: resolved, pauses: true, budget_minutes: {1: 60}}
      Basic: {name: Basic, resolution_stops_at: resolved, pauses: true, budget_minutes: {3: 180}}
    calendar: {name: Desk hours, zone: Europe/Rome, week: {mon: [["09:00", "17:00"]], tue: [["09:00", "17:00"]]}}
    """

  @Test("Times follow from the rows: the first of the last stretch in which it was done")
  func times() {
    func times(_ rows: [(ImportProfile.State.Kind, Int64)]) -> EventTimes {
      EventTimes(rows.map { (ImportProfile.State(kind: $0.0, reason: nil), Instant(seconds: $0.1)) })
    }
    let twice = times([(.new, 1), (.resolved, 2), (.active, 3), (.resolved, 4), (.resolved, 5), (.closed, 6)])
    #expect(twice.openedAt == Instant(seconds: 1) && twice.resolvedAt == Instant(seconds: 4) && twice.closedAt == Instant(seconds: 6))
    #expect(twice.reopenCount == 1)
    let open = times([(.resolved, 2), (.closed, 3), (.active, 4)])
    #expect(open.resolvedAt == nil && open.closedAt == nil && open.reopenCount == 1)
    #expect(times([(.new, 1), (.closed, 2)]).resolvedAt == nil)
  }

  @Test("Customers, contracts by level and tickets; again it changes nothing, and what was left unfinished is finished")
  func small() async throws {
    let database = try await TestDatabase.make(modules)
    let profile = try ImportProfile(yaml: Self.yaml)
    let importer = ImportLog(dispatcher: database.dispatcher, as: database.root)
    try await SmallLog.withFile(Self.text(Self.rows)) { file in
      await #expect(throws: Failure.self) { try await importer.run(file, profile) }
      #expect(try await database.tenancy.tenant(code: "HD7") == nil)
      let report = try await importer.run(file, profile, .init(createsMissing: true))
      #expect([report.customers, report.contracts, report.rows, report.incidents, report.newIncidents] == [2, 3, 13, 3, 3])
      #expect(report.created.filter { $0 == "customer" }.count == 2 && report.created.filter { $0 == "sla" }.count == 2)
      #expect(report.levels["Gold"]?.recomputedMet == 1)
      // 09:00 to 12:00 is just within 180 minutes, what lies between the resolutions counted; the other is still open.
      #expect(report.levels["Basic"]?.recomputedMet == 1 && report.levels["Basic"]?.notJudged == 1)
      #expect(report.text(.english).contains("2 customers with 3 contracts"))
      let again = try await importer.run(file, profile)
      #expect(again.newIncidents == 0 && again.created.isEmpty && again.allVerdicts == report.allVerdicts)
    }
    // A customer more, as after an interruption.
    let more = Self.rows + ["4,Opened,2026-02-03T09:00:00+00:00,Gold,Value 9"]
    try await SmallLog.withFile(Self.text(more)) { file in
      let report = try await importer.run(file, profile, .init(createsMissing: true))
      #expect(report.newIncidents == 1 && report.customers == 3)
    }
  }

  @Test("What the profile has no SLA for is told by its line, and codes that clash or cannot be are refused")
  func refusals() async throws {
    let database = try await TestDatabase.make(modules)
    let importer = ImportLog(dispatcher: database.dispatcher, as: database.root)
    let profile = try ImportProfile(yaml: Self.yaml)
    let unknown = ["1,Opened,2026-02-02T09:00:00+00:00,Silver,Value 7", "2,Opened,2026-02-02T09:00:00+00:00,Gold,"]
    let result = try await SmallLog.withFile(Self.text(unknown)) { try await LogReader(profile: profile).read($0) }
    #expect(result.unreadable.map(\.line) == [2, 3])
    #expect(result.unreadable.map(\.reason) == [.unknownPriority, .missing])
    let clashing = ["1,Opened,2026-02-02T09:00:00+00:00,Gold,Value 7", "2,Opened,2026-02-02T09:00:00+00:00,Gold,7"]
    await #expect(throws: Failure.self) {
      try await SmallLog.withFile(Self.text(clashing)) { try await importer.run($0, profile, .init(createsMissing: true)) }
    }
    #expect(throws: Failure.self) { try ImportProfile(yaml: Self.yaml.replacing("slas:", with: "sla:")) }
  }

  static func text(_ rows: [String]) -> String { ([header] + rows).joined(separator: "\n") + "\n" }

  @Test("The real log: customers, tickets by level of service, verdicts by another account, and each customer sees its own alone")
  func real() async throws {
    guard let url = RealData.url("helpdesk-italian/helpdesk.csv.gz") else { return }
    let database = try await TestDatabase.make(modules)
    let path = RealData.packageRoot.appending(path: "deploy/profiles/helpdesk-italian.yaml")
    let profile = try ImportProfile(yaml: String(contentsOf: path, encoding: .utf8))
    let importer = ImportLog(dispatcher: database.dispatcher, as: database.root)
    let report = try await importer.run(LogFile(path: url.path), profile, .init(createsMissing: true))
    #expect([report.rows, report.incidents, report.newIncidents] == [21_348, 4580, 4580])
    #expect(report.unreadable.isEmpty)
    // 397 customers occur; at the last row of their cases 395 do. 40 of them have cases at several levels.
    #expect(report.customers == 395 && report.contracts == 437)
    #expect(report.anomalies[.customerChanged]?.incidents == 7 && report.anomalies[.serviceLevelChanged]?.incidents == 43)
    let byLevel = Dictionary(uniqueKeysWithValues: report.levels.map { ($0.key, $0.value.judged + $0.value.notJudged) })
    #expect(byLevel == ["Value 1": 115, "Value 2": 3537, "Value 3": 926, "Value 4": 2])

    let account = try await HelpDeskAccount(LogFile(path: url.path))
    // What the log left running has run out since.
    try await BreachSweep(keepers: [.ticket: TicketKeeper()]).run(at: database.clock.now(), database.tenancy)
    let now = Date(timeIntervalSince1970: Double(database.clock.now().seconds))
    let stored = try await database.superuser.transaction { try await $0.query(StoredVerdicts()) }
    #expect(stored.count == 4580)
    for one in stored { #expect(one.verdict == account.verdict(of: one.key, now: now), "\(one.key)") }
    #expect(stored.filter { $0.verdict == "met" }.count > 1000 && stored.filter { $0.verdict == "missed" }.count > 100)

    for code in ["HD22", "HD9", "HD8"] {
      let customer = try #require(try await database.tenancy.tenant(code: code))
      let manager = try await database.user(.customerManager, of: customer)
      var seen = 0
      var cursor: Value = .null
      repeat {
        let page = try await database.call("incident.list", ["limit": 200, "cursor": cursor], as: manager)
        seen += page["items"]?.array?.count ?? 0
        cursor = page["next"] ?? .null
      } while !cursor.isNull
      #expect(seen == account.cases(of: String(code.dropFirst(2))))
    }
    let again = try await importer.run(LogFile(path: url.path), profile)
    #expect(again.newIncidents == 0 && again.created.isEmpty && again.allVerdicts == report.allVerdicts)
  }
}

private struct StoredVerdicts: Statement {
  static let sql = """
    select t.external_key, c.verdict from desk.ticket t
    left join service_levels.clock c on c.tenant_id = t.tenant_id and c.subject_id = t.id and c.metric = 'resolution'
    order by 1
    """

  static func decode(_ row: inout RowReader) throws -> (key: String, verdict: String?) { (try row.next(), try row.next()) }
}

/// The help desk's verdicts worked out by another way: minute by minute would be too slow, so day by day with Foundation's time
/// zone, straight from the file's rows.
private struct HelpDeskAccount {
  private struct Row {
    let activity: String
    let at: Date
    let seriousness: String
    let level: String
    let customer: String
  }

  private var cases: [String: [Row]] = [:]
  private static let minutes: [String: [String: Double]] = [
    "Value 1": ["Value 4": 240, "Value 2": 480, "Value 1": 960, "Value 3": 1920],
    "Value 2": ["Value 4": 480, "Value 2": 1440, "Value 1": 4800, "Value 3": 9600],
    "Value 3": ["Value 4": 960, "Value 2": 2880, "Value 1": 9600, "Value 3": 9600],
    "Value 4": ["Value 4": 4800, "Value 2": 9600, "Value 1": 14400, "Value 3": 14400],
  ]
  private let calendar: Calendar

  init(_ file: LogFile) async throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(identifier: "Europe/Rome"))
    self.calendar = calendar
    var bytes: [UInt8] = []
    _ = try await file.read { chunk, _ in bytes += chunk }
    let format = Date.ISO8601FormatStyle()
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      let row = Row(activity: fields[1], at: try format.parse(fields[3]), seriousness: fields[8], level: fields[9], customer: fields[5])
      cases[fields[0], default: []].append(row)
    }
  }

  func cases(of number: String) -> Int { cases.values.count { $0.last?.customer == "Value \(number)" } }

  func verdict(of key: String, now: Date) -> String? {
    guard let rows = cases[key], let last = rows.last, let minutes = Self.minutes[last.level]?[last.seriousness] else { return nil }
    let ended = ["Resolve ticket", "RESOLVED", "VERIFIED", "INVALID", "DUPLICATE", "Closed"]
    let byClosure = last.level == "Value 4"
    // The beginning of the last stretch of ended rows.
    let start = rows.count - rows.reversed().prefix { ended.contains($0.activity) }.count
    let stop: Int?
    if byClosure {
      stop = last.activity == "Closed" ? rows[start...].firstIndex { $0.activity == "Closed" } : nil
    } else {
      stop = start < rows.count ? start : nil
      if let stop, rows[stop].activity == "Closed" { return "withdrawn" }
    }
    // What has not ended goes on until now.
    let untils = rows.dropFirst().map(\.at) + [now]
    var used = 0.0
    for (row, until) in zip(rows, untils).prefix(stop ?? rows.count) where used <= minutes * 60 {
      let waits = row.activity == "Wait" || row.activity == "Schedule intervention"
      if !waits || byClosure { used += open(row.at, until, enough: minutes * 60) }
    }
    if used > minutes * 60 { return "missed" }
    return stop == nil ? nil : "met"
  }

  /// Seconds between 08:30 and 18:30 of working days; no further than beyond `enough`.
  private func open(_ from: Date, _ to: Date, enough: Double) -> Double {
    var total = 0.0
    var day = calendar.startOfDay(for: from)
    while day < to, total <= enough {
      let weekday = calendar.component(.weekday, from: day)
      if (2...6).contains(weekday), let opening = calendar.date(bySettingHour: 8, minute: 30, second: 0, of: day),
        let closing = calendar.date(bySettingHour: 18, minute: 30, second: 0, of: day)
      {
        total += max(0, min(to, closing).timeIntervalSince(max(from, opening)))
      }
      guard let next = calendar.date(byAdding: .day, value: 1, to: day) else { break }
      day = next
    }
    return total
  }
}
