import Kernel
import Operations
import Postgres
import TestSupport
import Tenancy
import Testing

@testable import Gates

/// Files as evidence: of the ticket itself, there, and of whom the gate means.
@Suite struct EvidenceTests {
  private static let staffs: (name: String, value: Value) = ("evidence", .array(["file"]))
  private static let customers: (name: String, value: Value) = ("evidence", .array(["customer_file"]))

  private static let changes: (name: String, value: Value) = ("evidence", .array(["changes_closed"]))

  private static func files(_ ids: Value...) -> [Value.Member] { [Value.Member("files", .array(ids))] }

  private static func refusal(_ body: () async throws -> Value) async -> [String] {
    do {
      _ = try await body()
      return ["accepted"]
    } catch let failure as Failure {
      return failure.violations.isEmpty ? [failure.code] : failure.violations.map { "\($0.path) \($0.message.key)" }
    } catch { return ["\(error)"] }
  }

  @Test func aFileOfTheStaffIsEvidenceAndIsShown() async throws {
    let world = try await GatesWorld()
    let gate = try await world.gate("incident.resolve", Self.staffs, name: "Report")
    let incident = try await world.open()
    let failure = try await world.stopped { try await world.resolve(incident) }
    #expect(failure.violations.map { "\($0.path) \($0.message.key)" } == ["files gate.file_missing"])
    let file = try await world.file(1, on: incident, by: "staff")
    // There, and nobody names it.
    try await world.stopped { try await world.resolve(incident) }
    let ahead = try await world.invoke("incident.gates", [Value.Member("id", incident.at("id"))], as: world.engineer)["ahead"]?.array?.first
    #expect(ahead?["missing"] == .array(["file"]))
    #expect(try await world.resolve(incident, Self.files(file))["state"] == "resolved")
    let passage = try #require(try await world.passages([Value.Member("gate", gate.at("id"))]).first)
    #expect(passage["outcome"] == "passed" && passage["files"]?.array?.column("id") == [file])
    #expect(passage["files"]?.array?.first?["name"] == "file 1" && passage["files"]?.array?.first?["isCustomers"] == .bool(false))
    let situation = try await world.invoke("incident.gates", [Value.Member("id", incident.at("id"))], as: world.engineer)
    #expect(situation["passages"]?.array?.first?["files"]?.array?.column("id") == [file])
    // What became of it since is told, and that it was the evidence stays.
    try await world.database.runAsSuperuser(
      """
      update attachments.attachment set state = 'deleted', deleted_at = recorded_at, deletion_reason = 'x', deleter_kind = 'staff', deleter_id = 1,
        deleter_name = 'x'
      """)
    #expect(try await world.passages().first?["files"]?.array?.column("state") == ["deleted"])
  }

  @Test func whatIsNotOnTheTicketIsNoEvidence() async throws {
    let world = try await GatesWorld()
    try await world.gate("incident.resolve", Self.staffs, name: "Report")
    let (incident, another) = (try await world.open(), try await world.open())
    let foreign = try await world.open(for: world.other)
    let refused = ["files[0] gate.no_such_file"]
    let elsewhere = try await world.file(1, on: another, by: "staff")
    #expect(await Self.refusal { try await world.resolve(incident, Self.files(elsewhere)) } == refused)
    let unknown = Value.id(world.acme.id("att", [UInt8](repeating: 99, count: 12)))
    #expect(await Self.refusal { try await world.resolve(incident, Self.files(unknown)) } == refused)
    let others = try await world.file(2, on: foreign, by: "staff", of: world.other)
    #expect(await Self.refusal { try await world.resolve(incident, Self.files(others)) } == ["files[0] \(InputMessages.unknownReference.key)"])
    let gone = try await world.file(3, on: incident, by: "staff", isDeleted: true)
    #expect(await Self.refusal { try await world.resolve(incident, Self.files(gone)) } == refused)
    let good = try await world.file(4, on: incident, by: "staff")
    #expect(await Self.refusal { try await world.resolve(incident, Self.files(good, gone)) } == ["files[1] gate.no_such_file"])
    #expect(try await world.act("read", on: incident)["state"] == "new")
  }

