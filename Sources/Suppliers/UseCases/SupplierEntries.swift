import BillingEngine
import Kernel
import Operations

package struct SupplierEntryOutput: OperationOutput {
  let id: PublicId
  let supplier: PublicId
  let contract: PublicId?
  let service: PublicId?
  let reverses: PublicId?
  let reversedBy: PublicId?
  let row: EntryRow

  init(_ row: EntryRow, in context: OperationContext) {
    id = context.id(.supplierEntry, row.publicId)
    supplier = context.id(.supplier, row.supplier)
    contract = row.contract.map { context.id(.underpinningContract, $0) }
    service = row.service.map { context.id(.supplierService, $0) }
    reverses = row.reverses.map { context.id(.supplierEntry, $0) }
    reversedBy = row.reversedBy.map { context.id(.supplierEntry, $0) }
    self.row = row
  }

  package static let fields: [OutputField<SupplierEntryOutput>] = [
    OutputField("id", .id, "The entry.", "记录编号。") { .id($0.id) },
    OutputField("supplier", .id, "The supplier.", "供应商。") { .id($0.supplier) },
    OutputField("kind", .text, "cost or credit_note.", "cost（费用）或 credit_note（贷项通知）。") { .text($0.row.kind.rawValue) },
    OutputField("underpinningContract", .id, "The contract that it is for.", "所属支撑合同。") { .id($0.contract) },
    OutputField("service", .id, "The service that it is for.", "所属服务。") { .id($0.service) },
    OutputField("reference", .text, "The number of the invoice or credit note.", "发票或贷项通知单号。") { .text($0.row.reference) },
    OutputField("period", .text, "The period that it is for.", "所属期间。") { .text($0.row.periodName) },
    OutputField("periodFrom", .date, "Its first day.", "期间首日。") { .date($0.row.periodFrom) },
    OutputField("periodTo", .date, "The first day after it.", "期间结束后的首日。") { .date($0.row.periodTo) },
    OutputField("amount", .decimal, "The amount; below zero where it takes another entry back.", "金额；冲销时为负。") { output in
      Currency(code: output.row.currency).map { .decimal(Money(minorUnits: output.row.minorUnits, currency: $0).amount) } ?? .null
    },
    OutputField("currency", .text, "The currency.", "货币。") { .text($0.row.currency) },
    OutputField("evidence", .text, "What shows it.", "依据。") { .text($0.row.evidence) },
    OutputField("reverses", .id, "The entry that it takes back.", "所冲销的记录。") { .id($0.reverses) },
    OutputField("reversedBy", .id, "The entry that takes it back.", "冲销此记录的记录。") { .id($0.reversedBy) },
    OutputField("recordedAt", .instant, "When it was recorded.", "登记时间。") { .instant($0.row.recordedAt) },
  ]
}

