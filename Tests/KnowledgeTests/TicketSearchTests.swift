import Desk
import Jobs
import Kernel
import Operations
import Postgres
import TestSupport
import Tenancy
import Testing

@Suite struct TicketSearchTests {
  @Test func ticketsAreFoundByWhatTheReaderMayRead() async throws {
    let world = try await KnowledgeWorld()
    let vpn = try await world.open("VPN drops", "Every ten minutes, 办公室网络 as well", as: world.reader)
    _ = try await world.open("打印机卡纸", "三楼打印机")
    let foreign = try await world.open("VPN token lost", for: world.other)
    try await world.call("incident.comment", ["id": vpn.at("id"), "body": "We renewed the certificate.", "visibility": "public"])
    try await world.call("incident.comment", ["id": vpn.at("id"), "body": "He spilled coffee over it, 不要告诉客户.", "visibility": "internal"])
    // At once, the newest first, over all customers that one serves.
    #expect(try await Set(world.incidents("vpn")) == ["VPN token lost", "VPN drops"])
    #expect(try await world.incidents("vpn", ["customer": .id(world.acme.publicId)]) == ["VPN drops"])
    #expect(try await world.incidents("vpn", as: world.servesAcme) == ["VPN drops"])
    #expect(try await world.incidents("vpn", as: world.stranger) == ["VPN token lost"])
    // Words of title, description and comments together.
    #expect(try await world.incidents("certificates dropping 网络") == ["VPN drops"])
    #expect(try await world.incidents("打印") == ["打印机卡纸"])
    // What staff said among themselves finds for staff only.
    let manager = try await world.database.user(.customerManager, of: world.acme)
    #expect(try await world.incidents("coffee") == ["VPN drops"])
    #expect(try await world.incidents("告诉客户") == ["VPN drops"])
    for reader in [manager, world.reader] {
      #expect(try await world.incidents("coffee", as: reader) == [])
      #expect(try await world.incidents("告诉", as: reader) == [])
      #expect(try await world.incidents("certificate", as: reader) == ["VPN drops"])
    }
    // A requester finds his own.
    #expect(try await world.incidents("打印", as: manager) == ["打印机卡纸"])
    #expect(try await world.incidents("打印", as: world.reader) == [])
    await expectFailure(.invalid) {
      try await world.call("incident.search", ["text": "vpn", "customer": .id(world.other.publicId)], as: world.servesAcme)
    }
    _ = foreign
  }

  @Test func aTicketIsFoundByWhatItSaysNow() async throws {
    let world = try await KnowledgeWorld()
    var incident = try await world.open("Mial is slow", "Since monday")
    try await world.call("incident.comment", ["id": incident.at("id"), "body": "Looked at the relay.", "visibility": "public"])
    incident = try await world.call("incident.read", ["id": incident.at("id")])
    incident = try await world.call("incident.change", ["id": incident.at("id"), "title": "Mail is slow"], version: incident.at("version"))
    #expect(try await world.incidents("mial") == [])
    #expect(try await world.incidents("mail monday relay") == ["Mail is slow"])
    _ = try await world.call("incident.resolve", ["id": incident.at("id"), "resolution": "Queue emptied"], version: incident.at("version"))
    #expect(try await world.incidents("emptied relay") == ["Mail is slow"])
  }

  @Test func pagesFollowOneAnother() async throws {
    let world = try await KnowledgeWorld()
    for number in 1...5 {
      world.database.clock.advance(seconds: 60)
      _ = try await world.open("Disk \(number) full", for: number % 2 == 0 ? world.other : world.acme)
    }
    let whole = try await world.incidents("disk")
    #expect(whole == (1...5).reversed().map { "Disk \($0) full" })
    var (walked, cursor, pages): ([String], Value, Int) = ([], .null, 0)
    repeat {
      let page = try await world.call("incident.search", ["text": "disk", "limit": 2, "cursor": cursor])
      walked += (page.at("items").array ?? []).compactMap { $0.at("title").text }
      cursor = page.at("next")
      pages += 1
    } while !cursor.isNull && pages < 5
    #expect(walked == whole && pages == 3)
  }

