import Kernel

/// From bytes to events; collects what is wrong.
struct ICalendarReader {
  private(set) var problems: [ICalendarProblem] = []
  private var events: [ICalendarEvent] = []
  /// The components around the line, with the line on which each begins.
  private var stack: [(name: String, line: Int)] = []
  /// The properties of the event around the line, without those of components inside it.
  private var properties: [ICalendarProperty] = []

  private static let depthLimit = 8

  /// Events in the order of the file. What it returns is meaningful only without ``problems``.
  mutating func events(_ bytes: [UInt8]) -> [ICalendarEvent] {
    let lines = ICalendarLine.lines(of: bytes, &problems)
    if lines.isEmpty, problems.isEmpty { problems.append(ICalendarProblem(1, ICalendarMessages.notACalendar)) }
    for line in lines {
      guard problems.count < ICalendar.problemLimit else { return [] }
      do throws(ICalendarProblem) { try take(try ICalendarProperty(line)) } catch { problems.append(error) }
      // What follows a broken frame would only be told wrongly.
      if problems.contains(where: { Self.framing.contains($0.message.key) }) { return [] }
    }
    if let last = stack.last { problems.append(ICalendarProblem(last.line, ICalendarMessages.unfinished, ["component": last.name])) }
    return events
  }

  private static let framing: Set<String> = [
    ICalendarMessages.notACalendar.key, ICalendarMessages.wrongEnd.key, ICalendarMessages.tooDeep.key, ICalendarMessages.tooManyEvents.key,
    ICalendarMessages.wrongPlace.key,
  ]

  private mutating func take(_ property: ICalendarProperty) throws(ICalendarProblem) {
    switch property.name {
    case "BEGIN": try begin(property.value.uppercased(), property.line)
    case "END": try end(property.value.uppercased(), property.line)
    default:
      guard let component = stack.last?.name else { throw ICalendarProblem(property.line, ICalendarMessages.notACalendar) }
      if component == "VEVENT" { properties.append(property) }
      if component == "VCALENDAR" { try checkCalendar(property) }
    }
  }

  private mutating func begin(_ name: String, _ line: Int) throws(ICalendarProblem) {
    guard !stack.isEmpty || name == "VCALENDAR" else { throw ICalendarProblem(line, ICalendarMessages.notACalendar) }
    guard stack.count < Self.depthLimit else { throw ICalendarProblem(line, ICalendarMessages.tooDeep) }
    if name == "VEVENT", let parent = stack.last?.name, parent != "VCALENDAR" {
      throw ICalendarProblem(line, ICalendarMessages.wrongPlace, ["component": name, "parent": String(parent.prefix(40))])
    }
    stack.append((name, line))
  }

  private mutating func end(_ name: String, _ line: Int) throws(ICalendarProblem) {
    guard let last = stack.popLast() else { throw ICalendarProblem(line, ICalendarMessages.notACalendar) }
    guard last.name == name else {
      throw ICalendarProblem(line, ICalendarMessages.wrongEnd, ["found": String(name.prefix(40)), "expected": String(last.name.prefix(40))])
    }
    guard name == "VEVENT" else { return }
    defer { properties = [] }
    guard events.count < ICalendar.eventLimit else {
      throw ICalendarProblem(last.line, ICalendarMessages.tooManyEvents, ["limit": String(ICalendar.eventLimit)])
    }
    events.append(try ICalendarEvent(line: last.line, properties))
  }

  /// Two properties of the whole file would make its dates mean something else.
  private func checkCalendar(_ property: ICalendarProperty) throws(ICalendarProblem) {
    switch (property.name, property.value.uppercased()) {
    case ("CALSCALE", "GREGORIAN"): break
    case ("CALSCALE", _), ("METHOD", "CANCEL"):
      throw property.problem(ICalendarMessages.unsupported, ["part": "\(property.name):\(property.value.prefix(40))"])
    default: break
    }
  }
}
