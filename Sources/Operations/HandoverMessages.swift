import Kernel

/// What refuses to take something on or to hand it over, whatever it is.
package enum HandoverMessages: MessageCatalog {
  package static let ownerIsStaff = Message("owner.staff", "Only a member of the staff answers for a ticket.", zh: "只有服务商人员可以对工单负责。")
  package static let owned = Message("owner.taken", "Somebody answers for this ticket: it may be offered to you.", zh: "该工单已有负责人，可由其移交给您。")
  package static let notYours = Message(
    "owner.not_yours", "Only who answers for the ticket hands it over, or who may work on it and keeps the customer's contracts (permission contract.manage).",
    zh: "只有该工单的负责人，或既有权处理该工单又管理该客户合同（权限 contract.manage）的人员可以移交。")
  package static let notOwned = Message("owner.nobody", "Nobody answers for this ticket yet: take it.", zh: "该工单尚无负责人，请先认领。")
  package static let offeredAlready = Message("owner.offered", "The ticket is offered to somebody already.", zh: "该工单正在移交中。")
  package static let notOffered = Message("owner.not_offered", "The ticket is offered to nobody.", zh: "该工单没有待答复的移交。")
  package static let offeredToAnother = Message("owner.offered_to_another", "The ticket is offered to somebody else.", zh: "该工单移交给的是其他人员。")
  package static let offeredToTeam = Message(
    "owner.offered_to_team",
    "The ticket is offered to the team {team}: one of its members answers, or who may work on it and keeps the contracts of all whom it concerns (permission contract.manage).",
    zh: "该工单移交给的是团队 {team}：只有其成员，或既有权处理该工单又管理所涉及全部客户合同（权限 contract.manage）的人员可以答复。")
  package static let teamMayNotWork = Message(
    "owner.team_may_not_work",
    "Nobody in the team {team} may take it on: it is offered to a team of which one member has {permissions} for all whom it concerns, or to one without members.",
    zh: "团队 {team} 中无人可以接手：须移交给至少有一名成员对其涉及的全部客户具有 {permissions} 权限的团队，或没有成员的团队。")
  package static let mayNotWork = Message("owner.may_not_work", "They may not work on this customer's tickets.", zh: "对方无权处理该客户的工单。")
  package static let offeredToOwner = Message("owner.offered_to_owner", "They answer for this ticket already.", zh: "对方已是该工单的负责人。")
  package static let oneReceiver = Message("owner.one_receiver", "It is offered to a member of the staff or to a team.", zh: "请指定一名人员或一个团队。")

  package static let all = [
    ownerIsStaff, owned, notYours, notOwned, offeredAlready, notOffered, offeredToAnother, offeredToTeam, teamMayNotWork, mayNotWork, offeredToOwner,
    oneReceiver,
  ]
}
