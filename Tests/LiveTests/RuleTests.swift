import Foundation
import Kernel
import TestSupport
import Testing

@testable import Live

@Suite struct RuleTests {
  private static func ticket(_ number: Int64, version: Int64 = 1) -> LiveEvent.Ticket {
    let handle = TenantHandle(1)
    return LiveEvent.Ticket(
      process: .incident, id: .none(kind: "inc", handle: handle), customer: .none(kind: "cus", handle: handle), number: "ACME-INC-\(number)",
      version: version, readers: .row(tenant: TenantId(1), unit: nil, requester: nil))
  }

  private static func event(_ kind: LiveEvent.Kind, _ number: Int64, _ second: Int64, for audience: LiveEvent.Audience = .all) -> LiveEvent {
    LiveEvent(kind: kind, at: Instant(seconds: second), subject: .ticket(ticket(number)), audience: audience)
  }

  private static let audiences: [LiveEvent.Audience] = [.all, .staff, .serving(TenantId(1))]

  /// Against the plain reading: of each kind, ticket and circle of people the last, in order; and for one who hears them all, of each kind and
  /// ticket.
  @Test(arguments: 0..<50)
  func eventsAreMerged(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let events = (0..<40).map { _ in
      Self.event(
        LiveEvent.Kind.allCases[Int(random.next() % 4)], Int64(random.next() % 4), Int64(random.next() % 100),
        for: Self.audiences[Int(random.next() % 3)])
    }
    let merged = LiveEvent.merged(events)
    var expected: [LiveEvent] = []
    for event in events {
      let same = events.filter { $0.kind == event.kind && $0.ticket == event.ticket && $0.audience == event.audience }
      let last = same.map(\.at).max()
      if event.at == last, !expected.contains(event) { expected.append(event) }
    }
    #expect(Set(merged) == Set(expected) && merged.count == expected.count)
    #expect(merged.map(\.at) == merged.map(\.at).sorted())
    let forOne = LiveEvent.mergedForOne(merged)
    for event in forOne {
      let same = events.filter { $0.kind == event.kind && $0.ticket == event.ticket }
      #expect(event.at == same.map(\.at).max() && forOne.count { $0.kind == event.kind && $0.ticket == event.ticket } == 1)
    }
    #expect(events.allSatisfy { event in forOne.contains { $0.kind == event.kind && $0.ticket == event.ticket } })
    #expect(LiveNews(events).hasTwins == (forOne.count < merged.count))
  }

  @Test func positionsAreSealed() throws {
    let seal = try #require(LiveSeal(secrets: [[1, 2, 3]]))
    let position = LivePosition(at: Instant(seconds: 1_700_000_000), history: "7710974195684889892.00000001", snapshot: "736:740:737,739")
    let text = seal.seal(position)
    #expect(seal.open(text) == position)
    #expect(!text.contains("736") && !text.contains("7710974195684889892"))
    // Numbers of transactions do not show through: two that follow each other have nothing in common.
    let next = seal.seal(LivePosition(at: position.at, history: position.history, snapshot: "736:741:737,739"))
    #expect(zip(text.utf8, next.utf8).count { $0 == $1 } < text.utf8.count / 4)
    for index in text.indices {
      var changed = text
      changed.replaceSubrange(index...index, with: text[index] == "A" ? "B" : "A")
      #expect(seal.open(changed) != position)
    }
    #expect(LiveSeal(secrets: [[9]])?.open(text) == nil, "another installation's")
    #expect(LiveSeal(secrets: [[9], [1, 2, 3]])?.open(text) == position, "keys that have been replaced still open")
    #expect(seal.open("") == nil && seal.open(String(repeating: "A", count: 5000)) == nil)
    #expect(LiveSeal(secrets: []) == nil)
  }

