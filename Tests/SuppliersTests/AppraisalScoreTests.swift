import BillingEngine
import Kernel
import Operations
@testable import Suppliers
import TestSupport
import Testing

@Suite struct AppraisalScoreTests {
  /// Terms that scheme documents are varied from.
  static func terms(_ criteria: [Value], grades: [Value]? = nil, below: String? = "B") -> Value {
    .object([
      "criteria": .array(criteria),
      "grades": .array(
        grades ?? [
          .object(["grade": "D", "below": "60"]), .object(["grade": "C", "from": "60", "below": "75"]),
          .object(["grade": "B", "from": "75", "below": "90"]), .object(["grade": "A", "from": "90"]),
        ]), "actionBelow": .text(below),
    ])
  }

  static func assessed(_ code: String, _ weight: String) -> Value { .object(["code": .text(code), "weight": .text(weight), "measure": "assessed"]) }

  private func scheme(_ terms: Value) throws -> AppraisalScheme { try AppraisalSchemeRule.scheme(try InputValues.read(AppraisalTermsInput.self, from: terms)) }

  private func score(_ terms: Value, _ values: [Fraction?]) throws -> AppraisalScore {
    AppraisalScore(
      try scheme(terms), findings: values.map { value in CriterionFinding(value.map { .share($0) } ?? .gap(.notAssessed)) })
  }

  @Test func weightsOfWhatHasNoDataGoToTheOthers() throws {
    let terms = Self.terms([Self.assessed("a", "50"), Self.assessed("b", "30"), Self.assessed("c", "20")])
    let all = try score(terms, [Fraction(1), Fraction(1, 2), Fraction(0)])
    #expect(all.total?.percent(decimals: 6) == "65.000000" && all.grade == .c && all.coverage.percent == "100")
    let partly = try score(terms, [Fraction(1), nil, Fraction(0)])
    // 50 of 70, and nobody invents a zero for what nobody said.
    #expect(partly.total?.description == "5/7" && partly.coverage.percent == "70" && partly.parts[1].share == nil)
    #expect(partly.parts[0].share?.description == "5/7")
    let none = try score(terms, [nil, nil, nil])
    #expect(none.total == nil && none.grade == nil && none.coverage.percent == "0")
  }

  /// A bound belongs to the range that says so, to the last digit.
  @Test func aBoundIsInTheRangeThatIncludesIt() throws {
    let grades: [Value] = [.object(["grade": "C", "upTo": "60"]), .object(["grade": "A", "above": "60"])]
    let terms = Self.terms([Self.assessed("a", "100")], grades: grades)
    #expect(try score(terms, [Fraction(60, 100)]).grade == .c)
    #expect(try score(terms, [Fraction(6_000_000_000_000_001, 10_000_000_000_000_000)]).grade == .a)
    #expect(try score(Self.terms([Self.assessed("a", "100")]), [Fraction(60, 100)]).grade == .c)
    #expect(try score(Self.terms([Self.assessed("a", "100")]), [Fraction(5_999_999_999_999_999, 10_000_000_000_000_000)]).grade == .d)
  }

