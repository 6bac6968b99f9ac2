import Kernel
import Operations

package enum CreateContract: Operation {
  package struct Input: OperationInput {
    let customer: PublicId
    let name: String
    let state: ContractState
    let currency: String
    let zone: String?
    let startsAt: Instant
    let endsAt: Instant?
    let lines: [LineInput]

    private static let customer = Field.id("customer", .customer, "The customer.", "客户编号。")
    static let name = Field.text("name", 1...200, "Its name.", "名称。")
    private static let state = Field.oneOf("state", ["draft", "active"], "Where it begins (default: active).", "初始状态（默认 active）。").optional
    static let currency = Field.text("currency", 3...3, "The currency of its fees (ISO 4217).", "费用货币（ISO 4217）。")
    static let zone = Field.text(
      "zone", 1...64, "The IANA zone in which its days and months are counted (default: the customer's).", "计算日与月的 IANA 时区（默认为客户的时区）。")
    static let startsAt = Field.instant("startsAt", "When its term begins.", "合同期限开始时间。")
    static let endsAt = Field.instant("endsAt", "The first instant after its term; left out: open-ended.", "合同期限结束时间（不含）；不填表示无固定期限。")
    private static let lines = Field<[LineInput]>.list(
      "lines", of: Field<LineInput>.object("line", "A line.", "合同行。"), count: 0...200, "Its lines.", "合同行。"
    ).optional

    package static let fields: [any InputField] = [customer, name, state, currency, zone.optional, startsAt, endsAt.optional, lines]

    package init(_ values: InputValues) throws(FieldError) {
      customer = try values[Self.customer]
      name = try values[Self.name]
      state = try values[Self.state].flatMap(ContractState.init(rawValue:)) ?? .active
      currency = try values[Self.currency]
      zone = try values[Self.zone.optional]
      startsAt = try values[Self.startsAt]
      endsAt = try values[Self.endsAt.optional]
      lines = try values[Self.lines] ?? []
    }
  }

  package static let declaration = Declaration(
    "contract.create", "Give a customer a contract, with its lines if wanted.", zh: "为客户新建合同，可同时建立合同行。", permission: "contract.manage",
    roles: Rights.managers, reach: .one(by: "customer"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ContractOutput {
    let tenant = context.tenant
    guard tenant.kind == .customer else { throw context.unknownReference("customer") }
    let currency = try ContractRule.currency(input.currency)
    let zone = try ContractRule.zone(input.zone ?? tenant.zone)
    try ContractRule.requireTerm(from: input.startsAt, to: input.endsAt)
    let lines = try await context.lineContent(input.lines, currency) { "lines[\($0)]." }

    let id = context.newId(.contract)
    guard let number = try await context.transaction.first(NextContractNumber(tenant: tenant.id)),
      let contract = try await context.transaction.first(
        InsertContract(tenant: tenant.id, publicId: id, number: number, currency: currency, zone: zone, now: context.now))
    else { throw Failure.notFound }
    context.transaction.enqueue(
      InsertContractVersion(
        tenant: tenant.id, contract: contract, validFrom: .beginning, name: input.name, state: input.state, startsAt: input.startsAt,
        endsAt: input.endsAt, now: context.now))
    context.subject(id)
    context.record(
      Event(
        subjectKind: "contract", subject: contract, seq: 1, type: "contract.created",
        payload: .object(["contract": .id(id), "state": .text(input.state.rawValue)]), occurredAt: context.now))
    for line in lines { _ = try await context.insertLine(line, contract: contract, contractId: id, validFrom: .beginning) }
    return try await context.contractOutput(id, at: context.now)
  }
}
