import Contracts
import Kernel
import TestSupport
import Testing

@Suite struct LinePrecedenceTests {
  private func candidate(
    _ line: Int64, unit: Int64? = nil, persons: [Int64] = [], onlyCis: Bool = false, sells service: Int64? = nil, isOffering: Bool = false,
    startsAt: Int64 = 0, validFrom: Int64 = 0
  ) -> LinePrecedence.Candidate {
    LinePrecedence.Candidate(
      terms: LineTerms(
        contract: 1, line: line, lineVersion: line * 10, sla: 1, slaVersion: 1, contractZone: "UTC", contractName: "c", lineName: "l",
        resolutionStopsAt: .resolved, reason: .noneInForce),
      units: unit.map { [$0] } ?? [], persons: persons, onlyCoveredCis: onlyCis,
      sold: service.map { LinePrecedence.Sold(service: $0, isOffering: isOffering) }, contractStartsAt: Instant(seconds: startsAt),
      lineValidFrom: Instant(seconds: validFrom))
  }

  private func choose(
    _ candidates: [LinePrecedence.Candidate], _ units: [Int64], person: Int64? = nil, covering: [Int64] = [], about service: Int64? = nil,
    explicit: Int64? = nil
  ) -> String {
    LinePrecedence.choose(
      from: candidates, for: LinePrecedence.Subject(person: person, units: units, covering: covering, service: service), explicit: explicit
    ).map { "\($0.line) \($0.reason.rawValue)" } ?? "none"
  }

  @Test func theTableRankByRank() {
    let own = candidate(1, unit: 10)
    let above = candidate(2, unit: 11)
    let top = candidate(3, unit: 12)
    let all = candidate(4)
    let elsewhere = candidate(5, unit: 99)
    let everything = [all, elsewhere, top, above, own]
    #expect(choose(everything, [10, 11, 12], explicit: 5) == "5 explicit")
    #expect(choose(everything, [10, 11, 12], explicit: 6) == "none")
    #expect(choose(everything, [10, 11, 12]) == "1 unit")
    #expect(choose([all, elsewhere, top, above], [10, 11, 12]) == "2 unit_above")
    #expect(choose([all, elsewhere, top], [10, 11, 12]) == "3 unit_above")
    #expect(choose([all, elsewhere], [10, 11, 12]) == "4 customer")
    #expect(choose([elsewhere], [10, 11, 12]) == "none")
    #expect(choose(everything, []) == "4 customer")
    #expect(choose([own], []) == "none")
  }

  @Test func amongEqualsTheNewestWinsAndTheReasonSaysSo() {
    #expect(choose([candidate(1, startsAt: 5), candidate(2, startsAt: 4, validFrom: 9)], []) == "1 customer_newest")
    #expect(choose([candidate(1, startsAt: 5, validFrom: 2), candidate(2, startsAt: 5, validFrom: 3)], []) == "2 customer_newest")
    #expect(choose([candidate(7), candidate(8), candidate(6)], []) == "8 customer_newest")
    #expect(choose([candidate(1, unit: 3), candidate(2, unit: 3)], [3]) == "2 unit_newest")
    #expect(choose([candidate(1, unit: 3), candidate(2, unit: 3)], [4, 3]) == "2 unit_above_newest")
  }

  @Test func aLineForNamedPersonsIsForNobodyElse() {
    let named = candidate(1, persons: [7, 8])
    let site = candidate(2, unit: 10)
    let all = candidate(3)
    func chosen(_ candidates: [LinePrecedence.Candidate], person: Int64?, _ units: [Int64] = [10]) -> String {
      choose(candidates, units, person: person)
    }
    #expect(chosen([all, site, named], person: 8) == "1 person")
    #expect(chosen([all, site, named], person: 9) == "2 unit")
    #expect(chosen([all, named], person: nil) == "3 customer")
    #expect(chosen([named], person: 9) == "none")
    #expect(chosen([named, candidate(4, persons: [8])], person: 8) == "4 person_newest")
    let both = LinePrecedence.Candidate(
      terms: named.terms, units: [10, 11], persons: [7], contractStartsAt: Instant(seconds: 0), lineValidFrom: Instant(seconds: 0))
    #expect(chosen([both], person: 7, []) == "1 person")
    #expect(chosen([both, site], person: 7) == "1 person")
    #expect(chosen([both], person: 9, [10]) == "none", "its units do not make it everybody's")
    #expect(chosen([both], person: 9, [12, 11]) == "none")
    #expect(chosen([both, site], person: 9) == "2 unit")
    #expect(chosen([both], person: 9, [12]) == "none")
  }

