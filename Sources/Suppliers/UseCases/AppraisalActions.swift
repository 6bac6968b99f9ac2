import Kernel
import Operations

/// What is to be done about a supplier whose grade was too low.
package struct AppraisalActionOutput: OperationOutput {
  let id: PublicId
  let appraisal: PublicId
  let supplier: PublicId
  let owner: PublicId?
  let row: AppraisalActionRow

  init(_ row: AppraisalActionRow, in context: OperationContext) {
    id = context.id(.appraisalAction, row.publicId)
    appraisal = context.id(.appraisal, row.appraisal)
    supplier = context.id(.supplier, row.supplier)
    owner = row.owner.map { context.id(.staff, $0) }
    self.row = row
  }

  package static let fields: [OutputField<AppraisalActionOutput>] = [
    OutputField("id", .id, "The action.", "改进措施编号。") { .id($0.id) },
    OutputField("appraisal", .id, "The appraisal that it came from.", "来源考核。") { .id($0.appraisal) },
    OutputField("supplier", .id, "The supplier.", "供应商。") { .id($0.supplier) },
    OutputField("supplierCode", .text, "The supplier's code.", "供应商代码。") { .text($0.row.supplierCode) },
    OutputField("period", .text, "The period of the appraisal.", "考核期间。") { .text($0.row.period) },
    OutputField("what", .text, "What is to be done.", "措施内容。") { .text($0.row.what) },
    OutputField("owner", .id, "Who sees to it; null: nobody yet.", "负责人；null 表示尚无。") { .id($0.owner) },
    OutputField("ownerName", .text, "The owner's name.", "负责人姓名。") { .text($0.row.ownerName) },
    OutputField("dueOn", .date, "By when.", "期限。") { .date($0.row.dueOn) },
    OutputField("state", .text, "open, done or cancelled.", "状态：open（未完成）、done（已完成）或 cancelled（已取消）。") { .text($0.row.state.rawValue) },
    OutputField("result", .text, "What came of it.", "结果。") { .text($0.row.result) },
    OutputField("recordedAt", .instant, "When it was opened.", "建立时间。") { .instant($0.row.recordedAt) },
    OutputField("finishedAt", .instant, "When it was done or cancelled.", "完成或取消时间。") { .instant($0.row.finishedAt) },
    OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer($0.row.version) },
  ]
}

enum ActionFields {
  static let id = Field.id("id", .appraisalAction, "The action.", "改进措施编号。")
  static let owner = Field.id("owner", .staff, "The member of staff who sees to it (default: whoever closes, if staff).", "负责人（默认为结案的服务商人员）。")
  static let what = Field.text("what", 1...500, "What is to be done.", "措施内容。")
  static let dueOn = Field.date("dueOn", "By when.", "期限。")
}

package enum ListAppraisalActions: Operation {
  package struct Input: OperationInput {
    let supplier: PublicId?
    let state: String?
    let limit: Int64?
    let cursor: String?

    private static let supplier = SupplierFields.supplier.optional
    private static let state = Field.oneOf("state", ["open", "all"], "The open ones, or all (default open).", "open 仅未完成，all 全部（默认 open）。").optional

    package static let fields: [any InputField] = [supplier, state, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      supplier = try values[Self.supplier]
      state = try values[Self.state]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "appraisal_action.list", "List what is to be done about suppliers, the next due first.", zh: "列出供应商改进措施，最近到期的在前。",
    permission: "appraisal.read", roles: SupplierRights.staff, scopes: SupplierRights.everyone, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<AppraisalActionOutput> {
    var supplier: Int64?
    if let id = input.supplier { supplier = try await context.supplier(id, path: "supplier").id }
    let filter = "\(input.supplier?.description ?? "") \(input.state ?? "")"
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let (day, id) = (CalendarDate(daysSinceEpoch: try after?.integer(0) ?? -1_000_000), try after?.integer(1) ?? 0)
    let tenant = context.tenant.id
    let rows: [AppraisalActionRow]
    if input.state == "all" {
      rows = try await context.transaction.query(ActionsByDue(tenant: tenant, supplier: supplier, afterDay: day, afterId: id, limit: limit + 1))
    } else {
      rows = try await context.transaction.query(OpenActions(tenant: tenant, supplier: supplier, afterDay: day, afterId: id, limit: limit + 1))
    }
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.integer($0.dueOn.daysSinceEpoch), .integer($0.id)])
    } element: {
      AppraisalActionOutput($0, in: context)
    }
  }
}

