import Assets
import Kernel
import Operations
import Postgres

/// The services that a change affects, as they were taken over: found by the CIs of the customers whom the reader serves; null: of all, and by those that
/// the provider shares.
struct ServicesOfChange: Statement {
  struct Found: Sendable {
    let service: TakenServices.Service
    let name: LocalText
    /// Whose CIs it was found by; nil: they are the provider's.
    let customer: PublicId?
  }

  let provider: TenantId
  let change: Int64
  let customers: [Int64]?

  static let sql = """
    select a.other_tenant_id, a.service_id, s.code, s.name_en, s.name_zh, e.handle, e.public_id
    from changes.affected_service a
    join catalog.pub_service s on s.service_id = a.service_id
    left join tenancy.tenant e on e.id = a.other_tenant_id and e.kind = 'customer'
    where a.tenant_id = $1 and a.change_id = $2 and ($3::bigint[] is null or a.other_tenant_id = any ($3))
    order by s.code, a.other_tenant_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(change)
    parameters.append(customers)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      service: TakenServices.Service(owner: try row.next(), id: try row.next(), code: try row.next()),
      name: LocalText(english: try row.next(), chinese: try row.next()), customer: try PublicId.customer(&row))
  }
}

/// The services that the CIs belong to which a change touches, and what needs those and fails with them, as `change.affected` finds them: in one
/// statement, for an act that writes is bound to the provider alone. What the provider shares is for who serves all customers (null).
struct ServicesReached: Statement {
  /// Of each walk there is one at least.
  struct Found: Sendable {
    /// Nil: the walk reached none.
    let service: TakenServices.Service?
    /// Whether there was more to reach.
    let isCut: Bool
  }

  let change: Int64
  let customers: [Int64]?
  let depth: Int64

  static let sql = """
    select m.tenant_id, m.is_cut, s.service_id, s.code from finder.services_reached($1, $2, $3, $4, $5) m
    left join catalog.pub_service s on s.service_id = m.service_id order by m.tenant_id, s.code
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(change)
    parameters.append(customers)
    parameters.append(depth)
    parameters.append(OperationContext.mostReached)
    parameters.append(ImpactSearch.states)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let (owner, isCut): (TenantId, Bool) = (try row.next(), try row.next())
    let (id, code): (Int64?, String?) = (try row.next(), try row.next())
    guard let id, let code else { return Found(service: nil, isCut: isCut) }
    return Found(service: TakenServices.Service(owner: owner, id: id, code: code), isCut: isCut)
  }
}

struct KeepServicesOfChange: Statement {
  let provider: TenantId
  let change: Int64
  /// Whose CIs they were found by.
  let owner: TenantId
  let services: [Int64]
  let now: Instant

  static let sql = """
    insert into changes.affected_service (tenant_id, change_id, service_id, other_tenant_id, recorded_at)
    select $1, $2, x.service_id, $3, $5 from unnest($4::bigint[]) x (service_id)
    on conflict (tenant_id, change_id, service_id, other_tenant_id) do nothing
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(change)
    parameters.append(owner)
    parameters.append(services)
    parameters.append(now)
  }
}

struct DropServicesOfChange: Statement {
  let provider: TenantId
  let change: Int64
  /// Whose CIs they were found by.
  let owner: TenantId
  /// Nil: all of them.
  let services: [Int64]?

  static let sql = """
    delete from changes.affected_service
    where tenant_id = $1 and change_id = $2 and other_tenant_id = $3 and ($4::bigint[] is null or service_id = any ($4))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(change)
    parameters.append(owner)
    parameters.append(services)
  }
}
