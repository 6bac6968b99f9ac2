import Kernel

package enum MeasurementsMessages: MessageCatalog {
  static let badMeasure = Message(
    "measurement.bad_measure", "This must be the code of a measure such as backup_success; response, resolution and update are timed, not measured.",
    zh: "必须是测量指标代码，如 backup_success；response、resolution 与 update 由计时得出，不作测量。")
  static let fromOutages = Message(
    "measurement.from_outages",
    "A supplier's service provides this line then, so that its availability is counted from the outages: record those (outage.record).",
    zh: "该合同行当时由供应商服务提供，可用性由中断记录计算：请登记中断（outage.record）。")
  static let order = Message("measurement.order", "The end lies before the beginning.", zh: "结束时间早于开始时间。")
  static let future = Message("measurement.future", "What is measured must be over.", zh: "只能登记已结束的测量。")
  static let share = Message("measurement.share", "This must be at least 0 and at most the denominator.", zh: "必须不小于 0 且不大于分母。")
  static let notPromised = Message(
    "measurement.not_promised", "The line does not promise this then; measured are: {promised}.", zh: "该合同行当时未承诺此指标；可测量的有：{promised}。")
  static let nothingPromised = Message(
    "measurement.nothing_promised", "The line promises nothing then that is measured.", zh: "该合同行当时没有任何测量目标。")
  static let overlaps = Message(
    "measurement.overlaps",
    "A measurement that stands covers a part of this time already, of the same line, measure and service, and of the same configuration item or of all of them: correct that one (measurement.correct).",
    zh: "同一合同行、指标与服务、同一配置项（或不分配置项的整体）已有测量覆盖部分时段：请更正该测量（measurement.correct）。")
  static let corrected = Message(
    "measurement.corrected", "This measurement was corrected already; correct the one that took its place.", zh: "该测量值已被更正，请更正其后续记录。")
  static let judgedMeanwhile = Message(
    "measurement.judged_meanwhile", "Somebody else has just judged this period; try again.", zh: "他人刚刚判定了该期间，请重试。")
  static let badPeriod = Message("measurement.bad_period", "This must be a period: 2026-03, 2026-Q1 or 2026.", zh: "必须是期间：2026-03、2026-Q1 或 2026。")
  static let periodOpen = Message("measurement.period_open", "The period ends at {end}; only one that is over can be judged.", zh: "期间于 {end} 结束；只能判定已结束的期间。")
  static let nothingMeasured = Message(
    "measurement.no_target", "The line promises nothing that is measured by such a period.", zh: "该合同行在此类期间没有测量目标。")

  package static let all = [
    notPromised, nothingPromised, overlaps, badMeasure, fromOutages, order, future, share, corrected, judgedMeanwhile, badPeriod, periodOpen, nothingMeasured,
  ]
}
