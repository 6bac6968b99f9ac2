import Contracts
import Kernel
import Operations
import Postgres
import ServiceLevels
import Tenancy

/// A ticket of which a promise is judged otherwise than now.
package struct ChangedTicketOutput: OperationOutput {
  package let change: VerdictChange
  let id: PublicId
  let number: String
  let row: ShownTickets.Found

  let elapsedNow: Int64?

  private var now: ShownTickets.Standing { row.standing(change.metric) }

  /// - Parameter now: to when time is counted of what nothing ended.
  package static func all(
    _ changes: [VerdictChange], of customer: TenantEntry, at now: Instant, in transaction: Transaction
  ) async throws -> [ChangedTicketOutput] {
    guard !changes.isEmpty else { return [] }
    let found = try await transaction.query(ShownTickets(tenant: customer.id, tickets: Set(changes.map(\.ticket)).sorted()))
    let rows = Dictionary(found.map { ($0.ticket, $0) }) { first, _ in first }
    let running = changes.compactMap { change in rows[change.ticket].map { $0.standing(change.metric) } }.filter { $0.runningSince != nil }
    let calendars = try await ContractTerms.series(of: Set(running.compactMap(\.calendarVersion)).sorted(), until: now, in: transaction)
    return changes.compactMap { change in
      rows[change.ticket].map { row in
        // The ids and numbers of tickets are made by Desk; these are their forms.
        ChangedTicketOutput(
          change: change, id: customer.id("inc", row.publicId), number: "\(customer.code)-INC-\(pad(row.number, 6))", row: row,
          elapsedNow: row.standing(change.metric).elapsedSeconds(at: now, by: calendars))
      }
    }
  }

  package static let fields: [OutputField<ChangedTicketOutput>] = [
    OutputField("ticket", .id, "The ticket.", "工单编号。") { .id($0.id) },
    OutputField("number", .text, "Its number for people.", "工单号。") { .text($0.number) },
    OutputField("title", .text, "Its title.", "标题。") { .text($0.row.title) },
    OutputField("priority", .integer, "Its priority.", "优先级。") { .integer($0.change.priority) },
    OutputField("openedAt", .instant, "When it was opened.", "打开时间。") { .instant($0.row.openedAt) },
    OutputField(
      "change", .text, "newly_missed, newly_met, newly_judged or no_longer_judged.",
      "变化类别：newly_missed（变为未达成）、newly_met（变为达成）、newly_judged（当前无判定）或 no_longer_judged（不再判定）。"
    ) { .text($0.change.kind.rawValue) },
    OutputField("metric", .text, "response, update or resolution.", "指标：response（响应）、update（进展通报）或 resolution（解决）。") { .text($0.change.metric.rawValue) },
    OutputField("verdictNow", .text, "What counts now: met, missed; null: not judged.", "当前判定：met（达成）、missed（未达成）；null 表示未判定。") {
      .text(verdict($0.change.isMetNow))
    },
    OutputField("elapsedNow", .integer, "Open seconds used, by the calendar of now.", "按当前日历已用的服务时间秒数。") { .integer($0.elapsedNow) },
    OutputField("budgetNow", .integer, "Open seconds of the budget of now.", "当前时限的服务时间秒数。") { .integer($0.now.budgetSeconds) },
    OutputField("verdict", .text, "Under the SLA that is tried out.", "试算的判定。") { .text(verdict($0.change.isMet)) },
    OutputField("elapsed", .integer, "Open seconds used, by its calendar.", "按试算日历已用的服务时间秒数。") { .integer($0.change.elapsedSeconds) },
    OutputField("budget", .integer, "Open seconds of its budget.", "试算时限的服务时间秒数。") { .integer($0.change.budgetSeconds) },
  ]

  private static func verdict(_ isMet: Bool?) -> String? { isMet.map { $0 ? "met" : "missed" } }
}
