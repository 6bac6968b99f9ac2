import Contracts
import Kernel
import Operations
import Postgres
import ServiceLevels

/// The tickets whose verdict an SLA would change. Writes nothing.
package enum ListBacktestTickets: Operation {
  package struct Input: OperationInput {
    let test: BacktestInput
    let change: VerdictChange.Kind?
    let limit: Int64?
    let cursor: String?

    private static let change = Field.oneOf(
      "change", VerdictChange.Kind.allCases.map(\.rawValue),
      "Only newly_missed, newly_met, newly_judged (nothing is judged now) or no_longer_judged (default: all, in this order).",
      "仅限某类变化：newly_missed（变为未达成）、newly_met（变为达成）、newly_judged（当前无判定）或 no_longer_judged（不再判定）；默认全部，按此顺序。"
    ).optional

    package static let fields: [any InputField] = BacktestInput.fields + [change, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      test = try BacktestInput(values)
      change = try values[Self.change].flatMap(VerdictChange.Kind.init(rawValue:))
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "sla.backtest_tickets", "List the tickets whose verdict an SLA, stored or as a draft, would change.", zh: "列出试算 SLA 后判定会变化的工单。",
    permission: "sla.backtest", roles: [.administrator, .accountManager, .finance], reach: .one(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<ChangedTicketOutput> {
    let filter = input.test.fingerprint + " " + (input.change?.rawValue ?? "")
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let run = try await input.test.run(
      crediting: nil, kept: Int(limit) + 1, after: try after.map(VerdictChange.Place.init) ?? .start,
      wanted: input.change.map { [$0] } ?? Set(VerdictChange.Kind.allCases), in: context)
    let changes = try await run.run(in: context.transaction).outcome.listed
    let shown = try await ChangedTicketOutput.all(changes, of: context.tenant, at: context.now, in: context.transaction)
    return context.listing(shown, limit: limit, filter: filter) {
      PageCursor([.integer($0.change.kind.rank), .integer($0.change.ticket), .text($0.change.metric.rawValue)])
    } element: {
      $0
    }
  }
}

extension VerdictChange.Place {
  fileprivate init(_ cursor: PageCursor) throws { self.init(rank: try cursor.integer(0), ticket: try cursor.integer(1), metric: try cursor.text(2)) }
}
