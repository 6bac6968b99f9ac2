import Contracts
import Desk
import Jobs
import Kernel
import Operations
import Scorecard
import ServiceLevels

/// The modules of this build: the registry, the sweeps and the message catalogue are their union.
enum Modules {
  static let all: [any OperationModule.Type] = [PlatformModule.self, ContractsModule.self, ServiceLevelsModule.self, DeskModule.self, ScorecardModule.self]

  static let sweeps: [any Sweep] = [PartitionSweep(), IdempotencySweep(), EndedTokenSweep(), BreachSweep(), RefreshFigures()]

  static func registry() throws -> Registry { try Registry(all) }
}
