import Desk
import Kernel
import Operations
import Tenancy

/// The fields that operations of attachments share.
package enum AttachmentFields: GivesReason {
  package static let id = Field.id("id", .attachment, "The attachment.", "附件。")
  static let name = Field.typedText(
    "name", 1...255, "What the file is called; of a path the last part is kept, and no character that is not seen.", "文件名；若为路径则取最后一段，并去除不可见字符。")
  static let visibility = Field.oneOf(
    "visibility", CommentVisibility.allCases.map(\.rawValue),
    "public: the customer's people get it too; internal: staff only, as all of problems, changes, releases and major incidents is. Left out: internal of what staff attach, public of what a customer's people do.",
    "public：客户人员可见；internal：仅服务商人员可见（问题、变更、发布与重大事件的附件一律如此）。省略时，服务商人员的附件为 internal，客户人员的附件为 public。")
  static let claimedType = Field.text("claimedType", 1...200, "The media type that the sender takes it for; kept as that.", "上传者声明的媒体类型，仅作记录。")
  static let content = Field.longText(
    "content", 1...700_000, "The file in Base64, where it does not come as the body of an HTTP request; 512 KiB at the most.",
    "Base64 编码的文件内容（未以 HTTP 请求正文上传时填写），最大 512 KiB。"
  ).keptElsewhere
  package static let reason = Field.text("reason", 1...500, "Why it is deleted.", "删除原因。")

  /// How much goes as text, in or out.
  static let textBytes: Int64 = 512 << 10
}

