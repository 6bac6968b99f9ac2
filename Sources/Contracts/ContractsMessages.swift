import Kernel

package enum ContractsMessages: MessageCatalog {
  package static let definitionOrStock = Message(
    "calendar.definition_or_stock", "Give either a definition, or a stock shape and its zone.", zh: "请提供日历定义，或提供标准服务时段及其时区，二者选一。")
  package static let neverOpen = Message(
    "calendar.never_open", "This calendar is never open: no clock on it would ever run out.", zh: "该日历没有任何开放时间，时钟永远不会到期。")
  package static let notLater = Message(
    "version.not_later", "A new version must begin after the newest one, which begins at {newest}.", zh: "新版本必须晚于当前最新版本（{newest}）生效。")
  package static let notLaterThanPlanned = Message(
    "version.not_later_than_planned",
    "A version is planned from {newest} on, and another one must begin after it: give a later validFrom, or withdraw the planned one first ({operation}).",
    zh: "已有自 {newest} 起的计划版本，新版本必须晚于它生效：请填写更晚的 validFrom，或先撤回该计划版本（{operation}）。")
  package static let oneBudget = Message(
    "sla.one_budget", "A target has either budgetSeconds or businessDays.", zh: "每个目标须在 budgetSeconds 与 businessDays 中二者选一。")
  package static let responsePauses = Message(
    "sla.response_pauses", "The response clock never pauses.", zh: "响应时钟从不暂停。")
  package static let duplicateTarget = Message(
    "sla.duplicate_target", "There is already a target for {metric} of this ticket type, priority, service and CI tier.",
    zh: "该工单类型、优先级、服务与配置项等级的 {metric} 已有目标。")
  package static let badMetric = Message(
    "sla.bad_metric",
    "This must be response, resolution or update, or the code of a measure such as availability: a-z, 0-9 and _, beginning with a letter.",
    zh: "必须是 response、resolution 或 update，或测量指标代码（如 availability）：以字母开头，由 a-z、0-9 和 _ 组成。")
  package static let onlyClocks = Message(
    "sla.only_clocks", "Only targets of response, resolution and update have this.", zh: "仅响应、解决和进展通报目标可填写此项。")
  package static let typeWithoutClock = Message(
    "sla.type_without_clock",
    "Nothing measures what a customer is promised of {type} tickets, so an SLA cannot promise it: incident and request are allowed, or no ticket type.",
    zh: "对 {type} 工单的承诺无法计时，因此不得写入 SLA：可填写 incident 或 request，或不填工单类型。")
  package static let onlyAvailability = Message("sla.only_availability", "Only targets of availability have this.", zh: "仅可用性目标可填写此项。")
  package static let updateHasNoObjective = Message(
    "sla.update_has_no_objective", "Updates are judged ticket by ticket, and have no objective: leave it out.",
    zh: "进展通报按工单逐一判定，不设达标率：请勿填写。")
  package static let availabilityOfLine = Message(
    "sla.availability_of_line", "Availability is that of the whole contract line: put the service on a line of its own.",
    zh: "可用性针对整个合同行：请为该服务单独设立合同行。")
  package static let noneHasNothing = Message(
    "sla.none_has_nothing", "A target that explicitly promises nothing has none of this.", zh: "明确不作承诺的目标不得填写此项。")
  package static let calendarNeeded = Message("sla.calendar_needed", "A target that is timed needs a calendar.", zh: "计时目标必须指定日历。")
  package static let measuredNeedsObjective = Message("sla.measured_needs_objective", "A measured target needs an objective.", zh: "测量目标必须填写达标率。")
  package static let periodNeedsObjective = Message(
    "sla.period_needs_objective", "A period is for an objective to be judged by.", zh: "考核周期须与达标率一同填写。")
  package static let warnOrder = Message("sla.warn_order", "The shares must ascend.", zh: "预警百分比必须递增。")
  package static let badTierCode = Message(
    "ci_tier.bad_code", "A code is made of a-z, 0-9, _ and -, and begins with a letter or digit.", zh: "代码由 a-z、0-9、_ 和 - 组成，以字母或数字开头。")
  package static let calendarNotPublished = Message(
    "sla.calendar_not_published", "Customers may not read this calendar; an SLA needs one that they may.", zh: "客户无权查看该日历；SLA 须使用客户可见的日历。")
  package static let calendarOfOther = Message(
    "sla.calendar_of_other", "This calendar is for one customer only, and the SLA is not for that one.", zh: "该日历仅供某一客户使用，而此 SLA 并非面向该客户。")
  package static let budgetNeverEnds = Message(
    "sla.budget_never_ends", "On this calendar so much time never passes.", zh: "在该日历上永远无法累计到这么长的时间。")
  package static let unknownZone = Message(
    "contract.unknown_zone", "“{zone}” is not a time zone of the IANA database, such as Europe/Berlin or UTC.",
    zh: "“{zone}”不是 IANA 数据库中的时区，例如 Europe/Berlin 或 UTC。")
  package static let unknownCurrency = Message("contract.unknown_currency", "There is no currency {code} in ISO 4217.", zh: "ISO 4217 中没有货币 {code}。")
  package static let termOrder = Message("contract.term_order", "The term must end after it begins.", zh: "合同期限的结束时间必须晚于开始时间。")
  package static let badFee = Message(
    "contract.bad_fee", "This must be an amount of {currency}, zero or more, with at most {decimals} decimals.",
    zh: "必须是不小于零的 {currency} 金额，最多 {decimals} 位小数。")
  package static let badTransition = Message(
    "contract.bad_transition", "A contract that is {state} cannot do this: {event}. Possible: {allowed}.", zh: "状态为 {state} 的合同不能执行此操作：{event}。可执行：{allowed}。")
  package static let fixedAfterDraft = Message(
    "contract.fixed_after_draft", "Currency and zone are fixed once the contract has left the draft.", zh: "合同离开草稿状态后，货币和时区不可更改。")
  package static let contractOver = Message("contract.over", "The contract has ended.", zh: "合同已终止。")
  package static let lineOver = Message("contract_line.over", "The line has ended.", zh: "合同行已终止。")
  package static let lineNotDraft = Message("contract_line.not_draft", "Only a line that is a draft is activated.", zh: "只有草稿状态的合同行可以生效。")
  package static let draftLineBegins = Message(
    "contract_line.draft_begins", "A line that is a draft holds from no instant: say from when it does when it is activated (contract_line.activate).",
    zh: "草稿合同行不生效；请在 contract_line.activate 时指明生效时间。")
  package static let nothingToChange = Message("contract.nothing_to_change", "Say what is to change.", zh: "请指明要更改的内容。")
  package static let calendarNameTaken = Message("calendar.name_taken", "There is already a calendar of this name.", zh: "已有同名日历。")
  package static let olaForAll = Message("sla.ola_for_all", "Teams work for every customer: an OLA is for none alone.", zh: "团队服务于所有客户，OLA 不能仅供某一客户使用。")
  package static let olaStops = Message("sla.ola_stops", "A team's turn is over with the resolution.", zh: "团队的处理段在解决时即告结束。")
  package static let slaNameTaken = Message("sla.name_taken", "There is already an SLA of this name.", zh: "已有同名 SLA。")
  package static let slaRetired = Message(
    "sla.retired", "“{name}” is retired: nothing new may name it. Choose another, or restore it (sla.restore).",
    zh: "“{name}”已停用，不可再被引用。请另选，或先恢复（sla.restore）。")
  package static let slaInUse = Message(
    "sla.in_use",
    "{count} lines of contracts that have not ended name it: {lines}. End the lines or their contracts, or give the lines another SLA, first.",
    zh: "未终止的合同中仍有 {count} 条合同行使用：{lines}。请先终止这些合同行或其合同，或更换其 SLA。")
  package static let slaInTemplates = Message(
    "sla.in_templates",
    "Contracts are made from templates that name it: {templates}. Give their lines another SLA, or retire them (contract_template.revise), first.",
    zh: "仍有合同模板引用：{templates}。请先更换其合同行的 SLA 或停用这些模板（contract_template.revise）。")
  package static let slaIsRetired = Message("sla.already_retired", "It is retired already.", zh: "已停用。")
  package static let slaIsActive = Message("sla.already_active", "It is not retired.", zh: "并未停用。")
  package static let neededWithoutTemplate = Message(
    "contract.needed_without_template", "A contract that is not made from a template needs this.", zh: "不使用模板新建合同时必须填写此项。")
  package static let quantityAndUnit = Message(
    "contract_line.quantity_and_unit", "A quantity needs what is counted, and the other way round.", zh: "数量与计数单位须同时填写。")
  package static let serviceOrOffering = Message(
    "contract_line.service_or_offering", "A line sells a service or an offering, not both.", zh: "合同行只能销售服务与服务项之一。")
  package static let notSellable = Message(
    "contract_line.not_sellable", "{code} cannot be sold: it is not in the catalogue, or not any more.", zh: "{code} 不可销售：尚未列入目录或已退役。")
  package static let alreadyHolds = Message(
    "version.already_holds", "The newest version holds since {since}; only one that does not hold yet can be withdrawn.",
    zh: "最新版本已于 {since} 生效；只能撤回尚未生效的版本。")
  package static let contactOver = Message("contract_contact.over", "This contact has ended.", zh: "该联系人已终止。")
  package static let compareOrder = Message("contract.compare_order", "The later instant lies before the earlier one.", zh: "较晚的时刻早于较早的时刻。")
  package static let badRenewal = Message(
    "renewal.bad_transition", "A renewal that is {state} cannot do this: {event}.", zh: "状态为 {state} 的续约项不能执行此操作：{event}。")
  package static let snoozeRange = Message("renewal.snooze_range", "This must lie between now and {end}.", zh: "必须在当前时刻与 {end} 之间。")
  package static let renewedEnd = Message("renewal.renewed_end", "The new term must end after {end}.", zh: "新期限必须晚于 {end} 结束。")
  package static let renewalOver = Message(
    "renewal.over", "The contract was changed: this is not its present cycle any more.", zh: "合同已变更：该续约项已不是其当前周期。")
  package static let laterVersion = Message(
    "renewal.later_version",
    "A later version of the contract begins at {from}, and this would only hold after it: withdraw that version (contract.withdraw), or change the end of the term (contract.change).",
    zh: "合同有更晚的版本自 {from} 起生效，此操作只能在其后生效：请先撤回该版本（contract.withdraw），或变更合同期限（contract.change）。")
  package static let feesOfOtherCurrency = Message(
    "contract_template.other_currency", "The template's lines have fees in {currency}: give lines of your own with another currency.",
    zh: "模板中的合同行以 {currency} 计费：使用其他货币时请自行填写合同行。")
  package static let templateNameTaken = Message("contract_template.name_taken", "There is already a template of this name.", zh: "已有同名模板。")

  package static let periodOrder = Message("renewal.period_order", "A period ends after it begins.", zh: "期间的结束须晚于开始。")
  package static let slaOrTargets = Message(
    "sla.or_targets", "Give a stored SLA (sla) or the targets of a draft (targets), one of them.", zh: "请填写已有的 SLA（sla）或草稿的目标（targets），二者选一。")

  package static let all = [
    periodOrder,
    slaOrTargets, neededWithoutTemplate, serviceOrOffering, notSellable,
    quantityAndUnit, alreadyHolds, contactOver, compareOrder, badRenewal,
    snoozeRange, renewedEnd, renewalOver, laterVersion, feesOfOtherCurrency, templateNameTaken,
    definitionOrStock, neverOpen, notLater, notLaterThanPlanned, oneBudget, responsePauses, duplicateTarget, badMetric, onlyClocks, typeWithoutClock,
    onlyAvailability,
    availabilityOfLine,
    updateHasNoObjective,
    noneHasNothing, calendarNeeded,
    measuredNeedsObjective, periodNeedsObjective, warnOrder, badTierCode, calendarNotPublished, calendarOfOther, budgetNeverEnds,
    unknownZone, unknownCurrency, termOrder, badFee, badTransition, fixedAfterDraft, contractOver, lineOver, lineNotDraft, draftLineBegins, nothingToChange,
    calendarNameTaken,
    slaNameTaken, olaForAll, olaStops, slaRetired, slaInUse, slaInTemplates, slaIsRetired, slaIsActive,
  ]
}