  /// Neither what the customer's people attach nor what a programme of theirs does is the staff's; and the other way round.
  @Test func itCountsAsWhoseItIs() async throws {
    let world = try await GatesWorld()
    let programme = try await world.programme()
    for (kind, account, isCustomers) in [("staff", 1, false), ("customer", 1, true), ("service", programme, true)] as [(String, Int64, Bool)] {
      for (index, needs) in [Self.staffs, Self.customers].enumerated() {
        let gate = try await world.gate("incident.resolve", needs, name: "Evidence")
        let incident = try await world.open()
        let file = try await world.file(UInt8(index) + 1, on: incident, by: kind, account: account)
        let isMeant = isCustomers == (index == 1)
        let said = await Self.refusal { try await world.resolve(incident, Self.files(file)) }
        #expect(said == [isMeant ? "accepted" : "files gate.file_missing"], "\(kind) \(needs.value)")
        _ = try await world.invoke("gate.retire", [Value.Member("id", gate.at("id")), Value.Member("reason", "x")], as: world.account, version: 1)
        try await world.database.runAsSuperuser("delete from attachments.attachment")
      }
    }
  }

  /// Nor is what a customer's programme writes a word of the staff's.
  @Test func aProgrammeOfTheCustomerWritesForTheCustomer() async throws {
    let world = try await GatesWorld()
    try await world.gate("incident.resolve", ("evidence", .array(["public_comment"])), name: "Word")
    let incident = try await world.open()
    let programme = try await world.programme()
    try await world.database.runAsSuperuser(
      """
      insert into desk.comment (tenant_id, public_id, ticket_id, visibility, body, actor_kind, actor_id, author_name, occurred_at, recorded_at)
      select t.tenant_id, substr(sha256('a'), 1, 12), t.id, 'public', 'x', 'service', \(programme), 'x', t.opened_at, t.opened_at from desk.ticket t
      """)
    try await world.stopped { try await world.resolve(incident) }
    try await world.database.runAsSuperuser("update desk.comment set actor_kind = 'staff'")
    #expect(try await world.resolve(incident)["state"] == "resolved")
  }

  @Test func nobodyNamesFilesThatNobodyAsksFor() async throws {
    let world = try await GatesWorld()
    let incident = try await world.open()
    let file = try await world.file(1, on: incident, by: "staff")
    #expect(await Self.refusal { try await world.resolve(incident, Self.files(file)) } == ["files[0] gate.not_asked"])
    let resolved = try await world.resolve(incident)
    #expect(await Self.refusal { try await world.act("close", on: resolved, Self.files(file), as: world.manager) } == ["files gate.staff_only"])
    #expect(await Self.refusal { try await world.gate("incident.open", Self.staffs) } == ["evidence[0] gate.never_there"])
    #expect(await Self.refusal { try await world.gate("problem.close", Self.customers) } == ["evidence[0] gate.never_there"])
  }

