import Credits
import Foundation
import Kernel
import Operations
import TestSupport
import Testing

@Suite struct ProposalTests {
  @Test func aBadMonthIsProposedWithItsEvidence() async throws {
    let world = try await CreditsWorld()
    // 5 hours of January in Berlin: 720 of 744 hours are needed for 99 %; 99.33 % is in the first band.
    try await world.outage("2026-01-10T00:00:00Z", "2026-01-10T05:00:00Z")
    try await world.outage("2026-01-10T02:00:00Z", "2026-01-10T03:00:00Z", "partial")
    try await world.outage("2026-01-20T00:00:00Z", "2026-01-20T03:00:00Z", "degraded")
    let proposed = try await world.propose()
    #expect(proposed.at("outcome") == "proposed")
    let credit = proposed.at("credit")
    #expect(credit.at("amount") == .decimal("100.00") && credit.at("currency") == "EUR")
    #expect(credit.at("state") == "proposed" && credit.at("number") == "ACME-CRD-000001")
    #expect(credit.at("calculation.parts.0.attainment") == "739/744")
    #expect(credit.at("calculation.parts.0.downSeconds") == "18000")
    #expect(credit.at("calculation.parts.0.band") == 1 && credit.at("calculation.parts.0.met") == .bool(false))
    #expect(credit.at("calculation.fee") == "100000/1")
    let evidence = try await world.call("credit.evidence", ["id": credit.at("id")])
    #expect(evidence.at("items").array?.count == 2)
    #expect(evidence.at("items.0.kind") == "outage" && evidence.at("items.0.to") == "2026-01-10T05:00:00Z")

    let explained = try await world.call("credit.explain", ["id": credit.at("id")])
    let words = Self.words(explained)
    for part in ["99.327957", "739/744", "99 % or more, less than 99.9 %", "10 % of the fee", "100.00 EUR", "“partial”"] {
      #expect(words.contains(part), "\(part) in \(words)")
    }
  }

  private static func words(_ explained: Value) -> String { explained.at("steps").array?.compactMap(\.text).joined(separator: "\n") ?? "" }

  @Test func proposingAgainChangesNothing() async throws {
    let world = try await CreditsWorld()
    try await world.outage("2026-01-10T00:00:00Z", "2026-01-11T00:00:00Z")
    let first = try await world.propose()
    #expect(first.at("credit.amount") == .decimal("250.00"))
    let again = try await world.propose()
    #expect(again.at("outcome") == "unchanged" && again.at("credit.id") == first.at("credit.id"))
    #expect(try await world.call("credit.list", ["customer": .id(world.acme.publicId)]).at("items").array?.count == 1)
  }

  @Test func aDifferentComputationSupersedes() async throws {
    let world = try await CreditsWorld()
    let outage = try await world.outage("2026-01-10T00:00:00Z", "2026-01-11T00:00:00Z")
    let first = try await world.propose()
    // It was shorter than thought.
    try await world.call("outage.change", ["id": outage.at("id"), "endsAt": "2026-01-10T05:00:00Z"], version: 1)
    let second = try await world.propose()
    #expect(second.at("outcome") == "proposed" && second.at("credit.amount") == .decimal("100.00"))
    #expect(second.at("credit.supersedes") == first.at("credit.id"))
    let old = try await world.call("credit.read", ["id": first.at("credit.id")])
    #expect(old.at("state") == "superseded" && old.at("amount") == .decimal("250.00"))
    await expectFailure(.conflict) { try await world.approve(old, as: world.finance) }
    // And there was none at all: a proposal of nothing takes its place.
    try await world.call("outage.change", ["id": outage.at("id"), "withdrawn": .bool(true)], version: 2)
    let third = try await world.propose()
    #expect(third.at("outcome") == "proposed" && third.at("credit.amount") == .decimal("0.00"))
  }

