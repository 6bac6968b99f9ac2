import Foundation
import Testing

/// The commands of `docs/custom-attributes.md`, in their order, against a server.
@Suite(.serialized) struct CustomAttributeDocumentTests {
  @Test func theCommandsOfTheDocumentRun() async throws {
    let blocks = try DocumentTrial.blocks(of: "custom-attributes")
    #expect(blocks.count == 1)
    try await DocumentTrial.with { trial in
      let told = try await trial.calls(blocks)
      #expect(told.contains("\"code\":\"attribute.not_a_choice\"") && told.contains("takes 0 to 100, not 200"), "\(told)")
      #expect(told.contains("{\"key\":\"region\",\"was\":\"emea\",\"became\":\"apac\"}"), "\(told)")
      #expect(told.contains("\"formerChoices\":[{\"value\":\"apac\""), "\(told)")
      await trial.end()
    }
  }
}
