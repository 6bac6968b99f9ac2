/// A process that has steps before which gates stand.
package enum GateProcess: String, Sendable, CaseIterable {
  case incident, request, problem, change, release
  case majorIncident = "major_incident"

  /// Whether what goes through it has a priority.
  package var hasPriority: Bool { self == .incident || self == .request || self == .problem }

  /// Whether what goes through it is a row of the provider's tenant, whomever it concerns.
  var isProvidersOwn: Bool { self != .incident && self != .request }
}

/// What a gate stands before: an operation, by its name.
package enum GateStep: String, Sendable, CaseIterable {
  case open = "incident.open"
  case assign = "incident.assign"
  case dispatch = "incident.dispatch"
  case resolve = "incident.resolve"
  case close = "incident.close"
  /// The first of a request's tasks is begun, be it claimed or done at once: its fulfilment starts.
  case claimTask = "task.claim"
  /// The last of a request's tasks is done: it is fulfilled.
  case completeTask = "task.complete"
  case declareKnownError = "problem.declare_known_error"
  case resolveProblem = "problem.resolve"
  case closeProblem = "problem.close"
  /// Before anybody is asked to agree to a change.
  case submitChange = "change.submit"
  case startChange = "change.start"
  case closeChange = "change.close"
  /// Before a release may go out.
  case signOffRelease = "release.sign_off"
  /// Each time that it goes somewhere.
  case deployRelease = "release.deploy"
  case closeRelease = "release.close"
  case resolveMajor = "major_incident.resolve"

  /// Its place among the steps.
  var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  package var process: GateProcess {
    switch self {
    case .open, .assign, .dispatch, .resolve, .close: .incident
    case .claimTask, .completeTask: .request
    case .declareKnownError, .resolveProblem, .closeProblem: .problem
    case .submitChange, .startChange, .closeChange: .change
    case .signOffRelease, .deployRelease, .closeRelease: .release
    case .resolveMajor: .majorIncident
    }
  }

  package static func steps(of process: GateProcess) -> [GateStep] { allCases.filter { $0.process == process } }

  /// What somebody can still give before the step is taken. An incident that is being opened has nobody yet who works on it, and no
  /// comment. What is resolved goes to nobody else. Its changes are closed while it is worked on. What was ordered nobody changes; of a
  /// problem that is resolved, of a change that was agreed to and of a release that is signed off nothing is written any more. Files are attached
  /// to whatever there is; to what is the provider's own by the staff alone.
  package var facts: [GateFact] {
    switch self {
    case .open:
      Self.ofIncidents.filter {
        ![.owner, .team, .assignee, .closureCode, .publicComment, .article, .changesClosed, .file, .customerFile].contains($0)
      }
    case .assign, .dispatch: Self.ofIncidents.filter { ![.closureCode, .changesClosed].contains($0) }
    case .resolve: Self.ofIncidents
    case .close: Self.ofIncidents.filter { ![.team, .assignee].contains($0) }
    case .claimTask: [.file, .customerFile]
    case .completeTask: [.result, .file, .customerFile]
    case .declareKnownError, .resolveProblem: [.description, .category, .cis, .owner, .cause, .causeCode, .workaround, .article, .file]
    case .submitChange: [.description, .cis, .owner, .plan, .backOut, .test, .publicText, .tasks, .file]
    case .closeChange: [.review, .file]
    case .closeProblem: [.outcome, .file]
    case .signOffRelease: [.description, .owner, .pilot, .file]
    case .resolveMajor: [.description, .owner, .mitigation, .file]
    case .startChange, .deployRelease, .closeRelease: [.file]
    }
  }

  private static let ofIncidents: [GateFact] = [
    .description, .category, .source, .nature, .service, .ciTier, .cis, .requester, .unit, .contractLine, .owner, .team, .assignee, .closureCode,
    .publicComment, .article, .changesClosed, .file, .customerFile,
  ]

  /// Before which steps nothing waits any more that has taken this one.
  var leftBehind: [GateStep] {
    switch self {
    case .open: [.open]
    case .assign, .dispatch: []
    case .resolve: [.open, .assign, .dispatch, .resolve]
    case .claimTask: [.claimTask]
    case .declareKnownError: [.declareKnownError]
    case .resolveProblem: [.declareKnownError, .resolveProblem]
    case .submitChange: [.submitChange]
    case .startChange: [.submitChange, .startChange]
    case .signOffRelease: [.signOffRelease]
    case .deployRelease: [.signOffRelease, .deployRelease]
    case .close, .completeTask, .closeProblem, .closeChange, .closeRelease, .resolveMajor: Self.steps(of: process)
    }
  }
}

/// What a gate may ask for that what comes to it has or has not.
package enum GateFact: String, Sendable, CaseIterable {
  case description, category, source, nature, service, ciTier, cis, requester, unit, contractLine, owner, team, assignee
  /// How an incident ended, as somebody said it: what is written where nobody did is not asked for.
  case closureCode
  /// The same of a problem.
  case outcome
  /// What came of the task that is done.
  case result
  /// What is known of a problem.
  case cause, causeCode, workaround
  /// What is written of a change, and the look back on it.
  case plan, backOut, test, publicText, tasks, review
  /// That a release was tried, and what came of it.
  case pilot
  /// What helps against a major incident meanwhile.
  case mitigation
  /// A comment of the staff that the requester can read.
  case publicComment = "public_comment"
  /// An article of the knowledge base: that an incident names, or that tells a problem.
  case article
  /// Of an incident: each change that is to resolve it is closed, or given up. Where there is none, nothing is waited for.
  case changesClosed = "changes_closed"
  /// A file that the staff attached, and one that the customer's people did: named by whoever takes the step.
  case file
  case customerFile = "customer_file"

  package var isEvidence: Bool {
    switch self {
    case .publicComment, .article, .changesClosed, .file, .customerFile: true
    default: false
    }
  }

  /// Whether it is there by what whoever takes the step names.
  var isFile: Bool { self == .file || self == .customerFile }

  static let fields = allCases.filter { !$0.isEvidence }.map(\.rawValue)
  static let evidence = allCases.filter(\.isEvidence).map(\.rawValue)
}
