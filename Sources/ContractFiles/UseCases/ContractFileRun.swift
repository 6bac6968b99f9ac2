import Contracts
import Kernel
import Operations
import ServiceTime

/// A contract file against a database: what would be done, and doing it. Each step is an operation as anyone would call
/// it, with its rights, rules and audit record. A run that stopped half way is finished by running the file again: what
/// is there already is found, and left as it is.
package struct ContractFileRun: Sendable {
  let dispatcher: Dispatcher
  let principal: Principal
  let language: Language
  fileprivate let document: YAMLDocument
  let file: ContractFile

  /// Throws ``ContractFileProblems`` for all that is wrong with the text of the file.
  package init(yaml: String, dispatcher: Dispatcher, as principal: Principal, _ language: Language) throws(ContractFileProblems) {
    self.dispatcher = dispatcher
    self.principal = principal
    self.language = language
    do throws(Failure) {
      document = try YAMLDocument(yaml)
    } catch {
      throw ContractFileProblems(error.violations, in: nil)
    }
    do throws(FieldError) {
      file = try InputValues.read(ContractFile.self, from: document.value)
    } catch {
      throw ContractFileProblems(error.violations, in: document)
    }
  }

  /// What is to be done now. Throws ``ContractFileProblems`` for names that lead nowhere and values that cannot be, and for all else that
  /// any of its steps would be refused for: what is planned here can be applied.
  package func plan() async throws -> ContractPlan {
    let plan = try await compared()
    try await rehearse(plan)
    return plan
  }

  /// What is to be done by what the file says and what is recorded.
  func compared() async throws -> ContractPlan {
    let recorded = try await RecordedState(of: file, by: Applying(dispatcher, as: principal, language), dispatcher.tenancy)
    var planner = ContractPlanner(file, recorded, language, now: dispatcher.tenancy.clock.now())
    planner.run()
    guard planner.problems.isEmpty else { throw ContractFileProblems(planner.problems, in: document) }
    return planner.plan
  }

  /// Carries out the plan that was shown, step by step, and tells of each. Stops with ``ContractFileProblems`` at a step
  /// whose object was changed since the plan was made, or which somebody else has done by now.
  package func apply(_ plan: ContractPlan, _ progress: @Sendable (String) -> Void = { _ in }) async throws {
    let applying = Applying(dispatcher, as: principal, language, from: plan.recorded)
    for step in plan.steps {
      guard let act = step.act else { continue }
      do {
        try await act(applying)
      } catch let failure as Failure {
        // What was not permitted, or of which nobody knows whether it was done, is told as it is.
        let isBeaten = Self.ofOthers.contains(failure.kind) ? (try? await isDone(step)) ?? false : false
        throw ContractFileProblems(isBeaten ? Failure(.conflict, ContractFileMessages.somebodyElse) : failure, at: step, self)
      }
      progress(step.title(language))
    }
  }

  /// How a step fails that somebody else has done before.
  private static let ofOthers: Set<Failure.Kind> = [.conflict, .versionMismatch, .invalid]

  /// Whether what a step was to do is done, by somebody else.
  private func isDone(_ step: ContractPlan.Step) async throws -> Bool {
    let left = try await compared().steps.first {
      $0.noun == step.noun && $0.name == step.name && $0.path == step.path && $0.needsAll == step.needsAll
    }
    return left.map { $0.kind == .same } ?? true
  }

  // MARK: Before anything is done

  /// What a step would be refused for.
  struct Refusal: Sendable {
    let step: ContractPlan.Step
    let failure: Failure
  }

  /// Carries the plan out where nothing of it stays.
  private func rehearse(_ plan: ContractPlan) async throws {
    guard !plan.isEmpty else { return }
    let entry = try await dispatcher.tenancy.tenant(code: file.customer.code)
    let refusals = try await dispatcher.rehearse(as: principal, language, for: entry.flatMap { $0.kind == .customer ? $0 : nil }) { rehearsal in
      let applying = Applying(dispatcher, as: principal, language, from: plan.recorded, in: rehearsal)
      var refusals: [Refusal] = []
      for step in plan.steps where !(step.needsAll && !refusals.isEmpty) {
        guard let act = step.act else { continue }
        await applying.begin()
        do {
          try await act(applying)
        } catch let failure as Failure {
          // What lacks what a refused step would have made, or finds what it left half done, has nothing to say of its own.
          let follows = !refusals.isEmpty && (failure.kind == .versionMismatch || failure.kind == .internal)
          if await !applying.lacksSomething, !follows { refusals.append(Refusal(step: step, failure: failure)) }
          if await rehearsal.isBroken { break }
        }
      }
      return refusals
    }
    guard let first = refusals.first?.failure else { return }
    // No line of the file is to blame.
    let ours: [Failure.Kind] = [.denied, .busy, .internal, .outcomeUnknown]
    guard !ours.contains(first.kind) else { throw first }
    throw ContractFileProblems(refusals, self)
  }
}

extension ContractFileProblems {
  package init(_ violations: [Failure.Violation], in document: YAMLDocument?) {
    problems = violations.map(Self.suggesting).map { violation in
      Problem(
        line: document?.line(of: violation.path), path: violation.path, value: document?.text(at: violation.path), message: violation.message,
        arguments: violation.arguments)
    }
    stoppedAt = nil
    failure = nil
  }

