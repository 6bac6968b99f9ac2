import Jobs
import Kernel
import Operations
import ServiceTime

/// When a sweep runs, as the provider chose.
struct SweepScheduleOutput: OperationOutput {
  let kind: String
  let plan: SchedulePlan?
  let calendar: PublicId?
  let nextAt: Instant
  let version: Int64

  static let fields: [OutputField<SweepScheduleOutput>] = [
    OutputField("kind", .text, "The sweep.", "作业类别。") { .text($0.kind) },
    OutputField("time", .text, "The time of day at which it runs; null: by its interval.", "每日运行时刻；null 表示按间隔运行。") {
      .text($0.plan.map { DailyTime.text($0.time.minute) })
    },
    OutputField("zone", .text, "The zone of that time.", "该时刻所用的时区。") { .text($0.plan?.time.zone.identifier) },
    OutputField("calendar", .id, "The coverage calendar on whose open days it runs; null: on every day.", "仅在该服务时间日历的服务日运行；null 表示每天运行。") {
      .id($0.calendar)
    },
    OutputField("nextAt", .instant, "When it runs next.", "下次运行时间。") { .instant($0.nextAt) },
    OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer($0.version) },
  ]
}

private enum SweepFields {
  static let kind = Field.text("kind", 1...100, "The sweep, as sweep.list names it.", "作业类别，见 sweep.list。")
}

/// Lets a sweep run at a time of day, on every day or on the open days of a coverage calendar, instead of by its interval. Only one that does then
/// as well what it would have done meanwhile: which these are, its code says.
enum ScheduleSweep: Operation {
  struct Input: OperationInput {
    let kind: String
    let minute: Int64
    let zone: Zone?
    let calendar: PublicId?

    private static let time = Field.text("time", 5...5, "The time of day: 02:30.", "每日运行时刻，例如 02:30。")
    private static let zone = Field.text(
      "zone", 1...60, "The IANA time zone of that time (default: the provider's).", "该时刻的 IANA 时区（默认为服务商时区）。"
    ).optional
    private static let calendar = Field.id(
      "calendar", .calendar, "A coverage calendar on whose open days alone it runs; without it, on every day.", "仅在该服务时间日历的服务日运行；省略则每天运行。"
    ).optional

    static let fields: [any InputField] = [SweepFields.kind, time, zone, calendar]

    init(_ values: InputValues) throws(FieldError) {
      kind = try values[SweepFields.kind]
      guard let minute = DailyTime.minute(try values[Self.time]) else { throw FieldError("time", SweepScheduleMessages.notATime) }
      self.minute = minute
      let name = try values[Self.zone]
      zone = name.flatMap { Zone.named($0) }
      if let name, zone == nil { throw FieldError("zone", ServiceTimeMessages.unknownZone, ["zone": name]) }
      calendar = try values[Self.calendar]
    }
  }

  static let declaration = Declaration(
    "sweep.schedule", "Let recurring work run at a time of day, on every day or on the open days of a calendar.",
    zh: "让周期性作业在每日（或日历的服务日）的固定时刻运行。", permission: "job.manage", roles: [.administrator], scopes: [.all], reach: .provider, effect: .change,
    requiresVersion: true)

  static func run(_ input: Input, in context: OperationContext) async throws -> SweepScheduleOutput {
    let version = try await context.raiseSetting(SweepRecord.setting(input.kind))
    guard let zone = input.zone ?? Zone.named(context.provider.zone), let time = DailyTime(minute: input.minute, zone: zone) else {
      throw Failure.invalid("zone", InputMessages.requiredHere)
    }
    var (calendar, days): (Int64?, OpenDays?) = (nil, nil)
    if let id = input.calendar {
      guard let head = try await context.transaction.first(CalendarHead(publicId: id, customers: context.reachableCustomers)) else {
        throw context.unknownReference("calendar")
      }
      let open = try await CoverageDays().openDays(of: head.id, from: context.now, in: context.transaction)
      guard time.nextRun(after: context.now, on: open) != nil else {
        throw Failure.invalid("calendar", SweepScheduleMessages.neverOpen, ["days": String(DailyTime.reachDays)])
      }
      (calendar, days) = (head.id, open)
    }
    let plan = SchedulePlan(time: time, calendar: calendar)
    let next = plan.next(after: context.now, on: days)
    let statement = PlanSchedule(tenant: context.provider.id, kind: input.kind, plan: plan, next: next, now: context.now)
    guard try await context.transaction.first(statement) != nil else { throw try await context.notSchedulable() }
    return SweepScheduleOutput(kind: input.kind, plan: plan, calendar: input.calendar, nextAt: next.runAt, version: version)
  }
}

/// Lets a sweep run by its interval again, and at once.
enum UnscheduleSweep: Operation {
  struct Input: OperationInput {
    let kind: String
    static let fields: [any InputField] = [SweepFields.kind]
    init(_ values: InputValues) throws(FieldError) { kind = try values[SweepFields.kind] }
  }

  static let declaration = Declaration(
    "sweep.unschedule", "Let recurring work run by its interval again.", zh: "让周期性作业恢复按间隔运行。", permission: "job.manage", roles: [.administrator],
    scopes: [.all], reach: .provider, effect: .change, requiresVersion: true)

  static func run(_ input: Input, in context: OperationContext) async throws -> SweepScheduleOutput {
    let version = try await context.raiseSetting(SweepRecord.setting(input.kind))
    let statement = PlanSchedule(intervalOf: input.kind, tenant: context.provider.id, now: context.now)
    guard try await context.transaction.first(statement) != nil else { throw try await context.notSchedulable() }
    return SweepScheduleOutput(kind: input.kind, plan: nil, calendar: nil, nextAt: context.now, version: version)
  }
}

extension OperationContext {
  fileprivate func notSchedulable() async throws -> Failure {
    let kinds = try await transaction.query(SchedulableKinds(tenant: provider.id))
    return .invalid("kind", SweepScheduleMessages.notSchedulable, ["allowed": kinds.asAllowed])
  }
}

enum SweepScheduleMessages: MessageCatalog {
  static let notATime = Message("sweep.not_a_time", "This must be a time of day such as 02:30.", zh: "必须是时刻，例如 02:30。")
  static let neverOpen = Message(
    "sweep.never_open", "This calendar has no open day within the next {days} days.", zh: "该日历在未来 {days} 天内没有服务日。")
  static let notSchedulable = Message(
    "sweep.not_schedulable", "Only these may have a time of day: {allowed}.", zh: "只有下列作业可以设定运行时刻：{allowed}。")

  static let all = [notATime, neverOpen, notSchedulable]
}
