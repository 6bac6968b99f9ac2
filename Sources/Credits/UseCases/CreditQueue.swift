import BillingEngine
import Contracts
import Kernel
import Operations

/// A proposal in a look over all customers.
package struct QueuedCredit: OperationOutput {
  let id: PublicId
  let customer: PublicId
  let contract: PublicId
  let line: PublicId
  let row: CreditsAt.Found

  /// Nil for bits that are no id.
  init?(_ row: CreditsAt.Found) {
    func id(_ kind: IdKind, _ bits: [UInt8]) -> PublicId? { PublicId(kind: kind.prefix, handle: row.handle, random: bits) }
    guard let credit = id(.credit, row.publicId), let customer = id(.customer, row.customer), let contract = id(.contract, row.contract),
      let line = id(.contractLine, row.line)
    else { return nil }
    (self.id, self.customer, self.contract, self.line, self.row) = (credit, customer, contract, line, row)
  }

  private func money(_ minorUnits: Int64) -> Value {
    Currency(code: row.currency).map { .decimal(Money(minorUnits: minorUnits, currency: $0).amount) } ?? .null
  }

  package static let fields: [OutputField<QueuedCredit>] = [
    OutputField("id", .id, "The credit.", "补偿编号。") { .id($0.id) },
    OutputField("number", .text, "Its number for people.", "补偿单号。") { .text("\($0.row.code)-CRD-\(pad($0.row.number, 6))") },
    OutputField("customer", .id, "The customer.", "客户。") { .id($0.customer) },
    OutputField("customerName", .text, "The customer's name.", "客户名称。") { .text($0.row.customerName) },
    OutputField("contract", .id, "The contract.", "合同。") { .id($0.contract) },
    OutputField("line", .id, "The contract line.", "合同行。") { .id($0.line) },
    OutputField("scheduleName", .text, "The schedule's name.", "补偿方案名称。") { .text($0.row.scheduleName) },
    OutputField("period", .text, "The period.", "期间。") { .text($0.row.periodName) },
    OutputField("state", .text, "proposed, half_approved, approved, refused or superseded.", "状态：proposed、half_approved、approved、refused 或 superseded。") {
      .text($0.row.state.rawValue)
    },
    OutputField("amount", .decimal, "What the period is worth.", "该期间的补偿金额。") { $0.money($0.row.amount) },
    // Both are zero or more: the difference fits.
    OutputField("toCredit", .decimal, "What is to be credited beyond what was granted before.", "在此前已批准金额之外应补偿的金额。") {
      $0.money($0.row.amount - $0.row.granted)
    },
    OutputField("currency", .text, "The currency.", "货币。") { .text($0.row.currency) },
    OutputField("recordedAt", .instant, "When it was proposed.", "提出时间。") { .instant($0.row.recordedAt) },
    OutputField("version", .integer, "For If-Match.", "用于 If-Match 的版本号。") { .integer($0.row.version) },
  ]
}

/// The filters of a look over all customers.
package struct CreditFilterInput: OperationInput {
  let customer: PublicId?
  let state: String?
  let period: String?
  let limit: Int64?
  let cursor: String?

  private static let customer = Field.id("customer", .customer, "Only this customer's (default: all that you may see).", "仅此客户（默认您可见的全部客户）。").optional
  private static let state = Field.oneOf(
    "state", CreditState.allCases.map(\.rawValue) + ["all"], "Only those in this state (default: what waits for a decision).", "仅列出此状态（默认为待决定者）。"
  ).optional
  private static let period = Field.text(
    "period", 4...7, "Only those whose period touches this one: 2026-03, 2026-Q1 or 2026.", "仅列出期间与此重叠者：2026-03、2026-Q1 或 2026。"
  ).optional
  static let filters: [any InputField] = [customer, state, period]

  package static let fields: [any InputField] = filters + [Paging.limit, Paging.cursor]

  package init(_ values: InputValues) throws(FieldError) {
    self.init(
      customer: try values[Self.customer], state: try values[Self.state], period: try values[Self.period], limit: try values[Paging.limit],
      cursor: try values[Paging.cursor])
  }

  /// Without a page, for what is not one.
  init(filtersOf values: InputValues) throws(FieldError) {
    self.init(customer: try values[Self.customer], state: try values[Self.state], period: try values[Self.period], limit: nil, cursor: nil)
  }

  private init(customer: PublicId?, state: String?, period: String?, limit: Int64?, cursor: String?) {
    (self.customer, self.state, self.period, self.limit, self.cursor) = (customer, state, period, limit, cursor)
  }

  var text: String { "\(customer?.description ?? "")/\(state ?? "")/\(period ?? "")" }

  func filter(in context: OperationContext) async throws -> CreditFilter {
    var tenants = context.access.tenants.map { $0.map(\.rawValue).sorted() }
    // That the caller reaches it was checked with all references.
    if let customer { tenants = [try await context.tenancy.tenant(customer.handle)?.id.rawValue ?? 0] }
    let days = try period.map { name in
      guard let period = [BillingPeriod.Kind.month, .quarter, .year].lazy.compactMap({ BillingPeriod($0, named: name) }).first else {
        throw Failure.invalid("period", CreditsMessages.badPeriod, ["form": "2026-03, 2026-Q1, 2026"])
      }
      return period.first..<period.end
    }
    return CreditFilter(state: state, days: days, tenants: tenants)
  }
}

