import Foundation
import Kernel
import Testing
import TestSupport

/// The commands of `docs/assurance.md`, `docs/suppliers.md` and `docs/service-credits.md`, one after the other, as a user types them.
@Suite(.serialized) struct SupplierDocumentTests {
  @Test func theCommandsOfTheDocumentsRun() async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    // As root, PostgreSQL runs as another user, who must be able to pass through.
    try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: folder)
    let trial = folder + "/trial"
    let server = try Program("up", "--trial", trial, "--demo", "--demo-share", "3", "--listen", "127.0.0.1:0", output: folder + "/up.log")
    defer { server.end() }
    let welcome = try await server.output(with: "TOKEN=")
    let line = try #require(welcome.split(separator: "\n").first { $0.contains("export CA=") }, "\(welcome)")
    // The last one goes on as another person.
    let blocks = try ["assurance", "suppliers", "service-credits"].flatMap { name in
      let text = try String(contentsOf: RealData.packageRoot.appending(path: "docs/\(name).md"), encoding: .utf8)
      return text.components(separatedBy: "```sh\n").dropFirst().compactMap { $0.components(separatedBy: "```").first }
    }
    #expect(blocks.count == 11)
    let script = folder + "/documents.sh"
    let commands = blocks.joined(separator: "\n").replacingOccurrences(of: "curl -sS", with: "curl -sS --fail-with-body")
    try "set -euo pipefail\n\(line)\n\(commands)".write(toFile: script, atomically: true, encoding: .utf8)
    let shell = try Program(executable: "/bin/bash", [script], output: folder + "/documents.log")
    #expect(await shell.ended() == 0, "\(shell.text.suffix(4000))")
    #expect(shell.text.contains("\"state\":\"approved\"") && shell.text.contains("\"severityRule\":\"major\""), "\(shell.text.suffix(4000))")
    #expect(shell.text.contains("\"openGaps\":") && shell.text.contains("团队 First line"), "\(shell.text.suffix(4000))")
    server.end()
    #expect(await server.ended() == 0)

    let file = folder + "/outages.csv"
    try "service,severity,from,to\nCompute,major,2026-02-01T00:00:00Z,2026-02-01T01:00:00Z\n".write(toFile: file, atomically: true, encoding: .utf8)
    for expected in ["\"recorded\":1", "\"unchanged\":1"] {
      let program = try Program("import", "outages", file, "--supplier", "CLOUD", "--create", "--json", "--trial", trial, output: folder + "/import.log")
      #expect(await program.ended() == 0, "\(program.text)")
      #expect(program.text.contains(expected), "\(program.text)")
    }
    try "service,severity,from,to\nCompute,awful,2026-02-01T00:00:00Z,\n".write(toFile: file, atomically: true, encoding: .utf8)
    let refused = try Program("import", "outages", file, "--supplier", "CLOUD", "--trial", trial, output: folder + "/refused.log")
    #expect(await refused.ended() == 3)
    #expect(refused.text.contains("awful"), "\(refused.text)")
  }
}
