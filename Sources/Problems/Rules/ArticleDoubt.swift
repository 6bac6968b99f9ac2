/// Why an article that tells a problem may not be right any more.
package enum ArticleDoubt: String, Sendable, CaseIterable {
  case cause, workaround
  /// What was known did not hold.
  case investigated
  case resolved, closed, reopened, cancelled
  /// Another article tells the problem.
  case replaced

  /// Nil: what the article says is no less right for it.
  init?(after act: ProblemAct, of before: ProblemProcess) {
    switch act {
    case .recordCause(let text, _):
      guard text != before.cause else { return nil }
      self = .cause
    case .recordWorkaround(let text):
      guard text != before.workaround else { return nil }
      self = .workaround
    case .investigate:
      guard before.state == .knownError else { return nil }
      self = .investigated
    case .declareKnownError: return nil
    case .resolve: self = .resolved
    case .close: self = .closed
    case .reopen: self = .reopened
    case .cancel: self = .cancelled
    }
  }
}
