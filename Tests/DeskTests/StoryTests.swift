import Kernel
import Postgres
import ServiceLevels
import TestSupport
import Tenancy
import Testing

@testable import Desk

/// A ticket's story lies beside the ticket and says what its events say.
@Suite("Stories")
struct StoryTests {
  @Test("A story is read as it was written, and anything else is refused")
  func form() throws {
    let at = try #require(Instant("2026-03-02T08:00:00.123456Z"))
    var story = TicketStory(opened: at, priority: 3)
    story.hold(.awaitingSupplier, at.adding(seconds: 5))
    story.classify(1, at.adding(seconds: 6))
    let entries = try story.entries
    #expect(entries.map(\.code) == [.opened, .held, .classified])
    #expect(entries.map(\.at) == [at, at.adding(seconds: 5), at.adding(seconds: 6)])
    #expect(entries.first?.priority == 3 && entries.last?.priority == 1)
    #expect(entries[1].act == .paused(cause: "awaiting_supplier", on: .supplier))
    for bytes in [Array(story.bytes.dropLast()), [0] + story.bytes.dropFirst(), [99] + story.bytes.dropFirst()] {
      #expect(throws: TicketStory.Unreadable.self) { try bytes.withUnsafeBytes { try TicketStory.read($0) { _ in } } }
    }
    for code in PendingReason.allCases { #expect(PendingReason(storyCode: code.storyCode) == code) }
  }

  @Test("After random acts each story says what the ticket's events say; the migration makes the same of the events", arguments: [1, 2, 3])
  func random(seed: UInt64) async throws {
    let world = try await DeskWorld()
    try await world.randomActs(seed: seed, tickets: 5, acts: 60)
    let told = try await world.stories()
    #expect(told.count >= 5)
    for one in told { #expect(one.story == (try await world.storyOfEvents(one)), "ticket \(one.number)") }

    _ = try await world.database.superuser.transaction { try await $0.query(ForgetStories()) }
    try await world.database.runAsOwner(try StoryMigration.text())
    #expect(try await world.stories() == told)
  }
}

extension DeskWorld {
  /// Acts of all kinds on a few tickets, some of them refused, minutes to days apart.
  func randomActs(seed: UInt64, tickets: Int, acts: Int) async throws {
    var random = SplitMix64(seed: seed)
    var incidents: [Value] = []
    for _ in 0..<tickets {
      incidents.append(try await open(impact: .random(in: 1...3, using: &random), urgency: .random(in: 1...3, using: &random)))
      pass(&random)
    }
    for _ in 0..<acts {
      pass(&random)
      let index = Int.random(in: incidents.indices, using: &random)
      let incident = incidents[index]
      let done: Value?
      switch Int.random(in: 0..<14, using: &random) {
      case 0: done = try? await act("start", on: incident)
      case 1: done = try? await act("comment", on: incident, ["body": "We look into it", "visibility": "public"])
      case 2, 3: done = try? await act("hold", on: incident, ["reason": "awaiting_requester", "comment": "Which printer?"])
      case 4: done = try? await act("hold", on: incident, ["reason": "awaiting_supplier", "evidence": "mail 1"])
      case 5, 6: done = try? await act("resume", on: incident)
      case 7, 8: done = try? await act("resolve", on: incident, ["resolution": "Done"])
      case 9: done = try? await act("close", on: incident)
      case 10: done = try? await act("reopen", on: incident, ["reason": "Still broken."])
      case 11:
        let (impact, urgency) = (Int64.random(in: 1...3, using: &random), Int64.random(in: 1...2, using: &random))
        done = try? await act("classify", on: incident, ["impact": .integer(impact), "urgency": .integer(urgency)])
      case 12:
        if let made = try? await act("split", on: incident, ["title": "The other half"]) { incidents.append(made) }
        done = nil
      default:
        let into = incidents[Int.random(in: incidents.indices, using: &random)]
        done = Int.random(in: 0..<3, using: &random) == 0 ? try? await act("merge", on: incident, ["into": into["id"] ?? .null]) : nil
      }
      _ = done
      incidents[index] = try await read(incident)
    }
  }

  private func pass(_ random: inout SplitMix64) {
    let seconds = Bool.random(using: &random) ? Int64.random(in: 60...7200, using: &random) : Int64.random(in: 7200...100_000, using: &random)
    database.clock.set(database.clock.now().adding(seconds: seconds))
  }

  fileprivate func stories() async throws -> [StoredStory.Found] {
    try await database.superuser.transaction { try await $0.query(StoredStory()) }
  }

  fileprivate func storyOfEvents(_ ticket: StoredStory.Found) async throws -> [UInt8] {
    let events = try await database.tenancy.transaction(binding: [acme.id], side: .staff, readOnly: true) { transaction in
      try await transaction.query(
        EventsOfTicket(
          tenant: acme.id, ticket: ticket.id, afterSeq: 0, includesInternal: true, recordedFrom: Instant(seconds: 0), limit: 10_000))
    }
    let opened = try #require(events.first { $0.type == TicketEventType.opened })
    var story = TicketStory(opened: ticket.openedAt, priority: try #require(opened.payload["priority"]?.integer))
    for event in events { ClockReplay.tell(event, in: &story) }
    return story.bytes
  }
}

private struct ForgetStories: Statement {
  static let sql = "update desk.ticket set story = '\\x'"
}

private struct StoredStory: Statement {
  struct Found: Sendable, Equatable {
    let id: Int64
    let number: Int64
    let openedAt: Instant
    let story: [UInt8]
  }

  static let sql = "select id, number, opened_at, story from desk.ticket order by id"
  static func decode(_ row: inout RowReader) throws -> Found {
    Found(id: try row.next(), number: try row.next(), openedAt: try row.next(), story: try row.next())
  }
}
