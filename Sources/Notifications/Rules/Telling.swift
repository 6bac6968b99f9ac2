import Desk
import Kernel
import Operations
import ServiceTime
import Tenancy

/// What a ticket's or a clock's event is to those who may be told.
struct Cause: Sendable {
  let name: String
  let event: NotificationEvent
  let ticket: ToldTicket
  let payload: Value
  let actorKind: String
  let actor: Int64
  let occurredAt: Instant
  /// When it was recorded, if that was later: so old is the news of it.
  let toldAt: Instant

  /// Nil: nobody is told of such events.
  init?(_ waiting: OutboxEntry, _ found: EventsOfCauses.Found) {
    guard let event = Self.event(found) else { return nil }
    name = waiting.name
    self.event = event
    ticket = found.ticket
    payload = found.payload
    actorKind = found.actorKind
    actor = found.actor
    occurredAt = found.occurredAt
    toldAt = max(found.occurredAt, waiting.recordedAt)
  }

  private static func event(_ found: EventsOfCauses.Found) -> NotificationEvent? {
    switch found.type {
    case TicketEventType.opened: .opened
    case TicketEventType.assigned: .assigned
    case TicketEventType.ownershipOffered: .offered
    case TicketEventType.ownerChanged: .ownerChanged
    case TicketEventType.resolved: .resolved
    case TicketEventType.closed: .closed
    case TicketEventType.reopened: .reopened
    case TicketEventType.commented:
      if found.payload["visibility"]?.text == CommentVisibility.staff.rawValue {
        .internallyCommented
      } else {
        found.actorKind == Actor.Kind.customer.rawValue ? .customerCommented : .answered
      }
    case ProblemNews.Kind.workaround.rawValue, ProblemNews.Kind.knownError.rawValue, ProblemNews.Kind.resolved.rawValue: .problemTold
    case TicketEventType.escalatedByRule: .escalated
    case "sla.warned": .clockWarned
    case "sla.breached": .clockBreached
    default: nil
    }
  }

  /// Nobody answers for the ticket or works on it.
  var isNobodys: Bool { ticket.owner == nil && ticket.assignee == nil }
  /// The comment that it is about.
  var comment: [UInt8]? { payload["comment"]?.text.flatMap { PublicId($0) }?.random }
  /// Whom it was offered to.
  var offeredTo: [UInt8]? { event == .offered ? payload["staff"]?.text.flatMap { PublicId($0) }?.random : nil }
  /// What set the escalation off, as a sentence.
  func whyEscalated(_ language: Language) -> String {
    let arguments = [
      "age": payload["ageMinutes"]?.integer.map { String($0) } ?? "", "percent": payload["percent"]?.integer.map { String($0) } ?? "",
      "metric": payload["metric"]?.text ?? "",
    ]
    guard let percent = payload["percent"]?.integer else { return NotificationMessages.escalatedByAge.text(language, arguments) }
    return (percent < 100 ? NotificationMessages.escalatedByShare : NotificationMessages.escalatedByBreach).text(language, arguments)
  }
  /// Whom the rule of escalation names, and who had the ticket until then.
  var escalatedTo: [[UInt8]] {
    event == .escalated ? (payload["staff"]?.array ?? []).compactMap { $0.text.flatMap { PublicId($0) }?.random } : []
  }
}

/// The fields of a text, for one receiver.
struct TellingFields: Sendable {
  let cause: Cause
  let tenant: TenantEntry
  let actorName: String
  let comment: String

  /// What a customer's people wrote goes to nobody who has no login: his address was given by them, and may be a stranger's.
  func values(zone: Zone, for receiver: Receiver) -> [String: String] {
    let number = IncidentView.number(of: tenant.code, cause.ticket.number)
    let isQuoted = receiver.hasLogin || cause.actorKind != Actor.Kind.customer.rawValue
    return [
      "number": number, "title": isQuoted ? cause.ticket.title : number, "customer": tenant.name,
      "priority": String(cause.ticket.priority), "state": cause.ticket.state, "due": cause.ticket.dueAt.map { Self.text($0, zone) } ?? "-",
      "team": cause.ticket.team ?? "-", "actor": actorName, "at": Self.text(cause.occurredAt, zone), "comment": isQuoted ? comment : "",
      "metric": cause.payload["metric"]?.text ?? "-", "percent": cause.payload["percent"]?.integer.map { String($0) } ?? "-",
      "problem": cause.payload["number"]?.text ?? "-", "rule": cause.payload["ruleName"]?.text ?? "-",
      "why": cause.whyEscalated(receiver.language),
    ]
  }

  /// By the receiver's own clock, to the minute.
  static func text(_ instant: Instant, _ zone: Zone) -> String {
    let minutes = zone.wallClockSeconds(at: instant).flooredRemainder(by: 86_400) / 60
    return "\(zone.date(at: instant)) \(QuietHours.text(minutes)) (\(zone.identifier))"
  }

  /// What a webhook is told: codes, ids and the title; no comment, no name of a person.
  func document(_ event: NotificationEvent, _ id: PublicId) -> Value {
    let ticket = cause.ticket
    var data: [Value.Member] = [
      Value.Member("incident", .id(tenant.id(IdKind.toldTicket.prefix, ticket.publicId))),
      Value.Member("number", .text(IncidentView.number(of: tenant.code, ticket.number))), Value.Member("customer", .id(tenant.publicId)),
      Value.Member("customerCode", .text(tenant.code)), Value.Member("title", .text(ticket.title)), Value.Member("priority", .integer(ticket.priority)),
      Value.Member("state", .text(ticket.state)), Value.Member("dueAt", .instant(ticket.dueAt)), Value.Member("team", .text(ticket.team)),
    ]
    for name in ["metric", "percent", "ageMinutes", "rule", "ruleName", "fromTeam", "toTeam"] where cause.payload[name] != nil {
      data.append(Value.Member(name, cause.payload[name] ?? .null))
    }
    return .object([
      "type": .text(event.rawValue), "timestamp": .instant(cause.occurredAt), "id": .id(id), "data": .object(data),
    ])
  }
}
