import Kernel
import Operations
import Postgres
import TestSupport
import Testing

/// Queues that somebody looks at again and again, and how much is in them.
@Suite struct QueueFilterTests {
  @Test func aSavedFilterShowsAndCountsWhatItsCriteriaDo() async throws {
    let world = try await DeskWorld()
    let team = try await world.database.call("team.create", ["name": "First line"], as: world.manager)["id"] ?? .null
    let urgent = try await world.open("urgent", impact: 1, urgency: 1)
    let plain = try await world.open("plain")
    _ = try await world.open("other", for: world.other)
    for incident in [urgent, plain] { try await world.act("assign", on: incident, ["team": team]) }
    let saved = try await world.save("First line", ["team": team])
    #expect(saved["criteria"]?["team"] == team && saved["criteria"]?["mine"] == .bool(false) && saved["name"] == "First line")
    #expect(try await world.titles(["filter": saved["id"] ?? .null]) == ["urgent", "plain"])
    #expect(try await world.count(["filter": saved["id"] ?? .null]) == 2)
    #expect(try await world.count([:]) == 3)
    #expect(try await world.count(["priority": 1]) == 1)
    // In the team's own order as well.
    let ordered = try await world.save("Its order", ["team": team, "order": "team_due"])
    #expect(try await world.count(["filter": ordered["id"] ?? .null]) == 2)
    // The same name: nothing is overwritten unless that is said; then the new criteria stand under the same id.
    await expectFailure(.conflict) { try await world.save("First line", ["priority": 1]) }
    #expect(try await world.count(["filter": saved["id"] ?? .null]) == 2)
    let anew = try await world.save("First line", ["priority": 1], replacing: true)
    #expect(anew["id"] == saved["id"])
    #expect(try await world.titles(["filter": saved["id"] ?? .null]) == ["urgent"])
    #expect(try await world.names() == ["First line", "Its order"])
    try await world.database.call("queue_filter.delete", ["id": saved["id"] ?? .null], as: world.engineer)
    #expect(try await world.names() == ["Its order"])
    await expectFailure(.notFound) { try await world.database.call("queue_filter.delete", ["id": saved["id"] ?? .null], as: world.engineer) }
  }

  /// Page by page, a cursor is good for what the filter was.
  @Test func aFilterThatWasChangedBeginsAnew() async throws {
    let world = try await DeskWorld()
    for number in 1...3 { _ = try await world.open("number \(number)", impact: 1, urgency: 1) }
    let filter = try await world.save("Urgent", ["priority": 1])["id"] ?? .null
    let page = try await world.database.call("incident.queue", ["filter": filter, "limit": 2], as: world.engineer)
    let next = page["next"] ?? .null
    let rest = try await world.database.call("incident.queue", ["filter": filter, "limit": 2, "cursor": next], as: world.engineer)
    #expect(page["items"]?.array?.count == 2 && rest["items"]?.array?.count == 1)
    _ = try await world.save("Urgent", ["priority": 1, "unassigned": .bool(true)], replacing: true)
    await expectFailure(.invalid) {
      try await world.database.call("incident.queue", ["filter": filter, "limit": 2, "cursor": next], as: world.engineer)
    }
  }

  /// Guard: without the account in the statement, whoever knows an id reads what others look for.
  @Test func filtersAreEachOnesOwn() async throws {
    let world = try await DeskWorld()
    let filter = try await world.save("Mine", ["mine": .bool(true)])["id"] ?? .null
    let colleague = try await world.database.staff(.engineer)
    #expect(try await world.names(of: colleague) == [])
    await expectFailure(.invalid) { try await world.database.call("incident.queue", ["filter": filter], as: colleague) }
    await expectFailure(.invalid) { try await world.database.call("incident.count", ["filter": filter], as: colleague) }
    await expectFailure(.notFound) { try await world.database.call("queue_filter.delete", ["id": filter], as: colleague) }
    let own = try await world.save("Mine", ["unowned": .bool(true)], as: colleague)
    #expect(own["id"] != filter)
    #expect(try await world.names() == ["Mine"])
  }

