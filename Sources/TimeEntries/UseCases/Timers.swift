import Contracts
import Kernel
import Operations
import ServiceTime

package struct TimerOutput: OperationOutput {
  let row: TimerRow

  private func own(_ kind: IdKind, _ bits: [UInt8]?) -> Value {
    .id(bits.flatMap { PublicId(kind: kind.prefix, handle: row.customerHandle, random: $0) })
  }

  private func providers(_ thing: ProvidersThing) -> Value {
    .id(row.things[thing].flatMap { PublicId(kind: thing.kind.prefix, handle: row.providerHandle, random: $0) })
  }

  package static let fields: [OutputField<TimerOutput>] = [
    OutputField("id", .id, "The timer.", "计时器编号。") { $0.own(.timer, $0.row.publicId) },
    OutputField("customer", .id, "The customer.", "客户。") { $0.own(.customer, $0.row.customer) },
    OutputField("ticket", .id, "The ticket.", "工单。") { $0.own(.ticketOfTime, $0.row.ticket) },
    OutputField("line", .id, "The contract line.", "合同行。") { $0.own(.contractLine, $0.row.line) },
    OutputField("request", .id, "The request.", "服务请求。") { $0.own(.requestOfTime, $0.row.request) },
    OutputField("problem", .id, "The problem.", "问题。") { $0.providers(.problem) },
    OutputField("change", .id, "The change.", "变更。") { $0.providers(.change) },
    OutputField("release", .id, "The release.", "发布。") { $0.providers(.release) },
    OutputField("majorIncident", .id, "The major incident.", "重大事件。") { $0.providers(.majorIncident) },
    OutputField("workType", .text, "What is done.", "工作类型。") { .text($0.row.workType) },
    OutputField("note", .text, "What only the staff sees.", "内部备注。") { .text($0.row.note) },
    OutputField("startedAt", .instant, "Since when it runs.", "开始时间。") { .instant($0.row.startedAt) },
    OutputField("dueAt", .instant, "When it will have run for too long.", "计时上限到期时间。") { .instant($0.row.dueAt) },
    OutputField("forgottenAt", .instant, "When it was found to have been forgotten.", "被认定为遗忘的时间。") { .instant($0.row.forgottenAt) },
  ]
}

