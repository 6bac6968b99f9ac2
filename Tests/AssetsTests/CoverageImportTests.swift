import Kernel
import Operations
import TestSupport
import Tenancy
import Testing

@Suite struct CoverageImportTests {
  private static func line(_ number: Int64, _ ci: String, _ contractLine: Value, _ day: String? = nil) -> Value {
    .object(["line": .integer(number), "ci": .text(ci), "contractLine": contractLine, "on": .text(day)])
  }

  private static func problems(_ answer: Value) -> [String] {
    (answer.at("lines").array ?? []).flatMap { line in
      (line.at("problems").array ?? []).map { "\(line.at("line").integer ?? 0) \($0.at("field").text ?? ""): \($0.at("english").text ?? "")" }
    }
  }

  /// ACME's servers and contract lines, and who may cover the ones by the others.
  private struct Covered {
    let world: AssetsWorld
    let manager: Principal
    let lines: [Value]

    init(_ names: String...) async throws {
      world = try await AssetsWorld()
      manager = try await world.database.staff(.accountManager)
      lines = try await world.contractLines(as: manager)
      for name in names { _ = try await world.server(name) }
    }

    func take(_ lines: [Value], _ more: KeyValuePairs<String, Value> = [:], as principal: Principal? = nil) async throws -> Value {
      try await world.lines(lines, by: "ci.import_coverage", match: "name", more, as: principal ?? manager)
    }

    func read(_ name: String) async throws -> Value {
      let found = try await world.call("ci.list", ["customer": .id(world.acme.publicId), "text": .text(name)]).at("items.0")
      return try await world.call("ci.read", ["id": found.at("id")])
    }

    func cover(_ name: String, _ line: Value, _ day: String) async throws {
      let ci = try await read(name)
      try await world.call("ci.cover", ["id": ci.at("id"), "line": line, "on": .text(day)], as: manager, version: ci.at("version"))
    }
  }

  @Test func aFileDoesWhatIsDoneOneByOne() async throws {
    let covered = try await Covered("single", "told")
    let (one, two) = (covered.lines[0], covered.lines[1])
    for (line, day) in [(one, "2026-01-01"), (two, "2026-02-01"), (Value.null, "2026-02-15"), (one, "2026-06-01")] {
      try await covered.cover("single", line, day)
    }
    // In any order, by id or by name.
    let lines = [
      Self.line(2, "told", "LINE 0", "2026-06-01"), Self.line(3, "told", "-", "2026-02-15"), Self.line(4, "Told", two, "2026-02-01"),
      Self.line(5, "told", one, "2026-01-01"),
    ]
    let trial = try await covered.take(lines, ["dryRun": .bool(true)])
    #expect(trial.at("isWritten") == .bool(false) && trial.at("lines").each("outcome") == ["created", "changed", "changed", "created"])
    let before = try await covered.read("told")
    #expect(before.at("coverage") == .array([]) && before.at("version") == 1 && trial.at("lines.0.ci") == before.at("id"))
    let done = try await covered.take(lines)
    #expect(done.at("isWritten") == .bool(true) && done.at("lines") == trial.at("lines") && done.at("lines.0.fields") == .array(["coverage"]))
    let (told, single) = (try await covered.read("told"), try await covered.read("single"))
    #expect(told.at("coverage") == single.at("coverage") && told.at("version") == single.at("version") && told.at("version") == 5)
    #expect(try await covered.world.history(told) == covered.world.history(single))
    #expect(try await covered.world.events("told") == covered.world.events("single"))
    // The same again changes nothing.
    let again = try await covered.take(lines)
    #expect(again.at("unchanged") == 4 && again.at("lines") == .array([]))
    #expect(try await covered.read("told") == told)
  }

