import Kernel
import Testing

@testable import Desk

/// Which dispatch rule decides: the table of the documents, and an oracle that goes through it column by column.
@Suite struct DispatchChoiceTests {
  private static func bits(_ byte: Int) -> [UInt8] { [UInt8](repeating: UInt8(byte), count: 12) }

  private static func rule(
    _ id: Int64, own: Bool = false, service: Int64? = nil, category: String? = nil, nature: String? = nil, to priorityTo: Int64? = nil, ci: Int? = nil,
    allowed: Bool = true
  ) -> DispatchRule {
    DispatchRule(
      id: id, publicId: bits(0), isOwn: own, service: service, category: category, nature: nature, priorityTo: priorityTo,
      ci: ci.map(bits), team: Ticket.Reference(id: id, publicId: bits(1)), isAllowed: allowed)
  }

  /// What is for everything in one way each, on a ticket that has it all.
  private static let ticket = DispatchFacts(
    service: 1, category: "network/vpn", nature: "fault", priority: 2,
    cis: [NamedCi.Key(isShared: true, publicId: bits(7)), NamedCi.Key(isShared: false, publicId: bits(8))])

  private static func order(_ rules: [DispatchRule], _ facts: DispatchFacts = Self.ticket) -> [Int64] { DispatchChoice.matching(rules, facts).map(\.id) }

  @Test func theMoreSpecificOneGoesBefore() {
    // Each goes before all that stand behind it.
    let rules = [
      Self.rule(1, own: true, ci: 8), Self.rule(2, own: true, service: 1, nature: "fault"), Self.rule(3, own: true, service: 1),
      Self.rule(4, own: true, category: "network/vpn"), Self.rule(5, own: true, category: "network", nature: "fault"),
      Self.rule(6, own: true, category: "network"), Self.rule(7, own: true, nature: "fault"), Self.rule(8, own: true),
      Self.rule(9, ci: 7), Self.rule(10, service: 1, category: "network"), Self.rule(11, service: 1), Self.rule(12, category: "network/vpn"),
      Self.rule(13, nature: "fault", to: 3), Self.rule(14, nature: "fault"), Self.rule(15, to: 2), Self.rule(16, to: 4), Self.rule(17),
    ]
    #expect(Self.order(rules.reversed()) == Array(1...17))
    #expect(Self.order([Self.rule(2), Self.rule(1)]) == [1, 2], "of equals the one that was set earlier")
  }

  @Test func whatARuleNamesTheTicketMustHave() {
    let others = [
      Self.rule(1, service: 2), Self.rule(2, category: "network/vpn/client"), Self.rule(3, category: "net"), Self.rule(4, nature: "request"),
      Self.rule(8, to: 1),
      // A general rule's CI is a shared one, and a customer's own rule's one of its own.
      Self.rule(5, ci: 8), Self.rule(6, own: true, ci: 7), Self.rule(7, service: 1, category: "device"),
    ]
    #expect(Self.order(others) == [])
    let bare = DispatchFacts(service: nil, category: nil, nature: nil, priority: 4, cis: [])
    #expect(Self.order([Self.rule(1, service: 1), Self.rule(2, category: "network"), Self.rule(3, nature: "fault"), Self.rule(4, to: 4)], bare) == [4])
  }

  @Test func aTeamThatIsNotAllowedIsPassedOver() {
    let matching = DispatchChoice.matching([Self.rule(1), Self.rule(2, service: 1, allowed: false), Self.rule(3, own: true, allowed: false)], Self.ticket)
    #expect(matching.map(\.id) == [3, 2, 1])
    #expect(DispatchChoice.deciding(matching)?.id == 1)
    #expect(DispatchChoice.deciding(DispatchChoice.matching([Self.rule(1, allowed: false)], Self.ticket)) == nil)
  }

  /// The winner by elimination: of each column only those stay that have most of it.
  private static func oracle(_ rules: [DispatchRule], _ facts: DispatchFacts) -> Int64? {
    func isBelow(_ category: String, _ above: String) -> Bool { category == above || category.hasPrefix(above + "/") }
    var left = rules.filter { rule in
      let isOfCi = rule.ci.map { ci in facts.cis.contains { $0.publicId == ci && $0.isShared != rule.isOwn } } ?? true
      let isUrgentEnough = rule.priorityTo.map { facts.priority <= $0 } ?? true
      guard rule.isAllowed, isOfCi, isUrgentEnough else { return false }
      return (rule.service ?? facts.service) == facts.service && (rule.nature ?? facts.nature) == facts.nature
        && (rule.category.map { above in facts.category.map { isBelow($0, above) } ?? false } ?? true)
    }
    let columns: [(DispatchRule) -> Int] = [
      { $0.isOwn ? 1 : 0 }, { $0.ci != nil ? 1 : 0 }, { $0.service != nil ? 1 : 0 }, { $0.category?.count ?? 0 }, { $0.nature != nil ? 1 : 0 },
      { -Int($0.priorityTo ?? 9) }, { -Int($0.id) },
    ]
    for column in columns {
      let most = left.map(column).max()
      left = left.filter { column($0) == most }
    }
    return left.first?.id
  }

  private static func one<T>(of values: [T?]) -> T? { values.randomElement().flatMap { $0 } }

  @Test func theWinnerIsTheOracles() {
    let categories: [String?] = [nil, "a", "a/b", "a/b/c", "ab", "b"]
    let (services, natures, cis): ([Int64?], [String?], [Int?]) = ([nil, 1, 2], [nil, "fault", "request"], [nil, nil, 7, 8])
    let priorities: [Int64?] = [nil, 1, 2, 4]
    for _ in 0..<2000 {
      let most = Int64.random(in: 1...8)
      let rules = (1...most).map { id in
        Self.rule(
          id, own: .random(), service: Self.one(of: services), category: Self.one(of: categories), nature: Self.one(of: natures),
          to: Self.one(of: priorities), ci: Self.one(of: cis), allowed: Int.random(in: 0...3) > 0)
      }
      let named = [7, 8].filter { _ in Bool.random() }.map { NamedCi.Key(isShared: .random(), publicId: Self.bits($0)) }
      let facts = DispatchFacts(
        service: Self.one(of: services), category: Self.one(of: categories), nature: Self.one(of: natures), priority: .random(in: 1...5),
        cis: named)
      let decided = DispatchChoice.deciding(DispatchChoice.matching(rules.shuffled(), facts))?.id
      #expect(decided == Self.oracle(rules, facts), "\(rules) \(facts)")
    }
  }
}
