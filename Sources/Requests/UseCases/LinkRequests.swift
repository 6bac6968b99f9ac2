import Desk
import Kernel
import Operations

package struct RequestToRequest: OperationInput {
  let id: PublicId
  let kind: ProcessLinkKind
  let to: PublicId

  private static let kind = Field.oneOf(
    "kind", ProcessLinkKind.allCases.map(\.rawValue),
    "What this request is to the other: duplicates, depends_on (it is fulfilled after that one), both in no circle, or relates_to.",
    "本请求与对方的关系：duplicates 与其重复、depends_on 依赖于其先履行（二者均不成环）、relates_to 相关。")
  private static let to = Field.id("to", .request, "The other request, of the same customer.", "对方请求（须属同一客户）。")
  package static let fields: [any InputField] = [RequestReference.id, kind, to]

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[RequestReference.id]
    kind = ProcessLinkKind(rawValue: try values[Self.kind]) ?? .relatesTo
    to = try values[Self.to]
  }
}

/// It needs no version: it stands beside both. It does nothing but say so: what duplicates another is withdrawn or cancelled by who may, and what
/// depends on another can be fulfilled before it.
package enum LinkRequest: Operation {
  package typealias Input = RequestToRequest

  package static let declaration = Declaration(
    "request.link", "Say what a request is to another of the same customer.", zh: "关联同一客户的两个请求。", permission: RequestRights.work,
    roles: RequestRights.workers, reach: .one(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let ends = try await context.endsOfLink(input)
    let link = ends.link(input.kind, context)
    try await context.requireNoCircle(
      link.kind, from: link.from, process: "request", of: link.tenant,
      reached: ReachedByRequestLinks(tenant: link.tenant, from: link.to, kind: link.kind))
    guard try await context.transaction.first(InsertRequestLink(link: link)) != nil else { throw Failure(.conflict, RequestMessages.linkedAlready) }
    return ends.note(RequestNote.linked, input, context)
  }
}

package enum UnlinkRequest: Operation {
  package typealias Input = RequestToRequest

  package static let declaration = Declaration(
    "request.unlink", "End a link between two requests; that it was there stays in their history.", zh: "解除两个请求的关联；历史中仍保留记录。",
    permission: RequestRights.work, roles: RequestRights.workers, reach: .one(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let ends = try await context.endsOfLink(input)
    guard try await context.transaction.first(EndRequestLink(link: ends.link(input.kind, context))) != nil else {
      throw Failure(.conflict, RequestMessages.notLinked)
    }
    return ends.note(RequestNote.unlinked, input, context)
  }
}

/// A request that another one is linked to.
package struct RequestLinkRecord: OperationOutput {
  let row: LinksOfRequest.Found
  let request: PublicId
  let number: String

  package static let fields: [OutputField<RequestLinkRecord>] = [
    OutputField(
      "kind", .text, "What this request is to the other: duplicates, depends_on or relates_to; from the other end duplicated_by, required_by.",
      "本请求与对方的关系：duplicates、depends_on、relates_to；从另一端看为 duplicated_by、required_by。"
    ) { .text($0.row.isLeft ? $0.row.kind.rawValue : $0.row.kind.inverse) },
    OutputField("request", .id, "The other request.", "对方请求。") { .id($0.request) },
    OutputField("number", .text, "Its number.", "其请求号。") { .text($0.number) },
    OutputField("offeringCode", .text, "The code of what was ordered.", "所申请的服务项代码。") { .text($0.row.offeringCode) },
    OutputField("offeringName", .document, "What that was called when it was ordered, by language.", "申请时该服务项的名称（按语言）。") { $0.row.offeringName },
    OutputField("state", .text, "Its state.", "其状态。") { .text($0.row.state) },
    OutputField("since", .instant, "When they were linked.", "关联时间。") { .instant($0.row.since) },
  ]
}

package enum ListLinksOfRequest: Operation {
  package typealias Input = ReadRequestHistory.Input

  package static let declaration = Declaration(
    "request.links", "List the requests that a request is linked to, of those that the caller may see.", zh: "列出与请求关联且有权查看的其他请求。",
    permission: "request.read", roles: RequestRights.orderers, scopes: RequestRights.everyScope, reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<RequestLinkRecord> {
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let request = try await context.request(input.id)
    let rows = try await context.transaction.query(
      LinksOfRequest(
        tenant: context.tenant.id, scope: context.access.rows, request: request.id, after: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.id)]) }) { row in
      RequestLinkRecord(row: row, request: context.id(.request, row.publicId), number: RequestLine.number(of: context.tenant.code, row.number))
    }
  }
}

/// The two requests of a link.
private struct LinkedEnds: Sendable {
  let left: RequestRow
  let right: RequestRow

  func link(_ kind: ProcessLinkKind, _ context: OperationContext) -> RequestLink {
    let (from, to) = kind.ends(left.id, right.id)
    return RequestLink(tenant: context.tenant.id, from: from, to: to, kind: kind, actor: context.actor, now: context.now)
  }

  /// In the history of both; always in one order, so that two people who link them do not wait for each other.
  func note(_ type: String, _ input: RequestToRequest, _ context: OperationContext) -> Done {
    let told = Value.object(["kind": .text(input.kind.rawValue), "from": .id(input.id), "to": .id(input.to)])
    for request in [left.id, right.id].sorted() {
      context.transaction.enqueue(RequestNote(type, told, on: request, of: context.tenant.id, by: context.actor, at: context.now))
    }
    return Done(id: input.id, version: left.version)
  }
}

extension OperationContext {
  fileprivate func endsOfLink(_ input: RequestToRequest) async throws -> LinkedEnds {
    guard input.id != input.to else { throw Failure.invalid("to", SpineMessages.linkedToItself) }
    subject(input.id)
    let left = try await request(input.id)
    do {
      return LinkedEnds(left: left, right: try await request(input.to))
    } catch let failure as Failure where failure.kind == .notFound {
      throw unknownReference("to")
    }
  }

  /// A request of the bound tenant that one of the staff names from a problem or a change.
  package func requestToLink(_ id: PublicId) async throws -> Int64 {
    guard let request = try await transaction.first(RequestToLink(tenant: tenant.id, publicId: id)) else { throw unknownReference("request") }
    return request
  }
}
