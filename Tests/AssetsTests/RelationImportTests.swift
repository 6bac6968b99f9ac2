@testable import Assets
import Kernel
import Operations
import TestSupport
import Tenancy
import Testing

@Suite struct RelationImportTests {
  private static func line(_ number: Int64, _ from: String, _ kind: String, _ to: String) -> Value {
    .object(["line": .integer(number), "from": .text(from), "kind": .text(kind), "to": .text(to)])
  }

  private static func take(
    _ world: AssetsWorld, _ lines: [Value], of customer: TenantEntry? = nil, _ more: KeyValuePairs<String, Value> = [:], as principal: Principal? = nil
  ) async throws -> Value {
    try await world.lines(lines, by: "ci.import_relations", of: customer, match: "name", more, as: principal)
  }

  /// What is refused: line, field and why, for who reads English.
  private static func problems(_ answer: Value) -> [String] {
    (answer.at("lines").array ?? []).flatMap { line in
      (line.at("problems").array ?? []).map { "\(line.at("line").integer ?? 0) \($0.at("field").text ?? ""): \($0.at("english").text ?? "")" }
    }
  }

  @Test func aFileDoesWhatIsDoneOneByOne() async throws {
    let world = try await AssetsWorld()
    let (one, two, three) = (try await world.server("one"), try await world.server("two"), try await world.server("three"))
    let (a, b, c) = (try await world.server("a"), try await world.server("b"), try await world.server("c"))
    try await world.relate(one, "runs_on", two)
    try await world.relate(one, "uses", three)
    try await world.relate(three, "part_of", two)
    let lines = [Self.line(2, "a", "runs_on", " B "), Self.line(3, "A", "uses", "c"), Self.line(4, "c", "part_of", "b")]
    let trial = try await Self.take(world, lines, ["dryRun": .bool(true)])
    #expect(trial.at("isWritten") == .bool(false) && trial.at("created") == 3 && trial.at("refused") == 0)
    #expect(trial.at("lines").array?.map { $0.at("ci") } == [a, a, c].map { $0.at("id") } && trial.at("lines.0.fields") == .array(["relation"]))
    for ci in [a, b, c] {
      #expect(try await world.call("ci.relations", ["id": ci.at("id")]).at("items") == .array([]))
      #expect(try await world.call("ci.read", ["id": ci.at("id")]).at("version") == 1)
    }
    let done = try await Self.take(world, lines)
    #expect(done.at("isWritten") == .bool(true) && done.at("created") == 3 && done.at("lines") == trial.at("lines"))
    // Histories, events and versions are the same as one by one.
    for (told, single) in [(a, one), (b, two), (c, three)] {
      #expect(try await world.history(told) == world.history(single))
      #expect(try await world.events(told.at("name").text ?? "") == world.events(single.at("name").text ?? ""))
      let versions = [
        try await world.call("ci.read", ["id": told.at("id")]).at("version"), try await world.call("ci.read", ["id": single.at("id")]).at("version"),
      ]
      #expect(versions[0] == versions[1])
    }
    #expect(try await world.events("a") == ["1 ci.created", "2 ci.related", "3 ci.related"])
    let relations = try await world.call("ci.relations", ["id": a.at("id")]).at("items")
    #expect(relations.each("kind") == ["runs_on", "uses"] && relations.each("name") == ["b", "c"])
    // The same again changes nothing, not even a version; nor does a line that stands there twice.
    let again = try await Self.take(world, lines)
    #expect(again.at("unchanged") == 3 && again.at("lines") == .array([]) && again.at("isWritten") == .bool(true))
    #expect(try await world.call("ci.read", ["id": a.at("id")]).at("version") == 3)
    let twice = try await Self.take(world, [Self.line(2, "b", "uses", "c"), Self.line(3, "b", "uses", "c")])
    #expect(twice.at("created") == 1 && twice.at("unchanged") == 1 && twice.at("lines.0.line") == 2)
  }

