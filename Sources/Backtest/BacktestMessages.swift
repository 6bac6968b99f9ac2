import Kernel

package enum BacktestMessages: MessageCatalog {
  static let tooMany = Message(
    "backtest.too_many",
    "More than {limit} tickets are selected: choose a shorter period, one contract line or priority, or use the command line (steward sla backtest), which has no limit.",
    zh: "所选工单超过 {limit} 个：请缩短期间、限定合同行或优先级，或使用命令行（steward sla backtest），其数量不限。")
  static let untilBeforeFrom = Message("backtest.until_before_from", "This must be after {from}.", zh: "必须晚于 {from}。")
  static let oneSchedule = Message(
    "backtest.one_schedule", "Give a stored schedule (creditSchedule) or terms (creditTerms), not both.", zh: "creditSchedule 与 creditTerms 只能填写其一。")
  package static let availabilitySchedule = Message(
    "backtest.availability_schedule",
    "“{name}” is of availability, or of what is measured, which no ticket changes: choose a schedule for response or resolution.",
    zh: "方案“{name}”考核可用性或测量指标，与工单无关：请选择考核响应或解决的方案。")

  package static let all = [tooMany, untilBeforeFrom, oneSchedule, availabilitySchedule]
}
