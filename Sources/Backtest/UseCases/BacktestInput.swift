import BillingEngine
import Contracts
import Credits
import Kernel
import Operations

/// What both operations take: the SLA, and the tickets that it is tried out on.
struct BacktestInput: Sendable {
  let sla: SlaTrialInput
  let line: PublicId?
  private let basis: Selection.Basis
  private let from: CalendarDate?
  private let until: CalendarDate?
  private let priority: Int64?
  private let category: String?

  private static let customer = Field.id("customer", .customer, "The customer.", "客户编号。")
  private static let line = Field.id("contractLine", .contractLine, "Only tickets under this contract line.", "仅限此合同行的工单。").optional
  private static let basis = Field.oneOf(
    "basis", Selection.Basis.allCases.map(\.rawValue), "What puts a ticket into the period and its month: opened (default) or closed.",
    "工单归入期间及月份的口径：opened（打开，默认）或 closed（关闭）。"
  ).optional
  private static let from = Field.date("from", "The first day, in the customer's zone (default: the first ticket's).", "首日，按客户时区（默认不限）。").optional
  private static let until = Field.date("until", "The first day after the period (default: the last ticket's).", "期间之后的第一天（默认不限）。").optional
  private static let priority = Field.integer("priority", Rating.numbers, "Only tickets of this priority.", "仅限此优先级的工单。").optional
  private static let category = Field.text("category", 1...120, "Only tickets of this category.", "仅限此分类的工单。").optional

  static let fields: [any InputField] = [customer] + SlaTrialInput.fields + [line, basis, from, until, priority, category]

  init(_ values: InputValues) throws(FieldError) {
    sla = try SlaTrialInput(values)
    line = try values[Self.line]
    basis = try values[Self.basis].flatMap(Selection.Basis.init(rawValue:)) ?? .opened
    from = try values[Self.from]
    until = try values[Self.until]
    priority = try values[Self.priority]
    category = try values[Self.category]
    if let from, let until, until <= from { throw FieldError("until", BacktestMessages.untilBeforeFrom, ["from": from.description]) }
  }

  /// What a cursor is good for.
  var fingerprint: String {
    let parts = [sla.fingerprint, line?.description, basis.rawValue, from?.description, until?.description, priority.map(String.init), category]
    return parts.map { $0 ?? "" }.joined(separator: " ")
  }

  /// The most tickets of a call: what is judged within a second. The command line has no limit.
  static let limit: Int64 = 20_000

  /// What is tried out on what.
  func run(
    crediting credits: CreditTrial.Terms?, kept: Int, after: VerdictChange.Place = .start, wanted: Set<VerdictChange.Kind> = Set(VerdictChange.Kind.allCases),
    in context: OperationContext
  ) async throws -> TrialRun {
    var lineId: Int64?
    if let line {
      lineId = try await context.transaction.first(LineByPublicId(tenant: context.tenant.id, publicId: line))
      guard lineId != nil else { throw context.unknownReference("contractLine") }
    }
    return TrialRun(
      customer: context.tenant, trial: try await context.trial(sla),
      selection: Selection(basis: basis, from: from, until: until, line: lineId, priority: priority, category: category), credits: credits,
      now: context.now, limit: Self.limit, kept: kept, after: after, wanted: wanted)
  }
}
