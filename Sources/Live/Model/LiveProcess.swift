import Changes
import Desk
import MajorIncidents
import Operations
import Problems
import Requests

/// What a ticket is, by the process that it belongs to. The raw value is its name in the data of an event, and as a parameter.
package enum LiveProcess: String, Sendable, CaseIterable {
  case incident, request, problem, change, release, majorIncident

  /// By which such a ticket is read: whoever may call it for one is told of it.
  package var reading: Declaration {
    switch self {
    case .incident: ReadIncident.declaration
    case .request: ReadRequest.declaration
    case .problem: ReadProblem.declaration
    case .change: ReadChange.declaration
    case .release: ReadRelease.declaration
    case .majorIncident: ReadMajor.declaration
    }
  }

  package var idKind: IdKind {
    switch self {
    case .incident: .incident
    case .request: .request
    case .problem: .problem
    case .change: .change
    case .release: .release
    case .majorIncident: .majorIncident
    }
  }

  /// Whether such a ticket is a customer's own; the others are the provider's, whichever customers they concern.
  package var isOfCustomer: Bool { self == .incident || self == .request }

  /// That something happened to one, and no more.
  var changed: LiveEvent.Kind {
    switch self {
    case .incident: .incidentChanged
    case .request: .requestChanged
    case .problem: .problemChanged
    case .change: .changeChanged
    case .release: .releaseChanged
    case .majorIncident: .majorIncidentChanged
    }
  }

  /// Whether events with this kind of subject may be about its tickets. A clock is of an incident or of a request; which, it says itself.
  func mayBeOf(_ subjectKind: String) -> Bool {
    LiveProcess(ofSubject: subjectKind) == self || self == .request && ["clock", "clock_warning"].contains(subjectKind)
  }

  /// Of which process the tickets are that events with this kind of subject are about.
  init?(ofSubject kind: String) {
    switch kind {
    case "ticket", "clock", "clock_warning": self = .incident
    case MajorNews.subjectKind: self = .majorIncident
    default: self.init(rawValue: kind)
    }
  }
}
