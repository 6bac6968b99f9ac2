import Foundation

/// Splits a stream of bytes into records, whatever the sizes of the pieces in which they come.
///
/// Reads RFC 4180 and what tools really write: LF or CRLF, a byte order mark, a last line without an end, quotation
/// marks inside a field that does not begin with one. A record that cannot be read is handed on with its defect, and
/// reading goes on with the next line: whoever mends a file wants to know all of its faults at once.
package struct CSVReader {
  package enum Quoting: String, Sendable {
    /// A field may be enclosed in quotation marks, which are doubled inside it (RFC 4180).
    case standard
    /// A quotation mark is a character like any other.
    case none
  }

  /// A line is held in memory whole, so its length is bounded. Real ones have some hundred bytes.
  package static let recordLimit = 1 << 20

  private let separator: UInt8
  private let quoting: Quoting
  private let recordLimit: Int
  /// The beginning of a record whose end has not come yet.
  private var pending: [UInt8] = []
  private var hasBegun = false
  /// The rest of an endless line is passed over.
  private var isPassingOver = false
  /// The line on which the next record begins, from 1.
  private var line: Int64 = 1
  private var fields: [Range<Int>] = []
  /// A record with quoted fields, without its quotation marks.
  private var unquoted: [UInt8] = []

  package init(separator: UInt8 = UInt8(ascii: ","), quoting: Quoting = .standard, recordLimit: Int = CSVReader.recordLimit) {
    self.separator = separator
    self.quoting = quoting
    self.recordLimit = recordLimit
  }

  /// Takes the next piece and hands over every record that is complete with it.
  package mutating func feed(_ chunk: UnsafeRawBufferPointer, _ handle: (CSVRecord) throws -> Void) rethrows {
    if pending.isEmpty {
      let used = try consume(chunk, isLast: false, handle)
      pending.append(contentsOf: chunk[used...])
    } else {
      var bytes: [UInt8] = []
      swap(&bytes, &pending)
      bytes.append(contentsOf: chunk)
      let used = try bytes.withUnsafeBytes { try consume($0, isLast: false, handle) }
      bytes.removeFirst(used)
      pending = bytes
    }
  }

  /// Hands over what stands after the last end of line.
  package mutating func finish(_ handle: (CSVRecord) throws -> Void) rethrows {
    var bytes: [UInt8] = []
    swap(&bytes, &pending)
    _ = try bytes.withUnsafeBytes { try consume($0, isLast: true, handle) }
  }

  /// Returns how many of the bytes are done with.
  private mutating func consume(_ bytes: UnsafeRawBufferPointer, isLast: Bool, _ handle: (CSVRecord) throws -> Void) rethrows -> Int {
    var start = 0
    if !hasBegun {
      let mark: [UInt8] = [0xef, 0xbb, 0xbf]
      if !isLast, bytes.count < mark.count, mark.starts(with: bytes) { return 0 }
      hasBegun = true
      if bytes.starts(with: mark) { start = mark.count }
    }
    while start < bytes.count {
      if isPassingOver {
        guard let end = Self.first(0x0a, in: bytes, from: start) else { return bytes.count }
        isPassingOver = false
        line += 1
        start = end + 1
        continue
      }
      guard let next = try record(bytes, from: start, isLast: isLast, handle) else { break }
      start = next
    }
    return start
  }

  /// Reads the record that begins at `start`; nil when its end has not come yet.
  private mutating func record(
    _ bytes: UnsafeRawBufferPointer, from start: Int, isLast: Bool, _ handle: (CSVRecord) throws -> Void
  ) rethrows -> Int? {
    let newline = Self.first(0x0a, in: bytes, from: start)
    let end = newline ?? bytes.count
    if quoting == .standard, Self.first(UInt8(ascii: "\""), in: bytes, from: start, to: end) != nil {
      return try quotedRecord(bytes, from: start, isLast: isLast, handle)
    }
    guard end - start <= recordLimit else {
      if newline == nil { isPassingOver = true }
      return try refuse(.tooLong, bytes, line, resumingAt: newline.map { $0 + 1 } ?? bytes.count, newlines: newline == nil ? 0 : 1, handle)
    }
    guard newline != nil || isLast else { return nil }
    let contentEnd = end > start && bytes[end - 1] == 0x0d ? end - 1 : end
    fields.removeAll(keepingCapacity: true)
    var fieldStart = start
    while let comma = Self.first(separator, in: bytes, from: fieldStart, to: contentEnd) {
      fields.append(fieldStart..<comma)
      fieldStart = comma + 1
    }
    fields.append(fieldStart..<contentEnd)
    try handle(CSVRecord(line: line, defect: nil, bytes: bytes, fields: fields))
    line += 1
    return min(end + 1, bytes.count)
  }

  private mutating func refuse(
    _ defect: CSVRecord.Defect, _ bytes: UnsafeRawBufferPointer, _ line: Int64, resumingAt next: Int, newlines: Int64,
    _ handle: (CSVRecord) throws -> Void
  ) rethrows -> Int {
    try handle(CSVRecord(line: line, defect: defect, bytes: bytes, fields: []))
    self.line += newlines
    return next
  }

  // MARK: Quotation marks

  private enum Quoted {
    case record(next: Int, newlines: Int64)
    /// Something other than a separator follows a closing mark, at this position.
    case malformed(at: Int, newlines: Int64)
    case incomplete
  }

  private mutating func quotedRecord(
    _ bytes: UnsafeRawBufferPointer, from start: Int, isLast: Bool, _ handle: (CSVRecord) throws -> Void
  ) rethrows -> Int? {
    switch unquote(bytes, from: start, isLast: isLast) {
    case .record(let next, let newlines):
      guard next - start <= recordLimit else { return try refuse(.tooLong, bytes, line, resumingAt: next, newlines: newlines, handle) }
      try unquoted.withUnsafeBytes { try handle(CSVRecord(line: line, defect: nil, bytes: $0, fields: fields)) }
      line += newlines
      return next
    case .malformed(let position, let newlines):
      let newline = Self.first(0x0a, in: bytes, from: position)
      if newline == nil, !isLast, bytes.count - start <= recordLimit { return nil }
      if newline == nil { isPassingOver = true }
      return try refuse(
        .badQuoting, bytes, line, resumingAt: newline.map { $0 + 1 } ?? bytes.count, newlines: newlines + (newline == nil ? 0 : 1), handle)
    case .incomplete:
      guard isLast || bytes.count - start > recordLimit else { return nil }
      // The mark was never closed: only the line with the opening one is lost.
      let newline = Self.first(0x0a, in: bytes, from: start)
      if newline == nil { isPassingOver = true }
      return try refuse(.openQuote, bytes, line, resumingAt: newline.map { $0 + 1 } ?? bytes.count, newlines: newline == nil ? 0 : 1, handle)
    }
  }

  /// Copies a record without its quotation marks to `unquoted`.
  private mutating func unquote(_ bytes: UnsafeRawBufferPointer, from start: Int, isLast: Bool) -> Quoted {
    let quote = UInt8(ascii: "\"")
    unquoted.removeAll(keepingCapacity: true)
    fields.removeAll(keepingCapacity: true)
    var position = start
    var newlines: Int64 = 0
    while true {
      let fieldStart = unquoted.count
      if position < bytes.count, bytes[position] == quote {
        position += 1
        // To the closing mark.
        while true {
          guard position < bytes.count else { return .incomplete }
          let byte = bytes[position]
          position += 1
          if byte == quote {
            guard position < bytes.count, bytes[position] == quote else { break }
            position += 1
          }
          if byte == 0x0a { newlines += 1 }
          unquoted.append(byte)
        }
      } else {
        while position < bytes.count, bytes[position] != separator, bytes[position] != 0x0a {
          unquoted.append(bytes[position])
          position += 1
        }
        if position < bytes.count ? bytes[position] == 0x0a : isLast, unquoted.count > fieldStart, unquoted.last == 0x0d { unquoted.removeLast() }
      }
      fields.append(fieldStart..<unquoted.count)
      if position < bytes.count, bytes[position] == 0x0d, position + 1 < bytes.count ? bytes[position + 1] == 0x0a : isLast { position += 1 }
      guard position < bytes.count else { return isLast ? .record(next: position, newlines: newlines) : .incomplete }
      switch bytes[position] {
      case separator: position += 1
      case 0x0a: return .record(next: position + 1, newlines: newlines + 1)
      case 0x0d where position + 1 == bytes.count: return .incomplete
      default: return .malformed(at: position, newlines: newlines)
      }
    }
  }

  private static func first(_ byte: UInt8, in bytes: UnsafeRawBufferPointer, from start: Int, to end: Int? = nil) -> Int? {
    let end = end ?? bytes.count
    guard start < end, let base = bytes.baseAddress, let found = memchr(base + start, Int32(byte), end - start) else { return nil }
    return UnsafeRawPointer(found) - base
  }
}

