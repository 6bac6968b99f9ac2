import Kernel

/// What can be wrong with the terms of a renewal, of any contract.
package enum RenewalMessages: MessageCatalog {
  package static let oneNotice = Message("contract.one_notice", "Give the notice in days or in months.", zh: "通知期须以天或月之一填写。")
  package static let noticeNeeded = Message(
    "contract.notice_needed", "A contract that is to be renewed needs a notice: noticeDays or noticeMonths.", zh: "需续约的合同须填写通知期：noticeDays 或 noticeMonths。")
  package static let autoNeedsEnd = Message(
    "contract.auto_needs_end", "Only a term that ends can be extended: give endsAt, or another renewal.", zh: "仅有固定期限的合同可自动续约：请填写 endsAt，或选择其他续约方式。")
  package static let autoNeedsMonths = Message(
    "contract.auto_needs_months", "Automatic renewal needs renewalMonths.", zh: "自动续约须填写 renewalMonths。")

  package static let all = [oneNotice, noticeNeeded, autoNeedsEnd, autoNeedsMonths]
}
