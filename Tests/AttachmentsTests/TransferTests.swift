import Foundation
import Kernel
import Operations
import TLS
import Tenancy
import TestSupport
import Testing

@testable import Attachments
@testable import FileStorage

/// Files on their way over real TLS.
@Suite struct TransferTests {
  private static func bytes(_ count: Int) -> [UInt8] {
    var random = SplitMix64(seed: 11)
    return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }

  /// How much of a body the server takes, as far as the client sees: until it closes the connection.
  private static func taken(of most: Int, by client: HTTPTestClient, chunked: Bool = false) async -> Int {
    let piece = String(repeating: "x", count: 100_000)
    var taken = 0
    while taken < most {
      do { try await client.send(chunked ? "186a0\r\n\(piece)\r\n" : piece) } catch { break }
      taken += 100_000
    }
    return taken
  }

  @Test func aFileGoesInAndOutAsItIs() async throws {
    try await AttachmentsServer.with { server in
      let (token, incident) = (try await server.token(), try await server.world.incident())
      // Larger than any other body may be.
      let file = Self.bytes(3_000_001)
      let made = try await server.upload(file, to: incident, named: "dump%2F%E6%8A%A5%E5%91%8A%20%221%22.bin", token: token)
      let record = try JSON.read(made.body)
      #expect(made.status == 201 && record["bytes"]?.integer == 3_000_001 && record["name"]?.text == "报告 \"1\".bin", "\(made.text)")
      let path = try #require(made["location"])
      #expect(path == "/v1/attachments/\(record["id"]?.text ?? "")")
      #expect(try JSON.read(try await server.send("GET", path, token: token).body) == record)
      let got = try await server.send("GET", path + "/download", token: token)
      #expect(got.status == 200 && got.body == file)
      #expect(got["content-type"] == "application/octet-stream" && got["content-length"] == "3000001")
      #expect(got["content-disposition"] == "attachment; filename=\"____1_.bin\"; filename*=UTF-8''%E6%8A%A5%E5%91%8A%20%221%22.bin")
      #expect(got["x-content-type-options"] == "nosniff" && got["content-security-policy"]?.contains("sandbox") == true && got["cache-control"] == "no-store")
      #expect(got["content-digest"] == "sha-256=:\(Base64.encode(SHA256.hash(file))):")
      let head = try await server.send("HEAD", path + "/download", token: token)
      #expect(head.status == 200 && head["content-length"] == "3000001" && head.body == [])
      // Whoever wants JSON gets small files as text, and is told of large ones.
      let text = try await server.send("GET", path + "/download", token: token, [("Accept", "application/json")])
      #expect(text.status == 409 && text.text.contains("attachments.too_large_for_text"), "\(text.text)")
      #expect(server.world.incoming() == [])
    }
  }

  @Test func nothingIsShownInABrowser() async throws {
    try await AttachmentsServer.with { server in
      let (token, incident) = (try await server.token(), try await server.world.incident())
      for (name, content) in [
        ("page.html", "<html><script>alert(1)</script>"), ("drawing.svg", "<svg onload='alert(1)'/>"), ("a.xml", "<?xml version='1.0'?><a/>"),
      ] {
        let made = try JSON.read(try await server.upload(Array(content.utf8), to: incident, named: name, token: token).body)
        let got = try await server.send("GET", "/v1/attachments/\(made["id"]?.text ?? "")/download", token: token)
        #expect(got.text == content && got["content-type"] == "application/octet-stream", "\(name): \(got.headers)")
        #expect(got["content-disposition"]?.hasPrefix("attachment;") == true && got["x-content-type-options"] == "nosniff")
      }
      let text = try JSON.read(try await server.upload(Array("plain".utf8), to: incident, named: "%0d%0aSet-Cookie:%20a=b", token: token).body)
      #expect(text["errors"]?.array?.first?["path"]?.text == "name", "control characters in a name are refused: \(text)")
      let odd = try JSON.read(try await server.upload(Array("plain".utf8), to: incident, named: "a%22;%20x=%22b%E2%80%AE", token: token).body)
      let got = try await server.send("GET", "/v1/attachments/\(odd["id"]?.text ?? "")/download", token: token)
      #expect(got["content-disposition"] == "attachment; filename=\"a___x__b\"; filename*=UTF-8''a%22%3B%20x%3D%22b")
      #expect(got["content-type"] == "text/plain; charset=utf-8")
    }
  }

