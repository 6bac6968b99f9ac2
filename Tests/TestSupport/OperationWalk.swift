import Kernel
import Testing

/// Walks at random through the operations of a life cycle, beside a model of a few lines. What the model lets pass must pass and lead where it
/// says; what it refuses must be refused, for a reason that is none of ours, and change nothing that anybody reads.
package struct OperationWalk<Model: Hashable & Sendable, Act: CaseIterable & Sendable> {
  /// What the thing is after `act`; nil: that is refused.
  package let expected: @Sendable (Model, Act) -> Model?
  /// Acts on the thing as it was seen last.
  package let perform: @Sendable (Act, Value) async throws -> Void
  /// The thing as its readers see it.
  package let read: @Sendable (Value) async throws -> Value
  /// Whether what is read is what the model says.
  package let agrees: @Sendable (Model, Value) -> Bool
  /// Acts that compare the version.
  package let comparesVersion: @Sendable (Act) -> Bool
  /// Acts for which there is something to act on.
  package let isPossible: @Sendable (Model, Act) -> Bool

  package init(
    expected: @escaping @Sendable (Model, Act) -> Model?, perform: @escaping @Sendable (Act, Value) async throws -> Void,
    read: @escaping @Sendable (Value) async throws -> Value, agrees: @escaping @Sendable (Model, Value) -> Bool,
    comparesVersion: @escaping @Sendable (Act) -> Bool = { _ in true }, isPossible: @escaping @Sendable (Model, Act) -> Bool = { _, _ in true }
  ) {
    self.expected = expected
    self.perform = perform
    self.read = read
    self.agrees = agrees
    self.comparesVersion = comparesVersion
    self.isPossible = isPossible
  }

  /// - Parameters:
  ///   - seeds: of walks that are the same each time; besides, there is a new one each time. Its number is printed: put here, it is walked again.
  ///   - begin: makes the thing that one walk is about.
  ///   - pause: time that passes before each act.
  /// - Returns: what was come to by the seeds, which is the same each time.
  package func run(
    seeds: [UInt64], walks: Int, steps: Int, begin: () async throws -> (Model, Value), pause: () -> Void = {}
  ) async throws -> Set<Model> {
    var reached: Set<Model> = []
    var bySeeds = reached
    for seed in seeds + [UInt64.random(in: 1000..<1_000_000_000)] {
      // What the new one comes to is luck.
      bySeeds = reached
      print("walk through \(Act.self) with seed \(seed)")
      var random = SplitMix64(seed: seed)
      for walk in 0..<walks {
        var (model, thing) = try await begin()
        for step in 0..<steps {
          reached.insert(model)
          pause()
          let seen = try await read(thing)
          let place = "seed \(seed), walk \(walk), step \(step), \(model)"
          #expect(agrees(model, seen), "\(place): \(seen)")
          // Two of three lead on, and to where no walk has been, so that walks come far; the others are of any kind.
          let all = Act.allCases.filter { isPossible(model, $0) }
          let onward = all.filter { expected(model, $0) != nil }
          let unseen = onward.filter { expected(model, $0).map { !reached.contains($0) } ?? false }
          let leading = unseen.isEmpty ? onward : unseen
          guard let act = (random.next() % 3 == 0 || leading.isEmpty ? all : leading).randomElement(using: &random) else { break }
          let isStale = comparesVersion(act) && random.next() % 8 == 0
          let next = isStale ? nil : expected(model, act)
          do {
            try await perform(act, isStale ? Self.stale(seen) : seen)
            #expect(next != nil, "\(place): \(act) was let pass")
            model = next ?? model
          } catch let failure as Failure {
            #expect(next == nil, "\(place): \(act) was refused: \(failure)")
            #expect(isStale ? failure.kind == .versionMismatch : [.conflict, .denied, .invalid, .notFound].contains(failure.kind), "\(place): \(failure)")
            #expect(try await read(thing) == seen, "\(place): \(act) was refused and left something behind")
          }
          thing = seen
        }
        reached.insert(model)
        #expect(agrees(model, try await read(thing)), "seed \(seed), walk \(walk), at the end: \(model)")
      }
    }
    return bySeeds
  }

  /// As somebody has it who read another version.
  private static func stale(_ seen: Value) -> Value {
    .object((seen.members ?? []).map { $0.name == "version" ? Value.Member("version", .integer(($0.value.integer ?? 0) + 1)) : $0 })
  }
}
