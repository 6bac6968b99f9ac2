import Attributes
import Kernel
import Operations

package enum GateFields: GivesReason {
  package static let id = Field.id("id", .gate, "The gate.", "关卡编号。")
  static let step = Field.oneOf("step", GateStep.allCases.map(\.rawValue), "The operation that it stands before.", "所在步骤（操作名）。")
  static let name = Field.localText("name", 1...100, "Its name.", "名称。")
  static let purpose = Field.localText("purpose", 1...1000, "What it is for.", "目的。")
  static let owner = Field.id("owner", .staff, "The member of the staff who answers for it.", "负责人（服务商人员）。")
  package static let reason = Field.text("reason", 1...1000, "Why.", "原因。")
  static let most = 20
}

/// Whom a gate is to ask, as it is given.
struct GateApprovalInput: OperationInput {
  let staff: [PublicId]
  let oneSuffices: Bool
  let mayBeOwn: Bool
  let hours: Int64?

  private static let staff = Field.list(
    "staff", of: Field.id("staff", .staff, "A member of the staff.", "服务商人员。"), count: 1...GateFields.most, "Who is asked.", "审批人。")
  private static let rule = Field.oneOf("rule", ["any", "all"], "any: one of them is enough; all: each of them agrees.", "any：一人同意即可；all：须全部同意。")
  private static let ownWork = Field.boolean(
    "ownWork", "Whether who takes the step may agree to it himself (default no).", "操作人能否自行同意（默认否）。"
  ).optional

  private static let hours = Field.integer(
    "hours", 1...8760, "How long each may take to decide, in hours by the clock; then it counts as refused (default: no limit).",
    "每项审批的时限（小时，按自然时间），逾期视为拒绝（默认不限）。"
  ).optional

  static let fields: [any InputField] = [staff, rule, ownWork, hours]

  init(_ values: InputValues) throws(FieldError) {
    staff = try values[Self.staff]
    oneSuffices = try values[Self.rule] == "any"
    mayBeOwn = try values[Self.ownWork] ?? false
    hours = try values[Self.hours]
  }
}

