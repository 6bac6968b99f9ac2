import Foundation
import TestSupport
import Testing

/// What the admin protocol costs the process that runs: measured from outside.
@Suite(.serialized) struct AdminMemoryTests {
  /// A gigabyte without a line end, over TLS and at the socket, costs less than a megabyte; each gets one clear error.
  @Test func aGigabyteWithoutALineEnd() async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: folder)
    let trial = folder + "/trial"
    let server = try Program(
      "up", "--trial", trial, "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", output: folder + "/up.log")
    defer { server.end() }
    let welcome = try await server.output(with: "Ctrl-C")
    let port = try #require(welcome.firstMatch(of: /127\.0\.0\.1:([0-9]+) over TLS/)?.1, "\(welcome)")
    #expect(welcome.contains("\(trial)/admin.sock"))
    let overTLS = "timeout 120 openssl s_client -quiet -CAfile \(trial)/tls/ca.pem -connect localhost:\(port) 2>/dev/null"
    let python = """
      import socket
      s = socket.socket(socket.AF_UNIX); s.connect('\(trial)/admin.sock'); s.settimeout(120)
      try:
          for _ in range(1 << 14): s.sendall(b'a' * 65536)
      except OSError: pass
      print(s.recv(300).decode())
      """
    func shell(_ script: String) async throws -> String {
      let program = try Program(executable: "/bin/bash", ["-c", script], output: folder + "/shell.log")
      _ = await program.ended()
      return program.text
    }
    // What the first connections make for good is not counted.
    for _ in 0..<5 { _ = try await shell("printf 'HELLO\\r\\nQUIT\\r\\n' | \(overTLS)") }
    let before = try resident(server)
    // s_client goes on writing after the answer; if it is not scheduled for as long as the server lingers, a reset takes the
    // answer away. Then it is asked again, and all that it sent counts.
    var answer = ""
    for _ in 0..<5 where answer.isEmpty { answer = try await shell("head -c 1G /dev/zero 2>/dev/null | \(overTLS) | head -c 300") }
    #expect(answer.hasPrefix("* 313 code=admin."), "\(answer)")
    #expect(try await shell("python3 - <<'END'\n\(python)\nEND").hasPrefix("* 313 code=admin.line_too_long "))
    let growth = try resident(server) - before
    #expect(growth < 1 << 20, "grew by \(growth) bytes")
    server.end()
    #expect(await server.ended() == 0, "\(server.text)")
    #expect(!FileManager.default.fileExists(atPath: trial + "/admin.sock"))
  }

  private func resident(_ program: Program) throws -> Int {
    let statm = try String(contentsOfFile: "/proc/\(program.processId)/statm", encoding: .utf8)
    return (statm.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * Int(getpagesize())
  }
}
