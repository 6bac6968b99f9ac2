import Kernel
import Operations

package struct LinkRecord: OperationOutput {
  let row: LinksOfTicket.Found
  let incident: PublicId
  let number: String

  package static let fields: [OutputField<LinkRecord>] = [
    OutputField(
      "kind", .text,
      "What this incident is to the other: caused_by, duplicates, relates_to, child_of, resolved_by; from the other end causes, duplicated_by, parent_of, resolves.",
      "本事件与对方的关系：caused_by、duplicates、relates_to、child_of、resolved_by；从另一端看为 causes、duplicated_by、parent_of、resolves。"
    ) { .text($0.row.isLeft ? $0.row.kind.rawValue : $0.row.kind.inverse) },
    OutputField("incident", .id, "The other incident.", "对方事件。") { .id($0.incident) },
    OutputField("number", .text, "Its number.", "其工单号。") { .text($0.number) },
    OutputField("title", .text, "What it is about.", "其标题。") { .text($0.row.title) },
    OutputField("state", .text, "Its state.", "其状态。") { .text($0.row.state) },
    OutputField("since", .instant, "When they were linked.", "关联时间。") { .instant($0.row.recordedAt) },
  ]
}

package struct LinkInput: OperationInput {
  let id: PublicId
  let kind: LinkKind
  let to: PublicId

  private static let kind = Field.oneOf(
    "kind", LinkKind.allCases.map(\.rawValue),
    "What this incident is to the other: caused_by, duplicates, relates_to, child_of (of one parent at most, and in no circle) or resolved_by.",
    "本事件与对方的关系：caused_by 由其引起、duplicates 与其重复、relates_to 相关、child_of 为其下级（至多一个上级且不成环）、resolved_by 由其解决。")
  private static let to = Field.id("to", .incident, "The other incident, of the same customer.", "对方事件（须属同一客户）。")
  package static let fields: [any InputField] = [IncidentFields.id, kind, to]

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[IncidentFields.id]
    kind = LinkKind(rawValue: try values[Self.kind]) ?? .relatesTo
    to = try values[Self.to]
  }
}

/// Says what an incident is to another one. It needs no version: it stands beside both.
package enum LinkIncident: Operation {
  package typealias Input = LinkInput

  package static let declaration = Declaration(
    "incident.link", "Say what an incident is to another of the same customer.", zh: "关联同一客户的两个事件。", permission: IncidentFields.work,
    roles: IncidentFields.workers, reach: .one(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    var ends = try await context.ends(of: input)
    let link = ends.link(input.kind, context)
    if input.kind == .childOf {
      let (_, above) = try await context.transaction.query(
        LockParents(tenant: context.tenant.id), ParentsOf(tenant: context.tenant.id, ticket: ends.right.ticket.id))
      guard !above.contains(ends.left.ticket.id) else { throw Failure.invalid("to", SpineMessages.circle) }
    }
    guard try await context.transaction.first(link) != nil else { throw Failure(.conflict, SpineMessages.linkedAlready) }
    ends.note(TicketEventType.linked, input)
    return Done(id: input.id, version: ends.left.ticket.version)
  }
}

package enum UnlinkIncident: Operation {
  package typealias Input = LinkInput

  package static let declaration = Declaration(
    "incident.unlink", "End a link between two incidents; that it was there stays in their history.", zh: "解除两个事件的关联；历史中仍保留记录。",
    permission: IncidentFields.work, roles: IncidentFields.workers, reach: .one(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    var ends = try await context.ends(of: input)
    guard try await context.transaction.first(EndLink(link: ends.link(input.kind, context))) != nil else {
      throw Failure(.conflict, SpineMessages.notLinked)
    }
    ends.note(TicketEventType.unlinked, input)
    return Done(id: input.id, version: ends.left.ticket.version)
  }
}

package enum ListLinks: Operation {
  package typealias Input = PageOfIncident

  package static let declaration = Declaration(
    "incident.links", "List the incidents that an incident is linked to.", zh: "列出与事件关联的其他事件。", permission: "incident.read",
    roles: IncidentFields.readers, scopes: IncidentFields.everyScope, reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<LinkRecord> {
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let ticket = try await context.ticket(input.id)
    let rows = try await context.transaction.query(
      LinksOfTicket(
        tenant: context.tenant.id, ticket: ticket.id, scope: context.access.rows, after: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.id)]) }) { row in
      LinkRecord(row: row, incident: context.id(.incident, row.other), number: IncidentView.number(of: context.tenant.code, row.number))
    }
  }
}

/// The two tickets of a link, both held.
private struct LinkEnds {
  var left: TicketWork
  var right: TicketWork

  func link(_ kind: LinkKind, _ context: OperationContext) -> InsertLink {
    let (from, to) = (left.ticket.id, right.ticket.id)
    let isTurned = kind == .relatesTo && from > to
    return InsertLink(
      tenant: context.tenant.id, from: isTurned ? to : from, to: isTurned ? from : to, kind: kind, actor: context.actor, now: context.now)
  }

  /// In the history of both.
  mutating func note(_ type: String, _ input: LinkInput) {
    let told = Value.object(["kind": .text(input.kind.rawValue), "from": .id(input.id), "to": .id(input.to)])
    left.note(type, told)
    right.note(type, told)
    left.save(countsVersion: false)
    right.save(countsVersion: false)
  }
}

extension OperationContext {
  fileprivate func ends(of input: LinkInput) async throws -> LinkEnds {
    guard input.id != input.to else { throw Failure.invalid("to", SpineMessages.linkedToItself) }
    // Both are locked in one order, so that two people who link them do not wait for each other.
    let held = try await transaction.query(HoldTickets(tenant: tenant.id, publicIds: [input.id, input.to]))
    guard held.count == 2 else {
      _ = try await ticket(input.id)
      throw unknownReference("to")
    }
    let right = try await TicketWork.begin(on: input.to, in: self, comparesVersion: false)
    return LinkEnds(left: try await TicketWork.begin(on: input.id, in: self, comparesVersion: false), right: right)
  }
}
