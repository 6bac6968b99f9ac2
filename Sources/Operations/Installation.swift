import Kernel
import Postgres
import Tenancy

/// What a new database needs before anyone can call: the provider's tenant, a key for cursors, and a way to make the
/// first administrator. Each step is done once, however often it is asked for.
package struct Installation: Sendable {
  private let tenancy: Tenancy

  package init(tenancy: Tenancy) {
    self.tenancy = tenancy
  }

  /// The provider's tenant, made when it is missing.
  package func provider(code: String, name: String, zone: String, language: Language) async throws -> TenantEntry {
    if let provider = try await tenancy.provider() { return provider }
    let new = NewTenant(kind: .provider, code: code, name: name, zone: zone, language: language)
    do {
      return try await tenancy.transaction(binding: [], side: .staff) { transaction in
        try await new.insert(in: transaction, random: tenancy.random, at: tenancy.clock.now())
      }
    } catch let error as PostgresError where error.kind == .uniqueViolation {
      // Another process was first.
      guard let provider = try await tenancy.provider() else { throw error }
      return provider
    }
  }

  /// The signer of page cursors, with a key made when there is none.
  package func cursorSigner(provider: TenantEntry) async throws -> CursorSigner {
    let keys = try await tenancy.transaction(binding: [provider.id], side: .staff) { transaction in
      let keys = try await transaction.query(SigningKeys(provider: provider.id))
      if !keys.isEmpty { return keys }
      try await transaction.execute(InsertSigningKey(provider: provider.id, secret: tenancy.random.bytes(32), recordedAt: tenancy.clock.now()))
      return try await transaction.query(SigningKeys(provider: provider.id))
    }
    guard let signer = CursorSigner(keys: keys) else { throw Failure(.internal, OperationMessages.internalFault, debug: "no signing key") }
    return signer
  }

  package static let setupTokenLifetimeSeconds: Int64 = 24 * 3600

  /// A one-time token for the first administrator; nil once there is staff.
  package func setupToken(provider: TenantEntry) async throws -> String? {
    let secret = Secret(handle: provider.handle, random: tenancy.random)
    let now = tenancy.clock.now()
    return try await tenancy.transaction(binding: [provider.id], side: .staff) { transaction in
      guard try await transaction.first(CountStaff(provider: provider.id)) == 0 else { return nil }
      transaction.enqueue(
        InsertSetupToken(
          tenant: provider.id, hash: secret.hash, expiresAt: now.adding(seconds: Self.setupTokenLifetimeSeconds), recordedAt: now))
      return secret.text
    }
  }
}

struct SigningKeys: Statement {
  let provider: TenantId

  static let sql = "select id, secret from operations.signing_key where tenant_id = $1 order by id desc limit 10"

  func bind(to parameters: inout Parameters) { parameters.append(provider) }

  static func decode(_ row: inout RowReader) throws -> (id: Int64, secret: [UInt8]) { (id: try row.next(), secret: try row.next()) }
}

struct InsertSigningKey: Statement {
  let provider: TenantId
  let secret: [UInt8]
  let recordedAt: Instant

  static let sql = "insert into operations.signing_key (tenant_id, secret, recorded_at) values ($1, $2, $3)"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(secret)
    parameters.append(recordedAt)
  }
}
