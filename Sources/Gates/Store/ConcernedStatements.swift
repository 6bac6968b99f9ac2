/// Whom what is worked on in the provider's own tenant concerns, for whose gates it passes. Problems concern one customer, or may concern any, and are
/// judged by themselves.
enum Concerned {
  /// Changes, releases and major incidents: `kind`, `tenant_id`, `public_id`, `customer_id`, which is null where a release has a change that concerns nobody
  /// yet: then it is for who serves all.
  static let rows = """
    (select 'change' as kind, c.tenant_id, c.public_id, c.customer_id from changes.pub_concerned c
      union all
      select 'release', r.tenant_id, r.public_id, r.customer_id from changes.pub_release_concerned r
      union all
      select 'major_incident', m.tenant_id, m.public_id, m.customer_id from major_incidents.pub_concerned m)
    """
  /// The kinds of these.
  static let kinds = "('change', 'release', 'major_incident')"
}
