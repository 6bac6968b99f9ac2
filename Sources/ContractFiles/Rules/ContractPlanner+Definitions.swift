import Contracts
import Kernel
import Operations
import ServiceTime

/// SLAs: the provider's own, which other contracts may name too.
extension ContractPlanner {
  mutating func planSlas() {
    refuseRepeated(file.slas.map(\.name), at: "slas")
    for (index, sla) in file.slas.enumerated() { planSla(sla, at: "slas[\(index)]") }
  }

  private mutating func planSla(_ sla: FileSla, at place: String) {
    let customer = recorded.slas[sla.name]?["onlyFor"]
    for (number, target) in sla.targets.enumerated() { requireNames(of: target, for: customer, at: "\(place).targets[\(number)]") }
    let goals = sla.goals
    var taken: Set<TargetLabel> = []
    let known = Set(file.calendars.map(\.name)).union(recorded.calendars.keys)
    for goal in goals {
      let path = "\(place).\(goal.path)"
      if !taken.insert(goal.label).inserted { refuse("\(path).metric", ContractFileMessages.targetTwice, ["target": words.text(goal.label)]) }
      if goal.label.metric == Metric.response.rawValue, goal.pauses { refuse("\(path).pauses", ContractFileMessages.responsePauses) }
      if let calendar = goal.calendar, !known.contains(calendar) { refuseUnknown("\(path).calendar", known: known) }
    }
    let name = sla.name
    var step = ContractPlan.Step(
      kind: .create, noun: sla.kind == .ola ? ContractFileMessages.ola : ContractFileMessages.sla, name: "“\(name)”", path: place,
      renamed: Self.places(of: goals))
    let members =
      [Value.Member("name", .text(name)), Value.Member("resolutionStopsAt", .text(sla.resolutionStopsAt.rawValue))] + (sla.waits?.members ?? [])
    let kind = Value.Member("kind", .text(sla.kind.rawValue))
    guard let found = recorded.slas[name] else {
      if sla.kind == .sla { refuseClockless(goals, at: place) }
      step.details = differences(goals, .null) + clockless(goals)
      step.act = { applying in
        let made = try await applying.call("sla.create", members + [kind, Value.Member("targets", await goals.value(applying))])
        await applying.keep(made["id"], of: .sla(name))
      }
      add(step)
      return
    }
    requireSame("\(place).kind", sla.kind.rawValue, found["kind"]?.text)
    step.details = differences(goals, found) + [stopDifference(sla, found)].compactMap(\.self)
    if sla.waits?.members.contains(where: { $0.value != (found[$0.name] ?? .null) }) ?? false {
      step.details.append(ContractFileMessages.waits.text(language))
    }
    guard !step.details.isEmpty else {
      return finish(&step, [], found, operation: "sla.revise", thing: .sla(name), withdrawal: "sla.withdraw")
    }
    if sla.kind == .sla { refuseClockless(goals, at: place) }
    step = ContractPlan.Step(
      kind: .change, noun: step.noun, name: step.name, path: place, from: validFromText,
      details: step.details + clockless(goals) + [ContractFileMessages.shared.text(language)], renamed: step.renamed)
    let (id, version, from) = (found["id"] ?? .null, found["version"]?.integer, validFromMember)
    step.act = { applying in
      let input = [Value.Member("id", id)] + members.dropFirst() + [Value.Member("targets", await goals.value(applying))] + from
      try await applying.call("sla.revise", input, version: version)
    }
    add(step)
  }

  /// A customer is promised what can be measured. What a version promises that is stored stays readable, and stays as it is by a file that changes
  /// nothing of it.
  private mutating func refuseClockless(_ goals: [Goal], at place: String) {
    var told: Set<String> = []
    for goal in goals where Self.isClockless(goal) {
      guard let type = goal.label.ticketType, told.insert("\(goal.path) \(type)").inserted else { continue }
      refuse("\(place).\(goal.path).types", ContractsMessages.typeWithoutClock, ["type": type.rawValue])
    }
  }

