/// Where an appraisal stands. What a closed one says never changes; a late fact makes another one in its place.
package enum AppraisalState: String, Sendable, CaseIterable {
  /// Figures follow the records, people assess. May go to `closed` and `discarded`.
  case draft
  /// Its figures stand. May go to `superseded`, when a restatement of it is closed.
  case closed
  /// A restatement took its place. Goes nowhere.
  case superseded
  /// It came to nothing. Goes nowhere.
  case discarded

  /// What can happen to it.
  package enum Event: String, Sendable, CaseIterable {
    case assess, close, discard, restate, supersede
  }

  /// The state after `event`; nil when it cannot happen in this state.
  package func after(_ event: Event) -> AppraisalState? {
    switch (self, event) {
    case (.draft, .assess): .draft
    case (.draft, .close): .closed
    case (.draft, .discard): .discarded
    // A restatement is another appraisal; this one stands until that is closed.
    case (.closed, .restate): .closed
    case (.closed, .supersede): .superseded
    case (.draft, .restate), (.draft, .supersede), (.closed, .assess), (.closed, .close), (.closed, .discard): nil
    case (.superseded, _), (.discarded, _): nil
    }
  }
}

/// What is to be done about a supplier below the grade.
package enum ActionState: String, Sendable, CaseIterable {
  /// May go to `done` and `cancelled`.
  case open
  case done, cancelled
}
