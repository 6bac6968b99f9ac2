import Foundation
import Hummingbird
import Kernel
import NIOCore
import TLS
import TestSupport
import Testing

@testable import Web

@Suite struct StopTests {
  @Test func requestsUnderWayFinish() async throws {
    let begun = Counter()
    let stopped = Counter()
    try await TestServer.with(respond: { request, _ in
      begun.increment()
      if request.uri.path == "/slow" {
        // Under way until the stop has begun, however slow the machine is.
        while stopped.value == 0 { try await Task.sleep(for: .milliseconds(10)) }
      }
      return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: "done")))
    }) { server in
      let idle = try await server.client()
      #expect(try await idle.get("/").status == 200)
      let asking = Task {
        try await withThrowingTaskGroup(of: HTTPTestClient.Reply.self) { group in
          for _ in 0..<10 { group.addTask { try await server.client().get("/slow") } }
          return try await group.reduce(into: []) { $0.append($1) }
        }
      }
      while begun.value < 11 { try await Task.sleep(for: .milliseconds(10)) }
      server.stop()
      // The idle connection is closed at once: then the stop has reached the connections.
      #expect(try await idle.isClosed())
      stopped.increment()
      let replies = try await asking.value
      #expect(replies.count == 10)
      for reply in replies { #expect(reply.text == "done" && reply["connection"] == "close") }
    }
  }

  @Test func requestsThatNeverFinishAreCut() async throws {
    var limits = WebLimits()
    limits.stop = .milliseconds(300)
    let begun = Counter()
    try await TestServer.with(
      limits: limits,
      respond: { _, _ in
        begun.increment()
        try await Task.sleep(for: .seconds(600))
        return Response(status: .ok)
      }
    ) { server in
      let asking = Task { try await server.client().get("/") }
      while begun.value < 1 { try await Task.sleep(for: .milliseconds(10)) }
      server.stop()
      await #expect(throws: (any Error).self) { try await asking.value }
    }
  }

  @Test func theCertificateChangesUnderLoad() async throws {
    try await TestServer.with { server in
      let kept = try await server.client()
      let asking = Task {
        var failures = 0
        for _ in 0..<60 {
          let client = try await server.client()
          if try await client.get("/").status != 200 { failures += 1 }
          await client.close()
        }
        return failures
      }
      let before = try Data(contentsOf: URL(fileURLWithPath: server.trial.server.certificate))
      for day in 1...5 {
        // The trial authority stays, so that the clients' trust does; a new name makes a new certificate.
        _ = try TrialCertificates.prepare(folder: server.folder, names: ["day\(day).example"], now: SystemClock().now())
        try server.certificates.reload()
        #expect(try await kept.get("/").status == 200)
      }
      #expect(try Data(contentsOf: URL(fileURLWithPath: server.trial.server.certificate)) != before)
      #expect(try await asking.value == 0)
      await kept.close()
    }
  }
}
