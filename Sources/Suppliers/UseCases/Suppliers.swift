import Kernel
import Operations
import ServiceTime

package struct SupplierOutput: OperationOutput {
  let id: PublicId
  let row: SupplierRow

  init(_ row: SupplierRow, in context: OperationContext) {
    id = context.id(.supplier, row.publicId)
    self.row = row
  }

  package static let fields: [OutputField<SupplierOutput>] = [
    OutputField("id", .id, "The supplier.", "供应商编号。") { .id($0.id) },
    OutputField("code", .text, "Its code, unique.", "代码，不可重复。") { .text($0.row.code) },
    OutputField("name", .text, "Its name.", "名称。") { .text($0.row.name) },
    OutputField("zone", .text, "The zone in which its days and months are counted.", "按此时区计算日与月。") { .text($0.row.zone) },
    OutputField("state", .text, "active or ended.", "状态：active（有效）或 ended（已终止）。") { .text($0.row.isActive ? "active" : "ended") },
    OutputField("recordedAt", .instant, "When it was recorded.", "登记时间。") { .instant($0.row.recordedAt) },
    OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer($0.row.version) },
  ]
}

package enum CreateSupplier: Operation {
  package struct Input: OperationInput {
    let code: String
    let name: String
    let zone: String

    private static let code = Field.text("code", 2...16, "A short name in capital letters and digits, unique.", "大写字母和数字组成的代码，不可重复。")
    static let name = Field.text("name", 1...200, "Its name.", "名称。")
    static let zone = Field.text("zone", 1...64, "The IANA zone in which its days and months are counted.", "计算日与月的 IANA 时区。")

    package static let fields: [any InputField] = [code, name, zone]

    package init(_ values: InputValues) throws(FieldError) {
      code = try values[Self.code]
      name = try values[Self.name]
      zone = try values[Self.zone]
    }
  }

  package static let declaration = Declaration(
    "supplier.create", "Record a supplier.", zh: "登记供应商。", permission: "supplier.manage", roles: SupplierRights.managers,
    scopes: SupplierRights.everyone, reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> SupplierOutput {
    guard input.code.wholeMatch(of: /[A-Z][A-Z0-9]{1,15}/) != nil else { throw Failure.invalid("code", SuppliersMessages.badCode) }
    _ = try UnderpinningRule.zone(input.zone)
    let id = context.newId(.supplier)
    context.transaction.enqueue(InsertSupplier(publicId: id, code: input.code, name: input.name, zone: input.zone, now: context.now))
    return try await context.supplierOutput(id)
  }
}

package enum ReadSupplier: Operation {
  package typealias Input = SupplierReference

  package static let declaration = Declaration(
    "supplier.read", "Read a supplier.", zh: "查看供应商。", roles: SupplierRights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> SupplierOutput {
    SupplierOutput(try await context.supplier(input.id, path: "id"), in: context)
  }
}

package struct SupplierReference: OperationInput {
  let id: PublicId

  static let id = Field.id("id", .supplier, "The supplier.", "供应商编号。")

  package static let fields: [any InputField] = [id]

  package init(_ values: InputValues) throws(FieldError) { id = try values[Self.id] }
}

package enum ListSuppliers: Operation {
  package typealias Input = PageInput

  package static let declaration = Declaration(
    "supplier.list", "List the suppliers by code.", zh: "按代码列出供应商。", permission: "supplier.read", roles: SupplierRights.staff, reach: .provider,
    effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<SupplierOutput> {
    let (limit, after) = try context.page(input.limit, input.cursor)
    let rows = try await context.transaction.query(SuppliersByCode(after: try after?.text(0) ?? "", limit: limit + 1))
    return context.listing(rows, limit: limit) {
      PageCursor([.text($0.code)])
    } element: {
      SupplierOutput($0, in: context)
    }
  }
}

package enum ChangeSupplier: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let name: Change<String>
    let zone: Change<String>
    let state: String?

    private static let state = Field.oneOf("state", ["active", "ended"], "Whether we work with it.", "是否仍在合作：active 有效、ended 终止。").optional

    package static let fields: [any InputField] = [SupplierReference.id, CreateSupplier.Input.name.change, CreateSupplier.Input.zone.change, state]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[SupplierReference.id]
      name = try values[CreateSupplier.Input.name.change]
      zone = try values[CreateSupplier.Input.zone.change]
      state = try values[Self.state]
    }
  }

  package static let declaration = Declaration(
    "supplier.change", "Change a supplier's name, zone or state.", zh: "变更供应商的名称、时区或状态。", permission: "supplier.manage",
    roles: SupplierRights.managers, scopes: SupplierRights.everyone, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> SupplierOutput {
    let row = try await context.supplier(input.id, path: "id")
    try context.requireVersion(row.version)
    guard !(input.name.isKeep && input.zone.isKeep && input.state == nil) else { throw Failure(.invalid, SuppliersMessages.nothingToChange) }
    let zone = input.zone.applied(to: row.zone)
    _ = try UnderpinningRule.zone(zone)
    let advanced = try await context.transaction.first(
      UpdateSupplier(
        id: row.id, version: row.version, name: input.name.applied(to: row.name), zone: zone,
        isActive: input.state.map { $0 == "active" } ?? row.isActive))
    guard let version = advanced else { throw context.beaten }
    if !row.isActive, input.state == "active" { context.transaction.enqueue(PassLapsedTerms(supplier: row.id, now: context.now)) }
    // With a supplier that is ended nothing is renewed.
    if input.state != nil { context.transaction.enqueue(LookAtUnderpinnings(supplier: row.id, at: context.now)) }
    context.subject(input.id)
    context.record(
      Event(
        subjectKind: "supplier", subject: row.id, seq: version, type: "supplier.changed",
        payload: .object(["supplier": .id(input.id), "was": SupplierOutput(row, in: context).value]), occurredAt: context.now))
    return try await context.supplierOutput(input.id)
  }
}

extension OperationContext {
  /// A supplier that an input names.
  func supplier(_ id: PublicId, path: String) async throws -> SupplierRow {
    guard let row = try await transaction.first(SupplierByPublicId(publicId: id)) else {
      throw path == "id" ? Failure.notFound : unknownReference(path)
    }
    return row
  }

  /// The same, for what only a supplier that we work with may have.
  func activeSupplier(_ id: PublicId) async throws -> SupplierRow {
    let row = try await supplier(id, path: "supplier")
    guard row.isActive else { throw Failure(.conflict, SuppliersMessages.supplierOver) }
    return row
  }

  func supplierOutput(_ id: PublicId) async throws -> SupplierOutput {
    subject(id)
    return SupplierOutput(try await supplier(id, path: "id"), in: self)
  }

  func supplierService(_ id: PublicId, path: String) async throws -> SupplierServiceRow {
    guard let row = try await transaction.first(ServiceByPublicId(publicId: id)) else {
      throw path == "id" ? Failure.notFound : unknownReference(path)
    }
    return row
  }
}
