import Approvals
import Kernel
import Operations

/// What happens to a request, as far as its clocks are concerned.
package enum RequestAct: Equatable, Sendable {
  /// Somebody is at a task of it, or did one.
  case begun
  /// The staff said something to the customer.
  case told
  /// Only the customer's people can move it on, whom it asks to agree; that is over.
  case waits, goesOn
  case fulfilled, closed
  /// What was done did not hold.
  case reopened
  /// It will not be fulfilled; why, as its history calls it.
  case stopped(String)
}

extension Approval {
  private static let rolesOfCustomers: Set = [StockRole.customerManager.rawValue, StockRole.requester.rawValue]

  /// Whether only the customer's people can decide it.
  var isOfCustomer: Bool {
    if case .account = holder { return false }
    return roles.isSubset(of: Self.rolesOfCustomers) && delegate.map { $0.kind == Actor.Kind.customer.rawValue } ?? true
  }
}
