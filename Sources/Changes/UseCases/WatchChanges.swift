import Desk
import Kernel
import Operations

package struct WatchChangeInput: OperationInput {
  let id: PublicId
  let staff: PublicId?

  package static let fields: [any InputField] = [ChangeFields.id, WatchFields.staff]

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[ChangeFields.id]
    staff = try values[WatchFields.staff]
  }
}

/// Somebody of the staff wants to be told what happens to a change. It needs no version: it stands beside it. Who watches it already goes on to.
package enum WatchChange: Operation {
  package typealias Input = WatchChangeInput

  package static let declaration = Declaration(
    "change.watch", "Watch a change: oneself, or a member of the staff who may see it.", zh: "关注变更：本人，或指定有权查看的服务商人员。",
    roles: ChangeRights.readers, reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let change = try await context.change(input.id)
    let told = try await context.watch(.change(change.id), input.staff, readBy: try await context.readers(of: change))
    return context.note(.watched, told, on: change, input.id)
  }
}

package enum UnwatchChange: Operation {
  package typealias Input = WatchChangeInput

  package static let declaration = Declaration(
    "change.unwatch", "Watch a change no more.", zh: "取消关注变更。", permission: "change.watch", roles: ChangeRights.readers, reach: .provider,
    effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let change = try await context.change(input.id)
    return context.note(.unwatched, try await context.unwatch(.change(change.id), input.staff), on: change, input.id)
  }
}

package enum ListChangeWatchers: Operation {
  package typealias Input = PageOfChange

  package static let declaration = Declaration(
    "change.watchers", "List who watches a change.", zh: "列出变更的关注者。", permission: ChangeRights.read, roles: ChangeRights.readers,
    reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<StaffWatcherRecord> {
    let change = try await context.change(input.id)
    return try await context.watchers(of: .change(change.id), input.id, input.limit, input.cursor, readBy: try await context.readers(of: change))
  }
}

extension OperationContext {
  fileprivate func readers(of change: ChangeRow) async throws -> Readership {
    guard let found = try await transaction.first(ReadersOfChange(provider: provider.id, change: change.id)) else { throw Failure.notFound }
    return found
  }

  /// - Parameter told: what the history says of it; nil: nothing changed.
  fileprivate func note(_ turn: WatchTurn, _ told: Value?, on change: ChangeRow, _ id: PublicId) -> Done {
    subject(id)
    if let told {
      transaction.enqueue(ChangeNote("change.\(turn.rawValue)", told, on: change.id, of: provider.id, by: actor, at: now))
    }
    return Done(id: id, version: change.version)
  }
}
