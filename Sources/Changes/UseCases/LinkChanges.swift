import Desk
import Kernel
import Operations
import Problems
import Requests
import Tenancy

/// What a change is to an incident.
enum ChangeToIncident: String, Sendable, CaseIterable {
  /// It is to end it.
  case resolves
  /// It brought it about. Nothing waits for such a change, and the incident is not told how it goes on.
  case causes

  static let field = Field.oneOf(
    "kind", allCases.map(\.rawValue), "What the change is to the incident: resolves (default) or causes.", "变更与事件的关系：resolves 用于解决（默认）、causes 引起。"
  ).optional

  /// What the link is called where links of all kinds lie.
  var linkKind: String {
    switch self {
    case .resolves: "incident"
    case .causes: "caused_incident"
    }
  }

  /// Nil: a link to something else.
  init?(linkKind: String) {
    guard let found = Self.allCases.first(where: { $0.linkKind == linkKind }) else { return nil }
    self = found
  }

  func news(isLinked: Bool) -> ChangeNews.Kind {
    switch self {
    case .resolves: isLinked ? .linked : .unlinked
    case .causes: isLinked ? .caused : .notCaused
    }
  }
}

/// What a change is to a problem.
enum ChangeToProblem: String, Sendable, CaseIterable {
  /// It is to remove what the problem is about.
  case resolves
  /// It brought that about.
  case causes

  static let field = Field.oneOf(
    "kind", allCases.map(\.rawValue), "What the change is to the problem: resolves (default) or causes.", "变更与问题的关系：resolves 用于解决（默认）、causes 引起。"
  ).optional

  /// What the link is called where links of all kinds lie.
  var linkKind: String {
    switch self {
    case .resolves: "problem"
    case .causes: "caused_problem"
    }
  }

  init(_ value: String?) { self = value.flatMap { Self(rawValue: $0) } ?? .resolves }
}

package struct IncidentOfChange: OperationInput {
  let id: PublicId
  let incident: PublicId
  let kind: ChangeToIncident

  private static let incident = Field.id("incident", .incident, "The incident.", "事件工单。")
  package static let fields: [any InputField] = [ChangeFields.id, incident, ChangeToIncident.field]

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[ChangeFields.id]
    incident = try values[Self.incident]
    kind = try values[ChangeToIncident.field].flatMap { ChangeToIncident(rawValue: $0) } ?? .resolves
  }
}

package struct ProblemOfChange: OperationInput {
  let id: PublicId
  let problem: PublicId
  let kind: ChangeToProblem

  private static let problem = Field.id("problem", .problem, "The problem.", "问题。")
  package static let fields: [any InputField] = [ChangeFields.id, problem, ChangeToProblem.field]

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[ChangeFields.id]
    problem = try values[Self.problem]
    kind = ChangeToProblem(try values[ChangeToProblem.field])
  }
}

package struct RequestOfChange: OperationInput {
  let id: PublicId
  let request: PublicId

  private static let request = Field.id("request", .request, "The request.", "请求。")
  package static let fields: [any InputField] = [ChangeFields.id, request]

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[ChangeFields.id]
    request = try values[Self.request]
  }
}

