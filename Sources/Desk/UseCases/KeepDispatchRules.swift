import Kernel
import Operations

/// Which team works on the tickets that a rule is for.
package struct DispatchRuleRecord: OperationOutput {
  let id: PublicId
  let team: PublicId
  let ci: PublicId?
  let row: DispatchRuleRow

  /// - Parameter context: bound to the customer whose own rules are among them, if one's are.
  init(_ row: DispatchRuleRow, in context: OperationContext) {
    id = context.id(.dispatchRule, row.publicId)
    team = context.id(.team, row.team)
    ci = row.ci.map { context.id(of: NamedCi.Key(isShared: !row.isOwn, publicId: $0)) }
    self.row = row
  }

  package static let fields: [OutputField<DispatchRuleRecord>] = [
    OutputField("id", .id, "The rule.", "规则编号。") { .id($0.id) },
    OutputField("team", .id, "The team that works on them.", "处理团队。") { .id($0.team) },
    OutputField("teamName", .text, "The team's name.", "团队名称。") { .text($0.row.teamName) },
    OutputField("own", .boolean, "Whether it is for the customer alone; else for all.", "是否仅适用于该客户；否则适用于全部客户。") { .bool($0.row.isOwn) },
    OutputField("service", .text, "Only tickets about this service, by its code; null: all.", "仅限该服务（代码）的工单；null 表示不限。") { .text($0.row.service) },
    OutputField("category", .text, "Only tickets of this category, and of those below it; null: all.", "仅限该分类及其下级的工单；null 表示不限。") {
      .text($0.row.category)
    },
    OutputField("nature", .text, "Only tickets of this nature; null: all.", "仅限该性质的工单；null 表示不限。") { .text($0.row.nature) },
    OutputField(
      "priorityTo", .integer, "Only tickets of this priority and those above it, 1 being the highest; null: all.",
      "仅限不低于此优先级的工单，1 为最高；null 表示不限。"
    ) { .integer($0.row.priorityTo) },
    OutputField("ci", .id, "Only tickets that name this configuration item; null: all.", "仅限涉及该配置项的工单；null 表示不限。") { .id($0.ci) },
    OutputField("setAt", .instant, "When it was set.", "设置时间。") { .instant($0.row.recordedAt) },
    OutputField("endedAt", .instant, "When it was ended, or another one took its place; null: it is in force.", "终止或被取代的时间；null 表示有效。") {
      .instant($0.row.endedAt)
    },
    OutputField("version", .integer, "Its version.", "版本号。") { .integer($0.row.version) },
  ]
}

