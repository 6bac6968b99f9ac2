import ArgumentParser
import Kernel
import Postgres
import Scorecard
import TLS
import Tenancy

/// How long the scorecard's sweep takes after one ticket of a customer changed.
struct RefreshTime: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "refresh", abstract: "Milliseconds of a refresh after one change: the median.")

  @Option(help: "As the role steward_app.") var database: String
  @Option var tenant: Int64
  @Option(help: "Tickets of the customer, changed in turn.") var tickets: String
  @Option var rounds = 100

  mutating func run() async throws {
    let tickets = tickets.split(separator: ",").compactMap { Int64($0) }
    guard !tickets.isEmpty, rounds > 0 else { throw ValidationError("--tickets takes ids, --rounds at least 1.") }
    let (tenant, rounds) = (TenantId(tenant), rounds)
    let times = try await BenchTool.withClient(database, connections: 2) { client in
      let tenancy = Tenancy(database: client, clock: SystemClock(), random: SystemRandom.source, passwords: PasswordHasher())
      var times: [Double] = []
      for round in 0..<rounds + 5 {
        let ticket = tickets[round % tickets.count]
        let now = tenancy.clock.now()
        try await tenancy.transaction(binding: [tenant], side: .staff) { transaction in
          transaction.enqueue(ReopenTicket(tenant: tenant, ticket: ticket))
          transaction.notify("scorecard", of: "ticket", ticket, tenant: tenant, at: now)
        }
        let started = ContinuousClock.now
        try await RefreshFigures().run(at: now, tenancy)
        // The first ones prepare.
        if round >= 5 { times.append(started.duration(to: .now).inSeconds * 1000) }
      }
      return times.sorted()
    }
    BenchTool.show(["milliseconds": times[times.count / 2]])
  }
}

/// A change that moves figures: a ticket counts as reopened, or not.
struct ReopenTicket: Statement {
  let tenant: TenantId
  let ticket: Int64

  static let sql = "update desk.ticket set reopen_count = 1 - least(reopen_count, 1) where tenant_id = $1 and id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
  }
}
