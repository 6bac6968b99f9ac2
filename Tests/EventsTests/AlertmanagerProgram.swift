import Foundation
import TestSupport
import Testing

/// Prometheus Alertmanager as Debian packages it, with the client that comes with it. `deploy/test` installs it.
final class AlertmanagerProgram: @unchecked Sendable {
  // Unchecked: Process is used by one test, and its state is safe to ask for from any thread.
  private let process = Process()
  private let tool: String
  private let log: String

  struct Failed: Error, CustomStringConvertible { let description: String }

  /// Where the programs are; nil, with one line that says so, where they are not: it is Debian's, and nobody's duty to have. With `STEWARD_REQUIRE_DATA=1` the test fails then.
  static func folder(sourceLocation: SourceLocation = #_sourceLocation) -> String? {
    let folder = "/usr/bin"
    if FileManager.default.isExecutableFile(atPath: "\(folder)/prometheus-alertmanager") { return folder }
    if ProcessInfo.processInfo.environment["STEWARD_REQUIRE_DATA"] == "1" {
      Issue.record("the Debian package prometheus-alertmanager is required and absent", sourceLocation: sourceLocation)
    } else {
      FileHandle.standardError.write(Data("skipped, no prometheus-alertmanager here: deploy/test installs it\n".utf8))
    }
    return nil
  }

  /// Begins with this configuration, all its files in `folder`.
  init(in programs: String, _ configuration: String, folder: String) throws {
    tool = "\(programs)/amtool"
    log = "\(folder)/alertmanager.log"
    try configuration.write(toFile: "\(folder)/alertmanager.yml", atomically: true, encoding: .utf8)
    _ = FileManager.default.createFile(atPath: log, contents: nil)
    let output = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
    process.executableURL = URL(fileURLWithPath: "\(programs)/prometheus-alertmanager")
    process.arguments = [
      "--config.file=\(folder)/alertmanager.yml", "--storage.path=\(folder)/data", "--web.listen-address=127.0.0.1:0", "--cluster.listen-address=",
      "--log.level=debug",
    ]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    try process.run()
  }

  var text: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

  /// Where it listens, once it does.
  func url() async throws -> String {
    for _ in 0..<600 where process.isRunning {
      if let found = text.firstMatch(of: #/msg="Listening on" address=(127\.0\.0\.1:[0-9]+)/#) { return "http://\(found.1)" }
      try await Task.sleep(for: .milliseconds(100))
    }
    throw Failed(description: "it does not listen: \(text.suffix(2000))")
  }

  /// Tells it of an alert, by its own client.
  func add(_ labels: [String], _ more: [String] = [], at url: String) async throws {
    let add = Process()
    add.executableURL = URL(fileURLWithPath: tool)
    add.arguments = ["--alertmanager.url=\(url)", "alert", "add"] + labels + more
    add.standardInput = FileHandle.nullDevice
    try add.run()
    for _ in 0..<600 where add.isRunning { try await Task.sleep(for: .milliseconds(50)) }
    guard !add.isRunning, add.terminationStatus == 0 else { throw Failed(description: "amtool refused \(labels)") }
  }

  func end() { if process.isRunning { process.terminate() } }
}
