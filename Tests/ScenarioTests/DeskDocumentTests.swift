import Testing

/// The commands of `docs/desk.md`, in their order, against a server.
@Suite(.serialized) struct DeskDocumentTests {
  @Test func theCommandsOfTheDocumentRun() async throws {
    try await DocumentTrial.with { trial in
      let told = try await trial.calls(DocumentTrial.blocks(of: "desk"))
      #expect(told.contains("The CI tier platinum is that of ERP"), "\(told)")
      #expect(told.contains("\"kind\":\"causes\""), "\(told)")
      #expect(told.contains("\"outcome\":\"accepted\""), "\(told)")
      #expect(told.contains("\"pendingReason\":\"awaiting_courier\""), "\(told)")
      await trial.end()
    }
  }
}
