import Kernel
import Operations

/// Change and release management (变更与发布管理): what is altered, how risky that is, who agrees to it, when it is done, and what came of it.
package enum ChangesModule: OperationModule {
  package static let operations: [any Operation.Type] = [
    ReadQuestionnaire.self, ChangeQuestionnaire.self, ReadChangePolicy.self, ChangeChangePolicy.self,
    CreateChangeModel.self, ReviseChangeModel.self, ApproveChangeModel.self, RetireChangeModel.self, ReadChangeModel.self, ListChangeModels.self,
    OpenChange.self, ReadChange.self, ListChanges.self, WriteChange.self, PlanChangeTasks.self, AssessChange.self, SubmitChange.self, ReviseChange.self,
    StartChange.self, CompleteChange.self, BackOutChange.self, ReviewChange.self, CloseChange.self, CancelChange.self, AssignChange.self, TakeChange.self,
    OfferChange.self, AcceptChange.self, ReturnChange.self, ListChangeHandovers.self,
    OverrideFreeze.self, ReadChangeHistory.self, ListGatesOfChange.self, BypassGateOfChange.self,
    CommentChange.self, ListChangeComments.self, WatchChange.self, UnwatchChange.self, ListChangeWatchers.self,
    ConcernCustomer.self, UnconcernCustomer.self, AddChangeCi.self, RemoveChangeCi.self, ProposeAffected.self,
    ConcernAffectedCustomers.self, TakeServicesOfChange.self,
    LinkChangeIncident.self, LinkChangeProblem.self, UnlinkChangeIncident.self, UnlinkChangeProblem.self, ListChangesOfIncident.self,
    ListChangesOfProblem.self, LinkChangeRequest.self, UnlinkChangeRequest.self, ListChangesOfRequest.self,
    LinkChange.self, UnlinkChange.self, ListLinksOfChange.self,
    ListChangeApprovals.self, ApproveChange.self, RejectChange.self, DelegateChangeApproval.self, ReassignChangeApproval.self,
    ClaimChangeTask.self, CompleteChangeTask.self, FailChangeTask.self, SkipChangeTask.self, RetryChangeTask.self, GiveChangeTask.self,
    ListChangeNotices.self,
    ListCalendar.self, ListClashes.self, CreateFreeze.self, ListFreezes.self, EndFreeze.self,
    OpenRelease.self, ReadRelease.self, ListReleases.self, WriteRelease.self, AddReleaseChange.self, RemoveReleaseChange.self, AddCriterion.self,
    JudgeCriterion.self, PilotRelease.self, RecordPilot.self, SignOffRelease.self, DeployRelease.self, CloseRelease.self, CancelRelease.self,
    ReadReleaseHistory.self, AssignRelease.self, TakeRelease.self, OfferRelease.self, AcceptRelease.self, ReturnRelease.self, ListReleaseHandovers.self,
    WatchRelease.self, UnwatchRelease.self, ListReleaseWatchers.self, ListGatesOfRelease.self, BypassGateOfRelease.self,
    CommentRelease.self, ListReleaseComments.self,
  ]

  package static let messages: [Message] = ChangeMessages.all + ReleaseMessages.all

  package static let constraints: [String: Message] = ["model_code_unique": ChangeMessages.codeTaken]

  package static let guards: [any OperationGuard.Type] = [ChangesOfMerged.self]
}

/// The permissions of the module and who holds them in a new installation.
enum ChangeRights {
  static let work = "change.work"
  static let workers: Set<StockRole> = [.administrator, .engineer]
  static let read = "change.read"
  static let readers: Set<StockRole> = [.administrator, .accountManager, .engineer]
  static let approve = "change.approve"
  static let approvers: Set<StockRole> = [.administrator, .accountManager, .engineer]
  /// Who sees to it that what waits for somebody is decided, and keeps questions, rules, models and freezes.
  static let manage = "change.manage"
  static let managers: Set<StockRole> = [.administrator, .accountManager]
  /// That of maintenance windows, which another module keeps: a change that suppresses alerts announces one.
  static let suppress = "maintenance_window.manage"
}
