import Foundation
import Kernel
import TestSupport
import Testing

/// The commands of `docs/cmdb.md`, in their order: against a server, then at the command line.
@Suite(.serialized) struct CmdbDocumentTests {
  @Test func theCommandsOfTheDocumentRun() async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    // As root, PostgreSQL runs as another user, who must be able to pass through.
    try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: folder)
    let text = try String(contentsOf: RealData.packageRoot.appending(path: "docs/cmdb.md"), encoding: .utf8)
    let blocks = text.components(separatedBy: "```sh\n").dropFirst().compactMap { $0.components(separatedBy: "```").first }
    #expect(blocks.count == 2)
    let server = try Program(
      "up", "--trial", folder + "/trial", "--demo", "--demo-share", "1", "--listen", "127.0.0.1:0", output: folder + "/up.log")
    defer { server.end() }
    let welcome = try await server.output(with: "TOKEN=")
    let line = try #require(welcome.split(separator: "\n").first { $0.contains("export CA=") }, "\(welcome)")
    let calls = try await run(line + "\n" + (blocks.first ?? "").replacingOccurrences(of: "curl -sS", with: "curl -sS --fail-with-body"), in: folder)
    #expect(calls.contains("\"state\":\"under_maintenance\"") && calls.contains("\"words\":{\"en\":\"runs\""), "\(calls)")
    #expect(calls.contains("\"isCut\":false"), "\(calls)")
    server.end()
    #expect(await server.ended() == 0)
    let told = try await run("steward() { '\(Program.steward)' \"$@\"; }\n" + (blocks.last ?? ""), in: folder)
    #expect(told.contains("2 created, 0 changed, 0 unchanged, 0 refused\nNothing was written."), "\(told)")
    #expect(told.hasSuffix("0 created, 0 changed, 2 unchanged, 0 refused\n"), "\(told)")
    let broken = folder + "/broken.csv"
    try "name,type,serial\nx,wheel,1\ny\n".write(toFile: broken, atomically: true, encoding: .utf8)
    let refused = try Program(
      "cmdb", "import", broken, "--customer", "ACME", "--match", "serial", "--trial", folder + "/trial", output: folder + "/refused.log")
    #expect(await refused.ended() == 3)
    #expect(refused.text.contains("line 2: type: There is no type wheel") && refused.text.contains("line 3:"), "\(refused.text)")
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
