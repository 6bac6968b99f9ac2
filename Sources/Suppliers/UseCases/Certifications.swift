import Kernel
import Operations
import ServiceTime

package struct CertificationOutput: OperationOutput {
  let id: PublicId
  let supplier: PublicId
  let row: CertificationRow
  /// The provider's day.
  let today: CalendarDate

  init(_ row: CertificationRow, today: CalendarDate, in context: OperationContext) {
    id = context.id(.certification, row.publicId)
    supplier = context.id(.supplier, row.supplier)
    self.row = row
    self.today = today
  }

  var state: String {
    if row.endedAt != nil { return "ended" }
    if row.expiresOn < today { return "expired" }
    return row.warnOn <= today ? "due" : "valid"
  }

  package static let fields: [OutputField<CertificationOutput>] = [
    OutputField("id", .id, "The certification.", "认证编号。") { .id($0.id) },
    OutputField("supplier", .id, "The supplier.", "供应商。") { .id($0.supplier) },
    OutputField("supplierCode", .text, "The supplier's code.", "供应商代码。") { .text($0.row.supplierCode) },
    OutputField("name", .text, "What is certified: ISO/IEC 27001.", "认证名称，例如 ISO/IEC 27001。") { .text($0.row.name) },
    OutputField("issuer", .text, "Who certifies it.", "发证机构。") { .text($0.row.issuer) },
    OutputField("reference", .text, "The certificate's number.", "证书编号。") { .text($0.row.reference) },
    OutputField("validFrom", .date, "The first day on which it is valid.", "生效日。") { .date($0.row.validFrom) },
    OutputField("expiresOn", .date, "The last day on which it is valid.", "有效期最后一天。") { .date($0.row.expiresOn) },
    OutputField("warnOn", .date, "From when on it is on the due list.", "自此日起列入到期提醒。") { .date($0.row.warnOn) },
    OutputField("state", .text, "valid, due, expired or ended.", "状态：valid（有效）、due（即将到期）、expired（已过期）或 ended（已终止）。") { .text($0.state) },
    OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer($0.row.version) },
  ]
}

