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
}
