import Desk
import Kernel
import Postgres

/// Who of the staff sees a major incident: whoever serves a customer of an incident that is part of it, and who leads, declared or is offered it.
struct ReadersOfMajor: Statement {
  let provider: TenantId
  let major: Int64

  static let sql = """
    select l.serving, l.opener_ids from major_incidents.pub_live_major_incident l where l.tenant_id = $1 and l.major_id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(major)
  }

  static func decode(_ row: inout RowReader) throws -> Readership {
    Readership(permission: MajorRights.read, serving: try row.next(), besides: try row.next())
  }
}
