import Kernel
import Notifications
import Operations

/// What somebody may be told at a moment: of the tickets that he may read then, and of his own inbox.
package struct LiveRights: Sendable {
  private let side: Side
  private let account: LiveEvent.Opener
  private let tickets: [LiveProcess: Access]
  private let inbox: LiveEvent.Inbox?

  /// By which tickets are read.
  package static let permissions = Set(LiveProcess.allCases.map(\.reading.permission)).sorted()

  /// - Parameter processes: of which tickets there is something to tell.
  package init(of principal: Principal, at now: Instant, processes: some Sequence<LiveProcess> = LiveProcess.allCases) {
    side = principal.side
    account = LiveEvent.Opener(kind: principal.actor.kind.rawValue, id: principal.actor.id)
    var tickets: [LiveProcess: Access] = [:]
    for process in processes {
      let reading = process.reading
      tickets[process] = principal.access(reading.permission, honouring: reading.scopes, at: now)
    }
    self.tickets = tickets
    let inboxes = CountNotifications.declaration
    let hasInbox = principal.access(inboxes.permission, honouring: inboxes.scopes, at: now) != nil
    inbox = hasInbox ? Receiver.name(of: principal).map { LiveEvent.Inbox(tenant: principal.tenant, receiver: $0) } : nil
  }

  /// Whether there is anything that he could be told.
  package var isAny: Bool { !tickets.isEmpty || inbox != nil }

  package func readsTickets(of customer: TenantId) -> Bool { tickets.values.contains { $0.reaches(customer) } }

  /// Of what he wants to be told: see ``LiveInterest/wants(_:)``.
  func shows(_ event: LiveEvent, to interest: LiveInterest) -> Bool {
    switch event.subject {
    case .inbox(let whose): return whose == inbox
    case .ticket(let ticket):
      guard let access = tickets[ticket.process] else { return false }
      switch event.audience {
      case .all: break
      case .staff: guard side == .staff else { return false }
      case .serving(let customer): guard side == .staff, access.reaches(customer) else { return false }
      }
      switch ticket.readers {
      case .row(let tenant, let unit, let requester): return access.reaches(tenant) && access.rows.covers(unit: unit, person: requester)
      case .staff(let served, let openers): return side == .staff && sees(served, openers, access, interest)
      }
    }
  }

  /// Whether he serves one of the customers whom a ticket of the provider concerns: of those that he wants to be told of, where he said so.
  private func sees(_ served: Set<TenantId>?, _ openers: Set<LiveEvent.Opener>, _ access: Access, _ interest: LiveInterest) -> Bool {
    guard let served else { return true }
    // A change may concern ten thousand: the smaller set is gone through.
    if let wanted = interest.customers { return wanted.contains { served.contains($0) && access.reaches($0) } }
    guard let tenants = access.tenants else { return true }
    return openers.contains(account) || !served.isDisjoint(with: tenants)
  }
}

extension Principal {
  /// With what a listener needs of his rights: hundreds of permissions would be kept for each otherwise.
  var asListener: Principal {
    let needed = Set(LiveRights.permissions + [CountNotifications.declaration.permission])
    return Principal(
      actor: actor, tenant: tenant, side: side, name: name, person: person, language: language,
      grants: grants.map { Grant(role: $0.role, permissions: $0.permissions.intersection(needed), scope: $0.scope, expiresAt: $0.expiresAt) },
      onlyPermissions: onlyPermissions?.intersection(needed), token: token)
  }

  /// Whether what he may do follows from units: those below them change without a word of his grants.
  var isGrantedUnits: Bool { grants.contains { $0.scopeKind == .unit } }
}

/// What of it he wants to be told now. News of the inbox he always wants.
package struct LiveInterest: Sendable {
  let customers: Set<TenantId>?
  private let tickets: Set<PublicId>?

  /// Nil: no matter which.
  package init(customers: Set<TenantId>? = nil, tickets: Set<PublicId>? = nil) {
    self.customers = customers
    self.tickets = tickets
  }

  func wants(_ event: LiveEvent) -> Bool {
    guard let ticket = event.ticket else { return true }
    guard tickets?.contains(ticket.id) ?? true else { return false }
    guard let customers else { return true }
    switch ticket.readers {
    case .row(let tenant, _, _): return customers.contains(tenant)
    // Which of them count depends on whom he serves.
    case .staff(let served, _): return served != nil
    }
  }
}
