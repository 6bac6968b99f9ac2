import Foundation
import Kernel
import TestSupport
import Testing

/// The commands of `docs/catalog.md`, in their order: against a server, then at the command line.
@Suite(.serialized) struct CatalogDocumentTests {
  @Test func theCommandsOfTheDocumentRun() async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    // As root, PostgreSQL runs as another user, who must be able to pass through.
    try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: folder)
    let trial = folder + "/trial"
    let text = try String(contentsOf: RealData.packageRoot.appending(path: "docs/catalog.md"), encoding: .utf8)
    let blocks = text.components(separatedBy: "```sh\n").dropFirst().compactMap { $0.components(separatedBy: "```").first }
    #expect(blocks.count == 3)
    let server = try Program("up", "--trial", trial, "--demo", "--demo-share", "1", "--listen", "127.0.0.1:0", output: folder + "/up.log")
    defer { server.end() }
    let welcome = try await server.output(with: "TOKEN=")
    let line = try #require(welcome.split(separator: "\n").first { $0.contains("export CA=") }, "\(welcome)")
    let calls = try await run(line + "\n" + (blocks.first ?? "").replacingOccurrences(of: "curl -sS", with: "curl -sS --fail-with-body"), in: folder)
    #expect(calls.contains("\"name\":\"Network\""), "\(calls)")
    server.end()
    #expect(await server.ended() == 0)
    let steward = "ln -s '\(RealData.packageRoot.path)/docs' docs\nsteward() { '\(Program.steward)' \"$@\"; }\n"
    let told = try await run(steward + blocks.dropFirst().joined(separator: "\n"), in: folder)
    #expect(told.contains("create family NETWORK") && told.contains("publish offering WAN-SITE") && told.contains("Nothing to do."), "\(told)")
    #expect(told.contains("# Service Product Manual"), "\(told)")
    let manual = try String(contentsOfFile: folder + "/manual.html", encoding: .utf8)
    #expect(manual.contains("<h1>服务产品手册</h1>") && manual.contains("托管广域网"))
    let broken = folder + "/broken.yaml"
    let example = try String(contentsOf: RealData.packageRoot.appending(path: "docs/catalog/msp.yaml"), encoding: .utf8)
    try example.replacingOccurrences(of: "mode: designed", with: "mode: magic").write(toFile: broken, atomically: true, encoding: .utf8)
    let refused = try Program("catalog", "plan", broken, "--trial", trial, output: folder + "/refused.log")
    #expect(await refused.ended() == 3)
    let number = try #require(example.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains("mode: designed") }) + 1
    #expect(refused.text.contains("broken.yaml:\(number): families[2].services[0].mode “magic”"), "\(refused.text)")
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
