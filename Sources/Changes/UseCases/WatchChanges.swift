import Desk
import Kernel
import Operations

/// Who watches a change, of those who see it.
package enum ChangeWatching: WatchedProcess {
  package typealias Note = ChangeNote

  package static let id = ChangeFields.id

  package static func find(_ id: PublicId, in context: OperationContext) async throws -> WatchedRecord {
    let change = try await context.change(id)
    return WatchedRecord(.change(change.id), version: change.version) {
      guard let found = try await context.transaction.first(ReadersOfChange(provider: context.provider.id, change: change.id)) else {
        throw Failure.notFound
      }
      return found
    }
  }
}

/// Somebody of the staff wants to be told what happens to a change. It needs no version: it stands beside it. Who watches it already goes on to.
package enum WatchChange: Operation {
  package typealias Input = StaffWatchInput<ChangeWatching>

  package static let declaration = Declaration(
    "change.watch", "Watch a change: oneself, or a member of the staff who may see it.", zh: "关注变更：本人，或指定有权查看的服务商人员。",
    roles: ChangeRights.readers, reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    try await context.watch(input)
  }
}

package enum UnwatchChange: Operation {
  package typealias Input = StaffWatchInput<ChangeWatching>

  package static let declaration = Declaration(
    "change.unwatch", "Watch a change no more.", zh: "取消关注变更。", permission: "change.watch", roles: ChangeRights.readers, reach: .provider,
    effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    try await context.unwatch(input)
  }
}

package enum ListChangeWatchers: Operation {
  package typealias Input = PageOfChange

  package static let declaration = Declaration(
    "change.watchers", "List who watches a change.", zh: "列出变更的关注者。", permission: ChangeRights.read, roles: ChangeRights.readers,
    reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<StaffWatcherRecord> {
    try await context.watchers(of: ChangeWatching.self, input.id, input.limit, input.cursor)
  }
}
