import ArgumentParser
import Foundation
import Kernel
import Synchronization

/// What a person at a terminal reads.
enum Terminal {
  /// The user's language: `LC_ALL`, `LC_MESSAGES`, else `LANG`.
  static let language: Language = {
    let environment = ProcessInfo.processInfo.environment
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
    return locale.hasPrefix("zh") ? .chinese : .english
  }()

  static let isInteractive = isatty(STDOUT_FILENO) == 1
  static let showsProgress = isatty(STDERR_FILENO) == 1

  /// Asks for a yes. Only a person at a terminal can be asked.
  static func isConfirmed(_ question: Message) -> Bool {
    guard isatty(STDIN_FILENO) == 1 else { return false }
    complain(question.text(language))
    return ["y", "yes", "是"].contains(readLine()?.lowercased())
  }

  static func complain(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

  static func complain(_ failure: Failure) {
    complain("steward: \(failure.text(language))")
    for violation in failure.violations {
      let value = violation.value.map { " = \(JSON.text($0))" } ?? ""
      complain("  \(violation.path.isEmpty ? "" : violation.path + value + ": ")\(violation.message.text(language, violation.arguments))")
    }
    if let debug = failure.debug { complain("  (\(debug))") }
  }

  /// Columns as wide as their widest cell; a CJK character counts for two.
  static func table(_ header: [String], _ rows: [[String]], rightAligned: Set<Int> = []) -> String {
    let lines = [header] + rows
    let widths = header.indices.map { column in lines.map { $0.indices.contains(column) ? width($0[column]) : 0 }.max() ?? 0 }
    let text = lines.map { line in
      line.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: max(0, widths[column] - width(cell)))
        return rightAligned.contains(column) ? padding + cell : cell + padding
      }.joined(separator: "  ").trimmingTrailingSpaces()
    }
    let rule = String(repeating: "-", count: widths.reduce(0, +) + 2 * max(0, widths.count - 1))
    return ([text[0], rule] + text.dropFirst()).joined(separator: "\n")
  }

  private static func width(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + ((0x1100...0x115f).contains($1.value) || (0x2e80...0xffe6).contains($1.value) ? 2 : 1) }
  }

  /// RFC 4180, with cells that a spreadsheet would take for a formula made harmless.
  static func csv(_ lines: [[String]]) -> String {
    lines.map { $0.map(csvCell).joined(separator: ",") + "\r\n" }.joined()
  }

  private static func csvCell(_ cell: String) -> String {
    // Numbers, and the dash that stands for none, are no formulas.
    let isPlain = cell == "-" || Rate(cell) != nil
    let safe = !isPlain && cell.first.map { "=+-@\t\0".contains($0) } == true ? "'" + cell : cell
    guard safe.contains(where: { ",\"\r\n".contains($0) }) else { return safe }
    return "\"" + safe.replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }
}

extension ValidationError {
  /// Wrong usage in the words of who is at the terminal.
  init(_ message: Message, _ arguments: [String: String] = [:]) { self.init(message.text(Terminal.language, arguments)) }

  init(_ option: String, takes range: ClosedRange<some BinaryInteger>) {
    self.init(CommandMessages.takesRange, ["option": option, "first": String(range.lowerBound), "last": String(range.upperBound)])
  }
}

extension String {
  fileprivate func trimmingTrailingSpaces() -> String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}

/// A bar on standard error while work goes on; nothing when that is not a terminal.
final class ProgressBar: Sendable {
  private let label: String
  private let lastPercent = Mutex(-1)

  init(_ label: String) {
    self.label = label
  }

  func show(_ done: Int64, of total: Int64) {
    guard Terminal.showsProgress, total > 0 else { return }
    let percent = Int(clamping: min(100, done.multipliedReportingOverflow(by: 100).partialValue / total))
    let isNew = lastPercent.withLock { last in
      defer { last = max(last, percent) }
      return percent > last
    }
    guard isNew else { return }
    let filled = percent * 30 / 100
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled)
    FileHandle.standardError.write(Data("\r\(label) [\(bar)] \(percent) %".utf8))
  }

  func finish() {
    guard Terminal.showsProgress, lastPercent.withLock({ $0 >= 0 }) else { return }
    FileHandle.standardError.write(Data("\r\u{1b}[K".utf8))
  }
}
