import Foundation
import Testing

/// The commands of `docs/problems.md`, in their order, against a server.
@Suite(.serialized) struct ProblemDocumentTests {
  @Test func theCommandsOfTheDocumentRun() async throws {
    let blocks = try DocumentTrial.blocks(of: "problems")
    #expect(blocks.count == 1)
    try await DocumentTrial.with { trial in
      let told = try await trial.calls(blocks)
      // The candidate's incidents became the problem's, and one that was linked later is told by the article.
      #expect(told.contains("\"kind\":\"caused_by\"") && told.contains("\"byCi\":true"), "\(told)")
      #expect(told.contains("\"workaround\":{\"en\":\"Save under another name until 9.\"}"), "\(told)")
      #expect(told.components(separatedBy: "\"type\":\"problem.incident_linked\"").count == 5, "\(told)")
      #expect(told.contains("\"type\":\"incident.problem_linked\""), "\(told)")
      await trial.end()
    }
  }
}
