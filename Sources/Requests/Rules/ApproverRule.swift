import Kernel

/// Who may decide an approval.
enum ApproverRule {
  enum Standing: Equatable {
    case may
    /// It is for others.
    case none
    /// It is his own request.
    case own
    /// He has agreed to it already, in another's place in the rule.
    case alreadyAgreed
    /// Neither a person of the customer's nor a member of the staff: a program, or the operator at the machine.
    case noPerson
  }

  /// What of a request the rule looks at.
  struct Facts: Equatable {
    let tenant: TenantId
    let requester: Int64?
    let unit: Int64?
    let submitter: Party
    /// The person behind that login.
    let submitterPerson: Int64?
    let mayBeOwn: Bool

    /// Whether an account ordered it, or is a login of who ordered it or of whom it is for.
    func isOwn(of party: Party, _ person: Int64?) -> Bool {
      party == submitter || (person != nil && (person == requester || person == submitterPerson))
    }
  }

  static let permission = "approval.decide"

  /// - Parameter others: all approvals of the request.
  static func standing(of principal: Principal, for approval: Approval, among others: [Approval], _ facts: Facts, at now: Instant) -> Standing {
    let me = Party(principal.actor)
    guard isNamed(principal, me, by: approval, facts, at: now) else { return .none }
    guard principal.actor.kind == .staff || principal.actor.kind == .customer else { return .noPerson }
    if !facts.mayBeOwn, facts.isOwn(of: me, principal.person) { return .own }
    return hasAgreed(me, principal.person, among: others) ? .alreadyAgreed : .may
  }

  /// Whether an account, or another login of its person, has agreed to the request.
  static func hasAgreed(_ party: Party, _ person: Int64?, among approvals: [Approval]) -> Bool {
    approvals.contains { $0.state == .approved && ($0.decidedBy == party || (person != nil && $0.decidedPerson == person)) }
  }

  private static func isNamed(_ principal: Principal, _ me: Party, by approval: Approval, _ facts: Facts, at now: Instant) -> Bool {
    if approval.delegate == me { return true }
    if case .person(let person) = approval.holder, principal.person == person { return true }
    return principal.grants.contains { grant in
      guard approval.roles.contains(grant.role), grant.permissions.contains(permission), grant.expiresAt.map({ now < $0 }) ?? true else { return false }
      let access = Access(grant.scope, home: principal.tenant)
      return access.reaches(facts.tenant) && access.rows.covers(unit: facts.unit, person: facts.requester)
    }
  }
}
