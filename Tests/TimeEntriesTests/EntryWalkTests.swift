import Kernel
import Operations
import Synchronization
import TestSupport
import Testing
@testable import TimeEntries

/// One entry of time and its corrections through their operations, and bills that take and give back, beside a model of what is possible.
@Suite struct EntryWalkTests {
  private enum Act: CaseIterable {
    case change, meddle, submit, approve, sendBack, delete, drop, correct, takeBack, bill, release
  }

  private struct Model: Hashable {
    var state = "draft"
    var minutes: Int64 = 4
    /// What is to be right instead, until somebody else has approved it; it takes back alone where it has no minutes.
    var correction: Correction?
    var corrections = 0
    var isTakenBack = false
    /// Rows that no bill has, rows that the bill has, and what the latter come to.
    var open = 0
    var taken = 0
    var billed: Int64 = 0
    /// Whether the bill has the entry that stands.
    var isBilled = false

    var isApproved: Bool { state == "approved" }
    var standing: Int64 { isApproved && !isTakenBack ? minutes : 0 }
  }

  private struct Correction: Hashable {
    var state = "submitted"
    var minutes: Int64?
  }

  /// The entry that stands or is written, its correction, and the bill of the walk.
  private struct Place {
    var entry = Value.null
    var correction = Value.null
    var bill = Value.null
  }

  /// Written apart from the code; of drafts and of corrections alike.
  private static let table: [String: [Act: String]] = [
    "draft": [.change: "draft", .submit: "submitted", .delete: "gone", .drop: "gone"],
    "submitted": [.approve: "approved", .sendBack: "returned"],
    "returned": [.change: "returned", .submit: "submitted", .delete: "gone", .drop: "gone"],
  ]

  private static func expected(_ model: Model, _ act: Act) -> Model? {
    var next = model
    switch act {
    case .meddle: return nil
    case .bill:
      next.taken += model.open
      (next.open, next.billed, next.isBilled) = (0, model.standing, model.standing != 0)
    case .release:
      guard model.taken > 0 else { return nil }
      next.open += model.taken
      (next.taken, next.billed, next.isBilled) = (0, 0, false)
    case .correct, .takeBack:
      guard model.isApproved, !model.isTakenBack, model.correction == nil else { return nil }
      next.correction = Correction(minutes: act == .correct ? 10 - model.minutes : nil)
      next.corrections += 1
    case .change, .submit, .approve, .sendBack, .delete, .drop:
      if let correction = model.correction { return moved(model, correction, act) }
      guard let state = table[model.state]?[act] else { return nil }
      next.state = state
      if act == .change { next.minutes = 10 - model.minutes }
      if act == .approve { next.open += 1 }
    }
    return next
  }

  private static func moved(_ model: Model, _ correction: Correction, _ act: Act) -> Model? {
    guard let state = table[correction.state]?[act] else { return nil }
    var next = model
    next.correction?.state = state
    if act == .change {
      // One that only takes back has nothing that would be right.
      guard let minutes = correction.minutes else { return nil }
      next.correction?.minutes = 10 - minutes
    }
    if state == "gone" { next.correction = nil }
    if state == "approved" {
      // What a bill has is credited; what none has never was.
      next.open += model.isBilled ? 1 : -1
      (next.correction, next.isBilled, next.isTakenBack) = (nil, false, correction.minutes == nil)
      if let minutes = correction.minutes {
        next.minutes = minutes
        next.open += 1
      }
    }
    return next
  }

