import Contracts
import Kernel
import Operations
import ServiceTime

/// Calendars: the provider's own, which other contracts may name too.
extension ContractPlanner {
  mutating func planCalendars() {
    refuseRepeated(file.calendars.map(\.name), at: "calendars")
    for (index, calendar) in file.calendars.enumerated() { plan(calendar, at: "calendars[\(index)]") }
  }

  private mutating func plan(_ calendar: FileCalendar, at place: String) {
    refuseRepeated(calendar.holidaySets ?? [], at: "\(place).holidaySets", field: nil)
    for (index, name) in (calendar.holidaySets ?? []).enumerated() where recorded.holidaySets[name] == nil {
      refuseUnknown("\(place).holidaySets[\(index)]", known: recorded.holidaySets.keys)
    }
    let (name, definition, sets) = (calendar.name, calendar.definition, calendar.holidaySets)
    // What the operations say of the definition is said of the calendar here.
    var step = ContractPlan.Step(
      kind: .create, noun: ContractFileMessages.calendar, name: "“\(name)”", path: place, renamed: ["definition": "", "stock": ""])
    guard let found = recorded.calendars[name] else {
      step.details = CalendarWords(language).text(definition) + [holidaySetDifference([], sets ?? [])].compactMap(\.self)
      step.act = { applying in
        let observed: [Value.Member] = if let sets { [Value.Member("holidaySets", .array(await applying.ids(sets.map(FileThing.holidaySet))))] } else { [] }
        let made = try await applying.call(
          "calendar.create", [Value.Member("name", .text(name)), Value.Member("definition", definition.value)] + observed)
        await applying.keep(made["id"], of: .calendar(name))
      }
      return add(step)
    }
    // As definitions, not as texts: the same openings may be written in several ways.
    let before = (found["ownDefinition"] ?? found["definition"]).flatMap { try? CalendarDefinition($0) }
    let observed = (found["holidaySets"]?.array ?? []).compactMap { $0["name"]?.text }
    let changed = before == definition ? [] : [Value.Member("definition", definition.value)]
    // A set that the calendar has stays in the revision that it has: another one is rolled out, and planned by no file.
    let newSets = sets.map { Set($0) } == Set(observed) ? nil : sets
    guard !changed.isEmpty || newSets != nil else {
      return finish(&step, [], found, operation: "calendar.revise", thing: .calendar(name), withdrawal: "calendar.withdraw")
    }
    step = ContractPlan.Step(kind: .change, noun: step.noun, name: step.name, path: place, from: validFromText, renamed: step.renamed)
    if !changed.isEmpty {
      step.details += before.map { CalendarWords(language).differences($0, definition) } ?? [ContractFileMessages.hours.text(language)]
    }
    if let newSets { step.details += [holidaySetDifference(observed, newSets)].compactMap(\.self) }
    step.details.append(ContractFileMessages.shared.text(language))
    let (id, version, from) = (found["id"] ?? .null, found["version"]?.integer, validFromMember)
    step.act = { applying in
      let observed: [Value.Member] = if let newSets { [Value.Member("holidaySets", .array(await applying.ids(newSets.map(FileThing.holidaySet))))] } else { [] }
      try await applying.call("calendar.revise", [Value.Member("id", id)] + changed + observed + from, version: version)
    }
    add(step)
  }

  private func holidaySetDifference(_ before: [String], _ after: [String]) -> String? {
    difference(ContractFileMessages.holidaySets.text(language), before.isEmpty ? nil : .names(before), after.isEmpty ? nil : .names(after))
  }
}
