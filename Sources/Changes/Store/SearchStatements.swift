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
package struct HoldChangeTexts: Statement {
  let provider: TenantId
  let changes: [Int64]

  package init(provider: TenantId, changes: [Int64]) {
    self.provider = provider
    self.changes = changes
  }

  package static let sql = """
    select c.id, c.opened_at, c.title, c.description, c.public_text, c.plan, c.back_out, c.test, c.outcome_note, c.review from changes.change c
    where c.tenant_id = $1 and c.id = any ($2) order by c.id for no key update of c
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(changes)
  }

  package static func decode(_ row: inout RowReader) throws -> HeldProcessText { try HeldProcessText(&row, bodies: 7) }
}

/// What was said of a change, in its order.
package struct SaidOfChange: Statement {
  let provider: TenantId
  let change: Int64
  let after: Int64
  let limit: Int64

  package init(provider: TenantId, change: Int64, after: Int64, limit: Int64) {
    self.provider = provider
    self.change = change
    self.after = after
    self.limit = limit
  }

  package static let sql = """
    select c.id, c.body from changes.comment c where c.tenant_id = $1 and c.change_id = $2 and c.id > $3 order by c.id limit $4
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(change)
    parameters.append(after)
    parameters.append(limit)
  }

  package static func decode(_ row: inout RowReader) throws -> SaidOfProcess { try SaidOfProcess(amongStaff: &row) }
}

extension ReleaseRow {
  /// What it is found by: what is written in it now.
  var words: ProcessText { ProcessText(titles: [title], bodies: [description, process.pilotScope, process.pilotNote, process.reason]) }

  func searched(of provider: TenantId) -> SearchedSubject { SearchedSubject(.release, id, of: provider, openedAt: openedAt) }
}

/// Releases as they are, and nobody changes anything of them until their words are written.
package struct HoldReleaseTexts: Statement {
  let provider: TenantId
  let releases: [Int64]

  package init(provider: TenantId, releases: [Int64]) {
    self.provider = provider
    self.releases = releases
  }

  package static let sql = """
    select r.id, r.opened_at, r.title, r.description, r.pilot_scope, r.pilot_note, r.reason from changes.release r
    where r.tenant_id = $1 and r.id = any ($2) order by r.id for no key update of r
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(releases)
  }

  package static func decode(_ row: inout RowReader) throws -> HeldProcessText { try HeldProcessText(&row, bodies: 4) }
}
