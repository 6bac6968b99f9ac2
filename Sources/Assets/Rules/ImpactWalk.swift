/// What a walk along relations has reached: each CI once, by a shortest way. Breadth first, a level at a time; pure, so that what
/// finds the next level may be a database or a table of a test.
struct ImpactWalk: Sendable {
  struct Step: Equatable, Sendable {
    let ci: Int64
    /// The CI from which it was reached, and by which relation.
    let from: Int64
    let kind: RelationKind
    let depth: Int
  }

  let starts: [Int64]
  let most: Int
  private(set) var steps: [Step] = []
  /// Whether there was more to reach: more than `most`, or farther away than the walk went.
  private(set) var isCut = false
  private(set) var depth = 0
  /// The CIs from which the next level is sought.
  private(set) var frontier: [Int64]
  private var origins: [Int64: Int64] = [:]

  init(start: Int64, most: Int) { self.init(starts: [start], most: most) }

  init(starts: [Int64], most: Int) {
    self.starts = starts
    self.most = most
    frontier = starts
  }

  var isOver: Bool { frontier.isEmpty || isCut }

  /// Those that need not be found again.
  var seen: [Int64] { starts + steps.map(\.ci) }

  /// How many a level may bring: one more than there is room for tells that the walk is cut.
  var room: Int { most - steps.count + 1 }

  /// - Parameter found: what the frontier leads to and was not seen, each once.
  mutating func take(_ found: [(from: Int64, to: Int64, kind: RelationKind)]) {
    depth += 1
    isCut = steps.count + found.count > most
    frontier = []
    for next in found.prefix(most - steps.count) {
      steps.append(Step(ci: next.to, from: next.from, kind: next.kind, depth: depth))
      origins[next.to] = next.from
      frontier.append(next.to)
    }
  }

  /// The walk ends here.
  /// - Parameter hasMore: whether the frontier leads to what was not seen.
  mutating func stop(hasMore: Bool) {
    isCut = isCut || hasMore
    frontier = []
  }

  /// The CIs from the one where the walk began to this one, both included.
  func path(to ci: Int64) -> [Int64] {
    var path = [ci]
    // No way is longer than there are levels.
    while let last = path.last, let origin = origins[last], path.count <= depth { path.append(origin) }
    return path.reversed()
  }
}
