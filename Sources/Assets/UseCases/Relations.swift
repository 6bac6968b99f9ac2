import Kernel
import Operations

enum RelationFields {
  static let kind = Field.oneOf(
    "kind", RelationKind.allCases.map(\.rawValue), "How the CI stands to the other, read from left to right.",
    "关系：runs_on 运行于、depends_on 依赖于、connected_to 连接到、part_of 属于、uses 使用。")
  static let to = Field.id("to", .ci, "The other CI.", "另一配置项。")
}

/// A CI, how it stands to another, and that other.
package struct RelationInput: OperationInput {
  let id: PublicId
  let kind: RelationKind
  let to: PublicId

  package static let fields: [any InputField] = [CiReference.id, RelationFields.kind, RelationFields.to]

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[CiReference.id]
    kind = RelationKind(rawValue: try values[RelationFields.kind]) ?? .dependsOn
    to = try values[RelationFields.to]
  }
}

package enum RelateCi: Operation {
  package typealias Input = RelationInput

  package static let declaration = Declaration(
    "ci.relate", "Record how a configuration item stands to another of the same customer.", zh: "登记配置项与同一客户另一配置项的关系。", permission: "ci.manage",
    roles: AssetRights.workers, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CiDetail {
    let tenant = context.tenant.id
    let row = try await context.ci(input.id)
    try context.requireVersion(row.version)
    let other = try await context.ci(input.to, path: "to")
    guard other.id != row.id else { throw Failure.invalid("to", AssetsMessages.toItself) }
    if input.kind == .partOf {
      _ = try await context.transaction.first(LockCis(tenant: tenant, act: .parts))
      guard try await !context.transaction.query(WholesOf(tenant: tenant, cis: [other.id])).contains(where: { $0.to == row.id }) else {
        throw Failure(.conflict, AssetsMessages.circle, ["name": other.content.name])
      }
    }
    guard try await context.relate([CiRelation(from: row, kind: input.kind, to: other)]) else {
      throw Failure(.conflict, AssetsMessages.relatedAlready)
    }
    return try await context.ciDetail(input.id)
  }
}

package enum UnrelateCi: Operation {
  package typealias Input = RelationInput

  package static let declaration = Declaration(
    "ci.unrelate", "Take a relation away; the histories of both keep it.", zh: "删除关系；双方的变更历史中保留。", permission: "ci.manage",
    roles: AssetRights.workers, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CiDetail {
    let row = try await context.ci(input.id)
    try context.requireVersion(row.version)
    let other = try await context.ci(input.to, path: "to")
    let deleted = try await context.transaction.first(
      DeleteRelation(tenant: context.tenant.id, from: row.id, to: other.id, kind: input.kind))
    guard deleted != nil else { throw Failure(.conflict, AssetsMessages.notRelated) }
    let relation = CiRelation(from: row, kind: input.kind, to: other)
    try await context.count(row, FieldChange("relation", was: context.told(relation, isLeft: true), became: .null), "unrelated")
    context.keep([CiChange(ci: other.id, seq: nil, change: FieldChange("relation", was: context.told(relation, isLeft: false), became: .null))])
    return try await context.ciDetail(input.id)
  }
}

package enum ListRelations: Operation {
  package typealias Input = PageOfCi

  package struct Entry: OperationOutput {
    let row: RelationsOfCi.Found
    let other: PublicId

    private var words: Message { row.isLeft ? row.kind.words.forward : row.kind.words.inverse }

    package static let fields: [OutputField<Entry>] = [
      OutputField("kind", .text, "runs_on, depends_on, connected_to, part_of or uses.", "关系类型。") { .text($0.row.kind.rawValue) },
      OutputField("words", .document, "How the CI stands to the other, by language.", "该配置项对另一配置项的关系（按语言）。") {
        LocalText(english: $0.words.english, chinese: $0.words.chinese).value ?? .null
      },
      OutputField("isLeft", .boolean, "Whether the kind is read from this CI; false: from the other.", "关系是否从本配置项读起；false 表示从另一配置项读起。") {
        .bool($0.row.isLeft)
      },
      OutputField("ci", .id, "The other CI.", "另一配置项。") { .id($0.other) },
      OutputField("name", .text, "What it is called.", "名称。") { .text($0.row.otherName) },
      OutputField("type", .text, "The code of its type.", "类型代码。") { .text($0.row.otherType) },
      OutputField("state", .text, "Its state.", "状态。") { .text($0.row.otherState) },
      OutputField("recordedAt", .instant, "When the relation was recorded.", "关系登记时间。") { .instant($0.row.recordedAt) },
    ]
  }

  package static let declaration = Declaration(
    "ci.relations", "List the relations of a configuration item, seen from its end.", zh: "从该配置项的角度列出其关系。", permission: "ci.impact",
    roles: AssetRights.staffAndCustomerManager, scopes: AssetRights.wholeCustomer, reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<Entry> {
    let row = try await context.ci(input.id)
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      RelationsOfCi(tenant: context.tenant.id, ci: row.id, after: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.integer($0.id)])
    } element: {
      Entry(row: $0, other: context.id(.ci, $0.other))
    }
  }
}
