import Kernel
import TLS
import Tenancy

/// A new password on its way to its hash.
struct NewPassword: Sendable {
  let text: String
  var hash: PasswordHash?

  static let field = PasswordText.new("new", "The new password, at least 12 characters.", "新密码，至少 12 个字符。")

  init(_ values: InputValues) throws(FieldError) { text = PasswordText.canonical(try values[Self.field]) }

  mutating func hash(_ passwords: PasswordHasher) async throws { hash = try await passwords.hash(text) }
}

enum ChangePassword: PreparedOperation {
  struct Input: OperationInput {
    let current: String
    var new: NewPassword
    var old: PasswordHash?

    static let currentField = Field.typedText("current", 1...1024, "The present password.", "当前密码。").secret
    static let fields: [any InputField] = [currentField, NewPassword.field]

    init(_ values: InputValues) throws(FieldError) {
      current = PasswordText.canonical(try values[Self.currentField])
      new = try NewPassword(values)
    }
  }

  static let declaration = Declaration(
    "password.change", "Change one's own password; the account's other sessions end.", zh: "修改自己的密码；该账户的其他会话随即结束。",
    roles: Set(StockRole.allCases), scopes: Set(Grant.ScopeKind.allCases), reach: .home, effect: .change)

  static func prepare(_ input: Input, for preparation: Preparation) async throws -> Input {
    let (actor, tenant, limiter) = (preparation.principal.actor, preparation.tenant, preparation.tenancy.loginLimiter)
    // Whoever has only a stolen token guesses no faster here than at the login.
    let login = "\(tenant.handle)/account \(actor.id)"
    if let wait = limiter.admit(login: login, peer: preparation.call.peer) {
      throw Failure(.limited, OperationMessages.tooMany, ["seconds": String(wait)], retryAfterSeconds: Int(wait))
    }
    var prepared = input
    do {
      prepared.old = try await preparation.read { try await $0.first(PasswordOfAccount(tenant: tenant.id, account: actor.id)) } ?? nil
      guard try await preparation.tenancy.passwords.verify(input.current, against: prepared.old) else {
        throw Failure.invalid("current", AccountMessages.wrongCurrent)
      }
      limiter.succeeded(login: login, peer: preparation.call.peer)
    } catch let failure as Failure where failure.kind == .invalid {
      throw failure
    } catch {
      limiter.withdrawn(login: login, peer: preparation.call.peer)
      throw error
    }
    guard input.new.text != input.current else { throw Failure.invalid(NewPassword.field.name, AccountMessages.weakPassword) }
    try await prepared.new.hash(preparation.tenancy.passwords)
    return prepared
  }

  static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let account = context.actor.id
    guard let old = input.old, let new = input.new.hash,
      try await context.transaction.execute(
        ReplacePassword(tenant: context.tenant.id, account: account, old: old, new: new, recordedAt: context.now)) == 1
    else { throw Failure.invalid("current", AccountMessages.wrongCurrent) }
    context.transaction.enqueue(
      RevokeTokens(tenant: context.tenant.id, account: account, onlySessions: true, except: context.principal.token, now: context.now))
    return Done()
  }
}
