import Kernel
import Postgres

/// The numbers in the source of the problems that are already there, whomever they are about by now.
struct KnownProblems: Statement {
  struct Found: Sendable {
    let number: String
    /// Whom alone it is about; nil: it may concern several.
    let customer: TenantId?
  }

  let provider: TenantId
  let source: String

  static let sql = "select external_key, customer_id from problems.problem where tenant_id = $1 and external_source = $2 and external_key is not null"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(source)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(number: try row.next(), customer: try row.next()) }
}

struct NextProblemIds: Statement {
  let count: Int64

  static let sql = "select nextval('problems.problem_id_seq') from generate_series(1, $1)"

  func bind(to parameters: inout Parameters) { parameters.append(count) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Makes the temporary table; see ``IncomingTables``.
struct IncomingProblems: Statement {
  static let sql = """
    create temporary table incoming_problem (
      position bigint, id bigint, public_id bytea, title text, description text, category text, impact bigint, urgency bigint, priority bigint, state text,
      opened_at timestamptz, resolved_at timestamptz, closed_at timestamptz, reopen_count bigint, external_key text, last_seq bigint,
      updated_at timestamptz
    ) on commit drop
    """
}

struct WriteProblems: Statement {
  let provider: TenantId
  let customer: TenantId
  let source: String
  /// The human number before the first one's.
  let numberBefore: Int64

  static let sql = """
    insert into problems.problem
      (tenant_id, id, public_id, number, customer_id, title, description, category, impact, urgency, priority, state, opened_at, resolved_at, closed_at,
       reopen_count, external_source, external_key, last_seq, updated_at)
    select $1, id, public_id, $4 + position, $2, title, description, category, impact, urgency, priority, state, opened_at, resolved_at, closed_at,
      reopen_count, $3, external_key, last_seq, updated_at
    from pg_temp.incoming_problem
    on conflict do nothing
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(customer)
    parameters.append(source)
    parameters.append(numberBefore)
  }
}

/// Leaves it to the sweep of the search to write what these problems are found by.
struct PendProblemTexts: Statement {
  let provider: TenantId

  static let sql = """
    insert into knowledge.process_text_pending (tenant_id, process, subject_id) select $1, 'problem', id from pg_temp.incoming_problem on conflict do nothing
    """

  func bind(to parameters: inout Parameters) { parameters.append(provider) }
}
