import Assurance
import Kernel
import Operations
import Tenancy
import Testing

/// Every listing: its limits, its cursors, and that pages of one row each hold what one page holds.
@Suite struct PagingTests {
  /// Listings whose rows no seed makes, and the test that walks their pages.
  private static let pagedElsewhere = ["sla.backtest_tickets": "BacktestTests: verdicts change only where time has passed"]

  @Test func listingsArePaged() async throws {
    let world = try await World.make()
    let callers = try await Callers(world)
    let subjects = try await Subjects(world)
    // Made once: each set is a dozen accounts, which are listed as well.
    let strangers = try await Callers(world)
    var listings = 0
    for operation in world.registry.operations where operation.inputFields.contains(where: { $0.name == "cursor" }) {
      let name = operation.declaration.name
      guard let caller = callers.widest(operation.declaration) else {
        Issue.record("\(name): nobody holds it")
        continue
      }
      listings += 1
      try await subjects.prepare(name, caller, world)
      let input = subjects.input(operation, world)
      let (items, _) = try await walk(name, input, by: 200, caller, world, most: 10)
      #expect(items.count >= 2 || Self.pagedElsewhere[name] != nil, "\(name): seed more rows in Subjects")
      for limit in [0, -1, 201, .max, .min] as [Int64] {
        let answer = await world.answer(name, input.replacing(.limit, with: .integer(limit)), as: caller.principal)
        #expect(answer.failure?.kind == .invalid, "\(name) with limit \(limit)")
      }
      let (walked, cursors) = try await walk(name, input, by: 1, caller, world, most: items.count + 2)
      #expect(walked == items, "\(name): \(walked.count) of \(items.count) by pages of one")
      guard let cursor = cursors.first else { continue }
      try await refusesOtherCursors(operation, input, cursor, caller, strangers, world)
    }
    print("listings: \(listings)")
  }

  private func walk(
    _ name: String, _ input: Value, by limit: Int64, _ caller: Caller, _ world: World, most: Int
  ) async throws -> (items: [Value], cursors: [String]) {
    var items: [Value] = []
    var cursors: [String] = []
    var page = input.replacing(.limit, with: .integer(limit))
    for _ in 0..<most {
      let answer = await world.answer(name, page, as: caller.principal)
      let value = try #require(answer.value, "\(name): \(String(describing: answer.failure))")
      let found = value["items"]?.array ?? []
      #expect(found.count <= limit, "\(name)")
      items += found
      guard let next = value["next"]?.text else { break }
      #expect(!cursors.contains(next), "\(name) goes in a circle")
      cursors.append(next)
      page = page.replacing(.cursor, with: .text(next))
    }
    return (items, cursors)
  }

  private func refusesOtherCursors(
    _ operation: RegisteredOperation, _ input: Value, _ cursor: String, _ caller: Caller, _ strangers: Callers, _ world: World
  ) async throws {
    let name = operation.declaration.name
    var tampered = Array(cursor.utf8)
    tampered[tampered.count - 3] = tampered[tampered.count - 3] == UInt8(ascii: "1") ? UInt8(ascii: "2") : UInt8(ascii: "1")
    let others = [String(decoding: tampered, as: UTF8.self), String(cursor.dropLast(2)), cursor + "00", "x", "00", "\u{1F600}", String(cursor.reversed())]
    for other in others {
      let answer = await world.answer(name, input.replacing(.cursor, with: .text(other)), as: caller.principal)
      #expect(answer.failure?.kind == .invalid, "\(name) follows a made-up cursor \(other.prefix(20))")
    }
    // The cursor of somebody else, in the same role.
    if let stranger = strangers.all.first(where: { $0.role == caller.role && $0.scope == caller.scope }) {
      let answer = await world.answer(name, input.replacing(.cursor, with: .text(cursor)), as: stranger.principal)
      #expect(answer.failure?.kind == .invalid, "\(name) follows another principal's cursor")
    }
  }
}

extension InputPath {
  static let limit = InputPath([.member("limit")])
  static let cursor = InputPath([.member("cursor")])
}

