import Testing

/// The commands of `docs/time-entries.md`, in their order, against a server.
@Suite(.serialized) struct TimeDocumentTests {
  @Test func theCommandsOfTheDocumentRun() async throws {
    try await DocumentTrial.with { trial in
      let told = try await trial.calls(DocumentTrial.blocks(of: "time-entries"))
      #expect(told.contains("\"minutes\":173") && told.contains("\"billedMinutes\":180"), "three hours are billed: \(told)")
      #expect(told.contains("173 min are billed as 180: at least 0 min, rounded up to 15 min"), "\(told)")
      #expect(told.contains("\"state\":\"submitted\",\"kind\":\"work\"") && told.contains("\"state\":\"approved\""), "\(told)")
      #expect(told.contains("\"source\":\"tme_") && told.contains("\"bill\":\"2026-001\""), "\(told)")
      await trial.end()
    }
  }
}
