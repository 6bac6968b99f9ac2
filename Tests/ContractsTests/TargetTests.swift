import BillingEngine
import Contracts
import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

/// Targets by type, service and CI tier, explicitly none, and measured: what an SLA may say, and what is chosen from it.
@Suite struct TargetTests {
  /// Two hours for all, ten minutes for the service VIP, nothing for requests.
  private func vip(_ world: ContractsWorld) async throws -> Value {
    try await world.database.catalogueService("VIP")
    let calendar = world.calendar.at("id")
    return try await world.database.call(
      "sla.create",
      [
        "name": "By service",
        "targets": .array([
          .object(["metric": "response", "budgetSeconds": 7200, "calendar": calendar, "warnPercents": .array([50, 80])]),
          .object(["metric": "response", "service": "VIP", "budgetSeconds": 600, "calendar": calendar, "objective": "99", "period": "month"]),
          .object(["metric": "response", "ticketType": "request", "explicitlyNone": .bool(true)]),
          .object(["metric": "resolution", "priority": 1, "businessDays": 2, "calendar": calendar]),
          .object(["metric": "availability", "objective": "99.9", "period": "month"]),
          .object(["metric": "backup_success", "objective": "98", "period": "quarter"]),
        ]),
      ], as: world.manager)
  }

  private func contract(_ world: ContractsWorld, _ sla: Value) async throws -> Value {
    try await world.database.call(
      "contract.create",
      [
        "customer": .id(world.acme.publicId), "name": "Support", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "lines": .array([.object(["name": "Desk", "sla": sla.at("id")])]),
      ], as: world.manager)
  }

  @Test func anSlaSaysWhatItsTargetsAreForAndWhatIsMeasured() async throws {
    let world = try await ContractsWorld()
    let sla = try await vip(world)
    let targets = sla.at("targets").array ?? []
    #expect(targets.count == 6)
    let ofVip = try #require(targets.first { $0["metric"] == "response" && $0["service"] == "VIP" })
    #expect(ofVip["budgetSeconds"] == 600)
    #expect(ofVip["period"] == "month")
    let general = try #require(targets.first { $0["metric"] == "response" && $0["service"] == .null && $0["ticketType"] == .null })
    #expect(general["warnPercents"] == .array([50, 80]))
    #expect(general["priority"] == .null)
    let none = try #require(targets.first { $0["ticketType"] == "request" })
    #expect(none["explicitlyNone"] == .bool(true))
    #expect(none["calendar"] == .null)
    let availability = try #require(targets.first { $0["metric"] == "availability" })
    #expect(availability["countsFrom"] == "partial", "by default")
    #expect(availability["budgetSeconds"] == .null)
    #expect(targets.first { $0["metric"] == "backup_success" }?["countsFrom"] == .null)
  }

