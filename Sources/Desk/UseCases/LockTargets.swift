import Contracts
import Kernel
import Operations
import ServiceLevels

/// Who decided that a ticket's targets stay as they are, and why.
package struct TargetLockRecord: OperationOutput {
  let row: NewestTargetLock.Found
  /// Names of the staff and their reasons are the provider's own affair.
  let isForStaff: Bool

  package static let fields: [OutputField<TargetLockRecord>] = [
    OutputField("lockedAt", .instant, "When.", "锁定时间。") { .instant($0.row.recordedAt) },
    OutputField("lockedBy", .text, "By whom; staff only.", "锁定人员（仅服务商人员可见）。") { .text($0.isForStaff ? $0.row.actorName : nil) },
    OutputField("reason", .text, "Why; staff only.", "原因（仅服务商人员可见）。") { .text($0.isForStaff ? $0.row.reason : nil) },
  ]
}

enum TargetLockFields {
  static let reason = Field.text("reason", 1...500, "Why.", "原因。")
  static let permission = "incident.lock_targets"
  static let roles: Set<StockRole> = [.administrator, .accountManager]
}

package struct TargetLockInput: OperationInput {
  let id: PublicId
  let reason: String

  package static let fields: [any InputField] = [IncidentFields.id, TargetLockFields.reason]

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[IncidentFields.id]
    reason = try values[TargetLockFields.reason]
  }
}

