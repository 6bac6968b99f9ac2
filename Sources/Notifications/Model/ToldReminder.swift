import Assets
import Handbooks
import Kernel
import Knowledge
import Operations
import Problems
import Requests
import Tenancy

/// Something that somebody is to see to by a day.
struct ToldReminder: Sendable {
  enum Thing: Sendable {
    case article(number: String, title: LocalText)
    /// Of access to what; nil: to everything.
    case accessReview(resource: String?)
    case handbook(process: String)
    /// The warranty of a CI.
    case warranty(name: String)

    var idKind: IdKind {
      switch self {
      case .article: .article
      case .accessReview: .accessReview
      case .handbook: .handbook
      case .warranty: .ci
      }
    }

    /// As what a webhook has its id.
    var member: String {
      switch self {
      case .article: "article"
      case .accessReview: "accessReview"
      case .handbook: "handbook"
      case .warranty: "ci"
      }
    }
  }

  let thing: Thing
  let publicId: [UInt8]
  let dueOn: CalendarDate
  /// Whose it is to see to: one of the staff, or a person of the customer. Neither: nobody is named, or is there.
  let owner: Int64?
  let person: Int64?
  /// Who runs a process, besides who answers for it.
  var manager: Int64?
  /// The one customer whom something of the provider's is about.
  let about: TenantId?
  /// What about a problem made the review of the article that tells it due.
  var source: (problem: String, doubt: ArticleDoubt?)?

  /// Whether that day is still the one by which it is due.
  func stands(_ event: FoundEvent) -> Bool { event.payload["dueOn"].map { $0 == .date(dueOn) } ?? true }

  /// The same, with what the event says of it.
  func told(_ event: FoundEvent) -> ToldReminder {
    guard let problem = event.payload["problemNumber"]?.text else { return self }
    var told = self
    told.source = (problem, event.payload["reason"]?.text.flatMap { ArticleDoubt(rawValue: $0) })
    return told
  }

  /// The fields of a text.
  func values(_ language: Language) -> [String: String] {
    var values = ["dueOn": dueOn.description]
    switch thing {
    case .article(let number, let title):
      values["number"] = number
      values["title"] = title.text(language) ?? number
      if let source {
        values["problem"] = source.problem
        values["what"] = source.doubt.map { ReminderMessages.doubt($0).text(language) } ?? "-"
      }
    case .accessReview(let resource): values["resource"] = resource ?? ReminderMessages.everything.text(language)
    case .handbook(let process): values["process"] = HandbookProcess(rawValue: process).map { ProcessWords.name($0).text(language) } ?? process
    case .warranty(let name):
      values["ci"] = name
      values["endsOn"] = dueOn.description
    }
    return values
  }

  /// What a webhook is told besides its id.
  func members(of tenant: TenantEntry) -> [Value.Member] {
    let day = Value.Member("dueOn", .date(dueOn))
    switch thing {
    case .article(let number, _):
      let why = source.map { [Value.Member("problem", .text($0.problem)), Value.Member("reason", .text($0.doubt?.rawValue))] } ?? []
      return [Value.Member("number", .text(number)), day] + why
    case .handbook(let process): return [Value.Member("process", .text(process)), day]
    case .accessReview, .warranty: return [Value.Member("customer", .id(tenant.publicId)), Value.Member("customerCode", .text(tenant.code)), day]
    }
  }
}
