import BillingEngine
import Contracts
import Kernel
import Operations
import ServiceTime

package struct MeasurementOutput: OperationOutput {
  let id: PublicId
  let line: PublicId
  let supersedes: PublicId?
  let supersededBy: PublicId?
  let row: MeasurementRow

  init(_ row: MeasurementRow, in context: OperationContext) {
    id = context.id(.measurement, row.publicId)
    line = context.id(.contractLine, row.linePublicId)
    supersedes = row.supersedes.map { context.id(.measurement, $0) }
    supersededBy = row.supersededBy.map { context.id(.measurement, $0) }
    self.row = row
  }

  package static let fields: [OutputField<MeasurementOutput>] = [
    OutputField("id", .id, "The measurement.", "测量编号。") { .id($0.id) },
    OutputField("line", .id, "The contract line.", "合同行。") { .id($0.line) },
    OutputField("measure", .text, "What was measured, as a code.", "测量指标代码。") { .text($0.row.metric) },
    OutputField("service", .text, "The service that it was measured of.", "所测服务。") { .text($0.row.service) },
    OutputField("ci", .text, "The configuration item that it was measured of.", "所测配置项。") { .text($0.row.ci) },
    OutputField("from", .instant, "Its beginning, or its instant.", "开始时间或测量时刻。") { .instant($0.row.from) },
    OutputField("to", .instant, "The first instant after it; the same as from for an instant.", "结束时间（不含）；时刻测量与 from 相同。") { .instant($0.row.to) },
    OutputField("numerator", .integer, "So many ...", "分子。") { .integer($0.row.numerator) },
    OutputField("denominator", .integer, "... of so many.", "分母。") { .integer($0.row.denominator) },
    OutputField("evidence", .text, "Where it is shown.", "依据。") { .text($0.row.evidence) },
    OutputField("withdraws", .boolean, "Whether it only takes back the one before it.", "是否仅为撤销前一测量。") { .bool($0.row.withdraws) },
    OutputField("supersedes", .id, "The one that it corrects.", "所更正的测量。") { .id($0.supersedes) },
    OutputField("supersededBy", .id, "The one that corrected it; null: it stands.", "更正它的测量；null 表示仍有效。") { .id($0.supersededBy) },
    OutputField("recordedAt", .instant, "When it was recorded.", "登记时间。") { .instant($0.row.recordedAt) },
  ]
}

enum MeasurementFields {
  static let line = Field.id("line", .contractLine, "The contract line.", "合同行编号。")
  static let measure = Field.text(
    "measure", 2...40, "What was measured, as a code: backup_success, patch_currency, ...", "测量指标代码：backup_success、patch_currency 等。")
  static let service = Field.text("service", 1...100, "The service that it was measured of: its code in the catalogue.", "所测服务：目录服务代码。")
  static let ci = Field.text("ci", 1...100, "The configuration item that it was measured of.", "所测配置项。")
  static let from = Field.instant("from", "The beginning of what was measured, or its instant.", "测量的开始时间或时刻。")
  static let to = Field.instant("to", "The first instant after it (default: from, for an instant).", "结束时间（不含；默认同 from，即时刻测量）。")
  static let numerator = Field.integer("numerator", 0...1_000_000_000_000_000, "So many: backups that succeeded.", "分子：如成功的备份数。")
  static let denominator = Field.integer("denominator", 1...1_000_000_000_000_000, "Of so many: backups that ran.", "分母：如执行的备份数。")
  static let evidence = Field.text("evidence", 1...500, "Where it is shown: a report, a log, a message.", "依据：报告、日志或邮件。")
}

