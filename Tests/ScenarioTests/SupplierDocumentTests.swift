import Foundation
import Testing

/// The commands of `docs/assurance.md`, `docs/suppliers.md` and `docs/service-credits.md`, one after the other, as a user types them.
@Suite(.serialized) struct SupplierDocumentTests {
  @Test func theCommandsOfTheDocumentsRun() async throws {
    // The last one goes on as another person.
    let blocks = try DocumentTrial.blocks(of: "assurance", "suppliers", "service-credits")
    #expect(blocks.count == 13)
    try await DocumentTrial.with(share: 3) { trial in
      let told = try await trial.calls(blocks)
      #expect(told.contains("\"state\":\"approved\"") && told.contains("\"severityRule\":\"major\""), "\(told.suffix(4000))")
      #expect(told.contains("\"openGaps\":") && told.contains("团队 First line"), "\(told.suffix(4000))")
      await trial.end()

      let file = trial.folder + "/outages.csv"
      try "service,severity,from,to\nCompute,major,2026-02-01T00:00:00Z,2026-02-01T01:00:00Z\n".write(toFile: file, atomically: true, encoding: .utf8)
      for expected in ["\"recorded\":1", "\"unchanged\":1"] {
        let program = try Program(
          "import", "outages", file, "--supplier", "CLOUD", "--create", "--json", "--trial", trial.trial, output: trial.folder + "/import.log")
        #expect(await program.ended() == 0, "\(program.text)")
        #expect(program.text.contains(expected), "\(program.text)")
      }
      try "service,severity,from,to\nCompute,awful,2026-02-01T00:00:00Z,\n".write(toFile: file, atomically: true, encoding: .utf8)
      let refused = try Program("import", "outages", file, "--supplier", "CLOUD", "--trial", trial.trial, output: trial.folder + "/refused.log")
      #expect(await refused.ended() == 3)
      #expect(refused.text.contains("awful"), "\(refused.text)")
    }
  }
}
