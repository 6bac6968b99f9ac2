import Kernel
import Operations

/// The questions by which the risk of a change is judged (变更风险问卷): each answer counts points times the weight of its question; their sum
/// falls into a band.
package struct Questionnaire: OperationInput, Hashable {
  package struct Question: OperationInput, Hashable {
    let key: String
    let text: LocalText
    let weight: Int64
    let answers: [Answer]

    private static let key = Field.text("key", 1...40, "By which it is answered.", "问题键。")
    private static let text = Field.localText("text", 1...300, "What is asked.", "问题。")
    private static let weight = Field.integer("weight", 1...100, "How often its points count.", "权重。")
    private static let answers = Field<[Answer]>.list(
      "answers", of: Field<Answer>.object("answer", "An answer.", "答案。"), count: 2...10, "What can be answered.", "可选答案。")
    package static let fields: [any InputField] = [key, text, weight, answers]

    package init(_ values: InputValues) throws(FieldError) {
      key = try values[Self.key]
      text = try values[Self.text]
      weight = try values[Self.weight]
      answers = try values[Self.answers]
      guard Set(answers.map(\.key)).count == answers.count else { throw FieldError("answers", ChangeMessages.keyTwice) }
    }

    init(_ key: String, _ english: String, _ chinese: String, weight: Int64, _ answers: [Answer]) {
      (self.key, text, self.weight, self.answers) = (key, LocalText(english: english, chinese: chinese), weight, answers)
    }

    var stored: Value {
      .object(["key": .text(key), "text": text.value ?? .null, "weight": .integer(weight), "answers": .array(answers.map(\.stored))])
    }
  }

  package struct Answer: OperationInput, Hashable {
    let key: String
    let text: LocalText
    let points: Int64

    private static let key = Field.text("key", 1...40, "By which it is given.", "答案键。")
    private static let text = Field.localText("text", 1...300, "What it says.", "答案。")
    private static let points = Field.integer("points", 0...100, "How much it counts.", "分值。")
    package static let fields: [any InputField] = [key, text, points]

    package init(_ values: InputValues) throws(FieldError) {
      key = try values[Self.key]
      text = try values[Self.text]
      points = try values[Self.points]
    }

    init(_ key: String, _ english: String, _ chinese: String, _ points: Int64) {
      (self.key, text, self.points) = (key, LocalText(english: english, chinese: chinese), points)
    }

    var stored: Value { .object(["key": .text(key), "text": text.value ?? .null, "points": .integer(points)]) }
  }

  let questions: [Question]
  /// The risk is medium from so many points on, and high from so many.
  let mediumFrom: Int64
  let highFrom: Int64

  private static let questions = Field<[Question]>.list(
    "questions", of: Field<Question>.object("question", "A question.", "问题。"), count: 1...30, "What is asked, in order.", "问题，按顺序。")
  private static let mediumFrom = Field.integer("mediumFrom", 1...1_000_000, "From so many points on the risk is medium.", "达到此分值为中风险。")
  private static let highFrom = Field.integer("highFrom", 1...1_000_000, "From so many points on it is high.", "达到此分值为高风险。")
  package static let fields: [any InputField] = [questions, mediumFrom, highFrom]

  package init(_ values: InputValues) throws(FieldError) {
    questions = try values[Self.questions]
    mediumFrom = try values[Self.mediumFrom]
    highFrom = try values[Self.highFrom]
    guard Set(questions.map(\.key)).count == questions.count else { throw FieldError("questions", ChangeMessages.keyTwice) }
    guard mediumFrom < highFrom else { throw FieldError("highFrom", ChangeMessages.bandOrder) }
  }

  init(questions: [Question], mediumFrom: Int64, highFrom: Int64) {
    (self.questions, self.mediumFrom, self.highFrom) = (questions, mediumFrom, highFrom)
  }

  var stored: Value {
    .object(["questions": .array(questions.map(\.stored)), "mediumFrom": .integer(mediumFrom), "highFrom": .integer(highFrom)])
  }

  static let stock = Questionnaire(
    questions: [
      Question(
        "impact", "Who notices it if it goes wrong?", "若失败，影响谁？", weight: 3,
        [
          Answer("few", "A few people", "少数人", 0), Answer("site", "A site or department", "一个站点或部门", 2),
          Answer("customers", "A whole customer, or several", "整个客户或多个客户", 4),
        ]),
      Question(
        "outage", "Is the service away while it is done?", "实施期间服务是否中断？", weight: 2,
        [Answer("none", "No", "否", 0), Answer("outside", "Outside service hours", "仅服务时间外", 1), Answer("within", "Within service hours", "服务时间内", 4)]),
      Question(
        "experience", "How often was it done before?", "以往实施经验？", weight: 2,
        [Answer("often", "Often, without trouble", "多次且顺利", 0), Answer("some", "Once or twice", "一两次", 2), Answer("never", "Never", "从未", 4)]),
      Question(
        "back_out", "How easily is it undone?", "回退难度？", weight: 3,
        [Answer("easy", "At once", "可立即回退", 0), Answer("hard", "With effort", "需较大代价", 2), Answer("impossible", "Not at all", "无法回退", 4)]),
      Question(
        "tested", "Was it tested?", "是否已测试？", weight: 2,
        [Answer("fully", "In a like environment", "已在同类环境测试", 0), Answer("partly", "In part", "部分测试", 2), Answer("not", "No", "未测试", 4)]),
    ], mediumFrom: 12, highFrom: 28)
}

/// How the risk of a change comes about: pure, and it says why.
package enum RiskRule {
  /// What one answer counts.
  struct Reason: Equatable, Sendable {
    let question: String
    let answer: String
    let points: Int64
    let weight: Int64
    var total: Int64 { points * weight }
  }

  struct Judgement: Equatable, Sendable {
    let risk: ChangeRisk
    let score: Int64
    /// In the order of the questions.
    let reasons: [Reason]
  }

  /// - Parameter answers: the key of an answer by the key of its question; each question is answered, and nothing else.
  static func judge(_ answers: [Value.Member], by questionnaire: Questionnaire) throws(Failure) -> Judgement {
    var violations: [Failure.Violation] = []
    var reasons: [Reason] = []
    let known = Set(questionnaire.questions.map(\.key))
    for member in answers where !known.contains(member.name) {
      violations.append(
        Failure.Violation(path: "answers.\(member.name)", InputMessages.unknownField, ["allowed": questionnaire.questions.map(\.key).joined(separator: ", ")]))
    }
    for question in questionnaire.questions {
      let path = "answers.\(question.key)"
      guard let given = answers.last(where: { $0.name == question.key })?.value, !given.isNull else {
        violations.append(Failure.Violation(path: path, InputMessages.required))
        continue
      }
      guard let answer = question.answers.first(where: { $0.key == given.text }) else {
        violations.append(
          Failure.Violation(path: path, InputMessages.notAllowed, ["allowed": question.answers.map(\.key).joined(separator: ", ")]))
        continue
      }
      reasons.append(Reason(question: question.key, answer: answer.key, points: answer.points, weight: question.weight))
    }
    guard violations.isEmpty else { throw Failure(.invalid, KernelMessages.invalidInput, violations: violations) }
    let score = reasons.reduce(0) { $0 + $1.total }
    let risk: ChangeRisk = score >= questionnaire.highFrom ? .high : score >= questionnaire.mediumFrom ? .medium : .low
    return Judgement(risk: risk, score: score, reasons: reasons)
  }
}
