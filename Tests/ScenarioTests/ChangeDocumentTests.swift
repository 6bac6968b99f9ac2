import Foundation
import Testing

/// The commands of `docs/changes.md`, in their order, against a server.
@Suite(.serialized) struct ChangeDocumentTests {
  @Test func theCommandsOfTheDocumentRun() async throws {
    let blocks = try DocumentTrial.blocks(of: "changes")
    #expect(blocks.count == 1)
    try await DocumentTrial.with { trial in
      let told = try await trial.calls(blocks)
      #expect(told.contains("\"type\":\"change.approved\"") && told.contains("\"type\":\"change.closed\""), "\(told)")
      #expect(told.contains("\"signedBy\":\"Lee\"") && told.contains("\"where\":\"All sites\""), "\(told)")
      await trial.end()
    }
  }
}