  @Test func entriesGoWhereTheTableLetsThem() async throws {
    let world = try await TimeWorld()
    let customer = Value.id(world.acme.publicId)
    let place = Mutex(Place())
    let walk = OperationWalk<Model, Act>(
      expected: Self.expected,
      perform: { act, seen in
        let told: [String: Value] = ["date": "2026-03-09", "minutes": .integer(10 - (seen["minutes"]?.integer ?? 0))]
        let correction = place.withLock { $0.correction }
        switch act {
        case .change: _ = try await world.act("change", seen, told)
        // Somebody else, who may approve it.
        case .meddle: _ = try await world.act("change", seen, ["note": "Not his"], as: world.manager)
        case .submit: _ = try await world.act("submit", seen)
        case .approve:
          let approved = try await world.act("approve", seen, as: world.manager)
          guard !correction.isNull else { return }
          place.withLock { place in
            if approved["kind"] == "work" { place.entry = correction }
            place.correction = .null
          }
        case .sendBack: _ = try await world.act("return", seen, ["reason": "Which printer?"], as: world.manager)
        case .delete, .drop:
          _ = try await act == .delete ? world.act("delete", seen) : world.act("drop", seen, ["reason": "Left lying"], as: world.manager)
          place.withLock { $0.correction = .null }
        case .correct, .takeBack:
          let entry = Value.object(["id": seen["entry"] ?? .null])
          let right: [String: Value] =
            act == .correct ? ["reason": "Wrong", "date": "2026-03-09", "minutes": .integer(10 - (seen["stands"]?.integer ?? 0))] : ["reason": "Wrong"]
          let made = try await world.act("correct", entry, right)
          place.withLock { $0.correction = made["id"] ?? .null }
        case .bill: _ = try await world.call("time_source.claim", ["customer": customer, "bill": seen["bill"] ?? .null], as: world.finance)
        case .release:
          let void: [String: Value] = ["customer": customer, "bill": seen["bill"] ?? .null, "reason": "Void"]
          _ = try await world.call("time_source.release", void, as: world.finance)
        }
      },
      read: { _ in try await Self.read(place.withLock { $0 }, world) },
      agrees: { model, read in
        let isThere = model.state != "gone"
        guard read["state"] == .text(model.state), read["stands"] == .integer(isThere ? model.minutes : nil) else { return false }
        guard read["correction"] == .text(model.correction?.state), read["isTakenBack"] == .bool(model.isTakenBack) else { return false }
        if let correction = model.correction, let minutes = correction.minutes, read["minutes"] != .integer(minutes) { return false }
        return read["open"] == .integer(Int64(model.open)) && read["openMinutes"] == .integer(model.standing - model.billed)
          && read["taken"] == .integer(Int64(model.taken)) && read["takenMinutes"] == .integer(model.billed)
      },
      comparesVersion: { [.change, .submit, .approve, .sendBack, .delete, .drop].contains($0) },
      // What is gone has no version; three corrections are enough.
      isPossible: { model, act in
        if model.state == "gone" { return act == .correct }
        return ![.correct, .takeBack].contains(act) || model.corrections < 3
      })
    let reached = try await walk.run(
      seeds: [1, 2, 3], walks: 6, steps: 16,
      begin: {
        // What the walk before left to be billed is none of this one's.
        _ = try await world.call("time_source.claim", ["customer": customer, "bill": "Before"], as: world.finance)
        let made = try await world.call(
          "time_entry.add",
          [
            "customer": customer, "ticket": world.ticket["id"] ?? .null, "workType": "on_site", "date": "2026-03-09", "minutes": 4,
            "billable": .bool(true),
          ], as: world.anna)
        let begun = Place(entry: made["id"] ?? .null, bill: .text("Of \(made["id"]?.text ?? "")"))
        place.withLock { $0 = begun }
        return (Model(), try await Self.read(begun, world))
      }, pause: { world.database.clock.advance(seconds: 10) })
    #expect(Set(reached.map(\.state)) == ["draft", "submitted", "returned", "approved", "gone"], "\(reached)")
    #expect(Set(reached.compactMap { $0.correction?.state }) == ["submitted", "returned"], "\(reached)")
    #expect(reached.contains { $0.isTakenBack && $0.billed > 0 } && reached.contains { $0.isTakenBack && $0.open == 0 }, "\(reached)")
    #expect(reached.contains { $0.corrections > 0 && $0.standing > 0 && $0.standing == $0.billed }, "\(reached)")
  }

  /// What is acted on, which is the correction while there is one, with the entry that stands and what bills know of it.
  private static func read(_ place: Place, _ world: TimeWorld) async throws -> Value {
    let customer = Value.id(world.acme.publicId)
    let entry = try await found(place.entry, world)
    let correction = place.correction.isNull ? nil : try await found(place.correction, world)
    let open = try await world.call("time_source.list", ["customer": customer, "limit": 200], as: world.finance)["items"]?.array ?? []
    let billed =
      try await world.call(
        "time_source.billed", ["customer": customer, "bill": place.bill, "limit": 200], as: world.finance)["items"]?.array ?? []
    let taken = billed.filter { $0["releasedAt"] == .null }.map { $0["source"] ?? .null }
    func minutes(_ sources: [Value]) -> Value { .integer(sources.reduce(0) { $0 + ($1["billedMinutes"]?.integer ?? 0) }) }
    let acted = correction ?? entry
    return .object([
      "id": correction == nil ? place.entry : place.correction, "version": acted?["version"] ?? .null, "minutes": acted?["minutes"] ?? .null,
      "entry": place.entry, "bill": place.bill, "state": entry?["state"] ?? "gone", "stands": entry?["minutes"] ?? .null,
      "correction": correction?["state"] ?? .null, "isTakenBack": .bool((entry?["reversedBy"] ?? .null) != .null),
      "open": .integer(Int64(open.count)), "openMinutes": minutes(open), "taken": .integer(Int64(taken.count)), "takenMinutes": minutes(taken),
    ])
  }

  /// Nil: it is not there any more.
  private static func found(_ id: Value, _ world: TimeWorld) async throws -> Value? {
    do {
      return try await world.call("time_entry.read", ["id": id], as: world.anna)
    } catch let failure as Failure where failure.kind == .notFound {
      return nil
    }
  }
}