/// Puts a gate before a step.
package enum CreateGate: Operation {
  package struct Input: OperationInput {
    let step: GateStep
    let priority: Int64?
    let customer: PublicId?
    let facts: [GateFact]
    let attributes: [String]
    let items: [NamedChoice]
    let approval: GateApprovalInput?
    let kind: Gate.Kind
    let name: LocalText
    let purpose: LocalText
    let owner: PublicId
    let validFrom: Instant?

    private static let priority = Field.integer(
      "priority", Rating.numbers, "For incidents, requests or problems of this priority; absent: of every one.", "适用的优先级（仅事件、请求与问题）；不填表示全部。"
    ).optional
    private static let customer = Field.id("customer", .customer, "For what concerns this customer; absent: for all.", "适用的客户；不填表示全部。").optional
    private static let fieldsAsked = Field.list(
      "fields", of: .oneOf("field", GateFact.fields, "A field.", "字段。"), count: 1...GateFields.most, "Fields that must be filled.", "必填字段。"
    ).optional
    private static let attributesAsked = Field.list(
      "attributes", of: .text("attribute", 1...40, "The key of a custom attribute of the step's process.", "该步骤所属流程的自定义属性的键。"), count: 1...GateFields.most,
      "Custom attributes that must be told.", "必填的自定义属性。"
    ).optional
    private static let checklist = Field.list(
      "checklist", of: Field<NamedChoice>.object("item", "An item.", "检查项。"), count: 1...GateFields.most, "Items that must be done.", "须完成的检查项。"
    ).optional
    private static let evidence = Field.list(
      "evidence", of: .oneOf("evidence", GateFact.evidence, "Evidence.", "依据。"), count: 1...GateFields.most,
      "Evidence that must be there: a comment that the requester can read, an article of the knowledge base, that the changes which are to resolve the incident are closed, a file that the staff attached, one that the customer did.",
      "须具备的依据：请求人可见的评论、引用的知识文章、用于解决事件的变更均已结束、服务商人员的附件、客户的附件。"
    ).optional
    private static let approval = Field<GateApprovalInput>.object("approval", "Who must agree before.", "须征得谁的同意。").optional
    private static let validFrom = Field.instant("validFrom", "From when it holds (default now).", "生效时间（默认当前时刻）。").optional

    package static let fields: [any InputField] = [
      GateFields.step, priority, customer, fieldsAsked, attributesAsked, checklist, evidence, approval, GateFields.name, GateFields.purpose,
      GateFields.owner, validFrom,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      let named = try values[GateFields.step]
      guard let step = GateStep(rawValue: named) else { throw FieldError("step", InputMessages.required) }
      self.step = step
      priority = try values[Self.priority]
      customer = try values[Self.customer]
      let (fields, evidence) = (try values[Self.fieldsAsked], try values[Self.evidence])
      let checklist = try values[Self.checklist]
      attributes = try values[Self.attributesAsked] ?? []
      approval = try values[Self.approval]
      // Attributes are fields that a provider defined: they are asked for with fields, or alone.
      switch (fields ?? (attributes.isEmpty ? nil : []), checklist, evidence, approval) {
      case (.some, nil, nil, nil): kind = .field
      case (nil, .some, nil, nil): kind = .checklist
      case (nil, nil, .some, nil): kind = .evidence
      case (nil, nil, nil, .some): kind = .approval
      default: throw FieldError("", GateMessages.oneKind)
      }
      facts = (fields ?? evidence ?? []).compactMap(GateFact.init)
      items = checklist ?? []
      name = try values[GateFields.name]
      purpose = try values[GateFields.purpose]
      owner = try values[GateFields.owner]
      validFrom = try values[Self.validFrom]
      try check()
    }

    private func check() throws(FieldError) {
      if priority != nil, !step.process.hasPriority { throw FieldError("priority", GateMessages.noPriority) }
      if !attributes.isEmpty, !step.takesAttributes { throw FieldError("attributes", GateMessages.noAttributesBefore) }
      if kind == .approval, step == .open { throw FieldError("approval", GateMessages.noApprovalBefore) }
      let path = kind == .field ? "fields" : kind.rawValue
      for (index, fact) in facts.enumerated() where !step.facts.contains(fact) {
        let allowed = step.facts.filter { $0.isEvidence == (kind == .evidence) }.map(\.rawValue)
        throw FieldError("\(path)[\(index)]", GateMessages.neverThere, ["allowed": allowed.isEmpty ? "-" : allowed.joined(separator: ", ")])
      }
      var seen: Set<String> = []
      for (index, key) in attributes.enumerated() where !seen.insert(key).inserted { throw FieldError("attributes[\(index)]", GateMessages.twice) }
      seen = []
      for (index, key) in (facts.map(\.rawValue) + items.map(\.value)).enumerated() where !seen.insert(key).inserted {
        throw FieldError("\(path)[\(index)]", GateMessages.twice)
      }
      for (index, staff) in (approval?.staff ?? []).enumerated() where !seen.insert(staff.description).inserted {
        throw FieldError("approval.staff[\(index)]", GateMessages.twice)
      }
    }

    /// What is stored of what it asks for.
    fileprivate func needs(_ approval: GateApprovalRule?, _ id: ([UInt8]) -> PublicId) -> Value {
      if let approval { return approval.stored(id) }
      if kind == .checklist { return .array(items.map(\.stored)) }
      return .array(facts.map { .text($0.rawValue) } + attributes.map { .text(GateNeeds.name(ofAttribute: $0)) })
    }
  }

  package static let declaration = Declaration(
    "gate.create", "Put a gate before a step of a process: fields, a checklist, evidence or an approval.", zh: "在流程步骤前设置关卡：必填字段、检查清单、依据或审批。",
    permission: GateRights.manage, roles: GateRights.managers, reach: .homeOr(by: "customer", andProvider: true), effect: .create)

  /// So many gates stand before one step, of one customer or of all.
  static let mostOfStep: Int64 = 50

  package static func run(_ input: Input, in context: OperationContext) async throws -> GateRecord {
    if input.customer == nil { try context.requireEveryCustomer() } else if context.tenant.kind != .customer { throw context.unknownReference("customer") }
    // What cannot be told of all that come before it would stop some of them for good.
    try await context.requireTellable(input.attributes, of: input.step.process.attributes, for: input.customer == nil ? nil : context.tenant.id)
    let validFrom = input.validFrom ?? context.now
    guard validFrom >= context.now else { throw Failure.invalid("validFrom", GateMessages.inThePast) }
    let customer = input.customer == nil ? nil : context.tenant.id
    guard try await context.transaction.first(CountGates(step: input.step, customer: customer)) ?? 0 < mostOfStep else {
      throw Failure(.conflict, GateMessages.tooMany, ["most": String(mostOfStep)])
    }
    let approval = try await context.approvalRule(input.approval, for: customer)
    let id = context.newId(.gate)
    context.subject(id)
    context.transaction.enqueue(
      InsertGate(
        publicId: id, step: input.step, priority: input.priority, customer: customer, kind: input.kind,
        needs: input.needs(approval) { context.id(.staff, $0) }, name: input.name, purpose: input.purpose,
        owner: try await context.gateOwner(input.owner), validFrom: validFrom, author: context.principal.name, now: context.now))
    return GateRecord(try await context.gate(id, among: customer.map { [$0.rawValue] }), in: context)
  }
}

