import Changes
import Desk
import Kernel
import Operations
import Problems
import Tenancy

/// A problem or a change that is handed over, and what became of that.
struct ToldOffer: Sendable {
  /// By the kind of the events' subject.
  enum Subject: String, Sendable {
    case problem, change

    var idKind: IdKind {
      switch self {
      case .problem: .problem
      case .change: .change
      }
    }

    func number(of provider: TenantEntry, _ number: Int64) -> String {
      switch self {
      case .problem: ProblemNumber.text(provider.code, number)
      case .change: ChangeNumber.text(provider.code, number)
      }
    }
  }

  let subject: Subject
  /// The row of the problem, or the change.
  let id: Int64
  let publicId: [UInt8]
  let number: Int64
  let title: String
  /// The one customer whom it is about.
  let customer: TenantId?
  /// Who answers for it while the offer stands, and to whom it is offered; nil: a team.
  let from: Int64
  let to: Int64?
  let team: String?
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

  func values(_ language: Language, of provider: TenantEntry) -> [String: String] {
    let why = outcome == nil ? reason : answerReason
    return [
      "number": subject.number(of: provider, number), "title": title, "team": team ?? "-", "answer": answer?.text(language) ?? "-", "reason": why ?? "-",
    ]
  }

  func members(of provider: TenantEntry) -> [Value.Member] {
    [
      Value.Member(subject.rawValue, .id(provider.id(subject.idKind.prefix, publicId))),
      Value.Member("number", .text(subject.number(of: provider, number))), Value.Member("team", .text(team)),
      Value.Member("outcome", .text(outcome?.rawValue)),
    ]
  }
}
