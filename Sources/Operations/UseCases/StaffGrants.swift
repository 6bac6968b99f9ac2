import Kernel
import Tenancy

/// A role in somebody's hands, as the API shows it.
struct GrantRecord: OperationOutput {
  let id: PublicId
  let account: PublicId
  let role: String
  let scope: String
  let customers: [PublicId]
  let unit: PublicId?
  let expiresAt: Instant?
  let revokedAt: Instant?
  let recordedAt: Instant

  static let fields: [OutputField<GrantRecord>] = [
    OutputField("id", .id, "Its id.", "编号。") { .id($0.id) },
    OutputField("account", .id, "Who has the role.", "被授予的账户。") { .id($0.account) },
    OutputField("role", .text, "The role.", "角色。") { .text($0.role) },
    OutputField(
      "scope", .text, "Where it counts: all or listed for staff; tenant, unit or own at a customer.", "适用范围：服务商人员为 all 或 listed；客户为 tenant、unit 或 own。"
    ) {
      .text($0.scope)
    },
    OutputField("customers", .list(.id), "The customers of the scope listed.", "范围为 listed 时的客户。") { .array($0.customers.map { .id($0) }) },
    OutputField("unit", .id, "The unit of the scope unit.", "范围为 unit 时的单位。") { .id($0.unit) },
    OutputField("expiresAt", .instant, "When it ends; null: it does not.", "到期时间；null 表示不过期。") { .instant($0.expiresAt) },
    OutputField("revokedAt", .instant, "When it was revoked.", "撤销时间。") { .instant($0.revokedAt) },
    OutputField("recordedAt", .instant, "When it was given.", "授予时间。") { .instant($0.recordedAt) },
  ]

  init(_ row: GrantRow, _ context: OperationContext, customers: [Int64: PublicId] = [:]) {
    id = context.id(.grant, row.publicId)
    account = context.accountId(row.accountPublicId)
    role = row.role
    scope = row.scope
    self.customers = row.customers.sorted().compactMap { customers[$0] }
    unit = row.unit.map { context.id(.unit, $0) }
    expiresAt = row.expiresAt
    revokedAt = row.revokedAt
    recordedAt = row.recordedAt
  }
}

enum GrantFields {
  static let id = Field.id("id", .grant, "The grant.", "授权。")
  static let role = Field.text("role", 1...60, "The role, as role.list shows it.", "角色，见 role.list。")
  static let expiresAt = Field.instant("expiresAt", "When it ends; without it, it does not.", "到期时间；省略则不过期。").optional
}

enum AddStaffGrant: Operation {
  struct Input: OperationInput {
    let account: PublicId
    let role: String
    let customers: [PublicId]?
    let everyCustomer: Bool
    let expiresAt: Instant?

    static let accountField = Field.id("account", .staff, "The member of staff, or a service account of the provider.", "服务商人员账户或服务商的服务账户。")
    static let customersField = Field.list(
      "customers", of: Field.id("customer", .customer, "A customer.", "客户。"), count: 1...500, "The customers for whom it counts.", "适用的客户。"
    ).optional
    static let everyField = Field.boolean("everyCustomer", "True: for the provider and every customer.", "为 true 时适用于服务商自身及所有客户。").optional
    static let fields: [any InputField] = [accountField, GrantFields.role, customersField, everyField, GrantFields.expiresAt]

    init(_ values: InputValues) throws(FieldError) {
      account = try values[Self.accountField]
      role = try values[GrantFields.role]
      customers = try values[Self.customersField]
      everyCustomer = try values[Self.everyField] ?? false
      expiresAt = try values[GrantFields.expiresAt]
      guard everyCustomer == (customers == nil) else { throw FieldError("customers", AccountMessages.needsCustomers) }
    }
  }

  static let declaration = Declaration(
    "staff_grant.add", "Give a member of staff a role, for some customers or for all.", zh: "授予服务商人员角色，适用于部分或全部客户。", permission: StaffKeeping.permission,
    roles: StaffKeeping.roles, scopes: StaffKeeping.scopes, reach: .provider, effect: .create)

  static func run(_ input: Input, in context: OperationContext) async throws -> GrantRecord {
    let account = try await context.account(input.account, "account")
    let handles = (input.customers ?? []).map { Int64($0.handle.rawValue) }
    let customers = handles.isEmpty ? [] : try await context.transaction.query(CustomersNamed(handles: handles))
    guard customers.count == Set(handles).count else { throw context.unknownReference("customers") }
    let scope: GrantRule.Scope = input.everyCustomer ? .all : .listed(Set(customers.map(\.id)))
    try await context.requireGrantable(input.role, side: "staff", scope: scope, expiresAt: input.expiresAt)
    let (id, grant) = try await context.insertGrant(
      account: account.id, role: input.role, scope: input.everyCustomer ? "all" : "listed", unit: nil, expiresAt: input.expiresAt)
    for customer in customers { context.transaction.enqueue(InsertGrantTenant(tenant: context.tenant.id, grant: grant, granted: customer.id)) }
    return try await context.grantRecord(id)
  }
}

