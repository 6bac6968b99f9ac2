import Kernel
import Operations
import TestSupport
import Testing

@testable import Catalog

/// The service product manual.
@Suite struct ManualTests {
  private func manual(_ world: CatalogWorld, _ format: String, _ language: String, family: Value = .null) async throws -> String {
    let output = try await world.call("catalogue.manual", ["format": .text(format), "language": .text(language), "family": family])
    return try #require(output.at("text").text)
  }

  @Test func theManualSaysWhatIsOffered() async throws {
    let world = try await CatalogWorld()
    let english = try await manual(world, "markdown", "en")
    #expect(english.hasPrefix("# Service Product Manual\n"))
    #expect(english.contains("- [Managed wide area network](#2-managed-wan)") && english.contains("<a id=\"2-managed-wan\"></a>"))
    #expect(english.contains("| Resolution | P1 | 4 h | 95 % |  |"))
    #expect(english.contains("| Operation | EUR 390.00 | per month | site |"))
    #expect(english.contains("asked when Kind of employment is contractor"))
    #expect(!english.contains("REMOTE-ACCESS"), "what is in the pipeline is not offered")
    let chinese = try await manual(world, "html", "zh-Hans")
    #expect(chinese.contains("<html lang=\"zh-Hans\">") && chinese.contains("<h1>服务产品手册</h1>"))
    #expect(chinese.contains("<h3 id=\"2-managed-wan\">托管广域网</h3>") && chinese.contains("<td>4小时</td>"))
    #expect(!chinese.contains("[无中文译文]"), "the example is translated whole")
    #expect(try await manual(world, "html", "zh-Hans") == chinese)
    let family = try await world.found("service_family.list", "NETWORK")
    let one = try await manual(world, "markdown", "en", family: family.at("id"))
    #expect(one.contains("Site connection") && !one.contains("New user"))
  }

