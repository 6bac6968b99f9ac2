import Kernel
import Operations

/// The configuration management database (配置管理数据库): what a customer's services rest on, what rests on what, who answers for
/// it, what covers it, and how good the data is.
package enum AssetsModule: OperationModule {
  package static let operations: [any Operation.Type] = [
    CreateCiType.self, ReviseCiType.self, RetireCiType.self, RestoreCiType.self, ReadCiType.self, ListCiTypes.self,
    CreateCi.self, ReadCi.self, ListCis.self, ChangeCi.self, TransitionCi.self, ConfirmCi.self, CiHistory.self, SetCiCost.self, ReadCiCost.self,
    RelateCi.self, UnrelateCi.self, ListRelations.self, WalkImpact.self, CoverCi.self,
    AffectCustomer.self, ReleaseCustomer.self, ListAffectedCustomers.self, ListSharedCis.self,
    ImportCis.self, ImportRelations.self, ImportCoverage.self, CheckQuality.self, ListFindings.self,
  ]

  package static let messages = AssetsMessages.all

  package static let constraints: [String: Message] = ["ci_type_code_unique": AssetsMessages.codeTaken]
}

/// The permissions of the module and who holds them in a new installation.
enum AssetRights {
  /// Types are for all customers.
  static let managers: Set<StockRole> = [.administrator, .accountManager]
  static let workers: Set<StockRole> = [.administrator, .accountManager, .engineer]
  static let financiers: Set<StockRole> = [.administrator, .accountManager, .finance]
  static let staffAndCustomerManager: Set<StockRole> = [.administrator, .accountManager, .engineer, .finance, .customerManager]
  static let everyone: Set<StockRole> = staffAndCustomerManager.union([.requester])
  static let wholeCustomer: Set<Grant.ScopeKind> = [.listed, .all, .tenant]
  static let everyScope: Set<Grant.ScopeKind> = [.listed, .all, .tenant, .unit, .own]
  /// What is about many customers is for those who may act for all.
  static let forAll: Set<Grant.ScopeKind> = [.all]
}
