import Desk
import Kernel
import Notifications
import Operations

/// What somebody may be told at a moment: of the tickets that he may read then, and of his own inbox.
package struct LiveRights: Sendable {
  private let side: Side
  private let tickets: Access?
  private let inbox: LiveEvent.Inbox?

  package static let permission = ReadIncident.declaration.permission
  /// By which a ticket is read that somebody names.
  package static let operation = ReadIncident.declaration.name

  package init(of principal: Principal, at now: Instant) {
    side = principal.side
    tickets = principal.access(Self.permission, honouring: ReadIncident.declaration.scopes, at: now)
    let inboxes = CountNotifications.declaration
    let hasInbox = principal.access(inboxes.permission, honouring: inboxes.scopes, at: now) != nil
    inbox = hasInbox ? Receiver.name(of: principal).map { LiveEvent.Inbox(tenant: principal.tenant, receiver: $0) } : nil
  }

  /// Whether there is anything that he could be told.
  package var isAny: Bool { tickets != nil || inbox != nil }

  package func readsTickets(of customer: TenantId) -> Bool { tickets?.reaches(customer) ?? false }

  func shows(_ event: LiveEvent) -> Bool {
    switch event.subject {
    case .inbox(let whose): return whose == inbox
    case .ticket(let ticket):
      guard let tickets, side == .staff || !event.isInternal else { return false }
      return tickets.reaches(ticket.tenant) && tickets.rows.covers(unit: ticket.unit, person: ticket.requester)
    }
  }
}

extension Principal {
  /// With what a listener needs of his rights: hundreds of permissions would be kept for each otherwise.
  var asListener: Principal {
    let needed: Set = [LiveRights.permission, CountNotifications.declaration.permission]
    return Principal(
      actor: actor, tenant: tenant, side: side, name: name, person: person, language: language,
      grants: grants.map { Grant(role: $0.role, permissions: $0.permissions.intersection(needed), scope: $0.scope, expiresAt: $0.expiresAt) },
      onlyPermissions: onlyPermissions?.intersection(needed), token: token)
  }
}

/// What of it he wants to be told now. News of the inbox he always wants.
package struct LiveInterest: Sendable {
  private let customers: Set<TenantId>?
  private let incident: PublicId?

  /// Nil: no matter which.
  package init(customers: Set<TenantId>? = nil, incident: PublicId? = nil) {
    self.customers = customers
    self.incident = incident
  }

  func wants(_ event: LiveEvent) -> Bool {
    guard let ticket = event.ticket else { return true }
    return customers?.contains(ticket.tenant) ?? true && incident.map { $0 == ticket.incident } ?? true
  }
}
