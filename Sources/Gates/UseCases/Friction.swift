import Kernel
import Operations

/// A stretch of time, by when something came to a gate.
struct PeriodOfGates: Sendable {
  private let from: Instant?
  private let until: Instant?

  private static let from = Field.instant("from", "What came to a gate from here on (default 30 days before the end).", "起始时间（默认截止时间前 30 天）。").optional
  private static let until = Field.instant("until", "What came to a gate before (default now).", "截止时间（默认当前时刻）。").optional
  static let fields: [any InputField] = [from, until]

  private static let usualDays: Int64 = 30
  private static let mostDays: Int64 = 366

  init(_ values: InputValues) throws(FieldError) {
    from = try values[Self.from]
    until = try values[Self.until]
  }

  /// - Parameter now: belongs to a period that ends now.
  func bounds(_ now: Instant) throws(Failure) -> (from: Instant, until: Instant) {
    let until = until ?? now.adding(seconds: 1)
    let from = from ?? until.adding(seconds: -Self.usualDays * 86_400)
    guard from < until, from >= until.adding(seconds: -Self.mostDays * 86_400) else {
      throw .invalid("from", GateMessages.period, ["days": String(Self.mostDays)])
    }
    return (from, until)
  }

  /// What a cursor is good for.
  var filter: String { "\(from?.microseconds ?? 0)/\(until?.microseconds ?? 0)" }
}

/// A period of a customer, or of all that is the provider's own, and a gate.
struct GatePeriod: Sendable {
  let customer: PublicId?
  let gate: PublicId?
  private let period: PeriodOfGates

  private static let customer = Field.id(
    "customer", .customer, "Of what concerns this customer; absent: of all that is the provider's own, for who serves all customers.",
    "与该客户有关的事项；不填则为服务商自有流程的全部事项（须服务全部客户）。"
  ).optional
  static let gate = Field.id("gate", .gate, "Only this gate.", "仅此关卡。").optional
  static let fields: [any InputField] = [customer, gate] + PeriodOfGates.fields

  init(_ values: InputValues) throws(FieldError) {
    customer = try values[Self.customer]
    gate = try values[Self.gate]
    period = try PeriodOfGates(values)
  }

  func bounds(_ now: Instant) throws(Failure) -> (from: Instant, until: Instant) { try period.bounds(now) }

  /// What a cursor is good for.
  var filter: String { "\(customer?.description ?? "")/\(gate?.description ?? "")/\(period.filter)" }
}

/// What gates did, and what that cost.
package enum GateFriction: Operation {
  package struct Input: OperationInput {
    let period: GatePeriod

    package static let fields: [any InputField] = GatePeriod.fields

    package init(_ values: InputValues) throws(FieldError) { period = try GatePeriod(values) }
  }

  package struct Row: OperationOutput {
    let gate: PublicId
    let found: FrictionOfGates.Found

    package static let fields: [OutputField<Row>] =
      [
        OutputField("gate", .id, "The gate.", "关卡编号。") { .id($0.gate) },
        OutputField("name", .document, "Its name, by language.", "名称（按语言）。") { $0.found.name.value ?? .null },
        OutputField("step", .text, "The operation that it stands before.", "所在步骤（操作名）。") { .text($0.found.step) },
        OutputField("kind", .text, "field, checklist, evidence or approval.", "类别。") { .text($0.found.kind) },
      ] + GateFigures.fields { $0.found.figures }
  }

  package struct Output: OperationOutput {
    let from: Instant
    let until: Instant
    let rows: [Row]

    package static let fields: [OutputField<Output>] = [
      OutputField("from", .instant, "Where the period begins.", "期间起始。") { .instant($0.from) },
      OutputField("until", .instant, "Where it ends; that instant does not belong to it.", "期间截止（不含）。") { .instant($0.until) },
      OutputField("gates", listOf: Row.self, "The gates that something came to.", "各关卡的指标。") { $0.rows },
    ]
  }

  package static let declaration = Declaration(
    "gate.friction",
    "Report what was met at gates in a period, of a customer or of all that is the provider's own: stops, bypasses, waiting; gate.passages lists what is behind it.",
    zh: "统计期间内客户事项（或服务商自有流程的全部事项）在关卡处的拦截、放行与等待；明细见 gate.passages。", permission: GateRights.read, roles: GateRights.readers,
    reach: .homeOr(by: "customer", andProvider: true), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    try context.requireServed(input.period)
    let (from, until) = try input.period.bounds(context.now)
    let gate = try await context.gateOfPeriod(input.period.gate)
    let figures = try await context.transaction.query(
      FrictionOfGates(provider: context.provider.id, tenant: context.tenant.id, from: from, until: until, gate: gate, now: context.now))
    return Output(from: from, until: until, rows: figures.map { Row(gate: context.id(.gate, $0.gate), found: $0) })
  }
}

/// The records behind the figures.
package enum ListPassages: Operation {
  package struct Input: OperationInput {
    let period: GatePeriod
    let outcome: String?
    let stopped: Bool
    let limit: Int64?
    let cursor: String?

    private static let outcome = Field.oneOf("outcome", ["waiting", "passed", "bypassed", "left"], "Only those that ended so.", "按结果筛选。").optional
    private static let stopped = Field.boolean("stopped", "Only those that were stopped (default no).", "仅被拦截的（默认否）。").optional

    package static let fields: [any InputField] = GatePeriod.fields + [outcome, stopped, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      period = try GatePeriod(values)
      outcome = try values[Self.outcome]
      stopped = try values[Self.stopped] ?? false
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }

    var filter: String { "\(period.filter)/\(outcome ?? "")/\(stopped)" }
  }

  package static let declaration = Declaration(
    "gate.passages", "List the stays at gates that began in a period, of a customer or of all that is the provider's own, the newest first.",
    zh: "列出期间内客户事项（或服务商自有流程的全部事项）经过关卡的记录，最新的在前。", permission: GateRights.read, roles: GateRights.readers,
    reach: .homeOr(by: "customer", andProvider: true), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<PassageRecord> {
    let (limit, after) = try context.page(input.limit, input.cursor, filter: input.filter)
    try context.requireServed(input.period)
    let (from, until) = try input.period.bounds(context.now)
    let gate = try await context.gateOfPeriod(input.period.gate)
    let before = try after.map { (cameAt: try $0.instant(0), id: try $0.integer(1)) } ?? (cameAt: until, id: 0)
    let rows = try await context.transaction.query(
      PassagePage(
        provider: context.provider.id, tenant: context.tenant.id, from: from, until: until, gate: gate, outcome: input.outcome,
        onlyStopped: input.stopped, before: before, limit: limit + 1, now: context.now))
    let records = try await context.passageRecords(rows)
    return context.listing(
      Array(zip(rows, records)), limit: limit, filter: input.filter, key: { PageCursor([.integer($0.0.cameAt.microseconds), .integer($0.0.id)]) },
      element: { $0.1 })
  }
}

extension OperationContext {
  /// What is of no customer is for who serves all of them.
  fileprivate func requireServed(_ period: GatePeriod) throws(Failure) {
    guard period.customer != nil else {
      guard reachableCustomers == nil else { throw .invalid("customer", InputMessages.requiredHere) }
      return
    }
    guard tenant.kind == .customer else { throw unknownReference("customer") }
  }

  func gateOfPeriod(_ id: PublicId?) async throws -> Int64? {
    guard let id else { return nil }
    let found = GateByPublicId(provider: provider.id, customers: reachableCustomers, publicId: id)
    guard let gate = try await transaction.first(found) else { throw unknownReference("gate") }
    return gate.id
  }
}
