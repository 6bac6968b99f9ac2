import BillingEngine
import Kernel
import TestSupport
import Testing

@Suite struct CreditTests {
  private static let euro = Currency(code: "EUR")

  private func schedule(_ members: KeyValuePairs<String, Value>) throws -> CreditSchedule {
    let base: [Value.Member] = [Value.Member("measure", "availability"), Value.Member("period", "month")]
    return try CreditSchedule(.object(base + members.map { Value.Member($0.key, $0.value) }))
  }

  private func base(_ fee: Int64? = 100_000, days: Int64 = 30) throws -> CreditBase {
    CreditBase(fee: fee.map(Fraction.init), currency: try #require(Self.euro), days: days, hours: days * 24)
  }

  private func down(_ name: String = "", weight: Int64 = 1) -> CreditSubject {
    CreditSubject(name: name, weight: weight, attainment: Fraction(1, 2))
  }

  @Test(
    arguments: [
      (["percent": "12.5"], 12_500), (["days": 3], 10_000), (["multiple": "1.5"], 150_000), (["amount": "77.77"], 7777), (["percent": "0"], 0),
    ] as [([String: Value], Int64)])
  func eachBasisPays(basis: [String: Value], amount: Int64) throws {
    let band = Value.object([Value.Member("below", "99")] + basis.map { Value.Member($0.key, $0.value) })
    let credit = try schedule(["currency": "EUR", "bands": .array([band])]).credit(for: [down()], base: try base())
    #expect(credit.amount.minorUnits == amount)
  }

  @Test(
    arguments: [
      (["percent": "100"], 100_000), (["days": 15], 50_000), (["amount": "123.45"], 12_345),
    ] as [([String: Value], Int64)])
  func theCapIsTheMost(cap: [String: Value], amount: Int64) throws {
    let schedule = try schedule([
      "currency": "EUR", "bands": .array([.object(["below": "99", "multiple": 2])]), "cap": .object(cap.map { Value.Member($0.key, $0.value) }),
    ])
    let credit = try schedule.credit(for: [down()], base: try base())
    #expect(credit.amount.minorUnits == amount)
    #expect(credit.cappedAt != nil)
    #expect(credit.exact == Fraction(200_000))
  }

  /// Instances with weights 1, 1 and 2: only those that were down are paid, of their parts of the fee.
  @Test func subjectsArePaidOfTheirParts() throws {
    let schedule = try schedule(["per": "instance", "bands": .array([.object(["below": "99", "percent": 30])])])
    let up = CreditSubject(name: "up", weight: 1, attainment: Fraction(1))
    let credit = try schedule.credit(for: [up, down("a"), down("b", weight: 2)], base: try base(1001))
    #expect(credit.parts.map(\.band) == [nil, 0, 0])
    // 30 % of 3/4 of 1001: 225.225, rounded once.
    #expect(credit.exact == Fraction(9009, 40))
    #expect(credit.amount.minorUnits == 225)
  }

  @Test func nothingJudgedPaysNothing() throws {
    let schedule = try schedule(["bands": .array([.object(["below": "100", "percent": 10])])])
    let credit = try schedule.credit(for: [CreditSubject(name: "", attainment: nil)], base: try base())
    #expect(!credit.pays && credit.amount.minorUnits == 0)
    #expect(try schedule.credit(for: [], base: try base()).amount.minorUnits == 0)
  }

  @Test func aPartOfNoFeeIsAnError() throws {
    let percent = try schedule(["bands": .array([.object(["below": "99", "percent": 10])])])
    #expect(throws: CreditError.noFee) { try percent.credit(for: [down()], base: try base(nil)) }
    let fixed = try schedule(["currency": "USD", "bands": .array([.object(["below": "99", "amount": "5"])])])
    #expect(throws: CreditError.self) { try fixed.credit(for: [down()], base: try base()) }
    #expect(throws: CreditError.overflow) {
      try percent.credit(for: [CreditSubject(name: "", weight: .max, attainment: nil), down(weight: 1)], base: try base())
    }
    let multiple = try schedule(["bands": .array([.object(["below": "99", "multiple": 1000])])])
    #expect(throws: CreditError.overflow) { try multiple.credit(for: [down()], base: try base(.max)) }
  }

