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
}
