import Backtest
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

/// How many rows the tables hold that an import writes, over all tenants.
private struct RowCounts: Statement, Equatable {
  static let names = [
    "tenancy.tenant", "contracts.contract", "desk.ticket", "operations.event", "service_levels.clock", "service_levels.interval",
    "service_levels.verdict", "scorecard.ticket_fact", "importing.import_record", "tenancy.person", "tenancy.org_unit", "operations.audit",
    "scorecard.daily", "importing.source",
  ]
  static let sql = """
    select array[\(names.map { "(select count(*) from \($0))" }.joined(separator: ", ")),
      (select coalesce(sum(last), 0)::bigint from tenancy.counter where kind = 'incident')]
    """

  static func decode(_ row: inout RowReader) throws -> [Int64] { try row.next() }
}

private struct Stories: Statement {
  static let sql = "select encode(story, 'hex') from desk.ticket order by id"
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct ForgetStories: Statement {
  static let sql = "update desk.ticket set story = '\\x'"
}

/// What is left of a ticket: its title, state, recorded verdict, and of its clock state, used seconds, verdict and intervals.
private struct TicketsAsText: Statement {
  static let sql = """
    select concat_ws(' | ', t.number, t.external_key, t.title, t.state, t.attributes ->> 'recordedVerdict', p.name, u.name, t.line_reason, c.state,
      c.consumed_seconds, coalesce(c.verdict, '-'), c.priority,
      (select string_agg(i.state || ' ' || i.working_seconds / 60, ', ' order by i.seq) from service_levels.interval i
       where i.tenant_id = c.tenant_id and i.clock_id = c.id),
      (select string_agg(e.type, ' ' order by e.seq) from operations.event e
       where e.tenant_id = t.tenant_id and e.subject_kind = 'ticket' and e.subject_id = t.id))
    from desk.ticket t
    left join service_levels.clock c on c.tenant_id = t.tenant_id and c.subject_id = t.id
    left join tenancy.person p on p.tenant_id = t.tenant_id and p.id = t.requester_id
    left join tenancy.org_unit u on u.tenant_id = t.tenant_id and u.id = t.unit_id
    order by t.number
    """

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

extension TestDatabase {
  fileprivate func rowCounts() async throws -> [Int64] { try await superuser.transaction { try await $0.query(RowCounts()) }.first ?? [] }

  fileprivate var importer: ImportLog { ImportLog(dispatcher: dispatcher, as: root) }
}

@Suite("Importing into the database")
struct ImportTests {
  @Test("The migration tells of imported tickets what the import told, and of those worked on since what was done")
  func migratedStories() async throws {
    let database = try await TestDatabase.make(modules)
    try await SmallLog.withFile(SmallLog.text()) { file in _ = try await database.importer.run(file, SmallLog.profile(), .init(createsMissing: true)) }
    let engineer = try await database.staff(.engineer)
    func act(_ number: Int64, _ verb: String, _ more: [Value.Member] = []) async throws {
      database.clock.advance(seconds: 3600)
      let customer = try await database.call("customer.list", as: engineer)["items"]?.array?.first?["id"] ?? .null
      let tickets = try await database.call("incident.list", ["customer": customer], as: engineer)["items"]?.array ?? []
      let ticket = try #require(tickets.first { $0["number"]?.text?.hasSuffix("-00000\(number)") ?? false })
      let read = try await database.call("incident.read", ["id": ticket["id"] ?? .null], as: engineer)
      _ = try await database.dispatcher.invoke(
        "incident.\(verb)", .object([.init("id", ticket["id"] ?? .null)] + more), as: engineer,
        Call(requestId: "test", expectedVersion: read["version"]?.integer))
    }
    // The one that is open waits and is talked about while it does; one that was resolved is taken up again, and again resolved.
    try await act(3, "hold", [.init("reason", "awaiting_supplier"), .init("evidence", "case 4711")])
    try await act(3, "comment", [.init("body", "Still waiting"), .init("visibility", "public")])
    try await act(3, "classify", [.init("impact", 1), .init("urgency", 1)])
    try await act(3, "resume")
    try await act(3, "resolve", [.init("resolution", "Done")])
    let told = try await database.superuser.transaction { try await $0.query(Stories()) }
    #expect(told.count == 3)
    _ = try await database.superuser.transaction { try await $0.query(ForgetStories()) }
    try await database.runAsOwner(try StoryMigration.text())
    #expect(try await database.superuser.transaction { try await $0.query(Stories()) } == told)
  }

