import Documents
import Kernel
import Operations
import TestSupport
import Testing

@testable import Handbooks

/// The handbook as a document.
@Suite struct ExportTests {
  @Test func theDocumentSaysWhatTheEditionSays() async throws {
    let world = try await HandbooksWorld()
    let made = try await world.published()
    let english = try await world.export(made)
    #expect(english.hasPrefix("# Handbook: Incident management\n"))
    #expect(english.contains("Edition 1, published on 2026-03-02 by \(world.manager.name)"), "\(english.prefix(300))")
    for part in ["Purpose", "Responsibility", "Activities", "Roles", "Principles", "Codes", "Priorities", "Form", "Key performance indicators"] {
      #expect(english.contains("## \(part)\n"), "\(part)")
    }
    #expect(english.contains("| Owner | Ann |") && english.contains("| Manager | Ben |") && english.contains("| Next review | 2027-03-02 |"))
    #expect(english.contains("| IM3 | Investigate and diagnose | The team finds out"))
    #expect(english.contains("| Ben, Cleo |"))
    #expect(english.contains("### Ownership\n\nExactly one person answers") && english.contains("### General\n\n- What is not recorded"))
    #expect(english.contains("| network/vpn | VPN |") && english.contains("| 1 | 2 | P2 |"))
    #expect(english.contains("| 1 | Critical |") && english.contains("| 3 | Low |"))
    #expect(english.contains("| mean resolution time | mean_time.resolution | at most 8 h |"))
    #expect(english.contains("| service level attainment, response | attainment.response | at least 95 % |"))
    #expect(!english.contains("not translated") && !english.contains("{"))
    #expect(try await world.export(made) == english)
    let chinese = try await world.export(made, ["format": "html", "language": "zh-Hans"])
    #expect(chinese.contains("<html lang=\"zh-Hans\">") && chinese.contains("<h1>事件管理流程手册</h1>"))
    #expect(chinese.contains("<td>识别与记录</td>") && chinese.contains("<td>不高于 8小时</td>") && chinese.contains("<main class=\"flowing\">"))
    #expect(!chinese.contains("[无中文译文]"), "the example is translated whole")
    for word in ["<script", "src=", "http://", "https://"] { #expect(!chinese.contains(word), "\(word)") }
  }

  /// The draft says that it is one, and what is in force now; an older edition has no review before it.
  @Test func draftsAndOlderEditions() async throws {
    let world = try await HandbooksWorld()
    let made = try await world.published()
    try await world.act("change", made, ["owner": .null, "kpis": .array([]), "purpose": .object(["zh-Hans": "另一目的"])])
    let draft = try await world.export(made, ["draft": .bool(true)])
    #expect(draft.contains("\nDraft\n") && draft.contains("| Owner | nobody |") && draft.contains("另一目的 *\\[not translated\\]*"))
    #expect(draft.contains("## Key performance indicators\n\nNone.") && draft.contains("| network/vpn | VPN |") && !draft.contains("Next review"))
    #expect(try await world.export(made).contains("| Owner | Ann |"))
    try await world.act("change", made, ["owner": world.cleo])
    try await world.act("publish", made)
    let first = try await world.export(made, ["edition": 1])
    #expect(first.contains("Edition 1, published") && first.contains("| Owner | Ann |") && !first.contains("Next review"))
    #expect(try await world.export(made).contains("| Owner | Cleo |"))
    let both: [String: Value] = ["id": made.at("id"), "edition": 1, "draft": .bool(true)]
    #expect(await world.refusal { try await world.invoke("export", both) } == ["draft handbook.draft_or_edition"])
    #expect(await world.refusal { try await world.invoke("export", ["id": made.at("id"), "edition": 3]) } == ["edition handbook.no_edition"])
  }

  @Test func whoLeftIsMarked() async throws {
    let world = try await HandbooksWorld()
    let made = try await world.published()
    try await world.leave(world.cleo)
    #expect(try await world.export(made).contains("| Ben, Cleo (has left) |"))
    #expect(try await world.export(made, ["language": "zh-Hans"]).contains("Ben、Cleo（已离职）"))
  }

  /// A process that has no codes of its own has no chapter of them.
  @Test func whatIsNotOfTheProcessIsLeftOut() async throws {
    let world = try await HandbooksWorld()
    let made = try await world.create(["process": "continuity", "kpis": .array([])])
    let draft = try await world.export(made, ["draft": .bool(true)])
    #expect(draft.hasPrefix("# Handbook: Continuity management\n") && !draft.contains("## Codes") && !draft.contains("## Priorities"))
  }

  /// Whatever a person wrote stays a text.
  @Test(arguments: ["<script>alert(1)</script>", "</table><img src=x>", "[x](javascript:alert(1))", "a|b", "`code`", "# head", "<!-- x -->"])
  func hostileTextsAreTexts(hostile: String) async throws {
    let world = try await HandbooksWorld()
    func filled(_ text: String) -> [String: Value] {
      let local: Value = .object(["en": .text(text), "zh-Hans": .text(text)])
      return [
        "purpose": local, "activities": .array([.object(["code": .text(String(text.prefix(20))), "name": local, "text": local, "who": local])]),
        "roles": .array([.object(["name": local, "duties": local])]), "principles": .array([.object(["kind": "general", "text": local])]),
        "form": .array([.object(["name": local, "meaning": local])]),
      ]
    }
    let made = try await world.create(filled("clean"))
    func tags(_ text: String) -> [Substring] { text.matches(of: /<[^>]*>/).map(\.output) }
    let clean = (try await world.export(made, ["draft": .bool(true)]), try await world.export(made, ["draft": .bool(true), "format": "html"]))
    try await world.act("change", made, filled(hostile))
    let dirty = (try await world.export(made, ["draft": .bool(true)]), try await world.export(made, ["draft": .bool(true), "format": "html"]))
    #expect(tags(dirty.0) == tags(clean.0) && tags(dirty.1) == tags(clean.1))
    #expect(dirty.0.split(separator: "\n").filter { $0.hasPrefix("#") }.count == clean.0.split(separator: "\n").filter { $0.hasPrefix("#") }.count)
  }
}
