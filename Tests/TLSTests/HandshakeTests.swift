import Foundation
import Kernel
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import TLS

@Suite struct HandshakeTests {
  @Test func agreesOnWhatIsSafe() async throws {
    try await EchoServer.with { server in
      for version in ["-tls1_2", "-tls1_3"] {
        let output = try await server.sClient([version, "-verify_return_error", "-verify_hostname", "localhost", "-alpn", "echo"], input: "Q\n")
        #expect(output.contains("Verify return code: 0 (ok)"), "\(output)")
        #expect(output.contains("ALPN protocol: echo"))
      }
    }
  }

  @Test(arguments: [
    ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"], ["-tls1", "-cipher", "ALL:@SECLEVEL=0"], ["-tls1_2", "-cipher", "AES256-SHA:@SECLEVEL=0"],
    ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-SHA:@SECLEVEL=0"], ["-groups", "P-521"], ["-alpn", "h2"],
  ])
  func refusesWhatIsNot(arguments: [String]) async throws {
    try await EchoServer.with { server in
      let output = try await server.sClient(arguments, input: "Q\n")
      #expect(output.contains("alert") || output.contains("no protocols available"), "\(output)")
      #expect(output.contains("Cipher is (NONE)") || output.contains("Cipher    : 0000"), "\(output)")
    }
  }

  /// The server's order holds, but for a client that would rather have ChaCha20.
  @Test func choosesTheSuite() async throws {
    let (aes, chacha) = ("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305")
    let stronger = "ECDHE-ECDSA-AES256-GCM-SHA384"
    try await EchoServer.with { server in
      for (offer, chosen) in [("\(stronger):\(aes)", aes), ("\(aes):\(chacha)", aes), ("\(chacha):\(aes)", chacha)] {
        let output = try await server.sClient(["-tls1_2", "-cipher", offer], input: "Q\n")
        #expect(output.contains("Cipher is \(chosen)"), "\(output)")
      }
    }
  }

  @Test func refusesRenegotiation() async throws {
    try await EchoServer.with { server in
      let output = try await server.sClient(["-tls1_2"], input: "R\n")
      #expect(output.contains("RENEGOTIATING") && output.contains("no renegotiation"), "\(output.suffix(500))")
    }
  }

  @Test func earlyDataIsOff() async throws {
    try await EchoServer.with { server in
      let session = try await server.session("-tls1_3")
      #expect(session.output.contains("Max Early Data: 0"), "\(session.output)")
      let early = server.folder + "/early"
      try "GET / HTTP/1.1\r\n\r\n".write(toFile: early, atomically: true, encoding: .utf8)
      let output = try await server.sClient(["-tls1_3", "-sess_in", session.file, "-early_data", early], input: "Q\n")
      #expect(output.contains("Reused, TLSv1.3") && output.contains("Early data was not sent"), "\(output)")
    }
  }

  /// A ticket opens a session until the key that sealed it goes, be it with a new certificate or with its time.
  @Test(arguments: ["-tls1_2", "-tls1_3"]) func ticketsEndWithTheirKey(version: String) async throws {
    try await EchoServer.with { server in
      let session = try await server.session(version)
      let resumed = try await server.sClient([version, "-sess_in", session.file], input: "Q\n")
      #expect(resumed.contains("Reused, TLS"), "\(resumed)")
      try server.certificates.reload()
      let refused = try await server.sClient([version, "-sess_in", session.file], input: "Q\n")
      #expect(refused.contains("New, TLS") && !refused.contains("Reused, TLS"), "\(refused)")
    }
  }

  @Test func clientCertificates() async throws {
    try await EchoServer.with(clients: { .require(authorityFile: "\($0)/ca.pem") }) { server in
      // The trial authority has signed only for servers: its own file stands for a client's certificate nobody signed.
      let without = try await server.sClient(["-tls1_2"], input: "hello\n")
      #expect(without.contains("alert"), "\(without)")
      let without3 = try await server.sClient(["-tls1_3", "-ign_eof"], input: "hello\n")
      #expect(without3.contains("certificate required"), "\(without3)")
      let other = try TemporaryFolder.make()
      defer { TemporaryFolder.remove(other) }
      let stranger = try TrialCertificates.prepare(folder: other, now: SystemClock().now())
      let wrong = try await server.sClient(["-tls1_2", "-cert", stranger.server.certificate, "-key", stranger.server.key], input: "hello\n")
      #expect(wrong.contains("unknown ca"), "\(wrong)")
    }
  }

  @Test func silentConnectionsEnd() async throws {
    var limits = TLSHandler.Limits()
    limits.handshake = .seconds(3)
    try await EchoServer.with(limits: limits) { server in
      // Half-open hellos: connected, a byte or two of a record, then nothing.
      let channels = try await withThrowingTaskGroup(of: (any Channel).self) { group in
        for index in 0..<300 {
          group.addTask {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(host: "127.0.0.1", port: server.port).get()
            if index % 2 == 0 { try? await channel.writeAndFlush(ByteBuffer(bytes: [0x16, 0x03, 0x01])).get() }
            return channel
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      let output = try await server.sClient(["-tls1_3"], input: "Q\n")
      #expect(output.contains("Verification: OK"), "others are served meanwhile")
      for channel in channels { try await channel.closeFuture.get() }
      #expect(server.notes.errors.withLock { $0.count { $0 == .handshakeTimedOut } } == 300)
    }
  }

  @Test func verifiesTheServersName() async throws {
    try await EchoServer.with(protocols: []) { server in
      for name in ["localhost", "127.0.0.1"] {
        let client = try await HTTPTestClient.connect(port: server.port, trusting: server.trial.authorityFile, serverName: name, applicationProtocols: [])
        try await client.send("ping")
        await client.close()
      }
      let other = try TemporaryFolder.make()
      defer { TemporaryFolder.remove(other) }
      let stranger = try TrialCertificates.prepare(folder: other, now: SystemClock().now())
      for (name, file) in [("example.org", server.trial.authorityFile), ("127.0.0.2", server.trial.authorityFile), ("localhost", stranger.authorityFile)] {
        let client = try await HTTPTestClient.connect(port: server.port, trusting: file, serverName: name, applicationProtocols: [])
        try? await client.send("ping")
        #expect(try await client.isClosed(), "\(name) must not be believed")
        await client.close()
      }
    }
  }
}
