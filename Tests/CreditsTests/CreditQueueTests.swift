import Credits
import Kernel
import Operations
import TestSupport
import Testing

@Suite struct CreditQueueTests {
  /// Another customer with a line of 500 EUR (or other money) a month on the same service.
  private func another(_ world: CreditsWorld, _ code: String, _ currency: String = "EUR") async throws -> (customer: Value, line: Value) {
    let customer = try await world.database.customer(code)
    let sla = try await world.call("sla.list", [:]).at("items.0.id")
    let contract = try await world.call(
      "contract.create",
      [
        "customer": .id(customer.publicId), "name": "Hosting", "currency": .text(currency), "startsAt": "2026-01-01T00:00:00+01:00",
        "lines": .array([.object(["name": "Servers", "sla": sla, "monthlyFee": "500"])]),
      ])
    let line = contract.at("lines.0.id")
    try await world.call("supplier_link.add", ["line": line, "service": world.service.at("id"), "role": "provides"])
    try await world.call("line_credit.attach", ["line": line, "schedule": world.schedule.at("id"), "validFrom": "1970-01-01T00:00:00Z"])
    return (.id(customer.publicId), line)
  }

  private func propose(_ world: CreditsWorld, _ line: Value, _ period: String) async throws -> Value {
    try await world.database.call(
      "credit.propose", ["line": line, "schedule": world.schedule.at("id"), "period": .text(period)], as: world.finance
    ).at("credit")
  }

  @Test func whatWaitsIsListedOverAllCustomers() async throws {
    let world = try await CreditsWorld()
    let (bravo, tango) = (try await another(world, "BRAVO"), try await another(world, "TANGO", "JPY"))
    try await world.outage("2026-01-10T00:00:00Z", "2026-01-11T00:00:00Z")
    try await world.outage("2026-02-10T00:00:00Z", "2026-02-11T00:00:00Z")
    let first = try await propose(world, world.line, "2026-01")
    _ = try await propose(world, bravo.line, "2026-01")
    _ = try await propose(world, bravo.line, "2026-02")
    _ = try await propose(world, tango.line, "2026-02")
    func queue(_ filters: KeyValuePairs<String, Value>, as principal: Principal? = nil) async throws -> [String] {
      let listed = try await world.call("credit.queue", filters, as: principal ?? world.finance)
      return (listed.at("items").array ?? []).map { "\($0.at("number").text ?? "") \($0.at("period").text ?? "")" }
    }
    #expect(try await queue([:]) == ["ACME-CRD-000001 2026-01", "BRAVO-CRD-000001 2026-01", "BRAVO-CRD-000002 2026-02", "TANGO-CRD-000001 2026-02"])
    #expect(try await queue(["period": "2026-02"]) == ["BRAVO-CRD-000002 2026-02", "TANGO-CRD-000001 2026-02"])
    #expect(try await queue(["period": "2026-Q1"]).count == 4)
    #expect(try await queue(["period": "2025"]).isEmpty)
    #expect(try await queue(["customer": bravo.customer]).count == 2)
    _ = try await world.approve(first, as: world.finance)
    #expect(try await queue([:]).count == 3)
    #expect(try await queue(["state": "approved"]) == ["ACME-CRD-000001 2026-01"])
    #expect(try await queue(["state": "all"]).count == 4)
    #expect(await violations { try await world.call("credit.queue", ["period": "2026-13"]) } == ["period credit.bad_period"])

    // Page by page it is the same.
    var pages: [Value] = []
    var cursor = Value.null
    repeat {
      let page = try await world.call("credit.queue", ["state": "all", "limit": 1, "cursor": cursor])
      pages += page.at("items").array ?? []
      cursor = page.at("next")
    } while !cursor.isNull
    #expect(pages.map { $0.at("customerName") } == ["ACME Ltd", "BRAVO Ltd", "BRAVO Ltd", "TANGO Ltd"])

    // Who serves one customer sees that one's.
    let acmeOnly = try await world.database.staff(.finance, for: [world.acme])
    #expect(try await queue([:], as: acmeOnly).isEmpty)
    #expect(try await queue(["state": "all"], as: acmeOnly).count == 1)
    await expectFailure(.invalid) { try await world.database.call("credit.queue", ["customer": bravo.customer], as: acmeOnly) }

    // 250.00 of ACME, 125.00 twice of BRAVO, 125 yen of TANGO.
    func totals(_ filters: KeyValuePairs<String, Value>, as principal: Principal? = nil) async throws -> [String] {
      let totals = try await world.call("credit.totals", filters, as: principal ?? world.finance).at("totals").array ?? []
      return totals.map { total in
        let amount = if case .decimal(let digits) = total.at("amount") { digits } else { "" }
        return "\(total.at("currency").text ?? "") \(total.at("state").text ?? "") \(total.at("count").integer ?? 0) \(amount)"
      }
    }
    #expect(try await totals([:]) == ["EUR proposed 2 250.00", "JPY proposed 1 125"])
    #expect(try await totals(["state": "all"]) == ["EUR approved 1 250.00", "EUR proposed 2 250.00", "JPY proposed 1 125"])
    #expect(try await totals(["state": "all"], as: acmeOnly) == ["EUR approved 1 250.00"])
    #expect(try await totals(["customer": tango.customer, "period": "2026-01"]) == [])
  }

