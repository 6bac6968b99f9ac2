import Kernel
import Operations
import Renewals

/// Somebody at the supplier who speaks for a contract.
package struct UnderpinningContactOutput: OperationOutput {
  let id: PublicId
  let contract: PublicId
  let contact: PublicId
  let row: UnderpinningContactRow

  init(_ row: UnderpinningContactRow, in context: OperationContext) {
    id = context.id(.underpinningContact, row.publicId)
    contract = context.id(.underpinningContract, row.contract)
    contact = context.id(.supplierContact, row.contact)
    self.row = row
  }

  package static let fields: [OutputField<UnderpinningContactOutput>] = [
    OutputField("id", .id, "The contact of the contract.", "合同联系人编号。") { .id($0.id) },
    OutputField("underpinningContract", .id, "The contract.", "合同编号。") { .id($0.contract) },
    OutputField("contact", .id, "Who it is.", "供应商联系人编号。") { .id($0.contact) },
    OutputField("name", .text, "The person's name.", "姓名。") { .text($0.row.name) },
    OutputField("email", .text, "The e-mail address.", "电子邮箱。") { .text($0.row.email) },
    OutputField("phone", .text, "The telephone number.", "电话号码。") { .text($0.row.phone) },
    OutputField("role", .text, "decision_maker, escalation, billing or technical.", "角色：decision_maker（决策人）、escalation（升级）、billing（账务）或 technical（技术）。") {
      .text($0.row.role)
    },
    OutputField("validFrom", .instant, "Since when.", "自何时起。") { .instant($0.row.validFrom) },
    OutputField("validUntil", .instant, "The first instant at which it no longer holds; null: it goes on.", "自何时起不再有效；null 表示仍有效。") {
      .instant($0.row.validUntil)
    },
    OutputField("contactEndedAt", .instant, "When the person ceased to be the supplier's contact; null: not yet.", "此人不再担任供应商联系人的时间；仍有效时为 null。") {
      .instant($0.row.contactEndedAt)
    },
    OutputField("version", .integer, "For If-Match.", "用于 If-Match 的版本号。") { .integer($0.row.version) },
  ]
}

package enum AddUnderpinningContact: Operation {
  package struct Input: OperationInput {
    let contract: PublicId
    let contact: PublicId
    let role: ContactRole
    let validFrom: Instant?

    static let contract = Field.id("underpinningContract", .underpinningContract, "The contract.", "合同编号。")
    private static let contact = Field.id("contact", .supplierContact, "A contact of the supplier's.", "该供应商的联系人。")
    private static let role = Field.oneOf(
      "role", ContactRole.allCases.map(\.rawValue), "What the person is to the contract.", "角色：决策人、升级、账务或技术联系人。")
    private static let validFrom = Field.instant("validFrom", "Since when (default: now).", "自何时起（默认当前时刻）。").optional

    package static let fields: [any InputField] = [contract, contact, role, validFrom]

    package init(_ values: InputValues) throws(FieldError) {
      contract = try values[Self.contract]
      contact = try values[Self.contact]
      role = try ContactRole(rawValue: values[Self.role]) ?? .technical
      validFrom = try values[Self.validFrom]
    }
  }

  package static let declaration = Declaration(
    "underpinning_contact.add", "Name somebody at the supplier as a contact of a contract.", zh: "为支撑合同指定供应商联系人。", permission: "supplier.manage",
    roles: SupplierRights.managers, scopes: SupplierRights.everyone, reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> UnderpinningContactOutput {
    let contract = try await context.underpinningHead(input.contract)
    guard let contact = try await context.transaction.first(ContactToName(publicId: input.contact)) else { throw context.unknownReference("contact") }
    guard contact.supplier == contract.supplier else { throw Failure.invalid("contact", SuppliersMessages.contactOfOther) }
    guard !contact.isEnded else { throw Failure.invalid("contact", SuppliersMessages.alreadyEnded) }
    let id = context.newId(.underpinningContact)
    let inserted = try await context.transaction.first(
      InsertUnderpinningContact(
        publicId: id, contract: contract.id, contact: contact.id, role: input.role, validFrom: input.validFrom ?? context.now, now: context.now))
    guard let row = inserted else { throw Failure.notFound }
    context.record(
      Event(
        subjectKind: "underpinning_contact", subject: row, seq: 1, type: "underpinning_contact.added",
        payload: .object(["contract": .id(input.contract), "contact": .id(input.contact), "role": .text(input.role.rawValue)]), occurredAt: context.now))
    return try await context.underpinningContactOutput(id)
  }
}

package enum EndUnderpinningContact: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let validUntil: Instant?

    private static let id = Field.id("id", .underpinningContact, "The contact of the contract.", "合同联系人编号。")
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
    "underpinning_contact.end", "End a contact of a supplier's contract; the record stays.", zh: "终止支撑合同的联系人；记录保留。", permission: "supplier.manage",
    roles: SupplierRights.managers, scopes: SupplierRights.everyone, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> UnderpinningContactOutput {
    guard let row = try await context.transaction.first(UnderpinningContactByPublicId(publicId: input.id)) else { throw Failure.notFound }
    try context.requireVersion(row.version)
    guard row.validUntil == nil else { throw Failure(.conflict, SuppliersMessages.alreadyEnded) }
    let until = input.validUntil ?? max(context.now, row.validFrom)
    guard until >= row.validFrom else { throw Failure.invalid("validUntil", SuppliersMessages.linkOrder, ["start": row.validFrom.description]) }
    guard let version = try await context.transaction.first(EndUnderpinningContactRow(id: row.id, version: row.version, until: until)) else {
      throw context.beaten
    }
    context.record(
      Event(
        subjectKind: "underpinning_contact", subject: row.id, seq: version, type: "underpinning_contact.ended",
        payload: .object(["id": .id(input.id), "validUntil": .instant(until)]), occurredAt: context.now))
    return try await context.underpinningContactOutput(input.id)
  }
}

package enum ListUnderpinningContacts: Operation {
  package struct Input: OperationInput {
    let contract: PublicId
    let asOf: Instant?
    let limit: Int64?
    let cursor: String?

    private static let asOf = Field.instant("asOf", "Only those who hold at this instant (default: all, also those that ended).", "仅列出该时刻有效的联系人（默认全部，含已终止）。")
      .optional

    package static let fields: [any InputField] = [AddUnderpinningContact.Input.contract, asOf, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      contract = try values[AddUnderpinningContact.Input.contract]
      asOf = try values[Self.asOf]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "underpinning_contact.list", "List the contacts of a supplier's contract.", zh: "列出支撑合同的联系人。", permission: "supplier.read",
    roles: SupplierRights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<UnderpinningContactOutput> {
    let contract = try await context.underpinningHead(input.contract)
    let filter = "\(input.contract) \(input.asOf?.description ?? "")"
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      ContactsOfUnderpinning(contract: contract.id, at: input.asOf, afterId: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.integer($0.id)])
    } element: {
      UnderpinningContactOutput($0, in: context)
    }
  }
}

extension OperationContext {
  /// The contract that an input names as `underpinningContract`.
  fileprivate func underpinningHead(_ id: PublicId) async throws -> UnderpinningHead.Found {
    guard let found = try await transaction.first(UnderpinningHead(publicId: id)) else { throw unknownReference("underpinningContract") }
    return found
  }

  fileprivate func underpinningContactOutput(_ id: PublicId) async throws -> UnderpinningContactOutput {
    guard let row = try await transaction.first(UnderpinningContactByPublicId(publicId: id)) else { throw Failure.notFound }
    subject(id)
    return UnderpinningContactOutput(row, in: self)
  }
}
