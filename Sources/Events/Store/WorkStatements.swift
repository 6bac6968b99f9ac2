import Kernel
import Postgres

/// Of some tickets those on which anybody recorded time.
struct TicketsWorkedOn: Statement {
  let tenant: TenantId
  let publicIds: [[UInt8]]

  static let sql = """
    select t.public_id from desk.pub_ticket t
    where t.tenant_id = $1 and t.public_id = any ($2)
      and exists (select from time_entries.pub_worked_ticket w where w.tenant_id = t.tenant_id and w.ticket_id = t.ticket_id)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicIds)
  }

  static func decode(_ row: inout RowReader) throws -> [UInt8] { try row.next() }
}

/// Of some tickets of a customer those on which somebody's timer runs; the provider's tenant is bound.
struct TicketsTimed: Statement {
  let provider: TenantId
  let customer: TenantId
  let publicIds: [[UInt8]]

  static let sql = """
    select w.ticket_public_id from time_entries.pub_timed_ticket w
    where w.tenant_id = $1 and w.customer_id = $2 and w.ticket_public_id = any ($3)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(customer)
    parameters.append(publicIds)
  }

  static func decode(_ row: inout RowReader) throws -> [UInt8] { try row.next() }
}
