import Kernel
import ServiceTime
import TestSupport
import Testing

/// Recurrence rules: those worked out by hand, those that are refused, and random ones against brute force.
@Suite struct RecurrenceRuleTests {
  private func read(_ start: String, _ rule: String, _ years: ClosedRange<Int64> = 2026...2028) -> [String] {
    ICalendarText.read(ICalendarText.event("DTSTART:\(start)", "RRULE:\(rule)"), years)
  }

  @Test func rulesOfRealCalendars() {
    #expect(read("20210531", "FREQ=YEARLY;BYDAY=-1MO;BYMONTH=5") == ["2026-05-25", "2027-05-31", "2028-05-29"])
    #expect(read("20211125", "FREQ=YEARLY;BYMONTH=11;COUNT=7;BYDAY=4TH") == ["2026-11-26", "2027-11-25"])
    #expect(read("20070108", "FREQ=MONTHLY;INTERVAL=12;BYDAY=2MO") == ["2026-01-12", "2027-01-11", "2028-01-10"])
    #expect(read("20060101", "FREQ=YEARLY;BYMONTH=1") == ["2026-01-01", "2027-01-01", "2028-01-01"])
    #expect(read("20240229", "FREQ=YEARLY") == ["2028-02-29"])
    #expect(read("20260131", "FREQ=MONTHLY", 2026...2026).count == 7)
    // The Tuesday after a Monday in November; the last working day of a month; Friday the thirteenth.
    #expect(read("20261103", "FREQ=YEARLY;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8") == ["2026-11-03", "2027-11-02", "2028-11-07"])
    #expect(
      read("20260130", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3") == ["2026-01-30", "2026-02-27", "2026-03-31"])
    #expect(read("20260213", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", 2026...2026) == ["2026-02-13", "2026-03-13", "2026-11-13"])
    #expect(read("20260101", "FREQ=YEARLY;UNTIL=20270101T000000Z") == ["2026-01-01", "2027-01-01"])
    #expect(read("20260518", "FREQ=YEARLY;BYDAY=20MO") == ["2026-05-18", "2027-05-17", "2028-05-15"])
    // With weeks from Sunday on, the second Sunday belongs to the third week (RFC 5545, 3.3.10).
    #expect(read("19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", 1997...1997) == ["1997-08-05", "1997-08-10", "1997-08-19", "1997-08-24"])
    #expect(read("19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", 1997...1997) == ["1997-08-05", "1997-08-17", "1997-08-19", "1997-08-31"])
  }

  @Test(arguments: [
    "FREQ=YEARLY;BYWEEKNO=20", "FREQ=YEARLY;BYYEARDAY=100", "FREQ=HOURLY", "FREQ=YEARLY;BYHOUR=9", "RSCALE=CHINESE;FREQ=YEARLY", "FREQ=YEARLY;SKIP=OMIT",
    "FREQ=YEARLY;BYEASTER=0",
  ]) func whatIsNotSupportedIsNamed(rule: String) throws {
    #expect(read("20260101", rule) == ["!5 ics.unsupported_rule"])
    let failure = #expect(throws: Failure.self) {
      try ICalendar.days(ICalendarText.event("DTSTART:20260101", "RRULE:\(rule)"), years: 2026...2026)
    }
    let part = try #require(failure?.violations.first?.arguments["part"])
    #expect(rule.contains(part) && part != "FREQ=YEARLY")
  }

  @Test(arguments: [
    "", "FREQ", "INTERVAL=2", "FREQ=YEARLY;INTERVAL=0", "FREQ=YEARLY;INTERVAL=1001", "FREQ=YEARLY;COUNT=0", "FREQ=YEARLY;COUNT=-1",
    "FREQ=YEARLY;COUNT=99999999999999999999", "FREQ=YEARLY;COUNT=2;UNTIL=20300101", "FREQ=YEARLY;UNTIL=tomorrow", "FREQ=YEARLY;BYMONTH=13",
    "FREQ=YEARLY;BYMONTH=1,,2", "FREQ=YEARLY;BYMONTHDAY=0", "FREQ=YEARLY;BYMONTHDAY=-32", "FREQ=YEARLY;BYDAY=XX", "FREQ=YEARLY;BYDAY=0MO",
    "FREQ=YEARLY;BYDAY=54MO", "FREQ=WEEKLY;BYDAY=1MO", "FREQ=WEEKLY;BYMONTHDAY=1", "FREQ=YEARLY;BYSETPOS=1", "FREQ=YEARLY;WKST=X", "FREQ=YEARLY;FREQ=DAILY",
  ]) func whatIsWrongIsRefused(rule: String) {
    #expect(read("20260101", rule) == ["!5 ics.bad_rule"])
  }

