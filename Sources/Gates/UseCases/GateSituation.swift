import Kernel
import Operations

/// A gate that something is yet to come to, or stays at.
package struct GateAhead: OperationOutput {
  let id: PublicId
  let gate: Gate
  let owner: PublicId
  let missing: [String]
  let found: GatesAheadOf.Found
  let asked: [GateAsked]

  package static let fields: [OutputField<GateAhead>] = [
    OutputField("id", .id, "The gate.", "关卡编号。") { .id($0.id) },
    OutputField("step", .text, "The operation that it stands before.", "所在步骤（操作名）。") { .text($0.gate.step.rawValue) },
    OutputField("name", .document, "Its name, by language.", "名称（按语言）。") { $0.gate.name.value ?? .null },
    OutputField("purpose", .document, "What it is for, by language.", "目的（按语言）。") { $0.gate.purpose.value ?? .null },
    OutputField("kind", .text, "field, checklist, evidence or approval.", "类别：field、checklist、evidence 或 approval。") { .text($0.gate.kind.rawValue) },
    OutputField("checklist", .document, "The items that it asks for, with their names.", "检查项及名称。") { GateRecord.checklist($0.gate) },
    OutputField(
      "missing", .list(.text), "What is missing now: fields, evidence, items to be named as checked, or approval.",
      "目前缺少的内容：字段、依据、须在 checked 中列出的检查项，或 approval（审批）。"
    ) {
      .array($0.missing.map { .text($0) })
    },
    OutputField("asked", listOf: GateAsked.self, "Who was asked last to let it pass.", "最近一次请求的审批人。") { $0.asked },
    OutputField("owner", .id, "Who answers for the gate.", "关卡负责人。") { .id($0.owner) },
    OutputField("ownerName", .text, "The owner's name.", "负责人姓名。") { .text($0.gate.ownerName) },
    OutputField("stoppedSince", .instant, "When it first stopped it; null: it has not.", "首次拦截时间；null 表示未拦截。") { .instant($0.found.stoppedSince) },
    OutputField("bypassReason", .text, "Why somebody let it pass; null: nobody did.", "放行理由；null 表示未放行。") { .text($0.found.reason) },
  ]
}

/// One who was asked to let something pass a gate.
package struct GateAsked: OperationOutput {
  let id: PublicId
  let row: GateRound.Row

  package static let fields: [OutputField<GateAsked>] = [
    OutputField("id", .id, "The approval.", "审批编号。") { .id($0.id) },
    OutputField("name", .text, "Who is asked.", "审批人。") { .text($0.row.name) },
    OutputField("delegateName", .text, "Who may decide in his place; null: nobody.", "代为决定的人员；null 表示无。") { .text($0.row.delegate?.name) },
    OutputField("state", .text, "asked, approved, rejected or lapsed.", "状态：asked 待决定、approved 已同意、rejected 已拒绝、lapsed 无需决定。") {
      .text($0.row.approval.state.rawValue)
    },
    OutputField("askedAt", .instant, "Since when.", "请求时间。") { .instant($0.row.approval.askedAt) },
    OutputField("dueAt", .instant, "When it counts as refused; null: never, or it is decided.", "逾期即视为拒绝的时间；null 表示不限或已决定。") {
      .instant($0.row.approval.dueAt)
    },
    OutputField("decidedAt", .instant, "When it was decided.", "决定时间。") { .instant($0.row.approval.decidedAt) },
    OutputField("reason", .text, "Why it was decided so; null where time did.", "决定的理由；逾期时为 null。") { .text($0.row.approval.reason) },
    OutputField("version", .integer, "For If-Match.", "用于 If-Match 的版本号。") { .integer($0.row.approval.version) },
  ]
}

/// How something stands to gates.
package struct GateSituation: OperationOutput {
  let ahead: [GateAhead]
  let passages: [PassageRecord]

  package static let fields: [OutputField<GateSituation>] = [
    OutputField("ahead", listOf: GateAhead.self, "The gates before the steps that it has yet to take.", "后续步骤前的关卡。") { $0.ahead },
    OutputField("passages", listOf: PassageRecord.self, "Its stays at gates, the newest first, at most 100.", "经过关卡的记录，最新的在前，最多 100 条。") { $0.passages },
  ]
}

