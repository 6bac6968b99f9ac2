import Changes
import Kernel
import Operations
import Problems
import Requests
import Tenancy

/// What the staff are told of a problem.
struct ToldProblem: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let number: Int64
  let title: String
  let state: String
  let priority: Int64
  /// Which works on it.
  let team: ToldTeam?
  /// The one customer whom it is about; nil: it may concern several.
  let customer: TenantId?
  /// Who answers for it.
  let owner: Int64?
  let cause: String?
  let workaround: String?
  let solution: String?
  /// Why it is not followed, or came back.
  let reason: String?
  /// A change that is to remove it, by its number, and what became of that; nil: something else is told.
  var change: (number: String, end: Message)?

  /// Nil when there is nothing to tell of it any more.
  func told(_ found: FoundEvent) -> ToldProblem? {
    let news = ProblemTelling(rawValue: found.type)
    if news == .assigned, !(ProblemState(rawValue: state)?.isOpen ?? false) || !found.gives(to: team) { return nil }
    let end: Message? =
      switch news {
      case .changeImplemented: WorkMessages.changeDone(found.payload["outcome"]?.text == ChangeOutcome.success.rawValue)
      case .changeBackedOut: WorkMessages.changeBackedOut
      case .changeCancelled: WorkMessages.changeCancelled
      default: nil
      }
    var told = self
    told.change = end.map { (number: found.payload["number"]?.text ?? "-", end: $0) }
    return told
  }

  func values(_ language: Language, of provider: TenantEntry, _ type: String) -> [String: String] {
    let text: String? =
      switch ProblemTelling(rawValue: type) {
      case .causeRecorded: cause
      case .workaroundRecorded: workaround
      case .resolved: solution
      case .cancelled: reason
      case .assigned, .knownErrorDeclared, .reopened, .closed, .commented, .changeImplemented, .changeBackedOut, .changeCancelled, nil: nil
      }
    let teamName: String = team?.name ?? "-"
    return [
      "number": ProblemNumber.text(provider.code, number), "title": title, "priority": String(priority), "team": teamName, "text": text ?? "",
      "change": change?.number ?? "-", "outcome": change?.end.text(language) ?? "-",
    ]
  }

  func members(of provider: TenantEntry) -> [Value.Member] {
    [
      Value.Member("problem", .id(provider.id(IdKind.problem.prefix, publicId))), Value.Member("number", .text(ProblemNumber.text(provider.code, number))),
      Value.Member("state", .text(state)), Value.Member("priority", .integer(priority)), Value.Member("team", .text(team?.name)),
    ]
  }
}

/// The team that works on something, or may do it.
struct ToldTeam: Sendable {
  let publicId: [UInt8]
  let name: String
}

extension FoundEvent {
  /// Whether it tells that this team was given what it has: what went on to another meanwhile, or was taken away, is no news to it.
  func gives(to team: ToldTeam?) -> Bool {
    guard let team, let named = payload["team"]?.text.flatMap({ PublicId($0) }) else { return false }
    return named.random == team.publicId
  }
}

/// What the staff are told of a task of a request or a change.
struct ToldTask: Sendable {
  enum Subject: String, Sendable {
    case request, change

    /// - Parameter type: of an event, such as `request.task_failed`.
    init?(ofType type: String) { self.init(rawValue: String(type.prefix { $0 != "." })) }

    var idKind: IdKind {
      switch self {
      case .request: .task
      case .change: .changeTask
      }
    }
  }

  let subject: Subject
  /// The row of the request, or the change.
  let id: Int64
  /// Of the task.
  let publicId: [UInt8]
  let task: Int64
  let name: LocalText
  let state: String
  let result: String?
  /// Who is at it now: the random bits of his public id.
  let holder: [UInt8]?
  /// Whose it is to do; nil: whoever serves the customer.
  let team: ToldTeam?
  let number: Int64
  /// Of the request; a change has none.
  let priority: Int64?
  /// Who took the request or the change; for what nobody has, who stands in the rule.
  let owner: Int64?
  let accountable: Int64?
  /// Of a request the code of what was ordered, with its names.
  let title: String
  let titles: LocalText
  /// The customers whom a change concerns.
  let concerned: [TenantId]

  /// Who hears of it: that it failed is not lost where nobody has taken the whole.
  var receiver: Int64? { state == TaskState.failed.rawValue ? owner ?? accountable : owner }

  /// Whether this is so still: what was tried again meanwhile is not told to have failed, nor who has it again that he has it no more, nor
  /// a team what one of it is at already.
  func stands(_ news: TaskNews, _ event: FoundEvent) -> Bool {
    switch news {
    case .opened: team != nil && state == TaskState.ready.rawValue
    case .given: team != nil && (state == TaskState.ready.rawValue || state == TaskState.failed.rawValue)
    case .completed: state == TaskState.done.rawValue
    case .failed: state == TaskState.failed.rawValue
    case .takenOver: holder == nil || holder != event.payload["from"]?.text.flatMap { PublicId($0) }?.random
    }
  }

  /// What it is known by among the tasks of requests and changes.
  var key: String { "\(subject.rawValue):\(task)" }

  /// - Parameter tenant: whose it is: the customer, or the provider.
  private func number(of tenant: TenantEntry) -> String {
    switch subject {
    case .request: RequestLine.number(of: tenant.code, number)
    case .change: ChangeNumber.text(tenant.code, number)
    }
  }

  func values(_ language: Language, of tenant: TenantEntry) -> [String: String] {
    [
      "number": number(of: tenant), "title": titles.text(language) ?? title, "task": name.text(language) ?? "-", "result": result ?? "-",
      "team": team?.name ?? "-",
    ]
  }

  func members(of tenant: TenantEntry) -> [Value.Member] {
    let whose: [Value.Member] =
      switch subject {
      case .request: [Value.Member("customer", .id(tenant.publicId)), Value.Member("customerCode", .text(tenant.code))]
      case .change: []
      }
    return whose + [
      Value.Member("task", .id(tenant.id(subject.idKind.prefix, publicId))), Value.Member("number", .text(number(of: tenant))),
      Value.Member("state", .text(state)),
    ]
  }
}

/// An article that solved a ticket; the event says it all.
struct ToldArticle: Sendable {
  let article: PublicId
  let articleNumber: String
  let incident: PublicId
  let number: String

  init?(_ payload: Value) {
    guard let article = payload["article"]?.text.flatMap({ PublicId($0) }), let incident = payload["incident"]?.text.flatMap({ PublicId($0) }) else {
      return nil
    }
    self.article = article
    self.incident = incident
    articleNumber = payload["articleNumber"]?.text ?? "-"
    number = payload["number"]?.text ?? "-"
  }
}
