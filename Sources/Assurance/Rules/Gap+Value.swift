import BillingEngine
import Contracts
import Kernel
import ServiceTime

/// The stored form of a gap: a proof keeps what was found, and words are made of it in the reader's language.
extension Gap {
  package var value: Value {
    var members: [Value.Member] = [
      .init("kind", .text(kind.rawValue)), .init("promises", .array(promises.map(\.value))), .init("parties", .array(parties.map(\.value))),
      .init("from", .instant(from)),
    ]
    if let zone { members.append(.init("zone", .text(zone))) }
    switch detail {
    case .none: break
    case .lack(let lack): members.append(.init("lack", lack.value))
    case .hours(let hours): members.append(.init("hours", hours.value))
    case .time(let time): members.append(.init("time", time.value))
    case .share(let share): members.append(.init("share", share.value))
    }
    return .object(members)
  }

  package init?(_ value: Value) {
    guard let kind = value["kind"]?.text.flatMap(Kind.init(rawValue:)), let from = value.instant("from") else { return nil }
    self.kind = kind
    self.from = from
    promises = value.list("promises", PromiseLabel.init)
    parties = value.list("parties", ChainParty.init)
    zone = value["zone"]?.text
    detail =
      value["lack"].flatMap(Lack.init).map(Detail.lack) ?? value["hours"].flatMap(HoursGap.init).map(Detail.hours)
      ?? value["time"].flatMap(TimeGap.init).map(Detail.time) ?? value["share"].flatMap(ShareGap.init).map(Detail.share) ?? Detail.none
  }

  /// What the gap is about and how large it is, without what moves on with the horizon.
  package var key: String {
    let what = promises.map(\.key) + parties.map { "\($0.kind.rawValue) \($0.id)" }
    let size: [String] =
      switch detail {
      case .none: []
      // As proofs that did not tell until when have it.
      case .lack(.notInForce(let name, until: nil)): ["notInForce(\(String(reflecting: name)))"]
      case .lack(let lack): ["\(lack)"]
      case .hours(let hours): hours.shape
      case .time(let time): time.shape + [time.delay.map { String($0) } ?? "never"]
      case .share(let share): [share.promised.description, share.together.description]
      }
    return ([kind.rawValue] + what + size).joined(separator: "/")
  }
}

extension Gap {
  /// Whether who accepted `accepted` took this upon himself: the same kind, parties and agreements, no other promise, and no
  /// larger. A promise for one kind of tickets is part of one for all. Weekly hours are the same on no other weekday, dates are among
  /// those that were accepted, a delay is no longer.
  package func isWithin(_ accepted: Gap) -> Bool {
    guard kind == accepted.kind, parties.map(\.identity) == accepted.parties.map(\.identity),
      promises.allSatisfy({ promise in accepted.promises.contains { $0.contains(promise) } })
    else {
      return false
    }
    switch (detail, accepted.detail) {
    case (.none, .none): return true
    case (.lack(.gone(let at)), .lack(.ended(let name, let known))):
      // A link's end as it was told earlier: as the end of an agreement of the party's name.
      return at == known && accepted.parties.map(\.name) == [name]
    case (.lack(.notInForce(let name, let until)), .lack(.notInForce(let other, let known))):
      // Who accepted it for as long as is known accepted that it ends; and no other acceptance holds for longer than was told.
      return name == other && known.map { known in until.map { $0 <= known } ?? false } ?? true
    case (.lack(let lack), .lack(let known)): return lack == known
    case (.hours(let hours), .hours(let known)): return hours.isWithin(known)
    case (.time(let time), .time(let known)):
      guard time.shape == known.shape else { return false }
      guard let most = known.delay else { return true }
      return time.delay.map { $0 <= most } ?? false
    case (.share(let share), .share(let known)): return share.promised == known.promised && share.together >= known.together
    default: return false
    }
  }
}

/// The gaps of a line that are accepted as risks.
struct AcceptedGaps: Sendable {
  private let gaps: [Gap]

  init(_ risks: [RisksInForce.Found]) { gaps = risks.compactMap(\.gap) }

  func hold(_ gap: Gap) -> Bool { gaps.contains { gap.isWithin($0) } }
}

extension ChainParty {
  /// Without its name, which may change.
  fileprivate var identity: String { "\(kind.rawValue) \(id)" }
}

extension HoursGap {
  fileprivate func isWithin(_ known: HoursGap) -> Bool {
    guard zone == known.zone, weekdays.isEmpty == known.weekdays.isEmpty else { return false }
    guard weekdays.isEmpty else {
      guard let times, let others = known.times else { return false }
      return times == others && Set(weekdays).isSubset(of: known.weekdays)
    }
    return !dates.isEmpty && dates.allSatisfy { date in known.dates.contains { $0.start <= date.start && date.end <= $0.end } }
  }
}

