import Contracts
import Kernel
import ServiceTime

/// The hours, business days and curves of a proof, each made once.
struct ChainCalendars {
  private struct CurveKey: Hashable {
    let calendars: [Int64]
    let handling: Int64
    let budget: Budget?
  }

  private struct DueKey: Hashable {
    let calendar: Int64
    let budget: Budget
    let starts: Range<Int64>
    let onlyOpen: Bool
  }

  let calendars: [Int64: ChainCase.Calendar]
  let horizon: Range<Int64>
  private var hours: [[Int64]: Hours] = [:]
  private var curves: [CurveKey: (starts: Range<Int64>, curve: EndCurve)] = [:]
  private var dues: [DueKey: EndCurve] = [:]

  init(_ calendars: [Int64: ChainCase.Calendar], horizon: Range<Int64>) {
    self.calendars = calendars
    self.horizon = horizon
  }

  /// Beyond the horizon, for deadlines that fall behind it.
  private static let margin: Int64 = 62 * 86_400
  /// How far hours are looked for: the longest budget that a target may have is ten years of open time.
  private static let reach: Int64 = 40 * 366 * 86_400

  func name(_ calendar: Int64) -> String { calendars[calendar]?.name ?? "" }
  func zone(_ calendar: Int64) -> Zone? { calendars[calendar]?.zone }

  /// The hours in which any of the calendars is open, from the horizon's start to `end` at least.
  mutating func hours(_ keys: [Int64], to end: Int64) -> Hours {
    var found = hours[keys] ?? Hours(from: horizon.lowerBound)
    guard found.stretch.upperBound < end || found.stretch.isEmpty else { return found }
    // A curve of any start within the horizon needs so much in most cases: what is cut at once is not looked at twice.
    let end = max(end, horizon.upperBound + 2 * Self.margin)
    if keys.count == 1 {
      found.extend(by: calendars[keys[0]]?.versions ?? [], to: end)
    } else {
      var several: [Hours] = []
      for key in keys { several.append(hours([key], to: end)) }
      found.extend(byAnyOf: several, to: end)
    }
    hours[keys] = found
    return found
  }

  /// The hours with so much open time from `second` on, if that ever comes.
  private mutating func hours(_ keys: [Int64], holding seconds: Int64, from second: Int64) -> Hours {
    var end = second + Self.margin
    while true {
      let found = hours(keys, to: end)
      if found.openSeconds - found.open(before: second) > seconds || found.stretch.upperBound - second >= Self.reach { return found }
      end = second + (found.stretch.upperBound - second) * 2
    }
  }

  /// When a party's own work and then its target is used up, counted in the calendars' common hours, for every start up to `end`.
  mutating func curve(_ keys: [Int64], handling: Int64, _ budget: Budget?, to end: Int64) -> EndCurve {
    let key = CurveKey(calendars: keys, handling: handling, budget: budget)
    if let known = curves[key], known.starts.upperBound > end { return known.curve }
    let starts = horizon.lowerBound..<max(end + 1, horizon.upperBound + Self.margin)
    let made: EndCurve
    switch budget {
    case .seconds(let seconds)?: made = spending(handling + seconds, keys, starts)
    case nil: made = spending(handling, keys, starts)
    case .businessDays(let days)?:
      let first = handling > 0 ? spending(handling, keys, starts) : .identity(starts)
      made = first.then(closing(ofBusinessDay: days, keys[0], starts.lowerBound..<(first.last ?? starts.lowerBound) + 1))
    }
    curves[key] = (starts, made)
    return made
  }

  private mutating func spending(_ seconds: Int64, _ keys: [Int64], _ starts: Range<Int64>) -> EndCurve {
    .spending(seconds, of: hours(keys, holding: seconds, from: starts.upperBound), starts: starts)
  }

  func closing(ofBusinessDay days: Int64, _ calendar: Int64, _ starts: Range<Int64>) -> EndCurve {
    let found = BusinessDays(calendars[calendar]?.versions ?? [], from: starts.lowerBound, to: starts.upperBound, more: days + 2)
    return .closing(ofBusinessDay: days, of: found, starts: starts)
  }

  /// Until when something that starts in `starts` is in time, by the promise's own clock.
  /// - Parameter onlyOpen: whether starts outside the hours may be left out: what starts then has until what starts at the next
  ///   opening has, and a chain whose terms do not change is no later.
  mutating func due(_ budget: Budget, _ calendar: Int64, _ starts: Range<Int64>, onlyOpen: Bool) -> EndCurve {
    let key = DueKey(calendar: calendar, budget: budget, starts: starts, onlyOpen: onlyOpen)
    if let known = dues[key] { return known }
    let made: EndCurve =
      switch budget {
      case .seconds(let seconds):
        .spending(seconds, of: hours([calendar], holding: seconds, from: starts.upperBound), starts: starts, onlyOpen: onlyOpen)
      case .businessDays(let days): closing(ofBusinessDay: days, calendar, starts)
      }
    dues[key] = made
    return made
  }
}
