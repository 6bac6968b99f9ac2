import Assets
import Catalog
import Contracts
import Desk
import Foundation
import Kernel
import Knowledge
import Operations
import Postgres
import Problems
import Scorecard
import ServiceLevels
import Tenancy
import TestSupport
import Testing

@testable import Importing

private var modules: [any OperationModule.Type] {
  [
    PlatformModule.self, CatalogModule.self, ContractsModule.self, ServiceLevelsModule.self, AssetsModule.self, DeskModule.self, KnowledgeModule.self,
    ProblemsModule.self, ScorecardModule.self, ImportingModule.self,
  ]
}

/// Five problems of one customer.
private enum SmallProblems {
  static let rows = [
    // Queued again after it was looked into, closed, and back once.
    "P1,Queued,2026-02-02T10:00:00+01:00,High,Mail,EU", "P1,Working,2026-02-03T10:00:00+01:00,High,Mail,EU",
    "P1,Queued,2026-02-04T10:00:00+01:00,High,Mail,EU", "P1,Closed,2026-02-05T10:00:00+01:00,High,Mail,EU",
    "P1,Working,2026-02-06T10:00:00+01:00,High,Mail,EU", "P1,Closed,2026-02-07T10:00:00+01:00,High,Mail,EU",
    "P2,Working,2026-02-02T11:00:00+01:00,Low,?,EU", "P2,Fixed,2026-02-03T11:00:00+01:00,Low,?,US",
    "P3,Queued,2026-02-02T12:00:00+01:00,Low,Disk,EU", "P3,Dropped,2026-02-02T13:00:00+01:00,Low,Disk,EU",
    "P4,Queued,2026-02-02T12:30:00+01:00,Low,Disk,EU",
    "P5,Closed,2026-02-02T12:30:00+01:00,Low,Disk,EU", "P5,Queued,2026-02-03T12:30:00+01:00,Low,Disk,EU",
  ]

  static func text(_ rows: [String] = rows) -> String { (["number,state,at,impact,product,region"] + rows).map { $0 + "\n" }.joined() }

  static let yaml = """
    format: problem-event-log
    source: old
    file: {separator: ",", quoting: standard, missing: "?", dates: "yyyy-mm-ddTHH:MM:SS+HH:MM", zone: Europe/Berlin}
    columns: {number: number, state: state, updated_at: at, priority: impact, category: product, title: [number, product], attributes: [region], history: [state, region]}
    states: {Queued: new, Working: investigating, Fixed: resolved, Closed: closed, Dropped: cancelled}
    priorities: {High: 2, Low: 4}
    customer: {code: SMALL, name: Small Ltd, zone: Europe/Berlin, language: en}
    """

  static func profile(_ change: (String) -> String = { $0 }) throws -> ImportProfile { try ImportProfile(yaml: change(yaml)) }
}

extension TestDatabase {
  fileprivate var importer: ImportProblems { ImportProblems(dispatcher: dispatcher, as: root) }

  fileprivate func run(_ text: String, _ profile: ImportProfile, _ options: ImportLog.Options = .init()) async throws -> ProblemImportReport {
    try await SmallLog.withFile(text) { try await importer.run($0, profile, options) }
  }

  fileprivate func problems() async throws -> [String] { try await superuser.transaction { try await $0.query(ProblemsAsText()) } }
  fileprivate func pendingWords() async throws -> [Int64] { try await superuser.transaction { try await $0.query(PendingProblemWords()) } }
  fileprivate func counts() async throws -> [Int64] { try await superuser.transaction { try await $0.query(ProblemCounts()) }.first ?? [] }
}

