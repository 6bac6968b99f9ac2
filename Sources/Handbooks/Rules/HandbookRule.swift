import Kernel
import Operations

/// What a handbook must be before it is stored, and before it is published.
enum HandbookRule {
  /// Things that a handbook knows by a name are there once.
  static func requireSound(_ content: HandbookContent) throws(Failure) {
    func name(_ text: LocalText) -> String { text.english ?? text.chinese ?? "" }
    var violations = repeated(content.activities.map(\.code), "activities", "code")
    violations += repeated(content.roles.map { name($0.name) }, "roles", "name")
    for (index, role) in content.roles.enumerated() { violations += repeated(role.people.map(\.description), "roles[\(index)].people", nil) }
    violations += repeated(content.principles.map(\.kind.rawValue), "principles", "kind")
    violations += repeated(content.form.map { name($0.name) }, "form", "name")
    violations += repeated(content.kpis.map(\.indicator.key), "kpis", "indicator")
    try refuse(violations)
  }

  /// An edition has one owner and one manager, its principles in both languages, and nobody who left.
  static func requireReady(_ content: HandbookContent, _ staff: StaffBook) throws(Failure) {
    var violations: [Failure.Violation] = []
    for (person, path) in [(content.owner, "owner"), (content.manager, "manager")] where person == nil {
      violations.append(Failure.Violation(path: path, HandbookMessages.needed))
    }
    for (index, principle) in content.principles.enumerated() {
      for language in Language.allCases where principle.text[language] == nil {
        violations.append(Failure.Violation(path: "principles[\(index)].text.\(language.rawValue)", HandbookMessages.bothLanguages))
      }
    }
    try refuse(violations + absent(content.people, staff))
  }

  /// Whoever is put into a handbook is a member of the staff, and there.
  static func requireStaff(_ people: [HandbookContent.Place], _ staff: StaffBook) throws(Failure) { try refuse(absent(people, staff)) }

  private static func absent(_ people: [HandbookContent.Place], _ staff: StaffBook) -> [Failure.Violation] {
    people.compactMap { place in
      if !staff.knows(place.person) { return Failure.Violation(path: place.path, InputMessages.unknownReference) }
      return staff.isActive(place.person) ? nil : Failure.Violation(path: place.path, HandbookMessages.notStaff)
    }
  }

  private static func repeated(_ keys: [String], _ list: String, _ field: String?) -> [Failure.Violation] {
    var seen: Set<String> = []
    return keys.enumerated().compactMap { index, key in
      guard !seen.insert(key).inserted else { return nil }
      return Failure.Violation(path: "\(list)[\(index)]" + (field.map { ".\($0)" } ?? ""), HandbookMessages.twice, ["value": key])
    }
  }

  private static func refuse(_ violations: [Failure.Violation]) throws(Failure) {
    guard violations.isEmpty else { throw Failure(.invalid, KernelMessages.invalidInput, violations: violations) }
  }
}
