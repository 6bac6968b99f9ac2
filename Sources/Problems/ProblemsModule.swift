import Kernel
import Operations

/// Problem management (问题管理): what lies behind incidents: found by their repetition, with its cause, what helps meanwhile, and how it was
/// removed.
package enum ProblemsModule: OperationModule {
  package static let operations: [any Operation.Type] = [
    OpenProblem.self, ReadProblem.self, ListProblems.self, ChangeProblem.self, WidenProblem.self, TakeProblem.self, AssignProblem.self,
    OfferProblem.self, AcceptProblem.self, ReturnProblem.self, ListProblemHandovers.self,
    InvestigateProblem.self, RecordCause.self, RecordWorkaround.self, DeclareKnownError.self, ResolveProblem.self, CloseProblem.self,
    ReopenProblem.self, CancelProblem.self, ListGatesOfProblem.self, BypassGateOfProblem.self,
    CommentProblem.self, ListProblemComments.self, ReadProblemHistory.self,
    WatchProblem.self, UnwatchProblem.self, ListProblemWatchers.self,
    LinkProblemIncident.self, UnlinkProblemIncident.self, ListProblemIncidents.self, AddProblemCi.self, RemoveProblemCi.self,
    DraftKnownError.self, CiteKnownError.self, ListKnownErrorsOfIncident.self,
    MarkProblemCandidate.self, DeclineProblemCandidate.self, ReadProblemCandidate.self, ListProblemCandidates.self, SuggestProblems.self,
    LinkProblemRequest.self, UnlinkProblemRequest.self, ListRequestsOfProblem.self, ListProblemsOfRequest.self,
    ListProblemsOfIncident.self, LinkProblem.self, UnlinkProblem.self, ListLinksOfProblem.self,
  ]

  package static let messages: [Message] = ProblemMessages.all

  package static let constraints: [String: Message] = [:]

  package static let guards: [any OperationGuard.Type] = [ProblemsOfMerged.self]
}

/// The permissions of the module and who holds them in a new installation.
enum ProblemRights {
  static let work = "problem.work"
  static let read = "problem.read"
  static let workers: Set<StockRole> = [.administrator, .engineer]
  static let readers: Set<StockRole> = [.administrator, .accountManager, .engineer]
}
