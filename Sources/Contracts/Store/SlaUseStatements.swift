import Kernel
import Postgres

/// The lines of all customers that promise an SLA, now or from a later version on: what people call them, in their order.
struct LinesOfSla: Statement {
  let sla: Int64
  let at: Instant
  let limit: Int64

  static let sql = "select customer || ' / ' || contract || ' / ' || line from finder.lines_of_sla($1, $2, $3)"

  func bind(to parameters: inout Parameters) {
    parameters.append(sla)
    parameters.append(at)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

/// The contract templates in use that name an SLA, by name.
struct TemplatesOfSla: Statement {
  let sla: PublicId
  let limit: Int64

  static let sql = """
    select t.name from contracts.contract_template t
    join contracts.contract_template_version v on v.contract_template_id = t.id and v.seq = t.version
    where t.state = 'active' and v.content -> 'lines' @> jsonb_build_array(jsonb_build_object('sla', $1::text))
    order by t.name limit $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(sla.description)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

/// An SLA or OLA for any customer that something new is to name. Held until that is written: who retires it waits, and then sees it.
struct HeldAgreement: Statement {
  struct Found: Sendable {
    let id: Int64
    let name: String
    let kind: AgreementKind
    let isRetired: Bool
  }

  let publicId: PublicId

  static let sql = "select id, name, kind, state = 'retired' from contracts.sla where public_id = $1 and only_tenant_id is null for share"

  func bind(to parameters: inout Parameters) { parameters.append(publicId.random) }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(id: try row.next(), name: try row.next(), kind: AgreementKind(rawValue: try row.next()) ?? .sla, isRetired: try row.next())
  }
}
