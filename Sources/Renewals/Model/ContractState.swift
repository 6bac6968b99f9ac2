import Kernel

/// Where a contract stands. What it promises counts only while it is active and within its term.
package enum ContractState: String, LifeCycle, CaseIterable {
  /// Being written. May go to `active`, or to `ended` when it comes to nothing.
  case draft
  /// In force within its term. May go to `suspended` and `ended`.
  case active
  /// Nothing is judged under it for the time being. May go to `active` and `ended`.
  case suspended
  /// Over. Goes nowhere; a new contract is another contract.
  case ended

  /// What can happen to a contract.
  package enum Event: String, Sendable, CaseIterable {
    case activate, suspend, resume, end
    /// Its name or its term changes.
    case amend
  }

  /// The state after `event`; nil when it cannot happen in this state.
  package func after(_ event: Event) -> ContractState? {
    switch (self, event) {
    case (.draft, .activate): .active
    case (.active, .suspend): .suspended
    case (.suspended, .resume): .active
    case (.draft, .end), (.active, .end), (.suspended, .end): .ended
    case (.draft, .amend), (.active, .amend), (.suspended, .amend): self
    case (.draft, .suspend), (.draft, .resume), (.active, .activate), (.active, .resume), (.suspended, .activate), (.suspended, .suspend): nil
    case (.ended, _): nil
    }
  }
}
