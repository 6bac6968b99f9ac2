import Kernel
import Operations
import Postgres
import Tenancy

/// Writes an appraisal's figures down, once, with the records behind them, and opens an action where the grade asks for one.
///
/// What suppliers did for customers lies in the customers' rows: it is read before the transaction that writes, which is bound to
/// the provider alone. What is judged in between is late, as all that comes after.
package enum CloseAppraisal: PreparedOperation {
  package struct Input: OperationInput {
    let id: PublicId
    let owner: PublicId?
    let dueOn: CalendarDate?
    let action: String?
    var turns: [SupplierFacts.Turn] = []

    private static let owner = ActionFields.owner.optional
    private static let dueOn = Field.date("dueOn", "By when an action that opens is to be done (default: in 30 days).", "改进措施的完成期限（默认 30 天后）。").optional
    private static let action = Field.text("action", 1...500, "What is to be done, if an action opens.", "改进措施的内容。").optional

    package static let fields: [any InputField] = [AppraisalFields.id, owner, dueOn, action]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[AppraisalFields.id]
      owner = try values[Self.owner]
      dueOn = try values[Self.dueOn]
      action = try values[Self.action]
    }
  }

  package struct Output: OperationOutput {
    let appraisal: AppraisalOutput
    let action: AppraisalActionOutput?

    package static let fields: [OutputField<Output>] = [
      OutputField("id", .id, "The appraisal.", "考核编号。") { .id($0.appraisal.id) },
      OutputField("appraisal", record: AppraisalOutput.self, "The appraisal with its figures.", "考核及其数据。") { $0.appraisal },
      OutputField("action", record: AppraisalActionOutput.self, "The action that is open for it; null: none is needed.", "未完成的改进措施；无需则为 null。") { $0.action },
      OutputField("version", .integer, "The appraisal's version now.", "考核的当前版本号。") { .integer($0.appraisal.row.version) },
    ]
  }

  package static let declaration = Declaration(
    "appraisal.close",
    "Close an appraisal of a period that is over, once all is assessed: its figures are written down and never change; below the scheme's grade an action opens.",
    zh: "对已结束且评定齐全的期间考核结案：数据固定不变；低于方案规定等级时产生改进措施。", permission: "appraisal.manage", roles: SupplierRights.managers,
    scopes: SupplierRights.everyone, reach: .provider, effect: .change, requiresVersion: true)

  package static func prepare(_ input: Input, for preparation: Preparation) async throws -> Input {
    var prepared = input
    prepared.turns = try await preparation.read { transaction in
      guard let row = try await transaction.first(AppraisalByPublicId(tenant: preparation.provider.id, publicId: input.id)) else { return [] }
      return try await row.reader(provider: preparation.provider.id, now: preparation.tenancy.clock.now()).turns(transaction, preparation.tenancy)
    }
    return prepared
  }

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let row = try await context.appraisal(input.id)
    try context.requireVersion(row.version)
    let end = try UnderpinningRule.zone(row.zone).span(of: row.days.lowerBound, to: row.days.upperBound).end
    guard end <= context.now else { throw Failure(.conflict, SuppliersMessages.periodOpen, ["end": end.description]) }
    let figures = try await context.figures(of: row, turns: input.turns)
    // Else not to assess would be a way to lift a grade: the weight goes to the others.
    let open = figures.score.open
    guard open.isEmpty else { throw Failure(.conflict, SuppliersMessages.assessmentsOpen, ["criteria": open.joined(separator: ", ")]) }
    // The one whose place it takes goes first: one closed appraisal stands for a period.
    if let restated = row.restates {
      let old = try await context.appraisal(context.id(.appraisal, restated))
      _ = try await context.advance(old, by: .supersede, ["by": .id(input.id)])
    }
    _ = try await context.advance(row, by: .close, ["grade": .text(figures.score.grade?.rawValue)])
    context.transaction.enqueue(
      InsertAppraisalResult(
        tenant: context.tenant.id, appraisal: row, figures: figures, actor: context.actor, actorName: context.principal.name, now: context.now))
    if !figures.evidence.isEmpty {
      context.transaction.enqueue(
        InsertAppraisalEvidence(
          tenant: context.tenant.id, appraisal: row.id, evidence: figures.evidence.map { AppraisalEvidenceRow($0.criterion, $0.record) }))
    }
    let action = try await action(input, row, figures.score, in: context)
    if action == nil, row.restates != nil { try await cancelAction(of: row, figures.score, in: context) }
    context.subject(input.id)
    return Output(appraisal: AppraisalOutput(try await context.appraisal(input.id), in: context), action: action)
  }

  /// A restatement lifted the grade: what the superseded appraisal asked for is not asked any more.
  private static func cancelAction(of row: AppraisalRow, _ score: AppraisalScore, in context: OperationContext) async throws {
    let tenant = context.tenant.id
    guard
      let open = try await context.transaction.first(OpenActionOf(tenant: tenant, supplier: row.supplierId, scheme: row.schemeId, days: row.days))
    else { return }
    let result = SuppliersMessages.actionLifted.text(
      context.tenant.language, ["grade": score.grade?.rawValue ?? "-", "cause": row.cause ?? ""])
    _ = try await context.update(open, what: open.what, owner: open.ownerId, dueOn: open.dueOn, to: .cancelled, result: result, appraisal: nil)
  }

  /// The action of an appraisal that needs one: another one only where none is open for the supplier, scheme and period.
  private static func action(
    _ input: Input, _ row: AppraisalRow, _ score: AppraisalScore, in context: OperationContext
  ) async throws -> AppraisalActionOutput? {
    let scheme = try AppraisalSchemeRule.scheme(row.terms)
    guard let grade = score.grade, scheme.needsAction(grade) else { return nil }
    let tenant = context.tenant.id
    if let open = try await context.transaction.first(
      OpenActionOf(tenant: tenant, supplier: row.supplierId, scheme: row.schemeId, days: row.days))
    {
      // Of a restatement: the action is of the appraisal that stands.
      return try await context.update(open, what: open.what, owner: open.ownerId, dueOn: open.dueOn, to: .open, result: nil, appraisal: row.id)
    }
    let today = context.providerDay
    let dueOn = input.dueOn ?? today.adding(days: 30)
    guard dueOn >= today else { throw Failure.invalid("dueOn", SuppliersMessages.dueInThePast, ["today": today.description]) }
    var owner: Int64?
    if let id = input.owner { owner = try await context.actionOwner(id) } else if context.actor.kind == .staff { owner = context.actor.id }
    let id = context.newId(.appraisalAction)
    let what = input.action ?? SuppliersMessages.defaultAction.text(context.tenant.language, ["period": row.periodName, "grade": grade.rawValue])
    context.transaction.enqueue(
      InsertAppraisalAction(
        tenant: tenant, publicId: id, appraisal: row.id, supplier: row.supplierId, what: what, owner: owner, dueOn: dueOn,
        tellOn: Reminder.ofAction(dueOn: dueOn, today: today), now: context.now))
    guard let made = try await context.transaction.first(ActionByPublicId(tenant: tenant, publicId: id)) else { throw Failure.notFound }
    context.record(
      Event(
        subjectKind: "appraisal_action", subject: made.id, seq: made.version, type: SupplierNews.actionOpened,
        payload: .object([
          "action": .id(id), "appraisal": .id(context.id(.appraisal, row.publicId)), "owner": .id(made.owner.map { context.id(.staff, $0) }),
        ]), occurredAt: context.now),
      for: SupplierNews.consumers)
    return AppraisalActionOutput(made, in: context)
  }
}
