import Catalog
import Kernel
import Operations

/// Who agrees to a change, by its risk; to an emergency, whatever its risk (变更审批策略). The rules are those of requests.
package struct ChangePolicy: OperationInput, Hashable {
  let low: ApprovalRule
  let medium: ApprovalRule
  let high: ApprovalRule
  let emergency: ApprovalRule

  private static let low = Field<ApprovalRule>.object("low", "Who agrees when the risk is low.", "低风险变更的审批规则。")
  private static let medium = Field<ApprovalRule>.object("medium", "Who agrees when it is medium.", "中风险变更的审批规则。")
  private static let high = Field<ApprovalRule>.object("high", "Who agrees when it is high.", "高风险变更的审批规则。")
  private static let emergency = Field<ApprovalRule>.object(
    "emergency", "Who agrees to an emergency, before or after it is done, and within which time.", "紧急变更的审批规则（可事后审批）及时限。")
  package static let fields: [any InputField] = [low, medium, high, emergency]

  package init(_ values: InputValues) throws(FieldError) {
    low = try values[Self.low]
    medium = try values[Self.medium]
    high = try values[Self.high]
    emergency = try values[Self.emergency]
    for (path, rule) in [("low", low), ("medium", medium), ("high", high), ("emergency", emergency)] {
      for approver in rule.approvers {
        guard case .role(let role) = approver.holder, Self.roles.contains(role), approver.above == nil, rule.above == nil else {
          throw FieldError("\(path).approvers", ChangeMessages.staffApprove, ["allowed": Self.roles.map(\.rawValue).sorted().joined(separator: ", ")])
        }
      }
      // What goes to a customer would go to nobody: a change is the provider's.
      if case .escalate(let role)? = rule.late, !Self.roles.contains(role) {
        throw FieldError("\(path).escalateTo", ChangeMessages.staffApprove, ["allowed": Self.roles.map(\.rawValue).sorted().joined(separator: ", ")])
      }
    }
    guard high.kind != .none else { throw FieldError("high.rule", ChangeMessages.highUnasked) }
    guard !high.ownRequests else { throw FieldError("high.ownRequests", ChangeMessages.highUnasked) }
    // Whoever began an emergency unasked is answered by somebody, in time.
    guard emergency.kind != .none, emergency.hours != nil else { throw FieldError("emergency.hours", InputMessages.requiredHere) }
  }

  static let roles = ChangeRights.approvers

  func rule(for kind: ChangeKind, _ risk: ChangeRisk) -> ApprovalRule {
    if kind == .emergency { return emergency }
    return switch risk {
    case .low: low
    case .medium: medium
    case .high: high
    }
  }

  var stored: Value { .object(["low": low.stored, "medium": medium.stored, "high": high.stored, "emergency": emergency.stored]) }

  static func stock() throws(FieldError) -> ChangePolicy {
    func approver(_ english: String, _ chinese: String, _ role: StockRole) -> Value {
      .object(["name": .object(["en": .text(english), "zh-Hans": .text(chinese)]), "role": .text(role.rawValue)])
    }
    let peer = approver("Another engineer", "其他工程师", .engineer)
    let manager = approver("Change manager", "变更经理", .administrator)
    let account = approver("Account manager", "客户经理", .accountManager)
    return try InputValues.read(
      ChangePolicy.self,
      from: .object([
        "low": .object(["rule": "any", "approvers": .array([peer, manager, account])]),
        "medium": .object(["rule": "any", "approvers": .array([manager, account])]),
        "high": .object(["rule": "all", "approvers": .array([manager, account])]),
        "emergency": .object(["rule": "any", "approvers": .array([manager, account]), "hours": 48]),
      ]))
  }
}
