import Kernel
import Operations
import TypedFields

package enum CreateAttribute: Operation {
  package struct Input: OperationInput {
    let process: AttributeProcess
    let key: String
    let type: FieldDefinition.Kind
    let visible: Bool
    let content: AttributeContent

    private static let key = Field.text("key", 1...40, "Its name for programs: small letters, digits and _, a letter first.", "供程序使用的键：小写字母、数字和下划线，以字母开头。")
    private static let type = Field.oneOf(
      "type", FieldDefinition.Kind.allCases.map(\.rawValue), "What it holds.",
      "类型：text 文本、integer 整数、decimal 小数、date 日期、instant 时间、boolean 是否、choice 单选、multi_choice 多选。")
    private static let visible = Field.boolean("visible", "Whether customers see it (default no).", "客户是否可见（默认否）。").optional

    package static let fields: [any InputField] = [
      AttributeInput.process, key, type, AttributeInput.label, AttributeInput.unit.optional, AttributeInput.least.optional, AttributeInput.most.optional,
      AttributeInput.pattern.optional, AttributeInput.choices.optional, visible, AttributeInput.customersTell.optional,
      AttributeInput.categories.optional, AttributeInput.customers.optional,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      process = AttributeProcess(rawValue: try values[AttributeInput.process]) ?? .incident
      key = try values[Self.key]
      type = FieldDefinition.Kind(rawValue: try values[Self.type]) ?? .text
      visible = try values[Self.visible] ?? false
      var content = AttributeContent(label: try values[AttributeInput.label])
      content.unit = try values[AttributeInput.unit.optional]
      content.least = try values[AttributeInput.least.optional]
      content.most = try values[AttributeInput.most.optional]
      content.pattern = try values[AttributeInput.pattern.optional]
      content.choices = try values[AttributeInput.choices.optional] ?? []
      content.customersTell = try values[AttributeInput.customersTell.optional] ?? false
      content.categories = try values[AttributeInput.categories.optional] ?? []
      content.customers = try values[AttributeInput.customers.optional] ?? []
      self.content = content
    }
  }

  package static let declaration = Declaration(
    "attribute.create", "Define a custom attribute of the tickets of a process.", zh: "为某一流程的工单定义自定义属性。", permission: AttributeRights.manage,
    roles: AttributeRights.managers, scopes: AttributeRights.forAll, reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> AttributeRecord {
    guard FieldDefinition.isKey(input.key) else { throw Failure.invalid("key", AttributeMessages.badKey, ["key": input.key]) }
    if input.visible, !input.process.isOfCustomers {
      throw Failure.invalid("visible", AttributeMessages.customersOfTheirs, ["process": input.process.rawValue])
    }
    try DefinitionRule(process: input.process, type: input.type, isInternal: !input.visible).require(input.content)
    try await context.requireCategories(input.content.categories)
    let only = try await context.tenants(of: input.content)
    try await context.requirePlace(input.process, only)
    let id = context.newId(.attribute)
    context.subject(id)
    _ = try await context.transaction.first(
      InsertDefinition(
        publicId: id, process: input.process, key: input.key, type: input.type, isInternal: !input.visible, onlyTenants: only, content: input.content,
        author: context.principal.name, now: context.now))
    return AttributeRecord(try await context.attribute(id), in: context)
  }
}

/// Writes anew what may be: tickets keep what they hold.
package enum ChangeAttribute: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let label: Change<LocalText>
    let unit: Change<String>
    let least: Change<String>
    let most: Change<String>
    let pattern: Change<String>
    let choices: Change<[NamedChoice]>
    let customersTell: Change<Bool>
    let categories: Change<[String]>
    let customers: Change<[PublicId]>

    package static let fields: [any InputField] = [
      AttributeInput.id, AttributeInput.label.change, AttributeInput.unit.clearable, AttributeInput.least.clearable, AttributeInput.most.clearable,
      AttributeInput.pattern.clearable, AttributeInput.choices.change, AttributeInput.customersTell.change, AttributeInput.categories.clearable,
      AttributeInput.customers.clearable,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[AttributeInput.id]
      label = try values[AttributeInput.label.change]
      unit = try values[AttributeInput.unit.clearable]
      least = try values[AttributeInput.least.clearable]
      most = try values[AttributeInput.most.clearable]
      pattern = try values[AttributeInput.pattern.clearable]
      choices = try values[AttributeInput.choices.change]
      customersTell = try values[AttributeInput.customersTell.change]
      categories = try values[AttributeInput.categories.clearable]
      customers = try values[AttributeInput.customers.clearable]
    }

    func applied(to earlier: AttributeContent) -> AttributeContent {
      var content = earlier
      content.label = label.applied(to: content.label)
      content.unit = unit.applied(to: content.unit)
      content.least = least.applied(to: content.least)
      content.most = most.applied(to: content.most)
      content.pattern = pattern.applied(to: content.pattern)
      content.choices = choices.applied(to: content.choices)
      content.customersTell = customersTell.applied(to: content.customersTell)
      content.categories = categories.applied(to: .some(content.categories)) ?? []
      content.customers = customers.applied(to: .some(content.customers)) ?? []
      content.remember(earlier)
      return content
    }
  }

  package static let declaration = Declaration(
    "attribute.change",
    "Change a custom attribute's label, unit, limits, choices, and which tickets it is for. Tickets keep what they hold; process, key, type and who sees it stay.",
    zh: "修改自定义属性的名称、单位、限制、选项与适用范围。工单保留现有值；流程、键、类型与可见性不变。", permission: AttributeRights.manage, roles: AttributeRights.managers,
    scopes: AttributeRights.forAll, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> AttributeRecord {
    let found = try await context.attribute(input.id)
    try context.requireVersion(found.version)
    guard found.isActive else { throw Failure(.conflict, AttributeMessages.isRetired, ["key": found.key]) }
    let content = input.applied(to: found.content)
    guard content != found.content else { throw Failure.invalid("", AttributeMessages.nothingToChange) }
    try DefinitionRule(process: found.process, type: found.type, isInternal: found.isInternal).require(content)
    try requireNoLess(content, than: found.content)
    // What stands there already may stay, whatever became of the category.
    try await context.requireCategories(content.categories, besides: Set(found.content.categories))
    var only = found.onlyTenants
    if content.customers != found.content.customers {
      only = try await context.tenants(of: content)
      try await context.requirePlace(found.process, only, besides: found.id)
    }
    context.subject(input.id)
    let revise = ReviseDefinition(
      id: found.id, version: found.version, onlyTenants: only, content: content, author: context.principal.name, now: context.now)
    guard try await context.transaction.first(revise) != nil else { throw context.overtaken(found.version) }
    return AttributeRecord(try await context.attribute(input.id), in: context)
  }

  /// What it is for only grows: taken from some tickets it would leave values that nobody may give again, and let pass what a gate stops for it.
  private static func requireNoLess(_ content: AttributeContent, than earlier: AttributeContent) throws(Failure) {
    func refuse(_ field: String, _ words: [String]) throws(Failure) {
      throw Failure.invalid(field, AttributeMessages.onlyGrows, ["allowed": words.isEmpty ? "null" : "\(words.shown), ...; null"])
    }
    if content.leavesCategories(of: earlier) { try refuse("categories", earlier.categories) }
    if content.leavesCustomers(of: earlier) { try refuse("customers", earlier.customers.map(\.description)) }
  }
}

