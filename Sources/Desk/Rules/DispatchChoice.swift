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
  /// It and those above it, of which 1 is the highest.
  let priorityTo: Int64?
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
  let priority: Int64
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
/// | for its priority and those above it | for one below it too, and this for none |
/// | set earlier | set later |
///
/// One whose team the delivery model does not allow is passed over.
enum DispatchChoice {
  /// Those that are for a ticket, the most specific first.
  static func matching(_ rules: [DispatchRule], _ facts: DispatchFacts) -> [DispatchRule] {
    let branch = facts.category.map(CodeKey.branch) ?? []
    return rules.filter { $0.isFor(facts, branch) }.sorted { $1.rank.lexicographicallyPrecedes($0.rank) }
  }

  /// The one that decides, of those that are for the ticket; nil: none.
  static func deciding(_ matching: [DispatchRule]) -> DispatchRule? { matching.first(where: \.isAllowed) }
}

extension DispatchRule {
  fileprivate func isFor(_ facts: DispatchFacts, _ branch: [String]) -> Bool {
    if let service, service != facts.service { return false }
    if let category, !branch.contains(category) { return false }
    if let nature, nature != facts.nature { return false }
    if let priorityTo, facts.priority > priorityTo { return false }
    if let ci, !facts.cis.contains(NamedCi.Key(isShared: !isOwn, publicId: ci)) { return false }
    return true
  }

  /// Greater is more specific; of equals the one that was set earlier.
  fileprivate var rank: [Int64] {
    func point(_ holds: Bool) -> Int64 { holds ? 1 : 0 }
    // A category that is deeper is longer by a part.
    let depth = Int64(category.map { CodeKey.branch(of: $0).count } ?? 0)
    let urgency: Int64 = priorityTo.map { -$0 } ?? .min
    return [point(isOwn), point(ci != nil), point(service != nil), depth, point(nature != nil), urgency, -id]
  }
}
