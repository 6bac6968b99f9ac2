import Kernel
import Operations

/// The CI that a body names: of the customer, one that the provider shares, or one of each.
struct SomeCis: Sendable {
  let ci: PublicId?
  let sharedCi: PublicId?

  private static let ci = Field.id("ci", .ticketCi, "A configuration item of the customer.", "客户的配置项。")
  private static let sharedCi = Field.id("sharedCi", .sharedCi, "One that the provider shares and that affects the customer.", "影响该客户的服务商共享配置项。")
  static let fields: [any InputField] = [ci.optional, sharedCi.optional]

  init(_ values: InputValues) throws(FieldError) {
    ci = try values[Self.ci.optional]
    sharedCi = try values[Self.sharedCi.optional]
    if ci == nil, sharedCi == nil { throw FieldError("ci", InputMessages.requiredHere) }
  }

  /// With the fields that name them.
  var keys: [(key: NamedCi.Key, path: String)] {
    [ci.map { (NamedCi.Key(isShared: false, publicId: $0.random), "ci") }, sharedCi.map { (NamedCi.Key(isShared: true, publicId: $0.random), "sharedCi") }]
      .compactMap { $0 }
  }
}

enum TicketCiFields {
  static let reason = Field.text("reason", 1...500, "Why.", "原因。").optional
}

/// The ticket names one more CI. Its tier and service follow where nobody named them, and the targets follow those.
package enum AddTicketCi: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let cis: SomeCis
    let isPrimary: Bool
    let reason: String?

    private static let primary = Field.boolean("primary", "Whether the ticket is about this one above all (default no).", "是否为主要配置项（默认否）。").optional

    package static let fields: [any InputField] = [IncidentFields.id] + SomeCis.fields + [primary, TicketCiFields.reason]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[IncidentFields.id]
      cis = try SomeCis(values)
      isPrimary = try values[Self.primary] ?? false
      reason = try values[TicketCiFields.reason]
    }
  }

  package static let declaration = Declaration(
    "incident.add_ci", "Name a configuration item that an incident is about; one that is named already may become the primary one.",
    zh: "为事件添加所涉及的配置项；已添加的可设为主要配置项。", permission: IncidentFields.work, roles: IncidentFields.workers, reach: .oneAndProvider(by: "id"),
    effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> IncidentRecord {
    var work = try await TicketWork.begin(on: input.id, in: context)
    try work.requireNotClosed()
    var cis = try await work.cis()
    for (key, path) in input.cis.keys where !cis.names(key) {
      for ci in try await context.ciToName(input.cis, key, path: path, openedAt: work.ticket.openedAt) { try cis.add(ci) }
    }
    if input.isPrimary { cis.makePrimary(input.cis.keys.first?.key) }
    guard cis.isChanged else { throw Failure(.conflict, TicketCiMessages.namedAlready) }
    try await work.follow(&cis, because: input.reason)
    return work.record
  }
}

/// The ticket is not about a CI after all. That it named it stays told.
package enum RemoveTicketCi: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let cis: SomeCis
    let reason: String?

    package static let fields: [any InputField] = [IncidentFields.id] + SomeCis.fields + [TicketCiFields.reason]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[IncidentFields.id]
      cis = try SomeCis(values)
      reason = try values[TicketCiFields.reason]
    }
  }

  package static let declaration = Declaration(
    "incident.remove_ci", "Take a configuration item off an incident.", zh: "从事件中移除配置项。", permission: IncidentFields.work,
    roles: IncidentFields.workers, reach: .oneAndProvider(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> IncidentRecord {
    var work = try await TicketWork.begin(on: input.id, in: context)
    try work.requireNotClosed()
    var cis = try await work.cis()
    for (key, path) in input.cis.keys {
      guard cis.remove(key) else { throw context.unknownReference(path) }
    }
    try await work.follow(&cis, because: input.reason)
    return work.record
  }
}

/// The CIs that a ticket names.
package enum ListTicketCis: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let withRemoved: Bool
    let limit: Int64?
    let cursor: String?

    private static let withRemoved = Field.boolean("withRemoved", "Also those that were taken off (default no).", "是否包含已移除的（默认否）。").optional

    package static let fields: [any InputField] = [IncidentFields.id, withRemoved, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[IncidentFields.id]
      withRemoved = try values[Self.withRemoved] ?? false
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "incident.cis", "List the configuration items that an incident names, in the order in which they were named.", zh: "按添加顺序列出事件涉及的配置项。",
    permission: "incident.read", roles: IncidentFields.readers, scopes: IncidentFields.everyScope, reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<TicketCiRecord> {
    let filter = "\(input.id)/\(input.withRemoved)"
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let ticket = try await context.ticket(input.id)
    let rows = try await context.transaction.query(
      PageOfTicketCis(
        tenant: context.tenant.id, ticket: ticket.id, withRemoved: input.withRemoved, scope: context.visibleCis, after: try after?.integer(0) ?? 0,
        limit: limit + 1))
    let records = try await context.told(rows, openedAt: ticket.openedAt)
    return context.listing(records, limit: limit, filter: filter, key: { PageCursor([.integer($0.row.id)]) }) { $0 }
  }
}

extension OperationContext {
  fileprivate func ciToName(_ cis: SomeCis, _ key: NamedCi.Key, path: String, openedAt: Instant) async throws -> [NamedCi] {
    if key.isShared {
      try await sharedCisToName(cis.sharedCi.map { [$0] } ?? [], path: { _ in path })
    } else {
      try await cisToName(cis.ci.map { [$0] } ?? [], openedAt: openedAt, path: { _ in path })
    }
  }
}
