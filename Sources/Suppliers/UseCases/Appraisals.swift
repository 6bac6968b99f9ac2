import BillingEngine
import Kernel
import Operations
import ServiceTime

package enum OpenAppraisal: Operation {
  package struct Input: OperationInput {
    let supplier: PublicId
    let scheme: PublicId
    let period: String

    package static let fields: [any InputField] = [SupplierFields.supplier, AppraisalFields.scheme, AppraisalFields.period]

    package init(_ values: InputValues) throws(FieldError) {
      supplier = try values[SupplierFields.supplier]
      scheme = try values[AppraisalFields.scheme]
      period = try values[AppraisalFields.period]
    }
  }

  package static let declaration = Declaration(
    "appraisal.open", "Begin the appraisal of a supplier for a period that has begun: a draft, whose figures follow the records.",
    zh: "建立供应商某期间的考核草稿；其数据随记录变化。", permission: "appraisal.manage", roles: SupplierRights.managers, scopes: SupplierRights.everyone,
    reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> AppraisalOutput {
    let supplier = try await context.supplier(input.supplier, path: "supplier")
    guard let period = BillingPeriod(calendarPeriod: input.period) else { throw Failure.invalid("period", SuppliersMessages.badPeriod) }
    let span = try UnderpinningRule.zone(supplier.zone).span(of: period.first, to: period.end)
    guard span.start <= context.now else { throw Failure.invalid("period", SuppliersMessages.periodAhead) }
    // A period is judged by what held when it began.
    guard let scheme = try await context.transaction.first(AppraisalSchemeAt(publicId: input.scheme, at: span.start)) else {
      throw context.unknownReference("scheme")
    }
    let days = period.first..<period.end
    // What is closed is restated, not appraised once more.
    let standing = try await context.transaction.first(
      StandingAppraisal(tenant: context.tenant.id, supplier: supplier.id, scheme: scheme.id, days: days))
    if let standing { throw Failure(.conflict, SuppliersMessages.alreadyClosed, ["appraisal": context.id(.appraisal, standing).description]) }
    let id = context.newId(.appraisal)
    let inserted = try await context.transaction.first(
      InsertAppraisal(
        tenant: context.tenant.id, publicId: id, supplier: supplier.id, scheme: scheme.id, schemeVersion: scheme.versionId, zone: supplier.zone,
        periodKind: period.kind.rawValue, periodName: period.description, days: days, restates: nil, cause: nil, now: context.now))
    guard inserted != nil else { throw Failure.notFound }
    context.subject(id)
    return AppraisalOutput(try await context.appraisal(id), in: context)
  }
}

package enum AssessAppraisal: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let criterion: String
    let score: Change<Rate>
    let isNotApplicable: Bool
    let evidence: String

    private static let criterion = Field.text("criterion", 1...40, "The code of a criterion that is assessed.", "由人评定的考核项简称。")
    private static let score = Field.percent("score", "Points of 100; null takes an assessment back.", "得分（满分 100）；null 表示撤回评定。").clearable
    private static let notApplicable = Field.boolean(
      "notApplicable", "In place of a score: that the criterion is not for this supplier and period; the evidence says why (default: no).",
      "代替得分：该考核项不适用于此供应商或期间，依据中说明原因（默认否）。"
    ).optional
    private static let evidence = Field.longText(
      "evidence", 1...2000, "What it rests on, or why the criterion is not applicable.", "评定依据，或不适用的原因。")

    package static let fields: [any InputField] = [AppraisalFields.id, criterion, score, notApplicable, evidence]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[AppraisalFields.id]
      criterion = try values[Self.criterion]
      score = try values[Self.score]
      isNotApplicable = try values[Self.notApplicable] ?? false
      evidence = try values[Self.evidence]
    }
  }

  package static let declaration = Declaration(
    "appraisal.assess", "Say how many points a supplier has by a criterion, or that it is not applicable, and on what evidence; the last word holds.",
    zh: "对考核项评分或认定不适用，并说明依据；以最后一次评定为准。", permission: "appraisal.assess", roles: SupplierRights.managers.union([.engineer, .finance]),
    scopes: SupplierRights.everyone, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> AppraisalOutput {
    let row = try await context.appraisal(input.id)
    try context.requireVersion(row.version)
    let score = input.score.applied(to: Rate?.none)
    if input.isNotApplicable, score != nil { throw Failure.invalid("notApplicable", SuppliersMessages.scoreOrNotApplicable) }
    if input.score.isKeep, !input.isNotApplicable { throw Failure.invalid("score", SuppliersMessages.scoreOrNotApplicable) }
    let scheme = try AppraisalSchemeRule.scheme(row.terms)
    guard scheme.criteria.contains(where: { $0.code == input.criterion && $0.basis == .assessed }) else {
      throw Failure.invalid("criterion", SuppliersMessages.notAssessedCriterion)
    }
    let version = try await context.advance(row, by: .assess, ["criterion": .text(input.criterion)])
    context.transaction.enqueue(
      InsertAssessment(
        tenant: context.tenant.id, appraisal: row.id, seq: version,
        assessment: Assessment(
          criterion: input.criterion, score: score, isNotApplicable: input.isNotApplicable, evidence: input.evidence, actorName: context.principal.name,
          at: context.now),
        actor: context.actor))
    context.subject(input.id)
    return AppraisalOutput(try await context.appraisal(input.id), in: context)
  }
}

package enum DiscardAppraisal: Operation {
  package typealias Input = AppraisalReference

  package static let declaration = Declaration(
    "appraisal.discard", "Discard a draft; what was closed before stands.", zh: "作废考核草稿；此前已结的考核不受影响。", permission: "appraisal.manage",
    roles: SupplierRights.managers, scopes: SupplierRights.everyone, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> AppraisalOutput {
    let row = try await context.appraisal(input.id)
    try context.requireVersion(row.version)
    _ = try await context.advance(row, by: .discard)
    context.subject(input.id)
    return AppraisalOutput(try await context.appraisal(input.id), in: context)
  }
}

package enum RestateAppraisal: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let cause: String

    private static let cause = Field.text("cause", 1...500, "What has come to light since.", "重述原因：此后获知的情况。")

    package static let fields: [any InputField] = [AppraisalFields.id, cause]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[AppraisalFields.id]
      cause = try values[Self.cause]
    }
  }

  package static let declaration = Declaration(
    "appraisal.restate", "Begin another draft of a closed appraisal, by the same terms; closed, it takes its place. What was closed stays as it is.",
    zh: "按相同规则对已结考核建立重述草稿，结案后取代原考核；原考核内容不变。", permission: "appraisal.manage", roles: SupplierRights.managers,
    scopes: SupplierRights.everyone, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> AppraisalOutput {
    let row = try await context.appraisal(input.id)
    try context.requireVersion(row.version)
    _ = try await context.advance(row, by: .restate)
    let id = context.newId(.appraisal)
    let inserted = try await context.transaction.first(
      InsertAppraisal(
        tenant: context.tenant.id, publicId: id, supplier: row.supplierId, scheme: row.schemeId, schemeVersion: row.schemeVersion, zone: row.zone,
        periodKind: row.periodKind, periodName: row.periodName, days: row.days, restates: row.id, cause: input.cause, now: context.now))
    guard let draft = inserted else { throw Failure.notFound }
    _ = try await context.transaction.query(CopyAssessments(tenant: context.tenant.id, from: row.id, to: draft))
    context.subject(id)
    return AppraisalOutput(try await context.appraisal(id), in: context)
  }
}
