import Kernel

package enum SuppliersMessages: MessageCatalog {
  package static let codeTaken = Message("supplier.code_taken", "There is already a supplier with this code.", zh: "已有使用此代码的供应商。")
  package static let badCode = Message(
    "supplier.bad_code", "A code is 2 to 16 capital letters and digits, a letter first.", zh: "代码由 2 到 16 个大写字母和数字组成，以字母开头。")
  package static let unknownZone = Message(
    "supplier.unknown_zone", "“{zone}” is not a time zone of the IANA database, such as Europe/Berlin or UTC.",
    zh: "“{zone}”不是 IANA 数据库中的时区，例如 Europe/Berlin 或 UTC。")
  package static let supplierOver = Message("supplier.over", "This supplier is no longer one.", zh: "该供应商已终止合作。")
  package static let alreadyEnded = Message("supplier.already_ended", "It has ended already.", zh: "它已经终止。")
  package static let serviceTaken = Message(
    "supplier_service.taken", "The supplier already has a service of this name, region and instance.", zh: "该供应商已有同名、同区域、同实例的服务。")
  package static let serviceOfOther = Message("supplier_service.of_other", "This service is another supplier's.", zh: "该服务属于其他供应商。")
  package static let unknownService = Message(
    "supplier_service.unknown", "The supplier has no service {name}; createServices makes what is missing.", zh: "该供应商没有服务“{name}”；createServices 可新建缺失的服务。")
  package static let expiryOrder = Message(
    "certification.order", "A certification cannot expire before it begins.", zh: "认证的到期日不能早于生效日。")
  package static let referenceTaken = Message(
    "underpinning_contract.reference_taken", "There is already a contract with this reference.", zh: "该供应商已有相同编号的合同。")
  package static let unknownCurrency = Message(
    "underpinning_contract.unknown_currency", "There is no currency {code} in ISO 4217.", zh: "ISO 4217 中没有货币 {code}。")
  package static let termOrder = Message("underpinning_contract.term_order", "The term must end after it begins.", zh: "合同期限的结束时间必须晚于开始时间。")
  package static let badAmount = Message(
    "underpinning_contract.bad_amount", "This must be an amount of {currency}, zero or more, with at most {decimals} decimals.",
    zh: "必须是不小于零的 {currency} 金额，最多 {decimals} 位小数。")
  package static let badTransition = Message(
    "underpinning_contract.bad_transition", "A contract that is {state} cannot do this: {event}. Possible: {allowed}.",
    zh: "状态为 {state} 的合同不能执行此操作：{event}。可执行：{allowed}。")
  package static let notLater = Message(
    "underpinning_contract.not_later", "A new version must begin after the newest one, which begins at {newest}.", zh: "新版本必须晚于当前最新版本（{newest}）生效。")
  package static let nothingToChange = Message("supplier.nothing_to_change", "Say what is to change.", zh: "请指明要更改的内容。")
  package static let oneBudget = Message(
    "underpinning_target.one_budget", "A target of time has either budgetSeconds or businessDays.", zh: "时限类目标须在 budgetSeconds 与 businessDays 中二者选一。")
  package static let needsObjective = Message(
    "underpinning_target.needs_objective", "A target of availability has an objective, and neither a budget nor a priority.",
    zh: "可用性目标须有 objective，且没有时限和优先级。")
  package static let onlyTimed = Message(
    "underpinning_target.only_timed", "Only a target of time has this.", zh: "仅时限类目标可填写此项。")
  package static let warnOrder = Message("underpinning_target.warn_order", "The shares of which a clock warns must ascend.", zh: "计时预警百分比必须递增。")
  package static let onlyMeasured = Message(
    "underpinning_target.only_measured", "Only a target of availability has this.", zh: "仅可用性目标可填写此项。")
  package static let duplicateTarget = Message(
    "underpinning_target.duplicate", "There is already a target for this metric, priority and service.", zh: "该指标、优先级和服务已有目标。")
  package static let duplicateCost = Message("underpinning_cost.duplicate", "There is already a cost line of this name.", zh: "已有同名的费用项。")
  package static let contactOfOther = Message("supplier_contact.of_other", "This contact is another supplier's.", zh: "该联系人属于其他供应商。")
  package static let templateTaken = Message("underpinning_template.name_taken", "There is already a template of this name.", zh: "已有同名模板。")
  package static let neededWithoutTemplate = Message("underpinning_contract.needed", "This is needed without a template.", zh: "未使用模板时必须填写此项。")
  package static let templateCosts = Message(
    "underpinning_template.other_currency", "The template's costs are in {currency}: give costs of your own with another currency.",
    zh: "模板中的费用以 {currency} 计：使用其他货币时请自行填写费用。")
  package static let templateService = Message(
    "underpinning_template.service", "A template is for any supplier: its targets name no service.", zh: "模板适用于任何供应商，其目标不指定服务。")
  package static let linkOrder = Message("supplier_link.order", "A link cannot end before it begins, at {start}.", zh: "关联的结束时间不能早于其开始时间（{start}）。")
  package static let linkedAlready = Message(
    "supplier_link.linked",
    "The line rests on this service in this role and under this contract already ({link}). End that link first (supplier_link.end), or give a validFrom after its end.",
    zh: "该合同行已按此角色和合同依赖此服务（{link}）。请先终止该关联（supplier_link.end），或填写其终止之后的 validFrom。")
  package static let linkContract = Message(
    "supplier_link.other_supplier", "This contract is not with the supplier of the service.", zh: "该合同不是与此服务的供应商签订的。")
  package static let outageOrder = Message("outage.order", "An outage must end after it begins.", zh: "中断的结束时间必须晚于开始时间。")
  package static let duplicateOutage = Message(
    "outage.duplicate", "The same service and key stand here twice.", zh: "同一服务与键值在此重复出现。")
  package static let badPeriod = Message(
    "availability.bad_period", "A period is written 2026-03, 2026-Q1 or 2026.", zh: "期间的写法为 2026-03、2026-Q1 或 2026。")
  package static let periodAhead = Message("availability.period_ahead", "This period has not begun yet.", zh: "该期间尚未开始。")

  package static let badEntryAmount = Message(
    "supplier_entry.bad_amount", "This must be an amount of {currency}, more than zero, with at most {decimals} decimals.",
    zh: "必须是大于零的 {currency} 金额，最多 {decimals} 位小数。")
  package static let alreadyReversed = Message("supplier_entry.reversed", "This entry was taken back, or takes one back itself.", zh: "该记录已被冲销，或其本身即为冲销记录。")
  package static let contractOfOther = Message("underpinning_contract.of_other", "This contract is with another supplier.", zh: "该合同属于其他供应商。")
  package static let duplicateCriterion = Message("appraisal_scheme.duplicate", "There is already a criterion with this code.", zh: "已有使用此简称的考核项。")
  package static let schemeTaken = Message("appraisal_scheme.name_taken", "There is already an appraisal scheme of this name.", zh: "已有同名的考核方案。")
  package static let noWeight = Message("appraisal_scheme.no_weight", "A weight is more than zero.", zh: "权重须大于零。")
  package static let weights = Message("appraisal_scheme.weights", "The weights must add to 100; they add to {sum}.", zh: "权重之和须为 100，现为 {sum}。")
  package static let gaps = Message(
    "appraisal_scheme.gaps", "From the lowest to the highest, each must begin where the one before ends, and one of the two includes the bound.",
    zh: "须由低到高排列，每一区间从前一区间的终点开始，且该界限只属于其中之一。")
  package static let gradeOrder = Message(
    "appraisal_scheme.grade_order", "Each grade stands once, and more points give a better one.", zh: "每个等级只出现一次，且分数越高等级越好。")
  package static let notForMeasure = Message("appraisal_scheme.not_for_measure", "This does not go with the measure {measure}.", zh: "此项不适用于度量 {measure}。")
  package static let assessedScale = Message("appraisal_scheme.assessed_scale", "What is assessed has points already, and no scale.", zh: "由人评定的项目直接给分，不设换算。")
  package static let flatScale = Message("appraisal_scheme.flat_scale", "This must differ from zeroAt.", zh: "须与 zeroAt 不同。")
  package static let oneScale = Message(
    "appraisal_scheme.one_scale", "What is measured has either zeroAt and fullAt, or bands.", zh: "度量项须给出 zeroAt 与 fullAt，或给出 bands，二者选一。")
  package static let oneBound = Message("appraisal_scheme.one_bound", "Give at most one of: {allowed}.", zh: "下列各项中至多提供一项：{allowed}。")
  package static let badPercent = Message(
    "appraisal_scheme.percent", "This must be a percentage from 0 to {most} with at most four decimals.", zh: "必须是 0 到 {most} 的百分数，最多四位小数。")
  package static let inThePast = Message(
    "appraisal_scheme.valid_from_past", "Periods that have begun keep what they began with: this must be {now} or later.",
    zh: "已开始的期间沿用其开始时的规定：此处不得早于 {now}。")
  package static let badAppraisalTransition = Message(
    "appraisal.bad_transition", "An appraisal that is {state} cannot do this: {event}.", zh: "状态为 {state} 的考核不能执行此操作：{event}。")
  package static let alreadyClosed = Message(
    "appraisal.already_closed", "There is a closed appraisal of this supplier, scheme and period, {appraisal}: restate it.",
    zh: "该供应商在此方案和期间已有已结考核 {appraisal}，请重述该考核。")
  package static let draftThere = Message(
    "appraisal.draft_there", "There is already a draft for this supplier, scheme and period.", zh: "该供应商在此方案和期间已有草稿。")
  package static let closedMeanwhile = Message(
    "appraisal.closed_meanwhile", "Somebody else has just closed an appraisal of the same supplier, scheme and period.", zh: "他人刚刚结案了同一供应商、方案和期间的考核。")
  package static let notAssessedCriterion = Message(
    "appraisal.not_assessed", "The scheme has no such criterion that is assessed.", zh: "方案中没有此由人评定的考核项。")
  package static let scoreOrNotApplicable = Message(
    "appraisal.score_or_not_applicable", "Give either a score, or that it is not applicable.", zh: "得分与不适用只能填写一项。")
  package static let assessmentsOpen = Message(
    "appraisal.assessments_open", "Not assessed yet: {criteria}. Assess them, or say that they are not applicable.",
    zh: "尚未评定：{criteria}。请评定，或认定其不适用。")
  package static let sameEntry = Message(
    "supplier_entry.same",
    "{reference} of this supplier is recorded already for the same contract, service and period. Say “again” if it is another position of it.",
    zh: "该供应商的 {reference} 已按相同合同、服务和期间登记。若为其另一项目，请注明 again。")
  package static let periodOpen = Message("appraisal.period_open", "The period is over only at {end}.", zh: "该期间到 {end} 才结束。")
  package static let dueInThePast = Message("appraisal_action.due_past", "This must be {today} or later.", zh: "不得早于 {today}。")
  package static let actionLifted = Message(
    "appraisal_action.lifted", "Restated with grade {grade}: {cause}", zh: "考核已重述，等级为 {grade}：{cause}")
  package static let defaultAction = Message(
    "appraisal_action.default", "Grade {grade} in {period}: agree on improvements with the supplier.", zh: "{period} 考核等级为 {grade}：与供应商商定改进措施。")
  package static let actionOver = Message("appraisal_action.over", "An action that is {state} cannot be changed.", zh: "状态为 {state} 的改进措施不能再变更。")

  package static let all = [
    badEntryAmount, alreadyReversed, contractOfOther, duplicateCriterion, schemeTaken, noWeight, weights, gaps, gradeOrder, notForMeasure, assessedScale,
    flatScale,
    oneScale, oneBound, badPercent, inThePast, badAppraisalTransition, alreadyClosed, draftThere, closedMeanwhile, notAssessedCriterion, scoreOrNotApplicable,
    assessmentsOpen, sameEntry, periodOpen,
    dueInThePast, actionLifted, defaultAction, actionOver,
    codeTaken, badCode, unknownZone, supplierOver, alreadyEnded, serviceTaken, serviceOfOther, unknownService, expiryOrder, referenceTaken, unknownCurrency,
    termOrder, badAmount, badTransition, notLater, nothingToChange, oneBudget, needsObjective, onlyMeasured, onlyTimed, warnOrder, duplicateTarget,
    duplicateCost, contactOfOther,
    templateTaken, neededWithoutTemplate, templateCosts, templateService, linkOrder,
    linkedAlready,
    linkContract, outageOrder, duplicateOutage, badPeriod, periodAhead,
  ]
}
