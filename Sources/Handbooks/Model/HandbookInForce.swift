import Catalog
import Kernel
import Operations

/// What holds in the process beside the handbook's words, as it was found: an edition keeps it as it was on the day.
struct HandbookInForce: Sendable, Hashable {
  struct Code: Sendable, Hashable {
    let list: String
    let key: String
    let name: LocalText
  }

  /// A cell of the provider's matrix.
  struct Priority: Sendable, Hashable {
    let impact: Int64
    let urgency: Int64
    let priority: Int64
  }

  /// A gate before a step of the process, for all customers.
  struct Gate: Sendable, Hashable {
    /// What it asks for.
    enum Asks: Sendable, Hashable {
      /// Names of fields or of evidence.
      case facts([String])
      case items([LocalText])
      case approval(of: [PublicId], oneSuffices: Bool)
    }

    let id: String
    let step: String
    let priority: Int64?
    let name: LocalText
    let purpose: LocalText
    let asks: Asks
  }

  let codes: [Code]
  let priorities: [Priority]
  let gates: [Gate]
  /// Nil: an edition from before these were kept.
  let rules: [RuleInForce]?

  init(codes: [Code], priorities: [Priority], gates: [Gate], rules: [RuleInForce]? = nil) {
    (self.codes, self.priorities, self.gates, self.rules) = (codes, priorities, gates, rules)
  }

  /// Who is asked by gates, and told by rules.
  var people: [PublicId] {
    gates.flatMap { gate -> [PublicId] in if case .approval(let people, _) = gate.asks { people } else { [] } } + (rules ?? []).flatMap(\.people)
  }

  init(_ value: Value) {
    codes = (value["codes"]?.array ?? []).map { Code(list: $0["list"]?.text ?? "", key: $0["key"]?.text ?? "", name: LocalText($0["name"])) }
    priorities = (value["priorities"]?.array ?? []).compactMap { cell in
      guard let impact = cell["impact"]?.integer, let urgency = cell["urgency"]?.integer, let priority = cell["priority"]?.integer else { return nil }
      return Priority(impact: impact, urgency: urgency, priority: priority)
    }
    gates = (value["gates"]?.array ?? []).compactMap(Gate.init)
    rules = value["rules"]?.array?.compactMap { RuleInForce($0) }
  }

  var value: Value {
    .members([
      ("codes", .array(codes.map { .members([("list", .text($0.list)), ("key", .text($0.key)), ("name", $0.name.value)]) })),
      (
        "priorities",
        .array(priorities.map { .object(["impact": .integer($0.impact), "urgency": .integer($0.urgency), "priority": .integer($0.priority)]) })
      ), ("gates", .array(gates.map(\.value))), ("rules", rules.map { .array($0.map(\.value)) }),
    ])
  }
}

extension HandbookInForce.Gate {
  /// As an edition keeps it; nil where this version cannot read it.
  init?(_ value: Value) {
    guard let id = value["id"]?.text, let step = value["step"]?.text, let asks = Asks(kind: value["kind"]?.text ?? "", value["needs"] ?? .null) else {
      return nil
    }
    self.init(
      id: id, step: step, priority: value["priority"]?.integer, name: LocalText(value["name"]), purpose: LocalText(value["purpose"]), asks: asks)
  }

  var value: Value {
    .members([
      ("id", .text(id)), ("step", .text(step)), ("priority", priority.map { .integer($0) }), ("kind", .text(asks.kind)), ("needs", asks.needs),
      ("name", name.value), ("purpose", purpose.value),
    ])
  }
}

extension HandbookInForce.Gate.Asks {
  /// As the gates keep it.
  init?(kind: String, _ needs: Value) {
    switch kind {
    case "field", "evidence": self = .facts((needs.array ?? []).compactMap(\.text))
    case "checklist": self = .items((needs.array ?? []).map { LocalText($0["name"]) })
    case "approval":
      let people = (needs["staff"]?.array ?? []).compactMap { ($0["id"]?.text).flatMap { PublicId($0) } }
      self = .approval(of: people, oneSuffices: needs["rule"] == "any")
    default: return nil
    }
  }

  var kind: String {
    switch self {
    case .facts: "field"
    case .items: "checklist"
    case .approval: "approval"
    }
  }

  var needs: Value {
    switch self {
    case .facts(let facts): .array(facts.map { .text($0) })
    case .items(let items): .array(items.map { .object(["name": $0.value ?? .null]) })
    case .approval(let people, let oneSuffices):
      .object(["rule": .text(oneSuffices ? "any" : "all"), "staff": .array(people.map { .object(["id": .id($0)]) })])
    }
  }
}
