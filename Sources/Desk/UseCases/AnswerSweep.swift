import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// Goes on with tickets that waited for the customer when he answers. The clocks run again since the instant of his word, however late the sweep
/// is: from then on it is the provider's turn, and nobody's looking decides what a promise is worth. Each answer is looked at once; what the
/// ticket does not wait for changes nothing.
package struct AnswerSweep: Sweep {
  package static let kind = "desk.answers"
  package static let everySeconds: Int64 = 5
  package static let isPrompt = true
  /// Whose work in the outbox it takes.
  static let consumer = "desk.answers"

  private static let actor = Actor(kind: .system, id: 0, via: .job)
  private let dispatcher: Dispatcher
  private let batch: Int64

  /// - Parameters:
  ///   - dispatcher: resumes a ticket as anybody would.
  ///   - batch: how many answers of a customer are looked at in a run.
  package init(_ dispatcher: Dispatcher, batch: Int64 = 500) {
    self.dispatcher = dispatcher
    self.batch = batch
  }

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    guard let provider = try await tenancy.provider() else { return }
    var rest = LeftUndone()
    let tenants = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(OutboxTenants(of: Self.consumer)) }
    for tenant in tenants {
      let waiting = WaitingOutbox(tenant: tenant, consumer: Self.consumer, after: 0, limit: batch)
      let answers = try await tenancy.transaction(binding: [tenant], side: .staff, readOnly: true) { try await $0.query(waiting) }
      // Of one ticket each: what cannot go on holds up no other.
      for (ticket, words) in Dictionary(grouping: answers, by: \.subject).sorted(by: { $0.key < $1.key }) {
        try Task.checkCancellation()
        do {
          try await tenancy.transaction(binding: Set([tenant, provider.id]).sorted(), side: .staff) { try await goOn(words, of: tenant, provider, in: $0) }
          FaultPoint.sweepStep.reach()
        } catch  where !Task.isCancelled {
          rest.add("answers to ticket \(ticket) of tenant \(tenant)", error)
        }
      }
    }
    if !rest.isEmpty { throw rest }
  }

  private func goOn(_ words: [OutboxEntry], of tenant: TenantId, _ provider: TenantEntry, in transaction: Transaction) async throws {
    let taken = Set(try await transaction.query(TakeOutbox(tenant: tenant, consumer: Self.consumer, ids: words.map(\.id))))
    let words = words.filter { taken.contains($0.id) }
    guard !words.isEmpty else { return }
    let (awaited, customers) = try await transaction.query(AnswersAwaited(tenant: tenant, answers: words), TenantById(tenant: tenant))
    // The first word that it waited for.
    guard let answer = awaited.first, let customer = customers.first else { return }
    let ticket = customer.id(IdKind.incident.prefix, answer.ticket)
    let principal = Principal(
      actor: Self.actor, tenant: provider.id, side: .staff, name: "answers",
      grants: [Grant(role: "answers", permissions: [IncidentFields.work], scope: .listed([tenant]))])
    func resume(_ since: [Value.Member]) async throws {
      let input = Value.object([Value.Member("id", .id(ticket)), Value.Member("evidence", .text(answer.comment))] + since)
      _ = try await dispatcher.act(
        "incident.resume", input, as: principal, for: customer, provider: provider, version: answer.version, requestId: answer.comment, in: transaction)
    }
    do {
      try await resume([Value.Member("at", .instant(answer.saidAt))])
    } catch let failure as Failure where failure.kind == .invalid {
      // Its clocks have told of something since: then from now on.
      try await resume([])
    }
  }
}
