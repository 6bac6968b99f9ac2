import Kernel
import Operations
import Testing

@testable import Catalog

/// Order forms, and answers against them.
@Suite struct FormTests {
  static func field(
    _ key: String, _ type: FormFieldType, required: Bool = false, least: Int64? = nil, most: Int64? = nil, choices: [String] = [],
    when condition: (String, String)? = nil
  ) throws -> FormField {
    let members: [(String, Value?)] = [
      ("key", .text(key)), ("label", .object(["en": .text(key)])), ("type", .text(type.rawValue)), ("required", .bool(required)),
      ("least", least.map { .integer($0) }), ("most", most.map { .integer($0) }),
      ("choices", .array(choices.map { .object(["value": .text($0), "name": .object(["en": .text($0)])]) })),
      ("shownWhen", condition.map { .object(["field": .text($0.0), "equals": .text($0.1)]) }),
    ]
    return try InputValues.read(FormField.self, from: .members(members))
  }

  private static func id(_ kind: String) throws -> PublicId {
    try #require(PublicId(kind: kind, handle: TenantHandle(7), random: [UInt8](repeating: 7, count: 12)))
  }

  /// What was not counted is not known to be worth anything, and so passes no limit.
  @Test func whatIsNotCountedHasNoValue() throws {
    let price = Value.object(["name": .object(["en": "Device"]), "amount": "400.00", "currency": "EUR", "per": "once", "quantity": "count"])
    let stored = Value.object(["name": .object(["en": "Devices"]), "prices": .array([price])])
    let content = try InputValues.read(OfferingContent.self, from: stored)
    #expect(content.value(of: []) == nil)
    for count: Int64 in [-1, 0] { #expect(content.value(of: [Value.Member("count", .integer(count))]) == nil) }
    #expect(content.value(of: [Value.Member("count", 2)])?.minorUnits == 80_000)
  }

  private func defects(_ form: [FormField]) -> [String] { FormRule.violations(in: form).map { "\($0.path) \($0.message.key)" } }

  @Test func aFormThatCannotBeIsRefused() throws {
    let kind = try Self.field("kind", .choice, choices: ["a", "b"])
    #expect(defects([kind, try Self.field("more", .text, when: ("kind", "a"))]) == [])
    #expect(defects([try Self.field("Kind", .text)]) == ["form[0].key form.bad_key"])
    #expect(defects([kind, kind]) == ["form[1].key form.key_twice"])
    #expect(defects([try Self.field("x", .choice)]) == ["form[0].choices form.choices"])
    #expect(defects([try Self.field("x", .text, choices: ["a"])]) == ["form[0].choices form.choices"])
    #expect(defects([try Self.field("x", .choice, choices: ["a", "a"])]) == ["form[0].choices[1].value form.choice_twice"])
    #expect(defects([try Self.field("x", .number, least: 2, most: 1)]) == ["form[0].most form.bad_bounds"])
    #expect(defects([try Self.field("x", .text, least: 501)]) == ["form[0].least form.bad_bounds"])
    #expect(defects([try Self.field("x", .date, least: 1)]) == ["form[0].least form.not_bounded"])
    #expect(defects([try Self.field("x", .text, when: ("kind", "a")), kind]) == ["form[0].shownWhen.field form.bad_condition"])
    #expect(defects([kind, try Self.field("x", .text, when: ("kind", "c"))]) == ["form[1].shownWhen.equals form.never_shown"])
    let number = try Self.field("n", .number, least: 1, most: 9)
    #expect(defects([number, try Self.field("x", .text, when: ("n", "10"))]) == ["form[1].shownWhen.equals form.never_shown"])
    #expect(defects([number, try Self.field("x", .text, when: ("n", "09"))]) == ["form[1].shownWhen.equals form.never_shown"])
    #expect(defects([number, try Self.field("x", .text, when: ("n", "9"))]) == [])
    #expect(defects([try Self.field("t", .text), try Self.field("x", .text, when: ("t", "9"))]) == ["form[1].shownWhen.field form.bad_condition"])
  }

  @Test func anAnswerIsStoredInItsForm() throws {
    let form = [
      try Self.field("text", .text), try Self.field("day", .date), try Self.field("who", .person), try Self.field("sure", .boolean),
      try Self.field("why", .lines, required: true, when: ("sure", "false")),
    ]
    let person = try Self.id("per")
    let reading = AnswerRule(form: form).read(
      .object(["sure": .bool(false), "who": .id(person), "day": "2026-02-28", "why": "a\nb", "text": .null]))
    #expect(reading.violations.isEmpty)
    #expect(reading.answers.map(\.name) == ["day", "who", "sure", "why"] && reading.persons == ["who": person])
    func codes(_ answers: Value) -> [String] { AnswerRule(form: form).read(answers).violations.map { "\($0.path) \($0.message.key)" } }
    #expect(codes(.object(["sure": .bool(false)])) == ["answers.why answer.required"])
    #expect(codes(.object(["sure": .bool(true), "why": "x"])) == ["answers.why answer.not_asked"])
    #expect(codes(.object(["why": "x"])) == ["answers.why answer.not_asked"])
    #expect(codes(.object(["day": "2026-02-29"])) == ["answers.day answer.type"])
    #expect(codes(.object(["who": .id(try Self.id("svc"))])) == ["answers.who answer.person"])
    #expect(codes(.object(["text": "a\nb"])) == ["answers.text answer.type"])
    #expect(codes(.object(["text": ""])) == ["answers.text answer.length"])
    #expect(codes(.object(["else": 1])) == ["answers.else answer.not_asked"])
    #expect(codes(.object(["text": .decimal("1e400")])) == ["answers.text answer.type"])
  }

  /// Random forms and answers, against a validator that asks each question by itself.
  @Test func answersAgainstANaiveValidator() throws {
    var random = SystemRandomNumberGenerator()
    var (accepted, refused) = (0, 0)
    for _ in 0..<3000 {
      let form = try Self.form(&random)
      let answers = try Self.answers(form, &random)
      let reading = AnswerRule(form: form).read(answers)
      let naive = NaiveValidator(form: form, answers: answers)
      #expect(Set(reading.violations.map(\.path)) == naive.wrong, "\(form) \(answers)")
      if naive.wrong.isEmpty { #expect(Set(reading.answers.map(\.name)) == naive.stored, "\(form) \(answers)") }
      if naive.wrong.isEmpty { accepted += 1 } else { refused += 1 }
    }
    #expect(accepted > 100 && refused > 100)
  }

  private static func form(_ random: inout SystemRandomNumberGenerator) throws -> [FormField] {
    var form: [FormField] = []
    for index in 0..<Int.random(in: 1...5, using: &random) {
      let type = FormFieldType.allCases.randomElement(using: &random) ?? .text
      let deciders = form.filter(\.type.decides)
      var condition: (String, String)?
      if let decider = deciders.randomElement(using: &random), Bool.random(using: &random) {
        switch decider.type {
        case .choice: condition = (decider.key, decider.choices.randomElement(using: &random)?.value ?? "a")
        case .number: condition = (decider.key, String(Int.random(in: 0...3, using: &random)))
        default: condition = (decider.key, Bool.random(using: &random) ? "true" : "false")
        }
      }
      let bounds: (Int64?, Int64?) = type.isBounded && Bool.random(using: &random) ? (1, 2) : (nil, nil)
      form.append(
        try field(
          "k\(index)", type, required: Bool.random(using: &random), least: bounds.0, most: bounds.1, choices: type == .choice ? ["a", "b"] : [],
          when: condition))
    }
    return form
  }

  private static func answers(_ form: [FormField], _ random: inout SystemRandomNumberGenerator) throws -> Value {
    var members: [Value.Member] = []
    for field in form where Int.random(in: 0..<4, using: &random) > 0 {
      let fitting: Value =
        switch field.type {
        case .text, .lines: ["x", "xy"].randomElement(using: &random) ?? "x"
        case .number: .integer(Int64.random(in: 0...3, using: &random))
        case .choice: ["a", "b"].randomElement(using: &random) ?? "a"
        case .date: "2026-03-01"
        case .boolean: .bool(Bool.random(using: &random))
        case .person: .id(try id("per"))
        }
      let odd: [Value] = [.null, "", "xyz", 7, .bool(true), .array([]), "2026-02-30"]
      members.append(Value.Member(field.key, Int.random(in: 0..<5, using: &random) == 0 ? odd.randomElement(using: &random) ?? .null : fitting))
    }
    if Int.random(in: 0..<10, using: &random) == 0 { members.append(Value.Member("stranger", 1)) }
    return .object(members)
  }
}

/// The rules of answers once more, written from their description: each field by itself, by recursion.
private struct NaiveValidator {
  let form: [FormField]
  let answers: Value

  func answer(_ key: String) -> Value? { answers[key].flatMap { $0 == .null ? nil : $0 } }

  func isShown(_ field: FormField) -> Bool {
    guard let condition = field.shownWhen, let decider = form.first(where: { $0.key == condition.field }) else { return true }
    guard isShown(decider), let answer = answer(decider.key), fits(decider, answer) else { return false }
    return switch answer {
    case .text(let text): text == condition.equals
    case .integer(let integer): "\(integer)" == condition.equals
    case .bool(let bool): "\(bool)" == condition.equals
    default: false
    }
  }

  func fits(_ field: FormField, _ answer: Value) -> Bool {
    switch field.type {
    case .text: answer.text.map { (Int(field.least ?? 1)...Int(field.most ?? 200)).contains($0.count) } ?? false
    case .lines: answer.text.map { (Int(field.least ?? 1)...Int(field.most ?? 4000)).contains($0.count) } ?? false
    case .number: answer.integer.map { (field.least ?? .min) <= $0 && $0 <= (field.most ?? .max) } ?? false
    case .choice: answer.text.map { text in field.choices.contains { $0.value == text } } ?? false
    case .date: answer.text.map { CalendarDate($0) != nil } ?? false
    case .boolean: answer == .bool(true) || answer == .bool(false)
    case .person: answer.text?.hasPrefix("per_") ?? false
    }
  }

  var wrong: Set<String> {
    var wrong: Set<String> = []
    for field in form {
      switch (isShown(field), answer(field.key)) {
      case (false, .some): wrong.insert("answers.\(field.key)")
      case (true, nil) where field.required: wrong.insert("answers.\(field.key)")
      case (true, let answer?) where !fits(field, answer): wrong.insert("answers.\(field.key)")
      default: break
      }
    }
    for member in answers.members ?? [] where !form.contains(where: { $0.key == member.name }) { wrong.insert("answers.\(member.name)") }
    return wrong
  }

  var stored: Set<String> { Set(form.filter { isShown($0) && answer($0.key) != nil }.map(\.key)) }
}
