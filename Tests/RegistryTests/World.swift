import FileStorage
import Kernel
import Logging
import Operations
import Postgres
import Synchronization
import Tenancy
import TestSupport

/// A database with twin customers of equal data. What is B's carries a canary: it must never be seen by whoever is
/// granted only A.
final class World: Sendable {
  struct Twin: Sendable {
    let entry: TenantEntry
    /// Part of every name and text of the twin.
    let canary: String
    var id: String { entry.publicId.description }
  }

  struct ScopeUnit: Sendable {
    let id: Value
    let row: Int64
  }

  let database: TestDatabase
  let a: Twin
  let b: Twin
  /// The unit of A that callers with the scope `unit` are granted.
  let scopeUnit: ScopeUnit
  let dispatcher: Dispatcher
  private let numbers = Counter()

  var registry: Registry { database.registry }
  var provider: TenantEntry { database.provider }

  /// One for the tests that write nothing which another test counts.
  static let shared = Task { try await make() }

  static func make() async throws -> World {
    let database = try await TestDatabase.make(TestedModules.all)
    // Thousands of calls by one principal are the point here.
    let dispatcher = Dispatcher(
      registry: database.registry, tenancy: database.tenancy,
      cursors: try await Installation(tenancy: database.tenancy).cursorSigner(provider: database.provider),
      limiter: RateLimiter(perSecond: 1e9, burst: 1e9), files: try FolderStore(folder: TemporaryFolder.make() + "/files"),
      logger: Logger(label: "registry-tests") { _ in SwiftLogNoOpLogHandler() })
    let a = Twin(entry: try await database.customer("TWINA"), canary: "aaCANARYaa")
    let b = Twin(entry: try await database.customer("TWINB"), canary: "bbCANARYbb")
    try await database.superuser.withConnection { _ = try await $0.runScript(ProbeSchema.script) }
    let unit = try await database.call(
      "unit.add", ["customer": .id(a.entry.publicId), "kind": "site", "name": "granted unit"], as: database.root)
    let found = try await database.superuser.withConnection {
      try await $0.query(ProbeTexts(query: "select id::text from tenancy.org_unit where name = 'granted unit'"))
    }
    let scopeUnit = ScopeUnit(id: unit["id"] ?? .null, row: found.first.flatMap { Int64($0) } ?? 0)
    return World(database, dispatcher, a, b, scopeUnit)
  }

  private init(_ database: TestDatabase, _ dispatcher: Dispatcher, _ a: Twin, _ b: Twin, _ scopeUnit: ScopeUnit) {
    self.database = database
    self.dispatcher = dispatcher
    self.a = a
    self.b = b
    self.scopeUnit = scopeUnit
  }

  /// A number that no other call gets, for names that must be unique.
  func next() -> Int { numbers.next() }

  // MARK: Calls

  struct Answer: Sendable {
    let result: Result<Value, Failure>
    let requestId: String

    var failure: Failure? { if case .failure(let failure) = result { failure } else { nil } }
    var value: Value? { try? result.get() }
  }

  func answer(
    _ operation: String, _ input: Value, as principal: Principal, version: Int64? = nil, key: String? = nil, language: Language = .english
  ) async -> Answer {
    let requestId = "probe-\(next())"
    do throws(Failure) {
      let call = Call(requestId: requestId, idempotencyKey: key, expectedVersion: version, language: language, peer: "peer \(requestId)")
      return Answer(result: .success(try await dispatcher.invoke(operation, input, as: principal, call).value), requestId: requestId)
    } catch {
      return Answer(result: .failure(error), requestId: requestId)
    }
  }

  /// A call that is part of the seeding: as the operator, with all rights.
  @discardableResult func seed(_ operation: String, _ input: KeyValuePairs<String, Value>, version: Int64? = nil) async throws -> Value {
    let answer = await answer(operation, .object(input), as: database.root, version: version)
    if let failure = answer.failure { throw SeedFailure(description: "\(operation): \(failure) \(failure.violations)") }
    return answer.value ?? .null
  }

  struct SeedFailure: Error, CustomStringConvertible { let description: String }

  // MARK: Looking behind row security

  /// The first column of what `query` returns, as texts, as the superuser.
  func texts(_ query: String) async throws -> [String] {
    try await database.superuser.transaction { try await $0.query(ProbeTexts(query: query)) }
  }

  /// The number that `query` gives as a text.
  func number(_ query: String) async throws -> Int64 {
    guard let number = try await texts(query).first.flatMap({ Int64($0) }) else { throw SeedFailure(description: "no number: \(query)") }
    return number
  }

  /// How many rows tenants have in every tenant table where they have any: `schema.table:tenant=count`.
  func rowCounts(_ tenants: TenantEntry...) async throws -> [String] {
    try await database.superuser.transaction { try await $0.query(ProbeRowCounts(tenants: tenants.map(\.id.rawValue))) }
  }
}

/// Hands out 1, 2, 3 ...
final class Counter: Sendable {
  private let last = Mutex(0)
  func next() -> Int {
    last.withLock { last in
      last += 1
      return last
    }
  }
}
