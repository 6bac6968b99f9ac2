import Kernel

/// A value that can be read from a column, from PostgreSQL's binary form.
package protocol PostgresDecodable: Sendable {
  /// The column types that hold it. Nothing is converted that could lose anything.
  static func accepts(_ type: PostgresType) -> Bool
  /// Nil when the bytes are not a value of `type`, or one that this type cannot hold (an infinite date).
  init?(postgres bytes: UnsafeRawBufferPointer, type: PostgresType)
}

extension Int64: PostgresDecodable {
  package static func accepts(_ type: PostgresType) -> Bool { type == .int8 || type == .int4 || type == .int2 }

  package init?(postgres bytes: UnsafeRawBufferPointer, type: PostgresType) {
    switch bytes.count {
    case 8: self = bytes.bigEndian(at: 0, as: Int64.self) ?? 0
    case 4: self = Int64(bytes.bigEndian(at: 0, as: Int32.self) ?? 0)
    case 2: self = Int64(bytes.bigEndian(at: 0, as: Int16.self) ?? 0)
    default: return nil
    }
  }
}

extension Int: PostgresDecodable {
  package static func accepts(_ type: PostgresType) -> Bool { Int64.accepts(type) }

  package init?(postgres bytes: UnsafeRawBufferPointer, type: PostgresType) {
    guard let integer = Int64(postgres: bytes, type: type) else { return nil }
    self.init(exactly: integer)
  }
}

extension Int32: PostgresDecodable {
  package static func accepts(_ type: PostgresType) -> Bool { type == .int4 || type == .int2 }

  package init?(postgres bytes: UnsafeRawBufferPointer, type: PostgresType) {
    guard let integer = Int64(postgres: bytes, type: type) else { return nil }
    self.init(exactly: integer)
  }
}

extension Bool: PostgresDecodable {
  package static func accepts(_ type: PostgresType) -> Bool { type == .bool }

  package init?(postgres bytes: UnsafeRawBufferPointer, type: PostgresType) {
    guard bytes.count == 1 else { return nil }
    self = bytes[0] != 0
  }
}

/// Also the form in which a `numeric` (`-12.50`) and the text of a JSON column are read.
extension String: PostgresDecodable {
  package static func accepts(_ type: PostgresType) -> Bool {
    switch type {
    case .text, .varchar, .bpchar, .name, .unknown, .numeric, .json, .jsonb: true
    default: false
    }
  }

  package init?(postgres bytes: UnsafeRawBufferPointer, type: PostgresType) {
    if type == .numeric {
      guard let text = DecimalForm.decode(bytes) else { return nil }
      self = text
      return
    }
    guard let text = jsonText(bytes, type) else { return nil }
    self.init(validating: text, as: UTF8.self)
  }
}

extension Id: PostgresDecodable {
  package static func accepts(_ type: PostgresType) -> Bool { type == .int8 }

  package init?(postgres bytes: UnsafeRawBufferPointer, type: PostgresType) {
    guard let integer = Int64(postgres: bytes, type: type) else { return nil }
    self.init(integer)
  }
}

extension Instant: PostgresDecodable {
  package static func accepts(_ type: PostgresType) -> Bool { type == .timestamptz }

  package init?(postgres bytes: UnsafeRawBufferPointer, type: PostgresType) {
    guard let shifted = bytes.bigEndian(at: 0, as: Int64.self), bytes.count == 8 else { return nil }
    if shifted == .max || shifted == .min {
      self.init(microseconds: shifted)
    } else {
      let (microseconds, overflow) = shifted.addingReportingOverflow(Self.postgresEpoch)
      guard !overflow else { return nil }
      self.init(microseconds: microseconds)
    }
  }
}

extension CalendarDate: PostgresDecodable {
  package static func accepts(_ type: PostgresType) -> Bool { type == .date }

  package init?(postgres bytes: UnsafeRawBufferPointer, type: PostgresType) {
    guard let days = bytes.bigEndian(at: 0, as: Int32.self), bytes.count == 4, days != .max, days != .min else { return nil }
    self.init(daysSinceEpoch: Int64(days) + Self.postgresEpoch)
  }
}

extension Value: PostgresDecodable {
  package static func accepts(_ type: PostgresType) -> Bool { type == .jsonb || type == .json }

  package init?(postgres bytes: UnsafeRawBufferPointer, type: PostgresType) {
    guard let text = jsonText(bytes, type), let value = try? JSON.read(text) else { return nil }
    self = value
  }
}

struct BytesColumn: PostgresDecodable {
  let value: [UInt8]

  static func accepts(_ type: PostgresType) -> Bool { type == .bytea }

  init?(postgres bytes: UnsafeRawBufferPointer, type: PostgresType) { value = Array(bytes) }
}

/// The binary form of `jsonb` is a version byte and the text; of every other text type, the text.
private func jsonText(_ bytes: UnsafeRawBufferPointer, _ type: PostgresType) -> UnsafeRawBufferPointer? {
  guard type == .jsonb else { return bytes }
  guard bytes.first == 1 else { return nil }
  return UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
}
