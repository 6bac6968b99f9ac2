import Kernel
import Operations
import Postgres
import TestSupport
import Tenancy
import Testing

@testable import Search

@Suite struct TicketSearchTests {
  @Test func allKindsAreFoundTheNewestFirst() async throws {
    let world = try await SearchWorld()
    let incident = try await world.incident("The dock hums")
    let request = try await world.request("For the dock", as: world.requester)
    let problem = try await world.problem("Docks hum", about: world.acme)
    let change = try await world.change("New docks")
    #expect(try await world.found("dock") == [change, problem, request, incident].map { $0["number"]?.text ?? "" })
    for (kind, one) in ["incident": incident, "request": request, "problem": problem, "change": change] {
      #expect(try await world.found("dock", kind: kind) == [one["number"]?.text ?? ""], "\(kind)")
      // By what it says, it is shown; by its id, it is read.
      let line = try await world.call("ticket.search", ["text": "dock", "kind": .text(kind)])["items"]?.array?.first ?? .null
      #expect(line["id"] == one["id"] && line["kind"]?.text == kind && line["customer"] == .id(world.acme.publicId), "\(line)")
      #expect(line["state"] == one["state"], "\(line)")
      #expect(try await world.call("\(kind).read", ["id": line["id"] ?? .null])["number"] == line["number"], "\(kind)")
    }
    // In English by stems, in Chinese by pairs; what a request orders in both its languages, its answers, a change's plan.
    #expect(try await world.found("docking").count == 4)
    #expect(try await world.found("笔记本") == [request["number"]?.text ?? ""])
    #expect(try await world.found("laptop for dock") == [request["number"]?.text ?? ""])
    #expect(try await world.found("交换") == [change["number"]?.text ?? ""])
    let shown = try await world.call("ticket.search", ["text": "laptop"])["items"]?.array?.first?["title"]
    #expect(shown == "Laptop")
    #expect(try await world.found("nothing such") == [])
  }