  @Test func whoMayNotSendsInVain() async throws {
    try await AttachmentsServer.with(limits: FileLimits(fileBytes: 2_000_000, tenantBytes: 2_500_000)) { server in
      let (token, finance, incident) = (try await server.token(), try await server.token("finance"), try await server.world.incident())
      let file = Self.bytes(1_600_000)
      #expect(try await server.upload(file, to: incident, token: nil).status == 401)
      #expect(try await server.upload(file, to: incident, token: "stw_0000000_x").status == 401)
      #expect(try await server.upload(file, to: incident, token: finance).status == 403)
      let unknown = Value.id(server.world.acme.id("inc", [UInt8](repeating: 1, count: 12)))
      #expect(try await server.upload(file, to: unknown, token: token).status == 422)
      #expect(try await server.upload(file, to: "nonsense", token: token).status == 422)
      let typed = try await server.upload(Array("x".utf8), to: incident, token: token, type: "text/plain")
      #expect(typed.status == 415 && typed.text.contains("octet-stream"), "\(typed.text)")
      let large = try await server.upload(Self.bytes(2_000_001), to: incident, token: token)
      #expect(large.status == 413 && large.text.contains("2000000 bytes"), "\(large.text)")
      #expect(try await server.upload([], to: incident, token: token).status == 409)
      // Other paths keep their limit, whatever their body says that it is.
      #expect(try await server.send("POST", "/v1/incidents", token: token, [("Content-Type", "application/octet-stream")], body: file).status == 413)
      #expect(try await server.world.rows() == 0)
      #expect(server.world.files() == [])
      #expect(try await server.upload(file, to: incident, token: token).status == 201)
      let full = try await server.upload(file, to: incident, token: token)
      #expect(full.status == 409 && full.text.contains("attachments.quota"), "\(full.text)")
      #expect(server.world.incoming() == [])
    }
  }

  @Test func aChunkedBodyStopsAtTheLimit() async throws {
    try await AttachmentsServer.with(limits: FileLimits(fileBytes: 1_200_000)) { server in
      let (token, incident) = (try await server.token(), try await server.world.incident())
      let head =
        "POST /v1/attachments?incident=\(incident.text ?? "")&name=a HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(token)\r\n"
        + "Content-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
      let chunk = "186a0\r\n" + String(repeating: "x", count: 100_000) + "\r\n"
      let good = try await server.client()
      try await good.send(head + String(repeating: chunk, count: 12) + "0\r\n\r\n")
      let made = try await good.reply()
      #expect(made.status == 201 && made.text.contains("\"bytes\":1200000"), "\(made.text)")
      let endless = try await server.client()
      try await endless.send(head)
      for _ in 0..<13 { try? await endless.send(chunk) }
      let told = try await endless.reply()
      #expect(told.status == 413 && told.text.contains("1200000 bytes"), "\(told.text)")
      // Nor is it listened to for ever.
      #expect(await Self.taken(of: 40_000_000, by: endless, chunked: true) < 20_000_000)
      try await server.settled()
      #expect(try await server.world.rows() == 1)
      #expect(server.world.incoming() == [])
      await good.close()
    }
  }

