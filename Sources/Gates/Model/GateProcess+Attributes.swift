import Attributes

extension GateProcess {
  /// Whose custom attributes gates before its steps ask for.
  var attributes: AttributeProcess {
    switch self {
    case .incident: .incident
    case .request: .request
    case .problem: .problem
    case .change: .change
    case .release: .release
    case .majorIncident: .majorIncident
    }
  }
}

extension GateStep {
  /// Whether what comes to it can still be told attributes: a problem that is resolved, a change that was agreed to and a release that is signed off are
  /// not written any more.
  var takesAttributes: Bool {
    switch self {
    case .closeProblem, .startChange, .closeChange, .deployRelease, .closeRelease: false
    default: true
    }
  }
}
