import Contracts
import Jobs
import Kernel
import Operations

/// The modules of this build: the registry, the sweeps and the message catalogue are their union.
enum Modules {
  static let all: [any OperationModule.Type] = [PlatformModule.self, ContractsModule.self]

  static let sweeps: [any Sweep] = [PartitionSweep()]

  static func registry() throws -> Registry { try Registry(all) }
}
