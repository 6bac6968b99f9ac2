import Foundation
import Kernel
import TLS

/// The SQL that ships beside the binary: `sql/roles.sql`, numbered migrations, and the views and functions that are
/// re-created whole.
package struct SchemaFiles: Sendable {
  package struct File: Sendable {
    package let name: String
    package let text: String
  }

  package struct Migration: Sendable {
    package let version: Int64
    package let name: String
    package let text: String
    /// SHA-256 of the file: a shipped migration is never edited.
    package let checksum: String
  }

  package let roles: File
  package let migrations: [Migration]
  package let views: [File]
  package let functions: [File]

  /// The version that this build needs.
  package var version: Int64 { migrations.last?.version ?? 0 }

  /// Reads `directory`; fails when a number is missing or used twice.
  package init(directory: String) throws {
    roles = try Self.read("\(directory)/roles.sql")
    views = try Self.list("\(directory)/views")
    functions = try Self.list("\(directory)/functions")
    var migrations: [Migration] = []
    for file in try Self.list("\(directory)/migrations") {
      guard let version = Int64(file.name.prefix { $0 != "_" }), version == Int64(migrations.count + 1) else {
        throw Failure(.internal, SchemaMessages.badMigrationName, ["name": file.name])
      }
      let name = String(file.name.dropLast(4))
      migrations.append(Migration(version: version, name: name, text: file.text, checksum: Base32.encode(SHA256.hash(Array(file.text.utf8)))))
    }
    self.migrations = migrations
  }

  /// Those of the program that runs. The name that it was called by says nothing of its place when PATH found it.
  package static func ofThisProgram() throws -> SchemaFiles {
    let link = "/proc/self/exe"
    let executable = FileManager.default.fileExists(atPath: link) ? link : CommandLine.arguments.first ?? ""
    return try find(executable: executable, environment: ProcessInfo.processInfo.environment)
  }

  /// `$STEWARD_SQL`, else `sql` beside the executable or in a folder above it (a checkout's `.build/debug`), else
  /// `../share/steward/sql`.
  static func find(executable: String, environment: [String: String]) throws -> SchemaFiles {
    var candidates: [String] = []
    if let given = environment["STEWARD_SQL"] { candidates.append(given) }
    var folder = URL(fileURLWithPath: executable).resolvingSymlinksInPath().deletingLastPathComponent()
    candidates.append(folder.deletingLastPathComponent().appendingPathComponent("share/steward/sql").path)
    for _ in 0..<6 {
      candidates.append(folder.appendingPathComponent("sql").path)
      folder.deleteLastPathComponent()
    }
    guard let found = candidates.first(where: { FileManager.default.fileExists(atPath: $0 + "/roles.sql") }) else {
      throw Failure(.internal, SchemaMessages.filesMissing, ["places": candidates.prefix(3).joined(separator: ", ")])
    }
    return try SchemaFiles(directory: found)
  }

  private static func list(_ directory: String) throws -> [File] {
    let names = try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasSuffix(".sql") }.sorted()
    return try names.map { try read("\(directory)/\($0)") }
  }

  private static func read(_ path: String) throws -> File {
    File(name: URL(fileURLWithPath: path).lastPathComponent, text: try String(contentsOfFile: path, encoding: .utf8))
  }
}
