import Kernel
import Tenancy

/// Makes the first administrator, with the one-time token that `steward` printed on the host. Impossible once any
/// staff account exists.
package enum CompleteSetup: Operation {
  package struct Input: OperationInput {
    let token: String
    let login: String
    let name: String
    let password: String

    static let tokenField = Field.text("token", 1...100, "The one-time token printed on the host.", "主机上打印的一次性令牌。").secret
    static let loginField = Field.text("login", 3...320, "The administrator's e-mail address.", "管理员的电子邮件地址。")
    static let nameField = Field.text("name", 1...200, "The administrator's name.", "管理员姓名。")
    static let passwordField = Field.text("password", 12...1024, "A new password of at least 12 characters.", "新密码，至少 12 个字符。").secret
    package static let fields: [any InputField] = [tokenField, loginField, nameField, passwordField]

    package init(_ values: InputValues) throws(FieldError) {
      token = try values[Self.tokenField]
      login = LoginName.canonical(try values[Self.loginField])
      name = try values[Self.nameField]
      password = try values[Self.passwordField]
    }
  }

  package static let declaration = Declaration(
    "setup.complete", "Make the first administrator with the one-time token.", zh: "使用一次性令牌创建首位管理员。", roles: [], reach: .anonymous,
    effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let limiter = context.tenancy.loginLimiter
    if let wait = limiter.wait(login: "setup", peer: context.call.peer) {
      throw Failure(.limited, OperationMessages.tooMany, ["seconds": String(wait)], retryAfterSeconds: Int(wait))
    }
    // The delete is the lock: of two calls with the token one finds no row.
    let hash = Secret(input.token)?.hash ?? []
    guard try await context.transaction.execute(TakeSetupToken(tenant: context.provider.id, hash: hash, now: context.now)) == 1 else {
      limiter.failed(login: "setup", peer: context.call.peer)
      throw Failure(.unauthenticated, AccountMessages.badSetupToken)
    }
    guard try await context.transaction.first(CountStaff(provider: context.provider.id)) == 0 else {
      throw Failure(.conflict, AccountMessages.alreadySetUp)
    }
    let id = context.random.publicIdBits()
    let password = try await context.tenancy.passwords.hash(input.password)
    let account = try await NewAccount(
      tenant: context.provider.id, publicId: id, kind: "staff", person: nil, login: input.login, name: input.name, language: context.language,
      password: password
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
