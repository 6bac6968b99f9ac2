import Kernel
import Operations

/// How critical a configuration item is: one of a list of codes that the provider keeps.
package struct CiTierOutput: OperationOutput {
  let row: CiTierRow

  package static let fields: [OutputField<CiTierOutput>] = [
    OutputField("code", .text, "The code by which targets and tickets name it.", "目标与工单引用的代码。") { .text($0.row.code) },
    OutputField("rank", .integer, "1 the most critical.", "级别，1 为最关键。") { .integer($0.row.rank) },
    OutputField("nameEn", .text, "Its name in English.", "英文名称。") { .text($0.row.name.english) },
    OutputField("nameZh", .text, "Its name in Chinese.", "中文名称。") { .text($0.row.name.chinese) },
    OutputField("active", .boolean, "Whether new targets and tickets may name it.", "新的目标与工单是否可引用。") { .bool($0.row.isActive) },
    OutputField("version", .integer, "For If-Match of whoever says it anew.", "重新设置时所需的 If-Match 版本号。") { .integer($0.row.version) },
  ]
}

/// Adds a tier, or says anew what a code means. What names a code that is retired keeps it.
package enum SetCiTier: Operation {
  package struct Input: OperationInput {
    let code: String
    let rank: Int64
    let nameEn: String?
    let nameZh: String?
    let active: Bool

    private static let code = Field.text("code", 1...32, "The code: a-z, 0-9, _ and -.", "代码：a-z、0-9、_ 和 -。")
    private static let rank = Field.integer("rank", 1...99, "1 the most critical.", "级别，1 为最关键。")
    private static let nameEn = Field.text("nameEn", 1...100, "Its name in English.", "英文名称。").optional
    private static let nameZh = Field.text("nameZh", 1...100, "Its name in Chinese.", "中文名称。").optional
    private static let active = Field.boolean("active", "Whether new targets and tickets may name it (default true).", "新的目标与工单是否可引用（默认是）。").optional

    package static let fields: [any InputField] = [code, rank, nameEn, nameZh, active]

    package init(_ values: InputValues) throws(FieldError) {
      code = try values[Self.code]
      guard Self.isCode(code) else { throw FieldError("code", ContractsMessages.badTierCode) }
      rank = try values[Self.rank]
      nameEn = try values[Self.nameEn]
      nameZh = try values[Self.nameZh]
      active = try values[Self.active] ?? true
    }

    private static func isCode(_ text: String) -> Bool {
      let isAlphanumeric = { (byte: UInt8) in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      }
      return text.utf8.first.map(isAlphanumeric) ?? false
        && text.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
    }
  }

  package static let declaration = Declaration(
    "ci_tier.set", "Add a CI tier, or, with the version that was seen, say anew what its code means.", zh: "新增配置项等级，或凭所见版本修改其代码的含义。", permission: "sla.manage",
    roles: Rights.managers,
    scopes: [.all], reach: .provider, effect: .create, replacesByVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CiTierOutput {
    let version = try await context.transaction.first(VersionOfCiTier(code: input.code))
    try context.requireVersion(ofExisting: version)
    let name = LocalText(english: input.nameEn ?? (input.nameZh == nil ? input.code : nil), chinese: input.nameZh)
    let set = try await context.transaction.first(
      SetCiTierRow(code: input.code, rank: input.rank, name: name, isActive: input.active, now: context.now, version: version))
    guard let set else {
      throw Failure(
        .versionMismatch, OperationMessages.versionMismatch, ["expected": String(version ?? 0), "current": String((version ?? 0) + 1)])
    }
    context.subject(context.provider.publicId)
    context.record(
      Event(
        subjectKind: "ci_tier", subject: set.id, seq: set.tier.version, type: "ci_tier.set",
        payload: .object(["code": .text(input.code), "rank": .integer(input.rank), "active": .bool(input.active)]), occurredAt: context.now))
    return CiTierOutput(row: set.tier)
  }
}

package enum ListCiTiers: Operation {
  package typealias Input = PageInput

  package static let declaration = Declaration(
    "ci_tier.list", "List the CI tiers, the most critical first.", zh: "列出配置项等级，最关键的在前。", permission: "sla.read", roles: Rights.staff, reach: .provider,
    effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<CiTierOutput> {
    let (limit, after) = try context.page(input.limit, input.cursor)
    let rows = try await context.transaction.query(
      CiTiers(afterRank: try after?.integer(0) ?? 0, afterCode: try after?.text(1) ?? "", limit: limit + 1))
    return context.listing(rows, limit: limit) { row in
      PageCursor([.integer(row.rank), .text(row.code)])
    } element: { row in
      CiTierOutput(row: row)
    }
  }
}
