import Kernel
import Tenancy

/// Login: a tenant, a login name and a password for a token of twelve hours.
package enum OpenSession: Operation {
  package struct Input: OperationInput {
    let tenant: String
    let login: String
    let password: String

    static let tenantField = Field.text("tenant", 1...40, "The organisation's code, such as ACME, or its handle.", "组织代码（如 ACME）或其标识。")
    static let loginField = Field.text("login", 1...320, "The login name, an e-mail address.", "登录名（电子邮件地址）。")
    static let passwordField = Field.text("password", 1...1024, "The password.", "密码。").secret
    package static let fields: [any InputField] = [tenantField, loginField, passwordField]

    package init(_ values: InputValues) throws(FieldError) {
      tenant = try values[Self.tenantField]
      login = LoginName.canonical(try values[Self.loginField])
      password = try values[Self.passwordField]
    }
  }

  package struct Output: OperationOutput {
    let token: String
    let expiresAt: Instant

    package static let fields: [OutputField<Output>] = [
      OutputField("token", .text, "The bearer token; shown only now.", "访问令牌，仅显示一次。") { .text($0.token) },
      OutputField("expiresAt", .instant, "When it ends.", "失效时间。") { .instant($0.expiresAt) },
    ]
  }

  package static let declaration = Declaration(
    "session.open", "Log in with a password and get a token.", zh: "使用密码登录并获取令牌。", roles: [], reach: .anonymous, effect: .create)

  static let lifetimeSeconds: Int64 = 12 * 3600

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let limiter = context.tenancy.loginLimiter
    let name = "\(input.tenant)/\(input.login)"
    if let wait = limiter.wait(login: name, peer: context.call.peer) {
      throw Failure(.limited, OperationMessages.tooMany, ["seconds": String(wait)], retryAfterSeconds: Int(wait))
    }
    // An unknown tenant is answered like an unknown login: after the same work, with the same words.
    let isNamed = input.tenant == context.tenant.code || input.tenant == context.tenant.handle.description
    let found =
      isNamed && context.tenant.state == .active
      ? try await context.transaction.first(FindPassword(tenant: context.tenant.id, login: input.login)) : nil
    guard try await context.tenancy.passwords.verify(input.password, against: found?.stored), let found else {
      limiter.failed(login: name, peer: context.call.peer)
      throw Failure(.unauthenticated, AccountMessages.wrongPassword)
    }
    limiter.succeeded(login: name, peer: context.call.peer)
    let secret = Secret(handle: context.tenant.handle, random: context.random)
    let expiresAt = context.now.adding(seconds: lifetimeSeconds)
    context.transaction.enqueue(
      InsertToken(
        tenant: context.tenant.id, publicId: context.random.publicIdBits(), account: found.account, kind: "session", name: "session",
        secretHash: secret.hash, permissions: nil, expiresAt: expiresAt, recordedAt: context.now))
    context.showsOnce("token")
    return Output(token: secret.text, expiresAt: expiresAt)
  }
}
