extension Unicode.Scalar {
  /// Turns the direction of what is written after it, ends the line, or stands where nobody sees it: a line with one may be another than it looks. The
  /// marks of direction and the joiners, which scripts and pictures are written with, do not.
  package var deceives: Bool {
    switch value {
    // A space of no width; the ends of a line and a paragraph; embeddings, overrides and isolates; the joiner of words and the signs of formulas that
    // nobody sees; the mark of a byte order.
    case 0x200b, 0x2028...0x202e, 0x2060...0x2064, 0x2066...0x2069, 0xfeff: true
    default: false
    }
  }

  /// As people write it who talk of it: `U+202E`.
  package var codePoint: String { "U+" + String(value, radix: 16, uppercase: true) }

  /// Leaves a mark on paper.
  package var isVisible: Bool { !properties.isWhitespace && !properties.isDefaultIgnorableCodePoint }
}
