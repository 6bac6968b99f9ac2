import Foundation
import Kernel
import OperatingSystem
import Operations
import Subprocess
import TLS
import TestSupport
import Testing

@testable import AdminProtocol

@Suite(.timeLimit(.minutes(10))) struct TransportTests {
  /// Runs a program with this input; what it printed. A server that closes may leave it with an error.
  private func run(_ program: String, _ arguments: [String], input: String) async throws -> String {
    let result = try await Subprocess.run(
      program.hasPrefix("/") ? .path(.init(program)) : .name(program), arguments: Arguments(arguments), input: .string(input), output: .string(limit: 1 << 20),
      error: .string(limit: 1 << 20))
    return result.standardOutput
  }

  /// Case 58: plain bytes at the TLS port are closed without an answer, not even an alert.
  @Test(arguments: ["HELLO\r\n", "GET / HTTP/1.1\r\n\r\n", "STARTTLS\r\n", "\u{0}\u{0}", "\u{15}\u{3}\u{1}"]) func plainBytesAreNotAnswered(text: String)
    async throws
  {
    try await TestAdmin.with { admin in
      let client = try await AdminTestClient.connect(plainPort: admin.port)
      try await client.send(text)
      #expect(try await client.rest() == "")
      #expect(try await admin.remote().command("HELLO").first?.hasPrefix("- 200") == true)
    }
  }

  /// Case 66: other protocols, and this one with another's name.
  @Test func otherProtocols() async throws {
    try await TestAdmin.with { admin in
      let browser = try await run(
        "curl", ["-sS", "--http0.9", "--no-alpn", "--max-time", "60", "--cacert", admin.authorityFile, "https://localhost:\(admin.port)/x"], input: "")
      #expect(browser.hasPrefix("- 300 code=admin.syntax.word ") && !browser.contains("/x") && browser.split(separator: "\r\n").count == 1, "\(browser)")
      let wrong = try await run(
        "openssl", ["s_client", "-quiet", "-alpn", "http/1.1", "-CAfile", admin.authorityFile, "-connect", "localhost:\(admin.port)"], input: "HELLO\r\n")
      #expect(wrong == "")
      await #expect(throws: (any Error).self) {
        let client = try await admin.remote(applicationProtocols: ["http/1.1"])
        if try await client.command("HELLO").isEmpty { throw CancellationError() }
      }
      for protocols in [["steward-admin"], ["http/1.1", "steward-admin"], []] {
        let client = try await admin.remote(applicationProtocols: protocols)
        #expect(try await client.command("HELLO").first?.hasPrefix("- 200") == true, "\(protocols)")
      }
    }
  }

  /// The programs that docs/admin-protocol.md names.
  @Test func ordinaryProgramsWork() async throws {
    try await TestAdmin.with { admin in
      let token = try await admin.token()
      let commands = "AUTH token=\(token)\r\n@1 identity read\r\nQUIT\r\n"
      let openssl = try await run(
        "openssl", ["s_client", "-quiet", "-verify_return_error", "-CAfile", admin.authorityFile, "-connect", "localhost:\(admin.port)"], input: commands)
      #expect(openssl.hasPrefix("- 200 name=robot ") && openssl.contains("\r\n@1 200 name=robot "), "\(openssl)")
      for (program, arguments) in [("socat", ["-", "UNIX-CONNECT:\(admin.socketPath)"]), ("nc", ["-U", admin.socketPath])] {
        let printed = try await run(program, arguments, input: "@1 customer list\r\nQUIT\r\n")
        #expect(printed == "@1 200 rows=0 next=\r\n- 200\r\n", "\(program)")
      }
      // What a person types with plain line ends, made CR LF on the way.
      let typed = try await run("socat", ["-", "UNIX-CONNECT:\(admin.socketPath),crnl"], input: "@1 customer list\nQUIT\n")
      #expect(typed == "@1 200 rows=0 next=\n- 200\n")
    }
  }

  /// Case 65: mode 0660, the kernel's word, and what lies at the path.
  @Test func theSocket() async throws {
    try await TestAdmin.with { admin in
      let attributes = try FileManager.default.attributesOfItem(atPath: admin.socketPath)
      #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o660)
      #expect(attributes[.type] as? FileAttributeType == .typeSocket)
      // A second server does not take the socket away from the first.
      #expect(throws: SystemCallError("bind", admin.socketPath, code: EADDRINUSE)) { try LocalSocket(path: admin.socketPath, group: nil) }
      #expect(try await admin.local().command("HELLO").first?.hasPrefix("- 200") == true)
      admin.running.cancel()
      _ = try? await admin.running.value
      #expect(!FileManager.default.fileExists(atPath: admin.socketPath))
    }
  }

  @Test func onTheSocketATokenActsAsItsAccount() async throws {
    try await TestAdmin.with { admin in
      let client = try await admin.local()
      #expect(try await client.command("AUTH token=\(try await admin.token(.engineer))").first == "- 200 name=robot kind=service language=en")
      #expect(try await client.command("customer create code=ACME name=A zone=UTC").first?.hasPrefix("- 403") == true)
      #expect(try await admin.local().command("AUTH token=stw_wrong").first?.hasPrefix("- 401") == true)
    }
  }

  /// Case 65: another user, who is neither root nor the server nor in the group. It needs root to become one.
  @Test(.enabled(if: geteuid() == 0 && FileManager.default.isExecutableFile(atPath: "/usr/bin/python3"))) func anotherUserIsRefused() async throws {
    try await TestAdmin.with { admin in
      // The folder and the mode keep him out already; here only the kernel's word is left.
      try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: admin.folder)
      let python =
        "import socket,sys; s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.sendall(b'HELLO\\r\\n'); sys.stdout.write(s.makefile('r',newline='').read())"
      let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/python3", "-c", python, admin.socketPath]
      #expect(try await run("setpriv", nobody, input: "") == "", "mode 0660")
      try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: admin.socketPath)
      let refused = try await run("setpriv", nobody, input: "")
      #expect(refused.hasPrefix("* 403 code=admin.peer ") && refused.split(separator: "\r\n").count == 1, "\(refused)")
      let root = try await run("/usr/bin/python3", ["-c", python.replacingOccurrences(of: "HELLO", with: "QUIT"), admin.socketPath], input: "")
      #expect(root == "- 200\r\n")
    }
  }
}

