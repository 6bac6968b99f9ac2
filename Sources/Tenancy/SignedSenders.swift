import Kernel

/// Who may have signed a message: an account that proves itself by a key, with those in force.
package struct Signer: Sendable {
  let tenant: TenantEntry
  let account: Int64
  let name: String
  let token: Int64
  let keys: [[UInt8]]
}

extension Authenticator {
  /// The keys of the sender that a path names; nil when there is none, which costs whoever asks as much as a token that nobody has.
  package func signer(_ sender: PublicId, peer: String) async throws -> Signer? {
    let address = AddressGroup.of(peer)
    if let seconds = strangers.take(address) { throw TooManyUnknownSecrets(seconds: seconds) }
    do {
      guard let tenant = try await tenancy.tenant(sender.handle) else { return nil }
      let now = tenancy.clock.now()
      let found = try await tenancy.transaction(binding: [tenant.id], side: .customer, readOnly: true) {
        try await $0.last(FindSigningKeys(tenant: tenant.id, account: sender.random, now: now))
      }
      guard let first = found.first else { return nil }
      return Signer(tenant: tenant, account: first.account, name: first.name, token: first.token, keys: found.map(\.key))
    } catch {
      strangers.giveBack(address)
      throw error
    }
  }

  /// Nil unless the message is signed by one of the signer's keys, and lately.
  package func principal(signer: Signer, _ signature: MessageSignature, _ body: [UInt8], peer: String) -> Principal? {
    guard signature.isValid(for: body, by: signer.keys, at: tenancy.clock.now()) else { return nil }
    strangers.giveBack(AddressGroup.of(peer))
    return Principal.sender(account: signer.account, token: signer.token, name: signer.name, of: signer.tenant)
  }
}

extension Principal {
  /// The one thing that a source of events may do.
  package static let senderPermission = "event.deliver"

  /// A source of events that has proved itself: it delivers events, and nothing else.
  static func sender(account: Int64, token: Int64, name: String, of tenant: TenantEntry) -> Principal? {
    guard tenant.kind == .provider else { return nil }
    return Principal(
      actor: Actor(kind: .service, id: account, via: .webhook), tenant: tenant.id, side: .staff, name: name,
      grants: [Grant(role: "source", permissions: [senderPermission], scope: .all)], onlyPermissions: [senderPermission], token: token)
  }
}
