import Desk
import Kernel
import Operations
import ServiceLevels
import ServiceTime

/// What is escalated.
enum EscalationProcess: String, Sendable, CaseIterable {
  case incident, request, problem, change, release
  case majorIncident = "major_incident"

  /// Whether customers are promised a time for it.
  var hasPromises: Bool { self == .incident || self == .request }
  /// Whether teams and suppliers are, for their turns.
  var hasTurns: Bool { self == .incident }
  var hasPriority: Bool { self == .incident || self == .request || self == .problem }
  /// Whether rules ask for the team that has it, or those that have tasks of it.
  var hasTeams: Bool { assigning != nil || giving != nil }

  /// An operation that gives something to another team.
  struct Giving: Sendable {
    let operation: String
    /// What who calls it must be permitted.
    let permission: String
    /// Of the ids of what it gives.
    let prefix: String
    /// Whether somebody of the team works on it, who has it no more.
    var hasAssignee = false
  }

  /// How it goes to another team as a whole; nil: no team has it.
  var assigning: Giving? {
    switch self {
    case .incident: Giving(operation: "incident.assign", permission: "incident.work", prefix: idKind.prefix, hasAssignee: true)
    case .problem: Giving(operation: "problem.assign", permission: "problem.work", prefix: idKind.prefix)
    case .change: Giving(operation: "change.assign", permission: "change.work", prefix: idKind.prefix)
    case .request, .release, .majorIncident: nil
    }
  }

  /// How a task of it goes to another team; nil: it has no tasks.
  var giving: Giving? {
    switch self {
    case .incident, .problem, .release, .majorIncident: nil
    case .request: Giving(operation: "task.give", permission: "request.work", prefix: "tsk")
    case .change: Giving(operation: "change_task.give", permission: "change.work", prefix: "ctk")
    }
  }

  var idKind: IdKind {
    switch self {
    case .incident: .incident
    case .request: IdKind("req", owner: .tenant)
    case .problem: IdKind("prb", owner: .provider)
    case .change: IdKind("chg", owner: .provider)
    case .release: IdKind("rel", owner: .provider)
    case .majorIncident: .majorOfTicket
    }
  }
}

/// Whose promise a share is of, by the agreement that makes it.
enum EscalationAgreement: String, Sendable, CaseIterable {
  /// The provider's to the customer, for the ticket or the request.
  case sla
  /// The team's that has the ticket, for its turn.
  case ola
  /// A supplier's that the ticket is with, by the underpinning contract, for its turn.
  case uc

  /// What the clocks of such a subject measure.
  init(of kind: ClockSubject.Kind) {
    self =
      switch kind {
      case .ticket, .request: .sla
      case .assignment: .ola
      case .dispatch: .uc
      }
  }
}

/// When something is escalated, and what then.
struct EscalationRule: Sendable, Equatable {
  /// A row that a rule names.
  struct Named: Sendable, Equatable {
    let id: Int64
    let publicId: [UInt8]
  }

  var name: String
  var process = EscalationProcess.incident
  /// A share of a promise's budget, in percent; at 100 it is broken. Nil: by age.
  var percent: Int64?
  /// Of which promise; nil: of any.
  var metric: Metric?
  /// Whose promise; an age is nobody's.
  var agreement = EscalationAgreement.sla
  /// So many minutes after it was recorded a ticket is still open. Nil: by a share.
  var ageMinutes: Int64?
  /// Nil: for all customers.
  var customer: TenantId?
  /// Only tickets up to this priority; nil: all.
  var priorityTo: Int64?
  /// Only tickets of this team; nil: all.
  var team: Named?
  /// The next line.
  var toTeam: Named?
  /// Who is told.
  var staff: [Named]
  /// Whether the leads of the team that has it are told besides, whoever they are by then.
  var tellsLeads = false
  /// Only while it is open; ages count by it. Nil: at any time.
  var calendar: Named?

  /// What of something goes to the next line: the whole, where it is still with the team that had it when it was found, and the tasks that are to be done;
  /// of a rule for one team what that one has, else whatever there is.
  /// - Parameter foundWith: the team that had it then; who gave it to yet another one meanwhile knew more than the rule.
  func gives(_ ticket: EscalatedTicket, foundWith: Int64?) -> (whole: Bool, tasks: [EscalatedTicket.Task]) {
    guard let toTeam else { return (whole: false, tasks: []) }
    func goes(_ has: Int64?) -> Bool { has != toTeam.id && (team == nil || team?.id == has) }
    let whole = ticket.process.assigning != nil && ticket.team?.id == foundWith && goes(ticket.team?.id)
    return (whole: whole, tasks: ticket.tasks.filter { goes($0.team) })
  }

