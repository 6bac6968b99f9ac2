import Kernel
import Operations

/// Corrects what was approved: a reversal, and what is right instead. Both are there when somebody else has approved it, so sums are
/// true at any time.
package enum CorrectTimeEntry: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let reason: String
    let work: NamedWork
    let staff: PublicId?
    let workType: String?
    let told: WorkedTime.Told
    let rateClass: Change<String>
    let billable: Bool?
    let note: String?
    let invoiceText: String?
    let isParallel: Bool?

    private static let rateClass = TimeFields.rateClass.clearable

    private static let facts: [any InputField] = [
      TimeFields.staff.optional, TimeFields.workType.optional, TimeFields.from.optional, TimeFields.to.optional, TimeFields.date.optional,
      TimeFields.minutes.optional, rateClass, TimeFields.billable.optional, TimeFields.note.optional, TimeFields.invoiceText.optional,
      TimeFields.parallel.optional,
    ]
    package static let fields: [any InputField] = [TimeFields.id, TimeFields.reason] + NamedWork.fields + facts

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[TimeFields.id]
      reason = try values[TimeFields.reason]
      work = try NamedWork(values)
      staff = try values[TimeFields.staff.optional]
      workType = try values[TimeFields.workType.optional]
      told = WorkedTime.Told(
        from: try values[TimeFields.from.optional], to: try values[TimeFields.to.optional], date: try values[TimeFields.date.optional],
        minutes: try values[TimeFields.minutes.optional])
      rateClass = try values[Self.rateClass]
      billable = try values[TimeFields.billable.optional]
      note = try values[TimeFields.note.optional]
      invoiceText = try values[TimeFields.invoiceText.optional]
      isParallel = try values[TimeFields.parallel.optional]
    }

    /// Nothing is told that would be right instead.
    var withdraws: Bool {
      !namesPlace && staff == nil && workType == nil && told.isEmpty && rateClass.isKeep && billable == nil && note == nil && invoiceText == nil
        && isParallel == nil
    }

    var namesPlace: Bool { work.count > 0 || work.line != nil }
  }

  package static let declaration = Declaration(
    "time_entry.correct",
    "Correct an approved time entry: tell what is right instead, or nothing to take it back. It counts when somebody else has approved it.",
    zh: "更正已批准的工时：填写正确内容，或不填以冲销原记录。经他人批准后生效。", roles: TimeRights.staff, reach: .oneAndProvider(by: "id"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TimeEntryOutput {
    let row = try await context.timeEntry(input.id)
    guard row.state == .approved else { throw Failure(.conflict, TimeEntriesMessages.notApproved) }
    guard !row.isReversal else { throw Failure(.conflict, TimeEntriesMessages.reversal) }
    guard row.reversedBy == nil else { throw Failure(.conflict, TimeEntriesMessages.correctedAlready) }
    var draft = TimeDraft(row)
    draft.source = "correction"
    draft.corrects = row.id
    draft.withdraws = input.withdraws
    draft.correctionReason = input.reason
    if let staff = input.staff { draft.staff = try await context.staffOfTime(staff) }
    if let code = input.workType { draft.workType = try await context.workType(code).id }
    switch input.rateClass {
    case .keep: break
    case .clear: draft.rateClass = nil
    case .set(let code): draft.rateClass = try await context.namedRateClass(code)
    }
    let (place, purpose) = try await context.place(of: input.work, correcting: row)
    draft.ticket = place.ticket
    draft.purpose = purpose
    if input.namesPlace || !input.told.isEmpty {
      let zone = try context.zone(of: place)
      draft.worked = input.told.isEmpty ? row.worked.moved(to: zone) : try WorkedTime(input.told, in: zone, now: context.now)
      draft.lateMinutes = draft.worked.minutesSince(in: zone, now: context.now)
      if place.ticket == nil { try await context.requireInForce(place, at: draft.worked.beganAt, namedBy: input.work.lineField) }
    }
    draft.billableSaid = input.billable ?? draft.billableSaid
    draft.note = input.note ?? draft.note
    draft.invoiceText = input.invoiceText ?? draft.invoiceText
    draft.isParallel = input.isParallel ?? draft.isParallel
    return try await context.record(draft, at: place, submits: context.actor.kind == .staff)
  }
}
