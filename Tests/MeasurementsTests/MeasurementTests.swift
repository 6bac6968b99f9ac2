import Contracts
import Kernel
import Measurements
import Operations
import Suppliers
import TestSupport
import Tenancy
import Testing

/// What is measured, corrected and judged.
@Suite struct MeasurementTests {
  /// A line that promises 95 % of the backups by the month, 99 % of those of ERP, 90 % of the patches by the quarter, and 99.9 %
  /// of availability, since December in Berlin. It is Monday, 2 March 2026.
  private struct World {
    let database: TestDatabase
    let manager: Principal
    let acme: TenantEntry
    let sla: Value
    let line: Value

    init() async throws {
      database = try await TestDatabase.make([PlatformModule.self, ContractsModule.self, SuppliersModule.self, MeasurementsModule.self])
      acme = try await database.customer("ACME")
      manager = try await database.staff(.accountManager)
      try await database.catalogueService("ERP")
      sla = try await database.call("sla.create", ["name": "Managed", "targets": Self.targets(backups: "95")], as: manager)
      let contract = try await database.call(
        "contract.create",
        [
          "customer": .id(acme.publicId), "name": "Operation", "currency": "EUR", "startsAt": "2025-11-30T23:00:00Z",
          "lines": .array([.object(["name": "Servers", "sla": sla["id"] ?? .null])]),
        ], as: manager)
      line = contract["lines"]?.array?.first?["id"] ?? .null
    }

    static func targets(backups: Value) -> Value {
      .array([
        .object(["metric": "backup_success", "objective": backups, "period": "month"]),
        .object(["metric": "backup_success", "service": "ERP", "objective": "99", "period": "month"]),
        .object(["metric": "patch_currency", "objective": "90", "period": "quarter"]),
        .object(["metric": "availability", "objective": "99.9", "period": "month"]),
      ])
    }

    @discardableResult
    func record(
      _ measure: Value, _ numerator: Value, of denominator: Value, from: Value, to: Value = .null, service: Value = .null, ci: Value = .null
    ) async throws(Failure) -> Value {
      try await database.call(
        "measurement.record",
        [
          "line": line, "measure": measure, "numerator": numerator, "denominator": denominator, "from": from, "to": to, "service": service,
          "ci": ci, "evidence": "report 7",
        ], as: manager)
    }

    /// The verdicts of a period: measure, service, attained, attainable, verdict, cause.
    func judge(_ period: Value) async throws(Failure) -> [[Value]] {
      let judged = try await database.call("measurement.judge", ["line": line, "period": period], as: manager)
      return (judged["verdicts"]?.array ?? []).map { one in
        ["measure", "service", "attained", "attainable", "verdict", "cause"].map { one[$0] ?? .null }
      }
    }
  }

