import Contracts
import Credits
import Kernel
import Operations
import Postgres
import ServiceLevels
import ServiceTime
import Tenancy

/// An SLA tried out on the selected tickets of one customer: read in chunks, judged on every core while the next chunk is on its
/// way, added up. It only reads.
package struct TrialRun: Sendable {
  package let customer: TenantEntry
  package let trial: SlaTrial
  package let selection: Selection
  /// By what to credit; nil: not at all.
  package let credits: CreditTrial.Terms?
  /// How promises stand that nothing ended: as of this instant.
  package let now: Instant
  /// The most tickets; more are an error that says what to do. Nil: any number.
  package let limit: Int64?
  /// How many changed verdicts to keep, those that come first behind `after`.
  package let kept: Int
  package let after: VerdictChange.Place
  /// Changes of which kinds to keep.
  package let wanted: Set<VerdictChange.Kind>

  package init(
    customer: TenantEntry, trial: SlaTrial, selection: Selection, credits: CreditTrial.Terms?, now: Instant, limit: Int64? = nil, kept: Int,
    after: VerdictChange.Place = .start, wanted: Set<VerdictChange.Kind> = Set(VerdictChange.Kind.allCases)
  ) {
    self.customer = customer
    self.trial = trial
    self.selection = selection
    self.credits = credits
    self.now = now
    self.limit = limit
    self.kept = kept
    self.after = after
    self.wanted = wanted
  }

  package struct Result: Sendable {
    package let outcome: Outcome
    package let credits: [CreditTrial.Period]
    /// What the same tickets cost by the verdicts that count now and the schedules that the lines have.
    package let creditsNow: [CreditTrial.Period]
    /// The lines that were credited, or could have been.
    package let lines: [CreditTrial.Line]
  }

  /// - Parameters:
  ///   - transaction: bound to the customer.
  ///   - progress: told how many tickets are judged, after each chunk.
  package func run(in transaction: Transaction, progress: @Sendable (Int64) -> Void = { _ in }) async throws -> Result {
    let tickets = try pastTickets()
    let creditTrial: CreditTrial? =
      if let credits { try await CreditTrial(credits, tenant: customer.id, line: selection.line, in: transaction) } else { nil }
    transaction.enqueue(ReadAllPastTickets())
    transaction.enqueue(ExpectManyTickets())
    transaction.enqueue(tickets)
    let sum = try await judge(lines: creditTrial?.lines ?? [], in: transaction, progress: progress)
    transaction.enqueue(PastTicketsEnd())
    return Result(
      outcome: sum.outcome, credits: try creditTrial?.periods(sum.credited.byLine) ?? [],
      creditsNow: try creditTrial?.present.periods(sum.creditedNow.byLine) ?? [], lines: creditTrial?.lines ?? [])
  }

  /// How many tickets there are to judge.
  package func count(in transaction: Transaction) async throws -> Int64 {
    try await transaction.first(PastTicketCount(tickets: pastTickets())) ?? 0
  }

  /// The line that a public id names.
  package static func line(_ id: PublicId, of customer: TenantEntry, in transaction: Transaction) async throws -> Int64? {
    try await transaction.first(LineByPublicId(tenant: customer.id, publicId: id))
  }

  private func zone() throws(Failure) -> Zone {
    guard let zone = Zone.named(customer.zone) else {
      throw Failure(.internal, OperationMessages.internalFault, debug: "a customer's zone is unknown")
    }
    return zone
  }

  private func pastTickets() throws -> PastTickets {
    PastTickets(tenant: customer.id, selection: selection, span: selection.span(in: try zone()))
  }

  /// One judge for each core, each with calendars of its own. While they judge, the server sends what comes next; when all are
  /// busy, it waits.
  private static let judges = 2

  private func judge(
    lines: [CreditTrial.Line], in transaction: Transaction, progress: @Sendable (Int64) -> Void
  ) async throws -> Judge.Sum {
    let months = MonthFinder(try zone())
    var idle = (0..<Self.judges).map { _ in Judge(trial.apart(), now: now, months: months, kept: kept, after: after, wanted: wanted, lines: lines) }
    return try await withThrowingTaskGroup(of: Judge.self) { group in
      var read: Int64 = 0
      while true {
        try Task.checkCancellation()
        let rows = try await transaction.rows(NextPastTickets())
        guard rows.count > 0 else { break }
        read += Int64(rows.count)
        if let limit, read > limit { throw Failure(.conflict, BacktestMessages.tooMany, ["limit": String(limit)]) }
        guard let free = try await next(&idle, of: &group) else { break }
        group.addTask {
          var judge = free
          try judge.take(rows)
          return judge
        }
        progress(read)
      }
      for try await judge in group { idle.append(judge) }
      return Judge.sum(idle, kept: kept)
    }
  }

  private func next(_ idle: inout [Judge], of group: inout ThrowingTaskGroup<Judge, any Error>) async throws -> Judge? {
    if let judge = idle.popLast() { return judge }
    return try await group.next()
  }
}
