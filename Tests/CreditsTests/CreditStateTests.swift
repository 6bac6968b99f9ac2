import Kernel
import Operations
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

  private func approval(
    _ minorUnits: Int64, limit: Int64?, _ state: CreditState, by approvers: [Actor], _ actor: Actor, persons: (first: Int64?, second: Int64?) = (1, 2)
  ) throws -> CreditState.Event {
    let euro = try #require(Currency(code: "EUR"))
    return try ApprovalRule.approval(
      of: Money(minorUnits: minorUnits, currency: euro), limit: limit.map { Money(minorUnits: $0, currency: euro) }, state: state,
      approvers: approvers.map { Party($0, person: persons.first) }, by: actor, person: persons.second)
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

  /// Two accounts of one person are one approver; where two must approve, accounts without a recorded person are none.
  @Test func onePersonWithTwoAccountsApprovesOnce() throws {
    #expect(throws: Failure.self) { try approval(101, limit: 100, .halfApproved, by: [ann], bob, persons: (7, 7)) }
    #expect(try approval(101, limit: 100, .halfApproved, by: [ann], bob, persons: (7, 8)) == .approval)
    #expect(try approval(101, limit: 100, .halfApproved, by: [ann], bob, persons: (8, 7)) == .approval)
    #expect(throws: Failure.self) { try approval(101, limit: 100, .halfApproved, by: [ann], bob, persons: (nil, 7)) }
    #expect(throws: Failure.self) { try approval(101, limit: 100, .halfApproved, by: [ann], bob, persons: (7, nil)) }
    #expect(throws: Failure.self) { try approval(101, limit: 100, .proposed, by: [], ann, persons: (nil, nil)) }
    #expect(try approval(100, limit: 100, .proposed, by: [], ann, persons: (nil, nil)) == .approval, "one is enough")
  }

  /// Whoever is on the host is the same operator, and may be one who has approved already.
  @Test(arguments: [Actor.Kind.operator, .service, .system, .customer, .anonymous])
  func onlyStaffApprove(kind: Actor.Kind) {
    #expect(throws: Failure.self) { try approval(1, limit: nil, .proposed, by: [], Actor(kind: kind, id: 3, via: .http)) }
  }
}