  /// Tickets that came in bulk are found once the sweep was there, with what was said meanwhile, and once only.
  @Test func theSweepWritesWhatCameInBulk() async throws {
    let world = try await KnowledgeWorld()
    for number in 1...3 {
      let incident = try await world.open("Imported \(number)", "archive")
      try await world.call("incident.comment", ["id": incident.at("id"), "body": "an inner word", "visibility": "internal"])
    }
    let kept = try await world.open("Kept")
    try await world.database.runAsSuperuser(
      """
      insert into desk.text_pending (tenant_id, ticket_id) select tenant_id, id from desk.ticket;
      insert into desk.text_pending (tenant_id, ticket_id) values (\(world.acme.id), 999999);
      delete from desk.ticket_text s using desk.ticket t where t.tenant_id = s.tenant_id and t.id = s.ticket_id and t.title like 'Imported%'
      """)
    #expect(try await world.incidents("archive") == [])
    // Said before the sweep was there: the ticket has no row to add to yet.
    let read = try await world.call("incident.list", ["customer": .id(world.acme.publicId)]).at("items").array ?? []
    let first = try #require(read.first { $0.at("title") == "Imported 1" })
    try await world.call("incident.comment", ["id": first.at("id"), "body": "said meanwhile", "visibility": "public"])
    for _ in 0..<2 { try await TicketTextSweep().run(at: world.database.clock.now(), world.database.tenancy) }
    #expect(try await Set(world.incidents("archive")) == ["Imported 1", "Imported 2", "Imported 3"])
    #expect(try await world.incidents("meanwhile") == ["Imported 1"])
    #expect(try await world.incidents("inner").count == 3)
    let manager = try await world.database.user(.customerManager, of: world.acme)
    #expect(try await world.incidents("inner", as: manager) == [])
    #expect(try await world.incidents("archive", as: manager).count == 3)
    #expect(try await world.database.superuser.transaction { try await $0.query(Pending()) } == [0])
    _ = kept
  }

