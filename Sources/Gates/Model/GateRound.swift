import Approvals
import Kernel
import Operations

/// Whom a gate asks to agree before something passes.
package struct GateApprovalRule: Sendable {
  struct Approver: Sendable {
    let account: Int64
    let publicId: [UInt8]
  }

  let approvers: [Approver]
  /// Whether one of them is enough; else all of them agree.
  let oneSuffices: Bool
  /// Whether who takes the step may agree to it himself.
  let mayBeOwn: Bool

  init(approvers: [Approver], oneSuffices: Bool, mayBeOwn: Bool) {
    self.approvers = approvers
    self.oneSuffices = oneSuffices
    self.mayBeOwn = mayBeOwn
  }

  /// As it is stored with the gate.
  init(_ needs: Value) {
    approvers = (needs["staff"]?.array ?? []).compactMap { one in
      guard let account = one["account"]?.integer, let id = one["id"]?.text.flatMap({ PublicId($0) }) else { return nil }
      return Approver(account: account, publicId: id.random)
    }
    oneSuffices = needs["rule"] == "any"
    mayBeOwn = needs["ownWork"] == .bool(true)
  }

  func stored(_ id: ([UInt8]) -> PublicId) -> Value {
    .object([
      "rule": .text(oneSuffices ? "any" : "all"), "ownWork": .bool(mayBeOwn),
      "staff": .array(approvers.map { .object(["account": .integer($0.account), "id": .id(id($0.publicId))]) }),
    ])
  }
}

/// Those who were asked to let one stay at a gate pass.
struct GateRound: Sendable {
  /// A row of it: one who was asked.
  struct Row: Sendable {
    let approval: Approval
    let name: String
    let accountPublicId: [UInt8]
  }

  let gate: Int64
  let stay: Int64
  let number: Int64
  let asker: Party
  let askerName: String
  let mayBeOwn: Bool
  /// Which version of a problem or a change they were asked about; nil: of whatever there is.
  let version: Int64?
  let rows: [Row]

  /// Whether they were asked about what there is now.
  func isOf(_ version: Int64?) -> Bool { self.version == nil || self.version == version }

  /// What has come of it.
  func standing(at now: Instant) throws(Failure) -> ApprovalRound.Standing {
    var round = ApprovalRound(rows.map(\.approval))
    return try round.settle(at: now)
  }

  /// Whether those who are still asked can end it.
  /// - Parameter mayDecide: of an account, whether it may decide by now.
  func canEnd(_ mayDecide: (Int64) -> Bool) -> Bool {
    let asked = rows([.asked]).map(\.approval)
    let may = asked.map { approval -> Bool in
      guard case .account(let account) = approval.holder else { return false }
      return mayDecide(account)
    }
    return asked.allSatisfy(\.suffices) ? may.contains(true) : !may.contains(false)
  }

  func rows(_ states: Set<ApprovalState>) -> [Row] { rows.filter { states.contains($0.approval.state) } }
}

/// Why a gate that asks for an approval does not let something pass.
enum ApprovalStop: Sendable, Equatable {
  /// There is nothing yet that somebody could agree to.
  case unrecorded
  /// It is asked once this is all that is missing.
  case later
  /// These are asked now. None: who is named has left, or is who takes the step.
  case asks([String])
  case waits([String])
  case refused(by: String, because: String)
  /// Who takes the step has agreed to it himself.
  case own
  /// Who takes the step may be anybody, also who agrees to it.
  case noPerson
}
