import Kernel
import ServiceTime

/// How two definitions of a calendar differ, in words: which hours, which dates.
package struct CalendarWords: Sendable {
  private let language: Language

  /// More dates than anybody reads at once.
  private static let most = 12

  package init(_ language: Language) { self.language = language }

  /// `Monday to Friday 08:00-18:00, before 09:00-17:00`; `25 December 2026 (Christmas Day) closed`. Empty where they are the same.
  package func differences(_ before: CalendarDefinition, _ after: CalendarDefinition) -> [String] {
    var sentences: [String] = []
    if before.zone != after.zone {
      sentences.append(CalendarWordMessages.zone.text(language, ["before": before.zone.identifier, "after": after.zone.identifier]))
    }
    sentences += week(before, after)
    return sentences + shortened(dates(before.exceptions, after.exceptions))
  }

  /// What a definition says: `Monday to Friday 09:00-17:00`, `25 December 2026 (Christmas Day) closed`.
  package func text(_ definition: CalendarDefinition) -> [String] {
    var groups: [(days: [Int], hours: [CalendarDefinition.Opening])] = []
    for (index, day) in Weekday.allCases.enumerated() {
      guard let hours = definition.week[day] else { continue }
      if let last = groups.last, last.days.last == index - 1, last.hours == hours {
        groups[groups.count - 1].days.append(index)
      } else {
        groups.append(([index], hours))
      }
    }
    let week = groups.map { CalendarWordMessages.date.text(language, ["date": days($0.days), "after": hours($0.hours)]) }
    return week + shortened(dates([], definition.exceptions))
  }

  private func shortened(_ dates: [String]) -> [String] {
    guard dates.count > Self.most else { return dates }
    return dates.prefix(Self.most) + [CalendarWordMessages.moreDates.text(language, ["count": String(dates.count - Self.most)])]
  }

  // MARK: The week

  /// Days that stand beside each other and change alike are told together.
  private func week(_ before: CalendarDefinition, _ after: CalendarDefinition) -> [String] {
    var groups: [(days: [Int], before: [CalendarDefinition.Opening], after: [CalendarDefinition.Opening])] = []
    for (index, day) in Weekday.allCases.enumerated() {
      let (old, new) = (before.week[day] ?? [], after.week[day] ?? [])
      guard old != new else { continue }
      if let last = groups.last, last.days.last == index - 1, last.before == old, last.after == new {
        groups[groups.count - 1].days.append(index)
      } else {
        groups.append(([index], old, new))
      }
    }
    return groups.map { group in
      CalendarWordMessages.week.text(language, ["days": days(group.days), "before": hours(group.before), "after": hours(group.after)])
    }
  }

  private func days(_ indices: [Int]) -> String {
    let names = indices.compactMap { Self.names.indices.contains($0) ? Self.names[$0].text(language) : nil }
    guard let first = names.first, let last = names.last, names.count > 1 else { return names.first ?? "" }
    return CalendarWordMessages.dayRange.text(language, ["first": first, "last": last])
  }

  private static let names = CalendarWordMessages.weekdays

  // MARK: Dates

  private func dates(_ before: [CalendarDefinition.Exception], _ after: [CalendarDefinition.Exception]) -> [String] {
    let old = Dictionary(before.map { ($0.date, $0) }) { first, _ in first }
    let new = Dictionary(after.map { ($0.date, $0) }) { first, _ in first }
    return Set(old.keys).union(new.keys).sorted().compactMap { date -> String? in
      switch (old[date], new[date]) {
      case (let was?, let now?) where was.openings != now.openings:
        CalendarWordMessages.dateChanged.text(language, ["date": day(now), "before": hours(was.openings), "after": hours(now.openings)])
      case (let was?, let now?) where was.name != now.name: CalendarWordMessages.dateNamed.text(language, ["before": day(was), "after": day(now)])
      case (nil, let now?): CalendarWordMessages.date.text(language, ["date": day(now), "after": hours(now.openings)])
      case (let gone?, nil): CalendarWordMessages.dateGone.text(language, ["date": day(gone)])
      default: nil
      }
    }
  }

  private func day(_ exception: CalendarDefinition.Exception) -> String {
    let date = TermWords(language, zone: nil).date(Instant(seconds: exception.date.daysSinceEpoch * 86_400))
    guard let name = exception.name[language] ?? Language.allCases.compactMap({ exception.name[$0] }).first else { return date }
    return language == .chinese ? "\(date)（\(name)）" : "\(date) (\(name))"
  }

  private func hours(_ openings: [CalendarDefinition.Opening]) -> String {
    guard !openings.isEmpty else { return CalendarWordMessages.closed.text(language) }
    return openings.map { "\(Self.time($0.start))-\(Self.time($0.end))" }.joined(separator: language == .chinese ? "、" : ", ")
  }

  private static func time(_ minutes: Int) -> String { "\(pad(Int64(minutes / 60), 2)):\(pad(Int64(minutes % 60), 2))" }
}

package enum CalendarWordMessages: MessageCatalog {
  static let zone = Message("calendar_words.zone", "time zone from {before} to {after}", zh: "时区由 {before} 改为 {after}")
  static let week = Message("calendar_words.week", "{days} {after}, before {before}", zh: "{days}改为{after}（原为{before}）")
  static let dayRange = Message("calendar_words.days", "{first} to {last}", zh: "{first}至{last}")
  static let closed = Message("calendar_words.closed", "closed", zh: "不开放")
  static let date = Message("calendar_words.date", "{date} {after}", zh: "{date}的时段：{after}")
  static let dateChanged = Message("calendar_words.date_changed", "{date} {after}, before {before}", zh: "{date}改为{after}（原为{before}）")
  static let dateNamed = Message("calendar_words.date_named", "{before} is now called {after}", zh: "{before}更名为{after}")
  static let dateGone = Message("calendar_words.date_gone", "{date} as every week", zh: "{date}恢复为每周时段")
  static let moreDates = Message("calendar_words.more", "and {count} more dates", zh: "另有 {count} 个日期")

  static let weekdays = [
    Message("calendar_words.mon", "Monday", zh: "周一"), Message("calendar_words.tue", "Tuesday", zh: "周二"),
    Message("calendar_words.wed", "Wednesday", zh: "周三"), Message("calendar_words.thu", "Thursday", zh: "周四"),
    Message("calendar_words.fri", "Friday", zh: "周五"), Message("calendar_words.sat", "Saturday", zh: "周六"),
    Message("calendar_words.sun", "Sunday", zh: "周日"),
  ]

  package static let all = [zone, week, dayRange, closed, date, dateChanged, dateNamed, dateGone, moreDates] + weekdays
}
