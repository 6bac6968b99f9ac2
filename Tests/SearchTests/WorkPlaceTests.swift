import Desk
import Kernel
import TestSupport
import Testing

@testable import Search

/// The order of the queue over all processes, and how it goes on behind a place.
@Suite struct WorkPlaceTests {
  /// Guard: with another edge than the one of ``WorkPlace/key(for:)``, what is equal to the place in all but its process is skipped or comes twice.
  @Test(arguments: 1...20 as ClosedRange<UInt64>) func behindAPlaceIsAllThatFollowsIt(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let places = Self.places(60, &random)
    let order = places.sorted { $0.comesBefore($1) }
    #expect(order.map(Self.text) == places.map(Self.text).sorted())
    for (index, after) in order.enumerated() {
      let behind = places.filter { Self.isFound($0, after: after) }.sorted { $0.comesBefore($1) }
      #expect(behind == Array(order.dropFirst(index + 1)), "behind \(after)")
      #expect((try? WorkPlace(after.cursor)) == after)
    }
  }

  /// What the looks of the processes find behind a place, by its sort keys and the key of the process.
  private static func isFound(_ place: WorkPlace, after: WorkPlace) -> Bool {
    let key = after.key(for: place.process)
    func parts(_ due: Instant?, _ since: Instant, _ key: WorkPlace.Key) -> [Int64] { [due?.microseconds ?? .max, since.microseconds, key.tenant, key.id] }
    let own = WorkPlace.Key(tenant: place.tenant.rawValue, id: place.id)
    guard place.process.isDated else {
      let since = after.dueAt == nil ? after.since : Instant.accepted.lowerBound
      return parts(nil, since, key).lexicographicallyPrecedes(parts(nil, place.since, own))
    }
    return parts(after.dueAt, after.since, key).lexicographicallyPrecedes(parts(place.dueAt, place.since, own))
  }

  /// Few instants, so that many are equal.
  private static func places(_ count: Int, _ random: inout SplitMix64) -> [WorkPlace] {
    var places: Set<WorkPlace> = []
    for id in 1...Int64(count) {
      let process = WorkProcess.allCases[Int.random(in: 0..<WorkProcess.allCases.count, using: &random)]
      let dues: [Instant?] = process.isDated ? [nil, Instant(seconds: 1000), Instant(seconds: 2000)] : [nil]
      places.insert(
        WorkPlace(
          process: process, tenant: TenantId(Int64.random(in: 1...3, using: &random)), id: id, dueAt: dues[Int.random(in: 0..<dues.count, using: &random)],
          since: Instant(seconds: Int64.random(in: 1...3, using: &random))))
    }
    return places.shuffled(using: &random)
  }

  /// A text by whose letters places are in order.
  private static func text(_ place: WorkPlace) -> String {
    let rank = ["incident", "request", "task", "problem", "change", "change_task"].firstIndex(of: place.process.rawValue) ?? 9
    let parts: [Int64] = [place.dueAt?.microseconds ?? 1 << 60, place.since.microseconds, Int64(rank), place.tenant.rawValue, place.id]
    return parts.map { pad($0, 20) }.joined(separator: " ")
  }
}
