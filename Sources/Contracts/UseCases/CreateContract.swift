import Kernel
import Operations
import Renewals

package enum CreateContract: Operation {
  package struct Input: OperationInput {
    let template: PublicId?
    let name: String?
    let state: ContractState
    let currency: String?
    let zone: String?
    let startsAt: Instant
    let endsAt: Instant?
    let renewal: RenewalInput
    let lines: [LineInput]?

    private static let customer = Field.id("customer", .customer, "The customer.", "客户编号。")
    private static let template = Field.id(
      "template", .contractTemplate, "The template that is copied for all that is not given here.", "合同模板；此处未填写的内容从模板复制。"
    ).optional
    static let name = Field.text("name", 1...200, "Its name; needed without a template.", "名称；不使用模板时必填。")
    private static let state = Field.oneOf("state", ["draft", "active"], "Where it begins (default: active).", "初始状态（默认 active）。").optional
    static let currency = Field.text("currency", 3...3, "The currency of its fees (ISO 4217); needed without a template.", "费用货币（ISO 4217）；不使用模板时必填。")
    static let zone = Field.text(
      "zone", 1...64, "The IANA zone in which its days and months are counted (default: the customer's).", "计算日与月的 IANA 时区（默认为客户的时区）。")
    static let startsAt = Field.instant("startsAt", "When its term begins.", "合同期限开始时间。")
    static let endsAt = Field.instant("endsAt", "The first instant after its term; left out: open-ended.", "合同期限结束时间（不含）；不填表示无固定期限。")
    private static let lines = Field<[LineInput]>.list(
      "lines", of: Field<LineInput>.object("line", "A line.", "合同行。"), count: 0...200, "Its lines, instead of the template's.", "合同行，代替模板中的合同行。"
    ).optional

    package static let fields: [any InputField] =
      [customer, template, name.optional, state, currency.optional, zone.optional, startsAt, endsAt.optional] + RenewalInput.fields + [lines]

    package init(_ values: InputValues) throws(FieldError) {
      _ = try values[Self.customer]
      template = try values[Self.template]
      name = try values[Self.name.optional]
      if template == nil, name == nil { throw FieldError("name", ContractsMessages.neededWithoutTemplate) }
      state = try values[Self.state].flatMap(ContractState.init(rawValue:)) ?? .active
      currency = try values[Self.currency.optional]
      if template == nil, currency == nil { throw FieldError("currency", ContractsMessages.neededWithoutTemplate) }
      renewal = try RenewalInput(values)
      zone = try values[Self.zone.optional]
      startsAt = try values[Self.startsAt]
      endsAt = try values[Self.endsAt.optional]
      lines = try values[Self.lines]
    }
  }

  package static let declaration = Declaration(
    "contract.create", "Give a customer a contract, with its lines if wanted.", zh: "为客户新建合同，可同时建立合同行。", permission: "contract.manage",
    roles: Rights.managers, reach: .one(by: "customer"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ContractOutput {
    let tenant = context.tenant
    guard tenant.kind == .customer else { throw context.unknownReference("customer") }
    let template: (content: TemplateContent, name: String)? =
      if let template = input.template { try await context.templateContent(template) } else { nil }
    let currency = try ContractRule.currency(input.currency ?? template?.content.currency ?? "")
    if input.lines == nil { try template?.content.requireFees(in: currency) }
    let zone = try ContractRule.zone(input.zone ?? tenant.zone)
    try ContractRule.requireTerm(from: input.startsAt, to: input.endsAt)
    let renewal = input.renewal.terms(orElse: template?.content.renewal.terms(orElse: .none) ?? .none)
    try renewal.require(endsAt: input.endsAt)
    // What is wrong with the template's lines is no field of the caller's.
    let place = input.lines == nil ? "template.lines" : "lines"
    let lines = try await context.lineContent(input.lines ?? template?.content.lines ?? [], currency, from: input.startsAt) { "\(place)[\($0)]." }

    let id = context.newId(.contract)
    guard let number = try await context.transaction.first(NextNumber("contract", of: tenant.id)),
      let contract = try await context.transaction.first(
        InsertContract(tenant: tenant.id, publicId: id, number: number, currency: currency, zone: zone, now: context.now))
    else { throw Failure.notFound }
    let content = ContractContent(
      name: input.name ?? template?.name ?? "", state: input.state, startsAt: input.startsAt, endsAt: input.endsAt, renewal: renewal)
    context.transaction.enqueue(
      InsertContractVersion(tenant: tenant.id, contract: contract, seq: 1, validFrom: .beginning, content: content, now: context.now))
    context.subject(id)
    context.record(
      Event(
        subjectKind: "contract", subject: contract, seq: 1, type: "contract.created",
        payload: .object(["contract": .id(id), "state": .text(input.state.rawValue), "template": .id(input.template)]), occurredAt: context.now))
    for line in lines { _ = try await context.insertLine(line, contract: contract, contractId: id, validFrom: .beginning) }
    return try await context.contractOutput(id, at: context.now)
  }
}