private struct ProblemsAsText: Statement {
  static let sql = """
    select concat_ws(' | ', p.number, p.external_key, p.title, p.category, p.priority, p.state, p.resolved_at at time zone 'UTC',
      p.closed_at at time zone 'UTC', p.reopen_count, p.last_seq,
      (select string_agg(substring(e.type from 9) || '>' || (e.payload ->> 'state'), ' ' order by e.seq) from operations.event e
       where e.tenant_id = p.tenant_id and e.subject_kind = 'problem' and e.subject_id = p.id)) from problems.problem p order by p.number
    """

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct PendingProblemWords: Statement {
  static let sql = "select count(*) from knowledge.process_text_pending w join problems.problem p on p.tenant_id = w.tenant_id and p.id = w.subject_id"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

private struct ProblemCounts: Statement {
  static let sql = """
    select array[(select count(*) from problems.problem), (select count(*) from operations.event where subject_kind = 'problem'),
      (select count(*) from importing.import_record), (select count(*) from tenancy.tenant), (select coalesce(sum(last), 0) from tenancy.counter),
      (select count(*) from importing.source),
      (select count(*) from operations.audit)]::bigint[]
    """

  static func decode(_ row: inout RowReader) throws -> [Int64] { try row.next() }
}

@Suite("Importing problems")
struct ProblemLogTests {
  @Test("Problems go through our own life, and a second time nothing is written")
  func small() async throws {
    let database = try await TestDatabase.make(modules)
    let report = try await database.run(SmallProblems.text(), SmallProblems.profile(), .init(createsMissing: true))
    #expect([report.rows, report.problems, report.newProblems, report.newEvents, report.reopened] == [13, 5, 5, 13, 2])
    #expect(report.states == [.closed: 1, .resolved: 1, .cancelled: 1, .new: 1, .investigating: 1] && report.created == ["SMALL"])
    #expect(
      try await database.problems() == [
        "1 | P1 | P1 · Mail | Mail | 2 | closed | 2026-02-07 09:00:00 | 2026-02-07 09:00:00 | 1 | 6 | opened>new investigating>investigating "
          + "changed>investigating closed>closed reopened>investigating closed>closed",
        "2 | P2 | P2 | 4 | resolved | 2026-02-03 10:00:00 | 0 | 2 | opened>investigating resolved>resolved",
        "3 | P3 | P3 · Disk | Disk | 4 | cancelled | 2026-02-02 12:00:00 | 0 | 2 | opened>new cancelled>cancelled",
        "4 | P4 | P4 · Disk | Disk | 4 | new | 0 | 1 | opened>new",
        "5 | P5 | P5 · Disk | Disk | 4 | investigating | 1 | 2 | opened>closed reopened>investigating",
      ])
    // What they are found by the search's sweep writes.
    #expect(try await database.pendingWords() == [5])
    let before = try await database.counts()
    let again = try await database.run(SmallProblems.text(), SmallProblems.profile())
    #expect(again.newProblems == 0 && again.record == nil && again.states == report.states && again.created.isEmpty)
    #expect(try await database.counts() == before)
    // What an import found is kept with the customer.
    let customer = try #require(try await database.tenancy.tenant(code: "SMALL"))
    let kept = try await database.call("import.list", ["customer": .id(customer.publicId)], as: database.root)["items"]?.array ?? []
    #expect(kept.count == 1 && kept.first?["id"] == .id(report.record) && kept.first?["format"] == "problem-event-log")
    #expect(kept.first?["report"]?["newProblems"] == 5 && kept.first?["report"]?["created"] == .array([.text("SMALL")]))
    #expect(report.text(.english).contains("5 problems in 13 rows; customers: SMALL\nnew 5, already there 0; events 13"), "\(report.text(.english))")
    #expect(report.text(.chinese).contains("5 个问题"))
  }

  @Test("A trial writes nothing and tells the same")
  func trial() async throws {
    let database = try await TestDatabase.make(modules)
    let before = try await database.counts()
    let trial = try await database.run(SmallProblems.text(), SmallProblems.profile(), .init(createsMissing: true, isTrial: true))
    #expect(try await database.counts() == before)
    let report = try await database.run(SmallProblems.text(Array(SmallProblems.rows.prefix(8))), SmallProblems.profile(), .init(createsMissing: true))
    #expect([trial.problems, trial.newProblems, trial.newEvents] == [5, 5, 13] && trial.created == report.created && trial.isTrial)
    #expect(trial.text(.english).hasSuffix("Nothing was written.\n") && !report.text(.english).contains("Nothing"))
    let rest = try await database.run(SmallProblems.text(), SmallProblems.profile(), .init(isTrial: true))
    #expect([rest.newProblems, rest.newEvents] == [3, 5])
    let grown = try await database.run(SmallProblems.text(), SmallProblems.profile())
    #expect([grown.newProblems, grown.newEvents] == [3, 5])
    #expect(try await database.problems().map { String($0.prefix(6)) } == ["1 | P1", "2 | P2", "3 | P3", "4 | P4", "5 | P5"])
  }

  @Test("A number that is another customer's is refused, and named")
  func numbersOfAnother() async throws {
    let database = try await TestDatabase.make(modules)
    let first = Array(SmallProblems.rows.prefix(8))
    _ = try await database.run(SmallProblems.text(first), SmallProblems.profile(), .init(createsMissing: true))
    let before = try await database.counts()
    let another = try SmallProblems.profile { $0.replacing("code: SMALL", with: "code: LARGE") }
    for isTrial in [true, false] {
      let failure = await #expect(throws: Failure.self) {
        try await database.run(SmallProblems.text(), another, .init(createsMissing: true, isTrial: isTrial))
      }
      #expect(failure?.code == "import.problems_of_others" && failure?.arguments["numbers"] == "P1, P2")
    }
    #expect(try await database.counts() == before, "and no customer was made for it")
    #expect(try await database.tenancy.tenant(code: "LARGE") == nil)
    // Another source numbers by itself.
    let own = try SmallProblems.profile { $0.replacing("code: SMALL", with: "code: LARGE").replacing("source: old", with: "source: large") }
    #expect(try await database.run(SmallProblems.text(), own, .init(createsMissing: true)).newProblems == 5)
    // What concerns several by now is there already for each of them.
    try await database.runAsSuperuser("update problems.problem set customer_id = null where external_source = 'old'")
    #expect(try await database.run(SmallProblems.text(), another).newProblems == 3)
  }

