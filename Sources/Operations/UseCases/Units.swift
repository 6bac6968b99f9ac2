import Kernel
import Tenancy

/// A site or department of a customer.
package struct UnitRecord: OperationOutput {
  let id: PublicId
  let kind: String
  let name: String
  let parent: PublicId?
  let zone: String?
  let version: Int64

  package static let fields: [OutputField<UnitRecord>] = [
    OutputField("id", .id, "Its id.", "编号。") { .id($0.id) },
    OutputField("kind", .text, "site or department.", "类别：site（站点）或 department（部门）。") { .text($0.kind) },
    OutputField("name", .text, "Its name.", "名称。") { .text($0.name) },
    OutputField("parent", .id, "The unit above it.", "上级单位。") { .id($0.parent) },
    OutputField("zone", .text, "Its own time zone, if not the customer's.", "自身时区（与客户不同时）。") { .text($0.zone) },
    OutputField("version", .integer, "Its version.", "版本号。") { .integer($0.version) },
  ]
}

/// The customer that an operation is for; a customer's own people may leave it out.
package enum CustomerReference {
  package static let field = Field.id(
    "customer", .customer, "The customer; left out by its own people, and where something else that is named is the customer's.",
    "客户；客户自己的人员可省略，已指明该客户的其他对象时亦可省略。"
  ).optional
}

/// A page of what belongs to a customer, to whom the dispatcher binds the transaction.
package struct PageOfCustomer: OperationInput {
  package let limit: Int64?
  package let cursor: String?

  package static let fields: [any InputField] = [CustomerReference.field, Paging.limit, Paging.cursor]

  package init(_ values: InputValues) throws(FieldError) {
    limit = try values[Paging.limit]
    cursor = try values[Paging.cursor]
  }
}

package enum AddUnit: Operation {
  package struct Input: OperationInput {
    let kind: String
    let name: String
    let parent: PublicId?
    let zone: String?

    static let kindField = Field.oneOf("kind", ["site", "department"], "Site or department.", "站点或部门。")
    static let nameField = Field.text("name", 1...200, "Its name, unique in its place.", "名称，同一层级内唯一。")
    static let parentField = Field.id("parent", .unit, "The unit above it.", "上级单位。").optional
    static let zoneField = Field.text("zone", 1...60, "Its own IANA time zone, if not the customer's.", "自身的 IANA 时区（与客户不同时）。").optional
    package static let fields: [any InputField] = [CustomerReference.field, kindField, nameField, parentField, zoneField]

    package init(_ values: InputValues) throws(FieldError) {
      kind = try values[Self.kindField]
      name = try values[Self.nameField]
      parent = try values[Self.parentField]
      let given = try values[Self.zoneField]
      zone = if let given { try TimeZoneName.check(given, "zone") } else { nil }
    }
  }

  package static let declaration = Declaration(
    "unit.add", "Add a site or department to a customer.", zh: "为客户添加站点或部门。", permission: "customer.manage",
    roles: [.administrator, .accountManager], reach: .one(by: "customer"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> UnitRecord {
    let parent: Int64? =
      if let parent = input.parent { try await context.unit(parent, "parent") } else { nil }
    let bits = context.random.publicIdBits()
    context.transaction.enqueue(
      InsertUnit(
        tenant: context.tenant.id, publicId: bits, kind: input.kind, name: input.name, parent: parent, zone: input.zone, recordedAt: context.now))
    let id = context.id(.unit, bits)
    context.subject(id)
    return UnitRecord(id: id, kind: input.kind, name: input.name, parent: input.parent, zone: input.zone, version: 1)
  }
}

package enum ListUnits: Operation {
  package typealias Input = PageOfCustomer

  package static let declaration = Declaration(
    "unit.list", "List a customer's sites and departments.", zh: "列出客户的站点和部门。", permission: "unit.read",
    roles: [.administrator, .accountManager, .engineer, .finance, .customerManager], scopes: [.listed, .all, .tenant], reach: .one(by: "customer"),
    effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<UnitRecord> {
    let (limit, after) = try context.page(input.limit, input.cursor)
    let rows = try await context.transaction.query(UnitsOfTenant(tenant: context.tenant.id, after: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, key: { PageCursor([.integer($0.id)]) }) { row in
      UnitRecord(
        id: context.id(.unit, row.publicId), kind: row.kind, name: row.name, parent: row.parent.map { context.id(.unit, $0) }, zone: row.zone,
        version: row.version)
    }
  }
}

extension OperationContext {
  /// The internal id of a unit of the bound tenant that a body names.
  package func unit(_ id: PublicId, _ path: String) async throws -> Int64 {
    guard let found = try await transaction.first(FindUnit(tenant: tenant.id, publicId: id.random)) else { throw unknownReference(path) }
    return found
  }

  /// The internal id and unit of a person of the bound tenant that a body names.
  /// - Parameter withLeft: whether it may be one who has left: only where something is looked for.
  package func person(_ id: PublicId, _ path: String, withLeft: Bool = false) async throws -> (id: Int64, unit: Int64?) {
    guard let found = try await transaction.first(FindPerson(tenant: tenant.id, publicId: id.random)) else { throw unknownReference(path) }
    guard withLeft || !found.hasLeft else { throw Failure.invalid(path, AccountMessages.personLeft) }
    return (found.id, found.unit)
  }

  /// The internal id of a person who gets a login: he is there, and stays until this is done.
  func personForLogin(_ id: PublicId, _ path: String) async throws -> Int64 {
    let found = try await self.person(id, path)
    guard try await !hasLeft(found.id) else { throw Failure.invalid(path, AccountMessages.personLeft) }
    return found.id
  }

  /// Whether a person has left; holds the row.
  func hasLeft(_ person: Int64) async throws -> Bool {
    try await transaction.first(PersonHasLeft(tenant: tenant.id, person: person)) ?? false
  }
}
