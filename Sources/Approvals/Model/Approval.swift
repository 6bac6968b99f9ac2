import Kernel
import Operations

/// Where one approval stands.
package enum ApprovalState: String, Sendable, CaseIterable {
  /// It is not its turn yet. May go to `asked`, `lapsed`.
  case waiting
  /// Somebody is to decide. May go to `approved`, `rejected`, `lapsed`.
  case asked
  /// Goes nowhere.
  case approved
  /// By somebody, or because nobody decided in time. Goes nowhere.
  case rejected
  /// It is not needed any more. Goes nowhere.
  case lapsed

  package enum Event: String, Sendable, CaseIterable { case ask, approve, reject, lapse }

  /// Nil: it cannot happen in this state.
  package func after(_ event: Event) -> ApprovalState? {
    switch (self, event) {
    case (.waiting, .ask): .asked
    case (.asked, .approve): .approved
    case (.asked, .reject): .rejected
    case (.waiting, .lapse), (.asked, .lapse): .lapsed
    case (.waiting, .approve), (.waiting, .reject), (.asked, .ask), (.approved, _), (.rejected, _), (.lapsed, _): nil
    }
  }
}

/// One who is asked to agree to something: a request, a change, an act before which a gate stands.
package struct Approval: Sendable, Equatable {
  package enum Holder: Hashable, Sendable {
    /// Whoever holds this role, for what the request concerns.
    case role(String)
    /// A person of the customer.
    case person(Int64)
    /// An account of the staff.
    case account(Int64)
  }

  package let publicId: [UInt8]
  /// Its place in the rule.
  package let seq: Int64
  /// Those of one step are asked at once.
  package let step: Int64
  /// Whether one approval of its step is enough.
  package let suffices: Bool
  package let names: Value
  package let holder: Holder
  /// How long it may take; nil: as long as it takes.
  package let hours: Int64?
  /// The role that it goes to besides when that time is over; nil: it then counts as refused.
  package let escalatesTo: String?

  package internal(set) var state = ApprovalState.waiting
  package internal(set) var askedAt: Instant?
  package internal(set) var dueAt: Instant?
  package internal(set) var escalatedAt: Instant?
  /// The role that is asked besides, for no account could decide when it was asked.
  package internal(set) var standIn: String?
  /// An account; whose it is, is not recorded.
  package internal(set) var delegate: Party?
  package internal(set) var decidedAt: Instant?
  /// Nil where time decided.
  package internal(set) var decidedBy: Party?
  package internal(set) var reason: String?
  /// It rises with whatever changes.
  package internal(set) var version: Int64 = 1

  package init(
    publicId: [UInt8], seq: Int64, step: Int64, suffices: Bool, names: Value, holder: Holder, hours: Int64? = nil, escalatesTo: String? = nil
  ) {
    self.publicId = publicId
    self.seq = seq
    self.step = step
    self.suffices = suffices
    self.names = names
    self.holder = holder
    self.hours = hours
    self.escalatesTo = escalatesTo
  }

  /// One that is asked of an account of the staff, as it was stored.
  package init(
    publicId: [UInt8], seq: Int64, suffices: Bool, account: Int64, hours: Int64?, state: ApprovalState, askedAt: Instant?, dueAt: Instant?,
    delegate: Party?, decidedAt: Instant?, decidedBy: Party?, reason: String?, version: Int64
  ) {
    self.init(publicId: publicId, seq: seq, step: 1, suffices: suffices, names: .null, holder: .account(account), hours: hours)
    (self.state, self.askedAt, self.dueAt, self.delegate, self.version) = (state, askedAt, dueAt, delegate, version)
    (self.decidedAt, self.decidedBy, self.reason) = (decidedAt, decidedBy, reason)
  }

  /// The roles whose holders may decide it now.
  package var roles: Set<String> {
    var roles: Set<String> = []
    if case .role(let role) = holder { roles.insert(role) }
    if escalatedAt != nil, let escalatesTo { roles.insert(escalatesTo) }
    if let standIn { roles.insert(standIn) }
    return roles
  }
}