/// What was measured, once. It is never edited: a correction takes its place.
package enum RecordMeasurement: Operation {
  package struct Input: OperationInput {
    let line: PublicId
    let measure: ServiceMeasure
    let service: String?
    let ci: String?
    let from: Instant
    let to: Instant
    let numerator: Int64
    let denominator: Int64
    let evidence: String

    package static let fields: [any InputField] = [
      MeasurementFields.line, MeasurementFields.service.optional, MeasurementFields.ci.optional, MeasurementFields.measure, MeasurementFields.from,
      MeasurementFields.to.optional, MeasurementFields.numerator, MeasurementFields.denominator, MeasurementFields.evidence,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      line = try values[MeasurementFields.line]
      guard let measure = ServiceMeasure(code: try values[MeasurementFields.measure]) else { throw FieldError("measure", MeasurementsMessages.badMeasure) }
      self.measure = measure
      service = try values[MeasurementFields.service.optional]
      ci = try values[MeasurementFields.ci.optional]
      from = try values[MeasurementFields.from]
      to = try values[MeasurementFields.to.optional] ?? from
      guard from <= to else { throw FieldError("to", MeasurementsMessages.order) }
      numerator = try values[MeasurementFields.numerator]
      denominator = try values[MeasurementFields.denominator]
      guard numerator <= denominator else { throw FieldError("numerator", MeasurementsMessages.share) }
      evidence = try values[MeasurementFields.evidence]
    }
  }

  package static let declaration = Declaration(
    "measurement.record", "Record what was measured of a contract line's service, with its evidence.", zh: "登记合同行服务的测量值及其依据。",
    roles: MeasurementRights.recorders, reach: .one(by: "line"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> MeasurementOutput {
    guard input.to <= context.now else { throw Failure.invalid(input.from == input.to ? "from" : "to", MeasurementsMessages.future) }
    let line = try await context.measuredLine(input.line)
    if let service = input.service, try await context.transaction.first(CataloguedService(tenant: context.tenant.id, code: service)) == nil {
      throw context.unknownReference("service")
    }
    try await context.requirePromised(input.measure, input.service, of: line, from: input.from, to: input.to)
    return try await context.insert(
      NewMeasurement(
        line: line.line, measure: input.measure, service: input.service, ci: input.ci, from: input.from, to: input.to, numerator: input.numerator,
        denominator: input.denominator, evidence: input.evidence), after: nil, withdraws: false)
  }
}

/// Says what it should have been; or, without values, that there was nothing to measure.
package enum CorrectMeasurement: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let numerator: Int64?
    let denominator: Int64?
    let evidence: String

    private static let id = Field.id("id", .measurement, "The measurement that was wrong.", "有误的测量。")

    package static let fields: [any InputField] = [
      id, MeasurementFields.numerator.optional, MeasurementFields.denominator.optional, MeasurementFields.evidence,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[Self.id]
      numerator = try values[MeasurementFields.numerator.optional]
      denominator = try values[MeasurementFields.denominator.optional]
      evidence = try values[MeasurementFields.evidence]
    }
  }

  package static let declaration = Declaration(
    "measurement.correct", "Correct a measurement; without values: take it back. The wrong one stays to be seen.", zh: "更正测量值；不填数值表示撤销。原记录保留可查。",
    permission: "measurement.record", roles: MeasurementRights.recorders, reach: .one(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> MeasurementOutput {
    guard let old = try await context.transaction.first(MeasurementByPublicId(tenant: context.tenant.id, publicId: input.id)),
      let measure = ServiceMeasure(code: old.metric)
    else { throw Failure.notFound }
    guard old.supersededBy == nil, !old.withdraws else { throw Failure(.conflict, MeasurementsMessages.corrected) }
    let (numerator, denominator) = (input.numerator ?? old.numerator, input.denominator ?? old.denominator)
    guard numerator <= denominator else { throw Failure.invalid("numerator", MeasurementsMessages.share) }
    return try await context.insert(
      NewMeasurement(
        line: old.line, measure: measure, service: old.service, ci: old.ci, from: old.from, to: old.to, numerator: numerator, denominator: denominator,
        evidence: input.evidence), after: old, withdraws: input.numerator == nil && input.denominator == nil)
  }
}

package enum ListMeasurements: Operation {
  package struct Input: OperationInput {
    let line: PublicId
    let limit: Int64?
    let cursor: String?

    package static let fields: [any InputField] = [MeasurementFields.line, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      line = try values[MeasurementFields.line]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "measurement.list", "List what was measured of a contract line, the newest first, corrected ones too.", zh: "列出合同行的测量值，最新在前，含已更正的。",
    permission: "measurement.read", roles: MeasurementRights.readers, scopes: [.tenant, .listed, .all], reach: .one(by: "line"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<MeasurementOutput> {
    let filter = input.line.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let line = try await context.measuredLine(input.line)
    let rows = try await context.transaction.query(
      MeasurementsOfLine(
        tenant: context.tenant.id, line: line.line, beforeFrom: try after?.instant(0) ?? Instant(microseconds: .max),
        beforeId: try after?.integer(1) ?? .max, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) { row in
      PageCursor([.integer(row.from.microseconds), .integer(row.id)])
    } element: { row in
      MeasurementOutput(row, in: context)
    }
  }
}

extension OperationContext {
  func measuredLine(_ id: PublicId) async throws -> MeasuredLine.Found {
    guard let line = try await transaction.first(MeasuredLine(tenant: tenant.id, publicId: id)) else { throw unknownReference("line") }
    return line
  }

  /// What nobody promised is judged nowhere: a slip of the pen would never be found. Nor is availability that is counted from outages.
  fileprivate func requirePromised(
    _ measure: ServiceMeasure, _ service: String?, of line: MeasuredLine.Found, from: Instant, to: Instant
  ) async throws {
    let timeline = try await timeline(of: line)
    // An instant has no length; the promise that holds at it is asked.
    let span = TimeSpan(from, max(to, from.adding(seconds: 1)))
    let promised = try await ContractTerms.measuredTargets(of: timeline, span, in: transaction).filter { $0.objective != nil }
    let isPromised = promised.contains { $0.promises(measure, service) }
    if isPromised, measure != .availability { return }
    let provided = TimeSpans(try await transaction.query(ProvidedSpans(tenant: tenant.id, line: line.line)))
    // A period is judged by what was promised when it began, whatever was revised since.
    let zone = try zone(of: line)
    let periods = timeline.inForce(span).isEmpty ? [] : BillingPeriod.judging(from, to, in: zone)
    var isCountedFromOutages = false
    for period in periods {
      let whole = zone.span(of: period.first, to: period.end)
      let targets = try await ContractTerms.measuredTargets(of: timeline, whole, in: transaction)
      guard targets.contains(where: { $0.period == period.kind && $0.promises(measure, service) }) else { continue }
      guard measure == .availability, !provided.intersection(timeline.inForce(whole)).isEmpty else { return }
      isCountedFromOutages = true
    }
    let isProvided = !provided.clipped(to: span).isEmpty
    if isCountedFromOutages || (isPromised && isProvided) { throw Failure.invalid("measure", MeasurementsMessages.fromOutages) }
    if isPromised { return }
    let told = promised.filter { $0.measure != .availability || !isProvided }
    let names = told.map { target in target.measure.code + (target.service.map { " (\($0))" } ?? "") }
    guard !names.isEmpty else { throw Failure.invalid("measure", MeasurementsMessages.nothingPromised) }
    throw Failure.invalid("measure", MeasurementsMessages.notPromised, ["promised": names.sorted().joined(separator: ", ")])
  }

  /// Writes it, and keeps the time that it covers: nothing else of the same may.
  fileprivate func insert(_ measurement: NewMeasurement, after old: MeasurementRow?, withdraws: Bool) async throws -> MeasurementOutput {
    let id = newId(.measurement)
    let inserted = try await transaction.first(
      InsertMeasurement(
        tenant: tenant.id, publicId: id, measurement: measurement, supersedes: old?.id, withdraws: withdraws, actor: actor, now: now))
    guard let inserted else { throw Failure.notFound }
    switch old {
    case nil: transaction.enqueue(InsertCovered(tenant: tenant.id, id: inserted, measurement: measurement))
    case let old? where withdraws:
      transaction.enqueue(DeleteCovered(tenant: tenant.id, measurement: old.id))
      transaction.enqueue(CoverWhatStands(tenant: tenant.id, withdrawn: old.id))
    case let old?: transaction.enqueue(PassCoveredOn(tenant: tenant.id, from: old.id, to: inserted))
    }
    guard let row = try await transaction.first(MeasurementByPublicId(tenant: tenant.id, publicId: id)) else { throw Failure.notFound }
    subject(id)
    record(
      Event(
        subjectKind: "measurement", subject: inserted, seq: 1, type: old == nil ? "measurement.recorded" : "measurement.corrected",
        payload: .object([
          "measurement": .id(id), "measure": .text(measurement.measure.code),
          "supersedes": .id(old.map { self.id(.measurement, $0.publicId) }), "withdraws": .bool(withdraws),
        ]), occurredAt: now))
    return MeasurementOutput(row, in: self)
  }
}

extension MeasuredTarget {
  /// Whether it has an objective for a measure of a service, or of none.
  fileprivate func promises(_ measure: ServiceMeasure, _ service: String?) -> Bool {
    objective != nil && self.measure == measure && (self.service == nil || self.service == service)
  }
}