  /// A customer is told what it was granted and why; not by whom, of whom it was bought, or what else was thought of.
  @Test func aCustomerSeesItsOwnGrantedCredits() async throws {
    let world = try await CreditsWorld(
      terms: .object(CreditsWorld.terms.members.map { $0 + [Value.Member("per", "service")] } ?? []))
    let bravo = try await another(world, "BRAVO")
    try await world.call("credit_limit.set", ["currency": "EUR", "amount": "249.99"], version: 1)
    try await world.outage("2026-01-10T00:00:00Z", "2026-01-11T00:00:00Z")
    let credit = try await propose(world, world.line, "2026-01")
    let manager = try await world.database.user(.customerManager, of: world.acme)
    func granted(_ caller: Principal, language: Language = .english) async throws -> [Value] {
      try await world.database.dispatcher.invoke("credit.granted", .object([:]), as: caller, Call(requestId: "test", language: language)).value
        .at("items").array ?? []
    }
    #expect(try await granted(manager).isEmpty, "what waits is between the provider's staff")
    let half = try await world.approve(credit, as: world.finance)
    #expect(try await granted(manager).isEmpty, "so is what one of two has approved")
    _ = try await world.approve(half, as: try await world.database.staff(.finance, isKnown: true))
    let shown = try #require(try await granted(manager).first)
    #expect(shown.at("amount") == .decimal("250.00") && shown.at("number") == "ACME-CRD-000001" && shown.at("period") == "2026-01")
    let words = shown.at("steps").array?.compactMap(\.text).joined(separator: "\n") ?? ""
    #expect(words.contains("Part 1: down for 86400 s") && words.contains("25 % of the fee") && words.contains("250.00 EUR"), "\(words)")
    let chinese = try await granted(manager, language: .chinese).first?.at("steps").array?.compactMap(\.text).joined() ?? ""
    #expect(chinese.contains("第 1 部分") && chinese.contains("依据合同行的约定"), "\(chinese)")
    let everything = "\(shown)"
    for secret in ["Compute", "Cloud", "CLOUD", "Standard", "249.99", world.finance.name] {
      #expect(!everything.contains(secret), "\(secret) in \(everything)")
    }
    // Neither another customer's people, nor this one's by any other way.
    let stranger = try await world.database.user(.customerManager, of: try #require(try await world.database.tenancy.tenant(code: "BRAVO")))
    #expect(try await granted(stranger).isEmpty)
    await expectFailure(.invalid) { try await world.database.call("credit.granted", ["customer": .id(world.acme.publicId)], as: stranger) }
    for operation in ["credit.read", "credit.explain", "credit.evidence"] {
      await expectFailure(.denied) { try await world.database.call(operation, ["id": credit.at("id")], as: manager) }
    }
    for operation in ["credit.queue", "credit.totals"] {
      await expectFailure(.denied) { try await world.database.call(operation, as: manager) }
    }
    let requester = try await world.database.user(.requester, of: world.acme, .own)
    await expectFailure(.denied) { try await world.database.call("credit.granted", as: requester) }
    #expect(try await world.call("credit.granted", ["customer": bravo.customer], as: world.finance).at("items") == .array([]))
    #expect(try await world.call("credit.granted", ["customer": .id(world.acme.publicId)], as: world.finance).at("items").array?.count == 1)
    // Refused, or granted and taken back by another computation: it is not shown.
    try await world.outage("2026-01-11T00:00:00Z", "2026-01-12T00:00:00Z")
    let again = try await propose(world, world.line, "2026-01")
    try await world.call("credit.refuse", ["id": again.at("id"), "reason": "Force majeure"], version: 1, as: world.finance)
    #expect(try await granted(manager).map { $0.at("number") } == ["ACME-CRD-000001"])
  }

  /// What stands on an invoice stays in the list when a larger one follows: the parts add up to what was granted.
  @Test func aGrantedCreditStaysWhenALargerOneFollows() async throws {
    let world = try await CreditsWorld()
    let manager = try await world.database.user(.customerManager, of: world.acme)
    try await world.outage("2026-01-10T00:00:00Z", "2026-01-10T03:00:00Z")
    _ = try await world.approve(try await propose(world, world.line, "2026-01"), as: world.finance)
    world.database.clock.advance(seconds: 60)
    try await world.outage("2026-01-20T00:00:00Z", "2026-01-21T00:00:00Z")
    _ = try await world.approve(try await propose(world, world.line, "2026-01"), as: world.finance)
    func granted(_ input: KeyValuePairs<String, Value>) async throws -> Value { try await world.database.call("credit.granted", input, as: manager) }
    let rows = try await granted([:]).at("items").array ?? []
    #expect(rows.map { $0.at("amount") } == [.decimal("250.00"), .decimal("100.00")])
    #expect(rows.map { $0.at("toCredit") } == [.decimal("150.00"), .decimal("100.00")], "together the 250.00 of the last one")
    #expect(rows.map { $0.at("replacedBy") } == [.null, "ACME-CRD-000002"])
    let page = try await granted(["limit": 1])
    #expect(page.at("items").array?.map { $0.at("number") } == ["ACME-CRD-000002"])
    #expect(try await granted(["limit": 1, "cursor": page.at("next")]).at("items").array?.map { $0.at("number") } == ["ACME-CRD-000001"])
  }
}
