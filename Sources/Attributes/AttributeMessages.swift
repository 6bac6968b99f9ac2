import Kernel

package enum AttributeMessages: MessageCatalog {
  // Of values.
  static let unknown = Message(
    "attribute.unknown", "There is no such attribute of these tickets: {keys}. Allowed: {allowed}.", zh: "此类工单没有这些自定义属性：{keys}。可用：{allowed}。")
  static let tooManyTold = Message("attribute.too_many_told", "At most {most} attributes are told at once.", zh: "一次最多填写 {most} 个自定义属性。")
  static let staffTells = Message("attribute.staff_tells", "The attribute {key} is told by the provider's staff.", zh: "自定义属性 {key} 仅由服务商人员填写。")
  static let retired = Message(
    "attribute.retired", "The attribute {key} is retired and takes no new value ({value}). Allowed: what it holds, or null.",
    zh: "自定义属性 {key} 已停用，不接受新值（{value}）。仅可保留现值或以 null 清除。")
  static let otherCustomer = Message(
    "attribute.other_customer", "The attribute {key} is not for tickets of this customer. Allowed: what it holds, or null.",
    zh: "自定义属性 {key} 不适用于此客户的工单。仅可保留现值或以 null 清除。")
  static let otherCategory = Message(
    "attribute.other_category", "The attribute {key} is for tickets of the categories {categories}; this one has {category}.",
    zh: "自定义属性 {key} 仅适用于分类 {categories} 的工单；此工单的分类为 {category}。")
  static let wrongType = Message(
    "attribute.wrong_type", "The attribute {key} takes a value such as {expected}, not {value}.", zh: "自定义属性 {key} 的取值形式为 {expected}，而非 {value}。")
  static let length = Message(
    "attribute.length", "The attribute {key} takes {least} to {most} characters, not {value}.", zh: "自定义属性 {key} 的长度须为 {least} 到 {most} 个字符，而非 {value}。")
  static let blank = Message("attribute.blank", "The attribute {key} must not be blank.", zh: "自定义属性 {key} 不能只包含空白字符。")
  static let range = Message(
    "attribute.range", "The attribute {key} takes {least} to {most}, not {value}.", zh: "自定义属性 {key} 的取值须在 {least} 到 {most} 之间，而非 {value}。")
  static let otherForm = Message(
    "attribute.other_form",
    "The attribute {key} has the form {pattern} (# a digit, @ a letter, ? any character, * any number of them), not {value}.",
    zh: "自定义属性 {key} 的格式为 {pattern}（# 为数字，@ 为字母，? 为任一字符，* 为任意多个字符），而非 {value}。")
  static let notAChoice = Message(
    "attribute.not_a_choice", "The attribute {key} takes one of: {allowed}; not {value}.", zh: "自定义属性 {key} 的可选值为：{allowed}；而非 {value}。")
  static let chosenTwice = Message("attribute.chosen_twice", "The attribute {key} names {value} twice.", zh: "自定义属性 {key} 重复选择了 {value}。")
  static let filterForm = Message(
    "attribute.filter_form", "Narrow a list by KEY:VALUE, such as region:emea; {value} is not that.", zh: "请以“键:值”筛选，例如 region:emea；{value} 不符合此形式。")
  static let notAFilter = Message(
    "attribute.not_a_filter", "Lists are narrowed by choices and by yes or no; {key} is of the type {type}.", zh: "仅可按选择与是否类型的属性筛选；{key} 的类型为 {type}。")
  // Of definitions.
  static let keyTaken = Message("attribute.key_taken", "The process has an attribute of this key already.", zh: "该流程已有此键的自定义属性。")
  static let badKey = Message(
    "attribute.bad_key", "A key has small letters, digits and _, a letter first, at most 40; {key} is none.", zh: "键由小写字母、数字和下划线组成，以字母开头，最长 40；{key} 不符合。")
  static let choicesOfChoice = Message(
    "attribute.choices_of_choice", "A choice has choices, and nothing else has; this is of the type {type}.", zh: "仅选择类型须有选项；此处类型为 {type}。")
  static let choiceTwice = Message("attribute.choice_twice", "A choice stands here twice.", zh: "选项重复。")
  static let patternOfText = Message("attribute.pattern_of_text", "Only a text has a form; this is of the type {type}.", zh: "仅文本可有格式；此处类型为 {type}。")
  static let notBounded = Message("attribute.not_bounded", "Only a text or a number has limits; this is of the type {type}.", zh: "仅文本与数字可有上下限；此处类型为 {type}。")
  static let badLimits = Message(
    "attribute.bad_limits", "This is no limit: a whole number, of a decimal also with decimals, of a text from 0 to 500, and the least before the most.",
    zh: "上下限无效：须为整数（小数类型可带小数），文本为 0 到 500，且下限不得大于上限。")
  static let unitOfNumber = Message("attribute.unit_of_number", "Only a number has a unit; this is of the type {type}.", zh: "仅数字可有单位；此处类型为 {type}。")
  static let customersOfTheirs = Message(
    "attribute.customers_of_theirs", "Tickets of the process {process} are the provider's own: their attributes are internal.",
    zh: "流程 {process} 的工单属于服务商，其属性均为内部属性。")
  static let internalTold = Message(
    "attribute.internal_told", "What customers tell they see: customersTell goes with visible.", zh: "客户可填写的属性须对客户可见：customersTell 须与 visible 一同设置。")
  static let noCategory = Message("attribute.no_category", "Tickets of the process {process} have no category.", zh: "流程 {process} 的工单没有分类。")
  static let unknownCategory = Message(
    "attribute.unknown_category", "There is no category {category} in use. See code.list.", zh: "没有使用中的分类 {category}。参见 code.list。")
  static let manyCustomers = Message(
    "attribute.many_customers", "A ticket of the process {process} may concern several customers: its attributes are for all.",
    zh: "流程 {process} 的工单可能涉及多个客户，其属性适用于全部客户。")
  static let tooMany = Message(
    "attribute.too_many", "A process has at most {mostOfAll} attributes for all customers, and {mostOfOne} of one customer's own besides.",
    zh: "每个流程最多有 {mostOfAll} 个面向全部客户的属性，另可为单个客户设置 {mostOfOne} 个。")
  static let tooManyFormer = Message(
    "attribute.too_many_former", "An attribute keeps the names of at most {most} choices, former ones included.", zh: "一个属性最多保留 {most} 个选项的名称（含已取消的）。")
  static let ofCategories = Message(
    "attribute.of_categories", "The attribute {key} is for tickets of the categories {categories}; what is asked for here must be for those of all.",
    zh: "自定义属性 {key} 仅适用于分类 {categories} 的工单；此处要求的属性须适用于全部分类。")
  static let onlyGrows = Message(
    "attribute.only_grows", "What an attribute is for only grows. Allowed: {allowed}.", zh: "自定义属性的适用范围只能扩大。可用：{allowed}。")
  static let isRetired = Message("attribute.is_retired", "The attribute {key} is retired.", zh: "自定义属性 {key} 已停用。")
  static let isActive = Message("attribute.is_active", "The attribute {key} is in use.", zh: "自定义属性 {key} 正在使用中。")
  static let nothingToChange = Message("attribute.nothing_to_change", "Say what is to be changed.", zh: "请说明要修改的内容。")

  package static let all = [
    unknown, tooManyTold, staffTells, retired, otherCustomer, otherCategory, wrongType, length, blank, range, otherForm, notAChoice, chosenTwice, filterForm,
    notAFilter, keyTaken, badKey, choicesOfChoice, choiceTwice, patternOfText, notBounded, badLimits, unitOfNumber, customersOfTheirs, internalTold,
    noCategory, unknownCategory, manyCustomers, tooMany, tooManyFormer, ofCategories, onlyGrows, isRetired, isActive, nothingToChange,
  ]
}
