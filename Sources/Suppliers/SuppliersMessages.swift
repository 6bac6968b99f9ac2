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
    "underpinning_contract.bad_transition", "A contract that is {state} cannot do this: {event}.", zh: "状态为 {state} 的合同不能执行此操作：{event}。")
  package static let notLater = Message(
    "underpinning_contract.not_later", "A new version must begin after the newest one, which begins at {newest}.", zh: "新版本必须晚于当前最新版本（{newest}）生效。")
  package static let nothingToChange = Message("supplier.nothing_to_change", "Say what is to change.", zh: "请指明要更改的内容。")
  package static let oneBudget = Message(
    "underpinning_target.one_budget", "A target of time has either budgetSeconds or businessDays.", zh: "时限类目标须在 budgetSeconds 与 businessDays 中二者选一。")
  package static let needsObjective = Message(
    "underpinning_target.needs_objective", "A target of availability has an objective, and neither a budget nor a priority.",
    zh: "可用性目标须有 objective，且没有时限和优先级。")
  package static let onlyMeasured = Message(
    "underpinning_target.only_measured", "Only a target of availability has this.", zh: "仅可用性目标可填写此项。")
  package static let duplicateTarget = Message(
    "underpinning_target.duplicate", "There is already a target for this metric, priority and service.", zh: "该指标、优先级和服务已有目标。")
  package static let duplicateCost = Message("underpinning_cost.duplicate", "There is already a cost line of this name.", zh: "已有同名的费用项。")
  package static let linkOrder = Message("supplier_link.order", "A link cannot end before it begins, at {start}.", zh: "关联的结束时间不能早于其开始时间（{start}）。")
  package static let linkContract = Message(
    "supplier_link.other_supplier", "This contract is not with the supplier of the service.", zh: "该合同不是与此服务的供应商签订的。")
  package static let outageOrder = Message("outage.order", "An outage must end after it begins.", zh: "中断的结束时间必须晚于开始时间。")
  package static let duplicateOutage = Message(
    "outage.duplicate", "The same service and key stand here twice.", zh: "同一服务与键值在此重复出现。")
  package static let badPeriod = Message(
    "availability.bad_period", "A period is written 2026-03, 2026-Q1 or 2026.", zh: "期间的写法为 2026-03、2026-Q1 或 2026。")
  package static let periodAhead = Message("availability.period_ahead", "This period has not begun yet.", zh: "该期间尚未开始。")

  package static let all = [
    codeTaken, badCode, unknownZone, supplierOver, alreadyEnded, serviceTaken, serviceOfOther, unknownService, expiryOrder, referenceTaken, unknownCurrency,
    termOrder, badAmount, badTransition, notLater, nothingToChange, oneBudget, needsObjective, onlyMeasured, duplicateTarget, duplicateCost, linkOrder,
    linkContract, outageOrder, duplicateOutage, badPeriod, periodAhead,
  ]
}
