import Kernel
import Operations

/// Whether anything goes out, and what waits.
package struct OutboundStatus: OperationOutput {
  let hold: HoldOfAll.Found?
  let counts: OutboxCounts.Found
  let failing: [FailingWay]

  package static let fields: [OutputField<OutboundStatus>] = [
    OutputField("held", .boolean, "Whether all mail and all webhooks are held.", "是否已暂停全部邮件和 Webhook。") { .bool($0.hold != nil) },
    OutputField("heldSince", .instant, "Since when.", "暂停时间。") { .instant($0.hold?.at) },
    OutputField("heldBy", .text, "Who holds them.", "操作人。") { .text($0.hold?.actorName) },
    OutputField("reason", .text, "Why.", "暂停原因。") { .text($0.hold?.reason) },
    OutputField("waitingMail", .integer, "How many mails wait; 1000 stands for that many or more.", "待发邮件数；1000 表示不少于此数。") { .integer($0.counts.mail) },
    OutputField(
      "waitingWebhooks", .integer, "How many messages to webhooks wait; each webhook counts up to 1000.", "待发 Webhook 消息数；每个目标最多计 1000。"
    ) {
      .integer($0.counts.webhooks)
    },
    OutputField("dead", .integer, "How many could not be sent; each tenant counts up to 1000.", "未能送达的通知数；每个租户最多计 1000。") { .integer($0.counts.dead) },
    OutputField("oldestMail", .instant, "When the mail that waits longest was due.", "最早一封待发邮件的应发时间。") { .instant($0.counts.oldest) },
    OutputField("failing", listOf: FailingWay.self, "Ways out that failed of late.", "近期失败的渠道。") { $0.failing },
  ]
}

package struct FailingWay: OperationOutput {
  let row: FailingWays.Found
  let webhook: PublicId?

  package static let fields: [OutputField<FailingWay>] = [
    OutputField("webhook", .id, "The webhook; null: mail.", "Webhook；null 表示邮件。") { .id($0.webhook) },
    OutputField("failures", .integer, "How often one after the other.", "连续失败次数。") { .integer($0.row.failures) },
    OutputField("restsUntil", .instant, "Until when nothing is tried.", "在此之前不再尝试。") { .instant($0.row.restsUntil) },
    OutputField("fault", .text, "What went wrong last.", "最近一次的错误。") { .text($0.row.fault) },
  ]
}

enum OutboundRights {
  static let keep = "notification.manage"
  static let keepers: Set<StockRole> = [.administrator]
  static let forAll: Set<Grant.ScopeKind> = [.all]
}

extension OperationContext {
  fileprivate func outboundStatus() async throws -> OutboundStatus {
    let (hold, counts, failing) = try await transaction.query(
      HoldOfAll(provider: provider.id), OutboxCounts(), FailingWays(provider: provider.id))
    return OutboundStatus(
      hold: hold.first, counts: counts.first ?? OutboxCounts.Found(mail: 0, webhooks: 0, dead: 0, oldest: nil),
      failing: failing.map { row in FailingWay(row: row, webhook: row.webhook.map { id(.webhook, $0) }) })
  }
}

