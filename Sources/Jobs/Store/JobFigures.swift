import Kernel
import Postgres

/// How the queue is, over all tenants.
package struct JobFigures: Statement {
  package struct Found: Sendable, Equatable {
    /// Due and not begun; ten thousand stands for more, here and below.
    package let ready: Int64
    package let running: Int64
    /// Given up.
    package let dead: Int64
    /// Tried alone, or about to be, for their worker died.
    package let suspect: Int64
    /// Since when the first waits; nil: nothing does.
    package let waitingSince: Instant?
  }

  let now: Instant

  package init(now: Instant) { self.now = now }

  package static let sql = "select ready, running, dead, suspect, waiting_since from finder.job_figures($1)"

  package func bind(to parameters: inout Parameters) { parameters.append(now) }

  package static func decode(_ row: inout RowReader) throws -> Found {
    Found(ready: try row.next(), running: try row.next(), dead: try row.next(), suspect: try row.next(), waitingSince: try row.next())
  }
}