/// Adds a file to an incident, a request, a problem, a change, a release or a major incident. By HTTP it may come as the request's body; by any interface as text, if it is small.
///
/// The bytes get their lasting name when nothing is left that could refuse them, with the customer's room held and before the commit: an
/// attachment that there is has its file, and what was refused leaves none. A file that has no attachment, because somebody died in
/// between, is the sweep's.
package enum AddAttachment: FileTakingOperation {
  package struct Input: OperationInput {
    let subject: NamedSubject
    let name: FileName
    let visibility: CommentVisibility?
    let claimedType: String?
    let content: String?
    /// What came, looked at before the transaction.
    fileprivate var file: File?

    package static let fields: [any InputField] =
      NamedSubject.fields + [
        AttachmentFields.name, AttachmentFields.visibility.optional, AttachmentFields.claimedType.optional, AttachmentFields.content.optional,
      ]

    package init(_ values: InputValues) throws(FieldError) {
      subject = try NamedSubject(values)
      name = FileName(cleaning: try values[AttachmentFields.name])
      visibility = try values[AttachmentFields.visibility.optional].flatMap(CommentVisibility.init)
      claimedType = try values[AttachmentFields.claimedType.optional]
      content = try values[AttachmentFields.content.optional]
    }
  }

  fileprivate struct File: Sendable {
    let received: ReceivedFile
    let type: ContentType
    /// Holds the bytes of a file that came as text until they are kept: what is not, goes with it.
    let incoming: (any IncomingFile)?
  }

  package static let declaration = Declaration(
    "attachment.add",
    "Attach a file to an incident, a request, a problem, a change, a release or a major incident: as the body of the request (HTTP), or as Base64.",
    zh: "为事件、请求、问题、变更、发布或重大事件添加附件：以请求正文（HTTP）或 Base64 文本提供文件。", roles: AttachmentRights.writers,
    scopes: AttachmentRights.everyScope, reach: .oneOf(NamedSubject.names), effect: .create)

  package static func admit(_ input: Input, bytes: Int64?, for preparation: Preparation) async throws {
    let visibility = try CommentVisibility.chosen(input.visibility, by: preparation.principal.side)
    let limits = try preparation.store().limits
    let row = try await preparation.read { transaction in
      let found = try await input.subject.find(in: preparation.tenant, as: preparation.principal, preparation.access, transaction)
      guard found != nil else { throw Failure.invalid(input.subject.kind.rawValue, InputMessages.unknownReference) }
      return try await transaction.first(FindStorage(tenant: preparation.tenant.id)) ?? StorageRow()
    }
    guard !input.subject.kind.isProvidersOwn || visibility == .staff else { throw Failure.invalid("visibility", AttachmentsMessages.providersOwn) }
    guard let bytes else { return }
    guard bytes > 0 else { throw Failure(.conflict, AttachmentsMessages.empty) }
    guard bytes <= limits.fileBytes else { throw Failure.fileTooLarge(limits) }
    guard row.usedBytes <= (row.quotaBytes ?? limits.tenantBytes) - bytes else { throw overQuota(row, limits, bytes) }
  }

  package static func prepare(_ input: Input, for preparation: Preparation) async throws -> Input {
    switch (preparation.received, input.content) {
    case (let received?, nil): return try await look(at: received, nil, input, preparation)
    case (nil, let text?):
      guard let bytes = Base64.decode(text.utf8.filter { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }), bytes.count <= AttachmentFields.textBytes
      else { throw Failure.invalid("content", AttachmentsMessages.notBase64, ["most": String(AttachmentFields.textBytes)]) }
      // Nothing is written for whoever may not.
      try await admit(input, bytes: Int64(bytes.count), for: preparation)
      let incoming = try await preparation.store().receive(for: preparation.tenant.handle, from: nil)
      try await incoming.append(bytes)
      return try await look(at: try await incoming.finish(), incoming, input, preparation)
    case (_?, _?): throw Failure.invalid("content", AttachmentsMessages.contentTwice)
    case (nil, nil): throw Failure.invalid("content", InputMessages.required)
    }
  }

  private static func look(
    at received: ReceivedFile, _ incoming: (any IncomingFile)?, _ input: Input, _ preparation: Preparation
  ) async throws -> Input {
    try await admit(input, bytes: received.content.bytes, for: preparation)
    let type = ContentType(of: received.head)
    let store = try preparation.store()
    guard !type.isProgram || store.limits.takesPrograms else { throw Failure(.conflict, AttachmentsMessages.programRefused, ["type": type.name]) }
    var input = input
    input.file = File(received: received, type: type, incoming: incoming)
    return input
  }

  package static func run(_ input: Input, in context: OperationContext) async throws -> AttachmentRecord {
    guard let file = input.file else { throw Failure.invalid("content", InputMessages.required) }
    let content = file.received.content
    let (store, tenant, transaction) = (try context.store(), context.tenant.id, context.transaction)
    try await transaction.execute(EnsureStorage(tenant: tenant))
    let room = TakeRoom(tenant: tenant, bytes: content.bytes, usualQuota: store.limits.tenantBytes)
    guard try await transaction.first(room) != nil else {
      throw overQuota(try await transaction.first(FindStorage(tenant: tenant)) ?? StorageRow(), store.limits, content.bytes)
    }
    // From here the row is held: calls with one key come one after the other, and who removes bytes waits.
    try await context.requireNewKey()
    guard let subject = try await context.find(input.subject) else { throw context.unknownReference(input.subject.kind.rawValue) }
    let visibility = try CommentVisibility.chosen(input.visibility, by: context.principal.side)
    let id = context.newId(.attachment)
    context.subject(id)
    transaction.enqueue(
      InsertAttachment(
        tenant: tenant, publicId: id, subject: subject, visibility: visibility, name: input.name.text, type: file.type.name,
        claimedType: input.claimedType, content: content, principal: context.principal, now: context.now))
    let told = Value.object([
      "attachment": .id(id), "visibility": .text(visibility.rawValue), "type": .text(file.type.name), "bytes": .integer(content.bytes),
    ])
    context.note(.attached, told, on: subject)
    let found = AttachmentByPublicId(tenant: tenant, publicId: id, includesInternal: true)
    guard let row = try await transaction.first(found) else { throw Failure.notFound }
    // The last thing that can go wrong but for the commit: no transaction takes it back.
    try await store.keep(file.received, of: context.tenant.handle)
    return AttachmentRecord(row, in: context)
  }

  private static func overQuota(_ row: StorageRow, _ limits: FileLimits, _ bytes: Int64) -> Failure {
    let figures = ["used": row.usedBytes, "quota": row.quotaBytes ?? limits.tenantBytes, "bytes": bytes].mapValues { String($0) }
    return Failure(.conflict, AttachmentsMessages.overQuota, figures)
  }
}
