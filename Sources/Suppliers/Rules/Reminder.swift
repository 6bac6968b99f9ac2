import Kernel

/// When people are told of something that has a last day: once before it, once when it is over.
enum Reminder: String, Sendable, CaseIterable {
  case near, over

  /// How long before an action is due its owner is told.
  static let actionDays: Int64 = 7

  /// What there is to tell on a day, of which it is known that there is something.
  static func on(_ today: CalendarDate, lastDay: CalendarDate) -> Reminder { today > lastDay ? .over : .near }

  /// The day on which there is more to tell; nil: never.
  func next(lastDay: CalendarDate) -> CalendarDate? { self == .near ? lastDay.adding(days: 1) : nil }

  /// When an action is told of first: so many days before it is due, or on that day where it is nearer.
  static func ofAction(dueOn: CalendarDate, today: CalendarDate) -> CalendarDate {
    let early = dueOn.adding(days: -actionDays)
    return early > today ? early : dueOn
  }
}
