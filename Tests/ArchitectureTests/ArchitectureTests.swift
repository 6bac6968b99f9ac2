import Foundation
import TestSupport
import Testing

/// The rules, over the project's own files.
@Suite struct ArchitectureTests {
  private static let root = RealData.packageRoot

  /// The project's text files: not what is built, and not what a user's trial left.
  private static let files: [(path: String, text: String)] = ["Package.swift", "README.md", "Sources", "Tests", "sql", "deploy", "docs"].flatMap { top in
    let start = root.appending(path: top)
    let below = (FileManager.default.enumerator(atPath: start.path)?.compactMap { $0 as? String } ?? []).map { "\(top)/\($0)" }
    return ([top] + below).sorted().compactMap { path in (try? String(contentsOf: root.appending(path: path), encoding: .utf8)).map { (path, $0) } }
  }

  @Test(arguments: Rules.all.map(\.name)) func holds(name: String) throws {
    let rule = try #require(Rules.all.first { $0.name == name })
    #expect(Self.files.count > 20)
    for (path, text) in Self.files {
      for finding in rule.check(path, text) { Issue.record("\(path): \(rule.name): \(finding)") }
    }
  }

  @Test func theTableHasNoCircleAndNoWayUp() {
    #expect(ImportTable.defects(in: ImportTable.boxes) == [])
  }

  /// The rules read Package.swift by pattern: a target declared in a way they do not see would escape them.
  @Test func everyFolderOfSourcesIsATargetThatTheRulesSee() throws {
    let package = try #require(Self.files.first { $0.path == "Package.swift" })
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.root.appending(path: "Sources").path).filter { !$0.hasPrefix(".") }
    #expect(Set(folders).union(["TestSupport"]) == Set(Rules.packageTargets(in: package.text)))
  }

  @Test func nothingElseLiesAtTheTop() throws {
    #expect(Rules.foreignEntries(try FileManager.default.contentsOfDirectory(atPath: Self.root.path)) == [])
  }

  /// What tells or writes in several transactions comes by a point at which the crash harness may end it.
  @Test func theCrashHarnessCanEndEachSweep() throws {
    // By ClockRound; what only makes room, for which it is one whether it was ended; and what writes in one transaction.
    let others = [
      "Sources/ServiceLevels/UseCases/BreachSweep.swift", "Sources/ServiceLevels/UseCases/WarnSweep.swift",
      "Sources/ServiceLevels/UseCases/WatchSweep.swift", "Sources/Jobs/PartitionSweep.swift", "Sources/Operations/TransientSweeps.swift",
      "Sources/Jobs/Model/Sweep.swift", "Sources/Handbooks/UseCases/AccountableSweep.swift",
    ]
    let sweeps = Self.files.filter { $0.path.hasPrefix("Sources/") && $0.text.contains(/: (?:Long)?Sweep \{/) }
    #expect(sweeps.count > 20)
    for sweep in sweeps where !others.contains(sweep.path) {
      #expect(["FaultPoint.", "OneByOne.run(", "ByTurns.run("].contains { sweep.text.contains($0) }, "\(sweep.path)")
    }
    for shared in ["Sources/Jobs/Model/OneByOne.swift", "Sources/Jobs/Model/ByTurns.swift", "Sources/ServiceLevels/UseCases/ClockRound.swift"] {
      let file = try #require(Self.files.first { $0.path == shared })
      #expect(file.text.contains("FaultPoint."), "\(shared)")
    }
  }

  /// Each sweep is ended by its name, or is among those of which the harness says that its load brings them no work.
  @Test func theCrashHarnessNamesEachSweep() throws {
    let points = try #require(Self.files.first { $0.path == "deploy/crashtest/points.py" }).text
    let kinds = Self.files.filter { $0.path.hasPrefix("Sources/") && !$0.path.hasPrefix("Sources/steward-bench/") }.flatMap { file in
      file.text.matches(of: /static let kind = "([a-z_]+\.[a-z_]+)"/).map { String($0.1) }
    }
    #expect(kinds.count > 30)
    for kind in kinds { #expect(points.contains("\"\(kind)\""), "\(kind)") }
    let declared = try #require(Self.files.first { $0.path == "Sources/Kernel/FaultPoint.swift" }).text
    let names = declared.matches(of: /case [a-zA-Z]+ = "([a-z.]+)"/).map { String($0.1) }
    #expect(names.count > 8)
    for name in names { #expect(points.contains("\"\(name)\":"), "\(name)") }
  }

  /// docs/threats.md says which test shows what. A name without a target goes on with the one before it.
  @Test func theTestsThatTheThreatsNameExist() throws {
    let threats = try #require(Self.files.first { $0.path == "docs/threats.md" }).text
    var named = 0
    for line in threats.split(separator: "\n") where line.hasPrefix("|") {
      var before: (target: Substring, suite: Substring)?
      for match in line.matches(of: /`(?:([A-Z][A-Za-z]*Tests)\.([A-Z][A-Za-z]*))?\.([a-z][A-Za-z0-9]*)`/) {
        if let target = match.1, let suite = match.2 { before = (target, suite) }
        let (target, suite) = try #require(before, "\(match.0) stands alone")
        let file = try #require(Self.files.first { $0.path.hasPrefix("Tests/\(target)/") && $0.text.contains("struct \(suite) {") }, "\(match.0)")
        #expect(file.text.contains("func \(match.3)("), "\(match.0)")
        named += 1
      }
    }
    #expect(named > 40)
  }
}
