import Testing

/// The commands of `docs/events.md`, in their order, against a server whose jobs run.
@Suite(.serialized) struct EventsDocumentTests {
  @Test func theCommandsOfTheDocumentRun() async throws {
    try await DocumentTrial.with { trial in
      let told = try await trial.calls(DocumentTrial.blocks(of: "events"))
      #expect(told.contains("{\"taken\":2,\"known\":0,\"truncatedAlerts\":0}"), "\(told)")
      #expect(told.contains("\"title\":\"mail-01 is down\"") && told.contains("\"ciTier\":\"gold\""), "\(told)")
      #expect(told.contains("{\"events\":1}") && told.contains("'value': 'branch'"), "it became a rule: \(told)")
      #expect(told.contains("{\"taken\":1,\"known\":0,\"truncatedAlerts\":0}"), "the signed one: \(told)")
      #expect(told.contains("\"state\":\"retired\""), "\(told)")
      await trial.end()
    }
  }
}