  @Test("A log is counted by the versions that its calendar had")
  func calendarVersions() async throws {
    let database = try await TestDatabase.make(modules)
    try await SmallLog.withFile(SmallLog.text(Array(SmallLog.rows.prefix(3)))) { file in
      _ = try await database.importer.run(file, SmallLog.profile(), .init(createsMissing: true))
    }
    // From Monday 15:15 on there is coverage on Fridays only.
    let calendar = try await database.call("calendar.list", as: database.root)["items"]?.array?.first?["id"] ?? .null
    _ = try await database.call(
      "calendar.revise",
      [
        "id": calendar, "validFrom": "2026-02-02T14:15:00Z",
        "definition": .object(["zone": "Europe/Berlin", "week": .object(["fri": .array([.array(["09:00", "17:00"])])])]),
      ], as: database.root, version: 1)
    try await SmallLog.withFile(SmallLog.text()) { file in
      _ = try await database.importer.run(file, SmallLog.profile())
      let tickets = try await database.superuser.transaction { try await $0.query(TicketsAsText()) }
      #expect(tickets.first?.contains("| stopped | 2700 | met | 1 | running 45 |") == true)
      #expect(tickets.dropFirst().first?.contains("| 4500 | missed | 1 | running 60, paused 240, running 15, running 0, running 0 |") == true, "\(tickets)")
    }
  }

  @Test("A small log is written whole, and a second time not at all")
  func small() async throws {
    let database = try await TestDatabase.make(modules)
    try await SmallLog.withFile(SmallLog.text()) { file in
      let report = try await database.importer.run(file, SmallLog.profile(), .init(createsMissing: true))
      #expect(report.created == ["customer", "calendar", "sla", "contract"])
      #expect([report.rows, report.incidents, report.newIncidents, report.newEvents, report.newPersons, report.newSites] == [11, 3, 3, 11, 2, 1])
      let all = report.allVerdicts
      #expect([all.recorded, all.recordedMet, all.recomputedMet, all.recomputedMissed, all.notJudged, all.agreeing] == [3, 2, 1, 1, 1, 2])
      #expect(
        try await database.superuser.transaction { try await $0.query(TicketsAsText()) } == [
          "1 | INC1 | Berlin · INC1 | closed | met | Ann | Berlin | explicit | stopped | 2700 | met | 1 | running 45 | "
            + "incident.opened incident.resolved incident.closed",
          // The pause of four hours uses nothing; the change of priority keeps the 90 minutes that were used.
          "2 | INC2 | Berlin · INC2 | closed | missed | Bob | Berlin | explicit | stopped | 8100 | missed | 1 | running 60, paused 240, running 30, "
            + "running 45 | incident.opened incident.held incident.resumed incident.classified incident.resolved incident.closed",
          "3 | INC3 | INC3 | active | met | Ann | explicit | running | 0 | - | 2 | incident.opened incident.started",
        ])
      let before = try await database.rowCounts()
      let again = try await database.importer.run(file, SmallLog.profile())
      #expect(again.newIncidents == 0)
      #expect(again.record == nil)
      #expect(again.allVerdicts == report.allVerdicts)
      #expect(try await database.rowCounts() == before)
    }
  }

  @Test("What is new in a grown file is added, under the next numbers")
  func growing() async throws {
    let database = try await TestDatabase.make(modules)
    let first = SmallLog.text(Array(SmallLog.rows.prefix(3)))
    _ = try await SmallLog.withFile(first) { try await database.importer.run($0, SmallLog.profile(), .init(createsMissing: true)) }
    let report = try await SmallLog.withFile(SmallLog.text()) { try await database.importer.run($0, SmallLog.profile()) }
    #expect([report.newIncidents, report.newEvents, report.newPersons, report.newSites] == [2, 8, 1, 0])
    #expect(report.created.isEmpty)
    let tickets = try await database.superuser.transaction { try await $0.query(TicketsAsText()) }
    #expect(tickets.map { String($0.prefix(8)) } == ["1 | INC1", "2 | INC2", "3 | INC3"])
  }

  @Test("One bad row near the end, and nothing at all is written", arguments: [true, false])
  func badRow(_ creating: Bool) async throws {
    let database = try await TestDatabase.make(modules)
    let before = try await database.rowCounts()
    let text = SmallLog.text(SmallLog.rows + ["INC4,New,0,31/2/2026 10:00,2/2/2026 10:00,?,?,P2,Low,High,0,Ann,?,true"])
    await #expect(throws: UnreadableRows.self) {
      try await SmallLog.withFile(text) { try await database.importer.run($0, SmallLog.profile(), .init(createsMissing: creating)) }
    }
    #expect(try await database.rowCounts() == before)
  }

