import Kernel
import Tenancy

/// A customer as the API shows it.
package struct CustomerRecord: OperationOutput {
  let entry: TenantEntry

  package static let fields: [OutputField<CustomerRecord>] = [
    OutputField("id", .id, "Its id.", "编号。") { .id($0.entry.publicId) },
    OutputField("code", .text, "Its short code; part of ticket numbers.", "简短代码，用于工单编号。") { .text($0.entry.code) },
    OutputField("name", .text, "Its name.", "名称。") { .text($0.entry.name) },
    OutputField("zone", .text, "Its IANA time zone.", "所在的 IANA 时区。") { .text($0.entry.zone) },
    OutputField("language", .text, "Its language: en or zh-Hans.", "语言：en 或 zh-Hans。") { .text($0.entry.language.rawValue) },
    OutputField("state", .text, "active or suspended.", "状态：active（启用）或 suspended（停用）。") { .text($0.entry.state.rawValue) },
    OutputField("version", .integer, "Its version, for changes.", "版本号，修改时使用。") { .integer($0.entry.version) },
  ]
}

enum CustomerFields {
  static let id = Field.id("id", .customer, "The customer.", "客户。")
  static let code = Field.text("code", 2...16, "A code of capital letters and digits, such as ACME; unique.", "由大写字母和数字组成的唯一代码，如 ACME。")
  static let name = Field.text("name", 1...200, "The customer's name.", "客户名称。")
  static let zone = Field.text("zone", 1...60, "The customer's IANA time zone, such as Europe/Berlin.", "客户所在的 IANA 时区，如 Asia/Shanghai。")
  static let language = Field.language("The customer's language.", "客户使用的语言。")
  static let state = Field.oneOf("state", ["active", "suspended"], "A suspended customer's people cannot log in.", "停用后该客户的人员无法登录。")
}

package enum CreateCustomer: Operation {
  package struct Input: OperationInput {
    let code: String
    let name: String
    let zone: String
    let language: Language

    package static let fields: [any InputField] = [CustomerFields.code, CustomerFields.name, CustomerFields.zone, CustomerFields.language.optional]

    package init(_ values: InputValues) throws(FieldError) {
      code = try values[CustomerFields.code]
      guard code.wholeMatch(of: /[A-Z][A-Z0-9]{1,15}/) != nil else { throw FieldError("code", AccountMessages.badCode) }
      name = try values[CustomerFields.name]
      zone = try TimeZoneName.check(try values[CustomerFields.zone], "zone")
      language = try values[CustomerFields.language.optional].flatMap(Language.init(rawValue:)) ?? .english
    }
  }

  package static let declaration = Declaration(
    "customer.create", "Take on a new customer.", zh: "新建客户。", permission: "customer.manage", roles: [.administrator, .accountManager],
    scopes: [.all], reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CustomerRecord {
    let entry = try await NewTenant(kind: .customer, code: input.code, name: input.name, zone: input.zone, language: input.language)
      .insert(in: context.transaction, random: context.random, at: context.now)
    context.subject(entry.publicId)
    return CustomerRecord(entry: entry)
  }
}

package enum ReadCustomer: Operation {
  package struct Input: OperationInput {
    package static let fields: [any InputField] = [CustomerFields.id]
    package init(_ values: InputValues) throws(FieldError) {}
  }

  package static let declaration = Declaration(
    "customer.read", "Read a customer.", zh: "查看客户。",
    roles: [.administrator, .accountManager, .engineer, .finance, .customerManager], scopes: [.listed, .all, .tenant], reach: .one(by: "id"),
    effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CustomerRecord {
    guard context.tenant.kind == .customer, let entry = try await context.transaction.first(TenantById(tenant: context.tenant.id)) else {
      throw Failure.notFound
    }
    return CustomerRecord(entry: entry)
  }
}

package enum ListCustomers: Operation {
  package struct Input: OperationInput {
    let text: String?
    let limit: Int64?
    let cursor: String?

    private static let textField = Field.text(
      "text", 1...200, "Only those of whose code or name this is a part.", "仅限代码或名称中包含此内容的客户。"
    ).optional
    package static let fields: [any InputField] = [textField, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      text = try values[Self.textField]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "customer.list", "List the customers that the caller may see, by code.", zh: "按代码列出有权查看的客户。", permission: "customer.read",
    roles: [.administrator, .accountManager, .engineer, .finance, .customerManager], scopes: [.listed, .all, .tenant], reach: .many, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<CustomerRecord> {
    let filter = input.text ?? ""
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let only = context.access.tenants.map { $0.map(\.rawValue).sorted() }
    let statement = CustomersByCode(after: try after?.text(0) ?? "", only: only, text: input.text?.lowercased(), limit: limit + 1)
    // A customer's own people see the row of their tenant only while it is bound; staff read the whole table.
    let rows =
      context.principal.side == .staff
      ? try await context.transaction.query(statement) : try await context.bound(to: [context.principal.tenant]) { try await $0.query(statement) }
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.text($0.code)]) }, element: CustomerRecord.init)
  }
}

package enum ChangeCustomer: Operation {
  package struct Input: OperationInput {
    let name: Change<String>
    let zone: Change<String>
    let language: Change<String>
    let state: Change<String>

    package static let fields: [any InputField] = [
      CustomerFields.id, CustomerFields.name.change, CustomerFields.zone.change, CustomerFields.language.change, CustomerFields.state.change,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      name = try values[CustomerFields.name.change]
      zone = try values[CustomerFields.zone.change]
      if case .set(let zone) = zone { _ = try TimeZoneName.check(zone, "zone") }
      language = try values[CustomerFields.language.change]
      state = try values[CustomerFields.state.change]
    }
  }

  package static let declaration = Declaration(
    "customer.change", "Change a customer, or suspend it.", zh: "修改或停用客户。", permission: "customer.manage", roles: [.administrator, .accountManager],
    reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CustomerRecord {
    guard context.tenant.kind == .customer, let old = try await context.transaction.first(TenantById(tenant: context.tenant.id)) else {
      throw Failure.notFound
    }
    try context.requireVersion(old.version)
    let updated = try await context.transaction.first(
      UpdateTenant(
        tenant: old.id, version: old.version, name: input.name.applied(to: old.name), zone: input.zone.applied(to: old.zone),
        language: input.language.applied(to: old.language.rawValue), state: input.state.applied(to: old.state.rawValue)))
    guard let updated else { throw Failure(.versionMismatch, OperationMessages.versionMismatch, ["expected": String(old.version), "current": "?"]) }
    context.subject(updated.publicId)
    return CustomerRecord(entry: updated)
  }
}
