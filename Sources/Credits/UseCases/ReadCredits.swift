import Kernel
import Operations

package enum CreditFields: NamesRecord {
  package static let id = Field.id("id", .credit, "The credit.", "补偿编号。")
}

package enum ReadCredit: Operation {
  package typealias Input = ReferenceInput<CreditFields>

  package static let declaration = Declaration(
    "credit.read", "Read a credit proposal with its calculation and decisions.", zh: "查看补偿建议及其计算与决定。", roles: CreditRights.staff,
    reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CreditOutput { try await context.creditOutput(input.id) }
}

package enum ListCredits: Operation {
  package struct Input: OperationInput {
    let state: CreditState?
    let limit: Int64?
    let cursor: String?

    private static let customer = Field.id("customer", .customer, "The customer.", "客户编号。")
    private static let state = Field.oneOf("state", CreditState.allCases.map(\.rawValue), "Only those in this state.", "仅列出此状态。").optional

    package static let fields: [any InputField] = [customer, state, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      state = try values[Self.state].flatMap(CreditState.init(rawValue:))
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "credit.list", "List a customer's credit proposals, newest first.", zh: "列出客户的补偿建议，最新在前。", permission: "credit.read", roles: CreditRights.staff,
    reach: .one(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<CreditOutput> {
    let tenant = context.tenant.id
    let filter = "\(context.tenant.publicId) \(input.state?.rawValue ?? "")"
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let before = try after?.integer(0) ?? .max
    let rows: [ProposalRow]
    if let state = input.state {
      rows = try await context.transaction.query(ProposalsInState(tenant: tenant, state: state, beforeId: before, limit: limit + 1))
    } else {
      rows = try await context.transaction.query(ProposalsOfTenant(tenant: tenant, beforeId: before, limit: limit + 1))
    }
    let decisions = rows.isEmpty ? [] : try await context.transaction.query(DecisionsOfProposals(tenant: tenant, proposals: rows.map(\.id)))
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.integer($0.id)])
    } element: {
      CreditOutput($0, decisions, in: context)
    }
  }
}

package enum ListCreditEvidence: Operation {
  package typealias Input = PageOf<CreditFields>

  /// What an attainment was counted from.
  package struct Entry: OperationOutput {
    let ticket: PublicId?
    let ticketNumber: String?
    let row: EvidenceOfProposal.Found
    let outage: PublicId?

    private var columns: EvidenceColumns { row.columns }

    package static let fields: [OutputField<Entry>] = [
      OutputField("kind", .text, "verdict, outage or measured (a judgement of what was measured).", "verdict（判定）、outage（中断）或 measured（测量结果的判定）。") {
        .text($0.columns.kind)
      },
      OutputField("subject", .text, "What of the line it concerns; empty: the line itself.", "所涉及的合同行部分；空表示整个合同行。") { .text($0.columns.subject) },
      OutputField("ticket", .id, "Of a verdict: the ticket.", "判定所属工单。") { .id($0.ticket) },
      OutputField("ticketNumber", .text, "The ticket's number.", "工单号。") { .text($0.ticketNumber) },
      OutputField("ticketTitle", .text, "What it is about.", "工单标题。") { .text($0.row.ticketTitle) },
      OutputField("usedSeconds", .integer, "The open seconds that its clock had counted when the credit was proposed.", "提出补偿建议时时钟已计的开放秒数。") {
        .integer($0.row.usedSeconds)
      },
      OutputField("budgetSeconds", .integer, "The open seconds that it had then.", "当时的时限（开放秒数）。") { .integer($0.row.budgetSeconds) },
      OutputField("dueAt", .instant, "Of a miss: when it was due, as was known then.", "未达成时的到期时间（以当时为准）。") { .instant($0.row.dueAt) },
      OutputField("verdict", .text, "met or missed.", "met（达成）或 missed（未达成）。") { .text($0.columns.verdict) },
      OutputField("outage", .id, "Of an outage: its record.", "中断记录。") { .id($0.outage) },
      OutputField("outageVersion", .integer, "The version of it that was counted.", "所采用的中断记录版本。") { .integer($0.columns.outageVersion) },
      OutputField("from", .instant, "When it was judged, or the outage's part of the period, or what was measured, began.", "判定时间，或中断在期间内、被测期间的开始时间。") {
        .instant($0.columns.from)
      },
      OutputField("to", .instant, "When that part ended.", "该部分的结束时间。") { .instant($0.columns.to) },
    ]
  }

  package static let declaration = Declaration(
    "credit.evidence", "List the tickets, outages or judged measurements that a credit's attainment was counted from.", zh: "列出补偿所依据的工单、中断或测量判定。",
    permission: "credit.read",
    roles: CreditRights.staff, reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<Entry> {
    let credit = try await context.creditRow(input.id)
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      EvidenceOfProposal(tenant: context.tenant.id, proposal: credit.id, afterSeq: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.integer($0.seq)])
    } element: { row in
      Entry(
        ticket: row.ticket.map { context.id(.creditedTicket, $0) }, ticketNumber: row.ticketNumber.map { "\(context.tenant.code)-INC-\(pad($0, 6))" },
        row: row, outage: row.columns.outage.map { context.id(.creditedOutage, $0) })
    }
  }
}

extension IdKind {
  /// The kinds of evidence; Desk's and Suppliers', of which only ids are told here.
  fileprivate static let creditedTicket = IdKind("inc", owner: .tenant)
  fileprivate static let creditedOutage = IdKind("out", owner: .provider)
}

package enum ExplainCredit: Operation {
  package typealias Input = ReadCredit.Input

  package struct Output: OperationOutput {
    let credit: CreditOutput
    let steps: [String]

    package static let fields: [OutputField<Output>] = [
      OutputField("credit", record: CreditOutput.self, "The proposal.", "补偿建议。") { $0.credit },
      OutputField("steps", .list(.text), "How it came to its amount, in words.", "金额的由来（文字说明）。") { .array($0.steps.map(Value.text)) },
    ]
  }

  package static let declaration = Declaration(
    "credit.explain", "Explain a credit: what was measured, which band holds it, what it pays and why.", zh: "解释补偿：考核内容、所属档位、补偿金额及理由。",
    permission: "credit.read", roles: CreditRights.staff, reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let credit = try await context.creditOutput(input.id)
    return Output(credit: credit, steps: try CreditWords.steps(of: credit.row.story, for: .staff, in: context.language))
  }
}
