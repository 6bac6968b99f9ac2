import Kernel
import Operations

/// The texts of contract files; it has no operations of its own.
package enum ContractFilesModule: OperationModule {
  package static let operations: [any Operation.Type] = []
  package static let messages = ContractFileMessages.all
  package static let constraints: [String: Message] = [:]
}

package enum ContractFileMessages: MessageCatalog {
  static let tooLarge = Message("contract_file.too_large", "The file is larger than any contract.", zh: "文件过大，不可能是合同文件。")
  static let empty = Message("contract_file.empty", "The file is empty.", zh: "文件为空。")
  static let notYAML = Message("contract_file.not_yaml", "The file is not YAML: {reason}", zh: "文件不是有效的 YAML：{reason}")
  static let stockOrWeek = Message(
    "contract_file.stock_or_week", "A calendar has either stock (24x7, 5x8, 5x12) or week.", zh: "日历须在 stock（24x7、5x8、5x12）与 week 中二者选一。")
  static let badDuration = Message(
    "contract_file.duration", "This must be a time such as 15 min, 4 h, 1 h 30 min, or 2 business days.",
    zh: "必须是时限，例如 15 min、4 h、1 h 30 min 或 2 business days。")
  static let badNotice = Message("contract_file.notice", "This must be a notice such as 60 days or 3 months.", zh: "必须是通知期，例如 60 days 或 3 months。")
  static let quantityAndUnit = Message(
    "contract_file.quantity", "A quantity needs quantityUnit, and the other way round.", zh: "quantity 与 quantityUnit 须同时填写。")
  static let serviceOrOffering = Message(
    "contract_file.service_or_offering", "A line sells a service or an offering, not both.", zh: "合同行只能销售服务与服务项之一。")
  static let notInCatalogue = Message("contract_file.not_in_catalogue", "The catalogue has nothing with this code.", zh: "目录中没有此代码的条目。")
  static let unknownName = Message(
    "contract_file.unknown_name", "Neither the file nor Steward has this. There are: {allowed}.", zh: "文件和系统中均无此名称。可用：{allowed}。")
  static let noSuchParty = Message(
    "contract_file.no_such_party",
    "Nobody of this name keeps the line's promises: name a team or a supplier's service of the line, as the proof does. There are: {allowed}.",
    zh: "没有此名称的一方参与兑现该合同行的承诺：请按证明中的名称填写该合同行的团队或供应商服务。可用：{allowed}。")
  static let notPromised = Message(
    "contract_file.not_promised", "The line promises nothing of this kind. There are: {allowed}.", zh: "该合同行没有此类承诺。可用：{allowed}。")
  static let none = Message("contract_file.none", "none", zh: "无")
  static let namedTwice = Message("contract_file.named_twice", "This name stands in the list twice.", zh: "此名称在列表中重复。")
  static let badMetric = Message(
    "contract_file.metric", "This must be response, resolution or update, or the code of a measure such as availability.",
    zh: "必须是 response、resolution 或 update，或测量指标代码（如 availability）。")
  static let clockNeeds = Message("contract_file.clock_needs", "A target that is timed needs within and calendar.", zh: "计时目标须填写 within 与 calendar。")
  static let measureNeeds = Message("contract_file.measure_needs", "A measured target has an objective, and no within.", zh: "测量目标须填写 objective，不填 within。")
  static let targetTwice = Message("contract_file.target_twice", "There is already a target for {target}.", zh: "{target} 已有目标。")
  static let responsePauses = Message("contract_file.response_pauses", "The response clock never pauses.", zh: "响应时钟从不暂停。")
  static let badAmount = Message(
    "contract_file.amount", "This must be an amount of {currency}, zero or more, with at most {decimals} decimals.",
    zh: "必须是不小于零的 {currency} 金额，最多 {decimals} 位小数。")
  static let badCurrency = Message("contract_file.currency", "There is no such currency in ISO 4217.", zh: "ISO 4217 中没有此货币。")
  static let badZone = Message(
    "contract_file.zone", "This is no time zone of the IANA database, such as Europe/Berlin.", zh: "不是 IANA 数据库中的时区，例如 Europe/Berlin。")
  static let termOrder = Message("contract_file.term_order", "The term must end after it begins, on {starts}.", zh: "期限必须晚于开始日 {starts} 结束。")
  static let fixed = Message("contract_file.fixed", "It is {recorded}, and cannot be changed.", zh: "已登记为 {recorded}，不可更改。")
  static let contractEnded = Message(
    "contract_file.ended", "The contract of this name has ended; a new one needs another name.", zh: "同名合同已终止；新合同须使用其他名称。")
  static let noticeNeeded = Message("contract_file.notice_needed", "A contract that is to be renewed needs a notice.", zh: "需续约的合同须填写 notice。")
  static let autoNeeds = Message("contract_file.auto_needs", "Automatic renewal needs ends and renewalMonths.", zh: "自动续约须填写 ends 与 renewalMonths。")
  static let severalPersons = Message(
    "contract_file.several_persons", "Several people have this name: write the e-mail address.", zh: "多人同名：请填写电子邮件地址。")
  static let severalContracts = Message(
    "contract_file.several_contracts", "The customer has several contracts of this name: give each a name of its own first.",
    zh: "该客户有多份同名合同：请先分别命名。")
  static let renewedUntil = Message(
    "contract_file.renewed", "The contract was renewed until {end}; put it into the file: ends: {end}", zh: "合同已续约至 {end}；请写入文件：ends: {end}")
  static let declined = Message(
    "contract_file.declined", "The renewal was declined, and the contract ends on {end}; put it into the file: ends: {end}",
    zh: "合同已决定不续约，将于 {end} 结束；请写入文件：ends: {end}")
  static let goesOn = Message(
    "contract_file.goes_on", "The contract was renewed and goes on without an end; take ends out of the file.", zh: "合同已续约且无固定期限；请从文件中删除 ends。")
  static let changedSince = Message(
    "contract_file.changed_since", "This was changed since the plan was shown. Run it again to see what is to be done now.",
    zh: "此内容在计划显示后已被更改。请重新运行以查看当前计划。")

  static let somebodyElse = Message(
    "contract_file.somebody_else", "Somebody else has done this meanwhile, applying the same file perhaps. Run it again to see what is left.",
    zh: "他人此时已完成此步骤（可能正在执行同一文件）。请重新运行以查看剩余内容。")
  static let openingsOverlap = Message("contract_file.openings_overlap", "This opening overlaps another one of the day.", zh: "此时段与当日另一时段重叠。")
  static let unknownKey = Message(
    "contract_file.unknown_key", "There is no such key; did you mean {meant}? Allowed: {allowed}.", zh: "没有此键，是否指 {meant}？可用：{allowed}。")
  static let noCustomer = Message("contract_file.no_customer", "There is no customer with the code {code}.", zh: "没有代码为 {code} 的客户。")
  static let noSuchHolidaySet = Message("contract_file.no_holiday_set", "There is no holiday set named {name}.", zh: "没有名为 {name} 的节假日集。")
  static let noSuchSla = Message(
    "contract_file.no_such_sla", "The file has no SLA named {name}. There are: {names}.", zh: "文件中没有名为 {name} 的 SLA。现有：{names}。")
  static let noSla = Message("contract_file.no_sla", "The file has no SLA.", zh: "文件中没有 SLA。")

  static let create = Message("contract_plan.create", "create", zh: "新建")
  static let change = Message("contract_plan.change", "change", zh: "变更")
  static let end = Message("contract_plan.end", "end", zh: "终止")
  static let same = Message("contract_plan.same", "same", zh: "不变")
  static let customer = Message("contract_plan.customer", "customer {name}", zh: "客户 {name}")
  static let unit = Message("contract_plan.unit", "unit {name}", zh: "单位 {name}")
  static let person = Message("contract_plan.person", "person {name}", zh: "人员 {name}")
  static let calendar = Message("contract_plan.calendar", "calendar {name}", zh: "日历 {name}")
  static let sla = Message("contract_plan.sla", "SLA {name}", zh: "服务级别 {name}")
  static let contract = Message("contract_plan.contract", "contract {name}", zh: "合同 {name}")
  static let line = Message("contract_plan.line", "line {name}", zh: "合同行 {name}")
  static let team = Message("contract_plan.team", "team {name}", zh: "团队 {name}")
  static let teamOla = Message("contract_plan.team_ola", "OLA of team {name}", zh: "团队遵循的 OLA {name}")
  static let lineTeams = Message("contract_plan.line_teams", "teams of line {name}", zh: "合同行的团队 {name}")
  static let lineSupplier = Message("contract_plan.line_supplier", "supplier of line {name}", zh: "合同行的供应商 {name}")
  static let contact = Message("contract_plan.contact", "contact {name}", zh: "联系人 {name}")
  static let from = Message("contract_plan.from", "from {date}", zh: "自{date}起")
  static let zone = Message("contract_plan.zone", "time zone", zh: "时区")
  static let language = Message("contract_plan.language", "language", zh: "语言")
  static let hours = Message("contract_plan.hours", "coverage hours or holidays", zh: "服务时间或节假日")
  static let holidaySets = Message("contract_plan.holiday_sets", "holiday sets", zh: "节假日集")
  static let reachesBack = Message(
    "contract_plan.reaches_back", "Beware: this reaches back before today. It holds for days that are over, and so do fees.",
    zh: "注意：此变更追溯至今日之前，对已过去的日期（含费用）同样有效。")
  static let noClocks = Message(
    "contract_plan.no_clocks",
    "Beware: clocks run for incidents and requests only. A promise for {targets} is recorded, resolved and proven, and nothing measures whether it is kept.",
    zh: "注意：仅为事件（incident）和请求（request）计时。对{targets}的承诺会被记录、匹配并验证，但不计时，也不判定是否达成。")
  static let startsBack = Message(
    "contract_plan.starts_back", "Beware: the term begins before today. Its lines and their fees count from there.",
    zh: "注意：合同期限始于今日之前，合同行及其费用自该日起计。")
  static let plannedFrom = Message(
    "contract_plan.planned_from",
    "It holds so only from {date}. To let it hold earlier, take the planned version back ({operation}) and apply the file again.",
    zh: "此内容自{date}起才生效。如需提前生效，请先撤回该计划版本（{operation}），再执行文件。")
  static let waits = Message("contract_plan.waits", "how waits bear on the clocks", zh: "等待对时钟的影响")
  static let noSuchContract = Message(
    "contract_file.no_such_contract", "The customer {customer} has no contract {name} that is not ended. There are: {names}.",
    zh: "客户 {customer} 没有名称或编号为 {name} 的未终止合同。现有：{names}。")
  static let noContract = Message(
    "contract_file.no_contract", "The customer {customer} has no contract that is not ended.", zh: "客户 {customer} 没有未终止的合同。")
  static let notOneContract = Message(
    "contract_file.not_one_contract",
    "The customer {customer} has {count} contracts that are not ended: {names}. Say which, by --contract and its name or number.",
    zh: "客户 {customer} 有 {count} 份未终止的合同：{names}。请用 --contract 加名称或编号指明。")
  static let suspended = Message(
    "contract_file.suspended", "The contract {name} is suspended, which a file cannot say: resume it first (contract.change).",
    zh: "合同 {name} 已暂停，文件无法表示此状态：请先恢复（contract.change）。")
  static let isSuspended = Message(
    "contract_plan.is_suspended", "It is suspended: nothing is taken under it until it is resumed (contract.change).",
    zh: "合同已暂停：恢复（contract.change）之前不受理任何内容。")
  static let isSuspendedUntil = Message(
    "contract_plan.is_suspended_until", "It is suspended until {date}: nothing is taken under it until then.", zh: "合同暂停至{date}：在此之前不受理任何内容。")
  static let willBeSuspended = Message("contract_plan.will_be_suspended", "It is to be suspended from {date}.", zh: "合同将自{date}起暂停。")
  static let hasLeft = Message(
    "contract_plan.has_left", "{name} has left (since {date}): name somebody else, or end the contact.", zh: "{name} 已离开（自{date}起）：请指定他人，或终止此联系人。")
  static let prolongsDeclined = Message(
    "contract_plan.prolongs_declined",
    """
    Beware: the renewal was declined, and the contract was to end on {end}. This lets it go on; renewal.decide with reopen takes the decision back \
    first.
    """,
    zh: "注意：此合同已决定不续约，原定于{end}结束。此变更仍将延长合同；如需撤回该决定，请使用 renewal.decide（reopen）。")
  static let ola = Message("contract_plan.ola", "OLA {name}", zh: "运营级别（OLA）{name}")
  static let howToGoOn = Message(
    "contract_file.how_to_go_on",
    """
    The proof of this contract is required, and there are {count} gaps that nobody accepted. Let teams or suppliers close them, promise less, or \
    accept them under acceptedRisks of the line, with the reason and who takes them upon himself (by). With state: draft a new contract is made \
    all the same, and promises nothing yet.
    """,
    zh: """
      此合同须经证明，且有 {count} 处缺口未被接受。请由团队或供应商消除缺口，降低承诺，或在该合同行的 acceptedRisks 中接受，并填写理由与承担者（by）。\
      新合同填写 state: draft 则先建立草稿，不作任何承诺。
      """)
  static let targetCalendar = Message("contract_plan.target_calendar", "calendar {value}", zh: "日历{value}")
  static let targetObjective = Message("contract_plan.target_objective", "objective {value}", zh: "达标率{value}")
  static let targetPeriod = Message("contract_plan.target_period", "each {value}", zh: "每{value}")
  static let targetCountsFrom = Message("contract_plan.target_counts_from", "outages count from {value} on", zh: "自{value}起计入中断")
  static let targetWarnings = Message("contract_plan.target_warnings", "warnings at {value}", zh: "消耗{value}时预警")
  static let targetPauses = Message("contract_plan.target_pauses", "pauses: {value}", zh: "挂起暂停计时：{value}")
  static let metricsNeedTeams = Message(
    "contract_file.metrics_need_teams", "supplierMetrics says what the suppliers do besides the teams: write teams as well.",
    zh: "supplierMetrics 说明团队之外供应商的参与：请同时填写 teams。")
  static let suppliersNeeded = Message("contract_plan.suppliers_needed", "suppliers needed for: {metrics}", zh: "需要供应商参与的指标：{metrics}")
  static let notNeeded = Message("contract_plan.not_needed", "no longer needed: nothing has to take its place", zh: "不再需要，无需替代")
  static let badPromise = Message(
    "contract_file.promise",
    "This must be a metric, with or without a priority and tickets, such as resolution P1, resolution P1 type:request service:ERP tier:gold, or availability.",
    zh: "必须是指标，可带优先级与工单范围，例如 resolution P1、resolution P1 type:request service:ERP tier:gold 或 availability。")
  static let acceptedRisk = Message("contract_plan.accepted_risk", "accepted risk of line {name}", zh: "合同行的已接受风险 {name}")
  static let because = Message("contract_plan.because", "accepted by who applies the file: {reason}", zh: "由执行文件者接受：{reason}")
  static let acceptedBy = Message("contract_plan.accepted_by", "accepted by {name}: {reason}", zh: "由 {name} 接受：{reason}")
  static let whatIsFound = Message(
    "contract_plan.what_is_found", "whatever gap of this kind the proof of the changed line finds", zh: "变更后的合同行经证明发现的所有此类缺口")
  static let noLongerAccepted = Message(
    "contract_plan.no_longer_accepted", "The contract's file does not accept it any more, or accepts it on other terms.", zh: "合同文件不再接受此风险，或接受的条件已变。")
  static let acceptedUntil = Message("contract_plan.accepted_until", "no longer accepted from {date}", zh: "自{date}起不再接受")
  static let backed = Message(
    "contract_file.backed", "“{line}”: teams and suppliers back every promise, or the gap is accepted.", zh: "“{line}”：每项承诺均有团队或供应商支撑，或缺口已被接受。")
  static let promisesNothing = Message("contract_file.promises_nothing", "“{line}”: nothing is promised.", zh: "“{line}”：没有承诺。")
  static let nobodyLinked = Message(
    "contract_file.nobody_linked", "“{line}”: nobody is named yet who keeps its promises: write teams and suppliers into the file.",
    zh: "“{line}”：尚未指明由谁兑现承诺，请在文件中填写 teams 与 suppliers。")
  static let openGaps = Message(
    "contract_file.open_gaps", "“{line}”: {count} gaps in what backs its promises:", zh: "“{line}”：支撑存在 {count} 处缺口：")
  static let moreGaps = Message("contract_file.more_gaps", "and {count} more", zh: "另有 {count} 处")
  static let activate = Message("contract_plan.activate", "activate", zh: "生效")
  static let shared = Message(
    "contract_plan.shared", "This holds for every contract that names it.", zh: "此变更对所有引用它的合同生效。")
  static let noSuchCalendar = Message(
    "contract_file.no_such_calendar", "Neither the file nor Steward has a calendar named {name}.", zh: "文件和系统中都没有名为 {name} 的日历。")
  static let whichSla = Message(
    "contract_file.which_sla", "Say which SLA of the file is meant, by --sla. There are: {names}.", zh: "请用 --sla 指明文件中的哪个 SLA。现有：{names}。")
  package static let nothing = Message("contract_plan.nothing", "Nothing to do.", zh: "无需变更。")
  package static let summary = Message(
    "contract_plan.summary", "{create} to create, {change} to change, {end} to end.", zh: "新建 {create} 项，变更 {change} 项，终止 {end} 项。")
  package static let ask = Message("contract_plan.ask", "Apply this plan? [y/N]", zh: "执行此计划？[y/N]")
  package static let notConfirmed = Message(
    "contract_plan.not_confirmed", "Nothing was changed. Answer y at a terminal, or give --yes.", zh: "未作任何变更。请在终端回答 y，或使用 --yes。")
  package static let done = Message("contract_plan.done", "Done.", zh: "已完成。")
  package static let failed = Message(
    "contract_plan.failed", "Stopped at: {what}. What stands before it is done; apply the file again after mending it.", zh: "停止于：{what}。此前的步骤已完成；修正后请再次执行。")

  package static let all = [
    somebodyElse, openingsOverlap, unknownKey, noCustomer, noSuchHolidaySet, noSuchSla, holidaySets, reachesBack, startsBack, noClocks, plannedFrom,
    noSuchCalendar, whichSla, serviceOrOffering, notInCatalogue,
    tooLarge, empty, notYAML, stockOrWeek, badDuration, badNotice, quantityAndUnit, unknownName, namedTwice, targetTwice, badMetric, clockNeeds,
    measureNeeds, responsePauses, badAmount,
    badCurrency, badZone, termOrder, fixed, contractEnded, noticeNeeded, autoNeeds, severalPersons, severalContracts, renewedUntil, declined, goesOn,
    changedSince, create, change, end, same, customer, unit, person, calendar, sla,
    contract, line, team, teamOla, lineTeams, lineSupplier, contact, from, zone, language, hours, activate, shared, nothing, summary, ask,
    notConfirmed, done, failed, waits, notOneContract, suspended, metricsNeedTeams, suppliersNeeded, notNeeded,
    badPromise, backed, promisesNothing, nobodyLinked, openGaps, moreGaps, acceptedRisk, because, acceptedBy, whatIsFound, noLongerAccepted,
    noSuchParty, notPromised, none, acceptedUntil, noSuchContract, noContract, isSuspended, isSuspendedUntil, willBeSuspended, hasLeft, prolongsDeclined,
    ola, howToGoOn, noSla, targetCalendar, targetObjective, targetPeriod, targetCountsFrom, targetWarnings, targetPauses,
  ]

  /// What there is, as a sentence lists it.
  static func list(_ names: [String], _ language: Language) -> String {
    names.isEmpty ? none.text(language) : names.prefix(20).joined(separator: ", ")
  }
}
