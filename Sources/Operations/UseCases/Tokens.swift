import Kernel
import Tenancy

/// A token as the API shows it: never its secret.
struct TokenRecord: OperationOutput {
  let id: PublicId
  let account: PublicId
  let kind: String
  let name: String
  let permissions: [String]?
  let expiresAt: Instant
  let revokedAt: Instant?
  let recordedAt: Instant

  static let fields: [OutputField<TokenRecord>] = [
    OutputField("id", .id, "Its id.", "编号。") { .id($0.id) },
    OutputField("account", .id, "Whose it is.", "所属账户。") { .id($0.account) },
    OutputField("kind", .text, "api, session or certificate.", "类别：api、session（会话）或 certificate（证书）。") { .text($0.kind) },
    OutputField("name", .text, "What it is for.", "用途。") { .text($0.name) },
    OutputField("permissions", .list(.text), "At most these permissions; null: all of the account.", "最多拥有的权限；null 表示账户的全部权限。") { token in
      token.permissions.map { .array($0.map { .text($0) }) } ?? .null
    },
    OutputField("expiresAt", .instant, "When it ends.", "失效时间。") { .instant($0.expiresAt) },
    OutputField("revokedAt", .instant, "When it was revoked.", "吊销时间。") { .instant($0.revokedAt) },
    OutputField("recordedAt", .instant, "When it was made.", "创建时间。") { .instant($0.recordedAt) },
  ]

  init(_ row: TokenRow, _ context: OperationContext) {
    id = context.id(.token, row.publicId)
    account = context.accountId(row.accountPublicId)
    kind = row.kind
    name = row.name
    permissions = row.permissions
    expiresAt = row.expiresAt
    revokedAt = row.revokedAt
    recordedAt = row.recordedAt
  }
}

/// Everybody keeps his own tokens; those of others belong to the keepers of accounts.
enum TokenKeeping {
  static let permission = "token.manage"

  static let staffField = Field.id("staff", .staff, "Of a member of staff or a service account of the provider.", "服务商人员或服务商的服务账户。").optional
  static let accountField = Field.id("account", .account, "Of an account of a customer.", "客户的账户。").optional
  static let idField = Field.id("id", .token, "The token.", "令牌。")
}

extension OperationContext {
  /// Whether the caller keeps the accounts of the bound tenant.
  var keepsAccounts: Bool {
    tenant.kind == .provider
      ? holds(StaffKeeping.permission, honouring: StaffKeeping.scopes) : holds(AccountKeeping.permission, honouring: [.listed, .all])
  }

  /// The account whose tokens are meant: the caller's own, or another's of which he is a keeper. Nil: the caller's own.
  func tokenOwner(_ staff: PublicId?, _ account: PublicId?) async throws -> AccountRow? {
    guard let id = staff ?? account else { return nil }
    let path = staff == nil ? "account" : "staff"
    if staff != nil, account != nil { throw Failure.invalid("account", AccountMessages.oneAccount) }
    if account != nil { try requireCustomer("account") }
    let found = try await self.account(id, path)
    if tenant.id == principal.tenant, found.id == actor.id { return nil }
    guard keepsAccounts else { throw unknownReference(path) }
    return found
  }
}

enum CreateToken: Operation {
  struct Input: OperationInput {
    let credential: NewCredential

    static let fields = NewCredential.fields

    init(_ values: InputValues) throws(FieldError) { credential = try NewCredential(values) }
  }

  struct Output: OperationOutput {
    let id: PublicId
    let secret: String
    let expiresAt: Instant

    static let fields: [OutputField<Output>] = [
      OutputField("id", .id, "Its id.", "编号。") { .id($0.id) },
      OutputField("token", .text, "The bearer token; shown only now.", "访问令牌，仅显示一次。") { .text($0.secret) },
      OutputField("expiresAt", .instant, "When it ends.", "失效时间。") { .instant($0.expiresAt) },
    ]
  }

  static let declaration = Declaration(
    "token.create", "Make a token for oneself, or for a service account that one keeps.", zh: "为自己或所管理的服务账户创建令牌。", permission: TokenKeeping.permission,
    roles: Set(StockRole.allCases), scopes: Set(Grant.ScopeKind.allCases), reach: .homeOr(by: "account"), effect: .create)

  static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let secret = Secret(handle: context.tenant.handle, random: context.random)
    let id = try await context.addCredential(input.credential, kind: "api", hash: secret.hash)
    context.showsOnce("token")
    return Output(id: id, secret: secret.text, expiresAt: input.credential.expiresAt)
  }
}

enum ListTokens: Operation {
  struct Input: OperationInput {
    let staff: PublicId?
    let account: PublicId?
    let limit: Int64?
    let cursor: String?

    static let fields: [any InputField] = [TokenKeeping.staffField, TokenKeeping.accountField, Paging.limit, Paging.cursor]

    init(_ values: InputValues) throws(FieldError) {
      staff = try values[TokenKeeping.staffField]
      account = try values[TokenKeeping.accountField]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  static let declaration = Declaration(
    "token.list", "List one's own tokens, or those of an account that one keeps.", zh: "列出自己的或所管理账户的令牌。", permission: TokenKeeping.permission,
    roles: Set(StockRole.allCases), scopes: Set(Grant.ScopeKind.allCases), reach: .homeOr(by: "account"), effect: .read)

  static func run(_ input: Input, in context: OperationContext) async throws -> Listing<TokenRecord> {
    let owner = try await context.tokenOwner(input.staff, input.account)?.id ?? context.actor.id
    let filter = "\(owner)"
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      TokensOfAccount(tenant: context.tenant.id, account: owner, after: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.id)]) }) { TokenRecord($0, context) }
  }
}

enum RevokeTokenOfAccount: Operation {
  struct Input: OperationInput {
    let id: PublicId
    static let fields: [any InputField] = [TokenKeeping.idField]
    init(_ values: InputValues) throws(FieldError) { id = try values[TokenKeeping.idField] }
  }

  static let declaration = Declaration(
    "token.revoke", "Revoke a token of one's own, or of an account that one keeps; it is out within a second.", zh: "吊销自己的或所管理账户的令牌，一秒内失效。",
    permission: TokenKeeping.permission, roles: Set(StockRole.allCases), scopes: Set(Grant.ScopeKind.allCases), reach: .homeOr(by: "id"), effect: .change)

  static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    guard let token = try await context.transaction.first(FindTokenRow(tenant: context.tenant.id, publicId: input.id.random)),
      (context.tenant.id == context.principal.tenant && token.account == context.actor.id) || context.keepsAccounts
    else { throw Failure.notFound }
    context.subject(input.id)
    context.transaction.enqueue(RevokeToken(tenant: context.tenant.id, token: token.id, now: context.now))
    return Done(id: input.id)
  }
}

/// Logout: ends the token that the call came with.
enum CloseSession: Operation {
  static let declaration = Declaration(
    "session.close", "Log out: the token of this call is revoked.", zh: "退出登录：吊销本次调用所用的令牌。", permission: TokenKeeping.permission,
    roles: Set(StockRole.allCases), scopes: Set(Grant.ScopeKind.allCases), reach: .home, effect: .change)

  static func run(_ input: NoInput, in context: OperationContext) async throws -> Done {
    if let token = context.principal.token {
      context.transaction.enqueue(RevokeToken(tenant: context.tenant.id, token: token, now: context.now))
    }
    return Done()
  }
}
