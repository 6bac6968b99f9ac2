import Catalog
import Kernel
import Operations

/// What access a request asks for: what its offering says of it, with the answers of the form.
struct AccessOrder: Equatable {
  enum Person: Equatable {
    case named(PublicId)
    case requester(Int64)
  }

  let action: AccessRule.Action
  let person: Person
  let resource: String
  let level: String?
  /// The last day of it.
  let until: CalendarDate?

  /// - Parameter requester: whom the request is for.
  /// - Throws: which answer is missing; what was ordered without it could not be recorded.
  init(_ rule: AccessRule, answers: [Value.Member], requester: Int64?) throws(Failure) {
    let given = Dictionary(answers.map { ($0.name, $0.value) }) { _, last in last }
    func text(_ key: String?) -> String? { key.flatMap { given[$0]?.text } }
    action = rule.action
    if let key = rule.personAnswer {
      guard let id = given[key]?.text.flatMap({ PublicId($0) }) else { throw Failure.invalid("answers.\(key)", InputMessages.requiredHere) }
      person = .named(id)
    } else {
      guard let requester else { throw Failure.invalid("requester", InputMessages.requiredHere) }
      person = .requester(requester)
    }
    guard let resource = rule.resource ?? text(rule.resourceAnswer) else {
      throw Failure.invalid("answers.\(rule.resourceAnswer ?? "")", InputMessages.requiredHere)
    }
    self.resource = resource
    level = text(rule.levelAnswer)
    until = text(rule.untilAnswer).flatMap { CalendarDate($0) }
  }
}
