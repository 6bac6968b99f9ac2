import Changes
import Desk
import Operations
import Problems
import Requests

extension WorkProcess {
  /// By which one is read: whoever may call it for one has it in his queue.
  var reading: Declaration {
    switch self {
    case .incident: ReadIncident.declaration
    case .request: ReadRequest.declaration
    case .task: ReadTask.declaration
    case .problem: ReadProblem.declaration
    case .change, .changeTask: ReadChange.declaration
    }
  }

  var idKind: IdKind {
    switch self {
    case .incident: .incident
    case .request: .request
    case .task: .task
    case .problem: .problem
    case .change: .change
    case .changeTask: .changeTask
    }
  }

  /// What one is a part of, which has the number for people.
  var whole: WorkProcess? {
    switch self {
    case .task: .request
    case .changeTask: .change
    case .incident, .request, .problem, .change: nil
    }
  }

  /// Whether it is the provider's own, whichever customers it concerns.
  var isProvidersOwn: Bool {
    switch self {
    case .incident, .request, .task: false
    case .problem, .change, .changeTask: true
    }
  }

  /// Whether something of it can be due; what has no due time stands at the end.
  var isDated: Bool {
    switch self {
    case .incident, .request, .change: true
    case .task, .problem, .changeTask: false
    }
  }

  /// Whether it is handed over by offer; whoever is at a task gives it on.
  var hasOffers: Bool {
    switch self {
    case .incident, .request, .problem, .change: true
    case .task, .changeTask: false
    }
  }

  var hasPriority: Bool {
    switch self {
    case .incident, .request, .problem: true
    case .task, .change, .changeTask: false
    }
  }

  var rank: Int {
    switch self {
    case .incident: 0
    case .request: 1
    case .task: 2
    case .problem: 3
    case .change: 4
    case .changeTask: 5
    }
  }
}

extension WorkCriteria {
  /// A process that has nothing of what is asked for is not in the queue.
  func asks(for process: WorkProcess) -> Bool {
    guard processes?.contains(process) ?? true, !offered || process.hasOffers, priority == nil || process.hasPriority else { return false }
    return process.isDated || dueBefore == nil && dueWithinMinutes == nil && overdue != true
  }
}
