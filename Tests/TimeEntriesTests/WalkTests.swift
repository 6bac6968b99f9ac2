import Kernel
import Operations
import TestSupport
import Testing
@testable import TimeEntries

/// Random acts on many entries, legal and illegal ones, against a model of a few lines: what is refused, what sums say, and that bills
/// come to exactly what stands.
@Suite struct WalkTests {
  private struct Known {
    var state: TimeEntryState
    var version: Int64
    var minutes: Int64
    var billable: Bool
    /// The place of the entry that it corrects.
    var corrects: Int?
    var withdraws = false
    /// Taken back, or about to be.
    var isReversed = false
    var isBeingCorrected = false
    let id: Value
  }

  @Test(arguments: [UInt64(1), 2, 3]) func sumsAndBillsAreWhatStands(seed: UInt64) async throws {
    let world = try await TimeWorld()
    var generator = SplitMix64(seed: seed)
    var known: [Known] = []
    var bills: Int64 = 0
    for step in 0..<120 {
      let act = Int.random(in: 0..<9, using: &generator)
      if known.isEmpty || act == 0 {
        known.append(try await add(world, &generator))
        continue
      }
      let place = Int.random(in: 0..<known.count, using: &generator)
      switch act {
      case 1, 2: try await decide(place, .submit, &known, world)
      case 3, 4: try await decide(place, .approve, &known, world)
      case 5: try await decide(place, .sendBack, &known, world)
      case 6, 7: try await correct(place, &known, world, &generator)
      default: bills += try await claim(world, "S\(step)", most: Int64.random(in: 1...4, using: &generator))
      }
      if step % 10 == 9 { try await compare(known, world) }
    }
    try await compare(known, world)
    bills += try await claim(world, "last", most: 1000)
    #expect(bills == standing(known).filter(\.billable).reduce(0) { $0 + $1.minutes }, "what was billed and credited is what stands")
    #expect(try await claim(world, "more", most: 1000) == 0)
  }

  private func standing(_ known: [Known]) -> [Known] { known.filter { $0.state == .approved && !$0.isReversed && !$0.withdraws } }

  private func compare(_ known: [Known], _ world: TimeWorld) async throws {
    let stands = standing(known)
    let minutes = stands.reduce(0) { $0 + $1.minutes }
    let billed = stands.filter(\.billable).reduce(0) { $0 + $1.minutes }
    for group in TimeGroup.allCases {
      let found = try await world.totals(.text(group.rawValue))
      #expect(found.reduce(0) { $0 + ($1[2].integer ?? 0) } == minutes, "\(group)")
      #expect(found.reduce(0) { $0 + ($1[4].integer ?? 0) } == billed, "\(group)")
    }
  }

  private func add(_ world: TimeWorld, _ generator: inout SplitMix64) async throws -> Known {
    let (minutes, billable) = (Int64.random(in: 1...12, using: &generator), Bool.random(using: &generator))
    let made = try await world.call(
      "time_entry.add",
      [
        "customer": .id(world.acme.publicId), "ticket": world.ticket["id"] ?? .null, "workType": "on_site", "date": "2026-03-09",
        "minutes": .integer(minutes), "billable": .bool(billable),
      ], as: world.anna)
    return Known(state: .draft, version: 1, minutes: minutes, billable: billable, id: made["id"] ?? .null)
  }

  private func decide(_ place: Int, _ event: TimeEntryState.Event, _ known: inout [Known], _ world: TimeWorld) async throws {
    let entry = known[place]
    // What only took something back is gone with its approval.
    guard !(entry.withdraws && entry.state == .approved) else { return }
    let members: [String: Value] = event == .sendBack ? ["reason": "no"] : [:]
    let said = await refusal {
      try await world.act(
        event.rawValue, .object(["id": entry.id, "version": .integer(entry.version)]), members, as: event == .submit ? world.anna : world.manager)
    }
    guard let next = entry.state.after(event) else {
      #expect(said == "time_entry.bad_transition", "\(event) in \(entry.state)")
      return
    }
    #expect(said == "accepted", "\(event) in \(entry.state)")
    known[place].state = next
    known[place].version += 1
    if next == .approved, let original = entry.corrects { known[original].isReversed = true }
  }

  private func correct(_ place: Int, _ known: inout [Known], _ world: TimeWorld, _ generator: inout SplitMix64) async throws {
    let entry = known[place]
    guard !(entry.withdraws && entry.state == .approved) else { return }
    let minutes = Bool.random(using: &generator) ? Int64.random(in: 1...12, using: &generator) : nil
    var members: [String: Value] = ["reason": "because"]
    if let minutes { members.merge(["date": "2026-03-09", "minutes": .integer(minutes)]) { $1 } }
    var made = Value.null
    let said = await refusal {
      made = try await world.act("correct", .object(["id": entry.id]), members)
      return made
    }
    if entry.state != .approved {
      #expect(said == "time_entry.not_approved")
    } else if entry.isReversed || entry.isBeingCorrected {
      #expect(said == "time_entry.corrected_already")
    } else {
      #expect(said == "accepted")
      known[place].isBeingCorrected = true
      known.append(
        Known(
          state: .submitted, version: 1, minutes: minutes ?? entry.minutes, billable: entry.billable, corrects: place, withdraws: minutes == nil,
          id: made["id"] ?? .null))
    }
  }

  private func claim(_ world: TimeWorld, _ bill: String, most: Int64) async throws -> Int64 {
    let claimed = try await world.call(
      "time_source.claim", ["customer": .id(world.acme.publicId), "bill": .text(bill), "most": .integer(most)], as: world.finance)
    return (claimed["sources"]?.array ?? []).reduce(0) { $0 + ($1["billedMinutes"]?.integer ?? 0) }
  }
}
