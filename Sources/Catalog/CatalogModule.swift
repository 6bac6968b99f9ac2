import Kernel
import Operations

/// The service catalogue (服务目录): the portfolio of services, what of it is offered, how it is ordered, and its manual.
package enum CatalogModule: OperationModule {
  package static let operations: [any Operation.Type] = [
    CreateFamily.self, ReadFamily.self, ListFamilies.self, ChangeFamily.self,
    CreateService.self, ReadService.self, ListServices.self, ChangeService.self, AdvanceService.self, RedateService.self, UnplanService.self,
    AddDependency.self, RemoveDependency.self,
    CreateOffering.self, ReadOffering.self, ListOfferings.self, ListOfferingVersions.self, CompareOffering.self, DraftOffering.self, PublishOffering.self,
    RetireOffering.self,
    WriteManual.self, ExportCatalogue.self, ApplyCatalogue.self,
  ]

  package static let messages = CatalogMessages.all + ManualWords.all + PlanWords.all + VersionWords.all

  package static let constraints: [String: Message] = [
    "family_code_unique": CatalogMessages.codeTaken,
    "service_code_unique": CatalogMessages.codeTaken,
    "offering_code_unique": CatalogMessages.codeTaken,
  ]
}

/// The permissions of the module and who holds them in a new installation.
enum CatalogRights {
  static let managers: Set<StockRole> = [.administrator, .accountManager]
  static let staff: Set<StockRole> = [.administrator, .accountManager, .engineer, .finance]
  /// The catalogue is for any customer, so only those who may act for all change it.
  static let everyone: Set<Grant.ScopeKind> = [.all]
  static let orderers: Set<StockRole> = [.administrator, .accountManager, .engineer, .customerManager, .requester]
  static let readers: Set<StockRole> = orderers.union([.finance])
  static let everyScope: Set<Grant.ScopeKind> = [.listed, .all, .tenant, .unit, .own]
}
