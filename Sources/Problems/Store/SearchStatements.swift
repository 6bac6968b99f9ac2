import Kernel
import Knowledge
import Postgres

extension ProblemRow {
  /// What it is found by: what is written in it now.
  var words: ProcessText {
    ProcessText(titles: [title], bodies: [description, process.cause, process.workaround, process.solution])
  }
}

/// Problems as they are, and nobody says or changes anything of them until their words are written.
package struct HoldProblemTexts: HoldTextsStatement {
  package let tenant: TenantId
  package let subjects: [Int64]

  package init(tenant: TenantId, subjects: [Int64]) {
    self.tenant = tenant
    self.subjects = subjects
  }

  package static let sql = """
    select p.id, p.opened_at, p.title, p.description, p.cause, p.workaround, p.solution from problems.problem p
    where p.tenant_id = $1 and p.id = any ($2) order by p.id for no key update of p
    """

  package static func decode(_ row: inout RowReader) throws -> HeldProcessText { try HeldProcessText(&row, bodies: 4) }
}

/// What was said of a problem, in its order.
package struct SaidOfProblem: SaidStatement {
  package let said: SaidAfter

  package init(_ said: SaidAfter) { self.said = said }

  package static let sql = """
    select c.id, c.body from problems.comment c where c.tenant_id = $1 and c.problem_id = $2 and c.id > $3 order by c.id limit $4
    """

  package static func decode(_ row: inout RowReader) throws -> SaidOfProcess { try SaidOfProcess(amongStaff: &row) }
}
