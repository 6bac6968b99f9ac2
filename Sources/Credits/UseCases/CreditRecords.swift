import Contracts
import Kernel
import Operations

/// A decision on a credit, and whose it was.
package struct CreditDecisionOutput: OperationOutput {
  let row: DecisionRow

  package static let fields: [OutputField<CreditDecisionOutput>] = [
    OutputField("event", .text, "first_approval, approval, refusal or supersession.", "first_approval、approval、refusal 或 supersession。") {
      .text($0.row.event.rawValue)
    },
    OutputField("reason", .text, "Why, where a reason is given.", "理由（如有）。") { .text($0.row.reason) },
    OutputField("actorName", .text, "Who.", "决定人。") { .text($0.row.actorName) },
    OutputField(
      "actorKind", .text, "As what: staff; of a supersession also service, operator, or Steward itself.",
      "身份：staff；取代时也可为 service、operator 或系统。"
    ) { .text($0.row.approver.kind) },
    OutputField("recordedAt", .instant, "When.", "时间。") { .instant($0.row.recordedAt) },
  ]
}

/// A credit proposal.
package struct CreditOutput: OperationOutput {
  let id: PublicId
  let number: String
  let line: PublicId
  let contract: PublicId
  let schedule: PublicId
  let supersedes: PublicId?
  let row: ProposalRow
  let decisions: [CreditDecisionOutput]

  init(_ row: ProposalRow, _ decisions: [DecisionRow], in context: OperationContext) {
    id = context.id(.credit, row.publicId)
    number = "\(context.tenant.code)-CRD-\(pad(row.number, 6))"
    line = context.id(.contractLine, row.line)
    contract = context.id(.contract, row.contract)
    schedule = context.id(.creditSchedule, row.schedule)
    supersedes = row.supersedes.map { context.id(.credit, $0) }
    self.row = row
    self.decisions = decisions.filter { $0.proposal == row.id }.map(CreditDecisionOutput.init)
  }

  private func money(_ minorUnits: Int64) -> Value {
    Currency(code: row.currency).map { .decimal(Money(minorUnits: minorUnits, currency: $0).amount) } ?? .null
  }

  package static let fields: [OutputField<CreditOutput>] = [
    OutputField("id", .id, "The credit.", "补偿编号。") { .id($0.id) },
    OutputField("number", .text, "Its number for people.", "补偿单号。") { .text($0.number) },
    OutputField("contract", .id, "The contract.", "合同。") { .id($0.contract) },
    OutputField("line", .id, "The contract line.", "合同行。") { .id($0.line) },
    OutputField("schedule", .id, "The credit schedule.", "补偿方案。") { .id($0.schedule) },
    OutputField("scheduleName", .text, "The schedule's name.", "补偿方案名称。") { .text($0.row.scheduleName) },
    OutputField("scheduleValidFrom", .instant, "From when the version held that it was computed by.", "所用方案版本的生效时间。") { .instant($0.row.scheduleValidFrom) },
    OutputField("state", .text, "proposed, half_approved, approved, refused or superseded.", "状态：proposed、half_approved、approved、refused 或 superseded。") {
      .text($0.row.state.rawValue)
    },
    OutputField("period", .text, "The period.", "期间。") { .text($0.row.periodName) },
    OutputField("periodFrom", .date, "Its first day.", "期间首日。") { .date($0.row.periodFrom) },
    OutputField("periodTo", .date, "The first day after it.", "期间结束后的首日。") { .date($0.row.periodTo) },
    OutputField("amount", .decimal, "What the period is worth.", "该期间的补偿金额。") { $0.money($0.row.amount) },
    OutputField("currency", .text, "The currency.", "货币。") { .text($0.row.currency) },
    OutputField("granted", .decimal, "What had been granted for the period before.", "此前已为该期间批准的金额。") { $0.money($0.row.granted) },
    OutputField("toCredit", .decimal, "What is to be credited beyond that; negative when too much was.", "在此之外应补偿的金额；此前多给时为负。") {
      // Both are zero or more: the difference fits.
      $0.money($0.row.amount - $0.row.granted)
    },
    OutputField("supersedes", .id, "The one that it takes the place of.", "所取代的补偿建议。") { .id($0.supersedes) },
    OutputField("claimBy", .date, "The last day on which it could be claimed; null: any.", "最后申请日；null 表示不限。") { .date($0.row.claimBy) },
    OutputField("claimedOn", .date, "The day on which it was claimed.", "申请日期。") { .date($0.row.claimedOn) },
    OutputField("calculation", .document, "What was attained, and what it is worth.", "达成情况及补偿计算。") {
      CreditWords.readable($0.row.calculation, Currency(code: $0.row.currency))
    },
    OutputField("decisions", listOf: CreditDecisionOutput.self, "Who decided what, in order.", "各项决定，按顺序。") { $0.decisions },
    OutputField("recordedAt", .instant, "When it was proposed.", "提出时间。") { .instant($0.row.recordedAt) },
    OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer($0.row.version) },
  ]
}

extension OperationContext {
  func creditOutput(_ id: PublicId) async throws -> CreditOutput {
    let row = try await creditRow(id)
    let decisions = try await transaction.query(DecisionsOfProposals(tenant: tenant.id, proposals: [row.id]))
    return CreditOutput(row, decisions, in: self)
  }

  func creditRow(_ id: PublicId) async throws -> ProposalRow {
    guard let row = try await transaction.first(ProposalByPublicId(tenant: tenant.id, publicId: id)) else { throw Failure.notFound }
    return row
  }
}
