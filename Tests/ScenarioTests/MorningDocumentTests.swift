import Testing

/// The commands of `docs/morning.md`, in their order, against a server whose jobs run.
@Suite(.serialized) struct MorningDocumentTests {
  @Test func theCommandsOfTheDocumentRun() async throws {
    try await DocumentTrial.with { trial in
      let told = try await trial.calls(DocumentTrial.blocks(of: "morning"))
      #expect(told.contains("\"processes\":[{\"process\":\"incident\",\"count\":"), "\(told)")
      #expect(told.contains("\"closureCode\":\"solved\"") && told.contains("fulfilled\n"), "\(told)")
      #expect(told.contains("\"resource\":\"erp\",\"level\":\"editor\""), "\(told)")
      #expect(told.contains("\"state\":\"known_error\""), "\(told)")
      #expect(told.contains("\"kind\":\"emergency\"") && told.contains("\"where\":\"All sites\""), "\(told)")
      #expect(told.contains("vpn-01 is down\n"), "\(told)")
      #expect(told.contains("\"use\":\"solved\""), "\(told)")
      await trial.end()
    }
  }
}
