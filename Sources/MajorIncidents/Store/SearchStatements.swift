import Kernel
import Knowledge
import Postgres

extension MajorRow {
  /// What it is found by: what is written in it now.
  var words: ProcessText { ProcessText(titles: [title], bodies: [description, process.mitigation, process.resolution, process.review]) }

  func searched(of provider: TenantId) -> SearchedSubject { SearchedSubject(.majorIncident, id, of: provider, openedAt: declaredAt) }
}

/// Major incidents as they are, and nobody says or changes anything of them until their words are written.
package struct HoldMajorTexts: Statement {
  let provider: TenantId
  let majors: [Int64]

  package init(provider: TenantId, majors: [Int64]) {
    self.provider = provider
    self.majors = majors
  }

  package static let sql = """
    select m.id, m.declared_at, m.title, m.description, m.mitigation, m.resolution, m.review from major_incidents.major_incident m
    where m.tenant_id = $1 and m.id = any ($2) order by m.id for no key update of m
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(majors)
  }

  package static func decode(_ row: inout RowReader) throws -> HeldProcessText { try HeldProcessText(&row, bodies: 4) }
}

/// What was written in the log of a major incident, in its order.
package struct SaidOfMajor: Statement {
  let provider: TenantId
  let major: Int64
  let after: Int64
  let limit: Int64

  package init(provider: TenantId, major: Int64, after: Int64, limit: Int64) {
    self.provider = provider
    self.major = major
    self.after = after
    self.limit = limit
  }

  package static let sql = """
    select e.id, e.body from major_incidents.entry e where e.tenant_id = $1 and e.major_id = $2 and e.id > $3 order by e.id limit $4
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(major)
    parameters.append(after)
    parameters.append(limit)
  }

  package static func decode(_ row: inout RowReader) throws -> SaidOfProcess { try SaidOfProcess(amongStaff: &row) }
}
