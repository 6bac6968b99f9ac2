import Contracts
import Desk
import Kernel
import Operations

/// A team in the chain of a line.
package struct ChainTeamOutput: OperationOutput {
  let team: PublicId
  let calendar: PublicId?
  let row: ChainRow
  let member: ChainTeam

  package static let fields: [OutputField<ChainTeamOutput>] = [
    OutputField("team", .id, "The team.", "团队。") { .id($0.team) },
    OutputField("teamName", .text, "Its name.", "团队名称。") { .text($0.row.teamName) },
    OutputField("tier", .integer, "Its place: 1 the first line.", "所在层级：1 为一线。") { .integer($0.member.tier) },
    OutputField("metrics", .list(.text), "The metrics for which its part is needed.", "需要该团队参与的指标。") { .array($0.member.metrics.map(Value.text)) },
    OutputField("calendar", .id, "In which it works where no OLA says so.", "没有 OLA 约定时的工作时间日历。") { .id($0.calendar) },
    OutputField("calendarName", .text, "The calendar's name.", "日历名称。") { .text($0.row.calendarName) },
    OutputField(
      "handlingSeconds", .list(.integer), "Its own work in seconds of open time, by priority from 1 on; the last is for every priority behind it.",
      "自身处理时间（服务时间秒数），自优先级 1 起依次排列；最后一项适用于其后各优先级。"
    ) {
      .array($0.member.handling.map { .integer($0) })
    },
  ]
}

/// A version of the chain of a line.
package struct DeliveryChainOutput: OperationOutput {
  let line: PublicId
  let validFrom: Instant?
  let recordedAt: Instant?
  let supplierMetrics: [String]
  let teams: [ChainTeamOutput]

  package static let fields: [OutputField<DeliveryChainOutput>] = [
    OutputField("line", .id, "The contract line.", "合同行。") { .id($0.line) },
    OutputField("validFrom", .instant, "From when this version holds; null: no chain was ever written.", "此版本自何时起生效；从未登记则为 null。") { .instant($0.validFrom) },
    OutputField("teams", listOf: ChainTeamOutput.self, "Its teams, by tier.", "团队，按层级排列。") { $0.teams },
    OutputField(
      "supplierMetrics", .list(.text), "The metrics for which the line's suppliers are needed besides the teams; supplier_link.list has the suppliers.",
      "除团队外还需要供应商参与的指标；供应商见 supplier_link.list。"
    ) { .array($0.supplierMetrics.map(Value.text)) },
    OutputField("recordedAt", .instant, "When it was recorded.", "登记时间。") { .instant($0.recordedAt) },
  ]

  init(_ line: PublicId, _ rows: [ChainRow], in context: OperationContext) {
    self.line = line
    validFrom = rows.first?.validFrom
    recordedAt = rows.first?.recordedAt
    supplierMetrics = rows.first?.supplierMetrics ?? []
    teams = rows.compactMap { row in
      guard let member = row.team, let team = row.teamPublicId else { return nil }
      return ChainTeamOutput(team: context.id(.team, team), calendar: row.calendarPublicId.map { context.id(.calendar, $0) }, row: row, member: member)
    }.sorted { $0.member.tier < $1.member.tier }
  }
}

