import Kernel

/// Which contract line a ticket is judged under. Only lines in force are asked: contract version active and within its
/// term, line version active, a version of its SLA there.
///
/// | Rank | Line | Reason |
/// |---|---|---|
/// | 1 | the one that was named; if that one is not in force, none | `explicit` |
/// | 2 | one that names the requester | `person` |
/// | 3 | one that names no persons, and the ticket's own unit (site or department) | `unit` |
/// | 4 | one that names no persons, and the nearest unit above it | `unit_above` |
/// | 5 | the whole customer: a line that names neither units nor persons | `customer` |
///
/// A line that names persons is for those persons, whatever their unit, and for nobody else. A line for units outside the
/// ticket's own line of descent, or for other persons, never counts. Between several lines of one rank the one wins whose
/// contract's term began last, then the one whose version began last, then the one that was made last; the reason then
/// says `..._newest`.
package enum LinePrecedence {
  /// A line in force at the ticket's instant.
  package struct Candidate: Hashable, Sendable {
    package let terms: LineTerms
    /// Without units and persons: the whole customer.
    package let units: [Int64]
    package let persons: [Int64]
    package let contractStartsAt: Instant
    package let lineValidFrom: Instant

    package init(terms: LineTerms, units: [Int64], persons: [Int64] = [], contractStartsAt: Instant, lineValidFrom: Instant) {
      self.terms = terms
      self.units = units
      self.persons = persons
      self.contractStartsAt = contractStartsAt
      self.lineValidFrom = lineValidFrom
    }

    func isNewer(than other: Candidate) -> Bool {
      if contractStartsAt != other.contractStartsAt { return contractStartsAt > other.contractStartsAt }
      if lineValidFrom != other.lineValidFrom { return lineValidFrom > other.lineValidFrom }
      return terms.line > other.terms.line
    }
  }

  /// - Parameters:
  ///   - person: the requester.
  ///   - units: the ticket's unit and those above it, nearest first; empty when it has none.
  package static func choose(from candidates: [Candidate], person: Int64? = nil, units: [Int64], explicit: Int64?) -> LineTerms? {
    if let explicit { return candidates.first { $0.terms.line == explicit }?.terms.with(.explicit) }
    if let person, let found = newest(of: candidates.filter { $0.persons.contains(person) }, (.person, .personNewest)) { return found }
    for (distance, unit) in units.enumerated() {
      let reasons: (LineReason, LineReason) = distance == 0 ? (.unit, .unitNewest) : (.unitAbove, .unitAboveNewest)
      if let found = newest(of: candidates.filter { $0.persons.isEmpty && $0.units.contains(unit) }, reasons) { return found }
    }
    return newest(of: candidates.filter { $0.units.isEmpty && $0.persons.isEmpty }, (.customer, .customerNewest))
  }

  private static func newest(of candidates: [Candidate], _ reasons: (alone: LineReason, ofSeveral: LineReason)) -> LineTerms? {
    let newest = candidates.max { $1.isNewer(than: $0) }
    return newest?.terms.with(candidates.count == 1 ? reasons.alone : reasons.ofSeveral)
  }
}
