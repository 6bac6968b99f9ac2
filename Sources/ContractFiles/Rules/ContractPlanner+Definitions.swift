import Contracts
import Kernel
import Operations
import ServiceTime

/// Calendars and SLAs: the provider's own, which other contracts may name too.
extension ContractPlanner {
  mutating func planCalendars() {
    refuseRepeated(file.calendars.map(\.name), at: "calendars")
    for (index, calendar) in file.calendars.enumerated() {
      let name = calendar.name
      var step = ContractPlan.Step(
        kind: .create, noun: ContractFileMessages.calendar, name: "“\(name)”", path: "calendars[\(index)]", from: nil)
      guard let found = recorded.calendars[name] else {
        let members = [Value.Member("name", .text(name)), Value.Member("definition", calendar.definition.value)]
        step.act = { applying in
          let made = try await applying.call("calendar.create", members)
          await applying.keep(made["id"], of: .calendar(name))
        }
        add(step)
        continue
      }
      // As definitions, not as texts: the same openings may be written in several ways.
      let recordedDefinition = found["definition"].flatMap { try? CalendarDefinition($0) }
      var changed: [Value.Member] = []
      if recordedDefinition != calendar.definition {
        changed = [Value.Member("definition", calendar.definition.value)] + validFromMember
        step.from = validFromText
        step.details = [ContractFileMessages.hours.text(language), ContractFileMessages.shared.text(language)]
      }
      finish(&step, changed, found, operation: "calendar.revise", thing: .calendar(name))
    }
  }

  mutating func planSlas() {
    refuseRepeated(file.slas.map(\.name), at: "slas")
    for (index, sla) in file.slas.enumerated() { planSla(sla, at: "slas[\(index)]") }
  }

  private mutating func planSla(_ sla: FileSla, at place: String) {
    let goals = sla.goals
    var taken: Set<String> = []
    let known = Set(file.calendars.map(\.name)).union(recorded.calendars.keys)
    for goal in goals {
      if !taken.insert(goal.label).inserted { refuse("\(place).\(goal.path).priorities", ContractFileMessages.targetTwice, ["target": goal.label]) }
      if goal.metric == Metric.response.rawValue, goal.pauses { refuse("\(place).\(goal.path).pauses", ContractFileMessages.responsePauses) }
      if !known.contains(goal.calendar) { refuseUnknown("\(place).\(goal.path).calendar", known: known) }
    }
    let name = sla.name
    var step = ContractPlan.Step(kind: .create, noun: ContractFileMessages.sla, name: "“\(name)”", path: place)
    let members = [Value.Member("name", .text(name)), Value.Member("resolutionStopsAt", .text(sla.resolutionStopsAt.rawValue))]
    guard let found = recorded.slas[name] else {
      step.act = { applying in
        let made = try await applying.call("sla.create", members + [Value.Member("targets", await goals.value(applying))])
        await applying.keep(made["id"], of: .sla(name))
      }
      add(step)
      return
    }
    step.details = differences(goals, found) + [stopDifference(sla, found)].compactMap(\.self)
    guard !step.details.isEmpty else { return finish(&step, [], found, operation: "sla.revise", thing: .sla(name)) }
    step = ContractPlan.Step(
      kind: .change, noun: step.noun, name: step.name, path: place, from: validFromText,
      details: step.details + [ContractFileMessages.shared.text(language)])
    let (id, version, from) = (found["id"] ?? .null, found["version"]?.integer, validFromMember)
    step.act = { applying in
      let input = [Value.Member("id", id)] + members.dropFirst() + [Value.Member("targets", await goals.value(applying))] + from
      try await applying.call("sla.revise", input, version: version)
    }
    add(step)
  }

  private func stopDifference(_ sla: FileSla, _ found: Value) -> String? {
    let before = found["resolutionStopsAt"]?.text.flatMap(ResolutionStop.init(rawValue:)) ?? .resolved
    return difference(words.what(.lineTerm(0, .stopsAt)), .word(DifferenceWords.stop(before)), .word(DifferenceWords.stop(sla.resolutionStopsAt)))
  }

  /// How the targets of the file differ from the recorded ones, by metric and priority.
  private func differences(_ goals: [Goal], _ found: Value) -> [String] {
    let recordedGoals = (found["targets"]?.array ?? []).map(Goal.init(recorded:))
    let labels = Set(goals.map(\.label)).union(recordedGoals.map(\.label)).sorted()
    return labels.flatMap { label -> [String] in
      let (before, after) = (recordedGoals.first { $0.label == label }, goals.first { $0.label == label })
      guard let goal = after ?? before else { return [] }
      return TermSubject.TargetTerm.allCases.compactMap { term in
        // A target that comes or goes is told by its budget.
        guard (before != nil && after != nil) || term == .budget else { return nil }
        return difference(words.what(.target(line: 0, metric: goal.metric, priority: goal.priority, term)), before?.term(term), after?.term(term))
      }
    }
  }
}

extension Goal {
  var label: String { "\(metric) P\(priority)" }

  init(recorded target: Value) {
    let budget: Budget = target["businessDays"]?.integer.map(Budget.businessDays) ?? .seconds(target["budgetSeconds"]?.integer ?? 0)
    let objective: String? = if case .decimal(let digits)? = target["objective"] { digits } else { target["objective"]?.text }
    self.init(
      metric: target["metric"]?.text ?? "", priority: target["priority"]?.integer ?? 0, budget: budget, calendar: target["calendarName"]?.text ?? "",
      objective: objective.flatMap { Rate(percent: $0) }, pauses: target["pauses"] == .bool(true), path: "")
  }

  func term(_ term: TermSubject.TargetTerm) -> Term? {
    switch term {
    case .budget:
      switch budget {
      case .seconds(let seconds): .seconds(seconds)
      case .businessDays(let days): .businessDays(days)
      }
    case .objective: objective.map(Term.percent)
    case .calendar: .text(calendar)
    case .pauses: .word(pauses ? DifferenceWords.yes : DifferenceWords.no)
    }
  }
}

extension [Goal] {
  /// As the operations take them; the calendars are there by then.
  func value(_ applying: Applying) async -> Value {
    var targets: [Value] = []
    for goal in self {
      var members = [
        Value.Member("metric", .text(goal.metric)), Value.Member("priority", .integer(goal.priority)),
        Value.Member("calendar", await applying.id(.calendar(goal.calendar))), Value.Member("objective", .text(goal.objective?.percent)),
        Value.Member("pauses", .bool(goal.pauses)),
      ]
      switch goal.budget {
      case .seconds(let seconds): members.append(Value.Member("budgetSeconds", .integer(seconds)))
      case .businessDays(let days): members.append(Value.Member("businessDays", .integer(days)))
      }
      targets.append(.object(members))
    }
    return .array(targets)
  }
}
