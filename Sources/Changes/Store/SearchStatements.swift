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

  package static func decode(_ row: inout RowReader) throws -> HeldProcessText {
    let (id, openedAt, title): (Int64, Instant, String) = (try row.next(), try row.next(), try row.next())
    var bodies: [String?] = []
    for _ in 0..<7 { bodies.append(try row.next()) }
    return HeldProcessText(id: id, openedAt: openedAt, text: ProcessText(titles: [title], bodies: bodies))
  }
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

  package static func decode(_ row: inout RowReader) throws -> SaidOfProcess {
    SaidOfProcess(id: try row.next(), body: try row.next(), weight: .among)
  }
}
