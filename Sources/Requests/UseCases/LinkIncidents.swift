import Desk
import Kernel
import Operations

package struct IncidentOfRequest: OperationInput {
  let id: PublicId
  let kind: RequestLinkKind
  let incident: PublicId

  private static let kind = Field.oneOf(
    "kind", RequestLinkKind.allCases.map(\.rawValue), "What the request is to the incident: caused_by, causes, resolves or relates_to.",
    "请求与事件的关系：caused_by 由事件引起、causes 引起事件、resolves 用于解决事件、relates_to 相关。")
  private static let incident = Field.id("incident", .incident, "The incident, of the same customer.", "事件工单（须属同一客户）。")
  package static let fields: [any InputField] = [RequestReference.id, kind, incident]

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[RequestReference.id]
    kind = RequestLinkKind(rawValue: try values[Self.kind]) ?? .relatesTo
    incident = try values[Self.incident]
  }
}

/// It needs no version: it stands beside both.
package enum LinkRequestIncident: Operation {
  package typealias Input = IncidentOfRequest

  package static let declaration = Declaration(
    "request.link_incident", "Say what a request is to an incident of the same customer.", zh: "关联同一客户的请求与事件。", permission: RequestRights.work,
    roles: RequestRights.workers, reach: .one(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let ends = try await context.endsOfLink(input)
    guard try await context.transaction.first(ends.link) != nil else { throw Failure(.conflict, RequestMessages.linkedAlready) }
    return try await context.note(ends, input, RequestNote.incidentLinked, .linked)
  }
}

package enum UnlinkRequestIncident: Operation {
  package typealias Input = IncidentOfRequest

  package static let declaration = Declaration(
    "request.unlink_incident", "End a link between a request and an incident; that it was there stays in their history.", zh: "解除请求与事件的关联；历史中仍保留记录。",
    permission: RequestRights.work, roles: RequestRights.workers, reach: .one(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let ends = try await context.endsOfLink(input)
    guard try await context.transaction.first(EndIncidentLink(link: ends.link)) != nil else { throw Failure(.conflict, RequestMessages.notLinked) }
    return try await context.note(ends, input, RequestNote.incidentUnlinked, .unlinked)
  }
}

/// An incident that a request is linked to.
package struct LinkedIncidentRecord: OperationOutput {
  let row: IncidentsOfRequest.Found
  let incident: PublicId
  let number: String

  package static let fields: [OutputField<LinkedIncidentRecord>] = [
    OutputField(
      "kind", .text, "What the request is to the incident: caused_by, causes, resolves or relates_to.",
      "请求与事件的关系：caused_by 由事件引起、causes 引起事件、resolves 用于解决事件、relates_to 相关。"
    ) { .text($0.row.kind.rawValue) },
    OutputField("incident", .id, "The incident.", "事件工单。") { .id($0.incident) },
    OutputField("number", .text, "Its number.", "其工单号。") { .text($0.number) },
    OutputField("title", .text, "What it is about.", "其标题。") { .text($0.row.title) },
    OutputField("state", .text, "Its state.", "其状态。") { .text($0.row.state) },
    OutputField("since", .instant, "When they were linked.", "关联时间。") { .instant($0.row.since) },
  ]
}

package enum ListIncidentsOfRequest: Operation {
  package typealias Input = ReadRequestHistory.Input

  package static let declaration = Declaration(
    "request.incidents", "List the incidents that a request is linked to, of those that the caller may see.", zh: "列出与请求关联且有权查看的事件。",
    permission: "request.read", roles: RequestRights.orderers, scopes: RequestRights.everyScope, reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<LinkedIncidentRecord> {
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let request = try await context.request(input.id)
    let rows = try await context.transaction.query(
      IncidentsOfRequest(
        tenant: context.tenant.id, scope: context.incidentRows, request: request.id, after: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.id)]) }) { row in
      LinkedIncidentRecord(row: row, incident: context.id(.incident, row.publicId), number: IncidentView.number(of: context.tenant.code, row.number))
    }
  }
}

