/// The open time of a calendar on a wall clock that never changes: what is left of a calendar without its zone.
///
/// The week repeats for ever, and each exception corrects it for one date, so the open seconds before any local second are
/// a multiplication and two binary searches: nothing is unrolled, and the year 9999 costs what this year does. Local
/// seconds count from 1970-01-01T00:00 on the wall clock and may be negative. Open time is counted from 1970, too;
/// what matters is only the difference of two counts.
struct OpenPattern: Sendable {
  /// A stretch of open seconds within a week or a date, and the open seconds of the same week or date before it.
  private struct Run {
    let start: Int64
    let end: Int64
    let before: Int64

    var total: Int64 { before + end - start }
  }

  private struct ExceptionDay {
    /// Days since 1970.
    let day: Int64
    /// Its runs within `exceptionRuns`.
    let runs: Range<Int>
    /// The count at its 00:00 and at its 24:00.
    let openAtStart: Int64
    let openAtEnd: Int64
    /// What to add to the count of the plain week from its 24:00 to the next exception.
    let correction: Int64
  }

  private let weekRuns: [Run]
  private let weekTotal: Int64
  private let exceptions: [ExceptionDay]
  private let exceptionRuns: [Run]

  /// Open at every moment, exceptions included.
  let isAlwaysOpen: Bool

  static let day: Int64 = 86_400
  static let week: Int64 = 7 * 86_400

  init(_ definition: CalendarDefinition) {
    var weekly: [(start: Int64, end: Int64)] = []
    for (index, day) in Weekday.allCases.enumerated() {
      weekly += Self.stretches(definition.week[day] ?? [], after: Int64(index) * Self.day)
    }
    weekRuns = Self.runs(weekly)
    weekTotal = weekRuns.last?.total ?? 0

    var exceptions: [ExceptionDay] = []
    var runs: [Run] = []
    var correction: Int64 = 0
    for exception in definition.exceptions {
      let day = exception.date.daysSinceEpoch
      let own = Self.runs(Self.stretches(exception.openings, after: 0))
      let openAtStart = Self.open(beforePlain: day * Self.day, weekRuns, weekTotal) + correction
      let openAtEnd = openAtStart + (own.last?.total ?? 0)
      correction = openAtEnd - Self.open(beforePlain: (day + 1) * Self.day, weekRuns, weekTotal)
      exceptions.append(
        ExceptionDay(
          day: day, runs: runs.count..<runs.count + own.count, openAtStart: openAtStart, openAtEnd: openAtEnd, correction: correction))
      runs += own
    }
    self.exceptions = exceptions
    exceptionRuns = runs
    isAlwaysOpen = weekTotal == Self.week && exceptions.allSatisfy { $0.openAtEnd - $0.openAtStart == Self.day }
  }

  private static func stretches(_ openings: [CalendarDefinition.Opening], after midnight: Int64) -> [(start: Int64, end: Int64)] {
    openings.map { (start: midnight + Int64($0.start) * 60, end: midnight + Int64($0.end) * 60) }
  }

  /// Joins touching stretches (24:00 and the next day's 00:00) and adds the running totals.
  private static func runs(_ stretches: [(start: Int64, end: Int64)]) -> [Run] {
    var runs: [Run] = []
    for stretch in stretches {
      if let last = runs.last, last.end == stretch.start {
        runs[runs.count - 1] = Run(start: last.start, end: stretch.end, before: last.before)
      } else {
        runs.append(Run(start: stretch.start, end: stretch.end, before: runs.last?.total ?? 0))
      }
    }
    return runs
  }

  // MARK: Counting

  /// The open seconds before a local second.
  func open(before local: Int64) -> Int64 {
    guard !exceptions.isEmpty else { return open(beforePlain: local) }
    let day = Self.date(of: local)
    let index = firstException { $0.day >= day }
    if index < exceptions.count, exceptions[index].day == day {
      let exception = exceptions[index]
      return exception.openAtStart + Self.open(before: local - day * Self.day, exceptionRuns, exception.runs)
    }
    return open(beforePlain: local) + correction(before: index)
  }

  /// The same as if there were no exceptions.
  private func open(beforePlain local: Int64) -> Int64 { Self.open(beforePlain: local, weekRuns, weekTotal) }

  private static func open(beforePlain local: Int64, _ runs: [Run], _ total: Int64) -> Int64 {
    let (week, second) = weekAndSecond(local)
    return week * total + open(before: second, runs, runs.indices)
  }

