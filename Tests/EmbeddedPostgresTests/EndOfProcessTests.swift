import EmbeddedPostgres
import Foundation
import Logging
import TestSupport
import Testing

/// What becomes of a server when the process that started it ends, in a real process of its own.
@Suite struct EndOfProcessTests {
  /// Killed, nothing of ours runs any more: the kernel tells the server.
  @Test func aKilledProcessLeavesNoServer() async throws {
    let result = try await #require(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
      let folder = try TemporaryFolder.make()
      chmod(folder, 0o711)
      let logger = Logger(label: "killed") { _ in SwiftLogNoOpLogHandler() }
      let server = try await EmbeddedPostgres.start(in: folder + "/cluster", durability: .disposable, logger: logger)
      tell("\(server.processId ?? 0) \(folder)")
      kill(getpid(), SIGKILL)
    }
    let (server, folder) = try told(result.standardOutputContent)
    defer { TemporaryFolder.remove(folder) }
    #expect(await isGone(server))
  }

  @Test func theSharedClusterGoesWithItsProcess() async throws {
    let result = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      async let first = TestCluster.shared.server()
      let second = try await TestCluster.shared.server()
      guard try await first === second else { exit(1) }
      tell("\(second.processId ?? 0) \(second.socketDirectory)")
      exit(0)
    }
    let (server, folder) = try told(result.standardOutputContent)
    #expect(await isGone(server))
    #expect(!FileManager.default.fileExists(atPath: folder))
    #expect(!FileManager.default.fileExists(atPath: URL(fileURLWithPath: folder).deletingLastPathComponent().path))
  }

  private func told(_ output: [UInt8]) throws -> (pid: pid_t, folder: String) {
    let line = try #require(String(decoding: output, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("told ") })
    let words = line.split(separator: " ")
    let pid = try #require(pid_t(words[1]))
    try #require(pid > 1)
    return (pid, String(words[2]))
  }

  private func isGone(_ pid: pid_t) async -> Bool {
    for _ in 0..<2000 {
      // A zombie that nobody waits for (an orphan in a container without an init) has ended too.
      let state = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8))?.split(separator: ")").last?.split(separator: " ").first
      if state == nil || state == "Z" { return true }
      try? await Task.sleep(for: .milliseconds(10))
    }
    return false
  }
}

/// Past the buffers of stdio, which a killed process does not flush.
private func tell(_ words: String) { FileHandle.standardOutput.write(Data("told \(words)\n".utf8)) }