  /// However much is said, a comment is never refused for it, and is found: by what it says, and together with the title.
  @Test func veryMuchMayBeSaid() async throws {
    let world = try await KnowledgeWorld()
    let incident = try await world.open("Long story", as: world.reader)
    for number in 0..<14 {
      let scalars = (0..<19_000).compactMap { Unicode.Scalar(0x4e00 + UInt32(($0 * 7 + number * 1511) % 20_000)) }
      try await world.call("incident.comment", ["id": incident.at("id"), "body": .text(String(String.UnicodeScalarView(scalars)))], as: world.reader)
    }
    try await world.call("incident.comment", ["id": incident.at("id"), "body": "late word", "visibility": "public"])
    try await world.call("incident.comment", ["id": incident.at("id"), "body": "inner remark", "visibility": "internal"])
    for text in ["story", "late", "late story", "inner late", "remark story"] { #expect(try await world.incidents(text) == ["Long story"], "\(text)") }
    #expect(try await world.incidents("late story", as: world.reader) == ["Long story"])
    #expect(try await world.incidents("inner", as: world.reader) == [])
    // A new title stands on every sheet.
    let read = try await world.call("incident.read", ["id": incident.at("id")])
    try await world.call("incident.change", ["id": incident.at("id"), "title": "Short saga"], version: read.at("version"))
    #expect(try await world.incidents("late saga") == ["Short saga"])
    #expect(try await world.incidents("story") == [])
  }

  /// What a comment costs does not grow with what was said before: it touches one small sheet.
  @Test func aCommentRewritesOneSmallSheet() async throws {
    let world = try await KnowledgeWorld()
    let incident = try await world.open("Talk")
    for number in 0..<21 {
      let body = (0..<150).map { "word\(number)x\($0)" }.joined(separator: " ")
      try await world.call("incident.comment", ["id": incident.at("id"), "body": .text(body), "visibility": "public"])
    }
    let before = try await world.database.superuser.transaction { try await $0.query(Sheets()) }
    try await world.call("incident.comment", ["id": incident.at("id"), "body": "ok, thanks", "visibility": "public"])
    let after = try await world.database.superuser.transaction { try await $0.query(Sheets()) }
    #expect(before.count > 2 && after.count == before.count)
    #expect(zip(before, after).filter { $0 != $1 }.count == 1, "\(before) \(after)")
    #expect(after.allSatisfy { $0.size < 8000 + 150 * 9 }, "\(after)")
    #expect(try await world.incidents("word0x0 talk") == ["Talk"])
    #expect(try await world.incidents("word19x149 talk") == ["Talk"])
  }

  /// One ticket whose words the database refuses stops no other.
  @Test func theSweepPassesOverWhatIsRefused() async throws {
    let world = try await KnowledgeWorld()
    for number in 1...3 { _ = try await world.open("Imported \(number)", "archive") }
    try await world.database.runAsSuperuser(
      """
      insert into desk.text_pending (tenant_id, ticket_id) select tenant_id, id from desk.ticket;
      delete from desk.ticket_text;
      do $$ begin execute (
        select format('alter table desk.ticket_text add constraint poison check (ticket_id <> %s)', id) from desk.ticket where title = 'Imported 1');
      end $$
      """)
    for _ in 0..<2 { try await TicketTextSweep().run(at: world.database.clock.now(), world.database.tenancy) }
    #expect(try await Set(world.incidents("archive")) == ["Imported 2", "Imported 3"])
    #expect(try await world.database.superuser.transaction { try await $0.query(Pending()) } == [1])
    // An operator mends it, and takes the mark away.
    try await world.database.runAsSuperuser(
      "alter table desk.ticket_text drop constraint poison; update desk.text_pending set refused_at = null")
    try await TicketTextSweep().run(at: world.database.clock.now(), world.database.tenancy)
    #expect(try await world.incidents("archive").count == 3)
  }

  /// One ticket whose words cannot be written in time stops no other, and is told of until they are.
  @Test func theSweepGoesOnBehindWhatTakesTooLong() async throws {
    let world = try await KnowledgeWorld()
    for number in 1...3 { _ = try await world.open("Imported \(number)", "archive") }
    try await world.database.runAsSuperuser(
      """
      insert into desk.text_pending (tenant_id, ticket_id) select tenant_id, id from desk.ticket;
      delete from desk.ticket_text;
      create function desk.slow() returns trigger language plpgsql as $$
      begin
        if exists (select from desk.ticket t where t.tenant_id = new.tenant_id and t.id = new.ticket_id and t.title = 'Imported 1') then
          raise exception 'too slow' using errcode = '57014';
        end if;
        return new;
      end
      $$;
      create trigger slow before insert on desk.ticket_text for each row execute function desk.slow()
      """)
    let (tenancy, now) = (world.database.tenancy, world.database.clock.now())
    for _ in 0..<2 {
      let undone = await #expect(throws: LeftUndone.self) { try await TicketTextSweep().run(at: now, tenancy) }
      #expect(undone?.count == 1)
      #expect(try await Set(world.incidents("archive")) == ["Imported 2", "Imported 3"])
    }
    try await world.database.runAsSuperuser("drop trigger slow on desk.ticket_text")
    try await TicketTextSweep().run(at: now, tenancy)
    #expect(try await world.incidents("archive").count == 3)
  }

  /// A search for incidents finds no ticket of another type.
  @Test func onlyWhatTheSearchIsForIsFound() async throws {
    let world = try await KnowledgeWorld()
    _ = try await world.open("Printer on fire", as: world.reader)
    #expect(try await world.incidents("printer", as: world.reader) == ["Printer on fire"])
    try await world.database.runAsSuperuser("update desk.ticket_text set type = 'problem'")
    #expect(try await world.incidents("printer", as: world.reader) == [])
    #expect(try await world.incidents("printer") == [])
  }

  /// Behind the newest tickets a search goes back by stretches of weeks: nothing is missed, and nothing comes twice.
  @Test func searchGoesBackThroughTheYears() async throws {
    let world = try await KnowledgeWorld()
    _ = try await world.open("Printer", for: world.other)
    _ = try await world.database.superuser.transaction { try await $0.query(Multiply(copies: 2500)) }
    for days in [1, 30, 90, 400, 1200, 4000, 9000] {
      _ = try await world.open("Fax of \(days)")
      try await world.database.runAsSuperuser(Self.age("Fax of \(days)", days))
    }
    let whole = [1, 30, 90, 400, 1200, 4000, 9000].map { "Fax of \($0)" }
    for reader in [world.writer, world.servesAcme] {
      #expect(try await world.incidents("fax", as: reader) == whole)
      var (walked, cursor): ([String], Value) = ([], .null)
      repeat {
        let page = try await world.call("incident.search", ["text": "fax", "limit": 1, "cursor": cursor], as: reader)
        walked += (page.at("items").array ?? []).compactMap { $0.at("title").text }
        cursor = page.at("next")
      } while !cursor.isNull && walked.count < 20
      #expect(walked == whole)
    }
  }

  /// Makes a ticket as old as if it had been imported.
  private static func age(_ title: String, _ days: Int) -> String {
    """
    update desk.ticket set opened_at = opened_at - interval '\(days) days' where title = '\(title)';
    update desk.ticket_text s set opened_at = t.opened_at,
      search = ts_delete(s.search, '@' || floor(extract(epoch from s.opened_at) / 2419200))
        || array_to_tsvector(array['@' || floor(extract(epoch from t.opened_at) / 2419200)])
    from desk.ticket t where t.tenant_id = s.tenant_id and t.id = s.ticket_id and t.title = '\(title)'
    """
  }

  /// With many tickets a search of one customer's reads by the words and its mark together.
  @Test func aSearchOfFewCustomersReadsTheirsOnly() async throws {
    let world = try await KnowledgeWorld()
    _ = try await world.open("Printer", for: world.other)
    _ = try await world.database.superuser.transaction { try await $0.query(Multiply(copies: 10_000)) }
    try await world.database.runAsSuperuser("analyze desk.ticket_text")
    _ = try await world.open("Printer of ACME")
    #expect(try await world.incidents("printer", as: world.servesAcme) == ["Printer of ACME"])
    // So few and so short rows are read whole sooner than by any index; kept from that, the server takes the one of words and marks.
    let plan = try await world.database.superuser.transaction { transaction in
      try await transaction.execute(NoSequentialScan())
      return try await transaction.query(MarkedPlan())
    }
    #expect(plan.contains { $0.contains("ticket_text_search") }, "\(plan.joined(separator: "\n"))")
    #expect(try await world.incidents("printer").count == 50)
  }
}

private struct Pending: Statement {
  static let sql = "select count(*) from desk.text_pending"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

private struct Multiply: Statement {
  let copies: Int64

