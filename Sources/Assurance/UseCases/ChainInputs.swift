import Contracts
import Desk
import Kernel
import Operations

/// Own work of a team on a ticket of a priority.
struct HandlingInput: OperationInput {
  let priority: Int64?
  let seconds: Int64

  private static let priority = Field.integer("priority", Rating.numbers, "The priority (default: each that is not named).", "优先级（默认适用于未列出的各优先级）。").optional
  private static let seconds = Field.integer(
    "seconds", 0...315_360_000, "Seconds of open time that the team works on such a ticket before its OLA, or without one.",
    "团队处理此类工单所需的服务时间秒数（在 OLA 之外）。")

  static let fields: [any InputField] = [priority, seconds]

  init(_ values: InputValues) throws(FieldError) {
    priority = try values[Self.priority]
    seconds = try values[Self.seconds]
  }
}

struct ChainTeamInput: OperationInput {
  let team: PublicId
  let tier: Int64
  let metrics: [String]?
  let calendar: PublicId?
  let handling: [HandlingInput]

  private static let team = Field.id("team", .team, "The team.", "团队。")
  private static let tier = Field.integer(
    "tier", 1...9, "Its place: 1 the first line (default). Teams of the same tier stand in for one another.", "所在层级：1 为一线（默认）。同一层级的团队互为替补。"
  ).optional
  private static let metrics = Field<[String]>.list(
    "metrics", of: ChainFields.metric("metric"), count: 1...3,
    "The metrics for which its part is needed (default: all for the lowest tier, resolution for the others).",
    "需要该团队参与的指标（默认：最低层级为全部，其他层级为 resolution）。"
  ).optional
  private static let calendar = Field.id(
    "calendar", .calendar, "In which it works where no OLA says so.", "没有 OLA 约定时的工作时间日历。"
  ).optional
  private static let handling = Field<[HandlingInput]>.list(
    "handling", of: Field<HandlingInput>.object("handling", "Own work.", "自身处理时间。"), count: 0...Rating.numbers.count + 1,
    "Its own work by priority (default: none).",
    "按优先级的自身处理时间（默认无）。"
  ).optional

  static let fields: [any InputField] = [team, tier, metrics, calendar, handling]

  init(_ values: InputValues) throws(FieldError) {
    team = try values[Self.team]
    tier = try values[Self.tier] ?? 1
    metrics = try values[Self.metrics]
    calendar = try values[Self.calendar]
    handling = try values[Self.handling] ?? []
  }
}

enum ChainFields {
  static let line = Field.id("line", .contractLine, "The contract line.", "合同行。")

  static func metric(_ name: String) -> Field<String> {
    Field.oneOf(name, ClockMetric.allCases.map(\.rawValue), "A metric of a ticket's clocks.", "工单时钟的指标。")
  }
}

/// What a chain must be before it is stored.
enum ChainRule {
  /// - Parameters:
  ///   - teams: the ids of teams by the random bits of their public ids; the same of calendars.
  static func teams(
    _ inputs: [ChainTeamInput], teams: [[UInt8]: Int64], calendars: [[UInt8]: Int64], unknown: Message
  ) throws(Failure) -> [ChainTeam] {
    var violations: [Failure.Violation] = []
    var chain: [ChainTeam] = []
    var taken: Set<Int64> = []
    let first = inputs.map(\.tier).min() ?? 1
    for (index, input) in inputs.enumerated() {
      func refuse(_ field: String, _ message: Message) { violations.append(Failure.Violation(path: "teams[\(index)].\(field)", message)) }
      let calendar = input.calendar.flatMap { calendars[$0.random] }
      if input.calendar != nil, calendar == nil { refuse("calendar", unknown) }
      guard let team = teams[input.team.random] else {
        refuse("team", unknown)
        continue
      }
      if !taken.insert(team).inserted { refuse("team", AssuranceMessages.twice) }
      if Set(input.handling.map(\.priority)).count != input.handling.count { refuse("handling", AssuranceMessages.handlingTwice) }
      let metrics = input.metrics ?? (input.tier == first ? ClockMetric.allCases.map(\.rawValue) : [ClockMetric.resolution.rawValue])
      chain.append(ChainTeam(team: team, tier: input.tier, metrics: Set(metrics).sorted(), calendar: calendar, handling: handling(input.handling)))
    }
    guard violations.isEmpty else { throw Failure(.invalid, KernelMessages.invalidInput, violations: violations) }
    return chain
  }

  /// As ``HandlingTimes`` are written.
  static func handling(_ inputs: [HandlingInput]) -> [Int64] {
    let general = inputs.first { $0.priority == nil }?.seconds ?? 0
    return HandlingTimes.written(Rating.numbers.map { priority in inputs.first { $0.priority == priority }?.seconds ?? general })
  }
}
