import Kernel
import TestSupport
import Testing

@testable import AdminProtocol

@Suite struct ReplyTests {
  private func text(_ reply: AdminReply, _ format: ReplyFormat, tag: ReplyTag = .command("1")) -> String {
    String(decoding: ReplyWriter.bytes(reply, tag: tag, format), as: UTF8.self)
  }

  private let nested = Value.object([
    "id": "x_1", "name": "A b", "empty": "", "nothing": .null, "yes": .bool(true), "share": .decimal("99.5"),
    "lines": .array([.object(["n": 1]), .object(["n": .null])]),
    "none": .array([]), "inner": .object(["a": "{", "b": "[]"]), "bare": .object([] as [Value.Member]),
  ])

  @Test func theFormats() {
    let thing = AdminReply(.made, .thing(.init(columns: ["id", "lines", "inner.a"], rows: [nested])), [Value.Member("request-id", "k")])
    #expect(
      text(thing, .text)
        == "@1 201 id=x_1 name=\"A b\" empty=\"\" nothing= yes=true share=99.5 lines.0.n=1 lines.1.n= none=[] inner.a=\"{\" inner.b=\"[]\" bare=\"{}\" request-id=k\r\n"
    )
    #expect(text(thing, .json).hasPrefix("@1 201 {\"id\":\"x_1\",\"name\":\"A b\",\"empty\":\"\",\"nothing\":null,"))
    #expect(text(thing, .json).hasSuffix(",\"request-id\":\"k\"}\r\n"))
    #expect(text(thing, .csv) == "@1 101 id,lines,inner.a\r\n@1 100 x_1,\"[{\"\"n\"\":1},{\"\"n\"\":null}]\",{\r\n@1 201 rows=1 request-id=k\r\n")
    let listing = AdminReply(.done, .listing(.init(columns: ["n"], rows: [.object(["n": 1]), .object(["n": 2])])), [Value.Member("next", .null)])
    #expect(text(listing, .text, tag: .command(nil)) == "- 100 n=1\r\n- 100 n=2\r\n- 200 rows=2 next=\r\n")
    #expect(text(listing, .json, tag: .command(nil)) == "- 100 {\"n\":1}\r\n- 100 {\"n\":2}\r\n- 200 {\"rows\":2,\"next\":null}\r\n")
    #expect(text(AdminReply(.done), .text, tag: .connection) == "* 200\r\n")
  }

  /// A spreadsheet runs what begins like a formula.
  @Test(arguments: [
    ("=1+1", "'=1+1"), ("+x", "'+x"), ("-x", "'-x"), ("@x", "'@x"), ("\t=x", "'\\t=x"), ("-12.5", "-12.5"), ("a=b", "a=b"), ("a,\"b", "\"a,\"\"b\""),
    ("a\r\nb", "a\\r\\nb"), ("-", "-"),
    ("=\"x\"", "\"'=\"\"x\"\"\""), (" a", "\" a\""), ("\u{1b}[2J", "\\u{1b}[2J"),
  ])
  func cellsOfCSV(value: String, cell: String) { #expect(CSVCell.text(.object(["a": .text(value)]), at: "a") == cell) }

  /// Whatever a value holds, a reply is the lines that it says it is, and a terminal is told nothing.
  @Test func noValueEndsALine() {
    var random = SplitMix64(seed: 3)
    for _ in 0..<2000 {
      let scalars = (0..<20).compactMap { _ in Unicode.Scalar(UInt32.random(in: Bool.random(using: &random) ? 1...0x7f : 1...0x2fff, using: &random)) }
      let value = Value.object([Value.Member("v", .text(String(String.UnicodeScalarView(scalars))))])
      for format in ReplyFormat.allCases {
        let bytes = ReplyWriter.bytes(AdminReply(.done, .listing(.init(columns: ["v"], rows: [value]))), tag: .command(nil), format)
        let lines = bytes.split(separator: [13, 10], omittingEmptySubsequences: false)
        #expect(lines.count == (format == .csv ? 4 : 3))
        for line in lines { #expect(!line.contains { $0 < 0x20 || $0 == 0x7f }) }
      }
    }
  }

  /// What a reply writes in text reads back as the argument of a command.
  @Test func fieldsReadBackAsArguments() {
    for value in ["", "a b", "ü", "\"\\\n\r\t\u{1b}\u{202e}", "{5}", "plain", "[]"] {
      var bytes = Array("a b=".utf8)
      QuotedText.append(value, to: &bytes)
      var decoder = CommandDecoder()
      decoder.feed(bytes + [13, 10])
      #expect(decoder.next() == .command(AdminCommand(words: ["a"], arguments: [.init("b", value)]), byteCount: bytes.count))
    }
  }

  /// Every kind of failure has a code of its class.
  @Test func failuresHaveTheirClass() {
    let classes = Failure.Kind.allCases.map { (ReplyCode(Failure($0, KernelMessages.notFound)).kind, $0) }
    for (kind, failure) in classes {
      switch failure {
      case .unauthenticated, .denied: #expect(kind == .denied)
      case .busy, .limited: #expect(kind == .tryLater)
      case .internal: #expect(kind == .serverError)
      case .outcomeUnknown: #expect(kind == .outcomeUnknown)
      default: #expect(kind == .clientError)
      }
    }
  }
}