/// Things in A that have several rows to list.
struct Subjects: Sendable {
  private let contract: Value
  private let incident: Value
  private let supplier: Value
  /// Of several members.
  private let team: Value
  /// A contract with a supplier.
  private let underpinning: Value
  private let line: Value
  private let credit: Value
  /// A line of which something was measured, corrected and judged.
  private let measured: Value
  private let scheme: Value
  /// A closed appraisal of that scheme, with records behind its figures.
  private let appraisal: Value
  private let sla: Value
  /// Published more than once.
  private let offering: Value
  /// A CI that was changed, and stands in relations.
  private let ci: Value
  /// A CI of the provider's that affects several customers.
  private let shared: Value
  /// An article of several versions, about which several of A's people said something.
  private let article: Value
  private let request: Value
  /// Of more than one entitlement.
  private let review: Value
  private let problem: Value
  private let major: Value
  private let change: Value
  private let release: Value
  private let gate: Value
  /// Of several editions.
  private let handbook: Value
  /// Of several revisions.
  private let attribute: Value

  init(_ world: World) async throws {
    contract = try await world.seeded("con", in: world.a).id
    let sla = try await world.seeded("sla", in: world.a)
    self.sla = sla.id
    for _ in 0..<3 {
      try await world.seed(
        "contract_line.add", ["contract": contract, "name": world.name(world.a), "sla": sla.id, "validFrom": "2026-01-02T00:00:00Z"])
    }
    let opened = try await world.seeded("inc", in: world.a)
    incident = opened.id
    var version = opened.version
    for _ in 0..<3 {
      let input: KeyValuePairs<String, Value> = ["id": incident, "underpinningContract": try await world.activeUnderpinning(), "reason": "x"]
      version = try await world.seed("incident.dispatch", input, version: version)["incidentVersion"]?.integer
    }
    for _ in 0..<2 {
      let ci = try await world.seeded("ci", in: world.a).id
      version = try await world.seed("incident.add_ci", ["id": incident, "ci": ci], version: version)["version"]?.integer
    }
    try await Self.spine(of: incident, world)
    for _ in 0..<3 {
      try await world.seed("incident.comment", ["id": incident, "body": world.name(world.a), "visibility": "public"])
      _ = try await world.attachment(world.a, on: incident)
    }
    for _ in 0..<3 {
      let person = try await world.seeded("per", in: world.a)
      try await world.seed("contract_contact.add", ["contract": contract, "person": person.id, "role": "billing"])
    }
    let team = try await world.seeded("team", in: world.a)
    self.team = team.id
    var teamVersion = team.version
    for _ in 0..<3 {
      let input: KeyValuePairs<String, Value> = ["id": team.id, "staff": try await world.reader(in: world.a)]
      teamVersion = try await world.seed("team.add_member", input, version: teamVersion)["version"]?.integer
    }
    let supplier = try await world.seeded("sup", in: world.a).id
    self.supplier = supplier
    underpinning = try await world.seeded("uc", in: world.a).id
    for _ in 0..<3 { _ = try await world.underpinningContact(of: underpinning) }
    for _ in 0..<3 { _ = try await world.seeded("uctpl", in: world.a) }
    for number in 1...3 {
      try await world.seed("supplier_contact.add", ["supplier": supplier, "name": .text("Contact \(number)")])
      try await world.seed("supplier_service.add", ["supplier": supplier, "name": .text("Service \(number)")])
      try await world.seed(
        "certification.record",
        ["supplier": supplier, "name": .text("Certificate \(number)"), "validOn": "2025-01-01", "expiresOn": "2026-03-31"])
    }
    for number in 1...3 {
      try await world.seed(
        "supplier_entry.record",
        ["supplier": supplier, "kind": "cost", "reference": .text("Bill \(number)"), "period": "2026-01", "amount": "10.00", "currency": "EUR"])
    }
    let (line, _) = try await world.creditableLine(world.a)
    self.line = line
    for _ in 0..<2 {
      let (service, schedule) = (try await world.seeded("ssv", in: world.a), try await world.seeded("crs", in: world.a))
      try await world.seed("supplier_link.add", ["line": line, "service": service.id, "role": "provides"])
      try await world.seed("line_credit.attach", ["line": line, "schedule": schedule.id, "validFrom": "1970-01-01T00:00:00Z"])
    }
    try await Self.risks(on: line, world)
    // A login of somebody's own approves, which neither the operator at the machine nor a service has.
    let finance = try await world.database.staff(.finance)
    for _ in 0..<2 { try await Self.act("credit.approve", try await Self.creditOfTwoOutages(world), world, as: finance) }
    credit = try await Self.creditOfTwoOutages(world)["id"] ?? .null
    (scheme, appraisal) = try await Self.appraisals(world)
    offering = try await Self.republished(world)
    measured = try await world.measuredLine(world.a)
    for day in ["10", "11", "12"] {
      try await world.seed(
        "measurement.record",
        [
          "line": measured, "measure": "backup_success", "from": .text("2026-01-\(day)T00:00:00Z"), "numerator": 1, "denominator": 1, "evidence": "report",
        ])
    }
    try await world.seed("measurement.judge", ["line": measured, "period": "2026-01"])
    (ci, shared) = try await Self.cis(world)
    try await TimeCalls.seedPages(world, line: line)
    article = try await Self.articles(cited: incident, world)
    for _ in 0..<2 { _ = try await world.orderToApprove(world.a) }
    for _ in 0..<2 { _ = try await world.entitlement(world.a) }
    request = try await world.seeded("req", in: world.a).id
    review = try await world.seed("access_review.open", ["customer": .text(world.a.id), "dueOn": "2026-03-31"])["id"] ?? .null
    problem = try await world.problemToPage(behind: incident, world.a)
    major = try await world.majorToPage(world.a)
    try await world.passages(world.a)
    gate = try await world.passagesOfBoth()
    change = try await world.changeToPage(behind: incident, problem, world.a)
    release = try await world.releaseToPage(world.a)
    for _ in 0..<3 {
      try await world.seed("request.comment", ["id": request, "body": world.name(world.a), "visibility": "public"])
      try await world.seed("request.watch", ["id": request, "person": try await world.seeded("per", in: world.a).id])
      let (other, linked) = (try await world.seeded("inc", in: world.a).id, try await world.seeded("req", in: world.a).id)
      try await world.seed("request.link_incident", ["id": request, "kind": "caused_by", "incident": other])
      try await world.seed("request.cite", ["id": request, "article": try await world.seeded("art", in: world.a).id, "use": "used"])
      try await world.seed("request.link_incident", ["id": linked, "kind": "caused_by", "incident": incident])
      try await world.seed("change.link_request", ["id": try await world.change(world.a)["id"] ?? .null, "request": request])
      try await world.seed("request.link", ["id": request, "kind": "relates_to", "to": linked])
      try await world.seed("problem.link_request", ["id": try await world.problem(world.a).id, "kind": "causes", "request": request])
      try await world.seed("problem.link_request", ["id": problem, "kind": "causes", "request": linked])
      try await world.seed("change.comment", ["id": change, "body": world.name(world.a)])
    }
    let engineer = try await world.database.staff(.engineer)
    try await Self.act("request.take", try await world.seed("request.read", ["id": request]), world, as: engineer)
    try await world.handRound("request", request, in: world.a)
    handbook = try await world.publishedAnew(try await world.publishedAnew(try await world.handbook())).id
    attribute = try await world.attributeWrittenAnew()
    for currency in ["EUR", "USD"] { try await world.seed("credit_limit.set", ["currency": .text(currency), "amount": "10"], version: 1) }
    let kinds = [
      "con", "ren", "tpl", "inc", "imp", "acc", "grant", "team", "tag", "stf", "cal", "hol", "sla", "uc", "out", "crs", "crd", "fam", "svc", "off", "req",
      "aps", "ci", "art", "atr", "gate", "evs", "evt", "alr", "mwn", "frz", "rel", "whk", "ntr", "ntf",
      "tsk", "rev", "mji", "dru",
    ]
    for kind in kinds
    where world.registry.operations.contains(where: { IdKinds.all($0.inputFields).contains(kind) }) {
      for _ in 0..<2 { _ = try await world.seeded(kind, in: world.a) }
    }
  }

