import Foundation
import TestSupport
import Testing

/// The commands of `docs/catalog.md`, in their order: against a server, then at the command line.
@Suite(.serialized) struct CatalogDocumentTests {
  @Test func theCommandsOfTheDocumentRun() async throws {
    let blocks = try DocumentTrial.blocks(of: "catalog")
    #expect(blocks.count == 3)
    try await DocumentTrial.with { trial in
      let calls = try await trial.calls(Array(blocks.prefix(1)))
      #expect(calls.contains("\"name\":\"Network\""), "\(calls)")
      await trial.end()
      let told = try await trial.commands(Array(blocks.dropFirst()))
      #expect(told.contains("create family NETWORK") && told.contains("publish offering WAN-SITE") && told.contains("Nothing to do."), "\(told)")
      #expect(told.contains("# Service Product Manual"), "\(told)")
      let manual = try String(contentsOfFile: trial.folder + "/manual.html", encoding: .utf8)
      #expect(manual.contains("<h1>服务产品手册</h1>") && manual.contains("托管广域网"))
      let broken = trial.folder + "/broken.yaml"
      let example = try String(contentsOf: RealData.packageRoot.appending(path: "docs/catalog/msp.yaml"), encoding: .utf8)
      try example.replacingOccurrences(of: "mode: designed", with: "mode: magic").write(toFile: broken, atomically: true, encoding: .utf8)
      let refused = try Program("catalog", "plan", broken, "--trial", trial.trial, output: trial.folder + "/refused.log")
      #expect(await refused.ended() == 3)
      let number = try #require(example.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains("mode: designed") }) + 1
      #expect(refused.text.contains("broken.yaml:\(number): families[2].services[0].mode “magic”"), "\(refused.text)")
    }
  }
}
