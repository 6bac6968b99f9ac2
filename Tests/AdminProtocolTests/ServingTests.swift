import Foundation
import Kernel
import Operations
import TLS
import TestSupport
import Testing

@testable import AdminProtocol

/// Over real sockets, real TLS and a real database.
@Suite(.timeLimit(.minutes(10))) struct ServingTests {
  @Test func theOperatorAtTheSocket() async throws {
    try await TestAdmin.with { admin in
      let client = try await admin.local()
      let identity = try await client.command("@1 identity read")
      #expect(identity.first?.hasPrefix("@1 200 name=\(NSUserName()) kind=operator tenant=PROV tenantId=cus_") == true, "\(identity)")
      #expect(identity.first?.contains(" roles.0=operator ") == true, "\(identity)")
      let made = try await client.command("@2 customer create code=ACME name=\"Acme \\\"Ltd\\\"\" zone=Europe/Berlin")
      #expect(made.first?.contains(" name=\"Acme \\\"Ltd\\\"\" ") == true && made.first?.hasPrefix("@2 201 ") == true, "\(made)")
      let audit = try await client.command("audit list operation=customer.create")
      #expect(audit.count == 2 && audit[0].contains("operator"), "\(audit)")
      #expect(audit[0].contains(NSUserName()) || audit[0].contains("customer.create"))
      #expect(admin.server.figures.sessions == 1)
      #expect(try await client.command("QUIT") == ["- 200"])
      #expect(try await client.line() == nil)
    }
  }

  @Test func aTokenOverTLS() async throws {
    try await TestAdmin.with { admin in
      let token = try await admin.token(.finance)
      let client = try await admin.known(as: token)
      #expect(try await client.command("identity read").first?.contains("kind=service") == true)
      let denied = try await client.command("@d customer create code=X1 name=X zone=UTC")
      #expect(denied.first?.hasPrefix("@d 403 code=denied id=adm-") == true, "\(denied)")
      let invalid = try await client.command("@i customer list limit=500")
      #expect(invalid.first?.hasPrefix("@i 322 code=input.invalid field=limit ") == true, "\(invalid)")
      #expect(try await client.command("LANG zh-Hans") == ["- 200 language=zh-Hans"])
      #expect(try await client.command("customer read id=x").first?.hasSuffix("text=\"对象不存在，或您无权查看。\"") == true)
    }
  }

  /// A login on this interface is one on all: the limit on guesses is shared.
  @Test func aPasswordGivesAToken() async throws {
    try await TestAdmin.with { admin in
      try await admin.database.call(
        "staff.create", ["login": "ann@example.test", "name": "Ann", "password": "correct horse battery"], as: admin.database.root)
      let client = try await admin.remote()
      let opened = try await client.command("session open tenant=PROV login=ann@example.test password=\"correct horse battery\"")
      let token = try #require(opened.first?.split(separator: " ").first { $0.hasPrefix("token=") })
      #expect(opened.first?.contains("request-id=") == false, "a login is never repeated")
      #expect(try await client.command("AUTH \(token)").first == "- 200 name=Ann kind=staff language=en")
      // Five wrong ones, two on each connection.
      var refusals: [String] = []
      for _ in 0..<4 {
        let guesser = try await admin.remote()
        for _ in 0..<2 { refusals += try await guesser.command("session open tenant=PROV login=ann@example.test password=wrong") }
        await guesser.close()
      }
      #expect(refusals.first?.hasPrefix("- 401 code=login.failed ") == true, "\(refusals)")
      #expect(refusals.last?.hasPrefix("- 529 code=limited ") == true, "\(refusals)")
      await expectFailure(.limited) {
        try await admin.database.dispatcher.invoke(
          "session.open", .object(["tenant": "PROV", "login": "ann@example.test", "password": "wrong"]),
          as: .anonymous(provider: admin.database.provider.id, via: .http), Call(requestId: "other interface", peer: "127.0.0.1"))
      }
    }
  }

  /// Case 12, 25: what is withdrawn is out within a second, in an open session too.
  @Test func aRevokedTokenEndsItsSession() async throws {
    try await TestAdmin.with { admin in
      let service = try await admin.service()
      let client = try await admin.known(as: service.token)
      #expect(try await client.command("customer list").last?.hasPrefix("- 200") == true)
      try await admin.database.call("token.revoke", ["id": service.tokenId], as: admin.database.root)
      try await Task.sleep(for: .seconds(1))
      #expect(try await client.command("customer list").last?.hasPrefix("- 401 code=unauthenticated ") == true)
      #expect(try await client.line() == nil)
      // Logging out is a command like others, and ends the session with the next.
      let other = try await admin.known(as: try await admin.service(name: "other").token)
      #expect(try await other.command("session close").last?.hasPrefix("- 200") == true)
      try await Task.sleep(for: .seconds(1))
      #expect(try await other.command("customer list").last?.hasPrefix("- 401") == true)
    }
  }

  /// Case 67: the reply is lost; repeated on another connection, the command is not done again.
  @Test func aLostReplyIsGotByRepeating() async throws {
    try await TestAdmin.with { admin in
      let gate = "lost \(admin.port)"
      let first = try await admin.local()
      try await first.send("sample hold gate=\"\(gate)\" request-id=k1\r\n")
      try await Gates.shared.wait(for: 1, at: gate)
      Gates.shared.open(gate)
      let second = try await admin.local()
      // It is done, and its reply on the way, before the connection is lost.
      while try await second.command("audit list operation=sample.hold").last?.hasPrefix("- 200 rows=1 ") != true {
        try await Task.sleep(for: .milliseconds(20))
      }
      try await first.cut()
      let again = try await second.command("@1 sample hold gate=\"\(gate)\" request-id=k1")
      #expect(again.first?.hasPrefix("@1 202 gate=\"\(gate)\" request-id=k1") == true, "\(again)")
      let other = try await second.command("@2 sample hold gate=other request-id=k1")
      #expect(other.first?.hasPrefix("@2 322 code=idempotency.reused ") == true, "\(other)")
      let count = try await second.command("audit list operation=sample.hold")
      #expect(count.last?.hasPrefix("- 200 rows=1 ") == true, "\(count)")
    }
  }

  /// Case 67: the connection is lost while the command works; whether or not it was done by then, repeated it is done once.
  @Test func aLostConnectionIsMadeGoodByRepeating() async throws {
    try await TestAdmin.with { admin in
      let gate = "cut \(admin.port)"
      let first = try await admin.local()
      try await first.send("sample hold gate=\"\(gate)\" request-id=k1\r\n")
      try await Gates.shared.wait(for: 1, at: gate)
      try await first.cut()
      Gates.shared.open(gate)
      let second = try await admin.local()
      let again = try await second.command("@1 sample hold gate=\"\(gate)\" request-id=k1")
      #expect(again.first?.hasPrefix("@1 200 ") == true || again.first?.hasPrefix("@1 202 ") == true, "\(again)")
      let count = try await second.command("audit list operation=sample.hold")
      #expect(count.last?.hasPrefix("- 200 rows=1 ") == true, "\(count)")
    }
  }

  /// Case 61: one packet, 10,000 commands, replies in order; behind QUIT nothing.
  @Test func tenThousandCommandsInOnePacket() async throws {
    try await TestAdmin.with { admin in
      let client = try await admin.local()
      let commands = (1...10_000).map { $0 % 1000 == 0 ? "@\($0) identity read\r\n" : "@\($0) LANG en\r\n" }.joined()
      async let sent: Void = client.send(commands + "QUIT\r\ncustomer create code=ACME name=A zone=UTC\r\n")
      for number in 1...10_000 { #expect(try await client.reply().last?.hasPrefix("@\(number) 200") == true) }
      #expect(try await client.rest() == "- 200\r\n")
      try? await sent
      #expect(try await admin.local().command("customer list") == ["- 200 rows=0 next="])
    }
  }

  /// Case 61 over the wire: in one packet with an AUTH that fails.
  @Test func behindAFailedAuthNothingRuns() async throws {
    try await TestAdmin.with { admin in
      let client = try await admin.remote()
      try await client.send("@1 AUTH token=stw_wrong\r\n@2 customer create code=ACME name=A zone=UTC\r\n@3 HELLO\r\n")
      let rest = try await client.rest()
      #expect(rest.hasPrefix("@1 401 code=unauthenticated ") && rest.split(separator: "\r\n").count == 1, "\(rest)")
      let good = try await admin.remote()
      try await good.send("@1 AUTH token=\(try await admin.token())\r\n@2 customer create code=ACME name=A zone=UTC\r\n@3 QUIT\r\n@4 HELLO\r\n")
      let replies = try await good.rest().split(separator: "\r\n").map { $0.prefix(6) }
      #expect(replies == ["@1 200", "@2 201", "@3 200"])
    }
  }

  /// Case 62: cut at each byte of a change, by every end that a transport has. Nothing of it may happen.
  @Test func aCommandCutShortIsNotRun() async throws {
    try await TestAdmin.with { admin in
      let keeper = try await admin.local()
      let made = try await keeper.command("customer create code=ACME name=Acme zone=Europe/Berlin")
      let id = try #require(made.first?.split(separator: " ").first { $0.hasPrefix("id=") })
      let command = Array("customer change \(id) name={9}\r\nOther Ltd version=1\r\n".utf8)
      for count in stride(from: 1, to: command.count, by: 1) {
        let client = try await admin.local()
        try await client.send(Array(command[..<count]))
        if count % 2 == 0 { try await client.cut() } else { try await client.closeOutput() }
        if count % 2 == 1 { #expect(try await client.rest() == "", "after \(count) bytes") }
      }
      let token = try await admin.token()
      for count in stride(from: 1, to: command.count, by: 7) {
        let client = try await admin.known(as: token)
        try await client.send(Array(command[..<count]))
        // Without close_notify, then with.
        if count % 2 == 0 { try await client.cut() } else { try await client.closeOutput() }
        if count % 2 == 1 { #expect(try await client.rest() == "") } else { await client.close() }
      }
      #expect(try await keeper.command("customer read \(id)").first?.contains(" name=Acme ") == true)
      let whole = try await admin.local()
      try await whole.send(command)
      try await whole.closeOutput()
      #expect(try await whole.rest().hasPrefix("- 200 \(id) code=ACME name=\"Other Ltd\" "), "what came whole is run and answered")
    }
  }

  /// Case 57 over the wire.
  @Test(arguments: ["customer list\n", "customer list\rx", "customer list\r\r\n", "HELLO\r\ncustomer list\n"]) func oneLineEnd(text: String) async throws {
    try await TestAdmin.with { admin in
      for client in [try await admin.local(), try await admin.known(as: try await admin.token())] {
        try await client.send(text)
        let lines = try await client.rest().split(separator: "\r\n")
        #expect(lines.last?.hasPrefix("* 300 code=admin.line_end ") == true, "\(lines)")
        #expect(lines.count == (text.hasPrefix("HELLO") ? 2 : 1))
      }
    }
  }

  /// Case 56: what a value holds cannot make a line of its own, on its way in or out.
  @Test func aValueIsAValue() async throws {
    try await TestAdmin.with { admin in
      let client = try await admin.local()
      for text in ["a\r\n- 200 id=forged\r\n", "\u{1b}[2J\u{9b}", "x\r\nQUIT\r\n", "\u{202e}abc\u{2028}", "{5}\r\nab"] {
        try await client.send(AdminCommand(tag: "1", words: ["sample", "echo-back"], arguments: [.init("text", text)]).bytes(longestQuoted: 0))
        let reply = try await client.reply()
        #expect(reply.count == 1)
        #expect(reply[0].hasPrefix("@1 200 seen.text=\"") || reply[0].hasPrefix("@1 322 code=input.invalid field=text "), "\(reply)")
        #expect(!reply[0].unicodeScalars.contains { $0.value < 0x20 || (0x7f...0x9f).contains($0.value) || $0.value == 0x202e || $0.value == 0x2028 })
      }
      #expect(try await client.command("@2 HELLO").first?.hasPrefix("@2 200") == true)
    }
  }

  @Test func metricsCount() async throws {
    try await TestAdmin.with { admin in
      let client = try await admin.local()
      _ = try await client.command("HELLO")
      _ = try await client.command("customer destroy")
      let figures = admin.server.figures
      #expect(figures.connections == 1 && figures.sessions == 1 && figures.opened == 1)
      #expect(figures.replies == [2: 1, 3: 1])
    }
  }
}
