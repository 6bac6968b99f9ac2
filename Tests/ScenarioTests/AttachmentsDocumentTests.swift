import Foundation
import Testing

/// The commands of `docs/attachments.md`, in their order.
@Suite(.serialized) struct AttachmentsDocumentTests {
  @Test func theCommandsOfTheDocumentRun() async throws {
    try await DocumentTrial.with { trial in
      let told = try await trial.calls(DocumentTrial.blocks(of: "attachments"))
      #expect(told.contains("\"name\":\"打印机 日志.log\"") && told.contains("\"type\":\"text/plain\""), "\(told)")
      #expect(told.contains("}2\n") && told.contains("the same bytes"), "\(told)")
      #expect(told.contains("It holds a password\n") && told.contains("internal\n"), "\(told)")
      #expect(told.contains("\"quotaBytes\":5368709120") && told.contains("\"quotaBytes\":20000000000"), "\(told)")
      await trial.end()

      // The folder is not mounted: an empty one is not taken for it.
      let (folder, away) = (trial.trial + "/attachments", trial.trial + "/away")
      try FileManager.default.moveItem(atPath: folder, toPath: away)
      let refused = try Program("up", "--trial", trial.trial, "--once", "--listen", "127.0.0.1:0", output: trial.folder + "/refused.log")
      #expect(await refused.ended() != 0)
      #expect(refused.text.contains("is not that of this database's attachments"), "\(refused.text)")
      #expect(!FileManager.default.fileExists(atPath: folder + "/steward-store"))
      try FileManager.default.removeItem(atPath: folder)
      try FileManager.default.moveItem(atPath: away, toPath: folder)
      let again = try Program("up", "--trial", trial.trial, "--once", "--listen", "127.0.0.1:0", output: trial.folder + "/again.log")
      #expect(await again.ended() == 0, "\(again.text)")
    }
  }
}
