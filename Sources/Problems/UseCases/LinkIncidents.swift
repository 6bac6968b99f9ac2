import Desk
import Kernel
import Operations

/// Says that a problem is behind an incident. It needs no version: it stands beside both.
package enum LinkProblemIncident: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let incident: PublicId

    package static let fields: [any InputField] = [ProblemFields.id, ProblemFields.incident]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ProblemFields.id]
      incident = try values[ProblemFields.incident]
    }
  }

  package static let declaration = Declaration(
    "problem.link_incident", "Say that a problem is behind an incident.", zh: "将事件关联到引起它的问题。", permission: ProblemRights.work,
    roles: ProblemRights.workers, reach: .oneAndProvider(by: "incident"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    var work = try await ProblemWork.begin(on: input.id, in: context, comparesVersion: false, concernsAll: false)
    try work.requireOpen()
    try await work.link([input.incident]) { _ in "incident" }
    work.save(countsVersion: false)
    return Done(id: input.id, version: work.row.version)
  }
}

package enum UnlinkProblemIncident: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let incident: PublicId
    let reason: String

    package static let fields: [any InputField] = [ProblemFields.id, ProblemFields.incident, ProblemFields.reason]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ProblemFields.id]
      incident = try values[ProblemFields.incident]
      reason = try values[ProblemFields.reason]
    }
  }

  package static let declaration = Declaration(
    "problem.unlink_incident", "Say that a problem is not behind an incident after all; that it was thought so stays in the history of both.",
    zh: "解除事件与问题的关联；双方历史中仍保留记录。", permission: ProblemRights.work, roles: ProblemRights.workers, reach: .oneAndProvider(by: "incident"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    var work = try await ProblemWork.begin(on: input.id, in: context, comparesVersion: false, concernsAll: false)
    try await work.unlink(input.incident, because: input.reason)
    work.save(countsVersion: false)
    return Done(id: input.id, version: work.row.version)
  }
}

extension ProblemWork {
  /// More problems behind one incident would say that nobody has looked.
  static let mostPerIncident: Int64 = 5

  /// Links incidents of the bound tenant; each is told so, and by which article it is a known error.
  mutating func link(_ incidents: [PublicId], path: (Int) -> String) async throws {
    guard !incidents.isEmpty else { return }
    let tickets = try await tickets(incidents, path: path)
    let (transaction, provider, tenant) = (context.transaction, context.provider.id, context.tenant.id)
    try await TicketNews.hold(tickets.map { $0.row }, of: tenant, in: transaction)
    let full = try await transaction.query(
      FullyLinkedTickets(provider: provider, tenant: tenant, tickets: tickets.map { $0.row }, most: Self.mostPerIncident))
    guard full.isEmpty else { throw Failure(.conflict, ProblemMessages.linkedTooOften, ["most": String(Self.mostPerIncident)]) }
    try await link(held: tickets)
  }

  /// Links incidents of the bound tenant that are held already.
  mutating func link(held tickets: [(id: PublicId, row: Int64)]) async throws {
    let (transaction, provider, tenant) = (context.transaction, context.provider.id, context.tenant.id)
    var seqs: [Int64] = []
    for ticket in tickets {
      note("incident_linked", .object(["incident": .id(ticket.id)]), of: tenant)
      seqs.append(row.lastSeq)
    }
    let linked = try await transaction.query(
      InsertIncidentLinks(
        provider: provider, problem: row.id, tenant: tenant, tickets: tickets.map { $0.row }, seqs: seqs, principal: context.principal, now: context.now))
    guard linked.count == tickets.count else { throw Failure(.conflict, ProblemMessages.linkedAlready) }
    transaction.enqueue(
      SettleMarks(
        tenant: tenant, tickets: tickets.map { $0.row }, problem: row.id, publicId: row.publicId, principal: context.principal, now: context.now))
    try await news(.linked).tell(tickets.map { $0.row }, of: tenant, at: context.now, in: transaction)
    if let article = row.article {
      transaction.enqueue(KeepKnownErrors(tenant: tenant, tickets: tickets.map { $0.row }, problem: row.id, article: article.id, now: context.now))
    }
  }

  mutating func unlink(_ incident: PublicId, because reason: String) async throws {
    let (transaction, provider, tenant) = (context.transaction, context.provider.id, context.tenant.id)
    let tickets = try await tickets([incident]) { _ in "incident" }
    guard let ticket = tickets.first else { return }
    try await TicketNews.hold([ticket.row], of: tenant, in: transaction)
    note("incident_unlinked", .object(["incident": .id(incident)]), of: tenant)
    let ended = try await transaction.first(
      EndIncidentLink(
        provider: provider, problem: row.id, tenant: tenant, ticket: ticket.row, seq: row.lastSeq, reason: reason, name: context.principal.name,
        now: context.now))
    guard ended != nil else { throw Failure(.conflict, ProblemMessages.notLinked) }
    try await news(.unlinked).tell([ticket.row], of: tenant, at: context.now, in: transaction)
    transaction.enqueue(DropKnownErrors(tenant: tenant, tickets: [ticket.row], problem: row.id))
  }

  private func news(_ kind: ProblemNews.Kind) -> ProblemNews {
    ProblemNews(kind, of: id, number: number, by: context.actor, at: context.now)
  }

  /// The incidents' rows, each once, in the order in which they were named.
  private func tickets(_ incidents: [PublicId], path: (Int) -> String) async throws -> [(id: PublicId, row: Int64)] {
    let tenant = context.tenant
    // What is the provider's own is for those who serve all.
    guard context.access.reaches(tenant.id) else { throw context.unknownReference(path(0)) }
    if let customer = row.customer, customer.id != tenant.id { throw Failure.invalid(path(0), ProblemMessages.ofAnother) }
    let found = try await context.transaction.query(TicketsToLink(tenant: tenant.id, publicIds: incidents))
    var tickets: [(id: PublicId, row: Int64)] = []
    for (index, incident) in incidents.enumerated() {
      guard let row = found.first(where: { $0.publicId == incident.random })?.id else { throw context.unknownReference(path(index)) }
      if !tickets.contains(where: { $0.row == row }) { tickets.append((incident, row)) }
    }
    return tickets
  }
}
