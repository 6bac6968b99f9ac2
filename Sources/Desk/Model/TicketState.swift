/// Where a ticket stands. A reopened ticket is active again; how often that happened is counted beside the state.
package enum TicketState: String, Sendable, CaseIterable {
  /// Recorded, nobody works on it. May go to active, pending, resolved, closed (merged).
  case new
  /// May go to pending, resolved, closed (merged).
  case active
  /// Waits for somebody else, for a reason from a list. May go to active, resolved, closed (merged).
  case pending
  /// The work is done; the requester may confirm or object. May go to closed, or back to active.
  case resolved
  /// Confirmed, or not objected to. May go back to active only.
  case closed

  package var isOpen: Bool {
    switch self {
    case .new, .active, .pending: true
    case .resolved, .closed: false
    }
  }
}

/// What happens to a ticket's state.
package enum TicketAct: String, Sendable, CaseIterable {
  case start, hold, resume, resolve, close, reopen, merge
}

/// The answer of the life cycle: the new state and what is to be done on the way.
package struct TicketTransition: Sendable, Equatable {
  package enum Duty: Sendable, Equatable {
    /// Somebody answered, unless that was observed before.
    case observeResponse
    case observeResolution
    case observeClosure
    /// The reason of the hold decides whether clocks pause.
    case pauseClocks
    case resumeClocks
    case countReopening
    /// Nothing is promised for it any more.
    case withdrawClocks
  }

  package let state: TicketState
  package let duties: [Duty]
}

extension TicketState {
  /// Nil: the state does not allow it.
  package func after(_ act: TicketAct) -> TicketTransition? {
    switch (self, act) {
    case (.new, .start): TicketTransition(state: .active, duties: [.observeResponse])
    case (.new, .hold), (.active, .hold): TicketTransition(state: .pending, duties: [.pauseClocks])
    case (.pending, .resume): TicketTransition(state: .active, duties: [.resumeClocks])
    // Who resolves has answered. A resolution ends a pause by itself.
    case (.new, .resolve), (.active, .resolve), (.pending, .resolve): TicketTransition(state: .resolved, duties: [.observeResponse, .observeResolution])
    case (.resolved, .close): TicketTransition(state: .closed, duties: [.observeClosure])
    // What went into another ticket is judged there.
    case (.new, .merge), (.active, .merge), (.pending, .merge), (.resolved, .merge): TicketTransition(state: .closed, duties: [.withdrawClocks])
    case (.resolved, .reopen), (.closed, .reopen): TicketTransition(state: .active, duties: [.countReopening])
    case (.new, .resume), (.new, .close), (.new, .reopen), (.active, .start), (.active, .resume), (.active, .close), (.active, .reopen),
      (.pending, .start), (.pending, .hold), (.pending, .close), (.pending, .reopen), (.resolved, .start), (.resolved, .hold), (.resolved, .resume),
      (.resolved, .resolve), (.closed, .start), (.closed, .hold), (.closed, .resume), (.closed, .resolve), (.closed, .close), (.closed, .merge):
      nil
    }
  }
}
