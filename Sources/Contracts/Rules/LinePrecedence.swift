import Kernel

/// Which contract line a ticket is judged under. Only lines in force are asked: contract version active and within its
/// term, line version active, a version of its SLA there.
///
/// | Rank | Line | Reason |
/// |---|---|---|
/// | 1 | the one that was named; if that one is not in force, none | `explicit` |
/// | 2 | the one that covers a CI which the ticket names; of several CIs the first in the caller's order | `ci` |
/// | 3 | one that names the requester | `person` |
/// | 4 | one that names no persons, and the ticket's own unit (site or department) | `unit` |
/// | 5 | one that names no persons, and the nearest unit above it | `unit_above` |
/// | 6 | the whole customer: a line that names neither units nor persons | `customer` |
///
/// A line that covers a CI is for tickets about that CI, whoever reports them: what was bought for a thing is not another thing's
/// because somebody else noticed that it failed. A CI has one line at a time, so none are tied. For tickets that name none of its CIs
/// a line counts by its persons and units, as if it covered nothing, unless it is for the CIs only that it covers.
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
    /// For tickets about CIs that it covers, and for no others.
    package let onlyCoveredCis: Bool
    package let contractStartsAt: Instant
    package let lineValidFrom: Instant

    package init(
      terms: LineTerms, units: [Int64], persons: [Int64] = [], onlyCoveredCis: Bool = false, contractStartsAt: Instant, lineValidFrom: Instant
    ) {
      self.terms = terms
      self.units = units
      self.persons = persons
      self.onlyCoveredCis = onlyCoveredCis
      self.contractStartsAt = contractStartsAt
      self.lineValidFrom = lineValidFrom
    }

    var audience: Audience { Audience(units: units, persons: persons) }

    func isNewer(than other: Candidate) -> Bool {
      if contractStartsAt != other.contractStartsAt { return contractStartsAt > other.contractStartsAt }
      if lineValidFrom != other.lineValidFrom { return lineValidFrom > other.lineValidFrom }
      return terms.line > other.terms.line
    }
  }

  /// Whom and what a ticket is about, as far as lines are chosen by it.
  package struct Subject: Hashable, Sendable {
    /// The requester.
    package let person: Int64?
    /// The ticket's unit and those above it, nearest first; empty when it has none.
    package let units: [Int64]
    /// The lines that cover its CIs, that of the CI which counts most first.
    package let covering: [Int64]

    package init(person: Int64? = nil, units: [Int64], covering: [Int64] = []) {
      self.person = person
      self.units = units
      self.covering = covering
    }

    /// Nil: the line is not for it.
    fileprivate func rank(_ candidate: Candidate) -> Rank? {
      if let place = covering.firstIndex(of: candidate.terms.line) { return .ci(place: place) }
      return candidate.onlyCoveredCis ? nil : candidate.audience.rank(person: person, units: units).map(Rank.audience)
    }
  }

  fileprivate enum Rank: Comparable {
    /// 0: the CI that counts most.
    case ci(place: Int)
    case audience(Audience.Rank)
  }

  package static func choose(from candidates: [Candidate], for subject: Subject, explicit: Int64?) -> LineTerms? {
    if let explicit { return candidates.first { $0.terms.line == explicit }?.terms.with(.explicit) }
    let ranked = candidates.compactMap { candidate in subject.rank(candidate).map { (candidate: candidate, rank: $0) } }
    guard let closest = ranked.map(\.rank).min() else { return nil }
    return newest(of: ranked.filter { $0.rank == closest }.map(\.candidate), reasons(closest))
  }

  /// Where a line in force stands in the choice.
  package enum Standing: String, Sendable, CaseIterable {
    case chosen
    /// The table would choose it by what is recorded now; the ticket keeps the line that it has.
    case preferred
    /// Of the rank that was chosen; another one is newer.
    case older
    /// Of a later rank of the table.
    case lessSpecific = "less_specific"
    /// For the CIs that it covers, and the ticket names none of them.
    case otherCis = "other_cis"
    /// For persons, and not for the requester.
    case otherPersons = "other_persons"
    /// For units, and not for the ticket's own line of descent.
    case otherUnits = "other_units"
    /// Another one was named.
    case notNamed = "not_named"
  }

  /// Why each line in force was chosen or not, the chosen one first. It tells what ``choose(from:for:explicit:)``
  /// does.
  package static func standings(
    of candidates: [Candidate], for subject: Subject, explicit: Int64?
  ) -> [(candidate: Candidate, standing: Standing)] {
    let chosen = choose(from: candidates, for: subject, explicit: explicit)?.line
    let chosenRank = candidates.first { $0.terms.line == chosen }.flatMap(subject.rank)
    let told = candidates.map { candidate -> (candidate: Candidate, standing: Standing) in
      if candidate.terms.line == chosen { return (candidate, .chosen) }
      if explicit != nil { return (candidate, .notNamed) }
      guard let rank = subject.rank(candidate) else {
        return (candidate, candidate.onlyCoveredCis ? .otherCis : candidate.persons.isEmpty ? .otherUnits : .otherPersons)
      }
      return (candidate, rank == chosenRank ? .older : .lessSpecific)
    }
    let order = Standing.allCases
    return told.sorted { left, right in
      let (a, b) = (order.firstIndex(of: left.standing) ?? 0, order.firstIndex(of: right.standing) ?? 0)
      return a == b ? left.candidate.isNewer(than: right.candidate) : a < b
    }
  }

  /// The same of a ticket that keeps its line, whatever was recorded since.
  package static func standings(
    of candidates: [Candidate], for subject: Subject, keeping line: Int64?
  ) -> [(candidate: Candidate, standing: Standing)] {
    let told = standings(of: candidates, for: subject, explicit: nil).map {
      candidate, standing -> (candidate: Candidate, standing: Standing) in
      (candidate: candidate, standing: candidate.terms.line == line ? .chosen : standing == .chosen ? .preferred : standing)
    }
    return told.filter { $0.standing == .chosen } + told.filter { $0.standing != .chosen }
  }

  private static func reasons(_ rank: Rank) -> (alone: LineReason, ofSeveral: LineReason) {
    switch rank {
    case .ci: (.ci, .ci)
    case .audience(.person): (.person, .personNewest)
    case .audience(.unit(distance: 0)): (.unit, .unitNewest)
    case .audience(.unit): (.unitAbove, .unitAboveNewest)
    case .audience(.everybody): (.customer, .customerNewest)
    }
  }

  private static func newest(of candidates: [Candidate], _ reasons: (alone: LineReason, ofSeveral: LineReason)) -> LineTerms? {
    let newest = candidates.max { $1.isNewer(than: $0) }
    return newest?.terms.with(candidates.count == 1 ? reasons.alone : reasons.ofSeveral)
  }
}
