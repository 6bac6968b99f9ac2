import Kernel
import Postgres
import Suppliers
import TestSupport
import Testing

/// A supplier with a contract of 250.00 a month since January, appraised by a scheme of four criteria. It is the second of March.
private struct AppraisalWorld {
  let world: SuppliersWorld
  let contract: Value
  let scheme: Value

  static let terms = AppraisalScoreTests.terms([
    .object(["code": "availability", "weight": "40", "measure": "availability", "zeroAt": "90", "fullAt": "100"]),
    .object(["code": "cost", "weight": "20", "measure": "cost", "zeroAt": "120", "fullAt": "100"]),
    .object([
      "code": "credits", "weight": "20", "measure": "credits",
      "bands": .array([.object(["upTo": "0", "score": "100"]), .object(["above": "0", "score": "50"])]),
    ]),
    AppraisalScoreTests.assessed("cooperation", "20"),
  ])

  init() async throws {
    world = try await SuppliersWorld()
    contract = try await world.call(
      "underpinning_contract.create",
      [
        "supplier": world.supplier.at("id"), "reference": "UC-1", "name": "Hosting", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "costs": .array([.object(["name": "Servers", "amount": "250.00", "due": "month"])]),
      ])
    scheme = try await world.call("appraisal_scheme.create", ["name": "Standard", "terms": Self.terms])
  }

  func entry(_ kind: String, _ amount: String, _ period: String = "2026-01", reference: String = "R-1", again: Bool = false) async throws -> Value {
    try await world.database.call(
      "supplier_entry.record",
      [
        "supplier": world.supplier.at("id"), "kind": .text(kind), "underpinningContract": contract.at("id"), "reference": .text(reference),
        "period": .text(period), "amount": .text(amount), "currency": "EUR", "evidence": "Invoice", "again": .bool(again),
      ], as: world.database.root)
  }

  func open(_ period: String = "2026-01", of supplier: Value? = nil) async throws -> Value {
    try await world.call(
      "appraisal.open", ["supplier": (supplier ?? world.supplier).at("id"), "scheme": scheme.at("id"), "period": .text(period)])
  }

  func assess(_ appraisal: Value, _ points: Value, _ evidence: String = "Meeting of the 5th") async throws -> Value {
    try await world.call(
      "appraisal.assess", ["id": appraisal.at("id"), "criterion": "cooperation", "score": points, "evidence": .text(evidence)],
      version: appraisal.at("version"))
  }

  func notApplicable(_ appraisal: Value) async throws -> Value {
    try await world.call(
      "appraisal.assess", ["id": appraisal.at("id"), "criterion": "cooperation", "notApplicable": .bool(true), "evidence": "No meetings agreed"],
      version: appraisal.at("version"))
  }

  func entries() async throws -> [Value] {
    try await world.database.call("supplier_entry.list", ["supplier": world.supplier.at("id")], as: world.database.root).at("items").array ?? []
  }

  func read(_ appraisal: Value) async throws -> Value { try await world.call("appraisal.read", ["id": appraisal.at("id")]) }

  func close(_ appraisal: Value) async throws -> Value {
    try await world.call("appraisal.close", ["id": appraisal.at("id")], version: appraisal.at("version"))
  }
}

@Suite struct AppraisalTests {
  /// What was appraised keeps the zone of its days, also in its restatement; only what is opened later has the new one.
  @Test func aNewZoneMovesNoAppraisal() async throws {
    let world = try await AppraisalWorld()
    // The first ten hours of January in UTC; in New York five of them are of December.
    _ = try await world.world.outage("2026-01-01T00:00:00Z", "2026-01-01T10:00:00Z")
    let closed = try await world.close(try await world.assess(try await world.open(), "80")).at("appraisal")
    #expect(closed.at("zone") == "UTC" && closed.at("criteria.0.exactValue") == "367/372")
    let february = try await world.open("2026-02")
    try await world.world.call("supplier.change", ["id": world.world.supplier.at("id"), "zone": "America/New_York"], version: 1)
    let read = try await world.read(closed)
    #expect(read.at("zone") == "UTC" && read.at("criteria") == closed.at("criteria"))
    #expect(try await world.read(february).at("zone") == "UTC", "its days were said when it was opened")
    let restated = try await world.world.call(
      "appraisal.restate", ["id": closed.at("id"), "cause": "A look at it again"], version: read.at("version"))
    #expect(restated.at("zone") == "UTC")
    #expect(try await world.read(restated).at("criteria.0.exactValue") == "367/372")
    // What is only read has the zone that is asked for; by default that of today, which it names.
    func availability(_ zone: Value) async throws -> Value {
      try await world.world.call("availability.read", ["service": world.world.service.at("id"), "period": "2026-01", "zone": zone])
    }
    let (now, then) = (try await availability(.null), try await availability("UTC"))
    #expect(now.at("zone") == "America/New_York" && now.at("exact") == "739/744")
    #expect(then.at("zone") == "UTC" && then.at("exact") == "367/372")
  }

