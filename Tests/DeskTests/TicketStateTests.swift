import Testing

@testable import Desk

/// Every state with every act: where it leads, or that it leads nowhere.
@Suite struct TicketStateTests {
  private static let table: [TicketState: [TicketAct: TicketState]] = [
    .new: [.start: .active, .hold: .pending, .resolve: .resolved, .merge: .closed],
    .active: [.hold: .pending, .resolve: .resolved, .merge: .closed],
    .pending: [.resume: .active, .resolve: .resolved, .merge: .closed],
    .resolved: [.close: .closed, .reopen: .active, .merge: .closed],
    .closed: [.reopen: .active],
  ]

  @Test(arguments: TicketState.allCases, TicketAct.allCases) func everyPair(_ state: TicketState, _ act: TicketAct) {
    #expect(state.after(act)?.state == Self.table[state]?[act])
  }

  @Test func dutiesFollowTheAct() {
    #expect(TicketState.new.after(.start)?.duties == [.observeResponse])
    #expect(TicketState.pending.after(.resolve)?.duties == [.observeResponse, .observeResolution])
    #expect(TicketState.closed.after(.reopen)?.duties == [.countReopening])
    #expect(TicketState.active.after(.hold)?.duties == [.pauseClocks])
    #expect(TicketState.pending.after(.merge)?.duties == [.withdrawClocks])
    #expect(TicketState.resolved.after(.close)?.duties == [.observeClosure])
  }

  @Test func everyStateCanEndClosed() {
    for start in TicketState.allCases {
      var reached: Set<TicketState> = [start]
      for _ in TicketState.allCases {
        for state in reached { for act in TicketAct.allCases { if let next = state.after(act) { reached.insert(next.state) } } }
      }
      #expect(reached.contains(.closed))
    }
  }
}
