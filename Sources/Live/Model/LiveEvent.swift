import Kernel

/// What changed, for whoever has it on the screen: enough to know what to read again, and nothing of what stands there.
package struct LiveEvent: Sendable, Hashable {
  package enum Kind: String, Sendable, CaseIterable {
    /// Something happened to the ticket.
    case incidentChanged = "incident.changed"
    case incidentCommented = "incident.commented"
    /// A share of a promise's time is over.
    case clockWarned = "clock.warned"
    case clockBreached = "clock.breached"
    /// There is a notification in one's own inbox.
    case inboxChanged = "inbox.changed"
  }

  /// The ticket as it is when it is told, and what says who may see it.
  package struct Ticket: Sendable, Hashable {
    package let customer: PublicId
    package let incident: PublicId
    /// `ACME-INC-000123`
    package let number: String
    package let version: Int64
    let tenant: TenantId
    let unit: Int64?
    let requester: Int64?
  }

  /// Whose inbox it is.
  struct Inbox: Sendable, Hashable {
    let tenant: TenantId
    let receiver: String
  }

  enum Subject: Sendable, Hashable {
    case ticket(Ticket)
    case inbox(Inbox)
  }

  package let kind: Kind
  /// When it was recorded; of several the last.
  package let at: Instant
  let subject: Subject
  /// The provider's own affair: a customer's people do not learn of it.
  let isInternal: Bool

  /// Nil for news of an inbox.
  package var ticket: Ticket? { if case .ticket(let ticket) = subject { ticket } else { nil } }
}

extension LiveEvent {
  /// One event in place of all of the same kind about the same thing, in the order of the last of each. What everybody may know stands for
  /// what is internal, which tells the staff no more.
  static func merged(_ events: [LiveEvent]) -> [LiveEvent] {
    struct Key: Hashable {
      let kind: Kind
      let subject: Subject
      let isInternal: Bool
    }
    var latest: [Key: LiveEvent] = [:]
    for event in events {
      let key = Key(kind: event.kind, subject: event.subject, isInternal: event.isInternal)
      if let other = latest[key], other.at >= event.at { continue }
      latest[key] = event
    }
    return latest.values.sorted { ($0.at, $0.order) < ($1.at, $1.order) }
  }

  /// Equal instants need an order that does not change from one time to the next.
  private var order: String { "\(kind.rawValue) \(ticket?.number ?? "")" }
}
