import Kernel
import Operations

/// What services and offerings must be before they are stored.
enum CatalogRule {
  static func code(_ code: String, path: String = "code") throws(Failure) -> String {
    guard isCode(code) else { throw .invalid(path, CatalogMessages.badCode) }
    return code
  }

  static func isCode(_ code: String) -> Bool { code.wholeMatch(of: /[A-Z][A-Z0-9-]{1,23}/) != nil }

  /// What is wrong with a service's days. A stage that lies ahead is announced; one that has begun stays begun, so that a service
  /// never goes back in the portfolio, and one at least has.
  /// - Parameters:
  ///   - recorded: the days that the service has now; nil: it is new.
  ///   - path: where a stage's day stands in the input.
  static func violations(
    in life: ServiceLife, after recorded: ServiceLife?, today: CalendarDate, path: (ServiceStage) -> String
  ) -> [Failure.Violation] {
    var violations: [Failure.Violation] = []
    for stage in ServiceStage.allCases where recorded?.hasBegun(stage, on: today) ?? false {
      guard let began = recorded?[stage], !life.hasBegun(stage, on: today) else { continue }
      let message = life[stage] == nil ? CatalogMessages.stageFixed : CatalogMessages.stageAhead
      violations.append(Failure.Violation(path: path(stage), message, ["stage": stage.rawValue, "day": began.description]))
    }
    if let stage = life.misplaced { violations.append(Failure.Violation(path: path(stage), CatalogMessages.stageOrder)) }
    if violations.isEmpty, life.stage(on: today) == nil, let first = ServiceStage.allCases.first(where: { life[$0] != nil }) {
      violations.append(Failure.Violation(path: path(first), CatalogMessages.needsBegun))
    }
    return violations
  }

  static func requireOrder(
    _ life: ServiceLife, after recorded: ServiceLife?, today: CalendarDate, path: (ServiceStage) -> String
  ) throws(Failure) {
    let violations = violations(in: life, after: recorded, today: today, path: path)
    guard violations.isEmpty else { throw Failure(.invalid, KernelMessages.invalidInput, violations: violations) }
  }

  /// Whether a service may depend on another, by the one customer that each is for (nil: all). Whoever sees a service sees all that it needs.
  static func mayNeed<Customer: Equatable>(_ needed: Customer?, of service: Customer?) -> Bool { needed == nil || needed == service }

  static func state(_ state: OfferingState, after event: OfferingState.Event) throws(Failure) -> OfferingState {
    try state.next(event, orRefuse: CatalogMessages.badTransition)
  }

  /// What can be known of a content without the store.
  /// - Parameter path: what stands before its fields: empty, or `families[0].services[0].offerings[0].`.
  static func violations(in content: OfferingContent, teams: Set<String>, levels: PriorityLevels, path: String = "") -> [Failure.Violation] {
    FormRule.violations(in: content.form, at: "\(path)form")
      + content.tasks.enumerated().filter { !teams.contains($0.element.team) }.map {
        Failure.Violation(path: "\(path)tasks[\($0.offset)].team", CatalogMessages.unknownTeam, ["team": $0.element.team])
      } + misnamed(in: content, path: path) + misplacedAccess(in: content, path: path)
      + unknownLevel("impact", content.impact, of: levels.impacts, path: path) + unknownLevel("urgency", content.urgency, of: levels.urgencies, path: path)
  }

  /// Otherwise an order by it would have no priority.
  private static func unknownLevel(_ field: String, _ number: Int64?, of levels: Set<Int64>, path: String) -> [Failure.Violation] {
    guard let number, !levels.contains(number) else { return [] }
    let known = levels.sorted().map { String($0) }.joined(separator: ", ")
    return [Failure.Violation(path: "\(path)\(field)", CatalogMessages.unknownLevel, ["number": String(number), "levels": known])]
  }

  /// Access comes of one task, and of an offering that is about access.
  private static func misplacedAccess(in content: OfferingContent, path: String) -> [Failure.Violation] {
    let carrying = content.tasks.indices.filter { content.tasks[$0].access }
    return carrying.dropFirst(content.access == nil ? 0 : 1).map {
      Failure.Violation(path: "\(path)tasks[\($0)].access", CatalogMessages.accessOfOneTask)
    }
  }

  /// Keys of the form that a price, an approver or the access names, and that no field of the right type has.
  private static func misnamed(in content: OfferingContent, path: String) -> [Failure.Violation] {
    let types = Dictionary(content.form.map { ($0.key, $0.type) }) { first, _ in first }
    var violations: [Failure.Violation] = []
    func require(_ key: String?, _ allowed: Set<FormFieldType>, at place: String) {
      guard let key, !(types[key].map(allowed.contains) ?? false) else { return }
      let names = FormFieldType.allCases.filter(allowed.contains).map(\.rawValue).joined(separator: ", ")
      violations.append(Failure.Violation(path: "\(path)\(place)", CatalogMessages.noSuchField, ["key": key, "types": names]))
    }
    for (index, price) in content.prices.enumerated() {
      require(price.quantity, [.number], at: "prices[\(index)].quantity")
      // Otherwise an order that leaves it out, or counts nothing, would pass every limit of the approval.
      if let key = price.quantity, let field = content.form.first(where: { $0.key == key && $0.type == .number }), !field.counts {
        violations.append(Failure.Violation(path: "\(path)prices[\(index)].quantity", CatalogMessages.countsNothing, ["key": key]))
      }
    }
    for (index, approver) in content.approval.approvers.enumerated() {
      if case .answer(let key) = approver.holder { require(key, [.person], at: "approval.approvers[\(index)].answer") }
    }
    for (name, key, types) in content.access?.keys ?? [] { require(key, types, at: "access.\(name)") }
    return violations
  }
}
