import Contracts
import Kernel
import Operations
import Scorecard
import TestSupport
import Testing

/// Figures and their drill-down through the dispatcher, against a naive reading of the same tickets.
@Suite struct DrillDownTests {
  @Test func everyFigureEqualsItsTicketsAndANaiveCount() async throws {
    var world = try await ScorecardWorld()
    try await world.live(tickets: 150, steps: 500, seed: 11)
    try await world.refresh()
    let reader = try await world.database.staff(.finance, for: [world.customer])
    for scope in [nil, 0, 1, 2] as [Int?] {
      for basis in Basis.allCases {
        for month in ["2026-03", "2026-04"] {
          var input: [Value.Member] = [.init("customer", .id(world.customer.publicId)), .init("month", .text(month)), .init("basis", .text(basis.rawValue))]
          if let scope { input.append(.init("contract", world.contracts[scope].id)) }
          let card = try await invoke(world, "scorecard.read", input, reader)
          #expect(card["isCurrent"] == .bool(true))
          var seen = 0
          for figure in card["figures"]?.array ?? [] {
            // Other volumes than that of the basis are figures of another basis.
            if figure["measure"] == "volume", figure["basis"] != .text(basis.rawValue) { continue }
            if scope == nil || figure["priority"] == .null || basis == .closed { try await check(world, scope, basis, month, figure, input, reader) }
            seen += 1
          }
          #expect(seen > 20)
        }
      }
    }
  }

  private func invoke(_ world: ScorecardWorld, _ operation: String, _ input: [Value.Member], _ reader: Principal) async throws -> Value {
    try await world.database.dispatcher.invoke(operation, .object(input), as: reader, Call(requestId: "test")).value
  }

  private func check(
    _ world: ScorecardWorld, _ scope: Int?, _ basis: Basis, _ month: String, _ figure: Value, _ input: [Value.Member], _ reader: Principal
  ) async throws {
    let measure = try #require(Measure(rawValue: figure["measure"]?.text ?? ""))
    let metric = figure["metric"]?.text.flatMap(Metric.init(rawValue:))
    let priority = figure["priority"]?.integer
    var drill = input + [.init("measure", .text(measure.rawValue)), .init("limit", .integer(50))]
    if let metric { drill.append(.init("metric", .text(metric.rawValue))) }
    if let priority { drill.append(.init("priority", .integer(priority))) }
    var entries: [Value] = []
    var cursor: Value = .null
    repeat {
      let page = try await invoke(world, "scorecard.tickets", drill + [.init("cursor", cursor)], reader)
      entries += page["items"]?.array ?? []
      cursor = page["next"] ?? .null
    } while cursor != .null

    let included = entries.filter { $0["included"] == .bool(true) }
    let counted = entries.filter { $0["counted"] == .bool(true) }
    let seconds = included.compactMap { $0["seconds"]?.integer }.sorted()
    let naive = Self.sample(world, scope, basis, month, measure, metric, priority)
    let comment = Comment(rawValue: "\(month) \(basis) \(measure) \(metric?.rawValue ?? "-") \(priority ?? 0) scope \(scope ?? -1)")
    #expect(included.count == naive.count, comment)
    #expect(figure["sampleSize"] == .integer(Int64(included.count)), comment)
    switch measure {
    case .attainment, .reopenRate:
      #expect(figure["numerator"] == .integer(Int64(counted.count)), comment)
      #expect(figure["denominator"] == .integer(Int64(included.count)), comment)
      #expect(counted.count == naive.filter(\.isCounted).count, comment)
      let value = Rate(Int64(counted.count), of: Int64(included.count)).map { Value.decimal($0.percent) }
      #expect(figure["value"] == value ?? .null, comment)
    case .meanTime:
      #expect(figure["numerator"] == .integer(seconds.reduce(0, +)), comment)
      #expect(seconds == naive.map(\.seconds).sorted(), comment)
      let mean = seconds.isEmpty ? Value.null : .integer((2 * seconds.reduce(0, +) + Int64(seconds.count)) / (2 * Int64(seconds.count)))
      #expect(figure["value"] == mean, comment)
    case .ninetiethPercentile:
      #expect(figure["value"] == (seconds.isEmpty ? .null : .integer(seconds[(9 * seconds.count + 9) / 10 - 1])), comment)
    case .volume, .backlog:
      #expect(figure["value"] == .integer(Int64(included.count)), comment)
    }
    // Nobody is both in and out, and whoever is out says why.
    #expect(entries.allSatisfy { ($0["included"] == .bool(true)) == ($0["reason"] == "included") && $0["explanation"]?.text?.isEmpty == false }, comment)
  }

  /// The tickets of a figure, by a plain reading of docs/scorecard-method.md.
  private static func sample(
    _ world: ScorecardWorld, _ scope: Int?, _ basis: Basis, _ month: String, _ measure: Measure, _ metric: Metric?, _ priority: Int64?
  ) -> [(isCounted: Bool, seconds: Int64)] {
    let tickets = world.tickets.filter { (scope == nil || $0.contract == scope) && (priority == nil || $0.priority == priority) }
    let inMonth = tickets.filter { $0.day(basis, world.zone($0)).map { "\($0)".hasPrefix(month) } ?? false }
    switch measure {
    case .volume: return inMonth.map { _ in (true, 0) }
    case .reopenRate: return inMonth.map { ($0.reopenCount > 0, 0) }
    case .backlog:
      let end = month == "2026-03" ? "2026-04-01" : "2026-05-01"
      return tickets.filter { ticket in
        let zone = world.zone(ticket)
        return "\(ticket.day(.opened, zone)?.description ?? "")" < end && (ticket.finishedOn(zone)?.description ?? "9999") >= end
      }.map { _ in (true, 0) }
    case .attainment:
      return inMonth.flatMap { ticket in
        (metric.map { [$0] } ?? Metric.scored).compactMap { ticket.promise($0)?.verdict }.filter { $0 != "withdrawn" }.map { ($0 == "met", 0) }
      }
    case .meanTime, .ninetiethPercentile:
      return inMonth.compactMap { ticket in
        metric.flatMap { ticket.promise($0) }.flatMap { $0.state == "stopped" ? (true, $0.consumed) : nil }
      }
    }
  }

