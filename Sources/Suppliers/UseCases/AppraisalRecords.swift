import Kernel
import Operations

/// One criterion of an appraisal, as it is shown: told from the figures.
package struct CriterionFigure: OperationOutput {
  let figure: Value

  package static let fields: [OutputField<CriterionFigure>] = [
    text("code", "The criterion.", "考核项简称。"),
    OutputField("name", record: NameOutput.self, "What people call it.", "名称。") { NameOutput(name: $0.figure["name"] ?? .null) },
    text("measure", "What is measured, or assessed.", "度量方式；assessed 表示由人评定。"),
    text("weight", "Its share of the whole, in percent.", "权重（百分数）。"),
    text("value", "What was measured, in percent, rounded to six decimals; null without data.", "度量值（百分数，六位小数）；无数据为 null。"),
    text("exactValue", "The same as a ratio in lowest terms.", "同上，以最简分数表示。"),
    text("part", "What the value is a share of: its part.", "度量值的分子。"),
    text("whole", "And its whole.", "度量值的分母。"),
    text(
      "gap",
      "Why there is no data: nothing_judged, no_services, no_plan, no_costs, several_currencies, not_assessed, not_applicable or too_large. Its weight goes to the others.",
      "无数据的原因：nothing_judged、no_services、no_plan、no_costs、several_currencies、not_assessed、not_applicable 或 too_large；其权重分配给其他考核项。"),
    text("score", "Points of 100, rounded to six decimals.", "得分（满分 100，六位小数）。"),
    text("exactScore", "The same as a ratio of 1, in lowest terms.", "同上，以 1 为满分的最简分数。"),
    text("share", "Its weight among the criteria that have data, in percent.", "在有数据的考核项中的权重（百分数）。"),
    text("evidence", "Of an assessment: what it rests on, or why the criterion is not applicable.", "评定的依据，或不适用的原因。"),
    text("assessedBy", "Of an assessment: whose it is.", "评定人。"),
    text("assessedAt", "Of an assessment: when it was made.", "评定时间。"),
  ]

  private static func text(_ name: String, _ english: String, _ chinese: String) -> OutputField<CriterionFigure> {
    OutputField(name, .text, english, chinese) { $0.figure[name] ?? .null }
  }

  struct NameOutput: OperationOutput {
    let name: Value

    static let fields: [OutputField<NameOutput>] = [
      OutputField("en", .text, "In English.", "英文名称。") { $0.name["en"] ?? .null },
      OutputField("zh-Hans", .text, "In Chinese.", "中文名称。") { $0.name["zh-Hans"] ?? .null },
    ]
  }
}

/// An appraisal of a supplier for a period.
package struct AppraisalOutput: OperationOutput {
  let id: PublicId
  let supplier: PublicId
  let scheme: PublicId
  let restates: PublicId?
  let row: AppraisalRow
  /// Of a draft: as the records say now, where they were asked; else what was written down when it was closed.
  let figures: Value

  init(_ row: AppraisalRow, figures: Value? = nil, in context: OperationContext) {
    id = context.id(.appraisal, row.publicId)
    supplier = context.id(.supplier, row.supplier)
    scheme = context.id(.appraisalScheme, row.scheme)
    restates = row.restates.map { context.id(.appraisal, $0) }
    self.row = row
    self.figures = figures ?? row.figures ?? .null
  }

  package static let fields: [OutputField<AppraisalOutput>] = [
    OutputField("id", .id, "The appraisal.", "考核编号。") { .id($0.id) },
    OutputField("supplier", .id, "The supplier.", "供应商。") { .id($0.supplier) },
    OutputField("supplierCode", .text, "Its code.", "供应商代码。") { .text($0.row.supplierCode) },
    OutputField("supplierName", .text, "Its name.", "供应商名称。") { .text($0.row.supplierName) },
    OutputField("scheme", .id, "The scheme.", "考核方案。") { .id($0.scheme) },
    OutputField("schemeName", .text, "The scheme's name.", "考核方案名称。") { .text($0.row.schemeName) },
    OutputField("period", .text, "The period.", "期间。") { .text($0.row.periodName) },
    OutputField("periodFrom", .date, "Its first day.", "期间首日。") { .date($0.row.periodFrom) },
    OutputField("periodTo", .date, "The first day after it.", "期间结束后的首日。") { .date($0.row.periodTo) },
    OutputField("zone", .text, "The zone of its days.", "计算日的时区。") { .text($0.row.zone) },
    OutputField("state", .text, "draft, closed, superseded or discarded.", "状态：draft（草稿）、closed（已结）、superseded（已被取代）或 discarded（已作废）。") {
      .text($0.row.state.rawValue)
    },
    OutputField("restates", .id, "The one whose place it takes.", "所重述的考核。") { .id($0.restates) },
    OutputField("cause", .text, "Why it takes its place.", "重述原因。") { .text($0.row.cause) },
    OutputField("grade", .text, "A, B, C or D; null without data.", "等级 A、B、C 或 D；无数据为 null。") { $0.figures["grade"] ?? .null },
    OutputField("score", .text, "Points of 100, rounded to six decimals; null without data.", "总分（满分 100，六位小数）；无数据为 null。") { $0.figures["score"] ?? .null },
    OutputField("exactScore", .text, "The same as a ratio of 1, in lowest terms.", "同上，以 1 为满分的最简分数。") { $0.figures["exact"] ?? .null },
    OutputField(
      "measuredTo", .instant, "Up to when the figures count: the period's end, or of a period that is not over when they were told; money by whole days.",
      "数据的截止时间：期间结束时，期间未结束则为计算时；费用按整日计。"
    ) { $0.figures["to"] ?? .null },
    OutputField("coverage", .text, "How much of the weight has data behind it, in percent.", "有数据支持的权重（百分数）。") { $0.figures["coverage"] ?? .null },
    OutputField("criteria", listOf: CriterionFigure.self, "The criteria; empty where a draft is only listed.", "各考核项；仅列出草稿时为空。") {
      ($0.figures["criteria"]?.array ?? []).map(CriterionFigure.init)
    },
    OutputField("closedAt", .instant, "When it was closed.", "结案时间。") { .instant($0.row.closedAt) },
    OutputField("closedBy", .text, "Who closed it.", "结案人。") { .text($0.row.closedBy) },
    OutputField("recordedAt", .instant, "When it was opened.", "建立时间。") { .instant($0.row.recordedAt) },
    OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer($0.row.version) },
  ]
}