  private static func isClockless(_ goal: Goal) -> Bool { !goal.explicitlyNone && goal.label.ticketType.map { !$0.hasClocks } ?? false }

  /// The promises for whose types of ticket no clock runs, as a warning: of an OLA.
  private func clockless(_ goals: [Goal]) -> [String] {
    let told = goals.filter(Self.isClockless)
    guard !told.isEmpty else { return [] }
    let targets = told.map { "“\(words.text($0.label))”" }.joined(separator: language == .chinese ? "、" : ", ")
    return [ContractFileMessages.noClocks.text(language, ["targets": targets])]
  }

  /// Where the fields of the operations' targets stand in the file.
  private static func places(of goals: [Goal]) -> [String: String] {
    let fields = [
      "budgetSeconds": "within", "businessDays": "within", "ticketType": "types", "priority": "priorities", "service": "services", "ciTier": "ciTiers",
      "warnPercents": "warnAt",
    ]
    var places: [String: String] = [:]
    for (index, goal) in goals.enumerated() {
      places["targets[\(index)]"] = goal.path
      for (field, key) in fields { places["targets[\(index)].\(field)"] = "\(goal.path).\(key)" }
    }
    return places
  }

  /// What a target is for is in the catalogue, and in the list of CI tiers in use.
  private mutating func requireNames(of target: FileTarget, for customer: Value?, at path: String) {
    for (index, code) in target.services.enumerated() {
      if let service = recorded.services[code], Self.isFor(customer, service) { continue }
      refuse("\(path).services[\(index)]", ContractFileMessages.notInCatalogue)
    }
    for (index, tier) in target.ciTiers.enumerated() where !recorded.ciTiers.contains(tier) {
      refuseUnknown("\(path).ciTiers[\(index)]", known: recorded.ciTiers)
    }
  }

  private func stopDifference(_ sla: FileSla, _ found: Value) -> String? {
    let before = found["resolutionStopsAt"]?.text.flatMap(ResolutionStop.init(rawValue:)) ?? .resolved
    return difference(words.what(.lineTerm(0, .stopsAt)), .word(DifferenceWords.stop(before)), .word(DifferenceWords.stop(sla.resolutionStopsAt)))
  }

  /// How the targets of the file differ from the recorded ones.
  private func differences(_ goals: [Goal], _ found: Value) -> [String] {
    let recordedGoals = (found["targets"]?.array ?? []).map(Goal.init(recorded:))
    let labels = Set(goals.map(\.label)).union(recordedGoals.map(\.label)).sorted()
    return labels.flatMap { label -> [String] in
      let (before, after) = (recordedGoals.first { $0.label == label }, goals.first { $0.label == label })
      func told(_ term: TargetTerm) -> String? { difference(words.what(.target(line: 0, label, term)), before?.term(term), after?.term(term)) }
      guard let goal = after ?? before, before == nil || after == nil else { return TargetTerm.allCases.compactMap(told) }
      // One that goes is told by its budget, or by what is measured; one that comes by all that it says.
      return told(goal.told).map { [$0 + (before == nil ? rest(goal) : "")] } ?? []
    }
  }

  private typealias TargetTerm = TermSubject.TargetTerm

  /// What a new target says besides its budget, or its objective.
  private func rest(_ goal: Goal) -> String {
    let parts = TargetTerm.allCases.compactMap { term -> String? in
      guard term != goal.told, let value = goal.term(term), let message = goal.message(term) else { return nil }
      return message.text(language, ["value": words.text(value)])
    }
    if parts.isEmpty { return "" }
    return language == .chinese ? "（\(parts.joined(separator: "，"))）" : " (\(parts.joined(separator: ", ")))"
  }
}

