import Foundation
import TestSupport
import Testing

/// The commands of `docs/handbooks.md`, in their order, against a server.
@Suite(.serialized) struct HandbookDocumentTests {
  @Test func theCommandsOfTheDocumentRun() async throws {
    let blocks = try DocumentTrial.blocks(of: "handbooks")
    #expect(blocks.count == 1)
    try await DocumentTrial.with { trial in
      let told = try await trial.calls(["ln -sfn '\(RealData.packageRoot.path)/docs' docs"] + blocks)
      #expect(told.contains("\"gap\":\"no_handbook\"") && told.contains("# Handbook: Incident management"), "\(told)")
      // Each of the other examples is one draft.
      #expect(told.contains("request\nproblem\nchange\nrelease\nevent\naccess\n"), "\(told)")
      #expect(told.components(separatedBy: "Owner from Quinn Quality to Pat Process").count == 3, "\(told)")
      #expect(told.contains("manager_left"), "\(told)")
      let html = try String(contentsOfFile: trial.folder + "/handbook.html", encoding: .utf8)
      #expect(html.contains("<h1>事件管理流程手册</h1>") && html.contains("Quinn Quality"))
      await trial.end()
    }
  }
}
