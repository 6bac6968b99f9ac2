import Desk
import Kernel
import Operations

/// Who watches a release, of those who see it.
package enum ReleaseWatching: WatchedProcess {
  package typealias Note = ReleaseNote

  package static let id = ReleaseFields.id

  package static func find(_ id: PublicId, in context: OperationContext) async throws -> WatchedRecord {
    let release = try await context.release(id)
    return WatchedRecord(.release(release.id), version: release.version) {
      guard let found = try await context.transaction.first(ReadersOfRelease(provider: context.provider.id, release: release.id)) else {
        throw Failure.notFound
      }
      return found
    }
  }
}

/// Somebody of the staff wants to be told what happens to a release. It needs no version: it stands beside it. Who watches it already goes on to.
package enum WatchRelease: Operation {
  package typealias Input = StaffWatchInput<ReleaseWatching>

  package static let declaration = Declaration(
    "release.watch", "Watch a release: oneself, or a member of the staff who may see it.", zh: "关注发布：本人，或指定有权查看的服务商人员。",
    roles: ChangeRights.readers, reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    try await context.watch(input)
  }
}

package enum UnwatchRelease: Operation {
  package typealias Input = StaffWatchInput<ReleaseWatching>

  package static let declaration = Declaration(
    "release.unwatch", "Watch a release no more.", zh: "取消关注发布。", permission: "release.watch", roles: ChangeRights.readers, reach: .provider,
    effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    try await context.unwatch(input)
  }
}

package enum ListReleaseWatchers: Operation {
  package typealias Input = PageOfRelease

  package static let declaration = Declaration(
    "release.watchers", "List who watches a release.", zh: "列出发布的关注者。", permission: ChangeRights.read, roles: ChangeRights.readers,
    reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<StaffWatcherRecord> {
    try await context.watchers(of: ReleaseWatching.self, input.id, input.limit, input.cursor)
  }
}
