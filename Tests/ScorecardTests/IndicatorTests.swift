import Kernel
import Testing

@testable import Scorecard

@Suite struct IndicatorTests {
  /// The keys are told to people and stored by them: none may change.
  @Test func keys() {
    #expect(
      Indicator.all.map(\.key) == [
        "attainment", "attainment.response", "attainment.resolution", "mean_time.response", "mean_time.resolution", "p90_time.response",
        "p90_time.resolution", "volume", "backlog", "reopen_rate",
      ])
    for indicator in Indicator.all {
      #expect(Indicator(key: indicator.key) == indicator)
      for language in Language.allCases { #expect(!indicator.name(language).contains("{") && !indicator.name(language).isEmpty) }
    }
    #expect(Set(Indicator.all.map { $0.name(.english) }).count == Indicator.all.count)
    for key in ["", "mean_time", "attainment.update", "Attainment", "backlog."] { #expect(Indicator(key: key) == nil, "\(key)") }
  }

  /// A scorecard tells each of them.
  @Test func aScorecardTellsThem() {
    let told = Set(ScorecardFigures().figures(by: .closed).map { $0.measure.rawValue + ($0.metric.map { ".\($0.rawValue)" } ?? "") })
    #expect(told == Set(Indicator.all.map(\.key)))
  }
}
