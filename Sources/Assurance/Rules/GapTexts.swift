import Kernel

/// The texts of ``GapWords``.
extension GapWords {
  static let unlinked = Message("gap.unlinked", "{promises}: no team or supplier is linked that keeps it.", zh: "{promises}：没有关联负责兑现的团队或供应商。")
  static let noAgreement = Message(
    "gap.no_agreement", "{promises}: nothing is agreed with {party}.", zh: "{promises}：与{party}没有任何约定。")
  static let noTarget = Message(
    "gap.no_target", "{promises}: “{name}” with {party} has no such target.", zh: "{promises}：与{party}的“{name}”没有对应的目标。")
  static let noHours = Message(
    "gap.no_hours", "{promises}: “{name}” with {party} names no hours in which its target counts.", zh: "{promises}：与{party}的“{name}”没有约定目标的服务时间。")
  static let ended = Message(
    "gap.ended", "{promises}: not backed from {from} ({zone}): “{name}” with {party} ends.", zh: "{promises}：自 {from}（{zone}）起没有支撑：与{party}的“{name}”到期。")
  static let gone = Message(
    "gap.gone", "{promises}: until {from} ({zone}) {party} delivered its part, nobody since.", zh: "{promises}：{from}（{zone}）之前由{party}提供，此后无人提供。")
  static let notInForce = Message(
    "gap.not_in_force", "{promises}: not backed from {from} ({zone}): “{name}” with {party} is not in force.",
    zh: "{promises}：自 {from}（{zone}）起没有支撑：与{party}的“{name}”未生效。")
  static let notInForceUntil = Message(
    "gap.not_in_force_until", "{promises}: not backed from {from} until {until} ({zone}): “{name}” with {party} is not in force.",
    zh: "{promises}：{from} 至 {until}（{zone}）没有支撑：与{party}的“{name}”未生效。")
  static let coverage = Message(
    "gap.coverage", "{days} {start}-{end} {zone}, {promises}: {edge}; {count} times, first on {first}.",
    zh: "{days} {start}-{end}（{zone}），{promises}：{edge}；共 {count} 次，首次为 {first}。")
  static let coverageOnce = Message(
    "gap.coverage_once", "{days} {start}-{end} {zone}, {promises}: {edge}; once.", zh: "{days} {start}-{end}（{zone}），{promises}：{edge}；仅一次。")
  static let coverageEnds = Message("gap.coverage_ends", "coverage of {parties} ends {time}", zh: "{parties}的服务时间于 {time} 结束")
  static let coverageBegins = Message("gap.coverage_begins", "coverage of {parties} begins {time}", zh: "{parties}的服务时间于 {time} 开始")
  static let coverageNone = Message("gap.coverage_none", "{parties} does not work then", zh: "{parties}此时不提供服务")
  static let late = Message(
    "gap.late", "{promises}: what is opened on {start} ({zone}) is due {due}, and the chain may take until {end}: {late} too late.",
    zh: "{promises}：{start}（{zone}）受理的工单应于 {due} 前完成，而支撑链可能到 {end} 才完成，超时 {late}。")
  static let never = Message(
    "gap.never", "{promises}: what is opened on {start} ({zone}) is due {due}, and the chain has no end.",
    zh: "{promises}：{start}（{zone}）受理的工单应于 {due} 前完成，而支撑链没有完成时限。")
  static let shares = Message(
    "gap.objective", "{promises}: {promised}% is promised, and {parties} together promise {together}%.",
    zh: "{promises}：对客户承诺 {promised}%，而{parties}合计仅承诺 {together}%。")

  static let sharesOfPeriods = Message(
    "gap.objective_period", "{promises}: {promised}% of each {period} is promised, and of what {parties} together promise only {together}% may be left in one.",
    zh: "{promises}：对客户承诺每{period} {promised}%，而按{parties}的承诺，某一{period}合计可能仅余 {together}%。")
  static let otherSeverity = Message(
    "gap.severity", "{promises}: outages count from “{ours}” on, and “{name}” with {party} promises only of those from “{theirs}” on.",
    zh: "{promises}：自“{ours}”级中断起计入，而与{party}的“{name}”仅就“{theirs}”级起的中断作出承诺。")

