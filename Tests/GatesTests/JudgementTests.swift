import Catalog
import Changes
import Desk
import Kernel
import MajorIncidents
import Operations
import Problems
import Requests
import TestSupport
import Testing

@testable import Gates

@Suite struct JudgementTests {
  @Test func aGateDecidesByWhatIsMissing() {
    let asked = ["a", "b", "c"]
    let cases: [(present: Set<String>, bypass: String?, GateVerdict)] = [
      ([], nil, .stopped(missing: ["a", "b", "c"])),
      (["b"], nil, .stopped(missing: ["a", "c"])),
      (["a", "b", "c"], nil, .passed),
      (["a", "b", "c", "d"], nil, .passed),
      (["b"], "why", .bypassed(reason: "why")),
      // A bypass that is not needed is none.
      (["a", "b", "c"], "why", .passed),
    ]
    for (present, bypass, expected) in cases {
      #expect(GateJudgement.verdict(asked: asked, present: present, bypass: bypass) == expected, "\(present.sorted()) \(bypass ?? "-")")
    }
  }

  /// Against counting bits: what is missing is what is asked and not there, in the order asked.
  @Test func whateverIsAskedAndThere() {
    let names = ["p", "q", "r", "s", "t"]
    for asked in 0..<32 {
      for there in 0..<32 {
        let wanted = names.indices.filter { asked >> $0 & 1 == 1 }
        let lacking = wanted.filter { there >> $0 & 1 == 0 }.map { names[$0] }
        let present = Set(names.indices.filter { there >> $0 & 1 == 1 }.map { names[$0] })
        let verdict = GateJudgement.verdict(asked: wanted.map { names[$0] }, present: present, bypass: nil)
        #expect(verdict == (asked & ~there == 0 ? .passed : .stopped(missing: lacking)))
      }
    }
  }

  @Test func aGateHoldsForItsPriorityOrForAll() {
    for priority in 1...5 as ClosedRange<Int64> {
      #expect(GateJudgement.holds(for: priority, of: nil))
      for own in 1...5 as ClosedRange<Int64> {
        #expect(GateJudgement.holds(for: priority, of: own) == (priority == own))
        #expect(GateJudgement.holds(for: priority, of: own, hasStopped: true), "where it has stopped it stands until it passes")
      }
    }
  }

