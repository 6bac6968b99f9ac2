import Assets
import Backtest
import Catalog
import Assurance
import Attachments
import Attributes
import ContractFiles
import Contracts
import Credits
import Desk
import Escalations
import Events
import Gates
import Handbooks
import Importing
import Knowledge
import MajorIncidents
import Measurements
import Notifications
import Operations
import Changes
import Problems
import Requests
import Scorecard
import Search
import ServiceLevels
import Suppliers
import TimeEntries

/// Every module whose operations are walked: what `steward` registers. One line a module.
enum TestedModules {
  static let all: [any OperationModule.Type] = [
    PlatformModule.self,
    CatalogModule.self,
    ContractsModule.self,
    ServiceLevelsModule.self,
    DeskModule.self,
    ScorecardModule.self,
    SuppliersModule.self,
    CreditsModule.self,
    BacktestModule.self,
    MeasurementsModule.self,
    AssuranceModule.self,
    AssetsModule.self,
    TimeEntriesModule.self,
    KnowledgeModule.self,
    AttributesModule.self,
    GatesModule.self,
    ProblemsModule.self, ChangesModule.self,
    RequestsModule.self,
    EventsModule.self,
    AttachmentsModule.self,
    NotificationsModule.self,
    EscalationsModule.self,
    HandbooksModule.self,
    MajorIncidentsModule.self,
    SearchModule.self,
    ImportingModule.self,
    ContractFilesModule.self,
  ]
}
