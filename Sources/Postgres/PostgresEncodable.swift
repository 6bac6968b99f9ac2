import Kernel

/// A value that can be sent as a parameter or a COPY field, always in PostgreSQL's binary form: lengths instead of
/// terminators, so a NUL byte in a text reaches the server, which refuses it, and is never a silent end of the text.
package protocol PostgresEncodable: Sendable {
  static var postgresType: PostgresType { get }
  func encode(to bytes: inout [UInt8])
}

extension Int64: PostgresEncodable {
  package static var postgresType: PostgresType { .int8 }
  package func encode(to bytes: inout [UInt8]) { bytes.append(bigEndian: self) }
}

/// Sent as `int8`.
extension Int: PostgresEncodable {
  package static var postgresType: PostgresType { .int8 }
  package func encode(to bytes: inout [UInt8]) { bytes.append(bigEndian: Int64(self)) }
}

extension Int32: PostgresEncodable {
  package static var postgresType: PostgresType { .int4 }
  package func encode(to bytes: inout [UInt8]) { bytes.append(bigEndian: self) }
}

extension Bool: PostgresEncodable {
  package static var postgresType: PostgresType { .bool }
  package func encode(to bytes: inout [UInt8]) { bytes.append(self ? 1 : 0) }
}

extension String: PostgresEncodable {
  package static var postgresType: PostgresType { .text }
  package func encode(to bytes: inout [UInt8]) { bytes.append(contentsOf: utf8) }
}

extension Id: PostgresEncodable {
  package static var postgresType: PostgresType { .int8 }
  package func encode(to bytes: inout [UInt8]) { bytes.append(bigEndian: rawValue) }
}

/// The ends of the range stand for `infinity` and `-infinity`.
extension Instant: PostgresEncodable {
  package static var postgresType: PostgresType { .timestamptz }

  /// 2000-01-01T00:00:00Z, where PostgreSQL's time begins.
  static let postgresEpoch: Int64 = 946_684_800_000_000

  package func encode(to bytes: inout [UInt8]) {
    guard microseconds != .max, microseconds != .min else { return bytes.append(bigEndian: microseconds) }
    let (shifted, overflow) = microseconds.subtractingReportingOverflow(Self.postgresEpoch)
    // Far outside PostgreSQL's range, which ends in 294276: the server refuses it.
    bytes.append(bigEndian: overflow || shifted == .min ? Int64.min + 1 : shifted)
  }
}

extension CalendarDate: PostgresEncodable {
  package static var postgresType: PostgresType { .date }

  /// Days from 1970-01-01 to 2000-01-01.
  static let postgresEpoch: Int64 = 10_957

  package func encode(to bytes: inout [UInt8]) {
    let (shifted, overflow) = daysSinceEpoch.subtractingReportingOverflow(Self.postgresEpoch)
    // The ends of Int32 mean infinity, which a CalendarDate is not; one day inside, the server refuses the date.
    let days = overflow ? nil : Int32(exactly: shifted)
    bytes.append(bigEndian: min(max(days ?? .max, .min + 1), .max - 1))
  }
}

/// A JSON value as `jsonb`. Apart from ``Value`` itself because a nil `Value?` is the SQL null and `.null` is JSON's.
struct JSONParameter: PostgresEncodable {
  let value: Value

  static var postgresType: PostgresType { .jsonb }

  func encode(to bytes: inout [UInt8]) {
    bytes.append(1)  // the version of jsonb's binary form
    JSON.append(value, to: &bytes)
  }
}

struct BytesParameter: PostgresEncodable {
  let value: [UInt8]

  static var postgresType: PostgresType { .bytea }

  func encode(to bytes: inout [UInt8]) { bytes.append(contentsOf: value) }
}
