import Desk
import Kernel
import Operations

package struct WatchMajorInput: OperationInput {
  let id: PublicId
  let staff: PublicId?

  package static let fields: [any InputField] = [MajorFields.id, WatchFields.staff]

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[MajorFields.id]
    staff = try values[WatchFields.staff]
  }
}

/// Somebody of the staff wants to be told what happens to a major incident. It needs no version: it stands beside it. Who watches it already goes on to.
package enum WatchMajor: Operation {
  package typealias Input = WatchMajorInput

  package static let declaration = Declaration(
    "major_incident.watch", "Watch a major incident: oneself, or a member of the staff who may see it.", zh: "关注重大事件：本人，或指定有权查看的服务商人员。",
    roles: MajorRights.readers, reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let major = try await context.major(input.id)
    let told = try await context.watch(.majorIncident(major.id), input.staff, readBy: try await context.readers(of: major))
    return context.note(.watched, told, on: major, input.id)
  }
}

package enum UnwatchMajor: Operation {
  package typealias Input = WatchMajorInput

  package static let declaration = Declaration(
    "major_incident.unwatch", "Watch a major incident no more.", zh: "取消关注重大事件。", permission: "major_incident.watch", roles: MajorRights.readers,
    reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let major = try await context.major(input.id)
    return context.note(.unwatched, try await context.unwatch(.majorIncident(major.id), input.staff), on: major, input.id)
  }
}

package enum ListMajorWatchers: Operation {
  package typealias Input = PageOfMajor

  package static let declaration = Declaration(
    "major_incident.watchers", "List who watches a major incident.", zh: "列出重大事件的关注者。", permission: MajorRights.read, roles: MajorRights.readers,
    reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<StaffWatcherRecord> {
    let major = try await context.major(input.id)
    return try await context.watchers(of: .majorIncident(major.id), input.id, input.limit, input.cursor, readBy: try await context.readers(of: major))
  }
}

extension OperationContext {
  fileprivate func readers(of major: MajorRow) async throws -> Readership {
    guard let found = try await transaction.first(ReadersOfMajor(provider: provider.id, major: major.id)) else { throw Failure.notFound }
    return found
  }

  /// - Parameter told: what the history says of it; nil: nothing changed.
  fileprivate func note(_ turn: WatchTurn, _ told: Value?, on major: MajorRow, _ id: PublicId) -> Done {
    subject(id)
    if let told {
      transaction.enqueue(
        NoteMajor(provider: provider.id, major: major.id, type: "major_incident.\(turn.rawValue)", payload: told, actor: actor, now: now))
    }
    return Done(id: id, version: major.version)
  }
}
