import BillingEngine
import Kernel
import Operations

/// A credit schedule in one of its versions.
package struct CreditScheduleOutput: OperationOutput {
  let id: PublicId
  let row: ScheduleRow

  init(_ row: ScheduleRow, in context: OperationContext) {
    id = context.id(.creditSchedule, row.publicId)
    self.row = row
  }

  package static let fields: [OutputField<CreditScheduleOutput>] = [
    OutputField("id", .id, "The schedule.", "补偿方案编号。") { .id($0.id) },
    OutputField("name", .text, "Its name.", "名称。") { .text($0.row.name) },
    OutputField("terms", .document, "What is measured, the bands and what they pay.", "考核内容、档位及补偿。") { $0.row.terms },
    OutputField("source", .text, "Which agreement it was written after.", "所依据的协议。") { .text($0.row.source) },
    OutputField("note", .text, "What is to be known of it.", "说明。") { .text($0.row.note) },
    OutputField("validFrom", .instant, "From when this version holds.", "此版本自何时起生效。") { .instant($0.row.validFrom) },
    OutputField("recordedAt", .instant, "When this version was recorded.", "此版本的登记时间。") { .instant($0.row.recordedAt) },
    OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer($0.row.version) },
  ]
}

enum ScheduleFields {
  static let id = Field.id("id", .creditSchedule, "The schedule.", "补偿方案编号。")
  static let name = Field.text("name", 1...120, "Its name, unique.", "名称，不可重复。")
  static let terms = Field.document(
    "terms", "What is measured, the bands of attainment and what they pay; see docs/service-credits.md.", "考核内容、达成率档位及补偿；参见 docs/service-credits.md。")
  static let source = Field.text("source", 1...500, "Which agreement it was written after: an address, a document.", "所依据的协议：网址或文件。")
  static let note = Field.longText("note", 1...4000, "What is to be known of it.", "说明。")
  static let asOf = Field.instant("asOf", "The instant as of which it is read (default: now).", "以哪个时刻为准读取（默认当前时刻）。").optional
  static let validFrom = Field.instant(
    "validFrom", "From when it holds (default: now). Not before now, and after what there is.", "自何时起生效（默认当前时刻），不得早于当前时刻，且须晚于已有版本。"
  ).optional

  /// The terms, once they have been read as a schedule.
  static func checked(_ terms: Value) throws(Failure) -> Value {
    do throws(Failure) {
      _ = try CreditSchedule(terms)
      return terms
    } catch {
      let moved = error.violations.map { Failure.Violation(path: $0.path.isEmpty ? "terms" : "terms.\($0.path)", $0.message, $0.arguments) }
      throw Failure(error.kind, error.message, error.arguments, violations: moved)
    }
  }
}

package enum CreateCreditSchedule: Operation {
  package struct Input: OperationInput {
    let name: String
    let terms: Value
    let source: String?
    let note: String?

    package static let fields: [any InputField] = [
      ScheduleFields.name, ScheduleFields.terms, ScheduleFields.source.optional, ScheduleFields.note.optional,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      name = try values[ScheduleFields.name]
      terms = try values[ScheduleFields.terms]
      source = try values[ScheduleFields.source.optional]
      note = try values[ScheduleFields.note.optional]
    }
  }

  package static let declaration = Declaration(
    "credit_schedule.create", "Record what a missed service level is worth.", zh: "登记未达服务级别时的补偿方案。", permission: "credit_schedule.manage",
    roles: CreditRights.managers, scopes: [.all], reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CreditScheduleOutput {
    let terms = try ScheduleFields.checked(input.terms)
    let id = context.newId(.creditSchedule)
    let inserted = try await context.transaction.first(
      InsertCreditSchedule(publicId: id, name: input.name, source: input.source, note: input.note, now: context.now))
    guard let schedule = inserted else { throw Failure.notFound }
    context.transaction.enqueue(InsertCreditScheduleVersion(schedule: schedule, validFrom: Instant(seconds: 0), terms: terms, now: context.now))
    context.subject(id)
    return try await context.scheduleOutput(id, at: context.now)
  }
}

package enum ReadCreditSchedule: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let asOf: Instant?

    package static let fields: [any InputField] = [ScheduleFields.id, ScheduleFields.asOf]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ScheduleFields.id]
      asOf = try values[ScheduleFields.asOf]
    }
  }

  package static let declaration = Declaration(
    "credit_schedule.read", "Read a credit schedule.", zh: "查看补偿方案。", roles: CreditRights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CreditScheduleOutput {
    try await context.scheduleOutput(input.id, at: input.asOf ?? context.now)
  }
}

