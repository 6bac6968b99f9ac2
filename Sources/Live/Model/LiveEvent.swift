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
    case requestChanged = "request.changed"
    case problemChanged = "problem.changed"
    case changeChanged = "change.changed"
    case releaseChanged = "release.changed"
    case majorIncidentChanged = "major_incident.changed"
    /// There is a notification in one's own inbox.
    case inboxChanged = "inbox.changed"

    /// Of which process the ticket is that it is about; nil: it is about none.
    package var process: LiveProcess? {
      switch self {
      case .incidentChanged, .incidentCommented, .clockWarned, .clockBreached: .incident
      case .requestChanged: .request
      case .problemChanged: .problem
      case .changeChanged: .change
      case .releaseChanged: .release
      case .majorIncidentChanged: .majorIncident
      case .inboxChanged: nil
      }
    }
  }

  /// The ticket as it is when it is told, and what says who may see it.
  package struct Ticket: Sendable, Hashable {
    package let process: LiveProcess
    package let id: PublicId
    /// Whose it is; nil: the provider's own.
    package let customer: PublicId?
    /// `ACME-INC-000123`
    package let number: String
    package let version: Int64
    let readers: Readers
  }

  /// Who sees a ticket, of those who may read tickets of its process.
  enum Readers: Sendable, Hashable {
    /// Of a customer's: who reaches the row.
    case row(tenant: TenantId, unit: Int64?, requester: Int64?)
    /// Of the provider's: the staff who serve one of these customers, and who opened or leads it; nil: all of the staff.
    case staff(serving: Set<TenantId>?, openers: Set<Opener>)
  }

  /// An account of the staff that sees what it opened as long as it concerns nobody, or a major incident that it declared, leads or is offered.
  struct Opener: Sendable, Hashable {
    let kind: String
    let id: Int64
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

  /// Whose affair it is, of those who see the ticket.
  enum Audience: Sendable, Hashable {
    case all
    /// The provider's own: a customer's people do not learn of it.
    case staff
    /// A customer's, of what concerns several: whoever does not serve him does not learn of it.
    case serving(TenantId)
  }

  package let kind: Kind
  /// When it was recorded; of several the last.
  package let at: Instant
  let subject: Subject
  let audience: Audience

  /// Nil for news of an inbox.
  package var ticket: Ticket? { if case .ticket(let ticket) = subject { ticket } else { nil } }
}

extension LiveEvent {
  /// One event in place of all of the same kind about the same thing and for the same people, in the order of the last of each.
  static func merged(_ events: [LiveEvent]) -> [LiveEvent] {
    merged(events) { AudienceKey(kind: $0.kind, subject: $0.subject, audience: $0.audience) }
  }

  /// The same of what one listener is told: for him it is one, whomever else it was for.
  static func mergedForOne(_ events: [LiveEvent]) -> [LiveEvent] { merged(events) { ListenerKey(kind: $0.kind, subject: $0.subject) } }

  private struct AudienceKey: Hashable {
    let kind: Kind
    let subject: Subject
    let audience: Audience
  }

  private struct ListenerKey: Hashable {
    let kind: Kind
    let subject: Subject
  }

  private static func merged<Key: Hashable>(_ events: [LiveEvent], by key: (LiveEvent) -> Key) -> [LiveEvent] {
    var latest: [Key: LiveEvent] = [:]
    for event in events {
      let key = key(event)
      if let other = latest[key], other.at >= event.at { continue }
      latest[key] = event
    }
    return latest.values.sorted { ($0.at, $0.order) < ($1.at, $1.order) }
  }

  /// Equal instants need an order that does not change from one time to the next.
  private var order: String { "\(kind.rawValue) \(ticket?.number ?? "")" }
}

/// What a round tells.
struct LiveNews: Sendable {
  let events: [LiveEvent]
  /// Whether one and the same was for several circles of people, so that somebody may be in two of them.
  let hasTwins: Bool
  let processes: Set<LiveProcess>

  init(_ events: [LiveEvent]) {
    self.events = LiveEvent.merged(events)
    hasTwins = LiveEvent.mergedForOne(self.events).count < self.events.count
    processes = Set(self.events.compactMap(\.kind.process))
  }
}
