import Attributes
import Kernel
import Operations

/// An event of the history of a problem, a change, a release or a major incident, with what lies beside it.
package struct ToldEvent: Sendable {
  let row: ProcessEvents.Found
  let changes: Value?
  let texts: [FieldChange]?
}

/// As a process tells it.
package protocol ProcessEventRecord: OperationOutput {
  var event: ToldEvent { get }
  init(_ event: ToldEvent)
}

extension ProcessEventRecord {
  /// - Parameter first: the type of the first event of a history.
  package static func told(first: String) -> [OutputField<Self>] {
    [
      OutputField("type", .text, "What happened: \(first), ...", "事件类型。") { .text($0.event.row.type) },
      OutputField("payload", .document, "Its details, as codes and ids.", "详细信息（代码与编号）。") {
        $0.event.row.payload.with(attributeChanges: $0.event.changes).with(textChanges: $0.event.texts)
      },
      OutputField("occurredAt", .instant, "When it happened.", "发生时间。") { .instant($0.event.row.occurredAt) },
      OutputField("recordedAt", .instant, "When it was recorded.", "记录时间。") { .instant($0.event.row.recordedAt) },
      OutputField("actorKind", .text, "staff, service, operator or system.", "执行者类别。") { .text($0.event.row.actorKind) },
      OutputField("actorName", .text, "Who did it.", "执行人员姓名。") { .text($0.event.row.actorName) },
      OutputField("via", .text, "The way in: http, admin, cli, job.", "操作途径。") { .text($0.event.row.via) },
    ]
  }
}

extension OperationContext {
  /// A page of a history.
  /// - Parameters:
  ///   - process: by which attributes know the subject.
  ///   - find: looks for what the id names, as the caller sees it; nothing of its history is older than `since`.
  package func history<Record: ProcessEventRecord>(
    of process: AttributeProcess, _ id: PublicId, _ limit: Int64?, _ cursor: String?,
    find: () async throws -> (subject: OfferSubject, since: Instant)
  ) async throws -> Listing<Record> {
    let filter = id.description
    let (most, after) = try page(limit, cursor, filter: filter)
    let (subject, since) = try await find()
    // The first event of a release has the place 0.
    let rows = try await transaction.query(
      ProcessEvents(
        provider: provider.id, subject: subject, customers: reachableCustomers, after: try after?.integer(0) ?? -1, recordedFrom: since,
        limit: most + 1))
    let told = rows.filter { AttributeEvents.isOne($0.type) }.map(\.seq)
    let changes = try await attributeChanges(of: process, subject.id, in: provider.id, at: told)
    let written = rows.filter { $0.payload["fields"] != nil }.map(\.seq)
    let texts = try await textChanges(of: subject.kind, subject.id, in: provider.id, at: written)
    return listing(rows, limit: most, filter: filter, key: { PageCursor([.integer($0.seq)]) }) {
      Record(ToldEvent(row: $0, changes: changes[$0.seq], texts: texts[$0.seq]))
    }
  }
}