  /// A cap that is a part of no fee is no cap that vanishes: it is told, unless nothing is paid anyway.
  @Test(arguments: [["percent": "50"], ["days": 3]] as [[String: Value]])
  func aCapOfNoFeeIsAnError(cap: [String: Value]) throws {
    let schedule = try schedule([
      "currency": "EUR", "bands": .array([.object(["below": "99", "amount": "5"])]), "cap": .object(cap.map { Value.Member($0.key, $0.value) }),
    ])
    #expect(throws: CreditError.noFee) { try schedule.credit(for: [down()], base: try base(nil)) }
    #expect(try schedule.credit(for: [CreditSubject(name: "", attainment: Fraction(1))], base: try base(nil, days: 0)).amount.minorUnits == 0)
  }

  /// A line that had no whole day or hour has none to be paid; no more is paid than it had.
  @Test func noMoreIsPaidThanThereWas() throws {
    let days = try schedule(["bands": .array([.object(["below": "99", "days": 3])]), "cap": .object(["days": 30])])
    for (had, paid, amount) in [(0, 0, 0), (2, 2, 100_000), (30, 3, 10_000)] as [(Int64, Int64, Int64)] {
      let credit = try days.credit(for: [down()], base: try base(days: had))
      #expect(credit.parts.first?.units == paid && credit.amount.minorUnits == amount)
    }
    let hours = try schedule(["bands": .array([.object(["below": "99", "hoursDownOver": 60])])])
    let subject = CreditSubject(name: "", attainment: Fraction(1, 2), downByHour: Array(repeating: 3_600_000_000, count: 30))
    for (had, paid, amount) in [(0, 0, 0), (1, 24, 100_000), (2, 30, 62_500)] as [(Int64, Int64, Int64)] {
      let credit = try hours.credit(for: [subject], base: try base(days: had))
      #expect(credit.parts.first?.units == paid && credit.amount.minorUnits == amount)
    }
  }

  @Test func aClaimEndsSoManyDaysAfterThePeriod() throws {
    let schedule = try schedule(["bands": .array([.object(["below": "99", "percent": 10])]), "claimDays": 30])
    #expect(schedule.claimBy(try #require(BillingPeriod(.month, named: "2026-01")))?.description == "2026-03-02")
  }

  /// Random schedules on whole minutes of a month, against an oracle that knows only integers: bounds as ten-thousandths of a
  /// percent, compared by cross-multiplication, and amounts by long division.
  @Test func randomSchedulesAgreeWithIntegers() throws {
    var random = SplitMix64(seed: 11)
    for _ in 0..<300 {
      var edges = Set((0..<Int.random(in: 1...6, using: &random)).map { _ in Int64.random(in: 900_000...1_000_000, using: &random) }).sorted()
      if Bool.random(using: &random) { edges.append(1_000_000) }
      let edgesInOrder = Array(Set(edges)).sorted()
      var bands: [(low: (Int64, Bool)?, high: (Int64, Bool), percent: Int64)] = []
      var low: (Int64, Bool)?
      for edge in edgesInOrder {
        let isIn = Bool.random(using: &random)
        bands.append((low, (edge, isIn), Int64.random(in: 0...100, using: &random)))
        low = (edge, isIn ? false : Bool.random(using: &random))
      }
      let terms = Value.array(
        bands.map { band in
          let lower = band.low.map { [Value.Member($0.1 ? "from" : "above", .text(Rate(units: $0.0).percent))] } ?? []
          return .object(
            lower + [
              Value.Member(band.high.1 ? "upTo" : "below", .text(Rate(units: band.high.0).percent)), Value.Member("percent", .integer(band.percent)),
            ])
        })
      let schedule = try schedule(["bands": terms])
      let total = [40_320, 41_760, 43_200, 44_640].randomElement(using: &random) ?? 43_200
      let fee = Int64.random(in: 0...1_000_000, using: &random)
      for _ in 0..<40 {
        // Near the edges as often as anywhere.
        let edge = edgesInOrder.randomElement(using: &random) ?? 0
        let near = total - Int(edge) * total / 1_000_000 + Int.random(in: -2...2, using: &random)
        let minutes = Bool.random(using: &random) ? near : Int.random(in: 0...total, using: &random)
        let up = Int64(min(max(total - minutes, 0), total))
        func above(_ bound: (Int64, Bool)) -> Bool { bound.1 ? up * 1_000_000 >= bound.0 * Int64(total) : up * 1_000_000 > bound.0 * Int64(total) }
        func under(_ bound: (Int64, Bool)) -> Bool { bound.1 ? up * 1_000_000 <= bound.0 * Int64(total) : up * 1_000_000 < bound.0 * Int64(total) }
        let expected = bands.firstIndex { ($0.low.map(above) ?? true) && under($0.high) }
        let credit = try schedule.credit(for: [CreditSubject(name: "", attainment: Fraction(up, Int64(total)))], base: try base(fee))
        #expect(credit.parts.first?.band == expected)
        let hundredths = fee * (expected.map { bands[$0].percent } ?? 0)
        #expect(credit.amount.minorUnits == hundredths / 100 + (hundredths % 100 >= 50 ? 1 : 0))
      }
    }
  }
}

