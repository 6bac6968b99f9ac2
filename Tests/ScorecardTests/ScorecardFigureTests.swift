import Contracts
import Kernel
import Scorecard
import Testing

/// Figures from sums, without a database.
@Suite struct ScorecardFigureTests {
  private func totals(tickets: Int64 = 1, judged: Int64 = 0, met: Int64 = 0, timed: Int64 = 0, seconds: Int64 = 0) -> DailyTotals {
    var totals = DailyTotals()
    totals.tickets = tickets
    totals.response = DailyTotals.Outcomes(judged: judged, met: met, timed: timed, seconds: seconds)
    return totals
  }

  private func figure(_ figures: ScorecardFigures, _ measure: Measure, _ metric: Metric? = nil, _ priority: Int64?) throws -> Figure {
    try #require(figures.figures(by: .closed).first { $0.measure == measure && $0.metric == metric && $0.priority == priority })
  }

  @Test func nothingJudgedIsNullAndNeverZeroOrHundred() throws {
    var figures = ScorecardFigures()
    figures.totals = [.closed: [1: totals(tickets: 3)]]
    figures.objectives = [ContractTerms.Objective(metric: .response, priority: 1, rate: Rate(units: 950_000))]
    let attainment = try figure(figures, .attainment, .response, 1)
    #expect(attainment.value == nil)
    #expect(attainment.denominator == 0)
    #expect(attainment.sampleSize == 0)
    #expect(attainment.meetsObjective == nil)
    #expect(try figure(figures, .meanTime, .response, nil).value == nil)
    #expect(try figure(figures, .ninetiethPercentile, .resolution, nil).value == nil)
    #expect(try figure(figures, .reopenRate, nil, nil).value == .rate(Rate(units: 0)))
    #expect(try figure(ScorecardFigures(), .reopenRate, nil, nil).value == nil)
    #expect(try figure(ScorecardFigures(), .volume, nil, nil).value == .count(0))
  }

  @Test func tooFewSayNothing() throws {
    var figures = ScorecardFigures()
    figures.totals = [.closed: [1: totals(tickets: 3, judged: 3, met: 2)]]
    let attainment = try figure(figures, .attainment, .response, 1)
    #expect(!attainment.isTooFew(below: nil) && !attainment.isTooFew(below: 3) && attainment.isTooFew(below: 4))
    #expect(try figure(ScorecardFigures(), .attainment, .response, nil).isTooFew(below: nil))
    let volume = try figure(figures, .volume, nil, 1)
    #expect(!volume.isTooFew(below: 100), "a count is a count")
    for (timed, isTooFew) in [(9, true), (10, false)] as [(Int64, Bool)] {
      figures.totals = [.closed: [1: totals(tickets: timed, timed: timed, seconds: timed)]]
      let percentile = try figure(figures, .ninetiethPercentile, .response, 1)
      #expect(percentile.isTooFew(below: nil) == isTooFew, "\(timed)")
      #expect(!percentile.isTooFew(below: 5))
    }
  }

  /// 2 of 3 is 66.6667 % when shown, and does not meet 66.6667 %.
  @Test func theObjectiveIsComparedExactly() throws {
    var figures = ScorecardFigures()
    figures.totals = [.closed: [2: totals(tickets: 3, judged: 3, met: 2)]]
    figures.objectives = [ContractTerms.Objective(metric: .response, priority: 2, rate: Rate(units: 666_667))]
    let short = try figure(figures, .attainment, .response, 2)
    #expect(short.value == .rate(Rate(units: 666_667)))
    #expect(short.meetsObjective == false)
    figures.objectives = [ContractTerms.Objective(metric: .response, priority: 2, rate: Rate(units: 666_666))]
    #expect(try figure(figures, .attainment, .response, 2).meetsObjective == true)
  }

  @Test func meansAreRoundedHalfAwayFromZero() throws {
    for (seconds, timed, mean) in [(5, 2, 3), (7, 3, 2), (8, 3, 3), (0, 4, 0), (3, 2, 2)] as [(Int64, Int64, Int64)] {
      var figures = ScorecardFigures()
      figures.totals = [.closed: [1: totals(tickets: timed, timed: timed, seconds: seconds)]]
      #expect(try figure(figures, .meanTime, .response, 1).value == .count(mean))
    }
  }

  @Test func allPrioritiesShareAnObjectiveOrHaveNone() throws {
    var figures = ScorecardFigures()
    figures.totals = [.closed: [1: totals(judged: 1, met: 1), 2: totals(judged: 3, met: 1)]]
    figures.objectives = [1, 2].map { ContractTerms.Objective(metric: .response, priority: $0, rate: Rate(units: 500_000)) }
    let all = try figure(figures, .attainment, .response, nil)
    #expect(all.numerator == 2)
    #expect(all.denominator == 4)
    #expect(all.objective == Rate(units: 500_000))
    #expect(all.meetsObjective == true)
    figures.objectives[1] = ContractTerms.Objective(metric: .response, priority: 2, rate: Rate(units: 900_000))
    #expect(try figure(figures, .attainment, .response, nil).objective == nil)
    #expect(try figure(figures, .attainment, nil, nil).numerator == 2)
  }
}
