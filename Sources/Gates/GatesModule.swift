import Kernel
import Operations

/// Gates (关卡): what must be there before a step of a process, each with an owner and a purpose; who bypasses one says why, and each tells
/// what it cost.
package enum GatesModule: OperationModule {
  package static let operations: [any Operation.Type] = [
    CreateGate.self, ChangeGate.self, RetireGate.self, ReadGate.self, ListGates.self, GateFriction.self, TotalGates.self,
    TotalGateByCustomer.self, ListPassages.self,
    ListGateApprovals.self, ApproveAtGate.self, RejectAtGate.self, DelegateAtGate.self, ReassignAtGate.self,
  ]
  package static let messages: [Message] = GateMessages.all
  package static let constraints: [String: Message] = [:]
}

/// The permissions of the module and who holds them in a new installation.
package enum GateRights {
  package static let read = "gate.read"
  package static let readers: Set<StockRole> = [.administrator, .accountManager, .engineer]
  static let manage = "gate.manage"
  static let managers: Set<StockRole> = [.administrator, .accountManager]
  package static let bypass = "gate.bypass"
  package static let bypassers: Set<StockRole> = [.administrator, .accountManager]
  static let approve = "gate.approve"
  static let approvers: Set<StockRole> = [.administrator, .accountManager, .engineer]
}
