import Kernel

/// What may stand in a field that somebody defined: an attribute of CIs, a custom attribute of tickets, a field of an order form. The one
/// place where a value is held against that; each module tells in its own words what is wrong.
package enum TypedField: Hashable, Sendable {
  /// So many characters, in one line or several; `form` is a ``TextPattern``.
  case text(length: ClosedRange<Int64>, isMultiline: Bool = false, form: String? = nil)
  case integer(ClosedRange<Int64>)
  /// Up to six decimals.
  case decimal(ClosedRange<Rate>)
  /// yyyy-mm-dd.
  case date
  /// RFC 3339, kept in UTC.
  case instant
  case boolean
  case choice([String])
  /// Several of these, each once.
  case choices([String])

  /// What is wrong with a value.
  package enum Problem: Error, Equatable {
    case wrongType(expected: String)
    case length(least: Int64, most: Int64)
    /// Nothing that anybody could see.
    case blank
    case range(least: String, most: String)
    case otherForm(String)
    case notADate
    case notAnInstant
    case notAChoice(allowed: [String])
    case chosenTwice(String)
  }

  /// A whole number that a ``Rate`` holds as well.
  package static let everyInteger: ClosedRange<Int64> = -9_000_000_000_000...9_000_000_000_000
  package static let everyDecimal = Rate(units: -9_000_000_000_000 * Rate.scale)...Rate(units: 9_000_000_000_000 * Rate.scale)

  /// The one form in which a value is stored.
  package func stored(_ value: Value) throws(Problem) -> Value {
    switch self {
    case .text(let length, let isMultiline, let form):
      guard let text = value.text else { throw .wrongType(expected: "text") }
      // Bytes first: counting the characters of a megabyte costs more than refusing it.
      guard text.utf8.count / 4 <= length.upperBound, length.contains(Int64(text.unicodeScalars.count)) else {
        throw .length(least: length.lowerBound, most: length.upperBound)
      }
      guard Self.isPlain(text, isMultiline: isMultiline) else { throw .wrongType(expected: "text") }
      guard length.lowerBound == 0 || text.unicodeScalars.contains(where: \.isVisible) else { throw .blank }
      // As for one line of any input.
      guard isMultiline || !text.unicodeScalars.contains(where: \.deceives) else { throw .wrongType(expected: "text") }
      if let form, !TextPattern(form).matches(text) { throw .otherForm(form) }
      return value
    case .integer(let range):
      guard let number = value.integer else { throw .wrongType(expected: "integer") }
      guard range.contains(number) else { throw .range(least: String(range.lowerBound), most: String(range.upperBound)) }
      return value
    case .decimal(let range):
      guard let rate = Self.decimal(value) else { throw .wrongType(expected: "decimal") }
      guard range.contains(rate) else { throw .range(least: range.lowerBound.description, most: range.upperBound.description) }
      return Int64(rate.description).map { .integer($0) } ?? .decimal(rate.description)
    case .date:
      guard let day = value.text.flatMap({ CalendarDate($0) }) else { throw .notADate }
      return .date(day)
    case .instant:
      guard let instant = value.text.flatMap({ Instant($0) }) else { throw .notAnInstant }
      return .instant(instant)
    case .boolean:
      guard case .bool = value else { throw .wrongType(expected: "true/false") }
      return value
    case .choice(let allowed):
      // As it was defined: the same word may be told in another form of Unicode, and is found by one.
      guard let chosen = value.text, let known = allowed.first(where: { $0 == chosen }) else { throw .notAChoice(allowed: allowed) }
      return .text(known)
    case .choices(let allowed): return try Self.several(value, of: allowed)
    }
  }

  /// In the order in which they are offered, so that the same choice is the same value.
  private static func several(_ value: Value, of allowed: [String]) throws(Problem) -> Value {
    guard let values = value.array, !values.isEmpty else { throw .wrongType(expected: "list") }
    var chosen: Set<String> = []
    for value in values {
      guard let text = value.text, allowed.contains(text) else { throw .notAChoice(allowed: allowed) }
      guard chosen.insert(text).inserted else { throw .chosenTwice(text) }
    }
    return .array(allowed.filter(chosen.contains).map { .text($0) })
  }

  /// A decimal of at most six decimals, as a number or as a text.
  package static func decimal(_ value: Value) -> Rate? {
    switch value {
    case .integer(let number): Rate(String(number))
    case .decimal(let digits), .text(let digits): digits.utf8.count <= 24 ? Rate(digits) : nil
    case .null, .bool, .array, .object: nil
    }
  }

  // What texts of inputs may hold: no control characters, and not the mark of a byte order.
  private static func isPlain(_ text: String, isMultiline: Bool) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      scalar.properties.generalCategory != .control && scalar.value != 0xfeff
        || isMultiline && (scalar == "\n" || scalar == "\t" || scalar == "\r")
    }
  }
}
