import Testing

/// The commands of `docs/notifications.md`, in their order, against a server whose jobs run.
@Suite(.serialized) struct NotificationsDocumentTests {
  @Test func theCommandsOfTheDocumentRun() async throws {
    try await DocumentTrial.with { trial in
      let told = try await trial.calls(DocumentTrial.blocks(of: "notifications"))
      #expect(told.contains("whsec_") && told.contains("\"name\":\"Chat of what is urgent\""), "\(told)")
      #expect(told.contains("\"subject\":\"[{number}] Done: {title}\"") && told.contains("\"unread\":"), "\(told)")
      #expect(told.contains("\"held\":true") && told.contains("\"held\":false") && told.contains("Restored from a backup"), "\(told)")
      await trial.end()
    }
  }
}
