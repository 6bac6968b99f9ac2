import Kernel
import Postgres

/// A promise in force that a rule means, and of whose share nobody is warned: there it acts later.
struct UnwarnedShare: Sendable {
  let rule: Int64
  let agreement: EscalationAgreement
  /// The SLA, the OLA or the underpinning contract.
  let publicId: [UInt8]
  let name: String
  let metric: String
  /// At which share the rule acts instead; of several targets the highest.
  let actsAt: Int64
}

/// Those of some rules, up to fifty of each.
struct UnwarnedShares: Statement {
  let provider: TenantId
  let rules: [Int64]
  let now: Instant

  /// Of each agreement the version that counts now. Teams work by the newest OLA that has begun, until it ends.
  static let sql = """
    select r.id, w.agreement, w.public_id, w.name, w.metric, w.acts_at
    from escalations.rule r
    cross join lateral (
      select p.agreement, p.public_id, p.name, p.metric, max(p.acts_at) as acts_at
      from (
        select s.kind as agreement, s.public_id, s.name, g.metric,
          coalesce((select min(x.share) from unnest(g.warn_percents) x (share) where x.share >= r.percent), 100) as acts_at
        from contracts.pub_sla s
        cross join lateral (
          select v.sla_version_id from contracts.pub_sla_target v where v.sla_id = s.sla_id and v.valid_from <= $3 order by v.valid_from desc limit 1) n
        join contracts.pub_sla_target g on g.sla_id = s.sla_id and g.sla_version_id = n.sla_version_id
        where s.kind = r.agreement and s.state = 'active' and not g.explicitly_none and (g.ticket_type is null or g.ticket_type = 'incident')
          and g.metric in ('response', 'update', 'resolution') and (r.metric is null or g.metric = r.metric)
          and (r.priority_to is null or g.priority is null or g.priority <= r.priority_to)
          and (r.customer_id is null or s.only_tenant_id is null or s.only_tenant_id = r.customer_id)
          and (s.kind = 'sla' or exists (
            select from desk.pub_team_agreement a
            where a.sla_id = s.sla_id and a.valid_from <= $3 and (a.ended_at is null or a.ended_at > $3) and (r.team_id is null or a.team_id = r.team_id)
              and not exists (
                select from desk.pub_team_agreement b where b.team_id = a.team_id and b.valid_from > a.valid_from and b.valid_from <= $3)))
        union all
        select 'uc', c.public_id, c.name, g.metric,
          coalesce((select min(x.share) from unnest(g.warn_percents) x (share) where x.share >= r.percent), 100)
        from suppliers.pub_contract c
        cross join lateral (
          select v.contract_version_id, v.state, v.starts_at, v.ends_at from suppliers.pub_contract_version v
          where v.contract_id = c.contract_id and v.valid_from <= $3 order by v.valid_from desc limit 1) n
        join suppliers.pub_target g on g.contract_version_id = n.contract_version_id
        where r.agreement = 'uc' and n.state = 'active' and n.starts_at <= $3 and (n.ends_at is null or n.ends_at > $3)
          and g.metric in ('response', 'update', 'resolution') and (r.metric is null or g.metric = r.metric)
          and (r.priority_to is null or g.priority is null or g.priority <= r.priority_to)) p
      group by p.agreement, p.public_id, p.name, p.metric having max(p.acts_at) > r.percent
      order by p.name, p.public_id, p.metric limit 50) w
    where r.tenant_id = $1 and r.id = any ($2) and r.state = 'active' and r.process = 'incident' and r.percent < 100
    order by r.id, w.name, w.public_id, w.metric
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(rules)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> UnwarnedShare {
    UnwarnedShare(
      rule: try row.next(), agreement: EscalationAgreement(rawValue: try row.next()) ?? .sla, publicId: try row.next(), name: try row.next(),
      metric: try row.next(), actsAt: try row.next())
  }
}
