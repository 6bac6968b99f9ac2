import Kernel

/// A rule that says which team works on the tickets that it is for; what it leaves open holds for all.
struct DispatchRule: Sendable {
  let id: Int64
  let publicId: [UInt8]
  /// Whether it is the customer's own; otherwise it is for all customers.
  let isOwn: Bool
  let service: Int64?
  /// It and those below it.
  let category: String?
  let nature: String?
  /// Of a customer's own rule one of its CIs, of a general one a CI that the provider shares.
  let ci: [UInt8]?
  let team: Ticket.Reference
  /// Whether the customer's delivery model has the team.
  let isAllowed: Bool
}

/// What dispatch rules are chosen by.
struct DispatchFacts: Sendable {
  let service: Int64?
  let category: String?
  let nature: String?
  let cis: [NamedCi.Key]
}

/// Which rule gives a ticket to a team. The most specific one does: the first difference in this order decides.
///
/// | | goes before |
/// |---|---|
/// | the customer's own | one for all customers |
/// | for a CI that the ticket names | for none |
/// | for its service | for none |
/// | for its category | for one above it, and this for none |
/// | for its nature | for none |
/// | set earlier | set later |
///
/// One whose team the delivery model does not allow is passed over.
enum DispatchChoice {
  /// Those that are for a ticket, the most specific first.
  static func matching(_ rules: [DispatchRule], _ facts: DispatchFacts) -> [DispatchRule] {
    let branch = facts.category.map(CodeKey.branch) ?? []
    return rules.filter { $0.isFor(facts, branch) }.sorted { $0.rank > $1.rank }
  }

  /// The one that decides, of those that are for the ticket; nil: none.
  static func deciding(_ matching: [DispatchRule]) -> DispatchRule? { matching.first(where: \.isAllowed) }
}

extension DispatchRule {
  fileprivate func isFor(_ facts: DispatchFacts, _ branch: [String]) -> Bool {
    if let service, service != facts.service { return false }
    if let category, !branch.contains(category) { return false }
    if let nature, nature != facts.nature { return false }
    if let ci, !facts.cis.contains(NamedCi.Key(isShared: !isOwn, publicId: ci)) { return false }
    return true
  }

  /// Greater is more specific; of equals the one that was set earlier.
  fileprivate var rank: (Int, Int, Int, Int, Int, Int64) {
    // A category that is deeper is longer by a part.
    let depth = category.map { CodeKey.branch(of: $0).count } ?? 0
    return (isOwn ? 1 : 0, ci == nil ? 0 : 1, service == nil ? 0 : 1, depth, nature == nil ? 0 : 1, -id)
  }
}
