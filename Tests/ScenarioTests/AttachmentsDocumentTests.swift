import Testing

/// The commands of `docs/attachments.md`, in their order.
@Suite(.serialized) struct AttachmentsDocumentTests {
  @Test func theCommandsOfTheDocumentRun() async throws {
    try await DocumentTrial.with { trial in
      let told = try await trial.calls(DocumentTrial.blocks(of: "attachments"))
      #expect(told.contains("\"name\":\"打印机 日志.log\"") && told.contains("\"type\":\"text/plain\""), "\(told)")
      #expect(told.contains("}2\n") && told.contains("the same bytes"), "\(told)")
      #expect(told.contains("It holds a password\n"), "\(told)")
      #expect(told.contains("\"quotaBytes\":5368709120") && told.contains("\"quotaBytes\":20000000000"), "\(told)")
      await trial.end()
    }
  }
}
