import Kernel
import Operations
import Tenancy

package typealias AttachmentReference = ReferenceInput<AttachmentFields>

extension OperationContext {
  /// An attachment that the caller may see.
  func attachment(_ id: PublicId) async throws -> Attachment {
    let found = AttachmentByPublicId(tenant: tenant.id, publicId: id, includesInternal: principal.side == .staff)
    guard let row = try await transaction.first(found) else { throw Failure.notFound }
    let kind = row.subject.kind
    guard try await find(NamedSubject(kind, self.id(kind.id, row.subjectPublicId))) != nil else { throw Failure.notFound }
    if let customer = row.subject.customer, let served = customersServed(by: kind), !served.contains(customer) { throw Failure.notFound }
    return row
  }
}

package enum ReadAttachment: Operation {
  package typealias Input = AttachmentReference

  package static let declaration = Declaration(
    "attachment.read", "Read what is known of an attachment.", zh: "查看附件信息。", permission: AttachmentRights.read, roles: AttachmentRights.readers,
    scopes: AttachmentRights.everyScope, reach: .oneOf(["id"]), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> AttachmentRecord {
    AttachmentRecord(try await context.attachment(input.id), in: context)
  }
}

package enum ListAttachments: Operation {
  package struct Input: OperationInput {
    let subject: NamedSubject
    let includesDeleted: Bool
    let limit: Int64?
    let cursor: String?

    private static let deleted = Field.boolean("deleted", "Whether those that were deleted are listed too.", "是否同时列出已删除的附件。")
    package static let fields: [any InputField] = NamedSubject.fields + [deleted.optional, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      subject = try NamedSubject(values)
      includesDeleted = try values[Self.deleted.optional] ?? false
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "attachment.list", "List the attachments of an incident, a request, a problem, a change, a release or a major incident in the order in which they came.",
    zh: "按添加顺序列出事件、请求、问题、变更、发布或重大事件的附件。", permission: AttachmentRights.read, roles: AttachmentRights.readers,
    scopes: AttachmentRights.everyScope, reach: .oneOf(NamedSubject.names), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<AttachmentRecord> {
    let filter = "\(input.subject.id) \(input.includesDeleted)"
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    guard let subject = try await context.find(input.subject) else { throw context.unknownReference(input.subject.kind.rawValue) }
    let rows = try await context.transaction.query(
      AttachmentsOfSubject(
        tenant: context.tenant.id, subject: subject, includesInternal: context.principal.side == .staff, includesDeleted: input.includesDeleted,
        after: try after?.integer(0) ?? 0, limit: limit + 1, customers: context.customersServed(by: subject.kind)))
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.id)]) }) { AttachmentRecord($0, in: context) }
  }
}

/// An attachment's file: as it is, for who can take that; else as text, if it is small.
package enum DownloadAttachment: FileGivingOperation {
  package typealias Input = AttachmentReference

  package struct Output: OperationOutput {
    let record: AttachmentRecord
    let content: String?

    package static let fields: [OutputField<Output>] = [
      OutputField("id", .id, "Its id.", "编号。") { .id($0.record.id) },
      OutputField("name", .text, "Its name.", "文件名。") { .text($0.record.name) },
      OutputField("type", .text, "What its bytes look like, as a media type.", "按内容识别的媒体类型。") { .text($0.record.type) },
      OutputField("bytes", .integer, "Its size in bytes.", "大小（字节）。") { .integer($0.record.content.bytes) },
      OutputField("sha256", .text, "The SHA-256 of its bytes, in hexadecimal digits.", "内容的 SHA-256（十六进制）。") {
        .text(Hexadecimal.text($0.record.content.digest))
      },
      OutputField("content", .text, "The file in Base64; null where it goes beside.", "Base64 编码的文件内容；以原始字节返回时为 null。") { .text($0.content) },
    ]
  }

  package static let declaration = Declaration(
    "attachment.download", "Get an attachment's file: over HTTP as it is, else as Base64 up to 512 KiB.", zh: "下载附件：HTTP 返回原始字节，其他接口返回不超过 512 KiB 的 Base64 文本。",
    permission: AttachmentRights.read, roles: AttachmentRights.readers, scopes: AttachmentRights.everyScope, reach: .oneOf(["id"]), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let row = try await context.attachment(input.id)
    let record = AttachmentRecord(row, in: context)
    guard row.isStored else { throw Failure(.conflict, AttachmentsMessages.deleted) }
    if !context.wantsFile, row.content.bytes > AttachmentFields.textBytes {
      let figures = ["bytes": String(row.content.bytes), "most": String(AttachmentFields.textBytes)]
      throw Failure(.conflict, AttachmentsMessages.tooLargeForText, figures)
    }
    guard let file = try await context.store().open(row.content, of: context.tenant.handle) else {
      throw Failure(.internal, AttachmentsMessages.missing, debug: "no file of \(input.id)")
    }
    guard !context.wantsFile else {
      context.gives(file)
      return Output(record: record, content: nil)
    }
    var bytes: [UInt8] = []
    while case let piece = try await file.next(), !piece.isEmpty { bytes += piece }
    return Output(record: record, content: Base64.encode(bytes))
  }
}

/// Nobody gets it any more; that it was there, who took it away and why, stays told. Its bytes go with the next sweep, unless another
/// attachment of the customer has the same.
package enum DeleteAttachment: Operation {
  package typealias Input = ReasonInput<AttachmentFields>

  package static let declaration = Declaration(
    "attachment.delete", "Delete an attachment's file; that it was there stays on record.", zh: "删除附件的文件；其曾经存在的记录予以保留。", roles: AttachmentRights.removers,
    reach: .oneOf(["id"]), effect: .delete)

  package static func run(_ input: Input, in context: OperationContext) async throws -> AttachmentRecord {
    let row = try await context.attachment(input.id)
    context.subject(input.id)
    let tenant = context.tenant.id
    let mark = MarkDeleted(tenant: tenant, id: row.id, reason: input.reason, principal: context.principal, now: context.now)
    guard try await context.transaction.first(mark) != nil else { throw Failure(.conflict, AttachmentsMessages.deleted) }
    let told = Value.object(["attachment": .id(input.id), "visibility": .text(row.visibility)])
    context.note(.detached, told, on: row.subject)
    return AttachmentRecord(try await context.attachment(input.id), in: context)
  }
}
