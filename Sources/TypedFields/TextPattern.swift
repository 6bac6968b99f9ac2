/// The form of a text: `#` a digit, `@` a letter, `?` any character, `*` any number of characters; everything else is itself.
/// Less than a regular expression on purpose: no pattern that a person writes can take longer than its length times the text's.
package struct TextPattern: Sendable {
  private enum Part: Equatable {
    case digit
    case letter
    case any
    case many
    case exactly(Unicode.Scalar)

    func takes(_ scalar: Unicode.Scalar) -> Bool {
      switch self {
      case .digit: ("0"..."9").contains(scalar)
      case .letter: scalar.properties.isAlphabetic
      case .any: true
      case .many: false
      case .exactly(let wanted): scalar == wanted
      }
    }
  }

  private let parts: [Part]

  package init(_ pattern: String) {
    parts = pattern.unicodeScalars.map { scalar in
      switch scalar {
      case "#": .digit
      case "@": .letter
      case "?": .any
      case "*": .many
      default: .exactly(scalar)
      }
    }
  }

  /// A star takes as little as it can, and one more whenever what follows it does not fit.
  package func matches(_ text: String) -> Bool {
    let scalars = Array(text.unicodeScalars)
    var (part, place) = (0, 0)
    var star: (part: Int, place: Int)?
    while place < scalars.count {
      if part < parts.count, parts[part] == .many {
        star = (part, place)
        part += 1
      } else if part < parts.count, parts[part].takes(scalars[place]) {
        part += 1
        place += 1
      } else if let last = star {
        star = (last.part, last.place + 1)
        (part, place) = (last.part + 1, last.place + 1)
      } else {
        return false
      }
    }
    return parts[part...].allSatisfy { $0 == .many }
  }
}
