import Foundation
import Kernel
import TestSupport
import Testing

/// The commands of `docs/time-entries.md`, in their order, against a server.
@Suite(.serialized) struct TimeDocumentTests {
  @Test func theCommandsOfTheDocumentRun() async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    // As root, PostgreSQL runs as another user, who must be able to pass through.
    try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: folder)
    let text = try String(contentsOf: RealData.packageRoot.appending(path: "docs/time-entries.md"), encoding: .utf8)
    let block = try #require(text.components(separatedBy: "```sh\n").dropFirst().first?.components(separatedBy: "```").first)
    let server = try Program(
      "up", "--trial", folder + "/trial", "--demo", "--demo-share", "1", "--listen", "127.0.0.1:0", output: folder + "/up.log")
    defer { server.end() }
    let welcome = try await server.output(with: "TOKEN=")
    let line = try #require(welcome.split(separator: "\n").first { $0.contains("export CA=") }, "\(welcome)")
    let script = folder + "/commands.sh"
    let commands = block.replacingOccurrences(of: "curl -sS", with: "curl -sS --fail-with-body")
    try "set -euo pipefail\ncd \(folder)\n\(line)\n\(commands)".write(toFile: script, atomically: true, encoding: .utf8)
    let shell = try Program(executable: "/bin/bash", [script], output: folder + "/commands.log")
    #expect(await shell.ended() == 0, "\(shell.text)")
    let told = shell.text
    #expect(told.contains("\"minutes\":173") && told.contains("\"billedMinutes\":180"), "three hours are billed: \(told)")
    #expect(told.contains("173 min are billed as 180: at least 0 min, rounded up to 15 min"), "\(told)")
    #expect(told.contains("\"state\":\"submitted\",\"kind\":\"work\"") && told.contains("\"state\":\"approved\""), "\(told)")
    #expect(told.contains("\"source\":\"tme_") && told.contains("\"bill\":\"2026-001\""), "\(told)")
    server.end()
    #expect(await server.ended() == 0)
  }
}
