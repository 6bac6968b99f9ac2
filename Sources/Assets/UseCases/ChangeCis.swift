import Kernel
import Operations

enum CiFields {
  static let name = Field.text("name", 1...200, "What it is called.", "名称。")
  static let owner = Field.id("owner", .person, "The person of the customer who answers for it.", "客户方责任人。")
  static let unit = Field.id("unit", .unit, "The site or department where it is.", "所在站点或部门。")
  static let tier = Field.text("ciTier", 1...32, "How critical it is: the code of a CI tier.", "配置项等级代码。")
  static let service = Field.text("service", 1...24, "The code of the catalogue's service that it belongs to.", "所属目录服务的代码。")
  static let serial = Field.text("serial", 1...100, "Its serial number.", "序列号。")
  static let assetTag = Field.text("assetTag", 1...100, "Its asset tag.", "资产标签。")
  static let warrantyUntil = Field.date("warrantyUntil", "The last day of its warranty.", "保修截止日。")
  static let attributes = Field.document("attributes", "Values by the keys of its type's attributes; null takes one away.", "按类型属性键的值；null 表示清除。")
  static let state = Field.oneOf(
    "state", CiState.allCases.map(\.rawValue), "Where it is in its life (default: in_use).",
    "生命周期状态（默认 in_use）：planned 计划中、ordered 已订购、in_stock 库存、in_use 使用中、under_maintenance 维修中、retired 已退役、disposed 已处置。")
  static let cost = Field.amount("cost", "What it cost.", "成本。")
  static let currency = Field.text("currency", 3...3, "The currency of the cost (ISO 4217).", "成本货币（ISO 4217）。")
}

