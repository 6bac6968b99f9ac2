import Assets
import Assurance
import Attachments
import Catalog
import Changes
import Contracts
import Desk
import Escalations
import Events
import Foundation
import Gates
import Handbooks
import Jobs
import Knowledge
import MajorIncidents
import Notifications
import Operations
import Problems
import Requests
import Scorecard
import Search
import ServiceLevels
import Suppliers
import TestSupport
import Testing
import TimeEntries

/// Which sweeps may wait for a time of day: those of decision 30, and no other.
@Suite struct SchedulableSweepTests {
  private static let all: [any Sweep.Type] = [
    PartitionSweep.self, IdempotencySweep.self, EndedTokenSweep.self, ForgetDeliveries.self, ForgetNotifications.self, ReminderSweep.self,
    BreachSweep.self, CalendarSweep.self, WarnSweep.self, WatchSweep.self, RenewalSweep.self, RefreshFigures.self, ProofSweep.self, StageSweep.self,
    TimerSweep.self, TicketTextSweep.self, RequestSweep.self, TellingSweep.self, ChangeSweep.self, AttachmentSweep.self, EventSweep.self,
    MakeNotifications.self, DeliverNotifications.self, EscalationSweep.self, AnswerSweep.self, CloseSweep.self, IncidentNewsSweep.self, CascadeSweep.self,
    MajorSweep.self,
    ProcessTextSweep.self, AccountableSweep.self, OwnerSweep.self, ArticleReviewSweep.self, AccessReviewSweep.self, HandbookReviewSweep.self,
    WarrantySweep.self, GateApprovalSweep.self, GateApproverSweep.self, ApproverSweep.self, ChangeApproverSweep.self,
  ]

  /// A sweep that is not in the list would be asked nothing.
  @Test func theListIsWhole() throws {
    let files = try #require(FileManager.default.enumerator(at: RealData.packageRoot.appending(path: "Sources"), includingPropertiesForKeys: nil))
    var declared: Set<String> = []
    for case let file as URL in files where file.pathExtension == "swift" {
      for match in try String(contentsOf: file, encoding: .utf8).matches(of: /struct ([A-Za-z]+): (?:Long)?Sweep \{/) { declared.insert(String(match.1)) }
    }
    #expect(declared == Set(Self.all.map { String(describing: $0) }))
  }

  @Test func onlyWhatIsAsGoodADayLater() {
    let kinds = Self.all.filter { $0.mayBeScheduled }.map { $0.kind }
    #expect(
      Set(kinds) == [
        "operations.partitions", "operations.idempotency", "tenancy.ended_tokens", "events.forget", "notifications.forget", "suppliers.remind",
        "knowledge.reviews", "handbooks.reviews", "requests.reviews", "assets.warranties",
      ])
    #expect(Self.all.filter { $0.mayBeScheduled && $0.isPrompt }.isEmpty)
  }
}