  /// What each criterion comes to, by hand: 7.44 of 744 hours down are 99 %, so 90 of 100 points; 275 of 250 planned are 110 %,
  /// halfway; something was given back; and 80 were said.
  @Test func aQuarterOfTheFiguresByHand() async throws {
    let world = try await AppraisalWorld()
    _ = try await world.world.outage("2026-01-10T00:00:00Z", "2026-01-10T07:26:24Z")
    _ = try await world.entry("cost", "275.00")
    _ = try await world.entry("credit_note", "10.00", reference: "C-1")
    let draft = try await world.assess(try await world.open(), "80")
    let figures = try await world.read(draft)
    #expect(figures.at("state") == "draft" && figures.at("coverage") == "100")
    #expect(figures.at("criteria.0.exactValue") == "99/100" && figures.at("criteria.0.score") == "90.000000")
    #expect(figures.at("criteria.1.exactValue") == "11/10" && figures.at("criteria.1.part") == "275.00 EUR" && figures.at("criteria.1.whole") == "250.00 EUR")
    #expect(figures.at("criteria.1.score") == "50.000000" && figures.at("criteria.2.exactValue") == "1/25" && figures.at("criteria.2.score") == "50.000000")
    #expect(figures.at("criteria.3.assessedBy") == .text(world.world.manager.name))
    // 40 x 0.9 + 20 x 0.5 + 20 x 0.5 + 20 x 0.8.
    #expect(figures.at("score") == "72.000000" && figures.at("exactScore") == "18/25" && figures.at("grade") == "C")

    let closed = try await world.close(draft)
    #expect(closed.at("appraisal.state") == "closed" && closed.at("appraisal.criteria") == figures.at("criteria"))
    #expect(closed.at("action.state") == "open" && closed.at("action.dueOn") == "2026-04-01")
    let evidence = try await world.world.call("appraisal.evidence", ["id": draft.at("id")]).at("items").array ?? []
    #expect(evidence.map { $0.at("kind") } == ["outage", "plan", "entry", "plan", "entry"])
    #expect(evidence.map { $0.at("label") } == ["Compute / eu-1: partial", "UC-1: Servers", "R-1", "UC-1: Servers", "C-1"])
    #expect(evidence.first?.at("from") == "2026-01-10T00:00:00Z" && evidence[2].at("minorUnits") == "27500/1")

    let explained = try await world.world.call("appraisal.explain", ["id": draft.at("id")])
    let words = explained.at("steps").array?.compactMap(\.text).joined(separator: "\n") ?? ""
    for part in ["Cloud Ltd in 2026-01", "which is 99.000000 % (exactly 99/100)", "275.00 EUR of 250.00 EUR", "80.000000 points by", "grade C", "Below B"] {
      #expect(words.contains(part), "\(part) in \(words)")
    }
    #expect(explained.at("changed") == .array([]))
  }

