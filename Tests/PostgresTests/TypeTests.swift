import Kernel
import Testing

@testable import Postgres

/// Asks the server for a value's text form: the oracle is PostgreSQL's own output, not our decoder.
private struct Echo<Shown: Sendable, Bound: Sendable>: Statement {
  let append: @Sendable (inout Parameters) -> Void
  static var sql: String { "select $1, $1::text" }
  func bind(to parameters: inout Parameters) { append(&parameters) }
  static func decode(_ row: inout RowReader) throws -> (Shown, String?) {
    try (EchoReader.read(Shown.self, &row), row.next())
  }
}

private enum EchoReader {
  static func read<T>(_ type: T.Type, _ row: inout RowReader) throws -> T {
    let value: Any
    switch type {
    case is Int64.Type: value = try row.next() as Int64
    case is Int32.Type: value = try row.next() as Int32
    case is Bool.Type: value = try row.next() as Bool
    case is String.Type: value = try row.next() as String
    case is Instant.Type: value = try row.next() as Instant
    case is CalendarDate.Type: value = try row.next() as CalendarDate
    case is [UInt8].Type: value = try row.next() as [UInt8]
    case is Value.Type: value = try row.next() as Value
    case is [Int64?].Type: value = try row.next() as [Int64?]
    case is [String?].Type: value = try row.next() as [String?]
    case is [Bool?].Type: value = try row.next() as [Bool?]
    case is [Instant?].Type: value = try row.next() as [Instant?]
    case is [CalendarDate?].Type: value = try row.next() as [CalendarDate?]
    default: throw PostgresError(.decoding, message: "no reader for \(type)")
    }
    guard let value = value as? T else { throw PostgresError(.decoding) }
    return value
  }
}

@Suite struct TypeTests {
  private func echo<T: Sendable>(_ tx: Transaction, as type: T.Type, _ append: @escaping @Sendable (inout Parameters) -> Void) async throws -> (T, String?) {
    try #require(try await tx.first(Echo<T, T>(append: append)))
  }

  @Test func scalarsRoundTrip() async throws {
    try await withClient { client in
      try await client.transaction { tx in
        _ = try await tx.query(SetUTC())
        for value in [Int64.min, -1, 0, 1, .max] {
          let (shown, text) = try await echo(tx, as: Int64.self) { $0.append(value) }
          #expect(shown == value && text == String(value))
        }
        for value in [Int32.min, -1, 0, .max] {
          let (shown, text) = try await echo(tx, as: Int32.self) { $0.append(value) }
          #expect(shown == value && text == String(value))
        }
        for value in [true, false] {
          let (shown, text) = try await echo(tx, as: Bool.self) { $0.append(value) }
          #expect(shown == value && text == String(value))
        }
        for value in ["", "a'b\"c\\d", "\\x00", "中文工单 🙂", "{NULL}", String(repeating: "漢", count: 100_000)] {
          let (shown, text) = try await echo(tx, as: String.self) { $0.append(value) }
          #expect(shown == value && text == value)
        }
        for value in [[], [0], [UInt8](0...255)] {
          let (shown, text) = try await echo(tx, as: [UInt8].self) { $0.append(value) }
          #expect(shown == value)
          #expect(text == "\\x" + value.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
        }
      }
    }
  }