package enum RetireAttribute: Operation {
  package typealias Input = AttributeReference

  package static let declaration = Declaration(
    "attribute.retire", "Retire a custom attribute: tickets keep what they hold, and none gets a new value.", zh: "停用自定义属性：工单保留现有值，不再接受新值。",
    permission: AttributeRights.manage, roles: AttributeRights.managers, scopes: AttributeRights.forAll, reach: .provider, effect: .change,
    requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> AttributeRecord {
    try await context.setState(of: input.id, isActive: false)
  }
}

package enum RestoreAttribute: Operation {
  package typealias Input = AttributeReference

  package static let declaration = Declaration(
    "attribute.restore", "Take a retired custom attribute into use again.", zh: "重新启用已停用的自定义属性。", permission: AttributeRights.manage,
    roles: AttributeRights.managers, scopes: AttributeRights.forAll, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> AttributeRecord {
    try await context.setState(of: input.id, isActive: true)
  }
}

extension OperationContext {
  fileprivate func setState(of id: PublicId, isActive: Bool) async throws -> AttributeRecord {
    let found = try await attribute(id)
    try requireVersion(found.version)
    guard found.isActive != isActive else {
      throw Failure(.conflict, isActive ? AttributeMessages.isActive : AttributeMessages.isRetired, ["key": found.key])
    }
    if isActive { try await requirePlace(found.process, found.onlyTenants, besides: found.id) }
    subject(id)
    guard try await transaction.first(SetDefinitionState(id: found.id, version: found.version, isActive: isActive)) != nil else {
      throw overtaken(found.version)
    }
    return AttributeRecord(try await attribute(id), in: self)
  }

  fileprivate func requirePlace(_ process: AttributeProcess, _ only: [Int64]?, besides: Int64 = 0) async throws {
    _ = try await transaction.first(HoldDefinitions(process: process))
    let count = try await transaction.first(CountDefinitions(process: process, customers: only, besides: besides)) ?? 0
    guard count < (only == nil ? AttributeInput.mostOfAll : AttributeInput.mostOfOne) else {
      throw Failure(.conflict, AttributeMessages.tooMany, ["mostOfAll": String(AttributeInput.mostOfAll), "mostOfOne": String(AttributeInput.mostOfOne)])
    }
  }

  fileprivate func requireCategories(_ categories: [String], besides kept: Set<String> = []) async throws {
    guard !Set(categories).isSubset(of: kept) else { return }
    let known = Set(try await transaction.query(CategoriesInUse(keys: categories))).union(kept)
    for (index, category) in categories.enumerated() where !known.contains(category) {
      throw Failure.invalid("categories[\(index)]", AttributeMessages.unknownCategory, ["category": category])
    }
  }

  /// The customers of a definition, in their order; nil: all.
  fileprivate func tenants(of content: AttributeContent) async throws -> [Int64]? {
    guard !content.customers.isEmpty else { return nil }
    var tenants: [Int64] = []
    for (index, customer) in content.customers.enumerated() {
      guard let tenant = try await self.customer(customer, "customers[\(index)]")?.rawValue, !tenants.contains(tenant) else {
        throw unknownReference("customers[\(index)]")
      }
      tenants.append(tenant)
    }
    return tenants
  }

  fileprivate func overtaken(_ version: Int64) -> Failure {
    Failure(.versionMismatch, OperationMessages.versionMismatch, ["expected": String(version), "current": "?"])
  }
}
