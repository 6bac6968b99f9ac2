import Kernel

package enum CodeMessages: MessageCatalog {
  package static let unknown = Message(
    "code.unknown", "There is no code {key} in the list {list}. It has, among others: {others}. See code.list.",
    zh: "列表 {list} 中没有代码 {key}。可用的有：{others} 等。参见 code.list。")
  static let retired = Message("code.retired", "The code {key} is retired: it is for no new use.", zh: "代码 {key} 已停用，不能再用于新的记录。")
  static let active = Message("code.active", "The code {key} is in use.", zh: "代码 {key} 正在使用中。")
  static let taken = Message("code.taken", "The list has this code already.", zh: "列表中已有此代码。")
  static let badKey = Message(
    "code.bad_key", "A key has small letters, digits, _ and -, at most 100; of a category up to five of them with / between.",
    zh: "键由小写字母、数字、_ 和 - 组成，最长 100；分类最多五级，以 / 分隔。")
  static let badNumber = Message(
    "code.bad_number", "The codes of this list are numbers from {least} to {most}, 1 the gravest.", zh: "此列表的代码为 {least} 到 {most} 的数字，1 为最高。")
  static let noParent = Message("code.no_parent", "There is no category {key} in use above it.", zh: "其上级分类 {key} 不存在或已停用。")
  static let hasChildren = Message("code.has_children", "The category {key} below it is in use: retire that one first.", zh: "其下级分类 {key} 仍在使用，请先停用下级。")
  static let needed = Message("code.needed", "The code {key} cannot be retired: Steward itself writes it.", zh: "代码 {key} 由系统自动使用，不能停用。")
  static let waitsOfPending = Message(
    "code.waits", "A pending reason says whose turn it is, and nothing else does.", zh: "挂起原因必须说明等待谁，其他列表不得填写。")
  static let serviceOfCategory = Message("code.service", "Only a category names a service.", zh: "只有分类可以指定服务。")
  static let nothingToChange = Message("code.nothing_to_change", "Say what is to be changed.", zh: "请说明要修改的内容。")

  static let cellTwice = Message("priority.cell_twice", "This cell stands there twice.", zh: "此单元格重复。")
  static let cellNeedsPriority = Message(
    "priority.needs_priority", "Only a customer's own cell may be cleared, so that the provider's counts again.", zh: "只有客户自定义的单元格可以清除，以恢复服务商的设置。")

  package static let all = [
    unknown, retired, active, taken, badKey, badNumber, noParent, hasChildren, needed, waitsOfPending, serviceOfCategory, nothingToChange, cellTwice,
    cellNeedsPriority,
  ]
}
