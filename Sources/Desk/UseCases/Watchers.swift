import Kernel
import Operations

/// One who watches an incident or a request.
package struct WatcherRecord: OperationOutput {
  let row: FoundWatcher
  let person: PublicId?
  let staff: PublicId?
  let name: String?

  /// - Parameter name: of an account; a person's stands in the row.
  package init(_ row: FoundWatcher, name: String?, in context: OperationContext) {
    self.row = row
    person = row.person.map { context.id(.person, $0) }
    staff = row.accountBits.map { context.id(.staff, $0) }
    self.name = row.personName ?? name
  }

  package static let fields: [OutputField<WatcherRecord>] = [
    OutputField("person", .id, "The person of the customer.", "客户人员。") { .id($0.person) },
    OutputField("staff", .id, "Or the member of the staff.", "或服务商人员。") { .id($0.staff) },
    OutputField("name", .text, "Their name.", "姓名。") { .text($0.name) },
    OutputField("since", .instant, "Since when.", "开始关注的时间。") { .instant($0.row.since) },
  ]
}

/// The fields that name who is to watch a customer's ticket.
package enum WatcherFields {
  package static let person = Field.id("person", .person, "A person of the customer (default: oneself); staff only.", "客户人员（默认本人；仅服务商人员可指定他人）。").optional
  package static let staff = Field.id("staff", .staff, "A member of the staff (default: oneself); staff only.", "服务商人员（默认本人；仅服务商人员可指定）。").optional
}

/// What it takes to read what is watched, and what is said where nobody is named or somebody may not.
package struct WatcherTerms: Sendable {
  let permission: String
  let whoWatches: Message
  let mayNotRead: Message

  package init(permission: String, whoWatches: Message, mayNotRead: Message) {
    self.permission = permission
    self.whoWatches = whoWatches
    self.mayNotRead = mayNotRead
  }

  static let ofIncidents = WatcherTerms(permission: "incident.read", whoWatches: SpineMessages.whoWatches, mayNotRead: SpineMessages.mayNotRead)
}

package struct WatchInput: OperationInput {
  let id: PublicId
  let person: PublicId?
  let staff: PublicId?

  package static let fields: [any InputField] = [IncidentFields.id, WatcherFields.person, WatcherFields.staff]

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[IncidentFields.id]
    person = try values[WatcherFields.person]
    staff = try values[WatcherFields.staff]
  }
}

/// Somebody wants to be told what happens to an incident.
package enum WatchIncident: Operation {
  package typealias Input = WatchInput

  package static let declaration = Declaration(
    "incident.watch", "Watch an incident: oneself, or for the staff whom they name.", zh: "关注事件：本人，或由服务商人员指定他人。",
    roles: IncidentFields.readers, scopes: IncidentFields.everyScope, reach: .oneAndProvider(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let watchers = try await context.watchers(input.person, input.staff, withLeft: false, on: .ofIncidents)
    var work = try await TicketWork.begin(on: input.id, in: context, comparesVersion: false)
    for watcher in watchers {
      let begun = try await context.transaction.first(
        InsertWatcher(tenant: context.tenant.id, ticket: work.ticket.id, watcher: watcher, now: context.now))
      guard begun != nil else { throw Failure(.conflict, SpineMessages.watchesAlready) }
      work.note(TicketEventType.watched, context.told(watcher))
    }
    work.save(countsVersion: false)
    return Done(id: input.id, version: work.ticket.version)
  }
}

package enum UnwatchIncident: Operation {
  package typealias Input = WatchInput

  package static let declaration = Declaration(
    "incident.unwatch", "Watch an incident no more.", zh: "取消关注事件。", permission: "incident.watch", roles: IncidentFields.readers,
    scopes: IncidentFields.everyScope, reach: .oneAndProvider(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let watchers = try await context.watchers(input.person, input.staff, withLeft: true, on: .ofIncidents)
    var work = try await TicketWork.begin(on: input.id, in: context, comparesVersion: false)
    for watcher in watchers {
      let ended = try await context.transaction.first(DeleteWatcher(tenant: context.tenant.id, ticket: work.ticket.id, watcher: watcher))
      guard ended != nil else { throw Failure(.conflict, SpineMessages.watchesNot) }
      work.note(TicketEventType.unwatched, context.told(watcher))
    }
    work.save(countsVersion: false)
    return Done(id: input.id, version: work.ticket.version)
  }
}

package enum ListWatchers: Operation {
  package typealias Input = PageOfIncident

  package static let declaration = Declaration(
    "incident.watchers", "List who watches an incident.", zh: "列出事件的关注者。", roles: [.administrator, .accountManager, .engineer], reach: .one(by: "id"),
    effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<WatcherRecord> {
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let ticket = try await context.ticket(input.id)
    let rows = try await context.transaction.query(
      WatchersOfTicket(tenant: context.tenant.id, ticket: ticket.id, after: try after?.integer(0) ?? 0, limit: limit + 1))
    let accounts = rows.compactMap(\.account)
    var staff: [StaffOfIds.Found] = []
    if !accounts.isEmpty {
      staff = try await context.bound(to: [context.provider.id]) { try await $0.query(StaffOfIds(provider: context.provider.id, ids: accounts)) }
    }
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.id)]) }) { row in
      WatcherRecord(row, name: staff.first { $0.id == row.account }?.name, in: context)
    }
  }
}

