import Kernel
import Operations

/// The back-to-back proof (支撑证明): whether every promise to a customer is kept when those who take part in it keep theirs.
package enum AssuranceModule: OperationModule {
  package static let operations: [any Operation.Type] = [
    SetDeliveryChain.self, ReadDeliveryChain.self,
    RunProof.self, ReadProof.self, ListProofs.self, ExplainGap.self, ListOpenProofs.self,
    AcceptRisk.self, EndAcceptedRisk.self, ListAcceptedRisks.self,
    SetProofPolicy.self, ReadProofPolicy.self, SetContractProofPolicy.self, ReadContractProofPolicy.self,
  ]

  package static let messages = AssuranceMessages.all + GapWords.all

  package static let constraints: [String: Message] = ["chain_version_from_unique": AssuranceMessages.beaten]

  package static let guards: [any OperationGuard.Type] = [
    CreatedContractGuard.self, ChangedContractGuard.self, AddedLineGuard.self, ActivatedLineGuard.self,
    RevisedLineGuard.self,
  ]
}

/// The permissions of the module and who holds them in a new installation. Customers hold none: what teams and suppliers
/// agreed to is the provider's own.
enum AssuranceRights {
  static let managers: Set<StockRole> = [.administrator, .accountManager]
  static let staff: Set<StockRole> = [.administrator, .accountManager, .engineer, .finance]
}
