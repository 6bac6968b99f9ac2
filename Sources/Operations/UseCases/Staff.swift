import Kernel

/// The right to keep staff and their rights. Only over everything: who may make administrators is one.
enum StaffKeeping {
  static let permission = "staff.manage"
  static let roles: Set<StockRole> = [.administrator]
  static let scopes: Set<Grant.ScopeKind> = [.all]
  static let person = Field.id("person", .person, "The person of the provider whose login it is.", "该登录所属的服务商人员。")
}

enum CreateStaff: PreparedOperation {
  struct Input: OperationInput {
    var new: NewLogin
    let person: PublicId?

    static let fields = NewLogin.fields + [StaffKeeping.person.optional]

    init(_ values: InputValues) throws(FieldError) {
      new = try NewLogin(values)
      person = try values[StaffKeeping.person.optional]
    }
  }

  static let declaration = Declaration(
    "staff.create", "Make an account for a member of staff. It may do nothing until it is granted a role.", zh: "创建服务商人员账户；授予角色之前没有任何权限。",
    permission: StaffKeeping.permission, roles: StaffKeeping.roles, scopes: StaffKeeping.scopes, reach: .provider, effect: .create)

  static func prepare(_ input: Input, for preparation: Preparation) async throws -> Input {
    var prepared = input
    try await prepared.new.hash(preparation.tenancy.passwords)
    return prepared
  }

  static func run(_ input: Input, in context: OperationContext) async throws -> AccountRecord {
    let person: Int64? =
      if let person = input.person { try await context.personForLogin(person, "person") } else { nil }
    return AccountRecord(try await context.makeAccount("staff", input.new, person: person), context)
  }
}

enum SetStaffPerson: Operation {
  struct Input: OperationInput {
    let id: PublicId
    let person: PublicId?

    static let fields: [any InputField] = [AccountFields.staff, StaffKeeping.person.nullable]

    init(_ values: InputValues) throws(FieldError) {
      id = try values[AccountFields.staff]
      person = try values[StaffKeeping.person.nullable]
    }
  }

  static let declaration = Declaration(
    "staff.set_person", "Say whose login an account of staff is; two accounts of one person are one pair of eyes where two must decide.",
    zh: "登记服务商人员账户所属人员；须由两人决定时，同一人的两个账户只算一人。", permission: StaffKeeping.permission, roles: StaffKeeping.roles,
    scopes: StaffKeeping.scopes, reach: .provider, effect: .change, requiresVersion: true)

  static func run(_ input: Input, in context: OperationContext) async throws -> AccountRecord {
    let account = try await context.account(input.id, "id")
    guard account.kind == "staff" else { throw Failure.notFound }
    try context.requireVersion(account.version)
    // Who may say it of his own accounts would be two persons whenever he likes.
    let isOwn = context.actor.kind == .staff && (context.actor.id == account.id || account.person.map { $0 == context.principal.person } ?? false)
    guard !isOwn else { throw Failure(.denied, AccountMessages.ownPerson) }
    let person: Int64? =
      if let person = input.person { try await context.personForLogin(person, "person") } else { nil }
    context.subject(input.id)
    let set = SetAccountPerson(tenant: context.tenant.id, account: account.id, version: account.version, person: person)
    guard let version = try await context.transaction.first(set) else {
      throw Failure(
        .versionMismatch, OperationMessages.versionMismatch, ["expected": String(account.version), "current": String(account.version + 1)])
    }
    let record = AccountRecord(try await context.account(input.id, "id"), context)
    let was = account.personPublicId.map { context.id(.person, $0) }
    context.record(
      Event(
        subjectKind: "account", subject: account.id, seq: version, type: "account.person_set",
        payload: .object(["account": .id(input.id), "was": .id(was), "person": .id(record.person)]), occurredAt: context.now))
    return record
  }
}

enum ListStaff: Operation {
  typealias Input = PageInput

  static let declaration = Declaration(
    "staff.list", "List the accounts of staff and the provider's service accounts.", zh: "列出服务商人员账户及服务商的服务账户。", permission: "staff.read",
    roles: [.administrator, .accountManager, .engineer], reach: .provider, effect: .read)

  static func run(_ input: Input, in context: OperationContext) async throws -> Listing<AccountRecord> {
    let (limit, after) = try context.page(input.limit, input.cursor)
    let rows = try await context.transaction.query(AccountsOfTenant(tenant: context.tenant.id, after: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, key: { PageCursor([.integer($0.id)]) }) { AccountRecord($0, context) }
  }
}

enum DisableStaff: Operation {
  struct Input: OperationInput {
    let id: PublicId
    static let fields: [any InputField] = [AccountFields.staff]
    init(_ values: InputValues) throws(FieldError) { id = try values[AccountFields.staff] }
  }

  static let declaration = Declaration(
    "staff.disable", "Disable an account of staff: it is out within a second, and its tokens are revoked.", zh: "停用服务商人员账户：一秒内失效，其令牌全部吊销。",
    permission: StaffKeeping.permission, roles: StaffKeeping.roles, scopes: StaffKeeping.scopes, reach: .provider, effect: .change)

  static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let administrators = try await context.transaction.query(HoldAdministrators(provider: context.tenant.id))
    let account = try await context.account(input.id, "id")
    if !administrators.isEmpty, administrators.allSatisfy({ $0.account == account.id }) {
      throw Failure(.conflict, AccountMessages.lastAdministrator)
    }
    return try await context.disable(account)
  }
}

enum EnableStaff: Operation {
  typealias Input = DisableStaff.Input

  static let declaration = Declaration(
    "staff.enable", "Enable a disabled account of staff again, with the roles that it has; its tokens stay revoked.",
    zh: "重新启用已停用的服务商人员账户，保留其角色；其令牌仍为吊销状态。", permission: StaffKeeping.permission, roles: StaffKeeping.roles,
    scopes: StaffKeeping.scopes, reach: .provider, effect: .change)

  static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    try await context.enable(try await context.account(input.id, "id"))
  }
}

enum SetStaffPassword: PreparedOperation {
  struct Input: OperationInput {
    let id: PublicId
    var password: NewPassword

    static let fields: [any InputField] = [AccountFields.staff, NewPassword.field]

    init(_ values: InputValues) throws(FieldError) {
      id = try values[AccountFields.staff]
      password = try NewPassword(values)
    }
  }

  static let declaration = Declaration(
    "staff.set_password", "Set the password of a member of staff; all tokens of the account are revoked.", zh: "设置服务商人员密码；该账户的令牌全部吊销。",
    permission: StaffKeeping.permission, roles: StaffKeeping.roles, scopes: StaffKeeping.scopes, reach: .provider, effect: .change)

  static func prepare(_ input: Input, for preparation: Preparation) async throws -> Input {
    var prepared = input
    try await prepared.password.hash(preparation.tenancy.passwords)
    return prepared
  }

  static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    try context.setPassword(input.password.hash, of: try await context.account(input.id, "id"))
  }
}
