import Contracts
import Kernel
import Operations

/// A gap that somebody took upon himself.
package struct AcceptedRiskOutput: OperationOutput {
  let id: PublicId
  let proof: PublicId
  let row: RiskRow
  let gap: Gap?
  let language: Language

  init(_ row: RiskRow, in context: OperationContext) {
    id = context.id(.acceptedRisk, row.publicId)
    proof = context.id(.proof, row.proof)
    self.row = row
    language = context.language
    let gaps = row.gaps.array ?? []
    gap = Int(exactly: row.gap - 1).flatMap { gaps.indices.contains($0) ? Gap(gaps[$0]) : nil }
  }

  package static let fields: [OutputField<AcceptedRiskOutput>] = [
    OutputField("id", .id, "The accepted risk.", "已接受风险的编号。") { .id($0.id) },
    OutputField("proof", .id, "The proof whose gap was accepted; the same gap of later ones is as well.", "所接受缺口所属的证明；后续证明中的同一缺口同样视为已接受。") { .id($0.proof) },
    OutputField("gap", .integer, "The gap's place in that proof.", "缺口在该证明中的序号。") { .integer($0.row.gap) },
    OutputField("text", .text, "What is missing.", "缺口说明。") { output in .text(output.gap.map { GapWords.text($0, output.language) }) },
    OutputField("kind", .text, "The gap's kind.", "缺口类别。") { .text($0.gap?.kind.rawValue) },
    OutputField(
      "promised", .list(.text), "Which promises it is in: resolution P1, resolution P1 type:request, availability.",
      "涉及的承诺：如 resolution P1、resolution P1 type:request、availability。"
    ) {
      .array(($0.gap?.promises ?? []).map { .text($0.code) })
    },
    OutputField("parties", .list(.text), "Whose part is missing.", "缺失一方。") { .array(($0.gap?.parties ?? []).map { .text($0.name) }) },
    OutputField("reason", .text, "Why it was accepted.", "接受的理由。") { .text($0.row.reason) },
    OutputField("until", .instant, "The first instant at which it is no longer accepted; null: until it is ended.", "自何时起不再接受；null 表示直至终止。") {
      .instant($0.row.until)
    },
    OutputField("actorName", .text, "Who recorded it.", "登记人。") { .text($0.row.actorName) },
    OutputField("acceptedBy", .text, "Who took it upon himself; null: who recorded it.", "承担风险者；null 表示即登记人。") { .text($0.row.acceptedBy) },
    OutputField("actorKind", .text, "As what: staff, or operator.", "身份：staff 或 operator。") { .text($0.row.actorKind) },
    OutputField("endedAt", .instant, "When it was ended.", "终止时间。") { .instant($0.row.endedAt) },
    OutputField("endReason", .text, "Why it was ended.", "终止的理由。") { .text($0.row.endReason) },
    OutputField("recordedAt", .instant, "When it was accepted.", "接受时间。") { .instant($0.row.recordedAt) },
    OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer($0.row.version) },
  ]
}