  @Test func whatWasGrantedIsReckonedUp() async throws {
    let world = try await CreditsWorld()
    try await world.outage("2026-01-10T00:00:00Z", "2026-01-10T05:00:00Z")
    let first = try await world.approve(try await world.propose().at("credit"), as: world.finance)
    #expect(first.at("state") == "approved" && first.at("decisions.0.event") == "approval")
    try await world.outage("2026-01-11T00:00:00Z", "2026-01-12T00:00:00Z")
    let second = try await world.propose().at("credit")
    #expect(second.at("amount") == .decimal("250.00") && second.at("granted") == .decimal("100.00") && second.at("toCredit") == .decimal("150.00"))
    let explained = try await world.call("credit.explain", ["id": second.at("id")])
    #expect(Self.words(explained).contains("For this period 100.00 EUR had been granted before."))
    // Until the second is granted the first stands.
    #expect(try await world.call("credit.read", ["id": first.at("id")]).at("state") == "approved")
    #expect(try await world.approve(second, as: world.finance).at("state") == "approved")
    #expect(try await world.call("credit.read", ["id": first.at("id")]).at("state") == "superseded")
  }

  /// Somebody else's credit for the period was granted between the look at it and the proposal: granted as well, it would be
  /// paid twice. It can be proposed again.
  @Test func whatWasGrantedMeanwhileIsNotPaidTwice() async throws {
    let world = try await CreditsWorld()
    try await world.outage("2026-01-10T00:00:00Z", "2026-01-11T00:00:00Z")
    let stale = try await world.propose().at("credit")
    try await world.database.tenancy.transaction(binding: [world.acme.id], side: .staff) { transaction in
      _ = try await transaction.execute(GrantBeside(tenant: world.acme.id))
    }
    #expect(await violations { try await world.approve(stale, as: world.finance) } == ["credit.granted_meanwhile"])
    let again = try await world.propose()
    #expect(again.at("outcome") == "proposed" && again.at("credit.supersedes") == stale.at("id"))
    #expect(again.at("credit.granted") == .decimal("100.00") && again.at("credit.toCredit") == .decimal("150.00"))
    #expect(try await world.approve(again.at("credit"), as: world.finance).at("state") == "approved")
  }

  /// What was decided years ago reads as it did then.
  @Test func aScheduleKeepsItsNameInWhatWasProposed() async throws {
    let world = try await CreditsWorld()
    try await world.outage("2026-01-10T00:00:00Z", "2026-01-11T00:00:00Z")
    let credit = try await world.propose().at("credit")
    try await world.call("credit_schedule.revise", ["id": world.schedule.at("id"), "name": "Gold"], version: 1)
    #expect(try await world.call("credit.read", ["id": credit.at("id")]).at("scheduleName") == "Standard")
    #expect(Self.words(try await world.call("credit.explain", ["id": credit.at("id")])).contains("“Standard”"))
    #expect(try await world.propose().at("outcome") == "unchanged")
    #expect(try await world.propose("2026-02").at("outcome") == "nothing")
  }

