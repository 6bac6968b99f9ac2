import Contracts
import Kernel
import Operations

package struct FileSla: OperationInput {
  let name: String
  let kind: AgreementKind
  let resolutionStopsAt: ResolutionStop
  /// Nil: the file does not say.
  let waits: FileWaits?
  let targets: [FileTarget]

  private static let kind = Field.oneOf("kind", AgreementKind.allCases.map(\.rawValue), "sla (default) or ola, for teams.", "sla（默认）或 ola（供团队使用）。")
  private static let stopsAt = Field.oneOf("resolutionStopsAt", ResolutionStop.allCases.map(\.rawValue), "Where resolution stops.", "解决计时停止处。")
  private static let waits = Field<FileWaits>.object("waits", "How waits bear on the clocks.", "等待对时钟的影响。")
  private static let targets = Field<[FileTarget]>.list(
    "targets", of: Field<FileTarget>.object("target", "A target.", "目标。"), count: 1...100, "What is promised.", "服务级别目标。")

  package static let fields: [any InputField] = [FileFields.name, kind.optional, stopsAt.optional, waits.optional, targets]

  package init(_ values: InputValues) throws(FieldError) {
    name = try values[FileFields.name]
    kind = try values[Self.kind.optional].flatMap(AgreementKind.init(rawValue:)) ?? .sla
    resolutionStopsAt = try values[Self.stopsAt.optional].flatMap(ResolutionStop.init(rawValue:)) ?? .resolved
    waits = try values[Self.waits.optional]
    targets = try values[Self.targets]
  }

  /// One target for each combination of what a line of the file names, as the operations take them.
  var goals: [Goal] {
    targets.enumerated().flatMap { index, target in target.labels.map { target.goal($0, path: "targets[\(index)]") } }
  }
}