/// It needs no version: it stands beside both.
package enum LinkChangeIncident: Operation {
  package typealias Input = IncidentOfChange

  package static let declaration = Declaration(
    "change.link_incident", "Say that a change is to resolve an incident, or has caused it.", zh: "登记变更用于解决事件，或引起了事件。",
    permission: ChangeRights.work, roles: ChangeRights.workers, reach: .oneAndProvider(by: "incident"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let ticket = try await context.incidentToLink(input.incident)
    return try await context.link(true, input.kind.linkKind, input.id, context.tenant.id, ticket, input.incident, of: context.tenant.id)
  }
}

package enum UnlinkChangeIncident: Operation {
  package typealias Input = IncidentOfChange

  package static let declaration = Declaration(
    "change.unlink_incident", "Say that a change is not to resolve an incident after all, or has not caused it.", zh: "解除变更与事件的关联。",
    permission: ChangeRights.work, roles: ChangeRights.workers, reach: .oneAndProvider(by: "incident"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let ticket = try await context.incidentToLink(input.incident)
    return try await context.link(false, input.kind.linkKind, input.id, context.tenant.id, ticket, input.incident, of: context.tenant.id)
  }
}

package enum LinkChangeProblem: Operation {
  package typealias Input = ProblemOfChange

  package static let declaration = Declaration(
    "change.link_problem", "Say that a change is to remove what a problem is about, or has caused it.", zh: "登记变更用于解决问题，或引起了问题。",
    permission: ChangeRights.work, roles: ChangeRights.workers, reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let problem = try await context.problemToLink(input.problem)
    return try await context.link(true, input.kind.linkKind, input.id, context.provider.id, problem.id, input.problem, of: problem.customer)
  }
}

package enum UnlinkChangeProblem: Operation {
  package typealias Input = ProblemOfChange

  package static let declaration = Declaration(
    "change.unlink_problem", "Say that a change is not to remove what a problem is about after all, or has not caused it.", zh: "解除变更与问题的关联。",
    permission: ChangeRights.work, roles: ChangeRights.workers, reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let problem = try await context.problemToLink(input.problem)
    return try await context.link(false, input.kind.linkKind, input.id, context.provider.id, problem.id, input.problem, of: problem.customer)
  }
}

package enum LinkChangeRequest: Operation {
  package typealias Input = RequestOfChange

  package static let declaration = Declaration(
    "change.link_request", "Say that a change implements what a request ordered.", zh: "登记变更用于实施请求。", permission: ChangeRights.work,
    roles: ChangeRights.workers, reach: .oneAndProvider(by: "request"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let request = try await context.requestToLink(input.request)
    return try await context.link(true, "request", input.id, context.tenant.id, request, input.request, of: context.tenant.id)
  }
}

package enum UnlinkChangeRequest: Operation {
  package typealias Input = RequestOfChange

  package static let declaration = Declaration(
    "change.unlink_request", "Say that a change does not implement what a request ordered after all.", zh: "解除变更与请求的关联。",
    permission: ChangeRights.work, roles: ChangeRights.workers, reach: .oneAndProvider(by: "request"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let request = try await context.requestToLink(input.request)
    return try await context.link(false, "request", input.id, context.tenant.id, request, input.request, of: context.tenant.id)
  }
}

package enum ListChangesOfRequest: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let limit: Int64?
    let cursor: String?

    private static let request = Field.id("id", .request, "The request.", "请求。")
    package static let fields: [any InputField] = [request, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[Self.request]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "request.changes", "List the changes that implement what a request ordered.", zh: "列出用于实施请求的变更。", permission: ChangeRights.read,
    roles: ChangeRights.readers, reach: .oneAndProvider(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<ChangeLine> {
    guard let request = try await context.transaction.first(RequestToLink(tenant: context.tenant.id, publicId: input.id)) else {
      throw Failure.notFound
    }
    return try await context.linked("request", context.tenant.id, request, input.id, input.limit, input.cursor)
  }
}

package enum ListChangesOfIncident: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let kind: ChangeToIncident
    let limit: Int64?
    let cursor: String?

    private static let incident = Field.id("id", .incident, "The incident.", "事件工单。")
    package static let fields: [any InputField] = [incident, ChangeToIncident.field, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[Self.incident]
      kind = try values[ChangeToIncident.field].flatMap { ChangeToIncident(rawValue: $0) } ?? .resolves
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "incident.changes", "List the changes that are to resolve an incident, or those that have caused it.", zh: "列出用于解决事件的变更，或引起事件的变更。",
    permission: ChangeRights.read, roles: ChangeRights.readers, reach: .oneAndProvider(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<ChangeLine> {
    let ticket = try await context.ticket(input.id)
    return try await context.linked(input.kind.linkKind, context.tenant.id, ticket.id, input.id, input.limit, input.cursor)
  }
}

package enum ListChangesOfProblem: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let kind: ChangeToProblem
    let limit: Int64?
    let cursor: String?

    private static let problem = Field.id("id", .problem, "The problem.", "问题。")
    package static let fields: [any InputField] = [problem, ChangeToProblem.field, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[Self.problem]
      kind = ChangeToProblem(try values[ChangeToProblem.field])
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "problem.changes", "List the changes that are to remove what a problem is about, or those that have caused it.", zh: "列出用于解决问题的变更，或引起问题的变更。",
    permission: ChangeRights.read, roles: ChangeRights.readers, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<ChangeLine> {
    let found = ProblemToLink(provider: context.provider.id, customers: context.reachableCustomers, publicId: input.id)
    guard context.principal.side == .staff, let problem = try await context.transaction.first(found) else { throw Failure.notFound }
    return try await context.linked(input.kind.linkKind, context.provider.id, problem.id, input.id, input.limit, input.cursor)
  }
}

extension OperationContext {
  /// An incident that a body names.
  fileprivate func incidentToLink(_ id: PublicId) async throws -> Int64 {
    do {
      return try await ticket(id).id
    } catch let failure as Failure where failure.kind == .notFound {
      throw unknownReference("incident")
    }
  }

  fileprivate func problemToLink(_ id: PublicId) async throws -> ProblemToLink.Found {
    let found = ProblemToLink(provider: provider.id, customers: reachableCustomers, publicId: id)
    guard let problem = try await transaction.first(found) else { throw unknownReference("problem") }
    return problem
  }

  /// - Parameter customer: whose affair it is.
  fileprivate func link(
    _ isLinked: Bool, _ kind: String, _ id: PublicId, _ tenant: TenantId, _ other: Int64, _ otherId: PublicId, of customer: TenantId?
  ) async throws -> Done {
    var work = try await ChangeWork.begin(on: id, in: self, comparesVersion: false, mustServeAll: false)
    if isLinked {
      let link = InsertLink(
        provider: provider.id, change: work.row.id, kind: kind, tenant: tenant, other: other, publicId: otherId.random, now: now)
      guard try await transaction.first(link) != nil else { throw Failure(.conflict, ChangeMessages.linkedAlready) }
    } else {
      let link = DropLink(provider: provider.id, change: work.row.id, kind: kind, tenant: tenant, other: other)
      guard try await transaction.first(link) != nil else { throw Failure(.conflict, ChangeMessages.notLinked) }
    }
    let incident = ChangeToIncident(linkKind: kind)
    // An incident or a problem that it caused is named as any other.
    let named = kind.hasPrefix("caused_") ? String(kind.dropFirst("caused_".count)) : kind
    work.note("\(kind)_\(isLinked ? "linked" : "unlinked")", [Value.Member(named, .id(otherId))], of: customer)
    try await work.save(countsVersion: false)
    if let incident {
      // Whoever locks a change and incidents locks the change first.
      try await TicketNews.hold([other], of: tenant, in: transaction)
      let news = ChangeNews(
        incident.news(isLinked: isLinked), of: work.id, number: ChangeNumber.text(provider.code, work.row.number), by: actor, at: now)
      try await news.tell([other], of: tenant, at: now, in: transaction)
      // Of what is over the incident was told.
      let state = work.row.process.state
      if incident == .resolves, !isLinked, state.isAhead || state == .rejected {
        transaction.enqueue(
          LeaveUnlinkedIncident(
            provider: provider.id, change: work.row.id, seq: work.row.lastSeq, tenant: tenant, ticket: other, actor: actor, at: now))
      }
    }
    let told = Value.object(["change": .id(work.id), "number": .text(ChangeNumber.text(provider.code, work.row.number))])
    switch named {
    case "request":
      let type = isLinked ? RequestNote.changeLinked : RequestNote.changeUnlinked
      transaction.enqueue(RequestNote(type, told, on: other, of: tenant, by: actor, at: now))
    case "problem":
      // Whoever locks a change and problems locks the change first.
      let type =
        kind == named
        ? isLinked ? ProblemNote.changeLinked : ProblemNote.changeUnlinked
        : isLinked ? ProblemNote.changeCaused : ProblemNote.changeNotCaused
      transaction.enqueue(ProblemNote(type, told, on: other, of: tenant, by: actor, at: now))
    default: break
    }
    return Done(id: id, version: work.row.version)
  }

  fileprivate func linked(
    _ kind: String, _ tenant: TenantId, _ other: Int64, _ id: PublicId, _ limit: Int64?, _ cursor: String?
  ) async throws -> Listing<ChangeLine> {
    let filter = "\(kind)/\(id)"
    let (limit, after) = try page(limit, cursor, filter: filter)
    let rows = try await transaction.query(
      ChangesLinked(
        provider: provider.id, customers: reachableCustomers, kind: kind, tenant: tenant, other: other, after: try after?.integer(0) ?? 0,
        limit: limit + 1))
    return listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.id)]) }) { ChangeLine($0, in: self) }
  }
}