  /// Keys that take a time with its unit: a number alone says none.
  private static let times = [
    "notice": ContractFileMessages.badNotice, "within": ContractFileMessages.badDuration, "handling": ContractFileMessages.badDuration,
    "handlingByPriority": ContractFileMessages.badDuration, "limit": ContractFileMessages.badDuration, "total": ContractFileMessages.badDuration,
  ]

  /// The key that is meant, where one that there is not is written almost as it; what is wanted where a time has no unit.
  private static func suggesting(_ violation: Failure.Violation) -> Failure.Violation {
    let last = violation.path.split(separator: ".").last.map { String($0.prefix(while: { $0 != "[" })) }
    if violation.message == InputMessages.wrongType, let meant = last.flatMap({ times[$0] }) { return Failure.Violation(path: violation.path, meant) }
    guard violation.message == InputMessages.unknownField, let allowed = violation.arguments["allowed"],
      let key = violation.path.split(separator: ".").last.map(String.init),
      let meant = NearName.nearest(to: key, among: allowed.split(separator: ",").map { String($0.drop(while: \.isWhitespace)) })
    else { return violation }
    return Failure.Violation(path: violation.path, ContractFileMessages.unknownKey, ["meant": meant, "allowed": allowed])
  }

  /// What the server refused: its fields are told by their places in the file.
  init(_ failure: Failure, at step: ContractPlan.Step, _ run: ContractFileRun) {
    problems = run.problems(of: failure, at: step)
    stoppedAt = step.title(run.language)
    self.failure = failure.kind == .versionMismatch ? Failure(.versionMismatch, ContractFileMessages.changedSince) : failure
  }

  /// What it would refuse: nothing is done.
  init(_ refusals: [ContractFileRun.Refusal], _ run: ContractFileRun) {
    problems = refusals.flatMap { refusal -> [Problem] in
      let (step, failure) = (refusal.step, refusal.failure)
      let placed = run.problems(of: failure, at: step)
      guard placed.isEmpty else { return placed }
      return [
        Problem(
          line: run.document.line(of: step.path), path: step.path, value: nil, message: failure.message, arguments: failure.arguments,
          thing: run.thing(of: step))
      ]
    }
    stoppedAt = nil
    failure = refusals.first?.failure
  }
}

extension ContractFileRun {
  /// What a step is done to: `SLA “Gold”`.
  fileprivate func thing(of step: ContractPlan.Step) -> String { step.noun.text(language, ["name": step.name]) }

  /// What is wrong with the fields of an operation; none where it is wrong with none.
  fileprivate func problems(of failure: Failure, at step: ContractPlan.Step) -> [ContractFileProblems.Problem] {
    guard failure.code != Self.notBacked else { return unbacked(failure, at: step) }
    return ContractFileProblems(placed(failure, of: step), in: document).problems.map { problem in
      var problem = problem
      problem.thing = thing(of: step)
      return problem
    }
  }

  /// How a contract is refused whose proof is required; its violations are gaps, each with the name of its line.
  private static let notBacked = "assurance.not_backed"

  /// How to go on, and the gaps by the lines of the contract.
  private func unbacked(_ failure: Failure, at step: ContractPlan.Step) -> [ContractFileProblems.Problem] {
    func problem(_ path: String, _ message: Message, _ arguments: [String: String], _ thing: String) -> ContractFileProblems.Problem {
      ContractFileProblems.Problem(line: document.line(of: path), path: path, value: nil, message: message, arguments: arguments, thing: thing)
    }
    let gaps = failure.violations.map { gap in
      let index = file.contract?.lines.firstIndex { $0.name == gap.path }
      let line = ContractFileMessages.line.text(language, ["name": "“\(gap.path)”"])
      return problem(index.map { "contract.lines[\($0)]" } ?? step.path, gap.message, gap.arguments, line)
    }
    return [problem(step.path, ContractFileMessages.howToGoOn, failure.arguments, thing(of: step))] + gaps
  }

  /// What is wrong with the fields of an operation, by their places in the file; instants that begin a day of the contract as that day.
  fileprivate func placed(_ failure: Failure, of step: ContractPlan.Step) -> [Failure.Violation] {
    let zone = Zone.named(file.contract?.zone ?? file.customer.zone)
    return failure.violations.map { violation in
      let arguments = violation.arguments.mapValues { text in
        guard let zone, let instant = Instant(text), case let day = zone.date(at: instant), zone.start(of: day) == instant else { return text }
        return day.description
      }
      return Failure.Violation(path: place(of: violation.path, in: step), violation.message, arguments)
    }
  }

  /// A day that the file does not give is told by the thing that it would be for.
  private func place(of field: String, in step: ContractPlan.Step) -> String {
    // The longest name counts: that of an element before that of its list.
    let known = step.renamed.keys.filter { field == $0 || field.hasPrefix("\($0).") || field.hasPrefix("\($0)[") }.max { $0.count < $1.count }
    var name = field
    if let known {
      let rest = field.dropFirst(known.count)
      name = (step.renamed[known] ?? "") + String(rest)
      if name.hasPrefix(".") { name.removeFirst() }
    }
    guard name != "validFrom" else { return file.validFrom == nil ? step.path : "validFrom" }
    return name.isEmpty ? step.path : name.hasPrefix("[") ? step.path + name : "\(step.path).\(name)"
  }
}
