import Kernel
import Operations

/// Which targets of an SLA a ticket would have, and of an OLA a team's turn: whatever line or team has it.
package enum ExplainSla: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let ticketType: TicketType
    let priority: Int64
    let service: String?
    let ciTier: String?
    let at: Instant?
    let start: Instant?

    private static let ticketType = Field.oneOf("ticketType", TicketType.allCases.map(\.rawValue), "The ticket type (default: incident).", "工单类型（默认 incident）。")
      .optional
    private static let priority = Field.integer("priority", Rating.numbers, "The priority, 1 the highest.", "优先级，1 为最高。")
    private static let service = Field.text("service", 2...32, "The code of the catalogue's service.", "目录服务代码。").optional
    private static let ciTier = Field.text("ciTier", 1...32, "The code of the CI tier.", "配置项等级代码。").optional
    private static let at = Field.instant("at", "The instant whose version and calendars are asked (default: now).", "所依据的版本与日历的时刻（默认当前时刻）。").optional
    private static let start = Field.instant("start", "When the clocks of the example start (default: at).", "示例时钟的开始时间（默认同 at）。").optional

    package static let fields: [any InputField] = [RetireSla.Input.id, ticketType, priority, service, ciTier, at, start]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[RetireSla.Input.id]
      ticketType = try values[Self.ticketType].flatMap(TicketType.init(rawValue:)) ?? .incident
      priority = try values[Self.priority]
      service = try values[Self.service]
      ciTier = try values[Self.ciTier]
      at = try values[Self.at]
      start = try values[Self.start]
    }
  }

  package struct Output: OperationOutput {
    let id: PublicId
    let row: SlaRow
    let at: Instant
    let targets: [TargetStanding]
    let english: [String]
    let chinese: [String]

    package static let fields: [OutputField<Output>] = [
      OutputField("id", .id, "The SLA.", "SLA 编号。") { .id($0.id) },
      OutputField("name", .text, "Its name.", "名称。") { .text($0.row.name) },
      OutputField("kind", .text, "sla or ola.", "类型：sla 或 ola。") { .text($0.row.kind.rawValue) },
      OutputField("validFrom", .instant, "Since when the version that was asked holds.", "所依据版本的生效时间。") { .instant($0.row.validFrom) },
      OutputField("at", .instant, "The instant whose version and calendars were asked.", "所依据的版本与日历的时刻。") { .instant($0.at) },
      OutputField("targets", listOf: TargetStanding.self, "For each metric the targets that are for such a ticket, the chosen one first.", "各指标适用的目标，选用的在前。") {
        $0.targets
      },
      OutputField("english", .list(.text), "What was chosen and why, in English words.", "选用结果及原因的英文表述。") { .array($0.english.map { .text($0) }) },
      OutputField("chinese", .list(.text), "The same in Chinese words.", "选用结果及原因的中文表述。") { .array($0.chinese.map { .text($0) }) },
    ]
  }

  package static let declaration = Declaration(
    "sla.explain", "Tell which targets of an SLA or OLA would count for a ticket, and why.", zh: "说明某 SLA 或 OLA 对某类工单适用的目标及原因。", permission: "sla.read",
    roles: Rights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let at = input.at ?? context.now
    let (services, tiers, rows) = try await context.transaction.query(
      ServicesOfCodes(codes: [input.service].compactMap(\.self), customers: context.reachableCustomers), ActiveCiTiers(),
      SlaAt(publicId: input.id, at: at, customers: context.reachableCustomers))
    guard let row = rows.first else { throw Failure.notFound }
    if input.service != nil, services.isEmpty { throw context.unknownReference("service") }
    if let tier = input.ciTier, !tiers.contains(tier) { throw context.unknownReference("ciTier") }
    let facts = TargetFacts(ticketType: input.ticketType, priority: input.priority, service: services.first?.1, ciTier: input.ciTier)
    let targets = try await context.targets(of: row.versionId, facts: facts, at: at, start: input.start ?? at)
    let words = { (language: Language) in ResolutionSentences(language: language, line: nil, facts: facts, targets: targets).all }
    return Output(id: input.id, row: row, at: at, targets: targets, english: words(.english), chinese: words(.chinese))
  }
}
