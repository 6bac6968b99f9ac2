import Kernel
import Operations

package enum CreateNotificationRule: Operation {
  package struct Input: OperationInput {
    let name: String
    let rule: RuleInput

    package static let fields: [any InputField] = [RuleInput.name, RuleInput.event] + RuleInput.fields

    package init(_ values: InputValues) throws(FieldError) {
      name = try values[RuleInput.name]
      rule = try RuleInput(values, event: NotificationEvent(rawValue: values[RuleInput.event]))
    }
  }

  package static let declaration = Declaration(
    "notification_rule.create", "Add a rule of who is told of what, and how.", zh: "新增通知规则：何事、通知何人、以何渠道。", permission: OutboundRights.keep,
    roles: OutboundRights.keepers, scopes: OutboundRights.forAll, reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> RuleRecord {
    let rule = try await context.rule(input.rule, named: input.name, over: nil)
    let id = context.newId(.notificationRule)
    context.subject(id)
    _ = try await context.transaction.query(
      InsertRule(provider: context.provider.id, publicId: id.random, stockKey: nil, rule: rule, now: context.now))
    return RuleRecord(try await context.rule(id), in: context)
  }
}

package struct RuleReference: OperationInput {
  let id: PublicId

  static let idField = Field.id("id", .notificationRule, "The rule.", "规则编号。")
  package static let fields: [any InputField] = [idField]

  package init(_ values: InputValues) throws(FieldError) { id = try values[Self.idField] }
}

package enum ReadNotificationRule: Operation {
  package typealias Input = RuleReference

  package static let declaration = Declaration(
    "notification_rule.read", "Read a notification rule.", zh: "查看通知规则。", roles: OutboundRights.keepers, scopes: OutboundRights.forAll,
    reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> RuleRecord {
    RuleRecord(try await context.rule(input.id), in: context)
  }
}

package enum ListNotificationRules: Operation {
  package struct Input: OperationInput {
    let event: String?
    let limit: Int64?
    let cursor: String?

    package static let fields: [any InputField] = [RuleInput.event.optional, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      event = try values[RuleInput.event.optional]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "notification_rule.list", "List the notification rules, retired ones too, in the order in which they were made.", zh: "按建立顺序列出通知规则（含已停用）。",
    permission: "notification_rule.read", roles: OutboundRights.keepers, scopes: OutboundRights.forAll, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<RuleRecord> {
    let filter = input.event ?? ""
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      RulesPage(provider: context.provider.id, event: input.event, after: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.id)]) }) { RuleRecord($0, in: context) }
  }
}

package enum ChangeNotificationRule: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let name: String?
    let rule: RuleInput

    package static let fields: [any InputField] = [RuleReference.idField, RuleInput.name.optional, RuleInput.event.optional] + RuleInput.fields

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[RuleReference.idField]
      name = try values[RuleInput.name.optional]
      rule = try RuleInput(values, event: values[RuleInput.event.optional].flatMap(NotificationEvent.init))
    }
  }

  package static let declaration = Declaration(
    "notification_rule.change", "Change a notification rule: of what happens from now on.", zh: "修改通知规则；对此后发生的事项生效。", permission: OutboundRights.keep,
    roles: OutboundRights.keepers, scopes: OutboundRights.forAll, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> RuleRecord {
    let row = try await context.rule(input.id)
    try context.requireVersion(row.version)
    guard row.isActive else { throw Failure(.conflict, NotificationMessages.ruleRetired) }
    context.subject(input.id)
    let rule = try await context.rule(input.rule, named: input.name ?? row.rule.name, over: row.rule)
    guard rule != row.rule else { throw Failure.invalid("", NotificationMessages.nothingToChange) }
    return try await context.update(row, to: rule, state: "active")
  }
}

package enum RetireNotificationRule: Operation {
  package typealias Input = RuleReference

  package static let declaration = Declaration(
    "notification_rule.retire", "Tell nobody by this rule any more.", zh: "停用通知规则。", permission: OutboundRights.keep, roles: OutboundRights.keepers,
    scopes: OutboundRights.forAll, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> RuleRecord {
    let row = try await context.rule(input.id)
    try context.requireVersion(row.version)
    guard row.isActive else { throw Failure(.conflict, NotificationMessages.ruleRetired) }
    context.subject(input.id)
    return try await context.update(row, to: row.rule, state: "retired")
  }
}

extension OperationContext {
  fileprivate func update(_ row: RuleRow, to rule: NotificationRule, state: String) async throws -> RuleRecord {
    let update = UpdateRule(provider: provider.id, id: row.id, version: row.version, state: state, rule: rule)
    guard try await transaction.first(update) != nil else {
      throw Failure(.versionMismatch, OperationMessages.versionMismatch, ["expected": String(row.version), "current": "?"])
    }
    return RuleRecord(try await self.rule(id(.notificationRule, row.publicId)), in: self)
  }
}
