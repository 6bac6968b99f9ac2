import Kernel
import Operations

extension GateFigures {
  /// As they are told, of whatever has them.
  static func fields<Record>(_ figures: @escaping @Sendable (Record) -> GateFigures) -> [OutputField<Record>] {
    [
      OutputField("came", .integer, "Stays that began in the period: all of the figures are of these.", "期间内到达关卡的次数（其余指标均以此为范围）。") {
        .integer(figures($0).came)
      },
      OutputField("stopped", .integer, "Those that were stopped.", "其中被拦截的次数。") { .integer(figures($0).stopped) },
      OutputField("subjects", .integer, "What was stopped, whichever process it goes through.", "被拦截的事项数（不限流程）。") { .integer(figures($0).subjects) },
      OutputField("incidents", .integer, "The incidents among those that were stopped.", "被拦截的事件数。") { .integer(figures($0).incidents) },
      OutputField("stops", .integer, "How often they were stopped.", "拦截总次数。") { .integer(figures($0).stops) },
      OutputField("passed", .integer, "Those that passed with what the gate asks for.", "正常通过。") { .integer(figures($0).passed) },
      OutputField("bypassed", .integer, "Those that were let pass without.", "放行。") { .integer(figures($0).bypassed) },
      OutputField("left", .integer, "Those that went another way.", "改走其他路径。") { .integer(figures($0).left) },
      OutputField("waiting", .integer, "Those that stay there.", "等待中。") { .integer(figures($0).waiting) },
      OutputField(
        "medianWaitSeconds", .integer, "Half of those that were stopped and went on waited no longer; null: there is none.", "被拦截后通过者等待时间的中位数（秒）；null 表示没有。"
      ) {
        .integer(figures($0).medianWait)
      },
      OutputField(
        "meanWaitSeconds", .integer, "What those that were stopped and went on waited on average; null: there is none.", "被拦截后通过者的平均等待时间（秒）；null 表示没有。"
      ) {
        .integer(figures($0).meanWait)
      },
      OutputField("totalWaitSeconds", .integer, "What they waited together, from the first stop.", "等待时间合计（秒，自首次拦截起）。") { .integer(figures($0).totalWait) },
      OutputField("waitingSeconds", .integer, "What those that stay there have waited until now, from the first stop.", "仍在等待者至今的等待时间合计（秒，自首次拦截起）。") {
        .integer(figures($0).stillWaiting)
      },
    ]
  }
}