  @Test func timesRoundTrip() async throws {
    let instants: [(String, String)] = [
      ("1970-01-01T00:00:00Z", "1970-01-01 00:00:00+00"), ("2026-03-29T01:30:00.000001Z", "2026-03-29 01:30:00.000001+00"),
      ("9999-12-31T23:59:59Z", "9999-12-31 23:59:59+00"), ("2000-01-01T00:00:00Z", "2000-01-01 00:00:00+00"),
    ]
    try await withClient { client in
      try await client.transaction { tx in
        _ = try await tx.query(SetUTC())
        for (written, expected) in instants {
          let value = try #require(Instant(written))
          let (shown, text) = try await echo(tx, as: Instant.self) { $0.append(value) }
          #expect(shown == value && text == expected)
        }
        for (value, expected) in [(Instant(microseconds: .max), "infinity"), (Instant(microseconds: .min), "-infinity")] {
          let (shown, text) = try await echo(tx, as: Instant.self) { $0.append(value) }
          #expect(shown == value && text == expected)
        }
        for expected in ["1970-01-01", "2024-02-29", "9999-12-31", "0001-01-01"] {
          let value = try #require(CalendarDate(expected))
          let (shown, text) = try await echo(tx, as: CalendarDate.self) { $0.append(value) }
          #expect(shown == value && text == expected)
        }
      }
      // What PostgreSQL cannot hold is its error, and neither infinity nor another date.
      for extreme in [CalendarDate(daysSinceEpoch: .max), CalendarDate(daysSinceEpoch: .min)] {
        let error = await postgresError { try await client.transaction { tx in _ = try await tx.query(Echo<String, String> { $0.append(extreme) }) } }
        #expect(error?.sqlState == "22008")
      }
      let error = await postgresError {
        try await client.transaction { tx in _ = try await tx.query(Echo<String, String> { $0.append(Instant(microseconds: .min + 5)) }) }
      }
      #expect(error?.sqlState == "22008")
    }
  }

  @Test func arraysRoundTrip() async throws {
    try await withClient { client in
      try await client.transaction { tx in
        _ = try await tx.query(SetUTC())
        let integers: [Int64?] = [.min, nil, 0, .max]
        let (shown, text) = try await echo(tx, as: [Int64?].self) { $0.append(integers) }
        #expect(shown == integers && text == "{-9223372036854775808,NULL,0,9223372036854775807}")
        let none: [Int64] = []
        let (empty, emptyText) = try await echo(tx, as: [Int64?].self) { $0.append(none) }
        #expect(empty == [] && emptyText == "{}")
        let texts: [String?] = ["a", nil, "", "NULL", "q\"uote", "back\\slash", "com,ma", "{brace}", "中文"]
        let (shownTexts, textOfTexts) = try await echo(tx, as: [String?].self) { $0.append(texts) }
        #expect(shownTexts == texts)
        #expect(textOfTexts == "{a,NULL,\"\",\"NULL\",\"q\\\"uote\",\"back\\\\slash\",\"com,ma\",\"{brace}\",中文}")
        let bools: [Bool?] = [true, nil, false]
        #expect(try await echo(tx, as: [Bool?].self) { $0.append(bools) } == (bools, "{t,NULL,f}"))
        let instants: [Instant?] = [Instant(seconds: 0), nil]
        #expect(try await echo(tx, as: [Instant?].self) { $0.append(instants) } == (instants, "{\"1970-01-01 00:00:00+00\",NULL}"))
        let dates: [CalendarDate?] = [CalendarDate("2024-02-29"), nil]
        #expect(try await echo(tx, as: [CalendarDate?].self) { $0.append(dates) } == (dates, "{2024-02-29,NULL}"))
        let ids = [TenantId(7), TenantId(9)]
        #expect(try await echo(tx, as: [Int64?].self) { $0.append(ids) } == ([7, 9], "{7,9}"))
        let values: [Value?] = [.object(["a": .integer(1)]), nil, .null]
        #expect(try await tx.first(Shown { $0.append(json: values) }) == "{\"{\\\"a\\\": 1}\",NULL,\"null\"}")
      }
    }
  }

