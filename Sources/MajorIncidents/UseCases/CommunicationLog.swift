import Kernel
import Operations

/// An entry of the communication log.
package struct MajorEntryRecord: OperationOutput {
  let id: PublicId
  let audience: String
  let body: String
  let authorKind: String
  let authorName: String
  let at: Instant
  let isBeingTold: Bool

  package static let fields: [OutputField<MajorEntryRecord>] = [
    OutputField("id", .id, "Its id.", "编号。") { .id($0.id) },
    OutputField("audience", .text, "internal, or customers.", "对象：internal 内部，customers 客户。") { .text($0.audience) },
    OutputField("body", .text, "What was written.", "内容。") { .text($0.body) },
    OutputField("authorKind", .text, "staff, service or operator.", "作者类别。") { .text($0.authorKind) },
    OutputField("authorName", .text, "Who wrote it.", "作者。") { .text($0.authorName) },
    OutputField("at", .instant, "When it was written.", "时间。") { .instant($0.at) },
    OutputField("beingTold", .boolean, "Whether some customers are still to be told.", "是否仍有客户待告知。") { .bool($0.isBeingTold) },
  ]
}

/// Writes an entry. It needs no version: two people may write at once.
package enum LogMajor: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let body: String
    let audience: MajorAudience

    private static let body = Field.longText("body", 1...10_000, "What is to be said.", "内容。")
    private static let audience = Field.oneOf(
      "audience", MajorAudience.allCases.map(\.rawValue),
      "internal: the staff; customers: the customers of its incidents as well, each told on his own incident, without a word of the others.",
      "internal 仅服务商人员；customers 同时在各客户自己的事件中告知，不涉及其他客户。")
    package static let fields: [any InputField] = [MajorFields.id, body, audience]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[MajorFields.id]
      body = try values[Self.body]
      audience = MajorAudience(rawValue: try values[Self.audience]) ?? .internal
    }
  }

  package static let declaration = Declaration(
    "major_incident.log", "Write an entry of a major incident's communication log, among the staff or to the customers of its incidents.",
    zh: "登记重大事件的沟通日志（内部，或同时告知所涉客户）。", permission: MajorRights.work, roles: MajorRights.workers, reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> MajorEntryRecord {
    var work = try await MajorWork.begin(on: input.id, in: context, comparesVersion: false)
    let id = try await work.log(input.body, for: input.audience)
    work.save(countsVersion: false)
    return MajorEntryRecord(
      id: id, audience: input.audience.rawValue, body: input.body, authorKind: context.actor.kind.rawValue, authorName: context.principal.name,
      at: context.now, isBeingTold: input.audience == .customers)
  }
}

package enum ListMajorEntries: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let audience: MajorAudience?
    let limit: Int64?
    let cursor: String?

    private static let audience = Field.oneOf(
      "audience", MajorAudience.allCases.map(\.rawValue), "Only entries for these: internal or customers.", "仅限此对象的条目：internal 或 customers。"
    ).optional
    package static let fields: [any InputField] = [MajorFields.id, audience, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[MajorFields.id]
      audience = try values[Self.audience].flatMap(MajorAudience.init)
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "major_incident.entries", "List the communication log of a major incident, in order.", zh: "按顺序列出重大事件的沟通日志。", permission: MajorRights.read,
    roles: MajorRights.readers, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<MajorEntryRecord> {
    let filter = "\(input.id)/\(input.audience?.rawValue ?? "")"
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let major = try await context.major(input.id)
    let rows = try await context.transaction.query(
      EntriesOfMajor(
        provider: context.provider.id, major: major.id, audience: input.audience, after: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.id)]) }) { row in
      MajorEntryRecord(
        id: context.id(.majorEntry, row.publicId), audience: row.audience, body: row.body, authorKind: row.actorKind, authorName: row.actorName, at: row.at,
        isBeingTold: row.isBeingTold)
    }
  }
}
