import Kernel
import ServiceTime

/// How an entry came to what is billed, in words.
enum TimeWords {
  private static let span = Message("time_explain.span", "Worked from {from} to {to}: {minutes} min.", zh: "工作时间 {from} 至 {to}：{minutes} 分钟。")
  private static let day = Message(
    "time_explain.day", "{minutes} min were told for {date}, without times of day.", zh: "{date} 填报 {minutes} 分钟，未填起止时间。")
  private static let calendar = Message(
    "time_explain.calendar", "Cut by the calendar {name} ({zone}) in its version of {since}.", zh: "按日历 {name}（{zone}）自 {since} 起的版本划分。")
  private static let noCalendar = Message(
    "time_explain.no_calendar", "No coverage is agreed for it: all of it counts as service time.", zh: "未约定服务时间：全部计为服务时间内。")
  private static let serviceTime = Message("time_explain.service_time", "within service time", zh: "服务时间内")
  private static let afterHours = Message("time_explain.after_hours", "outside service time", zh: "服务时间外")
  private static let offDay = Message("time_explain.off_day", "on a day without service time", zh: "无服务时间的日期")
  private static let stretch = Message(
    "time_explain.stretch", "{minutes} min {situation}: rate class {class}, billed {billed} min.", zh: "{minutes} 分钟（{situation}）：费率类别 {class}，计费 {billed} 分钟。")
  private static let rounding = Message(
    "time_explain.rounding", "{minutes} min are billed as {billed}: at least {minimum} min, rounded up to {step} min, shared out in proportion.",
    zh: "{minutes} 分钟按 {billed} 分钟计费：至少 {minimum} 分钟，向上取整到 {step} 分钟，按比例分摊。")
  private static let exact = Message("time_explain.exact", "It is billed to the minute: {minutes} min.", zh: "按分钟计费：{minutes} 分钟。")
  private static let unbilled = Message("time_explain.unbilled", "It is not billed.", zh: "不计费。")
  private static let preview = Message(
    "time_explain.preview", "It is not approved: this is how it would count now.", zh: "尚未批准：以上为目前的计算结果。")
  private static let reversal = Message(
    "time_explain.reversal", "It takes back what was approved, stretch by stretch, as it was counted then.", zh: "按当时的计算逐段冲销已批准的工时。")

  static let all = [
    span, day, calendar, noCalendar, serviceTime, afterHours, offDay, stretch, rounding, exact, unbilled, preview, reversal,
  ]

  /// - Parameter calendars: the versions that its stretches name.
  static func steps(
    of row: TimeEntryRow, _ stretches: [TimeCounting.Stretch], _ rounding: TimeRounding, _ calendars: [CalendarVersionsOfTime.Found], in language: Language
  ) -> [String] {
    let minutes = String(row.worked.minutes)
    var steps: [String] = []
    if let end = row.worked.endedAt {
      steps.append(span.text(language, ["from": row.worked.beganAt.description, "to": end.description, "minutes": minutes]))
    } else {
      steps.append(day.text(language, ["date": row.worked.date.description, "minutes": minutes]))
    }
    for version in calendars {
      steps.append(calendar.text(language, ["name": version.name, "zone": version.zone, "since": version.validFrom.description]))
    }
    if calendars.isEmpty { steps.append(noCalendar.text(language)) }
    let billed = stretches.reduce(0) { $0 + $1.stretch.billedMinutes }
    steps.append(rounded(minutes, billed, row.billable, rounding, language))
    for one in stretches {
      steps.append(
        stretch.text(
          language,
          [
            "minutes": String(one.stretch.part.minutes), "situation": situation(one.stretch.part.situation).text(language), "class": one.rateClassCode,
            "billed": String(one.stretch.billedMinutes),
          ]))
    }
    if row.isReversal { steps.append(reversal.text(language)) }
    if row.state != .approved { steps.append(preview.text(language)) }
    return steps
  }

  private static func rounded(_ minutes: String, _ billed: Int64, _ isBillable: Bool, _ rule: TimeRounding, _ language: Language) -> String {
    guard isBillable else { return unbilled.text(language) }
    guard rule != .none else { return exact.text(language, ["minutes": minutes]) }
    return rounding.text(
      language, ["minutes": minutes, "billed": String(billed), "minimum": String(rule.minimum), "step": String(rule.step)])
  }

  private static func situation(_ situation: TimeSplit.Situation) -> Message {
    switch situation {
    case .serviceTime: serviceTime
    case .afterHours: afterHours
    case .offDay: offDay
    }
  }
}
