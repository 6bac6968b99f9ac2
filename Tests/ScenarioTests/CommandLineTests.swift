import Foundation
import HTTPAPI
import Kernel
import Testing
import TestSupport

/// The executable as its users run it: the trial, the README's tour with curl, the commands on a database.
@Suite(.serialized) struct CommandLineTests {
  @Test func theTourOfTheReadmeRuns() async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    // As root, PostgreSQL runs as another user, who must be able to pass through.
    try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: folder)
    let trial = folder + "/trial"
    let server = try Program("up", "--trial", trial, "--demo", "--demo-share", "3", "--listen", "127.0.0.1:0", output: folder + "/up.log")
    defer { server.end() }
    let welcome = try await server.output(with: "TOKEN=")
    let line = try #require(welcome.split(separator: "\n").first { $0.contains("export CA=") }, "\(welcome)")
    #expect(welcome.contains("attainment"), "the scorecard is printed")

    let readme = try String(contentsOf: RealData.packageRoot.appending(path: "README.md"), encoding: .utf8)
    let tour = try #require(readme.components(separatedBy: "```sh\n").dropFirst().first?.components(separatedBy: "```").first)
    let script = folder + "/tour.sh"
    try "set -euo pipefail\n\(line)\n\(tour.replacingOccurrences(of: "api \"", with: "api --fail-with-body \""))".write(
      toFile: script, atomically: true, encoding: .utf8)
    let shell = try Program(executable: "/bin/bash", [script], output: folder + "/tour.log")
    #expect(await shell.ended() == 0, "\(shell.text)")
    #expect(shell.text.contains("\"verdict\"") && shell.text.contains("\"figures\""), "\(shell.text)")

    server.end()
    #expect(await server.ended() == 0, "SIGTERM is an orderly end: \(server.text)")
    // The data stays: the customer of the demonstration is there at the next start.
    let card = try Program("scorecard", "--trial", trial, "--customer", "ACME", "--json", output: folder + "/card.log")
    #expect(await card.ended() == 0, "\(card.text)")
    #expect(try JSON.read(card.text.trimmingCharacters(in: .whitespacesAndNewlines))["figures"]?.array?.isEmpty == false)
    let unknown = try Program("scorecard", "--trial", trial, "--customer", "NOBODY", output: folder + "/unknown.log")
    #expect(await unknown.ended() == 2)
    #expect(unknown.text.contains("ACME"), "the error names the customers that there are: \(unknown.text)")
    let doctor = try Program("doctor", "--trial", trial, output: folder + "/doctor.log")
    #expect(await doctor.ended() == 0, "\(doctor.text)")
  }

  /// Who starts without the demonstration is told how the first administrator is made, and as whose account he logs in.
  @Test func aTrialTellsTheFirstLogin() async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: folder)
    let server = try Program("up", "--trial", folder + "/trial", "--once", "--listen", "127.0.0.1:0", output: folder + "/up.log")
    defer { server.end() }
    #expect(await server.ended() == 0, "\(server.text)")
    for part in ["/v1/setup/complete", "/v1/sessions", "\"tenant\":\"MSP\""] { #expect(server.text.contains(part), "\(server.text)") }
  }

  /// What clients rely on is in docs/api.lock. A removal or narrowing breaks them; what is new goes into the file by
  /// `steward openapi --lock > docs/api.lock`.
  @Test func theLockOfTheAPIHolds() async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    let program = try Program("openapi", "--lock", output: folder + "/lock")
    #expect(await program.ended() == 0)
    let locked = try String(contentsOf: RealData.packageRoot.appending(path: "docs/api.lock"), encoding: .utf8)
    #expect(APILock.breaking(locked, program.text) == [])
    #expect(locked == program.text, "the file is up to date")
  }

  /// Called by its bare name from another folder, it finds what ships with it.
  @Test func foundOnThePathItKnowsItsPlace() async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    let place = URL(fileURLWithPath: Program.steward).deletingLastPathComponent().path
    let program = try Program(
      executable: "/bin/sh", ["-c", "cd \"$0\" && PATH=\"$1:$PATH\" && unset STEWARD_SQL && exec steward doctor", folder, place], output: folder + "/out.log")
    _ = await program.ended()
    #expect(program.text.contains("ok   SQL files"), "\(program.text)")
  }

  @Test(arguments: [
    (["operations"], 0, "incident.open"), (["operations", "--json"], 0, "\"path\":\"/v1/incidents\""), (["openapi"], 0, "\"openapi\":\"3.1"),
    (["--help"], 0, "up"), (["scorecard", "--help"], 0, "--tickets"), (["import", "servicenow", "--help"], 0, "--skip-unreadable"),
    (["sla", "backtest", "--help"], 0, "--credits"), (["sla", "backtest", "--trial", "/dev/null/x"], 64, "--sla"),
    (["sla", "backtest", "none.yaml", "--from", "2026-02-30", "--trial", "/dev/null/x"], 64, "--from"), (["import", "log", "--help"], 0, "helpdesk"),
    (["contract", "--help"], 0, "apply"), (["contract", "apply", "--help"], 0, "--yes"),
    (["contract", "plan", "none.yaml", "--trial", "/dev/null/x"], 3, "none.yaml"),
    (["scorecard", "--customer", "X"], 64, "--database"), (["serve", "--database", "nonsense"], 64, "--certificate"),
    (["serve", "--only", "nothing"], 64, "worker"), (["serve", "--only", "worker", "--database", "nonsense"], 3, "steward:"),
    (["migrate", "--database", "nonsense"], 3, "steward:"),
    (["import", "servicenow", "none.csv", "--profile", "none.yaml", "--trial", "/dev/null/x"], 3, "none.yaml"),
  ])
  func commandsSayWhatTheyDo(arguments: [String], exitCode: Int32, says: String) async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    let program = try Program(executable: Program.steward, arguments, output: folder + "/out.log")
    #expect(await program.ended() == exitCode, "\(program.text)")
    #expect(program.text.contains(says), "\(program.text)")
  }

  /// The library of arguments knows English only: that these are its words is seen here.
  @Test(arguments: [
    (["scorecard", "--customer", "X", "--contrct"], "错误：未知选项“--contrct”。是否要用“--contract”？"),
    (["scorecard", "--customer", "X", "--nowhere-near"], "错误：未知选项“--nowhere-near”"), (["scorecard", "--customer"], "错误：“--customer <customer>”缺少值"),
    (["scorecard"], "错误：缺少参数“--customer <customer>”"), (["scorecard", "--customer", "X", "more"], "错误：多余的参数“more”"),
    (["scorecard", "--customer", "X", "even", "more"], "错误：2 个多余的参数：'even', 'more'"),
    (["scorecard", "--customer", "X", "--priority", "high"], "错误：值“high”不适用于“--priority <priority>”"),
    (["scorecard", "--customer", "X", "--json=1"], "错误：选项“--json”不带值，却给出了“1”。"),
    (["scorecard", "--customer", "X", "--json", "--csv"], "错误：--json 与 --csv 只能给出其一。"),
  ])
  func wrongUsageIsToldInChinese(arguments: [String], says: String) async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    let program = try Program(
      executable: "/usr/bin/env", ["LC_ALL=zh_CN.UTF-8", Program.steward] + arguments, output: folder + "/out.log")
    #expect(await program.ended() == 64, "\(program.text)")
    #expect(program.text.contains(says), "\(program.text)")
    for part in ["用法：steward scorecard", "详情请见“steward scorecard --help”。"] { #expect(program.text.contains(part), "\(program.text)") }
    for part in ["Error", "Usage", "for more information"] { #expect(!program.text.contains(part), "\(program.text)") }
  }
}
