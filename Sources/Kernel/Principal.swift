/// Who acts, and by which way in; stored with every fact (`actor_kind`, `actor_id`, `on_behalf_of`, `via`).
package struct Actor: Hashable, Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    case staff, customer, service
    /// Somebody with access to the host who uses the command line against the database.
    case `operator`
    /// Steward itself: jobs and schedules.
    case system
    /// Nobody yet: login and first set-up.
    case anonymous
  }

  package enum Via: String, Sendable, CaseIterable {
    case http, admin, cli, job, `import`, webhook
  }

  package let kind: Kind
  /// The account's internal id; 0 for operator, system and anonymous.
  package let id: Int64
  package let onBehalfOf: Int64?
  package let via: Via

  package init(kind: Kind, id: Int64, onBehalfOf: Int64? = nil, via: Via) {
    self.kind = kind
    self.id = id
    self.onBehalfOf = onBehalfOf
    self.via = via
  }
}

/// Which rows of provider tables one sees: `app.side` of the row-security policies.
package enum Side: String, Sendable {
  case staff, customer
}

/// A role in the hands of a principal: what it permits and for what.
package struct Grant: Hashable, Sendable {
  package enum Scope: Hashable, Sendable {
    /// What concerns the principal's own person.
    case own(person: Int64)
    /// What belongs to these units (one unit and all below it, already expanded).
    case units(Set<Int64>)
    /// All of the principal's own tenant.
    case tenant
    /// Staff: these customers.
    case listed(Set<TenantId>)
    /// Staff: the provider and every customer.
    case all
  }

  /// The scopes by name, as operations declare which they honour.
  package enum ScopeKind: String, Sendable, CaseIterable {
    case own, unit, tenant, listed, all
  }

  package let role: String
  package let permissions: Set<String>
  package let scope: Scope
  package let expiresAt: Instant?

  package init(role: String, permissions: Set<String>, scope: Scope, expiresAt: Instant? = nil) {
    self.role = role
    self.permissions = permissions
    self.scope = scope
    self.expiresAt = expiresAt
  }

  package var scopeKind: ScopeKind {
    switch scope {
    case .own: .own
    case .units: .unit
    case .tenant: .tenant
    case .listed: .listed
    case .all: .all
    }
  }
}

/// Somebody who has proved who he is, with all that he may do. At most a second old when it is used.
package struct Principal: Sendable {
  package let actor: Actor
  /// The tenant that the account belongs to; the provider for staff.
  package let tenant: TenantId
  package let side: Side
  package let name: String
  /// The person behind a login; nil for service accounts and the operator.
  package let person: Int64?
  package let language: Language
  package let grants: [Grant]
  /// A token's own limit, on top of the grants; nil when it has none.
  package let onlyPermissions: Set<String>?
  /// The internal id of the token that was shown; nil for the operator and for Steward itself.
  package let token: Int64?

  package init(
    actor: Actor, tenant: TenantId, side: Side, name: String, person: Int64? = nil, language: Language = .english, grants: [Grant],
    onlyPermissions: Set<String>? = nil, token: Int64? = nil
  ) {
    self.actor = actor
    self.tenant = tenant
    self.side = side
    self.name = name
    self.person = person
    self.language = language
    self.grants = grants
    self.onlyPermissions = onlyPermissions
    self.token = token
  }

  /// What the principal may do under `permission`, by grants whose scope the operation honours; nil: nothing.
  package func access(_ permission: String, honouring scopes: Set<Grant.ScopeKind>, at now: Instant) -> Access? {
    guard onlyPermissions?.contains(permission) ?? true else { return nil }
    var access: Access?
    for grant in grants where grant.permissions.contains(permission) && scopes.contains(grant.scopeKind) && (grant.expiresAt.map { now < $0 } ?? true) {
      access = access?.adding(grant.scope, home: tenant) ?? Access(grant.scope, home: tenant)
    }
    return access
  }
}

/// The union of the scopes that permit an act.
package struct Access: Hashable, Sendable {
  /// Nil: every tenant.
  package private(set) var tenants: Set<TenantId>?
  /// Which rows inside the tenant.
  package private(set) var rows: RowScope

  package init(_ scope: Grant.Scope, home: TenantId) {
    switch scope {
    case .own(let person): (tenants, rows) = ([home], RowScope(everything: false, units: [], person: person))
    case .units(let units): (tenants, rows) = ([home], RowScope(everything: false, units: units, person: nil))
    case .tenant: (tenants, rows) = ([home], .all)
    case .listed(let listed): (tenants, rows) = (listed, .all)
    case .all: (tenants, rows) = (nil, .all)
    }
  }

  func adding(_ scope: Grant.Scope, home: TenantId) -> Access {
    let other = Access(scope, home: home)
    var union = self
    union.tenants = tenants.flatMap { mine in other.tenants.map { mine.union($0) } }
    union.rows = RowScope(
      everything: rows.everything || other.rows.everything, units: rows.units.union(other.rows.units), person: rows.person ?? other.rows.person)
    return union
  }

  package func reaches(_ tenant: TenantId) -> Bool { tenants?.contains(tenant) ?? true }
}

/// Which rows of a tenant an access covers. A statement takes it as three parameters:
/// `($everything or unit_id = any($units) or person_id = $person)`.
package struct RowScope: Hashable, Sendable {
  package let everything: Bool
  package let units: Set<Int64>
  package let person: Int64?

  package init(everything: Bool, units: Set<Int64>, person: Int64?) {
    self.everything = everything
    self.units = units
    self.person = person
  }

  package static let all = RowScope(everything: true, units: [], person: nil)

  package func covers(unit: Int64?, person: Int64?) -> Bool {
    everything || unit.map(units.contains) ?? false || (self.person != nil && self.person == person)
  }
}
