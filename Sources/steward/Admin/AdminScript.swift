import Foundation

/// Takes commands from text: one a line, with the literals that they announce. Lines may end with LF or CR LF; empty
/// ones and those that begin with `#` are skipped.
struct AdminScript {
  private let input: FileHandle
  private var buffer: [UInt8] = []
  private var position = 0
  private var isAtEnd = false
  /// The line of the command that ``next()`` gave last, counted from 1.
  private(set) var line = 0
  private var linesRead = 0

  init(_ input: FileHandle) { self.input = input }

  init(text: String) {
    input = .nullDevice
    buffer = Array(text.utf8)
    isAtEnd = true
  }

  /// The next command as the protocol wants it, with CR LF; nil at the end.
  mutating func next() throws -> [UInt8]? {
    while var command = try readLine() {
      linesRead += 1
      line = linesRead
      let first = command.first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
      if first == nil || first == UInt8(ascii: "#") { continue }
      while let count = Self.announcedLiteral(command) {
        command += [0x0d, 0x0a] + (try readBytes(count))
        linesRead += 1
        guard let rest = try readLine() else { break }
        command += rest
      }
      return command + [0x0d, 0x0a]
    }
    return nil
  }

  /// The number of octets that follow a line that ends with `={N}`. Within quotation marks no line can end so.
  static func announcedLiteral(_ line: [UInt8]) -> Int? {
    guard line.last == UInt8(ascii: "}"), let open = line.lastIndex(of: UInt8(ascii: "{")), open > 0, line[open - 1] == UInt8(ascii: "=") else {
      return nil
    }
    let digits = line[(open + 1)..<(line.count - 1)]
    guard (1...7).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(String(decoding: digits, as: UTF8.self))
  }

  /// Without its end.
  private mutating func readLine() throws -> [UInt8]? {
    var searched = position
    while true {
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        var line = buffer[position..<end]
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        position = end + 1
        return Array(line)
      }
      searched = buffer.count
      guard !isAtEnd else {
        defer { position = buffer.count }
        return position < buffer.count ? Array(buffer[position...]) : nil
      }
      try fill(&searched)
    }
  }

  private mutating func readBytes(_ count: Int) throws -> [UInt8] {
    var searched = buffer.count
    while buffer.count - position < count, !isAtEnd { try fill(&searched) }
    let bytes = Array(buffer[position..<min(buffer.count, position + count)])
    position += bytes.count
    return bytes
  }

  /// Waits for more input; what was taken already is dropped.
  private mutating func fill(_ searched: inout Int) throws {
    buffer.removeFirst(position)
    searched -= position
    position = 0
    let more = input.availableData
    if more.isEmpty { isAtEnd = true } else { buffer += more }
  }
}
