import Kernel
import Testing

@testable import Credits

@Suite struct CreditStateTests {
  /// Every pair, written down: what is not listed here cannot happen.
  static let transitions: [CreditState: [CreditState.Event: CreditState]] = [
    .proposed: [.firstApproval: .halfApproved, .approval: .approved, .refusal: .refused, .supersession: .superseded],
    .halfApproved: [.approval: .approved, .refusal: .refused, .supersession: .superseded],
    .approved: [.supersession: .superseded],
    .refused: [:],
    .superseded: [:],
  ]

  @Test(arguments: CreditState.allCases, CreditState.Event.allCases)
  func everyPairGoesWhereTheTableSays(state: CreditState, event: CreditState.Event) {
    #expect(state.after(event) == Self.transitions[state]?[event])
  }
}

@Suite struct ApprovalRuleTests {
  private let ann = Actor(kind: .staff, id: 1, via: .http)
  private let bob = Actor(kind: .staff, id: 2, via: .admin)

  private func approval(_ minorUnits: Int64, limit: Int64?, _ state: CreditState, by approvers: [Actor], _ actor: Actor) throws -> CreditState.Event {
    let euro = try #require(Currency(code: "EUR"))
    return try ApprovalRule.approval(
      of: Money(minorUnits: minorUnits, currency: euro), limit: limit.map { Money(minorUnits: $0, currency: euro) }, state: state,
      approvers: Set(approvers.map(ApprovalRule.Approver.init)), by: actor)
  }

  @Test func aboveTheLimitTwoPersonsApprove() throws {
    #expect(try approval(100, limit: 100, .proposed, by: [], ann) == .approval)
    #expect(try approval(101, limit: 100, .proposed, by: [], ann) == .firstApproval)
    #expect(try approval(101, limit: 100, .halfApproved, by: [ann], bob) == .approval)
    #expect(try approval(1_000_000, limit: nil, .proposed, by: [], ann) == .approval)
  }

  @Test func nobodyApprovesTwice() {
    #expect(throws: Failure.self) { try approval(101, limit: 100, .halfApproved, by: [ann], ann) }
    // By another way in he is the same.
    #expect(throws: Failure.self) { try approval(101, limit: 100, .halfApproved, by: [ann], Actor(kind: .staff, id: 1, via: .cli)) }
    // Also when the limit was raised meanwhile.
    #expect(throws: Failure.self) { try approval(101, limit: 500, .halfApproved, by: [ann], ann) }
  }

  @Test(arguments: [Actor.Kind.service, .system, .customer, .anonymous])
  func onlyAPersonOfTheProviderApproves(kind: Actor.Kind) {
    #expect(throws: Failure.self) { try approval(1, limit: nil, .proposed, by: [], Actor(kind: kind, id: 3, via: .http)) }
  }
}
