@testable import Events
import Kernel
import Operations
import Synchronization
import TestSupport
import Testing

/// Two alerts of one group from delivery to the end of their incidents, with a maintenance window that covers them, its end, time that passes and
/// people who take and resolve, beside a model of a few lines.
@Suite struct AlertWalkTests {
  private enum Act: CaseIterable {
    case fireFirst, fireSecond, clearFirst, clearSecond, announce, endWindow, take, resolve
    /// Longer than a window lasts, and than an incident may be opened again.
    case wait
  }

  private struct Known: Hashable {
    var state: String
    var occurrences: Int64
    /// The place of the incident that it went into.
    var incident: Int?
  }

  private struct Incident: Hashable {
    var state = "new"
    var reopened: Int64 = 0
    /// Somebody answers for it.
    var isTaken = false
    /// What comes back opens it again.
    var isNear = true

    var isOpen: Bool { state != "resolved" }
  }

  private struct Model: Hashable {
    /// Nil: it was never told of.
    var alerts: [Known?] = [nil, nil]
    var incidents: [Incident] = []
    /// Whether there was a window, and whether it lasts.
    var hadWindow = false
    var isCovered = false

    var last: Int { incidents.count - 1 }
    var firing: Int { alerts.count { $0?.state == "firing" } }

    /// These fire that did not before.
    mutating func begin(_ places: [Int]) {
      if places.isEmpty { return }
      if let before = incidents.last, before.isOpen || before.isNear {
        if !before.isOpen {
          incidents[last].state = "active"
          incidents[last].reopened += 1
        }
      } else {
        incidents.append(Incident())
      }
      let incident = last
      for place in places {
        alerts[place]?.state = "firing"
        alerts[place]?.incident = incident
      }
    }

    mutating func fire(_ place: Int) {
      let before = alerts[place]
      if before == nil || before?.state == "resolved" {
        let state = isCovered ? "suppressed" : "resolved"
        alerts[place] = Known(state: state, occurrences: (before?.occurrences ?? 0) + 1, incident: before?.incident)
        if !isCovered { begin([place]) }
      }
    }

    mutating func clear(_ place: Int) {
      guard let before = alerts[place] else {
        // It was over before anybody was told of it.
        alerts[place] = Known(state: "resolved", occurrences: 1)
        return
      }
      alerts[place]?.state = "resolved"
      guard before.state == "firing", firing == 0, let incident = incidents.last, incident.isOpen else { return }
      // What somebody has in hand is his to end, and what comes and goes somebody has to see.
      if !incident.isTaken, incident.reopened < 3 { end() }
    }

    mutating func end() {
      incidents[last].state = "resolved"
      incidents[last].isNear = true
    }

    /// What was expected is so still.
    mutating func uncover() {
      isCovered = false
      begin(alerts.indices.filter { alerts[$0]?.state == "suppressed" })
    }
  }

  /// Written apart from the code.
  private static func expected(_ model: Model, _ act: Act) -> Model? {
    var next = model
    switch act {
    case .fireFirst: next.fire(0)
    case .fireSecond: next.fire(1)
    case .clearFirst: next.clear(0)
    case .clearSecond: next.clear(1)
    case .announce: (next.hadWindow, next.isCovered) = (true, true)
    case .endWindow:
      guard model.isCovered else { return nil }
      next.uncover()
    case .take:
      guard model.incidents.last?.isTaken == false else { return nil }
      next.incidents[next.last].isTaken = true
    case .resolve:
      guard model.incidents.last?.isOpen == true else { return nil }
      next.incidents[next.last].isTaken = true
      next.end()
    case .wait:
      for index in next.incidents.indices where !next.incidents[index].isOpen { next.incidents[index].isNear = false }
      next.uncover()
    }
    return next
  }