enum RevokeStaffGrant: Operation {
  struct Input: OperationInput {
    let id: PublicId
    static let fields: [any InputField] = [GrantFields.id]
    init(_ values: InputValues) throws(FieldError) { id = try values[GrantFields.id] }
  }

  static let declaration = Declaration(
    "staff_grant.revoke", "Take a role from a member of staff; it counts no more within a second.", zh: "撤销服务商人员的角色，一秒内失效。",
    permission: StaffKeeping.permission,
    roles: StaffKeeping.roles, scopes: StaffKeeping.scopes, reach: .provider, effect: .change)

  static func run(_ input: Input, in context: OperationContext) async throws -> GrantRecord {
    let administrators = try await context.transaction.query(HoldAdministrators(provider: context.tenant.id))
    guard let grant = try await context.transaction.first(FindGrant(tenant: context.tenant.id, publicId: input.id.random)) else {
      throw Failure.notFound
    }
    // Another grant of the same account would do: what counts is that one of them is left.
    if administrators.contains(where: { $0.grant == grant.id }), administrators.count == 1 {
      throw Failure(.conflict, AccountMessages.lastAdministrator)
    }
    context.subject(input.id)
    context.transaction.enqueue(RevokeGrant(tenant: context.tenant.id, grant: grant.id, now: context.now))
    return try await context.grantRecord(input.id)
  }
}

enum ListStaffGrants: Operation {
  struct Input: OperationInput {
    let account: PublicId?
    let limit: Int64?
    let cursor: String?

    static let accountField = Field.id("account", .staff, "Only this member of staff's.", "仅列出该服务商人员的授权。").optional
    static let fields: [any InputField] = [accountField, Paging.limit, Paging.cursor]

    init(_ values: InputValues) throws(FieldError) {
      account = try values[Self.accountField]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  static let declaration = Declaration(
    "staff_grant.list", "List who of staff has which role, the revoked and expired ones included.", zh: "列出服务商人员的角色授权，包括已撤销和已到期的。", permission: "staff.grants",
    roles: StaffKeeping.roles, scopes: StaffKeeping.scopes, reach: .provider, effect: .read)

  static func run(_ input: Input, in context: OperationContext) async throws -> Listing<GrantRecord> {
    try await context.grants(of: input.account, input.limit, input.cursor)
  }
}

extension OperationContext {
  /// Refuses a role that there is not, one for the other side, an end in the past, and what the caller does not hold.
  func requireGrantable(_ code: String, side: String, scope: GrantRule.Scope, expiresAt: Instant?) async throws {
    guard let role = try await transaction.first(FindRole(code: code)) else {
      throw Failure.invalid("role", AccountMessages.unknownRole, ["role": code])
    }
    guard role.side == side else { throw Failure.invalid("role", AccountMessages.wrongSide, ["role": code]) }
    if let expiresAt, expiresAt <= now { throw Failure.invalid("expiresAt", AccountMessages.pastExpiry) }
    let rule = GrantRule(permissions: Set(role.permissions), scope: scope, expiresAt: expiresAt)
    if let missing = rule.missing(from: principal, at: now) {
      throw Failure(.denied, AccountMessages.beyondOwn, ["permission": missing])
    }
  }

  func insertGrant(account: Int64, role: String, scope: String, unit: Int64?, expiresAt: Instant?) async throws -> (PublicId, Int64) {
    let id = newId(.grant)
    subject(id)
    let grant = try await transaction.first(
      InsertGrant(
        tenant: tenant.id, publicId: id.random, account: account, role: role, scope: scope, unit: unit, expiresAt: expiresAt, recordedAt: now))
    guard let grant else { throw Failure(.internal, OperationMessages.internalFault, debug: "insert gave no row") }
    return (id, grant)
  }

  func grantRecord(_ id: PublicId) async throws -> GrantRecord {
    guard let row = try await transaction.first(FindGrant(tenant: tenant.id, publicId: id.random)) else { throw Failure.notFound }
    return GrantRecord(row, self, customers: try await customerIds(of: [row]))
  }

  func grants(of account: PublicId?, _ limit: Int64?, _ cursor: String?) async throws -> Listing<GrantRecord> {
    let filter = account?.description ?? ""
    let (limit, after) = try page(limit, cursor, filter: filter)
    let of: Int64? =
      if let account { try await self.account(account, "account").id } else { nil }
    let rows = try await transaction.query(GrantsOfTenant(tenant: tenant.id, account: of, after: try after?.integer(0) ?? 0, limit: limit + 1))
    let customers = try await customerIds(of: rows)
    return listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.id)]) }) { GrantRecord($0, self, customers: customers) }
  }

  /// The public ids of the customers that grants list.
  private func customerIds(of grants: [GrantRow]) async throws -> [Int64: PublicId] {
    let ids = Set(grants.flatMap(\.customers)).sorted()
    guard !ids.isEmpty else { return [:] }
    let customers = try await transaction.query(CustomersNamed(ids: ids))
    return Dictionary(customers.map { ($0.id.rawValue, $0.publicId) }) { first, _ in first }
  }
}
