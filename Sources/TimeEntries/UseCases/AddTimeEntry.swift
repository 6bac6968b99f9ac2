import Contracts
import Kernel
import Operations
import ServiceTime

/// Records time.
package enum AddTimeEntry: Operation {
  package struct Input: OperationInput {
    let work: NamedWork
    let staff: PublicId?
    let workType: String
    let told: WorkedTime.Told
    let rateClass: String?
    let billable: Bool?
    let note: String
    let invoiceText: String?
    let isParallel: Bool
    let submits: Bool

    private static let submit = Field.boolean("submit", "Whether it is submitted for approval at once.", "是否立即提交审批。").optional

    private static let facts: [any InputField] = [
      TimeFields.staff.optional, TimeFields.workType, TimeFields.from.optional, TimeFields.to.optional, TimeFields.date.optional,
      TimeFields.minutes.optional, TimeFields.rateClass.optional, TimeFields.billable.optional, TimeFields.note.optional,
      TimeFields.invoiceText.optional, TimeFields.parallel.optional, submit,
    ]
    package static let fields: [any InputField] = [CustomerReference.field] + NamedWork.fields + facts

    package init(_ values: InputValues) throws(FieldError) {
      work = try NamedWork(values)
      staff = try values[TimeFields.staff.optional]
      workType = try values[TimeFields.workType]
      told = WorkedTime.Told(
        from: try values[TimeFields.from.optional], to: try values[TimeFields.to.optional], date: try values[TimeFields.date.optional],
        minutes: try values[TimeFields.minutes.optional])
      rateClass = try values[TimeFields.rateClass.optional]
      billable = try values[TimeFields.billable.optional]
      note = try values[TimeFields.note.optional] ?? ""
      invoiceText = try values[TimeFields.invoiceText.optional]
      isParallel = try values[TimeFields.parallel.optional] ?? false
      submits = try values[Self.submit] ?? false
    }
  }

  package static let declaration = Declaration(
    "time_entry.add", "Record time on a ticket, a request, a problem, a change, a release, a major incident or a contract line.",
    zh: "在工单、请求、问题、变更、发布、重大事件或合同行上登记工时。",
    permission: TimeRights.record,
    roles: TimeRights.recorders, reach: .oneAndProvider(by: "customer"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TimeEntryOutput {
    guard !input.submits || context.actor.kind == .staff else { throw Failure.invalid("submit", TimeEntriesMessages.submittedByOwner) }
    let staff = try await context.staffOfTime(input.staff)
    let workType = try await context.workType(input.workType)
    var rateClass: Int64?
    if let code = input.rateClass { rateClass = try await context.namedRateClass(code) }
    let (place, purpose) = try await context.place(of: input.work)
    let zone = try context.zone(of: place)
    let worked = try WorkedTime(input.told, in: zone, now: context.now)
    if input.work.ticket == nil { try await context.requireInForce(place, at: worked.beganAt, namedBy: input.work.lineField) }
    let draft = TimeDraft(
      staff: staff, workType: workType.id, ticket: place.ticket, line: place.line, worked: worked, billableSaid: input.billable, rateClass: rateClass,
      note: input.note, invoiceText: input.invoiceText, isParallel: input.isParallel, source: "entered",
      lateMinutes: worked.minutesSince(in: zone, now: context.now), corrects: nil, correctionReason: nil, purpose: purpose)
    return try await context.record(draft, at: place, submits: input.submits)
  }
}

extension OperationContext {
  /// Where the work was done: for a ticket, whose line counts, or on a line.
  func place(ticket: PublicId?, line: PublicId?) async throws -> WorkPlace {
    switch (ticket, line) {
    case (let ticket?, nil):
      guard let found = try await transaction.first(TicketOfTime(tenant: tenant.id, publicId: ticket)) else { throw unknownReference("ticket") }
      return try await place(ticket: found.ticket, line: found.line)
    case (_, let line?):
      guard let found = try await transaction.first(LineByPublicId(tenant: tenant.id, publicId: line)) else { throw unknownReference("line") }
      guard ticket == nil else { throw Failure.invalid("line", TimeEntriesMessages.lineOfTicket) }
      return try await place(ticket: nil, line: found)
    case (nil, nil): throw Failure.invalid("ticket", TimeEntriesMessages.ticketOrLine)
    }
  }

  func place(ticket: Int64?, line: Int64?) async throws -> WorkPlace {
    guard let place = try await transaction.first(PlaceOfTime(tenant: tenant.id, ticket: ticket, line: line)) else { throw Failure.notFound }
    return place
  }

  /// The zone in which its days are counted: the contract's, or the customer's.
  func zone(of place: WorkPlace) throws(Failure) -> Zone {
    guard let zone = Zone.named(place.zone ?? tenant.zone) else {
      throw Failure(.internal, OperationMessages.internalFault, debug: "a contract's or customer's zone is unknown")
    }
    return zone
  }

  /// Writes a draft, and keeps the time that it takes.
  func record(_ given: TimeDraft, at place: WorkPlace, submits: Bool) async throws -> TimeEntryOutput {
    let open = try await firstOpenDay()
    let draft = try await settled(given, place)
    guard draft.corrects != nil || draft.worked.date >= open else {
      throw Failure(.conflict, TimeEntriesMessages.monthClosed, ["date": open.description])
    }
    _ = try await transaction.first(HoldTimeOfStaff(staff: draft.staff.id))
    let id = newId(.timeEntry)
    let inserted = try await transaction.first(
      InsertDraft(
        tenant: tenant.id, publicId: id, state: submits ? .submitted : .draft, draft: draft, actor: actor, person: principal.person,
        actorName: principal.name, now: now))
    guard let row = inserted else { throw beaten }
    // A correction takes the time of what it corrects, when that is taken back.
    if draft.corrects == nil {
      keepBusy(id.random, draft.staff.id, draft.worked, isParallel: draft.isParallel)
      try await requireRoom(draft.staff.id, draft.worked, isParallel: draft.isParallel, in: try zone(of: place))
    }
    noteTime("time_draft", row, 1, "time_entry.recorded", id)
    return try await timeEntryOutput(id)
  }

  /// No day of anybody's has more than its own length, for all customers together. Asked when the time is written, and nobody else writes his.
  func requireRoom(_ staff: Int64, _ worked: WorkedTime, isParallel: Bool, in zone: Zone) async throws {
    guard !isParallel else { return }
    var day = worked.date
    let last = worked.endedAt.map { zone.date(at: $0.adding(seconds: -1)) } ?? day
    while day <= last {
      let (from, to) = (zone.start(of: day), zone.start(of: day.adding(days: 1)))
      let total = try await transaction.first(MinutesOfDay(staff: staff, date: day, from: from, to: to)) ?? 0
      let most = max(WorkedTime.longestMinutes, (to.seconds - from.seconds) / 60)
      guard total <= most else {
        throw Failure(
          .conflict, TimeEntriesMessages.dayIsFull, ["date": day.description, "total": hours(total), "most": hours(most)])
      }
      day = day.adding(days: 1)
    }
  }

  private func hours(_ minutes: Int64) -> String { "\(minutes / 60):\(minutes % 60 < 10 ? "0" : "")\(minutes % 60)" }

  func keepBusy(_ publicId: [UInt8], _ staff: Int64, _ worked: WorkedTime, isParallel: Bool) {
    guard let end = worked.endedAt, !isParallel else { return }
    transaction.enqueue(
      InsertBusy(provider: provider.id, customer: tenant.id, publicId: publicId, staff: staff, from: worked.beganAt, to: end))
  }

  func freeBusy(_ publicId: [UInt8]) {
    transaction.enqueue(DeleteBusy(provider: provider.id, customer: tenant.id, publicId: publicId))
  }
}
