import Approvals
import Kernel
import Operations

/// The request process (请求实施): what is ordered, who agrees to it, what teams do for it, and the access that comes of it.
package enum RequestsModule: OperationModule {
  package static let operations: [any Operation.Type] = [
    SubmitRequest.self, ReadRequest.self, ListRequests.self, QueueRequests.self, ChangeRequest.self, BeginRequest.self, WithdrawRequest.self,
    CancelRequest.self, CloseRequest.self, ReopenRequest.self, TakeRequest.self, OfferRequest.self, AcceptRequest.self, ReturnRequest.self,
    ListRequestHandovers.self,
    ReadRequestHistory.self, ExplainRequest.self, ListGatesOfRequest.self, BypassGateOfRequest.self,
    CommentRequest.self, ListRequestComments.self, WatchRequest.self, UnwatchRequest.self, ListRequestWatchers.self,
    LinkRequest.self, UnlinkRequest.self, ListLinksOfRequest.self,
    LinkRequestIncident.self, UnlinkRequestIncident.self, ListIncidentsOfRequest.self, ListRequestsOfIncident.self,
    CiteArticleOnRequest.self, UnciteArticleOnRequest.self, ListArticlesOfRequest.self, ListRequestsOfArticle.self,
    SuggestArticlesForRequest.self,
    MarkRequestAsCandidate.self, DeclineCandidateRequest.self, DraftOfRequest.self, ListCandidateRequests.self,
    ListApprovals.self, ApproveRequest.self, RejectRequest.self, DelegateApproval.self, ListWaitingApprovals.self, ReassignApproval.self,
    QueueTasks.self, ReadTask.self, ClaimTask.self, CompleteTask.self, FailTask.self, SkipTask.self, RetryTask.self, GiveTask.self,
    ListEntitlements.self, OpenAccessReview.self, ListAccessReviews.self, ReadAccessReview.self, DecideAccessReview.self,
  ]

  package static let messages: [Message] = RequestMessages.all + ApprovalMessages.all

  package static let constraints: [String: Message] = [:]

  package static let guards: [any OperationGuard.Type] = [LinksOfMerged.self]
}
