import Kernel
import Operations

package enum SetCiCost: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let cost: String?
    let currency: String?

    package static let fields: [any InputField] = [CiReference.id, CiFields.cost.optional, CiFields.currency.optional]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[CiReference.id]
      cost = try values[CiFields.cost.optional]
      currency = try values[CiFields.currency.optional]
    }
  }

  package static let declaration = Declaration(
    "ci_cost.set", "Say what a configuration item cost; without an amount, that nobody knows.", zh: "填写配置项的成本；不填金额表示未知。",
    permission: "ci_cost.manage", roles: AssetRights.financiers, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CiDetail {
    let row = try await context.ci(input.id)
    try context.requireVersion(row.version)
    var content = row.content
    switch (input.cost, input.currency) {
    case (let cost?, let currency?): content.cost = try CostRule.money(cost, currency)
    case (nil, nil): content.cost = nil
    default: throw Failure.invalid(input.cost == nil ? "cost" : "currency", AssetsMessages.costAndCurrency)
    }
    try await context.save(row, as: content, "priced")
    return try await context.ciDetail(input.id)
  }
}

package enum ReadCiCost: Operation {
  package struct Input: OperationInput {
    package static let fields: [any InputField] = [CustomerReference.field]

    package init(_ values: InputValues) throws(FieldError) {}
  }

  package struct Output: OperationOutput {
    let sums: [Sum]

    package struct Sum: OperationOutput {
      let type: String
      let count: Int64
      let cost: Money

      package static let fields: [OutputField<Sum>] = [
        OutputField("type", .text, "The code of a type.", "类型代码。") { .text($0.type) },
        OutputField("count", .integer, "How many of its CIs have a cost in this currency.", "以该货币计价的配置项数。") { .integer($0.count) },
        OutputField("cost", .decimal, "What they cost together.", "成本合计。") { .decimal($0.cost.amount) },
        OutputField("currency", .text, "The currency.", "货币。") { .text($0.cost.currency.code) },
      ]
    }

    package static let fields: [OutputField<Output>] = [
      OutputField("sums", listOf: Sum.self, "By type and currency.", "按类型与货币的合计。") { $0.sums }
    ]
  }

  package static let declaration = Declaration(
    "ci_cost.read", "Read what a customer's configuration items cost, by type and currency; those that were disposed of do not count.",
    zh: "按类型与货币查看客户配置项的成本合计；已处置的不计。", roles: AssetRights.financiers, reach: .one(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let rows = try await context.transaction.query(CostsByType(tenant: context.tenant.id))
    return Output(
      sums: try rows.map { row in
        guard let currency = Currency(code: row.currency), let sum = Int64(row.sum) else {
          throw Failure(.conflict, AssetsMessages.sumTooLarge, ["currency": row.currency])
        }
        return Output.Sum(type: row.type, count: row.count, cost: Money(minorUnits: sum, currency: currency))
      })
  }
}
