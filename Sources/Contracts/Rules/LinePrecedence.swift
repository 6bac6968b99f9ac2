import Kernel

/// Which contract line a ticket is judged under. Only lines in force are asked: contract version active and within its
/// term, line version active, a version of its SLA there.
///
/// | Rank | Line | Reason |
/// |---|---|---|
/// | 1 | the one that was named; if that one is not in force, none | `explicit` |
/// | 2 | the ticket's own unit (site or department) | `unit` |
/// | 3 | the nearest unit above it | `unit_above` |
/// | 4 | the whole customer | `customer` |
///
/// A line for a unit outside the ticket's own line of descent never counts. Between several lines of one rank the one
/// wins whose contract's term began last, then the one whose version began last, then the one that was made last; the
/// reason then says `..._newest`.
package enum LinePrecedence {
  /// A line in force at the ticket's instant.
  package struct Candidate: Hashable, Sendable {
    package let terms: LineTerms
    /// Nil: the whole customer.
    package let unit: Int64?
    package let contractStartsAt: Instant
    package let lineValidFrom: Instant

    package init(terms: LineTerms, unit: Int64?, contractStartsAt: Instant, lineValidFrom: Instant) {
      self.terms = terms
      self.unit = unit
      self.contractStartsAt = contractStartsAt
      self.lineValidFrom = lineValidFrom
    }

    func isNewer(than other: Candidate) -> Bool {
      if contractStartsAt != other.contractStartsAt { return contractStartsAt > other.contractStartsAt }
      if lineValidFrom != other.lineValidFrom { return lineValidFrom > other.lineValidFrom }
      return terms.line > other.terms.line
    }
  }

  /// - Parameter units: the ticket's unit and those above it, nearest first; empty when it has none.
  package static func choose(from candidates: [Candidate], units: [Int64], explicit: Int64?) -> LineTerms? {
    if let explicit { return candidates.first { $0.terms.line == explicit }?.terms.with(.explicit) }
    for (distance, unit) in units.enumerated() {
      let reasons: (LineReason, LineReason) = distance == 0 ? (.unit, .unitNewest) : (.unitAbove, .unitAboveNewest)
      if let found = newest(of: candidates.filter { $0.unit == unit }, reasons) { return found }
    }
    return newest(of: candidates.filter { $0.unit == nil }, (.customer, .customerNewest))
  }

  private static func newest(of candidates: [Candidate], _ reasons: (alone: LineReason, ofSeveral: LineReason)) -> LineTerms? {
    let newest = candidates.max { $1.isNewer(than: $0) }
    return newest?.terms.with(candidates.count == 1 ? reasons.alone : reasons.ofSeveral)
  }
}