  /// Line 9 is always the newest.
  @Test func aLineIsForWhatItSells() {
    let general = candidate(1)
    let offering = candidate(9, sells: 70, isOffering: true, startsAt: 9)
    #expect(choose([general, offering], []) == "1 customer", "a ticket of no service is not for the newest offering")
    #expect(choose([general, offering], [], about: 71) == "1 customer", "nor is one of another service")
    #expect(choose([general, offering], [], about: 70) == "9 customer")
    #expect(choose([offering], []) == "9 customer", "nothing else is there, and what it is about is not known yet")
    #expect(choose([offering], [], about: 71) == "none")
    let whole = candidate(2, sells: 70)
    #expect(choose([whole, offering], [], about: 70) == "2 customer", "the whole service goes before an offering of it")
    #expect(choose([whole, offering], []) == "2 customer")
    #expect(choose([whole, candidate(9, sells: 71, startsAt: 9)], []) == "9 customer_newest")
    #expect(choose([whole, candidate(9, sells: 71, startsAt: 9)], [], about: 70) == "2 customer")
    let ofUnit = candidate(9, unit: 10, sells: 70, startsAt: 9)
    #expect(choose([general, ofUnit], [10]) == "1 customer", "what it sells is asked before whom it is for")
    #expect(choose([general, ofUnit], [10], about: 70) == "9 unit")
    #expect(choose([candidate(3, unit: 10), whole], [10], about: 70) == "2 customer")
    #expect(choose([ofUnit, whole], [10], about: 70) == "9 unit" && choose([ofUnit, whole], [11], about: 70) == "2 customer")
    #expect(choose([general, offering], [], covering: [9], about: 71) == "9 ci", "what covers its CI is for it, whatever else it sells")
    #expect(choose([general, offering], [], about: 71, explicit: 9) == "9 explicit")
  }

  @Test func whyALineWasNotChosenNamesItsService() {
    let candidates = [candidate(1), candidate(2, sells: 70), candidate(3, sells: 71), candidate(4, unit: 10, sells: 70)]
    func told(about service: Int64?) -> [String] {
      LinePrecedence.standings(of: candidates, for: LinePrecedence.Subject(units: [], service: service), explicit: nil)
        .map { "\($0.candidate.terms.line) \($0.standing.rawValue)" }
    }
    #expect(told(about: 70) == ["2 chosen", "1 less_specific", "3 other_services", "4 other_units"])
    #expect(told(about: nil) == ["1 chosen", "3 less_specific", "2 less_specific", "4 other_units"])
  }

  @Test func aLineGivesWayToOneThatIsNearerToTheService() {
    let (general, newer, email, network) = (candidate(1), candidate(2), candidate(3, sells: 70), candidate(4, sells: 71))
    func kept(_ line: LinePrecedence.Candidate, about service: Int64?, _ others: [LinePrecedence.Candidate]) -> Int64? {
      let held = line.terms.with(.customer)
      return LinePrecedence.choose(from: [line] + others, for: LinePrecedence.Subject(units: [], service: service), keeping: held)?.line
    }
    #expect(kept(general, about: nil, [newer]) == 1 && kept(general, about: 70, [newer, network]) == 1, "as near: it stays")
    #expect(kept(general, about: 70, [email]) == 3 && kept(email, about: 71, [network, general]) == 4)
    #expect(kept(email, about: 71, [general]) == 1 && kept(email, about: 71, []) == nil)
    #expect(kept(email, about: 70, [general]) == 3)
  }

  @Test func theLineThatCoversACiGoesBeforePersonsAndUnits() {
    let named = candidate(1, persons: [7])
    let site = candidate(2, unit: 10)
    let all = candidate(3)
    let servers = candidate(4, onlyCis: true)
    let everything = [all, site, named, servers]
    #expect(choose(everything, [10], person: 7) == "1 person")
    #expect(choose(everything, [10], person: 7, covering: [4]) == "4 ci")
    #expect(choose(everything, [10], person: 7, covering: [3]) == "3 ci", "whatever else it is for")
    #expect(choose([named, site], [], person: 8, covering: [1]) == "1 ci", "whoever reports it")
    #expect(choose(everything, [10], covering: [3, 4]) == "3 ci" && choose(everything, [10], covering: [4, 3]) == "4 ci")
    #expect(choose(everything, [10], covering: [9, 4]) == "4 ci", "a line that is not in force has no say")
    #expect(choose(everything, [10], covering: [9]) == "2 unit")
    #expect(choose([servers], [10], person: 7) == "none", "a line for its CIs only")
    #expect(choose(everything, [10], covering: [4], explicit: 2) == "2 explicit")
  }