  /// Guard: by their numbers alone the file of another release, or of a major incident, would do.
  @Test func ofTheProvidersOwnItIsAFileOfTheVeryThing() async throws {
    let world = try await GatesWorld()
    for step in ["release.sign_off", "major_incident.resolve"] { try await world.gate(step, Self.staffs, name: step) }
    let (release, another) = (try await world.release(for: [world.acme]), try await world.release(for: [world.acme]))
    let major = try await world.major(for: [world.acme])
    let (own, others) = (try await world.file(1, ofRelease: release), try await world.file(2, ofRelease: another))
    let majors = try await world.file(3, ofMajor: major)
    func signOff(_ file: Value) async throws -> Value { try await world.step("release.sign_off", on: release, Self.files(file)) }
    func resolve(_ file: Value) async throws -> Value {
      try await world.step("major_incident.resolve", on: major, GatesWorld.resolution + Self.files(file))
    }
    for file in [others, majors] { #expect(await Self.refusal { try await signOff(file) } == ["files[0] gate.no_such_file"]) }
    #expect(await Self.refusal { try await resolve(own) } == ["files[0] gate.no_such_file"])
    #expect(try await signOff(own)["state"] == "signed_off")
    #expect(try await resolve(majors)["state"] == "resolved")
  }

  /// How it ended is said by somebody: what stands there where nobody says it is not what the gate asks for.
  @Test func howItEndedIsSaid() async throws {
    let world = try await GatesWorld()
    let asked: (name: String, value: Value) = ("fields", .array(["closureCode"]))
    let code = Value.Member("closureCode", "workaround")
    let gate = try await world.gate("incident.resolve", asked, name: "Code")
    let incident = try await world.open()
    let failure = try await world.stopped { try await world.resolve(incident) }
    #expect(failure.violations.map(\.path) == ["closureCode"])
    #expect(try await world.resolve(incident, [code])["closureCode"] == "workaround")
    _ = try await world.invoke("gate.retire", [Value.Member("id", gate.at("id")), Value.Member("reason", "x")], as: world.account, version: 1)
    // Before closing: said when it was resolved, or now.
    try await world.gate("incident.close", asked, name: "Code")
    let said = try await world.resolve(try await world.open(), [code])
    #expect(try await world.act("close", on: said)["closureCode"] == "workaround")
    let unsaid = try await world.resolve(try await world.open())
    try await world.stopped { try await world.act("close", on: unsaid) }
    #expect(await Self.refusal { try await world.act("close", on: unsaid, [Value.Member("closureCode", "nonsense")]) } != ["accepted"])
    #expect(try await world.act("close", on: unsaid, [code])["closureCode"] == "workaround")
    // Of a resolution that did not hold, the code says nothing of the next one.
    let first = try await world.resolve(try await world.open(), [code])
    let reopened = try await world.act("reopen", on: first, [Value.Member("reason", "Again")])
    let second = try await world.resolve(reopened)
    try await world.stopped { try await world.act("close", on: second) }
    let customer = await #expect(throws: Failure.self) { try await world.act("close", on: second, [code], as: world.manager) }
    #expect(customer?.violations.map(\.path) == ["closureCode"])
    #expect(await Self.refusal { try await world.gate("incident.assign", asked) } == ["fields[0] gate.never_there"])
  }

  /// What a change is to resolve goes through when each of them is closed or given up, not when it is done alone; what none is to resolve, at once.
  @Test func theChangesOfAnIncidentAreClosedBeforeIt() async throws {
    let world = try await GatesWorld()
    try await world.gate("incident.resolve", Self.changes, name: "Changes")
    #expect(try await world.resolve(try await world.open())["state"] == "resolved")
    #expect(try await world.open([Value.Member("resolution", "Put out")])["state"] == "resolved")
    let (incident, another) = (try await world.open(), try await world.open())
    var change = try await world.change(for: [world.acme])
    let (dropped, others) = (try await world.change(for: [world.acme]), try await world.change(for: [world.acme]))
    for one in [change, dropped] { try await world.link(one, to: incident) }
    try await world.link(others, to: another)
    func tried() async throws -> Value { try await world.resolve(try await world.act("read", on: incident)) }
    let failure = try await world.stopped { try await tried() }
    #expect(failure.violations.map { "\($0.path) \($0.message.key)" } == ["evidence gate.evidence_missing"])
    #expect(failure.arguments["missing"] == "changes_closed")
    _ = try await world.step("change.cancel", on: try await world.read("change", dropped), [Value.Member("reason", "Not needed")])
    try await world.stopped { try await tried() }
    change = try await world.agreed(try await world.step("change.submit", on: try await world.read("change", change)))
    change = try await world.step("change.start", on: change)
    change = try await world.step("change.complete", on: change, [Value.Member("outcome", "failed")])
    change = try await world.step("change.review", on: change, [Value.Member("review", "Too old")])
    try await world.stopped { try await tried() }
    #expect(try await world.step("change.close", on: change)["state"] == "closed")
    let resolved = try await tried()
    #expect(resolved["state"] == "resolved", "the other one is another incident's")
  }

  /// Before it is closed as well: a change that is taken from it is waited for no more.
  @Test func aChangeThatIsTakenFromItIsWaitedForNoMore() async throws {
    let world = try await GatesWorld()
    try await world.gate("incident.close", Self.changes, name: "Changes")
    let incident = try await world.open()
    let change = try await world.change(for: [world.acme])
    try await world.link(change, to: incident)
    _ = try await world.resolve(try await world.act("read", on: incident))
    try await world.stopped { try await world.act("close", on: try await world.act("read", on: incident)) }
    try await world.link(change, to: incident, verb: "unlink")
    #expect(try await world.act("close", on: try await world.act("read", on: incident))["state"] == "closed")
    for step in ["incident.open", "incident.assign", "incident.dispatch", "change.close"] {
      #expect(await Self.refusal { try await world.gate(step, Self.changes) } == ["evidence[0] gate.never_there"], "\(step)")
    }
  }
}

extension GatesWorld {
  /// Says that a change is to resolve an incident, or that it is not after all.
  fileprivate func link(_ change: Value, to incident: Value, verb: String = "link") async throws {
    _ = try await invoke(
      "change.\(verb)_incident", [Value.Member("id", change.at("id")), Value.Member("incident", incident.at("id"))], as: engineer)
  }

