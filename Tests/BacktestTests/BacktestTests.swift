import Contracts
import Credits
import Kernel
import Operations
import Postgres
import ServiceLevels
import TestSupport
import Tenancy
import Testing

@testable import Backtest

@Suite("Back-tests")
struct BacktestTests {
  /// Three tickets of a week in March: A (P3) resolved after 15 h, B (P3) after 15 h of which 6 waited for the customer, C (P1) still
  /// open.
  private static func threeTickets(_ world: BacktestWorld) async throws {
    try world.at("2026-03-02T08:00:00Z")
    let first = try await world.open()
    let second = try await world.open()
    let third = try await world.open(impact: 1, urgency: 1)
    try world.at("2026-03-02T08:30:00Z")
    let answered = try await world.act("start", on: first)
    try world.at("2026-03-02T09:30:00Z")
    let late = try await world.act("start", on: second)
    try world.at("2026-03-03T08:00:00Z")
    let waiting = try await world.act("hold", on: late, ["reason": "awaiting_requester", "comment": "Which one?"])
    try world.at("2026-03-03T14:00:00Z")
    let resumed = try await world.act("resume", on: waiting)
    // 8 h on Monday, 7 h on Tuesday.
    try world.at("2026-03-03T15:00:00Z")
    try await world.act("resolve", on: answered, ["resolution": "Done"])
    try await world.act("resolve", on: resumed, ["resolution": "Done"])
    _ = third
    try world.at("2026-03-06T16:00:00Z")
    try await world.sweep()
  }

  @Test("A draft gives other verdicts: by metric, priority and month, with what counts now beside it, and null where nothing is judged")
  func figures() async throws {
    let world = try await BacktestWorld()
    try await Self.threeTickets(world)
    // P3 within 10 h, P1 within 40 h; nothing for other priorities.
    let tested = try await world.backtest(["targets": BacktestWorld.targets(world.calendar, hours: [1: 40, 3: 10], response: 5400)])
    #expect(tested["tickets"] == 3)
    let resolution = try #require(tested.figure("resolution"))
    // A took 15 h, B 9 h; C is open and its 40 h are not over.
    #expect(resolution["numerator"] == 1 && resolution["denominator"] == 2 && resolution["notJudged"] == 1)
    #expect(resolution["value"] == .decimal("50"))
    // Now: A and B within 16 h, C missed its 4 h.
    #expect(resolution["numeratorNow"] == 2 && resolution["denominatorNow"] == 3)
    let first = try #require(tested.figure("resolution", priority: 1))
    #expect(first["value"] == .null && first["denominator"] == 0 && first["notJudged"] == 1 && first["denominatorNow"] == 1)
    #expect(tested.figure("resolution", month: "2026-03")?["denominator"] == 2)
    // Answers: A after 30 min, B after 90 min, C never. Now: within 60 min.
    let response = try #require(tested.figure("response"))
    #expect(response["numerator"] == 2 && response["denominator"] == 3 && response["numeratorNow"] == 1)
    // A and C in resolution, B in response.
    #expect(tested["changed"] == 2 && tested["newlyMissed"] == 1 && tested["newlyMet"] == 1)
    #expect(tested["newlyJudged"] == 0 && tested["noLongerJudged"] == 1 && tested["withoutHistory"] == 0)
  }

