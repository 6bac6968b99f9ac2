import Contracts
import Kernel
import Operations

extension OperationContext {
  /// Where the named work was done, and what for. A request has its line; what is the provider's own needs the line of the customer for whom
  /// it was done, or the provider for a customer.
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
    // The provider's own work may be for anything of his: it is told by who sees it all.
    let seesAll = tenant.kind != .provider || reachableCustomers == nil
    for thing in ProvidersThing.allCases {
      guard let id = named.things[thing] else { continue }
      guard seesAll, try await isThere(thing, id) else { throw unknownReference(thing.rawValue) }
      purpose.things[thing] = id.random
    }
    // Asked last: what is not there is told as that, whatever else is named.
    guard named.count <= 1 else { throw Failure.invalid("ticket", TimeEntriesMessages.oneWork) }
    return (purpose, line)
  }

  /// Whether work for the customer may be done for this.
  private func isThere(_ thing: ProvidersThing, _ id: PublicId) async throws -> Bool {
    let (provider, customer) = (self.provider.id, tenant.id)
    let found =
      switch thing {
      case .problem: try await transaction.first(ProblemOfTime(provider: provider, publicId: id, customer: customer))
      case .change: try await transaction.first(ChangeOfTime(provider: provider, publicId: id, customer: customer))
      case .release: try await transaction.first(ReleaseOfTime(provider: provider, publicId: id, customer: customer))
      case .majorIncident: try await transaction.first(MajorOfTime(provider: provider, publicId: id, customer: customer))
      }
    return found != nil
  }

  /// Where the work of an entry was done, and what for, by what corrects it. Who names something else names other work; another line is that of no
  /// request; something of the provider's own in place of something else leaves the line as it was.
  func place(of named: NamedWork, correcting row: TimeEntryRow) async throws -> (place: WorkPlace, purpose: TimePurpose) {
    if named.count == 0 {
      guard let line = named.line else { return (try await place(ticket: row.ticket?.id, line: row.line?.id), row.purpose) }
      var purpose = row.purpose
      purpose.request = nil
      return (try await place(ticket: nil, line: line), purpose)
    }
    guard named.line == nil, !named.things.isEmpty, row.ticket == nil, let line = row.line else { return try await place(of: named) }
    let (purpose, _) = try await purpose(of: named)
    return (try await place(ticket: Int64?.none, line: line.id), purpose)
  }

  /// Where the work that a timer counted was done, and what for. Whether what is the provider's own concerns the customer was looked at when
  /// it was started; what it has come to concern meanwhile does not undo the work.
  func place(of timer: TimerRow) async throws -> (place: WorkPlace, purpose: TimePurpose) {
    let line = timer.line.map { id(.contractLine, $0) }
    guard !timer.things.isEmpty else {
      return try await place(
        of: NamedWork(
          ticket: timer.ticket.map { id(.ticketOfTime, $0) }, line: line, request: timer.request.map { id(.requestOfTime, $0) }))
    }
    let purpose = TimePurpose(things: timer.things)
    guard let line else { return (try await place(ticket: Int64?.none, line: Int64?.none), purpose) }
    return (try await place(ticket: nil, line: line), purpose)
  }
}
