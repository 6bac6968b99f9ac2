import Kernel
import Operations

/// An import as the API shows it.
package struct ImportRecordOutput: OperationOutput {
  let id: PublicId
  let row: ImportRow

  package static let fields: [OutputField<ImportRecordOutput>] = [
    OutputField("id", .id, "Its id.", "编号。") { .id($0.id) },
    OutputField("format", .text, "The format of the file.", "文件格式。") { .text($0.row.format) },
    OutputField("source", .text, "The system that the tickets come from.", "工单的来源系统。") { .text($0.row.source) },
    OutputField("fileName", .text, "The file's name.", "文件名。") { .text($0.row.fileName) },
    OutputField("fileHash", .text, "SHA-256 of the file, in hexadecimal.", "文件的 SHA-256（十六进制）。") { .text(Hexadecimal.text($0.row.fileHash)) },
    OutputField("profileHash", .text, "SHA-256 of the profile, in hexadecimal.", "导入配置的 SHA-256（十六进制）。") {
      .text(Hexadecimal.text($0.row.profileHash))
    },
    OutputField("report", .document, "What the import found and did.", "导入的发现与结果。") { $0.row.report },
    OutputField("recordedAt", .instant, "When it was done.", "导入时间。") { .instant($0.row.recordedAt) },
  ]
}

enum Hexadecimal {
  static func text(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

package enum ListImports: Operation {
  package struct Input: OperationInput {
    let limit: Int64?
    let cursor: String?

    private static let customer = Field.id("customer", .customer, "The customer.", "客户编号。")

    package static let fields: [any InputField] = [customer, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "import.list", "List what was imported for a customer, the newest first.", zh: "列出客户的导入记录，最新的在前。", permission: "import.read",
    roles: [.administrator, .accountManager], reach: .one(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<ImportRecordOutput> {
    let (limit, before) = try context.page(input.limit, input.cursor)
    let rows = try await context.transaction.query(
      ImportsOfTenant(tenant: context.tenant.id, beforeId: try before?.integer(0) ?? .max, limit: limit + 1))
    return context.listing(rows, limit: limit) { row in
      PageCursor([.integer(row.id)])
    } element: { row in
      ImportRecordOutput(id: context.id(.importRecord, row.publicId), row: row)
    }
  }
}

package enum ReadImport: Operation {
  package struct Input: OperationInput {
    let id: PublicId

    private static let id = Field.id("id", .importRecord, "The import.", "导入记录编号。")

    package static let fields: [any InputField] = [id]

    package init(_ values: InputValues) throws(FieldError) { id = try values[Self.id] }
  }

  package static let declaration = Declaration(
    "import.read", "Read what an import found and did.", zh: "查看一次导入的发现与结果。", roles: [.administrator, .accountManager], reach: .one(by: "id"),
    effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ImportRecordOutput {
    guard let row = try await context.transaction.first(ImportByPublicId(tenant: context.tenant.id, publicId: input.id)) else { throw Failure.notFound }
    return ImportRecordOutput(id: input.id, row: row)
  }
}
