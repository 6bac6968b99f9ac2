import Kernel
import Operations
import ServiceTime

/// Which line and which targets count for a ticket, and why: everything that was chosen from, and the rule that decided.
package struct TargetResolution: OperationOutput {
  let at: Instant
  let lines: [LineStanding]
  let targets: [TargetStanding]
  let english: [String]
  let chinese: [String]

  package static let fields: [OutputField<TargetResolution>] = [
    OutputField("at", .instant, "The instant whose contracts, SLAs and calendars were asked.", "所依据的合同、SLA 与日历的时刻。") { .instant($0.at) },
    OutputField("lines", listOf: LineStanding.self, "The lines in force, the chosen one first.", "生效的合同行，选用的在前。") { $0.lines },
    OutputField("targets", listOf: TargetStanding.self, "For each metric the targets that are for such a ticket, the chosen one first.", "各指标适用的目标，选用的在前。") {
      $0.targets
    },
    OutputField("english", .list(.text), "What was chosen and why, in English words.", "选用结果及原因的英文表述。") { .array($0.english.map { .text($0) }) },
    OutputField("chinese", .list(.text), "The same in Chinese words.", "选用结果及原因的中文表述。") { .array($0.chinese.map { .text($0) }) },
  ]
}

extension TargetResolution {
  /// Without the lines and targets that were not chosen: those may be for others.
  package var onlyChosen: TargetResolution {
    TargetResolution(
      at: at, lines: lines.filter { $0.standing == .chosen }, targets: targets.filter(\.isChosen), english: english, chinese: chinese)
  }
}

/// A line in force, and where it stands in the choice.
package struct LineStanding: OperationOutput {
  let told: LinesAsTold.Found
  let candidate: LinePrecedence.Candidate
  let standing: LinePrecedence.Standing
  /// Of the chosen one.
  let reason: LineReason?
  let ids: (contract: PublicId, line: PublicId, sla: PublicId)

  package static let fields: [OutputField<LineStanding>] = [
    OutputField(
      "standing", .text,
      "chosen; preferred (it would be chosen by what is recorded now; the ticket keeps its own line), older (of the same rank, another is newer), less_specific, other_services (it sells a service, and the ticket is about another one), other_cis (it is for the configuration items that it covers, and the ticket names none of them), other_persons, other_units, or not_named (another line was named).",
      "chosen（选用）；preferred（按现有记录会选用它，但工单保留原合同行）、older（同级中有更新的）、less_specific（较宽泛）、other_services（销售其他服务）、other_cis（仅限其覆盖的配置项，而工单未涉及）、other_persons（限于其他人员）、other_units（限于其他单位）或 not_named（另指定了合同行）。"
    ) { .text($0.standing.rawValue) },
    OutputField("reason", .text, "Why it was chosen: the row of the table of lines.", "选用的原因：合同行优先级表中的一行。") { .text($0.reason?.rawValue) },
    OutputField("contract", .id, "The contract.", "合同。") { .id($0.ids.contract) },
    OutputField("contractName", .text, "Its name.", "合同名称。") { .text($0.candidate.terms.contractName) },
    OutputField("contractStartsAt", .instant, "When its term began.", "合同期限开始时间。") { .instant($0.candidate.contractStartsAt) },
    OutputField("contractLine", .id, "The line.", "合同行。") { .id($0.ids.line) },
    OutputField("contractLineName", .text, "Its name.", "合同行名称。") { .text($0.candidate.terms.lineName) },
    OutputField("contractLineFrom", .instant, "Since when its version is in force.", "合同行版本的生效时间。") { .instant($0.candidate.lineValidFrom) },
    OutputField("sla", .id, "Its SLA.", "其服务级别协议。") { .id($0.ids.sla) },
    OutputField("slaName", .text, "The SLA's name.", "SLA 名称。") { .text($0.told.slaName) },
    OutputField("slaFrom", .instant, "Since when the SLA's version is in force.", "SLA 版本的生效时间。") { .instant($0.told.slaValidFrom) },
  ]
}