  @Test("The tickets that change are listed page by page, with both verdicts, what was used and of how much")
  func changes() async throws {
    let world = try await BacktestWorld()
    try await Self.threeTickets(world)
    let draft: Value = BacktestWorld.targets(world.calendar, hours: [1: 40, 3: 10], response: 5400)
    var found: [Value] = []
    var cursor: Value = .null
    repeat {
      let page = try await world.call("sla.backtest_tickets", ["targets": draft, "limit": 1, "cursor": cursor])
      found += page["items"]?.array ?? []
      #expect(page["items"]?.array?.count == 1)
      cursor = page["next"] ?? .null
    } while !cursor.isNull
    #expect(found.map { $0["number"] ?? .null } == ["ACME-INC-000001", "ACME-INC-000002", "ACME-INC-000003"])
    #expect(found.map { $0["metric"] ?? .null } == ["resolution", "response", "resolution"])
    #expect(found.map { $0["verdictNow"] ?? .null } == ["met", "missed", "missed"])
    #expect(found.map { $0["verdict"] ?? .null } == ["missed", "met", .null])
    #expect(found.map { $0["change"] ?? .null } == ["newly_missed", "newly_met", "no_longer_judged"])
    let gone = try await world.call("sla.backtest_tickets", ["targets": draft, "change": "no_longer_judged"])
    #expect(gone["items"]?.array?.map { $0["number"] ?? .null } == ["ACME-INC-000003"])
    #expect(found.first?["elapsed"] == .integer(15 * 3600) && found.first?["budget"] == .integer(10 * 3600))
    #expect(found.first?["elapsedNow"] == .integer(15 * 3600) && found.first?["budgetNow"] == .integer(16 * 3600))
    // The third is still open: on Friday at 17:00 five days of eight hours are over, by either calendar.
    #expect(found.last?["elapsed"] == .integer(40 * 3600) && found.last?["elapsedNow"] == .integer(40 * 3600), "\(String(describing: found.last))")
    let other = try await world.call("sla.backtest_tickets", ["targets": draft, "limit": 1])
    let refused = await expectFailure {
      try await world.call(
        "sla.backtest_tickets",
        ["targets": BacktestWorld.targets(world.calendar, hours: [3: 9]), "limit": 1, "cursor": other["next"] ?? .null])
    }
    #expect(refused?.kind == .invalid || refused?.kind == .malformed)
  }

  @Test("Only what is selected: period, basis, line, priority, category")
  func selection() async throws {
    let world = try await BacktestWorld()
    try await Self.threeTickets(world)
    let sla = world.sla["id"] ?? .null
    func tickets(_ more: KeyValuePairs<String, Value>) async throws -> Value? {
      let input = [Value.Member("customer", .id(world.acme.publicId)), Value.Member("sla", sla)] + more.map { Value.Member($0.key, $0.value) }
      return try await world.database.dispatcher.invoke("sla.backtest", .object(input), as: world.manager, Call(requestId: "test")).value["tickets"]
    }
    #expect(try await tickets([:]) == 3)
    #expect(try await tickets(["from": "2026-03-02", "until": "2026-03-03"]) == 3)
    #expect(try await tickets(["from": "2026-03-03"]) == 0)
    #expect(try await tickets(["until": "2026-03-02"]) == 0)
    #expect(try await tickets(["basis": "closed"]) == 0)
    #expect(try await tickets(["priority": 1]) == 1)
    #expect(try await tickets(["category": "Hardware"]) == 0)
    let line = world.contract["lines"]?.array?.first?["id"] ?? .null
    #expect(try await tickets(["contractLine": line]) == 3)
    let failure = await expectFailure { try await tickets(["from": "2026-03-03", "until": "2026-03-03"]) }
    #expect(failure?.violations.first?.path == "until")
  }

  @Test("After random acts, trying the SLA that judged them out changes nothing", arguments: [11, 12, 13, 14])
  func reproduces(seed: UInt64) async throws {
    let world = try await BacktestWorld()
    try await world.randomActs(seed: seed)
    try await world.sweep()
    let tested = try await world.backtest(["sla": world.sla["id"] ?? .null])
    #expect(tested["tickets"]?.integer ?? 0 >= 8)
    #expect(tested["changed"] == 0, "\(JSON.text(tested))")
    for metric in ["response", "resolution"] {
      let figure = try #require(tested.figure(metric))
      #expect(figure["numerator"] == figure["numeratorNow"] && figure["denominator"] == figure["denominatorNow"])
    }
    let changes = try await world.call("sla.backtest_tickets", ["sla": world.sla["id"] ?? .null])
    #expect(changes["items"] == .array([]))
  }