/// Of the rules for the same the last one that was set is in force. Tickets follow when they are opened, and, while nobody has taken them, when
/// they are classified.
package enum SetDispatchRule: Operation {
  package struct Input: OperationInput {
    let customer: PublicId?
    let service: String?
    let category: String?
    let nature: String?
    let priorityTo: Int64?
    let ci: PublicId?
    let team: PublicId

    static let customerField = Field.id("customer", .customer, "The customer for which it is; left out: for all.", "适用的客户；不填表示全部客户。").optional
    private static let service = Field.text(
      "service", 2...32, "Only tickets about this service: its code in the catalogue.", "仅限该目录服务（代码）的工单。"
    ).optional
    private static let category = Field.text(
      "category", 1...100, "Only tickets of this category, and of those below it: a key of code.list.", "仅限该分类及其下级的工单：code.list 中的键。"
    ).optional
    private static let nature = Field.text("nature", 1...100, "Only tickets of this nature: a key of code.list.", "仅限该性质的工单：code.list 中的键。").optional
    private static let priorityTo = Field.integer(
      "priorityTo", Rating.numbers, "Only tickets of this priority and those above it, 1 being the highest.", "仅限不低于此优先级的工单，1 为最高。"
    ).optional
    private static let ci = Field.id(
      "ci", .ticketCi, "Only tickets that name this configuration item: one of the customer's; without a customer one that the provider shares.",
      "仅限涉及该配置项的工单：该客户的配置项；未指定客户时为服务商共享的配置项。"
    ).optional
    private static let team = Field.id("team", .team, "The team that works on them.", "处理团队。")

    package static let fields: [any InputField] = [customerField, service, category, nature, priorityTo, ci, team]

    package init(_ values: InputValues) throws(FieldError) {
      customer = try values[Self.customerField]
      service = try values[Self.service]
      category = try values[Self.category]
      nature = try values[Self.nature]
      priorityTo = try values[Self.priorityTo]
      ci = try values[Self.ci]
      team = try values[Self.team]
    }

    fileprivate var codes: [NamedCode] {
      (category.map { [NamedCode(.category, $0, at: "category")] } ?? []) + (nature.map { [NamedCode(.nature, $0, at: "nature")] } ?? [])
    }
  }

  package static let declaration = Declaration(
    "dispatch_rule.set", "Set which team works on tickets of a service, category, nature, priority or configuration item, for all customers or for one.",
    zh: "设置某服务、分类、性质、优先级或配置项的工单由哪个团队处理（全部客户或某客户）。", permission: DispatchRuleFields.permission,
    roles: [.administrator, .accountManager], scopes: [.all], reach: .homeOr(by: "customer"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> DispatchRuleRecord {
    let isOwn = context.tenant.kind == .customer
    let team = try await context.team(input.team, "team")
    if isOwn { try await context.requireAllowed(team, "team") }
    let service = try await service(input.service, of: isOwn ? context.tenant.id : nil, in: context)
    let codes = context.codes(input.codes)
    try await context.transaction.flush()
    _ = try codes.usable()
    if let ci = input.ci { _ = try await context.cisToName([ci], openedAt: context.now, path: { _ in "ci" }) }
    let id = context.newId(.dispatchRule)
    let rule = InsertDispatchRule(
      publicId: id, customer: isOwn ? context.tenant.id : nil, service: service, category: input.category, nature: input.nature,
      priorityTo: input.priorityTo, ci: input.ci, team: Ticket.Reference(id: team, publicId: input.team.random), now: context.now)
    context.transaction.enqueue(EndSameDispatchRule(rule: rule))
    context.transaction.enqueue(rule)
    context.subject(id)
    guard let row = try await context.transaction.first(DispatchRuleByPublicId(publicId: id)) else { throw Failure.notFound }
    return DispatchRuleRecord(row, in: context)
  }

  /// One that is another customer's own is none for this one, and none for all.
  private static func service(_ code: String?, of customer: TenantId?, in context: OperationContext) async throws -> Int64? {
    guard let code else { return nil }
    guard let service = try await context.transaction.first(ServiceOfRule(code: code, customer: customer)) else {
      throw context.unknownReference("service")
    }
    return service
  }
}

/// From then on the next specific rule counts. Tickets that it gave to its team stay there.
package enum EndRuleOfDispatch: Operation {
  package struct Input: OperationInput {
    let id: PublicId

    private static let id = Field.id("id", .dispatchRule, "The rule.", "规则编号。")
    package static let fields: [any InputField] = [id]

    package init(_ values: InputValues) throws(FieldError) { id = try values[Self.id] }
  }

  package static let declaration = Declaration(
    "dispatch_rule.end", "End a dispatch rule; it stays in the list of those that were.", zh: "终止分派规则；历史列表中仍保留。", permission: DispatchRuleFields.permission,
    roles: [.administrator, .accountManager], scopes: [.all], reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    guard let row = try await context.transaction.first(DispatchRuleByPublicId(publicId: input.id)) else { throw Failure.notFound }
    try context.requireVersion(row.version)
    guard row.endedAt == nil else { throw Failure(.conflict, DispatchRuleMessages.ended) }
    context.subject(input.id)
    guard let version = try await context.transaction.first(EndDispatchRule(id: row.id, version: row.version, now: context.now)) else {
      throw Failure(.versionMismatch, OperationMessages.versionMismatch, ["expected": String(row.version), "current": String(row.version + 1)])
    }
    return Done(id: input.id, version: version)
  }
}

package enum ListDispatchRules: Operation {
  package struct Input: OperationInput {
    let customer: PublicId?
    let withEnded: Bool
    let limit: Int64?
    let cursor: String?

    private static let customer = Field.id(
      "customer", .customer, "Those for this customer besides those for all; left out: those for all.", "除通用规则外还列出该客户的规则；不填则仅列出通用规则。"
    ).optional
    private static let withEnded = Field.boolean("withEnded", "Whether those that were ended are listed too (default no).", "是否包括已终止的规则（默认否）。").optional

    package static let fields: [any InputField] = [customer, withEnded, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      customer = try values[Self.customer]
      withEnded = try values[Self.withEnded] ?? false
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "dispatch_rule.list", "List the dispatch rules that are for all customers, and those for one.", zh: "列出通用的分派规则以及某客户的分派规则。",
    roles: [.administrator, .accountManager, .engineer], reach: .homeOr(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<DispatchRuleRecord> {
    let filter = "\(context.tenant.publicId)/\(input.withEnded)"
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      DispatchRules(tenant: context.tenant.id, withEnded: input.withEnded, after: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.id)]) }) { DispatchRuleRecord($0, in: context) }
  }
}

enum DispatchRuleFields {
  static let permission = "dispatch_rule.manage"
}
