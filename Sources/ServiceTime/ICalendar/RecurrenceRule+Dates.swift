import Kernel

/// Expansion: the rule gives a set of dates for each period (a year, month, week or day), every `interval`-th period counts.
extension RecurrenceRule {
  /// The dates within `range` on which the rule lets an event begin that first begins on `start`; `start` must be one of the
  /// rule's own. `effort` goes down by what is looked at; at 0 the rule is refused.
  func dates(from start: CalendarDate, within range: ClosedRange<CalendarDate>, _ effort: inout Int) throws(ICalendarProblem) -> [CalendarDate] {
    guard dates(of: 0, from: start)?.contains(start) ?? false else {
      throw ICalendarProblem(line, ICalendarMessages.startOutsideRule, ["rule": text, "date": start.description])
    }
    let last = min(until ?? range.upperBound, range.upperBound)
    var found: [CalendarDate] = []
    var left = count ?? .max
    // Where occurrences are counted, each must be made; otherwise those before the range need not be.
    var period = count == nil ? firstPeriod(from: start, near: range.lowerBound) : 0
    while left > 0, let dates = dates(of: period, from: start), periodStart(period, from: start).map({ $0 <= last }) ?? false {
      effort -= effortOfPeriod
      guard effort > 0 else { throw ICalendarProblem(line, ICalendarMessages.tooMuchEffort) }
      for date in dates where date >= start && date <= last && left > 0 {
        left -= 1
        if range.contains(date) { found.append(date) }
      }
      period += 1
    }
    return found
  }

  /// What making one period's set costs, in candidates.
  private var effortOfPeriod: Int {
    let perMonth = monthDays.count + (monthDays.isEmpty ? 5 * weekdays.count : weekdays.count)
    return 1 + positions.count + (frequency == .yearly ? max(1, months.isEmpty ? 12 : months.count) * perMonth : perMonth)
  }

  // MARK: Periods

  /// A period that begins on or before `date`, and of which no earlier one reaches `date`.
  private func firstPeriod(from start: CalendarDate, near date: CalendarDate) -> Int64 {
    guard date > start else { return 0 }
    switch frequency {
    case .yearly: return (date.parts.year - start.parts.year) / interval
    case .monthly: return (Self.month(of: date) - Self.month(of: start)) / interval
    case .weekly: return (date.daysSinceEpoch - week(of: start).daysSinceEpoch) / (7 * interval)
    case .daily: return (date.daysSinceEpoch - start.daysSinceEpoch) / interval
    }
  }

  /// Nil after the year 9999.
  private func periodStart(_ period: Int64, from start: CalendarDate) -> CalendarDate? {
    switch frequency {
    case .yearly: return CalendarDate(year: start.parts.year + period * interval, month: 1, day: 1)
    case .monthly:
      let month = Self.month(of: start) + period * interval
      return CalendarDate(year: month / 12, month: month % 12 + 1, day: 1)
    case .weekly: return week(of: start).adding(days: period * interval * 7)
    case .daily: return start.adding(days: period * interval)
    }
  }

  private static func month(of date: CalendarDate) -> Int64 { date.parts.year * 12 + date.parts.month - 1 }

  private func week(of date: CalendarDate) -> CalendarDate { date.adding(days: -Int64((date.weekday - weekStart + 7) % 7)) }

  /// The set of a period, ascending; nil after the year 9999.
  private func dates(of period: Int64, from start: CalendarDate) -> [CalendarDate]? {
    guard let first = periodStart(period, from: start) else { return nil }
    let set: [CalendarDate]
    switch frequency {
    case .yearly: set = dates(inYear: first.parts.year, start)
    case .monthly: set = months.isEmpty || months.contains(first.parts.month) ? dates(inMonth: first.parts.month, first.parts.year, start, start.parts.day) : []
    case .weekly:
      let days = weekdays.isEmpty ? [start.weekday] : weekdays.map(\.weekday)
      set = days.map { first.adding(days: Int64(($0 - weekStart + 7) % 7)) }.filter { months.isEmpty || months.contains($0.parts.month) }
    case .daily: set = [first].filter { isInLimits($0) }
    }
    return select(Set(set).sorted())
  }

