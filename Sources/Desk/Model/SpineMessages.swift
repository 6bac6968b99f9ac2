import Kernel

/// Links, watchers and owners of tickets.
package enum SpineMessages: MessageCatalog {
  static let linkedToItself = Message("ticket.linked_to_itself", "A ticket is not linked to itself.", zh: "工单不能与自身关联。")
  static let linkedAlready = Message("ticket.linked_already", "This link is there already.", zh: "该关联已存在。")
  static let notLinked = Message("ticket.not_linked", "There is no such link.", zh: "没有此关联。")
  static let circle = Message("ticket.link_circle", "It would become its own parent.", zh: "将形成循环：工单会成为自己的上级。")
  static let hasParent = Message("ticket.has_parent", "The ticket has a parent already: end that link first.", zh: "该工单已有上级工单，请先解除该关联。")

  static let watchesAlready = Message("watcher.already", "They watch this ticket already.", zh: "已在关注该工单。")
  static let mayNotRead = Message("watcher.may_not_read", "They may not see this customer's tickets.", zh: "对方无权查看该客户的工单。")
  static let watchesNot = Message("watcher.not", "They do not watch this ticket.", zh: "并未关注该工单。")
  static let whoWatches = Message("watcher.who", "Say who watches it: a person, or a member of the staff.", zh: "请指定关注者：客户人员或服务商人员。")

  static let ownerIsStaff = Message("owner.staff", "Only a member of the staff answers for a ticket.", zh: "只有服务商人员可以对工单负责。")
  static let owned = Message("owner.taken", "Somebody answers for this ticket: it may be offered to you.", zh: "该工单已有负责人，可由其移交给您。")
  static let notYours = Message(
    "owner.not_yours", "Only who answers for the ticket hands it over, or an account manager of the customer.", zh: "只有该工单的负责人或该客户的客户经理可以移交。")
  static let notOwned = Message("owner.nobody", "Nobody answers for this ticket yet: take it.", zh: "该工单尚无负责人，请先认领。")
  static let offeredAlready = Message("owner.offered", "The ticket is offered to somebody already.", zh: "该工单正在移交中。")
  static let notOffered = Message("owner.not_offered", "The ticket is offered to nobody.", zh: "该工单没有待答复的移交。")
  static let offeredToAnother = Message("owner.offered_to_another", "The ticket is offered to somebody else.", zh: "该工单移交给的是其他人员。")
  static let mayNotWork = Message("owner.may_not_work", "They may not work on this customer's tickets.", zh: "对方无权处理该客户的工单。")
  static let offeredToOwner = Message("owner.offered_to_owner", "They answer for this ticket already.", zh: "对方已是该工单的负责人。")
  static let oneReceiver = Message("owner.one_receiver", "It is offered to a member of the staff or to a team.", zh: "请指定一名人员或一个团队。")

  package static let all = [
    linkedToItself, linkedAlready, notLinked, circle, hasParent, watchesAlready, watchesNot, mayNotRead, whoWatches, ownerIsStaff, owned, notYours,
    notOwned, offeredAlready, notOffered, offeredToAnother, mayNotWork, offeredToOwner, oneReceiver,
  ]
}