extension HoursGap {
  /// The weekdays and times of a gap that comes every week; the instants of one that comes on single dates.
  fileprivate var shape: [String] {
    guard !weekdays.isEmpty, let times else { return [zone] + dates.map { "\($0.start.seconds)+\($0.end.seconds - $0.start.seconds)" } }
    return ["\(weekdays)", zone, String(times.start), String(times.length)]
  }

  /// Of the first one, by the wall clock.
  fileprivate var times: (start: Int64, length: Int64)? {
    guard let zone = Zone.named(self.zone) else { return nil }
    let (start, end) = (zone.wallClockSeconds(at: first.start), zone.wallClockSeconds(at: first.end))
    return (start.flooredRemainder(by: 86_400), end - start)
  }

  fileprivate var value: Value {
    .object([
      "weekdays": .array(weekdays.map { .integer(Int64($0)) }), "from": .instant(first.start), "to": .instant(first.end), "zone": .text(zone),
      "edge": .text(edge.rawValue), "count": .integer(Int64(count)), "seconds": .integer(seconds), "starts": .array(starts.map { .instant($0) }),
      "dates": .array(dates.map(\.value)),
      "promised": promised.value, "worked": .array(worked.map(\.value)),
    ])
  }

  fileprivate init?(_ value: Value) {
    guard let from = value.instant("from"), let to = value.instant("to"), let zone = value["zone"]?.text,
      let edge = value["edge"]?.text.flatMap(Edge.init(rawValue:)), let promised = value["promised"].flatMap(Windows.init)
    else { return nil }
    self.init(
      weekdays: value.list("weekdays") { $0.integer.flatMap { Int(exactly: $0) } }, first: TimeSpan(from, to), zone: zone, edge: edge,
      count: Int(clamping: value["count"]?.integer ?? 0), seconds: value["seconds"]?.integer ?? 0,
      starts: value.list("starts") { $0.text.flatMap { Instant($0) } }, dates: value.list("dates", TimeSpan.init), promised: promised,
      worked: value.list("worked", Windows.init))
  }
}

extension HoursGap.Windows {
  fileprivate var value: Value {
    .object([
      "party": party?.value ?? .null, "calendar": .text(calendar), "zone": .text(zone),
      "spans": .array(spans.map(\.value)),
    ])
  }

  fileprivate init?(_ value: Value) {
    guard let calendar = value["calendar"]?.text, let zone = value["zone"]?.text else { return nil }
    self.init(
      party: value["party"].flatMap(ChainParty.init), calendar: calendar, zone: zone,
      spans: value.list("spans", TimeSpan.init))
  }
}

extension TimeSpan {
  fileprivate var value: Value { .array([.instant(start), .instant(end)]) }

  fileprivate init?(_ value: Value) {
    guard let ends = value.array, ends.count == 2, let start = ends[0].text.flatMap({ Instant($0) }), let end = ends[1].text.flatMap({ Instant($0) })
    else { return nil }
    self.init(start, end)
  }
}

extension TimeGap {
  /// How much too late the worst start may end; nil: it never ends.
  var delay: Int64? { end.map { $0.seconds - due.seconds } }

  /// What was promised and agreed.
  fileprivate var shape: [String] {
    ["\(budget) \(calendar)"] + steps.map { "\($0.handling) \($0.budget.map { "\($0)" } ?? "") \($0.calendars)" }
  }

  fileprivate var value: Value {
    .object([
      "start": .instant(start), "due": .instant(due), "end": .instant(end), "budget": budget.value, "calendar": .text(calendar), "zone": .text(zone),
      "steps": .array(steps.map(\.value)), "lateStarts": .integer(Int64(lateStarts)),
    ])
  }

  fileprivate init?(_ value: Value) {
    guard let start = value.instant("start"), let due = value.instant("due"), let budget = value["budget"].flatMap(Budget.init),
      let calendar = value["calendar"]?.text, let zone = value["zone"]?.text
    else { return nil }
    self.init(
      start: start, due: due, end: value.instant("end"), budget: budget, calendar: calendar, zone: zone, steps: value.list("steps", Step.init),
      lateStarts: Int(clamping: value["lateStarts"]?.integer ?? 0))
  }
}

extension TimeGap.Step {
  fileprivate var value: Value {
    .object([
      "parties": .array(parties.map(\.value)), "agreements": .array(agreements.map(Value.text)), "calendars": .array(calendars.map(Value.text)),
      "handling": .integer(handling), "budget": budget?.value ?? .null, "from": .instant(from), "to": .instant(to),
    ])
  }

  fileprivate init?(_ value: Value) {
    guard let from = value.instant("from") else { return nil }
    self.init(
      parties: value.list("parties", ChainParty.init), agreements: value.list("agreements", \.text), calendars: value.list("calendars", \.text),
      handling: value["handling"]?.integer ?? 0, budget: value["budget"].flatMap(Budget.init), from: from, to: value.instant("to"))
  }
}

