/// A name, serial number or asset tag as it is compared: in small letters, with single spaces.
enum MatchKey {
  static func of(_ text: String) -> String { text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
