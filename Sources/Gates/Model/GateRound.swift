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
  /// How long each of them may take; nil: as long as it takes.
  let hours: Int64?
  /// Whether one of them is enough; else all of them agree.
  let oneSuffices: Bool
  /// Whether who takes the step may agree to it himself.
  let mayBeOwn: Bool

  init(approvers: [Approver], oneSuffices: Bool, mayBeOwn: Bool, hours: Int64?) {
    self.approvers = approvers
    self.hours = hours
    self.oneSuffices = oneSuffices
    self.mayBeOwn = mayBeOwn
  }

  /// As it is stored with the gate.
  init(_ needs: Value) {
    approvers = (needs["staff"]?.array ?? []).compactMap { one in
      guard let account = one["account"]?.integer, let id = one["id"]?.text.flatMap({ PublicId($0) }) else { return nil }
      return Approver(account: account, publicId: id.random)
    }
    hours = needs["hours"]?.integer
    oneSuffices = needs["rule"] == "any"
    mayBeOwn = needs["ownWork"] == .bool(true)
  }

  func stored(_ id: ([UInt8]) -> PublicId) -> Value {
    told(staff: approvers.map { .object(["account": .integer($0.account), "id": .id(id($0.publicId))]) })
  }

  /// - Parameter staff: who is asked, one after the other.
  func told(staff: [Value]) -> Value {
    let limit = hours.map { [Value.Member("hours", .integer($0))] } ?? []
    return .object(
      [
        Value.Member("rule", .text(oneSuffices ? "any" : "all")), Value.Member("ownWork", .bool(mayBeOwn)), Value.Member("staff", .array(staff)),
      ] + limit)
  }
}

/// Those who were asked to let one stay at a gate pass.
struct GateRound: Sendable {
  /// A row of it: one who was asked.
  struct Row: Sendable {
    /// Who may decide in his place.
    struct Delegate: Sendable {
      let publicId: [UInt8]
      let name: String
    }

    var approval: Approval
    let name: String
    let accountPublicId: [UInt8]
    let delegate: Delegate?

    /// All who may decide.
    var names: [String] { [name] + (delegate.map { [$0.name] } ?? []) }

    /// Who decided: the one who was asked, or the other.
    var decider: (publicId: [UInt8], name: String) {
      guard let delegate, let other = approval.delegate, approval.decidedBy?.isAccount(of: other) == true else { return (accountPublicId, name) }
      return (delegate.publicId, delegate.name)
    }
  }

  let gate: Int64
  let stay: Int64
  let number: Int64
  let asker: Party
  let askerName: String
  let mayBeOwn: Bool
  /// Which version of a problem, a change or a release they were asked about; nil: of whatever there is.
  let version: Int64?
  private(set) var rows: [Row]

  init(gate: Int64, stay: Int64, number: Int64, asker: Party, askerName: String, mayBeOwn: Bool, version: Int64?, rows: [Row]) {
    self.gate = gate
    self.stay = stay
    self.number = number
    self.asker = asker
    self.askerName = askerName
    self.mayBeOwn = mayBeOwn
    self.version = version
    self.rows = rows
  }

  /// As it is by now: whose time is over decides no more, whoever has written that down.
  func expired(at now: Instant) throws(Failure) -> GateRound {
    var round = ApprovalRound(rows.map(\.approval))
    try round.expire(at: now)
    var copy = self
    for index in copy.rows.indices {
      guard let after = round.approvals.first(where: { $0.publicId == copy.rows[index].approval.publicId }) else { continue }
      copy.rows[index].approval = after
    }
    return copy
  }

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
      return mayDecide(account) || (approval.delegate.map { mayDecide($0.id) } ?? false)
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
  /// These did not decide in time.
  case expired([String])
  /// Who takes the step has agreed to it himself.
  case own
  /// Who takes the step may be anybody, also who agrees to it.
  case noPerson
}
