import Kernel

package enum AssetsMessages: MessageCatalog {
  static let badCode = Message(
    "ci_type.bad_code", "A code is 1 to 40 small letters, digits and _, a letter first.", zh: "代码由 1 到 40 个小写字母、数字和下划线组成，以字母开头。")
  static let codeTaken = Message("ci_type.code_taken", "There is a type with this code already.", zh: "已有此代码的类型。")
  static let badKey = Message("ci_type.bad_key", "A key has small letters, digits and _, a letter first.", zh: "键由小写字母、数字和下划线组成，以字母开头。")
  static let keyTwice = Message("ci_type.key_twice", "There is already an attribute {key}.", zh: "已有属性 {key}。")
  static let choicesOfChoice = Message("ci_type.choices", "A choice has choices, and nothing else has.", zh: "选择类型必须有选项，其他类型不得有选项。")
  static let choiceTwice = Message("ci_type.choice_twice", "One of the choices stands there twice.", zh: "选项重复。")
  static let patternOfText = Message("ci_type.pattern", "Only a text has a pattern.", zh: "只有文本可设格式。")
  static let notBounded = Message("ci_type.not_bounded", "Only a text or a number has limits.", zh: "只有文本和数字可设范围。")
  static let badLimits = Message("ci_type.bad_limits", "These limits leave nothing that could be stored.", zh: "此范围内没有可存储的值。")
  static let typeRetired = Message("ci_type.retired", "The type {type} is retired.", zh: "类型 {type} 已停用。")
  static let typeActive = Message("ci_type.active", "The type {type} is in use.", zh: "类型 {type} 正在使用中。")
  static let noSuchRevision = Message("ci_type.no_such_revision", "The type has the revisions 1 to {newest}.", zh: "该类型的修订号为 1 至 {newest}。")
  static let unknownType = Message("ci.unknown_type", "There is no type {type}. See ci_type.list.", zh: "没有类型 {type}。参见 ci_type.list。")
  static let unknownTier = Message("ci.unknown_tier", "There is no active CI tier {tier}. See ci_tier.list.", zh: "没有可用的配置项等级 {tier}。参见 ci_tier.list。")
  static let unknownService = Message(
    "ci.unknown_service", "There is no service {service} in the catalogue. See service.list.", zh: "服务目录中没有服务 {service}。参见 service.list。")

  static let unknownAttribute = Message(
    "ci.unknown_attribute", "The type has no attribute {keys}. Those it has: {allowed}.", zh: "该类型没有属性 {keys}。现有属性：{allowed}。")
  static let tooManyAttributes = Message("ci.too_many_attributes", "At most {most} attributes may be told at once.", zh: "一次最多可填写 {most} 个属性。")
  static let leftover = Message("ci.leftover", "The type has this attribute no more.", zh: "该类型已不再有此属性。")
  static let blank = Message("ci.blank", "This must not be blank.", zh: "不能只包含空白字符。")
  static let otherForm = Message("ci.other_form", "This must have the form {pattern}.", zh: "必须符合格式 {pattern}。")
  static let badTransition = Message(
    "ci.bad_transition", "What is {state} cannot become {next}. It can become: {allowed}.", zh: "状态为 {state} 的配置项不能变为 {next}。可变为：{allowed}。")
  static let nothingToChange = Message("ci.nothing_to_change", "Nothing would change.", zh: "没有任何变更。")
  static let costAndCurrency = Message("ci.cost_and_currency", "A cost has an amount and a currency, or neither.", zh: "成本须同时填写金额与货币，或均不填写。")
  static let unknownCurrency = Message("ci.unknown_currency", "There is no currency {code} in ISO 4217.", zh: "ISO 4217 中没有货币 {code}。")
  static let badAmount = Message(
    "ci.bad_amount", "This must be an amount of {currency} from 0 to 10 to the power of 15 of its smallest unit.",
    zh: "必须是 {currency} 金额，不小于零，且不超过其最小单位的 10 的 15 次方。")
  static let sumTooLarge = Message("ci.sum_too_large", "The costs in {currency} are too large to be added up.", zh: "{currency} 成本合计超出可计算范围。")

  static let toItself = Message("ci.to_itself", "A CI cannot stand in a relation to itself.", zh: "配置项不能与自身建立关系。")
  static let relatedAlready = Message("ci.related_already", "This relation is there already.", zh: "该关系已存在。")
  static let notRelated = Message("ci.not_related", "There is no such relation.", zh: "没有此关系。")
  static let circle = Message("ci.circle", "It would become a part of itself: {name} is a part of it already.", zh: "将形成循环：{name} 已属于该配置项。")
  static let onlyShared = Message("ci.only_shared", "Only a CI of the provider's own affects customers.", zh: "只有服务商自有的配置项可关联受影响客户。")
  static let affectsAlready = Message("ci.affects_already", "It affects this customer already.", zh: "该客户已在受影响之列。")
  static let affectsNot = Message("ci.affects_not", "It does not affect this customer.", zh: "该客户不受其影响。")

  static let needsKey = Message("ci.import.needs_key", "The line has no {match}, by which it is matched.", zh: "该行没有用于匹配的 {match}。")
  static let ambiguous = Message("ci.import.ambiguous", "{count} CIs have this {match}: which one is meant?", zh: "有 {count} 个配置项的 {match} 与此相同，无法确定是哪一个。")
  static let onlyRetired = Message(
    "ci.import.only_retired", "Only a retired CI has this {match}: tell the state to change it, or dispose of it for a new one.",
    zh: "仅有已退役的配置项具有此 {match}：请填写状态以变更它，或先将其处置以便新建。")
  static let repeated = Message("ci.import.repeated", "Another line of the file has this {match} too: {line}.", zh: "文件中另有一行的 {match} 与此相同：{line}。")
  static let needed = Message("ci.import.needed", "A new CI needs this.", zh: "新配置项必须填写此项。")
  static let typeStays = Message("ci.import.type_stays", "The CI is a {type}, and stays one.", zh: "该配置项的类型为 {type}，不可变更。")
  static let unknownState = Message("ci.import.unknown_state", "There is no such state. Those there are: {allowed}.", zh: "没有此状态。可用状态：{allowed}。")
  static let unknownOwner = Message("ci.import.unknown_owner", "No person of the customer has this e-mail address.", zh: "客户方没有使用此电子邮件的人员。")
  static let unknownUnit = Message("ci.import.unknown_unit", "The customer has no site or department of this name.", zh: "该客户没有此名称的站点或部门。")
  static let ambiguousUnit = Message("ci.import.ambiguous_unit", "Several sites or departments of the customer have this name.", zh: "该客户有多个同名的站点或部门。")
  static let costHidden = Message("ci.import.cost", "Costs are for those who may set them (ci_cost.set).", zh: "仅有权设置成本者（ci_cost.set）可导入成本。")
  static let tooLong = Message("ci.import.too_long", "This has more than {most} characters, or is no plain line.", zh: "超过 {most} 个字符，或不是单行纯文本。")
  static let unknownCi = Message(
    "ci.import.unknown_ci", "The customer has no CI with this {match}: {text}. What is disposed of is not meant.", zh: "该客户没有 {match} 为 {text} 的配置项（已处置的不计）。")
  static let unknownKind = Message(
    "ci.import.unknown_kind", "There is no kind of relation {kind}. Those there are: {allowed}.", zh: "没有关系类型 {kind}。可用类型：{allowed}。")
  static let circleOfLines = Message(
    "ci.import.circle", "{name} would become a part of itself, by what is recorded or by other lines of the file.", zh: "将形成循环：按已登记的关系或文件中的其他行，{name} 会属于其自身。")
  static let unknownLine = Message(
    "ci.import.unknown_line", "The customer has no contract line with this id or name: {text}.", zh: "该客户没有编号或名称为 {text} 的合同行。")
  static let ambiguousLine = Message(
    "ci.import.ambiguous_line", "{count} contract lines of the customer are called {text}: name the one that is meant by its id.",
    zh: "该客户有 {count} 个合同行名为 {text}，请填写所指合同行的编号。")
  static let contradicted = Message(
    "ci.import.contradicted", "Line {line} of the file says otherwise of the same CI and the same day.", zh: "文件第 {line} 行对同一配置项、同一日期另有说法。")

  package static let all =
    [
      badCode, codeTaken, badKey, keyTwice, choicesOfChoice, choiceTwice, patternOfText, notBounded, badLimits, typeRetired, typeActive,
      noSuchRevision, unknownType, unknownTier,
      unknownService, unknownAttribute, tooManyAttributes, leftover, blank, otherForm, badTransition, nothingToChange, costAndCurrency, unknownCurrency,
      badAmount, sumTooLarge, toItself,
      relatedAlready, notRelated, circle, onlyShared, affectsAlready, affectsNot, needsKey, ambiguous, onlyRetired, repeated, needed, typeStays,
      unknownState, unknownOwner, unknownUnit, ambiguousUnit, costHidden, tooLong, unknownCi, unknownKind, circleOfLines, unknownLine, ambiguousLine,
      contradicted,
    ] + RelationKind.messages
}
