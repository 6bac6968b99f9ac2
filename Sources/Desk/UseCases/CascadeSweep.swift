import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// Ends tickets with another one, each as anybody would who may work on it: under its own contract and clocks, through its own gates, in a
/// transaction of its own that also says what became of it. So each is ended once, one that cannot be is left with the reason, and a run that
/// dies is gone on with by the next.
package struct CascadeSweep: Sweep {
  package static let kind = "desk.cascade"
  package static let everySeconds: Int64 = 5

  /// Whether a major incident is still resolved as it was when its tickets were left to end with it: those who keep major incidents say so.
  package typealias MajorStanding = @Sendable (CascadeOfMajor, Transaction) async throws -> CascadeStanding

  private let dispatcher: Dispatcher
  private let batch: Int64
  private let tenantsAtOnce: Int64
  private let majors: MajorStanding
  /// After so many it is left: something is at fault with it.
  static let mostAttempts: Int64 = 5

  /// - Parameters:
  ///   - batch: how many of a customer have their turn at once.
  ///   - tenantsAtOnce: how many customers are looked up at once.
  ///   - majors: asked before a ticket ends with a major incident, in the transaction that ends it.
  package init(_ dispatcher: Dispatcher, batch: Int64 = 100, tenantsAtOnce: Int64 = 500, majors: @escaping MajorStanding) {
    self.dispatcher = dispatcher
    self.batch = batch
    self.tenantsAtOnce = tenantsAtOnce
    self.majors = majors
  }

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    guard let provider = try await tenancy.provider() else { return }
    try await ByTurns.run(share: batch, tenantsAtOnce: tenantsAtOnce) { behind in
      let look = TenantsWithCascades(behind: behind, limit: tenantsAtOnce)
      return try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(look) }
    } find: { tenant, behind -> [Int64] in
      let look = WaitingCascades(tenant: tenant, behind: behind ?? 0, limit: batch)
      return try await tenancy.transaction(binding: [tenant], side: .staff, readOnly: true) { try await $0.query(look) }
    } name: {
      "cascade \($0)"
    } work: { tenant, id in
      try await end(id, of: tenant, provider, tenancy)
    }
  }

  private func end(_ id: Int64, of tenant: TenantId, _ provider: TenantEntry, _ tenancy: Tenancy) async throws {
    let bound = Set([tenant, provider.id]).sorted()
    do {
      do {
        try await tenancy.transaction(binding: bound, side: .staff) { try await end(id, of: tenant, provider, in: $0) }
      } catch let refusal as RecordedRefusal {
        // What a gate records of whom it stops: an approval is asked for, and it counts.
        let now = tenancy.clock.now()
        try await tenancy.transaction(binding: bound, side: .staff) { transaction in
          guard let pair = try await transaction.first(TicketsOfCascade(tenant: tenant, id: id)) else { return }
          try await TicketNews.hold([pair.ticket], of: tenant, in: transaction)
          guard try await transaction.first(HoldCascade(tenant: tenant, id: id)) != nil else { return }
          try await refusal.record(transaction)
          transaction.enqueue(SettleCascade(tenant: tenant, id: id, fault: refusal.failure, now: now))
        }
      }
    } catch let failure as Failure where failure.isFinal {
      let now = tenancy.clock.now()
      try await tenancy.transaction(binding: bound, side: .staff) { $0.enqueue(SettleCascade(tenant: tenant, id: id, fault: failure, now: now)) }
    } catch  where !Task.isCancelled {
      // Nothing is wrong with it where somebody else was at it, or the database was not there.
      guard !Failure.isPassing(error) else { throw error }
      let now = tenancy.clock.now()
      try await tenancy.transaction(binding: bound, side: .staff) { transaction in
        guard let attempts = try await transaction.first(CountCascadeAttempt(tenant: tenant, id: id)), attempts >= Self.mostAttempts else { return }
        let fault = Failure(.internal, EndingMessages.leftAtFault, ["times": String(attempts)])
        transaction.enqueue(SettleCascade(tenant: tenant, id: id, fault: fault, now: now))
      }
      throw error
    }
  }

  private func end(_ id: Int64, of tenant: TenantId, _ provider: TenantEntry, in transaction: Transaction) async throws {
    guard let pair = try await transaction.first(TicketsOfCascade(tenant: tenant, id: id)) else { return }
    // The tickets first, as everybody does.
    try await TicketNews.hold([pair.ticket, pair.parent].compactMap { $0 }, of: tenant, in: transaction)
    let (held, tickets, parents, tenants) = try await transaction.query(
      HoldCascade(tenant: tenant, id: id), TicketToEnd(tenant: tenant, id: pair.ticket), TicketToEnd(tenant: tenant, id: pair.parent ?? 0),
      TenantById(tenant: tenant))
    guard let cascade = held.first, let ticket = tickets.first, let customer = tenants.first else { return }
    let parent = parents.first
    let now = dispatcher.tenancy.clock.now()
    let survivor: TicketToEnd.Found? = if ticket.isMerged { try await self.survivor(of: pair.ticket, tenant, in: transaction) } else { nil }
    let standing = try await self.standing(cascade, pair, parent, tenant, provider, in: transaction)
    func leave(_ message: Message, _ number: String) {
      transaction.enqueue(SettleCascade(tenant: tenant, id: id, fault: Failure(.conflict, message, ["number": number]), now: now))
    }
    let partner = parent.map { IncidentView.number(of: customer.code, $0.number) } ?? cascade.majorNumber ?? "-"
    switch CascadeStep(cascade.act, on: ticket.state, survivor: survivor?.state, with: standing) {
    case .nothing: transaction.enqueue(SettleCascade(tenant: tenant, id: id, fault: nil, now: now))
    case .leave: leave(EndingMessages.parentNotEnded, partner)
    case .leaveApart: leave(EndingMessages.notPart, partner)
    case .leaveMerged: leave(EndingMessages.wentInto, survivor.map { IncidentView.number(of: customer.code, $0.number) } ?? "-")
    case .act:
      let code = try await closureCode(cascade, pair.parent, parent, tenant, in: transaction)
      try await act(cascade, ticket, parent, code, of: customer, provider, requestId: "cascade-\(id)", in: transaction)
      transaction.enqueue(
        TicketNote(TicketEventType.endedWith, told(cascade, parent, customer, provider), on: pair.ticket, of: tenant, by: cascade.actor, at: now))
      transaction.enqueue(SettleCascade(tenant: tenant, id: id, fault: nil, now: now))
    }
  }

  /// What became of what it was to end with, now that both tickets are held.
  private func standing(
    _ cascade: HoldCascade.Found, _ pair: (ticket: Int64, parent: Int64?), _ parent: TicketToEnd.Found?, _ tenant: TenantId, _ provider: TenantEntry,
    in transaction: Transaction
  ) async throws -> CascadeStanding {
    if let major = cascade.majorId {
      let one = CascadeOfMajor(provider: provider.id, major: major, seq: cascade.seq, tenant: tenant, ticket: pair.ticket)
      return try await majors(one, transaction)
    }
    guard let parent, let id = pair.parent, cascade.act.isDone(by: parent.state) else { return .goesOn }
    return try await transaction.query(ParentsOf(tenant: tenant, ticket: pair.ticket)).contains(id) ? .ended : .apart
  }

  private func survivor(of ticket: Int64, _ tenant: TenantId, in transaction: Transaction) async throws -> TicketToEnd.Found? {
    guard let found = try await transaction.first(SurvivorOf(tenant: tenant, ticket: ticket)) else { return nil }
    return try await transaction.first(TicketToEnd(tenant: tenant, id: found.id))
  }

  /// The code that it ends with; nil: nobody said one of the major incident, or that of its parent is there only because nobody did, and so it says
  /// nothing to gates that ask for it.
  private func closureCode(
    _ cascade: HoldCascade.Found, _ id: Int64?, _ parent: TicketToEnd.Found?, _ tenant: TenantId, in transaction: Transaction
  ) async throws -> String? {
    guard cascade.act == .resolve, let id, let parent, parent.closureCode == ClosureCode.solved.rawValue else {
      return cascade.closureCode ?? parent?.closureCode
    }
    let isSaid = try await transaction.first(ClosureCodeIsSaid(tenant: tenant, ticket: id, openedAt: parent.openedAt)) == true
    return isSaid ? parent.closureCode : nil
  }

  private func act(
    _ cascade: HoldCascade.Found, _ ticket: TicketToEnd.Found, _ parent: TicketToEnd.Found?, _ code: String?, of customer: TenantEntry,
    _ provider: TenantEntry, requestId: String, in transaction: Transaction
  ) async throws {
    var input = [Value.Member("id", .id(customer.id(IdKind.incident.prefix, ticket.publicId)))]
    if cascade.act == .resolve {
      input.append(Value.Member("resolution", .text(cascade.resolution ?? parent?.resolution ?? "-")))
      if let code { input.append(Value.Member("closureCode", .text(code))) }
    }
    let principal = Principal(
      actor: cascade.actor, tenant: provider.id, side: .staff, name: cascade.name,
      grants: [Grant(role: "cascade", permissions: ["incident.work", "incident.close"], scope: .listed([customer.id]))])
    _ = try await dispatcher.act(
      cascade.act.operation, .object(input), as: principal, for: customer, provider: provider, version: ticket.version, requestId: requestId,
      recordsRefusals: true, in: transaction)
  }

  /// What it ended with, for the history: among the staff.
  private func told(_ cascade: HoldCascade.Found, _ parent: TicketToEnd.Found?, _ customer: TenantEntry, _ provider: TenantEntry) -> Value {
    var members = [Value.Member("act", .text(cascade.act.rawValue))]
    if let parent {
      members.append(Value.Member("with", .id(customer.id(IdKind.incident.prefix, parent.publicId))))
      members.append(Value.Member("number", .text(IncidentView.number(of: customer.code, parent.number))))
    } else {
      members.append(Value.Member("with", .id(cascade.majorId.map { provider.id(IdKind.majorOfTicket.prefix, $0) })))
      members.append(Value.Member("number", .text(cascade.majorNumber)))
    }
    return .object(members)
  }
}

