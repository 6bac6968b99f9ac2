import Desk
import Kernel
import Postgres

/// Who of the staff sees a change: whoever serves one of those whom it concerns.
struct ReadersOfChange: Statement {
  let provider: TenantId
  let change: Int64

  static let sql = "select l.serving from changes.pub_live_change l where l.tenant_id = $1 and l.change_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(change)
  }

  static func decode(_ row: inout RowReader) throws -> Readership { Readership(permission: ChangeRights.read, serving: try row.next()) }
}

/// The same of a release; as long as it concerns and concerned nobody, who opened it sees it as well.
struct ReadersOfRelease: Statement {
  let provider: TenantId
  let release: Int64

  static let sql = """
    select l.serving, array_remove(array[case when l.opener_kind = 'staff' then l.opener_id end], null)
    from changes.pub_live_release l where l.tenant_id = $1 and l.release_id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(release)
  }

  static func decode(_ row: inout RowReader) throws -> Readership {
    Readership(permission: ChangeRights.read, serving: try row.next(), besides: try row.next())
  }
}
