import Testing

/// The commands of `docs/requests.md`, in their order, against a server.
@Suite(.serialized) struct RequestDocumentTests {
  @Test func theCommandsOfTheDocumentRun() async throws {
    let blocks = try DocumentTrial.blocks(of: "requests")
    #expect(blocks.count == 1)
    try await DocumentTrial.with { trial in
      let told = try await trial.calls(blocks)
      #expect(told.contains("\"state\":\"fulfilled\"") && told.contains("\"type\":\"request.approval_given\""), "\(told)")
      #expect(told.contains("\"resource\":\"erp\",\"level\":\"editor\"") && told.contains("\"held\":true"), "\(told)")
      #expect(told.contains("\"decided\":1") && told.contains("\"held\":false"), "\(told)")
      #expect(told.contains("\"untaken\":true"), "\(told)")
      #expect(told.contains("\"remark\":\"The third of its kind\"") && told.contains("\"article\":\"art_"), "\(told)")
      await trial.end()
    }
  }
}
