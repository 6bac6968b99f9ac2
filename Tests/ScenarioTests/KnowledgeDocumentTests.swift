import Foundation
import Kernel
import TestSupport
import Testing

/// The commands of `docs/knowledge.md`, in their order, against a server.
@Suite(.serialized) struct KnowledgeDocumentTests {
  @Test func theCommandsOfTheDocumentRun() async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    // As root, PostgreSQL runs as another user, who must be able to pass through.
    try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: folder)
    let text = try String(contentsOf: RealData.packageRoot.appending(path: "docs/knowledge.md"), encoding: .utf8)
    let blocks = text.components(separatedBy: "```sh\n").dropFirst().compactMap { $0.components(separatedBy: "```").first }
    #expect(blocks.count == 2)
    let server = try Program(
      "up", "--trial", folder + "/trial", "--demo", "--demo-share", "1", "--listen", "127.0.0.1:0", output: folder + "/up.log")
    defer { server.end() }
    let welcome = try await server.output(with: "TOKEN=")
    let line = try #require(welcome.split(separator: "\n").first { $0.contains("export CA=") }, "\(welcome)")
    let script = folder + "/commands.sh"
    let commands = (line + "\n" + blocks.joined(separator: "\n")).replacingOccurrences(of: "curl -sS", with: "curl -sS --fail-with-body")
    try "set -euo pipefail\ncd \(folder)\n\(commands)".write(toFile: script, atomically: true, encoding: .utf8)
    let shell = try Program(executable: "/bin/bash", [script], output: folder + "/commands.log")
    #expect(await shell.ended() == 0, "\(shell.text)")
    // Both searches, and the suggestion, find the article, the first after those of the demonstration; the ticket is found by its
    // title and its resolution.
    #expect(shell.text.components(separatedBy: "\"number\":\"KB-000007\"").count > 6, "\(shell.text)")
    #expect(shell.text.contains("\"use\":\"solved\"") && shell.text.contains("\"title\":\"VPN drops again\""), "\(shell.text)")
    server.end()
    #expect(await server.ended() == 0)
  }
}
