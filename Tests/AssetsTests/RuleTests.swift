@testable import Assets
import Kernel
import Operations
import TestSupport
import TypedFields
import Testing

@Suite struct RuleTests {
  /// All pairs of states, against a table written by hand.
  @Test func theLifeOfACi() {
    let allowed: Set<String> = [
      "planned ordered", "planned in_stock", "planned in_use", "planned retired", "ordered in_stock", "ordered in_use", "ordered retired",
      "in_stock in_use", "in_stock under_maintenance", "in_stock retired", "in_use in_stock", "in_use under_maintenance", "in_use retired",
      "under_maintenance in_use", "under_maintenance in_stock", "under_maintenance retired", "retired in_stock", "retired disposed",
    ]
    for one in CiState.allCases {
      for next in CiState.allCases { #expect(one.mayGo(to: next) == allowed.contains("\(one.rawValue) \(next.rawValue)"), "\(one) \(next)") }
    }
    #expect(CiState.live == ["planned", "ordered", "in_stock", "in_use", "under_maintenance"])
  }

  @Test(arguments: [
    ("###", "123", true), ("###", "12a", false), ("###", "1234", false), ("@@-##", "ab-12", true), ("@@-##", "a1-12", false), ("*", "", true),
    ("*", "anything", true), ("SN*", "SN", true), ("SN*", "sn1", false), ("*-##", "a-b-12", true), ("*-##", "a-b-1", false), ("?*?", "a", false),
    ("?*?", "ab", true), ("@", "字", true), ("", "", true), ("", "a", false), ("*a*b*", "xxaxxbxx", true), ("*a*b*", "xxbxxaxx", false),
  ])
  func aPattern(pattern: String, text: String, fits: Bool) { #expect(TextPattern(pattern).matches(text) == fits) }

  /// What would take a regular expression longer than anybody waits.
  @Test func aPatternOfStarsEnds() {
    #expect(!TextPattern(String(repeating: "*a", count: 50) + "b").matches(String(repeating: "a", count: 500)))
  }

  private static func rule(_ attributes: Value...) throws -> AttributeRule { AttributeRule(definitions: try AttributeDefinition.list(.array(attributes))) }

  @Test(
    arguments: [
      ("text", [:], Value.text("a"), Value?.some("a")), ("text", ["most": "2"], "abc", nil), ("text", ["least": "2"], "a", nil),
      ("text", ["pattern": "##"], "12", "12"), ("text", ["pattern": "##"], "1a", nil), ("text", [:], 1, nil), ("text", [:], "a\nb", nil),
      ("text", [:], "", nil), ("text", [:], .text(String(repeating: "x", count: 501)), nil),
      ("integer", [:], 5, 5), ("integer", [:], "5", nil), ("integer", ["most": "4"], 5, nil), ("integer", ["least": "6"], 5, nil),
      ("integer", [:], .integer(.max), nil), ("decimal", [:], .decimal("1.50"), .decimal("1.5")), ("decimal", [:], "2.0", 2),
      ("decimal", [:], .decimal("1.0000001"), nil), ("decimal", ["least": "0"], .decimal("-0.1"), nil), ("decimal", [:], .decimal("1e9"), nil),
      ("date", [:], "2026-02-28", "2026-02-28"), ("date", [:], "2026-02-30", nil), ("boolean", [:], .bool(true), .bool(true)), ("boolean", [:], "true", nil),
      ("choice", ["choices": .array([.object(["value": "a", "name": .object(["en": "A"])])])], "a", "a"),
      ("choice", ["choices": .array([.object(["value": "a", "name": .object(["en": "A"])])])], "b", nil),
    ] as [(String, KeyValuePairs<String, Value>, Value, Value?)])
  func aValue(type: String, more: KeyValuePairs<String, Value>, value: Value, stored: Value?) throws {
    let reading = try Self.rule(attribute("k", type, more)).applied([Value.Member("k", value)], to: [:], isNew: true)
    #expect(reading.values["k"] == stored)
    #expect(reading.violations.map(\.path) == (stored == nil ? ["attributes.k"] : []))
  }

  /// A stricter type takes no value away and stands in nobody's way, and says what it finds.
  @Test func whatIsThereStays() throws {
    let rule = try Self.rule(
      attribute("size", "integer", ["most": "4"]), attribute("os", "text"), attribute("mark", "text", ["required": .bool(true)]))
    let there: [String: Value] = ["size": 9, "gone": "x"]
    let changed = rule.applied([Value.Member("os", "Linux"), Value.Member("size", 9)], to: there, isNew: false)
    #expect(changed.violations.isEmpty)
    #expect(changed.values == ["size": 9, "gone": "x", "os": "Linux"])
    #expect(rule.findings(in: there).map(\.path) == ["size", "mark", "gone"])
    #expect(rule.applied([Value.Member("gone", "x"), Value.Member("os", "BSD")], to: there, isNew: false).violations.isEmpty)
    #expect(rule.applied([Value.Member("size", 8)], to: there, isNew: false).violations.map(\.path) == ["attributes.size"])
    #expect(rule.applied([Value.Member("mark", .null)], to: ["mark": "m"], isNew: false).violations.map(\.path) == ["attributes.mark"])
    #expect(rule.applied([], to: [:], isNew: true).violations.map(\.path) == ["attributes.mark"])
    #expect(rule.applied([Value.Member("new", 1)], to: there, isNew: false).violations.map(\.message.key) == ["ci.unknown_attribute"])
    #expect(rule.applied([Value.Member("gone", .null)], to: there, isNew: false).values["gone"] == nil)
  }

  @Test(arguments: [
    (attribute("Bad", "text"), "key"), (attribute("k", "choice"), "choices"),
    (attribute("k", "text", ["choices": .array([.object(["value": "a", "name": .object(["en": "A"])])])]), "choices"),
    (attribute("k", "integer", ["pattern": "#"]), "pattern"), (attribute("k", "date", ["least": "1"]), "least"),
    (attribute("k", "integer", ["least": "1.5"]), "least"), (attribute("k", "integer", ["least": "5", "most": "4"]), "most"),
    (attribute("k", "text", ["most": "501"]), "most"), (attribute("k", "decimal", ["most": "x"]), "most"),
  ])
  func aTypeThatCannotBe(attribute: Value, field: String) throws {
    let found = TypeRule.violations(in: try AttributeDefinition.list(.array([attribute])))
    #expect(found.map(\.path) == ["attributes[0].\(field)"])
  }

  @Test func namesAreComparedWithoutCaseAndSpaces() {
    #expect(MatchKey.of("  DB\u{a0} Server\t01 ") == "db server 01")
    #expect(Array(MatchKey.of("Mu\u{308}ller").utf8) == Array(MatchKey.of("M\u{fc}ller").utf8) && MatchKey.of("ＳＮ－７８") == "sn-78")
    #expect(MatchKey.of("ÄÖÜ") == MatchKey.of("äöü"))
  }
}

/// A definition as an input gives it.
private func attribute(_ key: String, _ type: String, _ more: KeyValuePairs<String, Value> = [:]) -> Value {
  .object(
    [Value.Member("key", .text(key)), Value.Member("label", .object(["en": "Label"])), Value.Member("type", .text(type))]
      + more.map { Value.Member($0.key, $0.value) })
}
