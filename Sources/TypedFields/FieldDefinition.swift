import Kernel

/// What somebody defines of a field, as he wrote it.
package struct FieldDefinition: Hashable, Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    case text, integer, decimal, date, instant, boolean, choice
    case multiChoice = "multi_choice"

    package var isBounded: Bool { self == .text || self == .integer || self == .decimal }
    package var isChosen: Bool { self == .choice || self == .multiChoice }
  }

  /// What makes no sense of a definition, with the field of it that says so.
  package enum Flaw: Equatable, Sendable {
    case choicesOfChoice
    case choiceTwice
    case patternOfText
    case notBounded
    case badLimits
  }

  package let kind: Kind
  /// Of a number the least and the greatest, of a text the fewest and the most characters; decimals as text.
  package let least: String?
  package let most: String?
  package let pattern: String?
  package let choices: [String]

  package init(_ kind: Kind, least: String? = nil, most: String? = nil, pattern: String? = nil, choices: [String] = []) {
    (self.kind, self.least, self.most, self.pattern, self.choices) = (kind, least, most, pattern, choices)
  }

  /// The longest text that a field of one line holds.
  package static let longestText: Int64 = 500

  package static func isKey(_ key: String) -> Bool { key.wholeMatch(of: /[a-z][a-z0-9_]{0,39}/) != nil }

  package var flaws: [(field: String, flaw: Flaw)] {
    var flaws: [(field: String, flaw: Flaw)] = []
    if kind.isChosen == choices.isEmpty { flaws.append(("choices", .choicesOfChoice)) }
    if Set(choices).count < choices.count { flaws.append(("choices", .choiceTwice)) }
    if pattern != nil, kind != .text { flaws.append(("pattern", .patternOfText)) }
    var limits: [Rate] = []
    for (field, text) in [("least", least), ("most", most)] {
      guard let text else { continue }
      guard kind.isBounded else { return flaws + [(field, .notBounded)] }
      guard let rate = Rate(text), kind == .decimal || rate.units % Rate.scale == 0, TypedField.everyDecimal.contains(rate),
        kind != .text || (0...Self.longestText * Rate.scale).contains(rate.units)
      else { return flaws + [(field, .badLimits)] }
      limits.append(rate)
    }
    if limits.count == 2, limits[0] > limits[1] { flaws.append(("most", .badLimits)) }
    return flaws
  }

  /// What may stand in it. Of a definition with flaws, what comes nearest.
  package var field: TypedField {
    let (least, most) = (least.flatMap { Rate($0) }, most.flatMap { Rate($0) })
    func whole(_ rate: Rate?, _ other: Int64) -> Int64 { rate.map { $0.units / Rate.scale } ?? other }
    switch kind {
    case .text:
      let fewest = max(whole(least, 1), 0)
      return .text(length: fewest...max(min(whole(most, Self.longestText), Self.longestText), fewest), form: pattern)
    case .integer:
      let lowest = whole(least, TypedField.everyInteger.lowerBound)
      return .integer(lowest...max(whole(most, TypedField.everyInteger.upperBound), lowest))
    case .decimal:
      let lowest = least ?? TypedField.everyDecimal.lowerBound
      return .decimal(lowest...max(most ?? TypedField.everyDecimal.upperBound, lowest))
    case .date: return .date
    case .instant: return .instant
    case .boolean: return .boolean
    case .choice: return .choice(choices)
    case .multiChoice: return .choices(choices)
    }
  }
}