  @Test func theFirstDayMustBeOneOfTheRules() {
    #expect(read("20260101", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25") == ["!5 ics.start_outside_rule"])
    #expect(read("20260101", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1") == ["!5 ics.start_outside_rule"])
  }

  // MARK: Brute force

  /// A rule as numbers, and which days it gives, asked of every day.
  private struct Oracle {
    var frequency = "YEARLY"
    var interval: Int64 = 1
    var months: [Int64] = []
    var monthDays: [Int64] = []
    var weekdays: [(ordinal: Int64?, weekday: Int)] = []
    var positions: [Int] = []
    var weekStart = 1
    var count: Int?
    var until: CalendarDate?

    static let names = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]

    var text: String {
      func list(_ name: String, _ values: [String]) -> String? { values.isEmpty ? nil : "\(name)=\(values.joined(separator: ","))" }
      let parts: [String?] = [
        "FREQ=\(frequency)", interval == 1 ? nil : "INTERVAL=\(interval)", list("BYMONTH", months.map { "\($0)" }),
        list("BYMONTHDAY", monthDays.map { "\($0)" }), list("BYDAY", weekdays.map { "\($0.ordinal.map { "\($0)" } ?? "")\(Self.names[$0.weekday - 1])" }),
        list("BYSETPOS", positions.map { "\($0)" }), weekStart == 1 ? nil : "WKST=\(Self.names[weekStart - 1])", count.map { "COUNT=\($0)" },
        until.map { "UNTIL=\($0.description.filter { $0 != "-" })" },
      ]
      return parts.compactMap { $0 }.joined(separator: ";")
    }

    func period(of date: CalendarDate, from start: CalendarDate) -> Int64 {
      switch frequency {
      case "YEARLY": return date.parts.year - start.parts.year
      case "MONTHLY": return (date.parts.year - start.parts.year) * 12 + date.parts.month - start.parts.month
      case "WEEKLY":
        var monday = start
        while monday.weekday != weekStart { monday = monday.adding(days: -1) }
        return (date.daysSinceEpoch - monday.daysSinceEpoch).flooredQuotient(by: 7)
      default: return date.daysSinceEpoch - start.daysSinceEpoch
      }
    }

    private func isNth(_ ordinal: Int64, _ date: CalendarDate, in isSamePeriod: (CalendarDate) -> Bool) -> Bool {
      var place: Int64 = 0
      var day = date
      while isSamePeriod(day) { (place, day) = (place + 1, day.adding(days: ordinal > 0 ? -7 : 7)) }
      return place == abs(ordinal)
    }

    private func isOnWeekday(_ date: CalendarDate) -> Bool {
      let byYear = frequency == "YEARLY" && months.isEmpty
      return weekdays.contains { rule in
        guard rule.weekday == date.weekday else { return false }
        guard let ordinal = rule.ordinal else { return true }
        return isNth(ordinal, date) { $0.parts.year == date.parts.year && (byYear || $0.parts.month == date.parts.month) }
      }
    }

    func isInSet(_ date: CalendarDate, from start: CalendarDate) -> Bool {
      let (year, month, day) = date.parts
      if !months.isEmpty, !months.contains(month) { return false }
      if !monthDays.isEmpty, !monthDays.contains(day), !monthDays.contains(day - CalendarDate.length(ofMonth: month, year: year) - 1) { return false }
      if !weekdays.isEmpty, !isOnWeekday(date) { return false }
      guard monthDays.isEmpty, weekdays.isEmpty else { return true }
      switch frequency {
      case "YEARLY": return day == start.parts.day && (!months.isEmpty || month == start.parts.month)
      case "MONTHLY": return day == start.parts.day
      case "WEEKLY": return date.weekday == start.weekday
      default: return true
      }
    }