extension ShareGap {
  fileprivate var value: Value {
    .object([
      "promised": .integer(promised.units), "period": .text(period?.rawValue), "together": .integer(together.units),
      "factors": .array(factors.map(\.value)),
    ])
  }

  fileprivate init?(_ value: Value) {
    guard let promised = value["promised"]?.integer, let together = value["together"]?.integer else { return nil }
    self.init(
      promised: Rate(units: promised), period: value.period, factors: value.list("factors", Factor.init), together: Rate(units: together))
  }
}

extension ShareGap.Factor {
  fileprivate var value: Value {
    .object([
      "party": party.value, "share": .integer(share.units), "period": .text(period?.rawValue), "least": .integer(least.units), "worst": .text(worst),
    ])
  }

  fileprivate init?(_ value: Value) {
    guard let party = value["party"].flatMap(ChainParty.init), let share = value["share"]?.integer else { return nil }
    self.init(
      party: party, share: Rate(units: share), period: value.period, least: Rate(units: value["least"]?.integer ?? share), worst: value["worst"]?.text)
  }
}

extension Lack {
  fileprivate var value: Value {
    switch self {
    case .agreement: .object(["why": "agreement"])
    case .target(let name): .object(["why": "target", "name": .text(name)])
    case .ended(let name, let at): .object(["why": "ended", "name": .text(name), "at": .instant(at)])
    case .gone(let at): .object(["why": "gone", "at": .instant(at)])
    case .notInForce(let name, nil): .object(["why": "not_in_force", "name": .text(name)])
    case .notInForce(let name, let until): .object(["why": "not_in_force", "name": .text(name), "until": .instant(until)])
    case .hours(let name): .object(["why": "hours", "name": .text(name)])
    case .severity(let name, let theirs, let ours):
      .object(["why": "severity", "name": .text(name), "theirs": .text(theirs.rawValue), "ours": .text(ours.rawValue)])
    }
  }

  fileprivate init?(_ value: Value) {
    let name = value["name"]?.text ?? ""
    switch value["why"]?.text {
    case "agreement": self = .agreement
    case "target": self = .target(name)
    case "ended": self = .ended(name, value.instant("at") ?? Instant(seconds: 0))
    case "gone": self = .gone(value.instant("at") ?? Instant(seconds: 0))
    case "not_in_force": self = .notInForce(name, until: value.instant("until"))
    case "hours": self = .hours(name)
    case "severity": self = .severity(name, theirs: value.severity("theirs"), ours: value.severity("ours"))
    default: return nil
    }
  }
}

extension PromiseLabel {
  package var value: Value {
    let scope: [Value.Member] = [
      .init("type", .text(ticketType?.rawValue)), .init("service", .text(service)), .init("tier", .text(ciTier)),
    ]
    return .object([.init("metric", .text(metric)), .init("priority", .integer(priority))] + scope.filter { !$0.value.isNull })
  }

  /// `resolution 1`, with what else it names behind it.
  fileprivate var key: String {
    ([metric, priority.map { String($0) } ?? ""] + [ticketType?.rawValue, service, ciTier].compactMap(\.self)).joined(separator: " ")
  }

  fileprivate init?(_ value: Value) {
    guard let metric = value["metric"]?.text else { return nil }
    self.init(
      metric: metric, priority: value["priority"]?.integer, ticketType: value["type"]?.text.flatMap(TicketType.init(rawValue:)),
      service: value["service"]?.text, ciTier: value["tier"]?.text)
  }
}

extension ChainParty {
  fileprivate var value: Value { .object(["kind": .text(kind.rawValue), "id": .integer(id), "name": .text(name)]) }

  fileprivate init?(_ value: Value) {
    guard let kind = value["kind"]?.text.flatMap(Kind.init(rawValue:)), let id = value["id"]?.integer, let name = value["name"]?.text else { return nil }
    self.init(kind: kind, id: id, name: name)
  }
}

extension Budget {
  fileprivate var value: Value {
    switch self {
    case .seconds(let seconds): .object(["seconds": .integer(seconds)])
    case .businessDays(let days): .object(["businessDays": .integer(days)])
    }
  }

  fileprivate init?(_ value: Value) {
    if let seconds = value["seconds"]?.integer {
      self = .seconds(seconds)
    } else if let days = value["businessDays"]?.integer {
      self = .businessDays(days)
    } else {
      return nil
    }
  }
}

extension Value {
  fileprivate var period: BillingPeriod.Kind? { self["period"]?.text.flatMap(BillingPeriod.Kind.init(rawValue:)) }

  fileprivate func severity(_ name: String) -> OutageSeverity { self[name]?.text.flatMap(OutageSeverity.init(rawValue:)) ?? .partial }

  fileprivate func instant(_ name: String) -> Instant? { self[name]?.text.flatMap { Instant($0) } }

  fileprivate func list<Element>(_ name: String, _ read: (Value) -> Element?) -> [Element] { (self[name]?.array ?? []).compactMap(read) }
}
