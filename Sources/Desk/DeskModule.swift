import Kernel
import Operations

/// The service desk: incidents, their comments and history, and the teams and suppliers that work on them.
package enum DeskModule: OperationModule {
  package static let operations: [any Operation.Type] = [
    OpenIncident.self, ReadIncident.self, ListIncidents.self, ReadQueue.self, ChangeIncident.self, ClassifyIncident.self, AssignIncident.self,
    StartIncident.self, CommentIncident.self, ListComments.self, HoldIncident.self, ResumeIncident.self, ResolveIncident.self, CloseIncident.self,
    ReopenIncident.self, MergeIncident.self, SplitIncident.self, ReadHistory.self, ExplainIncident.self, LockTargets.self, UnlockTargets.self,
    CreateTeam.self, ReadTeam.self, ListTeams.self, AddTeamMember.self, RemoveTeamMember.self, SetTeamLead.self, ListTeamMembers.self,
    AcceptIncident.self, ExplainAgreements.self,
    DispatchIncident.self, ReadDispatch.self, ListDispatches.self, QueueDispatches.self, AnswerDispatch.self, EscalateDispatch.self,
    ReturnDispatch.self,
    AddTeamAgreement.self, EndTeamAgreement.self, ListTeamAgreements.self,
    SearchIncidents.self, CiteArticle.self, UnciteArticle.self, ListCitedArticles.self, SuggestArticles.self,
    ListIncidentsOfArticle.self,
    MarkKnowledgeCandidate.self, DeclineKnowledgeCandidate.self, DraftOfCandidate.self, ListKnowledgeCandidates.self,
    AddTicketCi.self, RemoveTicketCi.self, ListTicketCis.self, IncidentImpact.self, TakeAffectedServices.self,
    CreateCode.self, ChangeCode.self, RetireCode.self, RestoreCode.self, ListCodes.self,
    ReadPriorityMatrix.self, SetPriorityMatrix.self,
    LinkIncident.self, UnlinkIncident.self, ListLinks.self, WatchIncident.self, UnwatchIncident.self, ListWatchers.self,
    TakeOwnership.self, OfferOwnership.self, AcceptOwnership.self, ReturnOwnership.self, ListHandovers.self,
    ListGatesOfIncident.self, BypassGate.self,
    ReadTicketPolicy.self, ChangeTicketPolicy.self, ListPastResolutions.self, ListCascade.self,
    SetDispatchRule.self, EndRuleOfDispatch.self, ListDispatchRules.self, ExplainDispatch.self, ReadDeliveryModel.self, ChangeDeliveryModel.self,
    CountQueue.self, SaveQueueFilter.self, ListQueueFilters.self, DeleteQueueFilter.self,
  ]
  package static let messages: [Message] =
    DeskMessages.all + TicketCiMessages.all + CodeMessages.all + SpineMessages.all + [AgreedOlaGuard.inUse] + ArticleUseMessages.all
    + QueueFilterMessages.all + StateWords.all + EndingMessages.all + ActorWords.all
    + DispatchRuleMessages.all + TeamMessages.all
  package static let constraints: [String: Message] = [
    "team_name_unique": DeskMessages.teamNameTaken, "dispatch_open_unique": DeskMessages.alreadyDispatched,
    "code_key_unique": CodeMessages.taken, "ticket_link_parent_unique": SpineMessages.hasParent,
    "handover_open_unique": SpineMessages.offeredAlready, "dispatch_rule_open_unique": DispatchRuleMessages.setTwice,
  ]
  package static let guards: [any OperationGuard.Type] = [AgreedOlaGuard.self]
}
