import Kernel
import Knowledge
import Postgres

/// Requests, problems, changes, releases and major incidents whose words are to be written yet, in the order in which they were left.
struct ProcessTextsPending: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let id: Int64
    let process: SearchedProcess?
    let subject: Int64
  }

  let after: Int64
  let limit: Int64

  static let sql = "select tenant_id, id, process, subject_id from finder.process_texts_pending($1, $2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(tenant: try row.next(), id: try row.next(), process: SearchedProcess(rawValue: try row.next()), subject: try row.next())
  }
}

/// Those of some subjects that have sheets: they need none.
struct SubjectsWithText: Statement {
  let tenant: TenantId
  let process: SearchedProcess
  let subjects: [Int64]

  static let sql = """
    select s.subject_id from knowledge.process_text s where s.tenant_id = $1 and s.process = $2 and s.subject_id = any ($3) and s.sheet = 0
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(process.rawValue)
    parameters.append(subjects)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// One whose words the database refuses: the sweep passes over it from then on.
struct RefuseProcessText: Statement {
  let tenant: TenantId
  let process: SearchedProcess
  let subject: Int64
  let now: Instant

  static let sql = "update knowledge.process_text_pending set refused_at = $4 where tenant_id = $1 and process = $2 and subject_id = $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(process.rawValue)
    parameters.append(subject)
    parameters.append(now)
  }
}

struct DropPendingTexts: Statement {
  let tenant: TenantId
  let process: SearchedProcess
  let subjects: [Int64]

  static let sql = "delete from knowledge.process_text_pending where tenant_id = $1 and process = $2 and subject_id = any ($3)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(process.rawValue)
    parameters.append(subjects)
  }
}
