import Kernel
import Operations
import Postgres
import Renewals

/// How many of the renewals that were to be decided in a period were renewed: of one customer, or over all.
package enum ReadRenewalRate: Operation {
  package struct Input: OperationInput {
    let customer: PublicId?
    let from: CalendarDate
    let before: CalendarDate

    private static let customer = Field.id("customer", .customer, "Only this customer's (default: all that you may see).", "仅此客户（默认您可见的全部客户）。").optional
    private static let from = Field.date("decisionFrom", "The first day of the period; an item counts by its decision day.", "期间首日；各项按其决定日期计入。")
    private static let before = Field.date("decisionBefore", "The first day after the period.", "期间结束后的首日。")

    package static let fields: [any InputField] = [customer, from, before]

    package init(_ values: InputValues) throws(FieldError) {
      customer = try values[Self.customer]
      from = try values[Self.from]
      before = try values[Self.before]
    }
  }

  package struct Output: OperationOutput {
    let input: Input
    let counts: RenewalCounts

    package static let fields: [OutputField<Output>] = [
      OutputField("customer", .id, "The customer; null: all that you may see.", "客户；null 表示您可见的全部客户。") { .id($0.input.customer) },
      OutputField("decisionFrom", .date, "The first day of the period.", "期间首日。") { .date($0.input.from) },
      OutputField("decisionBefore", .date, "The first day after it.", "期间结束后的首日。") { .date($0.input.before) },
      OutputField("renewed", .integer, "How many were renewed: the numerator.", "已续约的项数（分子）。") { .integer($0.counts.renewed) },
      OutputField("due", .integer, "How many were to be decided: the denominator. What was superseded is none.", "应决定的项数（分母）；已被取代者不计。") {
        .integer($0.counts.due)
      },
      OutputField("notRenewed", .integer, "How many were declined.", "不续约的项数。") { .integer($0.counts.notRenewed) },
      OutputField("lapsed", .integer, "How many ended undecided.", "逾期未定的项数。") { .integer($0.counts.lapsed) },
      OutputField("open", .integer, "How many are not completed yet; they count as due.", "尚未完成的项数，计入应决定数。") { .integer($0.counts.open) },
      OutputField("rate", .decimal, "renewed / due in percent, rounded to four decimals; null when nothing was due.", "renewed / due，百分数，四位小数；没有应决定项时为 null。") {
        Rate($0.counts.renewed, of: $0.counts.due).map { .decimal($0.percent) } ?? .null
      },
    ]
  }

  package static let declaration = Declaration(
    "renewal.rate", "Read the renewal rate of a period: of the customers' contracts that were to be decided in it, the share that was renewed.",
    zh: "查看某期间的续约率：应决定的合同中已续约的比例。", permission: "renewal.read", roles: Rights.staff, reach: .many, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    guard input.from < input.before else { throw Failure.invalid("decisionBefore", ContractsMessages.periodOrder) }
    var permitted = context.reachableCustomers
    // That the caller reaches it was checked with all references.
    if let customer = input.customer { permitted = [try await context.tenancy.tenant(customer.handle)?.id.rawValue ?? 0] }
    var counts = RenewalCounts()
    var after = TenantId(0)
    while true {
      let tenants = try await context.transaction.query(
        RenewalTenants(tenants: permitted, from: input.from, before: input.before, after: after, limit: RenewalTenants.most))
      guard let last = tenants.last else { break }
      let found = try await context.bound(to: tenants) {
        try await $0.query(CountRenewals(tenants: tenants.map(\.rawValue), from: input.from, before: input.before))
      }
      for part in found { counts.add(part) }
      guard tenants.count == RenewalTenants.most else { break }
      after = last
    }
    return Output(input: input, counts: counts)
  }
}

/// The items of a period by what became of them.
struct RenewalCounts: Hashable, Sendable {
  private(set) var renewed: Int64 = 0
  private(set) var notRenewed: Int64 = 0
  private(set) var lapsed: Int64 = 0
  private(set) var open: Int64 = 0

  var due: Int64 { renewed + notRenewed + lapsed + open }

  mutating func add(_ part: CountRenewals.Found) {
    switch part.outcome {
    case .renewed: renewed += part.count
    case .notRenewed: notRenewed += part.count
    case .lapsed: lapsed += part.count
    case nil: open += part.count
    case .superseded: break
    }
  }
}

/// The customers with renewals that are to be decided in a period, by id.
struct RenewalTenants: Statement {
  /// As many as one transaction may be bound to.
  static let most = 500

  let tenants: [Int64]?
  let from: CalendarDate
  let before: CalendarDate
  let after: TenantId
  let limit: Int

  static let sql = "select tenant_id from finder.renewal_tenants($1, $2, $3, $4, $5)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenants)
    parameters.append(from)
    parameters.append(before)
    parameters.append(after)
    parameters.append(Int64(limit))
  }

  static func decode(_ row: inout RowReader) throws -> TenantId { try row.next() }
}

/// The items of customers that are to be decided in a period, by outcome.
struct CountRenewals: Statement {
  struct Found: Sendable {
    let outcome: RenewalOutcome?
    let count: Int64
  }

  let tenants: [Int64]
  let from: CalendarDate
  let before: CalendarDate

  static let sql = """
    select r.outcome, count(*) from contracts.renewal r
    where r.tenant_id = any($1) and r.contract_id is not null and r.decision_on >= $2 and r.decision_on < $3
      and r.decision_at > ($2::date - 1)::timestamp at time zone 'UTC' and r.decision_at < ($3::date + 1)::timestamp at time zone 'UTC'
      and r.outcome is distinct from 'superseded'
    group by r.outcome
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenants)
    parameters.append(from)
    parameters.append(before)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let outcome: String? = try row.next()
    return Found(outcome: outcome.flatMap(RenewalOutcome.init(rawValue:)), count: try row.next())
  }
}
