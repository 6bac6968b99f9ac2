import Kernel
import Operations

package enum CoverCi: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let line: PublicId?
    let validFrom: CalendarDate?

    private static let line = Field.id("line", .coveringLine, "A contract line of the customer; left out: none covers it any more.", "客户的合同行；不填表示不再覆盖。")
    private static let validFrom = Field.date("on", "The first day (default: today, in UTC).", "起始日（默认今天，按 UTC）。")

    package static let fields: [any InputField] = [CiReference.id, line.optional, validFrom.optional]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[CiReference.id]
      line = try values[Self.line.optional]
      validFrom = try values[Self.validFrom.optional]
    }
  }

  package static let declaration = Declaration(
    "ci.cover", "Say which contract line covers a configuration item from a day on: one at a time; for a day the last word counts.",
    zh: "设定自某日起覆盖配置项的合同行；同一时间只有一个，同一日以最后一次为准。",
    permission: "ci.cover", roles: AssetRights.managers, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CiDetail {
    let tenant = context.tenant.id
    let row = try await context.ci(input.id)
    try context.requireVersion(row.version)
    var line: CiContent.Reference?
    if let named = input.line {
      guard let found = try await context.transaction.first(LineByPublicId(tenant: tenant, publicId: named)) else { throw context.unknownReference("line") }
      line = CiContent.Reference(row: found, bits: named.random)
    }
    let validFrom = input.validFrom ?? context.today
    let before = try await context.transaction.query(CoverageOfCis(tenant: tenant, cis: [row.id])).last { $0.coverage.validFrom <= validFrom }
    try await context.cover([NewCoverage(ci: row, was: before?.coverage, becomes: Coverage(line: line, validFrom: validFrom))])
    return try await context.ciDetail(input.id)
  }
}