/// One line of an SLA in a file: for several priorities, types, services and tiers at once.
package struct FileTarget: OperationInput {
  /// What ``within`` says where nothing is promised.
  static let noneWord = "none"

  let metric: TargetMetric
  /// What of the catalogue and of the list of CI tiers it names, by code.
  let services: [String]
  let ciTiers: [String]
  let labels: [TargetLabel]
  let explicitlyNone: Bool
  let within: Budget?
  let calendar: String?
  let objective: Rate?
  let period: String?
  let countsFrom: String?
  let warnAt: [Int64]
  let pauses: Bool?

  private static let metric = Field.text(
    "metric", 2...40, "What is promised: response, resolution, update, or the code of a measure.", "指标：response、resolution、update，或测量指标代码。")
  private static let priorities = Field<[Int64]>.list(
    "priorities", of: Field.integer("priority", Rating.numbers, "A priority.", "优先级。"), count: 1...Rating.numbers.count,
    "The priorities that it is for (default: any).",
    "适用的优先级（默认任何优先级）。")
  private static let types = Field<[String]>.list(
    "types", of: Field.oneOf("type", TicketType.allCases.map(\.rawValue), "A ticket type.", "工单类型。"), count: 1...4,
    "The ticket types that it is for (default: any).", "适用的工单类型（默认任何类型）。")
  private static let services = Field<[String]>.list(
    "services", of: Field.text("service", 2...32, "A service's code.", "服务代码。"), count: 1...20,
    "The services of the catalogue that it is for (default: any).", "适用的目录服务（默认任何服务）。")
  private static let tiers = Field<[String]>.list(
    "ciTiers", of: Field.text("ciTier", 1...32, "A CI tier's code.", "配置项等级代码。"), count: 1...20, "The CI tiers that it is for (default: any).",
    "适用的配置项等级（默认任何等级）。")
  private static let within = Field.text(
    "within", 1...40, "15 min, 1 h 30 min, 2 business days; none: nothing is promised here.", "时限：15 min、1 h 30 min、2 business days；none 表示明确不作承诺。")
  private static let calendar = Field.text("calendar", 1...120, "The calendar's name.", "日历名称。")
  private static let objective = Field.percent("objective", "The share that must meet it.", "达标率。")
  private static let period = Field.oneOf(
    "period", ["month", "quarter", "year", "rolling_year"], "By which period the objective is judged (default: month).", "达标率的考核周期（默认 month）。")
  private static let countsFrom = Field.oneOf(
    "countsFrom", ["degraded", "partial", "major"], "Of availability: the least severity of an outage that counts (default: partial).",
    "可用性：计入的最低中断级别（默认 partial）。")
  private static let warnAt = Field<[Int64]>.list(
    "warnAt", of: Field.integer("percent", 1...99, "A share of the budget.", "时限占比。"), count: 0...10,
    "The shares of the budget at whose passing the clock warns, in percent.", "时限消耗到这些百分比时预警。")
  private static let pauses = Field.boolean("pauses", "Whether pending states stop the clock.", "挂起是否停止计时。")

  package static let fields: [any InputField] = [
    metric, priorities.optional, types.optional, services.optional, tiers.optional, within.optional, calendar.optional, objective.optional, period.optional,
    countsFrom.optional, warnAt.optional, pauses.optional,
  ]

  package init(_ values: InputValues) throws(FieldError) {
    guard let metric = TargetMetric(code: try values[Self.metric]) else { throw FieldError("metric", ContractFileMessages.badMetric) }
    self.metric = metric
    services = try values[Self.services.optional] ?? []
    ciTiers = try values[Self.tiers.optional] ?? []
    labels = Self.labels(
      metric, priorities: try values[Self.priorities.optional] ?? [], types: try values[Self.types.optional] ?? [], services: services, tiers: ciTiers)
    let within = try values[Self.within.optional]
    explicitlyNone = within == Self.noneWord
    self.within = explicitlyNone ? nil : within.flatMap(WrittenTime.budget)
    if within != nil, !explicitlyNone, self.within == nil { throw FieldError("within", ContractFileMessages.badDuration) }
    calendar = try values[Self.calendar.optional]
    objective = try values[Self.objective.optional]
    period = try values[Self.period.optional]
    countsFrom = try values[Self.countsFrom.optional]
    warnAt = try values[Self.warnAt.optional] ?? []
    pauses = try values[Self.pauses.optional]
    try requireWhole()
  }

  /// What the metric needs is there.
  private func requireWhole() throws(FieldError) {
    if explicitlyNone { return }
    switch metric {
    case .clock:
      if within == nil { throw FieldError("within", ContractFileMessages.clockNeeds) }
      if calendar == nil { throw FieldError("calendar", ContractFileMessages.clockNeeds) }
    case .measured:
      if within != nil { throw FieldError("within", ContractFileMessages.measureNeeds) }
      if objective == nil { throw FieldError("objective", ContractFileMessages.measureNeeds) }
    }
  }

  private static func labels(_ metric: TargetMetric, priorities: [Int64], types: [String], services: [String], tiers: [String]) -> [TargetLabel] {
    func orAny<Element>(_ elements: [Element]) -> [Element?] { elements.isEmpty ? [nil] : elements.map(Optional.some) }
    return orAny(services).flatMap { service in
      orAny(tiers).flatMap { tier in
        orAny(types.compactMap(TicketType.init(rawValue:))).flatMap { type in
          orAny(priorities).map { TargetLabel(metric: metric.code, ticketType: type, priority: $0, service: service, ciTier: tier) }
        }
      }
    }
  }

  fileprivate func goal(_ label: TargetLabel, path: String) -> Goal {
    let isMeasured = if case .measured = metric { true } else { false }
    return Goal(
      label: label, explicitlyNone: explicitlyNone, budget: within, calendar: calendar, objective: objective,
      period: period ?? (isMeasured && !explicitlyNone ? "month" : nil),
      countsFrom: countsFrom ?? (metric == .measured(.availability) && !explicitlyNone ? "partial" : nil), warnPercents: warnAt,
      pauses: explicitlyNone || isMeasured ? false : pauses ?? (metric != .clock(.response)), path: path)
  }
}

/// A target as it is compared: of the file, or of the database.
struct Goal: Hashable, Sendable {
  let label: TargetLabel
  let explicitlyNone: Bool
  let budget: Budget?
  /// The calendar's name.
  let calendar: String?
  let objective: Rate?
  let period: String?
  let countsFrom: String?
  let warnPercents: [Int64]
  let pauses: Bool
  /// Where it stands in the file, within its SLA.
  let path: String
}
