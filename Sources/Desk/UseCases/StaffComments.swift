import Kernel
import Operations

/// A process on whose records the staff comment among themselves: they alone read and write it.
package protocol CommentedProcess: NamesRecord {
  /// Where its comments are, `schema.table`; which column there says of what record one is, and which the name of who wrote it.
  static var comments: String { get }
  static var column: String { get }
  static var author: String { get }
  /// Of a comment.
  static var kind: IdKind { get }
  /// What is told of a comment, by ``StaffComment/told(withVisibility:)``: made once, for each comment is told by it.
  static var told: [OutputField<StaffComment<Self>>] { get }
}

/// What is to be said of a record.
package struct StaffCommentInput<Process: CommentedProcess>: OperationInput {
  package let id: PublicId
  package let body: String

  package static var fields: [any InputField] { [Process.id, CommentFields.body] }

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[Process.id]
    body = try values[CommentFields.body]
  }
}

/// What one of the staff said of a record.
package struct StaffComment<Process: CommentedProcess>: OperationOutput {
  package let id: PublicId
  let body: String
  let authorKind: String
  let authorName: String
  let at: Instant

  package static var fields: [OutputField<Self>] { Process.told }

  /// - Parameter withVisibility: whether each says that the staff alone read it.
  package static func told(withVisibility: Bool) -> [OutputField<Self>] {
    let visibility = OutputField<Self>("visibility", .text, "internal: the staff alone read it.", "可见性：internal，仅服务商人员可见。") { _ in
      .text(CommentVisibility.staff.rawValue)
    }
    var all: [OutputField<Self>] = [
      OutputField("id", .id, "Its id.", "编号。") { .id($0.id) },
      OutputField("body", .text, "What was written.", "内容。") { .text($0.body) },
      OutputField("authorKind", .text, "staff, service, operator or system.", "作者类别。") { .text($0.authorKind) },
      OutputField("authorName", .text, "Who wrote it.", "作者。") { .text($0.authorName) },
      OutputField("at", .instant, "When it was written.", "时间。") { .instant($0.at) },
    ]
    if withVisibility { all.insert(visibility, at: 1) }
    return all
  }
}

extension OperationContext {
  /// Writes down what the caller says of a record.
  package func comment<Process: CommentedProcess>(_ body: String, of process: Process.Type, on record: Int64) -> StaffComment<Process> {
    let comment = StaffComment<Process>(
      id: newId(Process.kind), body: body, authorKind: actor.kind.rawValue, authorName: principal.name, at: now)
    transaction.enqueue(InsertStaffComment(provider: provider.id, record: record, comment: comment, actor: actor))
    return comment
  }

  /// A page of what was said of a record, in order.
  /// - Parameter find: looks for what the id names, as the caller sees it.
  package func comments<Process: CommentedProcess>(
    of process: Process.Type, _ id: PublicId, _ limit: Int64?, _ cursor: String?, find: () async throws -> Int64
  ) async throws -> Listing<StaffComment<Process>> {
    let filter = id.description
    let (most, after) = try page(limit, cursor, filter: filter)
    let record = try await find()
    let rows = try await transaction.query(
      CommentsOfRecord<Process>(provider: provider.id, record: record, after: try after?.integer(0) ?? 0, limit: most + 1))
    return listing(rows, limit: most, filter: filter, key: { PageCursor([.integer($0.row)]) }) {
      StaffComment<Process>(
        id: self.id(Process.kind, $0.publicId), body: $0.body, authorKind: $0.authorKind, authorName: $0.authorName, at: $0.at)
    }
  }
}