  @Test func decimalsRoundTrip() async throws {
    let texts = [
      "0", "0.00", "1", "-1", "10000", "9999.9999", "0.0001", "-0.00000001", "123456789012345678901234567890.1234567890", "1250.00", "100000000",
      "0.1", "10000.00001", "000.5",
    ]
    try await withClient { client in
      try await client.transaction { tx in
        for text in texts {
          let (shown, server) = try #require(try await tx.first(Echo<String, String> { $0.append(decimal: text) }))
          #expect(server == (text == "000.5" ? "0.5" : text))
          #expect(shown == server)
        }
        #expect(try await tx.first(Shown { $0.append(decimals: ["1.50", nil]) }) == "{1.50,NULL}")
        // Random ones against the server's own parser.
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
          let digits = (0..<Int.random(in: 1...30, using: &generator)).map { _ in String(Int.random(in: 0...9, using: &generator)) }.joined()
          let decimals = (0..<Int.random(in: 1...20, using: &generator)).map { _ in String(Int.random(in: 0...9, using: &generator)) }.joined()
          let text = "\(Bool.random() ? "-" : "")\(digits).\(decimals)"
          let (ours, theirs) = try #require(try await tx.first(TwoDecimals(text: text)))
          #expect(ours == theirs)
        }
      }
      for text in ["", ".", "1.", "1e5", "NaN", "1\u{0}", "--1", "１"] {
        let error = await postgresError { try await client.transaction { tx in _ = try await tx.query(Shown { $0.append(decimal: text) }) } }
        #expect(error?.kind == .other && error?.sqlState == nil)
      }
    }
  }

  @Test func jsonAndNullAreTwoThings() async throws {
    let value = Value.object(["名": .text("a\"b\\c\n"), "n": .decimal("1.10"), "list": .array([.null, .bool(true), .integer(.min)])])
    try await withClient { client in
      try await client.transaction { tx in
        let (shown, _) = try await echo(tx, as: Value.self) { $0.append(json: value) }
        #expect(shown["名"] == value["名"] && shown["list"] == value["list"] && shown["n"] == .decimal("1.10"))
        #expect(try await tx.first(Shown { $0.append(json: .null) }) == "null")
        #expect(try await tx.first(Shown { $0.append(json: nil as Value?) }) == "(null)")
        #expect(try await tx.first(Shown { $0.append(nil as String?) }) == "(null)")
        #expect(try await tx.first(Shown { $0.append(nil as [Int64]?) }) == "(null)")
      }
    }
  }

  /// A text that C would cut at the NUL is refused by the server, not stored cut.
  @Test func nulInTextIsRefused() async throws {
    try await withClient { client in
      let error = await postgresError { try await client.transaction { tx in _ = try await tx.query(Shown { $0.append("a\u{0}b") }) } }
      #expect(error?.sqlState == "22021")
    }
  }

  @Test func wrongTypeNullAndMissingColumnAreErrors() async throws {
    try await withClient { client in
      for expected in [(0, "column 1 (a) is text, not a Int64"), (1, "column 2 (b) is NULL"), (2, "column 3 is missing")] {
        let error = await postgresError {
          try await Misread.$way.withValue(expected.0) { try await client.transaction { tx in _ = try await tx.query(Misread(what: 1)) } }
        }
        #expect(error?.kind == .decoding && error?.statement == "Misread")
        #expect(error?.debugText.contains(expected.1) == true)
        #expect(error?.location?.hasPrefix("PostgresTests/TypeTests.swift:") == true)
      }
    }
  }
}

private struct SetUTC: Statement { static let sql = "set local timezone = 'UTC'" }

private struct Shown: Statement {
  let append: @Sendable (inout Parameters) -> Void
  init(_ append: @escaping @Sendable (inout Parameters) -> Void) { self.append = append }
  static let sql = "select coalesce($1::text, '(null)')"
  func bind(to parameters: inout Parameters) { append(&parameters) }
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct TwoDecimals: Statement {
  let text: String
  static let sql = "select $1::numeric, $2::numeric, $1::text"
  func bind(to parameters: inout Parameters) {
    parameters.append(decimal: text)
    parameters.append(text)
  }
  static func decode(_ row: inout RowReader) throws -> (String, String) {
    let ours: String = try row.next()
    let theirs: String = try row.next()
    let server: String = try row.next()
    return (ours == server ? ours : "ours \(ours) server \(server)", theirs)
  }
}

/// Reads its columns wrongly in one of three ways, chosen by the data.
private struct Misread: Statement {
  let what: Int64
  static let sql = "select 'x' as a, null::text as b where $1 >= 0 and $1 < 9 limit 1"
  func bind(to parameters: inout Parameters) { parameters.append(what) }
  @TaskLocal static var way = 0
  static func decode(_ row: inout RowReader) throws -> Int64 {
    switch way {
    case 0: return try row.next()
    case 1:
      try row.skip()
      _ = try row.next() as String
      return 0
    default:
      for _ in 0..<3 { try row.skip() }
      return 0
    }
  }
}
