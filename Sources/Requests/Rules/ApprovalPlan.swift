import Approvals
import Catalog
import Kernel
import Operations

/// Who is to be asked for a request, by the rule of its offering.
package enum ApprovalPlan {
  /// Nobody has to agree when the rule asks nobody, or the request is worth no more than the rule lets pass.
  ///
  /// `any` asks all of them at once, and one is enough; `all` asks all at once; `sequence` one after the other. An approver with a limit
  /// of his own is a further one, whom the others do not stand in for: he is asked only when the request is worth more, by `any` and
  /// `all` in a step after the others, by `sequence` in his place.
  /// - Parameters:
  ///   - value: what the request is worth; nil: that is not known, so that every limit is passed.
  ///   - persons: the persons whom answers name, by the key of the field.
  package static func approvals(
    of rule: ApprovalRule, value: Money?, persons: [String: Int64], newBits: () -> [UInt8]
  ) -> [Approval] {
    guard rule.kind != .none, passes(value, rule.above) else { return [] }
    let needed = rule.approvers.filter { passes(value, $0.above) }
    let escalation: String? = if case .escalate(let role)? = rule.late { role.rawValue } else { nil }
    return needed.enumerated().map { index, approver in
      let isFurther = approver.above != nil
      let step: Int64 =
        switch rule.kind {
        case .sequence: Int64(index) + 1
        case .any, .all, .none: isFurther ? 2 : 1
        }
      return Approval(
        publicId: newBits(), seq: Int64(index) + 1, step: step, suffices: rule.kind == .any && !isFurther, names: approver.name.value ?? .null,
        holder: holder(approver.holder, persons), hours: rule.hours, escalatesTo: escalation)
    }
  }

  private static func holder(_ holder: Approver.Holder, _ persons: [String: Int64]) -> Approval.Holder {
    switch holder {
    case .role(let role): .role(role.rawValue)
    // Nobody was named: the customer's managers stand in.
    case .answer(let key): persons[key].map { .person($0) } ?? .role(StockRole.customerManager.rawValue)
    }
  }

  /// Whether a value exceeds a limit; one that is not known, or in another currency, does.
  private static func passes(_ value: Money?, _ limit: Money?) -> Bool {
    guard let limit, let value, value.currency == limit.currency else { return true }
    return value.minorUnits > limit.minorUnits
  }
}
