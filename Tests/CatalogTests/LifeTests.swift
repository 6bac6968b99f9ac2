import Kernel
import Testing

@testable import Catalog

@Suite struct LifeTests {
  /// Each pair of stages: forward only, skipping allowed.
  @Test func stagesGoForward() {
    let legal: [ServiceStage: Set<ServiceStage>] = [
      .requirements: [.design, .transition, .operation, .retirement], .design: [.transition, .operation, .retirement],
      .transition: [.operation, .retirement], .operation: [.retirement], .retirement: [],
    ]
    for stage in ServiceStage.allCases {
      for next in ServiceStage.allCases { #expect(stage.mayGo(to: next) == legal[stage]?.contains(next), "\(stage) -> \(next)") }
    }
  }

  /// A stage's step never takes a service where the portfolio does not let it go.
  @Test func thePortfolioFollowsTheStages() {
    let legal: [PortfolioState: Set<PortfolioState>] = [.pipeline: [.catalogue, .retired], .catalogue: [.retired], .retired: []]
    for state in PortfolioState.allCases {
      for next in PortfolioState.allCases { #expect(state.mayGo(to: next) == legal[state]?.contains(next), "\(state) -> \(next)") }
    }
    for stage in ServiceStage.allCases {
      for next in ServiceStage.allCases where stage.mayGo(to: next) && stage.state != next.state { #expect(stage.state.mayGo(to: next.state)) }
    }
  }

  @Test func offeringsGoTheirWay() {
    let legal: [OfferingState: [OfferingState.Event: OfferingState]] = [
      .draft: [.draft: .draft, .publish: .published, .retire: .retired], .published: [.draft: .published, .publish: .published, .retire: .retired],
      .retired: [:],
    ]
    for state in OfferingState.allCases {
      for event in OfferingState.Event.allCases { #expect(state.after(event) == legal[state]?[event], "\(state) \(event)") }
    }
  }

  @Test func daysStandInOrder() throws {
    func day(_ text: String) throws -> CalendarDate { try #require(CalendarDate(text)) }
    let life = ServiceLife([.design: try day("2026-02-01"), .operation: try day("2026-02-01")])
    let (eve, first, later) = (try day("2026-01-31"), try day("2026-02-01"), try day("2026-03-01"))
    #expect(life.stage(on: first) == .operation && life.state(on: first) == .catalogue && life.misplaced == nil)
    #expect(life.stage(on: eve) == nil && life.state(on: eve) == .pipeline && life.announced(.operation, on: eve) == first)
    #expect(life.announced(.operation, on: first) == nil && life.announced(.retirement, on: eve) == nil)
    #expect(life.with([.requirements: try day("2026-02-02")]).misplaced == .design)
    #expect(life.with([.retirement: try day("2026-01-31")]).misplaced == .retirement)
    let leaving = life.with([.retirement: later])
    #expect(leaving.state(on: first) == .catalogue && leaving.state(on: later) == .retired && leaving.announced(.retirement, on: first) == later)
    #expect(leaving.without(.retirement) == life)
  }

  @Test func aCircleIsFound() {
    let graph = DependencyGraph(["A": ["B"], "B": ["C"], "C": [], "D": ["A", "C"]] as [String: Set<String>])
    #expect(graph.circle() == nil)
    #expect(graph.circle(adding: "D", to: "C") == ["C", "D", "A", "B", "C"] || graph.circle(adding: "D", to: "C") == ["C", "D", "C"])
    #expect(graph.circle(adding: "A", to: "A") == ["A", "A"])
    #expect(graph.circle(adding: "C", to: "A") == nil)
    #expect(DependencyGraph(["A": ["B"], "B": ["C", "D"], "C": [], "D": ["E"], "E": ["B"]]).circle() == ["B", "D", "E", "B"])
    #expect(DependencyGraph(["A": ["A"]]).circle() == ["A", "A"])
    // As many as a file holds: each of a thousand needs the next eighty. Searched anew for each of them it would take minutes.
    let many = (0..<1000).map { node in (node, Set((node + 1)...(node + 80)).filter { $0 < 1000 }) }
    var large = DependencyGraph(Dictionary(uniqueKeysWithValues: many))
    #expect(large.circle() == nil)
    large = DependencyGraph(Dictionary(uniqueKeysWithValues: many + [(1000, [0])]).merging([999: [1000]]) { $1 })
    #expect(large.circle()?.first == 0 && large.circle()?.last == 0)
    #expect(DependencyGraph(["A": ["B"], "B": ["A"]] as [String: Set<String>]).circle() != nil)
  }

  /// Against the definition: a graph has a circle when some node reaches itself by one step or more.
  @Test func circlesAgainstReachability() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<500 {
      let count = Int.random(in: 1...6, using: &random)
      var needs: [Int: Set<Int>] = [:]
      for _ in 0..<Int.random(in: 0...9, using: &random) { needs[Int.random(in: 0..<count), default: []].insert(Int.random(in: 0..<count)) }
      var reach = needs
      for _ in 0..<count { for (node, next) in reach { reach[node] = next.union(next.flatMap { reach[$0] ?? [] }) } }
      let hasCircle = reach.contains { $0.value.contains($0.key) }
      let circle = DependencyGraph(needs).circle()
      #expect((circle != nil) == hasCircle, "\(needs)")
      if let circle { for (node, next) in zip(circle, circle.dropFirst()) { #expect(needs[node]?.contains(next) == true, "\(needs) \(circle)") } }
    }
  }
}
