import Desk
import Kernel

/// The story of an imported ticket: what the log's rows mean to promises, as ``ImportedClock`` takes them.
///
/// The log tells the last resolution and closure only, so what lies between a resolution and a reopening counts. The first answer
/// is the first row that leaves the state new; where the log does not begin with that state, nobody knows when it was.
struct ImportedStory: Sendable {
  private(set) var story: TicketStory
  /// When somebody first answered; nil when the log does not tell.
  private(set) var respondedAt: Instant?
  /// The row that shows it, counted from the incident's first.
  private(set) var respondedRow: Int?

  init(of incident: IncidentLog.Incident, in log: IncidentLog) {
    let rows = log.rows[incident.rows]
    story = TicketStory(opened: incident.openedAt, priority: rows.first?.priority ?? incident.priority)
    guard let first = rows.first, let last = rows.last else { return }
    var resolvedAt = last.state.kind == .closed || last.state.kind == .resolved ? incident.resolvedAt : nil
    let isUnresolved = resolvedAt == nil
    var closedAt = last.state.kind == .closed ? incident.closedAt ?? last.at : nil
    var before = first.state
    var priority = first.priority
    for (index, row) in rows.enumerated() {
      if first.state.kind == .new, row.state.kind != .new, respondedAt == nil {
        let at = min(row.at, resolvedAt ?? row.at)
        (respondedAt, respondedRow) = (at, index)
        story.append(.responded, at)
      }
      if let at = resolvedAt, row.at > at {
        story.append(.resolved, at)
        resolvedAt = nil
      }
      if let at = closedAt, row.at > at {
        story.append(isUnresolved ? .closedUnresolved : .closed, at)
        closedAt = nil
      }
      if row.priority != priority {
        priority = row.priority
        story.classify(priority, row.at)
      }
      if index == 0 || row.state.reason != before.reason {
        if index > 0, before.reason != nil { story.append(.resumed, row.at) }
        if let reason = row.state.reason { story.hold(reason, row.at) }
      }
      before = row.state
    }
    if let at = resolvedAt { story.append(.resolved, at) }
    if let at = closedAt { story.append(isUnresolved ? .closedUnresolved : .closed, at) }
  }
}
