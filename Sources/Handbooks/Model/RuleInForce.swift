import Catalog
import Kernel
import Operations

/// A rule of another module that holds in the process, for all customers, as it was found: an edition keeps it as it was on the day.
struct RuleInForce: Sendable, Hashable {
  enum Kind: String, Sendable, CaseIterable {
    /// After how long tickets close, and how long they can be opened again.
    case policy
    /// Who works on what before anybody said so.
    case dispatch
    case escalation, notification
  }

  /// What a rule says something of.
  enum Part: String, Sendable, CaseIterable {
    case closeAfter, closeCounts, reopenWithin, showsNames
    case team, service, category, nature, ci, priorityTo
    case process, percent, metric, agreement, age, toTeam, people, leads, calendar
    case event, audience, channels, webhook, percentFrom, quietFrom, quietTo, urgentTo, expires
  }

  enum Term: Sendable, Hashable {
    case text(String)
    case texts([String])
    case local(LocalText)
    case number(Int64)
    case minutes(Int64)
    case days(Int64)
    case flag(Bool)
    /// Members of the staff.
    case people([PublicId])
  }

  struct Fact: Sendable, Hashable {
    let part: Part
    let term: Term
  }

  let kind: Kind
  let id: String
  /// Nil: there is one of its kind.
  let name: String?
  let facts: [Fact]

  init(kind: Kind, id: String, name: String?, _ facts: [(Part, Term?)]) {
    self.kind = kind
    self.id = id
    self.name = name
    self.facts = facts.compactMap { part, term in term.map { Fact(part: part, term: $0) } }
  }

  var people: [PublicId] {
    facts.flatMap { fact -> [PublicId] in if case .people(let people) = fact.term { people } else { [] } }
  }
}

// MARK: As editions keep them

extension RuleInForce {
  /// Nil where this version cannot read it.
  init?(_ value: Value) {
    guard let kind = value["kind"]?.text.flatMap(Kind.init), let id = value["id"]?.text else { return nil }
    self.init(
      kind: kind, id: id, name: value["name"]?.text,
      (value["says"]?.array ?? []).compactMap { fact -> (Part, Term?)? in
        guard let part = fact["part"]?.text.flatMap(Part.init) else { return nil }
        return (part, Term(fact))
      })
  }

  var value: Value {
    .members([
      ("kind", .text(kind.rawValue)), ("id", .text(id)), ("name", name.map { .text($0) }),
      ("says", .array(facts.map { .object([Value.Member("part", .text($0.part.rawValue)), $0.term.member]) })),
    ])
  }
}

extension RuleInForce.Term {
  /// Nil where this version cannot read it.
  init?(_ fact: Value) {
    if let text = fact["text"]?.text {
      self = .text(text)
    } else if let texts = fact["texts"]?.array {
      self = .texts(texts.compactMap(\.text))
    } else if let local = fact["local"] {
      self = .local(LocalText(local))
    } else if let number = fact["number"]?.integer {
      self = .number(number)
    } else if let minutes = fact["minutes"]?.integer {
      self = .minutes(minutes)
    } else if let days = fact["days"]?.integer {
      self = .days(days)
    } else if let people = fact["people"]?.array {
      self = .people(people.compactMap { $0.text.flatMap { PublicId($0) } })
    } else if let flag = fact["flag"] {
      self = .flag(flag == .bool(true))
    } else {
      return nil
    }
  }

  fileprivate var member: Value.Member {
    switch self {
    case .text(let text): Value.Member("text", .text(text))
    case .texts(let texts): Value.Member("texts", .array(texts.map { .text($0) }))
    case .local(let local): Value.Member("local", local.value ?? .null)
    case .number(let number): Value.Member("number", .integer(number))
    case .minutes(let minutes): Value.Member("minutes", .integer(minutes))
    case .days(let days): Value.Member("days", .integer(days))
    case .flag(let flag): Value.Member("flag", .bool(flag))
    case .people(let people): Value.Member("people", .array(people.map { .id($0) }))
    }
  }
}