  @Test func eachKindOfTargetHasWhatItNeedsAndNothingElse() async throws {
    let world = try await ContractsWorld()
    try await world.database.catalogueService("VIP")
    let calendar = world.calendar.at("id")
    func refused(_ targets: KeyValuePairs<String, Value>...) async -> [String] {
      await violations {
        try await world.database.call("sla.create", ["name": "A", "targets": .array(targets.map { .object($0) })], as: world.manager)
      }
    }
    let path = "targets[0]"
    #expect(await refused(["metric": "Response", "budgetSeconds": 1, "calendar": calendar]) == ["\(path).metric sla.bad_metric"])
    #expect(await refused(["metric": "response", "budgetSeconds": 1]) == ["\(path).calendar sla.calendar_needed"])
    #expect(
      await refused(["metric": "response", "service": "GONE", "budgetSeconds": 1, "calendar": calendar]) == ["\(path).service input.unknown_reference"])
    #expect(
      await refused(["metric": "response", "ciTier": "tin", "budgetSeconds": 1, "calendar": calendar]) == ["\(path).ciTier input.unknown_reference"])
    #expect(
      await refused(["metric": "response", "explicitlyNone": .bool(true), "budgetSeconds": 1, "objective": "90"])
        == ["\(path).budgetSeconds sla.none_has_nothing", "\(path).objective sla.none_has_nothing"])
    #expect(
      await refused(["metric": "response", "budgetSeconds": 1, "calendar": calendar, "period": "month"]) == ["\(path).period sla.period_needs_objective"])
    #expect(
      await refused(["metric": "response", "budgetSeconds": 1, "calendar": calendar, "countsFrom": "major"])
        == ["\(path).countsFrom sla.only_availability"])
    for shares: [Value] in [[50, 50], [80, 50]] {
      #expect(
        await refused(["metric": "response", "budgetSeconds": 1, "calendar": calendar, "warnPercents": .array(shares)])
          == ["\(path).warnPercents sla.warn_order"])
    }
    #expect(
      await refused(["metric": "response", "budgetSeconds": 1, "calendar": calendar, "warnPercents": .array([100])])
        == ["\(path).warnPercents[0] input.range"])
    #expect(
      await refused(["metric": "update", "budgetSeconds": 1, "calendar": calendar, "objective": "95"])
        == ["\(path).objective sla.update_has_no_objective"])
    #expect(
      await refused(["metric": "availability", "service": "VIP", "objective": "99"]) == ["\(path).service sla.availability_of_line"],
      "nothing ties a supplier's service to one of the catalogue")
    #expect(
      await refused(["metric": "availability", "service": "VIP", "explicitlyNone": .bool(true)]) == ["\(path).service sla.availability_of_line"])
    for metric in ["availability", "backup_success"] {
      #expect(
        await refused(["metric": .text(metric), "objective": "99", "calendar": calendar]) == ["\(path).calendar sla.only_clocks"],
        "what is measured counts at all hours")
    }
    #expect(await refused(["metric": "availability"]) == ["\(path).objective sla.measured_needs_objective"])
    #expect(
      await refused(["metric": "availability", "objective": "99", "priority": 1, "budgetSeconds": 5])
        == ["\(path).priority sla.only_clocks", "\(path).budgetSeconds sla.only_clocks"])
    #expect(await refused(["metric": "backup_success", "objective": "99", "countsFrom": "major"]) == ["\(path).countsFrom sla.only_availability"])
    #expect(
      await refused(
        ["metric": "response", "service": "VIP", "budgetSeconds": 1, "calendar": calendar],
        ["metric": "response", "service": "VIP", "explicitlyNone": .bool(true)])
        == ["targets[1].metric sla.duplicate_target"])
  }

  @Test func theChoiceIsToldWithAllThatItWasMadeFrom() async throws {
    let world = try await ContractsWorld()
    let sla = try await vip(world)
    let contract = try await contract(world, sla)
    func resolve(_ more: KeyValuePairs<String, Value>) async throws -> Value {
      let input: [(String, Value)] = [("customer", .id(world.acme.publicId)), ("start", "2026-03-02T08:00:00Z")] + more.map { ($0.key, $0.value) }
      return try await world.database.dispatcher.invoke(
        "sla.resolve", .object(input.map { Value.Member($0.0, $0.1) }), as: world.manager, Call(requestId: "test")
      ).value
    }
    let plain = try await resolve(["priority": 3])
    #expect(plain.at("lines.0.standing") == "chosen")
    #expect(plain.at("lines.0.reason") == "customer")
    #expect(plain.at("lines.0.contractLine") == contract.at("lines.0.id"))
    #expect(plain.at("lines.0.slaName") == "By service")
    #expect(plain.at("targets").array?.count == 1)
    #expect(plain.at("targets.0.names") == "any")
    #expect(plain.at("targets.0.dueAt") == "2026-03-02T10:00:00Z")
    #expect(
      plain.at("english").array == [
        "Line “Desk” of “Support”: it is for the whole customer.", "response: 2 h by “Office”; no target is more specific.",
        "update: no target for priority 3 of this type (incident).", "resolution: no target for priority 3 of this type (incident).",
      ])
    let ofVip = try await resolve(["priority": 1, "service": "VIP"])
    #expect(ofVip.at("targets").array?.map { $0["names"] ?? .null } == ["service", "any", "priority"])
    #expect(ofVip.at("targets").array?.map { $0["standing"] ?? .null } == ["chosen", "less_specific", "chosen"])
    #expect(ofVip.at("targets.0.dueAt") == "2026-03-02T08:10:00Z")
    #expect(ofVip.at("targets.1.dueAt") == .null, "only what was chosen has an example")
    #expect(ofVip.at("english.1") == "response, service VIP: 10 min by “Office”, because it names the service.")
    #expect(ofVip.at("chinese.1") == "响应，服务VIP：10分钟，按“Office”计；因其指定了服务。")
    let request = try await resolve(["priority": 3, "ticketType": "request"])
    #expect(request.at("targets.0.explicitlyNone") == .bool(true))
    #expect(request.at("english.1") == "response, request: explicitly none, because it names the ticket type.")
    // A line that is for others is not silently none.
    let unit = try await world.database.call(
      "unit.add", ["customer": .id(world.other.publicId), "name": "Shanghai", "kind": "site"], as: world.database.root)
    _ = try await world.database.call(
      "contract.create",
      [
        "customer": .id(world.other.publicId), "name": "Site", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "lines": .array([.object(["name": "Desk", "sla": sla.at("id"), "units": .array([unit.at("id")])])]),
      ], as: world.manager)
    let elsewhere = try await world.database.call(
      "sla.resolve", ["customer": .id(world.other.publicId), "priority": 1, "ticketType": "incident"], as: world.manager)
    #expect(
      elsewhere.at("english.0")
        == "No line in force is for this: those that are cover other units. Name the unit, the requester or the service, where there is one.", "\(elsewhere)")
    #expect(elsewhere.at("chinese.0").text?.contains("其他单位") ?? false && elsewhere.at("lines.0.standing") == "other_units")
    let before = try await resolve(["priority": 3, "at": "2025-12-31T23:59:59Z"])
    #expect(before.at("english").array == ["No line in force: nothing is promised."])
    #expect(before.at("targets").array == [])
    await #expect(throws: Failure.self) { try await resolve(["priority": 3, "service": "GONE"]) }
  }

  /// Guard: without the rule both are taken, and nothing ever measures them.
  @Test func whatNoClockMeasuresIsPromisedToNoCustomer() async throws {
    let world = try await ContractsWorld()
    func target(_ type: String) -> Value {
      .object(["metric": "response", "ticketType": .text(type), "budgetSeconds": 60, "calendar": world.calendar.at("id")])
    }
    func create(_ name: String, _ targets: [Value], kind: Value = "sla") async throws -> Value {
      try await world.database.call("sla.create", ["name": .text(name), "kind": kind, "targets": .array(targets)], as: world.manager)
    }
    let sla = try await create("Both", [target("incident"), target("request")])
    for type in ["problem", "change"] {
      #expect(await violations { try await create(type, [target(type)]) } == ["targets[0].ticketType sla.type_without_clock"])
      #expect(
        await violations {
          try await world.database.call(
            "sla.revise", ["id": sla.at("id"), "targets": .array([target("incident"), target(type)]), "validFrom": "2030-01-01T00:00:00Z"],
            as: world.manager, version: sla.at("version").integer)
        } == ["targets[1].ticketType sla.type_without_clock"])
      // That nothing is promised may be said; and a team's share of what an earlier version promised.
      let none: Value = .object(["metric": "response", "ticketType": .text(type), "explicitlyNone": .bool(true)])
      _ = try await create("None for \(type)", [target("incident"), none])
      _ = try await create("Team for \(type)", [target(type)], kind: "ola")
    }
    // What was stored before stays readable.
    try await world.database.runAsSuperuser("update contracts.sla_target set ticket_type = 'problem' where ticket_type = 'request'")
    let read = try await world.database.call("sla.read", ["id": sla.at("id")], as: world.manager)
    #expect(Set(read.at("targets").array?.compactMap { $0.at("ticketType").text } ?? []) == ["incident", "problem"])
  }

  /// SQL's candidates and the book's agree, whatever the targets are.
  @Test func theBookAgreesWithTheDatabase() async throws {
    let world = try await ContractsWorld()
    try await world.database.catalogueService("ERP")
    try await world.database.catalogueService("MAIL")
    var random = SplitMix64(seed: 20_260_315)
    let types: [Value] = ["incident", "request", .null]
    let services: [Value] = ["ERP", "MAIL", .null]
    let tiers: [Value] = ["gold", "bronze", .null]
    var slas: [Value] = []
    for number in 0..<6 {
      var targets: [Value] = []
      for metric in ["response", "resolution"] {
        for type in types {
          for service in services {
            for tier in tiers where Int.random(in: 0..<4, using: &random) == 0 {
              let priority: Value = Bool.random(using: &random) ? .null : .integer(Int64.random(in: 1...2, using: &random))
              let selector: [Value.Member] = [
                .init("metric", .text(metric)), .init("ticketType", type), .init("service", service), .init("ciTier", tier), .init("priority", priority),
              ]
              let promise: [Value.Member] =
                Int.random(in: 0..<4, using: &random) == 0
                ? [.init("explicitlyNone", .bool(true))]
                : [.init("budgetSeconds", .integer(Int64.random(in: 1...99, using: &random))), .init("calendar", world.calendar.at("id"))]
              targets.append(.object(selector + promise))
            }
          }
        }
      }
      targets.append(.object(["metric": "availability", "objective": "99"]))
      slas.append(try await world.database.call("sla.create", ["name": .text("S\(number)"), "targets": .array(targets)], as: world.manager))
    }
    for sla in slas { _ = try await contract(world, sla) }
    let ids = try await world.inside(world.acme) { try await $0.query(ServiceIds()) }
    let book = try await world.inside(world.acme) { try await TermsBook(tenant: world.acme.id, contract: nil, in: $0) }
    // The first one is the world's own, which no line names.
    let versions = try await world.inside(world.acme) { try await $0.query(SlaVersionIds()) }.dropFirst()
    var promised = 0
    for version in versions {
      for _ in 0..<60 {
        let facts = TargetFacts(
          ticketType: TicketType.allCases.randomElement(using: &random) ?? .incident, priority: Int64.random(in: 1...3, using: &random),
          service: Bool.random(using: &random) ? nil : ids.randomElement(using: &random),
          ciTier: Bool.random(using: &random) ? nil : ["gold", "bronze", "silver"].randomElement(using: &random))
        let found = try await world.inside(world.acme) {
          try await ContractTerms.targets(slaVersion: version, facts: facts, at: ContractsWorld.start, in: $0)
        }
        #expect(book.targets(slaVersion: version, facts: facts, at: ContractsWorld.start) == found)
        promised += found.count
      }
    }
    #expect(promised > 100)
  }

  @Test func objectivesAreThoseOfTargetsThatCanCount() async throws {
    let world = try await ContractsWorld()
    try await world.database.catalogueService("VIP")
    let calendar = world.calendar.at("id")
    func target(_ more: KeyValuePairs<String, Value>) -> Value {
      .object(
        [("metric", "response"), ("budgetSeconds", 60), ("calendar", calendar)].map { Value.Member($0.0, $0.1) }
          + more.map { Value.Member($0.key, $0.value) })
    }
    let sla = try await world.database.call(
      "sla.create",
      [
        "name": "Objectives",
        "targets": .array([
          target(["objective": "99"]), target(["priority": 1, "objective": "90"]), target(["priority": 2]),
          target(["priority": 3, "service": "VIP", "objective": "99.5"]), target(["priority": 5, "objective": "97", "period": "quarter"]),
        ]),
      ], as: world.manager)
    _ = try await contract(world, sla)
    let objectives = try await world.inside(world.acme) { transaction in
      let contracts = try await transaction.query(ContractIds(tenant: world.acme.id))
      let periods = BillingPeriod.Kind.allCases.compactMap { BillingPeriod($0, containing: CalendarDate(daysSinceEpoch: 20_500)) }
      #expect(periods.map(\.description) == ["2026-02", "2026-Q1", "2026", "2026-02"])
      let targets = try await transaction.query(
        ObjectivesAtEnd(tenant: world.acme.id, contracts: contracts, periods: periods, now: ContractsWorld.start))
      return ObjectiveRule.objectives(targets)
    }
    func byPriority(_ period: BillingPeriod.Kind) -> [Int64: String] {
      let found = objectives.filter { $0.metric == .response && $0.period == period }
      return Dictionary(found.map { ($0.priority, "\($0.rate.percent) \($0.isOver)") }) { first, _ in first }
    }
    #expect(
      byPriority(.month) == [1: "90 true", 3: "99.5 true", 4: "99 true"],
      "the general one never counts for P1; without an objective nothing is held against")
    #expect(byPriority(.quarter) == [5: "97 false"])
    #expect(byPriority(.year).isEmpty && byPriority(.rollingYear).isEmpty)
  }

  @Test func differencesNameWhatATargetIsFor() async throws {
    let world = try await ContractsWorld()
    let sla = try await vip(world)
    let contract = try await contract(world, sla)
    let calendar = world.calendar.at("id")
    _ = try await world.database.call(
      "sla.revise",
      [
        "id": sla.at("id"), "validFrom": "2026-06-01T00:00:00Z",
        "targets": .array([
          .object(["metric": "response", "budgetSeconds": 7200, "calendar": calendar, "warnPercents": .array([50, 90])]),
          .object(["metric": "response", "service": "VIP", "explicitlyNone": .bool(true)]),
          .object(["metric": "response", "ticketType": "request", "explicitlyNone": .bool(true)]),
          .object(["metric": "resolution", "priority": 1, "businessDays": 2, "calendar": calendar]),
          .object(["metric": "availability", "objective": "99.5", "period": "month", "countsFrom": "major"]),
          .object(["metric": "backup_success", "objective": "98", "period": "quarter"]),
        ]),
      ], as: world.manager, version: 1)
    let compared = try await world.database.call("contract.compare", ["id": contract.at("id")], as: world.manager)
    let changes = compared.at("changes").array ?? []
    let texts = changes.compactMap { $0["english"]?.text }
    #expect(texts.contains("Desk: warnings of response from 50%, 80% to 50%, 90% from 1 June 2026 02:00"))
    #expect(texts.contains("Desk: response, service VIP from 10 min to explicitly none from 1 June 2026 02:00"))
    #expect(texts.contains("Desk: objective of availability from 99.9% to 99.5% from 1 June 2026 02:00"))
    #expect(texts.contains("Desk: outages that count for availability from partial to major from 1 June 2026 02:00"))
    #expect(changes.contains { $0["field"] == "response.any.service:VIP.budget" })
    #expect(!texts.contains { $0.contains("backup") || $0.contains("resolution") })
  }

  @Test func tiersAreAListThatTheProviderKeeps() async throws {
    let world = try await ContractsWorld()
    let stock = try await world.database.call("ci_tier.list", as: world.manager).at("items").array ?? []
    #expect(stock.map { $0["code"] ?? .null } == ["platinum", "gold", "silver", "bronze"])
    #expect(await violations { try await world.database.call("ci_tier.set", ["code": "Iron", "rank": 5], as: world.manager) } == ["code ci_tier.bad_code"])
    // What is there is said anew by who saw it; what is new has no version.
    let gold: KeyValuePairs<String, Value> = ["code": "gold", "rank": 2, "nameZh": "金", "active": .bool(false)]
    await expectFailure(.versionRequired) { try await world.database.call("ci_tier.set", gold, as: world.manager) }
    #expect(try await world.database.call("ci_tier.set", gold, as: world.manager, version: 1)["version"] == 2)
    await expectFailure(.versionMismatch) { try await world.database.call("ci_tier.set", gold, as: world.manager, version: 1) }
    await expectFailure(.versionMismatch) { try await world.database.call("ci_tier.set", ["code": "iron", "rank": 5], as: world.manager, version: 1) }
    let target: Value = .object(["metric": "response", "ciTier": "gold", "budgetSeconds": 1, "calendar": world.calendar.at("id")])
    #expect(
      await violations { try await world.database.call("sla.create", ["name": "A", "targets": .array([target])], as: world.manager) }
        == ["targets[0].ciTier input.unknown_reference"], "what is retired is named no more")
  }
}