extension OperationContext {
  /// Whom a call means: those that it names, or the caller.
  package func watchers(_ named: PublicId?, _ staff: PublicId?, withLeft: Bool, on terms: WatcherTerms) async throws -> [Watcher] {
    if principal.side == .customer {
      guard staff == nil else { throw unknownReference("staff") }
      guard let own = principal.person, let found = try await transaction.first(PersonForTicket(tenant: tenant.id, publicId: nil, id: own)) else {
        throw Failure.invalid("person", terms.whoWatches)
      }
      guard named.map({ $0.random == found.person.publicId }) ?? true else { throw unknownReference("person") }
      return [.person(found.person)]
    }
    var watchers: [Watcher] = []
    if let person = named {
      guard let found = try await transaction.first(PersonForTicket(tenant: tenant.id, publicId: person.random, id: nil)) else {
        throw unknownReference("person")
      }
      guard withLeft || !found.hasLeft else { throw Failure.invalid("person", AccountMessages.personLeft) }
      watchers.append(.person(found.person))
    }
    if let staff {
      watchers.append(.staff(try await withLeft ? member(staff) : reader(staff, on: terms)))
    }
    if watchers.isEmpty { watchers.append(.staff(try await ownAccount(or: terms.whoWatches))) }
    return watchers
  }

  /// One of the staff who may see the customer's tickets: nobody else would be told anything.
  private func reader(_ staff: PublicId, on terms: WatcherTerms) async throws -> Ticket.Reference {
    let statement = AccountAtCustomer(home: provider.id, publicId: staff, permission: terms.permission, customer: tenant.id, now: now)
    guard let found = try await transaction.first(statement), found.party.kind == Actor.Kind.staff.rawValue else { throw unknownReference("staff") }
    guard found.may else { throw Failure.invalid("staff", terms.mayNotRead) }
    return Ticket.Reference(id: found.party.id, publicId: staff.random)
  }

  private func member(_ staff: PublicId) async throws -> Ticket.Reference {
    guard let id = try await transaction.first(StaffToFilterBy(provider: provider.id, publicId: staff)) else { throw unknownReference("staff") }
    return Ticket.Reference(id: id, publicId: staff.random)
  }

  /// The caller's own account of the provider's tenant, which is bound; the operator at the machine has none.
  func ownAccount(or message: Message) async throws -> Ticket.Reference {
    guard actor.kind == .staff, let bits = try await transaction.first(AccountBits(provider: provider.id, account: actor.id)) else {
      throw Failure.invalid("", message)
    }
    return Ticket.Reference(id: actor.id, publicId: bits)
  }

  /// What the history says of one.
  package func told(_ watcher: Watcher) -> Value {
    switch watcher {
    case .person(let person): .object(["person": .id(id(.person, person.publicId))])
    case .staff(let account): .object(["staff": .id(id(.staff, account.publicId))])
    }
  }
}
