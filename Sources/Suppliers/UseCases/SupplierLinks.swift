import Kernel
import Operations

package struct SupplierLinkOutput: OperationOutput {
  let id: PublicId
  let line: PublicId
  let service: PublicId
  let supplier: PublicId
  let contract: PublicId?
  let row: LinkRow

  init(_ row: LinkRow, in context: OperationContext) {
    id = context.id(.supplierLink, row.publicId)
    line = context.id(.customerLine, row.line)
    service = context.id(.supplierService, row.service)
    supplier = context.id(.supplier, row.supplier)
    contract = row.contract.map { context.id(.underpinningContract, $0) }
    self.row = row
  }

  package static let fields: [OutputField<SupplierLinkOutput>] = [
    OutputField("id", .id, "The link.", "关联编号。") { .id($0.id) },
    OutputField("line", .id, "The customer's contract line.", "客户合同行。") { .id($0.line) },
    OutputField("service", .id, "The supplier's service.", "供应商的服务。") { .id($0.service) },
    OutputField("serviceName", .text, "The service's name.", "服务名称。") { .text($0.row.serviceName) },
    OutputField("supplier", .id, "The supplier.", "供应商。") { .id($0.supplier) },
    OutputField("supplierCode", .text, "The supplier's code.", "供应商代码。") { .text($0.row.supplierCode) },
    OutputField("underpinningContract", .id, "The contract that promises the service; null: none.", "承诺该服务的支撑合同；无则为 null。") { .id($0.contract) },
    OutputField("role", .text, "provides or backup.", "角色：provides（提供）或 backup（后备）。") { .text($0.row.role.rawValue) },
    OutputField("weight", .integer, "Its part of the line against the others'.", "在合同行中所占的权重。") { .integer($0.row.weight) },
    OutputField("validFrom", .instant, "From when it holds.", "自何时起生效。") { .instant($0.row.validFrom) },
    OutputField("endedAt", .instant, "The first instant at which it no longer holds; null while it does.", "终止时间（不含）；有效时为 null。") {
      .instant($0.row.endedAt)
    },
    OutputField("notNeeded", .boolean, "Whether nothing has to take its place.", "终止后是否无需替代。") { .bool($0.row.isNotNeeded) },
    OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer($0.row.version) },
  ]
}

