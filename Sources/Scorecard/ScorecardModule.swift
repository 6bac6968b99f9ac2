import Kernel
import Operations

/// The figures of a customer or contract (记分卡): service levels, volumes and times by month, each with what it was made of.
package enum ScorecardModule: OperationModule {
  package static let operations: [any Operation.Type] = [
    ReadScorecard.self, ListScorecardTickets.self, RebuildScorecard.self, ScoreRequests.self, ListScoredRequests.self,
  ]
  package static let messages = ScorecardMessages.all + IndicatorWords.all
  package static let constraints: [String: Message] = [:]
}
