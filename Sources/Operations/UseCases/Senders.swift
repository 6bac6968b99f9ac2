import Kernel
import TLS
import Tenancy

/// The accounts of what sends events: service accounts of the provider that nobody grants anything. What they prove themselves by
/// lets them deliver events and nothing else (``Kernel/Principal/senderPermission``).
extension OperationContext {
  /// A new account of a sender.
  package func addSender(_ name: String) async throws -> (account: Int64, publicId: [UInt8]) {
    let bits = random.publicIdBits()
    let account = NewAccount(
      tenant: tenant.id, publicId: bits, kind: "service", person: nil, login: nil, name: name, language: tenant.language, password: nil)
    return (try await account.insert(in: transaction, at: now), bits)
  }

  /// A new secret of a sender, shown once: a bearer secret, of which the hash is kept, or a key for signatures (`whsec_...`), which is
  /// kept itself, for nothing else can check one.
  package func addSenderSecret(of account: Int64, named name: String, isSigning: Bool) -> String {
    let text: String
    let (hash, key): ([UInt8], [UInt8]?)
    if isSigning {
      let bytes = random.bytes(32)
      (text, hash, key) = ("whsec_" + Base64.encode(bytes), SHA256.hash(bytes), bytes)
    } else {
      let secret = Secret(handle: tenant.handle, random: random)
      (text, hash, key) = (secret.text, secret.hash, nil)
    }
    transaction.enqueue(
      InsertSenderSecret(
        tenant: tenant.id, publicId: newId(.token).random, account: account, name: name, hash: hash, key: key,
        permissions: [Principal.senderPermission], expiresAt: Instant.accepted.upperBound, recordedAt: now))
    return text
  }

  /// The secrets that a sender has end then, where they do not end before.
  package func endSenderSecrets(of account: Int64, at end: Instant) {
    transaction.enqueue(EndSenderSecrets(tenant: tenant.id, account: account, end: end))
  }

  /// Nothing that the account proves itself by is good any more.
  package func retireSender(_ account: Int64) {
    transaction.enqueue(SetAccountState(tenant: tenant.id, account: account, state: "disabled"))
    transaction.enqueue(RevokeTokens(tenant: tenant.id, account: account, onlySessions: false, except: nil, now: now))
  }
}
