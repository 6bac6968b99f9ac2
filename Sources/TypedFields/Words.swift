extension [String] {
  /// As many of the words as a message shows, the first ones: whoever sends much is not answered with more.
  package var shown: String {
    var text = ""
    for word in self {
      let next = (text.isEmpty ? "" : ", ") + word.shown
      guard text.utf8.count + next.utf8.count <= 300 else { return text + ", …" }
      text += next
    }
    return text
  }
}

extension String {
  /// The beginning of a word that somebody sent.
  package var shown: String { String(String.UnicodeScalarView(unicodeScalars.prefix(60))) }
}
