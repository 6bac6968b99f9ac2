import Kernel
import Operations
import Renewals

/// A value of a contract as a person reads it: what the difference of two instants is told in.
package enum Term: Hashable, Sendable {
  case text(String)
  /// One of a fixed list of values.
  case word(Message)
  /// Seconds of open time.
  case seconds(Int64)
  case businessDays(Int64)
  case percent(Rate)
  /// Shares of a budget, in percent.
  case percents([Int64])
  case money(Money)
  case instant(Instant)
  case notice(Notice)
  case months(Int64)
  case quantity(Int64, String)
  /// In their order.
  case names([String])
  /// A text in two languages.
  case local(LocalText)
  /// A calendar, and which of its versions.
  case calendar(name: String, version: Int64)

  package static func budget(_ budget: Budget) -> Term {
    switch budget {
    case .seconds(let seconds): .seconds(seconds)
    case .businessDays(let days): .businessDays(days)
    }
  }

  /// The value for programs: seconds, an amount, RFC 3339.
  var value: Value {
    switch self {
    case .text(let text): .text(text)
    case .word(let message): .text(message.key.split(separator: ".").last.map(String.init))
    case .seconds(let seconds): .text("PT\(seconds)S")
    case .businessDays(let days): .text("\(days) business days")
    case .percent(let rate): .text(rate.percent)
    case .percents(let percents): .text(percents.map { String($0) }.joined(separator: ", "))
    case .money(let money): .text(money.description)
    case .instant(let instant): .instant(instant)
    case .notice(let notice): .text("\(notice.count) \(notice.unit)")
    case .months(let months): .text("\(months) months")
    case .quantity(let count, let unit): .text("\(count) \(unit)")
    case .names(let names): .text(names.joined(separator: ", "))
    case .local(let text): .text(text.text(.english))
    case .calendar(let name, let version): .text("\(name) #\(version)")
    }
  }
}

/// What of a contract a term is about.
package enum TermSubject: Hashable, Comparable, Sendable {
  case contract(ContractTerm)
  case contact(role: String, person: String)
  /// A line as a whole: there or not.
  case line(Int64)
  case lineTerm(Int64, LineTerm)
  case target(line: Int64, TargetLabel, TargetTerm)

  package enum ContractTerm: Int, Comparable, Sendable, CaseIterable {
    case name, state, startsAt, endsAt, renewal, notice, renewalMonths
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  package enum LineTerm: Int, Comparable, Sendable, CaseIterable {
    case name, service, offering, sla, units, persons, onlyCoveredCis, quantity, exclusions, priceReference, monthlyFee, stopsAt
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  package enum TargetTerm: Int, Comparable, Sendable, CaseIterable {
    case budget, objective, period, calendar, countsFrom, warnings, pauses
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  package var line: Int64? {
    switch self {
    case .contract, .contact: nil
    case .line(let line), .lineTerm(let line, _), .target(let line, _, _): line
    }
  }

  /// The term's name for programs: the field of the operation that changes it.
  var field: String {
    switch self {
    case .contract(let term): "\(term)"
    case .contact(let role, _): "contact.\(role)"
    case .line: "line"
    case .lineTerm(_, let term): "\(term)"
    case .target(_, let label, let term): "\(label.code).\(term)"
    }
  }
}
