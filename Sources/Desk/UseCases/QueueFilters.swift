import Attributes
import Kernel
import Operations

/// A queue that somebody looks at again and again: criteria under a name, each one's own.
package struct QueueFilterRecord: OperationOutput {
  let id: PublicId
  let name: String
  let criteria: QueueCriteria
  let recordedAt: Instant

  package static let fields: [OutputField<QueueFilterRecord>] = [
    OutputField("id", .id, "Its id.", "编号。") { .id($0.id) },
    OutputField("name", .text, "What it is called.", "名称。") { .text($0.name) },
    OutputField("criteria", record: QueueCriteriaSheet.self, "What the queue is asked for.", "队列条件。") { QueueCriteriaSheet(criteria: $0.criteria) },
    OutputField("recordedAt", .instant, "When it was saved last.", "最近保存时间。") { .instant($0.recordedAt) },
  ]

  init(_ row: QueueFilterRow, _ context: OperationContext) throws {
    id = context.id(.queueFilter, row.publicId)
    name = row.name
    criteria = try row.criteria
    recordedAt = row.recordedAt
  }
}

/// Under a name that is in use it takes that one's place where the caller says so.
package enum SaveQueueFilter: Operation {
  package struct Input: OperationInput {
    let name: String
    let criteria: QueueCriteria
    let replaces: Bool

    private static let name = Field.text("name", 1...100, "What it is called.", "名称。")
    private static let replace = Field.boolean(
      "replace", "Whether it takes the place of one that has the name (default no: it is refused).", "是否替换同名筛选（默认否：拒绝保存）。"
    ).optional
    private static let criteria = Field<QueueCriteria>.object(
      "criteria", "What the queue is asked for, as incident.queue takes it.", "队列条件，与 incident.queue 的输入一致。")
    package static let fields: [any InputField] = [name, criteria, replace]

    package init(_ values: InputValues) throws(FieldError) {
      name = try values[Self.name]
      replaces = try values[Self.replace] ?? false
      criteria = try values[Self.criteria]
    }
  }

  package typealias Output = QueueFilterRecord

  /// So many are more than anybody finds his way in.
  private static let most: Int64 = 50

  package static let declaration = Declaration(
    "queue_filter.save", "Save what one asks the queue for under a name.", zh: "以名称保存队列的筛选条件。", permission: "incident.queue",
    roles: [.administrator, .accountManager, .engineer], reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> QueueFilterRecord {
    let transaction = context.transaction
    // Whoever works at the machine itself has no account to keep anything for.
    guard context.actor.id != 0 else { throw Failure(.conflict, QueueFilterMessages.needsAccount) }
    _ = try await context.attributeFilter(input.criteria.attribute, of: .incident, at: "criteria.attribute")
    if let team = input.criteria.team { _ = try await context.team(team, "criteria.team") }
    for (staff, path) in [(input.criteria.assignee, "criteria.assignee"), (input.criteria.owner, "criteria.owner")] {
      guard let staff else { continue }
      guard try await transaction.first(StaffByPublicId(provider: context.provider.id, publicId: staff)) != nil else { throw context.unknownReference(path) }
    }
    _ = try await context.codes(of: .category, input.criteria.category, "criteria.category")
    _ = try await context.codes(of: .nature, input.criteria.nature, "criteria.nature")
    let saved = try await transaction.first(
      SaveQueueFilterRow(
        provider: context.provider.id, account: context.actor.id, publicId: context.newId(.queueFilter).random, name: input.name,
        criteria: input.criteria.value, now: context.now, most: most, replaces: input.replaces))
    guard let saved else {
      let filters = try await transaction.query(QueueFiltersOf(provider: context.provider.id, account: context.actor.id))
      let isTaken = !input.replaces && filters.contains { $0.name == input.name }
      if isTaken { throw Failure(.conflict, QueueFilterMessages.nameTaken, ["name": input.name]) }
      throw Failure(.conflict, QueueFilterMessages.tooMany, ["most": String(most)])
    }
    let record = try QueueFilterRecord(saved, context)
    context.subject(record.id)
    return record
  }
}

package enum ListQueueFilters: Operation {
  package struct Output: OperationOutput {
    let filters: [QueueFilterRecord]

    package static let fields: [OutputField<Output>] = [
      OutputField("filters", listOf: QueueFilterRecord.self, "The caller's filters, by name.", "本人的筛选，按名称排序。") { $0.filters }
    ]
  }

  package typealias Input = NoInput

  package static let declaration = Declaration(
    "queue_filter.list", "List one's saved filters of the queue.", zh: "列出本人保存的队列筛选。", permission: "incident.queue",
    roles: [.administrator, .accountManager, .engineer], reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let rows = try await context.transaction.query(QueueFiltersOf(provider: context.provider.id, account: context.actor.id))
    return Output(filters: try rows.map { try QueueFilterRecord($0, context) })
  }
}

package enum DeleteQueueFilter: Operation {
  package struct Input: OperationInput {
    let id: PublicId

    private static let idField = Field.id("id", .queueFilter, "The filter.", "筛选。")
    package static let fields: [any InputField] = [idField]

    package init(_ values: InputValues) throws(FieldError) { id = try values[Self.idField] }
  }

  package static let declaration = Declaration(
    "queue_filter.delete", "Delete one of one's saved filters.", zh: "删除本人保存的筛选。", permission: "incident.queue",
    roles: [.administrator, .accountManager, .engineer], reach: .provider, effect: .delete)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let statement = DeleteQueueFilterRow(provider: context.provider.id, account: context.actor.id, publicId: input.id.random)
    guard try await context.transaction.first(statement) != nil else { throw Failure.notFound }
    context.subject(input.id)
    return Done(id: input.id)
  }
}
