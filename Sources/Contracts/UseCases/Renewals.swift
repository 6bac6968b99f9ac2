import Kernel
import Operations
import Renewals
import ServiceTime
import Suppliers
import Tenancy

/// The decision on a cycle of a contract, as it is shown.
package struct RenewalOutput: OperationOutput {
  let id: PublicId
  /// Nil of a contract with a supplier; of one with a customer, what is of suppliers.
  let customer: (id: PublicId, name: String)?
  let supplier: (id: PublicId, name: String)?
  let contract: PublicId?
  let underpinningContract: PublicId?
  let contractName: String
  let number: String
  let row: RenewalRow
  let now: Instant

  init(_ row: RenewalRow, contractName: String, in context: OperationContext) {
    let tenant = context.tenant
    self.init(row, tenant: tenant.publicId, code: tenant.code, tenantName: tenant.name, contractName: contractName, at: context.now)
  }

  /// Nil for bits that are no id.
  init?(_ found: RenewalsAt.Found, at now: Instant) {
    guard let tenant = PublicId(kind: IdKind.customer.prefix, handle: found.handle, random: found.customer) else { return nil }
    self.init(found.row, tenant: tenant, code: found.code, tenantName: found.customerName, contractName: found.contractName, at: now)
  }

  private init(_ row: RenewalRow, tenant: PublicId, code: String, tenantName: String, contractName: String, at now: Instant) {
    self.now = now
    func id(_ kind: IdKind, _ bits: [UInt8]) -> PublicId {
      PublicId(kind: kind.prefix, handle: tenant.handle, random: bits) ?? .none(kind: kind.prefix, handle: tenant.handle)
    }
    self.id = id(.renewal, row.publicId)
    self.contractName = contractName
    switch row.party {
    case .customer(let bits, let contractNumber):
      (customer, supplier) = ((tenant, tenantName), nil)
      (contract, underpinningContract) = (id(.contract, bits), nil)
      number = "\(code)-CON-\(pad(contractNumber, 6))"
    case .supplier(let bits, let reference, let supplierBits, let supplierName):
      (customer, supplier) = (nil, (id(.supplier, supplierBits), supplierName))
      (contract, underpinningContract) = (nil, id(.underpinningContract, bits))
      number = reference
    }
    self.row = row
  }

  /// A day of the contract's zone.
  private func day(_ instant: Instant?) -> CalendarDate? {
    instant.map { Zone.named(row.zone)?.date(at: $0) ?? $0.utcDay }
  }

  /// Whether the day of the decision is over, and nobody has decided.
  private var isOverdue: Bool {
    [.pending, .snoozed].contains(row.state) && (day(now).map { $0 > row.cycle.decisionOn } ?? false)
  }

  package static let fields: [OutputField<RenewalOutput>] = [
    OutputField("id", .id, "The renewal.", "续约项编号。") { .id($0.id) },
    OutputField("customer", .id, "The customer; null for a contract with a supplier.", "客户；支撑合同则为 null。") { .id($0.customer?.id) },
    OutputField("customerName", .text, "The customer's name.", "客户名称。") { .text($0.customer?.name) },
    OutputField("contract", .id, "The contract with the customer.", "客户合同编号。") { .id($0.contract) },
    OutputField("supplier", .id, "The supplier; null for a contract with a customer.", "供应商；客户合同则为 null。") { .id($0.supplier?.id) },
    OutputField("supplierName", .text, "The supplier's name.", "供应商名称。") { .text($0.supplier?.name) },
    OutputField("underpinningContract", .id, "The contract with the supplier.", "支撑合同编号。") { .id($0.underpinningContract) },
    OutputField("contractName", .text, "The contract's name.", "合同名称。") { .text($0.contractName) },
    OutputField("number", .text, "The contract's number for people; a supplier's contract has its reference.", "合同号；支撑合同为其双方使用的编号。") {
      .text($0.number)
    },
    OutputField("mode", .text, "manual: somebody decides; auto: it is extended unless somebody declines.", "manual（人工决定）或 auto（除非拒绝，否则自动续约）。") {
      .text($0.row.cycle.mode.rawValue)
    },
    OutputField("evergreen", .boolean, "Whether the term is open-ended; its cycles are years.", "是否无固定期限（以年为周期）。") { .bool($0.row.cycle.isEvergreen) },
    OutputField("cycleEndsAt", .instant, "When the term, or the year of an open-ended one, ends.", "本期限（或年度周期）结束的时间。") { .instant($0.row.cycle.endsAt) },
    OutputField("decisionOn", .date, "The day by which is to be decided: the end less the notice, in the contract's zone.", "须作出决定的日期：到期日减去通知期，按合同时区。") {
      .date($0.row.cycle.decisionOn)
    },
    OutputField("overdue", .boolean, "Whether that day is over and nobody has decided.", "决定日期是否已过而尚未决定。") { .bool($0.isOverdue) },
    OutputField("cycleEndsOn", .date, "The first day after the cycle, in the contract's zone.", "周期结束后的首日，按合同时区。") { .date($0.day($0.row.cycle.endsAt)) },
    OutputField(
      "monthlyFee", .decimal, "What the customer's lines cost a month, together; null where none has a fee, or the sum is too large.",
      "客户合同行的月费合计；均无费用或合计过大则为 null。"
    ) {
      $0.row.monthlyFee.map { .decimal($0.amount) } ?? .null
    },
    OutputField("currency", .text, "The currency of the fee.", "费用货币。") { .text($0.row.monthlyFee?.currency.code) },
    OutputField("decisionAt", .instant, "The first instant of that day.", "该日的起始时刻。") { .instant($0.row.cycle.decisionAt) },
    OutputField(
      "state", .text, "pending, renewing, not_renewing, snoozed or completed.",
      "状态：pending（待决定）、renewing（续约中）、not_renewing（不续约）、snoozed（推迟）或 completed（完成）。"
    ) {
      .text($0.row.state.rawValue)
    },
    OutputField("snoozedUntil", .instant, "Until when it is put off.", "推迟至何时。") { .instant($0.row.snoozedUntil) },
    OutputField("snoozedUntilDay", .date, "The day on which it is pending again, in the contract's zone.", "重新待决定的日期，按合同时区。") {
      .date($0.day($0.row.snoozedUntil))
    },
    OutputField(
      "outcome", .text, "renewed, not_renewed, lapsed or superseded; null while it is open.",
      "结果：renewed（已续约）、not_renewed（未续约）、lapsed（逾期未定）或 superseded（已被取代）；未完成则为 null。"
    ) {
      .text($0.row.outcome?.rawValue)
    },
    OutputField(
      "obstructedFrom", .instant,
      "When a later version of the contract begins behind which no extension and no decline can be written: withdraw it, or change the term; null: none.",
      "合同更晚版本的生效时间，该版本使续约或不续约无法登记：请撤回该版本或变更期限；无则为 null。"
    ) {
      .instant($0.row.obstructedFrom)
    },
    OutputField("note", .text, "What was noted last.", "最近的备注。") { .text($0.row.note) },
    OutputField("completedAt", .instant, "When it was completed.", "完成时间。") { .instant($0.row.completedAt) },
    OutputField("version", .integer, "For If-Match.", "用于 If-Match 的版本号。") { .integer($0.row.version) },
  ]
}

