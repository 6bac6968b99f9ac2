import Assurance
import Attachments
import Catalog
import Changes
import Contracts
import Desk
import Escalations
import Events
import Jobs
import MajorIncidents
import Notifications
import Operations
import Problems
import Requests
import Scorecard
import ServiceLevels
import Suppliers
import Testing
import TimeEntries

/// Which sweeps may wait for a time of day: those of decision 30, and no other.
@Suite struct SchedulableSweepTests {
  private static let all: [any Sweep.Type] = [
    PartitionSweep.self, IdempotencySweep.self, EndedTokenSweep.self, ForgetDeliveries.self, ForgetNotifications.self, ReminderSweep.self,
    BreachSweep.self, CalendarSweep.self, WarnSweep.self, RenewalSweep.self, RefreshFigures.self, ProofSweep.self, StageSweep.self, TimerSweep.self,
    TicketTextSweep.self, RequestSweep.self, TellingSweep.self, ChangeSweep.self, AttachmentSweep.self, EventSweep.self, MakeNotifications.self,
    DeliverNotifications.self, EscalationSweep.self, AnswerSweep.self, CloseSweep.self, IncidentNewsSweep.self, CascadeSweep.self, MajorSweep.self,
  ]

  @Test func onlyWhatIsAsGoodADayLater() {
    let kinds = Self.all.filter { $0.mayBeScheduled }.map { $0.kind }
    #expect(
      Set(kinds) == [
        "operations.partitions", "operations.idempotency", "tenancy.ended_tokens", "events.forget", "notifications.forget", "suppliers.remind",
      ])
    #expect(Self.all.filter { $0.mayBeScheduled && $0.isPrompt }.isEmpty)
  }
}