  /// A line whose gaps were accepted more than once, by proofs that followed one another.
  private static func risks(on line: Value, _ world: World) async throws {
    let sweep = ProofSweep()
    for _ in 0..<3 {
      try await sweep.run(at: world.database.clock.now(), world.database.tenancy)
      let proof = try await world.seed("proof.list", ["line": line])["items"]?.array?.first?["id"] ?? .null
      try await world.seed("accepted_risk.record", ["proof": proof, "reason": "Known"])
      let risk = try await world.seed("accepted_risk.list", ["line": line])["items"]?.array?.first ?? .null
      let ended = await world.answer(
        "accepted_risk.end", .object(["id": risk["id"] ?? .null, "reason": "Over"]), as: world.database.root, version: risk["version"]?.integer)
      if let failure = ended.failure { throw failure }
    }
  }

  private static func articles(cited incident: Value, _ world: World) async throws -> Value {
    let article = try await world.article(world.a, ["article.bypass", "article.revise", "article.bypass"]).id
    for _ in 0..<2 {
      let other = try await world.seeded("art", in: world.a)
      try await world.seed("incident.cite", ["id": incident, "article": other.id, "use": "used"])
      let reader = try await world.database.user(.customerManager, of: world.a.entry)
      let said = await world.answer("article.rate", .object(["id": article, "isHelpful": .bool(true)]), as: reader)
      if let failure = said.failure { throw failure }
      let solved = try await world.seeded("inc", in: world.a)
      try await world.seed("incident.cite", ["id": solved.id, "article": article, "use": "solved"])
      try await world.seed("incident.resolve", ["id": solved.id, "resolution": "done"], version: solved.version)
      try await world.seed("knowledge_candidate.mark", ["id": solved.id])
      try await world.seed("request.cite", ["id": try await world.seeded("req", in: world.a).id, "article": article, "use": "solved"])
      let fulfilled = try await world.seeded("req", in: world.a).id
      try await world.doTasks(of: try await world.seed("request.read", ["id": fulfilled]))
      try await world.seed("knowledge_candidate.mark_request", ["id": fulfilled])
    }
    return article
  }