package enum AppraisalFields: NamesRecord {
  package static let id = Field.id("id", .appraisal, "The appraisal.", "考核编号。")
  static let scheme = Field.id("scheme", .appraisalScheme, "The scheme.", "考核方案。")
  static let period = Field.text("period", 4...7, "A month, quarter or year: 2026-03, 2026-Q1 or 2026.", "月、季度或年：2026-03、2026-Q1 或 2026。")
}

package typealias AppraisalReference = ReferenceInput<AppraisalFields>

extension AppraisalRow {
  /// The state after `event`.
  func state(after event: AppraisalState.Event) throws(Failure) -> AppraisalState {
    guard let next = state.after(event) else {
      throw Failure(.conflict, SuppliersMessages.badAppraisalTransition, ["state": state.rawValue, "event": event.rawValue])
    }
    return next
  }

  /// What reads its facts.
  func reader(provider: TenantId, now: Instant) throws(Failure) -> SupplierReader {
    SupplierReader(provider: provider, supplier: supplierId, days: days, zone: try UnderpinningRule.zone(zone), now: now)
  }
}

extension OperationContext {
  func appraisal(_ id: PublicId) async throws -> AppraisalRow {
    guard let row = try await transaction.first(AppraisalByPublicId(tenant: tenant.id, publicId: id)) else { throw Failure.notFound }
    return row
  }

  /// What the records say of it now.
  func figures(of row: AppraisalRow, turns: [SupplierFacts.Turn]) async throws -> AppraisalFigures {
    let scheme = try AppraisalSchemeRule.scheme(row.terms)
    let facts = try await row.reader(provider: provider.id, now: now).facts(transaction, turns: turns)
    let assessments = try await transaction.query(AssessmentsOfAppraisal(tenant: tenant.id, appraisal: row.id))
    return AppraisalFigures(scheme, facts: facts, assessments: assessments)
  }

  /// Moves an appraisal on, and says so.
  func advance(_ row: AppraisalRow, by event: AppraisalState.Event, _ payload: KeyValuePairs<String, Value> = [:]) async throws -> Int64 {
    let state = try row.state(after: event)
    guard let version = try await transaction.first(AdvanceAppraisal(tenant: tenant.id, id: row.id, version: row.version, state: state)) else {
      throw beaten
    }
    let id = id(.appraisal, row.publicId)
    record(
      Event(
        subjectKind: "appraisal", subject: row.id, seq: version, type: "appraisal.\(event.rawValue)",
        payload: .object([Value.Member("appraisal", .id(id)), Value.Member("state", .text(state.rawValue))] + payload.map { Value.Member($0.key, $0.value) }),
        occurredAt: now))
    return version
  }
}
