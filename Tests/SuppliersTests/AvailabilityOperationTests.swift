import Kernel
import Operations
import Suppliers
import TestSupport
import Testing

@Suite struct AvailabilityOperationTests {
  @Test func outagesAreRecordedCorrectedAndWithdrawn() async throws {
    let world = try await SuppliersWorld()
    #expect(
      await violations { try await world.outage("2026-01-02T00:00:00Z", "2026-01-02T00:00:00Z") } == ["endsAt outage.order"])
    let open = try await world.outage("2026-01-31T00:00:00Z", nil)
    let closed = try await world.call("outage.change", ["id": open.at("id"), "endsAt": "2026-02-01T12:00:00Z", "severity": "major"], version: 1)
    #expect(closed.at("severity") == "major" && closed.at("version") == 2)
    func down(_ period: String, _ more: KeyValuePairs<String, Value> = [:]) async throws -> Value {
      let input = [Value.Member("service", world.service.at("id")), Value.Member("period", .text(period))]
      return try await world.database.dispatcher.invoke(
        "availability.read", .object(input + more.map { Value.Member($0.key, $0.value) }), as: world.manager, Call(requestId: "test")
      ).value
    }
    #expect(try await down("2026-01").at("downSeconds") == .decimal("86400"))
    #expect(try await down("2026-02").at("downSeconds") == .decimal("43200"))
    // Berlin's February begins an hour earlier.
    #expect(try await down("2026-02", ["zone": "Europe/Berlin"]).at("downSeconds") == .decimal("46800"))
    let quarter = try await down("2026-Q1", ["countsFrom": "major"])
    #expect(quarter.at("isOver") == .bool(false) && quarter.at("to") == .instant(TestDatabase.start))
    #expect(quarter.at("severityRule") == "major")
    #expect(quarter.at("intervals").array?.count == 1 && quarter.at("outages").array?.count == 1)
    _ = try await world.call("outage.change", ["id": open.at("id"), "withdrawn": .bool(true)], version: 2)
    #expect(try await down("2026-01").at("downSeconds") == .decimal("0"))
    #expect(try await down("2026-01").at("availability") == .decimal("100.000000"))
    #expect(await violations { try await down("2026-04") } == ["period availability.period_ahead"])
    #expect(await violations { try await down("2026-X1") } == ["period availability.bad_period"])
    #expect(try await world.call("outage.list", ["service": world.service.at("id")]).at("items.0.withdrawn") == .bool(true))
  }

  @Test func targetsAreJudgedByTheirOwnRule() async throws {
    let world = try await SuppliersWorld()
    // 432 minutes of a January of 44,640: 99.0322...%.
    _ = try await world.outage("2026-01-10T00:00:00Z", "2026-01-10T07:12:00Z", "degraded")
    func contract(_ reference: String, _ objective: String, _ countsFrom: String, _ period: String = "month") async throws {
      _ = try await world.call(
        "underpinning_contract.create",
        [
          "supplier": world.supplier.at("id"), "reference": .text(reference), "name": "X", "currency": "EUR", "startsAt": "2025-01-01T00:00:00Z",
          "targets": .array([
            .object(["metric": "availability", "objective": .text(objective), "countsFrom": .text(countsFrom), "period": .text(period)])
          ]),
        ])
    }
    try await contract("A", "99.0322", "degraded")
    try await contract("B", "99.0323", "degraded")
    try await contract("C", "100", "partial")
    try await contract("D", "99", "partial", "quarter")
    let read = try await world.call("availability.read", ["service": world.service.at("id"), "period": "2026-01"])
    #expect(read.at("targets").array?.map { $0.at("reference") } == ["A", "B", "C"])
    #expect(read.at("targets").array?.map { $0.at("met") } == [.bool(true), .bool(false), .bool(true)])
    #expect(read.at("exact") == "1/1")
    #expect(read.at("targets.0.availability") == .decimal("99.032258"))
    // The twelve months that end with January have 525,600 minutes.
    try await contract("E", "99.9178", "degraded", "rolling_year")
    try await contract("F", "99.9179", "degraded", "rolling_year")
    let year = try await world.call(
      "availability.read", ["service": world.service.at("id"), "period": "2026-01", "periodKind": "rolling_year", "countsFrom": "degraded"])
    #expect(year.at("from") == "2025-02-01T00:00:00Z" && year.at("to") == "2026-02-01T00:00:00Z" && year.at("periodKind") == "rolling_year")
    #expect(year.at("downSeconds") == .decimal("25920") && year.at("availability") == .decimal("99.917808"))
    #expect(year.at("targets").array?.map { $0.at("reference") } == ["E", "F"])
    #expect(year.at("targets").array?.map { $0.at("met") } == [.bool(true), .bool(false)])
    #expect(
      await violations {
        try await world.call("availability.read", ["service": world.service.at("id"), "period": "2026-Q1", "periodKind": "rolling_year"])
      } == ["period availability.bad_period"])
  }

  @Test func anImportIsDoneOnce() async throws {
    let world = try await SuppliersWorld()
    func outage(_ service: String, _ start: String, _ end: String?, _ severity: String = "partial") -> Value {
      .object(
        [("service", Value.text(service)), ("startsAt", .text(start)), ("severity", .text(severity))].map { Value.Member($0.0, $0.1) }
          + (end.map { [Value.Member("endsAt", .text($0))] } ?? []))
    }
    func run(_ outages: [Value], create: Bool = true) async throws -> Value {
      try await world.call(
        "outage.import",
        ["supplier": world.supplier.at("id"), "source": "status page", "createServices": .bool(create), "outages": .array(outages)])
    }
    let two = [outage("API", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z"), outage("Web", "2026-02-01T00:00:00Z", nil)]
    #expect(
      await violations { try await run(two, create: false) }
        == ["outages[0].service supplier_service.unknown", "outages[1].service supplier_service.unknown"])
    let first = try await run(two)
    #expect(first.at("recorded") == 2 && first.at("servicesMade") == 2)
    let again = try await run(two)
    #expect(again.at("recorded") == 0 && again.at("unchanged") == 2 && again.at("changed") == 0)
    // What was still going on is over now.
    let later = try await run([two[0], outage("Web", "2026-02-01T00:00:00Z", "2026-02-01T02:00:00Z", "major")])
    #expect(later.at("changed") == 1 && later.at("unchanged") == 1)
    let listed = try await world.call("outage.list", [:])
    #expect(listed.at("items.0.severity") == "major" && listed.at("items.0.version") == 2)
    #expect(await violations { try await run([two[0], two[0]]) } == ["outages[1].key outage.duplicate"])
    #expect(
      await violations { try await run([outage("API", "2026-01-01T00:00:00Z", "2025-01-01T00:00:00Z")]) } == ["outages[0].endsAt outage.order"])
  }

  /// What somebody corrected by hand the source does not undo, whatever it tells; what it tells of others is taken.
  @Test func anImportKeepsWhatWasCorrected() async throws {
    let world = try await SuppliersWorld()
    func run(_ severity: Value) async throws -> Value {
      try await world.call(
        "outage.import",
        [
          "supplier": world.supplier.at("id"), "source": "status page", "createServices": .bool(true),
          "outages": .array(
            ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"].map {
              .object(["service": "API", "severity": severity, "startsAt": .text($0), "endsAt": "2026-01-03T00:00:00Z"])
            }),
        ])
    }
    _ = try await run("major")
    let newest = try await world.call("outage.list", [:]).at("items.0")
    _ = try await world.call("outage.change", ["id": newest.at("id"), "endsAt": "2026-01-02T01:00:00Z"], version: 1)
    let again = try await run("partial")
    #expect(again.at("kept") == 1 && again.at("changed") == 1 && again.at("unchanged") == 0)
    let listed = try await world.call("outage.list", [:])
    #expect(listed.at("items.0.endsAt") == "2026-01-02T01:00:00Z" && listed.at("items.0.severity") == "major" && listed.at("items.0.version") == 2)
    #expect(listed.at("items.1.severity") == "partial")
    // What the source changed itself it may change again.
    #expect(try await run("degraded").at("changed") == 1)
  }

  /// The same key of two services: each finds its own.
  @Test func aKeyIsOneOfItsService() async throws {
    let world = try await SuppliersWorld()
    func run(_ pairs: [(service: String, key: String)]) async throws -> Value {
      try await world.call(
        "outage.import",
        [
          "supplier": world.supplier.at("id"), "source": "s", "createServices": .bool(true),
          "outages": .array(
            pairs.map { .object(["service": .text($0.service), "key": .text($0.key), "severity": "major", "startsAt": "2026-01-01T00:00:00Z"]) }),
        ])
    }
    #expect(try await run([("API", "1"), ("API", "2"), ("Web", "1")]).at("recorded") == 3)
    let crossed = try await run([("API", "1"), ("Web", "2")])
    #expect(crossed.at("recorded") == 1 && crossed.at("unchanged") == 1)
  }

  /// Two imports of the same at the same time record it once.
  @Test func importsOfOneSupplierComeOneAfterTheOther() async throws {
    let world = try await SuppliersWorld()
    // Few: each waits for those before it, on a busy machine too.
    let outages = (0..<10).map { number -> Value in
      .object(["service": "API", "severity": "major", "startsAt": .instant(Instant(seconds: 1_767_225_600 + Int64(number) * 3600)), "key": .text("\(number)")])
    }
    let answers = try await withThrowingTaskGroup(of: Value.self) { group in
      for _ in 0..<4 {
        group.addTask {
          try await world.call(
            "outage.import",
            ["supplier": world.supplier.at("id"), "source": "s", "createServices": .bool(true), "outages": .array(outages)])
        }
      }
      return try await group.reduce(into: [Value]()) { $0.append($1) }
    }
    #expect(answers.reduce(0) { $0 + ($1.at("recorded").integer ?? 0) } == Int64(outages.count))
    #expect(answers.reduce(0) { $0 + ($1.at("unchanged").integer ?? 0) } == Int64(outages.count * 3))
  }
}
