import Kernel

/// What would be done so that Steward says what the file says.
package struct ContractPlan: Sendable {
  package enum Kind: Sendable {
    case create, change, end, same

    var word: Message {
      switch self {
      case .create: ContractFileMessages.create
      case .change: ContractFileMessages.change
      case .end: ContractFileMessages.end
      case .same: ContractFileMessages.same
      }
    }
  }

  /// One operation, or none where all is as it should be.
  struct Step: Sendable {
    let kind: Kind
    let noun: Message
    let name: String
    /// Where it stands in the file.
    let path: String
    /// From when on, in words.
    var from: String?
    /// The differences, in words.
    var details: [String] = []
    /// Where in the file the operation's fields stand, when they are called otherwise there.
    var renamed: [String: String] = [:]
    /// Whether it is for when all the others are done: after one that failed there is nothing to say of it.
    var needsAll = false
    var act: (@Sendable (Applying) async throws -> Void)?

    func title(_ language: Language) -> String {
      let title = noun.text(language, ["name": name])
      guard let from else { return title }
      return language == .chinese ? "\(title)，\(from)" : "\(title), \(from)"
    }
  }

  let language: Language
  /// What was there when the plan was made; its versions are in the steps, so that what changed since is noticed.
  let recorded: RecordedState
  var steps: [Step] = []

  package var isEmpty: Bool { steps.allSatisfy { $0.kind == .same } }

  /// A line for each step, with the differences below it.
  package var text: String {
    let width = ([ContractPlan.Kind.create, .change, .end, .same].map { $0.word.text(language).count }.max() ?? 0) * (language == .chinese ? 2 : 1)
    var lines: [String] = []
    for step in steps {
      let word = step.kind.word.text(language)
      let used = word.count * (language == .chinese ? 2 : 1)
      lines.append(word + String(repeating: " ", count: width - used + 2) + step.title(language))
      lines += step.details.map { String(repeating: " ", count: width + 6) + $0 }
    }
    func count(_ kind: Kind) -> String { String(steps.count { $0.kind == kind }) }
    let summary =
      isEmpty
      ? ContractFileMessages.nothing.text(language)
      : ContractFileMessages.summary.text(language, ["create": count(.create), "change": count(.change), "end": count(.end)])
    return (lines + ["", summary]).joined(separator: "\n")
  }
}

/// What is wrong with a file, each with its place.
package struct ContractFileProblems: Error {
  package struct Problem: Sendable {
    package let line: Int?
    package let path: String
    package let value: String?
    package let message: Message
    package let arguments: [String: String]
    /// What it would be done to, where an operation refuses it: `SLA “Gold”`.
    package var thing: String?
  }

  package let problems: [Problem]
  /// What was being done when the server refused; nil: nothing was done at all.
  package let stoppedAt: String?
  /// Why, as the server put it.
  package let failure: Failure?

  /// `acme.yaml:12: contract.lines[0].sla “Gold”: ...`, `acme.yaml:40: validFrom “2026-08-01” (line “Servers”): ...`
  package func text(_ language: Language, file: String) -> String {
    var lines = problems.map { problem in
      let place = problem.line.map { "\(file):\($0)" } ?? file
      let what = [problem.path, problem.value.map { "“\($0)”" } ?? "", problem.thing.map { "(\($0))" } ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
      return (what.isEmpty ? "\(place): " : "\(place): \(what): ") + problem.message.text(language, problem.arguments)
    }
    if let failure, problems.isEmpty { lines.append(failure.text(language)) }
    if let stoppedAt { lines.append(ContractFileMessages.failed.text(language, ["what": stoppedAt])) }
    return lines.joined(separator: "\n")
  }
}
