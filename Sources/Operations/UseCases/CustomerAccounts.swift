import Kernel

/// The right to keep the logins of customers' people and their rights.
enum AccountKeeping {
  static let permission = "account.manage"
  static let roles: Set<StockRole> = [.administrator, .accountManager]
}

enum CreateAccount: PreparedOperation {
  struct Input: OperationInput {
    var new: NewLogin
    let person: PublicId?

    static let personField = Field.id("person", .person, "The person whose login it is.", "所属人员。").optional
    static let fields = [CustomerReference.field] + NewLogin.fields + [personField]

    init(_ values: InputValues) throws(FieldError) {
      new = try NewLogin(values)
      person = try values[Self.personField]
    }
  }

  static let declaration = Declaration(
    "account.create", "Make a login for somebody at a customer. It may do nothing until it is granted a role.", zh: "为客户人员创建登录账户；授予角色之前没有任何权限。",
    permission: AccountKeeping.permission, roles: AccountKeeping.roles, reach: .one(by: "customer"), effect: .create)

  static func prepare(_ input: Input, for preparation: Preparation) async throws -> Input {
    var prepared = input
    try await prepared.new.hash(preparation.tenancy.passwords)
    return prepared
  }

  static func run(_ input: Input, in context: OperationContext) async throws -> AccountRecord {
    try context.requireCustomer("customer")
    let person: Int64? =
      if let person = input.person { try await context.personForLogin(person, "person") } else { nil }
    return AccountRecord(try await context.makeAccount("customer", input.new, person: person), context)
  }
}

enum ListAccounts: Operation {
  typealias Input = PageOfCustomer

  static let declaration = Declaration(
    "account.list", "List the logins and service accounts of a customer.", zh: "列出客户的登录账户和服务账户。", permission: "account.read",
    roles: [.administrator, .accountManager, .customerManager], scopes: [.listed, .all, .tenant], reach: .one(by: "customer"), effect: .read)

  static func run(_ input: Input, in context: OperationContext) async throws -> Listing<AccountRecord> {
    try context.requireCustomer("customer")
    let (limit, after) = try context.page(input.limit, input.cursor)
    let rows = try await context.transaction.query(AccountsOfTenant(tenant: context.tenant.id, after: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, key: { PageCursor([.integer($0.id)]) }) { AccountRecord($0, context) }
  }
}

enum DisableAccountOfCustomer: Operation {
  struct Input: OperationInput {
    let id: PublicId
    static let fields: [any InputField] = [AccountFields.account]
    init(_ values: InputValues) throws(FieldError) { id = try values[AccountFields.account] }
  }

  static let declaration = Declaration(
    "account.disable", "Disable an account of a customer: it is out within a second, and its tokens are revoked.", zh: "停用客户账户：一秒内失效，其令牌全部吊销。",
    permission: AccountKeeping.permission, roles: AccountKeeping.roles, reach: .one(by: "id"), effect: .change)

  static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    try context.requireCustomer()
    return try await context.disable(try await context.account(input.id, "id"))
  }
}

enum EnableAccountOfCustomer: Operation {
  typealias Input = DisableAccountOfCustomer.Input

  static let declaration = Declaration(
    "account.enable", "Enable a disabled account of a customer again, with the roles that it has; its tokens stay revoked.",
    zh: "重新启用已停用的客户账户，保留其角色；其令牌仍为吊销状态。", permission: AccountKeeping.permission, roles: AccountKeeping.roles,
    reach: .one(by: "id"), effect: .change)

  static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    try context.requireCustomer()
    return try await context.enable(try await context.account(input.id, "id"))
  }
}

enum SetAccountPassword: PreparedOperation {
  struct Input: OperationInput {
    let id: PublicId
    var password: NewPassword

    static let fields: [any InputField] = [AccountFields.account, NewPassword.field]

    init(_ values: InputValues) throws(FieldError) {
      id = try values[AccountFields.account]
      password = try NewPassword(values)
    }
  }

  static let declaration = Declaration(
    "account.set_password", "Set the password of a customer's account; all its tokens are revoked.", zh: "设置客户账户的密码；该账户的令牌全部吊销。",
    permission: AccountKeeping.permission, roles: AccountKeeping.roles, reach: .one(by: "id"), effect: .change)

  static func prepare(_ input: Input, for preparation: Preparation) async throws -> Input {
    var prepared = input
    try await prepared.password.hash(preparation.tenancy.passwords)
    return prepared
  }

  static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    try context.requireCustomer()
    return try context.setPassword(input.password.hash, of: try await context.account(input.id, "id"))
  }
}

/// A programme's account: no login, no password, only tokens that an administrator makes.
enum CreateServiceAccount: Operation {
  struct Input: OperationInput {
    let name: String

    static let customerField = Field.id(
      "customer", .customer, "The customer that it belongs to; without one it is the provider's own.", "所属客户；省略则归服务商自己。"
    ).optional
    static let fields: [any InputField] = [customerField, AccountFields.name]

    init(_ values: InputValues) throws(FieldError) { name = try values[AccountFields.name] }
  }

  static let declaration = Declaration(
    "service_account.create", "Make an account for a programme. It logs in with tokens only.", zh: "为程序创建服务账户，仅可使用令牌登录。",
    permission: AccountKeeping.permission, roles: AccountKeeping.roles, reach: .homeOr(by: "customer"), effect: .create)

  static func run(_ input: Input, in context: OperationContext) async throws -> AccountRecord {
    if context.tenant.kind == .provider { try context.require(StaffKeeping.permission, honouring: StaffKeeping.scopes) }
    let bits = context.random.publicIdBits()
    let id = context.accountId(bits)
    context.subject(id)
    _ = try await NewAccount(
      tenant: context.tenant.id, publicId: bits, kind: "service", person: nil, login: nil, name: input.name, language: context.tenant.language,
      password: nil
    ).insert(in: context.transaction, at: context.now)
    return AccountRecord(try await context.account(id, "id"), context)
  }
}

extension OperationContext {
  /// Another right besides the operation's own.
  func require(_ permission: String, honouring scopes: Set<Grant.ScopeKind>) throws(Failure) {
    guard holds(permission, honouring: scopes) else { throw Failure(.denied, OperationMessages.denied, ["permission": permission]) }
  }

  /// Whether the caller has a right over the bound tenant.
  func holds(_ permission: String, honouring scopes: Set<Grant.ScopeKind>) -> Bool {
    principal.access(permission, honouring: scopes, at: now)?.reaches(tenant.id) ?? false
  }
}
