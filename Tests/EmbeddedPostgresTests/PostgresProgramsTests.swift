import Foundation
import Kernel
import TestSupport
import Testing

@testable import EmbeddedPostgres

@Suite final class PostgresProgramsTests {
  let folder: String

  init() throws { folder = try TemporaryFolder.make() }

  deinit { TemporaryFolder.remove(folder) }

  private func install(_ names: String..., in place: String) throws {
    try FileManager.default.createDirectory(atPath: "\(folder)/\(place)", withIntermediateDirectories: true)
    for name in names {
      try Data().write(to: URL(fileURLWithPath: "\(folder)/\(place)/\(name)"))
      chmod("\(folder)/\(place)/\(name)", 0o755)
    }
  }

  private func find(_ version: Int? = nil, chosen: String? = nil, path: String? = nil) throws -> String {
    try PostgresPrograms.find(version: version, in: .init(chosen: chosen, path: path, versionsFolder: "\(folder)/lib")).folder.replacing(folder + "/", with: "")
  }

  @Test func theNewestOfTheVersionsWins() throws {
    try install("initdb", "postgres", in: "lib/9/bin")
    try install("initdb", "postgres", in: "lib/14/bin")
    #expect(throws: Failure.self) { try find() }
    try install("initdb", "postgres", in: "lib/15/bin")
    #expect(try find() == "lib/15/bin")
    try install("initdb", "postgres", in: "lib/17/bin")
    #expect(try find() == "lib/17/bin")
    // A server package that is half removed.
    try install("postgres", in: "lib/18/bin")
    #expect(try find() == "lib/17/bin")
    // Data of an older version needs the programs of that version.
    #expect(try find(15) == "lib/15/bin")
  }

  @Test func thePathIsLookedAtLast() throws {
    try install("initdb", "postgres", in: "local")
    #expect(try find(path: "relative:/nonexistent:\(folder)/local") == "local")
    try install("initdb", "postgres", in: "lib/15/bin")
    #expect(try find(path: "\(folder)/local") == "lib/15/bin")
  }

  @Test func aChosenFolderIsTheOnlyOne() throws {
    try install("initdb", "postgres", in: "lib/15/bin")
    try install("initdb", "postgres", in: "mine")
    #expect(try find(chosen: "\(folder)/mine") == "mine")
    #expect(try find(chosen: "") == "lib/15/bin")
    let failure = #expect(throws: Failure.self) { try find(chosen: "\(folder)/wrong") }
    #expect(failure?.code == EmbeddedPostgresMessages.notInstalled.key)
    #expect(failure?.text(.english).contains("postgresql-15") == true)
    #expect(failure?.text(.english).contains("\(folder)/wrong") == true)
  }
}