  /// What was saved before the queue could be narrowed to more means what it meant.
  @Test func aFilterOfBeforeStillHolds() async throws {
    let world = try await DeskWorld()
    _ = try await world.open("urgent", impact: 1, urgency: 1)
    _ = try await world.open("plain")
    let filter = try await world.save("Mine", ["mine": .bool(true)])["id"] ?? .null
    try await world.database.runAsSuperuser(#"update desk.queue_filter set criteria = '{"unassigned": true, "priority": 1}'"#)
    #expect(try await world.titles(["filter": filter]) == ["urgent"])
    #expect(try await world.count(["filter": filter]) == 1)
    #expect(try await world.count(["filter": filter, "customers": .array(["OTHER"])]) == 0)
  }

  /// Of what cannot be read any more its owner is told why, and what to do; it takes no other one with it.
  @Test(arguments: [#"{"priority": "high"}"#, #"{"colour": "red"}"#, "[]"])
  func aFilterThatCannotBeReadIsListedAsSuch(_ stored: String) async throws {
    let world = try await DeskWorld()
    _ = try await world.open("urgent", impact: 1, urgency: 1)
    let whole = try await world.save("Whole", ["priority": 1])["id"] ?? .null
    let broken = try await world.save("Broken", ["mine": .bool(true)])["id"] ?? .null
    try await world.database.runAsSuperuser("update desk.queue_filter set criteria = '\(stored)' where name = 'Broken'")
    let listed = try await world.database.call("queue_filter.list", as: world.engineer)["filters"]?.array ?? []
    #expect(listed.map { $0["name"] ?? .null } == ["Broken", "Whole"])
    #expect(listed.map { $0["id"] ?? .null } == [broken, whole])
    #expect(listed.first?["criteria"] == Value.null && listed.first?["queue"] == "incident")
    let why = listed.first?["unreadable"]?.text ?? ""
    #expect(why.contains("Broken cannot be read any more (criteria") && why.contains("`replace`") && why.contains("delete it"), "\(why)")
    #expect(listed.last?["unreadable"] == Value.null && listed.last?["criteria"]?["priority"] == 1)
    #expect(try await world.titles(["filter": whole]) == ["urgent"])
    for operation in ["incident.queue", "incident.count"] {
      for (language, words) in [(Language.english, "cannot be read any more (criteria"), (Language.chinese, "已无法读取（criteria")] {
        do throws(Failure) {
          _ = try await world.database.dispatcher.invoke(
            operation, .object(["filter": broken]), as: world.engineer, Call(requestId: "test", language: language))
          Issue.record("\(operation) is not refused")
        } catch {
          #expect(error.kind == .conflict && error.code == "queue_filter.unreadable" && error.text(language).contains(words), "\(error)")
        }
      }
    }
    // Both ways out of it.
    #expect(try await world.save("Broken", ["priority": 1], replacing: true)["unreadable"] == Value.null)
    #expect(try await world.titles(["filter": broken]) == ["urgent"])
    try await world.database.runAsSuperuser("update desk.queue_filter set criteria = '\(stored)' where name = 'Broken'")
    try await world.database.call("queue_filter.delete", ["id": broken], as: world.engineer)
    #expect(try await world.names() == ["Whole"])
  }

  @Test func whatIsWrongIsSaid() async throws {
    let world = try await DeskWorld()
    let filter = try await world.save("Mine", ["mine": .bool(true)])["id"] ?? .null
    await expectFailure(.invalid) { try await world.database.call("incident.queue", ["filter": filter, "priority": 1], as: world.engineer) }
    await expectFailure(.invalid) { try await world.save("Order", ["order": "team_due"]) }
    await expectFailure(.invalid) { try await world.save("Nobody", ["team": .text("team_p1_00000000000000000000")]) }
    await expectFailure(.invalid) { try await world.save("Unknown", ["colour": "red"]) }
    await expectFailure(.conflict) { try await world.save("At the machine", [:], as: world.database.root) }
    for number in 2...50 { _ = try await world.save("Filter \(number)", [:]) }
    await expectFailure(.conflict) { try await world.save("One more", [:]) }
    _ = try await world.save("Filter 7", ["priority": 2], replacing: true)
    #expect(try await world.names().count == 50)
  }

  /// No count costs what a walk through all tickets does. Guard: without the bound it is 1,003.
  @Test func aCountEnds() async throws {
    let world = try await DeskWorld()
    let incident = try await world.open("one of many")
    try await world.database.superuser.transaction { try await $0.query(ManyLikeIt(title: "one of many", copies: 1002)) }
    let counted = try await world.database.call("incident.count", as: world.engineer)
    #expect(counted["count"] == 1000 && counted["isMore"] == .bool(true))
    #expect(try await world.database.call("incident.queue", ["limit": 200], as: world.engineer)["items"]?.array?.count == 200)
    try await world.act("resolve", on: incident, ["resolution": "x"])
  }
}

extension DeskWorld {
  @discardableResult
  fileprivate func save(
    _ name: String, _ criteria: KeyValuePairs<String, Value>, as principal: Principal? = nil, replacing: Bool = false
  ) async throws -> Value {
    try await database.call(
      "queue_filter.save", ["name": .text(name), "criteria": .object(criteria), "replace": .bool(replacing)], as: principal ?? engineer)
  }

  fileprivate func titles(_ input: KeyValuePairs<String, Value>) async throws -> [Value] {
    try await database.call("incident.queue", input, as: engineer)["items"]?.column("title") ?? []
  }

  fileprivate func count(_ input: KeyValuePairs<String, Value>) async throws -> Value {
    let counted = try await database.call("incident.count", input, as: engineer)
    return counted["isMore"] == Value.bool(false) ? counted["count"] ?? .null : .null
  }

  fileprivate func names(of principal: Principal? = nil) async throws -> [Value] {
    try await database.call("queue_filter.list", as: principal ?? engineer)["filters"]?.column("name") ?? []
  }
}

/// More tickets like one of the title.
private struct ManyLikeIt: Statement {
  let title: String
  let copies: Int64

  static let sql = """
    insert into desk.ticket select (jsonb_populate_record(t, jsonb_build_object(
        'id', t.id + 1000000 + n, 'number', t.number + 1000 + n, 'public_id', '\\x' || lpad(to_hex(n), 24, '0')))).*
    from desk.ticket t, generate_series(1, $2) n where t.title = $1 returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(title)
    parameters.append(copies)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
