import Desk
import Kernel
import Operations

package struct WatchRequestInput: OperationInput {
  let id: PublicId
  let person: PublicId?
  let staff: PublicId?

  private static let person = Field.id("person", .person, "A person of the customer (default: oneself); staff only.", "客户人员（默认本人；仅服务商人员可指定他人）。").optional
  private static let staff = Field.id("staff", .staff, "A member of the staff (default: oneself); staff only.", "服务商人员（默认本人；仅服务商人员可指定）。").optional
  package static let fields: [any InputField] = [RequestReference.id, person, staff]

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[RequestReference.id]
    person = try values[Self.person]
    staff = try values[Self.staff]
  }
}

/// Somebody wants to be told what happens to a request. It needs no version: it stands beside it. Who watches it already goes on to.
package enum WatchRequest: Operation {
  package typealias Input = WatchRequestInput

  package static let declaration = Declaration(
    "request.watch", "Watch a request: oneself, or for the staff whom they name.", zh: "关注请求：本人，或由服务商人员指定他人。", roles: RequestRights.orderers,
    scopes: RequestRights.everyScope, reach: .oneAndProvider(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let watchers = try await context.requestWatchers(input, withLeft: false)
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
    let watchers = try await context.requestWatchers(input, withLeft: true)
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
    _ id: PublicId, _ watchers: [RequestWatcher], noting type: String, _ change: (Int64, RequestWatcher) async throws -> Bool
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

  /// Whom a call means: those that it names, or the caller.
  fileprivate func requestWatchers(_ input: WatchRequestInput, withLeft: Bool) async throws -> [RequestWatcher] {
    if principal.side == .customer {
      guard input.staff == nil else { throw unknownReference("staff") }
      guard let own = principal.person,
        let found = try await transaction.first(PersonsOfRequest(tenant: tenant.id, publicIds: [], own: own))
      else { throw Failure.invalid("person", RequestMessages.whoWatches) }
      guard input.person.map({ $0.random == found.publicId }) ?? true else { throw unknownReference("person") }
      return [.person(id: found.id, publicId: found.publicId)]
    }
    var watchers: [RequestWatcher] = []
    if let person = input.person {
      guard let found = try await transaction.first(PersonsOfRequest(tenant: tenant.id, publicIds: [person], own: nil)) else {
        throw unknownReference("person")
      }
      guard withLeft || !found.hasLeft else { throw Failure.invalid("person", AccountMessages.personLeft) }
      watchers.append(.person(id: found.id, publicId: found.publicId))
    }
    if let staff = input.staff {
      watchers.append(.staff(id: try await withLeft ? member(staff) : reader(staff), publicId: staff.random))
    }
    if watchers.isEmpty {
      guard actor.kind == .staff, let bits = try await transaction.first(StaffById(provider: provider.id, id: actor.id)) else {
        throw Failure.invalid("", RequestMessages.whoWatches)
      }
      watchers.append(.staff(id: actor.id, publicId: bits))
    }
    return watchers
  }

  /// One of the staff who may see the customer's requests: nobody else would be told anything.
  private func reader(_ staff: PublicId) async throws -> Int64 {
    let statement = AccountAtCustomer(home: provider.id, publicId: staff, permission: "request.read", customer: tenant.id, now: now)
    guard let found = try await transaction.first(statement), found.party.kind == Actor.Kind.staff.rawValue else { throw unknownReference("staff") }
    guard found.may else { throw Failure.invalid("staff", RequestMessages.watcherMayNotRead) }
    return found.party.id
  }

  private func member(_ staff: PublicId) async throws -> Int64 {
    guard let id = try await transaction.first(StaffToFilterBy(provider: provider.id, publicId: staff)) else { throw unknownReference("staff") }
    return id
  }

  private func told(_ watcher: RequestWatcher) -> Value {
    switch watcher {
    case .person(_, let publicId): .object(["person": .id(id(.person, publicId))])
    case .staff(_, let publicId): .object(["staff": .id(id(.staff, publicId))])
    }
  }
}