  /// Closed is closed: what comes late makes another appraisal, which says why.
  @Test func aLateRecordMakesARestatement() async throws {
    let world = try await AppraisalWorld()
    _ = try await world.entry("cost", "250.00")
    let closed = try await world.close(try await world.assess(try await world.open(), "80"))
    #expect(closed.at("appraisal.grade") == "A" && closed.at("action") == .null)
    let late = try await world.world.outage("2026-01-10T00:00:00Z", "2026-01-14T00:00:00Z")
    #expect(try await world.read(closed).at("criteria") == closed.at("appraisal.criteria"), "it does not follow the records any more")
    #expect(try await world.world.call("appraisal.explain", ["id": closed.at("id")]).at("changed") == .array(["availability"]))
    #expect(await violations { try await world.open() } == ["appraisal.already_closed"])

    let draft = try await world.world.call(
      "appraisal.restate", ["id": closed.at("id"), "cause": "An outage was reported in March"], version: closed.at("version"))
    #expect(draft.at("restates") == closed.at("id") && draft.at("state") == "draft")
    #expect(try await world.read(draft).at("criteria.3.score") == "80.000000", "what was said is taken along")
    #expect(try await world.read(closed).at("state") == "closed", "until the restatement is closed")
    let version = try await world.read(closed).at("version")
    #expect(
      await violations { try await world.world.call("appraisal.restate", ["id": closed.at("id"), "cause": "X"], version: version) }
        == ["appraisal.draft_there"])
    let restated = try await world.close(draft)
    // 96 of 744 hours down: below 90 %, so nothing of 40; the rest is 56 of 60.
    #expect(restated.at("appraisal.score") == "56.000000" && restated.at("appraisal.grade") == "D" && restated.at("action.state") == "open")
    let old = try await world.read(closed)
    #expect(old.at("state") == "superseded" && old.at("score") == closed.at("appraisal.score"))
    #expect(await violations { try await world.assess(old, "10") } == ["appraisal.bad_transition"])
    // Taken back, restated again: the action that is open is the same.
    try await world.world.call("outage.change", ["id": late.at("id"), "severity": "major"], version: 1)
    let again = try await world.world.call("appraisal.restate", ["id": restated.at("id"), "cause": "Worse"], version: restated.at("version"))
    #expect(try await world.close(again).at("action.id") == restated.at("action.id"))
    let history = try await world.world.call("appraisal.list", ["supplier": world.world.supplier.at("id")]).at("items").array ?? []
    #expect(history.map { $0.at("state") } == ["closed", "superseded", "superseded"])
    #expect(try await world.world.call("appraisal.list", ["state": "closed"]).at("items").array?.count == 1)
  }

  @Test func whatHasNoDataIsSaid() async throws {
    let world = try await AppraisalWorld()
    let bare = try await world.world.call("supplier.create", ["code": "BARE", "name": "Bare", "zone": "Asia/Shanghai"])
    let draft = try await world.open(of: bare)
    let figures = try await world.read(draft)
    #expect(figures.at("criteria").array?.map { $0.at("gap") } == ["no_services", "no_plan", "no_plan", "not_assessed"])
    #expect(figures.at("score") == .null && figures.at("grade") == .null && figures.at("coverage") == "0")
    let assessed = try await world.assess(draft, "70")
    #expect(try await world.read(assessed).at("score") == "70.000000")
    #expect(try await world.read(assessed).at("coverage") == "20")
    let withdrawn = try await world.assess(assessed, .null, "It was another one")
    #expect(try await world.read(withdrawn).at("score") == .null)
    #expect(
      await violations {
        try await world.world.call(
          "appraisal.assess", ["id": draft.at("id"), "criterion": "cost", "score": "1", "evidence": "X"], version: withdrawn.at("version"))
      } == ["criterion appraisal.not_assessed"])
    // Not to assess is no way to a grade: it is said that the criterion is not for it, and why.
    #expect(await violations { try await world.close(withdrawn) } == ["appraisal.assessments_open"])
    #expect(
      await violations {
        try await world.world.call(
          "appraisal.assess", ["id": draft.at("id"), "criterion": "cooperation", "score": "70", "notApplicable": .bool(true), "evidence": "X"],
          version: withdrawn.at("version"))
      } == ["notApplicable appraisal.score_or_not_applicable"])
    let open = try await world.notApplicable(withdrawn)
    #expect(try await world.read(open).at("criteria.3.gap") == "not_applicable")
    let closed = try await world.close(open)
    #expect(closed.at("appraisal.grade") == .null && closed.at("appraisal.coverage") == "0" && closed.at("action") == .null)
    let words = try await world.world.call("appraisal.explain", ["id": draft.at("id")]).at("steps").array?.compactMap(\.text) ?? []
    #expect(words.contains { $0.contains("not applicable, said \(world.world.manager.name) (No meetings agreed)") }, "\(words)")
  }

  /// Of a quarter that runs only what has been counts: no time to come, and no cost that is not due yet.
  @Test func aDraftOfARunningPeriodCountsNoFuture() async throws {
    let world = try await AppraisalWorld()
    // It is the second of March, eight o'clock: 60 days and 8 hours of the quarter are over, half of the last day was an outage.
    _ = try await world.world.outage("2026-03-01T20:00:00Z", nil)
    _ = try await world.entry("cost", "500.00", "2026-Q1")
    let figures = try await world.read(try await world.open("2026-Q1"))
    #expect(figures.at("measuredTo") == "2026-03-02T08:00:00Z")
    // 12 of 1,448 hours.
    #expect(figures.at("criteria.0.exactValue") == "359/362")
    // Two months are planned at 250.00, and one day of March; of the invoice 60 of 90 days count.
    #expect(figures.at("criteria.1.exactValue") == "124/189", "\(figures.at("criteria.1"))")
    let over = try await world.read(try await world.open("2026-01"))
    #expect(over.at("measuredTo") == "2026-02-01T00:00:00Z" && over.at("criteria.0.exactValue") == "1/1")
  }

  /// The same invoice, recorded by somebody else a month later, is no second cost.
  @Test func theSameInvoiceTwiceIsRefused() async throws {
    let world = try await AppraisalWorld()
    let first = try await world.entry("cost", "99.00")
    #expect(await violations { try await world.entry("cost", "99.00") } == ["supplier_entry.same"])
    #expect(await violations { try await world.entry("cost", "98.00") } == ["supplier_entry.same"])
    _ = try await world.entry("cost", "99.00", "2026-02")
    _ = try await world.entry("credit_note", "99.00")
    #expect(await violations { try await world.entry("cost", "5.00", again: true) } == ["accepted"])
    for entry in [first, try await world.entries().first { $0.at("amount") == .decimal("5.00") } ?? .null] {
      try await world.world.database.call("supplier_entry.reverse", ["id": entry.at("id"), "evidence": "Wrong"], as: world.world.database.root)
    }
    #expect(await violations { try await world.entry("cost", "99.00") } == ["accepted"], "what was taken back is recorded anew")
  }

  /// An action follows the appraisal that stands; when the grade is lifted there is nothing to be done any more.
  @Test func anActionGoesWithTheGradeThatAskedForIt() async throws {
    let world = try await AppraisalWorld()
    // 90 points for availability: 70 of 100 without the assessment, 95 with all of it.
    _ = try await world.world.outage("2026-01-10T00:00:00Z", "2026-01-10T07:26:24Z")
    let closed = try await world.close(try await world.assess(try await world.open(), "0"))
    #expect(closed.at("appraisal.grade") == "C" && closed.at("action.state") == "open")
    func restate(_ appraisal: Value, _ points: Value) async throws -> Value {
      let draft = try await world.world.call("appraisal.restate", ["id": appraisal.at("id"), "cause": "New facts"], version: appraisal.at("version"))
      return try await world.close(try await world.assess(draft, points))
    }
    let low = try await restate(closed, "10")
    #expect(low.at("action.id") == closed.at("action.id") && low.at("action.appraisal") == low.at("id"))
    let high = try await restate(low, "100")
    #expect(high.at("appraisal.grade") == "A" && high.at("action") == .null)
    let actions = try await world.world.call("appraisal_action.list", ["state": "all"]).at("items").array ?? []
    #expect(actions.map { $0.at("state") } == ["cancelled"] && actions.first?.at("result") == "Restated with grade A: New facts")
  }

  @Test func onlyAPeriodThatIsOverIsClosed() async throws {
    let world = try await AppraisalWorld()
    let draft = try await world.open("2026-Q1")
    #expect(await violations { try await world.close(draft) } == ["appraisal.period_open"])
    #expect(await violations { try await world.open("2026-04") } == ["period availability.period_ahead"])
    #expect(await violations { try await world.open("2026-13") } == ["period availability.bad_period"])
    #expect(await violations { try await world.open("2026-Q1") } == ["appraisal.draft_there"])
    let discarded = try await world.world.call("appraisal.discard", ["id": draft.at("id")], version: 1)
    #expect(discarded.at("state") == "discarded")
    #expect(try await world.open("2026-Q1").at("state") == "draft")
  }

  /// A year's invoice in a month's appraisal: its days of it. And what was taken back counts nowhere.
  @Test func entriesAreProratedAndReversed() async throws {
    let world = try await AppraisalWorld()
    let wrong = try await world.entry("cost", "99.00")
    let reversed = try await world.world.database.call(
      "supplier_entry.reverse", ["id": wrong.at("id"), "evidence": "Entered twice"], as: world.world.database.root)
    #expect(reversed.at("amount") == .decimal("-99.00") && reversed.at("reverses") == wrong.at("id"))
    #expect(
      await violations {
        try await world.world.database.call("supplier_entry.reverse", ["id": wrong.at("id"), "evidence": "X"], as: world.world.database.root)
      } == ["supplier_entry.reversed"])
    _ = try await world.entry("cost", "3650.00", "2026", reference: "Y-1")
    let figures = try await world.read(try await world.open())
    // 31 of 365 days of 3,650.00 are 310.00, of 250.00.
    #expect(figures.at("criteria.1.exactValue") == "31/25")
    let listed = try await world.world.call("supplier_entry.list", ["supplier": world.world.supplier.at("id")]).at("items").array ?? []
    #expect(listed.map { $0.at("reversedBy") } == [.null, .null, reversed.at("id")])
    #expect(await violations { try await world.entry("cost", "0.00") } == ["amount supplier_entry.bad_amount"])
    #expect(await violations { try await world.entry("cost", "1.001") } == ["amount supplier_entry.bad_amount"])
    #expect(
      await violations {
        try await world.world.database.call(
          "supplier_entry.record",
          [
            "supplier": world.world.supplier.at("id"), "kind": "credit_note", "reference": "C", "period": "2026-01", "amount": "1", "currency": "EUR",
          ], as: world.world.database.root)
      } == ["evidence input.required_here"])
    let engineer = try await world.world.database.staff(.engineer)
    await expectFailure(.denied) { try await world.world.database.call("supplier_entry.list", ["supplier": world.world.supplier.at("id")], as: engineer) }
  }

  @Test func suppliersOfAPeriodAreCompared() async throws {
    let world = try await AppraisalWorld()
    let other = try await world.world.call("supplier.create", ["code": "OTHER", "name": "Other", "zone": "UTC"])
    _ = try await world.close(try await world.assess(try await world.open(), "50"))
    _ = try await world.close(try await world.assess(try await world.open(of: other), "99.5"))
    let bare = try await world.world.call("supplier.create", ["code": "BARE", "name": "Bare", "zone": "UTC"])
    _ = try await world.close(try await world.notApplicable(try await world.open(of: bare)))
    func compare(_ limit: Int64, _ cursor: Value = .null) async throws -> Value {
      try await world.world.call("appraisal.compare", ["scheme": world.scheme.at("id"), "period": "2026-01", "limit": .integer(limit), "cursor": cursor])
    }
    let all = try await compare(50)
    #expect(all.at("items").array?.map { $0.at("supplierCode") } == ["OTHER", "CLOUD", "BARE"])
    var codes: [Value] = []
    var cursor = Value.null
    repeat {
      let page = try await compare(1, cursor)
      codes += page.at("items").array?.map { $0.at("supplierCode") } ?? []
      cursor = page.at("next")
    } while !cursor.isNull
    #expect(codes == ["OTHER", "CLOUD", "BARE"])
  }

  @Test func anActionIsCarriedOut() async throws {
    let world = try await AppraisalWorld()
    let draft = try await world.assess(try await world.open(), "0")
    _ = try await world.world.outage("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z")
    #expect(
      await violations {
        try await world.world.call("appraisal.close", ["id": draft.at("id"), "dueOn": "2026-03-01"], version: draft.at("version"))
      } == ["dueOn appraisal_action.due_past"])
    let action = try await world.world.call(
      "appraisal.close", ["id": draft.at("id"), "action": "Second data centre", "dueOn": "2026-05-31"], version: draft.at("version")
    ).at("action")
    #expect(action.at("what") == "Second data centre" && action.at("ownerName") == "Account" && action.at("period") == "2026-01")
    let changed = try await world.world.call("appraisal_action.change", ["id": action.at("id"), "owner": .null, "dueOn": "2026-06-30"], version: 1)
    #expect(changed.at("owner") == .null && changed.at("dueOn") == "2026-06-30")
    let open = try await world.world.call("appraisal_action.list", ["supplier": world.world.supplier.at("id")])
    #expect(open.at("items").array?.count == 1)
    let done = try await world.world.call(
      "appraisal_action.finish", ["id": action.at("id"), "state": "done", "result": "In service since June"], version: changed.at("version"))
    #expect(done.at("state") == "done" && done.at("finishedAt") != .null)
    #expect(try await world.world.call("appraisal_action.list", [:]).at("items") == .array([]))
    #expect(try await world.world.call("appraisal_action.list", ["state": "all"]).at("items").array?.count == 1)
    #expect(
      await violations {
        try await world.world.call("appraisal_action.change", ["id": action.at("id"), "what": "X"], version: done.at("version"))
      } == ["appraisal_action.over"])
  }

  /// A period is judged by the terms that held when it began.
  @Test func laterTermsAreForLaterPeriods() async throws {
    let world = try await AppraisalWorld()
    let terms = AppraisalScoreTests.terms([AppraisalScoreTests.assessed("cooperation", "100")])
    #expect(
      await violations {
        try await world.world.call("appraisal_scheme.revise", ["id": world.scheme.at("id"), "terms": terms, "validFrom": "2026-02-01T00:00:00Z"], version: 1)
      } == ["validFrom appraisal_scheme.valid_from_past"])
    try await world.world.call("appraisal_scheme.revise", ["id": world.scheme.at("id"), "terms": terms, "validFrom": "2026-04-01T00:00:00Z"], version: 1)
    world.world.database.clock.set(try #require(Instant("2026-05-02T00:00:00Z")))
    #expect(try await world.read(try await world.open("2026-03")).at("criteria").array?.count == 4)
    #expect(try await world.read(try await world.open("2026-04")).at("criteria").array?.count == 1)
    #expect(
      await violations { try await world.world.call("appraisal_scheme.create", ["name": "Standard", "terms": terms]) } == ["appraisal_scheme.name_taken"])
  }

  /// Customers see nothing of it, and who serves one customer alone sees no figures that come from all.
  @Test func appraisalsAreForThoseWhoServeAll() async throws {
    let world = try await AppraisalWorld()
    let customer = try await world.world.database.user(.customerManager, of: world.world.acme)
    let narrow = try await world.world.database.staff(.accountManager, for: [world.world.acme])
    for caller in [customer, narrow] {
      await expectFailure(.denied) { try await world.world.database.call("appraisal.list", as: caller) }
      await expectFailure(.denied) {
        try await world.world.database.call("supplier_entry.list", ["supplier": world.world.supplier.at("id")], as: caller)
      }
    }
  }

  /// The figures are fixed by privilege: not even the server changes them.
  @Test func whatWasClosedCannotBeChanged() async throws {
    let world = try await AppraisalWorld()
    _ = try await world.close(try await world.assess(try await world.open(), "80"))
    let provider = world.world.database.provider.id
    await #expect(throws: (any Error).self) {
      try await world.world.database.tenancy.transaction(binding: [provider], side: .staff) { transaction in
        _ = try await transaction.execute(TamperWithFigures(tenant: provider))
      }
    }
    await #expect(throws: (any Error).self) {
      try await world.world.database.tenancy.transaction(binding: [provider], side: .staff) { transaction in
        _ = try await transaction.execute(TamperWithPeriods(tenant: provider))
      }
    }
  }
}

/// Changes figures that were written down, as nobody may.
private struct TamperWithFigures: Statement {
  let tenant: TenantId

  static let sql = "update suppliers.appraisal_result set points = 0 where tenant_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }
}

private struct TamperWithPeriods: Statement {
  let tenant: TenantId

  static let sql = "update suppliers.appraisal set period_from = period_from - 1 where tenant_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }
}
