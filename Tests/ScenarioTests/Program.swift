import Foundation

/// A child process of a test, with both its outputs in a file.
final class Program: @unchecked Sendable {
  // Unchecked: Process is used by one test at a time, and its signals and state are safe to ask for from any thread.
  private let process = Process()
  private let log: String

  /// The executable of this build, beside the test bundle.
  static let steward: String = {
    let bundle = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    return URL(fileURLWithPath: bundle).deletingLastPathComponent().appending(path: "steward").path
  }()

  init(executable: String, _ arguments: [String], output: String) throws {
    log = output
    _ = FileManager.default.createFile(atPath: output, contents: nil)
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = file
    process.standardError = file
    try process.run()
  }

  convenience init(_ arguments: String..., output: String) throws { try self.init(executable: Self.steward, arguments, output: output) }

  var text: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

  /// Waits until the output has `mark`, or the program has ended; generous, for a loaded machine.
  func output(with mark: String) async throws -> String {
    for _ in 0..<3000 {
      if text.contains(mark) || !process.isRunning { break }
      try await Task.sleep(for: .milliseconds(100))
    }
    return text
  }

  /// The exit code; -1 when it does not end within five minutes.
  func ended() async -> Int32 {
    for _ in 0..<3000 where process.isRunning { try? await Task.sleep(for: .milliseconds(100)) }
    guard !process.isRunning else { return -1 }
    return process.terminationStatus
  }

  var processId: Int32 { process.processIdentifier }

  func end() { if process.isRunning { process.terminate() } }
}
