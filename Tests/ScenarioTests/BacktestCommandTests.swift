import Foundation
import Kernel
import TestSupport
import Testing

/// An account manager who tries an SLA on past tickets, with docs/backtest.md and the command line.
@Suite(.serialized) struct BacktestCommandTests {
  @Test func theDocumentAndALog() async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    // As root, PostgreSQL runs as another user, who must be able to pass through.
    try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: folder)
    try Self.log.write(toFile: folder + "/log.csv", atomically: true, encoding: .utf8)
    try Self.profile.write(toFile: folder + "/profile.yaml", atomically: true, encoding: .utf8)
    let document = try String(contentsOf: RealData.packageRoot.appending(path: "docs/backtest.md"), encoding: .utf8)
    let commands = document.components(separatedBy: "```sh\n").dropFirst().compactMap { $0.components(separatedBy: "```").first }
    #expect(commands.count == 1)
    let script = folder + "/commands.sh"
    let preamble = """
      set -euo pipefail
      cd \(folder)
      ln -s '\(RealData.packageRoot.path)/docs' docs
      ln -s '\(RealData.packageRoot.path)/deploy' deploy
      steward() { '\(Program.steward)' "$@"; }
      steward contract apply docs/contracts/office-hours-5x8.yaml --trial trial --yes
      steward import log log.csv --profile profile.yaml --create --trial trial

      """
    let more = """
      steward sla backtest draft.yaml --trial trial --credits deploy/credit-schedules/tickets-resolution.json
      LC_ALL=zh_CN.UTF-8 steward sla backtest draft.yaml --trial trial > chinese.txt
      LC_ALL=zh_CN.UTF-8 steward sla backtest draft.yaml --trial trial --priority 10 2> usage.txt || true

      """
    try (preamble + commands.joined(separator: "\n") + "\n" + more).write(toFile: script, atomically: true, encoding: .utf8)
    let shell = try Program(executable: "/bin/bash", [script], output: folder + "/commands.log")
    #expect(await shell.ended() == 0, "\(shell.text)")
    #expect(shell.text.contains("Gold, draft tried on 2 tickets of 2 customers. Nothing was written."), "\(shell.text)")
    // Of the log's two, one took 3 h and one 5 h; within 4 h of the log's own promise, and of the draft's for P1.
    let changed = try String(contentsOfFile: folder + "/changed.csv", encoding: .utf8)
    #expect(changed.hasPrefix("ticket,number,title,priority,openedAt,change,metric,verdictNow,"), "\(changed)")
    #expect(changed.contains("DSKB-INC-000001"), "\(changed)")
    #expect(!changed.contains("'-"), "a dash is no formula: \(changed)")
    #expect(shell.text.contains("they cost now: 0.00 EUR"), "\(shell.text)")
    let chinese = try String(contentsOfFile: folder + "/chinese.txt", encoding: .utf8)
    #expect(chinese.contains("工单号") && chinese.contains("解决") && !chinese.contains("VERDICT") && !chinese.contains("RESOLUTION"), "\(chinese)")
    let usage = try String(contentsOfFile: folder + "/usage.txt", encoding: .utf8)
    #expect(usage.contains("--priority 的取值为 1 至 9。"), "\(usage)")
    let json = try JSON.read([UInt8](Data(contentsOf: URL(fileURLWithPath: folder + "/backtest.json"))))
    #expect(json["tickets"] == 2 && json["sla"] == "Gold, draft")
    let resolution = json["figures"]?.array?.first { $0["metric"] == "resolution" && $0["priority"]?.isNull == true && $0["month"]?.isNull == true }
    #expect(resolution?["numerator"] == 1 && resolution?["denominator"] == 2)
    // A customer is found however its code is written; what is wrong with an option is told with the usage of this command.
    let stored = ["sla", "backtest", "--sla", "Office hours", "--trial", folder + "/trial"]
    let lower = try Program(executable: Program.steward, stored + ["--customer", "dskb"], output: folder + "/lower.log")
    #expect(await lower.ended() == 0, "\(lower.text)")
    let wrong = try Program(executable: Program.steward, stored + ["--from", "March"], output: folder + "/wrong.log")
    #expect(await wrong.ended() == 64)
    #expect(wrong.text.contains("--from takes a day") && wrong.text.contains("Usage: steward sla backtest"), "\(wrong.text)")
  }

  static let log = """
    case,what,when,customer
    1,Opened,2026-02-02T09:00:00+01:00,A
    1,Done,2026-02-02T12:00:00+01:00,A
    2,Opened,2026-02-02T09:00:00+01:00,B
    2,Done,2026-02-02T14:00:00+01:00,B

    """

  static let profile = """
    format: incident-event-log
    source: desk
    file: {separator: ",", quoting: none, missing: "?", dates: "yyyy-mm-ddTHH:MM:SS+HH:MM", zone: UTC}
    columns: {number: case, state: what, updated_at: when, priority: case, customer: customer}
    states: {Opened: new, Done: resolved}
    priorities: {"1": 1, "2": 1}
    customer: {code: DSK, name: "Customer {customer}", zone: Europe/Berlin, language: en}
    contract: {name: Desk, line: Desk, currency: EUR}
    sla: {name: Desk, resolution_stops_at: resolved, pauses: true, budget_minutes: {1: 600}}
    calendar: {name: Desk hours, zone: Europe/Berlin, week: {mon: [["09:00", "17:00"]], tue: [["09:00", "17:00"]]}}
    """
}
