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

  let codes: [Code]
  let priorities: [Priority]

  init(codes: [Code], priorities: [Priority]) { (self.codes, self.priorities) = (codes, priorities) }

  init(_ value: Value) {
    codes = (value["codes"]?.array ?? []).map { Code(list: $0["list"]?.text ?? "", key: $0["key"]?.text ?? "", name: LocalText($0["name"])) }
    priorities = (value["priorities"]?.array ?? []).compactMap { cell in
      guard let impact = cell["impact"]?.integer, let urgency = cell["urgency"]?.integer, let priority = cell["priority"]?.integer else { return nil }
      return Priority(impact: impact, urgency: urgency, priority: priority)
    }
  }

  var value: Value {
    .object([
      "codes": .array(codes.map { .members([("list", .text($0.list)), ("key", .text($0.key)), ("name", $0.name.value)]) }),
      "priorities": .array(
        priorities.map { .object(["impact": .integer($0.impact), "urgency": .integer($0.urgency), "priority": .integer($0.priority)]) }),
    ])
  }
}
