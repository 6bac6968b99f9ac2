/// A file's name as it is kept and shown: what the sender called it, without what could lead anywhere or deceive the eye. It is never
/// used as a path of ours.
package struct FileName: Hashable, Sendable {
  package let text: String

  package static let longest = 200
  private static let longestBytes = 255
  private static let longestExtension = 20
  /// What is called nothing.
  private static let fallback = "file"

  package init(cleaning given: String) {
    // A path of whichever system: its last part is the name.
    let last = given.unicodeScalars.split { $0 == "/" || $0 == "\\" }.last.map(Array.init) ?? []
    var scalars: [Unicode.Scalar] = []
    for scalar in last {
      switch scalar.properties.generalCategory {
      // Control characters; marks that turn the direction of what follows, or that nobody sees.
      case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: continue
      case .spaceSeparator: if scalars.last != " " { scalars.append(" ") }
      default: scalars.append(scalar)
      }
    }
    // Neither hidden nor `..`, and nothing that Windows cuts off by itself.
    var rest = scalars[...].drop(while: Self.isOuter)
    while let end = rest.last, Self.isOuter(end) { rest.removeLast() }
    text = rest.isEmpty ? Self.fallback : Self.shortened(Array(rest))
  }

  private static func isOuter(_ scalar: Unicode.Scalar) -> Bool { scalar == "." || scalar == " " }

  /// Cut before the extension, which says what it is.
  private static func shortened(_ scalars: [Unicode.Scalar]) -> String {
    guard scalars.count > longest || bytes(scalars) > longestBytes else { return string(scalars) }
    var ending: [Unicode.Scalar] = []
    if let dot = scalars.lastIndex(of: "."), scalars.count - dot <= longestExtension { ending = Array(scalars[dot...]) }
    var stem = scalars.dropLast(ending.count)
    while let _ = stem.last, stem.count + ending.count > longest || bytes(stem) + bytes(ending) > longestBytes { stem.removeLast() }
    while let end = stem.last, isOuter(end) { stem.removeLast() }
    return string(stem + ending)
  }

  private static func bytes(_ scalars: some Sequence<Unicode.Scalar>) -> Int { scalars.reduce(0) { $0 + UTF8.width($1) } }

  private static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return String(text)
  }
}
