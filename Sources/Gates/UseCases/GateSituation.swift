import Kernel
import Operations

/// A gate that an incident is yet to come to, or stays at.
package struct GateAhead: OperationOutput {
  let id: PublicId
  let gate: Gate
  let owner: PublicId
  let missing: [String]
  let found: GatesAheadOf.Found

  package static let fields: [OutputField<GateAhead>] = [
    OutputField("id", .id, "The gate.", "关卡编号。") { .id($0.id) },
    OutputField("step", .text, "The operation that it stands before.", "所在步骤（操作名）。") { .text($0.gate.step.rawValue) },
    OutputField("name", .document, "Its name, by language.", "名称（按语言）。") { $0.gate.name.value ?? .null },
    OutputField("purpose", .document, "What it is for, by language.", "目的（按语言）。") { $0.gate.purpose.value ?? .null },
    OutputField("kind", .text, "field, checklist or evidence.", "类别：field、checklist 或 evidence。") { .text($0.gate.kind.rawValue) },
    OutputField("checklist", .document, "The items that it asks for, with their names.", "检查项及名称。") { GateRecord.checklist($0.gate) },
    OutputField("missing", .list(.text), "What is missing now: fields, evidence, or items to be named as checked.", "目前缺少的内容：字段、依据，或须在 checked 中列出的检查项。") {
      .array($0.missing.map { .text($0) })
    },
    OutputField("owner", .id, "Who answers for the gate.", "关卡负责人。") { .id($0.owner) },
    OutputField("ownerName", .text, "The owner's name.", "负责人姓名。") { .text($0.gate.ownerName) },
    OutputField("stoppedSince", .instant, "When it first stopped the incident; null: it has not.", "首次拦截时间；null 表示未拦截。") { .instant($0.found.stoppedSince) },
    OutputField("bypassReason", .text, "Why somebody let the incident pass; null: nobody did.", "放行理由；null 表示未放行。") { .text($0.found.reason) },
  ]
}

/// How an incident stands to gates.
package struct GateSituation: OperationOutput {
  let ahead: [GateAhead]
  let passages: [PassageRecord]

  package static let fields: [OutputField<GateSituation>] = [
    OutputField("ahead", listOf: GateAhead.self, "The gates before the steps that it has yet to take.", "后续步骤前的关卡。") { $0.ahead },
    OutputField("passages", listOf: PassageRecord.self, "Its stays at gates, the newest first, at most 100.", "经过关卡的记录，最新的在前，最多 100 条。") { $0.passages },
  ]
}

extension OperationContext {
  /// How an incident stands to the gates before these steps.
  /// - Parameter priority: by which it is judged.
  package func gateSituation(
    of incident: [UInt8], priority: () async throws -> Int64, before steps: [GateStep], present: (GateNeeds) async throws -> GateNeeds
  ) async throws -> GateSituation {
    let subject = GateSubject.incident(incident)
    let (found, passages) = try await transaction.query(
      GatesAheadOf(provider: provider.id, tenant: tenant.id, steps: steps, subject: subject, now: now),
      PassagesOfSubject(tenant: tenant.id, subject: subject, now: now))
    let ahead = try await found.holding(priority)
    let needed = GateNeeds(of: ahead.map(\.gate))
    let facts = needed.isEmpty ? needed : try await present(needed)
    return GateSituation(
      ahead: ahead.map {
        GateAhead(
          id: id(.gate, $0.gate.publicId), gate: $0.gate, owner: id(.staff, $0.gate.owner), missing: $0.gate.missing(facts), found: $0)
      }, passages: passages.map { PassageRecord($0, in: self) })
  }

  /// Lets an incident pass a gate that it is yet to come to. Who may is checked by the operation's own permission.
  /// - Returns: the gate's step.
  package func letPass(
    _ gate: PublicId, because reason: String, _ incident: [UInt8], priority: () async throws -> Int64, before steps: [GateStep]
  ) async throws -> GateStep {
    let subject = GateSubject.incident(incident)
    let found = try await transaction.query(
      GatesAheadOf(provider: provider.id, tenant: tenant.id, steps: steps, subject: subject, now: now)
    )
    guard let found = try await found.holding(priority).first(where: { $0.gate.publicId == gate.random }) else { throw unknownReference("gate") }
    let bypass = RecordBypass(tenant: tenant.id, gate: found.gate.id, subject: subject, reason: reason, name: principal.name, now: now)
    guard try await transaction.first(bypass) != nil else { throw Failure(.conflict, GateMessages.bypassedAlready) }
    return found.gate.step
  }
}
