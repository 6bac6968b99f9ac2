import Foundation
import Testing

/// The commands of `docs/cmdb.md`, in their order: against a server, then at the command line.
@Suite(.serialized) struct CmdbDocumentTests {
  @Test func theCommandsOfTheDocumentRun() async throws {
    let blocks = try DocumentTrial.blocks(of: "cmdb")
    #expect(blocks.count == 3)
    try await DocumentTrial.with { trial in
      let calls = try await trial.calls(Array(blocks.prefix(1)))
      #expect(calls.contains("\"state\":\"under_maintenance\"") && calls.contains("\"words\":{\"en\":\"runs\""), "\(calls)")
      #expect(calls.contains("\"isCut\":false"), "\(calls)")
      await trial.end()
      let told = try await trial.commands(Array(blocks.dropFirst()))
      #expect(told.contains("2 created, 0 changed, 0 unchanged, 0 refused\nNothing was written."), "\(told)")
      #expect(told.contains("cis.csv: 0 created, 0 changed, 2 unchanged, 0 refused\n"), "\(told)")
      #expect(
        told.contains("relations.csv: 2 created, 0 changed, 0 unchanged, 0 refused\n  line 2: adds relation\n  line 3: adds relation\nNothing was written.\n"),
        "\(told)")
      // Tried, and then done.
      #expect(told.components(separatedBy: "relations.csv: 2 created, 0 changed, 0 unchanged, 0 refused\n").count == 3, "\(told)")
      #expect(told.contains("coverage.csv: 2 created, 0 changed, 0 unchanged, 0 refused\n"), "\(told)")
      #expect(told.hasSuffix("coverage.csv: 0 created, 0 changed, 2 unchanged, 0 refused\n"), "\(told)")
      let broken = trial.folder + "/broken.csv"
      try "name,type,serial\nx,wheel,1\ny\n".write(toFile: broken, atomically: true, encoding: .utf8)
      let refused = try Program(
        "cmdb", "import", broken, "--customer", "ACME", "--match", "serial", "--trial", trial.trial, output: trial.folder + "/refused.log")
      #expect(await refused.ended() == 3)
      #expect(refused.text.contains("line 2: type: There is no type wheel") && refused.text.contains("line 3:"), "\(refused.text)")
    }
  }
}
