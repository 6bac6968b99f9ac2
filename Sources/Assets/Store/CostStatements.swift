import Kernel
import Postgres

/// What the CIs of a tenant cost.
struct CostsByType: Statement {
  struct Found: Sendable {
    let type: String
    let currency: String
    let count: Int64
    /// In minor units; it may be more than fits into 64 bits.
    let sum: String
  }

  let tenant: TenantId

  static let sql = """
    select t.code, c.cost_currency, count(*), sum(c.cost_minor)::text
    from assets.ci c join assets.ci_type t on t.id = c.type_id
    where c.tenant_id = $1 and c.cost_minor is not null and c.state <> 'disposed'
    group by t.code, c.cost_currency order by t.code, c.cost_currency
    """

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(type: try row.next(), currency: try row.next(), count: try row.next(), sum: try row.next())
  }
}
