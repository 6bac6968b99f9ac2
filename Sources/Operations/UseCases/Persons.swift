import Kernel
import Tenancy

/// Somebody at a customer: requester, approver, contact.
package struct PersonRecord: OperationOutput {
  let id: PublicId
  let name: String
  let email: String?
  let unit: PublicId?
  let language: String
  let version: Int64

  package static let fields: [OutputField<PersonRecord>] = [
    OutputField("id", .id, "The person's id.", "编号。") { .id($0.id) },
    OutputField("name", .text, "The person's name.", "姓名。") { .text($0.name) },
    OutputField("email", .text, "The person's e-mail address.", "电子邮件。") { .text($0.email) },
    OutputField("unit", .id, "The person's site or department.", "所属地点或部门。") { .id($0.unit) },
    OutputField("language", .text, "The person's language.", "语言。") { .text($0.language) },
    OutputField("version", .integer, "The record's version.", "版本号。") { .integer($0.version) },
  ]
}

package enum AddPerson: Operation {
  package struct Input: OperationInput {
    let name: String
    let email: String?
    let unit: PublicId?
    let language: String?

    static let nameField = Field.text("name", 1...200, "The person's name.", "姓名。")
    static let emailField = Field.text("email", 3...320, "The person's e-mail address, unique in the customer.", "电子邮件，在该客户内唯一。").optional
    static let unitField = Field.id("unit", .unit, "The person's site or department.", "所属地点或部门。").optional
    static let languageField = Field.oneOf("language", Language.allCases.map(\.rawValue), "The person's language.", "语言。").optional
    package static let fields: [any InputField] = [CustomerReference.field, nameField, emailField, unitField, languageField]

    package init(_ values: InputValues) throws(FieldError) {
      name = try values[Self.nameField]
      email = try values[Self.emailField].map { text throws(FieldError) in try EmailText.check(LoginName.canonical(text), "email") }
      unit = try values[Self.unitField]
      language = try values[Self.languageField]
    }
  }

  package static let declaration = Declaration(
    "person.add", "Add a person to a customer.", zh: "为客户添加人员。", permission: "person.manage",
    roles: [.administrator, .accountManager, .engineer, .customerManager], scopes: [.listed, .all, .tenant], reach: .one(by: "customer"),
    effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> PersonRecord {
    let unit: Int64? =
      if let unit = input.unit { try await context.unit(unit, "unit") } else { nil }
    let language = input.language ?? context.tenant.language.rawValue
    let bits = context.random.publicIdBits()
    context.transaction.enqueue(
      InsertPerson(
        tenant: context.tenant.id, publicId: bits, unit: unit, name: input.name, email: input.email, language: language, recordedAt: context.now))
    let id = context.id(.person, bits)
    context.subject(id)
    return PersonRecord(id: id, name: input.name, email: input.email, unit: input.unit, language: language, version: 1)
  }
}

package enum ListPersons: Operation {
  package struct Input: OperationInput {
    let limit: Int64?
    let cursor: String?

    package static let fields: [any InputField] = [CustomerReference.field, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "person.list", "List the people of a customer.", zh: "列出客户的人员。", permission: "person.read",
    roles: [.administrator, .accountManager, .engineer, .customerManager], scopes: [.listed, .all, .tenant, .unit, .own],
    reach: .one(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<PersonRecord> {
    let (limit, after) = try context.page(input.limit, input.cursor)
    let rows = try await context.transaction.query(
      PersonsOfTenant(tenant: context.tenant.id, scope: context.access.rows, after: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, key: { PageCursor([.integer($0.id)]) }) { row in
      PersonRecord(
        id: context.id(.person, row.publicId), name: row.name, email: row.email, unit: row.unit.map { context.id(.unit, $0) },
        language: row.language, version: row.version)
    }
  }
}
