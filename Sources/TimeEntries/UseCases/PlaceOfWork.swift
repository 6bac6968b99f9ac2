import Contracts
import Kernel
import Operations

extension OperationContext {
  /// Where the named work was done, and what for. A request has its line; a problem and a change need the line of the customer for whom it was
  /// done, or the provider for a customer.
  func place(of named: NamedWork) async throws -> (place: WorkPlace, purpose: TimePurpose) {
    let (purpose, line) = try await purpose(of: named)
    if let line {
      guard named.line == nil else { throw Failure.invalid("line", TimeEntriesMessages.lineOfRequest) }
      return (try await place(ticket: Int64?.none, line: line), purpose)
    }
    if tenant.kind == .provider, purpose.count == 1, named.line == nil { return (try await place(ticket: Int64?.none, line: Int64?.none), purpose) }
    return (try await place(ticket: named.ticket, line: named.line), purpose)
  }

  /// What the named work was done for, where that is no incident; with the line of a request.
  func purpose(of named: NamedWork) async throws -> (purpose: TimePurpose, line: Int64?) {
    var (purpose, line): (TimePurpose, Int64?) = (TimePurpose(), nil)
    if let id = named.request {
      guard let found = try await transaction.first(RequestOfTime(tenant: tenant.id, publicId: id)) else { throw unknownReference("request") }
      purpose.request = TimeEntryRow.Reference(id: found.request, publicId: id.random)
      line = found.line
    }
    // The provider's own work may be for any problem and change: it is told by who sees them all.
    let seesAll = tenant.kind != .provider || reachableCustomers == nil
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
    // Asked last: what is not there is told as that, whatever else is named.
    guard named.count <= 1 else { throw Failure.invalid("ticket", TimeEntriesMessages.oneWork) }
    return (purpose, line)
  }

  /// Where the work of an entry was done, and what for, by what corrects it. Who names something else names other work; another line is that of no
  /// request; a problem or a change in place of something else leaves the line as it was.
  func place(of named: NamedWork, correcting row: TimeEntryRow) async throws -> (place: WorkPlace, purpose: TimePurpose) {
    if named.count == 0 {
      guard let line = named.line else { return (try await place(ticket: row.ticket?.id, line: row.line?.id), row.purpose) }
      var purpose = row.purpose
      purpose.request = nil
      return (try await place(ticket: nil, line: line), purpose)
    }
    guard named.line == nil, named.problem != nil || named.change != nil, row.ticket == nil, let line = row.line else { return try await place(of: named) }
    let (purpose, _) = try await purpose(of: named)
    return (try await place(ticket: Int64?.none, line: line.id), purpose)
  }

  /// Where the work that a timer counted was done, and what for. Whether a problem or a change concerns the customer was looked at when it was
  /// started; what it has come to concern meanwhile does not undo the work.
  func place(of timer: TimerRow) async throws -> (place: WorkPlace, purpose: TimePurpose) {
    let line = timer.line.map { id(.contractLine, $0) }
    guard timer.problem != nil || timer.change != nil else {
      return try await place(
        of: NamedWork(
          ticket: timer.ticket.map { id(.ticketOfTime, $0) }, line: line, request: timer.request.map { id(.requestOfTime, $0) }, problem: nil, change: nil))
    }
    let purpose = TimePurpose(problem: timer.problem, change: timer.change)
    guard let line else { return (try await place(ticket: Int64?.none, line: Int64?.none), purpose) }
    return (try await place(ticket: nil, line: line), purpose)
  }
}
