import Contracts
import Kernel
import Operations

/// A contract file against a database: what would be done, and doing it. Each step is an operation as anyone would call
/// it, with its rights, rules and audit record. A run that stopped half way is finished by running the file again: what
/// is there already is found, and left as it is.
package struct ContractFileRun: Sendable {
  let dispatcher: Dispatcher
  let principal: Principal
  let language: Language
  private let document: YAMLDocument
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

  /// What is to be done now. Throws ``ContractFileProblems`` for names that lead nowhere and values that cannot be.
  package func plan() async throws -> ContractPlan {
    let recorded = try await RecordedState(of: file, by: Applying(dispatcher, as: principal, language), dispatcher.tenancy)
    var planner = ContractPlanner(file, recorded, language, now: dispatcher.tenancy.clock.now())
    planner.run()
    guard planner.problems.isEmpty else { throw ContractFileProblems(planner.problems, in: document) }
    return planner.plan
  }

  /// Carries out the plan that was shown, step by step, and tells of each. Stops with ``ContractFileProblems`` at a step
  /// whose object was changed since the plan was made.
  package func apply(_ plan: ContractPlan, _ progress: @Sendable (String) -> Void = { _ in }) async throws {
    let applying = Applying(dispatcher, as: principal, language, from: plan.recorded)
    for step in plan.steps {
      guard let act = step.act else { continue }
      do {
        try await act(applying)
      } catch let failure as Failure {
        throw ContractFileProblems(failure, at: step, language, in: document)
      }
      progress(step.title(language))
    }
  }
}

extension ContractFileProblems {
  package init(_ violations: [Failure.Violation], in document: YAMLDocument?) {
    problems = violations.map { violation in
      Problem(
        line: document?.line(of: violation.path), path: violation.path, value: document?.text(at: violation.path), message: violation.message,
        arguments: violation.arguments)
    }
    stoppedAt = nil
    failure = nil
  }

  /// What the server refused: its fields are told by their places in the file.
  init(_ failure: Failure, at step: ContractPlan.Step, _ language: Language, in document: YAMLDocument) {
    let moved = failure.violations.map { violation in
      let field = step.renamed[violation.path] ?? violation.path
      let path = field.isEmpty ? step.path : "\(step.path).\(field)"
      return Failure.Violation(path: violation.path == "validFrom" ? "validFrom" : path, violation.message, violation.arguments)
    }
    problems = ContractFileProblems(moved, in: document).problems
    stoppedAt = step.title(language)
    self.failure = failure.kind == .versionMismatch ? Failure(.versionMismatch, ContractFileMessages.changedSince) : failure
  }
}
