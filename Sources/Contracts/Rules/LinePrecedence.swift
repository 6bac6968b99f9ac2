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
/// Rows 3 to 6 are gone through by what lines sell. A ticket about a service is for the lines that sell it, or an offering of it; where none of
/// them is for the ticket, for those that sell nothing of the catalogue; for lines that sell something else it never is. A ticket that names
/// no service is for the lines that sell nothing of the catalogue; where there are none, for those that sell something: what it is about
/// is not known yet. Of two lines of one row, one that sells a whole service goes before one that sells an offering.
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
    /// Nil: nothing of the catalogue.
    package let sold: Sold?
    package let contractStartsAt: Instant
    package let lineValidFrom: Instant

    package init(
      terms: LineTerms, units: [Int64], persons: [Int64] = [], onlyCoveredCis: Bool = false, sold: Sold? = nil,
      contractStartsAt: Instant, lineValidFrom: Instant
    ) {
      self.terms = terms
      self.units = units
      self.persons = persons
      self.onlyCoveredCis = onlyCoveredCis
      self.sold = sold
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

  /// What of the catalogue a line sells.
  package struct Sold: Hashable, Sendable {
    package let service: Int64
    /// One offering of the service, and not all of it.
    package let isOffering: Bool

    package init(service: Int64, isOffering: Bool) { (self.service, self.isOffering) = (service, isOffering) }
  }

  /// Whom and what a ticket is about, as far as lines are chosen by it.
  package struct Subject: Hashable, Sendable {
    /// The requester.
    package let person: Int64?
    /// The ticket's unit and those above it, nearest first; empty when it has none.
    package let units: [Int64]
    /// The lines that cover its CIs, that of the CI which counts most first.
    package let covering: [Int64]
    /// Nil: it names none.
    package let service: Int64?

    package init(person: Int64? = nil, units: [Int64], covering: [Int64] = [], service: Int64? = nil) {
      self.person = person
      self.units = units
      self.covering = covering
      self.service = service
    }

    /// Nil: the line is not for it.
    fileprivate func rank(_ candidate: Candidate) -> Rank? {
      if let place = covering.firstIndex(of: candidate.terms.line) { return .ci(place: place) }
      guard !candidate.onlyCoveredCis, let distance = matter(of: candidate) else { return nil }
      let part = candidate.sold?.isOffering == true ? 1 : 0
      return candidate.audience.rank(person: person, units: units).map { Rank.audience(distance, $0, part) }
    }

    /// How near what the line sells is to what the ticket is about, 0 the nearest; nil: it sells something else.
    fileprivate func matter(of candidate: Candidate) -> Int? {
      guard let sold = candidate.sold else { return service == nil ? 0 : 1 }
      guard let service else { return 1 }
      return sold.service == service ? 0 : nil
    }
  }

  fileprivate enum Rank: Comparable {
    /// 0: the CI that counts most.
    case ci(place: Int)
    /// How near what it sells is, for whom it is, and 1 for a part of a service.
    case audience(Int, Audience.Rank, Int)
  }

  package static func choose(from candidates: [Candidate], for subject: Subject, explicit: Int64?) -> LineTerms? {
    if let explicit { return candidates.first { $0.terms.line == explicit }?.terms.with(.explicit) }
    let ranked = candidates.compactMap { candidate in subject.rank(candidate).map { (candidate: candidate, rank: $0) } }
    guard let closest = ranked.map(\.rank).min() else { return nil }
    return newest(of: ranked.filter { $0.rank == closest }.map(\.candidate), reasons(closest))
  }

  /// The line of a ticket that is about another service now: the one that it has stays, unless what it sells is another thing, or what another one
  /// sells is nearer.
  package static func choose(from candidates: [Candidate], for subject: Subject, keeping line: LineTerms?) -> LineTerms? {
    let chosen = choose(from: candidates, for: subject, explicit: nil)
    guard let line, let kept = candidates.first(where: { $0.terms.line == line.line }), let matter = subject.matter(of: kept), chosen?.reason != .ci
    else { return chosen }
    guard let other = candidates.first(where: { $0.terms.line == chosen?.line }), let nearest = subject.matter(of: other), nearest < matter
    else { return line }
    return chosen
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
    /// It sells a service, and the ticket is about another one.
    case otherServices = "other_services"
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
        if candidate.onlyCoveredCis { return (candidate, .otherCis) }
        if subject.matter(of: candidate) == nil { return (candidate, .otherServices) }
        return (candidate, candidate.persons.isEmpty ? .otherUnits : .otherPersons)
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
    case .audience(_, .person, _): (.person, .personNewest)
    case .audience(_, .unit(distance: 0), _): (.unit, .unitNewest)
    case .audience(_, .unit, _): (.unitAbove, .unitAboveNewest)
    case .audience(_, .everybody, _): (.customer, .customerNewest)
    }
  }

  private static func newest(of candidates: [Candidate], _ reasons: (alone: LineReason, ofSeveral: LineReason)) -> LineTerms? {
    let newest = candidates.max { $1.isNewer(than: $0) }
    return newest?.terms.with(candidates.count == 1 ? reasons.alone : reasons.ofSeveral)
  }
}
