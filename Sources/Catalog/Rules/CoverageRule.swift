import Kernel

/// Which contract line lets somebody order an offering.
package enum CoverageRule {
  /// Of the lines that sell it the one that is most closely for him, as for tickets: one that names him, then his unit, then the
  /// nearest above it, then the whole customer. Among equals one that sells just the offering goes before one that sells its whole
  /// service; then the newest, by the beginnings of the contract's term and of the line's version.
  /// - Parameters:
  ///   - person: nil: for nobody in particular, which only lines for the whole customer cover.
  ///   - units: his unit and those above it, nearest first.
  package static func line(of offering: Int64, service: Int64, among sales: [SalesInForce.Found], person: Int64?, units: [Int64]) -> Int64? {
    let ranked = sales.compactMap { sale -> (sale: SalesInForce.Found, rank: Audience.Rank)? in
      guard sale.offering == offering || sale.service == service else { return nil }
      return sale.audience.rank(person: person, units: units).map { (sale, $0) }
    }
    return ranked.max { isWeaker($0, $1, offering) }?.sale.line
  }

  private static func isWeaker(
    _ left: (sale: SalesInForce.Found, rank: Audience.Rank), _ right: (sale: SalesInForce.Found, rank: Audience.Rank), _ offering: Int64
  ) -> Bool {
    if left.rank != right.rank { return left.rank > right.rank }
    let (a, b) = (left.sale, right.sale)
    if (a.offering == offering) != (b.offering == offering) { return b.offering == offering }
    if a.contractStartsAt != b.contractStartsAt { return a.contractStartsAt < b.contractStartsAt }
    if a.lineValidFrom != b.lineValidFrom { return a.lineValidFrom < b.lineValidFrom }
    return a.line < b.line
  }
}
