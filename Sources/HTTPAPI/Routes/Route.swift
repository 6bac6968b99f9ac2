import Operations

/// Where an operation stands in HTTP: a method and a path below `/v1`. Both follow from the operation's name, effect
/// and input by one rule, which the router, the OpenAPI document and the command line share.
package struct Route: Hashable, Sendable, CustomStringConvertible {
  package enum Method: String, Hashable, Sendable, CaseIterable {
    case get = "GET"
    case post = "POST"
    case patch = "PATCH"
    case delete = "DELETE"

    /// Whether a request may have a body; without one, all of the input stands in the query.
    package var takesBody: Bool { self == .post || self == .patch }
  }

  package let method: Method
  /// A template: `/v1/incidents/{id}/resolve`.
  package let path: String

  package init(of operation: RegisteredOperation) {
    self.init(operation.declaration, takesId: operation.inputFields.contains { $0.name == "id" })
  }

  /// The rule. `takesId`: the input has a field `id`, which names the thing that is read or acted on.
  ///
  /// | effect | with id | without id |
  /// |---|---|---|
  /// | read | `read`: GET /v1/nouns/{id}, else GET /v1/nouns/{id}/verb | `list`: GET /v1/nouns, `read`: GET /v1/noun, else GET /v1/nouns/verb |
  /// | create | POST /v1/nouns/{id}/verb | `open`, `create`, `add`: POST /v1/nouns, else POST /v1/nouns/verb |
  /// | change | `change`: PATCH /v1/nouns/{id}, else POST /v1/nouns/{id}/verb | POST /v1/nouns/verb |
  /// | delete | `delete`: DELETE /v1/nouns/{id}, else POST /v1/nouns/{id}/verb | POST /v1/nouns/verb |
  package init(_ declaration: Declaration, takesId: Bool) {
    let nouns = "/v1/" + PathWords.plural(declaration.noun)
    let verb = PathWords.word(declaration.verb)
    let one = nouns + "/{id}"
    switch (declaration.effect, takesId, declaration.verb) {
    case (.read, true, "read"): self.init(.get, one)
    case (.read, true, _): self.init(.get, "\(one)/\(verb)")
    case (.read, false, "list"): self.init(.get, nouns)
    case (.read, false, "read"): self.init(.get, "/v1/" + PathWords.word(declaration.noun))
    case (.read, false, _): self.init(.get, "\(nouns)/\(verb)")
    case (.create, false, "open"), (.create, false, "create"), (.create, false, "add"): self.init(.post, nouns)
    case (.change, true, "change"): self.init(.patch, one)
    case (.delete, true, "delete"): self.init(.delete, one)
    case (_, true, _): self.init(.post, "\(one)/\(verb)")
    case (_, false, _): self.init(.post, "\(nouns)/\(verb)")
    }
  }

  init(_ method: Method, _ path: String) {
    self.method = method
    self.path = path
  }

  package var description: String { "\(method.rawValue) \(path)" }
}

/// The words of a path.
enum PathWords {
  /// Nouns whose plural the rule of ``plural(_:)`` would get wrong.
  static let irregularPlurals = [
    "attachment_storage": "attachment-storage",
    "audit": "audit",
    "health": "health",
    "identity": "identity",
    "me": "me",
    "ownership": "ownership",
    "priority_matrix": "priority-matrix",
    "setup": "setup",
    "staff": "staff",
    "work": "work",
  ]

  static func word(_ name: String) -> String { String(name.map { $0 == "_" ? "-" : $0 }) }

  /// The plural of a noun, by the English rule for its ending.
  static func plural(_ noun: String) -> String {
    if let irregular = irregularPlurals[noun] { return irregular }
    let word = word(noun)
    if word.hasSuffix("y"), let before = word.dropLast().last, !"aeiou".contains(before) { return word.dropLast() + "ies" }
    if ["s", "x", "ch", "sh"].contains(where: word.hasSuffix) { return word + "es" }
    return word + "s"
  }
}
