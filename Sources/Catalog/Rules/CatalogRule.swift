import Kernel
import Operations

/// What services and offerings must be before they are stored.
enum CatalogRule {
  static func code(_ code: String, path: String = "code") throws(Failure) -> String {
    guard isCode(code) else { throw .invalid(path, CatalogMessages.badCode) }
    return code
  }

  static func isCode(_ code: String) -> Bool { code.wholeMatch(of: /[A-Z][A-Z0-9-]{1,23}/) != nil }

  /// The latest day that it is anywhere: a stage that begins on it has begun for somebody.
  static func latestDay(at now: Instant) -> CalendarDate { CalendarDate(daysSinceEpoch: now.adding(seconds: 14 * 3600).seconds.flooredQuotient(by: 86_400)) }

  /// - Parameter path: where a stage's day stands in the input.
  static func violations(in life: ServiceLife, now: Instant, path: (ServiceStage) -> String) -> [Failure.Violation] {
    let latest = latestDay(at: now)
    var violations = ServiceStage.allCases.filter { stage in life[stage].map { $0 > latest } ?? false }.map {
      Failure.Violation(path: path($0), CatalogMessages.stageAhead)
    }
    if let stage = life.misplaced { violations.append(Failure.Violation(path: path(stage), CatalogMessages.stageOrder)) }
    return violations
  }

  static func requireOrder(_ life: ServiceLife, now: Instant, path: (ServiceStage) -> String) throws(Failure) {
    let violations = violations(in: life, now: now, path: path)
    guard violations.isEmpty else { throw Failure(.invalid, KernelMessages.invalidInput, violations: violations) }
  }

  static func state(_ state: OfferingState, after event: OfferingState.Event) throws(Failure) -> OfferingState {
    guard let next = state.after(event) else {
      throw Failure(.conflict, CatalogMessages.badTransition, ["state": state.rawValue, "event": event.rawValue])
    }
    return next
  }

  /// What can be known of a content without the store.
  /// - Parameter path: what stands before its fields: empty, or `families[0].services[0].offerings[0].`.
  static func violations(in content: OfferingContent, teams: Set<String>, path: String = "") -> [Failure.Violation] {
    FormRule.violations(in: content.form, at: "\(path)form")
      + content.tasks.enumerated().filter { !teams.contains($0.element.team) }.map {
        Failure.Violation(path: "\(path)tasks[\($0.offset)].team", CatalogMessages.unknownTeam, ["team": $0.element.team])
      }
  }
}
