import Changes
import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

@testable import Notifications

/// Who is asked besides to agree to a change, since nobody can who was asked, is told.
@Suite struct StandInNewsTests {
  @Test func whoStandsInForAChangeIsToldOnce() async throws {
    let world = try await OrderWorld()
    let base = world.base
    let manager = try await NotificationsWorld.staff("Max", base.database, .accountManager).0
    func asks(_ role: String, hours: Value = .null) -> Value {
      .object([
        "rule": "all", "approvers": .array([.object(["name": .object(["en": .text(role)]), "role": .text(role)])]), "hours": hours,
      ])
    }
    try await base.call(
      "change_policy.change",
      ["low": asks("engineer"), "medium": asks("engineer"), "high": asks("engineer"), "emergency": asks("engineer", hours: 2)], as: manager, version: 1)
    _ = try await world.submittedChange()
    try await base.make()
    #expect(try await base.events(base.colleague) == ["change.approval_asked"])
    #expect(try await base.events(manager) == [])
    try await base.database.narrow(base.colleagueId)
    for _ in 0..<2 {
      try await ChangeApproverSweep().run(at: base.database.clock.now(), base.database.tenancy)
      try await base.make()
    }
    #expect(try await base.events(manager) == ["change.approval_asked"])
    #expect(try await base.inbox(manager).first?["subject"] == "[PROV-CHG-000001] Your approval is asked for: New switch")
    #expect(try await base.events(base.engineer) == [], "she wrote it")
    #expect(try await base.left() == 0)
  }
}