  /// Applies BYSETPOS.
  private func select(_ dates: [CalendarDate]) -> [CalendarDate] {
    guard !positions.isEmpty, !dates.isEmpty else { return dates }
    let indices = Set(positions.map { $0 > 0 ? Int($0) - 1 : dates.count + Int($0) }).filter(dates.indices.contains)
    return indices.sorted().map { dates[$0] }
  }

  // MARK: Years and months

  private func dates(inYear year: Int64, _ start: CalendarDate) -> [CalendarDate] {
    let (_, month, day) = start.parts
    if monthDays.isEmpty, weekdays.isEmpty {
      return (months.isEmpty ? [month] : months).compactMap { CalendarDate(year: year, month: $0, day: day) }
    }
    if monthDays.isEmpty, months.isEmpty {
      guard let first = CalendarDate(year: year, month: 1, day: 1), let last = CalendarDate(year: year, month: 12, day: 31) else { return [] }
      return dates(onWeekdaysIn: first...last)
    }
    return (months.isEmpty ? Array(1...12) : months).flatMap { dates(inMonth: $0, year, start, day) }
  }

  /// - Parameter day: the day of the month where the rule names none.
  private func dates(inMonth month: Int64, _ year: Int64, _ start: CalendarDate, _ day: Int64) -> [CalendarDate] {
    let length = CalendarDate.length(ofMonth: month, year: year)
    guard let first = CalendarDate(year: year, month: month, day: 1) else { return [] }
    if !monthDays.isEmpty {
      return monthDays.compactMap { CalendarDate(year: year, month: month, day: $0 > 0 ? $0 : length + $0 + 1) }.filter { isOnWeekday($0) }
    }
    guard !weekdays.isEmpty else { return day <= length ? [first.adding(days: day - 1)] : [] }
    return dates(onWeekdaysIn: first...first.adding(days: length - 1))
  }

  /// BYDAY where it makes dates: the n-th such weekday of the range, or every one.
  private func dates(onWeekdaysIn range: ClosedRange<CalendarDate>) -> [CalendarDate] {
    weekdays.flatMap { rule -> [CalendarDate] in
      let first = range.lowerBound.adding(days: Int64((rule.weekday - range.lowerBound.weekday + 7) % 7))
      let last = range.upperBound.adding(days: -Int64((range.upperBound.weekday - rule.weekday + 7) % 7))
      let dates: [CalendarDate] =
        switch rule.ordinal {
        case nil: stride(from: first.daysSinceEpoch, through: last.daysSinceEpoch, by: 7).map { CalendarDate(daysSinceEpoch: $0) }
        case let ordinal? where ordinal > 0: [first.adding(days: 7 * (ordinal - 1))]
        case let ordinal?: [last.adding(days: 7 * (ordinal + 1))]
        }
      return dates.filter(range.contains)
    }
  }

  // MARK: Limits

  /// BYDAY where BYMONTHDAY makes the dates.
  private func isOnWeekday(_ date: CalendarDate) -> Bool {
    guard !weekdays.isEmpty else { return true }
    let (year, month, day) = date.parts
    let isByYear = frequency == .yearly && months.isEmpty
    let ofYear = CalendarDate(year: year, month: 1, day: 1).map { date.daysSinceEpoch - $0.daysSinceEpoch + 1 } ?? 1
    let yearLength: Int64 = CalendarDate.length(ofMonth: 2, year: year) == 29 ? 366 : 365
    let (place, length) = isByYear ? (ofYear, yearLength) : (day, CalendarDate.length(ofMonth: month, year: year))
    return weekdays.contains { rule in
      guard rule.weekday == date.weekday else { return false }
      return rule.ordinal.map { $0 == (place - 1) / 7 + 1 || $0 == -((length - place) / 7 + 1) } ?? true
    }
  }

  /// All that limits a rule of days.
  private func isInLimits(_ date: CalendarDate) -> Bool {
    let (year, month, day) = date.parts
    let length = CalendarDate.length(ofMonth: month, year: year)
    return (months.isEmpty || months.contains(month)) && (monthDays.isEmpty || monthDays.contains(day) || monthDays.contains(day - length - 1))
      && isOnWeekday(date)
  }
}
