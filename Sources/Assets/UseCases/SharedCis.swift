import Kernel
import Operations
import Tenancy

/// A CI of the provider's own, and a customer that it affects.
package struct AffectedInput: OperationInput {
  let id: PublicId
  let customer: PublicId

  private static let customer = Field.id("customer", .customer, "The customer.", "客户。")

  package static let fields: [any InputField] = [CiReference.id, customer]

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[CiReference.id]
    customer = try values[Self.customer]
  }
}

package enum AffectCustomer: Operation {
  package typealias Input = AffectedInput

  package static let declaration = Declaration(
    "shared_ci.affect", "Say that a configuration item that the provider shares affects a customer.", zh: "登记服务商共享的配置项影响某客户。",
    permission: "shared_ci.manage", roles: AssetRights.workers, scopes: AssetRights.forAll, reach: .one(by: "id"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let (row, customer) = try await context.shared(input)
    let inserted = try await context.transaction.first(
      InsertAffectedCustomer(provider: context.tenant.id, ci: row.id, customer: customer.id, now: context.now))
    guard inserted != nil else { throw Failure(.conflict, AssetsMessages.affectsAlready) }
    try await context.count(row, FieldChange("affects", was: .null, became: .id(customer.publicId)), "affects")
    return Done(id: input.id)
  }
}

package enum ReleaseCustomer: Operation {
  package typealias Input = AffectedInput

  package static let declaration = Declaration(
    "shared_ci.release", "Say that a configuration item that the provider shares does not affect a customer any more.", zh: "登记服务商共享的配置项不再影响某客户。",
    permission: "shared_ci.manage", roles: AssetRights.workers, scopes: AssetRights.forAll, reach: .one(by: "id"), effect: .delete)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let (row, customer) = try await context.shared(input)
    let deleted = try await context.transaction.first(DeleteAffectedCustomer(provider: context.tenant.id, ci: row.id, customer: customer.id))
    guard deleted != nil else { throw Failure(.conflict, AssetsMessages.affectsNot) }
    try await context.count(row, FieldChange("affects", was: .id(customer.publicId), became: .null), "released")
    return Done(id: input.id)
  }
}

extension OperationContext {
  fileprivate func shared(_ input: AffectedInput) async throws -> (row: CiRow, customer: TenantEntry) {
    let row = try await ci(input.id)
    guard tenant.kind == .provider else { throw Failure.invalid("id", AssetsMessages.onlyShared) }
    guard let customer = try await tenancy.tenant(input.customer.handle), customer.kind == .customer else { throw unknownReference("customer") }
    subject(input.id)
    return (row, customer)
  }
}

package enum ListAffectedCustomers: Operation {
  package typealias Input = PageOfCi

  package struct Entry: OperationOutput {
    let id: PublicId?
    let found: CustomersOfSharedCi.Found

    package static let fields: [OutputField<Entry>] = [
      OutputField("id", .id, "The customer.", "客户编号。") { .id($0.id) },
      OutputField("code", .text, "Its code.", "客户代码。") { .text($0.found.code) },
      OutputField("name", .text, "Its name.", "客户名称。") { .text($0.found.name) },
    ]
  }

  package static let declaration = Declaration(
    "shared_ci.customers", "List the customers that a configuration item that the provider shares affects.", zh: "列出服务商共享的某配置项所影响的客户。",
    permission: "shared_ci.manage", roles: AssetRights.workers, scopes: AssetRights.forAll, reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<Entry> {
    let row = try await context.ci(input.id)
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      CustomersOfSharedCi(provider: context.tenant.id, ci: row.id, after: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.integer($0.id)])
    } element: {
      Entry(id: PublicId.customer(handle: $0.handle, bits: $0.publicId), found: $0)
    }
  }
}

extension PublicId {
  /// A customer's, of its row.
  static func customer(handle: Int64, bits: [UInt8]) -> PublicId? {
    PublicId(kind: IdKind.customer.prefix, handle: TenantHandle(UInt32(truncatingIfNeeded: handle)), random: bits)
  }
}

package enum ListSharedCis: Operation {
  package typealias Input = PageOfCustomer

  /// No more than a customer may know.
  package struct Entry: OperationOutput {
    let id: PublicId
    let found: SharedCisAffecting.Found

    package static let fields: [OutputField<Entry>] = [
      OutputField("id", .id, "The CI.", "配置项编号。") { .id($0.id) },
      OutputField("name", .text, "What it is called.", "名称。") { .text($0.found.name) },
      OutputField("type", .text, "The code of its type.", "类型代码。") { .text($0.found.typeCode) },
      OutputField("typeName", .document, "The type's name by language.", "类型名称（按语言）。") { $0.found.typeNames.value ?? .null },
    ]
  }

  package static let declaration = Declaration(
    "shared_ci.list", "List the configuration items that the provider shares and that affect a customer.", zh: "列出影响客户的服务商共享配置项。",
    roles: AssetRights.staffAndCustomerManager, scopes: AssetRights.wholeCustomer, reach: .one(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<Entry> {
    let (limit, after) = try context.page(input.limit, input.cursor)
    let provider = context.provider
    let statement = SharedCisAffecting(
      provider: provider.id, customer: context.tenant.id, after: try after?.integer(0) ?? 0, limit: limit + 1)
    let rows = try await context.bound(to: [provider.id]) { try await $0.query(statement) }
    return context.listing(rows, limit: limit) {
      PageCursor([.integer($0.id)])
    } element: {
      Entry(id: provider.id(IdKind.ci.prefix, $0.publicId), found: $0)
    }
  }
}