extension OperationContext {
  /// How something stands to the gates before these steps.
  /// - Parameters:
  ///   - publicId: the random bits of its public id.
  ///   - version: which there is, where approvals are of one.
  ///   - priority: by which it is judged.
  ///   - cameAnewAt: when it came to all gates anew, without any being asked.
  package func gateSituation(
    of process: GateProcess = .incident, _ publicId: [UInt8], version: Int64? = nil, priority: () async throws -> Int64 = { 0 },
    cameAnewAt: (() async throws -> Instant?)? = nil, before steps: [GateStep],
    present: (GateNeeds) async throws -> GateNeeds
  ) async throws -> GateSituation {
    let subject = GateSubject.one(of: process, publicId)
    let (found, passages) = try await transaction.query(
      GatesAheadOf(provider: provider.id, tenant: tenant.id, steps: steps, subject: subject, now: now),
      PassagesOfSubject(tenant: tenant.id, subject: subject, customers: customersOfGates, now: now))
    // Of what concerns several customers, whoever serves one of them knows nothing of the others' gates.
    let ahead = try await found.current(cameAnewAt).rows.holding(before: steps, priority).filter { isOfServed($0.gate) }
    let needed = GateNeeds(of: ahead.map(\.gate))
    let facts = needed.isEmpty ? needed : try await present(needed)
    let rounds = try await gateRounds(of: ahead)
    return GateSituation(
      ahead: try ahead.map { row in
        let round = rounds[row.gate.id]
        let missing: [String]
        if row.gate.kind == .approval {
          let isAgreed = try round?.standing(at: now) == .approved
          missing = isAgreed && round?.isOf(version) == true ? [] : ["approval"]
        } else {
          missing = row.gate.missing(facts)
        }
        return GateAhead(
          id: id(.gate, row.gate.publicId), gate: row.gate, owner: id(.staff, row.gate.owner), missing: missing, found: row,
          asked: (round?.rows ?? []).map { GateAsked(id: id(.gateApproval, $0.approval.publicId), row: $0) })
      }, passages: try await passageRecords(passages))
  }

  /// Whose own gates the caller may know of, besides those of all; nil: everybody's.
  var customersOfGates: [Int64]? { reachableCustomers.map { $0 + [tenant.id.rawValue] } }

  private func isOfServed(_ gate: Gate) -> Bool {
    guard let customer = gate.customerRow, let served = customersOfGates else { return true }
    return served.contains(customer.rawValue)
  }

  /// Lets something pass a gate that it is yet to come to. Who may is checked by the operation's own permission.
  package func letPass(
    _ gate: PublicId, because reason: String, of process: GateProcess = .incident, _ publicId: [UInt8], priority: () async throws -> Int64 = { 0 },
    cameAnewAt: (() async throws -> Instant?)? = nil, before steps: [GateStep]
  ) async throws -> GatePassing {
    let subject = GateSubject.one(of: process, publicId)
    let (rows, over) = try await transaction.query(
      GatesAheadOf(provider: provider.id, tenant: tenant.id, steps: steps, subject: subject, now: now)
    ).current(cameAnewAt)
    guard let found = try await rows.holding(before: steps, priority).first(where: { $0.gate.publicId == gate.random }) else {
      throw unknownReference("gate")
    }
    leave(over, subject, in: transaction)
    let bypass = RecordBypass(tenant: tenant.id, gate: found.gate.id, subject: subject, reason: reason, name: principal.name, now: now)
    guard try await transaction.first(bypass) != nil else { throw Failure(.conflict, GateMessages.bypassedAlready) }
    // Who was asked need not decide any more.
    transaction.enqueue(LapseGateApprovals(provider: provider.id, tenant: tenant.id, subject: subject, gates: [found.gate.id]))
    return GatePassing(gate: gate, step: found.gate.step, customer: found.gate.customerRow, isBypass: true, checked: [], approvedBy: [])
  }
}

/// What is to pass a gate beforehand, and why: the input of each process's own operation.
package struct GateBypass<Subject: OperationInput>: OperationInput {
  /// What names the record.
  package let subject: Subject
  package let gate: PublicId
  package let reason: String

  package static var fields: [any InputField] { Subject.fields + [BypassFields.gate, GateAnswers.Bypass.reason] }

  package init(_ values: InputValues) throws(FieldError) {
    subject = try Subject(values)
    gate = try values[BypassFields.gate]
    reason = try values[GateAnswers.Bypass.reason]
  }
}

private enum BypassFields {
  static let gate = Field.id("gate", .gate, "The gate: one of those that stand ahead.", "关卡（见对应的 gates 操作）。")
}