/// Starts one's timer. There is one for each person: the database holds it.
package enum StartTimer: Operation {
  package struct Input: OperationInput {
    let work: NamedWork
    let workType: String
    let note: String
    let startedAt: Instant?
    let limitMinutes: Int64

    private static let startedAt = Field.instant("startedAt", "When the work began (default now): at most a day ago.", "工作开始时间（默认当前时刻，最多一天前）。").optional
    private static let limitMinutes = Field.integer(
      "limitMinutes", 1...WorkedTime.longestMinutes, "After so many minutes it counts as forgotten (default 600).", "超过此分钟数视为遗忘（默认 600）。"
    ).optional

    package static let fields: [any InputField] =
      [CustomerReference.field] + NamedWork.fields + [TimeFields.workType, TimeFields.note.optional, startedAt, limitMinutes]

    package init(_ values: InputValues) throws(FieldError) {
      work = try NamedWork(values)
      workType = try values[TimeFields.workType]
      note = try values[TimeFields.note.optional] ?? ""
      startedAt = try values[Self.startedAt]
      limitMinutes = try values[Self.limitMinutes] ?? 600
    }
  }

  package static let declaration = Declaration(
    "timer.start", "Start one's timer on a ticket, a request, a problem, a change, a release, a major incident or a contract line.",
    zh: "在工单、请求、问题、变更、发布、重大事件或合同行上启动本人的计时器。",
    permission: TimeRights.record,
    roles: TimeRights.recorders, reach: .oneAndProvider(by: "customer"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TimerOutput {
    let staff = try await context.staffOfTime(nil)
    let workType = try await context.workType(input.workType)
    let startedAt = input.startedAt ?? context.now
    guard startedAt <= context.now, startedAt > context.now.adding(seconds: -86_400) else {
      throw Failure.invalid("startedAt", TimeEntriesMessages.timerStart)
    }
    // What leads nowhere is told now, and not when the work is done.
    let (place, _) = try await context.place(of: input.work)
    if input.work.ticket == nil { try await context.requireInForce(place, at: startedAt, namedBy: input.work.lineField) }
    let id = context.newId(.timer)
    context.transaction.enqueue(
      InsertTimer(
        provider: context.provider.id, staff: staff.id, publicId: id, customer: context.tenant.id, work: input.work,
        workType: workType.id, note: input.note, startedAt: startedAt, dueAt: startedAt.adding(seconds: input.limitMinutes * 60), now: context.now))
    guard let row = try await context.transaction.first(TimerOfStaff(provider: context.provider.id, staff: staff.id)) else { throw context.beaten }
    context.subject(id)
    return TimerOutput(row: row)
  }
}

package enum ReadTimer: Operation {
  package typealias Input = NoInput

  package struct Output: OperationOutput {
    let timer: TimerOutput?

    package static let fields: [OutputField<Output>] = [
      OutputField("timer", record: TimerOutput.self, "The running timer; null: none runs.", "运行中的计时器；null 表示没有。") { $0.timer }
    ]
  }

  package static let declaration = Declaration(
    "timer.read", "Read one's running timer.", zh: "查看本人运行中的计时器。", permission: TimeRights.record, roles: TimeRights.recorders, reach: .provider,
    effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    guard let staff = context.ownStaffId else { return Output(timer: nil) }
    let row = try await context.transaction.first(TimerOfStaff(provider: context.provider.id, staff: staff))
    return Output(timer: row.map(TimerOutput.init))
  }
}

/// Stops one's timer and makes a draft of what it counted.
package enum StopTimer: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let at: Instant?
    let note: String?
    let invoiceText: String?
    let billable: Bool?
    let isParallel: Bool

    private static let id = Field.id("id", .timer, "The timer.", "计时器编号。")
    private static let at = Field.instant(
      "at", "When the work ended (default now). Must be told where the timer ran beyond its limit.", "工作结束时间（默认当前时刻）；计时超过上限时必填。"
    ).optional

    package static let fields: [any InputField] = [
      id, at, TimeFields.note.optional, TimeFields.invoiceText.optional, TimeFields.billable.optional, TimeFields.parallel.optional,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[Self.id]
      at = try values[Self.at]
      note = try values[TimeFields.note.optional]
      invoiceText = try values[TimeFields.invoiceText.optional]
      billable = try values[TimeFields.billable.optional]
      isParallel = try values[TimeFields.parallel.optional] ?? false
    }
  }

  package static let declaration = Declaration(
    "timer.stop", "Stop one's timer and make a draft of a time entry of it.", zh: "停止本人的计时器并生成工时草稿。", permission: TimeRights.record,
    roles: TimeRights.recorders, reach: .oneAndProvider(by: "id"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TimeEntryOutput {
    let timer = try await context.ownTimer(input.id)
    let isForgotten = context.now >= timer.dueAt
    guard !isForgotten || input.at != nil else {
      throw Failure(.conflict, TimeEntriesMessages.timerForgotten, ["due": timer.dueAt.description])
    }
    let staff = try await context.staffOfTime(nil)
    let (place, purpose) = try await context.place(of: timer)
    let zone = try context.zone(of: place)
    let (from, to) = (timer.startedAt.wholeMinute, (input.at ?? context.now).wholeMinute)
    guard from != to else { throw Failure(.conflict, TimeEntriesMessages.timerTooShort) }
    let worked: WorkedTime
    do throws(Failure) {
      worked = try WorkedTime(WorkedTime.Told(from: from, to: to), in: zone, now: context.now)
    } catch {
      // The fields of a stop are others than those of an entry.
      throw Failure(.invalid, error.message, violations: error.violations.map { .init(path: "at", $0.message, $0.arguments) })
    }
    guard try await context.transaction.first(DeleteTimer(provider: context.provider.id, staff: staff.id, publicId: timer.publicId)) != nil else {
      throw context.beaten
    }
    return try await context.record(
      TimeDraft(
        staff: staff, workType: timer.workTypeId, ticket: place.ticket, line: place.line, worked: worked, billableSaid: input.billable, rateClass: nil,
        note: input.note ?? timer.note, invoiceText: input.invoiceText, isParallel: input.isParallel,
        source: isForgotten ? "forgotten_timer" : "timer", lateMinutes: worked.minutesSince(in: zone, now: context.now), corrects: nil,
        correctionReason: nil, purpose: purpose), at: place, submits: false)
  }
}

/// Drops one's timer: nothing is recorded. Also for a customer that the caller serves no more, so the timer's id is only compared.
package enum DiscardTimer: Operation {
  package struct Input: OperationInput {
    let timer: String

    private static let timer = Field.text("timer", 1...60, "The id of one's running timer.", "本人运行中计时器的编号。")

    package static let fields: [any InputField] = [timer]

    package init(_ values: InputValues) throws(FieldError) { timer = try values[Self.timer] }
  }

  package static let declaration = Declaration(
    "timer.discard", "Drop one's running timer without recording time.", zh: "放弃本人运行中的计时器，不登记工时。", permission: TimeRights.record,
    roles: TimeRights.recorders, reach: .provider, effect: .delete)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let provider = context.provider.id
    guard let staff = context.ownStaffId, let timer = try await context.transaction.first(TimerOfStaff(provider: provider, staff: staff)),
      let id = PublicId(kind: IdKind.timer.prefix, handle: timer.customerHandle, random: timer.publicId), id.description == input.timer
    else { throw Failure.notFound }
    let gone = try await context.transaction.first(DeleteTimer(provider: provider, staff: staff, publicId: timer.publicId))
    guard gone != nil else { throw context.beaten }
    context.subject(id)
    return Done(id: id)
  }
}

extension OperationContext {
  fileprivate func ownTimer(_ id: PublicId) async throws -> TimerRow {
    guard let staff = ownStaffId, let row = try await transaction.first(TimerOfStaff(provider: provider.id, staff: staff)),
      row.publicId == id.random, row.customerHandle == id.handle
    else { throw Failure.notFound }
    return row
  }
}

extension Instant {
  /// The beginning of its minute.
  fileprivate var wholeMinute: Instant { Instant(microseconds: microseconds - microseconds.flooredRemainder(by: 60_000_000)) }
}
