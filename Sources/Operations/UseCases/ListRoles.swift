import Kernel

/// A role and what it permits.
struct RoleRecord: OperationOutput {
  let row: RoleRow

  static let fields: [OutputField<RoleRecord>] = [
    OutputField("role", .text, "Its code.", "角色代码。") { .text($0.row.code) },
    OutputField("name", .object([]), "Its name in English (en) and Chinese (zh-Hans).", "英文（en）和中文（zh-Hans）名称。") {
      .object([Language.english.rawValue: .text($0.row.english), Language.chinese.rawValue: .text($0.row.chinese)])
    },
    OutputField("side", .text, "staff or customer.", "适用方：staff（服务商人员）或 customer（客户）。") { .text($0.row.side) },
    OutputField("permissions", .list(.text), "What it permits.", "包含的权限。") { .array($0.row.permissions.map { .text($0) }) },
  ]
}

enum ListRoles: Operation {
  typealias Input = PageInput

  static let declaration = Declaration(
    "role.list", "List the roles and what they permit.", zh: "列出角色及其权限。", permission: "role.read",
    roles: [.administrator, .accountManager, .customerManager], scopes: [.listed, .all, .tenant], reach: .home, effect: .read)

  static func run(_ input: Input, in context: OperationContext) async throws -> Listing<RoleRecord> {
    let (limit, after) = try context.page(input.limit, input.cursor)
    let rows = try await context.transaction.query(Roles(after: try after?.text(0) ?? "", limit: limit + 1))
    return context.listing(rows, limit: limit, key: { PageCursor([.text($0.code)]) }) { RoleRecord(row: $0) }
  }
}