/// One record of a ``CSVReader``. Valid only while it is being handled.
package struct CSVRecord {
  package enum Defect: String, Sendable {
    /// Longer than a line may be.
    case tooLong
    /// Something other than a separator follows a closing quotation mark.
    case badQuoting
    /// A quotation mark is opened and never closed.
    case openQuote
  }

  /// The line on which it begins, from 1; a quoted field may hold ends of line.
  package let line: Int64
  /// Not nil: it could not be read, and has no fields.
  package let defect: Defect?
  fileprivate let bytes: UnsafeRawBufferPointer
  fileprivate let fields: [Range<Int>]

  init(line: Int64, defect: Defect?, bytes: UnsafeRawBufferPointer, fields: [Range<Int>]) {
    self.line = line
    self.defect = defect
    self.bytes = bytes
    self.fields = fields
  }

  package var count: Int { fields.count }

  /// A line without a character.
  package var isBlank: Bool { defect == nil && fields.count == 1 && fields[0].isEmpty }

  /// The bytes of a field, which must be one of `0..<count`.
  package subscript(_ index: Int) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[fields[index]]) }

  package func text(_ index: Int) -> String { String(decoding: self[index], as: UTF8.self) }
}

/// The record before this one, kept to tell at little cost which fields changed: in a log, few do.
struct PreviousRecord {
  private var bytes: [UInt8] = []
  private var fields: [Range<Int>] = []

