import Kernel
import Operations

package enum CreateEscalationRule: Operation {
  package struct Input: OperationInput {
    let name: String
    let process: EscalationProcess
    let rule: RuleInput

    package static let fields: [any InputField] = [RuleInput.name, RuleInput.process] + RuleInput.fields

    package init(_ values: InputValues) throws(FieldError) {
      name = try values[RuleInput.name]
      process = try values[RuleInput.process].flatMap(EscalationProcess.init) ?? .incident
      rule = try RuleInput(values)
    }
  }

  package static let declaration = Declaration(
    "escalation_rule.create", "Add a rule of escalation: of what happens from now on.", zh: "新增升级规则；对此后发生的情况生效。",
    permission: EscalationRights.keep, roles: EscalationRights.keepers, scopes: EscalationRights.forAll, reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> EscalationRuleRecord {
    let rule = try await context.escalationRule(input.rule, named: input.name, of: input.process, over: nil)
    let id = context.newId(.escalationRule)
    context.subject(id)
    context.transaction.enqueue(InsertRule(provider: context.provider.id, publicId: id.random, rule: rule, now: context.now))
    context.raiseShareRevisions(from: nil, to: rule.watch)
    return try await context.escalationRuleRecord(id)
  }
}

package struct EscalationRuleReference: OperationInput {
  let id: PublicId

  static let idField = Field.id("id", .escalationRule, "The rule.", "规则编号。")
  package static let fields: [any InputField] = [idField]

  package init(_ values: InputValues) throws(FieldError) { id = try values[Self.idField] }
}

package enum ReadEscalationRule: Operation {
  package typealias Input = EscalationRuleReference

  package static let declaration = Declaration(
    "escalation_rule.read", "Read a rule of escalation.", zh: "查看升级规则。", roles: EscalationRights.keepers, scopes: EscalationRights.forAll,
    reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> EscalationRuleRecord {
    try await context.escalationRuleRecord(input.id)
  }
}

package enum ListEscalationRules: Operation {
  package typealias Input = PageInput

  package static let declaration = Declaration(
    "escalation_rule.list", "List the rules of escalation, retired ones too, in the order in which they were made.", zh: "按建立顺序列出升级规则（含已停用）。",
    permission: "escalation_rule.read", roles: EscalationRights.keepers, scopes: EscalationRights.forAll, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<EscalationRuleRecord> {
    let (limit, after) = try context.page(input.limit, input.cursor)
    let rows = try await context.transaction.query(
      RulesPage(provider: context.provider.id, after: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, key: { PageCursor([.integer($0.id)]) }) { EscalationRuleRecord($0, in: context) }
  }
}

package enum ChangeEscalationRule: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let name: String?
    let rule: RuleInput

    package static let fields: [any InputField] = [EscalationRuleReference.idField, RuleInput.name.optional] + RuleInput.fields

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[EscalationRuleReference.idField]
      name = try values[RuleInput.name.optional]
      rule = try RuleInput(values)
    }
  }

  package static let declaration = Declaration(
    "escalation_rule.change", "Change a rule of escalation: of what happens from now on.", zh: "修改升级规则；对此后发生的情况生效。",
    permission: EscalationRights.keep, roles: EscalationRights.keepers, scopes: EscalationRights.forAll, reach: .provider, effect: .change,
    requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> EscalationRuleRecord {
    let row = try await context.activeRule(input.id)
    let rule = try await context.escalationRule(input.rule, named: input.name ?? row.rule.name, over: row.rule)
    guard rule != row.rule else { throw Failure.invalid("", EscalationMessages.nothingToChange) }
    return try await context.update(row, to: rule, state: "active")
  }
}

package enum RetireEscalationRule: Operation {
  package typealias Input = EscalationRuleReference

  package static let declaration = Declaration(
    "escalation_rule.retire", "Escalate nothing by this rule any more; what waits for its calendar is dropped.", zh: "停用升级规则；等待其日历的升级不再执行。",
    permission: EscalationRights.keep, roles: EscalationRights.keepers, scopes: EscalationRights.forAll, reach: .provider, effect: .change,
    requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> EscalationRuleRecord {
    let row = try await context.activeRule(input.id)
    return try await context.update(row, to: row.rule, state: "retired")
  }
}

extension OperationContext {
  fileprivate func activeRule(_ id: PublicId) async throws -> RuleRow {
    let row = try await escalationRule(id)
    try requireVersion(row.version)
    guard row.isActive else { throw Failure(.conflict, EscalationMessages.retired) }
    subject(id)
    return row
  }

  fileprivate func update(_ row: RuleRow, to rule: EscalationRule, state: String) async throws -> EscalationRuleRecord {
    // Another trigger, or other tickets: what came to it before is not its affair.
    let beginsAt = rule.means(theSameAs: row.rule) ? row.beginsAt : now
    let update = UpdateRule(provider: provider.id, row: row, state: state, rule: rule, beginsAt: beginsAt)
    guard try await transaction.first(update) != nil else {
      throw Failure(.versionMismatch, OperationMessages.versionMismatch, ["expected": String(row.version), "current": "?"])
    }
    raiseShareRevisions(from: row.rule.watch, to: state == "active" ? rule.watch : nil)
    return try await escalationRuleRecord(id(.escalationRule, row.publicId))
  }

  /// Whatever else of a rule is changed concerns no clock.
  fileprivate func raiseShareRevisions(from old: ShareWatch?, to new: ShareWatch?) {
    let customers = ShareWatch.concerned(by: old, new)
    guard !customers.isEmpty else { return }
    transaction.enqueue(RaiseShareRevisions(provider: provider.id, customers: customers, now: now))
  }
}

extension EscalationRule {
  /// Whether it is set off by the same, of the same tickets.
  fileprivate func means(theSameAs other: EscalationRule) -> Bool {
    var copy = other
    (copy.name, copy.toTeam, copy.staff, copy.tellsLeads) = (name, toTeam, staff, tellsLeads)
    return copy == self
  }
}
