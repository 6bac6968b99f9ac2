import Contracts
import Foundation
import Kernel
import Scorecard

/// A ticket as the test knows it: what it wrote, and what a reader with a wall calendar makes of it.
struct ModelTicket {
  struct Promise: Equatable {
    var state = "running"
    var verdict: String?
    var consumed: Int64 = 0
    /// Of its row.
    var clock: Int64 = 0
  }

  let number: Int64
  var id: Int64 = 0
  /// Nil: no contract.
  var contract: Int?
  var priority: Int64
  let openedAt: Instant
  var resolvedAt: Instant?
  var closedAt: Instant?
  var reopenCount: Int64 = 0
  /// Nil: nothing was promised.
  var response: Promise?
  var resolution: Promise?

  var state: String { closedAt != nil ? "closed" : resolvedAt != nil ? "resolved" : "active" }

  func promise(_ metric: Metric) -> Promise? { metric == .response ? response : resolution }

  /// The date that a calendar on the wall shows, by Foundation.
  static func day(_ instant: Instant?, _ zone: String) -> CalendarDate? {
    guard let instant, let timeZone = TimeZone(identifier: zone) else { return nil }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = timeZone
    let parts = calendar.dateComponents([.year, .month, .day], from: Date(timeIntervalSince1970: TimeInterval(instant.seconds)))
    return CalendarDate(year: Int64(parts.year ?? 0), month: Int64(parts.month ?? 0), day: Int64(parts.day ?? 0))
  }

  func day(_ basis: Basis, _ zone: String) -> CalendarDate? {
    switch basis {
    case .opened: Self.day(openedAt, zone)
    case .resolved: Self.day(resolvedAt, zone)
    case .closed: Self.day(closedAt, zone)
    }
  }

  func finishedOn(_ zone: String) -> CalendarDate? { day(.resolved, zone) ?? day(.closed, zone) }

  // MARK: A life, at random

  /// Around the clock changes of America/New_York (8 March) and Europe/Berlin (29 March), hours from month's ends.
  static func random(number: Int64, contracts: Int, _ random: inout some RandomNumberGenerator) -> ModelTicket {
    let promised = Int.random(in: 0...4, using: &random)
    let contract: Int? = Int.random(in: 0...5, using: &random) == 0 ? nil : Int.random(in: 0..<contracts, using: &random)
    return ModelTicket(
      number: number, contract: contract, priority: Int64.random(in: 1...4, using: &random),
      openedAt: Instant(seconds: 1_772_236_800 + Int64.random(in: 0...(35 * 24), using: &random) * 3600),  // 2026-02-28
      response: contract == nil || promised == 0 ? nil : Promise(), resolution: contract == nil || promised == 1 ? nil : Promise())
  }

  mutating func live(contracts: Int, _ random: inout some RandomNumberGenerator) {
    let hours = Int64.random(in: 0...200, using: &random)
    switch Int.random(in: 0...9, using: &random) {
    case 0: priority = Int64.random(in: 1...4, using: &random)
    case 1: if contract != nil { contract = Int.random(in: 0..<contracts, using: &random) }
    case 2: Self.move(&response, &random)
    case 3: Self.move(&resolution, &random)
    case 4, 5:
      if state == "active" {
        resolvedAt = openedAt.adding(seconds: hours * 3600)
        Self.move(&resolution, &random)
      }
    case 6, 7:
      if closedAt == nil { closedAt = (resolvedAt ?? openedAt).adding(seconds: hours * 3600) }
    case 8:
      if state != "active" {
        (resolvedAt, closedAt) = (nil, nil)
        reopenCount += 1
      }
    default: break  // an event that changes no figure
    }
  }

  private static func move(_ promise: inout Promise?, _ random: inout some RandomNumberGenerator) {
    guard var moved = promise, moved.state != "withdrawn" else { return }
    switch Int.random(in: 0...5, using: &random) {
    case 0: (moved.state, moved.verdict) = ("withdrawn", "withdrawn")
    case 1: (moved.state, moved.verdict) = ("running", "missed")
    case 2: (moved.state, moved.verdict) = ("running", nil)
    default:
      (moved.state, moved.verdict) = ("stopped", Bool.random(using: &random) ? "met" : "missed")
      moved.consumed = Int64.random(in: 0...20, using: &random) * 600
    }
    promise = moved
  }
}