  /// Puts the places of `positions` whose fields differ from the record before into `changed`, and keeps `record`.
  mutating func compare(_ record: CSVRecord, at positions: [Int], changed: inout [Int]) {
    changed.removeAll(keepingCapacity: true)
    let isComparable = fields.count == record.fields.count
    bytes.withUnsafeBytes { old in
      fields.withUnsafeBufferPointer { oldFields in
        record.fields.withUnsafeBufferPointer { newFields in
          positions.withUnsafeBufferPointer { positions in
            for place in 0..<positions.count {
              let position = positions[place]
              if isComparable {
                let (before, now) = (oldFields[position], newFields[position])
                let count = now.upperBound - now.lowerBound
                if before.upperBound - before.lowerBound == count {
                  if count == 0 { continue }
                  if let left = old.baseAddress, let right = record.bytes.baseAddress,
                    memcmp(left + before.lowerBound, right + now.lowerBound, count) == 0
                  {
                    continue
                  }
                }
              }
              changed.append(place)
            }
          }
        }
      }
    }
    keep(record)
  }

  private mutating func keep(_ record: CSVRecord) {
    bytes.removeAll(keepingCapacity: true)
    guard let start = record.fields.first?.lowerBound, let end = record.fields.last?.upperBound else { return fields.removeAll() }
    bytes.append(contentsOf: record.bytes[start..<end])
    fields = start == 0 ? record.fields : record.fields.map { $0.lowerBound - start..<$0.upperBound - start }
  }
}
