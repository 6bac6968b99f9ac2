import Attributes
import Kernel
import Operations
import Tenancy

/// A major incident in a listing.
package struct MajorLine: OperationOutput {
  let row: MajorRow
  private let provider: TenantEntry

  init(_ row: MajorRow, in context: OperationContext) {
    self.row = row
    provider = context.provider
  }

  package static let fields: [OutputField<MajorLine>] = facts { $0 }

  private func id(_ kind: IdKind, _ bits: [UInt8]?) -> Value { .id(bits.map { provider.id(kind.prefix, $0) }) }

  static func facts<Record>(_ of: @escaping @Sendable (Record) -> MajorLine) -> [OutputField<Record>] {
    [
      OutputField("id", .id, "The major incident.", "重大事件编号。") { of($0).id(.majorIncident, of($0).row.publicId) },
      OutputField("number", .text, "Its number, for people.", "重大事件号。") { .text(MajorNumber.text(of($0).provider.code, of($0).row.number)) },
      OutputField("title", .text, "What it is about, in a line.", "标题。") { .text(of($0).row.title) },
      OutputField(
        "state", .text, "declared, mitigated, resolved or reviewed.", "状态：declared 已宣布、mitigated 已缓解、resolved 已解决、reviewed 已回顾。"
      ) { .text(of($0).row.process.state.rawValue) },
      OutputField("lead", .id, "Who leads it.", "负责人。") { of($0).id(.staff, of($0).row.leading?.publicId) },
      OutputField("leadName", .text, "His name.", "负责人姓名。") { .text(of($0).row.leadingName) },
      OutputField(
        "leadBy", .text,
        "By what: person (he declared, took or accepted it), handbook (nobody did; he stands in the handbook of incidents) or default (ownership.read).",
        "负责依据：person 本人宣布、认领或接受，handbook 无人认领、由事件流程手册指定，default 默认负责人（ownership.read）。"
      ) { .text(of($0).row.leadBy?.rawValue) },
      OutputField("declaredAt", .instant, "When it was declared.", "宣布时间。") { .instant(of($0).row.declaredAt) },
      OutputField("mitigatedAt", .instant, "Since when something helps.", "缓解时间。") { .instant(of($0).row.process.mitigatedAt) },
      OutputField("resolvedAt", .instant, "When it was resolved.", "解决时间。") { .instant(of($0).row.process.resolvedAt) },
      OutputField("reviewedAt", .instant, "When it was looked back on.", "回顾时间。") { .instant(of($0).row.process.reviewedAt) },
      OutputField("reopenCount", .integer, "How often it was reopened.", "重新打开次数。") { .integer(of($0).row.process.reopenCount) },
      OutputField("version", .integer, "Its version, for changes.", "版本号，修改时使用。") { .integer(of($0).row.version) },
    ]
  }
}

/// A major incident with all that was written of it, and how many incidents are part of it.
package struct MajorRecord: OperationOutput {
  let line: MajorLine
  let count: (incidents: Int64, customers: Int64)

  package static let fields: [OutputField<MajorRecord>] = facts { $0 }

  static func facts<Record>(_ of: @escaping @Sendable (Record) -> MajorRecord) -> [OutputField<Record>] {
    MajorLine.facts { of($0).line } + [
      OutputField("description", .text, "What is noticed of it, and where.", "现象与范围。") { .text(of($0).line.row.description) },
      OutputField("mitigation", .text, "What helps meanwhile; of one that was reopened, what was thought to.", "缓解措施；重新打开的则为此前的措施。") {
        .text(of($0).line.row.process.mitigation)
      },
      OutputField("resolution", .text, "How it was resolved; of one that was reopened, how that was tried.", "解决方法；重新打开的则为此前尝试的方法。") {
        .text(of($0).line.row.process.resolution)
      },
      OutputField("review", .text, "What was learnt from it.", "回顾结论。") { .text(of($0).line.row.process.review) },
      OutputField("incidents", .integer, "How many incidents are part of it, of the customers that one serves.", "所属事件数（仅计所服务的客户）。") {
        .integer(of($0).count.incidents)
      },
      OutputField("customers", .integer, "Of how many of these customers.", "涉及的客户数（仅计所服务的客户）。") { .integer(of($0).count.customers) },
      AttributeFields.held { of($0).line.row.attributes },
      OutputField("updatedAt", .instant, "When it was last changed.", "最近修改时间。") { .instant(of($0).line.row.updatedAt) },
    ]
  }
}

/// A major incident as it is read, with what is offered.
package struct MajorDetail: OperationOutput {
  let record: MajorRecord
  let offer: HandoverRecord?

  package static let fields: [OutputField<MajorDetail>] =
    MajorRecord.facts { $0.record } + [
      OutputField("offer", record: HandoverRecord.self, "To whom it is offered, and who has not answered; null: to nobody.", "尚未答复的移交；无则为 null。") {
        $0.offer
      }
    ]
}

/// An incident that is part of a major incident.
package struct MajorChild: OperationOutput {
  let link: ChildrenOfMajor.Found
  let incident: IncidentsOfMajor.Found
  let number: String
  let reason: String?

  package static let fields: [OutputField<MajorChild>] = [
    OutputField("incident", .id, "The incident.", "事件工单。") { .id($0.incident.own(.incident, $0.incident.publicId)) },
    OutputField("number", .text, "Its number, for people.", "工单号。") { .text($0.number) },
    OutputField("customer", .id, "Whose it is.", "所属客户。") { .id($0.incident.own(.customer, $0.incident.customerBits)) },
    OutputField("customerName", .text, "His name.", "客户名称。") { .text($0.incident.customerName) },
    OutputField("title", .text, "What it is about, in a line.", "标题。") { .text($0.incident.title) },
    OutputField("state", .text, "Its state.", "状态。") { .text($0.incident.state) },
    OutputField("priority", .integer, "Its priority.", "优先级。") { .integer($0.incident.priority) },
    OutputField("linkedBy", .text, "Who linked it.", "关联人员。") { .text($0.link.actorName) },
    OutputField("linkedAt", .instant, "When.", "关联时间。") { .instant($0.link.at) },
    OutputField(
      "resolving", .text, "Where it was to be resolved with the major incident: waiting, done, or left as it was; null: nobody asked for that.",
      "随重大事件一并解决的情况：waiting 待处理，done 已完成，left 未能完成；未要求时为 null。"
    ) { .text($0.link.isToBeResolved ? "waiting" : $0.incident.cascade) },
    OutputField("reason", .text, "Why it was left.", "未能解决的原因。") { .text($0.reason) },
  ]
}
