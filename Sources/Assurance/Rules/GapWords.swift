import Contracts
import Kernel
import ServiceTime

/// A gap in words: one sentence with an example, and its explanation step by step.
package enum GapWords: Sendable {
  /// `Saturday 18:00-22:00 Europe/Berlin, resolution P1: Cloud covers until 18:00; 56 times, first on 5 December 2026`.
  package static func text(_ gap: Gap, _ language: Language) -> String {
    let promises = promises(gap.promises, language)
    let parties = parties(gap.parties, language)
    switch gap.detail {
    case .none: return unlinked.text(language, ["promises": promises])
    case .lack(let lack): return text(lack, promises, parties, gap, language)
    case .hours(let hours): return text(hours, promises, parties, language)
    case .time(let time): return text(time, promises, language)
    case .share(let share):
      let period = share.period.flatMap { period in share.factors.contains { $0.worst != nil } ? DifferenceWords.period(period) : nil }
      return (period == nil ? shares : sharesOfPeriods).text(
        language,
        [
          "promises": promises, "promised": share.promised.percent, "parties": parties, "together": share.together.percent,
          "period": period?.text(language) ?? "",
        ])
    }
  }

  private static func text(_ lack: Lack, _ promises: String, _ party: String, _ gap: Gap, _ language: Language) -> String {
    let zone = gap.zone.flatMap { Zone.named($0) }
    let days = TermWords(language, zone: zone)
    var arguments = ["promises": promises, "party": party, "from": days.date(gap.from), "zone": zone?.identifier ?? "UTC"]
    let message: Message
    switch lack {
    case .agreement: message = noAgreement
    case .target(let name): (message, arguments["name"]) = (noTarget, name)
    case .hours(let name): (message, arguments["name"]) = (noHours, name)
    case .ended(let name, let at): (message, arguments["name"], arguments["from"]) = (ended, name, days.date(at))
    case .gone(let at): (message, arguments["from"]) = (gone, days.date(at))
    case .notInForce(let name, nil): (message, arguments["name"]) = (notInForce, name)
    case .notInForce(let name, let until?): (message, arguments["name"], arguments["until"]) = (notInForceUntil, name, days.date(until))
    case .severity(let name, let theirs, let ours):
      (message, arguments["name"]) = (otherSeverity, name)
      (arguments["theirs"], arguments["ours"]) = (DifferenceWords.severity(theirs).text(language), DifferenceWords.severity(ours).text(language))
    }
    return message.text(language, arguments)
  }

  private static func text(_ hours: HoursGap, _ promises: String, _ parties: String, _ language: Language) -> String {
    let zone = Zone.named(hours.zone)
    let (start, end) = (time(hours.first.start, zone), time(hours.first.end, zone, isEnd: true))
    let sameDay = zone.map { $0.date(at: hours.first.start) == $0.date(at: hours.first.end.adding(seconds: -1)) } ?? true
    let days = hours.weekdays.isEmpty ? day(hours.first.start, zone, language) : weekdays(hours.weekdays, language)
    let last = hours.weekdays.isEmpty ? day(hours.first.end, zone, language) : weekday(zone?.date(at: hours.first.end).weekday ?? 1, language)
    // Over midnight the end's day is told as well, where it is one day for all.
    let until = sameDay || hours.weekdays.count > 1 ? end : "\(last) \(end)"
    let edge: String =
      switch hours.edge {
      case .ends: coverageEnds.text(language, ["parties": parties, "time": start])
      case .begins: coverageBegins.text(language, ["parties": parties, "time": time(hours.first.end, zone)])
      case .closed: coverageNone.text(language, ["parties": parties])
      }
    return (hours.count == 1 ? coverageOnce : coverage).text(
      language,
      [
        "days": days, "start": start, "end": until, "zone": hours.zone, "promises": promises, "edge": edge, "count": String(hours.count),
        "first": day(hours.first.start, zone, language),
      ])
  }

  private static func text(_ time: TimeGap, _ promises: String, _ language: Language) -> String {
    let zone = Zone.named(time.zone)
    var arguments = ["promises": promises, "zone": time.zone, "start": moment(time.start, zone, language), "due": moment(time.due, zone, language)]
    guard let end = time.end else { return never.text(language, arguments) }
    arguments["end"] = moment(end, zone, language)
    arguments["late"] = TermWords(language, zone: zone).duration(end.seconds - time.due.seconds)
    return late.text(language, arguments)
  }

  // MARK: Explaining

  /// How the gap comes about: the openings, budgets and arithmetic that were found when the proof ran.
  package static func steps(_ gap: Gap, _ language: Language) -> [String] {
    switch gap.detail {
    case .none, .lack: [text(gap, language)]
    case .hours(let hours):
      [text(gap, language), windows(hours.promised, promise.text(language), language)]
        + hours.worked.map { window in
          windows(window, window.party.map { parties([$0], language) } ?? parties(gap.parties, language), language)
        } + [
          inAll.text(
            language, ["count": String(hours.count), "time": TermWords(language, zone: nil).duration(hours.seconds), "starts": starts(hours, language)])
        ]
    case .time(let time): [text(gap, language)] + self.time(time, language)
    case .share(let share): [text(gap, language)] + self.shares(share, gap.promises.allSatisfy(\.isAvailability), language)
    }
  }

  private static func windows(_ windows: HoursGap.Windows, _ who: String, _ language: Language) -> String {
    let zone = Zone.named(windows.zone)
    let texts = windows.spans.map { "\(moment($0.start, zone, language)) – \(moment($0.end, zone, language))" }
    return openings.text(
      language,
      [
        "who": who, "calendar": windows.calendar, "zone": windows.zone,
        "openings": texts.isEmpty ? closed.text(language) : texts.joined(separator: language == .chinese ? "；" : "; "),
      ])
  }

  private static func starts(_ hours: HoursGap, _ language: Language) -> String {
    let zone = Zone.named(hours.zone)
    return hours.starts.map { moment($0, zone, language) }.joined(separator: language == .chinese ? "；" : "; ")
  }

  private static func time(_ gap: TimeGap, _ language: Language) -> [String] {
    let zone = Zone.named(gap.zone)
    let words = TermWords(language, zone: zone)
    var steps = [
      opened.text(
        language,
        [
          "start": moment(gap.start, zone, language), "zone": gap.zone, "budget": budget(gap.budget, language), "calendar": gap.calendar,
          "due": moment(gap.due, zone, language),
        ])
    ]
    for (index, step) in gap.steps.enumerated() {
      var spent: [String] = []
      if step.handling > 0 || step.budget == nil { spent.append(handling.text(language, ["time": words.duration(step.handling)])) }
      if let time = step.budget {
        spent.append(agreed.text(language, ["name": list(step.agreements, language), "budget": budget(time, language)]))
      }
      steps.append(
        part.text(
          language,
          [
            "number": String(index + 1), "parties": parties(step.parties, language), "spent": spent.joined(separator: " + "),
            "calendars": list(step.calendars, language), "from": moment(step.from, zone, language),
            "to": step.to.map { moment($0, zone, language) } ?? neverOver.text(language),
          ]))
    }
    if let end = gap.end {
      steps.append(overrun.text(language, ["late": words.duration(end.seconds - gap.due.seconds), "count": String(gap.lateStarts)]))
    }
    return steps
  }

  private static func shares(_ gap: ShareGap, _ isAvailability: Bool, _ language: Language) -> [String] {
    let worst = gap.factors.compactMap { factor in
      factor.worst.map { period in
        worstPeriod.text(
          language,
          [
            "party": parties([factor.party], language), "share": factor.share.percent, "worst": period, "least": factor.least.percent,
            "period": factor.period.map { DifferenceWords.period($0).text(language) } ?? "",
          ])
      }
    }
    let shares = gap.factors.map { "\(parties([$0.party], language)) \($0.least.percent)%" }
    let factors = isAvailability ? shares.joined(separator: " × ") : list(shares, language)
    let arguments = ["factors": factors, "together": gap.together.percent]
    return worst + (isAvailability ? [product.text(language, arguments), noBackups.text(language)] : [leastCounts.text(language, arguments)])
  }

  // MARK: Words

  /// `resolution P1, P2; resolution P1 (request, service ERP); response P1`.
  package static func promises(_ labels: [PromiseLabel], _ language: Language) -> String {
    var groups: [(label: PromiseLabel, priorities: [Int64])] = []
    for label in labels {
      if let last = groups.last, last.label.isBeside(label) {
        groups[groups.count - 1].priorities += label.priority.map { [$0] } ?? []
      } else {
        groups.append((label, label.priority.map { [$0] } ?? []))
      }
    }
    return groups.map { label, priorities in
      let name = Self.metric(label.metric, language)
      let promise = priorities.isEmpty ? name : "\(name) " + priorities.map { "P\($0)" }.joined(separator: language == .chinese ? "、" : ", ")
      let tickets = TermWords(language, zone: nil).tickets(
        TargetLabel(metric: label.metric, ticketType: label.ticketType, service: label.service, ciTier: label.ciTier))
      guard !tickets.isEmpty else { return promise }
      return language == .chinese ? "\(promise)（\(tickets.joined(separator: "，"))）" : "\(promise) (\(tickets.joined(separator: ", ")))"
    }.joined(separator: language == .chinese ? "；" : "; ")
  }

  static func metric(_ name: String, _ language: Language) -> String {
    metrics.first { $0.key == "gap.metric.\(name)" }?.text(language) ?? name
  }

  static func parties(_ parties: [ChainParty], _ language: Language) -> String {
    list(parties.map { ($0.kind == .team ? team : supplier).text(language, ["name": $0.name]) }, language)
  }

  static func budget(_ budget: Budget, _ language: Language) -> String {
    switch budget {
    case .seconds(let seconds): TermWords(language, zone: nil).duration(seconds)
    case .businessDays(let days): TermWords(language, zone: nil).text(.businessDays(days))
    }
  }

  private static func list(_ texts: [String], _ language: Language) -> String { texts.joined(separator: language == .chinese ? "、" : ", ") }

  private static func day(_ instant: Instant, _ zone: Zone?, _ language: Language) -> String {
    let date = zone?.date(at: instant) ?? instant.utcDay
    return TermWords(language, zone: nil).date(Instant(seconds: date.daysSinceEpoch * 86_400))
  }

  /// `Friday 4 December 2026 17:00`.
  private static func moment(_ instant: Instant, _ zone: Zone?, _ language: Language) -> String {
    let date = zone?.date(at: instant) ?? instant.utcDay
    return "\(weekday(date.weekday, language)) \(day(instant, zone, language)) \(time(instant, zone))"
  }

  /// `18:00`; of an end, midnight is `24:00`.
  private static func time(_ instant: Instant, _ zone: Zone?, isEnd: Bool = false) -> String {
    let second = (zone?.wallClockSeconds(at: instant) ?? instant.seconds).flooredRemainder(by: 86_400)
    if isEnd, second == 0 { return "24:00" }
    let minutes = "\(pad(second / 3600, 2)):\(pad(second / 60 % 60, 2))"
    return second % 60 == 0 ? minutes : "\(minutes):\(pad(second % 60, 2))"
  }

  private static func weekday(_ number: Int, _ language: Language) -> String {
    weekdayNames.indices.contains(number - 1) ? weekdayNames[number - 1].text(language) : ""
  }

  /// `Saturday`, `Monday to Friday`, `Monday, Wednesday`.
  private static func weekdays(_ numbers: [Int], _ language: Language) -> String {
    guard let first = numbers.first, let last = numbers.last else { return "" }
    if numbers.count >= 3, last - first == numbers.count - 1 {
      return weekdayRange.text(language, ["first": weekday(first, language), "last": weekday(last, language)])
    }
    return list(numbers.map { weekday($0, language) }, language)
  }
}

extension PromiseLabel {
  /// Whether nothing but the priority differs.
  fileprivate func isBeside(_ other: PromiseLabel) -> Bool {
    (metric, ticketType, service, ciTier) == (other.metric, other.ticketType, other.service, other.ciTier)
  }
}
