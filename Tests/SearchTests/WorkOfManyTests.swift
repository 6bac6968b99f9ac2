import Kernel
import Operations
import Postgres
import TestSupport
import Tenancy
import Testing

@testable import Search

/// How the looks of the queue go through many customers, of whom not each is looked into.
@Suite struct WorkOfManyTests {
  @Test func whoServesManySeesWhatIsTheirs() async throws {
    let work = try await WorkWorld()
    let acme = work.world.acme
    let many = Set([acme.id] + (1_000_000...1_000_300 as ClosedRange<Int64>).map { TenantId($0) })
    let one = work.somebody([Grant(role: "engineer", permissions: work.rights, scope: .listed(many))])
    for limit in [3, 200] as [Int64] { #expect(try await work.walk(by: limit, as: one) == work.expected { $0.concerns(acme) }, "by \(limit)") }
    let counts = Dictionary(grouping: work.rows.filter { $0.concerns(acme) }, by: \.process).mapValues { Int64($0.count) }
    #expect(try await work.counts(as: one) == counts)
  }

  /// Guard: where what the walk found of its front is taken for all there is, those that stand behind it are in no page.
  @Test func ofManyCustomersAllAreFoundAlsoBehindTheFront() async throws {
    let work = try await WorkWorld()
    let database = work.world.database
    let many = [work.world.acme.id.rawValue, work.world.other.id.rawValue] + Array(1_000_000...1_000_300 as ClosedRange<Int64>)
    func found(_ permitted: [Int64], _ limit: Int64) async throws -> [Int64] {
      try await database.superuser.transaction { try await $0.query(OpenRequestIds(permitted: permitted, limit: limit)) }
    }
    let few = Array(many.prefix(2))
    for limit in [1, 4, 50] as [Int64] { #expect(try await found(many, limit) == found(few, limit), "\(limit)") }
    let acme = [work.world.acme.id.rawValue] + many.dropFirst(2)
    let own = try await found(acme, 50)
    #expect(own == work.rows.filter { $0.process == "request" && $0.concerns(work.world.acme) }.sorted { $0.text < $1.text }.map(\.id))
    // More than the front of another's stand before them.
    try await database.superuser.transaction { _ = try await $0.query(ManyRequests(tenant: work.world.other.id, copies: 5001)) }
    for limit in [1, 4, 50] as [Int64] { #expect(try await found(acme, limit) == Array(own.prefix(Int(limit))), "\(limit)") }
  }
}

extension WorkOfManyTests {
  /// A page that is not narrowed is looked for by a plan that is made once, what is counted by one of its own. Guard: one of the two shows another's, or
  /// leaves something out.
  @Test func aPageShowsWhatIsCounted() async throws {
    let work = try await WorkWorld()
    let acme = work.world.acme.id.rawValue
    for permitted in [nil, [], [acme], [acme] + Array(1_000_000...1_000_300 as ClosedRange<Int64>)] as [[Int64]?] {
      let page = try await work.world.database.superuser.transaction { try await $0.query(LookedFor(permitted: permitted, limit: 201)) }
      let counted = try await work.world.database.superuser.transaction { try await $0.query(LookedFor(permitted: permitted, limit: 1001)) }
      let meant = work.rows.filter { row in
        guard let permitted, let customers = row.customers else { return true }
        return customers.contains { permitted.contains($0) }
      }
      let expected = meant.filter { $0.process != "incident" }.map { "\($0.process) \($0.id)" }
      #expect(page == counted, "\(permitted?.count ?? -1)")
      #expect(Set(page) == Set(expected), "\(permitted?.count ?? -1)")
    }
  }
}

/// Where the first of each process stand, but for incidents.
private struct LookedFor: Statement {
  let permitted: [Int64]?
  let limit: Int64

  static let sql = """
    select 'request ' || r.id from finder.open_requests($1, null, null, null, false, null, null, null, null, null, null, $2) r
    union all select 'task ' || t.id from finder.open_tasks($1, null, null, false, null, null, null, null, $2) t
    union all select 'problem ' || p.id from finder.open_problems($1, false, null, false, null, null, null, null, $2) p
    union all select 'change ' || c.id from finder.open_changes($1, null, false, null, null, null, null, null, null, $2) c
    union all select 'change_task ' || k.id from finder.open_change_tasks($1, null, null, false, null, null, null, $2) k
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(permitted)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct OpenRequestIds: Statement {
  let permitted: [Int64]
  let limit: Int64

  static let sql = "select id from finder.open_requests($1, null, null, null, false, null, null, null, null, null, null, $2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(permitted)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// More requests like one of a customer, due before all others.
private struct ManyRequests: Statement {
  let tenant: TenantId
  let copies: Int64

  static let sql = """
    insert into requests.request select (jsonb_populate_record(r, jsonb_build_object(
        'id', r.id + 1000000 + n, 'number', r.number + 1000 + n, 'public_id', '\\x' || lpad(to_hex(n), 24, '0'), 'due_at', '2026-01-01T00:00:00Z'))).*
    from (select * from requests.request where tenant_id = $1 order by id limit 1) o join requests.request r on r.tenant_id = o.tenant_id and r.id = o.id,
      generate_series(1, $2) n
    returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(copies)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
