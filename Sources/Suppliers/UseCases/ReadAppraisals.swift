import BillingEngine
import Kernel
import Operations

package enum ReadAppraisal: Operation {
  package typealias Input = AppraisalReference

  package static let declaration = Declaration(
    "appraisal.read", "Read an appraisal with its figures: of a draft as the records say now, of a closed one as they were written down.",
    zh: "查看考核及其数据：草稿按当前记录计算，已结者按结案时的记录。", roles: SupplierRights.staff, scopes: SupplierRights.everyone, reach: .provider,
    effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> AppraisalOutput {
    let row = try await context.appraisal(input.id)
    let figures = row.state == .draft ? try await context.presentFigures(of: row).value : nil
    return AppraisalOutput(row, figures: figures, in: context)
  }
}

package enum ListAppraisals: Operation {
  package struct Input: OperationInput {
    let supplier: PublicId?
    let state: AppraisalState?
    let limit: Int64?
    let cursor: String?

    private static let supplier = SupplierFields.supplier.optional
    private static let state = Field.oneOf("state", AppraisalState.allCases.map(\.rawValue), "Only those in this state.", "仅列出此状态。").optional

    package static let fields: [any InputField] = [supplier, state, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      supplier = try values[Self.supplier]
      state = try values[Self.state].flatMap(AppraisalState.init(rawValue:))
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "appraisal.list", "List appraisals, the latest periods first: one supplier's over its periods, or all.", zh: "列出考核，最近期间在前：某一供应商的历次考核，或全部。",
    permission: "appraisal.read", roles: SupplierRights.staff, scopes: SupplierRights.everyone, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<AppraisalOutput> {
    let filter = "\(input.supplier?.description ?? "") \(input.state?.rawValue ?? "")"
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let (day, id) = (CalendarDate(daysSinceEpoch: try after?.integer(0) ?? 10_000_000), try after?.integer(1) ?? .max)
    let tenant = context.tenant.id
    let rows: [AppraisalRow]
    if let supplier = input.supplier {
      let found = try await context.supplier(supplier, path: "supplier")
      rows = try await context.transaction.query(
        AppraisalsOfSupplier(tenant: tenant, supplier: found.id, state: input.state, beforeDay: day, beforeId: id, limit: limit + 1))
    } else {
      rows = try await context.transaction.query(
        AppraisalsByPeriod(tenant: tenant, state: input.state, beforeDay: day, beforeId: id, limit: limit + 1))
    }
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.integer($0.periodTo.daysSinceEpoch), .integer($0.id)])
    } element: {
      AppraisalOutput($0, in: context)
    }
  }
}

package enum CompareAppraisals: Operation {
  package struct Input: OperationInput {
    let scheme: PublicId
    let period: String
    let limit: Int64?
    let cursor: String?

    package static let fields: [any InputField] = [AppraisalFields.scheme, AppraisalFields.period, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      scheme = try values[AppraisalFields.scheme]
      period = try values[AppraisalFields.period]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "appraisal.compare", "Compare the suppliers of a period by one scheme, the best first: the closed appraisals that stand.",
    zh: "按同一方案比较某期间的供应商（已结且有效的考核），得分高者在前。", permission: "appraisal.read", roles: SupplierRights.staff,
    scopes: SupplierRights.everyone, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<AppraisalOutput> {
    guard let period = BillingPeriod(calendarPeriod: input.period) else { throw Failure.invalid("period", SuppliersMessages.badPeriod) }
    guard let scheme = try await context.transaction.first(AppraisalSchemeAt(publicId: input.scheme, at: nil)) else {
      throw context.unknownReference("scheme")
    }
    let filter = "\(input.scheme) \(period)"
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      AppraisalsCompared(
        tenant: context.tenant.id, scheme: scheme.id, days: period.first..<period.end, belowPoints: try after?.integer(0) ?? .max,
        afterId: try after?.integer(1) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.integer($0.points), .integer($0.id)])
    } element: {
      AppraisalOutput($0, in: context)
    }
  }
}

