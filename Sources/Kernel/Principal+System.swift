extension Principal {
  /// Somebody on the host who uses the command line against the database: all rights, and the user's name on record.
  package static func localOperator(name: String, provider: TenantId, permissions: Set<String>, via: Actor.Via = .cli) -> Principal {
    Principal(
      actor: Actor(kind: .operator, id: 0, via: via), tenant: provider, side: .staff, name: name,
      grants: [Grant(role: "operator", permissions: permissions, scope: .all)])
  }

  /// Nobody yet: login and first set-up.
  package static func anonymous(provider: TenantId, via: Actor.Via) -> Principal {
    Principal(actor: Actor(kind: .anonymous, id: 0, via: via), tenant: provider, side: .customer, name: "", grants: [])
  }
}