  @Test func whatIsCutShortLeavesNothing() async throws {
    try await AttachmentsServer.with(quick: true) { server in
      let (token, incident) = (try await server.token(), try await server.world.incident())
      func head(_ length: Int) -> String {
        "POST /v1/attachments?incident=\(incident.text ?? "")&name=a HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(token)\r\n"
          + "Content-Type: application/octet-stream\r\nContent-Length: \(length)\r\n\r\n"
      }
      // Less than was said, and the end of the connection.
      let cut = try await server.client()
      try await cut.send(head(500_000) + String(repeating: "x", count: 300_000))
      try await Task.sleep(for: .milliseconds(100))
      await cut.close()
      // Less than was said, and nothing more: it has its time.
      let slow = try await server.client()
      try await slow.send(head(500_000) + String(repeating: "x", count: 1000))
      #expect(try await slow.reply().status == 408)
      #expect(try await slow.isClosed())
      // More than was said is no part of it.
      let more = try await server.client()
      try await more.send(head(5) + "12345GARBAGE\r\n\r\n")
      let made = try await more.reply()
      #expect(made.status == 201 && made.text.contains("\"bytes\":5"), "\(made.text)")
      #expect(try await more.reply().status >= 400)
      try await server.settled()
      #expect(try await server.world.rows() == 1)
      #expect(server.world.incoming() == [])
      #expect(server.world.kept().count == 1)
    }
  }

  @Test func aRepeatedRequestIsToldAgain() async throws {
    try await AttachmentsServer.with(limits: FileLimits(tenantBytes: 100)) { server in
      let (token, incident) = (try await server.token(), try await server.world.incident())
      let file = Self.bytes(100)
      let first = try await server.upload(file, to: incident, token: token, key: "k1")
      // There is no room any more; what was done is told all the same.
      let second = try await server.upload(file, to: incident, token: token, key: "k1")
      #expect(first.status == 201 && second.status == 201 && second.body == first.body && second["idempotency-replayed"] == "true", "\(second.text)")
      let other = try await server.upload(Self.bytes(99), to: incident, token: token, key: "k1")
      #expect(other.status == 422 && other.text.contains("idempotency.reused"), "\(other.text)")
      #expect(try await server.upload(file, to: incident, token: token, key: "k2").status == 409)
      #expect(try await server.world.rows() == 1)
      #expect(server.world.incoming() == [])
    }
  }

  @Test func whoIsOutBeforeTheLastByteHasSentInVain() async throws {
    try await AttachmentsServer.with { server in
      let (sender, incident) = (try await server.staff("engineer"), try await server.world.incident())
      let client = try await server.client()
      try await client.send(
        "POST /v1/attachments?incident=\(incident.text ?? "")&name=a HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(sender.token)\r\n"
          + "Content-Type: application/octet-stream\r\nContent-Length: 300000\r\n\r\n" + String(repeating: "x", count: 200_000))
      for _ in 0..<100 where server.world.incoming().isEmpty { try await Task.sleep(for: .milliseconds(50)) }
      #expect(server.world.incoming().count == 1, "it was let in")
      try await server.world.database.call("staff.disable", ["id": sender.account], as: server.world.database.root)
      try await Task.sleep(for: .milliseconds(1100))
      try await client.send(String(repeating: "x", count: 100_000))
      #expect(try await client.reply().status == 401)
      try await server.settled()
      #expect(try await server.world.rows() == 0)
      #expect(server.world.files() == [])
      await client.close()
    }
  }

  @Test func whoSendsAFileTheWrongWayIsToldHow() async throws {
    try await AttachmentsServer.with { server in
      let (token, incident) = (try await server.token(), try await server.world.incident())
      // Larger than any other body may be.
      let file = Self.bytes(1_200_000)
      for type in ["application/x-www-form-urlencoded", "text/plain; charset=utf-8", "application/octet-stream, application/json", "nonsense"] {
        let told = try await server.upload(file, to: incident, token: token, type: type)
        #expect(told.status == 415 && told.text.contains("application/octet-stream"), "\(type): \(told.text)")
      }
      let twice = try await server.send(
        "POST", "/v1/attachments?incident=\(incident.text ?? "")&name=a", token: token,
        [("Content-Type", "application/octet-stream"), ("Content-Type", "application/json")], body: file)
      #expect(twice.status == 415, "\(twice.text)")
      #expect(try await server.upload(file, to: incident, token: token, type: "Application/Octet-Stream ; charset=binary").status == 201)
      // JSON keeps its limit.
      #expect(try await server.upload(file, to: incident, token: token, type: "application/json").status == 413)
      #expect(try await server.world.rows() == 1)
      #expect(server.log.errors == [], "\(server.log.errors)")
    }
  }