  /// Links, watchers, and offers to hand it over.
  private static func spine(of incident: Value, _ world: World) async throws {
    for _ in 0..<2 {
      try await world.seed("incident.link", ["id": incident, "kind": "caused_by", "to": try await world.seeded("inc", in: world.a).id])
      try await world.seed("incident.watch", ["id": incident, "person": try await world.seeded("per", in: world.a).id])
    }
    let engineer = try await world.database.staff(.engineer)
    let team = try await world.seeded("team", in: world.a).id
    let read = try await world.seed("incident.read", ["id": incident])
    var ticket = try await act("incident.take", read, world, as: engineer)
    for _ in 0..<2 {
      ticket = try await act("incident.offer", ticket, world, ["team": team], as: engineer)
      ticket = try await act("incident.return_offer", ticket, world, ["reason": "Not ours"], as: engineer)
    }
  }

  private static func cis(_ world: World) async throws -> (ci: Value, shared: Value) {
    let first = try await world.seeded("ci", in: world.a)
    var version = first.version
    let shared = try await world.sharedCi()
    for twin in [world.a, world.b] { try await world.seed("shared_ci.affect", ["id": shared.id, "customer": .text(twin.id)]) }
    for _ in 0..<3 {
      let other = try await world.seeded("ci", in: world.a)
      version = try await world.seed("ci.relate", ["id": first.id, "kind": "uses", "to": other.id], version: version)["version"]?.integer
      let shared = try await world.sharedCi()
      try await world.seed("shared_ci.affect", ["id": shared.id, "customer": .text(world.a.id)])
    }
    return (first.id, shared.id)
  }

  /// A credit that rests on more than one outage.
  private static func creditOfTwoOutages(_ world: World) async throws -> Value {
    let (line, schedule) = try await world.creditableLine(world.a)
    let service = try await world.seed("supplier_link.list", ["line": line])["items"]?.array?.first?["service"] ?? .null
    try await world.seed(
      "outage.record",
      ["service": service, "severity": "partial", "startsAt": "2026-01-20T00:00:00Z", "endsAt": "2026-01-21T00:00:00Z"])
    return try await world.seed("credit.propose", ["line": line, "schedule": schedule, "period": "2026-01"])["credit"] ?? .null
  }

  private static func republished(_ world: World) async throws -> Value {
    var offering = try await world.offering(published: true, world.a)
    for _ in 0..<2 {
      let drafted = try await act("offering.draft", offering, world, ["name": Samples.localName])
      offering = try await act("offering.publish", drafted, world)
    }
    return offering["id"] ?? .null
  }