package enum ReadRenewal: Operation {
  package typealias Input = ReferenceInput<RenewalInputs>

  package static let declaration = Declaration(
    "renewal.read", "Read the decision on a contract's renewal.", zh: "查看合同续约项。", roles: Rights.staff, reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> RenewalOutput {
    let (row, newest) = try await context.renewal(input.id)
    return RenewalOutput(row, contractName: newest.name, in: context)
  }
}

/// The account manager's list: what is to be decided over all customers and suppliers, the next decision first. What is of suppliers is there for
/// who serves every customer.
package enum ListRenewals: Operation {
  package struct Input: OperationInput {
    let customer: PublicId?
    let party: String?
    let state: String?
    let from: CalendarDate?
    let before: CalendarDate?
    let limit: Int64?
    let cursor: String?

    private static let customer = Field.id("customer", .customer, "Only those of this customer.", "仅列出该客户的续约。").optional
    private static let party = Field.oneOf(
      "party", ["customer", "supplier"], "Only contracts with customers, or with suppliers (default: all).", "仅列出客户合同（customer）或支撑合同（supplier），默认全部。"
    ).optional
    private static let state = Field.oneOf(
      "state", RenewalState.allCases.map(\.rawValue) + ["open", "all"],
      "Only those in this state; open: all that are not completed (default: the open ones that are not put off).", "仅列出此状态；open 为所有未完成项（默认为未完成且未推迟的项）。"
    ).optional
    private static let from = Field.date("decisionFrom", "Only those to be decided on this day or later.", "仅列出决定日期不早于此日的项。").optional
    private static let before = Field.date("decisionBefore", "Only those to be decided before this day.", "仅列出决定日期早于此日的项。").optional

    package static let fields: [any InputField] = [customer, party, state, from, before, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      customer = try values[Self.customer]
      party = try values[Self.party]
      state = try values[Self.state]
      from = try values[Self.from]
      before = try values[Self.before]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }

    var filterText: String { "\(customer?.description ?? "")/\(party ?? "")/\(state ?? "")/\(from?.description ?? "")/\(before?.description ?? "")" }
  }

  package static let declaration = Declaration(
    "renewal.list", "List the renewals to be decided over all customers and suppliers, the next decision first.",
    zh: "列出所有客户和供应商待决定的续约，最近的决定日期在前。", permission: "renewal.read",
    roles: Rights.staff, reach: .many, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<RenewalOutput> {
    let (limit, after) = try context.page(input.limit, input.cursor, filter: input.filterText)
    var tenants = context.access.tenants.map { $0.map(\.rawValue).sorted() }
    // That the caller reaches it was checked with all references.
    if let customer = input.customer { tenants = [try await context.tenancy.tenant(customer.handle)?.id.rawValue ?? 0] }
    let positions = try await context.transaction.query(
      RenewalPositions(
        tenants: tenants, party: input.party, state: input.state,
        from: input.from, before: input.before, after: try after.map(RenewalPositions.Found.init), limit: limit + 1))
    let outputs = try await outputs(at: positions, context)
    let rows = positions.compactMap { position in outputs[position.id].map { (position: position, output: $0) } }
    return context.listing(rows, limit: limit, filter: input.filterText, key: { $0.position.cursor }, element: { $0.output })
  }

  private static func outputs(at positions: [RenewalPositions.Found], _ context: OperationContext) async throws -> [Int64: RenewalOutput] {
    guard !positions.isEmpty else { return [:] }
    let found = try await context.bound(to: Set(positions.map(\.tenant)).sorted()) { try await $0.last(RenewalsAt(positions: positions)) }
    return Dictionary(found.compactMap { found in RenewalOutput(found, at: context.now).map { (found.row.id, $0) } }) { first, _ in first }
  }
}

extension RenewalPositions.Found {
  var cursor: PageCursor { PageCursor([.integer(decisionAt.microseconds), .integer(tenant.rawValue), .integer(id)]) }

  init(_ cursor: PageCursor) throws {
    decisionAt = try cursor.instant(0)
    tenant = TenantId(try cursor.integer(1))
    id = try cursor.integer(2)
  }
}
