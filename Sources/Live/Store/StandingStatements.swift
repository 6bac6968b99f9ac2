import Kernel
import Postgres
import Tenancy

/// Of these tokens those that still count, each with a text that becomes another one when what its account may do does: so that hundreds of
/// listeners are looked after by one statement, and only whose text is new is looked up anew. Their tenants are bound.
struct StandingOfTokens: Statement {
  struct Token: Hashable, Sendable {
    let tenant: TenantId
    let id: Int64
  }

  let tokens: [Token]
  /// Where somebody is granted units. What lies below a unit changes without a word of the grant, so the text says how the units lie: once for
  /// each of these tenants, however many listen there.
  let ofUnits: [TenantId]
  let now: Instant

  static let sql = """
    select t.tenant_id, t.id, concat_ws('/', a.kind, a.person_id, t.permissions::text, o.units, (
      select string_agg(concat_ws(':', g.id, g.role, g.scope, g.unit_id, (
          select count(*) from tenancy.role_grant_tenant l where l.tenant_id = g.tenant_id and l.role_grant_id = g.id)), ',' order by g.id)
      from tenancy.role_grant g
      where g.tenant_id = t.tenant_id and g.account_id = t.account_id and g.revoked_at is null and (g.expires_at is null or g.expires_at > $3)))
    from unnest($1::bigint[], $2::bigint[]) w (tenant_id, id)
    join tenancy.api_token t on t.tenant_id = w.tenant_id and t.id = w.id and t.expires_at > $3 and t.revoked_at is null
    join tenancy.account a on a.tenant_id = t.tenant_id and a.id = t.account_id and a.state = 'active'
    join tenancy.tenant n on n.id = t.tenant_id and n.state = 'active'
    left join (
      select u.tenant_id, md5(string_agg(concat_ws('<', u.id, u.parent_id), ' ' order by u.id)) as units
      from tenancy.org_unit u where u.tenant_id = any ($4) group by u.tenant_id) o on o.tenant_id = t.tenant_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tokens.map(\.tenant.rawValue))
    parameters.append(tokens.map(\.id))
    parameters.append(now)
    parameters.append(ofUnits.map(\.rawValue))
  }

  static func decode(_ row: inout RowReader) throws -> (token: Token, text: String) {
    let token = Token(tenant: try row.next(), id: try row.next())
    return (token, try row.next())
  }
}
