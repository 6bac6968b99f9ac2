import Foundation
import Testing

/// The commands of `docs/major-incidents.md`, in their order, against a server.
@Suite(.serialized) struct MajorIncidentDocumentTests {
  @Test func theCommandsOfTheDocumentRun() async throws {
    let blocks = try DocumentTrial.blocks(of: "major-incidents")
    #expect(blocks.count == 1)
    try await DocumentTrial.with { trial in
      let told = try await trial.calls(blocks)
      #expect(told.contains("\"resolving\":\"done\"") && !told.contains("\"resolving\":\"left\""), "\(told)")
      #expect(told.contains("\"body\":\"It works again, slowly.\""), "\(told)")
      #expect(told.contains("\"type\":\"major_incident.reviewed\""), "\(told)")
      await trial.end()
    }
  }
}
