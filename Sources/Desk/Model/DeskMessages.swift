import Kernel
import Operations

package enum DeskMessages: MessageCatalog {
  package static let wrongState = Message(
    "ticket.state", "A ticket that is {state} does not allow this ({act}). Possible: {allowed}.", zh: "工单处于“{state}”状态，不允许此操作（{act}）。可执行：{allowed}。")
  package static let isClosed = Message("ticket.closed", "The ticket is closed; reopen it first.", zh: "工单已关闭，请先重新打开。")
  package static let notOpen = Message("ticket.not_open", "The ticket is no longer open; reopen it first.", zh: "工单已不再处理中，请先重新打开。")
  package static let openedInFuture = Message("ticket.opened_in_future", "This must not lie in the future.", zh: "不能晚于当前时间。")
  package static let openedTooEarly = Message(
    "ticket.opened_too_early", "This must not lie more than {days} days back.", zh: "不能早于 {days} 天之前。")
  package static let staffOnly = Message("ticket.staff_only", "Only the provider's staff may set this.", zh: "只有服务商人员可以设置此项。")
  package static let lineNotInForce = Message(
    "ticket.line_not_in_force", "This contract line was not in force when the ticket was opened.", zh: "工单创建时该合同行未生效。")
  package static let outsideScope = Message("ticket.outside_scope", "You may not open tickets for this.", zh: "您无权为此对象创建工单。")
  package static let mergedIntoItself = Message("ticket.merged_into_itself", "A ticket cannot go into itself.", zh: "工单不能合并到自身。")
  package static let mergedAway = Message("ticket.merged", "The ticket was merged into {number}; work goes on there.", zh: "该工单已合并到 {number}，请在该工单中处理。")
  package static let evidenceMissing = Message(
    "ticket.evidence_missing", "Waiting for the customer stops the clock: ask in a comment, or say where the question can be found.",
    zh: "等待客户会暂停计时：请在评论中提问，或说明问题的出处。")
  package static let nothingToChange = Message("ticket.nothing_to_change", "Say what is to be changed.", zh: "请说明要修改的内容。")
  static let requesterNotConcerned = Message(
    "requester.not_concerned", "It is for a person of a customer whom it concerns, or of the provider.", zh: "请求人须为所涉及客户或服务商的人员。")
  package static let teamNameTaken = Message("team.name_taken", "There is a team with this name.", zh: "已有同名团队。")
  package static let noTurn = Message("ticket.no_turn", "No team has this ticket.", zh: "该工单未分派给任何团队。")
  package static let needsOla = Message("team_agreement.needs_ola", "Teams agree to OLAs; this is an SLA.", zh: "团队只能约定 OLA；这是 SLA。")
  package static let agreementOrder = Message(
    "team_agreement.order", "This must lie after {from}, when the team's newest agreement begins.", zh: "必须晚于团队最新协议的生效时间 {from}。")
  package static let agreementEndOrder = Message(
    "team_agreement.end_order", "This must lie after {from}, when the agreement begins.", zh: "必须晚于该协议的生效时间 {from}。")
  package static let agreementEnded = Message("team_agreement.ended", "This agreement has ended.", zh: "该协议已终止。")
  package static let notInForce = Message(
    "dispatch.not_in_force", "This underpinning contract is not in force now.", zh: "该支撑合同当前未生效。")
  package static let choiceReasonMissing = Message(
    "dispatch.reason_missing", "The ticket's contract line does not rest on this contract: say why it is chosen.",
    zh: "工单的合同行不依赖此合同，请说明选择理由。")
  package static let alreadyDispatched = Message(
    "dispatch.open", "The ticket is with this supplier by this contract already.", zh: "该工单已按此合同交由该供应商处理。")
  package static let dispatchedTwice = Message(
    "dispatch.twice",
    "Both tickets are with {supplier} by contract {contract}: return or recall one of the two dispatches first ({own} of this ticket, {other} of the other).",
    zh: "两个工单均已按合同 {contract} 派给 {supplier}：请先结束或撤回其中一个派单（本工单 {own}，另一工单 {other}）。")
  package static let toldAlready = Message(
    "dispatch.told_already", "The supplier was told priority {priority} already.", zh: "已告知供应商优先级 {priority}。")
  package static let dispatchOver = Message("dispatch.over", "This dispatch is over: {outcome}.", zh: "该派单已结束：{outcome}。")
  package static let supplierEvidenceMissing = Message(
    "ticket.supplier_evidence_missing", "Waiting for a supplier needs evidence: dispatch the ticket, or say where it is shown that the supplier was asked.",
    zh: "等待供应商须有依据：请派单给供应商，或说明询问供应商的出处。")
  package static let beforeLastWord = Message(
    "dispatch.too_early", "This must not lie before {from}, when something was last recorded.", zh: "不能早于最近一次记录的时间 {from}。")
  static let orderOfAttribute = Message(
    "queue.order_of_attribute", "A team's own order does not go with a custom attribute.", zh: "按团队承诺排序时不能指定自定义属性。")
  package static let orderNeedsTeam = Message(
    "queue.order_needs_team", "A team's own order needs the team.", zh: "按团队承诺排序时须指定团队。")
  package static let badRange = Message("range.empty", "The end must lie after the beginning.", zh: "结束时间必须晚于开始时间。")

  package static let targetsLocked = Message(
    "ticket.targets_locked", "The targets of this ticket are locked: unlock them first.", zh: "该工单的目标已锁定，请先解锁。")
  package static let targetsNotLocked = Message("ticket.targets_not_locked", "The targets of this ticket are not locked.", zh: "该工单的目标未锁定。")

  package static let all = [
    targetsLocked, targetsNotLocked,
    wrongState, isClosed, notOpen, openedInFuture, openedTooEarly, staffOnly, lineNotInForce, outsideScope, nothingToChange,
    requesterNotConcerned, teamNameTaken, orderNeedsTeam, orderOfAttribute,
    badRange, evidenceMissing, mergedIntoItself, mergedAway, noTurn, needsOla, agreementOrder, agreementEndOrder, agreementEnded,
    notInForce, choiceReasonMissing, alreadyDispatched, dispatchedTwice, toldAlready, dispatchOver, supplierEvidenceMissing, beforeLastWord,
  ]
}