  /// Nothing can be asked for before a step where nobody could give it any more: there is an operation by which somebody of the staff
  /// gives it, and that takes what has come so far.
  @Test func everyFactOfAStepCanBeGivenBeforeIt() throws {
    let ofIncidents = Set(GateStep.steps(of: .incident).flatMap(\.facts))
    #expect(
      ofIncidents.subtracting(GateStep.open.facts) == [
        .owner, .team, .assignee, .closureCode, .publicComment, .article, .changesClosed, .file, .customerFile,
      ])
    let registry = try Registry([
      PlatformModule.self, CatalogModule.self, DeskModule.self, GatesModule.self, RequestsModule.self, ProblemsModule.self, ChangesModule.self,
      MajorIncidentsModule.self,
    ])
    func takes(_ operation: String, _ field: String) -> Bool { registry[operation]?.inputFields.contains { $0.name == field } ?? false }
    for fact in GateStep.open.facts { #expect(takes("incident.open", fact.rawValue), "\(fact)") }
    // By the operations that change an incident which is open, and those of them that take a resolved one.
    let changing = ["incident.change", "incident.classify", "incident.assign"]
    let changingResolved = ["incident.change", "incident.classify"]
    for fact in ofIncidents {
      let (isGiven, isGivenLate): (Bool, Bool)
      switch fact {
      case .owner: (isGiven, isGivenLate) = (registry["incident.take"] != nil, registry["incident.take"] != nil)
      case .publicComment: (isGiven, isGivenLate) = (takes("incident.comment", "visibility"), takes("incident.comment", "visibility"))
      // How it ended is said by whoever ends it; a file is named by whoever takes the step.
      case .closureCode: (isGiven, isGivenLate) = (false, takes("incident.close", "closureCode"))
      // A change is for what is worked on, and is closed whatever became of that.
      case .changesClosed: (isGiven, isGivenLate) = (false, takes("change.close", "id") && takes("change.unlink_incident", "incident"))
      case .file, .customerFile:
        (isGiven, isGivenLate) = (
          ["incident.assign", "incident.dispatch", "incident.resolve"].allSatisfy { takes($0, "files") }, takes("incident.close", "files")
        )
      case .article: (isGiven, isGivenLate) = (takes("incident.cite", "article"), takes("incident.cite", "article"))
      default: (isGiven, isGivenLate) = (changing.contains { takes($0, fact.rawValue) }, changingResolved.contains { takes($0, fact.rawValue) })
      }
      for step in [GateStep.assign, .dispatch] { #expect(step.facts.contains(fact) == isGiven, "\(step) \(fact)") }
      let isGivenWithIt = fact == .closureCode && takes("incident.resolve", "closureCode") || fact == .changesClosed && isGivenLate
      #expect(GateStep.resolve.facts.contains(fact) == (isGiven || isGivenWithIt), "\(fact)")
      #expect(GateStep.close.facts.contains(fact) == isGivenLate, "\(fact)")
    }
  }

  /// The same of the other processes: each fact by an operation that takes what has not taken the step yet.
  @Test func everyFactOfTheOtherProcessesCanBeGiven() throws {
    let registry = try Registry([
      PlatformModule.self, CatalogModule.self, DeskModule.self, GatesModule.self, RequestsModule.self, ProblemsModule.self, ChangesModule.self,
      MajorIncidentsModule.self,
    ])
    let given: [GateStep: [GateFact: (operation: String, field: String)]] = [
      .claimTask: [.file: ("task.claim", "files"), .customerFile: ("task.claim", "files")],
      .completeTask: [
        .result: ("task.complete", "result"), .file: ("task.complete", "files"), .customerFile: ("task.complete", "files"),
      ],
      .declareKnownError: [
        .description: ("problem.change", "description"), .category: ("problem.change", "category"), .cis: ("problem.add_ci", "ci"),
        .owner: ("problem.take", "id"), .cause: ("problem.record_cause", "cause"), .causeCode: ("problem.record_cause", "causeCode"),
        .workaround: ("problem.record_workaround", "workaround"), .article: ("problem.cite_known_error", "article"),
        .file: ("problem.declare_known_error", "files"),
      ],
      .resolveProblem: [
        .description: ("problem.change", "description"), .category: ("problem.change", "category"), .cis: ("problem.add_ci", "ci"),
        .owner: ("problem.take", "id"), .cause: ("problem.record_cause", "cause"), .causeCode: ("problem.record_cause", "causeCode"),
        .workaround: ("problem.record_workaround", "workaround"), .article: ("problem.cite_known_error", "article"),
        .file: ("problem.resolve", "files"),
      ],
      .closeProblem: [.outcome: ("problem.close", "outcome"), .file: ("problem.close", "files")],
      .submitChange: [
        .description: ("change.change", "description"), .cis: ("change.add_ci", "ci"), .owner: ("change.take", "id"), .plan: ("change.change", "plan"),
        .backOut: ("change.change", "backOut"), .test: ("change.change", "test"), .publicText: ("change.change", "publicText"),
        .tasks: ("change.plan_tasks", "tasks"), .file: ("change.submit", "files"),
      ],
      .startChange: [.file: ("change.start", "files")],
      .closeChange: [.review: ("change.review", "review"), .file: ("change.close", "files")],
      .signOffRelease: [
        .description: ("release.change", "description"), .owner: ("release.take", "id"), .pilot: ("release.record_pilot", "result"),
        .file: ("release.sign_off", "files"),
      ],
      .deployRelease: [.file: ("release.deploy", "files")], .closeRelease: [.file: ("release.close", "files")],
      .resolveMajor: [
        .description: ("major_incident.change", "description"), .owner: ("major_incident.take", "id"),
        .mitigation: ("major_incident.mitigate", "mitigation"), .file: ("major_incident.resolve", "files"),
      ],
    ]
    for step in GateStep.allCases where step.process != .incident {
      #expect(Set(step.facts) == Set((given[step] ?? [:]).keys), "\(step)")
      for (fact, way) in given[step] ?? [:] {
        #expect(registry[way.operation]?.inputFields.contains { $0.name == way.field } ?? false, "\(step) \(fact)")
      }
      // And the step is an operation that takes the answers.
      let takes = registry[step.rawValue]?.inputFields.map(\.name) ?? []
      #expect(takes.contains("checked") && takes.contains("bypass"), "\(step)")
    }
  }
}