package enum ChangeAppraisalAction: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let what: Change<String>
    let owner: Change<PublicId>
    let dueOn: Change<CalendarDate>

    package static let fields: [any InputField] = [ActionFields.id, ActionFields.what.change, ActionFields.owner.clearable, ActionFields.dueOn.change]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ActionFields.id]
      what = try values[ActionFields.what.change]
      owner = try values[ActionFields.owner.clearable]
      dueOn = try values[ActionFields.dueOn.change]
    }
  }

  package static let declaration = Declaration(
    "appraisal_action.change", "Change what is to be done, by whom or by when.", zh: "变更改进措施的内容、负责人或期限。", permission: "appraisal.manage",
    roles: SupplierRights.managers, scopes: SupplierRights.everyone, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> AppraisalActionOutput {
    let row = try await context.openAction(input.id)
    guard !(input.what.isKeep && input.owner.isKeep && input.dueOn.isKeep) else { throw Failure(.invalid, SuppliersMessages.nothingToChange) }
    var owner = row.ownerId
    switch input.owner {
    case .keep: break
    case .clear: owner = nil
    case .set(let id): owner = try await context.actionOwner(id)
    }
    return try await context.update(
      row, what: input.what.applied(to: row.what), owner: owner, dueOn: input.dueOn.applied(to: row.dueOn), to: .open, result: nil)
  }
}

package enum FinishAppraisalAction: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let state: ActionState
    let result: String

    private static let state = Field.oneOf("state", ["done", "cancelled"], "Whether it is done, or comes to nothing.", "done 已完成，cancelled 取消。")
    private static let result = Field.longText("result", 1...2000, "What came of it, or why it is cancelled.", "结果，或取消原因。")

    package static let fields: [any InputField] = [ActionFields.id, state, result]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ActionFields.id]
      state = try ActionState(rawValue: values[Self.state]) ?? .cancelled
      result = try values[Self.result]
    }
  }

  package static let declaration = Declaration(
    "appraisal_action.finish", "Say what came of an action: done, or cancelled.", zh: "登记改进措施的结果：完成或取消。", permission: "appraisal.manage",
    roles: SupplierRights.managers, scopes: SupplierRights.everyone, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> AppraisalActionOutput {
    let row = try await context.openAction(input.id)
    return try await context.update(row, what: row.what, owner: row.ownerId, dueOn: row.dueOn, to: input.state, result: input.result)
  }
}

extension OperationContext {
  /// An action that can still be changed.
  fileprivate func openAction(_ id: PublicId) async throws -> AppraisalActionRow {
    guard let row = try await transaction.first(ActionByPublicId(tenant: tenant.id, publicId: id)) else { throw Failure.notFound }
    try requireVersion(row.version)
    guard row.state == .open else { throw Failure(.conflict, SuppliersMessages.actionOver, ["state": row.state.rawValue]) }
    return row
  }

  /// - Parameter appraisal: the one that it is of from now on; nil: as before.
  func update(
    _ row: AppraisalActionRow, what: String, owner: Int64?, dueOn: CalendarDate, to state: ActionState, result: String?, appraisal: Int64? = nil
  ) async throws -> AppraisalActionOutput {
    let id = id(.appraisalAction, row.publicId)
    let updated = try await transaction.first(
      UpdateAction(
        tenant: tenant.id, id: row.id, version: row.version, what: what, owner: owner, dueOn: dueOn, state: state, result: result,
        finishedAt: state == .open ? nil : now, appraisal: appraisal,
        tellOn: dueOn == row.dueOn ? nil : Reminder.ofAction(dueOn: dueOn, today: providerDay)))
    guard let version = updated, let changed = try await transaction.first(ActionByPublicId(tenant: tenant.id, publicId: id)) else { throw beaten }
    subject(id)
    record(
      Event(
        subjectKind: "appraisal_action", subject: row.id, seq: version,
        type: state == .open ? SupplierNews.actionChanged : "appraisal_action.\(state.rawValue)",
        payload: .object(["action": .id(id), "owner": .id(changed.owner.map { self.id(.staff, $0) }), "was": AppraisalActionOutput(row, in: self).value]),
        occurredAt: now),
      // Whoever is to see to it from now on is told.
      for: state == .open && owner != nil && owner != row.ownerId ? SupplierNews.consumers : [])
    return AppraisalActionOutput(changed, in: self)
  }

  /// A member of staff that an input names.
  func actionOwner(_ id: PublicId) async throws -> Int64 {
    guard let owner = try await transaction.first(ActiveStaff(tenant: tenant.id, publicId: id)) else { throw unknownReference("owner") }
    return owner
  }
}
