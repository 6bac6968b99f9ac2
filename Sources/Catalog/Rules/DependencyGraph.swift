/// What needs what.
struct DependencyGraph<Node: Hashable & Comparable & Sendable>: Sendable {
  private(set) var needs: [Node: Set<Node>]

  init(_ needs: [Node: Set<Node>]) { self.needs = needs }

  /// A way along the dependencies; nil: there is none. A node leads to itself.
  func path(from start: Node, to end: Node) -> [Node]? {
    var cameFrom: [Node: Node] = [:]
    var seen: Set<Node> = [start]
    var open = [start]
    while let node = open.popLast() {
      if node == end { return way(to: end, cameFrom) }
      for next in (needs[node] ?? []).sorted() where seen.insert(next).inserted {
        cameFrom[next] = node
        open.append(next)
      }
    }
    return nil
  }

  /// The circle that one more dependency would close, from `node` back to it; nil: none.
  func circle(adding need: Node, to node: Node) -> [Node]? { path(from: need, to: node).map { [node] + $0 } }

  /// A circle that there is, from a node back to it; nil: none. Each node and each dependency is looked at once.
  func circle() -> [Node]? {
    var finished: Set<Node> = []
    for start in needs.keys.sorted() where !finished.contains(start) {
      // The way from the start, each node with those of its needs that are still to be followed.
      var way: [(node: Node, open: [Node])] = [(start, (needs[start] ?? []).sorted(by: >))]
      var places = [start: 0]
      while var step = way.popLast() {
        guard let next = step.open.popLast() else {
          places[step.node] = nil
          finished.insert(step.node)
          continue
        }
        way.append(step)
        if let place = places[next] { return way[place...].map(\.node) + [next] }
        guard !finished.contains(next) else { continue }
        places[next] = way.count
        way.append((next, (needs[next] ?? []).sorted(by: >)))
      }
    }
    return nil
  }

  private func way(to end: Node, _ cameFrom: [Node: Node]) -> [Node] {
    var way = [end]
    while let last = way.last, let before = cameFrom[last] { way.append(before) }
    return way.reversed()
  }
}
