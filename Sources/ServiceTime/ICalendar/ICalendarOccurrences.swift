import Kernel

/// From events to days: repetition, exceptions and replaced occurrences.
struct ICalendarOccurrences {
  private let events: [ICalendarEvent]
  private let range: ClosedRange<CalendarDate>

  init(_ events: [ICalendarEvent], within range: ClosedRange<CalendarDate>) {
    self.events = events
    self.range = range
  }

  func days() throws(ICalendarProblem) -> [ICalendar.Day] {
    let masters = try masters()
    let replacements = replacements()
    var effort = ICalendar.effortLimit
    var days: [(date: CalendarDate, event: Int)] = []
    for (index, event) in events.enumerated() {
      let isDropped = try isDropped(event, masters, &effort)
      let starts: [CalendarDate]
      if isDropped {
        starts = []
      } else if let replaced = event.replaces {
        starts = replacements[Key(event.uid, replaced)] == index ? [event.start] : []
      } else {
        starts = try self.starts(of: event, &effort).filter { replacements[Key(event.uid, $0)] == nil }
      }
      for start in starts {
        for offset in 0..<event.length {
          let date = start.adding(days: offset)
          if range.contains(date) { days.append((date, index)) }
        }
        guard days.count <= ICalendar.dayLimit else {
          throw ICalendarProblem(event.line, ICalendarMessages.tooManyDays, ["limit": String(ICalendar.dayLimit)])
        }
      }
    }
    return days.sorted { ($0.date, $0.event) < ($1.date, $1.event) }.map { ICalendar.Day(date: $0.date, name: events[$0.event].name) }
  }

  /// The first days of an event's occurrences, each once, from those that reach into the range to its end.
  private func starts(of event: ICalendarEvent, _ effort: inout Int) throws(ICalendarProblem) -> [CalendarDate] {
    let first = range.lowerBound.adding(days: 1 - event.length)
    var starts: Set<CalendarDate> = [event.start]
    if let rule = event.rule { starts = Set(try rule.dates(from: event.start, within: first...range.upperBound, &effort)) }
    return starts.union(event.added).subtracting(event.removed).filter { (first...range.upperBound).contains($0) }.sorted()
  }

  private struct Key: Hashable {
    let uid: String?
    let date: CalendarDate

    init(_ uid: String?, _ date: CalendarDate) {
      self.uid = uid
      self.date = date
    }
  }

  /// Which event takes the place of an occurrence. A cancelled one takes it and leaves it empty.
  private func replacements() -> [Key: Int] {
    var replacements: [Key: Int] = [:]
    for (index, event) in events.enumerated() {
      guard let date = event.replaces else { continue }
      let key = Key(event.uid, date)
      if let other = replacements[key], events[other].sequence > event.sequence { continue }
      replacements[key] = index
    }
    return replacements
  }

  /// The events by UID, without those that take the place of an occurrence. Two of one UID are two revisions of one event,
  /// and which of them counts is not for us to guess. Many files leave the UID out.
  private func masters() throws(ICalendarProblem) -> [String: ICalendarEvent] {
    var masters: [String: ICalendarEvent] = [:]
    for event in events where event.replaces == nil {
      guard let uid = event.uid, !uid.isEmpty else { continue }
      guard masters.updateValue(event, forKey: uid) == nil else { throw ICalendarProblem(event.line, ICalendarMessages.sameUID) }
    }
    return masters
  }

  /// Whether an event is cancelled, by itself or with the one of which it takes an occurrence's place. One that takes the place
  /// of nothing is an error; where the file lacks the other event, it stands for itself.
  private func isDropped(
    _ event: ICalendarEvent, _ masters: [String: ICalendarEvent], _ effort: inout Int
  ) throws(ICalendarProblem) -> Bool {
    guard let replaced = event.replaces, let uid = event.uid, let master = masters[uid] else { return event.isCancelled }
    guard !master.isCancelled else { return true }
    var isOccurrence = master.added.contains(replaced) || (master.rule == nil && master.start == replaced)
    if !isOccurrence, let rule = master.rule {
      isOccurrence = try !rule.dates(from: master.start, within: replaced...replaced, &effort).isEmpty
    }
    guard isOccurrence, !master.removed.contains(replaced) else {
      throw ICalendarProblem(event.line, ICalendarMessages.noOccurrence, ["date": replaced.description])
    }
    return event.isCancelled
  }
}
