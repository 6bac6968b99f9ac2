import Kernel
import Operations

package struct SupplierContactOutput: OperationOutput {
  let id: PublicId
  let supplier: PublicId
  let row: SupplierContactRow

  init(_ row: SupplierContactRow, in context: OperationContext) {
    id = context.id(.supplierContact, row.publicId)
    supplier = context.id(.supplier, row.supplier)
    self.row = row
  }

  package static let fields: [OutputField<SupplierContactOutput>] = [
    OutputField("id", .id, "The contact.", "联系人编号。") { .id($0.id) },
    OutputField("supplier", .id, "The supplier.", "供应商。") { .id($0.supplier) },
    OutputField("name", .text, "The person's name.", "姓名。") { .text($0.row.name) },
    OutputField("duty", .text, "What one turns to this person for.", "职责。") { .text($0.row.duty) },
    OutputField("email", .text, "The e-mail address.", "电子邮箱。") { .text($0.row.email) },
    OutputField("phone", .text, "The telephone number.", "电话号码。") { .text($0.row.phone) },
    OutputField("endedAt", .instant, "When the contact ended; null while it holds.", "终止时间；有效时为 null。") { .instant($0.row.endedAt) },
    OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer($0.row.version) },
  ]
}

package enum AddSupplierContact: Operation {
  package struct Input: OperationInput {
    let supplier: PublicId
    let name: String
    let duty: String?
    let email: String?
    let phone: String?

    private static let name = Field.text("name", 1...200, "The person's name.", "姓名。")
    private static let duty = Field.text("duty", 1...200, "What one turns to this person for.", "职责。").optional
    private static let email = Field.email("email", 3...254, "The e-mail address.", "电子邮箱。").optional
    private static let phone = Field.text("phone", 3...40, "The telephone number.", "电话号码。").optional

    package static let fields: [any InputField] = [SupplierFields.supplier, name, duty, email, phone]

    package init(_ values: InputValues) throws(FieldError) {
      supplier = try values[SupplierFields.supplier]
      name = try values[Self.name]
      duty = try values[Self.duty]
      email = try values[Self.email]
      phone = try values[Self.phone]
    }
  }

  package static let declaration = Declaration(
    "supplier_contact.add", "Record somebody at a supplier.", zh: "登记供应商联系人。", permission: "supplier.manage", roles: SupplierRights.managers,
    scopes: SupplierRights.everyone, reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> SupplierContactOutput {
    let supplier = try await context.activeSupplier(input.supplier)
    let id = context.newId(.supplierContact)
    context.transaction.enqueue(
      InsertSupplierContact(
        publicId: id, supplier: supplier.id, name: input.name, duty: input.duty, email: input.email, phone: input.phone, now: context.now))
    return try await context.supplierContactOutput(id)
  }
}

package enum EndSupplierContact: Operation {
  package struct Input: OperationInput {
    let id: PublicId

    private static let id = Field.id("id", .supplierContact, "The contact.", "联系人编号。")

    package static let fields: [any InputField] = [id]

    package init(_ values: InputValues) throws(FieldError) { id = try values[Self.id] }
  }

  package static let declaration = Declaration(
    "supplier_contact.end", "End-date a supplier's contact; the record stays.", zh: "终止供应商联系人；记录保留。", permission: "supplier.manage",
    roles: SupplierRights.managers, scopes: SupplierRights.everyone, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> SupplierContactOutput {
    guard let row = try await context.transaction.first(SupplierContactByPublicId(publicId: input.id)) else { throw Failure.notFound }
    try context.requireVersion(row.version)
    guard row.endedAt == nil else { throw Failure(.conflict, SuppliersMessages.alreadyEnded) }
    guard try await context.transaction.first(CloseSupplierContact(id: row.id, version: row.version, at: context.now)) != nil else { throw context.beaten }
    return try await context.supplierContactOutput(input.id)
  }
}

package enum ListSupplierContacts: Operation {
  package typealias Input = OfSupplier

  package static let declaration = Declaration(
    "supplier_contact.list", "List a supplier's contacts.", zh: "列出供应商的联系人。", permission: "supplier.read", roles: SupplierRights.staff,
    reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<SupplierContactOutput> {
    let supplier = try await context.supplier(input.supplier, path: "supplier")
    let filter = input.supplier.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      ContactsOfSupplier(supplier: supplier.id, afterId: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.integer($0.id)])
    } element: {
      SupplierContactOutput($0, in: context)
    }
  }
}

/// Fields that several operations of the module take.
enum SupplierFields {
  static let supplier = Field.id("supplier", .supplier, "The supplier.", "供应商编号。")
  static let asOf = Field.instant("asOf", "The instant as of which it is read (default: now).", "以哪个时刻为准读取（默认当前时刻）。").optional
}

/// The input of a listing of what a supplier has.
package struct OfSupplier: OperationInput {
  let supplier: PublicId
  let limit: Int64?
  let cursor: String?

  package static let fields: [any InputField] = [SupplierFields.supplier, Paging.limit, Paging.cursor]

  package init(_ values: InputValues) throws(FieldError) {
    supplier = try values[SupplierFields.supplier]
    limit = try values[Paging.limit]
    cursor = try values[Paging.cursor]
  }
}

extension OperationContext {
  fileprivate func supplierContactOutput(_ id: PublicId) async throws -> SupplierContactOutput {
    guard let row = try await transaction.first(SupplierContactByPublicId(publicId: id)) else { throw Failure.notFound }
    subject(id)
    return SupplierContactOutput(row, in: self)
  }
}
