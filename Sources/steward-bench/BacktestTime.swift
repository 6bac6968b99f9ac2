import ArgumentParser
import Backtest
import Contracts
import Kernel
import Operations
import Postgres
import ServiceLevels
import TLS
import Tenancy

/// How long it takes to try an SLA out on all tickets of a customer.
struct BacktestTime: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "backtest", abstract: "Seconds of a back-test of a customer's tickets.")

  @Option(help: "As the role steward_app.") var database: String
  @Option(help: "The customer's code.") var customer: String
  @Option(help: "The public id of a stored SLA, its 12 bytes as text.") var sla: String
  @Flag(help: "Print the statement that reads the same rows and columns, and end.") var statement = false

  mutating func run() async throws {
    let (code, sla, printsStatement) = (customer, sla, statement)
    try await BenchTool.withClient(database, connections: 2) { client in
      let tenancy = Tenancy(database: client, clock: SystemClock(), random: SystemRandom.source, passwords: PasswordHasher())
      guard let customer = try await tenancy.tenant(code: code), let provider = try await tenancy.provider() else {
        throw ValidationError("There is no such customer, or no provider.")
      }
      guard !printsStatement else { return print(PastTickets.text(ofAll: customer.id)) }
      let now = tenancy.clock.now()
      let (outcome, seconds) = try await tenancy.transaction(
        binding: [customer.id], side: .staff, readOnly: true, isolation: .repeatableRead, statementTimeoutMilliseconds: 300_000
      ) { transaction in
        let stored = try await SlaTrial.stored(provider.id(IdKind.sla.prefix, Array(sla.utf8)), at: now, customers: nil, in: transaction)
        guard let trial = stored else { throw ValidationError("There is no such SLA.") }
        let started = ContinuousClock.now
        let run = TrialRun(customer: customer, trial: trial, selection: Selection(), credits: nil, now: now, kept: 20)
        let outcome = try await run.run(in: transaction).outcome
        return (outcome, started.duration(to: .now).inSeconds)
      }
      BenchTool.show([
        "seconds": seconds, "tickets": Double(outcome.tickets), "changed": Double(outcome.changed),
        "responseMet": Double(outcome.sum(.response).met), "resolutionMet": Double(outcome.sum(.resolution).met),
      ])
    }
  }
}
