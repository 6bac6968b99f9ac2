import Kernel
import Operations

/// Major incidents (重大事件): one fault that several customers notice, worked on in one place, told of in one log, and ended together; each customer
/// sees his own incident.
package enum MajorIncidentsModule: OperationModule {
  package static let operations: [any Operation.Type] = [
    DeclareMajor.self, ReadMajor.self, ListMajors.self, ChangeMajor.self, AssignMajor.self, LinkMajorIncident.self, UnlinkMajorIncident.self,
    ListMajorIncidents.self, LogMajor.self, ListMajorEntries.self, MitigateMajor.self, ResolveMajor.self, ReopenMajor.self, ReviewMajor.self,
    MajorImpact.self, ReadMajorHistory.self, ListMajorsOfIncident.self, TakeMajor.self, OfferMajor.self, AcceptMajor.self, ReturnMajor.self,
    ListMajorHandovers.self, WatchMajor.self, UnwatchMajor.self, ListMajorWatchers.self, ListGatesOfMajor.self, BypassGateOfMajor.self,
  ]

  package static let messages: [Message] = MajorMessages.all

  package static let constraints: [String: Message] = ["child_ticket_unique": MajorMessages.linkedElsewhere]
}

/// The permissions of the module and who holds them in a new installation.
enum MajorRights {
  static let work = "major_incident.work"
  static let read = "major_incident.read"
  /// What whoever acts may do at each customer.
  static let atEach = "incident.work"
  static let workers: Set<StockRole> = [.administrator, .engineer]
  static let readers: Set<StockRole> = [.administrator, .accountManager, .engineer]
}