  @Test("Nothing is written: no row, no transaction id, and the transaction could not")
  func writesNothing() async throws {
    let world = try await BacktestWorld()
    try await Self.threeTickets(world)
    let draft: Value = BacktestWorld.targets(world.calendar, hours: [1: 40, 3: 10])
    // What is read for the first time may be kept by the process; it is not what is asked here.
    _ = try await world.backtest(["targets": draft])
    let before = try await world.databaseState()
    _ = try await world.backtest(["targets": draft, "creditTerms": Self.terms])
    _ = try await world.call("sla.backtest_tickets", ["targets": draft])
    #expect(try await world.databaseState() == before)
    // It was given no transaction id, and could not have written.
    let refused = await #expect(throws: PostgresError.self) {
      try await world.database.tenancy.transaction(binding: [world.acme.id], side: .staff, readOnly: true) { transaction in
        let run = try await world.run(transaction)
        _ = try await run.run(in: transaction)
        #expect(try await transaction.first(HasTransactionId()) == false)
        try await transaction.execute(WriteTicket(tenant: world.acme.id))
      }
    }
    #expect(refused?.sqlState == "25006")
  }

  static let terms: Value = .object([
    "measure": "resolution", "period": "month",
    "bands": .array([.object(["from": "80", "below": "95", "percent": "5"]), .object(["below": "80", "percent": "12.5"])]),
  ])

  @Test("Credits by a schedule, and by that of the line: exact money of the production functions")
  func credits() async throws {
    let world = try await BacktestWorld()
    try await Self.threeTickets(world)
    let draft: Value = BacktestWorld.targets(world.calendar, hours: [1: 40, 3: 10])
    let none = try await world.backtest(["targets": draft])
    #expect(none["credits"] == .array([]) && none["creditTotals"] == .array([]))
    #expect(none["creditsNow"] == .array([]) && none["creditTotalsNow"] == .array([]))
    // One of two met in March: 12.5 % of 1,000 EUR.
    let given = try await world.backtest(["targets": draft, "creditTerms": Self.terms])
    let credit = try #require(given["credits"]?.array?.first)
    #expect(credit["period"] == "2026-03" && credit["numerator"] == 1 && credit["denominator"] == 2)
    #expect(credit["amount"] == .text(Money(minorUnits: 125_00, currency: try #require(Currency(code: "EUR"))).description))
    #expect(given["creditTotals"]?.array?.count == 1)
    // The line's own holds for periods that begin after it was attached.
    let schedule = try await world.database.call("credit_schedule.create", ["name": "Tickets", "terms": Self.terms], as: world.database.root)
    let line = world.contract["lines"]?.array?.first?["id"] ?? .null
    try await world.database.call(
      "line_credit.attach", ["line": line, "schedule": schedule["id"] ?? .null, "validFrom": "2026-01-01T00:00:00Z"], as: world.database.root)
    let own = try await world.backtest(["targets": draft])
    #expect(own["credits"]?.array?.first?["amount"] == credit["amount"] && own["credits"]?.array?.first?["schedule"] == "Tickets")
    // Beside it what the same tickets cost now: two of three met.
    #expect(given["creditsNow"] == .array([]), "no schedule was attached then")
    let now = try #require(own["creditsNow"]?.array?.first)
    #expect(now["numerator"] == 2 && now["denominator"] == 3 && now["amount"] == credit["amount"] && own["creditTotalsNow"] == own["creditTotals"])
    let standing = try await world.backtest(["sla": world.sla["id"] ?? .null])
    #expect(standing["credits"] == own["creditsNow"] && standing["creditsNow"] == own["creditsNow"], "the same SLA costs the same")
    let refused = await expectFailure {
      try await world.backtest([
        "targets": draft, "creditTerms": .object(["measure": "availability", "period": "month", "bands": .array([.object(["below": "99", "percent": "1"])])]),
      ])
    }
    #expect(refused?.violations.first?.path == "creditTerms")
  }

  /// What `sla.create` takes, a draft takes, and what it refuses is refused at the same place.
  @Test("A draft takes targets as sla.create does: updates, no priority, and bad ones told by their place")
  func drafts() async throws {
    let world = try await BacktestWorld()
    try await Self.threeTickets(world)
    let calendar = world.calendar["id"] ?? .null
    func target(_ members: KeyValuePairs<String, Value>) -> Value { .object(members) }
    let update = target(["metric": "update", "budgetSeconds": 3600, "calendar": calendar])
    let any = target(["metric": "resolution", "budgetSeconds": 36_000, "calendar": calendar])
    let tested = try await world.backtest(["targets": .array([update, any])])
    #expect((tested.figure("update")?["denominator"]?.integer ?? 0) > 0, "\(tested)")
    #expect(tested.figure("resolution", priority: 1)?["denominator"] == 1, "a target without a priority is for any")
    let lists: [[Value]] = [
      [target(["metric": "resolution", "budgetSeconds": 36_000])],
      [any, target(["metric": "resolution", "businessDays": 1, "budgetSeconds": 1, "calendar": calendar])],
      [any, any],
      [target(["metric": "resolution", "priority": 10, "budgetSeconds": 1, "calendar": calendar])],
      [any, target(["metric": "response", "service": "NONE", "budgetSeconds": 1, "calendar": calendar])],
      [target(["metric": "update", "ciTier": "none", "budgetSeconds": 1, "calendar": calendar])],
      [target(["metric": "no such metric!", "budgetSeconds": 1, "calendar": calendar])],
      [target(["metric": "response", "budgetSeconds": 1, "calendar": calendar, "pauses": .bool(true)])],
      [target(["metric": "response", "budgetSeconds": 1, "calendar": .text("cal_unknown")])],
      // Nothing measures problems and changes.
      [any, target(["metric": "response", "ticketType": "problem", "budgetSeconds": 1, "calendar": calendar])],
      [target(["metric": "resolution", "ticketType": "change", "budgetSeconds": 1, "calendar": calendar])],
    ]
    for (number, targets) in lists.enumerated() {
      func places(_ body: () async throws -> Value) async -> [String] {
        (await expectFailure(body))?.violations.map { "\($0.path) \($0.message.key)" } ?? []
      }
      let created = await places {
        try await world.database.call("sla.create", ["name": .text("Bad \(number)"), "targets": .array(targets)], as: world.manager)
      }
      let tried = await places { try await world.backtest(["targets": .array(targets)]) }
      #expect(!created.isEmpty && tried == created && created.allSatisfy { $0.hasPrefix("targets[") }, "\(number): \(created) \(tried)")
    }
  }

  @Test("More tickets than a call takes are an error that names the command line")
  func limit() async throws {
    let world = try await BacktestWorld()
    try await Self.threeTickets(world)
    let failure = await expectFailure {
      try await world.database.tenancy.transaction(binding: [world.acme.id], side: .staff, readOnly: true) { transaction in
        _ = try await world.run(transaction, limit: 2).run(in: transaction)
      }
    }
    #expect(failure?.text(.english).contains("steward sla backtest") == true)
    _ = try await world.database.tenancy.transaction(binding: [world.acme.id], side: .staff, readOnly: true) { transaction in
      let run = try await world.run(transaction, limit: 3)
      #expect(try await run.run(in: transaction).outcome.tickets == 3)
      #expect(try await run.count(in: transaction) == 3)
    }
  }

  @Test("A ticket whose story does not begin with its opening is told, and judged by nobody else's clocks")
  func withoutHistory() async throws {
    let world = try await BacktestWorld()
    try await Self.threeTickets(world)
    let sla: KeyValuePairs<String, Value> = ["sla": world.sla["id"] ?? .null]
    let whole = try await world.backtest(sla)
    #expect(whole.figure("resolution")?["denominator"] == 3 && whole["withoutHistory"] == 0)
    // The second has none, the third lost its beginning.
    _ = try await world.database.superuser.transaction { try await $0.query(LoseStories()) }
    let rest = try await world.backtest(sla)
    #expect(rest["tickets"] == 3 && rest["withoutHistory"] == 2 && rest["changed"] == 0 && rest["newlyJudged"] == 0)
    #expect(rest.figure("resolution")?["denominator"] == 1 && rest.figure("resolution")?["denominatorNow"] == 1)
  }

  @Test("A sum that is more than money can be is none")
  func tooMuch() throws {
    let euro = try #require(Currency(code: "EUR"))
    let much = Money(minorUnits: .max, currency: euro)
    #expect(TrialTotal.all(of: [much]).map(\.sum) == [much])
    #expect(TrialTotal.all(of: [much, Money(minorUnits: 1, currency: euro), much]).map(\.sum) == [nil])
  }

  @Test("A back-test that is cancelled ends, and a story that cannot be read is an error")
  func ends() async throws {
    let world = try await BacktestWorld()
    try await Self.threeTickets(world)
    let task = Task {
      // Ends when the task is cancelled.
      try? await Task.sleep(for: .seconds(3600))
      return try await world.database.tenancy.transaction(binding: [world.acme.id], side: .staff, readOnly: true) { transaction in
        try await world.run(transaction).run(in: transaction).outcome.tickets
      }
    }
    task.cancel()
    await #expect(throws: (any Error).self) { try await task.value }
    _ = try await world.database.superuser.transaction { try await $0.query(BreakStory()) }
    let failure = await expectFailure { try await world.backtest(["sla": world.sla["id"] ?? .null]) }
    #expect(failure?.kind == .internal)
  }

  private func expectFailure<T>(_ body: () async throws -> T) async -> Failure? {
    do {
      _ = try await body()
      Issue.record("it did not fail")
      return nil
    } catch let failure as Failure {
      return failure
    } catch {
      Issue.record("\(error)")
      return nil
    }
  }
}

