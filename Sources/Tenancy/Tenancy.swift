import Kernel
import Postgres
import Synchronization
import TLS

/// The one door to the data: transactions that are already bound to tenants. Row security is the second wall; this is
/// the first. Nothing above the platform sees the pool.
package final class Tenancy: Sendable {
  private let database: PostgresClient
  package let clock: any WallClock
  package let random: RandomSource
  package let passwords: PasswordHasher
  package let loginLimiter = LoginLimiter()
  private let directory: Mutex<Directory>

  /// Entries are used for at most this long, so that a suspended tenant is out within a second.
  private static let directoryLifetime = Duration.seconds(1)
  private static let directoryCapacity = 20_000

  private struct Directory {
    var entries: [TenantHandle: (entry: TenantEntry?, readAt: ContinuousClock.Instant)] = [:]
    var provider: TenantEntry?
  }

  package init(database: PostgresClient, clock: any WallClock, random: RandomSource, passwords: PasswordHasher) {
    self.database = database
    self.clock = clock
    self.random = random
    self.passwords = passwords
    directory = Mutex(Directory())
  }

  package static let mostBoundTenants = 500
  private static let lockTimeoutMilliseconds = 5000

  /// The times of a transaction that reads, as the session's own: then they need not be set each time.
  package static func prepare(_ configuration: inout PostgresConfiguration) {
    configuration.statementTimeout = .milliseconds(readTimeoutMilliseconds)
    configuration.lockTimeout = .milliseconds(lockTimeoutMilliseconds)
  }

  /// How long a statement of an operation that reads may take.
  package static let readTimeoutMilliseconds = 15_000

  package enum Misuse: Error { case tooManyTenants(Int) }

  /// Runs `body` in a transaction that sees exactly the rows of `tenants` (schema-rules 16, 20, 21). It is repeated as
  /// a whole on the errors that allow it, so `body` keeps no state outside.
  package func transaction<T: Sendable>(
    binding tenants: [TenantId], side: Side, readOnly: Bool = false, isolation: TransactionOptions.Isolation = .readCommitted,
    statementTimeoutMilliseconds: Int = 30_000, _ body: (Transaction) async throws -> T
  ) async throws -> T {
    guard tenants.count <= Self.mostBoundTenants else { throw Misuse.tooManyTenants(tenants.count) }
    let options = TransactionOptions(
      settings: [.integers("app.tenants", tenants.map(\.rawValue)), .word("app.side", side == .staff ? "staff" : "customer")],
      isolation: isolation, readOnly: readOnly, statementTimeoutMilliseconds: statementTimeoutMilliseconds,
      lockTimeoutMilliseconds: Self.lockTimeoutMilliseconds)
    return try await database.transaction(options, body)
  }

  /// Runs `body` in a transaction that reads, bound to other tenants for that time: on the connection that the caller holds
  /// already, for who waits for a second one while he holds the first can wait for ever.
  package func rebinding<T>(
    _ transaction: Transaction, to tenants: [TenantId], _ body: (Transaction) async throws -> T
  ) async throws -> T {
    guard tenants.count <= Self.mostBoundTenants else { throw Misuse.tooManyTenants(tenants.count) }
    return try await transaction.with(.integers("app.tenants", tenants.map(\.rawValue))) { try await body(transaction) }
  }

  /// Binds a transaction that writes to other tenants, from its next statement on: to one that was made in it, besides.
  package func bind(_ transaction: Transaction, to tenants: [TenantId]) throws {
    guard tenants.count <= Self.mostBoundTenants else { throw Misuse.tooManyTenants(tenants.count) }
    transaction.set(.integers("app.tenants", tenants.map(\.rawValue)))
  }

  /// The tenant that a handle names, as a transaction sees it that may have made it.
  package func tenant(_ handle: TenantHandle, in transaction: Transaction) async throws -> TenantEntry? {
    try await transaction.first(FindTenant(handle: handle))
  }

  /// The tenant that a handle names; nil when there is none.
  package func tenant(_ handle: TenantHandle) async throws -> TenantEntry? {
    let now = ContinuousClock.now
    let cached = directory.withLock { $0.entries[handle] }
    if let cached, cached.readAt.duration(to: now) < Self.directoryLifetime { return cached.entry }
    let entry = try await transaction(binding: [], side: .customer, readOnly: true) { try await $0.last(FindTenant(handle: handle)).first }
    directory.withLock { directory in
      if directory.entries.count >= Self.directoryCapacity { directory.entries.removeAll(keepingCapacity: true) }
      directory.entries[handle] = (entry, now)
    }
    return entry
  }

  package func tenant(code: String) async throws -> TenantEntry? {
    try await transaction(binding: [], side: .customer, readOnly: true) { try await $0.last(FindTenantByCode(code: code)).first }
  }

  /// The tenant that a client names before anyone is known: by its handle or its code.
  package func tenant(named text: String) async throws -> TenantEntry? {
    if let handle = TenantHandle(text) { return try await tenant(handle) }
    return try await tenant(code: text)
  }

  /// The tenants that have these codes, and the ids of what has these numbers, wherever that is. It tells nothing of a thing, but that it is
  /// there: only for who asks for the thing by the id then, as for one that he was given. What nobody has is missing.
  package func named(codes: [String], numbers: [ThingNumber]) async throws -> (tenants: [String: TenantEntry], ids: [ThingNumber: PublicId]) {
    guard !codes.isEmpty || !numbers.isEmpty else { return ([:], [:]) }
    let (tenants, found) = try await transaction(binding: [], side: .customer, readOnly: true) { transaction in
      try await transaction.query(FindTenantsByCode(codes: codes), FindNumbers(numbers: numbers))
    }
    var ids: [ThingNumber: PublicId] = [:]
    for row in found {
      guard let index = Int(exactly: row.place - 1), numbers.indices.contains(index) else { continue }
      let number = numbers[index]
      ids[number] = PublicId(kind: number.kind, handle: row.handle, random: row.random)
    }
    return (Dictionary(tenants.map { ($0.code, $0) }) { first, _ in first }, ids)
  }

  /// The provider's own tenant; nil before the first set-up.
  package func provider() async throws -> TenantEntry? {
    if let provider = directory.withLock({ $0.provider }) { return provider }
    let found = try await transaction(binding: [], side: .customer, readOnly: true) { try await $0.last(FindProvider()).first }
    if let found { directory.withLock { $0.provider = found } }
    return found
  }

  /// An executor for tasks that mostly wait for the database: see ``PostgresClient/taskExecutor()``.
  package static func taskExecutor() -> (any TaskExecutor)? { PostgresClient.taskExecutor() }

  /// Whether the database answers, and how the pool stands.
  package func health() async -> PostgresHealth { await database.health() }
}