package enum ReadOutboundStatus: Operation {
  package typealias Input = NoInput

  package static let declaration = Declaration(
    "notification.status", "Tell whether mail and webhooks go out, what waits and what fails.", zh: "查看外发通知的状态：是否暂停、待发与失败情况。",
    roles: OutboundRights.keepers, scopes: OutboundRights.forAll, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> OutboundStatus { try await context.outboundStatus() }
}

package enum HoldOutbound: Operation {
  package struct Input: OperationInput {
    let reason: String

    private static let reason = Field.text("reason", 1...500, "Why.", "暂停原因。")
    package static let fields: [any InputField] = [reason]

    package init(_ values: InputValues) throws(FieldError) { reason = try values[Self.reason] }
  }

  package static let declaration = Declaration(
    "notification.hold", "Hold all mail and all webhooks: what is under way is finished, nothing else goes out.", zh: "暂停全部外发邮件和 Webhook；正在发送的除外。",
    permission: OutboundRights.keep, roles: OutboundRights.keepers, scopes: OutboundRights.forAll, reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> OutboundStatus {
    let hold = InsertHold(provider: context.provider.id, reason: input.reason, actorName: context.principal.name, now: context.now)
    guard try await context.transaction.first(hold) != nil else { throw Failure(.conflict, NotificationMessages.held) }
    return try await context.outboundStatus()
  }
}

package enum ReleaseOutbound: Operation {
  package typealias Input = NoInput

  package static let declaration = Declaration(
    "notification.release", "Let mail and webhooks go out again; what has expired meanwhile is not sent.", zh: "恢复外发邮件和 Webhook；期间已过期的不再发送。",
    permission: OutboundRights.keep, roles: OutboundRights.keepers, scopes: OutboundRights.forAll, reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> OutboundStatus {
    guard try await context.transaction.first(DeleteHold(provider: context.provider.id)) != nil else {
      throw Failure(.conflict, NotificationMessages.notHeld)
    }
    return try await context.outboundStatus()
  }
}

/// What could not be sent.
package struct DeadNotification: OperationOutput {
  let row: NotificationRow
  let id: PublicId

  package static let fields: [OutputField<DeadNotification>] = [
    OutputField("id", .id, "The notification.", "通知编号。") { .id($0.id) },
    OutputField("event", .text, "What it is about.", "通知事项。") { .text($0.row.event) },
    OutputField("channel", .text, "email or webhook.", "渠道：email 或 webhook。") { .text($0.row.channel) },
    OutputField("customer", .id, "Whose ticket or contract it is about.", "相关客户。") { .id($0.row.customer) },
    OutputField("incident", .id, "The incident that it is about.", "相关事件工单。") { .id($0.row.ticket) },
    OutputField(
      "about", .id,
      "What else it is about: a renewal, a proof, a certification, an action about a supplier, a request, a problem, a change, a release, a major incident, an approval.",
      "其他相关对象：续约项、证明、认证、供应商改进措施、请求、问题、变更、发布、重大事件或审批。"
    ) { .id($0.row.about) },
    OutputField(
      "state", .text, "Its state: dead, expired when it was too old to be sent, or waiting when it is sent again.",
      "状态：dead（未能送达）、expired（过期未发），重发后为 waiting（待发）。"
    ) { .text($0.row.state) },
    OutputField("attempts", .integer, "How often it was tried.", "尝试次数。") { .integer($0.row.attempts) },
    OutputField("fault", .text, "What went wrong last.", "最近一次的错误。") { .text($0.row.fault) },
    OutputField("recordedAt", .instant, "When it was made.", "生成时间。") { .instant($0.row.recordedAt) },
  ]

  init(_ row: NotificationRow, in context: OperationContext) {
    self.row = row
    id = context.id(.notification, row.publicId)
  }
}

package enum ListDeadNotifications: Operation {
  package struct Input: OperationInput {
    let customer: PublicId?
    let limit: Int64?
    let cursor: String?

    private static let customer = Field.id(
      "customer", .customer, "To people of this customer (default: to staff and webhooks).", "发给该客户人员的通知（默认：发给服务商人员和 Webhook 的）。"
    ).optional
    package static let fields: [any InputField] = [customer, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      customer = try values[Self.customer]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "notification.dead", "List what could not be sent, in the order in which it was made.", zh: "按生成顺序列出未能送达的通知。", permission: OutboundRights.keep,
    roles: OutboundRights.keepers, scopes: OutboundRights.forAll, reach: .homeOr(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<DeadNotification> {
    let filter = context.tenant.publicId.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      DeadPage(tenant: context.tenant.id, after: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.id)]) }) { DeadNotification($0, in: context) }
  }
}

package enum RepeatDeadNotification: Operation {
  package typealias Input = ReadNotification.Input

  /// As long as it is tried again.
  private static let seconds: Int64 = 86_400

  package static let declaration = Declaration(
    "notification.repeat", "Send again what could not be sent, under the same id: a receiver that has it after all can drop it.",
    zh: "重发未能送达的通知；编号不变，接收方可据此去重。", permission: OutboundRights.keep, roles: OutboundRights.keepers, scopes: OutboundRights.forAll,
    reach: .one(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> DeadNotification {
    let find = NotificationByPublicId(tenant: context.tenant.id, publicId: input.id.random)
    guard let row = try await context.transaction.first(find) else { throw Failure.notFound }
    context.subject(input.id)
    let again = RepeatNotification(tenant: context.tenant.id, id: row.id, now: context.now, expiresAt: context.now.adding(seconds: seconds))
    guard ["dead", "expired"].contains(row.state), try await context.transaction.first(again) != nil else {
      throw Failure(.conflict, NotificationMessages.notDead, ["state": row.state])
    }
    guard let waiting = try await context.transaction.first(find) else { throw Failure.notFound }
    return DeadNotification(waiting, in: context)
  }
}
