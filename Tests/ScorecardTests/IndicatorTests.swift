import Kernel
import Testing

@testable import Scorecard

@Suite struct IndicatorTests {
  /// The keys are told to people and stored by them: none may change.
  @Test func keys() {
    #expect(
      Indicator.all.map(\.key) == [
        "attainment", "attainment.response", "attainment.resolution", "mean_time.response", "mean_time.resolution", "p90_time.response",
        "p90_time.resolution", "volume", "backlog", "reopen_rate", "request_attainment", "request_attainment.response",
        "request_attainment.resolution",
      ])
    for indicator in Indicator.all {
      #expect(Indicator(key: indicator.key) == indicator)
      for language in Language.allCases { #expect(!indicator.name(language).contains("{") && !indicator.name(language).isEmpty) }
    }
    for language in Language.allCases { #expect(Set(Indicator.all.map { $0.name(language) }).count == Indicator.all.count) }
    let unknown = ["", "mean_time", "attainment.update", "Attainment", "backlog.", "request_volume", "request_attainment.update"]
    for key in unknown { #expect(Indicator(key: key) == nil, "\(key)") }
  }

  /// A scorecard tells each of incidents.
  @Test func aScorecardTellsThem() {
    let told = Set(ScorecardFigures().figures(by: .closed).map { $0.measure.rawValue + ($0.metric.map { ".\($0.rawValue)" } ?? "") })
    #expect(told == Set(Indicator.ofIncidents.map(\.key)))
  }

  /// Of requests the same figures as by line, added up. Guard: the mean of both lines' percentages would be 75 %.
  @Test func whatLinesKeptIsAddedUp() {
    func line(_ metric: String, _ met: Int64, of judged: Int64) -> RequestAttainment.Found {
      RequestAttainment.Found(contract: [], line: [], lineName: "", metric: metric, requests: judged + 1, judged: judged, met: met)
    }
    let lines = [line("resolution", 1, of: 1), line("response", 3, of: 4), line("resolution", 5, of: 10)]
    let totals = RequestTotal.all(of: lines)
    #expect(totals.map(\.indicator) == Indicator.ofRequests)
    #expect(totals.map(\.met) == [9, 3, 6] && totals.map(\.judged) == [15, 4, 11])
    #expect(RequestTotal.all(of: []).map(\.judged) == [0, 0, 0])
  }
}