  @Test func whyALineWasNotChosenNamesItsCis() {
    let candidates = [candidate(1, persons: [7]), candidate(2, unit: 10), candidate(3), candidate(4, onlyCis: true), candidate(5, onlyCis: true)]
    func told(_ covering: [Int64], keeping: Int64? = nil) -> [String] {
      let subject = LinePrecedence.Subject(units: [10], covering: covering)
      let standings =
        keeping.map { LinePrecedence.standings(of: candidates, for: subject, keeping: $0) }
        ?? LinePrecedence.standings(of: candidates, for: subject, explicit: nil)
      return standings.map { "\($0.candidate.terms.line) \($0.standing.rawValue)" }
    }
    #expect(told([4, 1]) == ["4 chosen", "3 less_specific", "2 less_specific", "1 less_specific", "5 other_cis"])
    #expect(told([]) == ["2 chosen", "3 less_specific", "5 other_cis", "4 other_cis", "1 other_persons"])
    #expect(told([4], keeping: 2) == ["2 chosen", "4 preferred", "3 less_specific", "5 other_cis", "1 other_persons"])
  }

  /// The table once more as one sort over all candidates, whatever order they come in.
  @Test func randomCandidatesAgreeWithASort() {
    var random = SplitMix64(seed: 20_260_302)
    for _ in 0..<5000 {
      let units = Array([1, 2, 3, 4].map(Int64.init).shuffled(using: &random).prefix(Int.random(in: 0...3, using: &random)))
      let candidates = (0..<Int64.random(in: 0...6, using: &random)).map { line in
        candidate(
          line + 1, unit: Bool.random(using: &random) ? nil : Int64.random(in: 1...5, using: &random),
          persons: Int.random(in: 0...3, using: &random) == 0 ? [Int64.random(in: 1...2, using: &random)] : [],
          onlyCis: Int.random(in: 0...3, using: &random) == 0, startsAt: Int64.random(in: 0...1, using: &random),
          validFrom: Int64.random(in: 0...1, using: &random))
      }.shuffled(using: &random)
      let explicit: Int64? = Int.random(in: 0...3, using: &random) == 0 ? Int64.random(in: 1...6, using: &random) : nil
      let covering = Array((1...7).map(Int64.init).shuffled(using: &random).prefix(Int.random(in: 0...2, using: &random)))
      let subject = LinePrecedence.Subject(person: Bool.random(using: &random) ? 1 : nil, units: units, covering: covering)
      let found = LinePrecedence.choose(from: candidates, for: subject, explicit: explicit)
      #expect(found?.line == oracle(candidates, subject, explicit))
      let standings = LinePrecedence.standings(of: candidates, for: subject, explicit: explicit)
      #expect(standings.count == candidates.count && standings.first { $0.standing == .chosen }?.candidate.terms.line == found?.line)
    }
  }

  private func oracle(_ candidates: [LinePrecedence.Candidate], _ subject: LinePrecedence.Subject, _ explicit: Int64?) -> Int64? {
    let keys = candidates.compactMap { candidate -> [Int64]? in
      let rank: Int
      if let explicit {
        guard candidate.terms.line == explicit else { return nil }
        rank = 0
      } else if let place = subject.covering.firstIndex(of: candidate.terms.line) {
        rank = place - 100
      } else if candidate.onlyCoveredCis {
        return nil
      } else if !candidate.persons.isEmpty {
        guard let person = subject.person, candidate.persons.contains(person) else { return nil }
        rank = -1
      } else if let unit = candidate.units.first {
        guard let index = subject.units.firstIndex(of: unit) else { return nil }
        rank = index
      } else {
        rank = 1000
      }
      return [Int64(rank), -candidate.contractStartsAt.seconds, -candidate.lineValidFrom.seconds, -candidate.terms.line]
    }
    return keys.min { $0.lexicographicallyPrecedes($1) }.map { -$0[3] }
  }
}
