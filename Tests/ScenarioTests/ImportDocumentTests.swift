import Foundation
import TestSupport
import Testing

/// The commands of `docs/importing.md`, in their order, at the command line.
@Suite(.serialized) struct ImportDocumentTests {
  @Test func theCommandsOfTheDocumentRun() async throws {
    guard let data = RealData.url("bpi2013") else { return }
    let blocks = try DocumentTrial.blocks(of: "importing")
    #expect(blocks.count == 1)
    try await DocumentTrial.with { trial in
      await trial.end()
      for log in ["closed_problems.csv.gz", "open_problems.csv.gz"] {
        try FileManager.default.createSymbolicLink(atPath: "\(trial.folder)/\(log)", withDestinationPath: data.appending(path: log).path)
      }
      let deploy = RealData.packageRoot.appending(path: "deploy").path
      try FileManager.default.createSymbolicLink(atPath: trial.folder + "/deploy", withDestinationPath: deploy)
      let told = try await trial.commands(blocks)
      for line in [
        "1487 problems in 6660 rows; customers: VINST\nnew 1487, already there 0; events 6660", "Nothing was written.", "made because missing: VINST",
        "819 problems in 2351 rows; customers: VINST\nnew 354, already there 465; events 800",
        "At the end of the log: new 18, investigating 445, closed 356; reopened 22",
      ] { #expect(told.contains(line), "\(line): \(told)") }
      #expect(told.components(separatedBy: "new 1487, already there 0").count == 3, "the trial tells what the import then does")
    }
  }
}
