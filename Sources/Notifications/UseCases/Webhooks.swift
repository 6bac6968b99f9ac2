import Kernel
import Operations
import Tenancy

/// Whom webhooks go to, as the API shows it: never the key.
package struct WebhookRecord: OperationOutput {
  let row: WebhookRow
  let id: PublicId
  let account: PublicId?

  package static let fields: [OutputField<WebhookRecord>] = [
    OutputField("id", .id, "The webhook.", "Webhook 编号。") { .id($0.id) },
    OutputField("name", .text, "What it is called.", "名称。") { .text($0.row.name) },
    OutputField("url", .text, "Where messages are posted to.", "投递地址。") { .text($0.row.url) },
    OutputField("account", .id, "The account whose own acts are not told to it.", "其自身操作不再通知的账户。") { .id($0.account) },
    OutputField("state", .text, "active or retired.", "状态：active（在用）或 retired（已停用）。") { .text($0.row.isActive ? "active" : "retired") },
    OutputField("version", .integer, "For If-Match.", "用于 If-Match 的版本号。") { .integer($0.row.version) },
  ]

  init(_ row: WebhookRow, in context: OperationContext) {
    self.row = row
    id = context.id(.webhook, row.publicId)
    account = row.account.map { context.id(.staff, $0) }
  }
}

/// What a webhook is told anew: its key, once.
package struct WebhookSecret: OperationOutput {
  let id: PublicId
  let version: Int64
  let secret: String

  package static let fields: [OutputField<WebhookSecret>] = [
    OutputField("id", .id, "The webhook.", "Webhook 编号。") { .id($0.id) },
    OutputField("version", .integer, "For If-Match.", "用于 If-Match 的版本号。") { .integer($0.version) },
    OutputField("secret", .text, "What its messages are signed with; shown only now.", "消息签名密钥，仅显示一次。") { .text($0.secret) },
  ]
}

package enum WebhookFields: NamesRecord {
  package static let id = Field.id("id", .webhook, "The webhook.", "Webhook 编号。")
  static let name = Field.text("name", 1...100, "What it is called.", "名称。")
  static let url = Field.text(
    "url", 9...WebhookAddress.most, "Where messages are posted to: an https address on the public internet.", "投递地址：公网 https 地址。")
  static let account = Field.id(
    "account", .staff, "The account of the program behind it: what that does itself is not told to it.", "其背后程序所用的账户；该账户自身的操作不再通知。")

  static func check(_ url: String) throws(FieldError) -> String {
    guard WebhookAddress(url) != nil else { throw FieldError("url", NotificationMessages.badUrl) }
    return url
  }
}

extension OperationContext {
  func webhook(_ id: PublicId) async throws -> WebhookRow {
    guard let row = try await transaction.first(WebhookByPublicId(provider: provider.id, publicId: id.random)) else { throw Failure.notFound }
    return row
  }

  fileprivate func programAccount(_ id: PublicId) async throws -> NotificationRule.Member {
    guard let found = try await transaction.first(ProgramAccount(provider: provider.id, publicId: id.random)) else { throw unknownReference("account") }
    return found
  }

  /// An address in figures is known at once to lead where no message goes.
  fileprivate func requirePermitted(_ url: String) throws(Failure) {
    guard let bytes = WebhookAddress(url)?.addressBytes, let permitsAddress else { return }
    guard permitsAddress(bytes) else { throw Failure.invalid("url", NotificationMessages.urlNotPublic) }
  }

  /// A new key of a webhook, which is shown once.
  fileprivate func addKey(of webhook: Int64) -> String {
    let bytes = random.bytes(32)
    transaction.enqueue(InsertWebhookKey(provider: provider.id, webhook: webhook, secret: bytes, now: now))
    showsOnce("secret")
    return "whsec_" + Base64.encode(bytes)
  }
}

