import Kernel
import Knowledge
import Postgres

extension ChangeRow {
  /// What it is found by: what is written in it now.
  var words: ProcessText {
    ProcessText(titles: [title], bodies: [description, publicText, process.plan, process.backOut, process.test, process.outcomeNote, process.review])
  }
}

/// Changes as they are, and nobody says or changes anything of them until their words are written.
package struct HoldChangeTexts: HoldTextsStatement {
  package let tenant: TenantId
  package let subjects: [Int64]

  package init(tenant: TenantId, subjects: [Int64]) {
    self.tenant = tenant
    self.subjects = subjects
  }

  package static let sql = """
    select c.id, c.opened_at, c.title, c.description, c.public_text, c.plan, c.back_out, c.test, c.outcome_note, c.review from changes.change c
    where c.tenant_id = $1 and c.id = any ($2) order by c.id for no key update of c
    """

  package static func decode(_ row: inout RowReader) throws -> HeldProcessText { try HeldProcessText(&row, bodies: 7) }
}

/// What was said of a change, in its order.
package struct SaidOfChange: SaidStatement {
  package let said: SaidAfter

  package init(_ said: SaidAfter) { self.said = said }

  package static let sql = """
    select c.id, c.body from changes.comment c where c.tenant_id = $1 and c.change_id = $2 and c.id > $3 order by c.id limit $4
    """

  package static func decode(_ row: inout RowReader) throws -> SaidOfProcess { try SaidOfProcess(amongStaff: &row) }
}

extension ReleaseRow {
  /// What it is found by: what is written in it now.
  var words: ProcessText { ProcessText(titles: [title], bodies: [description, process.pilotScope, process.pilotNote, process.reason]) }

  func searched(of provider: TenantId) -> SearchedSubject { SearchedSubject(.release, id, of: provider, openedAt: openedAt) }
}

/// Releases as they are, and nobody says or changes anything of them until their words are written.
package struct HoldReleaseTexts: HoldTextsStatement {
  package let tenant: TenantId
  package let subjects: [Int64]

  package init(tenant: TenantId, subjects: [Int64]) {
    self.tenant = tenant
    self.subjects = subjects
  }

  package static let sql = """
    select r.id, r.opened_at, r.title, r.description, r.pilot_scope, r.pilot_note, r.reason from changes.release r
    where r.tenant_id = $1 and r.id = any ($2) order by r.id for no key update of r
    """

  package static func decode(_ row: inout RowReader) throws -> HeldProcessText { try HeldProcessText(&row, bodies: 4) }
}

/// What was said of a release, in its order.
package struct SaidOfRelease: SaidStatement {
  package let said: SaidAfter

  package init(_ said: SaidAfter) { self.said = said }

  package static let sql = """
    select c.id, c.body from changes.release_comment c where c.tenant_id = $1 and c.release_id = $2 and c.id > $3 order by c.id limit $4
    """

  package static func decode(_ row: inout RowReader) throws -> SaidOfProcess { try SaidOfProcess(amongStaff: &row) }
}
