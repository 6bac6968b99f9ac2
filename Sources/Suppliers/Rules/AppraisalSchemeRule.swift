import BillingEngine
import Kernel
import Operations

/// What a scheme must be before it is stored: weights that add to 100 %, one scale for what is measured, ranges without gaps.
struct AppraisalSchemeRule {
  /// No limit of a scale lies above this.
  private static let mostPercent: Int64 = 1000

  private var violations: [Failure.Violation] = []

  static func scheme(_ input: AppraisalTermsInput) throws(Failure) -> AppraisalScheme {
    var rule = AppraisalSchemeRule()
    let scheme = rule.read(input)
    guard rule.violations.isEmpty else { throw Failure(.invalid, KernelMessages.invalidInput, violations: rule.violations) }
    return scheme
  }

  /// A scheme that was stored.
  static func scheme(_ stored: Value) throws(Failure) -> AppraisalScheme {
    let input: AppraisalTermsInput
    do throws(FieldError) {
      input = try InputValues.read(AppraisalTermsInput.self, from: stored)
    } catch {
      throw Failure(.internal, OperationMessages.internalFault, debug: "a stored appraisal scheme cannot be read: \(error.violations.map(\.path))")
    }
    return try scheme(input)
  }

  private mutating func refuse(_ path: String, _ message: Message, _ arguments: [String: String] = [:]) {
    violations.append(Failure.Violation(path: "terms.\(path)", message, arguments))
  }

  private mutating func read(_ input: AppraisalTermsInput) -> AppraisalScheme {
    var criteria: [AppraisalScheme.Criterion] = []
    for (index, criterion) in input.criteria.enumerated() {
      let path = "criteria[\(index)]"
      if criteria.contains(where: { $0.code == criterion.code }) { refuse("\(path).code", SuppliersMessages.duplicateCriterion) }
      if criterion.weight.units == 0 { refuse("\(path).weight", SuppliersMessages.noWeight) }
      criteria.append(
        AppraisalScheme.Criterion(code: criterion.code, name: criterion.name, weight: criterion.weight, basis: basis(criterion, path)))
    }
    let weights = criteria.reduce(0) { $0 + $1.weight.units }
    if weights != Rate.scale { refuse("criteria", SuppliersMessages.weights, ["sum": Rate(units: weights).percent]) }
    let grades = input.grades.enumerated().map { index, grade in
      AppraisalScheme.GradeRange(grade: grade.grade, range: range(grade.range, "grades[\(index)]"))
    }
    if !ShareRange.cover(grades.map(\.range), upTo: Rate(units: Rate.scale)) { refuse("grades", SuppliersMessages.gaps) }
    // Distinct, and better with more points.
    if zip(grades, grades.dropFirst()).contains(where: { $0.grade >= $1.grade }) { refuse("grades", SuppliersMessages.gradeOrder) }
    return AppraisalScheme(criteria: criteria, grades: grades, actionBelow: input.actionBelow)
  }

  private mutating func basis(_ input: CriterionInput, _ path: String) -> AppraisalScheme.Basis {
    func isForeign(_ measures: CriterionInput.Measure...) -> Bool { !measures.contains(input.measure) }
    if input.metric != nil, isForeign(.attainment) { refuse("\(path).metric", SuppliersMessages.notForMeasure, ["measure": input.measure.rawValue]) }
    if input.countsFrom != nil, isForeign(.availability) {
      refuse("\(path).countsFrom", SuppliersMessages.notForMeasure, ["measure": input.measure.rawValue])
    }
    if input.currency != nil, isForeign(.credits, .cost) {
      refuse("\(path).currency", SuppliersMessages.notForMeasure, ["measure": input.measure.rawValue])
    }
    let measure: AppraisalScheme.Measure
    switch input.measure {
    case .assessed:
      if input.zeroAt != nil || input.fullAt != nil || input.bands != nil { refuse("\(path).measure", SuppliersMessages.assessedScale) }
      return .assessed
    case .attainment: measure = .attainment(input.metric)
    case .availability: measure = .availability(countsFrom: input.countsFrom ?? .partial)
    case .credits: measure = .credits(currency(input.currency, path))
    case .cost: measure = .cost(currency(input.currency, path))
    }
    return .measured(measure, scale(input, path))
  }

  private mutating func currency(_ code: String?, _ path: String) -> Currency? {
    guard let code else { return nil }
    let currency = Currency(code: code)
    if currency == nil { refuse("\(path).currency", SuppliersMessages.unknownCurrency, ["code": code]) }
    return currency
  }

