import Contracts
import Kernel
import TestSupport
import Testing

@Suite struct TargetPrecedenceTests {
  /// The table of docs/verdicts.md, row by row: what a target names, in the order in which it wins.
  private static let table: [(service: Bool, ciTier: Bool, ticketType: Bool, priority: Bool, reason: String)] = [
    (true, true, true, true, "service+ci_tier+ticket_type+priority"),
    (true, true, true, false, "service+ci_tier+ticket_type"),
    (true, true, false, true, "service+ci_tier+priority"),
    (true, true, false, false, "service+ci_tier"),
    (true, false, true, true, "service+ticket_type+priority"),
    (true, false, true, false, "service+ticket_type"),
    (true, false, false, true, "service+priority"),
    (true, false, false, false, "service"),
    (false, true, true, true, "ci_tier+ticket_type+priority"),
    (false, true, true, false, "ci_tier+ticket_type"),
    (false, true, false, true, "ci_tier+priority"),
    (false, true, false, false, "ci_tier"),
    (false, false, true, true, "ticket_type+priority"),
    (false, false, true, false, "ticket_type"),
    (false, false, false, true, "priority"),
    (false, false, false, false, "any"),
  ]

  private let facts = TargetFacts(ticketType: .incident, priority: 2, service: 7, ciTier: "gold")
  private let promise = ClockPromise(budget: .seconds(60), calendar: 1, calendarVersion: 1)

  private func candidate(_ id: Int64, _ selector: TargetSelector, none: Bool = false, _ metric: Metric = .response) -> TargetPrecedence.Candidate {
    TargetPrecedence.Candidate(id: id, metric: metric, selector: selector, promise: none ? nil : promise)
  }

  private func selector(_ row: Int) -> TargetSelector {
    let names = Self.table[row]
    return TargetSelector(
      ticketType: names.ticketType ? facts.ticketType : nil, priority: names.priority ? facts.priority : nil, service: names.service ? facts.service : nil,
      ciTier: names.ciTier ? facts.ciTier : nil)
  }

  @Test func theTableRowByRow() throws {
    for row in Self.table.indices {
      // That row and all below it, the winner in the middle of them.
      var candidates = (row..<16).map { candidate(Int64($0), selector($0)) }
      candidates.swapAt(0, candidates.count / 2)
      let choice = try #require(TargetPrecedence.choose(from: candidates, for: facts).first)
      #expect(choice.chosen.id == Int64(row))
      #expect(choice.reason.code == Self.table[row].reason)
      #expect(choice.beaten.map(\.id) == ((row + 1)..<16).map(Int64.init))
      #expect(choice.terms(for: facts)?.reason == choice.reason)
    }
  }

  @Test func whatIsNamedMustBeKnownAndTheSame() {
    let others = [
      TargetSelector(ticketType: .request), TargetSelector(priority: 3), TargetSelector(service: 8), TargetSelector(ciTier: "silver"),
      TargetSelector(ticketType: .incident, priority: 2, service: 7, ciTier: "silver"),
    ]
    #expect(TargetPrecedence.choose(from: others.map { candidate(1, $0) }, for: facts).isEmpty)
    let unknown = TargetFacts(priority: 2)
    #expect(TargetPrecedence.choose(from: [candidate(1, TargetSelector(service: 7)), candidate(2, TargetSelector(ciTier: "gold"))], for: unknown).isEmpty)
    #expect(TargetPrecedence.choose(from: [candidate(1, TargetSelector(ticketType: .incident, priority: 2))], for: unknown).first?.chosen.id == 1)
  }

  @Test func explicitlyNoneWinsWhereItIsTheMostSpecific() throws {
    let general = candidate(1, TargetSelector(priority: 2))
    let ofService = candidate(2, TargetSelector(service: 7), none: true)
    let choice = try #require(TargetPrecedence.choose(from: [general, ofService], for: facts).first)
    #expect(choice.chosen == ofService)
    #expect(choice.terms(for: facts) == nil)
    let back = candidate(3, TargetSelector(priority: 2, service: 7))
    #expect(TargetPrecedence.choose(from: [general, ofService, back], for: facts).first?.terms(for: facts)?.id == 3)
    // A general none loses to whatever names something.
    #expect(TargetPrecedence.choose(from: [candidate(4, TargetSelector(), none: true), general], for: facts).first?.chosen == general)
  }

  @Test func eachMetricIsChosenByItselfAndATieWouldGoToTheNewest() {
    let candidates = [
      candidate(1, TargetSelector(priority: 2), .resolution), candidate(2, TargetSelector(), .response), candidate(3, TargetSelector(), .resolution),
    ]
    let choices = TargetPrecedence.choose(from: candidates, for: facts)
    #expect(choices.map(\.metric) == [.response, .resolution])
    #expect(choices.map(\.chosen.id) == [2, 1])
    let tied = [candidate(5, TargetSelector(priority: 2)), candidate(6, TargetSelector(priority: 2)), candidate(4, TargetSelector(priority: 2))]
    #expect(TargetPrecedence.choose(from: tied, for: facts).first?.chosen.id == 6)
  }

  /// The rule written another way: the rows of the table are asked one after the other for the target that names just that.
  private func byTable(_ targets: [TargetPrecedence.Candidate], _ facts: TargetFacts) -> Int64? {
    for row in Self.table {
      let wanted: [String?] = [
        row.service ? facts.service.map { "\($0)" } ?? "unknown" : nil, row.ciTier ? facts.ciTier ?? "unknown" : nil,
        row.ticketType ? facts.ticketType.rawValue : nil, row.priority ? "\(facts.priority)" : nil,
      ]
      let found = targets.first { target in
        [target.selector.service.map { "\($0)" }, target.selector.ciTier, target.selector.ticketType?.rawValue, target.selector.priority.map { "\($0)" }]
          == wanted
      }
      if let found { return found.id }
    }
    return nil
  }

  @Test func randomSetsAgreeWithTheTableReadFromTheTop() {
    var random = SplitMix64(seed: 20_260_314)
    var decided: Set<String> = []
    for _ in 0..<5000 {
      var selectors: Set<TargetSelector> = []
      for _ in 0..<Int.random(in: 0...20, using: &random) {
        selectors.insert(
          TargetSelector(
            ticketType: Bool.random(using: &random) ? nil : TicketType.allCases.randomElement(using: &random),
            priority: Bool.random(using: &random) ? nil : Int64.random(in: 1...3, using: &random),
            service: Bool.random(using: &random) ? nil : Int64.random(in: 1...3, using: &random),
            ciTier: Bool.random(using: &random) ? nil : ["gold", "silver"].randomElement(using: &random)))
      }
      let targets = selectors.shuffled(using: &random).enumerated().map { candidate(Int64($0.offset), $0.element, none: Bool.random(using: &random)) }
      let facts = TargetFacts(
        ticketType: TicketType.allCases.randomElement(using: &random) ?? .incident, priority: Int64.random(in: 1...3, using: &random),
        service: Bool.random(using: &random) ? nil : Int64.random(in: 1...3, using: &random),
        ciTier: Bool.random(using: &random) ? nil : ["gold", "silver"].randomElement(using: &random))
      let choice = TargetPrecedence.choose(from: targets, for: facts).first
      #expect(choice?.chosen.id == byTable(targets, facts))
      if let choice { decided.insert(choice.reason.code) }
    }
    #expect(decided.count == 16, "each row of the table decided at least once")
  }
}
