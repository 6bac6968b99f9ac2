import Kernel
import Operations
import Renewals
import ServiceTime

package enum RenewalInputs: NamesRecord {
  package static let id = Field.id("id", .renewal, "The renewal.", "续约项编号。")
  static let note = Field.text("note", 1...500, "Why, or what was agreed.", "原因或约定内容。").optional
}

/// Decides on a cycle, or takes the decision back. An open-ended contract that is declined ends with its year.
package enum DecideRenewal: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let event: RenewalState.Event
    let note: String?

    private static let decision = Field.oneOf(
      "decision", ["renew", "decline", "reopen"], "renew, decline, or reopen (take the decision back).", "renew（续约）、decline（不续约）或 reopen（撤销决定）。")

    package static let fields: [any InputField] = [RenewalInputs.id, decision, RenewalInputs.note]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[RenewalInputs.id]
      event = try RenewalState.Event(rawValue: values[Self.decision]) ?? .reopen
      note = try values[RenewalInputs.note]
    }
  }

  package static let declaration = Declaration(
    "renewal.decide", "Decide whether a contract is renewed.", zh: "决定合同是否续约。", permission: "renewal.manage", roles: Rights.managers,
    reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> RenewalOutput {
    let (row, newest) = try await context.renewal(input.id, toChange: true)
    if row.cycle.isEvergreen, row.state.after(input.event) != nil {
      if input.event == .decline {
        try await context.renewalKeeping.extend(newest, to: row.cycle.endsAt, row.cycle)
      } else if row.state == .notRenewing, newest.endsAt == row.cycle.endsAt {
        try await context.renewalKeeping.extend(newest, to: nil, row.cycle)
      }
    }
    let moved = try await context.renewalKeeping.move(row, input.event, note: input.note)
    // It is to be decided again: people are told anew where it stands.
    if input.event == .reopen { context.transaction.enqueue(StoreRenewalNews(tenant: context.tenant.id, id: row.id, news: nil)) }
    context.lookAtRenewal(of: row.contract)
    context.subject(input.id)
    return RenewalOutput(moved, contractName: newest.name, in: context)
  }
}

/// Puts a decision off.
package enum SnoozeRenewal: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let until: CalendarDate
    let note: String?

    private static let until = Field.date("until", "The day on which it is pending again, in the contract's zone.", "重新待决定的日期，按合同时区。")

    package static let fields: [any InputField] = [RenewalInputs.id, until, RenewalInputs.note]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[RenewalInputs.id]
      until = try values[Self.until]
      note = try values[RenewalInputs.note]
    }
  }

  package static let declaration = Declaration(
    "renewal.snooze", "Put the decision on a renewal off until a day.", zh: "将续约决定推迟到某日。", permission: "renewal.manage", roles: Rights.managers,
    reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> RenewalOutput {
    let (row, newest) = try await context.renewal(input.id, toChange: true)
    let until = Zone.named(row.zone)?.start(of: input.until) ?? Instant(seconds: input.until.daysSinceEpoch * 86_400)
    // On its decision day an automatic one is extended, whoever put it off.
    let end = row.cycle.mode == .auto ? row.cycle.decisionAt : row.cycle.endsAt
    guard until > context.now, until < end else { throw Failure.invalid("until", ContractsMessages.snoozeRange, ["end": end.description]) }
    let moved = try await context.renewalKeeping.move(row, .snooze, until: until, note: input.note)
    context.lookAtRenewal(of: row.contract)
    context.subject(input.id)
    return RenewalOutput(moved, contractName: newest.name, in: context)
  }
}

/// Carries out what was decided: a renewed fixed term gets its new end.
package enum CompleteRenewal: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let endsAt: Instant?
    let note: String?

    private static let endsAt = Field.instant(
      "endsAt", "The first instant after the new term (default: as the contract's renewal says).", "新期限结束时间（不含），默认按合同续约条款计算。"
    ).optional

    package static let fields: [any InputField] = [RenewalInputs.id, endsAt, RenewalInputs.note]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[RenewalInputs.id]
      endsAt = try values[Self.endsAt]
      note = try values[RenewalInputs.note]
    }
  }

  package static let declaration = Declaration(
    "renewal.complete", "Complete a renewal that was decided: extend the contract's term.", zh: "完成已决定的续约：延长合同期限。", permission: "renewal.manage",
    roles: Rights.managers, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> RenewalOutput {
    let (row, newest) = try await context.renewal(input.id, toChange: true)
    guard row.state == .renewing else {
      throw Failure(.conflict, ContractsMessages.badRenewal, ["state": row.state.rawValue, "event": RenewalState.Event.complete.rawValue])
    }
    if !row.cycle.isEvergreen {
      let dates = Zone.named(row.zone).map { TermDates(startsAt: newest.startsAt, endsAt: newest.endsAt, zone: $0) }
      let agreed = newest.terms.months.flatMap { dates?.extended(row.cycle.endsAt, by: $0) }
      guard let end = input.endsAt ?? agreed else { throw Failure.invalid("endsAt", InputMessages.requiredHere) }
      guard end > row.cycle.endsAt else { throw Failure.invalid("endsAt", ContractsMessages.renewedEnd, ["end": row.cycle.endsAt.description]) }
      try await context.renewalKeeping.extend(newest, to: end, row.cycle)
    }
    let moved = try await context.renewalKeeping.move(row, .complete, outcome: .renewed, note: input.note)
    context.lookAtRenewal(of: row.contract)
    context.subject(input.id)
    return RenewalOutput(moved, contractName: newest.name, in: context)
  }
}

extension OperationContext {
  var renewalKeeping: RenewalKeeping { RenewalKeeping(tenant: tenant.id, actor: actor, now: now, transaction: transaction) }

  /// A renewal with its contract's newest version. For a change the contract is held first, as the sweep does, and the
  /// renewal must still be about the contract's present cycle: the sweep may not have closed yet what a change took away.
  func renewal(_ id: PublicId, toChange: Bool = false) async throws -> (RenewalRow, Renewed) {
    guard let found = try await transaction.first(RenewalByPublicId(tenant: tenant.id, publicId: id)) else { throw Failure.notFound }
    if toChange {
      try requireVersion(found.version)
      _ = try await found.contract.hold(of: tenant.id, in: transaction)
    }
    guard let newest = try await found.contract.newest(of: tenant.id, in: transaction) else { throw Failure.notFound }
    if toChange, found.state != .completed {
      guard let contract = newest.forRenewal, RenewalRule.isCycle(found.item, of: contract) else {
        throw Failure(.conflict, ContractsMessages.renewalOver)
      }
    }
    return (found, newest)
  }

  func lookAtRenewal(of contract: RenewedContract) { contract.lookAgain(at: now, of: tenant.id, in: transaction) }
}
