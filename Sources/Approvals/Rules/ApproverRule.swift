import Kernel
import Operations

/// Who may decide an approval.
package enum ApproverRule {
  package enum Standing: Equatable {
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

  /// What the rule looks at of what is asked about.
  package struct Facts: Sendable, Equatable {
    /// Whom it concerns: a role counts only of who holds it for all of them.
    package let tenants: Set<TenantId>
    /// What the holder of a role must be permitted to do.
    let permission: String
    package let requester: Int64?
    package let unit: Int64?
    package let submitter: Party
    /// Who had a part in it besides.
    let parties: [Party]
    package let mayBeOwn: Bool

    package init(
      tenants: Set<TenantId>, permission: String = ApproverRule.permission, requester: Int64? = nil, unit: Int64? = nil, submitter: Party,
      parties: [Party] = [], mayBeOwn: Bool
    ) {
      self.tenants = tenants
      self.permission = permission
      self.requester = requester
      self.unit = unit
      self.submitter = submitter
      self.parties = parties
      self.mayBeOwn = mayBeOwn
    }

    /// Whether an account ordered it or had a part in it, or is a login of who did or of whom it is for.
    package func isOwn(of party: Party) -> Bool {
      party.isSame(as: submitter) || parties.contains(where: party.isSame) || (party.person != nil && party.person == requester)
    }
  }

  package static let permission = "approval.decide"

  /// - Parameter others: all approvals of the request.
  package static func standing(of principal: Principal, for approval: Approval, among others: [Approval], _ facts: Facts, at now: Instant) -> Standing {
    let me = Party(principal)
    guard isNamed(principal, me, by: approval, facts, at: now) else { return .none }
    guard principal.actor.kind == .staff || principal.actor.kind == .customer else { return .noPerson }
    if !facts.mayBeOwn, facts.isOwn(of: me) { return .own }
    return hasAgreed(me, among: others) ? .alreadyAgreed : .may
  }

  /// Whether an account, or another login of its person, has agreed to the request.
  package static func hasAgreed(_ party: Party, among approvals: [Approval]) -> Bool {
    approvals.contains { $0.state == .approved && ($0.decidedBy.map(party.isSame) ?? false) }
  }

  private static func isNamed(_ principal: Principal, _ me: Party, by approval: Approval, _ facts: Facts, at now: Instant) -> Bool {
    if let delegate = approval.delegate, me.isAccount(of: delegate) { return true }
    if case .person(let person) = approval.holder, principal.person == person { return true }
    if case .account(let account) = approval.holder, principal.actor.kind == .staff, principal.actor.id == account { return true }
    return principal.grants.contains { grant in
      guard approval.roles.contains(grant.role), grant.permissions.contains(facts.permission), grant.expiresAt.map({ now < $0 }) ?? true else { return false }
      let access = Access(grant.scope, home: principal.tenant)
      return facts.tenants.allSatisfy(access.reaches) && access.rows.covers(unit: facts.unit, person: facts.requester)
    }
  }
}
