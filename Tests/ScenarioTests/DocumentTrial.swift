import Foundation
import TestSupport
import Testing

/// A trial with demo data, in which the commands of documents are run as a reader types them.
struct DocumentTrial {
  let folder: String
  private let server: Program
  /// The line of the welcome that sets CA, URL and TOKEN.
  private let exports: Substring

  /// The trial's own folder, for commands that need no server.
  var trial: String { folder + "/trial" }

  /// For the length of one closure. `share`: percent of the demonstration's tickets.
  static func with(share: Int = 1, _ body: (DocumentTrial) async throws -> Void) async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    // As root, PostgreSQL runs as another user, who must be able to pass through.
    try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: folder)
    let server = try Program(
      "up", "--trial", folder + "/trial", "--demo", "--demo-share", String(share), "--listen", "127.0.0.1:0", output: folder + "/up.log")
    defer { server.end() }
    let welcome = try await server.output(with: "TOKEN=")
    let exports = try #require(welcome.split(separator: "\n").first { $0.contains("export CA=") }, "\(welcome)")
    try await body(DocumentTrial(folder: folder, server: server, exports: exports))
  }

  /// The shell blocks of documents below `docs/`, in their order.
  static func blocks(of documents: String...) throws -> [String] {
    try documents.flatMap { document in
      let text = try String(contentsOf: RealData.packageRoot.appending(path: "docs/\(document).md"), encoding: .utf8)
      return text.components(separatedBy: "```sh\n").dropFirst().compactMap { $0.components(separatedBy: "```").first }
    }
  }

  /// What calls of the server say. An answer that is an error ends them.
  func calls(_ blocks: [String]) async throws -> String {
    try await run("\(exports)\n" + blocks.joined(separator: "\n").replacingOccurrences(of: "curl -sS", with: "curl -sS --fail-with-body"))
  }

  /// What commands of the executable say.
  func commands(_ blocks: [String]) async throws -> String {
    try await run("steward() { '\(Program.steward)' \"$@\"; }\nln -sfn '\(RealData.packageRoot.path)/docs' docs\n" + blocks.joined(separator: "\n"))
  }

  private func run(_ commands: String) async throws -> String {
    let script = folder + "/commands.sh"
    try "set -euo pipefail\ncd \(folder)\n\(commands)".write(toFile: script, atomically: true, encoding: .utf8)
    let shell = try Program(executable: "/bin/bash", [script], output: folder + "/commands.log")
    #expect(await shell.ended() == 0, "\(shell.text.suffix(4000))")
    return shell.text
  }

  /// The server ends in order.
  func end() async {
    server.end()
    #expect(await server.ended() == 0)
  }
}