package enum RecordCertification: Operation {
  package struct Input: OperationInput {
    let supplier: PublicId
    let name: String
    let issuer: String?
    let reference: String?
    let validOn: CalendarDate
    let expiresOn: CalendarDate
    let warnDays: Int64

    private static let name = Field.text("name", 1...200, "What is certified: ISO/IEC 27001.", "认证名称，例如 ISO/IEC 27001。")
    private static let issuer = Field.text("issuer", 1...200, "Who certifies it.", "发证机构。").optional
    private static let reference = Field.text("reference", 1...200, "The certificate's number.", "证书编号。").optional
    private static let validOn = Field.date("validOn", "The first day on which it is valid.", "生效日。")
    private static let expiresOn = Field.date("expiresOn", "The last day on which it is valid.", "有效期最后一天。")
    private static let warnDays = Field.integer(
      "warnDays", 0...3650, "How many days before it is put on the due list (default 90).", "提前多少天列入到期提醒（默认 90）。"
    ).optional

    package static let fields: [any InputField] = [SupplierFields.supplier, name, issuer, reference, validOn, expiresOn, warnDays]

    package init(_ values: InputValues) throws(FieldError) {
      supplier = try values[SupplierFields.supplier]
      name = try values[Self.name]
      issuer = try values[Self.issuer]
      reference = try values[Self.reference]
      validOn = try values[Self.validOn]
      expiresOn = try values[Self.expiresOn]
      warnDays = try values[Self.warnDays] ?? 90
    }
  }

  package static let declaration = Declaration(
    "certification.record", "Record a certification of a supplier; a renewal is recorded like a new one.", zh: "登记供应商认证；续证同新证登记。",
    permission: "supplier.manage", roles: SupplierRights.managers, scopes: SupplierRights.everyone, reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CertificationOutput {
    guard input.expiresOn >= input.validOn else { throw Failure.invalid("expiresOn", SuppliersMessages.expiryOrder) }
    let supplier = try await context.activeSupplier(input.supplier)
    let id = context.newId(.certification)
    context.transaction.enqueue(
      InsertCertification(
        publicId: id, supplier: supplier.id, name: input.name, issuer: input.issuer, reference: input.reference, validFrom: input.validOn,
        expiresOn: input.expiresOn, warnOn: input.expiresOn.adding(days: -input.warnDays), now: context.now))
    return try await context.certificationOutput(id)
  }
}

package enum EndCertification: Operation {
  package struct Input: OperationInput {
    let id: PublicId

    private static let id = Field.id("id", .certification, "The certification.", "认证编号。")

    package static let fields: [any InputField] = [id]

    package init(_ values: InputValues) throws(FieldError) { id = try values[Self.id] }
  }

  package static let declaration = Declaration(
    "certification.end", "End-date a certification: renewed, withdrawn or no longer needed.", zh: "终止认证记录：已续证、被撤销或不再需要。",
    permission: "supplier.manage", roles: SupplierRights.managers, scopes: SupplierRights.everyone, reach: .provider, effect: .change,
    requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CertificationOutput {
    guard let row = try await context.transaction.first(CertificationByPublicId(publicId: input.id)) else { throw Failure.notFound }
    try context.requireVersion(row.version)
    guard row.endedAt == nil else { throw Failure(.conflict, SuppliersMessages.alreadyEnded) }
    guard try await context.transaction.first(CloseCertification(id: row.id, version: row.version, at: context.now)) != nil else { throw context.beaten }
    return try await context.certificationOutput(input.id)
  }
}

package enum ListCertifications: Operation {
  package typealias Input = OfSupplier

  package static let declaration = Declaration(
    "certification.list", "List a supplier's certifications by expiry.", zh: "按到期日列出供应商的认证。", permission: "supplier.read",
    roles: SupplierRights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<CertificationOutput> {
    let supplier = try await context.supplier(input.supplier, path: "supplier")
    let filter = input.supplier.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      CertificationsOfSupplier(supplier: supplier.id, afterExpiry: try after.expiry, afterId: try after?.integer(1) ?? 0, limit: limit + 1))
    let today = context.providerDay
    return context.listing(rows, limit: limit, filter: filter) {
      $0.cursor
    } element: {
      CertificationOutput($0, today: today, in: context)
    }
  }
}

package enum DueCertifications: Operation {
  package struct Input: OperationInput {
    let on: CalendarDate?
    let limit: Int64?
    let cursor: String?

    private static let on = Field.date("on", "The day by which a warning is due (default: today).", "以哪一天为准（默认今天）。").optional

    package static let fields: [any InputField] = [on, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      on = try values[Self.on]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "certification.due", "List the certifications of all suppliers that expire soon or have expired.", zh: "列出所有供应商即将到期或已过期的认证。",
    permission: "supplier.read", roles: SupplierRights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<CertificationOutput> {
    let today = context.providerDay
    let day = input.on ?? today
    // Without the day of the call, so that a page that is turned after midnight goes on where it was.
    let filter = input.on?.description ?? ""
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      CertificationsDue(on: day, afterExpiry: try after.expiry, afterId: try after?.integer(1) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) {
      $0.cursor
    } element: {
      CertificationOutput($0, today: day, in: context)
    }
  }
}

extension CertificationRow {
  fileprivate var cursor: PageCursor { PageCursor([.integer(expiresOn.daysSinceEpoch), .integer(id)]) }
}

extension PageCursor? {
  /// The day behind which a page begins; before all days for the first one.
  fileprivate var expiry: CalendarDate {
    get throws(Failure) { CalendarDate(daysSinceEpoch: try self?.integer(0) ?? -1_000_000) }
  }
}

extension OperationContext {
  /// The day in the provider's zone.
  var providerDay: CalendarDate { Zone.named(provider.zone)?.date(at: now) ?? now.utcDay }

  fileprivate func certificationOutput(_ id: PublicId) async throws -> CertificationOutput {
    guard let row = try await transaction.first(CertificationByPublicId(publicId: id)) else { throw Failure.notFound }
    subject(id)
    return CertificationOutput(row, today: providerDay, in: self)
  }
}