/// A target that is for such a ticket, and where it stands in the choice.
package struct TargetStanding: OperationOutput {
  let label: TargetLabel
  let names: TargetNames
  let isChosen: Bool
  let promise: ClockPromise?
  let calendar: PublicId?
  let calendarName: String?
  /// Of an example that starts at ``startsAt``.
  let startsAt: Instant?
  let dueAt: Instant?

  package static let fields: [OutputField<TargetStanding>] = [
    OutputField("metric", .text, "response, resolution or update.", "指标：response、resolution 或 update。") { .text($0.label.metric) },
    OutputField("standing", .text, "chosen, or less_specific.", "chosen（选用）或 less_specific（较宽泛）。") { .text($0.isChosen ? "chosen" : "less_specific") },
    OutputField("names", .text, "What it names, which is its row in the table: service+priority, any.", "其指定的条件，即优先级表中的一行：如 service+priority、any。") {
      .text($0.names.code)
    },
    OutputField("ticketType", .text, "The ticket type that it is for; null: any.", "适用的工单类型；null 表示任何类型。") { .text($0.label.ticketType?.rawValue) },
    OutputField("priority", .integer, "The priority that it is for; null: any.", "适用的优先级；null 表示任何优先级。") { .integer($0.label.priority) },
    OutputField("service", .text, "The code of the service that it is for; null: any.", "适用的服务代码；null 表示任何服务。") { .text($0.label.service) },
    OutputField("ciTier", .text, "The CI tier that it is for; null: any.", "适用的配置项等级；null 表示任何等级。") { .text($0.label.ciTier) },
    OutputField("explicitlyNone", .boolean, "Whether it explicitly promises nothing.", "是否明确不作承诺。") { .bool($0.promise == nil) },
    OutputField("budgetSeconds", .integer, "The time it gives, in seconds of open time.", "时限，以开放时间的秒数计。") { .integer($0.promise?.budget.seconds) },
    OutputField("businessDays", .integer, "Or: the end of the N-th business day.", "或：第 N 个工作日结束时。") { .integer($0.promise?.budget.businessDays) },
    OutputField("calendar", .id, "The coverage calendar.", "服务时间日历。") { .id($0.calendar) },
    OutputField("calendarName", .text, "The calendar's name.", "日历名称。") { .text($0.calendarName) },
    OutputField("objective", .decimal, "The share of tickets that must meet it, in percent.", "须达标的工单比例（百分数）。") {
      $0.promise?.objective.map { .decimal($0.percent) } ?? .null
    },
    OutputField("period", .text, "By which period the objective is judged; null: by the month.", "达标率的考核周期；null 表示按月。") { .text($0.promise?.period?.rawValue) },
    OutputField("warnPercents", .list(.integer), "The shares of the budget at whose passing the clock warns.", "预警的时限百分比。") {
      .array(($0.promise?.warnPercents ?? []).map { .integer($0) })
    },
    OutputField("startsAt", .instant, "The start of the example; null for a target that was not chosen.", "示例的开始时间；未选用的目标为 null。") { .instant($0.startsAt) },
    OutputField("dueAt", .instant, "When a clock that starts then and never waits is due.", "自该时刻开始且不暂停的时钟的到期时间。") { .instant($0.dueAt) },
  ]
}

/// Which contract line targets are resolved under.
package enum LineChoice: Hashable, Sendable {
  /// The one that the table gives.
  case byTable
  /// The one that was named.
  case named(Int64)
  /// The one that a ticket has, and why it was chosen then; nil: none.
  case kept(Int64?, LineReason)
}

extension OperationContext {
  /// Chooses once more, and keeps what it chose from. The transaction is bound to the customer.
  /// - Parameters:
  ///   - covering: the lines that cover the ticket's CIs, that of the CI which counts most first.
  ///   - at: the instant whose contracts, SLAs and calendars are asked.
  ///   - start: where the example of a deadline begins.
  package func resolution(
    person: Int64?, unit: Int64?, covering: [Int64], line: LineChoice, facts: TargetFacts, at: Instant, start: Instant
  ) async throws -> TargetResolution {
    let found = try await ContractTerms.lines(tenant: tenant.id, unit: unit, at: at, in: transaction)
    let candidates = found.candidates
    let subject = LinePrecedence.Subject(person: person, units: found.units, covering: covering, service: facts.service)
    let chosen: LineTerms?
    let standings: [(candidate: LinePrecedence.Candidate, standing: LinePrecedence.Standing)]
    switch line {
    case .byTable, .named:
      let explicit: Int64? = if case .named(let named) = line { named } else { nil }
      chosen = LinePrecedence.choose(from: candidates, for: subject, explicit: explicit)
      standings = LinePrecedence.standings(of: candidates, for: subject, explicit: explicit)
    case .kept(let kept, let reason):
      chosen = candidates.first { $0.terms.line == kept }?.terms.with(reason)
      standings = LinePrecedence.standings(of: candidates, for: subject, keeping: kept)
    }
    let told = try await transaction.query(LinesAsTold(tenant: tenant.id, lines: candidates.map(\.terms)))
    let lines = standings.compactMap { candidate, standing in
      told.first { $0.line == candidate.terms.line }.map { told in
        LineStanding(
          told: told, candidate: candidate, standing: standing, reason: standing == .chosen ? chosen?.reason : nil,
          ids: (id(.contract, told.contractPublicId), id(.contractLine, told.linePublicId), id(.sla, told.slaPublicId)))
      }
    }
    guard let chosen else {
      let others = standings.map(\.standing)
      return TargetResolution(
        at: at, lines: lines, targets: [], english: [ResolutionWords.whyNone(of: others, .english)],
        chinese: [ResolutionWords.whyNone(of: others, .chinese)])
    }
    let targets = try await targets(of: chosen.slaVersion, facts: facts, at: at, start: start)
    let words = { (language: Language) in ResolutionSentences(language: language, line: chosen, facts: facts, targets: targets).all }
    return TargetResolution(at: at, lines: lines, targets: targets, english: words(.english), chinese: words(.chinese))
  }