  @Test func withoutAFolderALargeFileIsToldSo() async throws {
    try await AttachmentsServer.with(files: { _ in nil }) { server in
      let (token, incident) = (try await server.token(), try await server.world.incident())
      let told = try await server.upload(Self.bytes(1_200_000), to: incident, token: token)
      #expect(told.status == 503 && told.text.contains("files.off"), "\(told.text)")
    }
  }

  @Test func aFolderThatWentAwayIsToldAndLogged() async throws {
    try await AttachmentsServer.with { server in
      let (token, incident, world) = (try await server.token(), try await server.world.incident(), server.world)
      let made = try JSON.read(try await server.upload(Self.bytes(1000), to: incident, token: token).body)
      try FileManager.default.moveItem(atPath: world.folder, toPath: world.folder + ".away")
      for (method, path, headers, body) in [
        ("POST", "/v1/attachments?incident=\(incident.text ?? "")&name=a", [("Content-Type", "application/octet-stream")], Self.bytes(2000)),
        (
          "POST", "/v1/attachments", [("Content-Type", "application/json")],
          Array(JSON.text(.object(["incident": incident, "name": "a", "content": "aGk="])).utf8)
        ),
        ("GET", "/v1/attachments/\(made["id"]?.text ?? "")/download", [], []),
      ] as [(String, String, [(String, String)], [UInt8])] {
        let told = try await server.send(method, path, token: token, headers + [("X-Request-Id", "req-away")], body: body)
        #expect(told.status == 503 && told.text.contains("files.unavailable") && told["retry-after"] == "60", "\(method): \(told.text)")
        #expect(!told.text.contains(world.folder), "where it is, is nobody's affair")
      }
      let logged = server.log.errors.filter { $0.contains("req-away") && $0.contains("the folder of files \(world.folder) is not there") }
      #expect(logged.count == 3, "\(server.log.errors)")
      #expect(try await world.rows() == 1)
      #expect(!FileManager.default.fileExists(atPath: world.folder), "nothing is made where something was mounted")
      try FileManager.default.moveItem(atPath: world.folder + ".away", toPath: world.folder)
      #expect(try await server.upload(Self.bytes(2000), to: incident, token: token).status == 201)
      #expect(try await server.send("GET", "/v1/attachments/\(made["id"]?.text ?? "")/download", token: token).status == 200)
    }
  }

  /// Nobody sends megabytes in vain: the answer is there before the first byte.
  @Test func whatCanBeRefusedBeforeIsRefusedBefore() async throws {
    try await AttachmentsServer.with(limits: FileLimits(fileBytes: 2_000_000, tenantBytes: 1_000_000)) { server in
      let (token, incident) = (try await server.token(), try await server.world.incident())
      let unknown = Value.id(server.world.acme.id("inc", [UInt8](repeating: 1, count: 12)))
      for (ticket, bytes, more, status, code) in [
        (unknown, 500_000, "", 422, "unknown_reference"), (incident, 1_000_001, "", 409, "attachments.quota"),
        (incident, 2_000_001, "", 413, "files.too_large"),
      ] {
        let client = try await server.client()
        try await client.send(
          "POST /v1/attachments?incident=\(ticket.text ?? "")&name=a\(more) HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(token)\r\n"
            + "Content-Type: application/octet-stream\r\nContent-Length: \(bytes)\r\n\r\n")
        let told = try await client.reply()
        #expect(told.status == status && told.text.contains(code), "\(told.text)")
        await client.close()
      }
      #expect(server.world.files() == [])
      // Two files in one request are none.
      let twice = try await server.send(
        "POST", "/v1/attachments?incident=\(incident.text ?? "")&name=a&content=aGk%3D", token: token, [("Content-Type", "application/octet-stream")],
        body: Array("hi".utf8))
      #expect(twice.status == 422 && twice.text.contains("attachments.content_twice"), "\(twice.text)")
    }
  }

