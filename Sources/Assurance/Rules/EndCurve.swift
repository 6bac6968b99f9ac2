import Kernel
import ServiceTime

/// For every start in a stretch of time, an instant: when what starts then must be over. As long as nobody's terms change it
/// never falls back as the start moves on.
///
/// A curve is made of pieces. Within one the instant stands still, or goes along with the start second by second; from one to
/// the next it may jump ahead. All arithmetic is on whole seconds, and each step costs one pass over the pieces.
struct EndCurve: Sendable {
  struct Piece: Hashable, Sendable {
    /// The starts that it is for; half open.
    let start: Int64
    let end: Int64
    /// For the first of them.
    let value: Int64
    /// Whether the instant goes along with the start.
    let moves: Bool

    func value(at second: Int64) -> Int64 { moves ? value + second - start : value }
  }

  private(set) var pieces: [Piece] = []

  /// The instant of what is never over: one past the last that Steward takes.
  static let never = Instant.accepted.upperBound.seconds + 1

  private mutating func append(_ start: Int64, _ end: Int64, _ value: Int64, moves: Bool) {
    if start < end { pieces.append(Piece(start: start, end: end, value: value, moves: moves)) }
  }

  // MARK: Making

  private init() {}

  /// What is over as soon as it starts.
  static func identity(_ starts: Range<Int64>) -> EndCurve {
    var curve = EndCurve()
    curve.append(starts.lowerBound, starts.upperBound, starts.lowerBound, moves: true)
    return curve
  }

  /// The last instant at which no more than `seconds` of open time have passed since the start, which is where a clock is
  /// still in time (``CompiledCalendar/breach(from:seconds:)``).
  /// - Parameter onlyOpen: whether starts outside the hours are left out.
  static func spending(_ seconds: Int64, of hours: Hours, starts: Range<Int64>, onlyOpen: Bool = false) -> EndCurve {
    var curve = EndCurve()
    let runs = hours.runs
    var own = runs.partition { $0.end > starts.lowerBound }
    curve.pieces.reserveCapacity(2 * (runs.partition { $0.start >= starts.upperBound } - own) + 2)
    var target = 0
    var second = starts.lowerBound
    while second < starts.upperBound {
      guard own < runs.count else {
        if !onlyOpen { curve.append(second, starts.upperBound, never, moves: false) }
        break
      }
      let run = runs[own]
      let count = run.before + max(0, second - run.start) + seconds
      while target < runs.count, runs[target].before + runs[target].end - runs[target].start <= count { target += 1 }
      let value = target < runs.count ? runs[target].start + count - runs[target].before : never
      let end: Int64
      if second < run.start {
        end = min(run.start, starts.upperBound)
        if !onlyOpen { curve.append(second, end, value, moves: false) }
      } else if target < runs.count {
        end = min(run.end, starts.upperBound, second + runs[target].end - value)
        curve.append(second, end, value, moves: true)
      } else {
        end = min(run.end, starts.upperBound)
        curve.append(second, end, never, moves: false)
      }
      second = end
      if second == run.end { own += 1 }
    }
    return curve
  }

  /// The closing of the N-th business day after the date of the start; of 0, that of the date itself while it is to come
  /// (``CompiledCalendar/businessDayEnd(from:days:)``).
  static func closing(ofBusinessDay number: Int64, of calendar: BusinessDays, starts: Range<Int64>) -> EndCurve {
    var curve = EndCurve()
    let days = calendar.days
    var second = starts.lowerBound
    // The day that counts as the first from `second` on.
    var next = days.partition { (number == 0 ? $0.closing : $0.start) > second }
    while second < starts.upperBound {
      let day = next + Int(clamping: max(0, number - 1))
      let end = next < days.count ? min(number == 0 ? days[next].closing : days[next].start, starts.upperBound) : starts.upperBound
      curve.append(second, end, day < days.count ? days[day].closing : never, moves: false)
      second = end
      next += 1
    }
    return curve
  }

  // MARK: Joining

