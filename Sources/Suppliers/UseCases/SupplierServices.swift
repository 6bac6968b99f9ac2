import Kernel
import Operations

package struct SupplierServiceOutput: OperationOutput {
  let id: PublicId
  let supplier: PublicId
  let row: SupplierServiceRow

  init(_ row: SupplierServiceRow, in context: OperationContext) {
    id = context.id(.supplierService, row.publicId)
    supplier = context.id(.supplier, row.supplier)
    self.row = row
  }

  package static let fields: [OutputField<SupplierServiceOutput>] = [
    OutputField("id", .id, "The service.", "服务编号。") { .id($0.id) },
    OutputField("supplier", .id, "Whose it is.", "所属供应商。") { .id($0.supplier) },
    OutputField("supplierCode", .text, "The supplier's code.", "供应商代码。") { .text($0.row.supplierCode) },
    OutputField("name", .text, "Its name.", "名称。") { .text($0.row.name) },
    OutputField("region", .text, "Its region; empty: everywhere.", "区域；空表示所有区域。") { .text($0.row.region) },
    OutputField("instance", .text, "Its instance; empty: the one there is.", "实例；空表示唯一实例。") { .text($0.row.instance) },
    OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer($0.row.version) },
  ]
}

package enum AddSupplierService: Operation {
  package struct Input: OperationInput {
    let supplier: PublicId
    let name: String
    let region: String?
    let instance: String?

    static let name = Field.text("name", 1...200, "The service's name, as the supplier calls it.", "服务名称，以供应商的叫法为准。")
    static let region = Field.text("region", 1...100, "Its region; left out: everywhere.", "区域；不填表示所有区域。").optional
    static let instance = Field.text("instance", 1...100, "Its instance; left out: the one there is.", "实例；不填表示唯一实例。").optional

    package static let fields: [any InputField] = [SupplierFields.supplier, name, region, instance]

    package init(_ values: InputValues) throws(FieldError) {
      supplier = try values[SupplierFields.supplier]
      name = try values[Self.name]
      region = try values[Self.region]
      instance = try values[Self.instance]
    }
  }

  package static let declaration = Declaration(
    "supplier_service.add", "Record a service of a supplier, which can be down by itself.", zh: "登记供应商的一项服务（可单独中断）。",
    permission: "supplier.manage", roles: SupplierRights.managers, scopes: SupplierRights.everyone, reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> SupplierServiceOutput {
    let supplier = try await context.activeSupplier(input.supplier)
    let id = context.newId(.supplierService)
    context.transaction.enqueue(
      InsertServices(
        supplier: supplier.id, publicIds: [id], names: [input.name], regions: [input.region ?? ""], instances: [input.instance ?? ""],
        now: context.now))
    context.subject(id)
    return SupplierServiceOutput(try await context.supplierService(id, path: "id"), in: context)
  }
}

package enum ListSupplierServices: Operation {
  package typealias Input = OfSupplier

  package static let declaration = Declaration(
    "supplier_service.list", "List a supplier's services by name.", zh: "按名称列出供应商的服务。", permission: "supplier.read",
    roles: SupplierRights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<SupplierServiceOutput> {
    let supplier = try await context.supplier(input.supplier, path: "supplier")
    let filter = input.supplier.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      ServicesOfSupplier(
        supplier: supplier.id, afterName: try after?.text(0) ?? "", afterRegion: try after?.text(1) ?? "", afterInstance: try after?.text(2) ?? "",
        limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) { row in
      PageCursor([.text(row.name), .text(row.region), .text(row.instance)])
    } element: { row in
      SupplierServiceOutput(row, in: context)
    }
  }
}