  /// The targets of an SLA version that are for such a ticket, of each metric the chosen one first.
  func targets(of slaVersion: Int64, facts: TargetFacts, at: Instant, start: Instant) async throws -> [TargetStanding] {
    let choices = try await ContractTerms.choices(slaVersion: slaVersion, facts: facts, at: at, in: transaction)
    guard !choices.isEmpty else { return [] }
    let told = try await transaction.query(TargetsAsTold(targets: choices.flatMap { [$0.chosen.id] + $0.beaten.map(\.id) }))
    let calendars = try await ContractTerms.calendars(versions: Set(choices.compactMap { $0.chosen.promise?.calendarVersion }).sorted(), in: transaction)
    return choices.flatMap { choice in
      ([choice.chosen] + choice.beaten).compactMap { candidate in
        told.first { $0.id == candidate.id }.map { told in
          let isChosen = candidate == choice.chosen
          let calendar = candidate.promise.flatMap { calendars[$0.calendarVersion] }
          return TargetStanding(
            label: told.label, names: candidate.selector.named, isChosen: isChosen, promise: candidate.promise,
            calendar: told.calendarPublicId.map { id(.calendar, $0) }, calendarName: told.calendarName, startsAt: isChosen ? start : nil,
            dueAt: isChosen ? candidate.promise.flatMap { $0.budget.end(from: start, on: calendar) } : nil)
        }
      }
    }
  }
}

extension Budget {
  /// When a clock that starts then and never waits is due; nil when that never is.
  fileprivate func end(from start: Instant, on calendar: CompiledCalendar?) -> Instant? {
    switch self {
    case .seconds(let seconds): calendar?.deadline(from: start, seconds: seconds)
    case .businessDays(let days): calendar?.businessDayEnd(from: start, days: days)
    }
  }
}

/// A resolution in the words of a language: the line, where one was chosen, then each metric.
struct ResolutionSentences {
  let language: Language
  let line: LineTerms?
  let facts: TargetFacts
  let targets: [TargetStanding]

  var all: [String] {
    let head = line.map { line in
      ResolutionWords.line.text(
        language, ["line": line.lineName, "contract": line.contractName, "reason": ResolutionWords.reason(line.reason, language)])
    }
    return [head].compactMap(\.self) + Metric.allCases.map(sentence)
  }

  private func sentence(_ metric: Metric) -> String {
    guard let target = targets.first(where: { $0.isChosen && $0.label.metric == metric.rawValue }) else {
      return ResolutionWords.noTarget.text(
        language,
        [
          "metric": DifferenceWords.metric(metric.rawValue, language), "priority": String(facts.priority),
          "type": DifferenceWords.ticketType(facts.ticketType).text(language),
        ])
    }
    let words = TermWords(language, zone: nil)
    var arguments = ["target": words.text(target.label), "named": ResolutionWords.names(target.names, language)]
    guard let promise = target.promise else {
      return (target.names.isEmpty ? ResolutionWords.noneToAny : ResolutionWords.none).text(language, arguments)
    }
    arguments["budget"] = words.text(.budget(promise.budget))
    arguments["calendar"] = target.calendarName ?? ""
    return (target.names.isEmpty ? ResolutionWords.promisedToAny : ResolutionWords.promised).text(language, arguments)
  }
}
