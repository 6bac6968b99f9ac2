import Kernel
import TLS
import Tenancy

/// An account as the API shows it.
struct AccountRecord: OperationOutput {
  let id: PublicId
  let kind: String
  let login: String?
  let name: String
  let language: String
  let person: PublicId?
  let state: String
  let recordedAt: Instant
  let version: Int64

  static let fields: [OutputField<AccountRecord>] = [
    OutputField("id", .id, "Its id.", "编号。") { .id($0.id) },
    OutputField("kind", .text, "staff, customer or service.", "类别：staff（服务商人员）、customer（客户人员）或 service（服务账户）。") { .text($0.kind) },
    OutputField("login", .text, "The login name; null for a service account.", "登录名；服务账户为 null。") { .text($0.login) },
    OutputField("name", .text, "The name that others see.", "显示名称。") { .text($0.name) },
    OutputField("language", .text, "Its language.", "语言。") { .text($0.language) },
    OutputField("person", .id, "The person whose login it is.", "所属人员。") { .id($0.person) },
    OutputField("state", .text, "active or disabled.", "状态：active（启用）或 disabled（停用）。") { .text($0.state) },
    OutputField("recordedAt", .instant, "When it was made.", "创建时间。") { .instant($0.recordedAt) },
    OutputField("version", .integer, "Its version.", "版本号。") { .integer($0.version) },
  ]

  init(_ row: AccountRow, _ context: OperationContext) {
    id = context.accountId(row.publicId)
    kind = row.kind
    login = row.login
    name = row.name
    language = row.language
    person = row.personPublicId.map { context.id(.person, $0) }
    state = row.state
    recordedAt = row.recordedAt
    version = row.version
  }
}

enum AccountFields {
  static let login = Field.text("login", 3...320, "The login name, an e-mail address; unique in the organisation.", "登录名（电子邮件地址），在组织内唯一。")
  static let name = Field.text("name", 1...200, "The name that others see.", "显示名称。")
  static let language = Field.language("The language of the account.", "账户语言。").optional
  static let password = PasswordText.new(
    "password", "A first password of at least 12 characters; without one nobody can log in yet.", "初始密码，至少 12 个字符；不设置则暂时无法登录。"
  )
  static let staff = Field.id("id", .staff, "The member of staff.", "服务商人员账户。")
  static let account = Field.id("id", .account, "The account.", "账户。")
}

/// What a new login takes.
struct NewLogin: Sendable {
  let login: String
  let name: String
  let language: Language?
  let password: String?
  var hash: PasswordHash?

  static let fields: [any InputField] = [AccountFields.login, AccountFields.name, AccountFields.language, AccountFields.password.optional]

  init(_ values: InputValues) throws(FieldError) {
    login = try LoginName.new(try values[AccountFields.login], "login")
    name = try values[AccountFields.name]
    language = try values[AccountFields.language].flatMap(Language.init(rawValue:))
    password = try values[AccountFields.password.optional].map(PasswordText.canonical)
  }

  mutating func hash(_ passwords: PasswordHasher) async throws {
    if let password { hash = try await passwords.hash(password) }
  }
}

extension OperationContext {
  /// The public id of an account of the bound tenant: staff have a kind of their own.
  func accountId(_ bits: [UInt8]) -> PublicId { id(tenant.kind == .provider ? .staff : .account, bits) }

  /// The account that an id of the bound tenant names.
  func account(_ id: PublicId, _ path: String) async throws -> AccountRow {
    guard let found = try await transaction.first(FindAccount(tenant: tenant.id, publicId: id.random)) else {
      throw path == "id" ? Failure.notFound : unknownReference(path)
    }
    return found
  }

  /// What is for customers' accounts is not for staff, whose ids differ in their first letters only.
  func requireCustomer(_ path: String = "id") throws(Failure) {
    guard tenant.kind == .customer else { throw path == "id" ? Failure.notFound : unknownReference(path) }
  }

  func makeAccount(_ kind: String, _ new: NewLogin, person: Int64?) async throws -> AccountRow {
    let bits = random.publicIdBits()
    let id = accountId(bits)
    subject(id)
    _ = try await NewAccount(
      tenant: tenant.id, publicId: bits, kind: kind, person: person, login: new.login, name: new.name, language: new.language ?? tenant.language,
      password: new.hash
    ).insert(in: transaction, at: now)
    return try await account(id, "id")
  }

  /// Disables an account of the bound tenant and ends its tokens, so that enabling it again revives none.
  func disable(_ account: AccountRow) async throws -> Done {
    let id = accountId(account.publicId)
    subject(id)
    if account.state == "disabled" { return Done(id: id, version: account.version) }
    let version = try await transaction.first(SetAccountState(tenant: tenant.id, account: account.id, state: "disabled"))
    transaction.enqueue(RevokeTokens(tenant: tenant.id, account: account.id, onlySessions: false, except: nil, now: now))
    return Done(id: id, version: version)
  }

  /// Lets a disabled account in again, with the password and the roles that it has; its tokens stay revoked.
  func enable(_ account: AccountRow) async throws -> Done {
    let id = accountId(account.publicId)
    subject(id)
    if account.state == "active" { return Done(id: id, version: account.version) }
    if let person = account.person, try await hasLeft(person) { throw Failure(.conflict, AccountMessages.personLeft) }
    return Done(id: id, version: try await transaction.first(SetAccountState(tenant: tenant.id, account: account.id, state: "active")))
  }

  /// Gives an account another password and ends all that the old one could have made.
  func setPassword(_ hash: PasswordHash?, of account: AccountRow) throws(Failure) -> Done {
    guard account.login != nil, let hash else { throw Failure(.conflict, AccountMessages.noLogin) }
    let id = accountId(account.publicId)
    subject(id)
    // The password first: a login under way holds it, and what that leaves is then seen and revoked.
    transaction.enqueue(SetPassword(tenant: tenant.id, account: account.id, password: hash, recordedAt: now))
    transaction.enqueue(RevokeTokens(tenant: tenant.id, account: account.id, onlySessions: false, except: nil, now: now))
    return Done(id: id, version: account.version)
  }
}
