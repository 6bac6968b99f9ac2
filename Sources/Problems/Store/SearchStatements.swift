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
package struct HoldProblemTexts: Statement {
  let provider: TenantId
  let problems: [Int64]

  package init(provider: TenantId, problems: [Int64]) {
    self.provider = provider
    self.problems = problems
  }

  package static let sql = """
    select p.id, p.opened_at, p.title, p.description, p.cause, p.workaround, p.solution from problems.problem p
    where p.tenant_id = $1 and p.id = any ($2) order by p.id for no key update of p
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(problems)
  }

  package static func decode(_ row: inout RowReader) throws -> HeldProcessText { try HeldProcessText(&row, bodies: 4) }
}

/// What was said of a problem, in its order.
package struct SaidOfProblem: Statement {
  let provider: TenantId
  let problem: Int64
  let after: Int64
  let limit: Int64

  package init(provider: TenantId, problem: Int64, after: Int64, limit: Int64) {
    self.provider = provider
    self.problem = problem
    self.after = after
    self.limit = limit
  }

  package static let sql = """
    select c.id, c.body from problems.comment c where c.tenant_id = $1 and c.problem_id = $2 and c.id > $3 order by c.id limit $4
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(problem)
    parameters.append(after)
    parameters.append(limit)
  }

  package static func decode(_ row: inout RowReader) throws -> SaidOfProcess { try SaidOfProcess(amongStaff: &row) }
}
