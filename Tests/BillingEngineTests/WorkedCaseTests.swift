import BillingEngine
import Foundation
import Kernel
import TestSupport
import Testing

/// The published SLAs of the trade, their worked cases, and the schedules that ship as examples of them.
@Suite struct WorkedCaseTests {
  static let folder = RealData.packageRoot.appending(path: "deploy/credit-schedules")

  static func example(_ id: String) throws -> Value { try JSON.read(String(contentsOf: folder.appending(path: "\(id).json"), encoding: .utf8)) }

  static func schedule(_ id: String) throws -> CreditSchedule { try CreditSchedule(example(id)["terms"] ?? .null) }

  private static func file() throws -> Value? {
    guard let url = RealData.url("sla-tiers/sla_tiers.json") else { return nil }
    return try JSON.read(String(contentsOf: url, encoding: .utf8))
  }

  @Test func everyWorkedCaseHoldsExactly() throws {
    guard let file = try Self.file() else { return }
    let cases = file["cases"]?.array ?? []
    #expect(cases.count == 33)
    let euro = try #require(Currency(code: "EUR"))
    for given in cases {
      let id = try #require(given["sla"]?.text)
      let schedule = try Self.schedule(id)
      let (total, down) = (try #require(given["total_minutes"]?.integer), try #require(given["down_minutes"]?.integer))
      let place = Comment(rawValue: "\(id) with \(down) of \(total) minutes")
      let attainment = try #require(Fraction(total - down, total))
      let exact = (given["uptime_exact"]?.text ?? "").split(separator: "/").compactMap { Int64($0) }
      try #require(exact.count == 2)
      #expect(try attainment.multiplied(by: Fraction(100)) == Fraction(exact[0], exact[1]), place)
      let percent = given["uptime_percent"]?.text ?? ""
      if !percent.contains("published") { #expect(attainment.percent(decimals: 6) == percent, place) }

      let days = total / 1440
      let base = CreditBase(fee: Fraction(3_000_000), currency: euro, days: days, hours: days * 24)
      let credit = try schedule.credit(for: [CreditSubject(name: "", attainment: attainment)], base: base)
      #expect(Self.words(credit.parts.first?.band.map { schedule.bands[$0].basis }) == given["credit"]?.text, place)
      #expect(credit.amount.minorUnits == Self.worth(given["credit"]?.text ?? "", of: 3_000_000, days), place)
      #expect(schedule.isMet(attainment) == (given["credit"] == "0"), place)
    }
  }

  /// What the file writes for a basis.
  private static func words(_ basis: CreditBasis?) -> String {
    switch basis {
    case nil: "0"
    case .percent(let rate)?: "\(rate.percent)%"
    case .days(let days)?: "\(days) days"
    default: "?"
    }
  }

  private static func worth(_ credit: String, of fee: Int64, _ days: Int64) -> Int64 {
    guard let number = Int64(credit.prefix { $0.isNumber }) else { return -1 }
    return credit.hasSuffix("days") ? Fraction(fee * number, days)?.rounded ?? -1 : fee * number / 100
  }

  @Test func theExamplesAreThePublishedTiers() throws {
    guard let file = try Self.file() else { return }
    let published = file["slas"]?.array ?? []
    #expect(published.count == 9)
    for sla in published {
      let id = try #require(sla["id"]?.text)
      let schedule = try Self.schedule(id)
      let tiers = try (sla["tiers"]?.array ?? []).map { tier -> CreditBand in
        let parts = (tier.array ?? []).compactMap(\.text)
        try #require(parts.count == 3)
        let (lower, upper) = (try #require(Rate(percent: parts[0])), try #require(Rate(percent: parts[1])))
        let number = String(parts[2].prefix { $0.isNumber })
        let basis: CreditBasis = try parts[2].hasSuffix("%") ? .percent(#require(Rate(percent: number))) : .days(#require(Int64(number)))
        return CreditBand(
          lower: lower.units == 0 ? nil : CreditBound(lower, isInclusive: true), upper: CreditBound(upper, isInclusive: false), basis: basis)
      }
      #expect(schedule.bands == tiers, "\(id)")
      #expect(schedule.commitment?.value == Rate(percent: sla["commitment"]?.text ?? ""), "\(id)")
      #expect(schedule.period == .month && schedule.measure == .availability, "\(id)")
    }
    let shipped = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter { $0.hasSuffix(".json") }
    #expect(shipped.count == 12)
    for name in shipped { _ = try Self.schedule(String(name.dropLast(5))) }
  }

  /// Exactly 99.9 % both meets the promise and pays; exactly 99.0 % is in no band.
  @Test func aBandCanPayWhatMeetsAndLeaveAGap() throws {
    let schedule = try CreditSchedule(
      .object([
        "measure": "availability", "period": "quarter", "commitment": .object(["from": "99.9"]),
        "bands": .array([
          .object(["above": "99.0", "upTo": "99.9", "percent": "10"]), .object(["below": "99.0", "percent": "25"]),
        ]),
      ]))
    let edge = try #require(Fraction(999, 1000))
    #expect(schedule.isMet(edge) == true)
    #expect(schedule.band(of: edge) == 0)
    #expect(try schedule.band(of: #require(Fraction(9991, 10_000))) == nil)
    #expect(try schedule.band(of: #require(Fraction(99, 100))) == nil)
    #expect(try schedule.band(of: #require(Fraction(9899, 10_000))) == 1)
  }

  /// The hourly rule beside the monthly one: an hour with more than six minutes of down time costs nothing.
  @Test func anHourThatWasDownIsWaived() throws {
    let schedule = try Self.schedule("aws-ec2-instance-hourly")
    let euro = try #require(Currency(code: "EUR"))
    let minute: Int64 = 60_000_000
    let subject = CreditSubject(
      name: "", attainment: Fraction(43_150, 43_200), downByHour: [6 * minute, 6 * minute + 1, 60 * minute, 1])
    let credit = try schedule.credit(for: [subject], base: CreditBase(fee: Fraction(72_000), currency: euro, days: 30, hours: 720))
    #expect(credit.parts.first?.units == 2)
    #expect(credit.amount.minorUnits == 200)
  }
}
