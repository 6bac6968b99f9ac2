import Kernel
import Postgres

/// Whose the files are that whoever takes a step names as evidence.
struct NamedFiles: Sendable {
  /// Of the staff.
  var staff: [[UInt8]] = []
  /// Of the customer's people, and of their programmes.
  var customers: [[UInt8]] = []

  /// What they are to gates that ask for files.
  var facts: Set<GateFact> {
    var facts: Set<GateFact> = []
    if !staff.isEmpty { facts.insert(.file) }
    if !customers.isEmpty { facts.insert(.customerFile) }
    return facts
  }

  /// What a passing keeps of them, in a statement that knows it as `n`, the gate as `g`, and the files as $10 and $11: those that the gate asked for.
  static let kept = """
    case when n.outcome = 'passed' and g.kind = 'evidence' then
        case when g.needs @> '["file"]' then $10::bytea[] else '{}' end || case when g.needs @> '["customer_file"]' then $11::bytea[] else '{}' end
      else '{}' end
    """
}

/// Of some files those that are attached to a subject, are there, and may be seen by who serves these customers.
struct FilesOfSubject: Statement {
  struct Found: Sendable {
    let publicId: [UInt8]
    let isOfCustomer: Bool
  }

  let tenant: TenantId
  let subject: GateSubject
  let files: [[UInt8]]
  /// Nil: everybody's.
  let customers: [Int64]?

  // What a customer's programme attached is the customer's.
  static let isOfCustomer = """
    (f.actor_kind = 'customer' or f.actor_kind = 'service' and exists (
      select from tenancy.account a join tenancy.tenant n on n.id = a.tenant_id
      where a.tenant_id = f.tenant_id and a.id = f.actor_id and n.kind = 'customer'))
    """
  static let sql = """
    select f.public_id, \(isOfCustomer) from attachments.pub_file f
    where f.tenant_id = $1 and f.public_id = any ($4) and f.state = 'stored'
      and ($5::bigint[] is null or f.about_customer_id is null or f.about_customer_id = any ($5))
      and (
        $2::text = 'incident' and exists (
          select from desk.pub_ticket t where t.tenant_id = f.tenant_id and t.ticket_id = f.ticket_id and t.public_id = $3)
        or $2 = 'request' and exists (
          select from requests.pub_request r where r.tenant_id = f.tenant_id and r.request_id = f.request_id and r.public_id = $3)
        or $2 = 'problem' and exists (
          select from problems.pub_problem b where b.tenant_id = f.tenant_id and b.problem_id = f.problem_id and b.public_id = $3)
        or $2 = 'change' and exists (
          select from changes.pub_change c where c.tenant_id = f.tenant_id and c.change_id = f.change_id and c.public_id = $3)
        or $2 = 'release' and exists (
          select from changes.pub_found_release r where r.tenant_id = f.tenant_id and r.release_id = f.release_id and r.public_id = $3)
        or $2 = 'major_incident' and exists (
          select from major_incidents.pub_found_major_incident m where m.tenant_id = f.tenant_id and m.major_id = f.major_id and m.public_id = $3))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(subject.kind)
    parameters.append(subject.key)
    parameters.append(files)
    parameters.append(customers)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(publicId: try row.next(), isOfCustomer: try row.next()) }
}

/// Files that let something pass gates, whatever became of them since; for who serves these customers.
struct FilesOfPassages: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let publicId: [UInt8]
    let name: String
    let type: String
    let state: String
    let author: String
    let isOfCustomer: Bool
  }

  let tenants: [Int64]
  let files: [[UInt8]]
  /// Nil: everybody's.
  let customers: [Int64]?

  static let sql = """
    select f.tenant_id, f.public_id, f.name, f.type, f.state, f.actor_name, \(FilesOfSubject.isOfCustomer) from attachments.pub_file f
    where f.tenant_id = any ($1) and f.public_id = any ($2)
      and ($3::bigint[] is null or f.about_customer_id is null or f.about_customer_id = any ($3))
    limit 10000
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenants)
    parameters.append(files)
    parameters.append(customers)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      tenant: try row.next(), publicId: try row.next(), name: try row.next(), type: try row.next(), state: try row.next(), author: try row.next(),
      isOfCustomer: try row.next())
  }
}
