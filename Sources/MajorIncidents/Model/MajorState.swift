import Kernel

/// Where a major incident stands.
package enum MajorState: String, LifeCycle, CaseIterable {
  /// It goes on, and nothing helps yet. May go to `mitigated`, `resolved`.
  case declared
  /// Something helps meanwhile. May go back to `declared`, and to `resolved`.
  case mitigated
  /// It is over. May go to `reviewed`, or back to `declared`.
  case resolved
  /// It was looked back on. Stays so; what was no part of it is still taken out.
  case reviewed

  /// What can happen to it.
  package enum Step: String, Sendable, CaseIterable {
    /// Something is written: title, lead, the log.
    case write
    /// An incident is found to be part of it.
    case link
    /// An incident is found to be no part of it.
    case unlink
    case mitigate, resolve, reopen, review
  }

  /// The state after `step`; nil when it cannot happen in this state.
  package func after(_ step: Step) -> MajorState? {
    switch (self, step) {
    case (.declared, .write), (.mitigated, .write), (.resolved, .write): self
    case (.declared, .link), (.mitigated, .link): self
    case (_, .unlink): self
    case (.declared, .mitigate): .mitigated
    case (.declared, .resolve), (.mitigated, .resolve): .resolved
    case (.mitigated, .reopen), (.resolved, .reopen): .declared
    case (.resolved, .review): .reviewed
    case (.declared, .reopen), (.declared, .review), (.mitigated, .mitigate), (.mitigated, .review), (.resolved, .link), (.resolved, .mitigate),
      (.resolved, .resolve), (.reviewed, .write), (.reviewed, .link), (.reviewed, .mitigate), (.reviewed, .resolve), (.reviewed, .reopen),
      (.reviewed, .review):
      nil
    }
  }

  /// Whether it goes on.
  package var isOpen: Bool {
    switch self {
    case .declared, .mitigated: true
    case .resolved, .reviewed: false
    }
  }
}

/// Whom an entry of the communication log is for.
package enum MajorAudience: String, Sendable, CaseIterable {
  /// The staff.
  case `internal`
  /// The customers of its incidents as well: each is told on his own.
  case customers
}