package enum RecordSupplierEntry: Operation {
  package struct Input: OperationInput {
    let supplier: PublicId
    let kind: EntryKind
    let contract: PublicId?
    let service: PublicId?
    let reference: String
    let period: String
    let amount: String
    let currency: String
    let evidence: String?
    let again: Bool

    static let kind = Field.oneOf(
      "kind", EntryKind.allCases.map(\.rawValue), "cost: what it cost, by an invoice; credit_note: what it gave back.", "cost：费用（发票）；credit_note：供应商补偿（贷项通知）。")
    private static let contract = Field.id("underpinningContract", .underpinningContract, "The contract that it is for.", "所属支撑合同。").optional
    private static let service = Field.id("service", .supplierService, "The service that it is for.", "所属服务。").optional
    private static let reference = Field.text("reference", 1...100, "The number of the invoice or credit note.", "发票或贷项通知单号。")
    private static let period = Field.text(
      "period", 4...7, "The month, quarter or year that it is for: 2026-03, 2026-Q1 or 2026. Each of its days has an equal part.",
      "所属的月、季度或年：2026-03、2026-Q1 或 2026；按日均摊。")
    private static let amount = Field.amount("amount", "The amount, more than zero.", "金额，须大于零。")
    private static let currency = Field.text("currency", 3...3, "The currency (ISO 4217).", "货币（ISO 4217）。")
    private static let evidence = Field.text("evidence", 1...500, "What shows it; a credit note needs it.", "依据；贷项通知必填。").optional

    private static let again = Field.boolean(
      "again", "That it is another position of an invoice or credit note that is recorded for the same contract, service and period (default: no).",
      "同一发票或贷项通知在相同合同、服务和期间下的另一项目（默认否）。"
    ).optional

    package static let fields: [any InputField] = [
      SupplierFields.supplier, kind, contract, service, reference, period, amount, currency, evidence, again,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      supplier = try values[SupplierFields.supplier]
      kind = try EntryKind(rawValue: values[Self.kind]) ?? .cost
      contract = try values[Self.contract]
      service = try values[Self.service]
      reference = try values[Self.reference]
      period = try values[Self.period]
      amount = try values[Self.amount]
      currency = try values[Self.currency]
      evidence = try values[Self.evidence]
      again = try values[Self.again] ?? false
    }
  }

  package static let declaration = Declaration(
    "supplier_entry.record", "Record what a supplier cost, or a credit note of its; the same one twice is refused.", zh: "登记供应商费用或贷项通知；重复登记将被拒绝。",
    permission: "supplier_entry.manage",
    roles: SupplierRights.money, scopes: SupplierRights.everyone, reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> SupplierEntryOutput {
    let supplier = try await context.supplier(input.supplier, path: "supplier")
    let currency = try UnderpinningRule.currency(input.currency)
    guard let period = BillingPeriod(calendarPeriod: input.period) else { throw Failure.invalid("period", SuppliersMessages.badPeriod) }
    guard let amount = Money(input.amount, currency: currency), amount.minorUnits > 0 else {
      throw Failure.invalid("amount", SuppliersMessages.badEntryAmount, ["currency": currency.code, "decimals": String(currency.minorUnitDigits)])
    }
    if input.kind == .creditNote, input.evidence == nil { throw Failure.invalid("evidence", InputMessages.requiredHere) }
    let contract = try await contract(input.contract, of: supplier, in: context)
    var service: Int64?
    if let id = input.service {
      let found = try await context.supplierService(id, path: "service")
      guard found.supplierId == supplier.id else { throw Failure.invalid("service", SuppliersMessages.serviceOfOther) }
      service = found.id
    }
    let days = period.first..<period.end
    if !input.again {
      // One at a time: of two at once the second one sees the first.
      _ = try await context.transaction.query(HoldSupplier(id: supplier.id))
      let same = try await context.transaction.first(
        SameEntry(
          tenant: context.tenant.id, supplier: supplier.id, kind: input.kind, contract: contract, service: service, reference: input.reference, days: days))
      guard same == nil else { throw Failure(.conflict, SuppliersMessages.sameEntry, ["reference": input.reference]) }
    }
    let id = context.newId(.supplierEntry)
    context.transaction.enqueue(
      InsertEntry(
        tenant: context.tenant.id, publicId: id, supplier: supplier.id, kind: input.kind, contract: contract, service: service,
        reference: input.reference, periodName: period.description, days: days, amount: amount, evidence: input.evidence,
        reverses: nil, actor: context.actor, now: context.now))
    return try await context.entryOutput(id)
  }

  private static func contract(_ id: PublicId?, of supplier: SupplierRow, in context: OperationContext) async throws -> Int64? {
    guard let id else { return nil }
    guard let found = try await context.transaction.first(UnderpinningAt(publicId: id, at: nil)) else {
      throw context.unknownReference("underpinningContract")
    }
    guard found.supplierId == supplier.id else { throw Failure.invalid("underpinningContract", SuppliersMessages.contractOfOther) }
    return found.id
  }
}

package enum ReverseSupplierEntry: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let evidence: String

    private static let id = Field.id("id", .supplierEntry, "The entry.", "记录编号。")
    private static let evidence = Field.text("evidence", 1...500, "Why it is taken back.", "冲销原因。")

    package static let fields: [any InputField] = [id, evidence]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[Self.id]
      evidence = try values[Self.evidence]
    }
  }

  package static let declaration = Declaration(
    "supplier_entry.reverse", "Take an entry back by one of the opposite amount; what was wrong stays to be seen.",
    zh: "以相反金额冲销一条记录；原记录保留。", permission: "supplier_entry.manage", roles: SupplierRights.money, scopes: SupplierRights.everyone,
    reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> SupplierEntryOutput {
    guard let row = try await context.transaction.first(EntryByPublicId(tenant: context.tenant.id, publicId: input.id)) else { throw Failure.notFound }
    guard row.reverses == nil, row.reversedBy == nil else { throw Failure(.conflict, SuppliersMessages.alreadyReversed) }
    let currency = try UnderpinningRule.currency(row.currency)
    let id = context.newId(.supplierEntry)
    context.transaction.enqueue(
      InsertEntry(
        // What was recorded is more than zero: its opposite fits.
        tenant: context.tenant.id, publicId: id, supplier: row.supplierId, kind: row.kind, contract: row.contractId, service: row.serviceId,
        reference: row.reference, periodName: row.periodName, days: row.periodFrom..<row.periodTo,
        amount: Money(minorUnits: -row.minorUnits, currency: currency), evidence: input.evidence, reverses: row.id, actor: context.actor,
        now: context.now))
    return try await context.entryOutput(id)
  }
}

package enum ListSupplierEntries: Operation {
  package struct Input: OperationInput {
    let supplier: PublicId
    let kind: EntryKind?
    let limit: Int64?
    let cursor: String?

    private static let kind = RecordSupplierEntry.Input.kind.optional

    package static let fields: [any InputField] = [SupplierFields.supplier, kind, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      supplier = try values[SupplierFields.supplier]
      kind = try values[Self.kind].flatMap(EntryKind.init(rawValue:))
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "supplier_entry.list", "List what a supplier cost and gave back, the latest periods first.", zh: "列出供应商的费用与贷项通知，最近期间在前。",
    permission: "supplier_entry.read", roles: SupplierRights.money.union([.accountManager]), scopes: SupplierRights.everyone, reach: .provider,
    effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<SupplierEntryOutput> {
    let supplier = try await context.supplier(input.supplier, path: "supplier")
    let filter = "\(input.supplier) \(input.kind?.rawValue ?? "")"
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      EntriesOfSupplier(
        tenant: context.tenant.id, supplier: supplier.id, kind: input.kind,
        beforeDay: CalendarDate(daysSinceEpoch: try after?.integer(0) ?? 10_000_000), beforeId: try after?.integer(1) ?? .max, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.integer($0.periodFrom.daysSinceEpoch), .integer($0.id)])
    } element: {
      SupplierEntryOutput($0, in: context)
    }
  }
}

extension OperationContext {
  fileprivate func entryOutput(_ id: PublicId) async throws -> SupplierEntryOutput {
    guard let row = try await transaction.first(EntryByPublicId(tenant: tenant.id, publicId: id)) else { throw Failure.notFound }
    subject(id)
    return SupplierEntryOutput(row, in: self)
  }
}