  @Test func aStrangerIsNotListenedToForLong() async throws {
    try await AttachmentsServer.with { server in
      let incident = try await server.world.incident()
      let client = try await server.client()
      try await client.send(
        "POST /v1/attachments?incident=\(incident.text ?? "")&name=a HTTP/1.1\r\nHost: localhost\r\n"
          + "Content-Type: application/octet-stream\r\nContent-Length: 40000000\r\n\r\n")
      #expect(try await client.reply().status == 401)
      #expect(await Self.taken(of: 40_000_000, by: client) < 20_000_000)
    }
  }

  @Test func whatGoesWrongWithBytesOnTheirWayIsLogged() async throws {
    for fault in [BrokenStore.Fault.receiving, .appending, .finishing] {
      try await AttachmentsServer.with(files: { BrokenStore($0, fault: fault) }) { server in
        let (token, incident) = (try await server.token(), try await server.world.incident())
        let told = try await server.send(
          "POST", "/v1/attachments?incident=\(incident.text ?? "")&name=a", token: token,
          [("Content-Type", "application/octet-stream"), ("X-Request-Id", "req-broken")], body: Self.bytes(1000))
        #expect(told.status == 500, "\(told.text)")
        let logged = server.log.errors.filter { line in ["attachment.add", "req-broken", "the disk is broken"].allSatisfy { line.contains($0) } }
        #expect(logged.count == 1, "\(server.log.errors)")
        #expect(try await server.world.rows() == 0)
      }
    }
  }

  @Test func halfAFileIsNotTakenForAWholeOne() async throws {
    try await AttachmentsServer.with { server in
      let (token, incident) = (try await server.token(), try await server.world.incident())
      let made = try JSON.read(try await server.upload(Self.bytes(300_000), to: incident, token: token).body)
      let path = "\(server.world.folder)/\(server.world.acme.handle)/\(server.world.kept()[0])"
      var rotten = Self.bytes(300_000)
      rotten[250_000] ^= 1
      try FileManager.default.removeItem(atPath: path)
      try Data(rotten).write(to: URL(fileURLWithPath: path))
      let client = try await server.client()
      await #expect(throws: HTTPTestClient.Failure.closed) {
        try await client.get(
          "/v1/attachments/\(made["id"]?.text ?? "")/download", headers: [("Authorization", "Bearer \(token)"), ("X-Request-Id", "req-damaged")])
      }
      try FileManager.default.removeItem(atPath: path)
      let gone = try await server.send(
        "GET", "/v1/attachments/\(made["id"]?.text ?? "")/download", token: token, [("X-Request-Id", "req-gone")])
      #expect(gone.status == 500 && gone.text.contains("attachments.missing"), "\(gone.text)")
      #expect(server.world.store.figures.snapshot[.damaged] == 1 && server.world.store.figures.snapshot[.missing] == 1)
      // Which one it was is in the log, with the request.
      #expect(server.log.errors.contains { $0.contains("req-damaged") && $0.contains(path) }, "\(server.log.errors)")
      #expect(server.log.errors.contains { $0.contains("req-gone") && $0.contains("attachments.missing") }, "\(server.log.errors)")
    }
  }

  @Test func manyFilesComeAtOnce() async throws {
    try await AttachmentsServer.with { server in
      let (token, incident) = (try await server.token(), try await server.world.incident())
      let second = try await server.token()
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for number in 0..<6 {
          group.addTask { try await server.upload(Self.bytes(200_000 + number), to: incident, token: number < 3 ? token : second).status }
        }
        return try await group.reduce(into: [Int]()) { $0.append($1) }
      }
      #expect(statuses.allSatisfy { $0 == 201 }, "\(statuses)")
      #expect(try await server.world.storage()["usedBytes"]?.integer == 1_200_015)
      #expect(server.world.kept().count == 6)
    }
  }
}

extension AttachmentsServer {
  /// Until what the server has under way is over.
  func settled() async throws {
    for _ in 0..<100 where !world.incoming().isEmpty { try await Task.sleep(for: .milliseconds(50)) }
  }
}
