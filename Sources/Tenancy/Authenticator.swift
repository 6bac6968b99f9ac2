import Kernel
import Postgres
import Synchronization
import TLS

/// Somebody shows secret after secret that nobody has; in `seconds` he may go on.
package struct TooManyUnknownSecrets: Error {
  package let seconds: Int

  package init(seconds: Int) {
    self.seconds = seconds
  }
}

/// From a bearer secret, or a client certificate, to a principal. What it finds is kept for at most a second, so a
/// revoked token, a disabled account and a withdrawn grant are out within a second, and a busy client costs one look-up a
/// second. Whoever shows secrets that nobody has is slowed by address: each costs a look-up.
package final class Authenticator: Sendable {
  let tenancy: Tenancy
  private let cache = Mutex<[[UInt8]: (principal: Principal?, readAt: ContinuousClock.Instant)]>([:])
  let strangers: TokenBuckets<String>

  private static let lifetime = Duration.milliseconds(900)
  private static let capacity = 20_000

  /// `strangers`: how many unknown secrets an address may show.
  package init(tenancy: Tenancy, strangers: TokenBuckets<String> = TokenBuckets(perSecond: 10, burst: 100)) {
    self.tenancy = tenancy
    self.strangers = strangers
  }

  /// Nil when the secret is malformed, unknown, expired or revoked, or its account or tenant is not active: the
  /// caller is told one thing for all of them. Throws ``TooManyUnknownSecrets`` when `peer`, the address as the socket tells
  /// it, has shown too many of those; a secret that was good lately is looked up all the same.
  package func principal(bearer text: String, via: Actor.Via, peer: String) async throws -> Principal? {
    guard text.utf8.count < 100, let secret = Secret(text) else { return nil }
    return try await principal(secret.handle, secret.hash, isCertificate: false, via, peer)
  }

  /// By the SHA-256 fingerprint of a certificate that the other end has proved to own, where it is registered with an
  /// account of the tenant that it names. The same certificate may be registered elsewhere: there it is somebody else.
  /// Throws ``TooManyUnknownSecrets`` as for a secret.
  package func principal(certificate fingerprint: [UInt8], in handle: TenantHandle, via: Actor.Via, peer: String) async throws -> Principal? {
    try await principal(handle, fingerprint, isCertificate: true, via, peer)
  }

  private func principal(_ handle: TenantHandle, _ hash: [UInt8], isCertificate: Bool, _ via: Actor.Via, _ peer: String) async throws -> Principal? {
    let key = hash + handle.bytes + [isCertificate ? 1 : 0] + Array(via.rawValue.utf8)
    let now = ContinuousClock.now
    let cached = cache.withLock { $0[key] }
    if let cached, cached.readAt.duration(to: now) < Self.lifetime { return cached.principal }
    // A token is taken before the look-up, so that a thousand at once are not all let in before the first has failed.
    let address = AddressGroup.of(peer)
    if cached?.principal == nil, let seconds = strangers.take(address, at: now) {
      throw TooManyUnknownSecrets(seconds: seconds)
    }
    let principal: Principal?
    do {
      principal = try await look(handle, hash, isCertificate: isCertificate, via)
    } catch {
      if cached?.principal == nil { strangers.giveBack(address) }
      throw error
    }
    if principal != nil, cached?.principal == nil { strangers.giveBack(address) }
    cache.withLock { cache in
      if cache.count >= Self.capacity { cache.removeAll(keepingCapacity: true) }
      cache[key] = (principal, now)
    }
    return principal
  }

  private func look(_ handle: TenantHandle, _ hash: [UInt8], isCertificate: Bool, _ via: Actor.Via) async throws -> Principal? {
    guard let tenant = try await tenancy.tenant(handle) else { return nil }
    let now = tenancy.clock.now()
    return try await tenancy.transaction(binding: [tenant.id], side: .customer, readOnly: true) { transaction in
      let (tokens, grants) = try await transaction.query(
        FindToken(tenant: tenant.id, hash: hash, isCertificate: isCertificate, now: now), FindGrants(tenant: tenant.id, hash: hash, now: now))
      guard let token = tokens.first, let kind = Self.kind(token.kind, in: tenant) else { return nil }
      // What sends events does nothing else, whatever its account is granted.
      if token.isOfSource {
        return Principal.sender(account: token.account, token: token.token, name: token.name, of: tenant)
      }
      var usable: [Grant] = []
      for grant in grants {
        guard let scope = try await self.scope(of: grant, token, tenant, transaction) else { continue }
        usable.append(Grant(role: grant.role, permissions: Set(grant.permissions), scope: scope, expiresAt: grant.expiresAt))
      }
      return Principal(
        actor: Actor(kind: kind, id: token.account, via: via), tenant: tenant.id, side: tenant.kind == .provider ? .staff : .customer,
        name: token.name, person: token.person, language: token.language, grants: usable, onlyPermissions: token.permissions.map(Set.init),
        // Logging out ends a token; it does not strike a certificate off the list.
        token: isCertificate ? nil : token.token)
    }
  }

  /// An account of the wrong tenant for its kind is nobody.
  private static func kind(_ text: String, in tenant: TenantEntry) -> Actor.Kind? {
    switch (text, tenant.kind) {
    case ("staff", .provider): .staff
    case ("customer", .customer): .customer
    case ("service", _): .service
    default: nil
    }
  }

  /// A customer's account can never hold a staff scope, nor the other way round, whatever the row says.
  private func scope(of grant: FindGrants.Found, _ token: FindToken.Found, _ tenant: TenantEntry, _ transaction: Transaction) async throws -> Grant.Scope? {
    guard grant.side == (tenant.kind == .provider ? "staff" : "customer") else { return nil }
    switch (grant.scope, tenant.kind) {
    case ("all", .provider): return .all
    case ("listed", .provider): return .listed(Set(grant.tenants.map { TenantId($0) }))
    case ("tenant", .customer): return .tenant
    case ("own", .customer): return token.person.map(Grant.Scope.own)
    case ("unit", .customer):
      guard let unit = grant.unit else { return nil }
      return .units(Set(try await transaction.query(UnitsBelow(tenant: tenant.id, unit: unit))))
    default: return nil
    }
  }
}
