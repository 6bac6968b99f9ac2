import Foundation
import Kernel
import TestSupport
import Testing

/// A new account manager with docs/contracts.md and nothing else.
@Suite(.serialized) struct ContractCommandTests {
  private static func folder() throws -> String {
    let folder = try TemporaryFolder.make()
    // As root, PostgreSQL runs as another user, who must be able to pass through.
    try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: folder)
    return folder
  }

  /// Every command of the document, in its order, in a folder of its own.
  @Test func theDocumentLeadsToALiveCustomer() async throws {
    let folder = try Self.folder()
    defer { TemporaryFolder.remove(folder) }
    let document = try String(contentsOf: RealData.packageRoot.appending(path: "docs/contracts.md"), encoding: .utf8)
    let commands = document.components(separatedBy: "```sh\n").dropFirst().compactMap { $0.components(separatedBy: "```").first }
    #expect(commands.count == 4)
    let script = folder + "/commands.sh"
    let preamble = "set -euo pipefail\ncd \(folder)\nln -s '\(RealData.packageRoot.path)/docs' docs\nsteward() { '\(Program.steward)' \"$@\"; }\n"
    try (preamble + commands.joined(separator: "\n")).write(toFile: script, atomically: true, encoding: .utf8)
    let shell = try Program(executable: "/bin/bash", [script], output: folder + "/commands.log")
    #expect(await shell.ended() == 0, "\(shell.text)")
    let text = shell.text
    #expect(text.contains("create  customer LUMENARC “Lumen Architectes SARL”"), "\(text)")
    #expect(text.contains("response P1 from 1 h to 30 min"), "\(text)")
    #expect(text.contains("from 1 January 2030"), "\(text)")
    // The second apply, and the plan of what was exported.
    #expect(text.components(separatedBy: "Nothing to do.").count == 3, "\(text)")
    // It is live: the scorecard knows its contract.
    let card = try Program(
      "scorecard", "--trial", folder + "/trial", "--customer", "LUMENARC", "--contract", "Office support", "--json", output: folder + "/card.log")
    #expect(await card.ended() == 0, "\(card.text)")
  }

  @Test func withoutAnAnswerNothingIsDone() async throws {
    let folder = try Self.folder()
    defer { TemporaryFolder.remove(folder) }
    let example = RealData.packageRoot.appending(path: "docs/contracts/per-device.yaml").path
    let asked = try Program("contract", "apply", example, "--trial", folder + "/trial", output: folder + "/asked.log")
    #expect(await asked.ended() == 2)
    #expect(asked.text.contains("--yes"), "\(asked.text)")
    let broken = folder + "/broken.yaml"
    let text = try String(contentsOfFile: example, encoding: .utf8).replacingOccurrences(of: "currency: CNY", with: "currency: RMB")
    try text.write(toFile: broken, atomically: true, encoding: .utf8)
    let refused = try Program("contract", "plan", broken, "--trial", folder + "/trial", output: folder + "/refused.log")
    #expect(await refused.ended() == 3)
    let line = try #require(text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains("RMB") }) + 1
    #expect(refused.text.contains("broken.yaml:\(line): contract.currency “RMB”"), "\(refused.text)")
    let customers = try Program("scorecard", "--trial", folder + "/trial", "--customer", "TIANHEPM", output: folder + "/none.log")
    #expect(await customers.ended() == 2, "no customer was made")
  }
}
