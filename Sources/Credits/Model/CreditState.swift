/// Where a credit proposal stands.
package enum CreditState: String, Sendable, CaseIterable {
  /// Waits for a decision. May go to `halfApproved`, `approved`, `refused`, and `superseded`.
  case proposed
  /// One of two persons has approved it. May go to `approved`, `refused`, and `superseded`.
  case halfApproved = "half_approved"
  /// Granted. May go to `superseded`, when a later computation of the same period is granted in its place.
  case approved
  /// Not granted, for a reason. Goes nowhere.
  case refused
  /// Another one took its place. Goes nowhere.
  case superseded

  /// What can happen to a proposal.
  package enum Event: String, Sendable, CaseIterable {
    /// The approval of one person where two are needed.
    case firstApproval = "first_approval"
    /// The approval that is enough.
    case approval
    case refusal
    case supersession
  }

  /// The state after `event`; nil when it cannot happen in this state.
  package func after(_ event: Event) -> CreditState? {
    switch (self, event) {
    case (.proposed, .firstApproval): .halfApproved
    case (.proposed, .approval), (.halfApproved, .approval): .approved
    case (.proposed, .refusal), (.halfApproved, .refusal): .refused
    case (.proposed, .supersession), (.halfApproved, .supersession), (.approved, .supersession): .superseded
    case (.halfApproved, .firstApproval), (.approved, .firstApproval), (.approved, .approval), (.approved, .refusal): nil
    case (.refused, _), (.superseded, _): nil
    }
  }
}