  /// Whether it means tickets such as this one, whatever set it off.
  func means(_ ticket: EscalatedTicket, of tenant: TenantId) -> Bool {
    ticket.isOpen && ticket.process == process && (customer.map { $0 == tenant || ticket.concerned.contains($0) } ?? true)
      && (priorityTo.map { ticket.priority <= $0 } ?? true)
      && (team.map { named in named.id == ticket.team?.id || ticket.tasks.contains { $0.team == named.id } } ?? true)
  }

  /// At which share of which promises it has clocks watched; nil: at none. A broken promise is no share.
  var watch: ShareWatch? {
    percent.flatMap { $0 < 100 ? ShareWatch(process: process, agreement: agreement, metric: metric, percent: $0, customer: customer) : nil }
  }

  /// Whether the passing of a share of a promise sets it off, whatever that was promised for.
  func isSetOff(by threshold: Threshold) -> Bool {
    guard let percent else { return false }
    return agreement == threshold.agreement && percent <= threshold.percent && (metric.map { $0.rawValue == threshold.metric } ?? true)
  }

  /// When a ticket that was recorded then comes to the age; nil: never.
  func comesOfAge(_ recordedAt: Instant, by calendar: CompiledCalendar?) -> Instant? {
    guard let ageMinutes else { return nil }
    return calendar.map { $0.deadline(from: recordedAt, seconds: ageMinutes * 60) } ?? recordedAt.adding(seconds: ageMinutes * 60)
  }

  /// The earliest recording of a ticket that comes to the age at an instant or later, to the second; at most some years before it.
  func earliestRecording(comingOfAgeAt instant: Instant, by calendar: CompiledCalendar?) -> Instant {
    guard let ageMinutes else { return instant }
    guard calendar != nil else { return instant.adding(seconds: -ageMinutes * 60) }
    // Who was recorded later comes to the age later: halved until it is found.
    var (low, high) = (instant.seconds - Self.longestLook, instant.seconds)
    while low < high {
      let middle = low + (high - low) / 2
      if comesOfAge(Instant(seconds: middle), by: calendar).map({ $0 >= instant }) ?? true { high = middle } else { low = middle + 1 }
    }
    return Instant(seconds: low)
  }

  /// Five years: an age is a year of open time at the most.
  private static let longestLook: Int64 = 5 * 366 * 86_400
}

/// At which share of which promises clocks are watched.
struct ShareWatch: Sendable, Equatable {
  let process: EscalationProcess
  let agreement: EscalationAgreement
  let metric: Metric?
  let percent: Int64
  /// Whose; nil: of all customers.
  let customer: TenantId?

  /// The customers for whom it is otherwise where one watch takes the place of another; nil among them: all.
  static func concerned(by old: ShareWatch?, _ new: ShareWatch?) -> Set<TenantId?> {
    old == new ? [] : Set([old, new].compactMap { $0 }.map(\.customer))
  }
}

/// What a rule asks of a ticket, or of what goes through another process, as it is now.
struct EscalatedTicket: Sendable {
  /// Something that a team is to do of it.
  struct Task: Sendable {
    let publicId: [UInt8]
    let team: Int64?
    let version: Int64
  }

  var process = EscalationProcess.incident
  let id: Int64
  let publicId: [UInt8]
  let priority: Int64
  let team: EscalationRule.Named?
  let assignee: [UInt8]?
  let isOpen: Bool
  let version: Int64
  let recordedAt: Instant
  let isImported: Bool
  /// Of what is the provider's own, whom it concerns.
  var concerned: Set<TenantId> = []
  /// Those for all of whom a team must be allowed to work that is to get it: whom it concerns, and of a problem that is about no one customer those whose
  /// incidents it is behind.
  var workedFor: Set<TenantId> = []
  var tasks: [Task] = []
}

/// A share of a promise that has passed.
struct Threshold: Sendable {
  let clock: Int64
  let agreement: EscalationAgreement
  /// The turn that the promise is for; nil: the ticket, or the request.
  let turn: Int64?
  let metric: String
  /// 100: the promise is broken.
  let percent: Int64
  let occurredAt: Instant
}
