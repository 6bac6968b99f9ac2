import Foundation
import Subprocess
import TestSupport
import Testing

@testable import HTTPAPI

@Suite struct DocumentationTests {
  /// The examples of `docs/http-api.md`, as a user types them: curl that trusts the authority and nothing else.
  @Test func theExamplesOfTheDocumentWork() async throws {
    let text = try String(contentsOf: RealData.packageRoot.appendingPathComponent("docs/http-api.md"), encoding: .utf8)
    let blocks = text.components(separatedBy: "```sh\n").dropFirst().compactMap { $0.components(separatedBy: "```").first }
    #expect(blocks.count >= 5)
    try await TestAPI.with { api in
      let token = try await api.administrator()
      let folder = try TemporaryFolder.make()
      defer { TemporaryFolder.remove(folder) }
      // What a person sees on the terminal, a script must be told: an answer that is an error ends it.
      try "silent\nshow-error\nfail-with-body\nmax-time = 60\n".write(toFile: "\(folder)/.curlrc", atomically: true, encoding: .utf8)
      let result = try await Subprocess.run(
        .name("bash"), arguments: ["-euo", "pipefail", "-c", blocks.joined(separator: "\n")],
        environment: .inherit.updating(["URL": api.url, "CA": api.authorityFile, "TOKEN": token, "CURL_HOME": folder]),
        output: .string(limit: 1 << 20), error: .string(limit: 10_000))
      #expect(result.terminationStatus.isSuccess, "\(result.standardOutput) \(result.standardError)")
      #expect(result.standardOutput.contains("\"name\":\"Northwind Ltd\""))
      #expect(result.standardOutput.contains("steward_build_info"))
    }
  }

  @Test func curlWithoutTheAuthorityRefusesTheServer() async throws {
    let api = try await TestAPI.shared()
    let result = try await Subprocess.run(
      .name("curl"), arguments: ["-sS", "--max-time", "60", "\(api.url)/healthz"], output: .string(limit: 1000), error: .string(limit: 1000))
    #expect(!result.terminationStatus.isSuccess)
    #expect(result.standardError.contains("certificate"))
  }
}
