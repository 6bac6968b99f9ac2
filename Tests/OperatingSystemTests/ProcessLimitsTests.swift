import Foundation
import OperatingSystem
import Testing

/// The kernel's own account in /proc is the oracle.
@Suite(.serialized) struct ProcessLimitsTests {
  private func limits(_ name: String) throws -> [Substring] {
    let text = try String(contentsOfFile: "/proc/self/limits", encoding: .utf8)
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(name) })
    return line.dropFirst(name.count).split(separator: " ")
  }

  @Test func asManyFilesAsAllowed() throws {
    let count = try ProcessLimits.raiseOpenFiles()
    let limits = try limits("Max open files")
    #expect(limits[0] == limits[1])
    #expect(limits[0] == String(count))
  }

  @Test func noCoreDumps() throws {
    try ProcessLimits.forbidCoreDumps()
    #expect(try limits("Max core file size").prefix(2) == ["0", "0"])
    let filter = try String(contentsOfFile: "/proc/self/coredump_filter", encoding: .utf8)
    #expect(Int(filter.trimmingCharacters(in: .whitespacesAndNewlines), radix: 16) == 0)
  }
}
