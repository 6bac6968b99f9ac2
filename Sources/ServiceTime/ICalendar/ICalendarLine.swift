import Kernel

/// A logical line: a physical one and its continuations, which begin with a space or tab.
struct ICalendarLine: Hashable {
  /// Of its first physical line, from 1.
  let number: Int
  let text: String

  /// A description of some pages, folded, fits.
  static let byteLimit = 64 << 10

  /// The lines of a file, ended by CRLF or LF. Folding may cut a character in two, so bytes are joined before they are
  /// read as UTF-8. Empty lines are dropped.
  static func lines(of bytes: [UInt8], _ problems: inout [ICalendarProblem]) -> [ICalendarLine] {
    if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) || bytes.contains(0) {
      problems.append(ICalendarProblem(1 + bytes.prefix { $0 != 0 }.count { $0 == newline }, ICalendarMessages.utf16))
      return []
    }
    var lines: [ICalendarLine] = []
    var open: (number: Int, bytes: [UInt8])?
    func finish(_ problems: inout [ICalendarProblem]) {
      guard let line = open else { return }
      open = nil
      do throws(ICalendarProblem) { lines.append(try ICalendarLine(line.number, line.bytes)) } catch { problems.append(error) }
    }
    let text = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes.dropFirst(3) : bytes[...]
    for (index, physical) in text.split(separator: newline, omittingEmptySubsequences: false).enumerated() {
      guard problems.count < ICalendar.problemLimit else { return lines }
      let line = physical.last == UInt8(ascii: "\r") ? physical.dropLast() : physical
      if let first = line.first, first == UInt8(ascii: " ") || first == UInt8(ascii: "\t"), let number = open?.number {
        if (open?.bytes.count ?? 0) + line.count > byteLimit {
          problems.append(ICalendarProblem(number, ICalendarMessages.lineTooLong, ["limit": String(byteLimit)]))
          open = (number, [])
        }
        open?.bytes += line.dropFirst()
      } else {
        finish(&problems)
        if !line.isEmpty { open = (index + 1, Array(line)) }
      }
    }
    finish(&problems)
    return lines
  }

  private static let newline = UInt8(ascii: "\n")

  private init(_ number: Int, _ bytes: [UInt8]) throws(ICalendarProblem) {
    guard bytes.count <= Self.byteLimit else { throw ICalendarProblem(number, ICalendarMessages.lineTooLong, ["limit": String(Self.byteLimit)]) }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw ICalendarProblem(number, ICalendarMessages.notUTF8) }
    guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == UInt8(ascii: "\t") }) else {
      throw ICalendarProblem(number, ICalendarMessages.controlCharacter)
    }
    self.number = number
    self.text = text
  }
}

/// `NAME;PARAMETER=VALUE:VALUE`.
struct ICalendarProperty {
  let line: Int
  /// In capitals.
  let name: String
  let value: String

  /// Parameters are passed over: the form of a value says whether it is a date or a time, and zones do not move a date. The
  /// one that changes what a property means, RANGE, is refused.
  init(_ line: ICalendarLine) throws(ICalendarProblem) {
    let utf8 = line.text.utf8
    let refused = ICalendarProblem(line.number, ICalendarMessages.notAProperty)
    guard let nameEnd = utf8.firstIndex(where: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ";") }), nameEnd > utf8.startIndex,
      utf8[..<nameEnd].allSatisfy(Self.isName)
    else { throw refused }
    name = line.text[..<nameEnd].uppercased()
    var index = nameEnd
    var isQuoted = false
    while index < utf8.endIndex, isQuoted || utf8[index] != UInt8(ascii: ":") {
      if utf8[index] == UInt8(ascii: "\"") { isQuoted.toggle() }
      index = utf8.index(after: index)
    }
    guard index < utf8.endIndex else { throw refused }
    let parameters = line.text[nameEnd..<index].uppercased()
    if name == "RECURRENCE-ID", parameters.contains(";RANGE=") {
      throw ICalendarProblem(line.number, ICalendarMessages.unsupported, ["part": "RANGE"])
    }
    self.line = line.number
    value = String(line.text[utf8.index(after: index)...])
  }

  private static func isName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
    default: false
    }
  }

  /// The value as a text: `\,` `\;` `\\` are themselves, `\n` is a space, for a name is one line.
  var text: String {
    var text = ""
    var isEscaped = false
    for character in value.unicodeScalars {
      switch (isEscaped, character) {
      case (true, "n"), (true, "N"): text.unicodeScalars.append(" ")
      case (false, "\\"):
        isEscaped = true
        continue
      default: text.unicodeScalars.append(character)
      }
      isEscaped = false
    }
    return text.split(separator: " ").joined(separator: " ")
  }

  func problem(_ message: Message, _ arguments: [String: String] = [:]) -> ICalendarProblem {
    ICalendarProblem(line, message, ["property": name, "value": String(value.prefix(80))].merging(arguments) { _, own in own })
  }

  var unreadable: ICalendarProblem { problem(ICalendarMessages.badValue) }
}
