import Kernel

/// A team's own work in open seconds, by priority: the first is of priority 1, the last of its own and of every priority behind it. Five at least, as
/// they were written when there were no more.
package enum HandlingTimes {
  package static let least = 5

  /// The one way in which the same times are written: as far as they differ.
  package static func written(_ times: [Int64]) -> [Int64] {
    guard let last = times.last else { return [] }
    let differing = times.lastIndex { $0 != last }.map { $0 + 2 } ?? 1
    return (0..<max(least, differing)).map { times.indices.contains($0) ? times[$0] : last }
  }

  /// None where nothing is written.
  package static func seconds(of priority: Int64, in times: [Int64]) -> Int64 {
    guard let place = Int(exactly: priority - 1), times.indices.contains(place) else { return times.last ?? 0 }
    return times[place]
  }
}
