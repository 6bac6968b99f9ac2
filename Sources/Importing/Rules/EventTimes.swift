import Kernel

/// When an incident was opened, resolved and closed, by its rows: for a log of bare events, which says so nowhere else.
struct EventTimes: Equatable {
  /// The first row's.
  private(set) var openedAt: Instant?
  /// The first row of the last stretch in which it was done; nil when it is open at the end, or was closed without being resolved.
  private(set) var resolvedAt: Instant?
  private(set) var closedAt: Instant?
  /// How often it was done and came back.
  private(set) var reopenCount: Int64 = 0

  init(_ rows: [(state: ImportProfile.State, at: Instant)]) {
    openedAt = rows.first?.at
    for row in rows {
      switch row.state.kind {
      case .new, .active, .pending:
        if resolvedAt != nil || closedAt != nil { reopenCount += 1 }
        (resolvedAt, closedAt) = (nil, nil)
      case .resolved:
        if resolvedAt == nil, closedAt == nil { resolvedAt = row.at }
        closedAt = nil
      case .closed, .cancelled:
        if closedAt == nil { closedAt = row.at }
      }
    }
  }
}