/// The targets stay as they are, whatever the ticket is classified as from now on.
package enum LockTargets: Operation {
  package typealias Input = TargetLockInput

  package static let declaration = Declaration(
    "incident.lock_targets", "Keep an incident's targets as they are when it is classified anew.", zh: "锁定事件的目标，重新分类时保持不变。",
    permission: TargetLockFields.permission, roles: TargetLockFields.roles, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> IncidentRecord {
    var work = try await TicketWork.begin(on: input.id, in: context)
    try work.requireNotClosed()
    guard !work.ticket.targetsLocked else { throw Failure(.conflict, DeskMessages.targetsLocked) }
    work.setLock(true, because: input.reason)
    work.save()
    return work.record
  }
}

/// The targets follow what the ticket is classified as again, from now on and for what changed meanwhile.
package enum UnlockTargets: Operation {
  package typealias Input = TargetLockInput

  package static let declaration = Declaration(
    "incident.unlock_targets", "Let an incident's targets follow what it is classified as again.", zh: "解锁事件的目标，使其重新随分类变化。",
    permission: TargetLockFields.permission, roles: TargetLockFields.roles, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> IncidentRecord {
    var work = try await TicketWork.begin(on: input.id, in: context)
    try work.requireNotClosed()
    guard work.ticket.targetsLocked else { throw Failure(.conflict, DeskMessages.targetsNotLocked) }
    work.setLock(false, because: input.reason)
    let before = work.ticket
    let history = try await work.history()
    let terms = try await work.chooseLine(
      .keep, coveredBy: try await work.coveringLines(), followsService: true, followsRequester: history.correctedRequesterSinceLock)
    if work.ticket.hasOtherLine(than: before) { work.note(TicketEventType.classified, ClassifyIncident.change(from: before, to: work, nil)) }
    try await work.retarget(under: terms, history)
    work.save()
    return work.record
  }
}

extension TicketWork {
  mutating func setLock(_ locks: Bool, because reason: String) {
    recordLock(locks, seq: markLock(locks), because: reason)
  }

  /// - Returns: the sequence of the event that tells it.
  mutating func markLock(_ locks: Bool) -> Int64 {
    ticket.targetsLocked = locks
    note(locks ? TicketEventType.targetsLocked : TicketEventType.targetsUnlocked)
    return ticket.lastSeq
  }

  /// After the ticket's own row, which this one names.
  func recordLock(_ locks: Bool, seq: Int64, because reason: String) {
    context.transaction.enqueue(
      InsertTargetLock(
        tenant: context.tenant.id, ticket: ticket.id, seq: seq, locks: locks, reason: reason, actor: context.actor,
        actorName: context.principal.name, now: context.now))
  }

  /// The line that counts after a change: of the time when the ticket was opened, as for every ticket. A ticket keeps its line, save
  /// that one which covers its CIs takes its place, that one which was chosen by a CI is chosen anew with them, that one which sells
  /// something else gives way when the ticket is about another service, and that all is chosen anew when it concerns somebody else.
  /// - Parameters:
  ///   - covering: the lines that cover its CIs, that of the CI which counts most first; nil: the CIs have no say.
  ///   - followsService: whether it is about another service than before.
  ///   - followsRequester: whether it concerns another person or unit than before.
  mutating func chooseLine(
    _ change: Change<PublicId>, coveredBy covering: [Int64]? = nil, followsService: Bool = false, followsRequester: Bool = false
  ) async throws -> LineTerms? {
    if change.isKeep, covering == nil, !followsService, !followsRequester, ticket.line == nil { return nil }
    let lines = try await ContractTerms.lines(
      tenant: context.tenant.id, unit: ticket.unit?.id, at: ticket.openedAt, in: context.transaction)
    let terms: LineTerms?
    let explicit: Int64?
    switch change {
    case .keep:
      let reason = LineReason(rawValue: ticket.lineReason) ?? .explicit
      let (requester, service) = (ticket.requester?.id, ticket.service?.id)
      let held = ticket.line.flatMap { lines.choose(explicit: $0.id) }?.with(reason)
      guard reason != .explicit else { return held }
      var counting = covering ?? []
      if covering == nil, followsService || followsRequester { counting = try await coveringLines() }
      let byTable = lines.choose(person: requester, covering: counting, service: service, explicit: nil)
      if followsRequester || covering != nil && (byTable?.reason == .ci || reason == .ci) {
        terms = byTable
      } else if followsService {
        terms = lines.choose(person: requester, covering: counting, service: service, keeping: held)
      } else {
        return held
      }
      explicit = nil
    case .clear:
      terms = lines.choose(person: ticket.requester?.id, covering: covering ?? [], service: ticket.service?.id, explicit: nil)
      explicit = nil
    case .set(let line):
      explicit = try await context.line(line, "contractLine")
      terms = lines.choose(explicit: explicit)
    }
    if explicit != nil, terms == nil { throw Failure.invalid("contractLine", DeskMessages.lineNotInForce) }
    let names: LineNames.Found? =
      if let terms { try await context.transaction.first(LineNames(tenant: context.tenant.id, line: terms.line)) } else { nil }
    ticket.contract = names?.contract
    ticket.line = names?.line
    ticket.lineReason = (terms?.reason ?? .noneInForce).rawValue
    return terms
  }

  /// The lines that cover the CIs that the ticket names, as they are written, that of the CI which counts most first.
  func coveringLines() async throws -> [Int64] {
    try await context.transaction.query(CoveringLines(tenant: context.tenant.id, ticket: ticket.id, day: ticket.openedAt.utcDay))
  }

  /// What happened to the ticket since it was opened.
  func history() async throws -> [TicketEventRow] {
    try await context.transaction.query(
      EventsOfTicket(
        tenant: context.tenant.id, ticket: ticket.id, afterSeq: 0, includesInternal: true, recordedFrom: ticket.openedAt, limit: 10_000))
  }

  /// Brings the customer's clocks under the targets that count for the ticket as it is now, unless they are locked. What teams
  /// and suppliers promise is no part of the lock.
  mutating func retarget(under terms: LineTerms?, _ history: [TicketEventRow]) async throws {
    guard !ticket.targetsLocked else { return }
    try await clocks.retarget(
      under: terms, facts: ticket.facts, openedAt: ticket.openedAt, at: context.now, history: ClockReplay.acts(history), in: context.transaction)
  }
}

extension Ticket {
  /// Whether it is judged under another line now, or by another row of the table.
  func hasOtherLine(than before: Ticket) -> Bool { line?.id != before.line?.id || lineReason != before.lineReason }
}

extension OperationContext {
  /// Nil while they are not locked.
  func targetLock(of ticket: Ticket) async throws -> TargetLockRecord? {
    guard ticket.targetsLocked else { return nil }
    return try await transaction.first(NewestTargetLock(tenant: tenant.id, ticket: ticket.id)).map {
      TargetLockRecord(row: $0, isForStaff: principal.side == .staff)
    }
  }
}
