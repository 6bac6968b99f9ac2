import Kernel
import Tenancy

/// Somebody at a customer: requester, approver, contact.
package struct PersonRecord: OperationOutput {
  let id: PublicId
  let name: String
  let email: String?
  let phone: String?
  let unit: PublicId?
  let language: String
  let leftAt: Instant?
  let version: Int64

  package static let fields: [OutputField<PersonRecord>] = [
    OutputField("id", .id, "The person's id.", "编号。") { .id($0.id) },
    OutputField("name", .text, "The person's name.", "姓名。") { .text($0.name) },
    OutputField("email", .text, "The person's e-mail address.", "电子邮件。") { .text($0.email) },
    OutputField("phone", .text, "The person's telephone number.", "电话号码。") { .text($0.phone) },
    OutputField("unit", .id, "The person's site or department.", "所属站点或部门。") { .id($0.unit) },
    OutputField("language", .text, "The person's language.", "语言。") { .text($0.language) },
    OutputField("leftAt", .instant, "When the person was recorded as gone; null: is there.", "登记离开的时间；null 表示未离开。") { .instant($0.leftAt) },
    OutputField("version", .integer, "The record's version.", "版本号。") { .integer($0.version) },
  ]
}

extension PersonRecord {
  init(_ row: PersonRow, version: Int64? = nil, in context: OperationContext) {
    self.init(
      id: context.id(.person, row.publicId), name: row.name, email: row.email, phone: row.phone, unit: row.unitPublicId.map { context.id(.unit, $0) },
      language: row.language, leftAt: row.leftAt, version: version ?? row.version)
  }
}

enum PersonFields {
  static let id = Field.id(
    "id", .person, "The person. With the e-mail address, staff say for which customer.", "人员。服务商人员用电子邮件指定时须同时指明客户。")
  static let name = Field.text("name", 1...200, "The person's name.", "姓名。")
  static let email = Field.email("email", 3...320, "The person's e-mail address, unique in the customer.", "电子邮件，在该客户内唯一。")
  static let phone = Field.text("phone", 3...40, "The person's telephone number.", "电话号码。")
  static let unit = Field.id("unit", .unit, "The person's site or department.", "所属站点或部门。")
  static let language = Field.language("The person's language.", "语言。")

  static let everyScope: Set<Grant.ScopeKind> = [.listed, .all, .tenant, .unit, .own]
  static let keepers: Set<StockRole> = [.administrator, .accountManager, .engineer, .customerManager]
}

