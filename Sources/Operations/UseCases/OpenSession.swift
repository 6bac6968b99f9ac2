import Kernel
import TLS
import Tenancy

/// Login: a tenant, a login name and a password for a token of twelve hours.
package enum OpenSession: PreparedOperation {
  package struct Input: OperationInput {
    let tenant: String
    let login: String
    let password: String
    /// What the preparation found: the account and its password, and the same password under the parameters of today.
    var found: FindPassword.Found?
    var renewed: PasswordHash?

    static let tenantField = Field.text("tenant", 1...40, "The organisation's code, such as ACME, or its handle.", "组织代码（如 ACME）或其标识。")
    static let loginField = Field.text("login", 1...320, "The login name, an e-mail address.", "登录名（电子邮件地址）。")
    static let passwordField = Field.typedText("password", 1...1024, "The password.", "密码。").secret
    package static let fields: [any InputField] = [tenantField, loginField, passwordField]

    package init(_ values: InputValues) throws(FieldError) {
      tenant = try values[Self.tenantField]
      login = LoginName.canonical(try values[Self.loginField])
      password = PasswordText.canonical(try values[Self.passwordField])
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

  package static func prepare(_ input: Input, for preparation: Preparation) async throws -> Input {
    let limiter = preparation.tenancy.loginLimiter
    let tenant = preparation.tenant
    let isNamed = input.tenant == tenant.code || input.tenant == tenant.handle.description
    // By handle, so that the two ways to name a tenant are not two allowances.
    let login = "\(isNamed ? tenant.handle.description : input.tenant)/\(input.login)"
    let peer = preparation.call.peer
    if let wait = limiter.admit(login: login, peer: peer) {
      throw Failure(.limited, OperationMessages.tooMany, ["seconds": String(wait)], retryAfterSeconds: Int(wait))
    }
    var prepared = input
    do {
      // An unknown tenant is answered like an unknown login: after the same work, with the same words.
      let row = try await preparation.read { try await $0.first(FindPassword(tenant: tenant.id, login: input.login)) }
      let found = isNamed && tenant.state == .active ? row : nil
      if try await preparation.tenancy.passwords.verify(input.password, against: found?.stored) { prepared.found = found }
    } catch {
      limiter.withdrawn(login: login, peer: peer)
      throw error
    }
    guard let found = prepared.found, let stored = found.stored else { throw Failure(.unauthenticated, AccountMessages.wrongPassword) }
    limiter.succeeded(login: login, peer: peer)
    // A login does not fail for want of a slot for the new hash; the next one renews it.
    if preparation.tenancy.passwords.isOutdated(stored) { prepared.renewed = try? await preparation.tenancy.passwords.hash(input.password) }
    return prepared
  }

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    // Held until the token is there: a change of the password comes before it and is seen, or after it and revokes it.
    let now = try await context.transaction.first(HoldPassword(tenant: context.tenant.id, login: input.login))
    guard let found = input.found, let now, now == found else { throw Failure(.unauthenticated, AccountMessages.wrongPassword) }
    if let renewed = input.renewed {
      context.transaction.enqueue(SetPassword(tenant: context.tenant.id, account: found.account, password: renewed, recordedAt: context.now))
    }
    let secret = Secret(handle: context.tenant.handle, random: context.random)
    let expiresAt = context.now.adding(seconds: lifetimeSeconds)
    context.transaction.enqueue(
      InsertToken(
        tenant: context.tenant.id, publicId: context.random.publicIdBits(), account: found.account, kind: "session", name: "session",
        secretHash: secret.hash, permissions: nil, expiresAt: expiresAt, recordedAt: context.now))
    context.subject(context.accountId(found.publicId))
    context.showsOnce("token")
    return Output(token: secret.text, expiresAt: expiresAt)
  }
}
