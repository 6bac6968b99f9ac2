import Foundation
import Kernel
import TestSupport
import Testing

/// The commands of `docs/desk.md`, in their order, against a server.
@Suite(.serialized) struct DeskDocumentTests {
  @Test func theCommandsOfTheDocumentRun() async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    // As root, PostgreSQL runs as another user, who must be able to pass through.
    try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: folder)
    let text = try String(contentsOf: RealData.packageRoot.appending(path: "docs/desk.md"), encoding: .utf8)
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
    #expect(shell.text.contains("The CI tier platinum is that of ERP"), "\(shell.text)")
    #expect(shell.text.contains("\"kind\":\"causes\""), "\(shell.text)")
    #expect(shell.text.contains("\"outcome\":\"accepted\""), "\(shell.text)")
    #expect(shell.text.contains("\"pendingReason\":\"awaiting_courier\""), "\(shell.text)")
    server.end()
    #expect(await server.ended() == 0)
  }
}
