import Kernel
import Yams

/// A value as YAML for review: members in their order, texts of several lines as such, one form for one value.
package enum YAMLText {
  /// - Throws: what the library says of a text that cannot be written: none that an input accepts.
  package static func text(_ value: Value) throws -> String {
    try Yams.serialize(node: node(value), indent: 2, width: -1, allowUnicode: true, sortKeys: false)
  }

  private static func node(_ value: Value) -> Node {
    switch value {
    case .null: Node("null", Tag(.null))
    case .bool(let bool): Node(String(bool), Tag(.bool))
    case .integer(let integer): Node(String(integer), Tag(.int))
    case .decimal(let digits): Node(digits, Tag(.float))
    case .text(let text): Node(text, Tag(.str), style(of: text))
    case .array(let values): Node(values.map(node), Tag(.seq), .block)
    case .object(let members): Node(members.map { (Node($0.name), node($0.value)) }, Tag(.map), .block)
    }
  }

  /// What YAML would read as something else than a text is quoted; the rest is left as it is.
  private static func style(of text: String) -> Node.Scalar.Style {
    // Scalars, not characters: CR LF is one character. As a block a text keeps its line feeds; a line break of another kind would come
    // back as a line feed, or folded to a blank.
    let scalars = text.unicodeScalars
    let breaks: Set<Unicode.Scalar> = ["\r", "\u{85}", "\u{2028}", "\u{2029}"]
    if scalars.contains(where: breaks.contains) { return .doubleQuoted }
    if scalars.contains("\n") { return .literal }
    let isPlain = text.wholeMatch(of: /[A-Za-z\u{4E00}-\u{9FFF}][^:#\[\]{},&*!|>'"%@`\\]*/) != nil && text.last?.isWhitespace == false
    let means = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(text.lowercased())
    return isPlain && !means ? .plain : .doubleQuoted
  }
}
