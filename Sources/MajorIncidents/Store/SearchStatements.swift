import Kernel
import Knowledge
import Postgres

extension MajorRow {
  /// What it is found by: what is written in it now.
  var words: ProcessText { ProcessText(titles: [title], bodies: [description, process.mitigation, process.resolution, process.review]) }

  func searched(of provider: TenantId) -> SearchedSubject { SearchedSubject(.majorIncident, id, of: provider, openedAt: declaredAt) }
}

/// Major incidents as they are, and nobody says or changes anything of them until their words are written.
package struct HoldMajorTexts: HoldTextsStatement {
  package let tenant: TenantId
  package let subjects: [Int64]

  package init(tenant: TenantId, subjects: [Int64]) {
    self.tenant = tenant
    self.subjects = subjects
  }

  package static let sql = """
    select m.id, m.declared_at, m.title, m.description, m.mitigation, m.resolution, m.review from major_incidents.major_incident m
    where m.tenant_id = $1 and m.id = any ($2) order by m.id for no key update of m
    """

  package static func decode(_ row: inout RowReader) throws -> HeldProcessText { try HeldProcessText(&row, bodies: 4) }
}

/// What was written in the log of a major incident, in its order.
package struct SaidOfMajor: SaidStatement {
  package let said: SaidAfter

  package init(_ said: SaidAfter) { self.said = said }

  package static let sql = """
    select e.id, e.body from major_incidents.entry e where e.tenant_id = $1 and e.major_id = $2 and e.id > $3 order by e.id limit $4
    """

  package static func decode(_ row: inout RowReader) throws -> SaidOfProcess { try SaidOfProcess(amongStaff: &row) }
}
