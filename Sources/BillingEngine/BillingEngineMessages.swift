import Kernel

/// What can be wrong with a credit schedule or a computation. The texts are shown beside the field that a violation names.
package enum BillingEngineMessages: MessageCatalog {
  package static let overflow = Message("credit.overflow", "An amount is too large to be computed exactly.", zh: "金额过大，无法精确计算。")
  package static let noFee = Message(
    "credit.no_fee", "The schedule pays a part of the line's fee, and the line has no fee in this period.", zh: "补偿按合同行费用的一部分计算，但该合同行在此期间没有费用。")
  package static let currenciesDiffer = Message(
    "credit.currencies_differ", "One amount is in {schedule}, the other in {line}.", zh: "金额的货币不一致：{schedule} 与 {line}。")
  package static let wrongType = Message("credit_schedule.type", "This must be: {expected}.", zh: "此处的类型必须是：{expected}。")
  package static let unknownField = Message("credit_schedule.unknown_field", "There is no such field. Allowed: {allowed}.", zh: "没有此字段。可用字段：{allowed}。")
  package static let missing = Message("credit_schedule.missing", "This field must be given.", zh: "必须填写此字段。")
  package static let notAllowed = Message("credit_schedule.choice", "This must be one of: {allowed}.", zh: "必须是下列之一：{allowed}。")
  package static let badPercent = Message(
    "credit_schedule.percent", "This must be a percentage from 0 to {most} with at most four decimals.", zh: "必须是 0 到 {most} 的百分数，最多四位小数。")
  package static let badNumber = Message("credit_schedule.range", "This must be a whole number from {least} to {most}.", zh: "必须是 {least} 到 {most} 的整数。")
  package static let badMultiple = Message(
    "credit_schedule.multiple", "This must be a number from 0 to 1000 with at most six decimals.", zh: "必须是 0 到 1000 的数，最多六位小数。")
  package static let badAmount = Message(
    "credit_schedule.amount", "This must be an amount, zero or more, in the schedule's `currency`.", zh: "必须是不小于零的金额，以补偿方案的 currency 计。")
  package static let badCurrency = Message("credit_schedule.currency", "This is no currency of ISO 4217.", zh: "这不是 ISO 4217 的货币。")
  package static let oneOf = Message("credit_schedule.one_of", "Give exactly one of: {allowed}.", zh: "须在下列各项中恰好提供一项：{allowed}。")
  package static let atMostOneOf = Message("credit_schedule.at_most_one_of", "Give at most one of: {allowed}.", zh: "下列各项中至多提供一项：{allowed}。")
  package static let badCount = Message("credit_schedule.count", "There must be {least} to {most} bands.", zh: "档位数必须在 {least} 到 {most} 之间。")
  package static let emptyBand = Message("credit_schedule.empty_band", "No attainment lies between these bounds.", zh: "没有任何达成率落在这两个界限之间。")
  package static let overlap = Message(
    "credit_schedule.overlap", "This band and band {other} share an attainment; it would pay twice.", zh: "此档位与第 {other} 档有重叠，同一达成率会重复补偿。")
  package static let badMetric = Message(
    "credit_schedule.metric", "This must be the code of something measured, such as backup_success; response and resolution are measures of their own.",
    zh: "必须是测量指标代码，如 backup_success；response 与 resolution 本身即为考核指标（measure）。")
  package static let notForMeasure = Message(
    "credit_schedule.not_for_measure", "This does not go with the measure {measure}.", zh: "此项不适用于指标 {measure}。")

  package static let all = [
    overflow, noFee, currenciesDiffer, wrongType, unknownField, missing, notAllowed, badPercent, badNumber, badMultiple, badAmount, badCurrency, oneOf,
    atMostOneOf, badCount, emptyBand, overlap, notForMeasure, badMetric,
  ]
}
