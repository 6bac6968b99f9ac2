import Kernel
import Postgres

/// The customers of public ids, for the staff.
struct TenantsByHandle: Statement {
  let handles: [TenantHandle]

  static let sql = "select id from tenancy.tenant where handle = any ($1) order by id"

  func bind(to parameters: inout Parameters) { parameters.append(handles.map { Int64($0.rawValue) }) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// A key of a list, be it retired or not, and those below it, the upper first; nothing where the list does not have it.
struct CodesFrom: Statement {
  let list: CodeList
  let key: String

  static let sql = """
    select c.key from desk.code c where c.list = $1 and (c.key = $2 or starts_with(c.key, $2 || '/'))
      and exists (select from desk.code o where o.list = $1 and o.key = $2)
    order by c.key
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(list.rawValue)
    parameters.append(key)
  }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
