import Kernel
import Testing

@testable import TypedFields

@Suite struct TypedFieldTests {
  @Test(arguments: [
    (TypedField.text(length: 1...3), Value.text("abc"), Value?.some("abc")), (.text(length: 1...3), "", nil), (.text(length: 1...3), "abcd", nil),
    (.text(length: 1...3), "a\nb", nil), (.text(length: 1...3, isMultiline: true), "a\nb", "a\nb"), (.text(length: 1...3), 5, nil),
    (.text(length: 1...3), "日本語", "日本語"), (.text(length: 1...9, form: "@@-##"), "ab-12", "ab-12"), (.text(length: 1...9, form: "@@-##"), "ab-1", nil),
    (.integer(1...9), 9, 9), (.integer(1...9), 10, nil), (.integer(1...9), "9", nil), (.integer(1...9), .decimal("9.0"), nil),
    (.decimal(TypedField.everyDecimal), .decimal("1.50"), .decimal("1.5")), (.decimal(TypedField.everyDecimal), "2.0", 2),
    (.decimal(TypedField.everyDecimal), .decimal("0.0000001"), nil), (.decimal(TypedField.everyDecimal), .decimal("1e3"), nil),
    (.decimal(Rate(units: 0)...Rate(units: Rate.scale)), .decimal("1.000001"), nil), (.decimal(TypedField.everyDecimal), .decimal("9000000000000.1"), nil),
    (.date, "2026-02-28", "2026-02-28"), (.date, "2026-02-29", nil), (.date, 5, nil),
    (.instant, "2026-03-01T09:00:00+01:00", "2026-03-01T08:00:00Z"), (.instant, "2026-03-01T09:00:00", nil), (.instant, "9999-12-31T23:59:59-01:00", nil),
    (.boolean, .bool(false), .bool(false)), (.boolean, "true", nil), (.boolean, 1, nil),
    (.choice(["a", "b"]), "b", "b"), (.choice(["a", "b"]), "c", nil), (.choice(["a", "b"]), .null, nil),
    (.choices(["a", "b", "c"]), .array(["c", "a"]), .array(["a", "c"])), (.choices(["a"]), .array([]), nil), (.choices(["a"]), .array(["a", "a"]), nil),
    (.choices(["a"]), "a", nil), (.choices(["a"]), .array(["b"]), nil), (.choices(["a"]), .array([1]), nil),
  ])
  func aValue(field: TypedField, told: Value, stored: Value?) { #expect((try? field.stored(told)) == stored) }

  /// What nobody can see is no text, unless none at all would do.
  @Test func aTextIsToBeSeen() {
    for blank in [" ", "\u{3000}", "\u{2009}\u{a0}"] {
      #expect(throws: TypedField.Problem.blank) { try TypedField.text(length: 1...3).stored(.text(blank)) }
      #expect((try? TypedField.text(length: 0...3).stored(.text(blank))) == .text(blank))
    }
    #expect(throws: TypedField.Problem.blank) { try TypedField.text(length: 1...3, isMultiline: true).stored("\n \n") }
    #expect((try? TypedField.text(length: 1...3).stored(" a")) == " a")
    #expect(throws: TypedField.Problem.wrongType(expected: "text")) { try TypedField.text(length: 1...3).stored("a\u{feff}") }
    for mark in ["\u{202e}", "\u{2060}"] {
      #expect(throws: TypedField.Problem.wrongType(expected: "text")) { try TypedField.text(length: 1...3).stored(.text("a" + mark)) }
    }
    #expect((try? TypedField.text(length: 1...3, isMultiline: true).stored("a\u{202e}")) == "a\u{202e}")
  }

  @Test func aChoiceIsStoredAsItIsDefined() {
    let (defined, told) = ("caf\u{e9}", "cafe\u{301}")
    let one = try? TypedField.choice([defined]).stored(.text(told))
    let several = try? TypedField.choices([defined]).stored(.array([.text(told)]))
    for text in [one?.text, several?.array?.first?.text] {
      #expect(text.map { Array($0.utf8) } == Array(defined.utf8))
    }
  }

  /// What is stored is stored again as it is, whatever was told; and what is refused is refused in one way.
  @Test func whatIsStoredIsStable() {
    var random = SystemRandomNumberGenerator()
    let fields: [TypedField] = [
      .text(length: 0...4), .text(length: 2...6, isMultiline: true, form: "a*"), .integer(-5...5), .decimal(Rate(units: -1)...Rate(units: 1)), .date,
      .instant, .boolean, .choice(["a", "b"]), .choices(["a", "b", "c"]),
    ]
    let texts = ["", "a", "ab", "a\n", "2026-03-01", "2026-03-01T08:00:00.5Z", "true", "0.000001", "-0", "\u{7f}", "日本", "1e9"]
    func value(_ depth: Int = 0) -> Value {
      switch Int.random(in: 0..<(depth > 1 ? 5 : 7), using: &random) {
      case 0: .null
      case 1: .bool(.random(using: &random))
      case 2: .integer([.min, -6, -1, 0, 1, 5, 6, .max].randomElement(using: &random) ?? 0)
      case 3: .decimal(["0.000001", "0.0", "-1.5", "1e400", "99999999999999999999999999"].randomElement(using: &random) ?? "0.0")
      case 4: .text(texts.randomElement(using: &random) ?? "")
      case 5: .array((0..<Int.random(in: 0..<4, using: &random)).map { _ in value(depth + 1) })
      default: .object([Value.Member("a", value(depth + 1))])
      }
    }
    // For each of them one that fits.
    let fitting: [Value] = [
      "ab", 3, .decimal("0.000001"), "2026-03-01", "2026-03-01T08:00:00.5Z", .bool(true), "b", .array(["c", "a"]),
    ]
    var accepting: Set<TypedField> = []
    for round in 0..<8000 {
      let field = fields.randomElement(using: &random) ?? .date
      let told = round.isMultiple(of: 2) ? value() : fitting.randomElement(using: &random) ?? .null
      guard let stored = try? field.stored(told) else { continue }
      accepting.insert(field)
      #expect((try? field.stored(stored)) == stored, "\(field) \(told)")
    }
    #expect(accepting == Set(fields))
  }

  /// A range against comparison by hand.
  @Test func numbersAgainstAnOracle() {
    for least in Int64(-3)...3 {
      for most in least...3 {
        for told in Int64(-4)...4 {
          let isInside = told >= least && told <= most
          #expect(((try? TypedField.integer(least...most).stored(.integer(told))) != nil) == isInside)
          let range = Rate(units: least * Rate.scale)...Rate(units: most * Rate.scale)
          #expect(((try? TypedField.decimal(range).stored(.integer(told))) != nil) == isInside)
        }
      }
    }
  }

  @Test(arguments: [
    (FieldDefinition(.choice), "choices"), (FieldDefinition(.text, choices: ["a"]), "choices"),
    (FieldDefinition(.multiChoice, choices: ["a", "a"]), "choices"),
    (FieldDefinition(.integer, pattern: "#"), "pattern"), (FieldDefinition(.instant, least: "1"), "least"), (FieldDefinition(.boolean, most: "1"), "most"),
    (FieldDefinition(.integer, least: "1.5"), "least"), (FieldDefinition(.integer, least: "2", most: "1"), "most"),
    (FieldDefinition(.text, most: "501"), "most"),
    (FieldDefinition(.text, least: "-1"), "least"), (FieldDefinition(.decimal, least: "x"), "least"),
    (FieldDefinition(.decimal, most: "9000000000001"), "most"),
  ])
  func aDefinitionThatMakesNoSense(definition: FieldDefinition, field: String) {
    #expect(definition.flaws.map(\.field) == [field])
    // Whatever it is, nothing traps.
    _ = try? definition.field.stored("a")
    _ = try? definition.field.stored(1)
  }
}