  /// One ticket for each reason to be left out.
  @Test func whoIsLeftOutSaysWhy() async throws {
    let world = try await ScorecardWorld()
    let opened = try #require(Instant("2026-03-10T12:00:00Z"))
    func write(_ number: Int64, contract: Int? = 0, closed: String? = "2026-03-20T12:00:00Z", _ response: ModelTicket.Promise?) async throws {
      let ticket = ModelTicket(
        number: number, contract: contract, priority: 1, openedAt: opened, closedAt: closed.flatMap { Instant($0) }, response: response)
      _ = try await ScorecardWorld.write(ticket, in: world)
    }
    try await write(1, ModelTicket.Promise(state: "stopped", verdict: "met", consumed: 60))
    try await write(2, contract: nil, nil)
    try await write(3, nil)
    try await write(4, ModelTicket.Promise(state: "withdrawn", verdict: "withdrawn"))
    try await write(5, ModelTicket.Promise())
    try await write(6, ModelTicket.Promise(state: "running", verdict: "missed"))
    try await write(7, closed: "2026-04-01T12:00:00Z", ModelTicket.Promise(state: "stopped", verdict: "met"))
    try await write(8, closed: nil, ModelTicket.Promise())
    try await write(9, contract: 1, ModelTicket.Promise(state: "stopped", verdict: "met"))
    try await world.refresh()
    let reader = try await world.database.user(.customerManager, of: world.customer)
    func reasons(_ measure: String, _ more: [Value.Member] = []) async throws -> [String] {
      let input: [Value.Member] = [
        .init("contract", world.contracts[0].id), .init("month", "2026-03"), .init("measure", .text(measure)), .init("metric", "response"),
      ]
      let items = try await invoke(world, "scorecard.tickets", input + more, reader)["items"]?.array ?? []
      return items.map { "\($0["number"]?.text?.suffix(1) ?? "") \($0["reason"]?.text ?? "")" }
    }
    #expect(
      try await reasons("attainment") == [
        "1 included", "2 no_contract", "3 no_target", "4 withdrawn", "5 not_judged", "6 included", "7 other_month", "8 other_month",
      ])
    #expect(try await reasons("mean_time", [.init("included", .bool(false))]).contains("6 not_observed"))
    #expect(try await reasons("attainment", [.init("included", .bool(true))]) == ["1 included", "6 included"])
    #expect(await refused { _ = try await reasons("volume") } == ["metric"])
  }

  private func refused(_ body: () async throws -> Void) async -> [String] {
    do {
      try await body()
      return []
    } catch let failure as Failure {
      return failure.violations.map(\.path)
    } catch {
      return ["\(error)"]
    }
  }

  @Test func rights() async throws {
    let world = try await ScorecardWorld()
    let database = world.database
    let other = try await database.customer("OTHER")
    let read: @Sendable (Principal) async throws -> Value = { principal in
      try await database.call("scorecard.read", ["customer": .id(world.customer.publicId), "month": "2026-03"], as: principal)
    }
    for role in [StockRole.administrator, .accountManager, .engineer, .finance] {
      let staff = try await database.staff(role, for: [world.customer])
      #expect(try await read(staff)["figures"]?.array?.isEmpty == false)
      let rebuild = { try await database.call("scorecard.rebuild", ["customer": .id(world.customer.publicId)], as: staff) }
      if role == .administrator { _ = try await rebuild() } else { await expectFailure(.denied) { try await rebuild() } }
      let elsewhere = try await database.staff(role, for: [other])
      await expectFailure(.invalid) { try await read(elsewhere) }
    }
    #expect(try await read(try await database.user(.customerManager, of: world.customer))["figures"]?.array?.isEmpty == false)
    await expectFailure(.denied) { try await read(try await database.user(.requester, of: world.customer)) }
    await expectFailure(.invalid) { try await read(try await database.user(.customerManager, of: other)) }
    await expectFailure(.invalid) {
      try await database.call(
        "scorecard.read", ["contract": world.contracts[0].id, "month": "2026-03"], as: try await database.user(.customerManager, of: other))
    }
  }

  /// No tickets at all: no percentage, no mean, and the objective all the same.
  @Test func anEmptyMonthHasNullsAndObjectives() async throws {
    let world = try await ScorecardWorld()
    let card = try await world.database.call(
      "scorecard.read", ["customer": .id(world.customer.publicId), "contract": world.contracts[0].id, "month": "2026-02"], as: world.database.root)
    let attainment = try #require(card["figures"]?.array?.first { $0["measure"] == "attainment" && $0["priority"] == 1 })
    #expect(attainment["value"] == .null)
    #expect(attainment["denominator"] == 0)
    #expect(attainment["objective"] == .decimal("90"))
    #expect(attainment["meetsObjective"] == .null)
    #expect(card["refreshedAt"] == .null)
    // Before the contract's term nothing was agreed.
    let before = try await world.database.call(
      "scorecard.read", ["customer": .id(world.customer.publicId), "contract": world.contracts[0].id, "month": "2025-11"], as: world.database.root)
    #expect(before["figures"]?.array?.allSatisfy { $0["objective"] == .null } == true)
  }
}