package enum CreateWebhook: Operation {
  package struct Input: OperationInput {
    let name: String
    let url: String
    let account: PublicId?

    package static let fields: [any InputField] = [WebhookFields.name, WebhookFields.url, WebhookFields.account.optional]

    package init(_ values: InputValues) throws(FieldError) {
      name = try values[WebhookFields.name]
      url = try WebhookFields.check(values[WebhookFields.url])
      account = try values[WebhookFields.account.optional]
    }
  }

  package static let declaration = Declaration(
    "webhook.create", "Add a webhook; the key that its messages are signed with is shown once.", zh: "新增 Webhook；其签名密钥仅显示一次。",
    permission: OutboundRights.keep, roles: OutboundRights.keepers, scopes: OutboundRights.forAll, reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> WebhookSecret {
    try context.requirePermitted(input.url)
    var account: NotificationRule.Member?
    if let id = input.account { account = try await context.programAccount(id) }
    let id = context.newId(.webhook)
    context.subject(id)
    let insert = InsertWebhook(
      provider: context.provider.id, publicId: id.random, name: input.name, url: input.url, account: account, now: context.now)
    guard let row = try await context.transaction.first(insert) else {
      throw Failure(.internal, OperationMessages.internalFault, debug: "insert gave no row")
    }
    return WebhookSecret(id: id, version: 1, secret: context.addKey(of: row))
  }
}

package typealias WebhookReference = ReferenceInput<WebhookFields>

package enum ReadWebhook: Operation {
  package typealias Input = WebhookReference

  package static let declaration = Declaration(
    "webhook.read", "Read where a webhook goes.", zh: "查看 Webhook。", roles: OutboundRights.keepers, scopes: OutboundRights.forAll, reach: .provider,
    effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> WebhookRecord {
    WebhookRecord(try await context.webhook(input.id), in: context)
  }
}

package enum ListWebhooks: Operation {
  package typealias Input = PageInput

  package static let declaration = Declaration(
    "webhook.list", "List the webhooks, in the order in which they were made.", zh: "按建立顺序列出 Webhook。", permission: "webhook.read",
    roles: OutboundRights.keepers, scopes: OutboundRights.forAll, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<WebhookRecord> {
    let (limit, after) = try context.page(input.limit, input.cursor)
    let rows = try await context.transaction.query(
      WebhooksPage(provider: context.provider.id, after: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, key: { PageCursor([.integer($0.id)]) }) { WebhookRecord($0, in: context) }
  }
}

package enum ChangeWebhook: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let name: String?
    let url: String?
    let account: Change<PublicId>

    package static let fields: [any InputField] = [
      WebhookFields.id, WebhookFields.name.optional, WebhookFields.url.optional, WebhookFields.account.clearable,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[WebhookFields.id]
      name = try values[WebhookFields.name.optional]
      url = if let url = try values[WebhookFields.url.optional] { try WebhookFields.check(url) } else { nil }
      account = try values[WebhookFields.account.clearable]
    }
  }

  package static let declaration = Declaration(
    "webhook.change", "Change where a webhook goes: what waits goes there too.", zh: "修改 Webhook；待发消息也按新地址投递。", permission: OutboundRights.keep,
    roles: OutboundRights.keepers, scopes: OutboundRights.forAll, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> WebhookRecord {
    let row = try await context.webhook(input.id)
    try context.requireVersion(row.version)
    guard row.isActive else { throw Failure(.conflict, NotificationMessages.webhookRetired) }
    if let url = input.url { try context.requirePermitted(url) }
    context.subject(input.id)
    var account = row.accountId.flatMap { id in row.account.map { NotificationRule.Member(id: id, publicId: $0) } }
    switch input.account {
    case .keep: break
    case .clear: account = nil
    case .set(let id): account = try await context.programAccount(id)
    }
    let (name, url) = (input.name ?? row.name, input.url ?? row.url)
    guard name != row.name || url != row.url || account?.id != row.accountId else { throw Failure.invalid("", NotificationMessages.nothingToChange) }
    return try await context.update(row, name: name, url: url, account: account, state: "active")
  }
}

package enum RotateWebhookSecret: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let overlapHours: Int64

    private static let overlap = Field.integer(
      "overlapHours", 0...168, "How long messages are signed with the old key besides (default 24; 0: not any more).", "旧密钥继续并行签名的小时数（默认 24；0 表示立即停用）。"
    ).optional
    package static let fields: [any InputField] = [WebhookFields.id, overlap]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[WebhookFields.id]
      overlapHours = try values[Self.overlap] ?? 24
    }
  }

  package static let declaration = Declaration(
    "webhook.rotate_secret", "Give a webhook a new key, shown once; messages are signed with the old one too for some hours.",
    zh: "为 Webhook 更换签名密钥，仅显示一次；若干小时内同时用旧密钥签名。", permission: OutboundRights.keep, roles: OutboundRights.keepers,
    scopes: OutboundRights.forAll, reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> WebhookSecret {
    let row = try await context.webhook(input.id)
    guard row.isActive else { throw Failure(.conflict, NotificationMessages.webhookRetired) }
    context.subject(input.id)
    let provider = context.provider.id
    context.transaction.enqueue(
      EndWebhookKeys(provider: provider, webhook: row.id, endsAt: context.now.adding(seconds: input.overlapHours * 3600)))
    context.transaction.enqueue(DropEndedKeys(provider: provider, webhook: row.id, now: context.now))
    return WebhookSecret(id: input.id, version: row.version, secret: context.addKey(of: row.id))
  }
}

package enum RetireWebhook: Operation {
  package typealias Input = WebhookReference

  package static let declaration = Declaration(
    "webhook.retire", "Post nothing to a webhook any more.", zh: "停用 Webhook。", permission: OutboundRights.keep, roles: OutboundRights.keepers,
    scopes: OutboundRights.forAll, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> WebhookRecord {
    let row = try await context.webhook(input.id)
    try context.requireVersion(row.version)
    guard row.isActive else { throw Failure(.conflict, NotificationMessages.webhookRetired) }
    guard try await context.transaction.first(RulesOfWebhook(provider: context.provider.id, webhook: row.id)) == nil else {
      throw Failure(.conflict, NotificationMessages.webhookUsed)
    }
    context.subject(input.id)
    let account = row.accountId.flatMap { id in row.account.map { NotificationRule.Member(id: id, publicId: $0) } }
    context.transaction.enqueue(EndWebhookKeys(provider: context.provider.id, webhook: row.id, endsAt: context.now))
    return try await context.update(row, name: row.name, url: row.url, account: account, state: "retired")
  }
}

extension OperationContext {
  fileprivate func update(
    _ row: WebhookRow, name: String, url: String, account: NotificationRule.Member?, state: String
  ) async throws -> WebhookRecord {
    let update = UpdateWebhook(
      provider: provider.id, id: row.id, version: row.version, name: name, url: url, account: account, state: state)
    guard try await transaction.first(update) != nil else {
      throw Failure(.versionMismatch, OperationMessages.versionMismatch, ["expected": String(row.version), "current": "?"])
    }
    return WebhookRecord(try await webhook(id(.webhook, row.publicId)), in: self)
  }
}