package enum AcceptRisk: Operation {
  package struct Input: OperationInput {
    let proof: PublicId
    let gaps: [Int64]?
    let reason: String
    let until: Instant?
    let acceptedBy: String?

    private static let proof = Field.id("proof", .proof, "The newest proof of a contract line.", "合同行的最新证明。")
    private static let gaps = Field<[Int64]>.list(
      "gaps", of: ExplainGap.Input.gap, count: 1...GapMerge.most, "The gaps by their places in it (default: all that are not accepted).",
      "缺口序号（默认为所有尚未接受的缺口）。"
    ).optional
    private static let reason = Field.longText("reason", 1...2000, "Why the promise is made all the same.", "仍作出承诺的理由。")
    private static let until = Field.instant(
      "until", "The first instant at which it is no longer accepted (default: until it is ended).", "自何时起不再接受（默认直至终止）。"
    ).optional

    private static let acceptedBy = Field.text(
      "acceptedBy", 1...200, "Who takes it upon himself, where it is another than who records it.", "承担风险者（与登记人不同时填写）。"
    ).optional

    package static let fields: [any InputField] = [proof, gaps, reason, until, acceptedBy]

    package init(_ values: InputValues) throws(FieldError) {
      proof = try values[Self.proof]
      gaps = try values[Self.gaps]
      reason = try values[Self.reason]
      until = try values[Self.until]
      acceptedBy = try values[Self.acceptedBy]
    }
  }

  package static let declaration = Declaration(
    "accepted_risk.record", "Accept gaps of a proof as a risk, with the reason and until when.", zh: "将证明中的缺口作为风险接受，并说明理由和期限。",
    permission: "assurance.accept", roles: AssuranceRights.managers, reach: .one(by: "proof"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ProofOutput {
    guard let named = try await context.transaction.first(ProofByPublicId(tenant: context.tenant.id, publicId: input.proof)) else {
      throw context.unknownReference("proof")
    }
    try await context.lockStanding(of: named.line)
    let proof = try await context.proofRow(input.proof)
    guard context.actor.kind != .service else { throw Failure(.denied, AssuranceMessages.personRequired) }
    guard proof.isStanding else { throw Failure(.conflict, AssuranceMessages.notStanding) }
    if let until = input.until, until <= context.now { throw Failure.invalid("until", AssuranceMessages.untilPast, ["now": context.now.description]) }
    let risks = try await context.transaction.query(RisksInForce(tenant: context.tenant.id, lines: [proof.line], at: context.now))
    let accepted = AcceptedGaps(risks)
    let open = proof.gapKeys.indices.filter { index in proof.gaps.indices.contains(index) && proof.gaps[index].map { !accepted.hold($0) } ?? false }
    let chosen = try chosen(input.gaps, open, of: proof)
    context.transaction.enqueue(EndRisksThatPassed(tenant: context.tenant.id, line: proof.line, now: context.now))
    for index in chosen {
      context.transaction.enqueue(
        InsertRisk(
          tenant: context.tenant.id, publicId: context.newId(.acceptedRisk), line: proof.line, proof: proof.id, gap: Int64(index + 1),
          gapKey: proof.gapKeys[index], reason: input.reason, until: input.until, actor: context.actor, actorName: context.principal.name,
          acceptedBy: input.acceptedBy, now: context.now))
    }
    context.subject(input.proof)
    context.record(
      Event(
        subjectKind: "proof", subject: proof.id, seq: Int64(risks.count + 2), type: "proof.risk_accepted",
        payload: .object(["proof": .id(input.proof), "gaps": .array(chosen.map { .integer(Int64($0 + 1)) }), "until": .instant(input.until)]),
        occurredAt: context.now))
    return try await context.stand(proof)
  }

  private static func chosen(_ gaps: [Int64]?, _ open: [Int], of proof: ProofRow) throws(Failure) -> [Int] {
    guard let gaps else {
      if open.isEmpty { throw Failure(.conflict, AssuranceMessages.nothingToAccept) }
      return open
    }
    var chosen: Set<Int> = []
    for (place, number) in gaps.enumerated() {
      guard let index = Int(exactly: number - 1), proof.gapKeys.indices.contains(index) else {
        throw .invalid("gaps[\(place)]", AssuranceMessages.noSuchGap, ["count": String(proof.gapKeys.count)])
      }
      if open.contains(index) { chosen.insert(index) }
    }
    if open.isEmpty { throw Failure(.conflict, AssuranceMessages.nothingToAccept) }
    if chosen.isEmpty {
      throw Failure(.conflict, AssuranceMessages.acceptedAlready, ["open": open.map { String($0 + 1) }.joined(separator: ", ")])
    }
    return chosen.sorted()
  }
}

package enum EndAcceptedRisk: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let reason: String

    private static let id = Field.id("id", .acceptedRisk, "The accepted risk.", "已接受风险的编号。")
    private static let reason = Field.longText("reason", 1...2000, "Why it is no longer accepted.", "不再接受的理由。")

    package static let fields: [any InputField] = [id, reason]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[Self.id]
      reason = try values[Self.reason]
    }
  }

  package static let declaration = Declaration(
    "accepted_risk.end", "End the acceptance of a gap: it is open again.", zh: "终止对缺口的接受：该缺口重新视为未接受。", permission: "assurance.accept",
    roles: AssuranceRights.managers, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> AcceptedRiskOutput {
    let tenant = context.tenant.id
    guard let named = try await context.transaction.first(RiskByPublicId(tenant: tenant, publicId: input.id)) else { throw Failure.notFound }
    try await context.lockStanding(of: named.line)
    guard let row = try await context.transaction.first(RiskByPublicId(tenant: tenant, publicId: input.id)) else { throw Failure.notFound }
    try context.requireVersion(row.version)
    guard row.endedAt == nil else { throw Failure(.conflict, AssuranceMessages.alreadyEnded) }
    let advanced = try await context.transaction.first(
      EndRisk(tenant: tenant, id: row.id, version: row.version, reason: input.reason, now: context.now))
    guard let version = advanced else { throw context.beaten }
    context.subject(input.id)
    context.record(
      Event(
        subjectKind: "accepted_risk", subject: row.id, seq: version, type: "accepted_risk.ended", payload: .object(["risk": .id(input.id)]),
        occurredAt: context.now))
    if let contract = try await context.transaction.first(ProvenContract(tenant: tenant, line: row.line)) {
      _ = try await context.contractProof.run(contract, only: row.line, cause: .changed)
    }
    guard let ended = try await context.transaction.first(RiskByPublicId(tenant: tenant, publicId: input.id)) else { throw Failure.notFound }
    return AcceptedRiskOutput(ended, in: context)
  }
}

package enum ListAcceptedRisks: Operation {
  package typealias Input = ListProofs.Input

  package static let declaration = Declaration(
    "accepted_risk.list", "List what was accepted of a contract line's gaps, newest first, those that ended included.",
    zh: "列出合同行已接受的风险，最新在前，包括已终止的。", permission: "assurance.read", roles: AssuranceRights.staff, reach: .one(by: "line"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<AcceptedRiskOutput> {
    guard let line = try await context.provenLine(input.line) else { throw context.unknownReference("line") }
    let filter = input.line.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      RisksOfLine(tenant: context.tenant.id, line: line.id, beforeId: try after?.integer(0) ?? .max, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.integer($0.id)])
    } element: {
      AcceptedRiskOutput($0, in: context)
    }
  }
}

extension OperationContext {
  /// What is accepted of a line changes together with where it stands.
  fileprivate func lockStanding(of line: Int64) async throws {
    guard let contract = try await transaction.first(ProvenContract(tenant: tenant.id, line: line)) else { throw Failure.notFound }
    _ = try await transaction.query(LockStandings(tenant: tenant.id, contract: contract.id, line: line))
  }

  /// Where the line stands after something was accepted: the proof that stands then.
  fileprivate func stand(_ proof: ProofRow) async throws -> ProofOutput {
    guard let contract = try await transaction.first(ProvenContract(tenant: tenant.id, line: proof.line)) else { throw Failure.notFound }
    let kept = try await contractProof.run(contract, only: proof.line, cause: .changed)
    let rows = try await transaction.query(StandingProofs(tenants: kept.map { _ in tenant.id }, lines: kept.map(\.line)))
    guard let output = try await proofOutputs(rows.map(\.row)).first else { throw Failure.notFound }
    return output
  }
}