extension Goal {
  init(recorded target: Value) {
    let objective: String? = if case .decimal(let digits)? = target["objective"] { digits } else { target["objective"]?.text }
    self.init(
      label: TargetLabel(
        metric: target["metric"]?.text ?? "", ticketType: target["ticketType"]?.text.flatMap(TicketType.init(rawValue:)),
        priority: target["priority"]?.integer, service: target["service"]?.text, ciTier: target["ciTier"]?.text),
      explicitlyNone: target["explicitlyNone"] == .bool(true),
      budget: target["businessDays"]?.integer.map(Budget.businessDays) ?? target["budgetSeconds"]?.integer.map(Budget.seconds),
      calendar: target["calendarName"]?.text, objective: objective.flatMap { Rate(percent: $0) }, period: target["period"]?.text,
      countsFrom: target["countsFrom"]?.text, warnPercents: (target["warnPercents"]?.array ?? []).compactMap(\.integer),
      pauses: target["pauses"] == .bool(true), path: "")
  }

  private var hasBudget: Bool { explicitlyNone || budget != nil }

  /// By what a target that comes or goes is told: its budget, or what is to be measured.
  fileprivate var told: TermSubject.TargetTerm { hasBudget ? .budget : .objective }

  /// How a term of a new target is told beside that; nil for what goes without saying.
  fileprivate func message(_ term: TermSubject.TargetTerm) -> Message? {
    switch term {
    case .budget: nil
    case .objective: ContractFileMessages.targetObjective
    case .period: ContractFileMessages.targetPeriod
    case .calendar: ContractFileMessages.targetCalendar
    case .countsFrom: ContractFileMessages.targetCountsFrom
    case .warnings: ContractFileMessages.targetWarnings
    case .pauses: pauses == (label.metric != Metric.response.rawValue) ? nil : ContractFileMessages.targetPauses
    }
  }

  func term(_ term: TermSubject.TargetTerm) -> Term? {
    switch term {
    case .budget: explicitlyNone ? .word(DifferenceWords.explicitlyNone) : budget.map(Term.budget)
    case .objective: objective.map(Term.percent)
    // A clock's objective is judged by the month where nothing is said.
    case .period: hasBudget && period == "month" ? nil : period.flatMap(DifferenceWords.period(code:)).map(Term.word)
    case .calendar: calendar.map(Term.text)
    case .countsFrom: countsFrom.flatMap(OutageSeverity.init(rawValue:)).map { .word(DifferenceWords.severity($0)) }
    case .warnings: warnPercents.isEmpty ? nil : .percents(warnPercents)
    case .pauses: budget == nil ? nil : .word(pauses ? DifferenceWords.yes : DifferenceWords.no)
    }
  }
}

extension [Goal] {
  /// As the operations take them; the calendars are there by then.
  func value(_ applying: Applying) async -> Value {
    var targets: [Value] = []
    for goal in self {
      let calendar = if let name = goal.calendar { await applying.id(.calendar(name)) } else { Value.null }
      targets.append(
        .object([
          Value.Member("metric", .text(goal.label.metric)), Value.Member("ticketType", .text(goal.label.ticketType?.rawValue)),
          Value.Member("priority", .integer(goal.label.priority)), Value.Member("service", .text(goal.label.service)),
          Value.Member("ciTier", .text(goal.label.ciTier)), Value.Member("explicitlyNone", .bool(goal.explicitlyNone)),
          Value.Member("budgetSeconds", .integer(goal.seconds)), Value.Member("businessDays", .integer(goal.days)), Value.Member("calendar", calendar),
          Value.Member("objective", .text(goal.objective?.percent)), Value.Member("period", .text(goal.period)),
          Value.Member("countsFrom", .text(goal.countsFrom)), Value.Member("warnPercents", .array(goal.warnPercents.map { .integer($0) })),
          Value.Member("pauses", .bool(goal.pauses)),
        ]))
    }
    return .array(targets)
  }
}

extension Goal {
  var seconds: Int64? { if case .seconds(let seconds)? = budget { seconds } else { nil } }
  var days: Int64? { if case .businessDays(let days)? = budget { days } else { nil } }
}