  @Test func whatIsWrongIsToldByLineAndField() async throws {
    let world = try await AssetsWorld()
    for name in ["a", "b", "twin", "Twin"] { _ = try await world.server(name) }
    _ = try await world.server("theirs", of: world.other)
    var gone = try await world.server("gone")
    for state in ["retired", "disposed"] {
      gone = try await world.call("ci.transition", ["id": gone.at("id"), "state": .text(state)], version: gone.at("version"))
    }
    let good = Self.line(9, "a", "uses", "b")
    let lines = [
      Self.line(2, "a", "eats", "b"), Self.line(3, "nobody", "uses", "b"), Self.line(4, "a", "uses", "theirs"), Self.line(5, "twin", "uses", "b"),
      Self.line(6, "a", "uses", " A "), .object(["line": 7, "from": "a", "to": ""]), Self.line(8, "gone", "uses", "b"), good,
    ]
    let expected = [
      "2 kind: There is no kind of relation eats. Those there are: runs_on, depends_on, connected_to, part_of, uses.",
      "3 from: The customer has no CI with this name: nobody. What is disposed of is not meant.",
      "4 to: The customer has no CI with this name: theirs. What is disposed of is not meant.",
      "5 from: 2 CIs have this name: which one is meant?", "6 to: A CI cannot stand in a relation to itself.", "7 kind: This field must be given.",
      "7 to: This field must be given.", "8 from: The customer has no CI with this name: gone. What is disposed of is not meant.",
    ]
    let refused = try await Self.take(world, lines)
    #expect(refused.at("isWritten") == .bool(false) && refused.at("refused") == 7 && refused.at("created") == 1)
    #expect(Self.problems(refused) == expected, "\(Self.problems(refused))")
    #expect(refused.at("lines.0.problems.0.chinese") == "没有关系类型 eats。可用类型：runs_on, depends_on, connected_to, part_of, uses。")
    let nothing = try await Self.take(world, [good], ["dryRun": .bool(true)])
    #expect(nothing.at("created") == 1, "nothing was written")
    // A dry run tells the same; with keepGoing the good line is taken.
    #expect(Self.problems(try await Self.take(world, lines, ["dryRun": .bool(true), "keepGoing": .bool(true)])) == expected)
    let kept = try await Self.take(world, lines, ["keepGoing": .bool(true)])
    #expect(kept.at("isWritten") == .bool(true) && kept.at("created") == 1 && Self.problems(kept) == expected)
    #expect(try await Self.take(world, [good]).at("unchanged") == 1)
  }

  /// A CI that has had its life stands behind one that lives; alone it is meant, as `ci.relate` takes it.
  @Test func theRetiredAreMeantWhenNoneLives() async throws {
    let world = try await AssetsWorld()
    let (old, host) = (try await world.server("files"), try await world.server("host"))
    try await world.call("ci.transition", ["id": old.at("id"), "state": "retired"], version: old.at("version"))
    #expect(try await Self.take(world, [Self.line(2, "files", "runs_on", "host")]).at("lines.0.ci") == old.at("id"))
    let new = try await world.server("files")
    #expect(try await Self.take(world, [Self.line(2, "files", "uses", "host")]).at("lines.0.ci") == new.at("id"))
    #expect(try await world.call("ci.relations", ["id": host.at("id")]).at("items").each("kind") == ["runs_on", "uses"])
  }

