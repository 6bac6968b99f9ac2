import Desk
import Kernel
import Operations

/// Who watches a major incident, of those who see it.
package enum MajorWatching: WatchedProcess {
  package typealias Note = MajorNote

  package static let id = MajorFields.id

  package static func find(_ id: PublicId, in context: OperationContext) async throws -> WatchedRecord {
    let major = try await context.major(id)
    return WatchedRecord(.majorIncident(major.id), version: major.version) {
      guard let found = try await context.transaction.first(ReadersOfMajor(provider: context.provider.id, major: major.id)) else {
        throw Failure.notFound
      }
      return found
    }
  }
}

/// Somebody of the staff wants to be told what happens to a major incident. It needs no version: it stands beside it. Who watches it already goes on to.
package enum WatchMajor: Operation {
  package typealias Input = StaffWatchInput<MajorWatching>

  package static let declaration = Declaration(
    "major_incident.watch", "Watch a major incident: oneself, or a member of the staff who may see it.", zh: "关注重大事件：本人，或指定有权查看的服务商人员。",
    roles: MajorRights.readers, reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    try await context.watch(input)
  }
}

package enum UnwatchMajor: Operation {
  package typealias Input = StaffWatchInput<MajorWatching>

  package static let declaration = Declaration(
    "major_incident.unwatch", "Watch a major incident no more.", zh: "取消关注重大事件。", permission: "major_incident.watch", roles: MajorRights.readers,
    reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    try await context.unwatch(input)
  }
}

package enum ListMajorWatchers: Operation {
  package typealias Input = PageOfMajor

  package static let declaration = Declaration(
    "major_incident.watchers", "List who watches a major incident.", zh: "列出重大事件的关注者。", permission: MajorRights.read, roles: MajorRights.readers,
    reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<StaffWatcherRecord> {
    try await context.watchers(of: MajorWatching.self, input.id, input.limit, input.cursor)
  }
}
