import Testing

@testable import Importing

/// A record as the tests see it.
struct Seen: Equatable {
  let line: Int64
  let fields: [String]
  var defect: CSVRecord.Defect?
}

private func read(_ text: String, quoting: CSVReader.Quoting = .standard, chunk: Int = .max, limit: Int = CSVReader.recordLimit) -> [Seen] {
  var reader = CSVReader(quoting: quoting, recordLimit: limit)
  var seen: [Seen] = []
  func handle(_ record: CSVRecord) {
    seen.append(Seen(line: record.line, fields: (0..<record.count).map { record.text($0) }, defect: record.defect))
  }
  let bytes = Array(text.utf8)
  for start in stride(from: 0, to: bytes.count, by: min(chunk, max(bytes.count, 1))) {
    bytes[start..<min(bytes.count, start + min(chunk, bytes.count))].withUnsafeBytes { reader.feed($0, handle) }
  }
  reader.finish(handle)
  return seen
}

@Suite("Records of separated values")
struct CSVReaderTests {
  static let texts: [(text: String, records: [Seen])] = [
    ("", []),
    ("a,b\nc,d\n", [Seen(line: 1, fields: ["a", "b"]), Seen(line: 2, fields: ["c", "d"])]),
    ("a,b\nc,d", [Seen(line: 1, fields: ["a", "b"]), Seen(line: 2, fields: ["c", "d"])]),
    ("a,b\r\nc,d\r\n", [Seen(line: 1, fields: ["a", "b"]), Seen(line: 2, fields: ["c", "d"])]),
    ("\u{feff}a,b\nc,\n", [Seen(line: 1, fields: ["a", "b"]), Seen(line: 2, fields: ["c", ""])]),
    ("\u{feff}", []),
    ("a\n\nb\n", [Seen(line: 1, fields: ["a"]), Seen(line: 2, fields: [""]), Seen(line: 3, fields: ["b"])]),
    (",\n", [Seen(line: 1, fields: ["", ""])]),
    (
      "\"a,1\",b\n\"say \"\"no\"\"\",\"\"\nz,z",
      [
        Seen(line: 1, fields: ["a,1", "b"]), Seen(line: 2, fields: ["say \"no\"", ""]), Seen(line: 3, fields: ["z", "z"]),
      ]
    ),
    ("\"two\nlines\",b\r\nnext,c\r\n", [Seen(line: 1, fields: ["two\nlines", "b"]), Seen(line: 3, fields: ["next", "c"])]),
    ("\"a\",\"b\"\r\n\"c\"", [Seen(line: 1, fields: ["a", "b"]), Seen(line: 2, fields: ["c"])]),
    ("5\" disk,x\ny,z\n", [Seen(line: 1, fields: ["5\" disk", "x"]), Seen(line: 2, fields: ["y", "z"])]),
    ("a,b\"\n", [Seen(line: 1, fields: ["a", "b\""])]),
    ("事件,已关闭\n", [Seen(line: 1, fields: ["事件", "已关闭"])]),
    // What cannot be read costs its own line and no other.
    ("\"a\"x,b\nc,d\n", [Seen(line: 1, fields: [], defect: .badQuoting), Seen(line: 2, fields: ["c", "d"])]),
    ("\"1\n2\"x,b\nc,d\n", [Seen(line: 1, fields: [], defect: .badQuoting), Seen(line: 3, fields: ["c", "d"])]),
    ("\"open,b\nc,d\n", [Seen(line: 1, fields: [], defect: .openQuote), Seen(line: 2, fields: ["c", "d"])]),
    ("a,\"open", [Seen(line: 1, fields: [], defect: .openQuote)]),
  ]

  @Test("Any text is read alike, however it is cut into pieces", arguments: texts.indices)
  func pieces(_ index: Int) {
    let (text, records) = Self.texts[index]
    for chunk in [1, 2, 3, 5, 7, .max] { #expect(read(text, chunk: chunk) == records, "in pieces of \(chunk)") }
  }

  @Test("Without quoting a quotation mark is a character")
  func unquoted() {
    #expect(read("\"a,b\"\n", quoting: .none) == [Seen(line: 1, fields: ["\"a", "b\""])])
  }

  @Test("A line beyond the limit is told and passed over", arguments: [1, 4, Int.max])
  func limit(_ chunk: Int) {
    let long = String(repeating: "x", count: 100)
    let expected = [Seen(line: 1, fields: ["a"]), Seen(line: 2, fields: [], defect: .tooLong), Seen(line: 3, fields: ["b"])]
    #expect(read("a\n\(long)\nb\n", chunk: chunk, limit: 20) == expected)
    // Also one that is the last, and one that a quotation mark runs away with.
    #expect(read("a\n\(long)", chunk: chunk, limit: 20) == Array(expected.prefix(2)))
    #expect(
      read("a\n\"open\n\(long)\nb\n", chunk: chunk, limit: 20) == [
        Seen(line: 1, fields: ["a"]), Seen(line: 2, fields: [], defect: .openQuote), Seen(line: 3, fields: [], defect: .tooLong),
        Seen(line: 4, fields: ["b"]),
      ])
  }
}
