import Contracts
import Kernel
import Operations
import Postgres
import ServiceLevels

/// The tickets whose verdict an SLA would change. Writes nothing.
package enum ListBacktestTickets: Operation {
  package struct Input: OperationInput {
    let test: BacktestInput
    let limit: Int64?
    let cursor: String?

    package static let fields: [any InputField] = BacktestInput.fields + [Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      test = try BacktestInput(values)
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "sla.backtest_tickets", "List the tickets whose verdict an SLA, stored or as a draft, would change.", zh: "列出试算 SLA 后判定会变化的工单。",
    permission: "sla.backtest", roles: [.administrator, .accountManager, .finance], reach: .one(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<ChangedTicketOutput> {
    let filter = input.test.fingerprint
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let run = try await input.test.run(
      crediting: nil, kept: Int(limit) + 1, after: (try after?.integer(0) ?? 0, try after?.text(1) ?? ""), in: context)
    let changes = try await run.run(in: context.transaction).outcome.changes
    let shown = try await ChangedTicketOutput.all(changes, of: context.tenant, in: context.transaction)
    return context.listing(shown, limit: limit, filter: filter) {
      PageCursor([.integer($0.change.ticket), .text($0.change.metric.rawValue)])
    } element: {
      $0
    }
  }
}