extension BacktestWorld {
  func run(_ transaction: Transaction, limit: Int64? = nil) async throws -> TrialRun {
    let id = try #require(sla["id"]?.text.flatMap { PublicId($0) })
    let trial = try #require(try await SlaTrial.stored(id, at: database.clock.now(), customers: nil, in: transaction))
    return TrialRun(
      customer: acme, trial: trial, selection: Selection(), credits: nil, now: database.clock.now(), limit: limit, kept: 10)
  }

  /// Acts of all kinds on ten tickets, some of them refused.
  func randomActs(seed: UInt64) async throws {
    var random = SplitMix64(seed: seed)
    var incidents: [Value] = []
    func pass() {
      let seconds = Bool.random(using: &random) ? Int64.random(in: 60...3600, using: &random) : Int64.random(in: 3600...60_000, using: &random)
      database.clock.set(database.clock.now().adding(seconds: seconds))
    }
    for _ in 0..<8 {
      incidents.append(try await open(impact: .random(in: 1...2, using: &random), urgency: .random(in: 1...2, using: &random)))
      pass()
    }
    for _ in 0..<70 {
      pass()
      let index = Int.random(in: incidents.indices, using: &random)
      let incident = incidents[index]
      switch Int.random(in: 0..<12, using: &random) {
      case 0: _ = try? await act("start", on: incident)
      case 1, 2: _ = try? await act("hold", on: incident, ["reason": "awaiting_requester", "comment": "Which printer?"])
      case 3: _ = try? await act("hold", on: incident, ["reason": "awaiting_supplier", "evidence": "mail 1"])
      case 4, 5: _ = try? await act("resume", on: incident)
      case 6, 7: _ = try? await act("resolve", on: incident, ["resolution": "Done"])
      case 8: _ = try? await act("close", on: incident)
      case 9: _ = try? await act("reopen", on: incident, ["reason": "Still broken."])
      case 10: _ = try? await act("classify", on: incident, ["impact": .integer(.random(in: 1...3, using: &random))])
      default:
        if Bool.random(using: &random) {
          if let made = try? await act("split", on: incident, ["title": "The other half"]) { incidents.append(made) }
        } else {
          let into = incidents[Int.random(in: incidents.indices, using: &random)]
          _ = try? await act("merge", on: incident, ["into": into["id"] ?? .null])
        }
      }
      if Int.random(in: 0..<6, using: &random) == 0 { try await sweep() }
      incidents[index] = try await database.call("incident.read", ["id": incident["id"] ?? .null], as: engineer)
    }
  }

  /// Rows and newest transaction of every table.
  func databaseState() async throws -> [String] {
    try await database.superuser.transaction { try await $0.query(DatabaseState()) }
  }
}

private struct DatabaseState: Statement {
  static let sql = """
    select n.nspname || '.' || c.relname || ' ' || (xpath('/row/s/text()', query_to_xml(format(
      'select count(*) || '' '' || coalesce(max(xmin::text::bigint), 0) as s from %I.%I', n.nspname, c.relname), false, true, '')))[1]::text
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
    order by 1
    """

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct HasTransactionId: Statement {
  static let sql = "select pg_current_xact_id_if_assigned() is not null"
  static func decode(_ row: inout RowReader) throws -> Bool { try row.next() }
}

private struct LoseStories: Statement {
  static let sql = "update desk.ticket set story = case number when 2 then '\\x' else substr(story, 11) end where number in (2, 3)"
}

private struct BreakStory: Statement {
  static let sql = "update desk.ticket set story = '\\x63000000000000000000' where number = 2"
}

private struct WriteTicket: Statement {
  let tenant: TenantId

  static let sql = "update desk.ticket set title = title where tenant_id = $1"
  func bind(to parameters: inout Parameters) { parameters.append(tenant) }
}