    func dates(from start: CalendarDate, through end: CalendarDate) -> [CalendarDate] {
      var periods: [Int64: [CalendarDate]] = [:]
      var day = start.adding(days: -366)
      while day <= end.adding(days: 366) {
        let period = period(of: day, from: start)
        if period >= 0, period % interval == 0, isInSet(day, from: start) { periods[period, default: []].append(day) }
        day = day.adding(days: 1)
      }
      var dates: [CalendarDate] = []
      for (_, set) in periods.sorted(by: { $0.key < $1.key }) {
        let chosen = positions.isEmpty ? set : set.indices.filter { positions.contains($0 + 1) || positions.contains($0 - set.count) }.map { set[$0] }
        dates += chosen.filter { $0 >= start && ($0 <= until ?? $0) }
      }
      return Array(dates.prefix(count ?? .max)).filter { $0 <= end }
    }
  }

  private func random(_ generator: inout SplitMix64) -> Oracle {
    func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
    func some(_ chance: Int) -> Bool { pick(1...100) <= chance }
    var oracle = Oracle()
    oracle.frequency = ["YEARLY", "YEARLY", "MONTHLY", "MONTHLY", "WEEKLY", "DAILY"][pick(0...5)]
    if some(40) { oracle.interval = Int64(pick(1...5)) }
    if some(50) { oracle.months = Set((0..<pick(1...3)).map { _ in Int64(pick(1...12)) }).sorted() }
    if oracle.frequency != "WEEKLY", some(40) {
      oracle.monthDays = Set((0..<pick(1...4)).map { _ in Int64(pick(1...31)) * (some(30) ? -1 : 1) }).sorted()
    }
    if some(50) {
      let takesOrdinal = oracle.frequency == "YEARLY" || oracle.frequency == "MONTHLY"
      for weekday in Set((0..<pick(1...3)).map { _ in pick(1...7) }).sorted() {
        let most = oracle.frequency == "YEARLY" && oracle.months.isEmpty ? 53 : 5
        oracle.weekdays.append((takesOrdinal && some(50) ? Int64(pick(1...most)) * (some(40) ? -1 : 1) : nil, weekday))
      }
    }
    if !(oracle.months.isEmpty && oracle.monthDays.isEmpty && oracle.weekdays.isEmpty), some(30) {
      oracle.positions = Set((0..<pick(1...2)).map { _ in pick(1...4) * (some(40) ? -1 : 1) }).sorted()
    }
    if some(40) { oracle.weekStart = pick(1...7) }
    if some(30) { oracle.count = pick(1...40) } else if some(30) { oracle.until = CalendarDate(daysSinceEpoch: Int64(pick(17_000...22_000))) }
    return oracle
  }

  @Test(arguments: 1...8) func randomRulesAgreeWithBruteForce(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    var compared = 0
    var found = 0
    for _ in 0..<60 {
      let oracle = random(&generator)
      let first = CalendarDate(daysSinceEpoch: Int64.random(in: 16_000...18_500, using: &generator))
      // The first day must be one that the rule gives; which rules have one in reach is known only by asking.
      let candidates = (0..<800).lazy.map { first.adding(days: $0) }.filter { oracle.isInSet($0, from: $0) }.prefix(15)
      let start = candidates.first { oracle.dates(from: $0, through: $0).contains($0) }
      guard let start else { continue }
      let end = try #require(CalendarDate("2027-12-31"))
      let from = try #require(CalendarDate("2019-01-01"))
      let expected = oracle.dates(from: start, through: end).filter { $0 >= from }.map(\.description)
      let text = start.description.filter { $0 != "-" }
      #expect(read(text, oracle.text, 2019...2027) == expected, "\(text) \(oracle.text)")
      compared += 1
      found += expected.count
    }
    #expect(compared > 20 && found > 100)
  }
}