  @Test("Skipping leaves the row's whole incident out; the mended file brings it in later")
  func skipping() async throws {
    let database = try await TestDatabase.make(modules)
    var rows = SmallLog.rows
    rows[4] = rows[4].replacingOccurrences(of: "Waiting", with: "Napping")
    let report = try await SmallLog.withFile(SmallLog.text(rows)) {
      try await database.importer.run($0, SmallLog.profile(), .init(createsMissing: true, skipsUnreadable: true))
    }
    #expect(report.unreadable == [UnreadableRow(line: 6, .unknownState, column: "state", found: "Napping")])
    #expect(report.leftOut == ["INC2"])
    #expect(report.newIncidents == 2)
    // It stands in the import record as well.
    let customer = try #require(try await database.tenancy.tenant(code: "SMALL"))
    let listed = try await database.call("import.list", ["customer": .id(customer.publicId)], as: database.root)
    let record = try #require(listed["items"]?.array?.first)
    #expect(record["id"] == .id(report.record))
    #expect(record["report"]?["leftOut"] == .array([.text("INC2")]))
    #expect(record["report"]?["unreadable"]?.array?.count == 1)
    let read = try await database.call("import.read", ["id": .id(report.record)], as: database.root)
    #expect(read["report"] == record["report"])

    let mended = try await SmallLog.withFile(SmallLog.text()) { try await database.importer.run($0, SmallLog.profile()) }
    #expect(mended.newIncidents == 1)
  }

  @Test("Without --create what is missing is named")
  func missing() async throws {
    let database = try await TestDatabase.make(modules)
    let before = try await database.rowCounts()
    try await SmallLog.withFile(SmallLog.text()) { file in
      let failure = await #expect(throws: Failure.self) { try await database.importer.run(file, SmallLog.profile()) }
      #expect(failure?.code == "import.missing")
      #expect(failure?.arguments == ["kind": "customer", "name": "SMALL"])
      _ = try await database.customer("SMALL")
      let next = await #expect(throws: Failure.self) { try await database.importer.run(file, SmallLog.profile()) }
      #expect(next?.arguments == ["kind": "contract", "name": "Small contract"])
    }
    #expect(try await database.rowCounts()[2] == before[2])
  }

  @Test("A fault on the way leaves nothing behind")
  func fault() async throws {
    let database = try await TestDatabase.make(modules)
    try await SmallLog.withFile(SmallLog.text(Array(SmallLog.rows.prefix(3)))) { file in
      _ = try await database.importer.run(file, SmallLog.profile(), .init(createsMissing: true))
    }
    let before = try await database.rowCounts()
    // The last table that is written refuses.
    _ = try await database.superuser.withConnection {
      try await $0.runScript("alter table importing.import_record add constraint never check (report is null) not valid")
    }
    await #expect(throws: Failure.self) { try await SmallLog.withFile(SmallLog.text()) { try await database.importer.run($0, SmallLog.profile()) } }
    #expect(try await database.rowCounts() == before)
  }

  @Test("A name for a number that the lists do not have is refused before anything is made; one that is retired will do")
  func unlistedNumbers() async throws {
    let database = try await TestDatabase.make(modules)
    let before = try await database.rowCounts()
    let profile = try SmallLog.profile {
      $0.replacingOccurrences(of: "Low: 3}\nurgencies", with: "Low: 7}\nurgencies").replacingOccurrences(of: "{P1: 1, P2: 2}", with: "{P1: 1, P2: 6}")
        .replacingOccurrences(of: "{1: 60, 2: 480}", with: "{1: 60}")
    }
    let failure = await #expect(throws: Failure.self) {
      try await SmallLog.withFile(SmallLog.text()) { try await database.importer.run($0, profile, .init(createsMissing: true)) }
    }
    #expect(failure?.violations.map(\.path) == ["impacts.Low", "priorities.P2"])
    #expect(failure?.violations.map(\.message.key) == ["code.unknown", "code.unknown"])
    #expect(failure?.violations.map { $0.arguments["others"] } == ["1, 2, 3", "1, 2, 3, 4, 5"])
    #expect(try await database.rowCounts() == before)

