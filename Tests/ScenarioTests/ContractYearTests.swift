import ContractFiles
import Contracts
import Desk
import Foundation
import Jobs
import Kernel
import Operations
import Scorecard
import ServiceLevels
import Tenancy
import TestSupport
import Testing

/// A customer's year and a bit: signed from a file, amended in the middle of a month, asked about, renewed, declined, over.
/// Tickets are opened along the way, and each is judged by what held when it was opened.
@Suite struct ContractYearTests {
  private static let signed = """
    customer: {code: ACME, name: Acme Werkzeuge GmbH, zone: Europe/Berlin}
    units: [{name: Berlin, kind: site}]
    people: [{name: Anna Arndt, email: anna@acme.example, unit: Berlin}]
    calendars: [{name: Always, stock: 24x7, zone: UTC}]
    slas:
      - name: Gold
        targets:
          - {metric: response, priorities: [1], within: 1 h, calendar: Always, objective: 95}
          - {metric: resolution, priorities: [1], within: 8 h, calendar: Always, objective: 90}
    contract:
      name: Support
      currency: EUR
      starts: 2026-01-01
      ends: 2027-01-01
      renewal: manual
      notice: 3 months
      renewalMonths: 12
      contacts: [{person: anna@acme.example, role: decision_maker}]
      lines:
        - {name: Service desk, sla: Gold, monthlyFee: 2000.00}

    """

  private let database: TestDatabase
  private let manager: Principal
  private let engineer: Principal

  init() async throws {
    database = try await TestDatabase.make(
      [PlatformModule.self, ContractsModule.self, ServiceLevelsModule.self, DeskModule.self, ScorecardModule.self],
      now: try #require(Instant("2025-12-20T09:00:00Z")))
    manager = try await database.staff(.accountManager)
    engineer = try await database.staff(.engineer)
  }

  /// The day's partitions are there, as the server's own sweep makes them.
  private func go(to text: String) async throws {
    database.clock.set(try #require(Instant(text)))
    try await PartitionSweep().run(at: database.clock.now(), database.tenancy)
  }

  private func apply(_ yaml: String) async throws -> String {
    let run = try ContractFileRun(yaml: yaml, dispatcher: database.dispatcher, as: manager, .english)
    let plan = try await run.plan()
    try await run.apply(plan)
    return plan.text
  }

  private func customer() async throws -> Value { .id(try #require(try await database.tenancy.tenant(code: "ACME")).publicId) }

  /// A ticket of priority 1: the seconds until its response is due, or why nothing is promised.
  private func ticket(at text: String) async throws -> String {
    try await go(to: text)
    let opened = try await database.call(
      "incident.open", ["customer": try await customer(), "title": "Down", "impact": 1, "urgency": 1], as: engineer)
    guard let due = opened["dueAt"]?.text.flatMap(Instant.init) else { return opened["lineReason"]?.text ?? "" }
    return "\(due.seconds - database.clock.now().seconds)"
  }

  private func sweep(at text: String) async throws {
    try await go(to: text)
    try await RenewalSweep().run(at: database.clock.now(), database.tenancy)
  }

  private func renewals(_ state: String? = nil) async throws -> [Value] {
    try await database.call("renewal.list", ["state": .text(state)], as: manager)["items"]?.array ?? []
  }

  @Test func aYear() async throws {
    // Signed before it begins.
    let plan = try await apply(Self.signed)
    #expect(plan.contains("create  contract “Support”"))
    let listed = try await database.call("contract.list", ["customer": try await customer()], as: manager)
    let contract = try #require(listed["items"]?.array?.first?["id"])
    #expect(try await ticket(at: "2025-12-31T22:59:59Z") == "none_in_force", "a second before the year begins in Berlin")
    #expect(try await ticket(at: "2025-12-31T23:00:00Z") == "3600")

    // Amended in the middle of March; last month's tickets keep what they were promised.
    try await go(to: "2026-03-10T09:00:00Z")
    let amended = Self.signed.replacingOccurrences(of: "within: 1 h", with: "within: 30 min").replacingOccurrences(of: "2000.00", with: "2400.00")
    let words = try await apply(amended + "validFrom: 2026-03-16\n")
    #expect(words.contains("response P1 from 1 h to 30 min"))
    #expect(words.contains("monthly fee from EUR 2,000.00 to EUR 2,400.00"))
    #expect(try await ticket(at: "2026-03-15T22:59:59Z") == "3600")
    #expect(try await ticket(at: "2026-03-15T23:00:00Z") == "1800")
    let difference = try await database.call(
      "contract.compare", ["id": contract, "from": "2026-03-01T00:00:00Z", "to": "2026-04-01T00:00:00Z"], as: manager)
    #expect(
      difference["changes"]?.array?.compactMap { $0["english"]?.text } == [
        "Service desk: monthly fee from EUR 2,000.00 to EUR 2,400.00 from 16 March 2026",
        "Service desk: response P1 from 1 h to 30 min from 16 March 2026",
      ])

    // Asked about 90 days before 1 October, renewed, extended by a version.
    try await sweep(at: "2026-07-02T00:00:00Z")
    #expect(try await renewals().isEmpty)
    try await sweep(at: "2026-07-03T00:00:00Z")
    let first = try #require(try await renewals().first)
    #expect(first["decisionOn"] == "2026-10-01" && first["customerName"] == "Acme Werkzeuge GmbH")
    let id = first["id"] ?? .null
    _ = try await database.call("renewal.snooze", ["id": id, "until": "2026-09-01"], as: manager, version: 1)
    try await sweep(at: "2026-09-01T06:00:00Z")
    _ = try await database.call("renewal.decide", ["id": id, "decision": "renew", "note": "Agreed with Anna"], as: manager, version: 3)
    try await go(to: "2026-10-20T09:00:00Z")
    _ = try await database.call("renewal.complete", ["id": id], as: manager, version: 4)
    #expect(try await ticket(at: "2027-01-15T09:00:00Z") == "1800", "the second year runs")

    // The second year is declined, and ends.
    try await sweep(at: "2027-08-01T00:00:00Z")
    let second = try #require(try await renewals().first)
    #expect(second["cycleEndsAt"] == "2027-12-31T23:00:00Z")
    _ = try await database.call("renewal.decide", ["id": second["id"] ?? .null, "decision": "decline"], as: manager, version: 1)
    #expect(try await ticket(at: "2027-12-31T22:59:59Z") == "1800")
    #expect(try await ticket(at: "2027-12-31T23:00:00Z") == "none_in_force")
    try await sweep(at: "2028-01-02T00:00:00Z")
    #expect(try await renewals("completed").map { $0["outcome"] } == ["renewed", "not_renewed"])
    #expect(try await renewals().isEmpty)
    // Nothing was lost: every version is in the history.
    let history = try await database.call("contract.history", ["id": contract], as: manager)["items"]?.array ?? []
    #expect(history.count == 5, "contract made, activated, extended; line made, revised")
  }
}
