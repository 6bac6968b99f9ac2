import Desk
import Kernel
import Knowledge
import Operations
import Postgres

extension HeldRequest {
  /// What it is found by: what was ordered, and the answers. Both stay as they were agreed to.
  var words: ProcessText { ProcessText(offering: offeringName, answers: answers) }

  func searched(in tenant: TenantId) -> SearchedSubject { SearchedSubject(.request, id, of: tenant, openedAt: submittedAt) }
}

extension ProcessText {
  fileprivate init(offering name: Value, answers: Value) {
    self.init(titles: (name.members ?? []).compactMap(\.value.text), bodies: answers.texts)
  }
}

extension Value {
  /// The texts in it, in their order, however deep they lie.
  fileprivate var texts: [String] {
    if case .text(let text) = self { return [text] }
    return (members ?? []).flatMap(\.value.texts) + (array ?? []).flatMap(\.texts)
  }
}

/// Requests as they are, and nobody says anything about them until their words are written.
package struct HoldRequestTexts: HoldTextsStatement {
  package let tenant: TenantId
  package let subjects: [Int64]

  package init(tenant: TenantId, subjects: [Int64]) {
    self.tenant = tenant
    self.subjects = subjects
  }

  package static let sql = """
    select r.id, r.submitted_at, v.content -> 'name', r.answers from requests.request r
    join catalog.pub_offering_version v on v.version_id = r.offering_version_id
    where r.tenant_id = $1 and r.id = any ($2) order by r.id for no key update of r
    """

  package static func decode(_ row: inout RowReader) throws -> HeldProcessText {
    let (id, submittedAt): (Int64, Instant) = (try row.next(), try row.next())
    let (name, answers): (Value?, Value) = (try row.next(), try row.next())
    return HeldProcessText(id: id, openedAt: submittedAt, text: ProcessText(offering: name ?? .null, answers: answers))
  }
}

/// What was said about a request, in its order.
package struct SaidOfRequest: SaidStatement {
  package let said: SaidAfter

  package init(_ said: SaidAfter) { self.said = said }

  package static let sql = """
    select c.id, c.body, c.visibility from requests.comment c where c.tenant_id = $1 and c.request_id = $2 and c.id > $3 order by c.id limit $4
    """

  package static func decode(_ row: inout RowReader) throws -> SaidOfProcess {
    let (id, body, visibility): (Int64, String, String) = (try row.next(), try row.next(), try row.next())
    return SaidOfProcess(id: id, body: body, weight: (CommentVisibility(rawValue: visibility) ?? .staff).searchWeight)
  }
}