  /// It is for customers too: nothing of what is planned is in it, neither as a dependency nor as a heading without services.
  @Test func theManualTellsNothingOfThePipeline() async throws {
    let world = try await CatalogWorld()
    let family = try await world.call(
      "service_family.create", ["code": "FALCON", "name": .object(["en": "Project Falcon"]), "summary": .object(["en": "Secret until May"])])
    let planned = try await world.call(
      "service.create",
      [
        "code": "SDWAN-NEXT", "family": family.at("id"), "name": .object(["en": "Next generation"]), "mode": "managed",
        "owner": .object(["en": "Network"]), "stages": .object(["design": "2026-02-01"]),
      ])
    let wan = try await world.found("service.list", "MANAGED-WAN")
    let fresh = try await world.call("service.read", ["id": wan.at("id")])
    try await world.call("service.depend", ["id": wan.at("id"), "needs": planned.at("id")], version: fresh.at("version"))
    for format in ["markdown", "html"] {
      let text = try await manual(world, format, "en")
      for secret in ["Falcon", "Secret", "Next generation", "SDWAN"] { #expect(!text.contains(secret), "\(secret) in \(format)") }
    }
    #expect(!(try await manual(world, "markdown", "en", family: family.at("id"))).contains("Falcon"))
  }

  /// Half past midnight in Berlin, where the provider is; in UTC it is the day before.
  @Test func theDayOfPublicationIsTheProviders() async throws {
    let world = try await CatalogWorld()
    world.database.clock.advance(seconds: 15 * 3600 + 1800)
    try await world.apply(try CatalogWorld.example().setting("families.1.services.0.offerings.0.scope.en", "New"))
    let html = try await manual(world, "html", "en")
    #expect(html.contains("<td>2026-03-03</td>"))
  }

  @Test func aMissingTranslationIsSeen() async throws {
    let world = try await CatalogWorld()
    let example = try CatalogWorld.example()
    try await world.apply(
      example.setting("families.1.services.0.offerings.0.scope.zh-Hans", nil).setting("families.1.services.0.name.zh-Hans", nil))
    let text = try await manual(world, "markdown", "zh-Hans")
    #expect(text.contains("A managed connection of one site, with a second way out. *\\[无中文译文\\]*"))
    #expect(text.contains("### Managed wide area network \\[无中文译文\\]"))
    #expect(try await manual(world, "html", "zh-Hans").contains("with a second way out. <span class=\"foreign\">[无中文译文]</span>"))
    #expect(!(try await manual(world, "markdown", "en")).contains("not translated"))
  }

  /// Whatever a name holds, it stays a text: the tags of the page are ours alone.
  @Test(arguments: [
    "<script>alert(1)</script>", "</title><img src=x onerror=alert(1)>", "\"><b>", "&lt;b&gt;", "'", "a|b", "[x](javascript:alert(1))", "`code`", "*bold*",
    "# head", "<!-- x -->", "\\", "]]>",
  ])
  func hostileNamesAreTexts(hostile: String) async throws {
    let clean = document("Name"), dirty = document(hostile)
    let (cleanHTML, dirtyHTML) = (ManualHTML(document: clean).text, ManualHTML(document: dirty).text)
    #expect(tags(dirtyHTML) == tags(cleanHTML))
    #expect(unescaped(dirtyHTML).contains(hostile))
    let markdown = ManualMarkdown(document: dirty).text
    #expect(tags(markdown) == tags(ManualMarkdown(document: clean).text))
    #expect(markdown.split(separator: "\n").filter { $0.hasPrefix("#") }.count == 3)
    #expect(markdown.split(separator: "\n").filter { $0.hasPrefix("| ") && cells($0) == 2 }.count == 3)
  }

  /// Readable where nothing is meant, escaped where it would be markup.
  @Test(arguments: [
    ("8:00-18:00, 7×24 (5x8)", "8:00-18:00, 7×24 (5x8)"), ("R&D + QA = 1!", "R&D + QA = 1!"), ("REMOTE-ACCESS", "REMOTE-ACCESS"),
    ("snake_case", "snake_case"), ("_so_", "\\_so\\_"), ("a * b", "a \\* b"), ("- item", "\\- item"), ("-5 °C", "-5 °C"), ("---", "\\---"),
    ("+ item", "\\+ item"), ("# head", "\\# head"), ("C#", "C#"), ("C #", "C \\#"), ("> said", "\\> said"), ("a > b", "a > b"),
    ("2026. Alle Rechte", "2026\\. Alle Rechte"), ("1) one", "1\\) one"), ("Version 1.5", "Version 1.5"), ("  \t code", "code"), ("end  ", "end"),
    ("a\r\nb", "a  b"), ("&lt;", "&amp;lt;"), ("&#60;", "&amp;#60;"), ("<b>", "&lt;b>"), ("http://x.test", "http\\://x.test"), ("ja@x.test", "ja\\@x.test"),
    ("ja+@x.test", "ja+\\@x.test"), ("ja_@x.test", "ja\\_\\@x.test"), ("@ 5 kW", "@ 5 kW"), ("www.x.test", "www\\.x.test"), ("(WWW.x.test)", "(WWW\\.x.test)"),
    ("~~no~~", "\\~\\~no\\~\\~"), ("![a](b)", "!\\[a\\](b)"), ("a|b", "a\\|b"), ("===", "\\==="), ("", ""), ("中文（说明）：是", "中文（说明）：是"),
  ])
  func textsStayReadable(text: String, written: String) { #expect(MarkdownText(text).escaped == written) }

  @Test func anEmptyCatalogueIsSaid() async throws {
    let world = try await CatalogWorld(applied: false)
    #expect(try await manual(world, "markdown", "en").hasSuffix("\n\nThere is nothing in the catalogue.\n"))
    let html = try await manual(world, "html", "zh-Hans")
    #expect(html.contains("<p>目录中尚无服务。</p>") && !html.contains("<nav>"))
  }

  private func document(_ text: String) -> ManualDocument {
    ManualDocument(
      language: "en", title: text, subtitle: .init(text), contentsTitle: "Contents", foreignMark: "[not translated]",
      sections: [
        .init(
          level: 1, title: text, anchor: "1-a",
          blocks: [
            .paragraph(.init(text, isForeign: true)), .list([.init(text)]), .table(header: [text, "b"], rows: [[.init(text), .init(text, isForeign: true)]]),
          ])
      ])
  }

  private func tags(_ text: String) -> [Substring] { text.matches(of: /<[^>]*>/).map(\.output) }

  private func unescaped(_ text: String) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")].reduce(text) { $0.replacing($1.0, with: $1.1) }
  }

  /// Cells of a row: bars that are not escaped, less one.
  private func cells(_ row: Substring) -> Int { row.replacing("\\\\", with: "").replacing("\\|", with: "").count { $0 == "|" } - 1 }

  @Test func theHTMLHoldsNothingThatRunsOrLoads() async throws {
    let html = try await manual(try await CatalogWorld(), "html", "en")
    for word in ["<script", "src=", "http://", "https://", "url(", "@import", "javascript:"] { #expect(!html.contains(word), "\(word)") }
    #expect(html.contains("@page { size: A4") && html.contains("default-src 'none'"))
    // Every link of the contents leads somewhere, and every place is there once.
    let ids = html.matches(of: /id="([^"]*)"/).map(\.output.1)
    #expect(Set(ids).count == ids.count)
    for link in html.matches(of: /href="#([^"]*)"/).map(\.output.1) { #expect(ids.contains(link)) }
  }
}