  @Test func alertsGoWhereTheModelLetsThem() async throws {
    let world = try await EventsWorld()
    let customer = Value.id(world.acme.publicId)
    let window = Mutex(Value.null)
    var number = 0
    let walk = OperationWalk<Model, Act>(
      expected: Self.expected,
      perform: { act, seen in
        let (source, walked) = (seen["source"] ?? .null, seen["walk"]?.text ?? "")
        let now = world.database.clock.now()
        func tell(_ name: String, resolved: Bool) async throws {
          let alert = EventsWorld.alert(
            "\(name) of \(walked)", ["walk": walked], resolved: resolved, from: now.description, to: now.description)
          #expect(try await world.deliver(source, [alert])["taken"] == 1)
        }
        switch act {
        case .fireFirst: try await tell("A", resolved: false)
        case .fireSecond: try await tell("B", resolved: false)
        case .clearFirst: try await tell("A", resolved: true)
        case .clearSecond: try await tell("B", resolved: true)
        case .announce:
          let made = try await world.call(
            "maintenance_window.create",
            [
              "customer": customer, "reason": "New disks", "endsAt": .instant(now.adding(seconds: 1800)), "label": "walk", "value": .text(walked),
            ])
          window.withLock { $0 = made }
        case .endWindow:
          let last = window.withLock { $0 }
          let ended = try await world.call("maintenance_window.end", ["id": last["id"] ?? .null], version: last["version"]?.integer)
          window.withLock { $0 = ended }
        case .take: try await world.call("incident.take", ["id": seen["id"] ?? .null], as: world.engineer, version: seen["version"]?.integer)
        case .resolve:
          try await world.call(
            "incident.resolve", ["id": seen["id"] ?? .null, "resolution": "Restarted"], as: world.engineer, version: seen["version"]?.integer)
        case .wait: world.database.clock.advance(seconds: 3600)
        }
        try await world.sweep()
      },
      read: { seen in
        let walked = seen["walk"]?.text ?? ""
        func isOfWalk(_ one: Value) -> Bool { one["title"]?.text?.contains("\(walked) is wrong") == true }
        let alerts = try await world.alerts().filter(isOfWalk)
        var incidents: [Value] = []
        for listed in try await world.incidents() where isOfWalk(listed) {
          incidents.append(try await world.incident(listed["id"] ?? .null))
        }
        return .object([
          "source": seen["source"] ?? .null, "walk": .text(walked), "alerts": .array(alerts), "incidents": .array(incidents),
          "id": incidents.last?["id"] ?? .null, "version": incidents.last?["version"] ?? .null,
        ])
      },
      agrees: { model, read in
        let (alerts, incidents) = (read["alerts"]?.array ?? [], read["incidents"]?.array ?? [])
        guard incidents.count == model.incidents.count else { return false }
        let areIncidentsRight = zip(incidents, model.incidents).allSatisfy { shown, incident in
          shown["state"] == .text(incident.state) && shown["reopenCount"] == .integer(incident.reopened) && (shown["owner"] != .null) == incident.isTaken
        }
        return areIncidentsRight
          && ["A", "B"].enumerated().allSatisfy { place, name in
            let shown = alerts.first { $0["title"]?.text?.hasPrefix("\(name) of ") == true }
            guard let known = model.alerts[place] else { return shown == nil }
            let incident: Value = known.incident.map { incidents[$0]["id"] ?? .null } ?? .null
            return shown?["state"] == .text(known.state) && shown?["occurrences"] == .integer(known.occurrences) && shown?["incident"] == incident
          }
      },
      comparesVersion: { [.take, .resolve].contains($0) },
      isPossible: { model, act in
        switch act {
        case .announce: !model.isCovered
        case .endWindow: model.hadWindow
        case .take, .resolve: !model.incidents.isEmpty
        default: true
        }
      })
    let reached = try await walk.run(
      seeds: [2, 3], walks: 4, steps: 20,
      begin: {
        number += 1
        let source = try await world.source(["flapMinutes": 30, "stormLimit": 1000], name: "Walk \(number)").id
        return (Model(), Value.object(["source": source, "walk": .text("walk \(number)")]))
      }, pause: { world.database.clock.advance(seconds: 10) })
    let (alerts, incidents) = (Set(reached.flatMap(\.alerts)), Set(reached.flatMap(\.incidents)))
    #expect(Set(alerts.map { $0?.state }) == [nil, "firing", "suppressed", "resolved"], "\(alerts)")
    #expect(alerts.contains { ($0?.occurrences ?? 0) > 1 } && reached.contains { $0.incidents.count > 1 }, "\(reached)")
    for (isOpen, isTaken) in [(true, false), (true, true), (false, false), (false, true)] {
      #expect(incidents.contains { $0.isOpen == isOpen && $0.isTaken == isTaken }, "\(incidents)")
    }
    #expect(incidents.contains { $0.reopened > 2 } && incidents.contains { !$0.isNear }, "\(incidents)")
  }
}
