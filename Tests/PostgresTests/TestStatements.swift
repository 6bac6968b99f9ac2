import Kernel

@testable import Postgres

struct BackendProcess: Statement {
  static let sql = "select pg_backend_pid()"
  static func decode(_ row: inout RowReader) throws -> Int32 { try row.next() }
}

struct Sleep: Statement {
  let milliseconds: Int64
  static let sql = "select pg_sleep($1::float8 / 1000)::text"
  func bind(to parameters: inout Parameters) { parameters.append(milliseconds) }
}

struct CurrentSetting: Statement {
  let name: String
  static let sql = "select coalesce(current_setting($1, true), '')"
  func bind(to parameters: inout Parameters) { parameters.append(name) }
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

struct TerminateBackend: Statement {
  let pid: Int32
  static let sql = "select pg_terminate_backend($1)"
  func bind(to parameters: inout Parameters) { parameters.append(pid) }
  static func decode(_ row: inout RowReader) throws -> Bool { try row.next() }
}

struct RunningSleeps: Statement {
  let pid: Int32
  static let sql = "select count(*) from pg_stat_activity where pid = $1 and pid <> pg_backend_pid() and state = 'active' and query like '%pg_sleep%'"
  func bind(to parameters: inout Parameters) { parameters.append(pid) }
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct Divide: Statement {
  let divisor: Int64
  static let sql = "select 10 / $1"
  func bind(to parameters: inout Parameters) { parameters.append(divisor) }
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// `ledger(id int8 primary key, note text)`, which tests share, each with ids and notes of its own. Made under a lock:
/// `if not exists` alone fails when two make it at once.
enum Ledger {
  static let create = "select pg_advisory_xact_lock(1); create table if not exists ledger (id int8 constraint ledger_pkey primary key, note text not null)"

  struct Insert: Statement {
    let id: Int64
    let note: String
    static let sql = "insert into ledger (id, note) values ($1, $2)"
    func bind(to parameters: inout Parameters) {
      parameters.append(id)
      parameters.append(note)
    }
  }

  struct CountOf: Statement {
    let note: String
    static let sql = "select count(*) from ledger where note = $1"
    func bind(to parameters: inout Parameters) { parameters.append(note) }
    static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
  }
}