package enum AddPerson: Operation {
  package struct Input: OperationInput {
    let name: String
    let email: String?
    let phone: String?
    let unit: PublicId?
    let language: String?

    package static let fields: [any InputField] = [
      CustomerReference.field, PersonFields.name, PersonFields.email.optional, PersonFields.unit.optional, PersonFields.language.optional,
      PersonFields.phone.optional,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      name = try values[PersonFields.name]
      email = try values[PersonFields.email.optional]
      phone = try values[PersonFields.phone.optional]
      unit = try values[PersonFields.unit.optional]
      language = try values[PersonFields.language.optional]
    }
  }

  package static let declaration = Declaration(
    "person.add", "Add a person to a customer.", zh: "为客户添加人员。", permission: "person.manage", roles: PersonFields.keepers,
    scopes: [.listed, .all, .tenant], reach: .one(by: "customer"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> PersonRecord {
    let unit: Int64? =
      if let unit = input.unit { try await context.unit(unit, "unit") } else { nil }
    let language = input.language ?? context.tenant.language.rawValue
    let bits = context.random.publicIdBits()
    context.transaction.enqueue(
      InsertPerson(
        tenant: context.tenant.id, publicId: bits, unit: unit, name: input.name, email: input.email, phone: input.phone, language: language,
        recordedAt: context.now))
    let id = context.id(.person, bits)
    context.subject(id)
    return PersonRecord(
      id: id, name: input.name, email: input.email, phone: input.phone, unit: input.unit, language: language, leftAt: nil, version: 1)
  }
}

package enum ReadPerson: Operation {
  package struct Input: OperationInput {
    let id: PublicId

    package static let fields: [any InputField] = [PersonFields.id, CustomerReference.field]

    package init(_ values: InputValues) throws(FieldError) { id = try values[PersonFields.id] }
  }

  package static let declaration = Declaration(
    "person.read", "Read a person of a customer.", zh: "查看客户的人员。", roles: PersonFields.keepers, scopes: PersonFields.everyScope,
    reach: .one(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> PersonRecord {
    PersonRecord(try await context.personRow(input.id), in: context)
  }
}

/// Nobody is deleted: what he asked for names him. Who has left is in no list, and found by no address.
package enum ChangePerson: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let name: Change<String>
    let email: Change<String>
    let phone: Change<String>
    let unit: Change<PublicId>
    let language: Change<String>
    let left: Change<Bool>

    private static let leftField = Field.boolean(
      "left", "Whether the person has left: then he is in no list any more. Disable his login first.", "该人员是否已离开：离开后不再出现在列表中。须先停用其登录账户。")
    package static let fields: [any InputField] = [
      PersonFields.id, PersonFields.name.change, PersonFields.email.clearable, PersonFields.phone.clearable, PersonFields.unit.clearable,
      PersonFields.language.change, leftField.change, CustomerReference.field,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[PersonFields.id]
      name = try values[PersonFields.name.change]
      email = try values[PersonFields.email.clearable]
      phone = try values[PersonFields.phone.clearable]
      unit = try values[PersonFields.unit.clearable]
      language = try values[PersonFields.language.change]
      left = try values[Self.leftField.change]
    }
  }

  package static let declaration = Declaration(
    "person.change", "Change what is recorded of a person, or record that the person has left.", zh: "修改人员信息，或登记其离开。",
    permission: "person.manage", roles: PersonFields.keepers, scopes: [.listed, .all, .tenant], reach: .one(by: "customer"), effect: .change,
    requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> PersonRecord {
    var row = try await context.personRow(input.id)
    try context.requireVersion(row.version)
    row.name = input.name.applied(to: row.name)
    row.email = input.email.applied(to: row.email)
    row.phone = input.phone.applied(to: row.phone)
    row.language = input.language.applied(to: row.language)
    switch input.unit {
    case .keep: break
    case .clear: (row.unit, row.unitPublicId) = (nil, nil)
    case .set(let unit):
      row.unit = try await context.unit(unit, "unit")
      row.unitPublicId = unit.random
    }
    if case .set(let hasLeft) = input.left {
      // Held before the look: nobody enables a login meanwhile.
      if hasLeft, row.leftAt == nil, try await !context.hasLeft(row.id),
        let login = try await context.transaction.first(ActiveLoginOf(tenant: context.tenant.id, person: row.id))
      {
        throw Failure(.conflict, AccountMessages.personHasLogin, ["login": login])
      }
      row.leftAt = hasLeft ? row.leftAt ?? context.now : nil
    }
    guard let version = try await context.transaction.first(UpdatePerson(tenant: context.tenant.id, person: row)) else {
      throw Failure(.versionMismatch, OperationMessages.versionMismatch, ["expected": String(row.version), "current": "?"])
    }
    context.subject(input.id)
    return PersonRecord(row, version: version, in: context)
  }
}

package enum ListPersons: Operation {
  package struct Input: OperationInput {
    let text: String?
    let withLeft: Bool
    let limit: Int64?
    let cursor: String?

    private static let textField = Field.text(
      "text", 1...200, "Only those of whose name, e-mail address or telephone number this is a part.", "仅限姓名、电子邮件或电话号码中包含此内容的人员。"
    ).optional
    private static let withLeftField = Field.boolean("withLeft", "Also those who have left (default no).", "包括已离开的人员（默认否）。").optional
    package static let fields: [any InputField] = [CustomerReference.field, textField, withLeftField, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      text = try values[Self.textField]
      withLeft = try values[Self.withLeftField] ?? false
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }

    /// What a cursor is good for.
    var filterText: String { text == nil && !withLeft ? "" : "\(withLeft)/\(text ?? "")" }
  }

  package static let declaration = Declaration(
    "person.list", "List the people of a customer, or find some of them.", zh: "列出或查找客户的人员。", permission: "person.read",
    roles: PersonFields.keepers, scopes: PersonFields.everyScope, reach: .one(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<PersonRecord> {
    let (limit, after) = try context.page(input.limit, input.cursor, filter: input.filterText)
    let rows = try await context.transaction.query(
      PersonsOfTenant(
        tenant: context.tenant.id, scope: context.access.rows, text: input.text?.lowercased(), withLeft: input.withLeft,
        after: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: input.filterText, key: { PageCursor([.integer($0.id)]) }) { PersonRecord($0, in: context) }
  }
}

extension OperationContext {
  /// A person of the bound tenant whom the caller may see.
  fileprivate func personRow(_ id: PublicId) async throws -> PersonRow {
    let statement = PersonByPublicId(tenant: tenant.id, scope: access.rows, publicId: id.random)
    guard let row = try await transaction.first(statement) else { throw Failure.notFound }
    return row
  }
}