  /// Each part for the starts that it is given, in order.
  static func joined(_ parts: [(starts: Range<Int64>, curve: EndCurve)]) -> EndCurve {
    var joined = EndCurve()
    for (starts, curve) in parts {
      for piece in curve.pieces[curve.pieces.partition { $0.end > starts.lowerBound }...] {
        guard piece.start < starts.upperBound else { break }
        let (start, end) = (max(piece.start, starts.lowerBound), min(piece.end, starts.upperBound))
        if start < end { joined.append(start, end, piece.value(at: start), moves: piece.moves) }
      }
    }
    return joined
  }

  /// What starts where this is over.
  func then(_ next: EndCurve) -> EndCurve {
    var curve = EndCurve()
    for piece in pieces {
      var second = piece.start
      var index = next.pieces.partition { $0.end > piece.value }
      while second < piece.end {
        let value = piece.value(at: second)
        while index < next.pieces.count, next.pieces[index].end <= value { index += 1 }
        guard value < Self.never, index < next.pieces.count else {
          curve.append(second, piece.end, Self.never, moves: false)
          break
        }
        let other = next.pieces[index]
        let end = piece.moves ? min(piece.end, second + other.end - value) : piece.end
        curve.append(second, end, other.value(at: value), moves: piece.moves && other.moves)
        second = end
      }
    }
    return curve
  }

  /// The later one of two over the same starts.
  func later(_ other: EndCurve) -> EndCurve {
    var curve = EndCurve()
    Self.walk(self, other) { start, end, mine, others in
      // Slopes are 0 or 1, so within a common piece the two cross once at the most.
      let (first, second) = (mine.value(at: start), others.value(at: start))
      let (ahead, behind) = first >= second ? (mine, others) : (others, mine)
      let lead = abs(first - second)
      let crossing = behind.moves && !ahead.moves ? min(end, start + lead) : end
      curve.append(start, crossing, ahead.value(at: start), moves: ahead.moves)
      curve.append(crossing, end, behind.value(at: crossing), moves: behind.moves)
    }
    return curve
  }

  // MARK: Asking

  /// The latest instant of all; nil when none is ever over.
  var last: Int64? { pieces.lazy.filter { $0.value < Self.never }.map { $0.value(at: $0.end - 1) }.max() }

  func value(at second: Int64) -> Int64? {
    let index = pieces.partition { $0.end > second }
    guard index < pieces.count, pieces[index].start <= second else { return nil }
    return pieces[index].value(at: second)
  }

  /// Where this is over after another one.
  struct Lateness: Hashable, Sendable {
    /// A start for which it is latest: the first one of those.
    let worstStart: Int64
    let end: Int64
    let due: Int64
    /// The starts for which it is late.
    let starts: TimeSpans
  }

  /// Nil when it is never late. Only starts that both are for count.
  ///
  /// The difference of the two is linear within every common piece, so its largest value is at the first or the last second
  /// of one: those are all the candidates there are.
  func late(after due: EndCurve) -> Lateness? {
    var worst: (start: Int64, end: Int64, due: Int64)?
    var late: [TimeSpan] = []
    Self.walk(self, due) { start, end, mine, due in
      let lead = mine.value(at: start) - due.value(at: start)
      let slope: Int64 = (mine.moves ? 1 : 0) - (due.moves ? 1 : 0)
      let from = slope > 0 ? max(start, start - lead + 1) : start
      let to = slope < 0 ? min(end, start + lead) : end
      guard from < to, slope != 0 || lead > 0 else { return }
      late.append(TimeSpan(Instant(seconds: from), Instant(seconds: to)))
      let candidate = slope > 0 ? end - 1 : start
      let (ends, dues) = (mine.value(at: candidate), due.value(at: candidate))
      if worst.map({ ends - dues > $0.end - $0.due }) ?? true { worst = (candidate, ends, dues) }
    }
    return worst.map { Lateness(worstStart: $0.start, end: $0.end, due: $0.due, starts: TimeSpans(rising: late)) }
  }

  private static func walk(_ left: EndCurve, _ right: EndCurve, _ visit: (_ start: Int64, _ end: Int64, Piece, Piece) -> Void) {
    var (first, second) = (0, 0)
    while first < left.pieces.count, second < right.pieces.count {
      let (one, other) = (left.pieces[first], right.pieces[second])
      let (start, end) = (max(one.start, other.start), min(one.end, other.end))
      if start < end { visit(start, end, one, other) }
      if one.end <= other.end { first += 1 }
      if other.end <= one.end { second += 1 }
    }
  }
}
