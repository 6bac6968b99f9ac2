import Kernel
import Operations
import TestSupport
import Testing

@testable import Handbooks

/// What differs between editions, in words.
@Suite struct EditionDifferenceTests {
  @Test func aChangeIsToldInBothLanguages() async throws {
    let world = try await HandbooksWorld()
    let made = try await world.published()
    #expect(try await world.compare(made) == [])
    let example = try HandbooksWorld.example()
    let kept = (example.at("form").array ?? []).dropFirst()
    try await world.act(
      "change", made,
      [
        "owner": world.cleo, "reviewEveryMonths": 6, "roles": try world.roles([world.ann, world.cleo], []),
        "form": .array(Array(kept.reversed()) + [.object(["name": .object(["en": "Site"])])]),
        "kpis": .array([
          .object(["indicator": "attainment.response", "target": "97.5"]), .object(["indicator": "mean_time.resolution", "target": "16200"]),
        ]),
        "activities": .array(Array((example.at("activities").array ?? []).prefix(4))),
      ])
    #expect(
      Set(try await world.compare(made)) == [
        "Owner from Ann to Cleo", "Review cycle from 12 months to 6 months", "activity IM5 removed", "role “First line”: people from Ann to Ann, Cleo",
        "role “Second line”: people Ben, Cleo no longer", "field “Requester” removed", "field “Site” added", "field: another order",
        "indicator reopen rate removed", "indicator backlog removed", "indicator service level attainment, resolution removed",
        "indicator service level attainment, response: target from at least 95 % to at least 97.5 %",
        "indicator mean resolution time: target from at most 8 h to at most 4 h 30 min",
      ])
    let chinese = try await world.compare(made, [:], "chinese")
    #expect(chinese.first == "流程负责人由Ann改为Cleo" && chinese.contains("角色“一线工程师”：人员由Ann改为Ann、Cleo"), "\(chinese)")
    #expect(chinese.contains("指标平均解决时长：目标值由不高于 8小时改为不高于 4小时30分钟"), "\(chinese)")
    try await world.act("publish", made)
    #expect(try await world.compare(made, ["from": 1, "to": 2]).count == 13)
    #expect(try await world.compare(made, ["to": 2]) == (try await world.compare(made, ["from": 1, "to": 2])))
    #expect(try await world.compare(made, ["from": 2, "to": 2]) == [])
    #expect(try await world.compare(made) == [])
    // Backwards.
    #expect(try await world.compare(made, ["from": 2, "to": 1]).first == "Owner from Cleo to Ann")
  }

  /// A text of which only the other language was touched, one that only breaks elsewhere, and a long one around its first difference.
  @Test func wordingsAreTold() async throws {
    let world = try await HandbooksWorld()
    let long = String(repeating: "a long word ", count: 30)
    func made(_ english: String, _ chinese: String) -> Value { .object(["en": .text(english), "zh-Hans": .text(chinese)]) }
    let handbook = try await world.create(["owner": world.ann, "manager": world.ben, "purpose": made("One\nTwo", "一")])
    try await world.act("publish", handbook)
    try await world.act("change", handbook, ["purpose": made("One\nTwo", "二")])
    #expect(try await world.compare(handbook) == ["Purpose: another wording in Chinese"])
    #expect(try await world.compare(handbook, [:], "chinese") == ["目的由“一”改为“二”"])
    try await world.act("change", handbook, ["purpose": made("One Two", "一")])
    #expect(try await world.compare(handbook) == ["Purpose: other line breaks or spaces"])
    try await world.act("change", handbook, ["purpose": made(long + "x", "一")])
    #expect(try await world.compare(handbook).first?.hasSuffix("…") == true)
  }

  /// Random changes of random contents: what the comparison names is what an oracle finds that compares the stored forms field by field.
  @Test func theDifferenceIsThatOfTheStoredForms() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<500 {
      let (before, after) = (try Self.content(&random), try Self.content(&random))
      let inForce = HandbookInForce(codes: [], priorities: [], gates: [])
      let difference = EditionDifference(from: (before, inForce), to: (after, inForce))
      let named = Set(difference.changes.map { String($0.field.prefix { $0 != "." }) })
      let expected = Set(
        HandbookContent.fields.map(\.name).filter { (before.stored[$0] ?? .null) != (after.stored[$0] ?? .null) })
      #expect(named == expected, "\(before.stored) \(after.stored)")
      #expect(EditionDifference(from: (after, inForce), to: (after, inForce)).changes.isEmpty)
      let speech = HandbookSpeech(language: .english, staff: StaffBook([]))
      for change in difference.changes { #expect(!speech.sentence(change).contains("{")) }
    }
  }

  private static func content(_ random: inout SystemRandomNumberGenerator) throws -> HandbookContent {
    func text(_ random: inout SystemRandomNumberGenerator) -> Value { .object(["en": .text(["a", "b"].randomElement(using: &random))]) }
    func some(_ keys: [String], _ item: (String, inout SystemRandomNumberGenerator) -> Value, _ random: inout SystemRandomNumberGenerator) -> Value {
      var items: [Value] = []
      for key in keys.shuffled(using: &random).prefix(Int.random(in: 0...keys.count, using: &random)) { items.append(item(key, &random)) }
      return .array(items)
    }
    return try HandbookContent.read(
      .object([
        "purpose": text(&random), "reviewEveryMonths": .integer(Int64.random(in: 1...2, using: &random)),
        "activities": some(["A", "B"], { .object(["code": .text($0), "name": text(&$1)]) }, &random),
        "roles": some(["A", "B", "C"], { .object(["name": .object(["en": .text($0)]), "duties": text(&$1)]) }, &random),
        "principles": some(["general", "closure"], { .object(["kind": .text($0), "text": text(&$1)]) }, &random),
        "form": some(["A", "B"], { .object(["name": .object(["en": .text($0)]), "required": .bool(Bool.random(using: &$1))]) }, &random),
        "kpis": some(
          ["attainment", "backlog"], { .object(["indicator": .text($0), "target": .integer(Int64.random(in: 1...2, using: &$1))]) }, &random),
      ]))
  }
}