  private static func open(before second: Int64, _ runs: [Run], _ range: Range<Int>) -> Int64 {
    let next = partition(range) { runs[$0].start >= second }
    guard next > range.lowerBound else { return 0 }
    let run = runs[next - 1]
    return run.before + min(second, run.end) - run.start
  }

  /// Weeks begin on Monday; 1970-01-01 was a Thursday. No local second lies a day before 1970, so the dividend is
  /// positive and the division by a constant needs no rounding down, which is a third of the cost of a count.
  @inline(__always)
  private static func weekAndSecond(_ local: Int64) -> (week: Int64, second: Int64) {
    let (index, second) = (local + 3 * day).quotientAndRemainder(dividingBy: week)
    return (index, second)
  }

  /// The date of a local second in days since 1970; -1 for the hours that zones west of Greenwich show before 1970.
  @inline(__always)
  static func date(of local: Int64) -> Int64 { (local + day) / day - 1 }

  private static func local(week index: Int64, second: Int64) -> Int64 { index * week + second - 3 * day }

  // MARK: Finding

  /// The first local second before which `count` open seconds lie; nil when so many never come.
  func earliest(with count: Int64) -> Int64? {
    let index = firstException { $0.openAtEnd >= count }
    if index < exceptions.count, count > exceptions[index].openAtStart {
      let exception = exceptions[index]
      let own = count - exception.openAtStart
      let run = exceptionRuns[Self.partition(exception.runs) { exceptionRuns[$0].total >= own }]
      return exception.day * Self.day + run.start + own - run.before
    }
    guard weekTotal > 0 else { return nil }
    let plain = count - correction(before: index)
    let week = (plain - 1).flooredQuotient(by: weekTotal)
    let own = plain - week * weekTotal
    let run = weekRuns[Self.partition(weekRuns.indices) { weekRuns[$0].total >= own }]
    return Self.local(week: week, second: run.start + own - run.before)
  }

  /// The last local second before which no more than `count` open seconds lie, which is the open second that follows
  /// them; nil when none follows.
  func latest(with count: Int64) -> Int64? {
    let index = firstException { $0.openAtEnd > count }
    if index < exceptions.count, count >= exceptions[index].openAtStart {
      let exception = exceptions[index]
      let own = count - exception.openAtStart
      let run = exceptionRuns[Self.partition(exception.runs) { exceptionRuns[$0].total > own }]
      return exception.day * Self.day + run.start + own - run.before
    }
    guard weekTotal > 0 else { return nil }
    let plain = count - correction(before: index)
    let week = plain.flooredQuotient(by: weekTotal)
    let own = plain - week * weekTotal
    let run = weekRuns[Self.partition(weekRuns.indices) { weekRuns[$0].total > own }]
    return Self.local(week: week, second: run.start + own - run.before)
  }

  /// For an open local second, an end of the open stretch around it: every second up to it is open, and the stretch may
  /// go on there. Nil for a closed second.
  func end(of local: Int64) -> Int64? {
    let day = Self.date(of: local)
    let index = firstException { $0.day >= day }
    if index < exceptions.count, exceptions[index].day == day {
      let second = local - day * Self.day
      let runs = exceptions[index].runs
      let found = Self.partition(runs) { exceptionRuns[$0].end > second }
      guard found < runs.upperBound, exceptionRuns[found].start <= second else { return nil }
      return day * Self.day + exceptionRuns[found].end
    }
    let (week, second) = Self.weekAndSecond(local)
    let found = Self.partition(weekRuns.indices) { weekRuns[$0].end > second }
    guard found < weekRuns.count, weekRuns[found].start <= second else { return nil }
    let end = Self.local(week: week, second: weekRuns[found].end)
    return index < exceptions.count ? min(end, exceptions[index].day * Self.day) : end
  }

  // MARK: Searching

  private func correction(before index: Int) -> Int64 { index == 0 ? 0 : exceptions[index - 1].correction }

  private func firstException(_ belongs: (ExceptionDay) -> Bool) -> Int {
    Self.partition(exceptions.indices) { belongs(exceptions[$0]) }
  }

  /// The first index of the range for which `belongs` is true, given that it is true for all that follow.
  @inline(__always)
  static func partition(_ range: Range<Int>, _ belongs: (Int) -> Bool) -> Int {
    var low = range.lowerBound
    var high = range.upperBound
    while low < high {
      let middle = (low + high) / 2
      if belongs(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