/// A request that an incident is linked to.
package struct LinkedRequestRecord: OperationOutput {
  let row: RequestsOfIncident.Found
  let request: PublicId
  let number: String

  package static let fields: [OutputField<LinkedRequestRecord>] = [
    OutputField(
      "kind", .text, "What the incident is to the request: causes, caused_by, resolved_by or relates_to.",
      "事件与请求的关系：causes 引起请求、caused_by 由请求引起、resolved_by 由请求解决、relates_to 相关。"
    ) { .text($0.row.kind.inverse) },
    OutputField("request", .id, "The request.", "请求。") { .id($0.request) },
    OutputField("number", .text, "Its number.", "其请求号。") { .text($0.number) },
    OutputField("offeringCode", .text, "The code of what was ordered.", "所申请的服务项代码。") { .text($0.row.offeringCode) },
    OutputField("offeringName", .document, "What that was called when it was ordered, by language.", "申请时该服务项的名称（按语言）。") { $0.row.offeringName },
    OutputField("state", .text, "Its state.", "其状态。") { .text($0.row.state) },
    OutputField("since", .instant, "When they were linked.", "关联时间。") { .instant($0.row.since) },
  ]
}

package enum ListRequestsOfIncident: Operation {
  package typealias Input = PageOfIncident

  package static let declaration = Declaration(
    "incident.requests", "List the requests that an incident is linked to, of those that the caller may see.", zh: "列出与事件关联且有权查看的请求。",
    permission: "request.read", roles: RequestRights.orderers, scopes: RequestRights.everyScope, reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<LinkedRequestRecord> {
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let incident = IncidentToLink(tenant: context.tenant.id, scope: context.incidentRows, publicId: input.id)
    guard let ticket = try await context.transaction.first(incident) else { throw Failure.notFound }
    let rows = try await context.transaction.query(
      RequestsOfIncident(
        tenant: context.tenant.id, scope: context.access.rows, ticket: ticket, after: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.id)]) }) { row in
      LinkedRequestRecord(row: row, request: context.id(.request, row.publicId), number: RequestLine.number(of: context.tenant.code, row.number))
    }
  }
}

/// The two ends of a link, both held.
private struct EndsOfLink: Sendable {
  let request: RequestRow
  let link: InsertIncidentLink
}

extension OperationContext {
  /// Which incidents of the customer the caller may see: who may see a request may see fewer of them, or none.
  var incidentRows: RowScope {
    guard let access = principal.access("incident.read", honouring: RequestRights.everyScope, at: now), access.reaches(tenant.id) else {
      return RowScope(everything: false, units: [], person: nil)
    }
    return access.rows
  }

  fileprivate func endsOfLink(_ input: IncidentOfRequest) async throws -> EndsOfLink {
    subject(input.id)
    let row = try await request(input.id)
    let incident = IncidentToLink(tenant: tenant.id, scope: incidentRows, publicId: input.incident)
    guard let ticket = try await transaction.first(incident) else { throw unknownReference("incident") }
    // Whoever locks a request and incidents locks the request first.
    _ = try await transaction.first(HoldRequest(tenant: tenant.id, id: row.id))
    try await TicketNews.hold([ticket], of: tenant.id, in: transaction)
    return EndsOfLink(
      request: row, link: InsertIncidentLink(tenant: tenant.id, request: row.id, ticket: ticket, kind: input.kind, actor: actor, now: now))
  }

  fileprivate func note(_ ends: EndsOfLink, _ input: IncidentOfRequest, _ type: String, _ news: RequestLinkNews) async throws -> Done {
    try await note(ends.link, input.id, input.incident, type, news)
    return Done(id: input.id, version: ends.request.version)
  }

  /// In the history of both ends of a link, which are held.
  func note(_ link: InsertIncidentLink, _ request: PublicId, _ incident: PublicId, _ type: String, _ news: RequestLinkNews) async throws {
    let told = Value.object(["kind": .text(link.kind.rawValue), "request": .id(request), "incident": .id(incident)])
    transaction.enqueue(RequestNote(type, told, on: link.request, of: tenant.id, by: actor, at: now))
    try await TicketNews(news.rawValue, told, by: actor, at: now).tell([link.ticket], of: tenant.id, at: now, in: transaction)
  }
}
