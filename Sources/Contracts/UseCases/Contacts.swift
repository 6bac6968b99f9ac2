import Kernel
import Operations
import Renewals

/// Somebody who speaks for a contract.
package struct ContactOutput: OperationOutput {
  let id: PublicId
  let contract: PublicId
  let person: PublicId
  let row: ContactRow

  init(_ row: ContactRow, in context: OperationContext) {
    id = context.id(.contractContact, row.publicId)
    contract = context.id(.contract, row.contract)
    person = context.id(.person, row.person)
    self.row = row
  }

  package static let fields: [OutputField<ContactOutput>] = [
    OutputField("id", .id, "The contact.", "联系人编号。") { .id($0.id) },
    OutputField("contract", .id, "The contract.", "合同编号。") { .id($0.contract) },
    OutputField("person", .id, "The person.", "人员编号。") { .id($0.person) },
    OutputField("name", .text, "The person's name.", "姓名。") { .text($0.row.name) },
    OutputField("email", .text, "The person's e-mail address.", "电子邮件。") { .text($0.row.email) },
    OutputField("role", .text, "decision_maker, escalation, billing or technical.", "角色：decision_maker（决策人）、escalation（升级）、billing（账务）或 technical（技术）。") {
      .text($0.row.role)
    },
    OutputField("validFrom", .instant, "Since when.", "自何时起。") { .instant($0.row.validFrom) },
    OutputField("validUntil", .instant, "The first instant at which it no longer holds; null: it goes on.", "自何时起不再有效；null 表示仍有效。") {
      .instant($0.row.validUntil)
    },
    OutputField("version", .integer, "For If-Match.", "用于 If-Match 的版本号。") { .integer($0.row.version) },
  ]
}

package enum AddContact: Operation {
  package struct Input: OperationInput {
    let contract: PublicId
    let person: PublicId
    let role: ContactRole
    let validFrom: Instant?

    static let contract = Field.id("contract", .contract, "The contract.", "合同编号。")
    private static let person = Field.id("person", .person, "A person of the customer.", "客户方人员。")
    private static let role = Field.oneOf(
      "role", ContactRole.allCases.map(\.rawValue), "What the person is to the contract.", "角色：决策人、升级、账务或技术联系人。")
    private static let validFrom = Field.instant("validFrom", "Since when (default: now).", "自何时起（默认当前时刻）。").optional

    package static let fields: [any InputField] = [contract, person, role, validFrom]

    package init(_ values: InputValues) throws(FieldError) {
      contract = try values[Self.contract]
      person = try values[Self.person]
      role = try ContactRole(rawValue: values[Self.role]) ?? .technical
      validFrom = try values[Self.validFrom]
    }
  }

  package static let declaration = Declaration(
    "contract_contact.add", "Name a contact of a contract.", zh: "为合同指定联系人。", permission: "contract.manage", roles: Rights.managers,
    reach: .one(by: "contract"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ContactOutput {
    guard let contract = try await context.transaction.first(ContractAt(tenant: context.tenant.id, publicId: input.contract, at: nil)) else {
      throw context.unknownReference("contract")
    }
    let person = try await context.person(input.person, "person")
    let id = context.newId(.contractContact)
    let inserted = try await context.transaction.first(
      InsertContact(
        tenant: context.tenant.id, publicId: id, contract: contract.id, person: person.id, role: input.role, validFrom: input.validFrom ?? context.now,
        now: context.now))
    guard let row = inserted, let found = try await context.transaction.first(ContactByPublicId(tenant: context.tenant.id, publicId: id)) else {
      throw Failure.notFound
    }
    context.subject(id)
    context.record(
      Event(
        subjectKind: "contract_contact", subject: row, seq: 1, type: "contract_contact.added",
        payload: .object(["contract": .id(input.contract), "contact": .id(id), "role": .text(input.role.rawValue)]), occurredAt: context.now))
    return ContactOutput(found, in: context)
  }
}

package enum EndContact: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let validUntil: Instant?

    private static let id = Field.id("id", .contractContact, "The contact.", "联系人编号。")
    private static let validUntil = Field.instant(
      "validUntil", "The first instant at which it no longer holds (default: now).", "自何时起不再有效（默认当前时刻）。"
    ).optional

    package static let fields: [any InputField] = [id, validUntil]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[Self.id]
      validUntil = try values[Self.validUntil]
    }
  }

  package static let declaration = Declaration(
    "contract_contact.end", "End a contact of a contract; the record stays.", zh: "终止合同联系人；记录保留。", permission: "contract.manage",
    roles: Rights.managers, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ContactOutput {
    let tenant = context.tenant.id
    guard let row = try await context.transaction.first(ContactByPublicId(tenant: tenant, publicId: input.id)) else { throw Failure.notFound }
    try context.requireVersion(row.version)
    guard row.validUntil == nil else { throw Failure(.conflict, ContractsMessages.contactOver) }
    let until = input.validUntil ?? max(context.now, row.validFrom)
    guard until >= row.validFrom else { throw Failure.invalid("validUntil", ContractsMessages.termOrder) }
    guard let version = try await context.transaction.first(EndContactRow(tenant: tenant, id: row.id, version: row.version, until: until)) else {
      throw context.beaten
    }
    context.subject(input.id)
    context.record(
      Event(
        subjectKind: "contract_contact", subject: row.id, seq: version, type: "contract_contact.ended",
        payload: .object(["contact": .id(input.id), "validUntil": .instant(until)]), occurredAt: context.now))
    guard let ended = try await context.transaction.first(ContactByPublicId(tenant: tenant, publicId: input.id)) else { throw Failure.notFound }
    return ContactOutput(ended, in: context)
  }
}

package enum ListContacts: Operation {
  package struct Input: OperationInput {
    let contract: PublicId
    let asOf: Instant?
    let limit: Int64?
    let cursor: String?

    private static let asOf = Field.instant("asOf", "Only those who hold at this instant (default: all, also those that ended).", "仅列出该时刻有效的联系人（默认全部，含已终止）。")
      .optional

    package static let fields: [any InputField] = [AddContact.Input.contract, asOf, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      contract = try values[AddContact.Input.contract]
      asOf = try values[Self.asOf]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "contract_contact.list", "List the contacts of a contract.", zh: "列出合同的联系人。", permission: "contract.read",
    roles: Rights.staffAndCustomerManager, scopes: [.tenant, .listed, .all], reach: .one(by: "contract"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<ContactOutput> {
    let tenant = context.tenant.id
    guard let contract = try await context.transaction.first(ContractAt(tenant: tenant, publicId: input.contract, at: nil)) else {
      throw context.unknownReference("contract")
    }
    let filter = "\(input.contract) \(input.asOf?.description ?? "")"
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      ContactsOfContract(tenant: tenant, contract: contract.id, at: input.asOf, afterId: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.id)]) }) { ContactOutput($0, in: context) }
  }
}
