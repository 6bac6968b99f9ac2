import Changes
import Desk
import MajorIncidents
import Operations
import Problems
import Requests

/// What can be found. Where several were opened at one instant, they come in this order.
enum TicketKind: String, Sendable, CaseIterable {
  case incident, request, problem, change, release
  case majorIncident = "major_incident"

  /// By which one is read: whoever may call it for one finds it.
  var reading: Declaration {
    switch self {
    case .incident: ReadIncident.declaration
    case .request: ReadRequest.declaration
    case .problem: ReadProblem.declaration
    case .change: ReadChange.declaration
    case .release: ReadRelease.declaration
    case .majorIncident: ReadMajor.declaration
    }
  }

  var idKind: IdKind {
    switch self {
    case .incident: .incident
    case .request: .request
    case .problem: .problem
    case .change: .change
    case .release: .release
    case .majorIncident: .majorIncident
    }
  }

  /// Whether it is the provider's own, whichever customers it concerns: customers do not see it.
  var isProvidersOwn: Bool {
    switch self {
    case .incident, .request: false
    case .problem, .change, .release, .majorIncident: true
    }
  }

  var rank: Int {
    switch self {
    case .incident: 0
    case .request: 1
    case .problem: 2
    case .change: 3
    case .release: 4
    case .majorIncident: 5
    }
  }
}
