import Kernel
import Operations
import ServiceTime

/// What a calendar makes of a budget, and its openings of some weeks.
package struct CalendarTrial: Sendable {
  /// An open stretch of time.
  package struct Opening: OperationOutput, Hashable {
    let from: Instant
    let to: Instant
    let date: CalendarDate
    /// Of the date, where it is an exception with a name.
    let name: [Language: String]
    let seconds: Int64
    /// Seconds of the budget used at its end; nil after the deadline.
    let used: Int64?

    package static let fields: [OutputField<Opening>] = [
      OutputField("from", .instant, "Its beginning.", "开始时间。") { .instant($0.from) },
      OutputField("to", .instant, "Its end.", "结束时间。") { .instant($0.to) },
      OutputField("date", .date, "The date that the zone's clocks show at its beginning.", "开始时当地的日期。") { .date($0.date) },
      OutputField("name", record: HolidayNameOutput.self, "The name of that date, where it is an exception.", "该日期作为例外日时的名称。") {
        HolidayNameOutput(names: $0.name)
      },
      OutputField("seconds", .integer, "Its length.", "时长（秒）。") { .integer($0.seconds) },
      OutputField("usedSeconds", .integer, "Seconds of the budget used at its end.", "结束时已用的时限秒数。") { .integer($0.used) },
    ]
  }

  let zone: String
  let start: Instant
  let isOpen: Bool
  let dueAt: Instant?
  let breachAt: Instant?
  /// The open stretches that the budget is used in, up to the deadline.
  let counted: [Opening]
  /// Whether ``counted`` stops before the deadline.
  let isCut: Bool
  let openings: [Opening]

  /// Stretches that are listed at most. The deadline itself is exact however far it lies.
  static let limit = 200
  private static let reachSeconds: Int64 = 120 * 86_400

  init(_ definition: CalendarDefinition, start: Instant, budget: Budget?, weeks: Int64) {
    let calendar = CompiledCalendar(definition)
    zone = definition.zone.identifier
    self.start = start
    isOpen = calendar.isOpen(at: start)
    switch budget {
    case .seconds(let seconds):
      dueAt = calendar.deadline(from: start, seconds: seconds)
      breachAt = calendar.breach(from: start, seconds: seconds)
    case .businessDays(let days):
      dueAt = calendar.businessDayEnd(from: start, days: days)
      breachAt = dueAt
    case nil:
      dueAt = nil
      breachAt = nil
    }
    let end = min(dueAt ?? start, start.adding(seconds: Self.reachSeconds))
    let counted = Self.openings(calendar, from: start, to: end, counting: true)
    self.counted = Array(counted.prefix(Self.limit))
    isCut = counted.count > Self.limit || end < dueAt ?? end
    openings = Array(Self.openings(calendar, from: start, to: start.adding(seconds: weeks * 7 * 86_400), counting: false).prefix(Self.limit))
  }

  private static func openings(_ calendar: CompiledCalendar, from start: Instant, to end: Instant, counting: Bool) -> [Opening] {
    let names = Dictionary(calendar.definition.exceptions.map { ($0.date, $0.name) }) { first, _ in first }
    var used: Int64 = 0
    return calendar.segments(from: start, to: end).filter(\.isOpen).map { segment in
      let seconds = segment.to.seconds - segment.from.seconds
      used += seconds
      let date = calendar.date(at: segment.from)
      return Opening(from: segment.from, to: segment.to, date: date, name: names[date] ?? [:], seconds: seconds, used: counting ? used : nil)
    }
  }

  package struct Output: OperationOutput {
    let trial: CalendarTrial

    package static let fields: [OutputField<Output>] = [
      OutputField("zone", .text, "The zone of the calendar.", "日历时区。") { .text($0.trial.zone) },
      OutputField("start", .instant, "When the clock starts.", "计时开始时间。") { .instant($0.trial.start) },
      OutputField("isOpen", .boolean, "Whether it is open then.", "开始时是否开放。") { .bool($0.trial.isOpen) },
      OutputField("dueAt", .instant, "When the budget is used up; null without a budget, or when it never is.", "时限到期时间；无时限或永不到期时为 null。") {
        .instant($0.trial.dueAt)
      },
      OutputField("breachAt", .instant, "The last instant in time.", "最后的及时时刻。") { .instant($0.trial.breachAt) },
      OutputField("counted", listOf: Opening.self, "The open stretches that lead to it, at most 200 within 120 days.", "到期前计入的开放时段，最多 200 段、120 天内。") {
        $0.trial.counted
      },
      OutputField("isCut", .boolean, "Whether more stretches lead to it than are listed.", "是否还有未列出的计入时段。") { .bool($0.trial.isCut) },
      OutputField("openings", listOf: Opening.self, "The open stretches of the next weeks, at most 200.", "未来数周的开放时段，最多 200 段。") { $0.trial.openings },
    ]
  }
}