  private mutating func scale(_ input: CriterionInput, _ path: String) -> AppraisalScheme.Scale {
    let nothing = AppraisalScheme.Scale.bands([])
    switch (input.zeroAt, input.fullAt, input.bands) {
    case (let zero?, let full?, nil):
      guard let zero = percent(zero, "\(path).zeroAt"), let full = percent(full, "\(path).fullAt") else { return nothing }
      if zero == full { refuse("\(path).fullAt", SuppliersMessages.flatScale) }
      return .linear(zeroAt: zero, fullAt: full)
    case (nil, nil, let inputs?):
      let bands = inputs.enumerated().map { index, band in
        AppraisalScheme.Band(range: range(band.range, "\(path).bands[\(index)]"), score: band.score)
      }
      if !ShareRange.cover(bands.map(\.range), upTo: nil) { refuse("\(path).bands", SuppliersMessages.gaps) }
      return .bands(bands)
    default:
      refuse("\(path).bands", SuppliersMessages.oneScale)
      return nothing
    }
  }

  private mutating func range(_ input: RangeInput, _ path: String) -> ShareRange {
    if input.from != nil, input.above != nil { refuse("\(path).above", SuppliersMessages.oneBound, ["allowed": "from, above"]) }
    if input.upTo != nil, input.below != nil { refuse("\(path).below", SuppliersMessages.oneBound, ["allowed": "upTo, below"]) }
    return ShareRange(
      lower: bound(input.from, "\(path).from", isInclusive: true) ?? bound(input.above, "\(path).above", isInclusive: false),
      upper: bound(input.upTo, "\(path).upTo", isInclusive: true) ?? bound(input.below, "\(path).below", isInclusive: false))
  }

  private mutating func bound(_ text: String?, _ path: String, isInclusive: Bool) -> CreditBound? {
    guard let text, let rate = percent(text, path) else { return nil }
    return CreditBound(rate, isInclusive: isInclusive)
  }

  private mutating func percent(_ text: String, _ path: String) -> Rate? {
    guard let rate = Rate(percent: text), (0...Self.mostPercent * Rate.scale / 100).contains(rate.units) else {
      refuse(path, SuppliersMessages.badPercent, ["most": String(Self.mostPercent)])
      return nil
    }
    return rate
  }
}

extension AppraisalScheme {
  /// The stored form: what ``AppraisalTermsInput`` reads, with nothing left to defaults.
  var value: Value {
    .object([
      "criteria": .array(criteria.map(\.value)),
      "grades": .array(grades.map { .object([Value.Member("grade", .text($0.grade.rawValue))] + $0.range.members) }),
      "actionBelow": .text(actionBelow?.rawValue),
    ])
  }
}

extension AppraisalScheme.Criterion {
  fileprivate var value: Value {
    var members = [Value.Member("code", .text(code))]
    if !name.isEmpty {
      members.append(Value.Member("name", .object(Language.members(of: name))))
    }
    members.append(.init("weight", .text(weight.percent)))
    switch basis {
    case .assessed: members.append(.init("measure", "assessed"))
    case .measured(let measure, let scale): members += measure.members + scale.members
    }
    return .object(members)
  }
}

extension Language {
  /// Names as the members of an object, in the order of the languages.
  static func members(of names: [Language: String]) -> [Value.Member] {
    allCases.compactMap { language in names[language].map { Value.Member(language.rawValue, .text($0)) } }
  }
}

extension AppraisalScheme.Measure {
  var name: CriterionInput.Measure {
    switch self {
    case .attainment: .attainment
    case .availability: .availability
    case .credits: .credits
    case .cost: .cost
    }
  }

  fileprivate var members: [Value.Member] {
    let own: [Value.Member] =
      switch self {
      case .attainment(let metric): metric.map { [Value.Member("metric", .text($0.rawValue))] } ?? []
      case .availability(let countsFrom): [Value.Member("countsFrom", .text(countsFrom.rawValue))]
      case .credits(let currency), .cost(let currency): currency.map { [Value.Member("currency", .text($0.code))] } ?? []
      }
    return [.init("measure", .text(name.rawValue))] + own
  }
}

extension AppraisalScheme.Scale {
  fileprivate var members: [Value.Member] {
    switch self {
    case .linear(let zero, let full): [.init("zeroAt", .text(zero.percent)), .init("fullAt", .text(full.percent))]
    case .bands(let bands):
      [.init("bands", .array(bands.map { .object($0.range.members + [.init("score", .text($0.score.percent))]) }))]
    }
  }
}

extension ShareRange {
  fileprivate var members: [Value.Member] {
    let low = lower.map { Value.Member($0.isInclusive ? "from" : "above", .text($0.value.percent)) }
    let high = upper.map { Value.Member($0.isInclusive ? "upTo" : "below", .text($0.value.percent)) }
    return [low, high].compactMap { $0 }
  }
}