package enum SetDeliveryChain: Operation {
  package struct Input: OperationInput {
    let line: PublicId
    let teams: [ChainTeamInput]
    let supplierMetrics: [String]?
    let validFrom: Instant?

    private static let teams = Field<[ChainTeamInput]>.list(
      "teams", of: Field<ChainTeamInput>.object("team", "A team.", "团队。"), count: 0...50, "The teams that keep the line's promises.", "负责兑现该合同行承诺的团队。")
    private static let supplierMetrics = Field<[String]>.list(
      "supplierMetrics", of: ChainFields.metric("metric"), count: 0...3,
      "The metrics for which the line's suppliers are needed besides the teams (default: resolution).", "除团队外还需要供应商参与的指标（默认 resolution）。"
    ).optional
    private static let validFrom = Field.instant(
      "validFrom", "From when it holds (default: since the line began for the first chain, else now).", "自何时起生效（首个支撑链默认自合同行开始，其后默认当前时刻）。"
    ).optional

    package static let fields: [any InputField] = [ChainFields.line, teams, supplierMetrics, validFrom]

    package init(_ values: InputValues) throws(FieldError) {
      line = try values[ChainFields.line]
      teams = try values[Self.teams]
      supplierMetrics = try values[Self.supplierMetrics]
      validFrom = try values[Self.validFrom]
    }
  }

  package static let declaration = Declaration(
    "delivery_chain.set", "Say which teams keep the promises of a contract line, and prove it again.", zh: "指明由哪些团队兑现合同行的承诺，并重新证明。",
    permission: "assurance.manage", roles: AssuranceRights.managers, reach: .one(by: "line"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> DeliveryChainOutput {
    let tenant = context.tenant.id
    guard let line = try await context.provenLine(input.line) else { throw context.unknownReference("line") }
    let (teams, calendars, versions) = try await context.transaction.query(
      TeamsOfIds(ids: input.teams.map(\.team)), CalendarsOfIds(tenant: tenant, ids: input.teams.compactMap(\.calendar)),
      ChainOfLine(tenant: tenant, line: line.id))
    let chain = try ChainRule.teams(
      input.teams, teams: Dictionary(teams.map { ($0.publicId, $0.id) }) { first, _ in first },
      calendars: Dictionary(calendars.map { ($0.publicId, $0.id) }) { first, _ in first }, unknown: InputMessages.unknownReference)
    let newest = versions.last?.validFrom
    let validFrom = input.validFrom ?? (newest == nil ? Instant(seconds: 0) : context.now)
    if let newest, validFrom <= newest { throw Failure.invalid("validFrom", AssuranceMessages.notLater, ["newest": newest.description]) }
    let inserted = try await context.transaction.first(
      InsertChainVersion(
        tenant: tenant, line: line.id, validFrom: validFrom, supplierMetrics: Set(input.supplierMetrics ?? [ClockMetric.resolution.rawValue]).sorted(),
        now: context.now))
    guard let version = inserted else { throw Failure.notFound }
    for (index, team) in chain.enumerated() {
      context.transaction.enqueue(InsertChainTeam(tenant: tenant, version: version, seq: Int64(index + 1), team: team))
    }
    context.subject(input.line)
    context.record(
      Event(
        subjectKind: "delivery_chain", subject: version, seq: 1, type: "delivery_chain.set",
        payload: .object(["line": .id(input.line), "validFrom": .instant(validFrom), "teams": .integer(Int64(chain.count))]), occurredAt: context.now))
    guard let contract = try await context.transaction.first(ProvenContract(tenant: tenant, line: line.id)) else { throw Failure.notFound }
    _ = try await context.contractProof.run(contract, only: line.id, cause: .changed)
    let rows = try await context.transaction.query(ChainOfLine(tenant: tenant, line: line.id))
    return DeliveryChainOutput(input.line, rows.filter { $0.version == version }, in: context)
  }
}

package enum ReadDeliveryChain: Operation {
  package struct Input: OperationInput {
    let line: PublicId
    let asOf: Instant?

    private static let asOf = Field.instant("asOf", "The instant as of which it is read (default: now).", "以哪个时刻为准读取（默认当前时刻）。").optional

    package static let fields: [any InputField] = [ChainFields.line, asOf]

    package init(_ values: InputValues) throws(FieldError) {
      line = try values[ChainFields.line]
      asOf = try values[Self.asOf]
    }
  }

  package static let declaration = Declaration(
    "delivery_chain.read", "Read which teams keep the promises of a contract line.", zh: "查看兑现合同行承诺的团队。", permission: "assurance.read",
    roles: AssuranceRights.staff, reach: .one(by: "line"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> DeliveryChainOutput {
    guard let line = try await context.provenLine(input.line) else { throw context.unknownReference("line") }
    let at = input.asOf ?? context.now
    let rows = try await context.transaction.query(ChainOfLine(tenant: context.tenant.id, line: line.id)).filter { $0.validFrom <= at }
    return DeliveryChainOutput(input.line, rows.filter { $0.version == rows.last?.version }, in: context)
  }
}