  @Test func aMailboxIsBounded() {
    var mailbox = LiveMailbox(mostEvents: 3)
    let two = [Self.event(.incidentChanged, 1, 1), Self.event(.incidentChanged, 2, 1)]
    var isTaken = [mailbox.put(.events(two, id: nil)), mailbox.put(.heartbeat(id: nil))]
    guard case .message(.events(two, _)) = mailbox.take(), case .nothing = mailbox.take() else {
      Issue.record("whoever has something waiting needs no sign of life")
      return
    }
    isTaken += [mailbox.put(.events(two, id: nil)), mailbox.put(.reset(id: "x"))]
    guard case .message(.reset("x")) = mailbox.take(), case .nothing = mailbox.take() else {
      Issue.record("before all is read again nothing has to be told")
      return
    }
    isTaken.append(mailbox.put(.events(two, id: nil)))
    #expect(isTaken == [true, true, true, true, true])
    let isTooMuch = !mailbox.put(.events(two, id: nil))
    #expect(isTooMuch)
    mailbox.finish(.slow)
    guard case .ended = mailbox.take() else {
      Issue.record("it goes on")
      return
    }
    mailbox.finish(.gone)
    #expect(mailbox.end == .slow, "the first end counts")
  }

  @Test func anInterestIsWhatItSays() {
    let event = Self.event(.incidentChanged, 1, 1)
    #expect(LiveInterest().wants(event))
    #expect(LiveInterest(customers: [TenantId(1)]).wants(event) && !LiveInterest(customers: [TenantId(2)]).wants(event))
    #expect(!LiveInterest(tickets: [.none(kind: "inc", handle: TenantHandle(2))]).wants(event))
    #expect(LiveInterest(tickets: [.none(kind: "inc", handle: TenantHandle(2)), .none(kind: "inc", handle: TenantHandle(1))]).wants(event))
    let inbox = LiveEvent(kind: .inboxChanged, at: event.at, subject: .inbox(.init(tenant: TenantId(1), receiver: "a1")), audience: .all)
    #expect(LiveInterest(customers: [TenantId(2)]).wants(inbox))
  }

  /// Whatever a grant of a customer's account says.
  @Test func theProvidersOwnIsForTheStaff() {
    func rights(_ side: Side) -> LiveRights {
      let grant = Grant(role: "x", permissions: Set(LiveRights.permissions), scope: .all)
      return LiveRights(
        of: Principal(actor: Actor(kind: .staff, id: 1, via: .http), tenant: TenantId(1), side: side, name: "x", grants: [grant]), at: Instant(seconds: 0))
    }
    let row = LiveEvent.Readers.row(tenant: TenantId(1), unit: nil, requester: nil)
    let own: [(LiveEvent.Readers, LiveEvent.Audience)] = [
      (.staff(serving: nil, openers: []), .all), (.staff(serving: [TenantId(1)], openers: []), .all), (row, .staff), (row, .serving(TenantId(1))),
    ]
    for (readers, audience) in own + [(row, .all)] {
      let ticket = LiveEvent.Ticket(
        process: .problem, id: .none(kind: "prb", handle: TenantHandle(1)), customer: nil, number: "PROV-PRB-000001", version: 1, readers: readers)
      let event = LiveEvent(kind: .problemChanged, at: Instant(seconds: 1), subject: .ticket(ticket), audience: audience)
      #expect(rights(.staff).shows(event, to: LiveInterest()))
      #expect(rights(.customer).shows(event, to: LiveInterest()) == (readers == row && audience == .all))
    }
  }

  /// Every kind of subject in the histories that the finder looks for is one of a process, and each process has one.
  @Test func subjectsAreThoseOfTheFinder() throws {
    let finder = try String(contentsOf: RealData.packageRoot.appendingPathComponent("sql/functions/finder.sql"), encoding: .utf8)
    let lists = finder.components(separatedBy: "e.subject_kind in (").dropFirst().compactMap { $0.components(separatedBy: ")").first }
    #expect(lists.count == 2 && Set(lists).count == 1)
    let kinds = (lists.first ?? "").components(separatedBy: ", ").map { $0.trimmingCharacters(in: ["'"]) }
    #expect(Set(kinds.map { LiveProcess(ofSubject: $0) }) == Set(LiveProcess.allCases))
  }
}
