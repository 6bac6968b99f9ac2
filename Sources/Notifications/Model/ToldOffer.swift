import Changes
import Kernel
import MajorIncidents
import Operations
import Problems
import Requests
import Tenancy

/// A request, a problem, a change, a release or a major incident that is handed over, and what became of that.
struct ToldOffer: Sendable {
  /// By the kind of the events' subject.
  enum Subject: String, Sendable {
    case request, problem, change, release
    case majorIncident = "major_incident"

    /// - Parameter type: of an event, such as `request.ownership_offered`.
    init?(ofType type: String) { self.init(rawValue: String(type.prefix { $0 != "." })) }

    var idKind: IdKind {
      switch self {
      case .request: .request
      case .problem: .problem
      case .change: .change
      case .release: .release
      case .majorIncident: .majorIncident
      }
    }

    /// - Parameter tenant: whose it is: the customer, or the provider.
    func number(of tenant: TenantEntry, _ number: Int64) -> String {
      switch self {
      case .request: RequestLine.number(of: tenant.code, number)
      case .problem: ProblemNumber.text(tenant.code, number)
      case .change: ChangeNumber.text(tenant.code, number)
      case .release: ChangeNumber.release(tenant.code, number)
      case .majorIncident: MajorNumber.text(tenant.code, number)
      }
    }

    /// Under which name a webhook is told its id.
    var member: String {
      switch self {
      case .request, .problem, .change, .release: rawValue
      case .majorIncident: "majorIncident"
      }
    }

    /// For a webhook: the customer whose it is. Of the provider's it says none.
    func whose(_ tenant: TenantEntry) -> [Value.Member] {
      switch self {
      case .request: [Value.Member("customer", .id(tenant.publicId)), Value.Member("customerCode", .text(tenant.code))]
      case .problem, .change, .release, .majorIncident: []
      }
    }
  }

  let subject: Subject
  /// The row of the request, the problem, the change, the release, or the major incident.
  let id: Int64
  let publicId: [UInt8]
  let number: Int64
  /// Of a request the code of what was ordered, with its names.
  let title: String
  let names: LocalText
  /// The one customer whom a problem is about, or those whom a change, a release or a major incident concerns.
  let concerned: [TenantId]
  /// Of a request or a problem; the others have none.
  let priority: Int64?
  /// Who answers for it while the offer stands, and to whom it is offered; nil: a team.
  let from: Int64
  let to: Int64?
  let team: String?
  /// The random bits of the team's public id.
  let teamBits: [UInt8]?
  /// Who of the staff offered it: who answers for it, or somebody in his place.
  let offerer: Int64?
  let reason: String?
  let offeredAt: Instant
  let outcome: HandoverRow.Outcome?
  let answerReason: String?
  let answeredAt: Instant?

  /// Whether this is the offer of which an event tells, and that is so still: what was answered meanwhile is not told to be offered.
  func stands(_ news: OfferNews, at instant: Instant) -> Bool {
    switch news {
    case .offered: offeredAt == instant && outcome == nil
    case .waiting: offeredAt < instant && outcome == nil
    case .taken: answeredAt == instant && outcome == .accepted
    case .returned: answeredAt == instant && (outcome == .returned || outcome == .withdrawn)
    }
  }

  private var answer: Message? {
    switch outcome {
    case .accepted: OfferMessages.accepted
    case .returned: OfferMessages.returned
    case .withdrawn: OfferMessages.withdrawn
    case nil: nil
    }
  }

  func values(_ language: Language, of tenant: TenantEntry) -> [String: String] {
    let why = outcome == nil ? reason : answerReason
    return [
      "number": subject.number(of: tenant, number), "title": names.text(language) ?? title, "team": team ?? "-",
      "answer": answer?.text(language) ?? "-", "reason": why ?? "-",
    ]
  }

  func members(of tenant: TenantEntry) -> [Value.Member] {
    let told = [
      Value.Member(subject.member, .id(tenant.id(subject.idKind.prefix, publicId))),
      Value.Member("number", .text(subject.number(of: tenant, number))), Value.Member("team", .text(team)),
      Value.Member("outcome", .text(outcome?.rawValue)),
    ]
    return subject.whose(tenant) + told
  }
}
