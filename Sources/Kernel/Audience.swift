/// Whom something is for, by whom it names: persons, units with all that lies below them, or, naming neither, the whole
/// customer. What names persons is for those persons, whatever their unit, and for nobody else.
package struct Audience: Hashable, Sendable {
  package let units: [Int64]
  package let persons: [Int64]

  package init(units: [Int64], persons: [Int64]) {
    self.units = units
    self.persons = persons
  }

  /// How closely something is for somebody; the closest comes first.
  package enum Rank: Hashable, Comparable, Sendable {
    case person
    /// 0: his own unit.
    case unit(distance: Int)
    case everybody
  }

  /// Nil: it is not for him.
  /// - Parameter units: his unit and those above it, nearest first; empty when he has none.
  package func rank(person: Int64?, units: [Int64]) -> Rank? {
    guard persons.isEmpty else { return person.map(persons.contains) ?? false ? .person : nil }
    guard !self.units.isEmpty else { return .everybody }
    return units.firstIndex(where: self.units.contains).map { .unit(distance: $0) }
  }

  /// Whether it is for one of several.
  /// - Parameter units: theirs, and those above them.
  package func reaches(persons: Set<Int64>, units: Set<Int64>) -> Bool {
    guard self.persons.isEmpty else { return !persons.isDisjoint(with: self.persons) }
    return self.units.isEmpty || !units.isDisjoint(with: self.units)
  }
}
