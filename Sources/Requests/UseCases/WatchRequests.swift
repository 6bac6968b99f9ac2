import Desk
import Kernel
import Operations

package struct WatchRequestInput: OperationInput {
  let id: PublicId
  let person: PublicId?
  let staff: PublicId?

  package static let fields: [any InputField] = [RequestReference.id, WatcherFields.person, WatcherFields.staff]

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[RequestReference.id]
    person = try values[WatcherFields.person]
    staff = try values[WatcherFields.staff]
  }
}

/// Somebody wants to be told what happens to a request. It needs no version: it stands beside it. Who watches it already goes on to.
package enum WatchRequest: Operation {
  package typealias Input = WatchRequestInput

  package static let declaration = Declaration(
    "request.watch", "Watch a request: oneself, or for the staff whom they name.", zh: "关注请求：本人，或由服务商人员指定他人。", roles: RequestRights.orderers,
    scopes: RequestRights.everyScope, reach: .oneAndProvider(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let watchers = try await context.watchers(input.person, input.staff, withLeft: false, on: .ofRequests)
    return try await context.watch(input.id, watchers, noting: RequestNote.watched) { request, watcher in
      try await context.transaction.first(
        InsertRequestWatcher(tenant: context.tenant.id, request: request, watcher: watcher, now: context.now)) != nil
    }
  }
}

package enum UnwatchRequest: Operation {
  package typealias Input = WatchRequestInput

  package static let declaration = Declaration(
    "request.unwatch", "Watch a request no more.", zh: "取消关注请求。", permission: "request.watch", roles: RequestRights.orderers,
    scopes: RequestRights.everyScope, reach: .oneAndProvider(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let watchers = try await context.watchers(input.person, input.staff, withLeft: true, on: .ofRequests)
    return try await context.watch(input.id, watchers, noting: RequestNote.unwatched) { request, watcher in
      try await context.transaction.first(DeleteRequestWatcher(tenant: context.tenant.id, request: request, watcher: watcher)) != nil
    }
  }
}

package enum ListRequestWatchers: Operation {
  package typealias Input = ReadRequestHistory.Input

  package static let declaration = Declaration(
    "request.watchers", "List who watches a request.", zh: "列出请求的关注者。", roles: [.administrator, .accountManager, .engineer], reach: .one(by: "id"),
    effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<WatcherRecord> {
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let request = try await context.request(input.id)
    let rows = try await context.transaction.query(
      WatchersOfRequest(tenant: context.tenant.id, request: request.id, after: try after?.integer(0) ?? 0, limit: limit + 1))
    let provider = context.provider.id
    let accounts = rows.compactMap(\.account)
    var staff: [AccountNames.Found] = []
    if !accounts.isEmpty {
      staff = try await context.bound(to: [provider]) { try await $0.query(AccountNames(tenants: [provider.rawValue], ids: accounts)) }
    }
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.id)]) }) { row in
      WatcherRecord(row, name: staff.first { $0.id == row.account }?.name, in: context)
    }
  }
}

extension OperationContext {
  /// - Parameter change: whether anything changed: what did not is not told.
  fileprivate func watch(
    _ id: PublicId, _ watchers: [Watcher], noting type: String, _ change: (Int64, Watcher) async throws -> Bool
  ) async throws -> Done {
    subject(id)
    let row = try await request(id)
    // Whoever writes to a request holds it first.
    _ = try await transaction.first(HoldRequest(tenant: tenant.id, id: row.id))
    for watcher in watchers {
      guard try await change(row.id, watcher) else { continue }
      transaction.enqueue(RequestNote(type, told(watcher), on: row.id, of: tenant.id, by: actor, at: now))
    }
    return Done(id: id, version: row.version)
  }
}

extension WatcherTerms {
  fileprivate static let ofRequests = WatcherTerms(
    permission: "request.read", whoWatches: RequestMessages.whoWatches, mayNotRead: RequestMessages.watcherMayNotRead)
}
