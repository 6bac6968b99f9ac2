import Operations

extension IdKind {
  package static let supplier = IdKind("sup", owner: .provider)
  package static let supplierContact = IdKind("supcon", owner: .provider)
  package static let certification = IdKind("cert", owner: .provider)
  package static let supplierService = IdKind("ssv", owner: .provider)
  package static let underpinningContract = IdKind("uc", owner: .provider)
  package static let underpinningContact = IdKind("ucc", owner: .provider)
  package static let underpinningTemplate = IdKind("uctpl", owner: .provider)
  package static let outage = IdKind("out", owner: .provider)
  package static let supplierLink = IdKind("slk", owner: .tenant)
  package static let supplierEntry = IdKind("sen", owner: .provider)
  package static let appraisalScheme = IdKind("aps", owner: .provider)
  package static let appraisal = IdKind("apr", owner: .provider)
  package static let appraisalAction = IdKind("apa", owner: .provider)
  /// Contracts' kinds, which imports this module and not the other way round.
  static let coverageCalendar = IdKind("cal", owner: .provider)
  static let customerLine = IdKind("line", owner: .tenant)
}
