import Kernel
import Operations

/// What becomes of approvals that wait for somebody who cannot decide them any more. Who may decide, the process knows that asks.
package enum VacancyRule {
  /// Those that were given to somebody who cannot decide them: he may not any more, or has agreed in another's place since, and is no further person.
  /// - Parameter mayDecide: whether an account may decide on what they are about.
  package static func givenInVain(_ approvals: [Approval], mayDecide: (Party) async throws -> Bool) async throws -> [Approval] {
    var found: [Approval] = []
    for approval in approvals where approval.state == .asked {
      guard let delegate = approval.delegate else { continue }
      if ApproverRule.hasAgreed(delegate, among: approvals) {
        found.append(approval)
      } else if try await !mayDecide(delegate) {
        found.append(approval)
      }
    }
    return found
  }

  /// Which roles are asked besides, for what an act asks, or what went to others by it, and nobody can decide. Of those of a step one of whom suffices,
  /// one whom somebody can decide is enough. Where nobody can stand in, it waits for somebody to reassign it.
  /// - Parameters:
  ///   - before: as they were before the act; nil: what was asked before is looked at as well.
  ///   - roles: those that may stand in, the first that somebody holds.
  ///   - hasApprover: whether somebody whose word counts holds one of some roles, or is a person of the customer's.
  package static func standIns(
    for approvals: [Approval], since before: [Approval]?, _ roles: [StockRole], hasApprover: (_ roles: Set<String>, _ person: Int64?) async throws -> Bool
  ) async throws -> [(approval: Approval, role: String)] {
    let known = Dictionary((before ?? []).map { ($0.publicId, $0) }) { $1 }
    func isNew(_ approval: Approval) -> Bool {
      guard before != nil, let earlier = known[approval.publicId] else { return true }
      return earlier.state != .asked || earlier.escalatedAt != approval.escalatedAt
    }
    let asked = approvals.filter { $0.state == .asked }
    var found: [(approval: Approval, role: String)] = []
    for step in Set(asked.filter(isNew).map(\.step)).sorted() {
      var vacant: [Approval] = []
      var isEnough = false
      for approval in asked where approval.step == step {
        let person: Int64? = if case .person(let person) = approval.holder { person } else { nil }
        var canBeDecided = approval.delegate != nil
        if !canBeDecided { canBeDecided = try await hasApprover(approval.roles, person) }
        if !canBeDecided {
          vacant.append(approval)
        } else if approval.suffices {
          isEnough = true
        }
      }
      for approval in vacant where isNew(approval) && !(approval.suffices && isEnough) {
        for role in roles.map(\.rawValue) {
          guard try await hasApprover([role], nil) else { continue }
          found.append((approval: approval, role: role))
          isEnough = isEnough || approval.suffices
          break
        }
      }
    }
    return found
  }
}