  @Test func aRefusalNeedsAReasonAndStays() async throws {
    let world = try await CreditsWorld()
    try await world.outage("2026-01-10T00:00:00Z", "2026-01-11T00:00:00Z")
    let credit = try await world.propose().at("credit")
    #expect(
      await violations { try await world.call("credit.refuse", ["id": credit.at("id")], version: 1, as: world.finance) } == ["reason input.required"])
    let refused = try await world.call("credit.refuse", ["id": credit.at("id"), "reason": "Force majeure"], version: 1, as: world.finance)
    #expect(refused.at("state") == "refused" && refused.at("decisions.0.reason") == "Force majeure")
    #expect(try await world.propose().at("outcome") == "unchanged")
    await expectFailure(.conflict) { try await world.approve(refused, as: world.finance) }
  }

  @Test func aboveTheLimitASecondPersonApproves() async throws {
    let world = try await CreditsWorld()
    let other = try await world.database.staff(.finance, isKnown: true)
    try await world.call("credit_limit.set", ["currency": "EUR", "amount": "249.99"], version: 1)
    try await world.outage("2026-01-10T00:00:00Z", "2026-01-11T00:00:00Z")
    let credit = try await world.propose().at("credit")
    let half = try await world.approve(credit, as: world.finance)
    #expect(half.at("state") == "half_approved")
    #expect(await violations { try await world.approve(half, as: world.finance) } == ["credit.same_person"])
    // On the host, past the login, he might be the same.
    #expect(await violations { try await world.approve(half, as: world.database.root) } == ["credit.person_required"])
    #expect(
      await violations { try await world.call("credit.refuse", ["id": half.at("id"), "reason": "X"], version: half.at("version")) }
        == ["credit.person_required"])
    let whole = try await world.approve(half, as: other)
    #expect(whole.at("state") == "approved")
    #expect(whole.at("decisions").array?.map { $0.at("event") } == ["first_approval", "approval"])
    #expect(try await world.call("credit.list", ["customer": .id(world.acme.publicId), "state": "approved"]).at("items").array?.count == 1)
  }

  /// The same person by a second account, where the accounts say whose they are.
  @Test func onePersonWithTwoAccountsApprovesOnce() async throws {
    let world = try await CreditsWorld()
    let other = try await world.database.staff(.finance, isKnown: true)
    func with(_ person: Int64, _ one: Principal) -> Principal {
      Principal(actor: one.actor, tenant: one.tenant, side: one.side, name: one.name, person: person, grants: one.grants)
    }
    try await world.call("credit_limit.set", ["currency": "EUR", "amount": "249.99"], version: 1)
    try await world.outage("2026-01-10T00:00:00Z", "2026-01-11T00:00:00Z")
    let half = try await world.approve(try await world.propose().at("credit"), as: with(7, world.finance))
    #expect(await violations { try await world.approve(half, as: with(7, other)) } == ["credit.same_person"])
    #expect(try await world.approve(half, as: with(8, other)).at("state") == "approved")
  }

  @Test func onlyAClosedPeriodIsProposed() async throws {
    let world = try await CreditsWorld()
    #expect(await violations { try await world.propose("2026-03") } == ["credit.period_open"])
    #expect(await violations { try await world.propose("2026-Q1") } == ["period credit.bad_period"])
    #expect(try await world.propose("2026-02").at("outcome") == "nothing")
    // Before the contract: no time in force, so nothing to judge.
    #expect(try await world.propose("2025-12").at("outcome") == "not_measured")
    try await world.outage("2026-01-10T00:00:00Z", "2026-01-11T00:00:00Z")
    #expect(await violations { try await world.propose(claimedOn: "2026-01-31") } == ["claimedOn credit.claim_day"])
    #expect(await violations { try await world.propose(claimedOn: "2026-03-03") } == ["claimedOn credit.claim_day"])
  }

  @Test func aClaimMustBeMadeInTime() async throws {
    let terms = CreditsWorld.terms.members ?? []
    let world = try await CreditsWorld(terms: .object(terms + [Value.Member("claimDays", 15)]))
    try await world.outage("2026-01-10T00:00:00Z", "2026-01-11T00:00:00Z")
    #expect(await violations { try await world.propose() } == ["credit.claim_over"])
    #expect(await violations { try await world.propose(claimedOn: "2026-02-16") } == ["credit.claim_over"])
    let proposed = try await world.propose(claimedOn: "2026-02-15")
    #expect(proposed.at("credit.claimBy") == "2026-02-15" && proposed.at("credit.claimedOn") == "2026-02-15")
    // What corrects it later was claimed with it.
    try await world.outage("2026-01-11T00:00:00Z", "2026-01-12T00:00:00Z")
    #expect(try await world.propose().at("credit.claimedOn") == "2026-02-15")
  }

  private static func halfBelowAll(_ period: Value) -> Value {
    .object(["measure": "availability", "period": period, "bands": .array([.object(["below": "100", "percent": "50"])])])
  }

  @Test func aPeriodIsJudgedByWhatHeldWhenItBegan() async throws {
    let world = try await CreditsWorld()
    try await world.call(
      "credit_schedule.revise", ["id": world.schedule.at("id"), "terms": Self.halfBelowAll("month"), "validFrom": "2026-04-01T00:00:00Z"], version: 1)
    try await world.call(
      "line_credit.detach", ["line": world.line, "schedule": world.schedule.at("id"), "validFrom": "2026-05-31T22:00:00Z"])
    try await world.outage("2026-04-10T00:00:00Z", "2026-04-11T00:00:00Z")
    try await world.outage("2026-05-10T00:00:00Z", "2026-05-10T01:00:00Z")
    world.database.clock.set(try #require(Instant("2026-07-02T00:00:00Z")))
    // Midnight in Berlin is two hours before: April began under the old version.
    #expect(try await world.propose("2026-04").at("credit.amount") == .decimal("250.00"))
    #expect(try await world.propose("2026-05").at("credit.amount") == .decimal("500.00"))
    #expect(await violations { try await world.propose("2026-06") } == ["line_credit.not_attached"])
    #expect(try await world.call("line_credit.list", ["line": world.line]).at("items").array?.count == 2)
  }

  /// Periods that have begun keep what they began with: nothing is changed in the past.
  @Test func nothingIsChangedInThePast() async throws {
    let world = try await CreditsWorld()
    let schedule = world.schedule.at("id")
    let (before, now): (Value, Value) = ("2026-03-02T07:59:59Z", "2026-03-02T08:00:00Z")
    func revise(_ from: Value) async throws -> Value {
      try await world.call("credit_schedule.revise", ["id": schedule, "terms": Self.halfBelowAll("month"), "validFrom": from], version: 1)
    }
    func set(_ act: String, _ from: Value) async throws -> Value {
      try await world.call("line_credit.\(act)", ["line": world.line, "schedule": schedule, "validFrom": from])
    }
    #expect(await violations { try await revise(before) } == ["validFrom credit.valid_from_past"])
    #expect(try await revise(now).at("validFrom") == now)
    #expect(await violations { try await set("detach", before) } == ["validFrom credit.valid_from_past"])
    #expect(try await set("detach", now).at("attached") == .bool(false))
    #expect(await violations { try await set("detach", "2026-04-01T00:00:00Z") } == ["line_credit.none"])
    world.database.clock.set(try #require(Instant("2026-03-05T00:00:00Z")))
    #expect(await violations { try await set("attach", "2026-03-04T00:00:00Z") } == ["validFrom credit.valid_from_past"])
    #expect(try await set("attach", "2026-03-05T00:00:00Z").at("attached") == .bool(true))
  }

  /// A schedule of months that becomes one of quarters: each period by the kind that held when it began.
  @Test func aScheduleMayChangeItsKindOfPeriod() async throws {
    let world = try await CreditsWorld()
    try await world.outage("2026-01-10T00:00:00Z", "2026-01-11T00:00:00Z")
    try await world.outage("2026-04-10T00:00:00Z", "2026-04-11T00:00:00Z")
    try await world.call("credit_schedule.revise", ["id": world.schedule.at("id"), "terms": Self.halfBelowAll("quarter")], version: 1)
    world.database.clock.set(try #require(Instant("2026-07-02T00:00:00Z")))
    #expect(try await world.propose("2026-01").at("credit.amount") == .decimal("250.00"))
    #expect(try await world.propose("2026-Q2").at("credit.amount") == .decimal("1500.00"))
    #expect(await violations { try await world.propose("2026-Q1") } == ["period credit.bad_period"])
    #expect(await violations { try await world.propose("2026-04") } == ["period credit.bad_period"])
    // March began after the change, and no quarter with it: it is the last month.
    #expect(try await world.propose("2026-03").at("outcome") == "nothing")
    // And back in the middle of a quarter, which is finished first: nobody is paid twice for the rest of it.
    try await world.call("credit_schedule.revise", ["id": world.schedule.at("id"), "terms": Self.halfBelowAll("month")], version: 2)
    try await world.outage("2026-09-10T00:00:00Z", "2026-09-11T00:00:00Z")
    world.database.clock.set(try #require(Instant("2026-12-02T00:00:00Z")))
    #expect(try await world.propose("2026-Q3").at("credit.amount") == .decimal("1500.00"))
    #expect(await violations { try await world.propose("2026-09") } == ["period credit.bad_period"])
    #expect(try await world.propose("2026-10").at("outcome") == "nothing")
  }

  /// Two days down in each of two months: together they are too much for the year, alone each is less. Paid is of the last month's fee.
  @Test func aRollingYearIsJudgedByAllItsMonths() async throws {
    let terms: [Value.Member] = (CreditsWorld.terms.members ?? []).map { $0.name == "period" ? Value.Member("period", "rolling_year") : $0 }
    let world = try await CreditsWorld(terms: .object(terms), startsAt: "2025-03-01T00:00:00+01:00")
    try await world.outage("2025-06-10T00:00:00Z", "2025-06-12T00:00:00Z")
    try await world.outage("2025-11-20T00:00:00Z", "2025-11-22T00:00:00Z")
    let credit = try await world.propose("2026-02").at("credit")
    #expect(credit.at("calculation.parts.0.attainment") == "361/365" && credit.at("calculation.parts.0.downSeconds") == "345600", "\(credit)")
    #expect(credit.at("calculation.fee") == "100000/1" && credit.at("amount") == .decimal("250.00"), "\(credit)")
    #expect(try await world.call("credit.evidence", ["id": credit.at("id")]).at("items").array?.count == 2)
    #expect(await violations { try await world.propose("2026-Q1") } == ["period credit.bad_period"])
    #expect(await violations { try await world.propose("2026-03") } == ["credit.period_open"])

    // The year that ends with May begins with June; the next one has that behind it.
    world.database.clock.set(try #require(Instant("2026-07-02T00:00:00Z")))
    #expect(try await world.propose("2026-05").at("credit.amount") == .decimal("250.00"))
    let next = try await world.propose("2026-06").at("credit")
    #expect(next.at("calculation.parts.0.attainment") == "363/365" && next.at("amount") == .decimal("100.00"), "\(next)")
  }

  /// A line that was in force for half an hour has one begun hour, and no day: it is judged, and told in its own words.
  @Test func aLineWithoutAWholeHour() async throws {
    let world = try await CreditsWorld(
      terms: .object(["measure": "availability", "period": "month", "bands": .array([.object(["below": "100", "hoursDownOver": 60])])]),
      startsAt: "2026-01-31T23:30:00+01:00")
    try await world.outage("2026-01-31T22:00:00Z", "2026-02-01T00:00:00Z")
    let credit = try await world.propose().at("credit")
    #expect(credit.at("calculation.parts.0.units") == 1)
    // The one begun hour of a day of a month of 31.
    #expect(credit.at("amount") == .decimal("32.26"))
  }

  /// From the 22nd of January on: ten days of fee and of time.
  @Test func aMonthThatTheContractHadOnlyInPart() async throws {
    let world = try await CreditsWorld(startsAt: "2026-01-22T00:00:00+01:00")
    try await world.outage("2026-01-10T00:00:00Z", "2026-01-11T00:00:00Z")
    #expect(try await world.propose().at("outcome") == "nothing")
    try await world.outage("2026-01-25T00:00:00Z", "2026-01-25T12:00:00Z")
    let credit = try await world.propose().at("credit")
    #expect(credit.at("calculation.parts.0.attainment") == "19/20")
    #expect(credit.at("calculation.days") == 10 && credit.at("calculation.fee") == "1000000/31")
    // 25 % of 10/31 of 1,000.
    #expect(credit.at("amount") == .decimal("80.65"))
  }

  /// Four instances, of which one was down for a day: a quarter of what is measured by itself is paid.
  @Test(arguments: [
    ("line", 1, "", "250.00"), ("service", 2, "Compute", "125.00"), ("region", 2, "eu-1", "187.50"), ("instance", 4, "Compute / eu-1 / a", "62.50"),
  ])
  func whatIsMeasuredByItself(per: String, subjects: Int, hit: String, amount: String) async throws {
    let world = try await CreditsWorld(
      terms: .object(CreditsWorld.terms.members.map { $0 + [Value.Member("per", .text(per))] } ?? []), linksCompute: false)
    let supplier = try await world.call("supplier.create", ["code": "PARTS", "name": "Parts", "zone": "UTC"])
    for (name, region, instance) in [("Compute", "eu-1", "a"), ("Compute", "eu-1", "b"), ("Storage", "eu-1", "c"), ("Storage", "us-1", "d")] {
      let service = try await world.call(
        "supplier_service.add", ["supplier": supplier.at("id"), "name": .text(name), "region": .text(region), "instance": .text(instance)])
      try await world.call("supplier_link.add", ["line": world.line, "service": service.at("id"), "role": "provides"])
      if instance == "a" { try await world.outage("2026-01-10T00:00:00Z", "2026-01-11T00:00:00Z", of: service) }
    }
    let credit = try await world.propose().at("credit")
    let parts = credit.at("calculation.parts").array ?? []
    #expect(parts.count == subjects, "\(credit)")
    #expect(parts.filter { $0.at("attainment") == "30/31" }.map { $0.at("subject") } == [.text(hit)], "\(parts)")
    #expect(credit.at("amount") == .decimal(amount), "\(credit)")
  }

  /// What is too short, and what was announced in time, is no down time.
  @Test func shortOutagesAndAnnouncedWorkDoNotCount() async throws {
    let downtime: Value = .object([
      "minimumSeconds": 600, "maintenance": .object(["noticeSeconds": 86_400, "windows": 1]),
    ])
    let world = try await CreditsWorld(terms: .object(CreditsWorld.terms.members.map { $0 + [Value.Member("downtime", downtime)] } ?? []))
    func maintenance(_ from: String, _ to: String, announced: String) async throws {
      try await world.call(
        "outage.record",
        [
          "service": world.service.at("id"), "severity": "maintenance", "startsAt": .text(from), "endsAt": .text(to), "announcedAt": .text(announced),
        ])
    }
    try await world.outage("2026-01-05T00:00:00Z", "2026-01-05T00:09:59Z")
    try await maintenance("2026-01-10T00:00:00Z", "2026-01-10T12:00:00Z", announced: "2026-01-08T00:00:00Z")
    try await world.outage("2026-01-10T06:00:00Z", "2026-01-10T08:00:00Z")
    #expect(try await world.propose().at("outcome") == "nothing")
    // The second window is one too many, and counts like any outage.
    try await maintenance("2026-01-20T00:00:00Z", "2026-01-20T02:00:00Z", announced: "2026-01-08T00:00:00Z")
    let credit = try await world.propose().at("credit")
    #expect(credit.at("calculation.parts.0.downSeconds") == "7200" && credit.at("amount") == .decimal("100.00"), "\(credit)")
  }

  /// Down only while the back-up is down as well.
  @Test func aBackupExcuses() async throws {
    let world = try await CreditsWorld()
    let supplier = try await world.call("supplier.create", ["code": "SPARE", "name": "Spare", "zone": "UTC"])
    let backup = try await world.call("supplier_service.add", ["supplier": supplier.at("id"), "name": "Standby"])
    try await world.call("supplier_link.add", ["line": world.line, "service": backup.at("id"), "role": "backup", "validFrom": "2026-01-15T00:00:00Z"])
    try await world.outage("2026-01-10T00:00:00Z", "2026-01-10T01:00:00Z")
    try await world.outage("2026-01-20T00:00:00Z", "2026-01-21T00:00:00Z")
    try await world.outage("2026-01-20T06:00:00Z", "2026-01-20T10:00:00Z", of: backup)
    let credit = try await world.propose().at("credit")
    #expect(credit.at("calculation.parts.0.downSeconds") == "18000")
    #expect(credit.at("amount") == .decimal("100.00"))
  }

  @Test func ticketsAreCountedWhenTheyWereJudged() async throws {
    let world = try await CreditsWorld(
      terms: .object([
        "measure": "response", "period": "month", "bands": .array([.object(["below": "100", "percent": "20"])]),
      ]))
    let engineer = try await world.database.staff(.engineer)
    func ticket(_ opened: String, answered: String) async throws {
      world.database.clock.set(try #require(Instant(opened)))
      let incident = try await world.database.call(
        "incident.open", ["customer": .id(world.acme.publicId), "title": "X", "impact": 1, "urgency": 1], as: engineer)
      world.database.clock.set(try #require(Instant(answered)))
      try await world.database.call("incident.start", ["id": incident.at("id")], as: engineer, version: incident.at("version").integer)
    }
    try await ticket("2026-03-02T10:00:00Z", answered: "2026-03-02T10:30:00Z")
    try await ticket("2026-03-03T10:00:00Z", answered: "2026-03-03T12:00:00Z")
    // Opened in March, and late only in April.
    try await ticket("2026-03-31T21:45:00Z", answered: "2026-04-01T08:00:00Z")
    world.database.clock.set(try #require(Instant("2026-04-02T00:00:00Z")))
    let credit = try await world.propose("2026-03").at("credit")
    #expect(credit.at("calculation.parts.0.judged") == 2 && credit.at("calculation.parts.0.kept") == 1)
    #expect(credit.at("amount") == .decimal("200.00"))
    let evidence = try await world.call("credit.evidence", ["id": credit.at("id")])
    #expect(evidence.at("items").array?.map { $0.at("verdict") } == ["met", "missed"])
    #expect(evidence.at("items.0.ticketNumber") == "ACME-INC-000001")
    #expect(evidence.at("items.0.ticketTitle") == "X" && evidence.at("items.0.budgetSeconds") == 3600, "\(evidence)")
    #expect(evidence.at("items.0.usedSeconds") == 1800 && evidence.at("items.1.dueAt") == "2026-03-03T11:00:00Z", "\(evidence)")
    // What a clock counts afterwards is nothing that the credit was proposed on.
    try await world.database.runAsSuperuser("update service_levels.clock set consumed_seconds = consumed_seconds + 600")
    #expect(try await world.call("credit.evidence", ["id": credit.at("id")]) == evidence)
  }

  /// The explanation speaks of days as the contract has them, and of amounts.
  @Test func anExplanationTellsDaysAndAmounts() async throws {
    let world = try await CreditsWorld()
    try await world.outage("2026-01-10T00:00:00Z", "2026-01-10T05:00:00Z")
    let credit = try await world.propose().at("credit")
    #expect(credit.at("calculation.fee") == "100000/1" && credit.at("calculation.feeAmount") == "1000.00", "\(credit)")
    #expect(credit.at("calculation.parts.0.paysAmount") == "100.00", "\(credit)")
    let words = Self.words(try await world.call("credit.explain", ["id": credit.at("id")]))
    #expect(words.contains("from 1 January 2026 until 1 February 2026, not included") && words.contains("in its first version"), "\(words)")
    #expect(!words.contains("T23:00:00Z"), "\(words)")
  }

  /// What ships as an example is posted as it is.
  @Test func theSchedulesThatShipAreTakenAsTheyAre() async throws {
    let world = try await CreditsWorld()
    let folder = RealData.packageRoot.appending(path: "deploy/credit-schedules")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path()).filter { $0.hasSuffix(".json") }
    #expect(files.count == 12)
    for file in files {
      let body = try JSON.read(String(contentsOf: folder.appending(path: file), encoding: .utf8))
      let made = try await world.database.dispatcher.invoke("credit_schedule.create", body, as: world.database.root, Call(requestId: "test")).value
      #expect(made.at("source") == (body["source"] ?? .null) && made.at("note") == (body["note"] ?? .null), "\(file)")
      if file == "aws-s3-standard.json" {
        let revised = try await world.call("credit_schedule.revise", ["id": made.at("id"), "note": .null], version: made.at("version"))
        #expect(revised.at("note") == .null && revised.at("source") == (body["source"] ?? .null))
      }
    }
  }

  /// Nobody's past is credited unasked.
  @Test func aScheduleIsAttachedFromNowOn() async throws {
    let world = try await CreditsWorld()
    let other = try await world.call("credit_schedule.create", ["name": "Other", "terms": CreditsWorld.terms])
    let attached = try await world.call("line_credit.attach", ["line": world.line, "schedule": other.at("id")])
    #expect(attached.at("validFrom") == .instant(world.database.clock.now()))
  }

  /// What was computed cannot be changed, not even by the server.
  @Test func theAmountIsFixedByPrivilege() async throws {
    let world = try await CreditsWorld()
    try await world.outage("2026-01-10T00:00:00Z", "2026-01-11T00:00:00Z")
    _ = try await world.propose()
    await #expect(throws: (any Error).self) {
      try await world.database.tenancy.transaction(binding: [world.acme.id], side: .staff) { transaction in
        _ = try await transaction.execute(Tamper(tenant: world.acme.id))
      }
    }
  }
}