  @Test(
    arguments: [
      ("90", "100", 95, 100, "50.000000"), ("90", "100", 90, 100, "0.000000"), ("90", "100", 80, 100, "0.000000"), ("90", "100", 1, 1, "100.000000"),
      ("110", "100", 105, 100, "50.000000"), ("110", "100", 9, 10, "100.000000"), ("110", "100", 12, 10, "0.000000"), ("0", "100", 1, 3, "33.333333"),
    ] as [(String, String, Int64, Int64, String)])
  func aLinearScaleIsInProportion(zero: String, full: String, numerator: Int64, denominator: Int64, points: String) throws {
    let scale = AppraisalScheme.Scale.linear(zeroAt: try #require(Rate(percent: zero)), fullAt: try #require(Rate(percent: full)))
    #expect(scale.score(of: try #require(Fraction(numerator, denominator)))?.percent(decimals: 6) == points)
  }

  /// Against an oracle that knows nothing of ratios: whole numbers over one common denominator, and grades by counting.
  @Test func randomAppraisalsAgreeWithTheOracle() throws {
    var random = SplitMix64(seed: 2026)
    for _ in 0..<400 {
      let count = Int.random(in: 1...5, using: &random)
      var weights = (0..<count).map { _ in Int64.random(in: 1...40, using: &random) }
      weights[0] += max(0, 100 - weights.reduce(0, +))
      while weights.reduce(0, +) > 100 {
        guard let index = weights.firstIndex(where: { $0 > 1 }) else { break }
        weights[index] -= 1
      }
      let bounds = Set((0..<3).map { _ in Int64.random(in: 1...99, using: &random) }).sorted()
      let isInclusive = bounds.map { _ in Bool.random(using: &random) }
      // The worst first; as many grades as there are ranges.
      let letters = Array(AppraisalScheme.Grade.allCases.suffix(bounds.count + 1).reversed())
      let grades: [Value] = letters.enumerated().map { index, letter in
        var members = [Value.Member("grade", .text(letter.rawValue))]
        if index > 0 { members.append(.init(isInclusive[index - 1] ? "from" : "above", .text(String(bounds[index - 1])))) }
        if index < bounds.count { members.append(.init(isInclusive[index] ? "below" : "upTo", .text(String(bounds[index])))) }
        return .object(members)
      }
      let zero = Int64.random(in: 0...100, using: &random)
      let full = (zero + Int64.random(in: 1...100, using: &random)) % 201
      let criteria: [Value] = weights.enumerated().map { index, weight in
        index == 0 && zero != full
          ? .object([
            "code": "m", "weight": .text(String(weight)), "measure": "availability", "zeroAt": .text(String(zero)), "fullAt": .text(String(full)),
          ]) : Self.assessed("c\(index)", String(weight))
      }
      let denominators = (0..<count).map { _ in Int64.random(in: 1...60, using: &random) }
      let values = denominators.map { denominator -> Int64? in
        Int.random(in: 0..<4, using: &random) == 0 ? nil : Int64.random(in: 0...denominator, using: &random)
      }
      let result = try score(
        Self.terms(criteria, grades: grades), zip(values, denominators).map { value, denominator in value.flatMap { Fraction($0, denominator) } })

      // The oracle: points of 100 of each criterion, over its own denominator.
      var points: [(numerator: Int128, denominator: Int128, weight: Int128)] = []
      for index in 0..<count {
        guard let value = values[index] else { continue }
        let (v, d, w) = (Int128(value), Int128(denominators[index]), Int128(weights[index]))
        guard index == 0, zero != full else {
          points.append((100 * v, d, w))
          continue
        }
        let (z, f) = (Int128(zero), Int128(full))
        // 100 * (100 v / d - z) / (f - z), held between 0 and 100.
        var (top, bottom) = (100 * (100 * v - z * d), d * (f - z))
        if bottom < 0 { (top, bottom) = (-top, -bottom) }
        points.append((min(max(top, 0), 100 * bottom), bottom, w))
      }
      #expect(result.coverage.units == Int64(points.reduce(0) { $0 + $1.weight }) * 10_000)
      let common = points.reduce(1) { $0 * $1.denominator }
      let whole = points.reduce(0) { $0 + $1.weight }
      let sum = points.reduce(0) { $0 + $1.numerator * $1.weight * (common / $1.denominator) }
      guard whole > 0 else {
        #expect(result.total == nil && result.grade == nil)
        continue
      }
      #expect(result.total == ExactRatio(sum.magnitude, (common * whole * 100).magnitude), "\(criteria) \(values)")
      let passed = bounds.enumerated().count { index, bound in
        let (score, limit) = (sum, Int128(bound) * common * whole)
        return isInclusive[index] ? score >= limit : score > limit
      }
      #expect(result.grade == letters[passed], "\(grades) \(sum)/\(common * whole)")
    }
  }
}

@Suite struct AppraisalSchemeTests {
  private func refused(_ terms: Value) -> [String] {
    do {
      let input = try InputValues.read(AppraisalTermsInput.self, from: terms)
      _ = try AppraisalSchemeRule.scheme(input)
      return ["accepted"]
    } catch let error as FieldError {
      return error.violations.map { "\($0.path) \($0.message.key)" }
    } catch let failure as Failure {
      return failure.violations.map { "\($0.path) \($0.message.key)" }
    } catch {
      return ["\(error)"]
    }
  }

  private func measured(_ more: KeyValuePairs<String, Value>) -> Value {
    .object([.init("code", "x"), .init("weight", "100")] + more.map { .init($0.key, $0.value) })
  }