/// What gates did over all customers whom the caller serves, and what that cost.
package enum TotalGates: Operation {
  package struct Input: OperationInput {
    let customers: [PublicId]?
    let gate: PublicId?
    let period: PeriodOfGates
    let limit: Int64?
    let cursor: String?

    package static let fields: [any InputField] = PeriodOfGates.fields + [ServedCustomers.field, GatePeriod.gate, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      customers = try values[ServedCustomers.field]
      gate = try values[GatePeriod.gate]
      period = try PeriodOfGates(values)
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }

    var filter: String { "\((customers ?? []).map(\.description).joined(separator: ","))/\(gate?.description ?? "")/\(period.filter)" }
  }

  package struct Row: OperationOutput {
    let id: PublicId
    let gate: GatesByRow.Found
    let figures: GateFigures

    package static let fields: [OutputField<Row>] =
      [
        OutputField("gate", .id, "The gate.", "关卡编号。") { .id($0.id) },
        OutputField("name", .document, "Its name, by language.", "名称（按语言）。") { $0.gate.name.value ?? .null },
        OutputField("step", .text, "The operation that it stands before.", "所在步骤（操作名）。") { .text($0.gate.step) },
        OutputField("kind", .text, "field, checklist, evidence or approval.", "类别。") { .text($0.gate.kind) },
        OutputField("customer", .id, "Whose gate it is; null: that of all customers.", "关卡所属客户；null 表示面向全部客户。") { .id($0.gate.customer) },
      ] + GateFigures.fields { $0.figures }
  }

  package static let declaration = Declaration(
    "gate.totals",
    "Report by gate what was met in a period over all customers that you serve: stops, bypasses, waiting; gate.customer_totals tells of each customer.",
    zh: "按关卡统计期间内您所服务全部客户的拦截、放行与等待；各客户的数字见 gate.customer_totals。", permission: GateRights.read, roles: GateRights.readers, reach: .many,
    effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<Row> {
    let (limit, after) = try context.page(input.limit, input.cursor, filter: input.filter)
    let (from, until) = try input.period.bounds(context.now)
    let customers = try await context.served(input.customers)
    let gate = try await context.gateOfPeriod(input.gate)
    let totals = try await context.transaction.query(
      TotalsOfGates(
        customers: customers, gate: gate, from: from, until: until, now: context.now, after: try after?.integer(0) ?? 0, limit: limit + 1))
    let names = try await context.transaction.query(GatesByRow(gates: totals.map(\.gate)))
    let rows = totals.compactMap { found in
      names.first { $0.row == found.gate }.map { Row(id: context.id(.gate, $0.publicId), gate: $0, figures: found.figures) }
    }
    return context.listing(rows, limit: limit, filter: input.filter, key: { PageCursor([.integer($0.gate.row)]) }, element: { $0 })
  }
}

/// What a gate did to each of the customers whom the caller serves.
package enum TotalGateByCustomer: Operation {
  package struct Input: OperationInput {
    let customers: [PublicId]?
    let gate: PublicId
    let period: PeriodOfGates
    let limit: Int64?
    let cursor: String?

    private static let gate = Field.id("gate", .gate, "The gate.", "关卡编号。")
    package static let fields: [any InputField] = PeriodOfGates.fields + [gate, ServedCustomers.field, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      gate = try values[Self.gate]
      customers = try values[ServedCustomers.field]
      period = try PeriodOfGates(values)
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }

    var filter: String { "\((customers ?? []).map(\.description).joined(separator: ","))/\(gate)/\(period.filter)" }
  }

  package struct Row: OperationOutput {
    let row: TenantId
    let customer: PublicId
    let code: String
    let name: String
    let figures: GateFigures

    package static let fields: [OutputField<Row>] =
      [
        OutputField("customer", .id, "The customer.", "客户编号。") { .id($0.customer) },
        OutputField("code", .text, "The customer's code.", "客户代码。") { .text($0.code) },
        OutputField("name", .text, "The customer's name.", "客户名称。") { .text($0.name) },
      ] + GateFigures.fields { $0.figures }
  }

  package static let declaration = Declaration(
    "gate.customer_totals",
    "Report what was met at a gate in a period, by customer: the figures that gate.friction has of each; gate.passages lists the records behind them.",
    zh: "按客户统计期间内某一关卡的拦截、放行与等待（与 gate.friction 一致）；明细见 gate.passages。", permission: GateRights.read, roles: GateRights.readers, reach: .many,
    effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<Row> {
    let (limit, after) = try context.page(input.limit, input.cursor, filter: input.filter)
    let (from, until) = try input.period.bounds(context.now)
    let customers = try await context.served(input.customers)
    guard let gate = try await context.gateOfPeriod(input.gate) else { throw context.unknownReference("gate") }
    let tenants = try await context.transaction.query(
      CustomersAtGate(customers: customers, gate: gate, from: from, until: until, after: try after?.integer(0) ?? 0, limit: limit + 1))
    let provider = context.provider.id
    let entries = try await context.entries(of: tenants)
    let friction = FrictionOfCustomers(
      provider: provider, customers: tenants.map(\.rawValue), gate: gate, from: from, until: until, now: context.now)
    let found = try await context.bound(to: tenants + [provider]) { try await $0.query(friction) }
    let rows = tenants.compactMap { tenant -> Row? in
      guard let entry = entries[tenant], let one = found.first(where: { $0.customer == tenant }) else { return nil }
      return Row(row: tenant, customer: entry.publicId, code: entry.code, name: entry.name, figures: one.figures)
    }
    return context.listing(rows, limit: limit, filter: input.filter, key: { PageCursor([.integer($0.row.rawValue)]) }, element: { $0 })
  }
}
