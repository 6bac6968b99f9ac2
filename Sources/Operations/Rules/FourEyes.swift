import Kernel

/// Somebody who wrote something or decides on it: an account, and the person behind it where one is recorded.
package struct Party: Hashable, Sendable {
  package let kind: String
  package let id: Int64
  package let person: Int64?

  package init(kind: String, id: Int64, person: Int64?) {
    self.kind = kind
    self.id = id
    self.person = person
  }

  package init(_ actor: Actor, person: Int64?) { self.init(kind: actor.kind.rawValue, id: actor.id, person: person) }

  package init(_ principal: Principal) { self.init(principal.actor, person: principal.person) }

  /// One account.
  package func isAccount(of other: Party) -> Bool { kind == other.kind && id == other.id }

  /// One account, or two accounts of one person.
  package func isSame(as other: Party) -> Bool { isAccount(of: other) || (person != nil && person == other.person) }
}

/// What two persons must agree on: the one rule for money, time and what is published.
package enum FourEyes {
  package enum Refusal: Sendable {
    /// A service account or a job stands for nobody, and every local operator has the same identity: he may be anybody.
    case noPerson
    /// He had a part in it himself, by this account or another of his.
    case tookPart
  }

  /// Why `decider` may not decide on what `parties` wrote or decided before; nil: he may.
  package static func refusal(of decider: Party, than parties: [Party]) -> Refusal? {
    guard decider.kind == Actor.Kind.staff.rawValue else { return .noPerson }
    return parties.contains(where: decider.isSame) ? .tookPart : nil
  }
}
