/// A text that a person wrote, on its way into a line of Markdown: nothing in it is markup, neither of Markdown (CommonMark, with GitHub's
/// tables, strikethrough and links) nor of HTML, and it stays on its line. What is markup only at the beginning of a line, or only
/// together with something else that is escaped, is left readable: `8:00-18:00`, `(5x8)`, `R&D`.
struct MarkdownText: Sendable {
  private let scalars: [Unicode.Scalar]

  init(_ text: String) {
    let breaks: Set<Unicode.GeneralCategory> = [.control, .lineSeparator, .paragraphSeparator]
    let line = text.unicodeScalars.map { breaks.contains($0.properties.generalCategory) ? " " : $0 }
    scalars = Array(line.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }

  var escaped: String {
    let marker = placeOfMarker
    var result = String.UnicodeScalarView()
    for (place, scalar) in scalars.enumerated() {
      switch scalar {
      case "<": result.append(contentsOf: "&lt;".unicodeScalars)
      case "&" where isEntity(at: place): result.append(contentsOf: "&amp;".unicodeScalars)
      case _ where place == marker || isMarkup(scalar, at: place): result.append(contentsOf: ["\\", scalar])
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  /// Whether it would be markup in the middle of a line.
  private func isMarkup(_ scalar: Unicode.Scalar, at place: Int) -> Bool {
    switch scalar {
    case "\\", "`", "*", "[", "]", "|", "~", "{", "}": true
    // Between letters it is one of them.
    case "_": !(isWordy(place - 1) && isWordy(place + 1))
    // Behind a blank it closes a heading.
    case "#": self[place - 1] == " "
    // An address becomes a link by itself.
    case ":": self[place + 1] == "/" && self[place + 2] == "/"
    case "@": (isWordy(place - 1) || self[place - 1].map(Self.endsLocalPart) ?? false) && isWordy(place + 1)
    case ".": isWWW(before: place)
    default: false
    }
  }

  /// What the part of a mail address before its @ may end with, besides letters and digits.
  private static func endsLocalPart(_ scalar: Unicode.Scalar) -> Bool { [".", "+", "-", "_"].contains(scalar) }

  private func isWWW(before place: Int) -> Bool {
    (1...3).allSatisfy { self[place - $0] == "w" || self[place - $0] == "W" } && !isWordy(place - 4)
  }

  /// Where the line begins with what would make it a heading, a list, a quotation or a rule.
  private var placeOfMarker: Int? {
    switch scalars.first {
    case "#"?, ">"?, "="?: return 0
    case "-"?: return self[1] == nil || self[1] == " " || self[1] == "-" ? 0 : nil
    case "+"?: return self[1] == nil || self[1] == " " ? 0 : nil
    default:
      let digits = scalars.prefix { ("0"..."9").contains($0) }.count
      return digits > 0 && (self[digits] == "." || self[digits] == ")") ? digits : nil
    }
  }

  /// `&name;` or `&#number;`: anything else is an ampersand.
  private func isEntity(at place: Int) -> Bool {
    let rest = scalars.dropFirst(place + 1).drop { $0 == "#" }
    let name = rest.prefix { $0.properties.isAlphabetic || ("0"..."9").contains($0) }
    return !name.isEmpty && rest.dropFirst(name.count).first == ";"
  }

  private func isWordy(_ place: Int) -> Bool { self[place].map { $0.properties.isAlphabetic || $0.properties.numericType != nil } ?? false }

  private subscript(_ place: Int) -> Unicode.Scalar? { scalars.indices.contains(place) ? scalars[place] : nil }
}
