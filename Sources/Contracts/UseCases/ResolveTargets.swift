import Kernel
import Operations

/// What would be promised to a ticket: for account managers, before there is one.
package enum ResolveTargets: Operation {
  package struct Input: OperationInput {
    let requester: PublicId?
    let unit: PublicId?
    let contractLine: PublicId?
    let coveringLine: PublicId?
    let ticketType: TicketType
    let priority: Int64
    let service: String?
    let ciTier: String?
    let at: Instant?
    let start: Instant?

    private static let requester = Field.id("requester", .person, "The requester.", "请求人。").optional
    private static let unit = Field.id("unit", .unit, "The site or department.", "站点或部门。").optional
    private static let contractLine = Field.id("contractLine", .contractLine, "The line that somebody names.", "人工指定的合同行。").optional
    private static let coveringLine = Field.id(
      "coveringLine", .contractLine, "The line that covers the configuration item that the ticket names.", "覆盖工单所涉及配置项的合同行。"
    ).optional
    private static let ticketType = Field.oneOf("ticketType", TicketType.allCases.map(\.rawValue), "The ticket type (default: incident).", "工单类型（默认 incident）。")
      .optional
    private static let priority = Field.integer("priority", Rating.numbers, "The priority, 1 the highest.", "优先级，1 为最高。")
    private static let service = Field.text("service", 2...32, "The code of the catalogue's service.", "目录服务代码。").optional
    private static let ciTier = Field.text("ciTier", 1...32, "The code of the CI tier.", "配置项等级代码。").optional
    private static let at = Field.instant(
      "at", "The instant whose contracts, SLAs and calendars are asked (default: now).", "所依据的合同、SLA 与日历的时刻（默认当前时刻）。"
    ).optional
    private static let start = Field.instant("start", "When the clocks of the example start (default: at).", "示例时钟的开始时间（默认同 at）。").optional

    package static let fields: [any InputField] = [
      CustomerReference.field, requester, unit, contractLine, coveringLine, ticketType, priority, service, ciTier, at, start,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      requester = try values[Self.requester]
      unit = try values[Self.unit]
      contractLine = try values[Self.contractLine]
      coveringLine = try values[Self.coveringLine]
      ticketType = try values[Self.ticketType].flatMap(TicketType.init(rawValue:)) ?? .incident
      priority = try values[Self.priority]
      service = try values[Self.service]
      ciTier = try values[Self.ciTier]
      at = try values[Self.at]
      start = try values[Self.start]
    }
  }

  package static let declaration = Declaration(
    "sla.resolve", "Tell which line and targets a ticket of a customer would have, and why.", zh: "说明客户的某类工单将适用的合同行与目标，以及原因。", permission: "contract.read",
    roles: Rights.staffAndCustomerManager, scopes: [.tenant, .listed, .all], reach: .one(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TargetResolution {
    let tenant = context.tenant.id
    let services = input.service.map {
      context.transaction.later(ServiceOfTicket(tenant: tenant, code: $0, onlySold: context.principal.side == .customer, at: context.now))
    }
    let (tiers, found) = try await context.transaction.query(
      ActiveCiTiers(),
      NamedForResolution(
        tenant: tenant, requester: input.requester, unit: input.unit, line: input.contractLine, coveringLine: input.coveringLine))
    guard let named = found.first else { throw Failure.notFound }
    let service = try services?.first
    if input.service != nil, service == nil { throw context.unknownReference("service") }
    if let tier = input.ciTier, !tiers.contains(tier) { throw context.unknownReference("ciTier") }
    if input.requester != nil, named.person == nil { throw context.unknownReference("requester") }
    if input.unit != nil, named.unit == nil { throw context.unknownReference("unit") }
    if input.contractLine != nil, named.line == nil { throw context.unknownReference("contractLine") }
    if input.coveringLine != nil, named.coveringLine == nil { throw context.unknownReference("coveringLine") }
    let at = input.at ?? context.now
    return try await context.resolution(
      person: named.person, unit: named.unit ?? named.personUnit, covering: named.coveringLine.map { [$0] } ?? [],
      line: named.line.map(LineChoice.named) ?? .byTable,
      facts: TargetFacts(ticketType: input.ticketType, priority: input.priority, service: service, ciTier: input.ciTier), at: at,
      start: input.start ?? at)
  }
}