  @Test func aMonthIsJudgedByWhatLiesInItExactly() async throws {
    let world = try await World()
    // January in Berlin begins at 23:00 in UTC.
    try await world.record("backup_success", 18, of: 20, from: "2025-12-31T23:00:00Z", to: "2026-01-15T00:00:00Z")
    try await world.record("backup_success", 1, of: 1, from: "2026-01-31T22:59:59Z")
    try await world.record("backup_success", 0, of: 500, from: "2026-01-31T23:00:00Z")
    try await world.database.catalogueService("MAIL")
    try await world.record("backup_success", 0, of: 500, from: "2026-01-31T00:00:00Z", to: "2026-02-01T00:00:00Z", service: "MAIL")
    try await world.record("backup_success", 99, of: 100, from: "2026-01-20T00:00:00Z", service: "ERP")
    try await world.record("backup_success", 9, of: 10, from: "2026-01-20T00:00:00Z", service: "MAIL")
    let verdicts = try await world.judge("2026-01")
    #expect(
      verdicts == [
        ["availability", .null, .null, .null, .null, "judged"],
        ["backup_success", .null, 28, 31, "missed", "judged"],
        ["backup_success", "ERP", 99, 100, "met", "judged"],
      ], "exactly the objective is met; what reaches over the month's end is none of it; nothing measured is neither met nor missed")
    #expect(try await world.judge("2026-01") == verdicts, "the same again is the same row")
    await #expect(throws: Failure.self, "the month is not over") { try await world.judge("2026-03") }
    await #expect(throws: Failure.self, "nothing is judged by years") { try await world.judge("2025") }
    await #expect(throws: Failure.self) { try await world.judge("2026-13") }
    #expect(try await world.judge("2025-Q4") == [["patch_currency", .null, .null, .null, .null, "judged"]])
  }

  @Test func aCorrectionTakesThePlaceAndTheVerdictIsSuperseded() async throws {
    let world = try await World()
    let first = try await world.record("backup_success", 90, of: 100, from: "2026-01-10T00:00:00Z")
    #expect(try await world.judge("2026-01")[1] == ["backup_success", .null, 90, 100, "missed", "judged"])
    let corrected = try await world.database.call(
      "measurement.correct", ["id": first["id"] ?? .null, "numerator": 96, "evidence": "report 8: four were run again"], as: world.manager)
    #expect(corrected["supersedes"] == first["id"])
    #expect(corrected["denominator"] == 100)
    #expect(try await world.judge("2026-01")[1] == ["backup_success", .null, 96, 100, "met", "remeasured"])
    await #expect(throws: Failure.self, "only what stands is corrected") {
      try await world.database.call("measurement.correct", ["id": first["id"] ?? .null, "numerator": 1, "evidence": "x"], as: world.manager)
    }
    let withdrawn = try await world.database.call(
      "measurement.correct", ["id": corrected["id"] ?? .null, "evidence": "of another customer"], as: world.manager)
    #expect(withdrawn["withdraws"] == .bool(true))
    #expect(try await world.judge("2026-01")[1] == ["backup_success", .null, .null, .null, .null, "remeasured"])
    let rows = try await world.database.call("measurement.list", ["line": world.line], as: world.manager)["items"]?.array ?? []
    #expect(rows.count == 3)
    #expect(rows.last?["supersededBy"] == corrected["id"])
    let judged = try await world.database.call("measurement.verdicts", ["line": world.line], as: world.manager)["items"]?.array ?? []
    #expect(judged.filter { $0["measure"] == "backup_success" && $0["service"] == .null }.map { $0["seq"] ?? .null } == [3, 2, 1])
    // Another promise for the same month, which was written after it was judged.
    _ = try await world.database.call(
      "sla.revise", ["id": world.sla["id"] ?? .null, "targets": World.targets(backups: "80"), "validFrom": "2025-12-15T00:00:00Z"],
      as: world.manager, version: 1)
    #expect(try await world.judge("2026-01")[1].last == "retargeted")
  }

  @Test func availabilityComesFromTheSuppliersOutages() async throws {
    let world = try await World()
    let root = world.database.root
    let supplier = try await world.database.call("supplier.create", ["code": "CLOUD", "name": "Cloud", "zone": "UTC"], as: root)
    let service = try await world.database.call("supplier_service.add", ["supplier": supplier["id"] ?? .null, "name": "Compute"], as: root)
    _ = try await world.database.call("supplier_link.add", ["line": world.line, "service": service["id"] ?? .null, "role": "provides"], as: root)
    for (severity, hour) in [("major", "01"), ("degraded", "05")] {
      _ = try await world.database.call(
        "outage.record",
        [
          "service": service["id"] ?? .null, "severity": .text(severity), "startsAt": .text("2026-02-10T\(hour):00:00Z"),
          "endsAt": .text("2026-02-10T\(hour):30:00Z"),
        ], as: root)
    }
    let month: Int64 = 28 * 86_400 * 1_000_000
    #expect(
      try await world.judge("2026-02").first
        == ["availability", .null, .integer(month - 1800 * 1_000_000), .integer(month), "met", "judged"], "99.93 %; what is only slow counts not")
    await #expect(throws: Failure.self) { try await world.record("availability", 1, of: 2, from: "2026-02-01T00:00:00Z") }
    _ = try await world.database.call(
      "outage.record",
      ["service": service["id"] ?? .null, "severity": "partial", "startsAt": "2026-02-11T01:00:00Z", "endsAt": "2026-02-11T01:30:00Z"], as: root)
    #expect(try await world.judge("2026-02").first?.suffix(2) == ["missed", "remeasured"])
  }

  /// Where no supplier answers for the line, somebody says how long it was there.
  @Test func availabilityOfOurOwnServersIsRecorded() async throws {
    let world = try await World()
    let first = try await world.record("availability", 44_590, of: 44_640, from: "2025-12-31T23:00:00Z", to: "2026-01-31T23:00:00Z")
    #expect(try await world.judge("2026-01").first == ["availability", .null, 44_590, 44_640, "missed", "judged"])
    _ = try await world.database.call(
      "measurement.correct", ["id": first["id"] ?? .null, "numerator": 44_600, "evidence": "ten minutes were announced"], as: world.manager)
    let corrected: [Value] = ["availability", .null, 44_600, 44_640, "met", "remeasured"]
    #expect(try await world.judge("2026-01").first == corrected)
    // In the middle of February they move to a supplier's: from the first month that rests on it the outages tell.
    let root = world.database.root
    let supplier = try await world.database.call("supplier.create", ["code": "CLOUD", "name": "Cloud", "zone": "UTC"], as: root)
    let service = try await world.database.call("supplier_service.add", ["supplier": supplier["id"] ?? .null, "name": "Compute"], as: root)
    func link(_ role: Value) async throws {
      _ = try await world.database.call(
        "supplier_link.add",
        ["line": world.line, "service": service["id"] ?? .null, "role": role, "validFrom": "2026-02-15T00:00:00Z"], as: root)
    }
    func refusal(_ from: Value, _ to: Value) async -> [String] {
      do {
        try await world.record("availability", 1, of: 1, from: from, to: to)
        return []
      } catch {
        return error.violations.map { "\($0.path) \($0.message.key)" }
      }
    }
    try await link("backup")
    #expect(await refusal("2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z").isEmpty, "what only stands by provides nothing")
    try await link("provides")
    #expect(await refusal("2026-02-02T00:00:00Z", "2026-02-03T00:00:00Z") == ["measure measurement.from_outages"])
    #expect(await refusal("2026-02-20T00:00:00Z", "2026-03-02T00:00:00Z") == ["measure measurement.from_outages"], "of no month, but then")
    let month: Int64 = 28 * 86_400 * 1_000_000
    #expect(try await world.judge("2026-02").first == ["availability", .null, .integer(month), .integer(month), "met", "judged"])
    #expect(try await world.judge("2026-01").first == corrected, "January stays")
  }

  /// A slip of the pen is told at once, and not found when a verdict is missing.
  @Test func onlyWhatIsPromisedIsRecorded() async throws {
    let world = try await World()
    try await world.database.catalogueService("MAIL")
    func refusal(_ measure: Value, from: Value = "2026-01-10T00:00:00Z", service: Value = .null) async -> String {
      do {
        _ = try await world.record(measure, 1, of: 1, from: from, service: service)
        return "recorded"
      } catch {
        return error.violations.map { "\($0.path): \($0.message.text(.english, $0.arguments))" }.joined()
      }
    }
    #expect(await refusal("backup_success", service: "erp").hasPrefix("service: "), "codes are written as they are")
    let promised = "measure: The line does not promise this then; measured are: availability, backup_success, backup_success (ERP), patch_currency."
    #expect(await refusal("backup_sucess") == promised)
    #expect(await refusal("patch_currency", service: "MAIL") == "recorded", "the target is of any service")
    #expect(await refusal("backup_success", from: "2025-11-01T00:00:00Z") == "measure: The line promises nothing then that is measured.")
    // Of one service only, from the beginning of February in Berlin: another's counts nowhere, nor does what is of none.
    let targets = Value.array([.object(["metric": "backup_success", "service": "ERP", "objective": "99", "period": "month"])])
    _ = try await world.database.call(
      "sla.revise", ["id": world.sla["id"] ?? .null, "targets": targets, "validFrom": "2026-01-31T23:00:00Z"], as: world.manager, version: 1)
    let february: Value = "2026-02-10T00:00:00Z"
    let told = "measure: The line does not promise this then; measured are: backup_success (ERP)."
    #expect(await refusal("backup_success", from: february, service: "MAIL") == told)
    #expect(await refusal("backup_success", from: february) == told)
    #expect(await refusal("backup_success", from: february, service: "ERP") == "recorded")
  }

  /// Two measurements of one thing and time would count twice.
  @Test func nothingIsMeasuredTwice() async throws {
    let world = try await World()
    let month = try await world.record("backup_success", 90, of: 100, from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z")
    @Sendable func isRefused(_ from: Value, _ to: Value = .null, service: Value = .null, ci: Value = .null) async -> Bool {
      do {
        try await world.record("backup_success", 1, of: 1, from: from, to: to, service: service, ci: ci)
        return false
      } catch {
        return error.kind == .conflict && error.message.key == "measurement.overlaps"
      }
    }
    #expect(await isRefused("2026-01-31T23:59:59Z", "2026-02-02T00:00:00Z"))
    #expect(await isRefused("2026-01-01T00:00:00Z"), "an instant in it")
    #expect(await !isRefused("2026-02-01T00:00:00Z"), "the first instant after it")
    #expect(await isRefused("2026-02-01T00:00:00Z"), "the same instant")
    #expect(await !isRefused("2026-01-10T00:00:00Z", service: "ERP"))
    #expect(await isRefused("2026-01-10T00:00:00Z", ci: "vault"), "the month is of all configuration items")
    // A correction stands in its place, and what is taken back makes room.
    let corrected = try await world.database.call(
      "measurement.correct", ["id": month["id"] ?? .null, "numerator": 96, "evidence": "report 8"], as: world.manager)
    #expect(await isRefused("2026-01-10T00:00:00Z"))
    _ = try await world.database.call("measurement.correct", ["id": corrected["id"] ?? .null, "evidence": "of another line"], as: world.manager)
    #expect(await !isRefused("2026-01-10T00:00:00Z"))
    // Piece by piece, or all together.
    for ci: Value in ["SRV1", "SRV2"] { #expect(await !isRefused("2026-01-20T00:00:00Z", ci: ci)) }
    for ci: Value in ["SRV1", .null] { #expect(await isRefused("2026-01-19T00:00:00Z", "2026-01-21T00:00:00Z", ci: ci)) }
    #expect(await !isRefused("2026-01-20T00:00:00Z", service: "ERP"))
    // At once, each seeing nothing of the others: it is the database that refuses.
    let outcomes = await withTaskGroup(of: Bool.self) { group in
      for day in 1...4 {
        group.addTask { await isRefused(.text("2026-02-0\(day + 1)T00:00:00Z"), "2026-02-20T00:00:00Z") }
      }
      return await group.reduce(into: [Bool]()) { $0.append($1) }
    }
    #expect(outcomes.filter { !$0 }.count == 1)
    try await world.database.runAsSuperuser("alter table measurements.covered drop constraint covered_overlap_exclude")
    #expect(await !isRefused("2026-02-06T00:00:00Z"), "it is the constraint that refuses")
  }

  /// What overlapped before anything kept that out counts on, and keeps others out when what it stood beside is taken back.
  @Test func whatStoodBesideWhatIsTakenBackIsCovered() async throws {
    let world = try await World()
    try await world.record("backup_success", 80, of: 100, from: "2026-01-10T00:00:00Z", to: "2026-01-20T00:00:00Z")
    try await world.database.runAsSuperuser("delete from measurements.covered")
    let month = try await world.record("backup_success", 100, of: 100, from: "2026-01-01T00:00:00Z", to: "2026-01-31T00:00:00Z")
    _ = try await world.database.call("measurement.correct", ["id": month["id"] ?? .null, "evidence": "of another line"], as: world.manager)
    await expectFailure(.conflict) {
      try await world.record("backup_success", 100, of: 100, from: "2026-01-01T00:00:00Z", to: "2026-01-31T00:00:00Z")
    }
    try await world.record("backup_success", 10, of: 10, from: "2026-01-01T00:00:00Z", to: "2026-01-10T00:00:00Z")
    #expect(try await world.judge("2026-01").contains(["backup_success", .null, 90, 110, "missed", "judged"]))
  }

  /// A period goes by what was promised when it began: a revision keeps no bad week of it off the record.
  @Test func whatThePeriodBeganWithIsRecordedToItsEnd() async throws {
    let world = try await World()
    var sla = world.sla
    let more = (World.targets(backups: "95").array ?? []) + [.object(["metric": "request_accuracy", "objective": "98", "period": "rolling_year"])]
    let fewer: [Value] = [.object(["metric": "availability", "objective": "99.9", "period": "month"])]
    for (targets, from): ([Value], Value) in [(more, "2026-01-15T00:00:00Z"), (fewer, "2026-02-10T00:00:00Z")] {
      sla = try await world.database.call(
        "sla.revise", ["id": sla["id"] ?? .null, "targets": .array(targets), "validFrom": from], as: world.manager, version: sla["version"]?.integer)
    }
    try await world.record("backup_success", 100, of: 100, from: "2026-02-01T00:00:00Z", to: "2026-02-08T00:00:00Z")
    try await world.record("backup_success", 60, of: 100, from: "2026-02-14T00:00:00Z", to: "2026-02-21T00:00:00Z")
    #expect(try await world.judge("2026-02").contains(["backup_success", .null, 160, 200, "missed", "judged"]))
    // The quarter began in January; the year that goes to next January, in February.
    try await world.record("patch_currency", 1, of: 2, from: "2026-03-01T10:00:00Z")
    try await world.record("request_accuracy", 1, of: 2, from: "2026-02-20T00:00:00Z")
    func refusal(_ measure: Value, _ from: Value, _ to: Value = .null) async -> [String] {
      do {
        try await world.record(measure, 1, of: 1, from: from, to: to)
        return []
      } catch {
        return error.violations.map(\.message.key)
      }
    }
    let other = ["measurement.not_promised"]
    #expect(await refusal("backup_success", "2026-03-01T10:00:00Z") == other, "March began without")
    #expect(await refusal("backup_success", "2026-02-22T00:00:00Z", "2026-03-01T00:00:00Z") == other, "it reaches out of February, in Berlin")
    #expect(
      await refusal("patch_currency", "2025-11-15T00:00:00Z") == ["measurement.nothing_promised"],
      "the quarter promises it, but the line was not in force")
  }

  @Test func whatIsRecordedMustBeOverAndWhole() async throws {
    let world = try await World()
    func refused(_ body: () async throws(Failure) -> Value) async -> [String] {
      do {
        _ = try await body()
        return ["accepted"]
      } catch {
        return error.violations.map { "\($0.path) \($0.message.key)" }
      }
    }
    #expect(
      await refused { () async throws(Failure) in try await world.record("response", 1, of: 1, from: "2026-01-01T00:00:00Z") }
        == ["measure measurement.bad_measure"])
    #expect(
      await refused { () async throws(Failure) in try await world.record("backup_success", 2, of: 1, from: "2026-01-01T00:00:00Z") }
        == ["numerator measurement.share"])
    #expect(
      await refused { () async throws(Failure) in try await world.record("backup_success", 1, of: 1, from: "2026-03-02T08:00:01Z") }
        == ["from measurement.future"])
    #expect(
      await refused { () async throws(Failure) in
        try await world.record("backup_success", 1, of: 1, from: "2026-01-02T00:00:00Z", to: "2026-01-01T00:00:00Z")
      } == ["to measurement.order"])
  }
}
