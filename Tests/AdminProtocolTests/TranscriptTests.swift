import Contracts
import Desk
import Foundation
import Kernel
import Operations
import Scorecard
import ServiceLevels
import TestSupport
import Testing

@testable import AdminProtocol

/// The transcripts of docs/admin-protocol.md, replayed in their order on one installation.
@Suite(.timeLimit(.minutes(10))) struct TranscriptTests {
  struct Transcript {
    let isLocal: Bool
    let lines: [String]
  }

  static func transcripts() throws -> [Transcript] {
    let text = try String(contentsOf: RealData.packageRoot.appendingPathComponent("docs/admin-protocol.md"), encoding: .utf8)
    return text.components(separatedBy: "```transcript ").dropFirst().compactMap { part in
      guard let block = part.components(separatedBy: "\n```").first else { return nil }
      let lines = block.split(separator: "\n").map(String.init)
      return Transcript(isLocal: lines.first == "socket", lines: Array(lines.dropFirst()))
    }
  }

  @Test func theDocumentIsTrue() async throws {
    let transcripts = try Self.transcripts()
    #expect(transcripts.count >= 8 && transcripts.contains { !$0.isLocal })
    let modules: [any OperationModule.Type] = [PlatformModule.self, ContractsModule.self, ServiceLevelsModule.self, DeskModule.self, ScorecardModule.self]
    try await TestAdmin.with(modules: modules) { admin in
      var names = ["token": try await admin.token()]
      for transcript in transcripts {
        let client = transcript.isLocal ? try await admin.local() : try await admin.remote()
        try await replay(transcript, client, &names)
        // A name stands for one value in one transcript; those that begin another keep only what was made to last.
        names = names.filter { ["token", "acme"].contains($0.key) }
        await client.close()
      }
    }
  }

  private func replay(_ transcript: Transcript, _ client: AdminTestClient, _ names: inout [String: String]) async throws {
    // What the client says without an answer in between goes in one packet.
    var said = ""
    for line in transcript.lines {
      if let sent = Self.text(of: line, by: "C: ") {
        said += Self.filled(sent, names) + "\r\n"
        continue
      }
      if !said.isEmpty { try await client.send(said) }
      said = ""
      if line == "S: (closed)" {
        #expect(try await client.line() == nil)
      } else if let expected = Self.text(of: line, by: "S: ") {
        let found = try await client.line() ?? "(closed)"
        #expect(Self.matches(found, expected, &names), "expected \(expected)\nfound    \(found)")
      } else {
        Issue.record("neither side says \(line)")
      }
    }
  }

  private static func text(of line: String, by side: String) -> String? { line.hasPrefix(side) ? String(line.dropFirst(side.count)) : nil }

  private static func filled(_ text: String, _ names: [String: String]) -> String {
    names.reduce(text) { $0.replacingOccurrences(of: "<\($1.key)>", with: $1.value) }
  }

  /// Whether a line is what the document says; names that it introduces are learnt.
  static func matches(_ found: String, _ expected: String, _ names: inout [String: String]) -> Bool {
    var pattern = "^"
    var learnt: [String] = []
    let isOpen = expected.hasSuffix(" ...")
    var rest = (isOpen ? String(expected.dropLast(4)) : expected)[...]
    while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
      pattern += NSRegularExpression.escapedPattern(for: String(rest[..<open]))
      let name = String(rest[rest.index(after: open)..<close])
      if let known = names[name] {
        pattern += NSRegularExpression.escapedPattern(for: known)
      } else {
        pattern += "(\"(?:[^\"\\\\]|\\\\.)*\"|[^ \"]+)"
        learnt.append(name)
      }
      rest = rest[rest.index(after: close)...]
    }
    pattern += NSRegularExpression.escapedPattern(for: String(rest)) + (isOpen ? " .*$" : "$")
    guard let match = try? NSRegularExpression(pattern: pattern).firstMatch(in: found, range: NSRange(found.startIndex..., in: found)) else { return false }
    for (index, name) in learnt.enumerated() {
      if let range = Range(match.range(at: index + 1), in: found) { names[name] = String(found[range]) }
    }
    return true
  }

  /// The comparison finds what differs.
  @Test func theComparisonCanFail() {
    var names: [String: String] = [:]
    #expect(Self.matches("- 200 id=x1 name=\"a b\" more=1", "- 200 id=<id> name=<name> ...", &names))
    #expect(names == ["id": "x1", "name": "\"a b\""])
    #expect(!Self.matches("- 200 id=x2", "- 200 id=<id>", &names))
    #expect(!Self.matches("- 200 id=x1 more=1", "- 200 id=<id>", &names))
    #expect(!Self.matches("- 300 id=x1", "- 200 id=<id>", &names))
  }
}
