import Kernel
import ServiceTime

/// Where the days of a holiday set come from.
enum HolidaySource: String, Sendable, CaseIterable {
  /// A list of dated days.
  case dates
  /// An iCalendar file, read for some years.
  case ics
}

/// What a holiday set must be before it is stored.
enum HolidaySetRule {
  /// The days that a request describes: a list, or an iCalendar file and the years to read.
  static func days(_ input: HolidayDaysInput) throws(Failure) -> (days: HolidaySet, source: HolidaySource) {
    let days: HolidaySet
    let source: HolidaySource
    switch (input.days, input.ics) {
    case (let given?, nil):
      days = try HolidaySet(try exceptions(given))
      source = .dates
    case (nil, let text?):
      days = try read(text, input)
      source = .ics
    default: throw .invalid(input.days == nil ? "days" : "ics", HolidaySetMessages.daysOrFile)
    }
    guard !days.days.isEmpty else { throw .invalid(source == .ics ? "ics" : "days", HolidaySetMessages.noDays) }
    return (days, source)
  }

  private static func read(_ text: String, _ input: HolidayDaysInput) throws(Failure) -> HolidaySet {
    guard let first = input.firstYear, let last = input.lastYear, first <= last else { throw .invalid("firstYear", HolidaySetMessages.years) }
    let found: [ICalendar.Day]
    do throws(Failure) { found = try ICalendar.days(Array(text.utf8), years: first...last) } catch { throw error.under("ics") }
    let names = Set(found.map(\.name))
    let unknown = input.skip.enumerated().filter { !names.contains($0.element) }
    guard unknown.isEmpty else {
      throw Failure(
        .invalid, KernelMessages.invalidInput,
        violations: unknown.map { Failure.Violation(path: "skip[\($0.offset)]", HolidaySetMessages.nothingToSkip, ["name": $0.element]) })
    }
    do throws(Failure) { return try HolidaySet(found, language: input.language, skipping: Set(input.skip)) } catch { throw error.under("ics") }
  }

  private static func exceptions(_ given: [HolidayInput]) throws(Failure) -> [CalendarDefinition.Exception] {
    var violations: [Failure.Violation] = []
    var days: [CalendarDefinition.Exception] = []
    for (index, day) in given.enumerated() {
      var openings: [CalendarDefinition.Opening] = []
      if let closedFrom = day.closedFrom {
        if !day.open.isEmpty { violations.append(Failure.Violation(path: "days[\(index)].closedFrom", HolidaySetMessages.openOrClosedFrom)) }
        if let minutes = Self.minutes(closedFrom), minutes > 0 {
          openings = [CalendarDefinition.Opening(0, minutes)]
        } else {
          violations.append(Failure.Violation(path: "days[\(index)].closedFrom", ServiceTimeMessages.badTime))
        }
      }
      for (place, pair) in day.open.enumerated() {
        guard let start = pair.first.flatMap(Self.minutes), let end = pair.last.flatMap(Self.minutes), pair.count == 2 else {
          violations.append(Failure.Violation(path: "days[\(index)].open[\(place)]", ServiceTimeMessages.badOpening))
          continue
        }
        openings.append(CalendarDefinition.Opening(start, end))
      }
      days.append(CalendarDefinition.Exception(date: day.date, name: day.name, openings: openings))
    }
    guard violations.isEmpty else { throw Failure(.invalid, KernelMessages.invalidInput, violations: violations) }
    return days
  }

  /// `HH:MM` as minutes after midnight; nil for anything else.
  private static func minutes(_ text: String) -> Int? {
    let bytes = Array(text.utf8)
    guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"), [0, 1, 3, 4].allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[$0]) })
    else { return nil }
    let digits = bytes.map { Int($0) - Int(UInt8(ascii: "0")) }
    let minutes = (digits[0] * 10 + digits[1]) * 60 + digits[3] * 10 + digits[4]
    return digits[3] < 6 && minutes <= 1440 ? minutes : nil
  }
}

enum HolidaySetMessages: MessageCatalog {
  static let daysOrFile = Message("holiday_set.days_or_file", "Give either days, or an iCalendar file and its years.", zh: "请提供日期列表，或提供 iCalendar 文件及年份，二者选一。")
  static let noDays = Message("holiday_set.no_days", "There is no day in this.", zh: "其中没有任何日期。")
  static let years = Message(
    "holiday_set.years", "A file needs firstYear and lastYear, the first not after the last.", zh: "文件须给出 firstYear 和 lastYear，且起始年份不晚于结束年份。")
  static let nothingToSkip = Message("holiday_set.nothing_to_skip", "The file has no event “{name}” in these years.", zh: "文件在这些年份中没有名为“{name}”的事件。")
  static let openOrClosedFrom = Message("holiday_set.open_or_closed_from", "Give either open or closedFrom.", zh: "请在 open 与 closedFrom 中二者选一。")
  static let nameTaken = Message("holiday_set.name_taken", "There is already a holiday set of this name.", zh: "已有同名节假日集。")
  static let nothingDue = Message("holiday_set.nothing_due", "Every calendar already follows the newest revision.", zh: "所有日历均已采用最新修订。")
  static let notDue = Message(
    "holiday_set.not_due", "This calendar does not use the set, or already follows its newest revision.", zh: "该日历未使用此节假日集，或已采用最新修订。")
  static let calendarNotLater = Message(
    "holiday_set.calendar_not_later", "The calendar “{calendar}” already has a version from {newest}; the new one must begin later.",
    zh: "日历“{calendar}”已有自 {newest} 起生效的版本，新版本须晚于该时间。")

  static let otherCustomer = Message(
    "holiday_set.other_customer", "This holiday set is for one customer only; a calendar for others, or for any, cannot use it.",
    zh: "该节假日集仅供某一客户使用，其他客户或通用的日历不能采用。")

  static let all = [daysOrFile, noDays, years, nothingToSkip, openOrClosedFrom, nameTaken, nothingDue, notDue, calendarNotLater, otherCustomer]
}
