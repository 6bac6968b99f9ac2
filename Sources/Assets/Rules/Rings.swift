/// Which edges of a graph close a circle: those whose ends lead to each other, as they do when both are in one ring.
struct Rings: Sendable {
  /// The ring of each node: its strongly connected component, by S. R. Kosaraju's two walks.
  private var ring: [Int64: Int] = [:]

  init(_ edges: [(from: Int64, to: Int64)]) {
    var forth: [Int64: [Int64]] = [:]
    var back: [Int64: [Int64]] = [:]
    for edge in edges {
      forth[edge.from, default: []].append(edge.to)
      back[edge.to, default: []].append(edge.from)
    }
    // From the node that was left last, the way back reaches its own ring and nothing that is not told yet.
    for (number, start) in Self.left(forth).reversed().enumerated() where ring[start] == nil {
      ring[start] = number
      var open = [start]
      while let node = open.popLast() {
        for next in back[node] ?? [] where ring[next] == nil {
          ring[next] = number
          open.append(next)
        }
      }
    }
  }

  /// The nodes in the order in which a walk in depth leaves them for good. Not by calls of itself: a file may tell a chain of 20,000.
  private static func left(_ forth: [Int64: [Int64]]) -> [Int64] {
    var seen: Set<Int64> = []
    var left: [Int64] = []
    for start in forth.keys where seen.insert(start).inserted {
      var path = [(node: start, rest: (forth[start] ?? [])[...])]
      while var last = path.popLast() {
        guard let next = last.rest.popFirst() else {
          left.append(last.node)
          continue
        }
        path.append(last)
        if seen.insert(next).inserted { path.append((node: next, rest: (forth[next] ?? [])[...])) }
      }
    }
    return left
  }

  func close(_ from: Int64, _ to: Int64) -> Bool {
    guard let one = ring[from], let other = ring[to] else { return false }
    return one == other
  }
}
