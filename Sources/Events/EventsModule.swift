import Kernel
import Operations

/// Events from monitoring (事态): where they come from, whose they are, the alerts that they make, and the incidents that those open.
package enum EventsModule: OperationModule {
  package static let operations: [any Operation.Type] = [
    CreateEventSource.self, ReadEventSource.self, ListEventSources.self, ChangeEventSource.self, RotateSourceSecret.self, RetireEventSource.self,
    DeliverEvents.self, ListTriage.self, AssignEvent.self, IgnoreEvent.self,
    ListAlerts.self, QueueAlerts.self, ReadAlert.self,
    CreateMaintenanceWindow.self, ListMaintenanceWindows.self, ChangeMaintenanceWindow.self, EndMaintenanceWindow.self,
  ]

  package static let messages = EventsMessages.all

  package static let constraints: [String: Message] = [
    "source_name_unique": EventsMessages.nameTaken, "source_rule_value_unique": EventsMessages.ruleTwice,
  ]
}

/// The permissions of the module and who holds them in a new installation.
enum EventRights {
  static let keepers: Set<StockRole> = [.administrator]
  static let sorters: Set<StockRole> = [.administrator, .engineer]
  static let readers: Set<StockRole> = [.administrator, .accountManager, .engineer]
  /// What is not a customer's yet is for those who serve all.
  static let forAll: Set<Grant.ScopeKind> = [.all]

  static let manage = "event_source.manage"
  static let triage = "event.triage"
}
