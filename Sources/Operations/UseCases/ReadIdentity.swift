import Kernel

/// Who am I, and what may I do?
package enum ReadIdentity: Operation {
  package struct Output: OperationOutput {
    let name: String
    let kind: String
    let tenantCode: String
    let tenantId: PublicId
    let roles: [String]
    let permissions: [String]

    package static let fields: [OutputField<Output>] = [
      OutputField("name", .text, "The account's name.", "账户名称。") { .text($0.name) },
      OutputField("kind", .text, "staff, customer, service or operator.", "账户类别：staff、customer、service 或 operator。") { .text($0.kind) },
      OutputField("tenant", .text, "The code of the account's organisation.", "所属组织的代码。") { .text($0.tenantCode) },
      OutputField("tenantId", .id, "The account's organisation.", "所属组织。") { .id($0.tenantId) },
      OutputField("roles", .list(.text), "Its roles.", "角色。") { .array($0.roles.map(Value.text)) },
      OutputField("permissions", .list(.text), "What it may do.", "拥有的权限。") { .array($0.permissions.map(Value.text)) },
    ]
  }

  package static let declaration = Declaration(
    "identity.read", "Read who the caller is and what the caller may do.", zh: "查看当前身份及其权限。", roles: Set(StockRole.allCases),
    scopes: Set(Grant.ScopeKind.allCases), reach: .home, effect: .read)

  package static func run(_ input: NoInput, in context: OperationContext) async throws -> Output {
    let principal = context.principal
    let granted = principal.grants.reduce(into: Set<String>()) { $0.formUnion($1.permissions) }
    return Output(
      name: principal.name, kind: principal.actor.kind.rawValue, tenantCode: context.tenant.code, tenantId: context.tenant.publicId,
      roles: Set(principal.grants.map(\.role)).sorted(),
      permissions: (principal.onlyPermissions.map(granted.intersection) ?? granted).sorted())
  }
}
