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

  /// A circle that there is; nil: none. Each dependency counts from when the ones before it are there.
  func circle() -> [Node]? {
    var built = DependencyGraph([:])
    for (node, needed) in needs.sorted(by: { $0.key < $1.key }) {
      for need in needed.sorted() {
        if let circle = built.circle(adding: need, to: node) { return circle }
        built.needs[node, default: []].insert(need)
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