  /// Two suppliers whose appraisals of a month are closed, so badly that each opened an action.
  private static func appraisals(_ world: World) async throws -> (scheme: Value, appraisal: Value) {
    let terms = Value.object([
      "criteria": .array([
        .object(["code": "cost", "weight": "50", "measure": "cost", "zeroAt": "120", "fullAt": "100"]),
        .object(["code": "assessed", "weight": "50", "measure": "assessed"]),
      ]),
      "grades": .array([.object(["grade": "B", "below": "50"]), .object(["grade": "A", "from": "50"])]), "actionBelow": "A",
    ])
    let scheme = try await world.seed("appraisal_scheme.create", ["name": world.name(world.a), "terms": terms])["id"] ?? .null
    var appraisal = Value.null
    for _ in 0..<2 {
      let supplier = try await world.seeded("sup", in: world.a).id
      let contract = try await world.seed(
        "underpinning_contract.create",
        [
          "supplier": supplier, "reference": .text("UC \(world.next())"), "name": "Hosting", "currency": "EUR", "startsAt": "2025-01-01T00:00:00Z",
          "costs": .array([.object(["name": "Servers", "amount": "10.00", "due": "month"])]),
        ])
      for _ in 0..<3 {
        try await world.seed(
          "supplier_entry.record",
          [
            "supplier": supplier, "kind": "cost", "underpinningContract": contract["id"] ?? .null, "reference": .text("Invoice \(world.next())"),
            "period": "2026-01", "amount": "20.00", "currency": "EUR", "evidence": "invoice",
          ])
      }
      let draft = try await world.seed("appraisal.open", ["supplier": supplier, "scheme": scheme, "period": "2026-01"])
      let assessed = try await act("appraisal.assess", draft, world, ["criterion": "assessed", "score": "0", "evidence": "minutes"])
      appraisal = try await act("appraisal.close", assessed, world)["id"] ?? .null
    }
    return (scheme, appraisal)
  }

  @discardableResult private static func act(
    _ operation: String, _ row: Value, _ world: World, _ input: KeyValuePairs<String, Value> = [:], as principal: Principal? = nil
  ) async throws -> Value {
    let members = [Value.Member("id", row["id"] ?? .null)] + input.map { Value.Member($0.key, $0.value) }
    let answer = await world.answer(operation, .object(members), as: principal ?? world.database.root, version: row["version"]?.integer)
    guard let value = answer.value else { throw World.SeedFailure(description: "\(operation): \(String(describing: answer.failure))") }
    return value
  }

  /// What only this caller can make, or no operation.
  func prepare(_ name: String, _ caller: Caller, _ world: World) async throws {
    switch name {
    case "token.list":
      for number in 1...3 {
        let input: Value = .object(["name": .text("own \(number)"), "expiresAt": Samples.later])
        if let failure = await world.answer("token.create", input, as: caller.principal).failure { throw failure }
      }
    case "incident.past_resolutions":
      for _ in 0..<2 { try await world.resolveAndReopen(incident) }
    case "incident.cascade":
      try await world.children(of: incident, world.a)
      try await world.resolveAndReopen(incident, cascade: true)
    case "incident.major_incidents":
      for _ in 0..<2 { try await world.pastMajor(of: incident, world.a) }
    case "escalation.list":
      for _ in 0..<3 { try await world.escalation(world.a) }
    case "notification.list":
      for _ in 0..<3 { _ = try await world.notification(world.a, for: caller.principal) }
    case "gate_approval.list":
      for _ in 0..<2 { _ = try await world.gateApproval(world.a, of: try await world.staffId(of: caller.principal)) }
    case "staff_grant.list":
      for _ in 0..<3 {
        let staff = try await world.seeded("stf", in: world.a)
        try await world.seed("staff_grant.add", ["account": staff.id, "role": "engineer", "everyCustomer": .bool(true)])
      }
    case "job.list":
      try await world.database.superuser.withConnection {
        _ = try await $0.runScript(
          """
          insert into jobs.job (tenant_id, kind, run_at, recorded_at)
          select \(world.a.entry.id), 'probe', '2026-03-02T08:00:00Z', '2026-03-02T08:00:00Z' from generate_series(1, 3)
          """)
      }
    case "sweep.list":
      try await world.database.superuser.withConnection {
        _ = try await $0.runScript(
          """
          insert into jobs.schedule (tenant_id, kind, every_seconds, next_at)
          select \(world.database.provider.id), 'probe.' || n, 60, '2026-03-02T08:00:00Z' from generate_series(1, 3) n on conflict do nothing
          """)
      }
    case "time_entry.mine": for _ in 0..<2 { _ = try await world.timeEntry(world.a, by: caller.principal) }
    case "scorecard.request_promises":
      let order = try await world.orderWithTask(world.a)
      try await world.seed("request.cancel", ["id": order["id"] ?? .null, "reason": "No"], version: order["version"]?.integer)
    case "scorecard.tickets": try await world.seed("scorecard.rebuild", ["customer": .text(world.a.id)])
    default: break
    }
  }

