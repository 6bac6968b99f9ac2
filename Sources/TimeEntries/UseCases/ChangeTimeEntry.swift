import Kernel
import Operations

/// Changes what is not approved yet.
package enum ChangeTimeEntry: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let workType: String?
    let told: WorkedTime.Told
    let rateClass: Change<String>
    let billable: Bool?
    let note: String?
    let invoiceText: Change<String>
    let isParallel: Bool?

    private static let rateClass = TimeFields.rateClass.clearable
    private static let invoiceText = TimeFields.invoiceText.clearable

    package static let fields: [any InputField] = [
      TimeFields.id, TimeFields.workType.optional, TimeFields.from.optional, TimeFields.to.optional, TimeFields.date.optional, TimeFields.minutes.optional,
      rateClass, TimeFields.billable.optional, TimeFields.note.optional, invoiceText, TimeFields.parallel.optional,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[TimeFields.id]
      workType = try values[TimeFields.workType.optional]
      told = WorkedTime.Told(
        from: try values[TimeFields.from.optional], to: try values[TimeFields.to.optional], date: try values[TimeFields.date.optional],
        minutes: try values[TimeFields.minutes.optional])
      rateClass = try values[Self.rateClass]
      billable = try values[TimeFields.billable.optional]
      note = try values[TimeFields.note.optional]
      invoiceText = try values[Self.invoiceText]
      isParallel = try values[TimeFields.parallel.optional]
    }

    var isEmpty: Bool {
      workType == nil && told.isEmpty && rateClass.isKeep && billable == nil && note == nil && invoiceText.isKeep && isParallel == nil
    }
  }

  package static let declaration = Declaration(
    "time_entry.change", "Change a time entry that is a draft or was sent back.", zh: "修改草稿或被退回的工时。", permission: TimeRights.write,
    roles: TimeRights.staff, reach: .oneAndProvider(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TimeEntryOutput {
    guard !input.isEmpty else { throw Failure.invalid("", TimeEntriesMessages.nothingToChange) }
    let row = try await context.timeEntry(input.id)
    try context.requireVersion(row.version)
    try context.requireOwner(row)
    _ = try TimeApproval.state(row.state, after: .change)
    guard !row.withdraws else { throw Failure(.conflict, TimeEntriesMessages.correctionStays) }
    var draft = TimeDraft(row)
    if let code = input.workType { draft.workType = try await context.workType(code).id }
    switch input.rateClass {
    case .keep: break
    case .clear: draft.rateClass = nil
    case .set(let code): draft.rateClass = try await context.namedRateClass(code)
    }
    let place = try await context.place(ticket: row.ticket?.id, line: row.line?.id)
    if !input.told.isEmpty {
      let zone = try context.zone(of: place)
      draft.worked = try WorkedTime(input.told, in: zone, now: context.now)
      draft.lateMinutes = draft.worked.minutesSince(in: zone, now: context.now)
      if row.ticket == nil { try await context.requireInForce(place, at: draft.worked.beganAt) }
    }
    draft.billableSaid = input.billable ?? draft.billableSaid
    draft.note = input.note ?? draft.note
    draft.invoiceText = input.invoiceText.applied(to: draft.invoiceText)
    draft.isParallel = input.isParallel ?? draft.isParallel
    try await context.rewrite(row, try await context.settled(draft, place), at: place)
    return try await context.timeEntryOutput(input.id)
  }
}

extension TimeDraft {
  init(_ row: TimeEntryRow) {
    self.init(
      staff: row.staff, workType: row.workType, ticket: row.ticket?.id, line: row.line?.id, worked: row.worked, billable: row.billable,
      billableSaid: row.billableSaid, hasNoCoverage: row.hasNoCoverage, rateClass: row.rateClass, note: row.note, invoiceText: row.invoiceText,
      isParallel: row.isParallel, source: row.source,
      lateMinutes: row.lateMinutes, corrects: row.corrects?.id, withdraws: row.withdraws, correctionReason: row.correctionReason,
      purpose: row.purpose)
  }
}

extension OperationContext {
  fileprivate func rewrite(_ row: TimeEntryRow, _ draft: TimeDraft, at place: WorkPlace) async throws {
    let open = try await firstOpenDay()
    guard draft.corrects != nil || draft.worked.date >= open else {
      throw Failure(.conflict, TimeEntriesMessages.monthClosed, ["date": open.description])
    }
    _ = try await transaction.first(HoldTimeOfStaff(staff: draft.staff.id))
    let updated = try await transaction.first(UpdateDraft(tenant: tenant.id, id: row.id, version: row.version, draft: draft))
    guard let version = updated else { throw beaten }
    if draft.corrects == nil {
      freeBusy(row.publicId)
      keepBusy(row.publicId, draft.staff.id, draft.worked, isParallel: draft.isParallel)
      try await requireRoom(draft.staff.id, draft.worked, isParallel: draft.isParallel, in: try zone(of: place))
    }
    noteTime("time_draft", row.id, version, "time_entry.changed", self.id(.timeEntry, row.publicId))
  }
}

/// Takes away what was never submitted or was sent back.
package enum DeleteTimeEntry: Operation {
  package typealias Input = TimeEntryReference

  package static let declaration = Declaration(
    "time_entry.delete", "Delete a time entry that is a draft or was sent back.", zh: "删除草稿或被退回的工时。", permission: TimeRights.write,
    roles: TimeRights.staff, reach: .oneAndProvider(by: "id"), effect: .delete, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let row = try await context.timeEntry(input.id)
    try context.requireVersion(row.version)
    try context.requireOwner(row)
    return try await context.takeAway(row, "time_entry.deleted", input.id)
  }
}

/// Takes somebody else's away, who has left it lying: it would keep a month from being closed, or an entry from being corrected.
package enum DropTimeEntry: Operation {
  package typealias Input = ReasonInput<TimeFields>

  package static let declaration = Declaration(
    "time_entry.drop", "Take away a draft, or an entry that was sent back, whosever it is; with the reason, which is kept.",
    zh: "清除他人的草稿或被退回的工时；原因留存。", permission: TimeRights.review, roles: TimeRights.reviewers, reach: .oneAndProvider(by: "id"), effect: .delete,
    requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let row = try await context.timeEntry(input.id)
    try context.requireVersion(row.version)
    let done = try await context.takeAway(row, "time_entry.dropped", input.id)
    context.transaction.enqueue(
      InsertDropped(
        tenant: context.tenant.id, row: row, reason: input.reason, actor: context.actor, actorName: context.principal.name, now: context.now))
    return done
  }
}

extension OperationContext {
  fileprivate func takeAway(_ row: TimeEntryRow, _ type: String, _ id: PublicId) async throws -> Done {
    _ = try TimeApproval.state(row.state, after: .change)
    let deleted = try await transaction.first(DeleteDraft(tenant: tenant.id, id: row.id, version: row.version, state: row.state))
    guard deleted != nil else { throw beaten }
    freeBusy(row.publicId)
    subject(id)
    noteTime("time_draft", row.id, row.version + 1, type, id)
    return Done(id: id)
  }
}
