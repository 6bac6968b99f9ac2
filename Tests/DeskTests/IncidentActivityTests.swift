import Kernel
import TestSupport
import Testing

@testable import Desk

/// IM1 to IM5: which activity of the incident process an event belongs to, and which one a ticket is in.
@Suite struct IncidentActivityTests {
  @Test(arguments: [
    ("incident.opened", "IM1"), ("incident.changed", "IM2"), ("incident.attributes_changed", "IM2"), ("incident.classified", "IM2"),
    ("incident.cis_changed", "IM2"), ("incident.services_affected", "IM2"), ("incident.assigned", "IM2"), ("incident.started", "IM3"),
    ("incident.accepted", "IM3"), ("incident.held", "IM3"),
    ("incident.resumed", "IM3"), ("incident.dispatched", "IM3"), ("incident.supplier_answered", "IM3"), ("incident.returned", "IM3"),
    ("incident.escalated", "IM3"), ("incident.escalated_by_rule", "IM3"), ("incident.dispatch_moved", "IM3"), ("incident.reopened", "IM3"),
    ("incident.problem_linked", "IM3"), ("incident.problem_workaround", "IM3"), ("incident.problem_known_error", "IM3"), ("incident.article_cited", "IM3"),
    ("incident.change_caused", "IM3"), ("incident.resolved", "IM4"),
    ("incident.change_linked", "IM4"), ("incident.change_implemented", "IM4"), ("incident.change_backed_out", "IM4"),
    ("incident.change_cancelled", "IM4"), ("incident.closed", "IM5"), ("incident.merged", "IM5"),
  ]) func everyEventHasItsActivity(_ type: String, _ activity: String) {
    #expect(IncidentActivity.of(event: type)?.rawValue == activity)
  }

  @Test(arguments: [
    "incident.commented", "incident.attached", "incident.detached", "incident.watched", "incident.unwatched", "incident.linked", "incident.unlinked",
    "incident.owner_changed", "incident.ownership_offered", "incident.ownership_returned", "incident.ownership_waiting", "incident.targets_locked",
    "incident.targets_unlocked",
    "incident.gate_passed", "incident.gate_bypassed", "incident.split", "incident.absorbed", "incident.cascaded", "incident.ended_with",
    "incident.major_linked", "incident.major_unlinked", "incident.request_linked", "incident.request_unlinked", "incident.article_uncited",
    "incident.change_unlinked", "incident.change_not_caused", "incident.unheard_of",
  ]) func whatMayHappenInAnyHasNone(_ type: String) {
    #expect(IncidentActivity.of(event: type) == nil)
  }

  @Test func everyStateHasItsActivity() {
    let table: [TicketState: IncidentActivity] = [.new: .classify, .active: .investigate, .pending: .investigate, .resolved: .close]
    for state in TicketState.allCases { #expect(IncidentActivity.of(state) == table[state], "\(state)") }
  }

  /// In the order in which an incident passes them, told to customers as well.
  @Test func theHistoryAndTheExplanationTellIt() async throws {
    let world = try await DeskWorld()
    let customer = try await world.database.user(.customerManager, of: world.acme)
    func stands(_ incident: Value) async throws -> Value? {
      try await world.database.call("incident.explain", ["id": incident["id"] ?? .null], as: customer)["activity"]
    }
    var incident = try await world.open()
    #expect(try await stands(incident) == "IM2")
    incident = try await world.act("classify", on: incident, ["impact": 1])
    incident = try await world.act("start", on: incident)
    #expect(try await stands(incident) == "IM3")
    incident = try await world.act("resolve", on: incident, ["resolution": "Done"])
    #expect(try await stands(incident) == "IM5")
    incident = try await world.act("close", on: incident)
    #expect(try await stands(incident) == .null)
    let told = try await world.list("history", of: incident, as: customer).compactMap { $0["activity"]?.text }
    #expect(told == ["IM1", "IM2", "IM3", "IM4", "IM5"])
  }
}
