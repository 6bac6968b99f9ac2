import Kernel
import Operations

/// A gate as it is told.
package struct GateRecord: OperationOutput {
  let id: PublicId
  let owner: PublicId
  let gate: Gate
  let approval: Value

  init(_ gate: Gate, in context: OperationContext) {
    id = context.id(.gate, gate.publicId)
    owner = context.id(.staff, gate.owner)
    self.gate = gate
    approval =
      gate.approval.map { rule in
        rule.told(staff: rule.approvers.map { .id(context.id(.staff, $0.publicId)) })
      } ?? .null
  }

  static func checklist(_ gate: Gate) -> Value {
    .array(gate.items.map { .object(["value": .text($0.key), "name": $0.name.value ?? .null]) })
  }

  private func facts(_ kind: Gate.Kind) -> Value { .array(gate.kind == kind ? gate.facts.map { .text($0.rawValue) } : []) }

  package static let fields: [OutputField<GateRecord>] = [
    OutputField("id", .id, "The gate.", "关卡编号。") { .id($0.id) },
    OutputField("step", .text, "The operation that it stands before.", "所在步骤（操作名）。") { .text($0.gate.step.rawValue) },
    OutputField("priority", .integer, "For this priority; null: for every one.", "适用的优先级；null 表示全部。") { .integer($0.gate.priority) },
    OutputField("customer", .id, "For this customer; null: for all.", "适用的客户；null 表示全部。") { .id($0.gate.customer) },
    OutputField("kind", .text, "field, checklist, evidence or approval.", "类别：field、checklist、evidence 或 approval。") { .text($0.gate.kind.rawValue) },
    OutputField("fields", .list(.text), "The fields that must be filled.", "必填字段。") { $0.facts(.field) },
    OutputField("attributes", .list(.text), "The custom attributes that must be told, by key.", "必填的自定义属性（键）。") {
      .array($0.gate.attributes.map { .text($0) })
    },
    OutputField("checklist", .document, "The items that must be done, with their names.", "检查项及名称。") { checklist($0.gate) },
    OutputField("evidence", .list(.text), "The evidence that must be there.", "须具备的依据。") { $0.facts(.evidence) },
    OutputField(
      "approval", .document,
      "Whom it asks to agree (staff), whether any or all of them must (rule), whether who takes the step may agree himself (ownWork), and how long each may take (hours).",
      "须征得同意的人员（staff）、一人同意即可或须全部同意（rule）、操作人能否自行同意（ownWork），以及每项审批的时限（hours，小时）。"
    ) { $0.approval },
    OutputField("name", .document, "Its name, by language.", "名称（按语言）。") { $0.gate.name.value ?? .null },
    OutputField("purpose", .document, "What it is for, by language.", "目的（按语言）。") { $0.gate.purpose.value ?? .null },
    OutputField("owner", .id, "Who answers for it.", "负责人。") { .id($0.owner) },
    OutputField("ownerName", .text, "The owner's name.", "负责人姓名。") { .text($0.gate.ownerName) },
    OutputField("validFrom", .instant, "From when it holds.", "生效时间。") { .instant($0.gate.validFrom) },
    OutputField("retiredAt", .instant, "Since when it holds no more.", "停用时间。") { .instant($0.gate.retiredAt) },
    OutputField("retirement", .text, "Why it was retired.", "停用原因。") { .text($0.gate.retirement) },
    OutputField("version", .integer, "For If-Match.", "用于 If-Match 的版本号。") { .integer($0.gate.version) },
  ]
}

/// A stay at a gate as it is told.
package struct PassageRecord: OperationOutput {
  let gate: PublicId
  let process: GateProcess?
  /// Nil: an incident that was about to be opened.
  let subject: PublicId?
  let row: PassageRow
  let files: [EvidenceFile]

  init(_ row: PassageRow, files: [EvidenceFile], in context: OperationContext) {
    gate = context.id(.gate, row.gate)
    process = GateProcess(rawValue: row.subjectKind)
    subject = process.map { context.id(.gated($0), row.subject) }
    self.row = row
    self.files = files
  }

  package static let fields: [OutputField<PassageRecord>] = [
    OutputField("gate", .id, "The gate.", "关卡编号。") { .id($0.gate) },
    OutputField("gateName", .document, "Its name, by language.", "关卡名称（按语言）。") { $0.row.gateName.value ?? .null },
    OutputField("step", .text, "The operation that it stands before.", "所在步骤（操作名）。") { .text($0.row.step) },
    OutputField("incident", .id, "The incident; null: something else, or one that was about to be opened, and is not.", "事件工单；null 表示其他事项，或创建时被拦截且未创建。") {
      .id($0.process == .incident ? $0.subject : nil)
    },
    OutputField("request", .id, "The request; null: something else.", "请求；null 表示其他事项。") { .id($0.process == .request ? $0.subject : nil) },
    OutputField("problem", .id, "The problem; null: something else.", "问题；null 表示其他事项。") { .id($0.process == .problem ? $0.subject : nil) },
    OutputField("change", .id, "The change; null: something else.", "变更；null 表示其他事项。") { .id($0.process == .change ? $0.subject : nil) },
    OutputField("release", .id, "The release; null: something else.", "发布；null 表示其他事项。") { .id($0.process == .release ? $0.subject : nil) },
    OutputField("majorIncident", .id, "The major incident; null: something else.", "重大事件；null 表示其他事项。") {
      .id($0.process == .majorIncident ? $0.subject : nil)
    },
    OutputField("cameAt", .instant, "When it came to the gate: by this it belongs to a period.", "到达关卡的时间（据此归入统计期间）。") { .instant($0.row.cameAt) },
    OutputField("stops", .integer, "How often it was stopped; of one stay at most 20 are counted.", "被拦截次数（每次停留最多计 20 次）。") { .integer($0.row.stops) },
    OutputField("firstStoppedAt", .instant, "When it was first stopped.", "首次拦截时间。") { .instant($0.row.firstStoppedAt) },
    OutputField("lastStoppedAt", .instant, "When it was last stopped.", "最近拦截时间。") { .instant($0.row.lastStoppedAt) },
    OutputField("stoppedBy", .text, "Who was stopped first.", "首次被拦截的人员。") { .text($0.row.stoppedName) },
    OutputField(
      "outcome", .text, "waiting: it stays there; passed; bypassed; left: it went another way, or the gate was retired.",
      "结果：waiting 等待中；passed 通过；bypassed 放行；left 改走其他路径或关卡已停用。"
    ) { .text($0.row.outcome) },
    OutputField("endedAt", .instant, "When it went on.", "离开时间。") { .instant($0.row.endedAt) },
    OutputField("endedBy", .text, "Who went on with it.", "操作人员。") { .text($0.row.endedName) },
    OutputField(
      "waitSeconds", .integer, "From the first stop until it passed or was let pass; null: it was not stopped, or did neither.",
      "自首次拦截至通过或放行的秒数；null 表示未被拦截或尚未通过。"
    ) {
      .integer($0.row.waitSeconds)
    },
    OutputField("bypassReason", .text, "Why it was let pass.", "放行理由。") { .text($0.row.reason) },
    OutputField("bypassedBy", .text, "Who let it pass.", "放行人员。") { .text($0.row.bypassName) },
    OutputField("files", listOf: EvidenceFile.self, "The files that were the evidence.", "作为依据的附件。") { $0.files },
  ]
}

extension PassageRow {
  var waitSeconds: Int64? {
    guard let firstStoppedAt, let endedAt, outcome == "passed" || outcome == "bypassed" else { return nil }
    return (endedAt.microseconds - firstStoppedAt.microseconds) / 1_000_000
  }
}
