/// Where an underpinning contract stands. What it promises counts only while it is active and within its term.
package enum UnderpinningState: String, Sendable, CaseIterable {
  /// Being negotiated. May go to `active`, or to `ended` when it comes to nothing.
  case draft
  /// In force within its term. May go to `ended`.
  case active
  /// Over. Goes nowhere; a new contract is another contract.
  case ended

  /// What can happen to it.
  package enum Event: String, Sendable, CaseIterable {
    case activate, end
    /// Its name, term, coverage, targets or costs change.
    case amend
  }

  /// The state after `event`; nil when it cannot happen in this state.
  package func after(_ event: Event) -> UnderpinningState? {
    switch (self, event) {
    case (.draft, .activate): .active
    case (.draft, .end), (.active, .end): .ended
    case (.draft, .amend), (.active, .amend): self
    case (.active, .activate), (.ended, _): nil
    }
  }
}
