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

  @Test func anEmptyCatalogueIsSaid() async throws {
    let world = try await CatalogWorld(applied: false)
    #expect(try await manual(world, "markdown", "en").hasSuffix("\n\nThere is nothing in the catalogue.\n"))
    let html = try await manual(world, "html", "zh-Hans")
    #expect(html.contains("<p>目录中尚无服务。</p>") && !html.contains("<nav>"))
  }

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
