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
    detail =
      value["lack"].flatMap(Lack.init).map(Detail.lack) ?? value["hours"].flatMap(HoursGap.init).map(Detail.hours)
      ?? value["time"].flatMap(TimeGap.init).map(Detail.time) ?? value["share"].flatMap(ShareGap.init).map(Detail.share) ?? Detail.none
  }

  /// What an accepted risk is for: the same gap in a later proof. It holds what the gap is about and how large it was agreed
  /// to be, not the dates and counts that move on with the horizon.
  package var key: String {
    let what = promises.map { "\($0.metric) \($0.priority.map { String($0) } ?? "")" } + parties.map { "\($0.kind.rawValue) \($0.id)" }
    let size: [String] =
      switch detail {
      case .none: []
      case .lack(let lack): ["\(lack)"]
      case .hours(let hours): hours.shape
      case .time(let time): ["\(time.budget) \(time.calendar)"] + time.steps.map { "\($0.handling) \($0.budget.map { "\($0)" } ?? "") \($0.calendars)" }
      case .share(let share): [share.promised.description, share.together.description]
      }
    return ([kind.rawValue] + what + size).joined(separator: "/")
  }
}

extension HoursGap {
  /// The weekdays and times of a gap that comes every week.
  fileprivate var shape: [String] {
    guard !weekdays.isEmpty, let zone = Zone.named(self.zone) else { return [] }
    let (start, end) = (zone.wallClockSeconds(at: first.start), zone.wallClockSeconds(at: first.end))
    return ["\(weekdays)", String(start.flooredRemainder(by: 86_400)), String(end - start)]
  }

  fileprivate var value: Value {
    .object([
      "weekdays": .array(weekdays.map { .integer(Int64($0)) }), "from": .instant(first.start), "to": .instant(first.end), "zone": .text(zone),
      "edge": .text(edge.rawValue), "count": .integer(Int64(count)), "seconds": .integer(seconds), "starts": .array(starts.map { .instant($0) }),
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
      starts: value.list("starts") { $0.text.flatMap { Instant($0) } }, promised: promised, worked: value.list("worked", Windows.init))
  }
}

extension HoursGap.Windows {
  fileprivate var value: Value {
    .object([
      "party": party?.value ?? .null, "calendar": .text(calendar), "zone": .text(zone),
      "spans": .array(spans.map { .array([.instant($0.start), .instant($0.end)]) }),
    ])
  }

  fileprivate init?(_ value: Value) {
    guard let calendar = value["calendar"]?.text, let zone = value["zone"]?.text else { return nil }
    self.init(
      party: value["party"].flatMap(ChainParty.init), calendar: calendar, zone: zone,
      spans: value.list("spans") { span in
        guard let ends = span.array, ends.count == 2, let start = ends[0].text.flatMap({ Instant($0) }), let end = ends[1].text.flatMap({ Instant($0) })
        else { return nil }
        return TimeSpan(start, end)
      })
  }
}

extension TimeGap {
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
      "promised": .integer(promised.units), "together": .integer(together.units),
      "factors": .array(factors.map { .object(["party": $0.party.value, "share": .integer($0.share.units)]) }),
    ])
  }

  fileprivate init?(_ value: Value) {
    guard let promised = value["promised"]?.integer, let together = value["together"]?.integer else { return nil }
    self.init(
      promised: Rate(units: promised),
      factors: value.list("factors") { factor in
        guard let party = factor["party"].flatMap(ChainParty.init), let share = factor["share"]?.integer else { return nil }
        return Factor(party: party, share: Rate(units: share))
      }, together: Rate(units: together))
  }
}

extension Lack {
  fileprivate var value: Value {
    switch self {
    case .agreement: .object(["why": "agreement"])
    case .target(let name): .object(["why": "target", "name": .text(name)])
    case .ended(let name, let at): .object(["why": "ended", "name": .text(name), "at": .instant(at)])
    case .notInForce(let name): .object(["why": "not_in_force", "name": .text(name)])
    case .hours(let name): .object(["why": "hours", "name": .text(name)])
    }
  }

  fileprivate init?(_ value: Value) {
    let name = value["name"]?.text ?? ""
    switch value["why"]?.text {
    case "agreement": self = .agreement
    case "target": self = .target(name)
    case "ended": self = .ended(name, value.instant("at") ?? Instant(seconds: 0))
    case "not_in_force": self = .notInForce(name)
    case "hours": self = .hours(name)
    default: return nil
    }
  }
}

extension PromiseLabel {
  package var value: Value { .object(["metric": .text(metric), "priority": .integer(priority)]) }

  fileprivate init?(_ value: Value) {
    guard let metric = value["metric"]?.text else { return nil }
    self.init(metric: metric, priority: value["priority"]?.integer)
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
  fileprivate func instant(_ name: String) -> Instant? { self[name]?.text.flatMap { Instant($0) } }

  fileprivate func list<Element>(_ name: String, _ read: (Value) -> Element?) -> [Element] { (self[name]?.array ?? []).compactMap(read) }
}