package enum ListCreditSchedules: Operation {
  package struct Input: OperationInput {
    let asOf: Instant?
    let limit: Int64?
    let cursor: String?

    package static let fields: [any InputField] = [ScheduleFields.asOf, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      asOf = try values[ScheduleFields.asOf]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "credit_schedule.list", "List the credit schedules by name.", zh: "按名称列出补偿方案。", permission: "credit_schedule.read", roles: CreditRights.staff,
    reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<CreditScheduleOutput> {
    let filter = input.asOf?.description ?? ""
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      CreditSchedulesAt(at: input.asOf ?? context.now, after: try after?.text(0) ?? "", limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.text($0.name)])
    } element: {
      CreditScheduleOutput($0, in: context)
    }
  }
}

package enum ReviseCreditSchedule: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let name: Change<String>
    let terms: Value?
    let source: Change<String>
    let note: Change<String>
    let validFrom: Instant?

    private static let terms = ScheduleFields.terms.optional

    package static let fields: [any InputField] = [
      ScheduleFields.id, ScheduleFields.name.change, terms, ScheduleFields.source.clearable, ScheduleFields.note.clearable, ScheduleFields.validFrom,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ScheduleFields.id]
      name = try values[ScheduleFields.name.change]
      terms = try values[Self.terms]
      source = try values[ScheduleFields.source.clearable]
      note = try values[ScheduleFields.note.clearable]
      validFrom = try values[ScheduleFields.validFrom]
    }
  }

  package static let declaration = Declaration(
    "credit_schedule.revise", "Give a credit schedule a new version; periods that have begun keep theirs.", zh: "为补偿方案增加新版本；已开始的期间沿用原版本。",
    permission: "credit_schedule.manage", roles: CreditRights.managers, scopes: [.all], reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CreditScheduleOutput {
    guard let newest = try await context.transaction.first(CreditScheduleAt(publicId: input.id, at: nil)) else { throw Failure.notFound }
    try context.requireVersion(newest.version)
    guard !input.name.isKeep || input.terms != nil || !input.source.isKeep || !input.note.isKeep else {
      throw Failure(.invalid, CreditsMessages.nothingToChange)
    }
    let validFrom = input.validFrom ?? context.now
    if let terms = input.terms {
      let terms = try ScheduleFields.checked(terms)
      guard validFrom > newest.validFrom else {
        throw Failure.invalid("validFrom", CreditsMessages.notLater, ["newest": newest.validFrom.description])
      }
      try context.requireAhead(validFrom)
      context.transaction.enqueue(InsertCreditScheduleVersion(schedule: newest.id, validFrom: validFrom, terms: terms, now: context.now))
    }
    let advanced = try await context.transaction.first(
      AdvanceCreditSchedule(
        id: newest.id, version: newest.version, name: input.name.applied(to: newest.name), source: input.source.applied(to: newest.source),
        note: input.note.applied(to: newest.note)))
    guard let version = advanced else { throw context.beaten }
    context.subject(input.id)
    context.record(
      Event(
        subjectKind: "credit_schedule", subject: newest.id, seq: version, type: "credit_schedule.revised",
        payload: .object(["schedule": .id(input.id), "validFrom": .instant(input.terms == nil ? nil : validFrom)]), occurredAt: context.now))
    return try await context.scheduleOutput(input.id, at: max(validFrom, newest.validFrom))
  }
}

extension OperationContext {
  fileprivate func scheduleOutput(_ id: PublicId, at: Instant) async throws -> CreditScheduleOutput {
    guard let row = try await transaction.first(CreditScheduleAt(publicId: id, at: at)) else { throw Failure.notFound }
    return CreditScheduleOutput(row, in: self)
  }

  /// A period is judged by what held when it began: what is written into the past would reach into those that have begun.
  func requireAhead(_ validFrom: Instant) throws(Failure) {
    guard validFrom >= now else { throw .invalid("validFrom", CreditsMessages.inThePast, ["now": now.description]) }
  }

  /// A contract line that an input names.
  func creditedLine(_ id: PublicId) async throws -> CreditedLine.Found {
    guard let line = try await transaction.first(CreditedLine(tenant: tenant.id, publicId: id)) else { throw unknownReference("line") }
    return line
  }

  /// A schedule that an input names, in its newest version.
  func creditSchedule(_ id: PublicId) async throws -> ScheduleRow {
    guard let schedule = try await transaction.first(CreditScheduleAt(publicId: id, at: nil)) else { throw unknownReference("schedule") }
    return schedule
  }
}