/// Another name, purpose or owner; what it asks for stays.
package enum ChangeGate: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let name: Change<LocalText>
    let purpose: Change<LocalText>
    let owner: Change<PublicId>

    package static let fields: [any InputField] = [GateFields.id, GateFields.name.change, GateFields.purpose.change, GateFields.owner.change]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[GateFields.id]
      name = try values[GateFields.name.change]
      purpose = try values[GateFields.purpose.change]
      owner = try values[GateFields.owner.change]
    }
  }

  package static let declaration = Declaration(
    "gate.change", "Change a gate's name, purpose or owner; for another rule, retire it and create one.", zh: "修改关卡的名称、目的或负责人；规则变更须停用后另建。",
    permission: GateRights.manage, roles: GateRights.managers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> GateRecord {
    guard !(input.name.isKeep && input.purpose.isKeep && input.owner.isKeep) else { throw Failure.invalid("", GateMessages.nothingToChange) }
    let gate = try await context.gateToKeep(input.id)
    let owner: GateOwner.Found? = if case .set(let named) = input.owner { try await context.gateOwner(named) } else { nil }
    let update = UpdateGate(
      id: gate.id, version: gate.version, name: input.name.applied(to: gate.name), purpose: input.purpose.applied(to: gate.purpose), owner: owner)
    guard try await context.transaction.first(update) != nil else { throw context.overtaken(gate.version) }
    return GateRecord(try await context.gate(input.id, among: context.reachableCustomers), in: context)
  }
}

/// It stands before nothing any more from now on; what it did stays.
package enum RetireGate: Operation {
  package typealias Input = ReasonInput<GateFields>

  package static let declaration = Declaration(
    "gate.retire", "Retire a gate: it stops nothing any more.", zh: "停用关卡。", permission: GateRights.manage, roles: GateRights.managers, reach: .provider,
    effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> GateRecord {
    let gate = try await context.gateToKeep(input.id)
    let retire = RetireGateRow(id: gate.id, version: gate.version, reason: input.reason, now: context.now)
    guard try await context.transaction.first(retire) != nil else { throw context.overtaken(gate.version) }
    if gate.kind == .approval { context.transaction.enqueue(LapseApprovalsOfGate(provider: context.provider.id, gate: gate.id)) }
    return GateRecord(try await context.gate(input.id, among: context.reachableCustomers), in: context)
  }
}

extension OperationContext {
  /// What holds for all customers is for who serves all of them.
  fileprivate func requireEveryCustomer() throws(Failure) {
    guard reachableCustomers == nil else { throw Failure(.denied, GateMessages.servesAll) }
  }

  /// - Parameter customers: nil: all.
  func gate(_ id: PublicId, among customers: [Int64]?) async throws -> Gate {
    let found = GateByPublicId(provider: provider.id, customers: customers, publicId: id)
    guard let gate = try await transaction.first(found) else { throw Failure.notFound }
    return gate
  }

  /// One that the caller may change.
  fileprivate func gateToKeep(_ id: PublicId) async throws -> Gate {
    let gate = try await gate(id, among: reachableCustomers)
    if gate.customer == nil { try requireEveryCustomer() }
    try requireVersion(gate.version)
    guard gate.retiredAt == nil else { throw Failure(.conflict, GateMessages.retired) }
    subject(id)
    return gate
  }

  fileprivate func gateOwner(_ staff: PublicId) async throws -> GateOwner.Found {
    guard let found = try await transaction.first(GateOwner(provider: provider.id, publicId: staff)) else { throw unknownReference("owner") }
    return found
  }

  /// Who is asked can decide: he is there, and may approve for those for whom the gate holds.
  fileprivate func approvalRule(_ input: GateApprovalInput?, for customer: TenantId?) async throws -> GateApprovalRule? {
    guard let input else { return nil }
    var approvers: [GateApprovalRule.Approver] = []
    for (index, staff) in input.staff.enumerated() {
      let path = "approval.staff[\(index)]"
      let account = AccountAtCustomer(
        home: provider.id, publicId: staff, permission: GateRights.approve, customer: customer ?? provider.id, now: now)
      guard let found = try await transaction.first(account), found.party.kind == Actor.Kind.staff.rawValue else { throw unknownReference(path) }
      guard found.may else { throw Failure.invalid(path, GateMessages.approverMayNot, ["permission": GateRights.approve]) }
      approvers.append(GateApprovalRule.Approver(account: found.party.id, publicId: staff.random))
    }
    return GateApprovalRule(approvers: approvers, oneSuffices: input.oneSuffices, mayBeOwn: input.mayBeOwn, hours: input.hours)
  }

  fileprivate func overtaken(_ version: Int64) -> Failure {
    Failure(.versionMismatch, OperationMessages.versionMismatch, ["expected": String(version), "current": "?"])
  }
}
