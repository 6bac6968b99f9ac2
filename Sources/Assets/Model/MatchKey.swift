import Foundation

/// A name, serial number or asset tag as it is compared: NFKC, in small letters, with single spaces.
package enum MatchKey {
  package static func of(_ text: String) -> String {
    text.precomposedStringWithCompatibilityMapping.lowercased().precomposedStringWithCompatibilityMapping.split(whereSeparator: \.isWhitespace)
      .joined(separator: " ")
  }
}
