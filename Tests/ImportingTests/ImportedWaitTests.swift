import Contracts
import Desk
import Foundation
import Kernel
import Operations
import Postgres
import Scorecard
import ServiceLevels
import Tenancy
import TestSupport
import Testing

@testable import Importing

private var modules: [any OperationModule.Type] {
  [PlatformModule.self, ContractsModule.self, ServiceLevelsModule.self, DeskModule.self, ScorecardModule.self, ImportingModule.self]
}

/// Which waits of a log stop its clocks, by the terms of the SLA.
@Suite("Waits of logs")
struct ImportedWaitTests {
  /// Six hours and a quarter, of which it waits for four.
  private static let rows = SmallLog.rows.filter { $0.hasPrefix("INC2") }

  private static func profile(_ reason: String, _ terms: String) throws -> ImportProfile {
    try SmallLog.profile {
      $0.replacing("{pending: awaiting_requester}", with: "{pending: \(reason)}").replacing("pauses: true,", with: "pauses: \(terms),")
    }
  }

  @Test(
    "Those for the customer by the target alone, those for suppliers and the provider's own by a term of their own",
    arguments: [
      ("awaiting_requester", "true", true), ("scheduled", "true", true), ("awaiting_supplier", "true", false), ("awaiting_change", "true", false),
      ("awaiting_supplier", "true, supplier_waits_pause: true", true), ("awaiting_change", "true, supplier_waits_pause: true", false),
      ("awaiting_parts", "true, provider_waits_pause: true", true), ("awaiting_supplier", "true, provider_waits_pause: true", false),
      ("awaiting_supplier", "false, supplier_waits_pause: true", false), ("awaiting_change", "false, provider_waits_pause: true", false),
    ])
  func terms(reason: String, terms: String, pauses: Bool) async throws {
    let profile = try Self.profile(reason, terms)
    let log = try await SmallLog.withFile(SmallLog.text(Self.rows)) { try await LogReader(profile: profile).read($0) }.log
    let incident = try #require(log.incidents.first)
    let clock = try ImportedClock(of: incident, in: log, ProfilePromises(profile))
    #expect(try #require(clock).clock.consumedSeconds == (pauses ? 135 : 375) * 60)
  }

  @Test("A term that is neither true nor false is refused by its path")
  func refused() throws {
    let failure = #expect(throws: Failure.self) { try Self.profile("awaiting_change", "true, provider_waits_pause: sometimes") }
    #expect(failure?.violations.map(\.path) == ["sla.provider_waits_pause"])
  }

  @Test("The SLA that an import makes has the terms, and so have the clocks, by which what is still open goes on")
  func written() async throws {
    let database = try await TestDatabase.make(modules)
    let profile = try Self.profile("awaiting_change", "true, supplier_waits_pause: true, provider_waits_pause: true")
    _ = try await SmallLog.withFile(SmallLog.text(Self.rows)) {
      try await ImportLog(dispatcher: database.dispatcher, as: database.root).run($0, profile, .init(createsMissing: true))
    }
    let sla = try await database.call("sla.list", as: database.root)["items"]?.array?.first
    #expect(sla?["supplierWaitsPause"] == .bool(true) && sla?["providerWaitsPause"] == .bool(true))
    let clocks = try await database.superuser.transaction { try await $0.query(WaitsOfClocks()) }
    #expect(clocks == [[true, true]])
  }
}

private struct WaitsOfClocks: Statement {
  static let sql = "select supplier_waits_pause, provider_waits_pause from service_levels.clock order by id"

  static func decode(_ row: inout RowReader) throws -> [Bool] { [try row.next(), try row.next()] }
}
