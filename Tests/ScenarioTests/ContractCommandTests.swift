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
    #expect(text.contains("“Workplace support”: nobody is named yet who keeps its promises"), "\(text)")
    // The second apply, and the plan of what was exported.
    #expect(text.components(separatedBy: "Nothing to do.").count == 3, "\(text)")
    // It is live: the scorecard knows its contract.
    let card = try Program(
      "scorecard", "--trial", folder + "/trial", "--customer", "LUMENARC", "--contract", "Office support", "--json", output: folder + "/card.log")
    #expect(await card.ended() == 0, "\(card.text)")
  }

  /// A line that promises more than backs it, with the risk accepted in the file.
  @Test func theFileSaysWhichRisksAreAccepted() async throws {
    let folder = try Self.folder()
    defer { TemporaryFolder.remove(folder) }
    let file = folder + "/acme.yaml"
    try """
    customer: {code: ACME, name: Acme, zone: UTC}
    calendars:
      - {name: Always, zone: UTC, stock: 24x7}
    slas:
      - name: Gold
        targets:
          - {metric: resolution, priorities: [1], within: 8 h, calendar: Always, objective: 95, period: quarter}
    teams:
      - {name: First line}
    contract:
      name: Hosting
      currency: EUR
      starts: 2026-03-01
      lines:
        - name: Servers
          sla: Gold
          teams:
            - {team: First line}
          acceptedRisks:
            - {gap: agreement, promises: [resolution P1], parties: [First line], reason: The OLA is being written, by: Jane Roe}

    """.write(toFile: file, atomically: true, encoding: .utf8)
    func contract(_ arguments: String..., log: String) async throws -> String {
      let program = try Program(executable: Program.steward, ["contract"] + arguments + ["--trial", folder + "/trial"], output: folder + "/\(log).log")
      #expect(await program.ended() == 0, "\(program.text)")
      return program.text
    }
    let plan = try await contract("plan", file, log: "plan")
    #expect(plan.contains("create  accepted risk of line “Servers”: agreement; resolution P1; First line"), "\(plan)")
    #expect(plan.contains("accepted by Jane Roe: The OLA is being written"), "\(plan)")
    _ = try await contract("apply", file, "--yes", log: "apply")
    let again = try await contract("apply", file, "--yes", log: "again")
    #expect(again.contains("Nothing to do."), "\(again)")
    _ = try await contract("export", "--customer", "ACME", "--to", folder + "/recorded.yaml", log: "export")
    let recorded = try String(contentsOfFile: folder + "/recorded.yaml", encoding: .utf8)
    for part in ["acceptedRisks:", "gap: agreement", "by: Jane Roe", "period: quarter"] { #expect(recorded.contains(part), "\(recorded)") }
    let same = try await contract("plan", folder + "/recorded.yaml", log: "same")
    #expect(same.contains("Nothing to do."), "\(same)")
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
