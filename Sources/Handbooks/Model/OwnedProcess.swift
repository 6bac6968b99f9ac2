import Kernel
import Operations

/// The processes of whose records exactly one member of the staff answers for each, at all times.
package enum OwnedProcess: String, Sendable, CaseIterable {
  case incident, request, problem, change

  /// What work on its records needs: who has it not answers for none of them.
  var permission: String { "\(rawValue).work" }
}
