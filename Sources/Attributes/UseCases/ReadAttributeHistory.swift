import Kernel
import Operations

/// What an attribute was at any time: a value of years ago is read by what was written then.
package enum ReadAttributeHistory: Operation {
  package typealias Input = PageOf<AttributeInput>

  package struct Entry: OperationOutput {
    let found: RevisionsOfDefinition.Found

    package static let fields: [OutputField<Entry>] = [
      OutputField("revision", .integer, "Its number, from 1.", "修订号，从 1 开始。") { .integer($0.found.seq) },
      OutputField("content", .document, "What it said, by the fields of attribute.read; what is absent was not said.", "内容，字段同 attribute.read；未列出的为未填写。") {
        $0.found.content
      },
      OutputField("author", .text, "Who wrote it.", "修订人。") { .text($0.found.author) },
      OutputField("recordedAt", .instant, "When it was written.", "修订时间。") { .instant($0.found.recordedAt) },
    ]
  }

  package static let declaration = Declaration(
    "attribute.history", "List every revision of a custom attribute, the newest first.", zh: "列出自定义属性的全部修订，最新的在前。", permission: AttributeRights.manage,
    roles: AttributeRights.managers, scopes: AttributeRights.forAll, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<Entry> {
    let definition = try await context.attribute(input.id)
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      RevisionsOfDefinition(definition: definition.id, before: try after?.integer(0) ?? .max, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.integer($0.seq)])
    } element: {
      Entry(found: $0)
    }
  }
}