  @Test("A trial fails where the import would: without its customer, unless it would be made")
  func trialWithoutCustomer() async throws {
    let database = try await TestDatabase.make(modules)
    for isTrial in [true, false] {
      let failure = await #expect(throws: Failure.self) {
        try await database.run(SmallProblems.text(), SmallProblems.profile(), .init(isTrial: isTrial))
      }
      #expect(failure?.code == "import.missing")
    }
  }

  @Test("A trial of incidents writes nothing and tells the same")
  func trialOfIncidents() async throws {
    let database = try await TestDatabase.make(modules)
    let importer = ImportLog(dispatcher: database.dispatcher, as: database.root)
    let failure = await #expect(throws: Failure.self) {
      try await SmallLog.withFile(SmallLog.text()) { try await importer.run($0, SmallLog.profile(), .init(createsMissing: true, isTrial: true)) }
    }
    #expect(failure?.code == "import.missing", "what judges them is not there, and is not made for a trial")
    #expect(try await database.tenancy.tenant(code: "SMALL") == nil)
    _ = try await SmallLog.withFile(SmallLog.text(Array(SmallLog.rows.prefix(3)))) {
      try await importer.run($0, SmallLog.profile(), .init(createsMissing: true))
    }
    let before = try await database.counts()
    let trial = try await SmallLog.withFile(SmallLog.text()) { try await importer.run($0, SmallLog.profile(), .init(isTrial: true)) }
    #expect([trial.newIncidents, trial.newEvents] == [2, 8] && trial.record == nil && trial.isTrial)
    #expect(try await database.counts() == before)
    let report = try await SmallLog.withFile(SmallLog.text()) { try await importer.run($0, SmallLog.profile()) }
    #expect(report.newIncidents == 2 && report.allVerdicts == trial.allVerdicts)
  }

  @Test("One bad row, and nothing is written; skipping leaves its problem out")
  func badRow() async throws {
    let database = try await TestDatabase.make(modules)
    let before = try await database.counts()
    let rows = SmallProblems.rows.map { $0.replacingOccurrences(of: "Fixed", with: "Mended") }
    let refused = await #expect(throws: UnreadableRows.self) {
      try await database.run(SmallProblems.text(rows), SmallProblems.profile(), .init(createsMissing: true))
    }
    #expect(refused?.rows == [UnreadableRow(line: 9, .unknownState, column: "state", found: "Mended")])
    #expect(try await database.counts() == before)
    let report = try await database.run(SmallProblems.text(rows), SmallProblems.profile(), .init(createsMissing: true, skipsUnreadable: true))
    #expect(report.leftOut == ["P2"] && report.newProblems == 4)
    #expect(try await database.run(SmallProblems.text(), SmallProblems.profile()).newProblems == 1)
  }

  @Test("What is missing or stands in the way is named")
  func missing() async throws {
    let database = try await TestDatabase.make(modules)
    let failure = await #expect(throws: Failure.self) { try await database.run(SmallProblems.text(), SmallProblems.profile()) }
    #expect(failure?.code == "import.missing" && failure?.arguments == ["kind": "customer", "name": "SMALL"])
    let nothing = await #expect(throws: Failure.self) { try await database.run(SmallProblems.text([]), SmallProblems.profile(), .init(createsMissing: true)) }
    #expect(nothing?.code == "import.no_problems")
    let provider = database.provider.code
    let profile = try SmallProblems.profile { $0.replacingOccurrences(of: "code: SMALL", with: "code: \(provider)") }
    let own = await #expect(throws: Failure.self) { try await database.run(SmallProblems.text(), profile, .init(createsMissing: true)) }
    #expect(own?.code == "import.not_a_customer")
    let unlisted = try SmallProblems.profile { $0.replacingOccurrences(of: "Low: 4}", with: "Low: 7}") }
    let refused = await #expect(throws: Failure.self) { try await database.run(SmallProblems.text(), unlisted, .init(createsMissing: true)) }
    #expect(refused?.violations.map(\.path) == ["priorities.Low"])
  }

  @Test(
    "A profile of problems promises nothing and waits for nothing",
    arguments: [
      ("customer: {", "sla: {name: x}\ncustomer: {", "sla"), ("Queued: new", "Queued: {pending: scheduled}", "states.Queued"),
      ("Queued: new", "Queued: known_error", "states.Queued"), ("Queued: new", "Queued: active", "states.Queued"),
      ("category: product", "requester: product", "columns.requester"),
    ])
  func profiles(_ found: String, _ given: String, _ path: String) throws {
    let failure = #expect(throws: Failure.self) { try SmallProblems.profile { $0.replacingOccurrences(of: found, with: given) } }
    #expect(failure?.violations.map(\.path) == [path], "\(String(describing: failure))")
  }

  @Test("A profile of incidents cancels nothing")
  func incidentsAreNotCancelled() throws {
    let failure = #expect(throws: Failure.self) { try SmallLog.profile { $0.replacingOccurrences(of: "Closed: closed}", with: "Closed: cancelled}") } }
    #expect(failure?.violations.map(\.path) == ["states.Closed"])
  }

  @Test("Many customers have each their own, and a code that is none is refused")
  func manyCustomers() async throws {
    let database = try await TestDatabase.make(modules)
    let profile = try SmallProblems.profile {
      $0.replacingOccurrences(of: "category: product", with: "customer: region").replacingOccurrences(of: "name: Small Ltd", with: "name: \"{customer}\"")
    }
    let report = try await database.run(SmallProblems.text(), profile, .init(createsMissing: true))
    // The one that changed belongs to the customer of its last row.
    #expect(report.customers == ["SMALLEU", "SMALLUS"] && report.created == report.customers && report.record == nil)
    #expect([report.problems, report.newProblems, report.newEvents] == [5, 5, 13])
    let eu = try #require(try await database.tenancy.tenant(code: "SMALLEU"))
    let us = try #require(try await database.tenancy.tenant(code: "SMALLUS"))
    for (tenant, count) in [(eu, 4), (us, 1)] {
      let engineer = try await database.staff(.engineer, for: [tenant])
      let listed = try await database.call("problem.list", ["limit": 50], as: engineer)["items"]?.array ?? []
      #expect(listed.count == count && listed.allSatisfy { $0["customer"] == .id(tenant.publicId) })
    }
  }

  @Test("An imported problem is worked on like any other, and stays known after it was widened")
  func workedOn() async throws {
    let database = try await TestDatabase.make(modules)
    _ = try await database.run(SmallProblems.text(), SmallProblems.profile(), .init(createsMissing: true))
    let customer = try #require(try await database.tenancy.tenant(code: "SMALL"))
    let other = try await database.customer("OTHER")
    let engineer = try await database.staff(.engineer)
    let stranger = try await database.staff(.engineer, for: [other])
    let listed = try await database.call("problem.list", ["customer": .id(customer.publicId), "limit": 50], as: engineer)["items"]?.array ?? []
    var problem = try #require(listed.first { $0["title"] == "P1 · Mail" })
    #expect(problem["owner"] == .null && problem["priority"] == 2 && problem["resolvedAt"] == problem["closedAt"])
    let read = try await database.call("problem.read", ["id": problem["id"] ?? .null], as: engineer)
    #expect(read["description"] == "region: EU" && read["solution"] == .null && read["outcome"] == .null && read["incidents"] == 0)
    await #expect(throws: Failure.self) { try await database.call("problem.read", ["id": problem["id"] ?? .null], as: stranger) }

    func act(_ verb: String, _ more: KeyValuePairs<String, Value> = [:]) async throws {
      let input = [Value.Member("id", problem["id"] ?? .null)] + more.map { Value.Member($0.key, $0.value) }
      problem = try await database.dispatcher.invoke(
        "problem.\(verb)", .object(input), as: engineer, Call(requestId: "test", expectedVersion: problem["version"]?.integer)
      ).value
    }
    try await act("reopen", ["reason": "It is back"])
    try await act("take")
    try await act("widen", ["reason": "OTHER has it too"])
    try await act("resolve", ["solution": "A new disk"])
    try await act("close", ["outcome": "removed"])
    #expect(problem["state"] == "closed" && problem["reopenCount"] == 2)

    // Of several customers now: others see it, and none of the words of the log.
    func history(_ reader: Principal) async throws -> [Value] {
      try await database.call("problem.history", ["id": problem["id"] ?? .null, "limit": 50], as: reader)["items"]?.array ?? []
    }
    let whole = try await history(engineer)
    #expect(whole.count == 12 && whole.first?["via"] == "import" && whole.first?["payload"]?["log"]?["region"] == "EU", "\(whole.count)")
    #expect(whole.allSatisfy { $0["payload"]?["customerRow"] == nil })
    let seen = try await history(stranger)
    #expect(!seen.isEmpty && seen.allSatisfy { $0["via"] != "import" })
    let before = try await database.counts()
    #expect(try await database.run(SmallProblems.text(), SmallProblems.profile()).newProblems == 0)
    #expect(try await database.counts() == before)
  }

  @Test("A fault on the way leaves nothing behind")
  func fault() async throws {
    let database = try await TestDatabase.make(modules)
    _ = try await database.run(SmallProblems.text(Array(SmallProblems.rows.prefix(6))), SmallProblems.profile(), .init(createsMissing: true))
    let before = try await database.counts()
    _ = try await database.superuser.withConnection {
      try await $0.runScript("alter table importing.import_record add constraint never check (report is null) not valid")
    }
    await #expect(throws: Failure.self) { try await database.run(SmallProblems.text(), SmallProblems.profile()) }
    #expect(try await database.counts() == before)
  }

  @Test("No path leaves the life of a problem, whatever a log tells", arguments: [1, 2, 3] as [UInt64])
  func anyOrder(seed: UInt64) {
    print("seed \(seed)")
    var random = SplitMix64(seed: seed)
    let kinds: [ImportProfile.State.Kind] = [.new, .active, .resolved, .closed, .cancelled]
    // What may follow what, written apart from the code.
    let legal: [ProblemState: Set<ProblemState>] = [
      .new: [.new, .investigating, .resolved, .closed, .cancelled], .investigating: [.investigating, .resolved, .closed, .cancelled],
      .resolved: [.resolved, .closed, .investigating, .cancelled], .closed: [.closed, .investigating, .resolved, .cancelled],
      .cancelled: [.cancelled, .investigating, .resolved, .closed],
    ]
    for _ in 0..<500 {
      let rows = (0..<(1 + Int64(random.next() % 12))).map { second in
        (state: ImportProfile.State(kind: kinds[Int(random.next() % 5)], reason: nil), at: Instant(seconds: second))
      }
      let problem = ImportedProblem(rows)
      #expect(problem.story.count == rows.count && problem.story.last?.state == problem.state && problem.openedAt == rows.first?.at)
      var ended: Int64 = 0
      for ((before, after), row) in zip(zip(problem.story, problem.story.dropFirst()), rows.dropFirst()) {
        #expect(legal[before.state]?.contains(after.state) == true, "\(before.state) \(after.state)")
        if !before.state.isOpen, before.state != after.state, !(before.state == .resolved && after.state == .closed) { ended += 1 }
        // What the log says holds, but that nothing is new twice.
        #expect(after.state == row.state.problemState || (row.state.kind == .new && after.state == .investigating))
      }
      #expect(problem.reopenCount == ended)
      #expect((problem.resolvedAt != nil) == [.resolved, .closed].contains(problem.state))
      #expect((problem.closedAt != nil) == [.closed, .cancelled].contains(problem.state))
    }
  }
}

