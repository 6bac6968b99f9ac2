import Kernel

enum AddAccountGrant: Operation {
  struct Input: OperationInput {
    let account: PublicId
    let role: String
    let scope: String
    let unit: PublicId?
    let expiresAt: Instant?

    static let accountField = Field.id("account", .account, "The account.", "账户。")
    static let scopeField = Field.oneOf(
      "scope", ["own", "unit", "tenant"], "own: what concerns the person; unit: a unit and all below it; tenant: the whole customer.",
      "own：与本人有关的；unit：某单位及其下级；tenant：整个客户。")
    static let unitField = Field.id("unit", .unit, "The unit, for the scope unit.", "范围为 unit 时的单位。").optional
    static let fields: [any InputField] = [accountField, GrantFields.role, scopeField, unitField, GrantFields.expiresAt]

    init(_ values: InputValues) throws(FieldError) {
      account = try values[Self.accountField]
      role = try values[GrantFields.role]
      scope = try values[Self.scopeField]
      unit = try values[Self.unitField]
      expiresAt = try values[GrantFields.expiresAt]
      guard (scope == "unit") == (unit != nil) else { throw FieldError("unit", AccountMessages.needsUnit) }
    }
  }

  static let declaration = Declaration(
    "account_grant.add", "Give an account of a customer a role.", zh: "授予客户账户角色。", permission: AccountKeeping.permission, roles: AccountKeeping.roles,
    reach: .one(by: "account"), effect: .create)

  static func run(_ input: Input, in context: OperationContext) async throws -> GrantRecord {
    try context.requireCustomer("account")
    let account = try await context.account(input.account, "account")
    let unit: Int64? =
      if let unit = input.unit { try await context.unit(unit, "unit") } else { nil }
    let scope: GrantRule.Scope
    if let unit {
      scope = .unit(context.tenant.id, unit)
    } else if input.scope == "own" {
      guard let person = account.person else { throw Failure.invalid("scope", AccountMessages.needsPerson) }
      scope = .own(context.tenant.id, person: person, unit: account.personUnit)
    } else {
      scope = .tenant(context.tenant.id)
    }
    try await context.requireGrantable(input.role, side: "customer", scope: scope, expiresAt: input.expiresAt)
    let (id, _) = try await context.insertGrant(account: account.id, role: input.role, scope: input.scope, unit: unit, expiresAt: input.expiresAt)
    return try await context.grantRecord(id)
  }
}

enum RevokeAccountGrant: Operation {
  struct Input: OperationInput {
    let id: PublicId
    static let fields: [any InputField] = [GrantFields.id]
    init(_ values: InputValues) throws(FieldError) { id = try values[GrantFields.id] }
  }

  static let declaration = Declaration(
    "account_grant.revoke", "Take a role from an account of a customer; it counts no more within a second.", zh: "撤销客户账户的角色，一秒内失效。",
    permission: AccountKeeping.permission, roles: AccountKeeping.roles, reach: .one(by: "id"), effect: .change)

  static func run(_ input: Input, in context: OperationContext) async throws -> GrantRecord {
    try context.requireCustomer()
    guard let grant = try await context.transaction.first(FindGrant(tenant: context.tenant.id, publicId: input.id.random)) else {
      throw Failure.notFound
    }
    context.subject(input.id)
    context.transaction.enqueue(RevokeGrant(tenant: context.tenant.id, grant: grant.id, now: context.now))
    return try await context.grantRecord(input.id)
  }
}

enum ListAccountGrants: Operation {
  struct Input: OperationInput {
    let account: PublicId?
    let limit: Int64?
    let cursor: String?

    static let accountField = Field.id("account", .account, "Only this account's.", "仅列出该账户的授权。").optional
    static let fields: [any InputField] = [CustomerReference.field, accountField, Paging.limit, Paging.cursor]

    init(_ values: InputValues) throws(FieldError) {
      account = try values[Self.accountField]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  static let declaration = Declaration(
    "account_grant.list", "List who at a customer has which role, the revoked and expired ones included.", zh: "列出客户账户的角色授权，包括已撤销和已到期的。",
    permission: "account.read", roles: [.administrator, .accountManager, .customerManager], scopes: [.listed, .all, .tenant],
    reach: .one(by: "customer"), effect: .read)

  static func run(_ input: Input, in context: OperationContext) async throws -> Listing<GrantRecord> {
    try context.requireCustomer("customer")
    return try await context.grants(of: input.account, input.limit, input.cursor)
  }
}
