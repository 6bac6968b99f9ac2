import Assets
import Assurance
import Attachments
import Attributes
import Backtest
import Catalog
import Changes
import ContractFiles
import Contracts
import Credits
import Desk
import Escalations
import Events
import Gates
import HTTPAPI
import Handbooks
import Importing
import Jobs
import Kernel
import Knowledge
import MajorIncidents
import Measurements
import Notifications
import Operations
import Problems
import Requests
import Scorecard
import Search
import ServiceLevels
import Suppliers
import TimeEntries

/// The modules of this build: the registry, the sweeps and the message catalogue are their union.
enum Modules {
  static let all: [any OperationModule.Type] = [
    PlatformModule.self, CatalogModule.self, ContractsModule.self, ServiceLevelsModule.self, DeskModule.self, ScorecardModule.self, SuppliersModule.self,
    CreditsModule.self, BacktestModule.self, MeasurementsModule.self, AssuranceModule.self, AssetsModule.self, TimeEntriesModule.self, RequestsModule.self,
    KnowledgeModule.self, AttributesModule.self,
    GatesModule.self, ProblemsModule.self, ChangesModule.self, EventsModule.self, AttachmentsModule.self, NotificationsModule.self,
    EscalationsModule.self, HandbooksModule.self, MajorIncidentsModule.self, SearchModule.self, ImportingModule.self, ContractFilesModule.self,
  ]

  /// What became of events, for monitoring.
  static let eventFigures = EventFigures()

  /// On whose open days sweeps may run.
  static let calendars: any ScheduleCalendars = CoverageDays()

  /// - Parameters:
  ///   - dispatcher: for what sweeps do as anybody would.
  ///   - couriers: by which notifications leave the house.
  static func sweeps(_ dispatcher: Dispatcher, _ couriers: Couriers) -> [any Sweep] {
    sweeps + (dispatcher.files.map { [AttachmentSweep($0, logger: dispatcher.logger)] } ?? []) + [
      EventSweep(dispatcher, figures: eventFigures), ForgetDeliveries(), MakeNotifications(hasMail: couriers.mail != nil),
      DeliverNotifications(couriers), ForgetNotifications(), EscalationSweep(dispatcher), AnswerSweep(dispatcher), CloseSweep(dispatcher),
      IncidentNewsSweep(dispatcher),
      CascadeSweep(dispatcher, majors: { try await MajorResolution.standing($0, in: $1) }), MajorSweep(dispatcher),
    ]
  }

  private static let sweeps: [any Sweep] = [
    PartitionSweep(), IdempotencySweep(), EndedTokenSweep(), BreachSweep(keepers: keepers), CalendarSweep(keepers: keepers),
    WarnSweep(keepers: keepers), WatchSweep(keepers: keepers), RenewalSweep(), ReminderSweep(),
    RefreshFigures(), ProofSweep(), StageSweep(), TimerSweep(),
    TicketTextSweep(), ProcessTextSweep(),
    RequestSweep(), ApproverSweep(), TellingSweep(), ChangeSweep(), ChangeApproverSweep(), GateApprovalSweep(), GateApproverSweep(),
    AccountableSweep(), OwnerSweep(ownerKeepers),
    ArticleReviewSweep(), AccessReviewSweep(), HandbookReviewSweep(), WarrantySweep(),
  ]

  /// Whose rows clocks belong to.
  private static let keepers: [ClockSubject.Kind: any ClockSubjectKeeper] = [
    .ticket: TicketKeeper(), .request: RequestKeeper(), .assignment: TurnKeeper(), .dispatch: DispatchKeeper(),
  ]

  /// Of each process, how a record is taken from who may not work on it any more.
  private static let ownerKeepers: [any OwnerKeeper] = [TicketOwners(), RequestOwners(), ProblemOwners(), ChangeOwners(), ReleaseOwners()] + MajorOwners.all

  static func registry() throws -> Registry { try Registry(all) }

  /// The permissions that a new installation gives its stock roles: the operations', and those of the edges.
  static func stockPermissions() throws -> [String: Set<String>] {
    try registry().stockPermissions.merging(APIServer.permissions) { $0.union($1) }
  }
}
