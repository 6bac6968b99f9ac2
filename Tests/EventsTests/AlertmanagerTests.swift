@testable import Events
import Foundation
import Kernel
import TestSupport
import Testing

/// The real program delivers to the real interface, over TLS, with what it knows of authorisation.
@Suite(.serialized) struct AlertmanagerTests {
  private func configuration(_ server: EventsServer, _ source: (id: Value, secret: String), proof: String) -> String {
    """
    route:
      receiver: steward
      group_by: [site]
      group_wait: 1s
      group_interval: 1s
      repeat_interval: 4h
    receivers:
      - name: steward
        webhook_configs:
          - url: https://localhost:\(server.port)/v1/event-sources/\(source.id.text ?? "?")/deliver
            send_resolved: true
            http_config:
              \(proof)
              tls_config:
                ca_file: \(server.authorityFile)
    """
  }

  /// Waits, generously, until so many events have been delivered.
  private func wait(for count: Int64, _ server: EventsServer, _ program: AlertmanagerProgram) async throws {
    for _ in 0..<600 {
      if try await server.world.received().values.reduce(0, +) >= count { return }
      try await Task.sleep(for: .milliseconds(100))
    }
    Issue.record("\(try await server.world.received()) of \(count): \(program.text.suffix(3000))")
  }

  @Test(arguments: ["bearer", "basic"]) func itOpensAndResolvesIncidents(proof: String) async throws {
    guard let programs = AlertmanagerProgram.folder() else { return }
    try await EventsServer.with { server in
      let folder = try TemporaryFolder.make()
      defer { TemporaryFolder.remove(folder) }
      let source = try await server.world.source(["ciLabel": "instance"])
      let authorization =
        proof == "bearer" ? "authorization: {credentials: \(source.secret)}" : "basic_auth: {username: alertmanager, password: \(source.secret)}"
      let program = try AlertmanagerProgram(in: programs, configuration(server, source, proof: authorization), folder: folder)
      defer { program.end() }
      let url = try await program.url()
      let alerts = [
        ["alertname=Down", "site=Berlin", "instance=erp-01:9100", "severity=critical"], ["alertname=Slow", "site=Berlin"], ["alertname=Down", "site=Rome"],
      ]
      for alert in alerts { try await program.add(alert, ["--annotation=summary=\"Look at it\""], at: url) }
      try await wait(for: 3, server, program)
      try await server.world.sweep()
      let incidents = try await server.world.incidents()
      #expect(incidents.count == 2, "one for each group: \(incidents)")
      #expect(try await server.world.alerts().count == 3)
      #expect(try await server.world.alerts().allSatisfy { $0["state"] == "firing" && $0["title"] == "Look at it" })
      // It ends them: an end that is past.
      let end = ISO8601DateFormatter().string(from: Date())
      for alert in alerts { try await program.add(alert, ["--annotation=summary=\"Look at it\"", "--end=\(end)"], at: url) }
      try await wait(for: 6, server, program)
      try await server.world.sweep()
      #expect(try await server.world.alerts().allSatisfy { $0["state"] == "resolved" })
      #expect(try await server.world.incidents().allSatisfy { $0["state"] == "resolved" }, "nobody had touched them")
      #expect(try await server.world.received() == ["settled": 6])
    }
  }
}
