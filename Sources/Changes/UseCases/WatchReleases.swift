import Desk
import Kernel
import Operations

package struct WatchReleaseInput: OperationInput {
  let id: PublicId
  let staff: PublicId?

  package static let fields: [any InputField] = [ReleaseFields.id, WatchFields.staff]

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[ReleaseFields.id]
    staff = try values[WatchFields.staff]
  }
}

/// Somebody of the staff wants to be told what happens to a release. It needs no version: it stands beside it. Who watches it already goes on to.
package enum WatchRelease: Operation {
  package typealias Input = WatchReleaseInput

  package static let declaration = Declaration(
    "release.watch", "Watch a release: oneself, or a member of the staff who may see it.", zh: "关注发布：本人，或指定有权查看的服务商人员。",
    roles: ChangeRights.readers, reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let release = try await context.release(input.id)
    let told = try await context.watch(.release(release.id), input.staff, readBy: try await context.readers(of: release))
    return context.note(.watched, told, on: release, input.id)
  }
}

package enum UnwatchRelease: Operation {
  package typealias Input = WatchReleaseInput

  package static let declaration = Declaration(
    "release.unwatch", "Watch a release no more.", zh: "取消关注发布。", permission: "release.watch", roles: ChangeRights.readers, reach: .provider,
    effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let release = try await context.release(input.id)
    return context.note(.unwatched, try await context.unwatch(.release(release.id), input.staff), on: release, input.id)
  }
}

package enum ListReleaseWatchers: Operation {
  package typealias Input = PageOfRelease

  package static let declaration = Declaration(
    "release.watchers", "List who watches a release.", zh: "列出发布的关注者。", permission: ChangeRights.read, roles: ChangeRights.readers,
    reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<StaffWatcherRecord> {
    let release = try await context.release(input.id)
    return try await context.watchers(of: .release(release.id), input.id, input.limit, input.cursor, readBy: try await context.readers(of: release))
  }
}

extension OperationContext {
  fileprivate func readers(of release: ReleaseRow) async throws -> Readership {
    guard let found = try await transaction.first(ReadersOfRelease(provider: provider.id, release: release.id)) else { throw Failure.notFound }
    return found
  }

  /// - Parameter told: what the history says of it; nil: nothing changed.
  fileprivate func note(_ turn: WatchTurn, _ told: Value?, on release: ReleaseRow, _ id: PublicId) -> Done {
    subject(id)
    if let told {
      transaction.enqueue(
        NoteRelease(provider: provider.id, release: release.id, type: "release.\(turn.rawValue)", payload: told, actor: actor, now: now))
    }
    return Done(id: id, version: release.version)
  }
}
