import Kernel
import Operations

/// A comment as the API shows it.
package struct CommentRecord: OperationOutput {
  let id: PublicId
  let visibility: String
  let body: String
  let authorKind: String
  let authorName: String
  let at: Instant
  let incident: PublicId
  let saidOn: PublicId?

  package static let fields: [OutputField<CommentRecord>] = [
    OutputField("id", .id, "Its id.", "编号。") { .id($0.id) },
    OutputField("visibility", .text, "public or internal.", "可见性：public 或 internal。") { .text($0.visibility) },
    OutputField("body", .text, "What was written.", "内容。") { .text($0.body) },
    OutputField("authorKind", .text, "staff, customer, service, operator or system.", "作者类别。") { .text($0.authorKind) },
    OutputField("authorName", .text, "Who wrote it.", "作者。") { .text($0.authorName) },
    OutputField("at", .instant, "When it was written.", "时间。") { .instant($0.at) },
    OutputField("incident", .id, "The incident that it stands on.", "所在的事件。") { .id($0.incident) },
    OutputField(
      "saidOn", .id, "The merged incident on which it was said: it went on to the one that goes on; null: on that one.", "发表时所在的已合并事件（评论已转至合并后的事件）；否则为 null。"
    ) {
      .id($0.saidOn)
    },
  ]
}

/// Adds a comment. It needs no version: two people may write at once.
package enum CommentIncident: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let body: String
    let visibility: CommentVisibility?

    package static let fields: [any InputField] = [IncidentFields.id, CommentFields.body, CommentFields.visibility.optional]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[IncidentFields.id]
      body = try values[CommentFields.body]
      visibility = try values[CommentFields.visibility.optional].flatMap(CommentVisibility.init)
    }
  }

  package static let declaration = Declaration(
    "incident.comment", "Comment on an incident; a public comment by the staff is a response.", zh: "评论事件；服务商人员的公开评论视为响应。",
    roles: [.administrator, .accountManager, .engineer, .customerManager, .requester], scopes: IncidentFields.everyScope, reach: .one(by: "id"),
    effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CommentRecord {
    let visibility = try CommentVisibility.chosen(input.visibility, by: context.principal.side)
    var work = try await TicketWork.begin(on: input.id, in: context, comparesVersion: false)
    // What is said on one that was merged reaches the one that work goes on with, whoever may see that.
    let saidOn = work.ticket.mergedInto == nil ? nil : work.ticket
    if saidOn != nil { work = try await work.survivor() }
    let responded = work.ticket.respondedAt
    let id = try work.comment(input.body, visibility, saidOn: saidOn)
    // Nothing closes over an unanswered word.
    if context.principal.side == .customer, work.ticket.closesAt != nil { try await work.planClosing() }
    work.save(countsVersion: work.ticket.respondedAt != responded)
    return CommentRecord(
      id: id, visibility: visibility.rawValue, body: input.body, authorKind: context.actor.kind.rawValue, authorName: context.principal.name,
      at: context.now, incident: context.id(.incident, work.ticket.publicId), saidOn: saidOn.map { context.id(.incident, $0.publicId) })
  }
}

package enum ListComments: Operation {
  package typealias Input = PageOfIncident

  package static let declaration = Declaration(
    "incident.comments", "Read the comments of an incident in order.", zh: "按顺序查看事件的评论。", permission: "incident.read",
    roles: IncidentFields.readers, scopes: IncidentFields.everyScope, reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<CommentRecord> {
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let ticket = try await context.ticket(input.id)
    let rows = try await context.transaction.query(
      CommentsOfTicket(
        tenant: context.tenant.id, ticket: ticket.id, includesInternal: context.principal.side == .staff,
        afterAt: try after?.instant(0) ?? Instant.accepted.lowerBound, afterId: try after?.integer(1) ?? 0, limit: limit + 1))
    return context.listing(
      rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.occurredAt.microseconds), .integer($0.id)]) }
    ) { row in
      CommentRecord(
        id: context.id(.comment, row.publicId), visibility: row.visibility, body: row.body, authorKind: row.authorKind, authorName: row.authorName,
        at: row.occurredAt, incident: context.id(.incident, row.ticket), saidOn: row.saidOn.map { context.id(.incident, $0) })
    }
  }
}