  static let sql = """
    with copy as (
      insert into desk.ticket (tenant_id, public_id, type, number, title, description, line_reason, impact, urgency, priority, state, opened_at,
        last_seq, recorded_at, updated_at)
      select t.tenant_id, substr(sha256(n::text::bytea), 1, 12), t.type, 100 + n, t.title, t.description, t.line_reason, t.impact, t.urgency,
        t.priority, t.state, t.opened_at, t.last_seq, t.recorded_at, t.updated_at
      from desk.ticket t cross join generate_series(1, $1) n returning tenant_id, id, opened_at)
    insert into desk.ticket_text (tenant_id, ticket_id, sheet, type, opened_at, search, size)
    select c.tenant_id, c.id, 0, s.type, c.opened_at, s.search, 0 from copy c cross join desk.ticket_text s
    """

  func bind(to parameters: inout Parameters) { parameters.append(copies) }
}

private struct Sheets: Statement {
  struct Found: Equatable {
    let sheet: Int64
    let size: Int64
    let place: String
  }

  static let sql = "select sheet, size, ctid::text from desk.ticket_text order by sheet"

  static func decode(_ row: inout RowReader) throws -> Found { Found(sheet: try row.next(), size: try row.next(), place: try row.next()) }
}

private struct NoSequentialScan: Statement {
  static let sql = "set local enable_seqscan = off"
}

private struct MarkedPlan: Statement {
  static let sql = """
    explain select s.tenant_id, s.ticket_id from desk.ticket_text s
    where s.search @@ (knowledge.search_query('printer', '', false) && '''#1'''::tsquery) order by s.opened_at desc, s.tenant_id desc, s.ticket_id desc
    limit 51
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