/// A client certificate is a credential of the organisation in which it is registered.
@Suite(.timeLimit(.minutes(10))) struct CertificateTests {
  @Test func aCertificateIsAnAccount() async throws {
    try await TestAdmin.with(clientCertificates: true) { admin in
      let authority = try #require(admin.clientAuthority)
      let account = try await admin.service()
      let keeper = try await admin.local()
      let robot = try await authority.client("robot")
      let id = "staff=\(account.id.text ?? "")"
      let made = try await keeper.command("certificate add fingerprint=\(robot.fingerprint) name=robot expiresAt=2026-03-10T00:00:00Z \(id)")
      #expect(made.first?.hasPrefix("- 201 id=tok_") == true, "\(made)")
      let again = try await keeper.command("certificate add fingerprint=\(robot.fingerprint) name=again expiresAt=2026-03-10T00:00:00Z \(id)")
      #expect(again.first?.hasPrefix("- 309 code=certificate.taken ") == true, "\(again)")

      let client = try await admin.remote(identity: robot.identity)
      #expect(try await client.command("customer list").first?.hasPrefix("- 401") == true, "a certificate alone is nobody until AUTH")
      #expect(try await client.command("AUTH") == ["- 200 name=robot kind=service language=en"])
      #expect(try await client.command("customer list").last == "- 200 rows=0 next=")
      let named = try await admin.remote(identity: robot.identity)
      #expect(try await named.command("AUTH tenant=PROV").first?.hasPrefix("- 200 name=robot ") == true)
      #expect(try await named.command("session close").first?.hasPrefix("- 200") == true)
      try await Task.sleep(for: .seconds(1))
      #expect(try await named.command("identity read").first?.hasPrefix("- 200") == true, "logging out does not strike a certificate off")

      // Listed and revoked like a token; the session ends within a second.
      let listed = try await keeper.command("token list \(id)")
      let row = try #require(listed.first { $0.contains(" kind=certificate ") })
      let token = try #require(row.split(separator: " ").first { $0.hasPrefix("id=") })
      #expect(try await keeper.command("token revoke \(token)").first?.hasPrefix("- 200") == true)
      try await Task.sleep(for: .seconds(1))
      #expect(try await client.command("customer list").first?.hasPrefix("- 401") == true)
      #expect(try await client.line() == nil)
    }
  }

  @Test func whoIsNotKnownIsNobody() async throws {
    try await TestAdmin.with(clientCertificates: true) { admin in
      let authority = try #require(admin.clientAuthority)
      let refused = "- 401 code=admin.no_certificate "
      // A good certificate that nobody has registered.
      let stranger = try await authority.client("stranger")
      for auth in ["AUTH", "AUTH tenant=PROV", "AUTH tenant=NOBODY"] {
        let client = try await admin.remote(identity: stranger.identity)
        #expect(try await client.command(auth).first?.hasPrefix(refused) == true)
        #expect(try await client.line() == nil)
      }
      // None at all; a token is welcome.
      #expect(try await admin.remote().command("AUTH").first?.hasPrefix(refused) == true)
      #expect(try await admin.known(as: try await admin.token()).command("HELLO").first?.hasPrefix("- 200") == true)
      // One of an authority that the server does not know ends the handshake.
      let folder = try TemporaryFolder.make()
      defer { TemporaryFolder.remove(folder) }
      let foreign = try await ClientAuthority.make(in: folder).client("robot")
      let client = try? await admin.remote(identity: foreign.identity)
      let reply = try? await client?.command("HELLO")
      #expect(reply ?? [] == [])
    }
  }

  /// Registered in one organisation, it says nothing in another, and whoever registers it elsewhere gains nothing here.
  @Test func aCertificateCountsWhereItIsRegistered() async throws {
    try await TestAdmin.with(clientCertificates: true) { admin in
      let authority = try #require(admin.clientAuthority)
      let robot = try await authority.client("robot")
      let customer = try await admin.database.customer("ACME")
      let theirs =
        try await admin.database.call(
          "service_account.create", ["customer": .id(customer.publicId), "name": "theirs"], as: admin.database.root)["id"] ?? .null
      let expires = Value.instant(TestDatabase.start.adding(seconds: 86_400))
      try await admin.database.call(
        "certificate.add", ["fingerprint": .text(robot.fingerprint), "name": "x", "expiresAt": expires, "account": theirs], as: admin.database.root)
      #expect(try await admin.remote(identity: robot.identity).command("AUTH").first?.hasPrefix("- 401") == true)
      #expect(try await admin.remote(identity: robot.identity).command("AUTH tenant=ACME").first?.hasPrefix("- 200 name=theirs ") == true)
      // The same certificate may be registered here too.
      let ours = try await admin.service()
      try await admin.database.call(
        "certificate.add", ["fingerprint": .text(robot.fingerprint), "name": "x", "expiresAt": expires, "staff": ours.id], as: admin.database.root)
      try await Task.sleep(for: .seconds(1))
      #expect(try await admin.remote(identity: robot.identity).command("AUTH").first?.hasPrefix("- 200 name=robot ") == true)
      // It expires, whatever the certificate itself says.
      admin.database.clock.advance(seconds: 90_000)
      try await Task.sleep(for: .seconds(1))
      #expect(try await admin.remote(identity: robot.identity).command("AUTH").first?.hasPrefix("- 401") == true)
    }
  }
}