extension Failure {
  /// Whether the same again would end the same: a person has to do something first.
  fileprivate var isFinal: Bool {
    switch kind {
    case .invalid, .denied, .notFound, .conflict, .malformed, .tooLarge: true
    case .unauthenticated, .versionMismatch, .versionRequired, .limited, .busy, .outcomeUnknown, .internal: false
    }
  }
}

/// What became of a ticket that was to end with another one.
package struct CascadeRecord: OperationOutput {
  let row: CascadesOfTicket.Found
  let incident: PublicId
  let number: String
  let reason: String?

  package static let fields: [OutputField<CascadeRecord>] = [
    OutputField("incident", .id, "The incident below it.", "下级事件。") { .id($0.incident) },
    OutputField("number", .text, "Its number.", "其工单号。") { .text($0.number) },
    OutputField("title", .text, "What it is about.", "其标题。") { .text($0.row.title) },
    OutputField("act", .text, "resolve or close.", "操作：resolve 解决，close 关闭。") { .text($0.row.act) },
    OutputField("state", .text, "waiting: it is still to be done; done; left: it could not be.", "状态：waiting 待处理，done 已完成，left 未能完成。") {
      .text($0.row.state)
    },
    OutputField("fault", .text, "Why it was left, as a code.", "未能完成的原因代码。") { .text($0.row.fault) },
    OutputField("reason", .text, "The same in words.", "未能完成的原因。") { .text($0.reason) },
    OutputField("actorName", .text, "Who ended them.", "执行人员姓名。") { .text($0.row.actorName) },
    OutputField("recordedAt", .instant, "When that was.", "提交时间。") { .instant($0.row.recordedAt) },
    OutputField("settledAt", .instant, "When it was done, or left.", "完成或放弃的时间。") { .instant($0.row.settledAt) },
  ]
}

package enum ListCascade: Operation {
  package typealias Input = PageOfIncident

  package static let declaration = Declaration(
    "incident.cascade", "List what became of the incidents that were to be resolved or closed with this one, the newest first.",
    zh: "列出随本事件一并解决或关闭的下级事件及其结果，最新的在前。", roles: [.administrator, .accountManager, .engineer], reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<CascadeRecord> {
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let ticket = try await context.ticket(input.id)
    let rows = try await context.transaction.query(
      CascadesOfTicket(tenant: context.tenant.id, ticket: ticket.id, before: try after?.integer(0) ?? .max, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.id)]) }) { row in
      CascadeRecord(
        row: row, incident: context.id(.incident, row.ticket), number: IncidentView.number(of: context.tenant.code, row.number),
        reason: LocalText(row.words).text(context.language))
    }
  }
}
