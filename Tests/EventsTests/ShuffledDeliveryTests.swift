@testable import Events
import Kernel
import Operations
import TestSupport
import Testing

/// What is told in any order, several times, and by several senders at once comes to what was told.
@Suite struct ShuffledDeliveryTests {
  /// A thing that goes wrong some times, each time for five seconds; not all of it is told.
  private struct Told: Hashable, Sendable {
    let thing: Int
    let time: Int
    let isOver: Bool

    var fingerprint: String { "thing-\(thing)" }

    /// - Parameter base: the first time; the next one begins ten seconds later.
    func alert(from base: Instant) -> Value {
      let beganAt = base.adding(seconds: Int64(time) * 10)
      return .object([
        "status": isOver ? "resolved" : "firing", "fingerprint": .text(fingerprint), "labels": .object(["alertname": .text(fingerprint)]),
        "annotations": .object(["summary": .text("Something is wrong with \(fingerprint)")]), "startsAt": .instant(beganAt),
        "endsAt": isOver ? .instant(beganAt.adding(seconds: 5)) : "0001-01-01T00:00:00Z",
      ])
    }

    static func some(_ random: inout SplitMix64) -> [Told] {
      var all: [Told] = []
      for thing in 0..<16 {
        for time in 0...Int.random(in: 0...4, using: &random) {
          let which = Int.random(in: 0..<4, using: &random)
          if which != 0 { all.append(Told(thing: thing, time: time, isOver: false)) }
          if which != 1 { all.append(Told(thing: thing, time: time, isOver: true)) }
        }
      }
      return all
    }

    /// The oracle: a thing is as it was told to be the last time that it went wrong, whatever was told first.
    static func states(_ all: Set<Told>) -> [String: String] {
      Dictionary(grouping: all, by: \.fingerprint).mapValues { told in
        let last = told.map(\.time).max()
        return told.contains { $0.time == last && $0.isOver } ? "resolved" : "firing"
      }
    }
  }

  /// Each three times, shuffled, some at a time, from eight connections, while two workers settle.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func whateverTheOrderTheLastStateIsThatOfWhatWasTold(seed: UInt64) async throws {
    try await EventsServer.with { server in
      let world = server.world
      let source = try await world.source(["stormLimit": 1000])
      // All of it within two minutes, in which a beginning that is told late is no return.
      let base = world.database.clock.now().adding(seconds: -60)
      var random = SplitMix64(seed: seed)
      let all = Told.some(&random)
      var waiting = (all + all + all).shuffled(using: &random)
      var deliveries: [[Told]] = []
      while !waiting.isEmpty {
        let count = min(waiting.count, Int.random(in: 1...4, using: &random))
        deliveries.append(Array(waiting.prefix(count)))
        waiting.removeFirst(count)
      }
      let shares = (0..<8).map { sender in deliveries.enumerated().filter { $0.offset % 8 == sender }.map(\.element) }
      let path = "/v1/event-sources/\(source.id.text ?? "?")/deliver"
      let headers = [("Authorization", "Bearer \(source.secret)"), ("Content-Type", "application/json")]
      try await withThrowingTaskGroup(of: Void.self) { group in
        for share in shares {
          group.addTask {
            let client = try await HTTPTestClient.connect(port: server.port, trusting: server.authorityFile)
            for delivery in share {
              let body = Array(JSON.text(.object(["alerts": .array(delivery.map { $0.alert(from: base) })])).utf8)
              // As monitoring does: what is not taken is sent again.
              var status = 0
              for _ in 0..<50 where status != 202 {
                status = try await client.post(path, headers: headers, body: body).status
                #expect([202, 409, 429, 503].contains(status))
              }
              #expect(status == 202)
            }
            await client.close()
          }
        }
        for _ in 0..<2 {
          group.addTask {
            for _ in 0..<4 {
              // What two were at together is tried again later.
              try? await world.sweep()
              try await Task.sleep(for: .milliseconds(30))
            }
          }
        }
        try await group.waitForAll()
      }
      // What was put off comes again, still soon enough that nothing counts as a return.
      for _ in 0..<3 { try? await world.sweep() }
      try await world.database.runAsSuperuser("update events.received set due_at = '\(world.database.clock.now())' where state = 'waiting'")
      try await world.sweep()
      #expect(try await world.received().keys.sorted() == ["settled"])

      let alerts = try await world.alerts()
      let states = Dictionary(grouping: alerts) { $0["fingerprint"]?.text ?? "?" }.mapValues { found in found.map { $0["state"]?.text ?? "?" } }
      let oracle = Told.states(Set(all))
      #expect(states == oracle.mapValues { [$0] }, "seed \(seed)")
      // One ticket at the most of each thing, and one that stands where it goes on.
      let incidents = try await world.incidents()
      let titles = incidents.map { $0["title"]?.text ?? "?" }
      #expect(Set(titles).count == titles.count, "seed \(seed): \(titles)")
      let open = Set(incidents.filter { !["resolved", "closed"].contains($0["state"]?.text) }.map { $0["id"] })
      for alert in alerts where alert["state"] == "firing" { #expect(open.contains(alert["incident"]), "seed \(seed): \(alert)") }
    }
  }
}