  @Test func whatIsPartOfWhatMakesNoCircle() async throws {
    let world = try await AssetsWorld()
    var cis: [String: Value] = [:]
    for name in ["blade", "chassis", "rack", "room", "cage"] { cis[name] = try await world.server(name) }
    try await world.relate(try #require(cis["blade"]), "part_of", try #require(cis["chassis"]))
    try await world.relate(try #require(cis["chassis"]), "part_of", try #require(cis["rack"]))
    // What is recorded closes one with a line.
    let closing = try await Self.take(world, [Self.line(2, "rack", "part_of", "blade")])
    #expect(Self.problems(closing) == ["2 to: rack would become a part of itself, by what is recorded or by other lines of the file."])
    // Lines close one together: none of them is right. What is there already stays, and the others go on.
    let lines = [
      Self.line(2, "rack", "part_of", "room"), Self.line(3, "room", "part_of", "cage"), Self.line(4, "cage", "part_of", "rack"),
      Self.line(5, "blade", "part_of", "chassis"), Self.line(6, "blade", "part_of", "room"), Self.line(7, "room", "depends_on", "blade"),
    ]
    let told = try await Self.take(world, lines, ["keepGoing": .bool(true)])
    #expect(told.at("created") == 2 && told.at("unchanged") == 1 && told.at("refused") == 3)
    #expect(Self.problems(told).map { $0.prefix(4) } == ["2 to", "3 to", "4 to"])
    // So it is with a file that is told again.
    #expect(try await Self.take(world, lines, ["keepGoing": .bool(true)]).at("unchanged") == 3)
    // Of a call and a file at once, which are a circle together, one is refused.
    for round in 0..<5 {
      let (one, other) = (try await world.server("one \(round)"), try await world.server("other \(round)"))
      @Sendable func related() async -> [String] {
        await violations { try await world.call("ci.relate", ["id": one.at("id"), "kind": "part_of", "to": other.at("id")], version: 1) }
      }
      @Sendable func filed() async -> [String] {
        await violations { try await Self.take(world, [Self.line(2, "other \(round)", "part_of", "one \(round)")]) }
      }
      async let single = related()
      async let file = filed()
      _ = await (single, file)
      let parts = try await world.call("ci.relations", ["id": one.at("id")]).at("items").array ?? []
      #expect(parts.count == 1, "\(parts)")
    }
  }

  /// The rings against reachability, found by trying every pair until nothing is new.
  @Test func aRingIsWhatReachesItself() {
    var random = SplitMix64(seed: 7)
    for _ in 0..<500 {
      let count = Int64.random(in: 2...9, using: &random)
      let edges = (0..<Int.random(in: 0...18, using: &random)).map { _ in
        (from: Int64.random(in: 1...count, using: &random), to: Int64.random(in: 1...count, using: &random))
      }.filter { $0.from != $0.to }
      var reached: [Int64: Set<Int64>] = [:]
      for _ in 0...count {
        for edge in edges { reached[edge.from, default: []].formUnion(reached[edge.to, default: []].union([edge.to])) }
      }
      let rings = Rings(edges)
      for edge in edges {
        #expect(rings.close(edge.from, edge.to) == (reached[edge.to]?.contains(edge.from) ?? false), "\(edge) of \(edges)")
      }
    }
    // A chain as long as a file may be is walked without a stack of its length.
    let chain = (1...20_000).map { (from: Int64($0), to: Int64($0) + 1) }
    #expect(!Rings(chain).close(1, 2) && Rings(chain + [(from: 20_001, to: 1)]).close(1, 2))
  }

  /// What the provider shares is related within the provider's own; no relation crosses customers.
  @Test func whatIsSharedIsRelatedAtTheProvider() async throws {
    let world = try await AssetsWorld()
    let provider = world.database.provider
    for name in ["Cloud", "Core"] { _ = try await world.server(name, of: provider) }
    let mine = try await world.server("mine")
    let answer = try await Self.take(world, [Self.line(2, "Cloud", "runs_on", "Core")], of: provider)
    #expect(answer.at("created") == 1 && answer.at("customer") == .id(provider.publicId))
    let crossing = try await Self.take(world, [Self.line(2, "mine", "uses", "Cloud")])
    #expect(Self.problems(crossing).map { $0.prefix(4) } == ["2 to"] && crossing.at("isWritten") == .bool(false))
    #expect(try await world.call("ci.relations", ["id": mine.at("id")]).at("items") == .array([]))
  }

  @Test func whoMayRelate() async throws {
    let world = try await AssetsWorld()
    for name in ["a", "b"] { _ = try await world.server(name) }
    let lines = [Self.line(2, "a", "uses", "b")]
    let (finance, manager) = (try await world.database.staff(.finance), try await world.database.user(.customerManager, of: world.acme))
    for stranger in [finance, manager] {
      await expectFailure(.denied) { try await Self.take(world, lines, as: stranger) }
      await expectFailure(.denied) { try await Self.take(world, lines, ["dryRun": .bool(true)], as: stranger) }
    }
    let elsewhere = try await world.database.staff(.engineer, for: [world.other])
    #expect(await violations { try await Self.take(world, lines, as: elsewhere) } == ["customer input.unknown_reference"])
    #expect(try await Self.take(world, lines).at("created") == 1, "nobody of them wrote it")
  }

  /// Two people drop the same file at once.
  @Test func twoFilesAtOnceRelateOnce() async throws {
    let world = try await AssetsWorld()
    for number in 0..<20 { _ = try await world.server("n\(number)") }
    let lines = (1..<20).map { Self.line(Int64($0) + 1, "n\($0)", "part_of", "n\($0 - 1)") }
    // Whoever waits longer than a lock may be waited for is told to come again.
    @Sendable func taken() async throws -> Value {
      while true {
        do {
          return try await Self.take(world, lines)
        } catch {
          guard "\(error)".contains("in_flight") else { throw error }
        }
      }
    }
    async let one = taken()
    async let other = taken()
    let answers = try await [one, other]
    #expect(answers.map { $0.at("created").integer ?? -1 }.sorted() == [0, 19] && answers.contains { $0.at("unchanged") == 19 })
  }

  /// A file has as many lines as one of CIs.
  @Test func aFileIsBounded() async throws {
    let world = try await AssetsWorld()
    let lines = [Value](repeating: Self.line(2, "a", "uses", "b"), count: 20_001)
    #expect(await violations { try await Self.take(world, lines) } == ["lines input.count"])
    let wrong = (0..<2510).map { Self.line($0 + 2, "nobody", "uses", "none") }
    let all = try await Self.take(world, wrong).at("lines").array ?? []
    #expect(all.count == 2510 && all.reduce(0) { $0 + ($1.at("problems").array?.count ?? 0) } == 5000)
  }
}