package enum ListAppraisalEvidence: Operation {
  package typealias Input = PageOf<AppraisalFields>

  /// A record behind a figure.
  package struct Entry: OperationOutput {
    let record: PublicId?
    let columns: AppraisalEvidenceRow

    package static let fields: [OutputField<Entry>] = [
      OutputField("criterion", .text, "The criterion's code.", "考核项简称。") { .text($0.columns.criterion) },
      OutputField(
        "kind", .text, "outage, entry (a cost or credit note), plan (a contract's cost line) or turn (a supplier's work on a customer's ticket).",
        "outage（中断）、entry（费用或贷项通知）、plan（支撑合同费用项）或 turn（供应商处理客户工单）。"
      ) { .text($0.columns.kind) },
      OutputField("record", .id, "The outage or the entry.", "中断或费用记录。") { .id($0.record) },
      OutputField("recordVersion", .integer, "The version of the outage that was counted.", "所采用的中断记录版本。") { .integer($0.columns.recordVersion) },
      OutputField("label", .text, "What it is.", "说明。") { .text($0.columns.label) },
      OutputField("from", .instant, "When it was judged, or its part of the period began.", "判定时间，或在期间内的开始时间。") { .instant($0.columns.from) },
      OutputField("to", .instant, "When that part ended.", "该部分的结束时间。") { .instant($0.columns.to) },
      OutputField("minorUnits", .text, "Its part of the amount, in the currency's smallest units, exact: 100000/31.", "计入的金额，以货币最小单位计的精确值，例如 100000/31。") {
        .text($0.columns.amount)
      },
      OutputField("currency", .text, "The currency.", "货币。") { .text($0.columns.currency) },
    ]
  }

  package static let declaration = Declaration(
    "appraisal.evidence", "List the records behind the figures of a closed appraisal.", zh: "列出已结考核数据所依据的记录。", permission: "appraisal.read",
    roles: SupplierRights.staff, scopes: SupplierRights.everyone, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<Entry> {
    let row = try await context.appraisal(input.id)
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      EvidenceOfAppraisal(tenant: context.tenant.id, appraisal: row.id, afterSeq: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.integer($0.seq)])
    } element: { row in
      Entry(record: row.columns.record.map { context.id(row.columns.kind == "outage" ? .outage : .supplierEntry, $0) }, columns: row.columns)
    }
  }
}

package enum ExplainAppraisal: Operation {
  package typealias Input = AppraisalReference

  package struct Output: OperationOutput {
    let appraisal: AppraisalOutput
    let steps: [String]
    let changed: [String]

    package static let fields: [OutputField<Output>] = [
      OutputField("appraisal", record: AppraisalOutput.self, "The appraisal with its figures.", "考核及其数据。") { $0.appraisal },
      OutputField("steps", .list(.text), "How it came to its grade, in words.", "等级的由来（文字说明）。") { .array($0.steps.map(Value.text)) },
      OutputField(
        "changed", .list(.text), "Of a closed one: the criteria that would come out differently by what is recorded now; appraisal.restate makes another.",
        "已结考核：按当前记录结果会不同的考核项；可用 appraisal.restate 重述。"
      ) { .array($0.changed.map(Value.text)) },
    ]
  }

  package static let declaration = Declaration(
    "appraisal.explain", "Explain an appraisal: each criterion's value, score and share, and what would come out differently now.",
    zh: "解释考核：各项的度量值、得分和权重，以及按当前记录会有的变化。", permission: "appraisal.read", roles: SupplierRights.staff,
    scopes: SupplierRights.everyone, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let row = try await context.appraisal(input.id)
    let present = try await context.presentFigures(of: row).value
    let figures = row.figures ?? present
    let scheme = try AppraisalSchemeRule.scheme(row.terms)
    return Output(
      appraisal: AppraisalOutput(row, figures: figures, in: context),
      steps: AppraisalWords.steps(of: row, figures, scheme, in: context.language),
      changed: row.figures == nil ? [] : AppraisalWords.changed(from: figures, to: present))
  }
}

extension OperationContext {
  /// What the records of all customers say of it now. For operations that read.
  fileprivate func presentFigures(of row: AppraisalRow) async throws -> AppraisalFigures {
    let turns = try await row.reader(provider: provider.id, now: now).turns(transaction, tenancy)
    return try await figures(of: row, turns: turns)
  }
}
