import Kernel
import Operations

/// Links, watchers and owners of tickets.
package enum SpineMessages: MessageCatalog {
  package static let linkedToItself = Message("ticket.linked_to_itself", "A ticket is not linked to itself.", zh: "工单不能与自身关联。")
  package static let linkedAlready = Message("ticket.linked_already", "This link is there already.", zh: "该关联已存在。")
  package static let notLinked = Message("ticket.not_linked", "There is no such link.", zh: "没有此关联。")
  static let circle = Message("ticket.link_circle", "It would become its own parent.", zh: "将形成循环：工单会成为自己的上级。")
  static let linkCircle = Message("process.link_circle", "By such links it would lead back to itself.", zh: "此类关联将形成循环。")
  static let hasParent = Message("ticket.has_parent", "The ticket has a parent already: end that link first.", zh: "该工单已有上级工单，请先解除该关联。")

  static let watchesAlready = Message("watcher.already", "They watch this ticket already.", zh: "已在关注该工单。")
  static let mayNotRead = Message("watcher.may_not_read", "They may not see this customer's tickets.", zh: "对方无权查看该客户的工单。")
  static let watchesNot = Message("watcher.not", "They do not watch this ticket.", zh: "并未关注该工单。")
  static let whoWatches = Message("watcher.who", "Say who watches it: a person, or a member of the staff.", zh: "请指定关注者：客户人员或服务商人员。")
  // Of problems, changes, releases and major incidents.
  static let mayNotSee = Message(
    "watcher.may_not_see", "They may not see it: who watches it may read such things, and serves one of the customers whom it concerns.",
    zh: "对方无权查看：关注者须有相应的查看权限，并服务于其涉及的客户之一。")
  static let whoOfStaff = Message("watcher.who_of_staff", "Say which member of the staff watches it.", zh: "请指定关注的服务商人员。")

  // Those that hold of whatever is handed over.
  static let ownerIsStaff = HandoverMessages.ownerIsStaff
  static let owned = HandoverMessages.owned
  static let notYours = HandoverMessages.notYours
  static let notOwned = HandoverMessages.notOwned
  static let offeredAlready = HandoverMessages.offeredAlready
  static let mayNotWork = HandoverMessages.mayNotWork

  package static let all = [
    linkedToItself, linkedAlready, notLinked, circle, linkCircle, hasParent, watchesAlready, watchesNot, mayNotRead, whoWatches, mayNotSee,
    whoOfStaff,
  ]
}
