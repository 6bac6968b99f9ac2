import Assurance
import ContractFiles
import Contracts
import Credits
import Desk
import Foundation
import Jobs
import Kernel
import Operations
import Scorecard
import ServiceLevels
import Suppliers
import Tenancy
import TestSupport
import Testing

/// A customer's year and a bit: signed from a file, amended in the middle of a month, served by another supplier from June on, asked
/// about, renewed, declined, over. Tickets are opened along the way, and each is judged by what held when it was opened; what the
/// suppliers broke is credited by the fees and links that held in each month, each supplier is appraised by its own, and the proof says at
/// each step what is not backed.
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
  private let finance: Principal

  init() async throws {
    database = try await TestDatabase.make(
      [
        PlatformModule.self, ContractsModule.self, ServiceLevelsModule.self, DeskModule.self, ScorecardModule.self, SuppliersModule.self,
        CreditsModule.self, AssuranceModule.self,
      ],
      now: try #require(Instant("2025-12-20T09:00:00Z")))
    manager = try await database.staff(.accountManager)
    engineer = try await database.staff(.engineer)
    finance = try await database.staff(.finance)
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

  /// A ticket of priority 1, answered after 40 minutes: the seconds until its response was due and whether it was kept, or why
  /// nothing is promised.
  private func ticket(at text: String) async throws -> String {
    try await go(to: text)
    let opened = try await database.call(
      "incident.open", ["customer": try await customer(), "title": "Down", "impact": 1, "urgency": 1], as: engineer)
    guard let due = opened["dueAt"]?.text.flatMap(Instant.init) else { return opened["lineReason"]?.text ?? "" }
    let seconds = due.seconds - database.clock.now().seconds
    database.clock.set(database.clock.now().adding(seconds: 2400))
    let started = try await database.call("incident.start", ["id": opened["id"] ?? .null], as: engineer, version: opened["version"]?.integer)
    let response = started["clocks"]?.array?.first { $0["metric"] == "response" }
    return "\(seconds) \(response?["verdict"]?.text ?? "")"
  }

  private func call(_ operation: String, _ input: KeyValuePairs<String, Value>, version: Int64? = nil) async throws -> Value {
    try await database.call(operation, input, as: manager, version: version)
  }

  /// What the line rests on.
  private struct Supply {
    let supplier: Value
    let service: Value
    let contract: Value
    let link: Value
  }

  /// A supplier of 500.00 a month that answers within half an hour, with one service, which the line rests on from an instant on.
  private func supply(_ code: String, to line: Value, from: String) async throws -> Supply {
    let supplier = try await call("supplier.create", ["code": .text(code), "name": .text(code), "zone": "Europe/Berlin"])["id"] ?? .null
    let service = try await call("supplier_service.add", ["supplier": supplier, "name": "Compute"])["id"] ?? .null
    let calendar = try await call("calendar.list", [:])["items"]?.array?.first?["id"] ?? .null
    let contract = try await call(
      "underpinning_contract.create",
      [
        "supplier": supplier, "reference": .text("UC-\(code)"), "name": "Hosting", "currency": "EUR", "startsAt": .text(from),
        "calendar": calendar, "targets": .array([.object(["metric": "response", "budgetSeconds": 1800])]),
        "costs": .array([.object(["name": "Hosting", "amount": "500.00", "due": "month"])]),
      ])
    let link = try await call(
      "supplier_link.add",
      ["line": line, "service": service, "underpinningContract": contract["id"] ?? .null, "role": "provides", "validFrom": .text(from)])
    return Supply(supplier: supplier, service: service, contract: contract["id"] ?? .null, link: link["id"] ?? .null)
  }

  /// A ticket that goes to a supplier at once and is answered there after so many seconds.
  private func dispatch(to supply: Supply, at text: String, answeredAfter seconds: Int64) async throws {
    try await go(to: text)
    let opened = try await database.call(
      "incident.open", ["customer": try await customer(), "title": "Down", "impact": 3, "urgency": 3], as: engineer)
    let sent = try await database.call(
      "incident.dispatch", ["id": opened["id"] ?? .null, "underpinningContract": supply.contract, "reason": "Their servers"], as: engineer,
      version: opened["version"]?.integer)
    database.clock.set(database.clock.now().adding(seconds: seconds))
    _ = try await database.call("dispatch.answer", ["id": sent["id"] ?? .null], as: engineer, version: sent["version"]?.integer)
  }

  private func outage(of service: Value, _ from: String, _ to: String) async throws {
    _ = try await database.call(
      "outage.record", ["service": service, "severity": "major", "startsAt": .text(from), "endsAt": .text(to)], as: engineer)
  }

  /// Proposes the credit of a month, approves it, and gives its amount; or what came of it.
  private func credit(_ line: Value, _ schedule: Value, _ month: String) async throws -> String {
    let proposed = try await database.call("credit.propose", ["line": line, "schedule": schedule, "period": .text(month)], as: finance)
    guard let credit = proposed["credit"], credit["id"] != nil else { return proposed["outcome"]?.text ?? "" }
    let granted = try await database.call(
      "credit.approve", ["id": credit["id"] ?? .null], as: finance, version: credit["version"]?.integer)
    guard case .decimal(let amount)? = granted["amount"] else { return "" }
    return amount
  }

  /// A supplier's points of a quarter, its grade, what of the weight had data, and whether something is to be done.
  private func points(_ supplier: Value, _ scheme: Value, _ quarter: String) async throws -> String {
    let opened = try await call("appraisal.open", ["supplier": supplier, "scheme": scheme, "period": .text(quarter)])
    let closed = try await call("appraisal.close", ["id": opened["id"] ?? .null], version: opened["version"]?.integer)
    let figures = closed["appraisal"]
    return ["score", "grade", "coverage"].map { figures?[$0]?.text ?? "" }.joined(separator: " ") + " \(closed["action"]?["state"]?.text ?? "")"
  }

  /// What the proof of the line finds: kind, promises and parties of each gap.
  private func gaps(_ contract: Value) async throws -> [String] {
    let proof = try await call("proof.run", ["contract": contract])["lines"]?.array?.first
    return (proof?["gaps"]?.array ?? []).map { gap in
      let words = [gap["kind"]?.text] + ["promised", "parties"].map { gap[$0]?.array?.compactMap(\.text).joined(separator: ", ") }
      return words.compactMap(\.self).joined(separator: "; ")
    }
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
    let lines = try await database.call("contract_line.list", ["contract": contract, "asOf": "2026-06-01T00:00:00Z"], as: manager)
    let line = try #require(lines["items"]?.array?.first?["id"])
    #expect(try await gaps(contract) == ["unlinked; resolution P1, response P1; "])
    // The supplier answers in time, and never said when it solves anything.
    let alpha = try await supply("ALPHA", to: line, from: "2025-12-31T23:00:00Z")
    #expect(try await gaps(contract) == ["target; resolution P1; ALPHA Compute"])
    let schedule =
      try await call(
        "credit_schedule.create",
        [
          "name": "Hosting",
          "terms": .object([
            "measure": "availability", "period": "month",
            "bands": .array([.object(["from": "99", "below": "99.9", "percent": "10"]), .object(["below": "99", "percent": "25"])]),
          ]),
        ])["id"] ?? .null
    _ = try await call("line_credit.attach", ["line": line, "schedule": schedule, "validFrom": "1970-01-01T00:00:00Z"])
    let scheme =
      try await call(
        "appraisal_scheme.create",
        [
          "name": "Hosting",
          "terms": .object([
            "criteria": .array([
              .object(["code": "availability", "weight": "60", "measure": "availability", "zeroAt": "96", "fullAt": "97"]),
              .object(["code": "answers", "weight": "40", "measure": "attainment", "metric": "response", "zeroAt": "0", "fullAt": "100"]),
            ]),
            "grades": .array([.object(["grade": "B", "below": "80"]), .object(["grade": "A", "from": "80"])]), "actionBelow": "A",
          ]),
        ])["id"] ?? .null
    #expect(try await ticket(at: "2025-12-31T22:59:59Z") == "none_in_force", "a second before the year begins in Berlin")
    #expect(try await ticket(at: "2025-12-31T23:00:00Z") == "3600 met")

    // Amended in the middle of March; last month's tickets keep what they were promised.
    try await go(to: "2026-03-10T09:00:00Z")
    let amended = Self.signed.replacingOccurrences(of: "within: 1 h", with: "within: 30 min").replacingOccurrences(of: "2000.00", with: "2400.00")
    let words = try await apply(amended + "validFrom: 2026-03-16\n")
    #expect(words.contains("response P1 from 1 h to 30 min"))
    #expect(words.contains("monthly fee from EUR 2,000.00 to EUR 2,400.00"))
    #expect(try await ticket(at: "2026-03-15T22:59:59Z") == "3600 met")
    #expect(try await ticket(at: "2026-03-15T23:00:00Z") == "1800 missed")
    let difference = try await database.call(
      "contract.compare", ["id": contract, "from": "2026-03-01T00:00:00Z", "to": "2026-04-01T00:00:00Z"], as: manager)
    #expect(
      difference["changes"]?.array?.compactMap { $0["english"]?.text } == [
        "Service desk: monthly fee from EUR 2,000.00 to EUR 2,400.00 from 16 March 2026",
        "Service desk: response P1 from 1 h to 30 min from 16 March 2026",
      ])

    // March costs 15 days of the old fee and 16 of the new one; a tenth of it is given back for three hours.
    try await outage(of: alpha.service, "2026-03-20T00:00:00Z", "2026-03-20T03:00:00Z")
    try await go(to: "2026-04-02T09:00:00Z")
    #expect(try await credit(line, schedule, "2026-03") == "220.65")
    #expect(try await credit(line, schedule, "2026-02") == "nothing")

    // From June on another supplier: each answers for its own months, whatever happens at the other.
    let bravo = try await supply("BRAVO", to: line, from: "2026-05-31T22:00:00Z")
    _ = try await call("supplier_link.end", ["id": alpha.link, "endedAt": "2026-05-31T22:00:00Z"], version: 1)
    // Half an hour is what both suppliers promise for the answer: the amended response is backed without a break.
    #expect(try await gaps(contract) == ["target; resolution P1; ALPHA Compute", "target; resolution P1; BRAVO Compute"])
    try await outage(of: alpha.service, "2026-06-10T00:00:00Z", "2026-06-13T00:00:00Z")
    try await outage(of: bravo.service, "2026-05-10T00:00:00Z", "2026-05-13T00:00:00Z")
    try await outage(of: bravo.service, "2026-06-20T00:00:00Z", "2026-06-20T18:00:00Z")
    for (time, seconds) in [("2026-06-21T09:00:00Z", 1200), ("2026-06-22T09:00:00Z", 2400), ("2026-06-23T09:00:00Z", 1799)] as [(String, Int64)] {
      try await dispatch(to: bravo, at: time, answeredAfter: seconds)
    }
    try await go(to: "2026-07-01T09:00:00Z")
    #expect(try await credit(line, schedule, "2026-05") == "nothing")
    // 18 of 720 hours: a quarter of 2,400.00.
    #expect(try await credit(line, schedule, "2026-06") == "600.00")
    // 72 of 2,184 hours down are 96.70 %, and nothing was sent to it: availability is all there is. 90 hours are below 96 %, and two of
    // three answers came in time. Both are somebody's to see to.
    #expect(try await points(alpha.supplier, scheme, "2026-Q2") == "70.329670 B 60 open")
    #expect(try await points(bravo.supplier, scheme, "2026-Q2") == "26.666667 B 100 open")
    #expect(try await call("appraisal_action.list", [:])["items"]?.array?.count == 2)

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
    #expect(try await ticket(at: "2027-01-15T09:00:00Z") == "1800 missed", "the second year runs")
    try await outage(of: bravo.service, "2027-02-01T00:00:00Z", "2027-02-01T06:00:00Z")
    try await go(to: "2027-03-01T09:00:00Z")
    // 6 of 672 hours: a tenth of the fee that the renewed contract still has.
    #expect(try await credit(line, schedule, "2027-02") == "240.00")

    // The second year is declined, and ends.
    try await sweep(at: "2027-08-01T00:00:00Z")
    let second = try #require(try await renewals().first)
    #expect(second["cycleEndsAt"] == "2027-12-31T23:00:00Z")
    _ = try await database.call("renewal.decide", ["id": second["id"] ?? .null, "decision": "decline"], as: manager, version: 1)
    #expect(try await ticket(at: "2027-12-31T22:59:59Z") == "1800 missed")
    #expect(try await ticket(at: "2027-12-31T23:00:00Z") == "none_in_force")
    try await sweep(at: "2028-01-02T00:00:00Z")
    #expect(try await renewals("completed").map { $0["outcome"] } == ["renewed", "not_renewed"])
    #expect(try await renewals().isEmpty)
    // What is over earns nothing, and what was granted stays to be read by the customer.
    try await outage(of: bravo.service, "2028-01-03T00:00:00Z", "2028-01-05T00:00:00Z")
    try await go(to: "2028-02-01T09:00:00Z")
    #expect(try await credit(line, schedule, "2028-01") == "not_measured")
    let acme = try #require(try await database.tenancy.tenant(code: "ACME"))
    let granted = try await database.call("credit.granted", as: try await database.user(.customerManager, of: acme))["items"]?.array ?? []
    #expect(granted.map { $0["period"] } == ["2027-02", "2026-06", "2026-03"])
    let rate = try await call("renewal.rate", ["decisionFrom": "2026-01-01", "decisionBefore": "2028-01-01"])
    #expect(rate["renewed"] == 1 && rate["due"] == 2 && rate["rate"] == .decimal("50"))
    // Nothing was lost: every version is in the history.
    let history = try await database.call("contract.history", ["id": contract], as: manager)["items"]?.array ?? []
    #expect(history.count == 5, "contract made, activated, extended; line made, revised")
  }
}