  /// What is stored is what is read: the same scheme, with nothing left to defaults.
  @Test func aSchemeIsStoredAsItIs() throws {
    let terms = AppraisalScoreTests.terms([
      .object([
        "code": "uc", "name": .object(["en": "Targets kept", "zh-Hans": "目标达成"]), "weight": "25.5", "measure": "attainment", "metric": "response",
        "zeroAt": "90", "fullAt": "100",
      ]),
      .object([
        "code": "av", "weight": "24.5", "measure": "availability",
        "bands": .array([
          .object(["upTo": "99", "score": "0"]), .object(["above": "99", "below": "99.9", "score": "50.5"]), .object(["from": "99.9", "score": 100]),
        ]),
      ]), .object(["code": "cr", "weight": 20, "measure": "credits", "currency": "EUR", "zeroAt": "5", "fullAt": "0"]),
      .object(["code": "co", "weight": "20", "measure": "cost", "zeroAt": "120", "fullAt": "100"]), AppraisalScoreTests.assessed("as", "10"),
    ])
    let scheme = try AppraisalSchemeRule.scheme(try InputValues.read(AppraisalTermsInput.self, from: terms))
    #expect(try AppraisalSchemeRule.scheme(scheme.value) == scheme)
    #expect(scheme.criteria.map(\.weight.percent) == ["25.5", "24.5", "20", "20", "10"])
    #expect(scheme.value["criteria"]?.array?[1]["countsFrom"] == "partial")
  }

  @Test func whatIsWrongIsRefusedByPath() {
    let one = AppraisalScoreTests.assessed
    #expect(refused(AppraisalScoreTests.terms([one("a", "60"), one("b", "39.9999")])) == ["terms.criteria appraisal_scheme.weights"])
    #expect(refused(AppraisalScoreTests.terms([one("a", "60"), one("a", "40")])) == ["terms.criteria[1].code appraisal_scheme.duplicate"])
    #expect(refused(AppraisalScoreTests.terms([one("a", "100"), one("b", "0")])) == ["terms.criteria[1].weight appraisal_scheme.no_weight"])
    #expect(refused(AppraisalScoreTests.terms([measured(["measure": "cost"])])) == ["terms.criteria[0].bands appraisal_scheme.one_scale"])
    #expect(
      refused(AppraisalScoreTests.terms([measured(["measure": "cost", "zeroAt": "1", "fullAt": "1"])])) == [
        "terms.criteria[0].fullAt appraisal_scheme.flat_scale"
      ])
    #expect(
      refused(AppraisalScoreTests.terms([measured(["measure": "cost", "zeroAt": "1000.1", "fullAt": "1"])]))
        == ["terms.criteria[0].zeroAt appraisal_scheme.percent"])
    #expect(
      refused(AppraisalScoreTests.terms([measured(["measure": "cost", "metric": "response", "zeroAt": "1", "fullAt": "2"])]))
        == ["terms.criteria[0].metric appraisal_scheme.not_for_measure"])
    #expect(
      refused(AppraisalScoreTests.terms([measured(["measure": "assessed", "zeroAt": "1", "fullAt": "2"])]))
        == ["terms.criteria[0].measure appraisal_scheme.assessed_scale"])
    for bands: [Value] in [
      [.object(["below": "50", "score": "0"]), .object(["above": "50", "score": "100"])],
      [.object(["upTo": "50", "score": "0"]), .object(["from": "50", "score": "100"])],
      [.object(["from": "1", "score": "0"])], [.object(["below": "50", "score": "0"])],
    ] {
      #expect(
        refused(AppraisalScoreTests.terms([measured(["measure": "availability", "bands": .array(bands)])]))
          == ["terms.criteria[0].bands appraisal_scheme.gaps"])
    }
    #expect(
      refused(AppraisalScoreTests.terms([one("a", "100")], grades: [.object(["grade": "A", "below": "50"]), .object(["grade": "B", "from": "50"])]))
        == ["terms.grades appraisal_scheme.grade_order"])
    #expect(
      refused(AppraisalScoreTests.terms([one("a", "100")], grades: [.object(["grade": "A", "from": "50"])])) == ["terms.grades appraisal_scheme.gaps"])
  }
}

@Suite struct AppraisalStateTests {
  /// Every pair, written down: what is not listed here cannot happen.
  static let transitions: [AppraisalState: [AppraisalState.Event: AppraisalState]] = [
    .draft: [.assess: .draft, .close: .closed, .discard: .discarded], .closed: [.restate: .closed, .supersede: .superseded], .superseded: [:],
    .discarded: [:],
  ]

  @Test(arguments: AppraisalState.allCases, AppraisalState.Event.allCases)
  func everyPairGoesWhereTheTableSays(state: AppraisalState, event: AppraisalState.Event) {
    #expect(state.after(event) == Self.transitions[state]?[event])
  }
}
