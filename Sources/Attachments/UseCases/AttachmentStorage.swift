import Kernel
import Operations

/// What a customer's files take, as the API shows it.
package struct AttachmentStorageRecord: OperationOutput {
  let customer: PublicId
  let row: StorageRow
  let limits: FileLimits

  package static let fields: [OutputField<AttachmentStorageRecord>] = [
    OutputField("customer", .id, "The customer.", "客户。") { .id($0.customer) },
    OutputField("usedBytes", .integer, "What its files take, those included that were deleted and are not yet removed.", "文件占用的字节数，含已删除但尚未清除的文件。") {
      .integer($0.row.usedBytes)
    },
    OutputField("files", .integer, "How many they are.", "文件数量。") { .integer($0.row.fileCount) },
    OutputField("quotaBytes", .integer, "What they may take together.", "允许占用的总字节数。") { .integer($0.row.quotaBytes ?? $0.limits.tenantBytes) },
    OutputField("isOwnQuota", .boolean, "Whether that was set for this customer; else it is what the server's settings say.", "该上限是否为此客户单独设置；否则取服务器设置。") {
      .bool($0.row.quotaBytes != nil)
    },
    OutputField("fileBytes", .integer, "The largest file that is taken.", "单个文件的大小上限（字节）。") { .integer($0.limits.fileBytes) },
    OutputField("version", .integer, "The version of the limit.", "上限设置的版本。") { .integer($0.row.version) },
  ]
}

package enum ReadAttachmentStorage: Operation {
  package struct Input: OperationInput {
    package static let fields: [any InputField] = [CustomerReference.field]
    package init(_ values: InputValues) {}
  }

  package static let declaration = Declaration(
    "attachment_storage.read", "Read how much room a customer's attachments take, and may take.", zh: "查看客户附件占用的空间及其上限。",
    roles: [.administrator, .accountManager, .engineer, .finance, .customerManager], scopes: [.listed, .all, .tenant], reach: .one(by: "customer"),
    effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> AttachmentStorageRecord {
    let row = try await context.transaction.first(FindStorage(tenant: context.tenant.id)) ?? StorageRow()
    return AttachmentStorageRecord(customer: context.tenant.publicId, row: row, limits: try context.store().limits)
  }
}

/// Sets how much room a customer's attachments may take. What is there stays, also when it is more.
package enum LimitAttachmentStorage: Operation {
  package struct Input: OperationInput {
    let quotaBytes: Int64?

    private static let quota = Field.integer(
      "quotaBytes", 0...1 << 50, "What its files may take together, in bytes; left out: as the server's settings say.", "允许占用的总字节数；不填则取服务器设置。")
    package static let fields: [any InputField] = [CustomerReference.field, quota.optional]

    package init(_ values: InputValues) throws(FieldError) { quotaBytes = try values[Self.quota.optional] }
  }

  package static let declaration = Declaration(
    "attachment_storage.limit", "Set how much room a customer's attachments may take.", zh: "设置客户附件的空间上限。", roles: [.administrator],
    reach: .one(by: "customer"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> AttachmentStorageRecord {
    let (tenant, limits) = (context.tenant.id, try context.store().limits)
    try await context.transaction.execute(EnsureStorage(tenant: tenant))
    _ = try await context.transaction.first(HoldStorage(tenant: tenant))
    guard let row = try await context.transaction.first(FindStorage(tenant: tenant)) else { throw Failure.notFound }
    try context.requireVersion(row.version)
    context.subject(context.tenant.publicId)
    guard let changed = try await context.transaction.first(SetQuota(tenant: tenant, bytes: input.quotaBytes, version: row.version)) else {
      throw context.beaten
    }
    return AttachmentStorageRecord(customer: context.tenant.publicId, row: changed, limits: limits)
  }
}
