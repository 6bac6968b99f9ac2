import Kernel
import Operations
import Postgres
import TestSupport
import Tenancy
import Testing

@testable import Knowledge

@Suite struct SearchTests {
  @Test func articlesAreFoundInBothLanguages() async throws {
    let world = try await KnowledgeWorld()
    _ = try await world.published("Printing fails", "The printer's queue is stuck: restart the spooler, then connect again.")
    _ = try await world.published("打印机卡纸", "请打开后盖，取出卡住的纸张，然后重新启动打印机。", language: "zh-Hans")
    _ = try await world.published("VPN 无法连接", "检查 VPN 客户端的证书是否过期。", language: "zh-Hans")
    _ = try await world.published("Connections over VPN", "Renew the certificate.")
    // By stems.
    #expect(try await world.found("printed") == ["Printing fails"])
    #expect(try await world.found("connecting") == ["Connections over VPN", "Printing fails"])
    // By any two characters, and by one.
    #expect(try await world.found("打印机") == ["打印机卡纸"])
    #expect(try await world.found("纸张") == ["打印机卡纸"])
    #expect(try await world.found("纸") == ["打印机卡纸"])
    #expect(try await world.found("张纸") == [])
    // One that stands within a word is found as any other, and only what has it.
    #expect(try await world.found("印") == ["打印机卡纸"])
    #expect(try await world.found("接") == ["VPN 无法连接"])
    #expect(try await world.found("印 接") == [])
    // Mixed, in any order, in whatever capitals and width.
    #expect(try await world.found("vpn 证书") == ["VPN 无法连接"])
    #expect(try await world.found("证书ＶＰＮ") == ["VPN 无法连接"])
    #expect(try await world.found("VPN renew") == ["Connections over VPN"])
    #expect(try await world.found("VPN spooler") == [])
    // What is no word finds nothing, and what looks like a query is none.
    for text in ["the", "!", "' | '", "vpn & !renew:*", "\\", "%"] { _ = try await world.found(text) }
    #expect(try await world.found("the") == [])
    #expect(try await world.found("!") == [])
  }

  @Test func theTitleCountsMoreAndPagesFollowOneAnother() async throws {
    let world = try await KnowledgeWorld()
    _ = try await world.published("Firewall", "Rules and zones.")
    for number in 1...4 { _ = try await world.published("Note \(number)", "Once the firewall is named.") }
    _ = try await world.published("Cabling", "Nothing of it.")
    let whole = try await world.found("firewall")
    #expect(whole.count == 5 && whole.first == "Firewall")
    var (walked, cursor, pages): ([String], Value, Int) = ([], .null, 0)
    repeat {
      let page = try await world.call("article.search", ["text": "firewall", "limit": 2, "cursor": cursor])
      walked += (page.at("items").array ?? []).compactMap { $0.at("title.en").text }
      cursor = page.at("next")
      pages += 1
    } while !cursor.isNull && pages < 5
    #expect(walked == whole && pages == 3)
    #expect(try await world.found("firewall", ["kind": "policy"]) == [])
  }

  /// Every word and every stretch of Chinese of random articles finds them, as the database takes apart what it is given.
  @Test func whatIsWrittenIsFound() async throws {
    let world = try await KnowledgeWorld()
    var random = SplitMix64(seed: 7)
    let words = ["server", "Störung", "10", "v2", "1e5", "0x1F", "Ж", "db-01.example.com", "user@example.com", "/etc/hosts", "C++", "running"]
    let characters = Array("网络故障打印机卡纸证书过期邮件服务器")
    for number in 0..<15 {
      let stretch = String((0..<Int.random(in: 2...6, using: &random)).compactMap { _ in characters.randomElement(using: &random) })
      let word = words[number % words.count]
      let title = "Article \(number)"
      _ = try await world.published(title, "\(word) \(stretch)。")
      let from = stretch.indices.randomElement(using: &random) ?? stretch.startIndex
      for text in [word, stretch, String(stretch[from...]), "\(stretch) \(word)", "\(number) \(word)"] {
        #expect(try await world.found(text).contains(title), "\(text)")
      }
    }
  }

  /// With many articles a search reads those that have the words, by the index.
  @Test func aSearchReadsWhatItFindsOnly() async throws {
    let world = try await KnowledgeWorld()
    _ = try await world.published("Rare", "quokka")
    _ = try await world.published("Common", "printer")
    _ = try await world.database.superuser.transaction { try await $0.query(Multiply(copies: 20_000)) }
    try await world.database.runAsSuperuser("analyze knowledge.published")
    let plan = try await world.database.superuser.transaction { try await $0.query(RareWordPlan()) }
    #expect(plan.contains { $0.contains("published_search") } && !plan.contains { $0.contains("Seq Scan") }, "\(plan.joined(separator: "\n"))")
    #expect(try await world.found("quokka") == ["Rare"])
    #expect(try await world.found("printer").count == 50)
  }
}

/// Copies of the article `Common`.
private struct Multiply: Statement {
  let copies: Int64

  static let sql = """
    with copy as (
      insert into knowledge.article (public_id, number, kind, audience, title, state, published_seq, review_months, review_due_on, author_name, recorded_at)
      select substr(sha256(n::text::bytea), 1, 12), 100 + n, a.kind, a.audience, a.title, a.state, a.published_seq, a.review_months, a.review_due_on,
        a.author_name, a.recorded_at
      from knowledge.article a cross join generate_series(1, $1) n where a.title ->> 'en' = 'Common' returning id, public_id, number, kind, audience),
    version as (
      insert into knowledge.article_version (article_id, seq, content, reviewer_kind, reviewer_id, reviewer_name, published_at)
      select c.id, 1, '{}', 'staff', 1, 'x', '2026-01-01T00:00:00Z' from copy c returning article_id)
    insert into knowledge.published (article_id, public_id, number, seq, kind, audience, content, search, published_at)
    select c.id, c.public_id, c.number, 1, c.kind, c.audience, p.content, p.search, '2026-01-01T00:00:00Z'
    from copy c join version v on v.article_id = c.id
    join knowledge.published p on p.content -> 'title' ->> 'en' = 'Common'
    """

  func bind(to parameters: inout Parameters) { parameters.append(copies) }
}

/// The statement inside the finder, as it is planned for a rare word.
private struct RareWordPlan: Statement {
  static let sql = """
    explain select p.article_id, p.search from knowledge.published p
    where p.search @@ knowledge.search_query('quokka', '', false) and p.only_tenant_id is null
    order by p.published_at desc, p.article_id desc limit 5000
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
