import Jobs
import Kernel
import Operations
import Postgres
import TLS
import Tenancy
import TestSupport
import Testing

/// Idempotency, audit, cursors, sweeps and the job queue's keepers.
@Suite struct RecordTests {
  @Test func callsWithOneKeyDoOneThing() async throws {
    let database = try await TestDatabase.make()
    // A unique name: the second call fails there before it comes to the key, and is answered with the first's result.
    for round in 0..<5 {
      let results = await withTaskGroup(of: Result<Value, any Error>.self) { group in
        for _ in 0..<4 {
          group.addTask {
            do {
              return .success(
                try await database.call(
                  "customer.create", ["code": .text("RACE\(round)"), "name": "Race", "zone": "UTC"], as: database.root, key: "round-\(round)"))
            } catch { return .failure(error) }
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      let values = try results.map { try $0.get() }
      #expect(Set(values.map { $0["id"] }).count == 1)
      #expect(Set(values).count == 1, "the repeated answer is the first one, member by member")
    }
    // Nothing unique but the key.
    let acme = try await database.customer("ACME")
    let people = try await withThrowingTaskGroup(of: Value.self) { group in
      for _ in 0..<4 {
        group.addTask { try await database.call("person.add", ["customer": .id(acme.publicId), "name": "One"], as: database.root, key: "one") }
      }
      return try await group.reduce(into: Set<Value>()) { $0.insert($1) }
    }
    #expect(people.count == 1)
    #expect(try await database.call("person.list", ["customer": .id(acme.publicId)], as: database.root)["items"]?.array?.count == 1)
    // A version that the first call has raised.
    for _ in 0..<2 {
      try await database.call("customer.change", ["id": .id(acme.publicId), "name": "New"], as: database.root, version: 1, key: "change")
    }
    await expectFailure(.conflict) {
      try await database.call("person.add", ["customer": .id(acme.publicId), "name": "Two"], as: database.root, key: "one")
    }
  }

  @Test func aHeldRowIsAConflictAndASlowStatementIsBusy() async throws {
    let database = try await TestDatabase.make()
    let acme = try await database.customer("ACME")
    let held = AsyncStream.makeStream(of: Void.self)
    let release = AsyncStream.makeStream(of: Void.self)
    let holder = Task {
      try await database.superuser.transaction { transaction in
        _ = try await transaction.query(HoldTenants())
        held.continuation.finish()
        for await _ in release.stream {}
      }
    }
    for await _ in held.stream {}
    let failure = await database.failure {
      do {
        try await database.tenancy.transaction(binding: [acme.id], side: .staff) { transaction in
          _ = try await transaction.query(ShortLockTimeout())
          _ = try await transaction.query(HoldTenants())
        }
      } catch { throw Failure(error, constraints: [:]) }
    }
    release.continuation.finish()
    try await holder.value
    #expect(failure?.kind == .conflict)
    #expect(failure?.code == "in_flight")
    let slow = await database.failure {
      do {
        try await database.tenancy.transaction(binding: [], side: .staff, statementTimeoutMilliseconds: 50) { _ = try await $0.query(Sleep()) }
      } catch { throw Failure(error, constraints: [:]) }
    }
    #expect(slow?.kind == .busy)
  }

  @Test func theAuditVerifiesAndHoldsNoSecrets() async throws {
    let database = try await TestDatabase.make()
    let acme = try await database.customer("ACME")
    _ = try await database.newAccount("a@x.test", of: acme)
    let user = try await database.loggedIn("ACME", "a@x.test")
    await expectFailure(.denied) { try await database.call("person.list", ["customer": .id(acme.publicId)], as: try await database.user(.requester, of: acme)) }
    await expectFailure(.denied) { try await database.call("account.disable", ["id": .id(acme.publicId)], as: user) }
    let rows = try await database.superuser.transaction { try await $0.query(AuditRows()) }
    #expect(rows.count > 5)
    for row in rows {
      #expect(SHA256.hash(row.salt + JSON.write(row.content)) == row.contentHash, "\(row.columns)")
      let columns = [Value.integer(1)] + row.columns + [.text(Base32.encode(row.contentHash))]
      #expect(SHA256.hash(JSON.write(.array(columns))) == row.rowHash)
      #expect(!JSON.text(row.content).contains(TestDatabase.password))
    }
    #expect(rows.contains { JSON.text($0.content).contains("\"password\":\"(secret)\"") })

    let administrator = try await database.staff(.administrator)
    let manager = try await database.staff(.accountManager, for: [acme])
    let all = try await database.call("audit.list", ["customer": .id(acme.publicId)], as: administrator)["items"]?.array ?? []
    #expect(all.contains { $0["operation"] == "session.open" && $0["actorKind"] == "anonymous" && $0["subject"]?.text?.hasPrefix("acc_") == true })
    #expect(all.contains { $0["outcome"] == "denied" })
    #expect(all.contains { $0["content"]?["input"] != nil })
    let withoutContent =
      try await database.call(
        "audit.list", ["customer": .id(acme.publicId), "operation": "account.create", "outcome": "done"], as: manager)["items"]?.array ?? []
    #expect(withoutContent.map { $0["operation"] } == ["account.create"])
    #expect(withoutContent.allSatisfy { $0["content"] == .null })
    #expect(withoutContent.allSatisfy { $0["actorKind"] == "operator" })
    // The provider's own acts are for those with the scope over everything.
    await expectFailure(.denied) { try await database.call("audit.list", as: manager) }
    let own = try await database.call("audit.list", ["operation": "customer.create"], as: administrator)["items"]?.array ?? []
    #expect(own.map { $0["subject"] } == [.id(acme.publicId)])
    await expectFailure(.denied) { try await database.call("audit.list", ["customer": .id(acme.publicId)], as: user) }
  }

  @Test func aCursorIsFollowedOnlyWhereItWasGivenOut() async throws {
    let database = try await TestDatabase.make()
    let acme = try await database.customer("ACME")
    let beta = try await database.customer("BETA")
    for index in 0..<5 {
      for customer in [acme, beta] {
        try await database.call("person.add", ["customer": .id(customer.publicId), "name": .text("P\(index)")], as: database.root)
      }
    }
    let (one, two) = (try await database.staff(.administrator), try await database.staff(.administrator))
    var names: [String] = []
    var cursor: String?
    repeat {
      let page = try await database.call("person.list", ["customer": .id(acme.publicId), "limit": 2, "cursor": .text(cursor)], as: one)
      names += (page["items"]?.array ?? []).compactMap { $0["name"]?.text }
      cursor = page["next"]?.text
    } while cursor != nil
    #expect(names == ["P0", "P1", "P2", "P3", "P4"])

    let page = try await database.call("person.list", ["customer": .id(acme.publicId), "limit": 2], as: one)
    let given = try #require(page["next"]?.text)
    func follow(_ operation: String, _ customer: TenantEntry, _ cursor: String, as principal: Principal) async -> Failure.Kind? {
      await database.failure { try await database.call(operation, ["customer": .id(customer.publicId), "cursor": .text(cursor)], as: principal) }?.kind
    }
    #expect(await follow("person.list", acme, given, as: one) == nil)
    #expect(await follow("person.list", acme, given, as: two) == .invalid)
    #expect(await follow("person.list", beta, given, as: one) == .invalid)
    #expect(await follow("account.list", acme, given, as: one) == .invalid)
    let audit = try await database.call("audit.list", ["operation": "customer.create", "limit": 1], as: one)["next"]?.text ?? ""
    #expect(!audit.isEmpty)
    await expectFailure(.invalid) { try await database.call("audit.list", ["operation": "staff.create", "cursor": .text(audit)], as: one) }
    try await database.call("audit.list", ["operation": "customer.create", "cursor": .text(audit)], as: one)
    // Every digit counts.
    let digits = Array(given)
    for index in digits.indices {
      var changed = digits
      changed[index] = digits[index] == "0" ? "1" : "0"
      #expect(await follow("person.list", acme, String(changed), as: one) == .invalid)
    }
    // And no internal number can be read in it.
    let letters = Array(audit)
    let bytes = stride(from: 0, to: letters.count, by: 2).compactMap { UInt8(String(letters[$0...$0 + 1]), radix: 16) }
    #expect(bytes.count > 32)
    #expect((try? JSON.read(bytes.dropFirst(16))) == nil)
  }

  @Test func whatIsKeptForAWhileGoes() async throws {
    let database = try await TestDatabase.make()
    let acme = try await database.customer("ACME")
    _ = try await database.newAccount("a@x.test", of: acme)
    let session = try await database.login("ACME", "a@x.test")
    let user = try #require(try await database.principal(session))
    try await database.call("token.create", ["name": "kept", "expiresAt": .instant(TestDatabase.start.adding(seconds: 60))], as: user)
    func counts() async throws -> [Int64] { try await database.superuser.transaction { try await $0.query(Counts()) } }
    let before = try await counts()
    let now = TestDatabase.start.adding(seconds: 86_400)
    try await IdempotencySweep().run(at: now, database.tenancy)
    #expect(try await counts() == before)
    try await IdempotencySweep().run(at: now.adding(seconds: 1), database.tenancy)
    #expect(try await counts() == [0, before[1]])
    #expect(before[1] == 2)
    try await EndedTokenSweep().run(at: now.adding(seconds: 7 * 86_400), database.tenancy)
    #expect(try await counts() == [0, 1])
  }

  @Test func aDeadJobIsSeenAndTriedAgain() async throws {
    let database = try await TestDatabase.make()
    let administrator = try await database.staff(.administrator)
    try await database.tenancy.transaction(binding: [database.provider.id], side: .staff) { transaction in
      transaction.enqueue(EnqueueJob(tenant: database.provider.id, kind: "some.work", runAt: TestDatabase.start, recordedAt: TestDatabase.start))
    }
    try await database.superuser.transaction { try await $0.execute(KillJobs()) }
    let dead = try await database.call("job.list", ["state": "dead"], as: administrator)["items"]?.array ?? []
    #expect(dead.map { $0["lastError"] } == ["it broke"])
    let id = dead.first?["id"] ?? .null
    await expectFailure(.denied) { try await database.call("job.retry", ["id": id], as: try await database.staff(.engineer)) }
    try await database.call("job.retry", ["id": id], as: administrator)
    await expectFailure(.notFound) { try await database.call("job.retry", ["id": id], as: administrator) }
    let ready = try await database.call("job.list", ["state": "ready"], as: administrator)["items"]?.array ?? []
    #expect(ready.map { $0["attempts"] } == [.integer(0)])
  }

  /// Such as one of a later version.
  @Test func aJobThatNobodyBeginsTellsForHowLong() async throws {
    let database = try await TestDatabase.make()
    let administrator = try await database.staff(.administrator)
    try await database.tenancy.transaction(binding: [database.provider.id], side: .staff) { transaction in
      transaction.enqueue(EnqueueJob(tenant: database.provider.id, kind: "some.work", runAt: TestDatabase.start, recordedAt: TestDatabase.start))
    }
    func behind() async throws -> [Value?] {
      try await (database.call("job.list", as: administrator)["items"]?.array ?? []).map { $0["behindSeconds"] }
    }
    #expect(try await behind() == [0])
    database.clock.advance(seconds: 3600)
    #expect(try await behind() == [3600])
    try await database.superuser.transaction { try await $0.execute(KillJobs()) }
    #expect(try await behind() == [.null], "given up")
  }

  @Test func rolesAreListedInBothLanguages() async throws {
    let database = try await TestDatabase.make()
    let roles = try await database.call("role.list", as: try await database.staff(.administrator))["items"]?.array ?? []
    #expect(Set(roles.compactMap { $0["role"]?.text }) == Set(StockRole.allCases.map(\.rawValue)))
    #expect(roles.allSatisfy { $0["name"]?["en"]?.text != nil && $0["name"]?["zh-Hans"]?.text != nil })
    for role in StockRole.allCases {
      let listed = roles.first { $0["role"]?.text == role.rawValue }?["permissions"]?.array?.compactMap(\.text)
      #expect(Set(listed ?? []) == database.permissions(of: role))
    }
  }
}

private struct HoldTenants: Statement {
  static let sql = "select id from tenancy.tenant for update"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

private struct ShortLockTimeout: Statement {
  static let sql = "select set_config('lock_timeout', '50', true)"
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct Sleep: Statement {
  static let sql = "select pg_sleep(10)::text"
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

/// The audit as it lies there, with the columns in the order in which they are hashed.
private struct AuditRows: Statement {
  struct Found: Sendable {
    let columns: [Value]
    let contentHash: [UInt8]
    let rowHash: [UInt8]
    let salt: [UInt8]
    let content: Value
  }

  static let sql = """
    select a.tenant_id, a.recorded_at, a.operation, a.outcome, a.subject, a.actor_kind, a.actor_id, a.on_behalf_of, a.via, a.request_id,
      a.content_hash, a.row_hash, c.salt, c.content
    from operations.audit a join operations.audit_content c
      on c.tenant_id = a.tenant_id and c.recorded_at = a.recorded_at and c.content_hash = a.content_hash
    """

  static func decode(_ row: inout RowReader) throws -> Found {
    let tenant: Int64 = try row.next()
    let recordedAt: Instant = try row.next()
    let columns: [Value] = [
      .integer(tenant), .integer(recordedAt.microseconds), .text(try row.next() as String), .text(try row.next() as String),
      .text(try row.next() as String?), .text(try row.next() as String), .integer(try row.next() as Int64), .integer(try row.next() as Int64?),
      .text(try row.next() as String), .text(try row.next() as String),
    ]
    let (contentHash, rowHash, salt): ([UInt8], [UInt8], [UInt8]) = (try row.next(), try row.next(), try row.next())
    return Found(columns: columns, contentHash: contentHash, rowHash: rowHash, salt: salt, content: sorted(try row.next()))
  }

  /// Members by name: jsonb gives them in an order of its own.
  private static func sorted(_ value: Value) -> Value {
    switch value {
    case .object(let members): .object(members.sorted { $0.name < $1.name }.map { Value.Member($0.name, sorted($0.value)) })
    case .array(let elements): .array(elements.map(sorted))
    default: value
    }
  }
}

private struct Counts: Statement {
  static let sql = "select count(*) from operations.idempotency union all select count(*) from tenancy.api_token"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

private struct KillJobs: Statement {
  static let sql = "update jobs.job set state = 'dead', attempts = 10, last_error = 'it broke' where kind = 'some.work'"
}
