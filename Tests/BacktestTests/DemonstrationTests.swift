import Assets
import Contracts
import Desk
import Demo
import Kernel
import Knowledge
import Operations
import Postgres
import Problems
import ServiceLevels
import TestSupport
import Tenancy
import Testing

@testable import Backtest

/// The demonstration's year: every ticket was judged by the clocks as the operations moved them.
@Suite("Back-tests of the demonstration")
struct DemonstrationTests {
  @Test("Each line's own SLA reproduces every stored verdict of its tickets")
  func reproduces() async throws {
    let database = try await TestDatabase.make(BacktestWorld.modules + [AssetsModule.self, KnowledgeModule.self, ProblemsModule.self])
    let end = try #require(Instant("2026-03-02T08:00:00Z"))
    let demonstration = Demonstration(
      database: database.application, registry: database.registry, provider: database.provider,
      cursors: try await Installation(tenancy: database.tenancy).cursorSigner(provider: database.provider), logger: TestDatabase.logger)
    try await demonstration.tell(until: end, customers: 4, share: 10)
    database.clock.set(end)
    try await BreachSweep(keepers: BacktestWorld.keepers).run(at: end, database.tenancy)
    let lines = try await database.superuser.transaction { try await $0.query(JudgedLines()) }
    #expect(lines.count >= 4)
    var tickets: Int64 = 0
    for line in lines {
      let customer = try #require(try await database.tenancy.tenant(code: line.customer))
      let outcome = try await database.tenancy.transaction(binding: [customer.id], side: .staff, readOnly: true) { transaction in
        let sla = database.provider.id(IdKind.sla.prefix, line.sla)
        let trial = try #require(try await SlaTrial.stored(sla, at: line.slaFrom, customers: nil, in: transaction))
        let run = TrialRun(customer: customer, trial: trial, selection: Selection(line: line.line), credits: nil, now: end, kept: 5)
        return try await run.run(in: transaction).outcome
      }
      #expect(outcome.changes.isEmpty && outcome.withoutHistory == 0, "\(line.customer): \(outcome.listed)")
      #expect(outcome.sum(.resolution).judged == outcome.sum(.resolution).judgedNow)
      tickets += outcome.tickets
    }
    #expect(tickets > 30)
    // What the provider wrote down helps with the tickets of its subjects.
    let found = try await database.call("article.search", ["text": "VPN"], as: database.root)
    let uses = try await database.superuser.transaction { try await $0.query(SolvedBy()) }
    #expect(found["items"]?.array?.count == 1 && (uses.first ?? 0) > 5)
    // And what it found behind them stands behind tickets of several customers.
    let problems = try await database.call("problem.list", ["state": "known_error"], as: database.root)
    let linked = try await database.call("problem.incidents", ["id": problems["items"]?.array?.first?["id"] ?? .null], as: database.root)
    #expect(Set((linked["items"]?.array ?? []).map { $0["customer"] }).count > 1)
  }
}

/// How many tickets an article solved, over all.
private struct SolvedBy: Statement {
  static let sql = "select count(*) from desk.article_use where kind = 'solved'"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The lines under which tickets are judged, each with the one version of its SLA.
private struct JudgedLines: Statement {
  struct Found: Sendable {
    let customer: String
    let line: Int64
    let sla: [UInt8]
    let slaFrom: Instant
  }

  static let sql = """
    select distinct n.code, t.contract_line_id, s.public_id, v.valid_from
    from desk.ticket t join tenancy.tenant n on n.id = t.tenant_id
    join service_levels.clock c on c.tenant_id = t.tenant_id and c.subject_kind = 'ticket' and c.subject_id = t.id
    join contracts.sla_version v on v.id = c.sla_version_id join contracts.sla s on s.id = v.sla_id
    where t.contract_line_id is not null order by 1, 2
    """

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(customer: try row.next(), line: try row.next(), sla: try row.next(), slaFrom: try row.next())
  }
}
