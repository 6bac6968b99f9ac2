import Kernel
import OperatingSystem
import Operations
import TestSupport
import Testing

@testable import AdminProtocol

@Suite(.timeLimit(.minutes(10)), .serialized) struct LimitTests {
  /// Case 60: silence, too many bytes, too many commands before AUTH.
  @Test func strangersHaveBudgets() async throws {
    var limits = AdminLimits()
    limits.unauthenticated = .milliseconds(500)
    limits.unauthenticatedBytes = 100
    try await TestAdmin.with(limits: limits) { admin in
      let silent = try await admin.remote()
      #expect(try await silent.line()?.hasPrefix("* 308 code=admin.too_slow ") == true)
      #expect(try await silent.line() == nil)
      let talkative = try await admin.remote()
      try await talkative.send("HELLO " + String(repeating: "x", count: 200))
      #expect(try await talkative.rest().hasPrefix("* 313 code=admin.unauthenticated_limit "))
      let busy = try await admin.remote()
      try await busy.send("HELLO\r\nHELLO\r\nHELLO\r\nHELLO\r\nHELLO\r\n")
      let replies = try await busy.rest().split(separator: "\r\n").map { $0.prefix(5) }
      #expect(replies == ["- 200", "- 200", "- 200", "- 313"])
      #expect(try await admin.local().command("HELLO").first?.hasPrefix("- 200") == true, "the budgets are for strangers")
    }
  }

  /// Case 60: a thousand strangers who say nothing, half of them before the handshake, from another address.
  @Test func strangersDoNotTakeTheServer() async throws {
    let files = try ProcessLimits.raiseOpenFiles()
    try #require(files > 4096, "a thousand connections have two ends here")
    var limits = AdminLimits()
    limits.connectionsPerAddress = 1000
    limits.connections = 1200
    try await TestAdmin.with(limits: limits) { admin in
      let token = try await admin.token()
      let honest = try await admin.known(as: token)
      let strangers = try await withThrowingTaskGroup(of: AdminTestClient.self) { group in
        for index in 0..<1000 {
          group.addTask {
            if index % 2 == 0 { return try await AdminTestClient.connect(plainPort: admin.port, from: "127.0.0.2") }
            return try await admin.remote(from: "127.0.0.2")
          }
          if index % 100 == 0 { #expect(try await honest.command("customer list").last == "- 200 rows=0 next=") }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(try await honest.command("customer list").last == "- 200 rows=0 next=")
      #expect(try await admin.known(as: token).command("customer list").last == "- 200 rows=0 next=", "a newcomer too")
      // Their time ends, and with it their connections.
      for stranger in strangers {
        let last = try await stranger.rest()
        #expect(last == "" || last.hasPrefix("* 308 code=admin.too_slow "))
      }
      #expect(try await honest.command("customer list").last == "- 200 rows=0 next=")
    }
  }

  @Test func connectionsAndSessionsAreCounted() async throws {
    var limits = AdminLimits()
    limits.connectionsPerAddress = 5
    limits.connections = 6
    limits.localConnections = 4
    limits.sessionsPerPrincipal = 2
    try await TestAdmin.with(limits: limits) { admin in
      let token = try await admin.token()
      let first = try await admin.known(as: token)
      let second = try await admin.known(as: token)
      let third = try await admin.remote()
      #expect(try await third.command("AUTH token=\(token)").first?.hasPrefix("- 529 code=admin.sessions ") == true)
      #expect(try await third.line() == nil)
      await second.close()
      // The place is free once the server has seen the end.
      while admin.server.figures.sessions > 1 { try await Task.sleep(for: .milliseconds(10)) }
      let again = try await admin.known(as: token)
      #expect(try await again.command("HELLO").first?.hasPrefix("- 200") == true)

      while admin.server.figures.connections > 2 { try await Task.sleep(for: .milliseconds(10)) }
      var others: [AdminTestClient] = []
      for _ in 0..<3 { others.append(try await AdminTestClient.connect(plainPort: admin.port)) }
      while admin.server.figures.connections < 5 { try await Task.sleep(for: .milliseconds(10)) }
      let refused = try await AdminTestClient.connect(plainPort: admin.port)
      #expect(try await refused.rest() == "", "closed at once, while the others wait")
      #expect(admin.server.figures.connections == 5)
      others.append(try await AdminTestClient.connect(plainPort: admin.port, from: "127.0.0.2"))
      while admin.server.figures.connections < 6 { try await Task.sleep(for: .milliseconds(10)) }
      #expect(try await AdminTestClient.connect(plainPort: admin.port, from: "127.0.0.3").rest() == "", "one more in all is too many")
      #expect(admin.server.figures.connections == 6)

      let operators = [try await admin.local(), try await admin.local()]
      for client in operators { #expect(try await client.command("HELLO").first?.hasPrefix("- 200") == true) }
      #expect(try await admin.local().rest().hasPrefix("* 529 code=admin.sessions "))
      for client in [first, again] + others + operators { await client.close() }
    }
  }

  @Test func theIdleAreSentAway() async throws {
    var limits = AdminLimits()
    limits.idle = .milliseconds(300)
    try await TestAdmin.with(limits: limits) { admin in
      let client = try await admin.local()
      #expect(try await client.command("HELLO").first?.hasPrefix("- 200") == true)
      try await client.send("customer li")
      #expect(try await client.line()?.hasPrefix("* 308 code=admin.idle ") == true)
      #expect(try await client.line() == nil)
    }
  }

  /// Case 63: a client that takes no replies holds the server up no further than its buffers, and not for ever.
  @Test func whoReadsNothingIsCut() async throws {
    var limits = AdminLimits()
    limits.write = .seconds(2)
    try await TestAdmin.with(limits: limits) { admin in
      let client = try await admin.local()
      _ = try await client.command("HELLO")
      try await client.read(false)
      try? await client.send(String(repeating: "sample fill\r\n", count: 2000))
      let other = try await admin.local()
      #expect(try await other.command("customer list").last == "- 200 rows=0 next=")
      while admin.server.figures.connections > 1 { try await Task.sleep(for: .milliseconds(20)) }
      let calls = admin.database.dispatcher.metrics.snapshot.filter { $0.key.operation == "sample.fill" }.values.reduce(0) { $0 + $1.count }
      #expect(calls > 0 && calls < 40, "\(calls) of 2000 were run")
      #expect(try await other.command("customer list").last == "- 200 rows=0 next=")
    }
  }

  /// Case 59: one clear error, then the end; what comes after it is not kept.
  @Test func aLineTooLong() async throws {
    try await TestAdmin.with { admin in
      for client in [try await admin.local(), try await admin.known(as: try await admin.token())] {
        let piece = [UInt8](repeating: UInt8(ascii: "a"), count: 1 << 16)
        var sent = 0
        while sent < 64 << 20, (try? await client.send(piece)) != nil { sent += piece.count }
        #expect(sent < 64 << 20, "the connection takes no more")
        #expect(try await client.rest().hasPrefix("* 313 code=admin.line_too_long "))
      }
      let client = try await admin.local()
      try await client.send("customer create name={1048577}\r\n")
      #expect(try await client.rest().hasPrefix("* 313 code=admin.literal_too_long "))
      let long = try await admin.local()
      let text = String(repeating: "漢", count: 20_000)
      try await long.send(AdminCommand(words: ["sample", "echo-back"], arguments: [.init("text", text)]).bytes())
      #expect(try await long.reply() == ["- 200 seen.text=\"\(text)\" seen.count= seen.flag= seen.names= seen.detail="])
    }
  }

  /// Case 87: at the end of the server every session is told; what is under way is finished, what waits is not begun.
  @Test func theEndOfTheServer() async throws {
    try await TestAdmin.with { admin in
      let gate = "stop \(admin.port)"
      let idle = try await admin.known(as: try await admin.token())
      let stranger = try await admin.remote()
      _ = try await stranger.command("HELLO")
      let busy = try await admin.local()
      try await busy.send("@1 sample hold gate=\"\(gate)\"\r\n@2 customer create code=ACME name=A zone=UTC\r\n")
      try await Gates.shared.wait(for: 1, at: gate)
      admin.running.cancel()
      for client in [idle, stranger] {
        #expect(try await client.line()?.hasPrefix("* 503 code=admin.ending ") == true)
        #expect(try await client.line() == nil)
      }
      await #expect(throws: (any Error).self) { try await AdminTestClient.connect(plainPort: admin.port) }
      Gates.shared.open(gate)
      let lines = try await busy.rest().split(separator: "\r\n")
      #expect(lines.count == 2 && lines[0].hasPrefix("@1 200 ") && lines[1].hasPrefix("* 503 code=admin.ending "), "\(lines)")
      try await admin.running.value
      #expect(try await admin.database.call("customer.list", as: admin.database.root)["items"]?.array == [])
    }
  }

  @Test func theEndIsBounded() async throws {
    var limits = AdminLimits()
    limits.stop = .milliseconds(300)
    try await TestAdmin.with(limits: limits) { admin in
      let gate = "bounded \(admin.port)"
      let clients = [try await admin.local(), try await admin.known(as: try await admin.token())]
      for client in clients { try await client.send("sample watch gate=\"\(gate)\"\r\n") }
      try await Gates.shared.wait(for: 2, at: gate)
      admin.running.cancel()
      for client in clients { #expect(try await client.rest() == "") }
      try await admin.running.value
      Gates.shared.open(gate)
    }
  }
}
