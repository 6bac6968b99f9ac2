import Kernel
import Postgres

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