package enum CreateCi: Operation {
  package struct Input: OperationInput {
    let type: String
    let name: String
    let state: String?
    let owner: PublicId?
    let unit: PublicId?
    let tier: String?
    let service: String?
    let serial: String?
    let assetTag: String?
    let warrantyUntil: CalendarDate?
    let attributes: Value

    private static let type = Field.text("type", 1...40, "The code of its type.", "类型代码。")

    package static let fields: [any InputField] = [
      CustomerReference.field, type, CiFields.name, CiFields.state.optional, CiFields.owner.optional, CiFields.unit.optional, CiFields.tier.optional,
      CiFields.service.optional, CiFields.serial.optional, CiFields.assetTag.optional, CiFields.warrantyUntil.optional, CiFields.attributes.optional,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      type = try values[Self.type]
      name = try values[CiFields.name]
      state = try values[CiFields.state.optional]
      owner = try values[CiFields.owner.optional]
      unit = try values[CiFields.unit.optional]
      tier = try values[CiFields.tier.optional]
      service = try values[CiFields.service.optional]
      serial = try values[CiFields.serial.optional]
      assetTag = try values[CiFields.assetTag.optional]
      warrantyUntil = try values[CiFields.warrantyUntil.optional]
      attributes = try values[CiFields.attributes.optional] ?? .object([])
    }
  }

  package static let declaration = Declaration(
    "ci.create", "Record a configuration item of a customer, or with the provider as the customer one that it shares.",
    zh: "登记客户的配置项；客户填写服务商本身时，登记其共享的配置项。", permission: "ci.manage", roles: AssetRights.workers, reach: .one(by: "customer"),
    effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CiDetail {
    let type = try await context.type(input.type, path: "type")
    guard type.isActive else { throw Failure.invalid("type", AssetsMessages.typeRetired, ["type": type.code]) }
    var content = CiContent(name: input.name, state: input.state.flatMap(CiState.init) ?? .inUse)
    if let owner = input.owner { content.owner = CiContent.Reference(row: try await context.person(owner, "owner").id, bits: owner.random) }
    if let unit = input.unit { content.unit = CiContent.Reference(row: try await context.unit(unit, "unit"), bits: unit.random) }
    if let tier = input.tier { content.tier = try await context.tier(tier) }
    if let service = input.service { content.service = try await context.service(service) }
    content.serial = input.serial
    content.assetTag = input.assetTag
    content.warrantyUntil = input.warrantyUntil
    let (attributes, violations) = try type.rule().applied(input.attributes.members ?? [], to: [:], isNew: true)
    guard violations.isEmpty else { throw Failure(.invalid, KernelMessages.invalidInput, violations: violations) }
    content.attributes = attributes
    content.typeRevision = type.seq
    let id = context.newId(.ci)
    let inserted = try await context.transaction.first(
      InsertCis(tenant: context.tenant.id, cis: [NewCi(publicId: id, type: type.id, content: content)], now: context.now))
    guard let row = inserted?.id else { throw context.beaten }
    context.keep(FieldChange.between([], context.told(content)).map { CiChange(ci: row, seq: 1, change: $0) })
    context.note("ci", row, 1, "created", id)
    return try await context.ciDetail(id)
  }
}

package enum ChangeCi: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let name: Change<String>
    let owner: Change<PublicId>
    let unit: Change<PublicId>
    let tier: Change<String>
    let service: Change<String>
    let serial: Change<String>
    let assetTag: Change<String>
    let warrantyUntil: Change<CalendarDate>
    let attributes: Change<Value>

    package static let fields: [any InputField] = [
      CiReference.id, CiFields.name.change, CiFields.owner.clearable, CiFields.unit.clearable, CiFields.tier.clearable, CiFields.service.clearable,
      CiFields.serial.clearable, CiFields.assetTag.clearable, CiFields.warrantyUntil.clearable, CiFields.attributes.change,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[CiReference.id]
      name = try values[CiFields.name.change]
      owner = try values[CiFields.owner.clearable]
      unit = try values[CiFields.unit.clearable]
      tier = try values[CiFields.tier.clearable]
      service = try values[CiFields.service.clearable]
      serial = try values[CiFields.serial.clearable]
      assetTag = try values[CiFields.assetTag.clearable]
      warrantyUntil = try values[CiFields.warrantyUntil.clearable]
      attributes = try values[CiFields.attributes.change]
    }
  }

  package static let declaration = Declaration(
    "ci.change", "Change what is told of a configuration item.", zh: "变更配置项信息。", permission: "ci.manage", roles: AssetRights.workers,
    reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CiDetail {
    let row = try await context.ci(input.id)
    try context.requireVersion(row.version)
    var content = row.content
    content.name = input.name.applied(to: content.name)
    switch input.owner {
    case .keep: break
    case .clear: content.owner = nil
    case .set(let owner): content.owner = CiContent.Reference(row: try await context.person(owner, "owner").id, bits: owner.random)
    }
    switch input.unit {
    case .keep: break
    case .clear: content.unit = nil
    case .set(let unit): content.unit = CiContent.Reference(row: try await context.unit(unit, "unit"), bits: unit.random)
    }
    content.tier = input.tier.applied(to: content.tier)
    if case .set(let code) = input.tier { content.tier = try await context.tier(code) }
    switch input.service {
    case .keep: break
    case .clear: content.service = nil
    case .set(let code): content.service = try await context.service(code)
    }
    content.serial = input.serial.applied(to: content.serial)
    content.assetTag = input.assetTag.applied(to: content.assetTag)
    content.warrantyUntil = input.warrantyUntil.applied(to: content.warrantyUntil)
    if case .set(let told) = input.attributes {
      let type = try await context.type(row.typeCode, path: "type")
      let (attributes, violations) = try type.rule().applied(told.members ?? [], to: content.attributes, isNew: false)
      guard violations.isEmpty else { throw Failure(.invalid, KernelMessages.invalidInput, violations: violations) }
      content.tell(attributes, by: type.seq)
    }
    guard content != row.content else { throw Failure(.invalid, AssetsMessages.nothingToChange) }
    try await context.save(row, as: content, "changed")
    return try await context.ciDetail(input.id)
  }
}

package enum TransitionCi: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let state: String

    private static let state = Field.oneOf("state", CiState.allCases.map(\.rawValue), "What it becomes.", "目标状态。")

    package static let fields: [any InputField] = [CiReference.id, state]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[CiReference.id]
      state = try values[Self.state]
    }
  }

  package static let declaration = Declaration(
    "ci.transition", "Take a configuration item to another state of its life.", zh: "变更配置项的生命周期状态。", permission: "ci.manage",
    roles: AssetRights.workers, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CiDetail {
    let row = try await context.ci(input.id)
    try context.requireVersion(row.version)
    var content = row.content
    guard let state = CiState(rawValue: input.state), content.state.mayGo(to: state) else {
      let allowed = content.state.next.map(\.rawValue).sorted().joined(separator: ", ")
      throw Failure(
        .conflict, AssetsMessages.badTransition,
        ["state": content.state.rawValue, "next": input.state, "allowed": allowed.isEmpty ? "-" : allowed])
    }
    content.state = state
    try await context.save(row, as: content, "moved")
    return try await context.ciDetail(input.id)
  }
}

package enum ConfirmCi: Operation {
  package typealias Input = CiReference

  package static let declaration = Declaration(
    "ci.confirm", "Say that a configuration item was seen to be as it is recorded.", zh: "确认配置项与登记内容一致。", permission: "ci.manage",
    roles: AssetRights.workers, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CiDetail {
    let row = try await context.ci(input.id)
    try context.requireVersion(row.version)
    try await context.save(row, as: row.content, "confirmed")
    return try await context.ciDetail(input.id)
  }
}
