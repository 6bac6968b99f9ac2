import Foundation
import Testing

/// The commands of `docs/knowledge.md`, in their order, against a server.
@Suite(.serialized) struct KnowledgeDocumentTests {
  @Test func theCommandsOfTheDocumentRun() async throws {
    let blocks = try DocumentTrial.blocks(of: "knowledge")
    #expect(blocks.count == 2)
    try await DocumentTrial.with { trial in
      let told = try await trial.calls(blocks)
      // Both searches, and the suggestion, find the article, the first after those of the demonstration; the ticket is found by
      // its title and its resolution.
      #expect(told.components(separatedBy: "\"number\":\"KB-000007\"").count > 6, "\(told)")
      #expect(told.contains("\"use\":\"solved\"") && told.contains("\"title\":\"VPN drops again\""), "\(told)")
      await trial.end()
    }
  }
}
