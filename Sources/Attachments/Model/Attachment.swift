import Kernel
import Operations
import Postgres

extension IdKind {
  package static let attachment = IdKind("att", owner: .tenant)
}

/// What became of an attachment.
enum AttachmentState: String, Sendable {
  /// May go to `deleted`.
  case stored
  /// Nobody gets it any more; its bytes are still there. May go to `removed`.
  case deleted
  /// Its bytes are gone. The end: the row stays.
  case removed
}

/// An attachment as it lies in the database, with the public id of what it is attached to.
struct Attachment: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let subject: AttachmentSubject
  let subjectPublicId: [UInt8]
  let visibility: String
  let name: String
  let type: String
  let claimedType: String?
  let content: FileContent
  let state: String
  let authorKind: String
  let authorName: String
  let recordedAt: Instant
  let deletedAt: Instant?
  let deletionReason: String?
  let deleterName: String?

  static let select = """
    select a.id, a.public_id,
      case when a.ticket_id is not null then 'incident' when a.request_id is not null then 'request' when a.problem_id is not null then 'problem'
        when a.change_id is not null then 'change' when a.release_id is not null then 'release' else 'majorIncident' end,
      coalesce(a.ticket_id, a.request_id, a.problem_id, a.change_id, a.release_id, a.major_id), a.about_customer_id,
      coalesce(t.public_id, r.public_id, p.public_id, c.public_id, l.public_id, m.public_id),
      a.visibility, a.name, a.type, a.claimed_type, a.sha256, a.size_bytes, a.state, a.actor_kind, a.actor_name, a.recorded_at, a.deleted_at,
      a.deletion_reason, a.deleter_name
    from attachments.attachment a
    left join desk.pub_ticket t on t.tenant_id = a.tenant_id and t.ticket_id = a.ticket_id
    left join requests.pub_request r on r.tenant_id = a.tenant_id and r.request_id = a.request_id
    left join problems.pub_problem p on p.tenant_id = a.tenant_id and p.problem_id = a.problem_id
    left join changes.pub_change c on c.tenant_id = a.tenant_id and c.change_id = a.change_id
    left join changes.pub_told_release l on l.tenant_id = a.tenant_id and l.release_id = a.release_id
    left join major_incidents.pub_told_major_incident m on m.tenant_id = a.tenant_id and m.major_id = a.major_id
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    // The check of the table allows no other kind.
    subject = AttachmentSubject(kind: SubjectKind(rawValue: try row.next()) ?? .incident, id: try row.next(), customer: try row.next())
    subjectPublicId = try row.next()
    visibility = try row.next()
    name = try row.next()
    type = try row.next()
    claimedType = try row.next()
    content = FileContent(digest: try row.next(), bytes: try row.next())
    state = try row.next()
    authorKind = try row.next()
    authorName = try row.next()
    recordedAt = try row.next()
    deletedAt = try row.next()
    deletionReason = try row.next()
    deleterName = try row.next()
  }

  var isStored: Bool { state == AttachmentState.stored.rawValue }
}

/// An attachment as the API shows it.
package struct AttachmentRecord: OperationOutput {
  let id: PublicId
  let subject: NamedSubject
  let name: String
  let type: String
  let claimedType: String?
  let content: FileContent
  let visibility: String
  let state: String
  let authorKind: String
  let authorName: String
  let at: Instant
  let deletedAt: Instant?
  /// Of whoever deleted it; for the staff alone.
  let deletionReason: String?
  let deleterName: String?

  package static let fields: [OutputField<AttachmentRecord>] = [
    OutputField("id", .id, "Its id.", "编号。") { .id($0.id) },
    OutputField("incident", .id, "The incident that it is attached to.", "所属事件。") { .id($0.named(.incident)) },
    OutputField("request", .id, "The request, where it is attached to one.", "所属请求（如有）。") { .id($0.named(.request)) },
    OutputField("problem", .id, "The problem, where it is attached to one.", "所属问题（如有）。") { .id($0.named(.problem)) },
    OutputField("change", .id, "The change, where it is attached to one.", "所属变更（如有）。") { .id($0.named(.change)) },
    OutputField("release", .id, "The release, where it is attached to one.", "所属发布（如有）。") { .id($0.named(.release)) },
    OutputField("majorIncident", .id, "The major incident, where it is attached to one.", "所属重大事件（如有）。") { .id($0.named(.majorIncident)) },
    OutputField("name", .text, "Its name, as it is shown: the last part of what the sender called it.", "显示的文件名（取上传名称的最后一段）。") { .text($0.name) },
    OutputField("type", .text, "What its bytes look like, as a media type.", "按内容识别的媒体类型。") { .text($0.type) },
    OutputField("claimedType", .text, "What the sender said that it is; nothing follows from it.", "上传者声明的类型（仅作记录）。") { .text($0.claimedType) },
    OutputField("bytes", .integer, "Its size in bytes.", "大小（字节）。") { .integer($0.content.bytes) },
    OutputField("sha256", .text, "The SHA-256 of its bytes, in hexadecimal digits.", "内容的 SHA-256（十六进制）。") { .text(Hexadecimal.text($0.content.digest)) },
    OutputField("visibility", .text, "public or internal.", "可见性：public 或 internal。") { .text($0.visibility) },
    OutputField("state", .text, "stored; deleted; removed: its bytes are gone too.", "状态：stored 已存储，deleted 已删除，removed 内容已清除。") { .text($0.state) },
    OutputField("authorKind", .text, "staff, customer, service, operator or system.", "上传者类别。") { .text($0.authorKind) },
    OutputField("authorName", .text, "Who attached it.", "上传者。") { .text($0.authorName) },
    OutputField("at", .instant, "When it was attached.", "上传时间。") { .instant($0.at) },
    OutputField("deletedAt", .instant, "When it was deleted.", "删除时间。") { .instant($0.deletedAt) },
    OutputField("deletionReason", .text, "Why it was deleted; staff only.", "删除原因（仅服务商人员可见）。") { .text($0.deletionReason) },
    OutputField("deleterName", .text, "Who deleted it; staff only.", "删除者（仅服务商人员可见）。") { .text($0.deleterName) },
  ]

  init(_ row: Attachment, in context: OperationContext) {
    let isStaff = context.principal.side == .staff
    id = context.id(.attachment, row.publicId)
    subject = NamedSubject(row.subject.kind, context.id(row.subject.kind.id, row.subjectPublicId))
    name = row.name
    type = row.type
    claimedType = row.claimedType
    content = row.content
    visibility = row.visibility
    // Whether the bytes are gone already is nothing to a customer.
    state = isStaff || row.isStored ? row.state : AttachmentState.deleted.rawValue
    authorKind = row.authorKind
    authorName = row.authorName
    at = row.recordedAt
    deletedAt = row.deletedAt
    deletionReason = isStaff ? row.deletionReason : nil
    deleterName = isStaff ? row.deleterName : nil
  }

  private func named(_ kind: SubjectKind) -> PublicId? { subject.kind == kind ? subject.id : nil }
}

enum Hexadecimal {
  static func text(_ bytes: [UInt8]) -> String { bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}
