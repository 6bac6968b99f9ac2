import Foundation
import Kernel

/// One login name, one spelling: NFKC, lower case, no outer spaces. Two spellings of a name must not be two accounts.
package enum LoginName {
  package static func canonical(_ text: String) -> String {
    text.precomposedStringWithCompatibilityMapping.lowercased().precomposedStringWithCompatibilityMapping.trimmingCharacters(in: .whitespaces)
  }

  /// The canonical form of a new login name. Spaces and invisible characters would make two names look like one.
  static func new(_ text: String, _ path: String) throws(FieldError) -> String {
    let name = canonical(text)
    let isVisible = name.unicodeScalars.allSatisfy { !$0.properties.isWhitespace && $0.properties.generalCategory != .format }
    guard name.unicodeScalars.count >= 3, isVisible else { throw FieldError(path, AccountMessages.badLogin) }
    return name
  }
}

/// A password as it is hashed: NFC, so that the same keys pressed on another system give the same password. It is never
/// cut off.
enum PasswordText {
  static func new(_ name: String, _ english: String, _ chinese: String) -> Field<String> {
    Field.typedText(name, 12...1024, english, chinese).secret
  }

  static func canonical(_ text: String) -> String { text.precomposedStringWithCanonicalMapping }
}

/// A zone of the IANA database.
package enum TimeZoneName {
  package static func check(_ name: String, _ path: String) throws(FieldError) -> String {
    guard name == "UTC" || name.contains("/"), TimeZone(identifier: name) != nil else { throw FieldError(path, AccountMessages.unknownZone) }
    return name
  }
}
