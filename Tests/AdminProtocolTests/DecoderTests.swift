import Kernel
import TestSupport
import Testing

@testable import AdminProtocol

@Suite struct DecoderTests {
  private func frames(_ bytes: [UInt8], pieces: Int = .max, limits: CommandDecoder.Limits = .init(), budget: Int? = nil) -> [CommandDecoder.Frame] {
    var decoder = CommandDecoder(limits: limits, budget: budget)
    var frames: [CommandDecoder.Frame] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      decoder.feed(rest.prefix(pieces))
      rest = rest.dropFirst(pieces)
      while let frame = decoder.next() { frames.append(frame) }
    }
    return frames
  }

  private func commands(_ text: String) -> [AdminCommand] {
    frames(Array(text.utf8)).compactMap { if case .command(let command, _) = $0 { command } else { nil } }
  }

  @Test func theGrammar() {
    let argument = { AdminCommand.Argument($0, $1) }
    #expect(commands("QUIT\r\n") == [AdminCommand(words: ["QUIT"])])
    #expect(
      commands("@a.B_9-1 incident open title=\"She said \\\"no\\\" \\\\ \\n\\t\\r\\u{1F600}\" impact=2 unit= note=\"\"\r\n") == [
        AdminCommand(
          tag: "a.B_9-1", words: ["incident", "open"],
          arguments: [argument("title", "She said \"no\" \\ \n\t\r😀"), argument("impact", "2"), argument("unit", nil), argument("note", "")])
      ])
    #expect(commands("a b=x{5} c=ü=\"\r\n") == [])
    #expect(commands("a b=x{y c=ü=1\r\n") == [AdminCommand(words: ["a"], arguments: [argument("b", "x{y"), argument("c", "ü=1")])])
    #expect(
      commands("a x={4}\r\n\r\nab y={0}\r\n z=1\r\nb\r\n") == [
        AdminCommand(words: ["a"], arguments: [argument("x", "\r\nab"), argument("y", ""), argument("z", "1")]), AdminCommand(words: ["b"]),
      ])
  }

  @Test(arguments: [
    ("@ a", SyntaxError.tag), ("@\(String(repeating: "x", count: 33)) a", .tag), ("@a", .tag), ("@a\u{0} b", .tag), ("", .word), (" a", .word),
    ("a ", .word), ("a  b", .word), ("a/b", .word), ("=1", .word), ("x=1", .word), (String(repeating: "w", count: 65), .word), ("a b=1 c", .argument),
    ("a b=1 ", .argument), ("a b=x\"", .value), ("a b=\\", .value), ("a b=\"x", .value), ("a b=\"x\"y", .value), ("a b=\"\\q\"", .escape),
    ("a b=\"\\u{}\"", .escape), ("a b=\"\\u{0}\"", .escape), ("a b=\"\\u{d800}\"", .escape), ("a b=\"\\u{110000}\"", .escape),
    ("a b=\"\\u{0000041}\"", .escape), ("a b={", .literal), ("a b={x", .literal), ("a b={12345678", .literal), ("a b=x\u{1b}", .characters),
    ("a b=\"\t\"", .characters), ("a b=\u{7f}", .characters), ("a b=1 b=2", .duplicate),
  ])
  func aLineThatCannotBeRead(line: String, error: SyntaxError) {
    #expect(frames(Array("\(line)\r\nnext\r\n".utf8)).map(Self.summary) == ["\(error)", "next"])
  }

  /// What follows such a line could be the octets of a literal.
  @Test(arguments: ["a b=\" c={5}", "a/b c={5}", "a b=1 b={5}", "a b={x}", "a b={}", "a b={12345678}", "a b=1 c}"])
  func aBrokenLineThatMightAnnounceALiteralIsTheEnd(line: String) {
    let found = frames(Array("\(line)\r\nnext\r\n".utf8))
    #expect(found.count == 1)
    guard case .malformed(_, _, isFatal: true)? = found.first else { return #expect(Bool(false), "\(found)") }
  }

  @Test(arguments: ["a\nb\r\n", "a\rb\r\n", "\n", "a\r\r\n", "a b=\"x\ny\"\r\n", "a\n\r\n"])
  func aLineEndOfAnotherKindIsTheEnd(text: String) {
    #expect(frames(Array(text.utf8)) == [.broken(.lineEnd)])
    #expect(frames(Array(("ok\r\n" + text + "ok\r\n").utf8)).last == .broken(.lineEnd))
  }

  @Test func invalidUTF8IsRefused() {
    for bytes: [UInt8] in [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x82]] {
      #expect(frames(Array("a b=".utf8) + bytes + Array("\r\nok\r\n".utf8)).map(Self.summary) == ["characters", "ok"])
      #expect(frames(Array("a b=\"".utf8) + bytes + Array("\"\r\nok\r\n".utf8)).map(Self.summary) == ["characters", "ok"])
      // The octets are taken all the same, so that none of them is taken for a command.
      #expect(frames(Array("a b={\(bytes.count)}\r\n".utf8) + bytes + Array(" c=1\r\nok\r\n".utf8)).map(Self.summary) == ["characters", "ok"])
    }
    #expect(frames(Array("a b={3}\r\nx\u{0}y c={2}\r\nab\r\nok\r\n".utf8)).map(Self.summary) == ["characters", "ok"])
  }

  @Test func theLimits() {
    var limits = CommandDecoder.Limits()
    limits.lineBytes = 20
    limits.literalBytes = 10
    let long = String(repeating: "a", count: 20)
    #expect(frames(Array("\(long)\r\n".utf8), limits: limits).count == 1)
    #expect(frames(Array("\(long)\r\n".utf8), limits: limits) != [.broken(.lineTooLong)])
    #expect(frames(Array("\(long)a".utf8), limits: limits) == [.broken(.lineTooLong)], "before its end has come")
    #expect(frames(Array("a b={3}\r\nxyz c=\(long)\r\n".utf8), limits: limits) == [.broken(.lineTooLong)], "all segments together")
    #expect(frames(Array("a b={10}\r\n0123456789\r\n".utf8), limits: limits).map(Self.summary) == ["a"])
    #expect(frames(Array("a b={11}\r\n".utf8), limits: limits) == [.broken(.literalTooLong)], "before its octets have come")
    #expect(frames(Array("a b={6}\r\n123456 c={5}\r\n".utf8), limits: limits) == [.broken(.literalTooLong)], "all literals together")
    #expect(frames(Array("abc\r\ndef\r\n".utf8), budget: 10).map(Self.summary) == ["abc", "def"])
    #expect(frames(Array("abc\r\ndef\r\n".utf8), budget: 9).last == .broken(.tooMuch))
    #expect(frames(Array("a b={9}\r\n1234".utf8), budget: 10) == [.broken(.tooMuch)])
  }

  /// However the bytes are cut, the same comes out.
  @Test func thePiecesDoNotMatter() {
    let text = "@1 a b=\"x y\" c={7}\r\n1\r\n2\r\n3 d=\r\nbad \"\r\n@2 e f={1}\r\nx\r\n@3 g\r\nh\ni\r\n"
    let whole = frames(Array(text.utf8))
    #expect(whole.count == 5)
    for pieces in 1...text.utf8.count { #expect(frames(Array(text.utf8), pieces: pieces) == whole) }
  }

  /// Cut at each byte: nothing comes out of a command that is not whole.
  @Test func aCommandCutShortDoesNotComeOut() {
    let text = "@7 customer delete id=1234 note=\"a b\" body={12}\r\nline 1\r\n2345 version=3\r\n"
    for count in 0..<text.utf8.count {
      var decoder = CommandDecoder()
      decoder.feed(Array(text.utf8.prefix(count)))
      #expect(decoder.next() == nil, "after \(count) bytes")
      #expect(decoder.isInsideCommand == (count > 0))
    }
    #expect(frames(Array(text.utf8)).count == 1)
  }

  /// Whatever a value holds, it comes back, in one command.
  @Test func writtenCommandsReadBack() {
    var random = SplitMix64(seed: 7)
    let alphabet: [Unicode.Scalar] = [
      "a", "Z", "0", " ", "\"", "\\", "{", "}", "=", "@", "\n", "\r", "\t", "\u{1}", "\u{1b}", "\u{7f}", "\u{85}", "ü", "漢", "😀", "\u{202e}", "\u{2028}",
    ]
    for _ in 0..<2000 {
      let text = { (most: Int) in
        String(String.UnicodeScalarView((0..<Int.random(in: 0...most, using: &random)).compactMap { _ in alphabet.randomElement(using: &random) }))
      }
      let arguments = (0..<Int.random(in: 0...4, using: &random)).map { index in
        AdminCommand.Argument("k\(index)", Bool.random(using: &random) ? text(Bool.random(using: &random) ? 8 : 300) : nil)
      }
      let command = AdminCommand(tag: Bool.random(using: &random) ? "t" : nil, words: ["noun", "verb"], arguments: arguments)
      let bytes = command.bytes(longestQuoted: Int.random(in: 0...400, using: &random))
      let found = frames(bytes, pieces: Int.random(in: 1...50, using: &random))
      guard found.count == 1, case .command(command, _)? = found.first else { return #expect(Bool(false), "\(command) gave \(found)") }
    }
  }

  /// Bytes that mean nothing: no trap, a bounded buffer, and silence after the end.
  @Test func anyBytesAtAll() {
    var random = SplitMix64(seed: 11)
    let parts = ["a ", "b=", "\"", "{3}", "\r\n", "\n", "\\", "@t ", "\u{0}", "xyz", " ", "{99999999}", "\\u{41}", "é"].map { Array($0.utf8) } + [[0xff]]
    for _ in 0..<5000 {
      var decoder = CommandDecoder()
      var isOver = false
      for _ in 0..<40 {
        if let part = parts.randomElement(using: &random) { decoder.feed(part) }
        while let frame = decoder.next() {
          #expect(!isOver)
          switch frame {
          case .broken, .malformed(_, _, isFatal: true): isOver = true
          default: break
          }
        }
      }
    }
  }

  private static func summary(_ frame: CommandDecoder.Frame) -> String {
    switch frame {
    case .command(let command, _): command.words.joined(separator: " ")
    case .malformed(let error, _, let isFatal): "\(error)" + (isFatal ? "!" : "")
    case .broken(let error): "\(error)!"
    }
  }
}