  /// Without a day the first one is today; what holds already is not told anew every day.
  @Test func aFileWithoutDaysIsTheSameTomorrow() async throws {
    let covered = try await Covered("a")
    let lines = [Self.line(2, "a", covered.lines[0])]
    #expect(try await covered.take(lines).at("created") == 1)
    #expect(try await covered.read("a").at("coverage").each("validFrom") == ["2026-03-02"])
    #expect(try await covered.world.call("ci.quality", ["customer": .id(covered.world.acme.publicId)]).at("uncovered") == 0)
    covered.world.database.clock.set(try #require(Instant("2026-03-09T08:00:00Z")))
    #expect(try await covered.take(lines).at("unchanged") == 1)
    // Another line on a day that has one takes its place; what began later stays.
    try await covered.cover("a", covered.lines[1], "2026-05-01")
    let changed = try await covered.take([Self.line(2, "a", covered.lines[1], "2026-03-02")])
    #expect(changed.at("changed") == 1 && changed.at("lines.0.fields") == .array(["coverage"]))
    let coverage = try await covered.read("a").at("coverage").array ?? []
    #expect(coverage.map { $0.at("line") } == [covered.lines[1], covered.lines[1]])
    #expect(try await covered.take([Self.line(2, "a", "-", "2026-01-01")]).at("unchanged") == 1, "nothing covered it then")
  }

  @Test func whatIsWrongIsToldByLineAndField() async throws {
    let covered = try await Covered("a", "b", "c", "twin", "Twin")
    let world = covered.world
    let theirs = try await world.contractLines(of: world.other, as: covered.manager)
    _ = try await world.server("theirs", of: world.other)
    let sla = try await world.call("sla.list", [:], as: covered.manager).at("items.0.id")
    try await world.call(
      "contract.create",
      [
        "customer": .id(world.acme.publicId), "name": "Second", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "lines": .array([.object(["name": "Line 1", "sla": sla])]),
      ], as: covered.manager)
    let good = Self.line(12, "b", covered.lines[1], "2026-02-01")
    let lines = [
      Self.line(2, "nobody", "Line 0"), Self.line(3, "theirs", "Line 0"), Self.line(4, "twin", "Line 0"), Self.line(5, "a", "Line 9"),
      Self.line(6, "a", theirs[0]), Self.line(7, "a", "Line 1"), Self.line(8, "a", ""), Self.line(9, "a", "Line 0", "2026-02-30"),
      Self.line(10, "c", covered.lines[0], "2026-02-01"), Self.line(11, "C", covered.lines[1], "2026-02-01"), good,
    ]
    let expected = [
      "2 ci: The customer has no CI with this name: nobody. What is disposed of is not meant.",
      "3 ci: The customer has no CI with this name: theirs. What is disposed of is not meant.", "4 ci: 2 CIs have this name: which one is meant?",
      "5 contractLine: The customer has no contract line with this id or name: Line 9.",
      "6 contractLine: The customer has no contract line with this id or name: \(theirs[0].text ?? "").",
      "7 contractLine: 2 contract lines of the customer are called Line 1: name the one that is meant by its id.",
      "8 contractLine: This field must be given.", "9 on: This must be a date such as 2026-03-01.",
      "10 contractLine: Line 11 of the file says otherwise of the same CI and the same day.",
      "11 contractLine: Line 10 of the file says otherwise of the same CI and the same day.",
    ]
    let refused = try await covered.take(lines)
    #expect(refused.at("isWritten") == .bool(false) && refused.at("refused") == 10 && refused.at("created") == 1)
    #expect(Self.problems(refused) == expected, "\(Self.problems(refused))")
    #expect(try await covered.read("b").at("coverage") == .array([]))
    let kept = try await covered.take(lines, ["keepGoing": .bool(true)])
    #expect(kept.at("isWritten") == .bool(true) && kept.at("created") == 1 && Self.problems(kept) == expected)
    #expect(try await covered.read("b").at("coverage.0.line") == covered.lines[1])
    // The same of one CI and day twice is no contradiction.
    let twice = try await covered.take([Self.line(2, "a", "Line 0", "2026-02-01"), Self.line(3, "a", covered.lines[0], "2026-02-01")])
    #expect(twice.at("created") == 1 && twice.at("unchanged") == 1 && twice.at("lines.0.line") == 2)
  }

  /// Coverage is for those who may set it one by one; what lines are called, for those who read contracts.
  @Test func whoMayCover() async throws {
    let covered = try await Covered("a")
    let world = covered.world
    let byName = [Self.line(2, "a", "Line 0")]
    let (finance, customer) = (try await world.database.staff(.finance), try await world.database.user(.customerManager, of: world.acme))
    for stranger in [world.engineer, finance, customer] {
      await expectFailure(.denied) { try await covered.take(byName, as: stranger) }
      await expectFailure(.denied) { try await covered.take(byName, ["dryRun": .bool(true)], as: stranger) }
    }
    let elsewhere = try await world.database.staff(.accountManager, for: [world.other])
    #expect(await violations { try await covered.take(byName, as: elsewhere) } == ["customer input.unknown_reference"])
    let blind = Principal(
      actor: covered.manager.actor, tenant: covered.manager.tenant, side: .staff, name: "blind",
      grants: [Grant(role: "blind", permissions: ["ci.cover"], scope: .all)])
    #expect(Self.problems(try await covered.take(byName, as: blind)).count == 1)
    #expect(try await covered.take([Self.line(2, "a", covered.lines[0])], as: blind).at("created") == 1)
  }

  /// The provider has no contracts: what it shares is covered by none.
  @Test func whatIsSharedHasNoLine() async throws {
    let covered = try await Covered("a")
    let provider = covered.world.database.provider
    _ = try await covered.world.server("Cloud", of: provider)
    let answer = try await covered.world.lines(
      [Self.line(2, "Cloud", covered.lines[0])], by: "ci.import_coverage", of: provider, match: "name", as: covered.manager)
    #expect(answer.at("isWritten") == .bool(false) && answer.at("lines.0.problems.0.field") == "contractLine")
  }

  /// Two people drop the same file at once.
  @Test func twoFilesAtOnceCoverOnce() async throws {
    let covered = try await Covered("a", "b", "c")
    let lines = ["a", "b", "c"].enumerated().map { Self.line(Int64($0) + 2, $1, covered.lines[0], "2026-02-01") }
    // Whoever waits longer than a lock may be waited for is told to come again.
    @Sendable func taken() async throws -> Value {
      while true {
        do {
          return try await covered.take(lines)
        } catch {
          guard "\(error)".contains("in_flight") else { throw error }
        }
      }
    }
    async let one = taken()
    async let other = taken()
    let answers = try await [one, other]
    #expect(answers.map { $0.at("created").integer ?? -1 }.sorted() == [0, 3] && answers.contains { $0.at("unchanged") == 3 })
    #expect(try await covered.read("a").at("version") == 2)
  }
}
