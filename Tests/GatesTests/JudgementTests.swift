import Kernel
import TestSupport
import Testing

@testable import Gates

@Suite struct JudgementTests {
  @Test func aGateDecidesByWhatIsMissing() {
    let asked = ["a", "b", "c"]
    let cases: [(present: Set<String>, bypass: String?, GateVerdict)] = [
      ([], nil, .stopped(missing: ["a", "b", "c"])),
      (["b"], nil, .stopped(missing: ["a", "c"])),
      (["a", "b", "c"], nil, .passed),
      (["a", "b", "c", "d"], nil, .passed),
      (["b"], "why", .bypassed(reason: "why")),
      // A bypass that is not needed is none.
      (["a", "b", "c"], "why", .passed),
    ]
    for (present, bypass, expected) in cases {
      #expect(GateJudgement.verdict(asked: asked, present: present, bypass: bypass) == expected, "\(present.sorted()) \(bypass ?? "-")")
    }
  }

  /// Against counting bits: what is missing is what is asked and not there, in the order asked.
  @Test func whateverIsAskedAndThere() {
    let names = ["p", "q", "r", "s", "t"]
    for asked in 0..<32 {
      for there in 0..<32 {
        let wanted = names.indices.filter { asked >> $0 & 1 == 1 }
        let lacking = wanted.filter { there >> $0 & 1 == 0 }.map { names[$0] }
        let present = Set(names.indices.filter { there >> $0 & 1 == 1 }.map { names[$0] })
        let verdict = GateJudgement.verdict(asked: wanted.map { names[$0] }, present: present, bypass: nil)
        #expect(verdict == (asked & ~there == 0 ? .passed : .stopped(missing: lacking)))
      }
    }
  }

  @Test func aGateHoldsForItsPriorityOrForAll() {
    for priority in 1...5 as ClosedRange<Int64> {
      #expect(GateJudgement.holds(for: priority, of: nil))
      for own in 1...5 as ClosedRange<Int64> { #expect(GateJudgement.holds(for: priority, of: own) == (priority == own)) }
    }
  }

  /// Nothing can be asked for before a step where it cannot be.
  @Test func whatIsOpenedHasNobodyYet() {
    #expect(Set(GateFact.allCases).subtracting(GateStep.open.facts) == [.owner, .team, .assignee, .publicComment, .article])
    for step in GateStep.allCases where step != .open { #expect(step.facts == GateFact.allCases) }
  }
}
