import Contracts
import Kernel
import Operations

/// A gap of a proof, in the caller's language.
package struct GapOutput: OperationOutput {
  let number: Int64
  let gap: Gap
  let isAccepted: Bool
  let language: Language

  package static let fields: [OutputField<GapOutput>] = [
    OutputField("number", .integer, "Its place in the proof, from 1.", "在证明中的序号，从 1 开始。") { .integer($0.number) },
    OutputField(
      "kind", .text, "unlinked, agreement, target, term, coverage, budget or objective.",
      "类别：unlinked（无人负责）、agreement（无约定）、target（无对应目标）、term（提前到期）、coverage（服务时间不足）、budget（时限不足）或 objective（承诺值不足）。"
    ) { .text($0.gap.kind.rawValue) },
    OutputField("promises", .text, "Which promises it is in.", "涉及的承诺。") { .text(GapWords.promises($0.gap.promises, $0.language)) },
    OutputField(
      "promised", .list(.text), "The same for programs: resolution P1, resolution P1 type:request service:ERP tier:gold, availability.",
      "同上，供程序使用：如 resolution P1、resolution P1 type:request service:ERP tier:gold、availability。"
    ) {
      .array($0.gap.promises.map { .text($0.code) })
    },
    OutputField("parties", .list(.text), "Whose part is missing; none where it is nobody's.", "缺失一方；无人负责时为空。") {
      .array($0.gap.parties.map { .text($0.name) })
    },
    OutputField("from", .instant, "When it first shows.", "首次出现的时间。") { .instant($0.gap.from) },
    OutputField("text", .text, "What is missing, with an example.", "缺口说明及示例。") { .text(GapWords.text($0.gap, $0.language)) },
    OutputField("accepted", .boolean, "Whether somebody accepted it as a risk.", "是否已作为风险接受。") { .bool($0.isAccepted) },
  ]
}

/// A proof of one contract line.
package struct ProofOutput: OperationOutput {
  let id: PublicId
  let line: PublicId
  let contract: PublicId
  let row: ProofRow
  let gaps: [GapOutput]

  /// - Parameter accepted: what is accepted of the line now.
  init(_ row: ProofRow, accepted: AcceptedGaps, _ language: Language, id: (IdKind, [UInt8]) -> PublicId) {
    self.id = id(.proof, row.publicId)
    line = id(.contractLine, row.linePublicId)
    contract = id(.contract, row.contract)
    self.row = row
    gaps = row.gaps.enumerated().compactMap { index, gap in
      gap.map { GapOutput(number: Int64(index + 1), gap: $0, isAccepted: accepted.hold($0), language: language) }
    }
  }

  package static let fields: [OutputField<ProofOutput>] = [
    OutputField("id", .id, "The proof.", "证明编号。") { .id($0.id) },
    OutputField("contract", .id, "The contract.", "合同编号。") { .id($0.contract) },
    OutputField("line", .id, "The contract line.", "合同行。") { .id($0.line) },
    OutputField("lineName", .text, "The line's name.", "合同行名称。") { .text($0.row.lineName) },
    OutputField(
      "outcome", .text, "covered, gaps, unproven (no team or supplier is linked), or nothing (nothing is promised).",
      "结果：covered（完全支撑）、gaps（有缺口）、unproven（未关联团队或供应商，无法证明）或 nothing（没有承诺）。"
    ) { .text($0.row.outcome.rawValue) },
    OutputField("promises", .integer, "How many promises were looked at.", "检查的承诺数。") { .integer($0.row.promises) },
    OutputField("openGaps", .integer, "How many gaps nobody accepted.", "尚未接受的缺口数。") { .integer(Int64($0.gaps.count { !$0.isAccepted })) },
    OutputField("gaps", listOf: GapOutput.self, "The gaps.", "缺口。") { $0.gaps },
    OutputField("from", .instant, "The horizon's beginning.", "检查期起始时间。") { .instant($0.row.from) },
    OutputField("to", .instant, "Its end: that of the contract, or 13 months on.", "检查期结束时间：合同结束或 13 个月之后。") { .instant($0.row.to) },
    OutputField("current", .boolean, "Whether it is the line's newest; a later one takes its place.", "是否为该合同行的最新证明；后来的证明将取代它。") { .bool($0.row.isStanding) },
    OutputField("cause", .text, "Why it was made: asked, activation, changed or due.", "证明的原因：asked（请求）、activation（生效前）、changed（依据变更）或 due（到期复核）。") {
      .text($0.row.cause)
    },
    OutputField("calculation", .integer, "The version of the method.", "计算方法的版本。") { .integer($0.row.calculation) },
    OutputField("checkedAt", .instant, "When it was last confirmed; null for one whose place was taken.", "最近一次确认的时间；已被取代则为 null。") {
      .instant($0.row.checkedAt)
    },
    OutputField("recordedAt", .instant, "When it was made.", "证明的时间。") { .instant($0.row.recordedAt) },
  ]
}

extension OperationContext {
  func proofRow(_ id: PublicId) async throws -> ProofRow {
    guard let row = try await transaction.first(ProofByPublicId(tenant: tenant.id, publicId: id)) else { throw Failure.notFound }
    return row
  }

  /// Proofs of the bound tenant, with what is accepted of them now.
  func proofOutputs(_ rows: [ProofRow]) async throws -> [ProofOutput] {
    guard !rows.isEmpty else { return [] }
    let risks = try await transaction.query(RisksInForce(tenant: tenant.id, lines: Set(rows.map(\.line)).sorted(), at: now))
    let accepted = Dictionary(grouping: risks) { $0.line }.mapValues { AcceptedGaps($0) }
    return rows.map { ProofOutput($0, accepted: accepted[$0.line] ?? AcceptedGaps([]), language) { id($0, $1) } }
  }
}
