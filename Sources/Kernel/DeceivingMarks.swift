extension Unicode.Scalar {
  /// Turns the direction of what is written after it, or stands where nobody sees it: a line with one may be another than it looks. The marks of
  /// direction and the joiners, which scripts and pictures are written with, do not.
  package var deceives: Bool {
    switch value {
    // A space of no width; embeddings, overrides and isolates; the mark of a byte order.
    case 0x200b, 0x202a...0x202e, 0x2066...0x2069, 0xfeff: true
    default: false
    }
  }
}
