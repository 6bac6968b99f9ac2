/// Where an alert stands.
package enum AlertState: String, Sendable, CaseIterable {
  /// What it tells of is so. May go to resolved.
  case firing
  /// It is so, and expected: a maintenance window covers it. May go to firing when the window is over, and to resolved.
  case suppressed
  /// It is not so any more, or not yet. May go to firing and to suppressed.
  case resolved
}

/// What happens to an alert.
package enum AlertAct: String, Sendable, CaseIterable {
  /// The source says that it is so; outside every window, or in one.
  case fire, fireInWindow
  /// The source says that it is over.
  case clear
  /// The window that covered it is over.
  case wake
}

extension AlertState {
  /// Nil: it says nothing new.
  package func after(_ act: AlertAct) -> AlertState? {
    switch (self, act) {
    case (.resolved, .fire), (.suppressed, .fire), (.suppressed, .wake): .firing
    case (.resolved, .fireInWindow): .suppressed
    case (.firing, .clear), (.suppressed, .clear): .resolved
    // What has been told stays told: a window that begins later takes nothing back.
    case (.firing, .fire), (.firing, .fireInWindow), (.firing, .wake), (.suppressed, .fireInWindow), (.resolved, .clear), (.resolved, .wake): nil
    }
  }
}
