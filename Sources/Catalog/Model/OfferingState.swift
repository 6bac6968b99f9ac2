import Kernel

/// Where an offering stands.
package enum OfferingState: String, LifeCycle, CaseIterable {
  /// Nobody can order it yet. May go to `published`, or to `retired` when nothing comes of it.
  case draft
  /// It can be ordered in its newest version. May go to `published` again with the next version, or to `retired`.
  case published
  /// It cannot be ordered any more. Goes nowhere.
  case retired

  /// What can happen to it.
  package enum Event: String, Sendable, CaseIterable {
    /// Its next version is being written.
    case draft
    case publish
    case retire
  }

  /// The state after `event`; nil when it cannot happen in this state.
  package func after(_ event: Event) -> OfferingState? {
    switch (self, event) {
    case (.draft, .draft), (.published, .draft): self
    case (.draft, .publish), (.published, .publish): .published
    case (.draft, .retire), (.published, .retire): .retired
    case (.retired, _): nil
    }
  }
}
