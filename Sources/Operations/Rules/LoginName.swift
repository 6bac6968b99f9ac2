import Foundation
import Kernel

/// One login name, one spelling: NFC, lower case, no outer spaces. Two spellings of a name must not be two accounts.
enum LoginName {
  static func canonical(_ text: String) -> String {
    text.precomposedStringWithCompatibilityMapping.lowercased().trimmingCharacters(in: .whitespaces)
  }
}

/// A zone of the IANA database.
package enum TimeZoneName {
  package static func check(_ name: String, _ path: String) throws(FieldError) -> String {
    guard name == "UTC" || name.contains("/"), TimeZone(identifier: name) != nil else { throw FieldError(path, AccountMessages.unknownZone) }
    return name
  }
}
