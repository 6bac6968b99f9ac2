import Foundation
import Testing

/// The commands of `docs/gates.md`, in their order, against a server.
@Suite(.serialized) struct GateDocumentTests {
  @Test func theCommandsOfTheDocumentRun() async throws {
    let blocks = try DocumentTrial.blocks(of: "gates")
    #expect(blocks.count == 1)
    try await DocumentTrial.with { trial in
      let told = try await trial.calls(blocks)
      #expect(told.contains("\"code\":\"gate.stopped\"") && told.contains("Owner: Kim"), "\(told)")
      #expect(told.contains("\"type\":\"incident.gate_bypassed\""), "\(told)")
      #expect(
        told.contains("\"came\":3,\"stopped\":1,\"subjects\":1,\"incidents\":1,\"stops\":1,\"passed\":1,\"bypassed\":2,\"left\":0,\"waiting\":0"), "\(told)")
      #expect(told.contains("\"bypassReason\":\"As before\"") && told.contains("\"retirement\":\"More bypasses than passings\""), "\(told)")
      await trial.end()
    }
  }
}
