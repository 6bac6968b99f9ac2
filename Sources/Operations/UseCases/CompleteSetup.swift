import Kernel
import TLS
import Tenancy

/// Makes the first administrator, with the one-time token that `steward` printed on the host. Impossible once any
/// staff account exists.
package enum CompleteSetup: PreparedOperation {
  package struct Input: OperationInput {
    let token: String
    let login: String
    let name: String
    let password: String
    var hash: PasswordHash?

    static let tokenField = Field.text("token", 1...100, "The one-time token printed on the host.", "主机上打印的一次性令牌。").secret
    static let loginField = Field.text("login", 3...320, "The administrator's e-mail address.", "管理员的电子邮件地址。")
    static let nameField = Field.text("name", 1...200, "The administrator's name.", "管理员姓名。")
    static let passwordField = PasswordText.new("password", "A new password of at least 12 characters.", "新密码，至少 12 个字符。")
    package static let fields: [any InputField] = [tokenField, loginField, nameField, passwordField]

    package init(_ values: InputValues) throws(FieldError) {
      token = try values[Self.tokenField]
      login = try LoginName.new(try values[Self.loginField], "login")
      name = try values[Self.nameField]
      password = PasswordText.canonical(try values[Self.passwordField])
    }
  }

  package static let declaration = Declaration(
    "setup.complete", "Make the first administrator with the one-time token.", zh: "使用一次性令牌创建首位管理员。", roles: [], reach: .anonymous,
    effect: .create)

  package static func prepare(_ input: Input, for preparation: Preparation) async throws -> Input {
    let limiter = preparation.tenancy.loginLimiter
    let peer = preparation.call.peer
    if let wait = limiter.admit(login: "setup", peer: peer) {
      throw Failure(.limited, OperationMessages.tooMany, ["seconds": String(wait)], retryAfterSeconds: Int(wait))
    }
    // Looked at before the hash is made: without a good token nobody takes a slot.
    let now = preparation.tenancy.clock.now()
    guard let token = Secret(input.token),
      try await preparation.read({ try await $0.first(FindSetupToken(tenant: preparation.tenant.id, hash: token.hash, now: now)) }) != nil
    else { throw Failure(.unauthenticated, AccountMessages.badSetupToken) }
    limiter.succeeded(login: "setup", peer: peer)
    var prepared = input
    prepared.hash = try await preparation.tenancy.passwords.hash(input.password)
    return prepared
  }

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let hash = Secret(input.token)?.hash ?? []
    guard try await context.transaction.execute(TakeSetupToken(tenant: context.provider.id, hash: hash, now: context.now)) > 0 else {
      throw Failure(.unauthenticated, AccountMessages.badSetupToken)
    }
    guard try await context.transaction.first(CountStaff(provider: context.provider.id)) == 0 else {
      throw Failure(.conflict, AccountMessages.alreadySetUp)
    }
    let id = context.random.publicIdBits()
    let account = try await NewAccount(
      tenant: context.provider.id, publicId: id, kind: "staff", person: nil, login: input.login, name: input.name, language: context.language,
      password: input.hash
    ).insert(in: context.transaction, at: context.now)
    _ = try await context.transaction.first(
      InsertGrant(
        tenant: context.provider.id, publicId: context.random.publicIdBits(), account: account, role: StockRole.administrator.rawValue, scope: "all",
        unit: nil, expiresAt: nil, recordedAt: context.now))
    let publicId = context.id(.staff, id)
    context.subject(publicId)
    return Done(id: publicId, version: 1)
  }
}
