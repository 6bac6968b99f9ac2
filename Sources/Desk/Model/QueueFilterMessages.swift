import Kernel

enum QueueFilterMessages {
  static let filterAlone = Message(
    "queue.filter_alone", "A saved filter stands for all criteria but the customers: leave the others out.", zh: "使用已保存的筛选时，除客户外不能再指定其他条件。")
  static let ofOtherQueue = Message(
    "queue.filter_of_other_queue", "This filter was saved for another queue: {queue}.", zh: "该筛选是为另一队列保存的：{queue}。")
  static let notOfThisQueue = Message(
    "queue_filter.not_of_this_queue", "{queue} cannot be asked for this. Allowed: {allowed}.", zh: "{queue} 没有此条件。可用条件：{allowed}。")
  static let nameTaken = Message(
    "queue_filter.name_taken", "You have a filter {name} already: say `replace`, or take another name.", zh: "您已有名为 {name} 的筛选：请指定 replace，或使用其他名称。")
  static let nameOfOtherQueue = Message(
    "queue_filter.name_of_other_queue", "Your filter {name} is of another queue ({queue}): delete it first, or take another name.",
    zh: "您名为 {name} 的筛选属于另一队列（{queue}）：请先删除，或使用其他名称。")
  static let tooMany = Message(
    "queue_filter.too_many", "Nobody has more than {most} filters: delete one first.", zh: "每人最多保存 {most} 个筛选，请先删除一个。")
  static let unreadable = Message(
    "queue_filter.unreadable",
    "Your filter {name} cannot be read any more ({reason}): save it anew under its name and say `replace`, or delete it.",
    zh: "您名为 {name} 的筛选已无法读取（{reason}）：请以同名重新保存并指定 replace，或将其删除。")

  static let needsAccount = Message(
    "queue_filter.needs_account", "Filters are kept for an account: log in with one.", zh: "筛选按账户保存，请使用账户登录。")

  static let all = [needsAccount, filterAlone, ofOtherQueue, notOfThisQueue, nameTaken, nameOfOtherQueue, tooMany, unreadable]
}