/// The problems of the BPI Challenge 2013, closed and open, against an account of the files that is made without the importer.
@Suite("The problems of BPI 2013")
struct VolvoProblemTests {
  @Test("Both logs, with every row, by another account")
  func problems() async throws {
    guard let closed = RealData.url("bpi2013/closed_problems.csv.gz"), let open = RealData.url("bpi2013/open_problems.csv.gz") else { return }
    let database = try await TestDatabase.make(modules)
    let path = RealData.packageRoot.appending(path: "deploy/profiles/volvo-bpi2013-problems.yaml")
    let profile = try ImportProfile(yaml: String(contentsOf: path, encoding: .utf8))
    let first = try await database.importer.run(LogFile(path: closed.path), profile, .init(createsMissing: true))
    // The figures of data/README.md.
    #expect([first.rows, first.problems, first.newProblems, first.newEvents] == [6660, 1487, 1487, 6660])
    #expect(first.unreadable.isEmpty && first.states == [.closed: 1487] && first.reopened == 61)
    let second = try await database.importer.run(LogFile(path: open.path), profile)
    #expect([second.rows, second.problems] == [2351, 819] && second.unreadable.isEmpty)
    #expect(second.states == [.closed: 356, .investigating: 445, .new: 18] && second.reopened == 22)
    #expect([second.newProblems, second.newEvents] == [354, 800], "465 are in both logs")

    // Row by row: when, in what state, and what the log called it.
    var account = try await ProblemAccount.cases(LogFile(path: open.path))
    account.merge(try await ProblemAccount.cases(LogFile(path: closed.path))) { _, closed in closed }
    #expect(account.count == 1841)
    let stored = try await database.superuser.transaction { try await $0.query(StoredStories()) }
    #expect(stored.count == account.values.reduce(0) { $0 + $1.count } && stored.count == 7460)
    var counted: [String: Int] = [:]
    for row in stored {
      let place = counted[row.key, default: 0]
      counted[row.key] = place + 1
      let told = try #require(account[row.key])
      #expect(told.indices.contains(place) && told[place].at == row.at && told[place].ours == row.state, "\(row.key) \(place)")
      // The log's word is there wherever it changed.
      if place == 0 || told[place - 1].state != told[place].state { #expect(row.word == told[place].state, "\(row.key) \(place)") }
    }
    let ends = try await database.superuser.transaction { try await $0.query(StoredEnds()) }
    #expect(ends.count == 1841)
    for end in ends { #expect(account[end.key]?.last?.ours == end.state, "\(end.key)") }
    #expect(ends.count { $0.state == "closed" } == 1487 && ends.count { $0.reopened > 0 } == 63)

    let before = try await database.counts()
    for log in [closed, open] { #expect(try await database.importer.run(LogFile(path: log.path), profile).newProblems == 0) }
    #expect(try await database.counts() == before)
  }
}

private struct StoredStories: Statement {
  static let sql = """
    select p.external_key, extract(epoch from e.occurred_at)::bigint, e.payload ->> 'state', e.payload -> 'log' ->> 'lifecycle:transition'
    from problems.problem p join operations.event e on e.tenant_id = p.tenant_id and e.subject_kind = 'problem' and e.subject_id = p.id
    order by p.id, e.seq
    """

  static func decode(_ row: inout RowReader) throws -> (key: String, at: Int64, state: String, word: String?) {
    (try row.next(), try row.next(), try row.next(), try row.next())
  }
}

private struct StoredEnds: Statement {
  static let sql = "select external_key, state, reopen_count from problems.problem"

  static func decode(_ row: inout RowReader) throws -> (key: String, state: String, reopened: Int64) { (try row.next(), try row.next(), try row.next()) }
}

/// The states of a log by another way: straight from the file's rows, by the header's names.
private enum ProblemAccount {
  struct Row {
    let at: Int64
    let state: String
    let ours: String
  }

  static func cases(_ file: LogFile) async throws -> [String: [Row]] {
    var bytes: [UInt8] = []
    _ = try await file.read { chunk, _ in bytes += chunk }
    let format = Date.ISO8601FormatStyle()
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let header = try #require(lines.first)
    let (number, at, state) = (
      try #require(header.firstIndex(of: "case:concept:name")), try #require(header.firstIndex(of: "time:timestamp")),
      try #require(header.firstIndex(of: "lifecycle:transition"))
    )
    var cases: [String: [Row]] = [:]
    for fields in lines.dropFirst() {
      let before = cases[fields[number]]?.last?.ours
      let ours =
        switch fields[state] {
        case "Closed": "closed"
        case "Cancelled": "cancelled"
        case "Awaiting Assignment" where before == nil || before == "new": "new"
        default: "investigating"
        }
      cases[fields[number], default: []].append(Row(at: Int64(try format.parse(fields[at]).timeIntervalSince1970), state: fields[state], ours: ours))
    }
    return cases
  }
}
