import Desk
import Kernel
import Operations

/// What a change is to another one, of those that the caller sees.
package enum ChangeLinking: LinkedProcess {
  package typealias Note = ChangeNote
  package typealias Line = ChangeLine

  package static let id = ChangeFields.id
  package static let kind = Field.oneOf(
    "kind", [ProcessLinkKind.dependsOn, .relatesTo].map(\.rawValue),
    "What this change is to the other: depends_on (it is done after that one, in no circle) or relates_to.",
    "本变更与对方的关系：depends_on 依赖于其先完成（不成环）、relates_to 相关。")
  package static let to = Field.id("to", .change, "The other change.", "对方变更。")

  package static let told: [OutputField<LinkedTo<ChangeLinking>>] = LinkedTo.told(
    ChangeLine.facts { $0.line }, "What this change is to it: depends_on or relates_to; from the other end required_by.",
    "本变更与它的关系：depends_on、relates_to；从另一端看为 required_by。")

  package static func find(_ id: PublicId, in context: OperationContext) async throws -> LinkedRecord {
    let change = try await context.change(id)
    let concerned = try await context.transaction.query(
      ConcernedCustomers(provider: context.provider.id, change: change.id, customers: nil, limit: 2))
    // An event is one customer's affair at the most: what concerns several, or nobody yet, is told to who serves all.
    return LinkedRecord(.change(change.id), version: change.version, of: concerned.count == 1 ? concerned.first?.id : context.provider.id)
  }
}

/// It needs no version: it stands beside both. It forbids nothing.
package enum LinkChange: Operation {
  package typealias Input = ProcessLinkInput<ChangeLinking>

  package static let declaration = Declaration(
    "change.link", "Say what a change is to another one.", zh: "关联两个变更。", permission: ChangeRights.work, roles: ChangeRights.workers,
    reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done { try await context.link(input) }
}

package enum UnlinkChange: Operation {
  package typealias Input = ProcessLinkInput<ChangeLinking>

  package static let declaration = Declaration(
    "change.unlink", "End a link between two changes; that it was there stays in their history.", zh: "解除两个变更的关联；历史中仍保留记录。",
    permission: ChangeRights.work, roles: ChangeRights.workers, reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done { try await context.unlink(input) }
}

package enum ListLinksOfChange: Operation {
  package typealias Input = PageOfChange

  package static let declaration = Declaration(
    "change.links", "List the changes that a change is linked to, of those that the caller may see.", zh: "列出与变更关联且有权查看的其他变更。",
    permission: ChangeRights.read, roles: ChangeRights.readers, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<LinkedTo<ChangeLinking>> {
    let line = { (row: ChangeRow) in ChangeLine(row, in: context) }
    return try await context.links(of: ChangeLinking.self, input.id, input.limit, input.cursor, line: line) { try await context.change(input.id).id }
  }
}
