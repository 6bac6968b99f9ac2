import Kernel
import Operations
import Tenancy

/// A request, a problem, a change, a release or a major incident for which somebody answers from now on without an offer: somebody else made him, or who
/// had it may not work on it any more and the rule names him.
struct ToldOwner: Sendable {
  let subject: ToldOffer.Subject
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
  /// Who has it; nil: nobody, and who answers does by the rule.
  let holder: Int64?
  let standIn: Int64?

  var owner: Int64? { holder ?? standIn }

  /// Whether that is so still: what somebody took meanwhile is not told to who would answer by the rule, nor the other way round.
  func stands(_ event: FoundEvent) -> Bool { (event.payload["owner"]?.text == nil) == (holder == nil) }

  func values(_ language: Language, of tenant: TenantEntry) -> [String: String] {
    ["number": subject.number(of: tenant, number), "title": names.text(language) ?? title]
  }

  func members(of tenant: TenantEntry) -> [Value.Member] {
    subject.whose(tenant) + [
      Value.Member(subject.member, .id(tenant.id(subject.idKind.prefix, publicId))),
      Value.Member("number", .text(subject.number(of: tenant, number))),
    ]
  }
}
