import Foundation
import Kernel
import TestSupport
import Testing

/// The commands of `docs/requests.md`, in their order, against a server.
@Suite(.serialized) struct RequestDocumentTests {
  @Test func theCommandsOfTheDocumentRun() async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    // As root, PostgreSQL runs as another user, who must be able to pass through.
    try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: folder)
    let text = try String(contentsOf: RealData.packageRoot.appending(path: "docs/requests.md"), encoding: .utf8)
    let blocks = text.components(separatedBy: "```sh\n").dropFirst().compactMap { $0.components(separatedBy: "```").first }
    #expect(blocks.count == 1)
    let server = try Program(
      "up", "--trial", folder + "/trial", "--demo", "--demo-share", "1", "--listen", "127.0.0.1:0", output: folder + "/up.log")
    defer { server.end() }
    let welcome = try await server.output(with: "TOKEN=")
    let line = try #require(welcome.split(separator: "\n").first { $0.contains("export CA=") }, "\(welcome)")
    let told = try await run(line + "\n" + (blocks.first ?? "").replacingOccurrences(of: "curl -sS", with: "curl -sS --fail-with-body"), in: folder)
    #expect(told.contains("\"state\":\"fulfilled\"") && told.contains("\"type\":\"request.approval_given\""), "\(told)")
    #expect(told.contains("\"resource\":\"erp\",\"level\":\"editor\"") && told.contains("\"held\":true"), "\(told)")
    #expect(told.contains("\"decided\":1") && told.contains("\"held\":false"), "\(told)")
    server.end()
    #expect(await server.ended() == 0)
  }

  /// What a script says that ends well.
  private func run(_ commands: String, in folder: String) async throws -> String {
    let script = folder + "/commands.sh"
    try "set -euo pipefail\ncd \(folder)\n\(commands)".write(toFile: script, atomically: true, encoding: .utf8)
    let shell = try Program(executable: "/bin/bash", [script], output: folder + "/commands.log")
    #expect(await shell.ended() == 0, "\(shell.text)")
    return shell.text
  }
}
