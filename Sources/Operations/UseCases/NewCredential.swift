import Kernel

/// What a new token and a new certificate take alike.
struct NewCredential: Sendable {
  let name: String
  let expiresAt: Instant
  let permissions: [String]?
  let staff: PublicId?
  let account: PublicId?

  static let longestDays: Int64 = 366

  private static let nameField = Field.text("name", 1...200, "What it is for.", "用途。")
  private static let expiresField = Field.instant("expiresAt", "When it ends, at most 366 days ahead.", "失效时间，最多 366 天之后。")
  private static let permissionsField = Field.list(
    "permissions", of: Field.text("permission", 1...80, "A permission.", "权限。"), count: 1...200,
    "At most these permissions; without it, all of the account's.", "最多拥有这些权限；省略则为账户的全部权限。"
  ).optional
  static let fields: [any InputField] = [nameField, expiresField, permissionsField, TokenKeeping.staffField, TokenKeeping.accountField]

  init(_ values: InputValues) throws(FieldError) {
    name = try values[Self.nameField]
    expiresAt = try values[Self.expiresField]
    permissions = try values[Self.permissionsField]
    staff = try values[TokenKeeping.staffField]
    account = try values[TokenKeeping.accountField]
  }
}

extension OperationContext {
  /// Adds a credential to the caller's own account, or to a service account that the caller keeps. `hash` is the SHA-256
  /// of what the other end will prove to have.
  func addCredential(_ new: NewCredential, kind: String, hash: [UInt8]) async throws -> PublicId {
    let owner = try await tokenOwner(new.staff, new.account)
    // Nobody makes a credential with which to be somebody else; the operator and Steward itself have no account.
    if let owner, owner.kind != "service" { throw Failure(.denied, AccountMessages.onlyService) }
    guard let account = owner?.id ?? (actor.id > 0 ? actor.id : nil) else { throw Failure(.conflict, AccountMessages.noAccount) }
    guard new.expiresAt > now, new.expiresAt <= now.adding(seconds: NewCredential.longestDays * 86_400) else {
      throw Failure.invalid("expiresAt", AccountMessages.badExpiry, ["days": String(NewCredential.longestDays)])
    }
    let id = newId(.token)
    subject(id)
    transaction.enqueue(
      InsertToken(
        tenant: tenant.id, publicId: id.random, account: account, kind: kind, name: new.name, secretHash: hash,
        permissions: try permissions(of: new, isOwn: owner == nil), expiresAt: new.expiresAt, recordedAt: now))
    return id
  }

  /// What is made with a limited token has at most its limits.
  private func permissions(of new: NewCredential, isOwn: Bool) throws -> [String]? {
    guard let wanted = new.permissions.map(Set.init) else { return principal.onlyPermissions?.sorted() }
    let held = principal.grants.reduce(into: Set<String>()) { $0.formUnion($1.permissions) }
    // What a service account may do is what it is granted; here it is only narrowed.
    let allowed = isOwn ? principal.onlyPermissions.map(held.intersection) ?? held : principal.onlyPermissions ?? wanted
    if let missing = wanted.subtracting(allowed).min() {
      throw Failure.invalid("permissions", AccountMessages.unknownPermission, ["permission": missing])
    }
    return wanted.sorted()
  }
}
