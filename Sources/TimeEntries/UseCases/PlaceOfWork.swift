import Kernel
import Operations

extension OperationContext {
  /// Where the named work was done, and what for. A request has its line; a problem and a change need the line of the customer for whom it was
  /// done, or the provider for a customer.
  func place(of named: NamedWork) async throws -> (place: WorkPlace, purpose: TimePurpose) {
    var (purpose, line): (TimePurpose, Int64?) = (TimePurpose(), nil)
    if let id = named.request {
      guard let found = try await transaction.first(RequestOfTime(tenant: tenant.id, publicId: id)) else { throw unknownReference("request") }
      purpose.request = TimeEntryRow.Reference(id: found.request, publicId: id.random)
      line = found.line
    }
    // The provider's own work may be for any problem and change: it is told by who sees them all.
    let isInternal = tenant.kind == .provider
    let seesAll = !isInternal || reachableCustomers == nil
    if let id = named.problem {
      let find = ProblemOfTime(provider: provider.id, publicId: id, customer: tenant.id)
      guard seesAll, try await transaction.first(find) != nil else { throw unknownReference("problem") }
      purpose.problem = id.random
    }
    if let id = named.change {
      let find = ChangeOfTime(provider: provider.id, publicId: id, customer: tenant.id)
      guard seesAll, try await transaction.first(find) != nil else { throw unknownReference("change") }
      purpose.change = id.random
    }
    guard purpose.count + (named.ticket == nil ? 0 : 1) <= 1 else { throw Failure.invalid("ticket", TimeEntriesMessages.oneWork) }
    if let line {
      guard named.line == nil else { throw Failure.invalid("line", TimeEntriesMessages.lineOfRequest) }
      return (try await place(ticket: Int64?.none, line: line), purpose)
    }
    if isInternal, purpose.count == 1, named.line == nil { return (try await place(ticket: Int64?.none, line: Int64?.none), purpose) }
    return (try await place(ticket: named.ticket, line: named.line), purpose)
  }
}
