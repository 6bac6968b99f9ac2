import Kernel
import Operations

/// A notification in somebody's inbox.
package struct NotificationRecord: OperationOutput {
  let row: NotificationRow
  let id: PublicId

  package static let fields: [OutputField<NotificationRecord>] = [
    OutputField("id", .id, "The notification.", "通知编号。") { .id($0.id) },
    OutputField("event", .text, "What it is about.", "通知事项。") { .text($0.row.event) },
    OutputField("subject", .text, "In a line.", "标题。") { .text($0.row.subject) },
    OutputField("body", .text, "What there is to tell.", "正文。") { .text($0.row.body) },
    OutputField("customer", .id, "Whose ticket or contract it is about.", "相关客户。") { .id($0.row.customer) },
    OutputField("incident", .id, "The incident that it is about.", "相关事件工单。") { .id($0.row.ticket) },
    OutputField(
      "about", .id,
      "What else it is about: a renewal, a proof, a certification, an action about a supplier, a request, a problem, a change, a release, a major incident, an approval.",
      "其他相关对象：续约项、证明、认证、供应商改进措施、请求、问题、变更、发布、重大事件或审批。"
    ) { .id($0.row.about) },
    OutputField("occurredAt", .instant, "When it happened.", "发生时间。") { .instant($0.row.occurredAt) },
    OutputField("recordedAt", .instant, "When it was told.", "通知时间。") { .instant($0.row.recordedAt) },
    OutputField("readAt", .instant, "When it was read; null: not yet.", "阅读时间；未读为 null。") { .instant($0.row.readAt) },
  ]

  init(_ row: NotificationRow, in context: OperationContext) {
    self.row = row
    id = context.id(.notification, row.publicId)
  }
}

/// One's own notifications.
enum InboxRights {
  static let permission = "notification.inbox"
  static let everybody = Set(StockRole.allCases)
  static let scopes = Set(Grant.ScopeKind.allCases)
}

extension OperationContext {
  /// The caller as a receiver; nil: he has no inbox.
  fileprivate var receiver: String? { Receiver.name(of: principal) }
}

package enum ListNotifications: Operation {
  package struct Input: OperationInput {
    let isUnreadOnly: Bool
    let limit: Int64?
    let cursor: String?

    private static let unread = Field.boolean("unread", "Only those that were not read yet.", "仅列出未读通知。").optional
    package static let fields: [any InputField] = [unread, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      isUnreadOnly = try values[Self.unread] ?? false
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "notification.list", "List one's own notifications, the newest first.", zh: "列出本人的通知，最新的在前。", permission: InboxRights.permission,
    roles: InboxRights.everybody, scopes: InboxRights.scopes, reach: .home, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<NotificationRecord> {
    let filter = input.isUnreadOnly ? "unread" : ""
    let (limit, before) = try context.page(input.limit, input.cursor, filter: filter)
    guard let receiver = context.receiver else { return Listing(items: [], next: nil) }
    let rows = try await context.transaction.query(
      InboxPage(
        tenant: context.tenant.id, receiver: receiver, isUnreadOnly: input.isUnreadOnly, before: try before?.integer(0) ?? Int64.max, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.id)]) }) { NotificationRecord($0, in: context) }
  }
}

package enum CountNotifications: Operation {
  package typealias Input = NoInput

  package struct Output: OperationOutput {
    let unread: Int64

    package static let fields: [OutputField<Output>] = [
      OutputField("unread", .integer, "How many were not read yet; 1000 stands for that many or more.", "未读通知数；1000 表示不少于此数。") {
        .integer($0.unread)
      }
    ]
  }

  package static let declaration = Declaration(
    "notification.count", "Count one's own unread notifications.", zh: "统计本人的未读通知数。", permission: InboxRights.permission,
    roles: InboxRights.everybody, scopes: InboxRights.scopes, reach: .home, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    guard let receiver = context.receiver else { return Output(unread: 0) }
    return Output(unread: try await context.transaction.first(UnreadCount(tenant: context.tenant.id, receiver: receiver)) ?? 0)
  }
}

package enum ReadNotification: Operation {
  package struct Input: OperationInput {
    let id: PublicId

    static let idField = Field.id("id", .notification, "The notification.", "通知编号。")
    package static let fields: [any InputField] = [idField]

    package init(_ values: InputValues) throws(FieldError) { id = try values[Self.idField] }
  }

  package static let declaration = Declaration(
    "notification.mark_read", "Mark one of one's own notifications as read.", zh: "将本人的一条通知标为已读。", permission: InboxRights.permission,
    roles: InboxRights.everybody, scopes: InboxRights.scopes, reach: .home, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> NotificationRecord {
    guard let receiver = context.receiver else { throw Failure.notFound }
    let own = OwnNotification(tenant: context.tenant.id, receiver: receiver, publicId: input.id.random)
    guard let row = try await context.transaction.first(own) else { throw Failure.notFound }
    context.subject(input.id)
    guard row.readAt == nil else { return NotificationRecord(row, in: context) }
    try await context.transaction.execute(MarkRead(tenant: context.tenant.id, receiver: receiver, id: row.id, now: context.now))
    guard let read = try await context.transaction.first(own) else { throw Failure.notFound }
    return NotificationRecord(read, in: context)
  }
}

package enum ReadAllNotifications: Operation {
  package typealias Input = NoInput

  package struct Output: OperationOutput {
    let read: Int64

    package static let fields: [OutputField<Output>] = [
      OutputField("read", .integer, "How many were unread until now.", "此前未读的通知数。") { .integer($0.read) }
    ]
  }

  package static let declaration = Declaration(
    "notification.mark_all_read", "Mark all of one's own notifications as read.", zh: "将本人的全部通知标为已读。", permission: InboxRights.permission,
    roles: InboxRights.everybody, scopes: InboxRights.scopes, reach: .home, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    guard let receiver = context.receiver else { return Output(read: 0) }
    return Output(
      read: Int64(try await context.transaction.execute(MarkRead(tenant: context.tenant.id, receiver: receiver, id: nil, now: context.now))))
  }
}
