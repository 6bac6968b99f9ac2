import Kernel
import ServiceTime

/// Terms, dates and differences in the words of a language; days are those of a zone.
package struct TermWords: Sendable {
  package let language: Language
  package let zone: Zone?

  package init(_ language: Language, zone: Zone?) {
    self.language = language
    self.zone = zone
  }

  package func text(_ term: Term) -> String {
    switch term {
    case .text(let text): quoted(text)
    case .word(let message): message.text(language)
    case .seconds(let seconds): duration(seconds)
    case .businessDays(let days): DifferenceWords.businessDays.text(language, ["count": String(days)])
    case .percent(let rate): "\(rate.percent)%"
    case .percents(let percents): percents.map { "\($0)%" }.joined(separator: language == .chinese ? "、" : ", ")
    case .money(let money): amount(money)
    case .instant(let instant): date(instant)
    case .notice(.days(let days)): counted(days, DifferenceWords.day, DifferenceWords.days)
    case .notice(.months(let months)), .months(let months): counted(months, DifferenceWords.month, DifferenceWords.months)
    case .quantity(let count, let unit): "\(grouped(String(count))) \(unit)"
    case .names(let names): names.map(quoted).joined(separator: language == .chinese ? "、" : ", ")
    case .local(let text): quoted(text.text(language) ?? "")
    case .hours(_, let version): DifferenceWords.calendarVersion.text(language, ["version": String(version)])
    }
  }

  /// `30 min`, `4 h`, `1 h 30 min`; seconds only where there are some. Open time is not counted in days.
  package func duration(_ seconds: Int64) -> String {
    let parts: [(Int64, Message)] = [
      (seconds / 3600, DifferenceWords.hours), (seconds / 60 % 60, DifferenceWords.minutes), (seconds % 60, DifferenceWords.seconds),
    ]
    let texts = parts.filter { $0.0 > 0 }.map { count, unit in unit.text(language, ["count": grouped(String(count))]) }
    return texts.isEmpty ? DifferenceWords.atOnce.text(language) : texts.joined(separator: language == .chinese ? "" : " ")
  }

  /// `1 March 2027`, with the time of day only where it is not midnight.
  package func date(_ instant: Instant) -> String {
    let local = zone?.wallClockSeconds(at: instant) ?? instant.seconds
    let (year, month, day) = CalendarDate(daysSinceEpoch: local.flooredQuotient(by: 86_400)).parts
    let minute = local.flooredRemainder(by: 86_400) / 60
    let time = minute == 0 ? "" : " \(pad(minute / 60, 2)):\(pad(minute % 60, 2))"
    return switch language {
    case .english: "\(day) \(Self.months[Int(month) - 1]) \(year)\(time)"
    case .chinese: "\(year)年\(month)月\(day)日\(time)"
    }
  }

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
  ]

  /// `EUR 1,250.00`.
  package func amount(_ money: Money) -> String {
    let parts = money.amount.split(separator: ".", maxSplits: 1)
    return "\(money.currency.code) \(grouped(String(parts.first ?? "0")))" + (parts.count > 1 ? ".\(parts[1])" : "")
  }

  private func grouped(_ digits: String) -> String {
    let sign = digits.hasPrefix("-") ? "-" : ""
    let plain = Array(digits.dropFirst(sign.count))
    let groups = stride(from: plain.count % 3, through: plain.count, by: 3)
    var result: [String] = []
    var start = 0
    for end in groups where end > start {
      result.append(String(plain[start..<end]))
      start = end
    }
    return sign + result.joined(separator: ",")
  }

  private func counted(_ count: Int64, _ one: Message, _ many: Message) -> String { (count == 1 ? one : many).text(language, ["count": String(count)]) }

  private func quoted(_ text: String) -> String { language == .chinese ? "“\(text)”" : "“\(text)”" }

  // MARK: Sentences

  /// `Service desk: response P1 from 30 min to 15 min from 1 March 2027`.
  /// - Parameter line: the line's name, where the change is of a line.
  package func sentence(_ change: ContractDifference.Change, line: String?) -> String {
    let from = date(change.from)
    if case .line = change.subject {
      let message = change.after == nil ? DifferenceWords.lineGone : DifferenceWords.lineNew
      return message.text(language, ["line": quoted(line ?? ""), "from": from])
    }
    if case .calendar(let name) = change.subject, case .hours(let before, _)? = change.before, case .hours(let after, _)? = change.after {
      let what = CalendarWords(language).differences(before, after).joined(separator: language == .chinese ? "；" : "; ")
      return DifferenceWords.calendarHours.text(language, ["calendar": quoted(name), "what": what, "from": from])
    }
    return sentence(what: what(change.subject), of: line, before: change.before, after: change.after, from: from)
  }

  /// - Parameter from: from when on; nil: not said.
  package func sentence(what: String, of line: String?, before: Term?, after: Term?, from: String?) -> String {
    var arguments = ["what": what]
    let message: Message
    switch (before, after) {
    case (let before?, let after?):
      message = from == nil ? DifferenceWords.becomes : DifferenceWords.changed
      (arguments["before"], arguments["after"]) = (text(before), text(after))
    case (nil, let after?):
      message = from == nil ? DifferenceWords.isNow : DifferenceWords.added
      arguments["after"] = text(after)
    case (let before?, nil):
      message = from == nil ? DifferenceWords.isGone : DifferenceWords.removed
      arguments["before"] = text(before)
    case (nil, nil): return what
    }
    if let from { arguments["from"] = from }
    let sentence = message.text(language, arguments)
    guard let line else { return sentence }
    return language == .chinese ? "\(line)：\(sentence)" : "\(line): \(sentence)"
  }

  /// What a term is called: `response P1`, `monthly fee`.
  package func what(_ subject: TermSubject) -> String {
    switch subject {
    case .contract(let term): DifferenceWords.label(term).text(language)
    case .contact(let role, _): DifferenceWords.role(role).text(language)
    case .line: DifferenceWords.line.text(language)
    case .lineTerm(_, let term): DifferenceWords.label(term).text(language)
    case .target(_, let target, let term): DifferenceWords.label(term).text(language, ["target": text(target)])
    case .calendar(let name): quoted(name)
    }
  }

  /// `response P1`, `resolution P2, request, service ERP, CI tier gold`; a target that is for anything, by its metric alone.
  package func text(_ target: TargetLabel) -> String {
    let metric = DifferenceWords.metric(target.metric, language)
    let head = target.priority.map { "\(metric) P\($0)" } ?? metric
    return ([head] + tickets(target)).joined(separator: language == .chinese ? "，" : ", ")
  }

  /// Which tickets a target is for, besides their priority: `request`, `service ERP`, `CI tier gold`.
  package func tickets(_ target: TargetLabel) -> [String] {
    [
      target.ticketType.map { DifferenceWords.ticketType($0).text(language) }, target.service.map { DifferenceWords.ofService.text(language, ["code": $0]) },
      target.ciTier.map { DifferenceWords.ciTier.text(language, ["code": $0]) },
    ].compactMap(\.self)
  }
}