  static let promise = Message("gap.explain.promise", "The promise", zh: "对客户的承诺")
  static let openings = Message(
    "gap.explain.openings", "{who}, by “{calendar}” ({zone}): {openings}.", zh: "{who}，按“{calendar}”（{zone}）：{openings}。")
  static let closed = Message("gap.explain.closed", "closed all day", zh: "全天无服务")
  static let inAll = Message(
    "gap.explain.in_all", "Within the horizon {count} times, {time} in all: {starts} …", zh: "检查期内共 {count} 次，合计 {time}：{starts} ……")
  static let opened = Message(
    "gap.explain.opened", "Opened on {start} ({zone}): {budget} by “{calendar}” make it due {due}.",
    zh: "{start}（{zone}）受理：按“{calendar}”计 {budget}，应于 {due} 前完成。")
  static let part = Message(
    "gap.explain.part", "{number}. {parties}: {spent} by “{calendars}”, from {from} to {to}.",
    zh: "{number}. {parties}：{spent}（按“{calendars}”），自 {from} 至 {to}。")
  static let handling = Message("gap.explain.handling", "own work {time}", zh: "自身处理 {time}")
  static let agreed = Message("gap.explain.agreed", "“{name}” {budget}", zh: "“{name}”约定 {budget}")
  static let neverOver = Message("gap.explain.never", "never", zh: "永不")
  static let overrun = Message(
    "gap.explain.overrun", "That is {late} after it was due, the worst of {count} stretches of starts that are too late.",
    zh: "超过期限 {late}，为 {count} 段超时受理时间中最严重的情形。")
  static let product = Message("gap.explain.product", "{factors} = {together}%: all of them must be there at once.", zh: "{factors} = {together}%：须同时可用。")
  static let worstPeriod = Message(
    "gap.explain.worst_period", "{party}: {share}% of each {period}. All that it may miss may fall into {worst}, of which {least}% is left then.",
    zh: "{party}：每{period} {share}%。允许的缺失可能全部落在 {worst}，该期届时仅余 {least}%。")
  static let leastCounts = Message(
    "gap.explain.least", "{factors}: each does a part of the work, so the least counts, {together}%.", zh: "{factors}：各承担一部分工作，以最低者计，即 {together}%。")
  static let noBackups = Message(
    "gap.explain.no_backups", "What stands in for them is not counted: nobody promises that both are never down together.",
    zh: "后备不计入：没有人承诺主备不会同时中断。")

  static let team = Message("gap.team", "team {name}", zh: "团队 {name}")
  static let supplier = Message("gap.supplier", "supplier {name}", zh: "供应商 {name}")
  static let weekdayRange = Message("gap.weekdays", "{first} to {last}", zh: "{first}至{last}")

  static let weekdayNames = [
    Message("gap.weekday.1", "Monday", zh: "周一"), Message("gap.weekday.2", "Tuesday", zh: "周二"), Message("gap.weekday.3", "Wednesday", zh: "周三"),
    Message("gap.weekday.4", "Thursday", zh: "周四"), Message("gap.weekday.5", "Friday", zh: "周五"), Message("gap.weekday.6", "Saturday", zh: "周六"),
    Message("gap.weekday.7", "Sunday", zh: "周日"),
  ]
  static let metrics = [
    Message("gap.metric.response", "response", zh: "响应"), Message("gap.metric.resolution", "resolution", zh: "解决"),
    Message("gap.metric.update", "update", zh: "进展通报"), Message("gap.metric.availability", "availability", zh: "可用性"),
    Message("gap.metric.backup_success", "backup success", zh: "备份成功率"), Message("gap.metric.patch_currency", "patch currency", zh: "补丁及时率"),
    Message("gap.metric.request_accuracy", "request accuracy", zh: "请求准确率"),
  ]

  static let all =
    [
      unlinked, noAgreement, noTarget, noHours, ended, gone, notInForce, notInForceUntil, coverage, coverageOnce, coverageEnds, coverageBegins, coverageNone,
      late, never, shares, sharesOfPeriods, otherSeverity, worstPeriod, leastCounts, promise, openings, closed, inAll, opened, part, handling, agreed,
      neverOver, overrun,
      product, noBackups, team, supplier, weekdayRange,
    ] + weekdayNames + metrics
}