@Suite struct CreditScheduleDocumentTests {
  private func refusals(_ members: KeyValuePairs<String, Value>) -> [String] {
    do throws(Failure) {
      _ = try CreditSchedule(.object(members))
      return []
    } catch {
      return error.violations.map { "\($0.path) \($0.message.key.split(separator: ".").last ?? "")" }
    }
  }

  private let band: Value = .array([.object(["below": "99", "percent": 10])])

  @Test func whatIsWrongIsToldByPath() {
    #expect(refusals([:]) == ["measure missing", "period missing", "bands missing"])
    #expect(refusals(["measure": "x", "period": "month", "bands": band]) == ["measure choice"])
    #expect(refusals(["measure": "availability", "period": "month", "bands": .array([])]) == ["bands count"])
    #expect(refusals(["measure": "availability", "period": "month", "bands": band, "more": 1]) == ["more unknown_field"])
    #expect(refusals(["measure": "availability", "period": "month", "bands": .array([.object(["below": "99"])])]) == ["bands[0] one_of"])
    #expect(
      refusals(["measure": "availability", "period": "month", "bands": .array([.object(["below": "99", "percent": 1, "days": 1])])]) == ["bands[0] one_of"])
    #expect(
      refusals(["measure": "availability", "period": "month", "bands": .array([.object(["from": "99", "above": "98", "percent": 1])])])
        == ["bands[0] at_most_one_of"])
    #expect(
      refusals(["measure": "availability", "period": "month", "bands": .array([.object(["from": "99", "below": "99", "percent": 1])])])
        == ["bands[0] empty_band"])
    #expect(
      refusals(["measure": "availability", "period": "month", "bands": .array([.object(["below": "100.00001", "percent": "x"])])])
        == ["bands[0].below percent", "bands[0].percent percent"])
    #expect(refusals(["measure": "response", "period": "month", "bands": band, "per": "region"]) == ["per not_for_measure"])
    #expect(refusals(["measure": "availability", "period": "month", "bands": band, "priority": 1]) == ["priority not_for_measure"])
    #expect(refusals(["measure": "measured", "metric": "backup_success", "period": "month", "bands": band, "per": "service"]) == [])
    #expect(refusals(["measure": "measured", "period": "month", "bands": band]) == ["metric missing"])
    #expect(refusals(["measure": "measured", "metric": "response", "period": "month", "bands": band]) == ["metric metric"])
    #expect(refusals(["measure": "measured", "metric": "Backups!", "period": "month", "bands": band]) == ["metric metric"])
    #expect(
      refusals(["measure": "measured", "metric": "backup_success", "period": "month", "bands": band, "per": "region", "priority": 1])
        == ["per not_for_measure", "priority not_for_measure"])
    #expect(refusals(["measure": "response", "metric": "backup_success", "period": "month", "bands": band]) == ["metric not_for_measure"])
    #expect(
      refusals(["measure": "availability", "period": "month", "bands": .array([.object(["below": "99", "amount": "5"])])]) == ["bands[0].amount amount"])
    #expect(
      refusals(["measure": "availability", "period": "month", "bands": band, "downtime": .object(["maintenance": "maybe"])])
        == ["downtime.maintenance choice"])
  }

  /// Two bands that share one point pay twice; that only one of them holds it is right.
  @Test(arguments: [
    ("upTo", "from", ["bands[1] overlap"]), ("below", "from", []), ("upTo", "above", []), ("below", "above", []),
  ])
  func bandsMayTouchButNotOverlap(upper: String, lower: String, expected: [String]) {
    let bands: Value = .array([
      .object([Value.Member(upper, "99"), Value.Member("percent", 10)]), .object([Value.Member(lower, "99"), Value.Member("percent", 5)]),
    ])
    #expect(refusals(["measure": "availability", "period": "month", "bands": bands]) == expected)
  }
}