  /// Only what must be given: a filter would hide rows.
  func input(_ operation: RegisteredOperation, _ world: World) -> Value {
    var members: [Value.Member] = []
    for field in operation.inputFields {
      switch field.type {
      case .id(let kind) where kind == .customer && field.name == "customer": members.append(Value.Member(field.name, .text(world.a.id)))
      case .id(let kind) where kind.prefix == "con" && field.isRequired: members.append(Value.Member(field.name, contract))
      case .id(let kind) where kind.prefix == "inc" && (field.isRequired || operation.declaration.name == "attachment.list"):
        members.append(Value.Member(field.name, incident))
      case .id(let kind) where kind.prefix == "sup" && field.isRequired: members.append(Value.Member(field.name, supplier))
      case .id(let kind) where kind.prefix == "team" && field.isRequired: members.append(Value.Member(field.name, team))
      case .id(let kind) where kind.prefix == "uc" && field.isRequired: members.append(Value.Member(field.name, underpinning))
      case .id(let kind) where kind.prefix == "line" && field.isRequired:
        members.append(Value.Member(field.name, operation.declaration.name.hasPrefix("measurement.") ? measured : line))
      case .id(let kind) where kind.prefix == "off" && field.isRequired: members.append(Value.Member(field.name, offering))
      case .id(let kind) where kind.prefix == "ci" && field.isRequired:
        members.append(Value.Member(field.name, operation.declaration.name.hasPrefix("shared_ci.") ? shared : ci))
      case .id(let kind) where kind.prefix == "art" && field.isRequired: members.append(Value.Member(field.name, article))
      case .text where field.name == "text" && field.isRequired: members.append(Value.Member(field.name, .text(world.a.canary)))
      case .id(let kind) where kind.prefix == "req" && field.isRequired: members.append(Value.Member(field.name, request))
      case .id(let kind) where kind.prefix == "prb" && field.isRequired: members.append(Value.Member(field.name, problem))
      case .id(let kind) where kind.prefix == "mji" && field.isRequired: members.append(Value.Member(field.name, major))
      case .id(let kind) where kind.prefix == "chg" && field.isRequired: members.append(Value.Member(field.name, change))
      case .id(let kind) where kind.prefix == "gate" && field.isRequired: members.append(Value.Member(field.name, gate))
      case .id(let kind) where kind.prefix == "rel" && field.isRequired: members.append(Value.Member(field.name, release))
      case .id(let kind) where kind.prefix == "hbk" && field.isRequired: members.append(Value.Member(field.name, handbook))
      case .id(let kind) where kind.prefix == "atr" && field.isRequired: members.append(Value.Member(field.name, attribute))
      case .instant where field.isRequired && operation.declaration.name == "change.calendar":
        members.append(Value.Member(field.name, field.name == "from" ? World.window.from : World.window.to))
      case .id(let kind) where kind.prefix == "rev" && field.isRequired: members.append(Value.Member(field.name, review))
      case .id(let kind) where kind.prefix == "crd" && field.isRequired: members.append(Value.Member(field.name, credit))
      case .id(let kind) where kind.prefix == "aps" && field.isRequired: members.append(Value.Member(field.name, scheme))
      case .id(let kind) where kind.prefix == "apr" && field.isRequired: members.append(Value.Member(field.name, appraisal))
      case .id(let kind) where kind.prefix == "sla" && operation.declaration.name == "sla.backtest_tickets": members.append(Value.Member(field.name, sla))
      case .text where field.name == "bill" && field.isRequired: members.append(Value.Member(field.name, "PAGES"))
      case .text where field.name == "period" && field.isRequired: members.append(Value.Member(field.name, "2026-01"))
      case .month where field.isRequired: members.append(Value.Member(field.name, "2026-03"))
      case .oneOf(let allowed) where field.name == "basis": members.append(Value.Member(field.name, .text(allowed.first { $0 == "opened" })))
      case .oneOf(let allowed) where field.isRequired: members.append(Value.Member(field.name, .text(allowed.first)))
      default: break
      }
    }
    return .object(members)
  }
}
