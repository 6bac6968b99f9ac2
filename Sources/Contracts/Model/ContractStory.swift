import Kernel

/// All versions of a contract and of what its lines promise, from which it can be told what it says at any instant.
struct ContractStory: Sendable {
  let currency: Currency?
  let contract: [StoryContracts.Found]
  let lines: [Int64: [StoryLines.Found]]
  let slas: [Int64: [StorySlas.Found]]
  let targets: [Int64: [StoryTargets.Found]]
  let calendars: [Int64: [StoryCalendars.Found]]
  let contacts: [ContactRow]

  /// Every instant in the range at which something may have changed, both ends included.
  func instants(from: Instant, to: Instant) -> [Instant] {
    let all =
      contract.map(\.validFrom) + lines.values.joined().map(\.validFrom) + slas.values.joined().map(\.validFrom)
      + calendars.values.joined().map(\.validFrom) + contacts.flatMap { [$0.validFrom, $0.validUntil].compactMap(\.self) }
    return Set(all.filter { from < $0 && $0 < to } + [from, to]).sorted()
  }

  func difference(from: Instant, to: Instant) -> ContractDifference {
    ContractDifference(instants(from: from, to: to).map { ($0, snapshot(at: $0)) })
  }

  /// The name of a line at an instant, or the one that it had or will have.
  func name(ofLine line: Int64, at instant: Instant) -> String? {
    let versions = lines[line] ?? []
    return (versions.last { $0.validFrom <= instant } ?? versions.first)?.content.name
  }

  func snapshot(at instant: Instant) -> ContractSnapshot {
    var snapshot: ContractSnapshot = [:]
    if let content = contract.last(where: { $0.validFrom <= instant })?.content { Self.add(content, to: &snapshot) }
    for contact in contacts where contact.validFrom <= instant && (contact.validUntil.map { instant < $0 } ?? true) {
      snapshot[.contact(role: contact.role, person: contact.name)] = .text(contact.name)
    }
    for (line, versions) in lines {
      guard let version = versions.last(where: { $0.validFrom <= instant }), version.state == .active else { continue }
      add(version, of: line, to: &snapshot)
      addTargets(of: version, line: line, at: instant, to: &snapshot)
    }
    return snapshot
  }

  private static func add(_ content: ContractContent, to snapshot: inout ContractSnapshot) {
    snapshot[.contract(.name)] = .text(content.name)
    snapshot[.contract(.state)] = .word(DifferenceWords.state(content.state))
    snapshot[.contract(.startsAt)] = .instant(content.startsAt)
    snapshot[.contract(.endsAt)] = content.endsAt.map(Term.instant)
    snapshot[.contract(.renewal)] = .word(DifferenceWords.mode(content.renewal.mode))
    snapshot[.contract(.notice)] = content.renewal.notice.map(Term.notice)
    snapshot[.contract(.renewalMonths)] = content.renewal.months.map(Term.months)
  }

  private func add(_ version: StoryLines.Found, of line: Int64, to snapshot: inout ContractSnapshot) {
    let content = version.content
    snapshot[.line(line)] = .word(DifferenceWords.active)
    snapshot[.lineTerm(line, .name)] = .text(content.name)
    snapshot[.lineTerm(line, .service)] = version.sold.serviceName.isEmpty ? nil : .local(version.sold.serviceName)
    snapshot[.lineTerm(line, .offering)] = version.sold.offeringName.isEmpty ? nil : .local(version.sold.offeringName)
    snapshot[.lineTerm(line, .sla)] = .text(version.slaName)
    snapshot[.lineTerm(line, .units)] = version.units.isEmpty ? nil : .names(version.units)
    snapshot[.lineTerm(line, .persons)] = version.persons.isEmpty ? nil : .names(version.persons)
    snapshot[.lineTerm(line, .onlyCoveredCis)] = content.onlyCoveredCis ? .word(DifferenceWords.yes) : nil
    snapshot[.lineTerm(line, .quantity)] = content.quantity.map { .quantity($0.count, $0.unit) }
    snapshot[.lineTerm(line, .exclusions)] = content.exclusions.value == nil ? nil : .local(content.exclusions)
    snapshot[.lineTerm(line, .priceReference)] = content.priceReference.map(Term.text)
    snapshot[.lineTerm(line, .monthlyFee)] = content.monthlyFee.flatMap { fee in currency.map { .money(Money(minorUnits: fee, currency: $0)) } }
  }

  private func addTargets(of version: StoryLines.Found, line: Int64, at instant: Instant, to snapshot: inout ContractSnapshot) {
    guard let sla = slas[version.content.sla]?.last(where: { $0.validFrom <= instant }) else { return }
    snapshot[.lineTerm(line, .stopsAt)] = .word(DifferenceWords.stop(sla.resolutionStopsAt))
    for target in targets[sla.slaVersion] ?? [] {
      for (term, value) in terms(of: target) { snapshot[.target(line: line, target.label, term)] = value }
      if let calendar = target.calendar, let name = target.calendarName { snapshot[.calendar(name)] = hours(of: calendar, at: instant) }
    }
  }

  /// Nil where it is not there yet.
  private func hours(of calendar: Int64, at instant: Instant) -> Term? {
    let versions = (calendars[calendar] ?? []).prefix { $0.validFrom <= instant }
    return versions.last.map { .hours($0.definition, version: Int64(versions.count)) }
  }

  private func terms(of target: StoryTargets.Found) -> [TargetTerm: Term] {
    guard !target.explicitlyNone else { return [.budget: .word(DifferenceWords.explicitlyNone)] }
    var terms: [TargetTerm: Term] = [:]
    terms[.budget] = target.budget.map(Term.budget)
    terms[.objective] = target.objective.map(Term.percent)
    terms[.period] = target.period.map { .word(DifferenceWords.period($0)) }
    terms[.countsFrom] = target.countsFrom.map { .word(DifferenceWords.severity($0)) }
    terms[.warnings] = target.warnPercents.isEmpty ? nil : .percents(target.warnPercents)
    if target.budget != nil { terms[.pauses] = .word(target.pauses ? DifferenceWords.yes : DifferenceWords.no) }
    terms[.calendar] = target.calendarName.map(Term.text)
    return terms
  }

  private typealias TargetTerm = TermSubject.TargetTerm
}