/// What waits for a decision over all customers, the oldest first.
package enum QueueCredits: Operation {
  package typealias Input = CreditFilterInput

  package static let declaration = Declaration(
    "credit.queue", "List credit proposals over all customers, the oldest first.", zh: "列出所有客户的补偿建议，最早的在前。", permission: "credit.read",
    roles: CreditRights.staff, reach: .many, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<QueuedCredit> {
    let filter = try await input.filter(in: context)
    let (limit, after) = try context.page(input.limit, input.cursor, filter: input.text)
    let positions = try await context.transaction.query(
      CreditPositions(filter: filter, after: try after.map(CreditPositions.Found.init), limit: limit + 1))
    let outputs = try await outputs(at: positions, context)
    let rows = positions.compactMap { position in outputs[position.id].map { (position: position, output: $0) } }
    return context.listing(rows, limit: limit, filter: input.text, key: { $0.position.cursor }, element: { $0.output })
  }

  private static func outputs(at positions: [CreditPositions.Found], _ context: OperationContext) async throws -> [Int64: QueuedCredit] {
    guard !positions.isEmpty else { return [:] }
    let found = try await context.bound(to: Set(positions.map(\.tenant)).sorted()) { try await $0.last(CreditsAt(positions: positions)) }
    return Dictionary(found.compactMap { found in QueuedCredit(found).map { (found.id, $0) } }) { first, _ in first }
  }
}

extension CreditPositions.Found {
  fileprivate var cursor: PageCursor { PageCursor([.integer(recordedAt.microseconds), .integer(tenant.rawValue), .integer(id)]) }

  fileprivate init(_ cursor: PageCursor) throws {
    recordedAt = try cursor.instant(0)
    tenant = TenantId(try cursor.integer(1))
    id = try cursor.integer(2)
  }
}

/// What those proposals come to.
package enum TotalCredits: Operation {
  package struct Input: OperationInput {
    let filters: CreditFilterInput

    package static let fields = CreditFilterInput.filters

    package init(_ values: InputValues) throws(FieldError) { filters = try CreditFilterInput(filtersOf: values) }
  }

  package struct Total: OperationOutput {
    let state: CreditState
    private(set) var count: Int64
    private(set) var amount: Money
    private(set) var granted: Money

    mutating func add(_ other: Total) throws(Money.ArithmeticError) {
      amount = try amount.adding(other.amount)
      granted = try granted.adding(other.granted)
      count += other.count
    }

    package static let fields: [OutputField<Total>] = [
      OutputField("currency", .text, "The currency.", "货币。") { .text($0.amount.currency.code) },
      OutputField("state", .text, "The state.", "状态。") { .text($0.state.rawValue) },
      OutputField("count", .integer, "How many proposals.", "补偿建议数。") { .integer($0.count) },
      OutputField("amount", .decimal, "What their periods are worth.", "其期间的补偿金额。") { .decimal($0.amount.amount) },
      OutputField("toCredit", .decimal, "What is to be credited beyond what was granted before.", "在此前已批准金额之外应补偿的金额。") {
        // Both are zero or more: the difference fits.
        .decimal(Money(minorUnits: $0.amount.minorUnits - $0.granted.minorUnits, currency: $0.amount.currency).amount)
      },
    ]
  }

  package struct Output: OperationOutput {
    let totals: [Total]

    package static let fields: [OutputField<Output>] = [
      OutputField("totals", listOf: Total.self, "By currency and state.", "按货币与状态。") { $0.totals }
    ]
  }

  package static let declaration = Declaration(
    "credit.totals", "Add up credit proposals over all customers, by currency and state.", zh: "按货币与状态合计所有客户的补偿建议。", permission: "credit.read",
    roles: CreditRights.staff, reach: .many, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let filter = try await input.filters.filter(in: context)
    var totals: [[String]: Total] = [:]
    var after = TenantId(0)
    while true {
      let tenants = try await context.transaction.query(CreditTenants(filter: filter, after: after))
      guard let last = tenants.last else { break }
      let sums = try await context.bound(to: tenants) { try await $0.query(CreditSums(tenants: tenants.map(\.rawValue), filter: filter)) }
      for sum in sums {
        guard let currency = Currency(code: sum.currency) else { continue }
        let part = Total(
          state: sum.state, count: sum.count, amount: Money(minorUnits: sum.amount, currency: currency),
          granted: Money(minorUnits: sum.granted, currency: currency))
        let key = [sum.currency, sum.state.rawValue]
        guard var total = totals[key] else {
          totals[key] = part
          continue
        }
        do throws(Money.ArithmeticError) { try total.add(part) } catch { throw CreditError.overflow.failure }
        totals[key] = total
      }
      guard tenants.count == CreditTenants.most else { break }
      after = last
    }
    return Output(totals: totals.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value))
  }
}
