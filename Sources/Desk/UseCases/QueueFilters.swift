import Attributes
import Kernel
import Operations

/// A queue that somebody looks at again and again: criteria of one of the queues under a name, each one's own.
package struct QueueFilterRecord: OperationOutput {
  let id: PublicId
  let name: String
  let queue: FilteredQueue
  /// Nil: they cannot be read any more.
  let criteria: (any SavedCriteria)?
  let unreadable: String?
  let recordedAt: Instant

  package static let fields: [OutputField<QueueFilterRecord>] = [
    OutputField("id", .id, "Its id.", "编号。") { .id($0.id) },
    OutputField("name", .text, "What it is called.", "名称。") { .text($0.name) },
    OutputField(
      "queue", .text, "Of which queue it is: incident (incident.queue) or work (work.queue).", "所属队列：incident（incident.queue）或 work（work.queue）。"
    ) { .text($0.queue.rawValue) },
    OutputField("criteria", record: QueueCriteriaSheet.self, "What the queue is asked for; null where `unreadable`.", "队列条件；unreadable 有内容时为 null。") {
      $0.criteria.map { QueueCriteriaSheet($0) }
    },
    OutputField("unreadable", .text, "Why it cannot be used any more, and what to do; null while it can.", "为何已无法使用及如何处理；可用时为 null。") { .text($0.unreadable) },
    OutputField("recordedAt", .instant, "When it was saved last.", "最近保存时间。") { .instant($0.recordedAt) },
  ]

  init(_ row: QueueFilterRow, _ context: OperationContext) {
    id = context.id(.queueFilter, row.publicId)
    name = row.name
    queue = row.queue
    recordedAt = row.recordedAt
    do throws(Failure) {
      criteria = try row.criteria(row.queue.criteria, in: context.language)
      unreadable = nil
    } catch {
      criteria = nil
      unreadable = error.text(context.language)
    }
  }
}

/// Under a name that is in use it takes that one's place where the caller says so.
package enum SaveQueueFilter: Operation {
  package struct Input: OperationInput {
    let name: String
    let criteria: any SavedCriteria
    let replaces: Bool

    private static let name = Field.text("name", 1...100, "What it is called.", "名称。")
    private static let replace = Field.boolean(
      "replace", "Whether it takes the place of one that has the name (default no: it is refused).", "是否替换同名筛选（默认否：拒绝保存）。"
    ).optional
    private static let queue = Field.oneOf(
      "queue", FilteredQueue.allCases.map(\.rawValue), "Of which queue it is: incident (default: incident.queue) or work (work.queue).",
      "所属队列：incident（默认，incident.queue）或 work（work.queue）。"
    ).optional
    private static let criteria = Field<GivenCriteria>.object(
      "criteria", "What the queue is asked for, as incident.queue takes it; of `queue` work as work.queue does.",
      "队列条件，与 incident.queue 的输入一致；queue 为 work 时与 work.queue 的输入一致。")
    package static let fields: [any InputField] = [name, queue, criteria, replace]

    package init(_ values: InputValues) throws(FieldError) {
      name = try values[Self.name]
      replaces = try values[Self.replace] ?? false
      let queue = try values[Self.queue].flatMap(FilteredQueue.init(rawValue:)) ?? .incident
      criteria = try values[Self.criteria].criteria(of: queue, at: Self.criteria.name)
    }
  }

  package typealias Output = QueueFilterRecord

  /// So many are more than anybody finds his way in.
  private static let most: Int64 = 50

  package static let declaration = Declaration(
    "queue_filter.save", "Save what one asks a queue for under a name.", zh: "以名称保存队列的筛选条件。", permission: "incident.queue",
    roles: [.administrator, .accountManager, .engineer], reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> QueueFilterRecord {
    let transaction = context.transaction
    // Whoever works at the machine itself has no account to keep anything for.
    guard context.actor.id != 0 else { throw Failure(.conflict, QueueFilterMessages.needsAccount) }
    let queue = type(of: input.criteria).queue
    try await input.criteria.requireKnown(in: context)
    let saved = try await transaction.first(
      SaveQueueFilterRow(
        provider: context.provider.id, account: context.actor.id, publicId: context.newId(.queueFilter).random, name: input.name,
        queue: queue, criteria: input.criteria.value, now: context.now, most: most, replaces: input.replaces))
    guard let saved else {
      let filters = try await transaction.query(QueueFiltersOf(provider: context.provider.id, account: context.actor.id))
      if let named = filters.first(where: { $0.name == input.name }) {
        guard input.replaces else { throw Failure(.conflict, QueueFilterMessages.nameTaken, ["name": input.name]) }
        guard named.queue == queue else {
          throw Failure(.conflict, QueueFilterMessages.nameOfOtherQueue, ["name": input.name, "queue": named.queue.operation])
        }
      }
      throw Failure(.conflict, QueueFilterMessages.tooMany, ["most": String(most)])
    }
    let record = QueueFilterRecord(saved, context)
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
    "queue_filter.list", "List one's saved filters of the queues.", zh: "列出本人保存的队列筛选。", permission: "incident.queue",
    roles: [.administrator, .accountManager, .engineer], reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let rows = try await context.transaction.query(QueueFiltersOf(provider: context.provider.id, account: context.actor.id))
    return Output(filters: rows.map { QueueFilterRecord($0, context) })
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

extension QueueCriteria {
  package func requireKnown(in context: OperationContext) async throws {
    _ = try await context.attributeFilter(attribute, of: .incident, at: "criteria.attribute")
    if let team { _ = try await context.team(team, "criteria.team") }
    for (staff, path) in [(assignee, "criteria.assignee"), (owner, "criteria.owner")] {
      guard let staff else { continue }
      let statement = StaffByPublicId(provider: context.provider.id, publicId: staff)
      guard try await context.transaction.first(statement) != nil else { throw context.unknownReference(path) }
    }
    _ = try await context.codes(of: .category, category, "criteria.category")
    _ = try await context.codes(of: .nature, nature, "criteria.nature")
    _ = try await context.serviceToFilterBy(affectedService, at: "criteria.affectedService")
  }
}

extension WorkCriteria {
  package func requireKnown(in context: OperationContext) async throws {
    _ = try await attributeAsked(of: processes ?? WorkProcess.allCases, at: "criteria.attribute", in: context)
    if let team { _ = try await context.team(team, "criteria.team") }
  }
}

extension OperationContext {
  /// The criteria that are meant: those that are given, or those of a filter for the customers that are given. Only for operations that read.
  package func meant<Criteria: SavedCriteria>(_ given: Criteria, by filter: PublicId?) async throws -> Criteria {
    guard let filter else { return given }
    let statement = QueueFilterByPublicId(provider: provider.id, account: actor.id, publicId: filter.random)
    guard let found = try await bound(to: [provider.id], { try await $0.first(statement) }) else { throw unknownReference("filter") }
    guard found.queue == Criteria.queue else {
      throw Failure.invalid("filter", QueueFilterMessages.ofOtherQueue, ["queue": found.queue.operation])
    }
    guard given.isOfCustomersOnly else { throw Failure.invalid("filter", QueueFilterMessages.filterAlone) }
    return try found.criteria(Criteria.self, in: language).narrowed(to: given.customers)
  }
}

/// To name a filter where a queue is asked for.
package enum QueueFilterField {
  package static let filter = Field.id("filter", .queueFilter, "One of the caller's saved filters, in place of criteria.", "以本人保存的筛选代替各项条件。").optional
}
