import Kernel

/// What every round of approvals says.
package enum ApprovalMessages: MessageCatalog {
  package static let notAsked = Message("approval.not_asked", "This approval is {state}: there is nothing to decide.", zh: "该审批的状态为 {state}，无需决定。")

  package static let all = [notAsked]
}