package enum AddSupplierLink: Operation {
  package struct Input: OperationInput {
    let line: PublicId
    let service: PublicId
    let contract: PublicId?
    let role: LinkRole
    let weight: Int64
    let validFrom: Instant?

    static let line = Field.id("line", .customerLine, "The customer's contract line.", "客户合同行。")
    private static let service = Field.id("service", .supplierService, "The supplier's service that it rests on.", "所依赖的供应商服务。")
    private static let contract = Field.id("underpinningContract", .underpinningContract, "The contract that promises the service.", "承诺该服务的支撑合同。")
      .optional
    private static let role = Field.oneOf(
      "role", LinkRole.allCases.map(\.rawValue), "provides: while it is down, so is the line. backup: the line is down only while it is down as well.",
      "provides：该服务中断时合同行即中断；backup：仅当其也中断时合同行才中断。")
    private static let weight = Field.integer(
      "weight", 1...1_000_000, "Its part of the line's fee against the other services' (default 1).", "在合同行费用中相对其他服务的权重（默认 1）。"
    ).optional
    private static let validFrom = Field.instant(
      "validFrom", "From when it holds (default: since the line began).", "自何时起生效（默认自合同行开始）。"
    ).optional

    package static let fields: [any InputField] = [line, service, contract, role, weight, validFrom]

    package init(_ values: InputValues) throws(FieldError) {
      line = try values[Self.line]
      service = try values[Self.service]
      contract = try values[Self.contract]
      role = try LinkRole(rawValue: values[Self.role]) ?? .provides
      weight = try values[Self.weight] ?? 1
      validFrom = try values[Self.validFrom]
    }
  }

  package static let declaration = Declaration(
    "supplier_link.add", "Say which service of a supplier's a contract line rests on.", zh: "指明合同行所依赖的供应商服务。", permission: "contract.manage",
    roles: SupplierRights.managers, reach: .one(by: "line"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> SupplierLinkOutput {
    let tenant = context.tenant.id
    guard let (line, begins) = try await context.transaction.first(LineToLink(tenant: tenant, publicId: input.line)) else {
      throw context.unknownReference("line")
    }
    let service = try await context.supplierService(input.service, path: "service")
    var contract: UnderpinningHead.Found?
    if let wanted = input.contract {
      contract = try await context.transaction.first(UnderpinningHead(publicId: wanted))
      guard let found = contract else { throw context.unknownReference("underpinningContract") }
      guard found.supplier == service.supplierId else { throw Failure.invalid("underpinningContract", SuppliersMessages.linkContract) }
    }
    let validFrom = input.validFrom ?? begins
    _ = try await context.transaction.query(HoldService(id: service.id))
    let same = LinkInForce(tenant: tenant, line: line, service: service.id, contract: contract?.id, role: input.role, from: validFrom)
    if let taken = try await context.transaction.first(same) {
      throw Failure(.conflict, SuppliersMessages.linkedAlready, ["link": context.id(.supplierLink, taken).description])
    }
    let id = context.newId(.supplierLink)
    let inserted = try await context.transaction.first(
      InsertSupplierLink(
        tenant: tenant, publicId: id, line: line, service: service.id, contract: contract?.id, role: input.role, weight: input.weight,
        validFrom: validFrom, now: context.now))
    guard let link = inserted else { throw Failure.notFound }
    context.record(
      Event(
        subjectKind: "supplier_link", subject: link, seq: 1, type: "supplier_link.added",
        payload: .object(["line": .id(input.line), "service": .id(input.service), "role": .text(input.role.rawValue)]), occurredAt: context.now))
    return try await context.supplierLinkOutput(id)
  }
}

package enum EndSupplierLink: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let endedAt: Instant?
    let isNotNeeded: Bool

    private static let id = Field.id("id", .supplierLink, "The link.", "关联编号。")
    private static let endedAt = Field.instant(
      "endedAt", "The first instant at which it no longer holds (default: now).", "自何时起不再有效（默认当前时刻）。"
    ).optional
    private static let notNeeded = Field.boolean(
      "notNeeded",
      "The line no longer needs it: the proof asks for nothing in its place (default false). Of a link that ended already, this can still be said.",
      "合同行不再需要该服务，支撑证明不要求替代（默认否）；对已终止的关联也可补充说明。"
    ).optional

    package static let fields: [any InputField] = [id, endedAt, notNeeded]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[Self.id]
      endedAt = try values[Self.endedAt]
      isNotNeeded = try values[Self.notNeeded] ?? false
    }

    /// What a link that ended can still be told: that nothing has to take its place.
    fileprivate func completes(_ row: LinkRow) -> Bool { isNotNeeded && !row.isNotNeeded && (endedAt == nil || endedAt == row.endedAt) }
  }

  package static let declaration = Declaration(
    "supplier_link.end", "End-date the link of a contract line to a supplier's service.", zh: "终止合同行与供应商服务的关联。", permission: "contract.manage",
    roles: SupplierRights.managers, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> SupplierLinkOutput {
    guard let row = try await context.transaction.first(SupplierLinkByPublicId(tenant: context.tenant.id, publicId: input.id)) else { throw Failure.notFound }
    try context.requireVersion(row.version)
    guard row.endedAt == nil || input.completes(row) else { throw Failure(.conflict, SuppliersMessages.alreadyEnded) }
    let at = row.endedAt ?? input.endedAt ?? context.now
    guard at > row.validFrom else { throw Failure.invalid("endedAt", SuppliersMessages.linkOrder, ["start": row.validFrom.description]) }
    let advanced = try await context.transaction.first(
      CloseSupplierLink(tenant: context.tenant.id, id: row.id, version: row.version, at: at, isNotNeeded: input.isNotNeeded))
    guard let version = advanced else { throw context.beaten }
    context.record(
      Event(
        subjectKind: "supplier_link", subject: row.id, seq: version, type: "supplier_link.ended",
        payload: .object(["link": .id(input.id), "endedAt": .instant(at), "notNeeded": .bool(input.isNotNeeded)]), occurredAt: context.now))
    return try await context.supplierLinkOutput(input.id)
  }
}

package enum ListSupplierLinks: Operation {
  package struct Input: OperationInput {
    let line: PublicId
    let limit: Int64?
    let cursor: String?

    package static let fields: [any InputField] = [AddSupplierLink.Input.line, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      line = try values[AddSupplierLink.Input.line]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "supplier_link.list", "List the suppliers' services that a contract line rests on, those that ended included.",
    zh: "列出合同行所依赖的供应商服务，包括已终止的关联。", permission: "supplier.read", roles: SupplierRights.staff, reach: .one(by: "line"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<SupplierLinkOutput> {
    let tenant = context.tenant.id
    guard let line = try await context.transaction.first(LineOfId(tenant: tenant, publicId: input.line)) else { throw context.unknownReference("line") }
    let filter = input.line.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      LinksOfLine(tenant: tenant, line: line, afterId: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.integer($0.id)])
    } element: {
      SupplierLinkOutput($0, in: context)
    }
  }
}

extension OperationContext {
  fileprivate func supplierLinkOutput(_ id: PublicId) async throws -> SupplierLinkOutput {
    guard let row = try await transaction.first(SupplierLinkByPublicId(tenant: tenant.id, publicId: id)) else { throw Failure.notFound }
    subject(id)
    return SupplierLinkOutput(row, in: self)
  }
}
