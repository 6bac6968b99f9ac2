import Kernel
import Operations
import TestSupport
import Testing

/// How many requests met their promises, and which they are. All are ordered on 2 March at 8:00: an answer is owed within one hour, the fulfilment within
/// four.
@Suite struct AttainmentTests {
  private let march = "2026-03"

  private func at(_ world: RequestsWorld, _ time: String) throws { world.database.clock.set(try #require(Instant(time))) }

  private func figures(_ world: RequestsWorld, _ month: String, as principal: Principal? = nil) async throws -> [[Value]] {
    let read = try await world.call("scorecard.requests", ["customer": .id(world.acme.publicId), "month": .text(month)], as: principal)
    return read.at("figures").array?.map { figure in ["metric", "value", "met", "judged", "requests"].map { figure.at($0) } } ?? []
  }

  /// Of all lines together, by the keys that handbooks name.
  private func totals(_ world: RequestsWorld, as principal: Principal? = nil) async throws -> [[Value]] {
    let read = try await world.call("scorecard.requests", ["customer": .id(world.acme.publicId), "month": .text(march)], as: principal)
    return read.at("totals").array?.map { total in ["indicator", "metric", "value", "met", "judged"].map { total.at($0) } } ?? []
  }

  private func behind(_ world: RequestsWorld, _ filter: [Value.Member] = [], as principal: Principal? = nil) async throws -> [Value] {
    let input = [Value.Member("customer", .id(world.acme.publicId)), Value.Member("month", .text(march))] + filter
    let listed = try await world.database.dispatcher.invoke(
      "scorecard.request_promises", .object(input), as: principal ?? world.manager, Call(requestId: "test"))
    return listed.value.at("items").array ?? []
  }

  /// Of four, one is kept whole, one is answered late and still fulfilled in time, one ends before it is broken, and one goes on. Guards: were
  /// what is withdrawn judged, 1 of 3 were answered in time; were the month that of the order, March would count what ends in April.
  @Test func whatWasMetIsCountedByLineAndLeadsToItsRequests() async throws {
    let world = try await RequestsWorld()
    let offering = try await RequestClockTests.offering(world, "PHONE")
    var made: [Value] = []
    for _ in 0..<4 { made.append(try await world.submit(offering)) }
    let (kept, late, stopped, open) = (made[0], made[1], made[2], made[3])
    try at(world, "2026-03-02T08:30:00Z")
    try await world.call("task.claim", ["id": kept.at("tasks.0.id")], as: world.engineer)
    try await world.call("request.cancel", ["id": stopped.at("id"), "reason": "Sold out"], as: world.engineer, version: stopped.at("version"))
    try at(world, "2026-03-02T09:30:00Z")
    for one in [kept, late] { try await world.call("task.complete", ["id": one.at("tasks.0.id"), "result": "Done"], as: world.engineer) }
    #expect(
      try await figures(world, march) == [
        ["resolution", .decimal("100"), 2, 2, 3], ["response", .decimal("50"), 1, 2, 3],
      ])
    for other in ["2026-02", "2026-04"] { #expect(try await figures(world, other).isEmpty) }
    let all = try await behind(world)
    #expect(all.count == 6 && !all.contains { $0.at("request") == open.at("id") }, "what goes on belongs to no month yet")
    let counted = try await behind(world, [Value.Member("included", .bool(true)), Value.Member("metric", "response")])
    #expect(counted.map { $0.at("request") } == [kept.at("id"), late.at("id")] && counted.map { $0.at("counted") } == [.bool(true), .bool(false)])
    #expect(counted.last?.at("judgedAt") == "2026-03-02T09:00:00Z" && counted.first?.at("number") == kept.at("number"))
    let left = try await behind(world, [Value.Member("included", .bool(false))])
    #expect(left.map { $0.at("reason") } == ["withdrawn", "withdrawn"] && left.allSatisfy { $0.at("request") == stopped.at("id") })
    let line = try #require(counted.first?.at("line"))
    #expect(line == kept.at("contractLine"))
    #expect(try await behind(world, [Value.Member("line", line)]).count == 6)
    // The last of them is fulfilled in April, too late.
    try at(world, "2026-04-01T08:00:00Z")
    try await world.call("task.complete", ["id": open.at("tasks.0.id"), "result": "Done"], as: world.engineer)
    #expect(
      try await figures(world, "2026-04") == [
        ["resolution", .decimal("0"), 0, 1, 1], ["response", .decimal("0"), 0, 1, 1],
      ])
    #expect(try await figures(world, march).first == ["resolution", .decimal("100"), 2, 2, 3])
  }

  /// Two lines, of which one was kept and the other one missed its response. Guards: a figure of one line alone, or a mean of both, would not be the
  /// number of requests to which it leads.
  @Test func whatAHandbookAimsAtIsOfAllLinesAndLeadsToItsRequests() async throws {
    let world = try await RequestsWorld()
    let empty: [Value] = [.null, 0, 0]
    let keys: [[Value]] = [
      ["request_attainment", .null], ["request_attainment.response", "response"], ["request_attainment.resolution", "resolution"],
    ]
    #expect(try await totals(world) == keys.map { $0 + empty })
    let offerings = [try await RequestClockTests.offering(world, "PHONE"), try await RequestClockTests.offering(world, "SCREEN")]
    let (kept, again) = (try await world.submit(offerings[0]), try await world.submit(offerings[0]))
    let late = try await world.submit(offerings[1])
    try at(world, "2026-03-02T08:30:00Z")
    for one in [kept, again] { try await world.call("task.claim", ["id": one.at("tasks.0.id")], as: world.engineer) }
    try at(world, "2026-03-02T09:30:00Z")
    for one in [kept, again, late] { try await world.call("task.complete", ["id": one.at("tasks.0.id"), "result": "Done"], as: world.engineer) }
    #expect(try await self.figures(world, march).count == 4)
    let told = try await totals(world)
    let figures: [[Value]] = [[.decimal("83.3333"), 5, 6], [.decimal("66.6667"), 2, 3], [.decimal("100"), 3, 3]]
    #expect(told == zip(keys, figures).map { $0 + $1 })
    for (key, figure) in zip(keys, figures) {
      let metric: [Value.Member] = key[1].isNull ? [] : [Value.Member("metric", key[1])]
      let judged = try await behind(world, metric + [Value.Member("included", .bool(true))])
      let met = judged.filter { $0.at("counted") == .bool(true) }
      #expect(figure[1] == .integer(Int64(met.count)) && figure[2] == .integer(Int64(judged.count)))
    }
    let own = try await world.database.user(.customerManager, of: world.acme)
    #expect(try await totals(world, as: own) == told)
  }

  /// Guards: without the promise in the condition a line that promises nothing about requests would have a figure; without the customer's contracts in
  /// it, a line that none of them has would list nothing in place of being refused.
  @Test func whatPromisesNothingHasNoFigureAndOthersSeeNone() async throws {
    let world = try await RequestsWorld()
    let made = try await world.submit(try await RequestClockTests.offering(world, "SCREEN", type: "incident"))
    try await world.call("task.complete", ["id": made.at("tasks.0.id"), "result": "Done"], as: world.engineer)
    #expect(try await figures(world, march).isEmpty)
    #expect(try await behind(world).map { $0.at("reason") } == ["no_target", "no_target"])
    let foreign = try await world.line(of: world.other, selling: try await world.offering("OTHER", [:], soldTo: []))
    let own = try await world.database.user(.customerManager, of: world.acme)
    #expect(try await behind(world, as: own).count == 2)
    await expectFailure(.invalid) { _ = try await behind(world, [Value.Member("line", foreign.at("id"))]) }
    let unknown = Value.id(world.acme.id("line", [UInt8](repeating: 7, count: 12)))
    await expectFailure(.invalid) { _ = try await behind(world, [Value.Member("line", unknown)]) }
    let requester = try await world.database.user(.requester, of: world.acme, .own)
    await expectFailure(.denied) { _ = try await figures(world, march, as: requester) }
    let stranger = try await world.database.staff(.engineer, for: [world.other])
    await expectFailure(.invalid) { _ = try await figures(world, march, as: stranger) }
  }
}
