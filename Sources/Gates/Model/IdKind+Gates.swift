import Operations

extension IdKind {
  package static let gate = IdKind("gate", owner: .provider)
  package static let gateApproval = IdKind("gap", owner: .provider)
  /// Other modules', of which only ids are told here.
  package static let gatedIncident = IdKind("inc", owner: .tenant)
  package static let gatedRequest = IdKind("req", owner: .tenant)
  package static let gatedProblem = IdKind("prb", owner: .provider)
  package static let gatedChange = IdKind("chg", owner: .provider)
  package static let gatedRelease = IdKind("rel", owner: .provider)
  package static let gatedMajor = IdKind("mji", owner: .provider)
  static let gatedFile = IdKind("att", owner: .tenant)

  package static func gated(_ process: GateProcess) -> IdKind {
    switch process {
    case .incident: gatedIncident
    case .request: gatedRequest
    case .problem: gatedProblem
    case .change: gatedChange
    case .release: gatedRelease
    case .majorIncident: gatedMajor
    }
  }
}
