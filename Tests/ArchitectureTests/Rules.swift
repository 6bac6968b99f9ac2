/// A rule reads one file and says what is wrong with it. Paths are relative to the package's folder.
struct Rule: Sendable {
  let name: String
  let check: @Sendable (_ path: String, _ text: String) -> [String]
}

enum Rules {
  static let all = [
    imports, noPublicDeclarations, noTraps, noBinaryFractions, fileNames, fileLength, rawSQL, pinnedDependencies, knownTargets, noMachinePaths,
  ]

  static let imports = Rule(name: "imports") { path, text in
    guard let target = target(of: path), path.hasSuffix(".swift") else { return [] }
    guard let box = ImportTable.byName[target] else { return ["the target \(target) is not in the import table"] }
    return importedModules(in: text).filter { $0 != target && !box.mayImport($0) }.map { "\(target) must not import \($0)" }
  }

  static let noPublicDeclarations = Rule(name: "everything is package access") { path, text in
    guard path.hasSuffix(".swift"), path != "Package.swift" else { return [] }
    return lines(of: CodeOnly.text(text), matching: #/\bpublic\b|\bopen\s+(class|func|var|subscript|override)\b/#)
  }

  /// What ends the process when a value is not what was hoped: one tenant's odd row would stop every tenant.
  static let noTraps = Rule(name: "no traps") { path, text in
    guard path.hasPrefix("Sources/"), path.hasSuffix(".swift") else { return [] }
    return lines(of: CodeOnly.text(text), matching: #/\b(fatalError|preconditionFailure)\s*\(|[\w)\]}>?]!(?!=)/#)
  }

  static let noBinaryFractions = Rule(name: "no Double where money is") { path, text in
    let exact = ["Kernel", "BillingEngine", "Billing", "Contracts", "Credits", "Suppliers", "ServiceLevels", "ScorecardEngine", "Scorecard"]
    guard path.hasPrefix("Sources/"), let target = target(of: path), exact.contains(target) else { return [] }
    return lines(of: CodeOnly.text(text), matching: #/\b(Double|Float|Float16|Float32|Float64|CGFloat)\b/#)
  }

  static let fileNames = Rule(name: "names say what a file holds") { path, _ in
    path.matches(of: #/(?:^|[a-z+/_-])(Utils?|Utilities|Common|Helpers?|Managers?|V[0-9]+)(?=[A-Z+./_-]|$)/#).map { "\($0.1) says nothing" }
  }

  static let fileLength = Rule(name: "short files") { path, text in
    guard path.hasSuffix(".swift") else { return [] }
    let limit = path.hasPrefix("Tests/") ? 600 : 500
    let count = text.split(separator: "\n", omittingEmptySubsequences: false).count - (text.hasSuffix("\n") ? 1 : 0)
    return count > limit ? ["\(count) lines, at most \(limit)"] : []
  }

  /// Raw SQL text has one door, which only the platform opens; everything else binds its values.
  static let rawSQL = Rule(name: "the door for raw SQL") { path, text in
    let allowed = [
      "Sources/Postgres/", "Sources/Schema/", "Tests/TestSupport/", "Tests/PostgresTests/", "Tests/SchemaTests/", "Tests/ImportingTests/",
      "Tests/RegistryTests/",
    ]
    guard path.hasSuffix(".swift"), !allowed.contains(where: path.hasPrefix) else { return [] }
    return lines(of: CodeOnly.text(text), matching: #/\brunScript\b/#)
  }

  static let pinnedDependencies = Rule(name: "dependencies are pinned") { path, text in
    guard path == "Package.swift" else { return [] }
    return text.matches(of: #/\.package\(([^)]*)\)/#).map { String($0.1) }.filter { $0.firstMatch(of: #/url: "[^"]+",\s*exact: "[0-9.]+"/#) == nil }
  }

  static let knownTargets = Rule(name: "targets are in the table") { path, text in
    guard path == "Package.swift" else { return [] }
    return packageTargets(in: text).filter { ImportTable.byName[$0] == nil }.map { "the target \($0) is not in the import table" }
  }

  /// What a developer's machine looks like is nobody's business, and does not exist elsewhere.
  static let noMachinePaths = Rule(name: "no path of a developer's machine") { _, text in
    lines(of: text, matching: #/(^|[^\w.*-])/(home|Users|root|work)/[\w.]/#)
  }

  /// What lies beside Package.swift. Files with a dot are the tools'.
  static func foreignEntries(_ names: [String]) -> [String] {
    // Package.resolved is made by the package manager and not part of the project.
    let known: Set = ["Package.swift", "Package.resolved", "Sources", "Tests", "sql", "deploy", "docs", "README.md", "LICENSE"]
    return names.filter { !$0.hasPrefix(".") && !known.contains($0) }.sorted()
  }

  /// The targets that are not tests.
  static func packageTargets(in text: String) -> [String] {
    text.matches(of: #/(?:\bmodule|\bexecutable|\bsystemLibrary|\.target|\.executableTarget|\.systemLibrary)\(\s*(?:name:\s*)?"([\w-]+)"/#).map { String($0.1) }
  }

  static func importedModules(in text: String) -> [String] {
    CodeOnly.text(text).split(separator: "\n").compactMap { line in
      line.prefixMatch(
        of:
          #/\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:package|internal|private|fileprivate|public)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)/#
      ).map { String($0.1) }
    }
  }

  private static func target(of path: String) -> String? {
    let parts = path.split(separator: "/")
    guard parts.count > 2 else { return nil }
    if parts[0] == "Sources" { return String(parts[1]) }
    return path.hasPrefix("Tests/TestSupport/") ? "TestSupport" : nil
  }

  private static func lines<Output>(of text: String, matching pattern: Regex<Output>) -> [String] {
    // By default \b follows Unicode, which sees one word in `connection.runScript`.
    let pattern = pattern.wordBoundaryKind(.simple)
    return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { number, line in
      line.firstMatch(of: pattern) == nil ? nil : "line \(number + 1): \(line.trimmingPrefix(while: \.isWhitespace))"
    }
  }
}
