import Kernel
import Operations
import ServiceTime

/// Hands an entry over to be approved.
package enum SubmitTimeEntry: Operation {
  package typealias Input = TimeEntryReference

  package static let declaration = Declaration(
    "time_entry.submit", "Submit a time entry for approval; from then on it stays as it is.", zh: "提交工时审批；提交后不可修改。", permission: TimeRights.write,
    roles: TimeRights.staff, reach: .oneAndProvider(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TimeEntryOutput {
    let row = try await context.timeEntry(input.id)
    try context.requireVersion(row.version)
    try context.requireOwner(row)
    try context.requireSubmitter(row)
    return try await context.move(row, by: .submit, reason: nil, "time_entry.submitted")
  }
}

/// Sends an entry back, with the reason.
package enum ReturnTimeEntry: Operation {
  package typealias Input = ReasonInput<TimeFields>

  package static let declaration = Declaration(
    "time_entry.return", "Send a submitted time entry back, with the reason.", zh: "退回待批准的工时并说明原因。", permission: TimeRights.review,
    roles: TimeRights.reviewers, reach: .oneAndProvider(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TimeEntryOutput {
    let row = try await context.timeEntry(input.id)
    try context.requireVersion(row.version)
    _ = try TimeApproval.state(row.state, after: .sendBack)
    try context.requireOther(than: row)
    return try await context.move(row, by: .sendBack, reason: input.reason, "time_entry.returned")
  }
}

extension OperationContext {
  func requireOther(than row: TimeEntryRow) throws(Failure) {
    let worker = Party(kind: Actor.Kind.staff.rawValue, id: row.staff.id, person: row.staff.person)
    try TimeApproval.requireOther(than: [worker, row.author], principal)
  }

  fileprivate func move(_ row: TimeEntryRow, by event: TimeEntryState.Event, reason: String?, _ type: String) async throws -> TimeEntryOutput {
    let state = try TimeApproval.state(row.state, after: event)
    let moved = try await transaction.first(MoveDraft(tenant: tenant.id, id: row.id, version: row.version, state: state, reason: reason))
    guard let version = moved else { throw beaten }
    let id = self.id(.timeEntry, row.publicId)
    noteTime("time_draft", row.id, version, type, id)
    return try await timeEntryOutput(id)
  }
}

/// Approves an entry. From then on it counts and never changes: its stretches, rate classes and rounding are written with it.
package enum ApproveTimeEntry: Operation {
  package typealias Input = TimeEntryReference

  package static let declaration = Declaration(
    "time_entry.approve", "Approve somebody else's time entry; of a correction, what it takes back goes with it.",
    zh: "批准他人的工时；更正获批时原记录同时冲销。", permission: TimeRights.review, roles: TimeRights.reviewers, reach: .oneAndProvider(by: "id"),
    effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TimeEntryOutput {
    let row = try await context.timeEntry(input.id)
    try context.requireVersion(row.version)
    _ = try TimeApproval.state(row.state, after: .approve)
    try context.requireOther(than: row)
    let open = try await context.firstOpenDay()
    let place = try await context.place(ticket: row.ticket?.id, line: row.line?.id)
    // Closed months stay as they are: what comes later counts today, which may be in a zone whose month has not begun yet.
    let late = max(try context.zone(of: place).date(at: context.now), open)
    if let original = row.corrects {
      let reversal = try await context.reverse(original, by: row, open: open, late: late)
      if row.withdraws { return try await context.withdraw(row, reversal) }
    }
    return try await context.approve(row, place, countsOn: row.worked.date < open ? late : row.worked.date)
  }
}

extension OperationContext {
  /// - Returns: the reversal's id.
  fileprivate func reverse(
    _ original: TimeEntryRow.Reference, by row: TimeEntryRow, open: CalendarDate, late: CalendarDate
  ) async throws -> PublicId {
    let originalId = self.id(.timeEntry, original.publicId)
    let found = try await transaction.first(TimeEntryByPublicId(tenant: tenant.id, publicId: originalId))
    guard let taken = found, let counted = taken.countsOn else { throw beaten }
    let id = newId(.timeEntry)
    let inserted = try await transaction.first(
      InsertReversal(
        tenant: tenant.id, original: original.id, publicId: id, countsOn: counted < open ? late : counted, reason: row.correctionReason,
        author: row.author, authorName: row.authorName, approver: actor, approverName: principal.name, now: now, version: row.version + 1))
    guard let reversal = inserted else { throw beaten }
    transaction.enqueue(InsertReversedStretches(tenant: tenant.id, original: original.id, reversal: reversal))
    transaction.enqueue(ReverseOpenSources(tenant: tenant.id, original: original.id, reversal: reversal))
    transaction.enqueue(InsertShownReversal(tenant: tenant.id, original: original.publicId, reversal: reversal, now: now))
    freeBusy(original.publicId)
    noteTime("time_entry", reversal, 1, "time_entry.reversed", id)
    return id
  }

  /// A correction that only takes back is done with its reversal.
  fileprivate func withdraw(_ row: TimeEntryRow, _ reversal: PublicId) async throws -> TimeEntryOutput {
    let gone = try await transaction.first(DeleteDraft(tenant: tenant.id, id: row.id, version: row.version, state: .submitted))
    guard gone != nil else { throw beaten }
    return try await timeEntryOutput(reversal)
  }

  fileprivate func approve(_ row: TimeEntryRow, _ place: WorkPlace, countsOn: CalendarDate) async throws -> TimeEntryOutput {
    let named = row.rateClass.flatMap { id in row.rateClassCode.map { (id: id, code: $0) } }
    let settled = try await self.settled(TimeDraft(row), place)
    let counted = try await counting(row.worked, billable: settled.billable, rateClass: named, place)
    let decision = TimeDecision(
      countsOn: countsOn, line: settled.line, billable: settled.billable, hasNoCoverage: settled.hasNoCoverage, rule: counted.rule?.id,
      rounding: counted.rounding, billedMinutes: counted.billedMinutes, approver: actor,
      approverName: principal.name, now: now)
    if row.corrects != nil { _ = try await transaction.first(HoldTimeOfStaff(staff: row.staff.id)) }
    let approved = try await transaction.first(ApproveDraft(tenant: tenant.id, id: row.id, version: row.version, decision: decision))
    guard let entry = approved else { throw beaten }
    transaction.enqueue(InsertStretches(tenant: tenant.id, entry: entry, stretches: counted.stretches.map(\.stretch)))
    transaction.enqueue(InsertOpenSources(tenant: tenant.id, entry: entry))
    if counted.rule?.customerSees ?? false { transaction.enqueue(InsertShown(tenant: tenant.id, entry: entry, now: now)) }
    if row.corrects != nil {
      keepBusy(row.publicId, row.staff.id, row.worked, isParallel: row.isParallel)
      try await requireRoom(row.staff.id, row.worked, isParallel: row.isParallel, in: try zone(of: place))
    }
    let id = self.id(.timeEntry, row.publicId)
    noteTime("time_entry", entry, 1, "time_entry.approved", id)
    return try await timeEntryOutput(id)
  }
}