    let name = Value.object(["en": "Added"])
    let impact = try await database.call("code.create", ["list": "impact", "key": "7", "name": name], as: database.root)
    try await database.call("code.retire", ["id": impact["id"] ?? .null], as: database.root, version: impact["version"]?.integer)
    try await database.call("code.create", ["list": "priority", "key": "6", "name": name], as: database.root)
    let report = try await SmallLog.withFile(SmallLog.text()) { try await database.importer.run($0, profile, .init(createsMissing: true)) }
    #expect(report.newIncidents == 3)
    let customer = try #require(try await database.tenancy.tenant(code: "SMALL"))
    let found = try await database.call("incident.list", ["customer": .id(customer.publicId), "priority": 6], as: database.root)["items"]
    #expect(found?.array?.compactMap { $0["impact"] } == [7])
  }

  @Test("The rows belong to the profile's customer and to nobody else")
  func isolation() async throws {
    let database = try await TestDatabase.make(modules)
    _ = try await SmallLog.withFile(SmallLog.text()) { try await database.importer.run($0, SmallLog.profile(), .init(createsMissing: true)) }
    let other = try await database.customer("OTHER")
    let manager = try await database.staff(.accountManager, for: [other])
    let customer = try #require(try await database.tenancy.tenant(code: "SMALL"))
    await #expect(throws: Failure.self) { try await database.call("import.list", ["customer": .id(customer.publicId)], as: manager) }
    // The same file for another customer doubles nothing of the first.
    let profile = try SmallLog.profile { $0.replacingOccurrences(of: "code: SMALL", with: "code: OTHER") }
    let report = try await SmallLog.withFile(SmallLog.text()) { try await database.importer.run($0, profile, .init(createsMissing: true)) }
    #expect(report.created == ["contract"])
    #expect(report.newIncidents == 3)
    #expect(report.newPersons == 2)
  }

  @Test("The real log: agreement, figures that open to their tickets, and importing again changes nothing")
  func real() async throws {
    guard let (file, read) = try await RealLog.shared.read() else { return }
    let database = try await TestDatabase.make(modules)
    let profile = try RealLogTests.profile()
    let report = try await database.importer.write(read, of: file, profile, .init(createsMissing: true))
    #expect([report.rows, report.incidents, report.newIncidents, report.newEvents] == [141_712, 24_918, 24_918, 141_712])
    #expect(report.allVerdicts.recorded == 24_918)
    #expect(report.allVerdicts.agreeing >= 24_893)
    #expect(report.allVerdicts.recordedMet == 15_803)
    let stored = try await database.superuser.transaction { try await $0.query(StoredAgreement()) }
    #expect(stored == [StoredAgreement.Found(recorded: 24_918, agreeing: report.allVerdicts.agreeing)])

    let before = try await database.rowCounts()
    let again = try await database.importer.write(read, of: file, profile, .init())
    #expect(again.newIncidents == 0)
    #expect(try await database.rowCounts() == before)

    try await scorecard(of: profile, in: database)
    try await backtest(of: profile, in: database)
  }

  /// The SLA that judged the log reproduces every verdict; with the clock stopped at resolution it is what is known of the log.
  private func backtest(of profile: ImportProfile, in database: TestDatabase) async throws {
    let customer = try #require(try await database.tenancy.tenant(code: profile.customer.code))
    func outcome(_ stopsAt: ResolutionStop) async throws -> Outcome {
      let calendar = try #require(PublicId(kind: "cal", handle: TenantHandle(1), random: [UInt8](repeating: 1, count: 12)))
      let agreement = try #require(profile.agreement)
      let trial = try SlaTrial.draft(
        stopsAt: stopsAt,
        targets: agreement.sla.budgets.map {
          TargetInput(metric: .resolution, priority: $0.key, budgetSeconds: $0.value, calendar: calendar, pauses: agreement.sla.pauses)
        },
        calendars: [calendar: agreement.calendar.definition], from: database.clock.now())
      let run = TrialRun(customer: customer, trial: trial, selection: Selection(), credits: nil, now: database.clock.now(), kept: 5)
      return try await database.tenancy.transaction(binding: [customer.id], side: .staff, readOnly: true) { try await run.run(in: $0).outcome }
    }
    let same = try await outcome(.closed)
    #expect(same.tickets == 24_918 && same.changed == 0, "\(same.changes)")
    let resolved = try await outcome(.resolved)
    #expect((1...4).map { resolved.sum(.resolution, priority: $0).judged } == [270, 408, 22_010, 674])
    #expect((1...4).map { resolved.sum(.resolution, priority: $0).met } == [69, 68, 18_064, 606])
    #expect(resolved.sum(.resolution).open == 1556)
  }

  /// March 2016 of the contract: the figure and the tickets behind it.
  private func scorecard(of profile: ImportProfile, in database: TestDatabase) async throws {
    let customer = try #require(try await database.tenancy.tenant(code: profile.customer.code))
    let contracts = try await database.call("contract.list", ["customer": .id(customer.publicId)], as: database.root)
    let contract = try #require(contracts["items"]?.array?.first?["id"])
    let card = try await database.call(
      "scorecard.read", ["customer": .id(customer.publicId), "contract": contract, "month": .text("2016-03")], as: database.root)
    print(JSON.text(card))
  }
}

/// The verdicts of the log, which the tickets kept, against those of the clocks.
private struct StoredAgreement: Statement {
  struct Found: Equatable, Sendable {
    let recorded: Int64
    let agreeing: Int64
  }

  static let sql = """
    select count(*) filter (where t.attributes ? 'recordedVerdict'), count(*) filter (where t.attributes ->> 'recordedVerdict' = c.verdict)
    from desk.ticket t join service_levels.clock c on c.tenant_id = t.tenant_id and c.subject_id = t.id
    """

  static func decode(_ row: inout RowReader) throws -> Found { Found(recorded: try row.next(), agreeing: try row.next()) }
}
