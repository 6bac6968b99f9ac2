import Kernel
import Operations

/// Time entries (工时): who did what for whom and how long, by typing or by a timer, approved by a second person, cut by the coverage of
/// the contract line, corrected by reversal and billed at most once.
package enum TimeEntriesModule: OperationModule {
  package static let operations: [any Operation.Type] = [
    CreateTimeCode.self, ChangeTimeCode.self, RetireTimeCode.self, RestoreTimeCode.self, ListTimeCodes.self,
    AddTimeRule.self, ListTimeRules.self,
    AddTimeEntry.self, ReadTimeEntry.self, ChangeTimeEntry.self, DeleteTimeEntry.self, DropTimeEntry.self, ListTimeEntries.self, ListOwnTime.self,
    StartTimer.self, ReadTimer.self, StopTimer.self, DiscardTimer.self,
    SubmitTimeEntry.self, ApproveTimeEntry.self, ReturnTimeEntry.self, CorrectTimeEntry.self, QueueTimeEntries.self, ExplainTimeEntry.self,
    CloseTimeMonth.self, ListTimeMonths.self,
    ListTimeSources.self, ClaimTimeSources.self, ListBilledSources.self, ReleaseTimeSources.self, TotalTime.self, ListWorkRecords.self,
  ]

  package static let messages = TimeEntriesMessages.all

  package static let constraints: [String: Message] = [
    "code_kind_unique": TimeEntriesMessages.codeTaken, "code_applies_unique": TimeEntriesMessages.appliesTaken,
    "rule_from_unique": TimeEntriesMessages.ruleTaken, "busy_overlap_exclude": TimeEntriesMessages.overlaps,
    "draft_corrects_unique": TimeEntriesMessages.correctedAlready, "entry_reverses_unique": TimeEntriesMessages.correctedAlready,
    "timer_pk": TimeEntriesMessages.timerRuns,
  ]
}

/// The permissions of the module and who holds them in a new installation.
enum TimeRights {
  /// Lists are for all customers.
  static let managers: Set<StockRole> = [.administrator, .accountManager]
  static let recorders: Set<StockRole> = [.administrator, .accountManager, .engineer]
  static let reviewers: Set<StockRole> = [.administrator, .accountManager, .finance]
  static let money: Set<StockRole> = [.administrator, .finance]
  static let staff: Set<StockRole> = [.administrator, .accountManager, .engineer, .finance]
  static let forAll: Set<Grant.ScopeKind> = [.all]

  static let record = "time_entry.record"
  static let read = "time_entry.read"
  /// To change, submit and delete what one may: the own time, and what one recorded.
  static let write = "time_entry.write"
  /// All of a customer's time, and not only one's own.
  static let review = "time_entry.review"
}