  /// A file on an incident, as it lies in the database.
  fileprivate func file(
    _ number: UInt8, on incident: Value, by kind: String, account: Int64 = 1, of tenant: TenantEntry? = nil, isDeleted: Bool = false
  ) async throws -> Value {
    let tenant = tenant ?? acme
    let hex = String(repeating: number < 16 ? "0\(String(number, radix: 16))" : String(number, radix: 16), count: 12)
    let ticket = try #require(incident["id"]?.text.flatMap { PublicId($0) }).random.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    try await database.runAsSuperuser(
      """
      insert into attachments.attachment (tenant_id, public_id, ticket_id, visibility, name, type, size_bytes, sha256, state, actor_kind, actor_id,
        actor_name, recorded_at, deleted_at, deletion_reason, deleter_kind, deleter_id, deleter_name)
      select t.tenant_id, '\\x\(hex)', t.id, 'public', 'file \(number)', 'text/plain', 1, sha256('x'), '\(isDeleted ? "deleted" : "stored")', '\(kind)',
        \(account), 'x', t.opened_at\(isDeleted ? ", t.opened_at, 'x', 'staff', 1, 'x'" : ", null, null, null, null, null")
      from desk.ticket t where t.tenant_id = \(tenant.id) and t.public_id = '\\x\(ticket)';
      """)
    return .id(tenant.id("att", [UInt8](repeating: number, count: 12)))
  }

  fileprivate func file(_ number: UInt8, ofRelease release: Value) async throws -> Value {
    try await file(number, on: release, of: "changes.release", as: "release_id")
  }

  fileprivate func file(_ number: UInt8, ofMajor major: Value) async throws -> Value {
    try await file(number, on: major, of: "major_incidents.major_incident", as: "major_id")
  }

  /// A file of the staff's on what is the provider's own.
  private func file(_ number: UInt8, on seen: Value, of table: String, as column: String) async throws -> Value {
    func hex(_ bits: [UInt8]) -> String { bits.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
    let bits = [UInt8](repeating: number, count: 12)
    let subject = try #require(seen["id"]?.text.flatMap { PublicId($0) }).random
    try await database.runAsSuperuser(
      """
      insert into attachments.attachment (
        tenant_id, public_id, \(column), visibility, name, type, size_bytes, sha256, state, actor_kind, actor_id, actor_name, recorded_at)
      select r.tenant_id, '\\x\(hex(bits))', r.id, 'internal', 'file', 'text/plain', 1, sha256('x'), 'stored', 'staff', 1, 'x', '2026-01-01'
      from \(table) r where r.public_id = '\\x\(hex(subject))';
      """)
    return .id(database.provider.id("att", bits))
  }

  /// A service account of ACME's.
  fileprivate func programme() async throws -> Int64 {
    try await database.runAsSuperuser(
      """
      insert into tenancy.account (tenant_id, public_id, kind, name, language, recorded_at)
      values (\(acme.id), substr(sha256('programme'), 1, 12), 'service', 'Programme', 'en', '2026-01-01');
      """)
    let found = try await database.superuser.transaction { try await $0.query(ServiceAccounts()) }
    return try #require(found.last)
  }
}

private struct ServiceAccounts: Statement {
  static let sql = "select a.id from tenancy.account a where a.name = 'Programme'"

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
