import Contracts
import Desk
import Foundation
import Kernel
import Operations
import Postgres
import Scorecard
import ServiceLevels
import TestSupport
import Testing

@testable import Importing

private let modules: [any OperationModule.Type] = [
  PlatformModule.self, ContractsModule.self, ServiceLevelsModule.self, DeskModule.self, ScorecardModule.self, ImportingModule.self,
]

/// How many rows each table holds that an import may write, over all tenants.
private struct RowCounts: Statement {
  static let sql = """
    select (select count(*) from tenancy.tenant), (select count(*) from contracts.contract), (select count(*) from desk.ticket),
      (select count(*) from operations.event where via = 'import'), (select count(*) from service_levels.clock),
      (select count(*) from service_levels.interval), (select count(*) from service_levels.verdict), (select count(*) from scorecard.ticket_fact),
      (select count(*) from importing.import_record), (select count(*) from tenancy.person), (select count(*) from tenancy.org_unit),
      (select coalesce(sum(last), 0)::bigint from tenancy.counter where kind = 'incident'), (select count(*) from operations.audit)
    """

  static func decode(_ row: inout RowReader) throws -> [Int64] {
    var counts: [Int64] = []
    for _ in 0..<13 { counts.append(try row.next()) }
    return counts
  }
}

private func counts(_ database: TestDatabase) async throws -> [Int64] {
  try await database.superuser.withConnection { try await $0.query(RowCounts()) }.first ?? []
}

@Suite("Importing into the database")
struct ImportTests {
  private func importer(_ database: TestDatabase) -> ImportLog { ImportLog(dispatcher: database.dispatcher, as: database.root) }

  @Test("A small log is written whole, and a second time not at all")
  func small() async throws {
    let database = try await TestDatabase.make(modules)
    try await SmallLog.withFile(SmallLog.text()) { file in
      let report = try await importer(database).run(file, SmallLog.profile(), .init(createsMissing: true))
      #expect(report.created == ["customer", "calendar", "sla", "contract"])
      #expect([report.rows, report.incidents, report.newIncidents, report.newEvents, report.newPersons, report.newSites] == [11, 3, 3, 11, 2, 1])
      #expect(report.allVerdicts.recorded == 3)
      #expect(report.allVerdicts.recordedMet == 2)
      #expect(report.allVerdicts.recomputedMet == 1)
      #expect(report.allVerdicts.recomputedMissed == 1)
      #expect(report.allVerdicts.notJudged == 1)
      let before = try await counts(database)
      #expect(Array(before.prefix(10)) == [2, 1, 3, 11, 3, 5, 3, 3, 1, 2])
      let again = try await importer(database).run(file, SmallLog.profile())
      #expect(again.newIncidents == 0)
      #expect(again.newEvents == 0)
      #expect(again.record == nil)
      #expect(again.allVerdicts == report.allVerdicts)
      #expect(try await counts(database) == before)
    }
  }
}
