import Kernel
import Operations
import TestSupport
import Testing

@testable import Changes

@Suite struct RiskTests {
  private func judge(_ value: Value, _ questionnaire: Questionnaire = .stock) throws -> RiskRule.Judgement {
    try RiskRule.judge(value.members ?? [], by: questionnaire)
  }

  @Test func theStockBands() throws {
    #expect(try judge(ChangesWorld.lowest).risk == .low)
    #expect(try judge(ChangesWorld.lowest).score == 0)
    let highest = try judge(ChangesWorld.highest)
    #expect(highest.risk == .high && highest.score == 48)
    #expect(highest.reasons.map(\.total) == [12, 8, 8, 12, 8])
    // 6 + 2 + 4: exactly where medium begins; 4 less is low.
    #expect(try judge(.object(["impact": "site", "outage": "outside", "experience": "some", "back_out": "easy", "tested": "fully"])).risk == .medium)
    #expect(try judge(.object(["impact": "site", "outage": "outside", "experience": "often", "back_out": "easy", "tested": "fully"])).risk == .low)
    // 12 + 8 + 8: exactly where high begins.
    #expect(try judge(.object(["impact": "customers", "outage": "within", "experience": "never", "back_out": "easy", "tested": "fully"])).risk == .high)
  }

  @Test func everyQuestionIsAnsweredAndNothingElse() throws {
    func paths(_ value: Value) -> [String] {
      do {
        _ = try judge(value)
        return []
      } catch {
        return (error as? Failure)?.violations.map { "\($0.path) \($0.message.key)" } ?? ["?"]
      }
    }
    #expect(paths(.object([])).count == 5)
    #expect(
      paths(.object(["impact": "few", "outage": "perhaps", "experience": "often", "back_out": "easy", "tested": .null, "mood": "good"])) == [
        "answers.mood input.unknown_field", "answers.outage input.choice", "answers.tested input.required",
      ])
    #expect(paths(.object(["impact": 1, "outage": "none", "experience": "often", "back_out": "easy", "tested": "fully"])) == ["answers.impact input.choice"])
  }

  /// Against an arithmetic written apart; and more points never make the risk less.
  @Test(arguments: [1, 2, 3] as [UInt64]) func randomQuestionnaires(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    func below(_ bound: UInt64) -> Int64 { Int64(random.next() % bound) }
    for _ in 0..<300 {
      let questions = (0...below(6)).map { number in
        Questionnaire.Question(
          "q\(number)", "Q", "问", weight: 1 + below(10), (0...(1 + below(4))).map { Questionnaire.Answer("a\($0)", "A", "答", below(20)) })
      }
      let medium = 1 + below(100)
      let questionnaire = Questionnaire(questions: questions, mediumFrom: medium, highFrom: medium + 1 + below(100))
      let choice = questions.map { below(UInt64($0.answers.count)) }
      let answers = zip(questions, choice).map { Value.Member($0.key, .text("a\($1)")) }
      let judged = try RiskRule.judge(answers, by: questionnaire)
      var expected: Int64 = 0
      for (index, question) in questions.enumerated() { expected += question.weight * question.answers[Int(choice[index])].points }
      #expect(judged.score == expected && judged.reasons.count == questions.count)
      let band: ChangeRisk = expected < questionnaire.mediumFrom ? .low : expected < questionnaire.highFrom ? .medium : .high
      #expect(judged.risk == band)
      // The order in which they are given does not matter.
      #expect(try RiskRule.judge(answers.reversed(), by: questionnaire) == judged)
      let stored = try InputValues.read(Questionnaire.self, from: questionnaire.stored)
      #expect(stored == questionnaire)
    }
  }

  @Test func aQuestionnaireIsRevisedAndWhatWasJudgedStands() async throws {
    let world = try await ChangesWorld()
    let change = try await world.change()
    let judged = try await world.act("change.assess", on: change, ["answers": ChangesWorld.lowest])
    #expect(judged.at("questionnaireVersion") == 1)
    let questions: Value = .array([
      .object([
        "key": "size", "text": .object(["en": "How big?"]), "weight": 2,
        "answers": .array([
          .object(["key": "small", "text": .object(["en": "Small"]), "points": 0]), .object(["key": "big", "text": .object(["en": "Big"]), "points": 9]),
        ]),
      ])
    ])
    func revise(_ version: Int64, medium: Value = 5, high: Value = 15) async -> String {
      await refusal {
        try await world.call(
          "risk_questionnaire.change", ["questions": questions, "mediumFrom": medium, "highFrom": high], as: world.account, version: .integer(version))
      }
    }
    #expect(await revise(3) == "version.mismatch")
    #expect(await revise(1, medium: 15, high: 15) == "highFrom change.band_order")
    #expect(await revise(1) == "accepted")
    #expect(await revise(1) == "version.mismatch")
    // It is judged anew before somebody is asked; what was judged by the stock questions still says why.
    #expect(await refusal { try await world.act("change.submit", on: judged) } == "change.questions_changed")
    #expect(try await world.read(judged).at("reasons").array?.count == 5)
    let again = try await world.act("change.assess", on: judged, ["answers": .object(["size": "big"])])
    #expect(again.at("risk") == "high" && again.at("questionnaireVersion") == 2)
    #expect(try await world.read(again).at("reasons.0.total") == 18)
    #expect(await refusal { try await world.act("change.assess", on: again, ["answers": ChangesWorld.lowest]) } == "answers.impact input.unknown_field")
  }
}
