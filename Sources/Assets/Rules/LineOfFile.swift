import Kernel
import Operations

/// A line of a file, as texts. What is left out is not told.
package protocol LineOfFile: OperationInput {
  /// Where it stands in the file; 0: at its place in the list.
  var line: Int64 { get }
}

extension LineOfFile {
  /// Longer than any of them may be: the line is refused then, not the file.
  static func cell(_ name: String, _ english: String, _ chinese: String) -> OptionalField<String> {
    Field.longText(name, 0...2000, english, chinese).optional
  }
}

extension Array where Element: LineOfFile {
  /// Where each of them stands.
  var places: [Int64] { enumerated().map { index, line in line.line > 0 ? line.line : Int64(index) + 1 } }
}

extension InputValues {
  /// What a cell tells: an empty one tells nothing.
  func cell(_ field: OptionalField<String>) throws(FieldError) -> String? {
    guard let text = try self[field], let first = text.firstIndex(where: { !$0.isWhitespace }), let last = text.lastIndex(where: { !$0.isWhitespace })
    else { return nil }
    return String(text[first...last])
  }
}
