import Kernel

/// Which CI tier and which service the CIs of a ticket give it.
///
/// **Tier**: the most critical of theirs (the least rank of `ci_tier.list`); between equals the primary CI's, then the one's that was
/// named first. **Service**: what the contract line sells that covers the primary CI on the day on which the ticket was opened; else
/// that of the CI with the most critical tier, then of the one that was named first. **Line**: those that cover the CIs, in the same order.
enum CiChoice {
  /// The place of the CI that gives the tier; nil: none has one.
  static func tier(of cis: [NamedCi]) -> Int? {
    best(of: cis, where: { $0.facts.tier != nil }) { ($0.facts.rank ?? .max, $0.isPrimary ? 0 : 1) }
  }

  /// The place of the CI that gives the service; nil: no covering line sells one.
  static func service(of cis: [NamedCi]) -> Int? {
    best(of: cis, where: { $0.service != nil }) { ($0.isPrimary ? 0 : 1, $0.facts.rank ?? .max) }
  }

  /// The lines that cover the CIs, that of the CI which counts most first. ``CoveringLines`` reads the same of a ticket.
  static func lines(of cis: [NamedCi]) -> [Int64] {
    let ranked = cis.enumerated().compactMap { place, ci in
      ci.key.isShared ? nil : ci.facts.line.map { (line: $0, rank: (ci.isPrimary ? 0 : 1, ci.facts.rank ?? .max, place)) }
    }
    return ranked.sorted { $0.rank < $1.rank }.map(\.line)
  }

  /// Of those of one rank the first.
  private static func best(of cis: [NamedCi], where counts: (NamedCi) -> Bool, _ rank: (NamedCi) -> (Int64, Int64)) -> Int? {
    cis.indices.filter { counts(cis[$0]) }.min { rank(cis[$0]) == rank(cis[$1]) ? $0 < $1 : rank(cis[$0]) < rank(cis[$1]) }
  }
}
