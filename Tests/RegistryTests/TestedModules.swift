import Contracts
import Operations

/// Every module whose operations are walked: what `steward` registers. One line a module.
enum TestedModules {
  static let all: [any OperationModule.Type] = [
    PlatformModule.self,
    ContractsModule.self,
  ]
}