  @Test func customersFindTheirOwnAndNeverWhatIsTheStaffs() async throws {
    let world = try await SearchWorld()
    let mine = try await world.request("A dock for me", as: world.requester)["number"]?.text ?? ""
    let his = try await world.request("A dock for him", as: world.colleague)["number"]?.text ?? ""
    let foreign = try await world.request("A dock elsewhere", of: world.other)["number"]?.text ?? ""
    _ = try await world.problem("Docks hum", about: world.acme)
    _ = try await world.change("New docks")
    #expect(try await world.found("dock", as: world.requester) == [mine])
    #expect(try await world.found("dock", as: world.colleague) == [his])
    #expect(try await world.found("dock", as: world.manager) == [his, mine])
    let stranger = try await world.database.user(.customerManager, of: world.other)
    #expect(try await world.found("dock", as: stranger) == [foreign])
    for kind in ["problem", "change"] { #expect(try await world.found("dock", as: world.manager, kind: kind) == [], "\(kind)") }
    // What staff said among themselves finds for staff only.
    let request = try await world.call("ticket.search", ["text": .text(mine)], as: world.requester)["items"]?.array?.first?["id"] ?? .null
    try await world.call("request.comment", ["id": request, "body": "He spilled coffee, 不要告诉客户", "visibility": "internal"])
    try await world.call("request.comment", ["id": request, "body": "Which colour?", "visibility": "public"])
    for text in ["coffee", "告诉"] {
      #expect(try await world.found(text) == [mine], "\(text)")
      #expect(try await world.found(text, as: world.requester) == [], "\(text)")
      #expect(try await world.found(text, as: world.manager) == [], "\(text)")
    }
    #expect(try await world.found("colour dock", as: world.requester) == [mine])
    #expect(try await world.found("colour", as: world.colleague) == [])
  }

  @Test func staffFindWhatConcernsWhomTheyServe() async throws {
    let world = try await SearchWorld()
    let ours = try await world.problem("Switch of ACME", about: world.acme)["number"]?.text ?? ""
    let wide = try await world.problem("Switch of many", about: nil)["number"]?.text ?? ""
    let change = try await world.change("Switch moved")["number"]?.text ?? ""
    let foreign = try await world.change("Switch elsewhere", of: world.other)["number"]?.text ?? ""
    let request = try await world.request("A switch")["number"]?.text ?? ""
    #expect(try await world.found("switch") == [request, foreign, change, wide, ours])
    #expect(try await world.found("switch", as: world.servesAcme) == [request, change, wide, ours])
    #expect(try await world.found("switch", as: world.servesOther) == [foreign, wide])
    // Of one customer: what is about him, and not what may be.
    #expect(try await world.found("switch", customer: world.acme) == [request, change, ours])
    #expect(try await world.found("switch", as: world.servesAcme, customer: world.acme) == [request, change, ours])
    await expectFailure(.invalid) { try await world.call("ticket.search", ["text": "switch", "customer": .id(world.other.publicId)], as: world.servesAcme) }
    // Finance reads incidents, and none of the others.
    let incident = try await world.incident("Switch down")["number"]?.text ?? ""
    let finance = try await world.database.staff(.finance)
    #expect(try await world.found("switch", as: finance) == [incident])
  }

  @Test func theyAreFoundByWhatTheySayNow() async throws {
    let world = try await SearchWorld()
    var problem = try await world.problem("Mial hangs", about: world.acme)
    let number = problem["number"]?.text ?? ""
    try await world.call("problem.comment", ["id": problem["id"] ?? .null, "body": "Looked at the relay"])
    problem = try await world.call("problem.change", ["id": problem["id"] ?? .null, "title": "Mail hangs"], version: problem["version"])
    #expect(try await world.found("mial") == [])
    #expect(try await world.found("mail relay") == [number])
    problem = try await world.call("problem.investigate", ["id": problem["id"] ?? .null], version: problem["version"])
    try await world.call("problem.record_cause", ["id": problem["id"] ?? .null, "cause": "A queue is full"], version: problem["version"])
    #expect(try await world.found("queue relay mail") == [number])
    let change = try await world.change("Enlarge it")
    try await world.call("change.comment", ["id": change["id"] ?? .null, "body": "Is the rack free?"])
    try await world.call("change.change", ["id": change["id"] ?? .null, "plan": "Add disks"], version: change["version"])
    #expect(try await world.found("交换机") == [])
    #expect(try await world.found("disks rack enlarge") == [change["number"]?.text ?? ""])
  }

  @Test func pagesFollowOneAnother() async throws {
    let world = try await SearchWorld()
    for number in 1...2 {
      _ = try await world.incident("Cable \(number)")
      _ = try await world.request("Cable \(number)")
      _ = try await world.problem("Cable \(number)", about: world.acme)
      _ = try await world.change("Cable \(number)")
    }
    // All at one instant: the kinds come in their order, and none is left out or comes twice.
    try await world.database.runAsSuperuser(
      """
      update desk.ticket set opened_at = '2026-01-01'; update desk.ticket_text set opened_at = '2026-01-01';
      update requests.request set submitted_at = '2026-01-01'; update problems.problem set opened_at = '2026-01-01';
      update changes.change set opened_at = '2026-01-01'; update knowledge.process_text set opened_at = '2026-01-01'
      """)
    let whole = try await world.found("cable")
    #expect(whole.map { $0.split(separator: "-")[1] } == ["INC", "INC", "REQ", "REQ", "PRB", "PRB", "CHG", "CHG"])
    for limit in [1, 3] as [Int64] {
      var (walked, cursor, pages): ([String], Value, Int) = ([], .null, 0)
      repeat {
        let page = try await world.call("ticket.search", ["text": "cable", "limit": .integer(limit), "cursor": cursor])
        walked += (page["items"]?.array ?? []).compactMap { $0["number"]?.text }
        cursor = page["next"] ?? .null
        pages += 1
      } while !cursor.isNull && pages < 10
      #expect(walked == whole, "by \(limit)")
    }
  }

  @Test func aNumberIsFoundFirst() async throws {
    let world = try await SearchWorld()
    let change = try await world.change("Patch")
    let number = change["number"]?.text ?? ""
    let incident = try await world.incident("Since \(number) it is slow")["number"]?.text ?? ""
    let request = try await world.request("Any", of: world.other)["number"]?.text ?? ""
    #expect(try await world.found(number) == [number, incident])
    #expect(try await world.found(number.lowercased(), as: world.servesAcme) == [number, incident])
    #expect(try await world.found(number, as: world.servesOther) == [])
    #expect(try await world.found(number, kind: "incident") == [incident])
    #expect(try await world.found(request, as: world.servesOther) == [request])
    for one in [world.servesAcme, world.manager, world.requester] { #expect(try await world.found(request, as: one) == [], "\(one.name)") }
    #expect(try await world.found(request, customer: world.acme) == [])
  }

  /// What was there before the search, or came in bulk, is found once the sweep was there, with what was said meanwhile; one that the database
  /// refuses stops no other.
  @Test func theSweepWritesWhatCameInBulk() async throws {
    let world = try await SearchWorld()
    let request = try await world.request("Archive", as: world.requester)
    let problem = try await world.problem("Archive", about: world.acme)
    let change = try await world.change("Archive")
    try await world.call("request.comment", ["id": request["id"] ?? .null, "body": "an inner word", "visibility": "internal"])
    let numbers = [change, problem, request].map { $0["number"]?.text ?? "" }
    try await world.database.runAsSuperuser(
      """
      delete from knowledge.process_text;
      insert into knowledge.process_text_pending (tenant_id, process, subject_id) select tenant_id, 'request', id from requests.request;
      insert into knowledge.process_text_pending (tenant_id, process, subject_id) select tenant_id, 'problem', id from problems.problem;
      insert into knowledge.process_text_pending (tenant_id, process, subject_id) select tenant_id, 'change', id from changes.change;
      insert into knowledge.process_text_pending (tenant_id, process, subject_id) values (\(world.acme.id), 'request', 999999);
      alter table knowledge.process_text add constraint poison check (process <> 'problem')
      """)
    #expect(try await world.found("archive") == [])
    // There is no sheet yet to add to.
    try await world.call("change.comment", ["id": change["id"] ?? .null, "body": "said meanwhile"])
    for _ in 0..<2 { try await world.sweep() }
    #expect(try await world.found("archive") == [numbers[0], numbers[2]])
    #expect(try await world.found("meanwhile") == [numbers[0]])
    #expect(try await world.found("inner") == [numbers[2]])
    #expect(try await world.found("inner", as: world.requester) == [])
    #expect(try await world.pending() == [1])
    // An operator mends it, and takes the mark away.
    try await world.database.runAsSuperuser(
      "alter table knowledge.process_text drop constraint poison; update knowledge.process_text_pending set refused_at = null")
    try await world.sweep()
    #expect(try await world.found("archive") == numbers)
    #expect(try await world.pending() == [0])
  }

  /// However much is said, a comment is never refused for it, and is found: by what it says, and together with the title.
  @Test func veryMuchMayBeSaid() async throws {
    let world = try await SearchWorld()
    let change = try await world.change("Long story")
    for number in 0..<30 {
      let body = (0..<100).map { "word\(number)x\($0)" }.joined(separator: " ")
      try await world.call("change.comment", ["id": change["id"] ?? .null, "body": .text(body)])
    }
    let found = [change["number"]?.text ?? ""]
    for text in ["word0x0 story", "word29x99 story"] { #expect(try await world.found(text) == found, "\(text)") }
    let sheets = try await world.database.superuser.transaction { try await $0.query(Sheets()) }
    #expect(sheets.count > 2 && sheets.allSatisfy { $0 < 9000 }, "\(sheets)")
    // A new title stands on every sheet.
    let read = try await world.call("change.read", ["id": change["id"] ?? .null])
    try await world.call("change.change", ["id": change["id"] ?? .null, "title": "Short saga"], version: read["version"])
    #expect(try await world.found("word29x99 saga") == found)
    #expect(try await world.found("story") == [])
  }

  /// Behind the newest ones a search goes back by stretches of weeks: nothing is missed, and nothing comes twice.
  @Test func searchGoesBackThroughTheYears() async throws {
    let world = try await SearchWorld()
    _ = try await world.request("Printer", of: world.other)
    _ = try await world.database.superuser.transaction { try await $0.query(Multiply(copies: 2500)) }
    var whole: [String] = []
    for days in [1, 30, 90, 400, 1200, 4000] {
      whole.append(try await world.request("Fax of \(days)")["number"]?.text ?? "")
      try await world.database.runAsSuperuser(Self.age("Fax of \(days)", days))
    }
    // One for whom there is so little that it is looked at one by one, and two for whom there is more.
    let servesBoth = try await world.database.staff(.engineer, for: [world.acme, world.other])
    for reader in [world.engineer, world.servesAcme, world.manager, servesBoth] {
      #expect(try await world.found("fax", as: reader) == whole, "\(reader.name)")
      #expect(try await world.found("fax", as: reader, kind: "request") == whole, "\(reader.name)")
    }
  }

  /// Incidents that fill a page spare the other kinds what is older than all of them, and nothing that is newer than one of them.
  @Test func whatIsBetweenTheIncidentsOfAPageIsFound() async throws {
    let world = try await SearchWorld()
    _ = try await world.request("Printer", of: world.other)
    _ = try await world.database.superuser.transaction { try await $0.query(Multiply(copies: 2500)) }
    let request = try await world.request("Fax of 30")["number"]?.text ?? ""
    try await world.database.runAsSuperuser(Self.age("Fax of 30", 30))
    let incident = try await world.incident("Fax")["number"]?.text ?? ""
    for days in [400, 1200] {
      _ = try await world.incident("Fax of \(days)")
      try await world.database.runAsSuperuser("update desk.ticket set opened_at = opened_at - interval '\(days) days' where title = 'Fax of \(days)'")
    }
    try await world.database.runAsSuperuser(
      "update desk.ticket_text s set opened_at = t.opened_at from desk.ticket t where t.tenant_id = s.tenant_id and t.id = s.ticket_id")
    let page = try await world.call("ticket.search", ["text": "fax", "limit": 2])
    #expect((page["items"]?.array ?? []).compactMap { $0["number"]?.text } == [incident, request])
  }

  private static func age(_ purpose: String, _ days: Int) -> String {
    """
    update requests.request set submitted_at = submitted_at - interval '\(days) days' where answers ->> 'purpose' = '\(purpose)';
    update knowledge.process_text s set opened_at = r.submitted_at,
      search = ts_delete(s.search, '@' || floor(extract(epoch from s.opened_at) / 2419200))
        || array_to_tsvector(array['@' || floor(extract(epoch from r.submitted_at) / 2419200)])
    from requests.request r where r.tenant_id = s.tenant_id and s.process = 'request' and r.id = s.subject_id and r.answers ->> 'purpose' = '\(purpose)'
    """
  }
}

private struct Sheets: Statement {
  static let sql = "select size from knowledge.process_text order by sheet"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Copies of the one request that there is, and of its sheet.
private struct Multiply: Statement {
  let copies: Int64

  static let sql = """
    with copy as (
      insert into requests.request (tenant_id, public_id, number, offering_id, offering_version_id, contract_line_id, answers, state, actor_kind, actor_id,
        submitted_at)
      select r.tenant_id, substr(sha256(n::text::bytea), 1, 12), 100 + n, r.offering_id, r.offering_version_id, r.contract_line_id, r.answers, 'submitted',
        r.actor_kind, r.actor_id, r.submitted_at
      from requests.request r cross join generate_series(1, $1) n returning tenant_id, id, submitted_at)
    insert into knowledge.process_text (tenant_id, process, subject_id, sheet, opened_at, search, size)
    select c.tenant_id, 'request', c.id, 0, c.submitted_at, s.search, 0 from copy c cross join knowledge.process_text s
    """

  func bind(to parameters: inout Parameters) { parameters.append(copies) }
}
