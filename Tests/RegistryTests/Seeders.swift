import Contracts
import Kernel
import Operations
import Tenancy

/// A row that exists, by its public id, and the version that a change must name.
struct Seeded: Sendable {
  let id: Value
  let version: Int64?

  init(_ output: Value) throws {
    guard let id = output["id"], id.text != nil else { throw World.SeedFailure(description: "a seed without id: \(output)") }
    self.id = id
    version = output["version"]?.integer
  }
}

/// How a twin comes by a row of each kind of id. An id kind that is not here fails the tests: whoever adds one adds its
/// line, and all its references are probed.
enum Seeders {
  typealias Seeder = @Sendable (World, World.Twin) async throws -> Seeded

  static let byKind: [String: Seeder] = [
    "cus": { world, twin in try Seeded(try await world.seed("customer.read", ["id": .text(twin.id)])) },
    "unit": { world, twin in
      try Seeded(try await world.seed("unit.add", ["customer": .text(twin.id), "kind": "site", "name": world.name(twin)]))
    },
    "per": { world, twin in
      let unit = try await world.seeded("unit", in: twin)
      return try Seeded(try await world.seed("person.add", ["customer": .text(twin.id), "name": world.name(twin), "unit": unit.id]))
    },
    "stf": { world, twin in
      try Seeded(
        try await world.seed("staff.create", ["login": world.login(), "name": world.name(twin), "password": .text(Samples.password)]))
    },
    "acc": { world, twin in
      let person = try await world.seeded("per", in: twin)
      return try Seeded(
        try await world.seed(
          "account.create",
          ["customer": .text(twin.id), "login": world.login(), "name": world.name(twin), "password": .text(Samples.password), "person": person.id]))
    },
    "grant": { world, twin in
      let account = try await world.seeded("acc", in: twin)
      return try Seeded(try await world.seed("account_grant.add", ["account": account.id, "role": "requester", "scope": "own"]))
    },
    "tok": { world, twin in
      let account = try await world.seed("service_account.create", ["customer": .text(twin.id), "name": world.name(twin)])
      return try Seeded(
        try await world.seed("token.create", ["name": world.name(twin), "expiresAt": Samples.later, "account": account["id"] ?? .null]))
    },
    "cal": { world, twin in
      try Seeded(
        try await world.seed("calendar.create", ["name": world.name(twin), "definition": Samples.calendar, "onlyFor": .text(twin.id)]))
    },
    "hol": { world, twin in
      try Seeded(
        try await world.seed(
          "holiday_set.create",
          ["name": world.name(twin), "days": .array([.object(["date": "2026-12-25"]), .object(["date": "2026-12-26"])])]))
    },
    "sla": { world, twin in
      let calendar = try await world.seeded("cal", in: twin)
      let targets: [Value] = ["response", "resolution"].flatMap { metric in
        (1...5).map { priority -> Value in
          .object(["metric": .text(metric), "priority": .integer(priority), "budgetSeconds": 3600, "calendar": calendar.id, "objective": "95"])
        }
      }
      return try Seeded(
        try await world.seed("sla.create", ["name": world.name(twin), "targets": .array(targets), "onlyFor": .text(twin.id)]))
    },
    "con": { world, twin in try Seeded(try await world.contract(twin, state: "active")) },
    "line": { world, twin in
      let contract = try await world.seeded("con", in: twin)
      let sla = try await world.seeded("sla", in: twin)
      return try Seeded(
        try await world.seed(
          "contract_line.add",
          ["contract": contract.id, "name": world.name(twin), "sla": sla.id, "validFrom": "2026-01-02T00:00:00Z"]))
    },
    "tpl": { world, twin in
      try Seeded(try await world.seed("contract_template.create", ["name": world.name(twin), "currency": "EUR", "lines": .array([])]))
    },
    "ctc": { world, twin in
      let contract = try await world.seeded("con", in: twin)
      let person = try await world.seeded("per", in: twin)
      return try Seeded(
        try await world.seed(
          "contract_contact.add",
          ["contract": contract.id, "person": person.id, "role": "billing", "validFrom": "2026-01-02T00:00:00Z"]))
    },
    // The sweep makes it, 90 days before the decision.
    "ren": { world, twin in
      let contract = try await world.seed(
        "contract.create",
        [
          "customer": .text(twin.id), "name": world.name(twin), "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z", "endsAt": "2026-06-01T00:00:00Z",
          "renewal": "manual", "noticeDays": 30, "renewalMonths": 12,
        ])
      try await RenewalSweep().run(at: world.database.clock.now(), world.database.tenancy)
      var cursor: Value = .null
      repeat {
        let page = try await world.seed("renewal.list", ["limit": 200, "cursor": cursor])
        if let made = page["items"]?.array?.first(where: { $0["contract"] == contract["id"] }) { return try Seeded(made) }
        cursor = page["next"] ?? .null
      } while !cursor.isNull
      throw World.SeedFailure(description: "the sweep made no renewal")
    },
    // An import comes from the command line, not from an operation.
    "imp": { world, twin in
      let bits = (0..<12).map { _ in UInt8.random(in: .min ... .max) }
      let hexadecimal = bits.map { String(Int($0) + 256, radix: 16).suffix(2) }.joined()
      try await world.database.superuser.withConnection {
        _ = try await $0.runScript(
          """
          insert into importing.source (tenant_id, name, last_import_at) values (\(twin.entry.id), 'seed', '2026-03-02T08:00:00Z')
            on conflict do nothing;
          insert into importing.import_record
            (tenant_id, public_id, format, source, file_name, file_hash, profile_hash, report, actor_kind, actor_id, recorded_at)
          values (\(twin.entry.id), '\\x\(hexadecimal)', 'servicenow', 'seed', '\(twin.canary)', sha256('a'), sha256('b'), '{}', 'operator', 0,
            '2026-03-02T08:00:00Z')
          """)
      }
      return try Seeded(.object(["id": .id(twin.entry.id("imp", bits))]))
    },
    "team": { world, twin in try Seeded(try await world.seed("team.create", ["name": world.name(twin)])) },
    "tag": { world, twin in
      let team = try await world.seeded("team", in: twin)
      return try Seeded(try await world.seed("team_agreement.add", ["team": team.id, "ola": try await world.ola(), "validFrom": "2026-01-01T00:00:00Z"]))
    },
    // A customer's incident with a supplier, by a contract that is of everybody.
    "dsp": { world, twin in
      let incident = try await world.seeded("inc", in: twin)
      let contract = try await world.activeUnderpinning()
      return try Seeded(
        try await world.seed(
          "incident.dispatch", ["id": incident.id, "underpinningContract": contract, "reason": world.name(twin)], version: incident.version))
    },
    "inc": { world, twin in
      let person = try await world.seeded("per", in: twin)
      return try Seeded(
        try await world.seed(
          "incident.open",
          ["customer": .text(twin.id), "title": world.name(twin), "description": world.name(twin), "requester": person.id]))
    },
    "fam": { world, _ in
      try Seeded(try await world.seed("service_family.create", ["code": .text("F\(world.next())"), "name": Samples.localName]))
    },
    "svc": { world, twin in
      let family = try await world.seeded("fam", in: twin)
      return try Seeded(
        try await world.seed(
          "service.create",
          [
            "code": .text("V\(world.next())"), "family": family.id, "name": Samples.localName, "mode": "managed", "owner": Samples.localName,
            "stages": .object(["design": "2025-01-01", "operation": "2026-01-01"]),
          ]))
    },
    "off": { world, twin in try Seeded(try await world.offering(published: true, twin)) },
    "req": { world, twin in
      let offering = try await world.coveredOffering(twin)
      return try Seeded(
        try await world.seed(
          "request.submit", ["customer": .text(twin.id), "offering": offering, "published": 1, "answers": .object(["remark": world.name(twin)])]))
    },
    "apv": { world, twin in try Seeded(try await world.orderToApprove(twin)["approvals"]?.array?.first ?? .null) },
    "tsk": { world, twin in try Seeded(try await world.orderWithTask(twin)["tasks"]?.array?.first ?? .null) },
    "ent": { world, twin in try Seeded(try await world.entitlement(twin)) },
    "rev": { world, twin in
      let given = try await world.entitlement(twin)
      return try Seeded(
        try await world.seed(
          "access_review.open", ["customer": .text(twin.id), "resource": given["resource"] ?? .null, "dueOn": "2026-03-31"]))
    },
    "sup": { world, _ in try Seeded(try await world.supplier()) },
    "supcon": { world, twin in
      let supplier = try await world.seeded("sup", in: twin)
      return try Seeded(try await world.seed("supplier_contact.add", ["supplier": supplier.id, "name": .text("Contact \(world.next())")]))
    },
    "cert": { world, twin in
      let supplier = try await world.seeded("sup", in: twin)
      return try Seeded(
        try await world.seed(
          "certification.record",
          ["supplier": supplier.id, "name": .text("Certificate \(world.next())"), "validOn": "2025-01-01", "expiresOn": "2026-03-31"]))
    },
    "ssv": { world, twin in
      let supplier = try await world.seeded("sup", in: twin)
      return try Seeded(try await world.seed("supplier_service.add", ["supplier": supplier.id, "name": .text("Service \(world.next())")]))
    },
    "uc": { world, twin in
      let supplier = try await world.seeded("sup", in: twin)
      return try Seeded(
        try await world.seed(
          "underpinning_contract.create",
          [
            "supplier": supplier.id, "reference": .text("UC \(world.next())"), "name": "Hosting", "state": "draft", "currency": "EUR",
            "startsAt": "2026-01-01T00:00:00Z",
          ]))
    },
    "ucc": { world, twin in
      let contract = try await world.seeded("uc", in: twin)
      return try Seeded(try await world.underpinningContact(of: contract.id))
    },
    "uctpl": { world, twin in
      try Seeded(try await world.seed("underpinning_template.create", ["name": world.name(twin), "currency": "EUR", "targets": .array([])]))
    },
    "out": { world, twin in
      let service = try await world.seeded("ssv", in: twin)
      return try Seeded(
        try await world.seed("outage.record", ["service": service.id, "severity": "major", "startsAt": "2026-02-01T00:00:00Z"]))
    },
    "slk": { world, twin in
      let line = try await world.seeded("line", in: twin)
      let service = try await world.seeded("ssv", in: twin)
      return try Seeded(try await world.seed("supplier_link.add", ["line": line.id, "service": service.id, "role": "provides"]))
    },
    "mea": { world, twin in
      let line = try await world.measuredLine(twin)
      return try Seeded(
        try await world.seed(
          "measurement.record",
          [
            "line": line, "measure": "backup_success", "from": "2026-01-10T00:00:00Z", "to": "2026-01-11T00:00:00Z", "numerator": 29, "denominator": 30,
            "evidence": world.name(twin),
          ]))
    },
    "sen": { world, twin in
      let supplier = try await world.seeded("sup", in: twin)
      return try Seeded(
        try await world.seed(
          "supplier_entry.record",
          [
            "supplier": supplier.id, "kind": "cost", "reference": .text("Invoice \(world.next())"), "period": "2026-01", "amount": "10.00",
            "currency": "EUR",
          ]))
    },
    "aps": { world, _ in
      try Seeded(try await world.seed("appraisal_scheme.create", ["name": .text("Scheme \(world.next())"), "terms": Samples.appraisalTerms]))
    },
    "apr": { world, twin in
      let (supplier, scheme) = (try await world.seeded("sup", in: twin), try await world.seeded("aps", in: twin))
      let opened = try Seeded(try await world.seed("appraisal.open", ["supplier": supplier.id, "scheme": scheme.id, "period": "2026-01"]))
      let assessed = await world.answer(
        "appraisal.assess", .object(["id": opened.id, "criterion": "assessed", "score": "100", "evidence": "seed"]), as: world.database.root,
        version: opened.version)
      guard let value = assessed.value else { throw World.SeedFailure(description: "appraisal.assess: \(String(describing: assessed.failure))") }
      return try Seeded(value)
    },
    // An appraisal without points opens it.
    "apa": { world, twin in
      let appraisal = try await world.seeded("apr", in: twin)
      func act(_ operation: String, _ input: [Value.Member], _ version: Int64?) async throws -> Value {
        let answer = await world.answer(operation, .object([Value.Member("id", appraisal.id)] + input), as: world.database.root, version: version)
        guard let value = answer.value else { throw World.SeedFailure(description: "\(operation): \(String(describing: answer.failure))") }
        return value
      }
      let assessed = try await act(
        "appraisal.assess", [.init("criterion", "assessed"), .init("score", "0"), .init("evidence", "seed")], appraisal.version)
      let closed = try await act("appraisal.close", [], assessed["version"]?.integer)
      return try Seeded(closed["action"] ?? .null)
    },
    "crs": { world, _ in
      try Seeded(try await world.seed("credit_schedule.create", ["name": .text("Schedule \(world.next())"), "terms": Samples.creditTerms]))
    },
    "crd": { world, twin in
      let (line, schedule) = try await world.creditableLine(twin)
      let proposed = try await world.seed("credit.propose", ["line": line, "schedule": schedule, "period": "2026-01"])
      return try Seeded(proposed["credit"] ?? .null)
    },
    "prf": { world, twin in
      let (contract, line) = try await world.lineOfItsOwn(twin)
      let proven = try await world.seed("proof.run", ["contract": contract, "line": line])
      return try Seeded(proven["lines"]?.array?.first ?? .null)
    },
    "cod": { world, _ in
      try Seeded(
        try await world.seed("code.create", ["list": "category", "key": .text("category-\(world.next())"), "name": Samples.localName]))
    },
    "dru": { world, twin in try await world.dispatchRule(twin) },
    "qfl": { world, _ in try Seeded(try await world.queueFilter(of: try await world.database.staff(.engineer))) },
    "cit": { world, _ in
      try Seeded(
        try await world.seed("ci_type.create", ["code": .text("type_\(world.next())"), "name": Samples.localName, "attributes": .array([])]))
    },
    "ci": { world, twin in
      let person = try await world.seeded("per", in: twin)
      return try Seeded(
        try await world.seed(
          "ci.create",
          ["customer": .text(twin.id), "type": "server", "name": world.name(twin), "serial": world.name(twin), "owner": person.id]))
    },
    "tcd": { world, _ in
      try Seeded(
        try await world.seed(
          "time_code.create",
          ["kind": "work_type", "code": .text("work_\(world.next())"), "name": Samples.localName, "billable": .bool(true)]))
    },
    "tme": { world, twin in try Seeded(try await world.timeEntry(twin)) },
    "tmr": { world, twin in try Seeded(try await world.timer(twin, of: try await world.database.staff(.engineer))) },
    "att": { world, twin in try Seeded(try await world.attachment(twin)) },
    "evs": { world, _ in try Seeded(try await world.eventSource()) },
    "evt": { world, _ in try Seeded(try await world.eventInTriage()) },
    "alr": { world, twin in try Seeded(try await world.alert(twin)) },
    "mwn": { world, twin in
      try Seeded(
        try await world.seed(
          "maintenance_window.create", ["customer": .text(twin.id), "reason": world.name(twin), "endsAt": "2026-03-20T00:00:00Z"]))
    },
    "whk": { world, _ in try Seeded(try await world.webhook()) },
    "ntr": { world, _ in try Seeded(try await world.notificationRule()) },
    "esr": { world, _ in try Seeded(try await world.escalationRule()) },
    "hbk": { world, _ in try await world.handbook() },
    "ntf": { world, twin in try Seeded(.object(["id": try await world.notification(twin)])) },
    "art": { world, twin in try await world.article(twin, ["article.bypass"]) },
    "prb": { world, twin in try await world.problem(twin) },
    "mji": { world, twin in try await world.major(twin) },
    "chg": { world, twin in try Seeded(try await world.change(twin)) },
    "chm": { world, twin in try Seeded(try await world.changeModel(twin)) },
    "cap": { world, twin in try Seeded(try await world.approvals(of: try await world.change(twin, .submitted)).first ?? .null) },
    "ctk": { world, twin in try Seeded(try await world.changeTask(twin)) },
    "frz": { world, twin in try Seeded(try await world.freeze(twin)) },
    "atr": { world, _ in try Seeded(try await world.attribute()) },
    "gate": { world, twin in try Seeded(try await world.gate(twin)) },
    "gap": { world, twin in
      let staff = try await world.staffId(of: try await world.database.staff(.engineer))
      return try Seeded(.object(["id": try await world.gateApproval(twin, of: staff)]))
    },
    "rel": { world, twin in try Seeded(try await world.release(twin)) },
    "rsk": { world, twin in
      let proof = try await world.seeded("prf", in: twin)
      let line = try await world.seed("accepted_risk.record", ["proof": proof.id, "reason": "Known"])["line"] ?? .null
      return try Seeded(try await world.seed("accepted_risk.list", ["line": line])["items"]?.array?.first ?? .null)
    },
  ]

  /// Kinds of provider rows that belong to no customer: there is none "of B" that A's people may not see.
  static let shared: Set<String> = [
    "stf", "team", "tag", "tpl", "hol", "sup", "supcon", "cert", "ssv", "uc", "ucc", "uctpl", "out", "crs", "fam", "svc",
    "off", "sen", "aps", "apr", "apa", "cit",
    "tcd", "cod", "evs", "evt", "qfl", "chm", "whk", "ntr", "hbk", "atr", "dru",
  ]
}

/// Values that rules besides the type's ask for.
enum Samples {
  static let password = "correct horse battery"
  static let later: Value = "2026-03-10T00:00:00Z"
  static let localName = Value.object(["en": "Name", "zh-Hans": "名称"])
  static let creditTerms = Value.object([
    "measure": "availability", "period": "month", "bands": .array([.object(["below": "99.9", "percent": "10"])]),
  ])
  static let appraisalTerms = Value.object([
    "criteria": .array([.object(["code": "assessed", "weight": "100", "measure": "assessed"])]),
    "grades": .array([.object(["grade": "B", "below": "50"]), .object(["grade": "A", "from": "50"])]), "actionBelow": "A",
  ])
  static let calendar = Value.object([
    "zone": "Europe/Berlin", "week": .object(["mon": .array([.array(["08:00", "18:00"])]), "tue": .array([.array(["08:00", "18:00"])])]),
  ])
}

extension World {
  /// A member of the staff who may see every customer's tickets.
  func reader(in twin: Twin) async throws -> Value {
    let staff = try await seeded("stf", in: twin).id
    try await seed("staff_grant.add", ["account": staff, "role": "engineer", "everyCustomer": .bool(true)])
    return staff
  }

  func seeded(_ kind: String, in twin: Twin) async throws -> Seeded {
    guard let seeder = Seeders.byKind[kind] else { throw SeedFailure(description: "no seeder for ids of kind \(kind): add it to Seeders") }
    return try await seeder(self, twin)
  }

  func name(_ twin: Twin) -> Value { .text("\(twin.canary) \(next())") }
  func login() -> Value { .text("login\(next())@example.test") }

  /// An article about the twin that its people may read, as far as these acts take it.
  func article(_ twin: Twin, _ acts: [String] = []) async throws -> Seeded {
    let text = Value.object(["en": name(twin)])
    var article = try await seed(
      "article.create", ["kind": "how_to", "audience": "customers", "onlyFor": .text(twin.id), "title": text, "body": text, "reviewMonths": 1])
    for act in acts {
      let reason = act == "article.bypass" ? [Value.Member("reason", "seed")] : []
      let answer = await answer(
        act, .object([Value.Member("id", article["id"] ?? .null)] + reason), as: database.root, version: article["version"]?.integer)
      guard let value = answer.value else { throw SeedFailure(description: "\(act): \(String(describing: answer.failure))") }
      article = value
    }
    return try Seeded(article)
  }

  /// An SLA of a customer's own that no line names.
  func unusedSla(_ twin: Twin) async throws -> Value {
    try await seed("sla.create", ["name": name(twin), "targets": targets(twin), "onlyFor": .text(twin.id)])
  }

  /// An OLA, which is for no customer alone.
  func ola() async throws -> Value {
    let calendar = try await seed("calendar.create", ["name": .text("Hours \(next())"), "definition": Samples.calendar])
    let target = Value.object(["metric": "response", "priority": 3, "budgetSeconds": 60, "calendar": calendar["id"] ?? .null])
    let made = try await seed("sla.create", ["name": .text("OLA \(next())"), "kind": "ola", "targets": .array([target])])
    return made["id"] ?? .null
  }

  /// Somebody of its supplier who speaks for an underpinning contract.
  func underpinningContact(of contract: Value) async throws -> Value {
    let supplier = try await seed("underpinning_contract.read", ["id": contract])["supplier"] ?? .null
    let contact = try await seed("supplier_contact.add", ["supplier": supplier, "name": .text("Contact \(next())")])["id"] ?? .null
    return try await seed(
      "underpinning_contact.add",
      ["underpinningContract": contract, "contact": contact, "role": "billing", "validFrom": "2026-01-02T00:00:00Z"])
  }

  /// An underpinning contract in force, with a coverage and a target; of the supplier that is given, or of a new one.
  func activeUnderpinning(of supplier: Value? = nil) async throws -> Value {
    let owner: Value
    if let supplier { owner = supplier } else { owner = try await self.supplier()["id"] ?? .null }
    let calendar = try await seed("calendar.create", ["name": .text("Coverage \(next())"), "definition": Samples.calendar])
    let made = try await seed(
      "underpinning_contract.create",
      [
        "supplier": owner, "reference": .text("UC \(next())"), "name": "Hosting", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "calendar": calendar["id"] ?? .null, "targets": .array([.object(["metric": "resolution", "budgetSeconds": 3600])]),
      ])
    return made["id"] ?? .null
  }

  /// An offering with a form of one field.
  func offering(published: Bool, _ twin: Twin, service: Value? = nil) async throws -> Value {
    let service = if let service { service } else { try await seeded("svc", in: twin).id }
    let form = Value.array([.object(["key": "remark", "label": Samples.localName, "type": "text"])])
    let made = try await seed("offering.create", ["service": service, "code": .text("O\(next())"), "name": Samples.localName, "form": form])
    guard published else { return made }
    let answer = await answer("offering.publish", .object(["id": made["id"] ?? .null]), as: database.root, version: made["version"]?.integer)
    guard let value = answer.value else { throw SeedFailure(description: "not published: \(String(describing: answer.failure))") }
    return value
  }

  /// An offering that a line in force of the twin covers.
  func coveredOffering(_ twin: Twin) async throws -> Value {
    let (contract, sla) = (try await seeded("con", in: twin), try await seeded("sla", in: twin))
    let offering = try await offering(published: true, twin)
    try await seed(
      "contract_line.add",
      [
        "contract": contract.id, "name": name(twin), "sla": sla.id, "offering": offering["id"] ?? .null, "validFrom": "2026-01-02T00:00:00Z",
      ])
    return offering["id"] ?? .null
  }

  /// A service that a line in force of the twin sells.
  func coveredService(_ twin: Twin) async throws -> Value {
    let (contract, sla, service) = (try await seeded("con", in: twin), try await seeded("sla", in: twin), try await seeded("svc", in: twin).id)
    try await seed(
      "contract_line.add",
      ["contract": contract.id, "name": name(twin), "sla": sla.id, "service": service, "validFrom": "2026-01-02T00:00:00Z"])
    return service
  }

  func supplier() async throws -> Value {
    let number = next()
    return try await seed("supplier.create", ["code": .text("S\(number)"), "name": .text("Supplier \(number)"), "zone": "UTC"])
  }

  /// The code of a new service of the catalogue.
  func catalogueService() async throws -> Value {
    let code = "SVC-\(next())"
    try await database.catalogueService(code)
    return .text(code)
  }

  /// A line that promises backups and availability by the month.
  func measuredLine(_ twin: Twin) async throws -> Value {
    let contract = try await seed(
      "contract.create", ["customer": .text(twin.id), "name": name(twin), "currency": "EUR", "startsAt": "2025-12-01T00:00:00Z"])
    let targets: [Value] = ["backup_success", "availability"].map { .object(["metric": .text($0), "objective": "99", "period": "month"]) }
    let sla = try await seed("sla.create", ["name": name(twin), "targets": .array(targets), "onlyFor": .text(twin.id)])
    let line = try await seed(
      "contract_line.add",
      ["contract": contract["id"] ?? .null, "name": name(twin), "sla": sla["id"] ?? .null, "validFrom": "2025-12-01T00:00:00Z"])
    return line["id"] ?? .null
  }

  /// A target of each kind, with all that it may have.
  func targets(_ twin: Twin) async throws -> Value {
    let calendar = try await seeded("cal", in: twin).id
    return .array([
      .object([
        "metric": "response", "ticketType": "incident", "priority": 1, "service": try await catalogueService(), "ciTier": "gold", "budgetSeconds": 3600,
        "calendar": calendar, "objective": "95", "period": "month", "warnPercents": .array([50, 75]), "pauses": .bool(false),
      ]),
      .object(["metric": "resolution", "explicitlyNone": .bool(true)]),
      .object(["metric": "availability", "objective": "99.9", "period": "month", "countsFrom": "partial"]),
    ])
  }

  /// A line with a fee, a credit schedule, and a bad January behind it.
  func creditableLine(_ twin: Twin) async throws -> (line: Value, schedule: Value) {
    let contract = try await seed(
      "contract.create",
      ["customer": .text(twin.id), "name": name(twin), "currency": "EUR", "startsAt": "2025-12-01T00:00:00Z"])
    let sla = try await seeded("sla", in: twin)
    let line = try await seed(
      "contract_line.add",
      [
        "contract": contract["id"] ?? .null, "name": name(twin), "sla": sla.id, "monthlyFee": "1000.00", "validFrom": "2025-12-01T00:00:00Z",
      ])
    let (lineId, schedule) = (line["id"] ?? .null, try await seeded("crs", in: twin).id)
    let service = try await seeded("ssv", in: twin)
    try await seed(
      "outage.record",
      ["service": service.id, "severity": "major", "startsAt": "2026-01-10T00:00:00Z", "endsAt": "2026-01-12T00:00:00Z"])
    try await seed("supplier_link.add", ["line": lineId, "service": service.id, "role": "provides"])
    try await seed("line_credit.attach", ["line": lineId, "schedule": schedule, "validFrom": "1970-01-01T00:00:00Z"])
    return (lineId, schedule)
  }

  /// A CI of the provider's own.
  func sharedCi() async throws -> Seeded {
    let provider = try await seed("identity.read", [:])["tenantId"] ?? .null
    return try Seeded(try await seed("ci.create", ["customer": provider, "type": "server", "name": .text("Shared \(next())")]))
  }

  /// A CI of the provider's own that affects the twin.
  func sharedCi(affecting twin: Twin) async throws -> Value {
    let shared = try await sharedCi().id
    try await seed("shared_ci.affect", ["id": shared, "customer": .text(twin.id)])
    return shared
  }

  /// A line that promises something, and its contract.
  func lineOfItsOwn(_ twin: Twin) async throws -> (contract: Value, line: Value) {
    let contract = try await seeded("con", in: twin).id
    let sla = try await seeded("sla", in: twin)
    let line = try await seed(
      "contract_line.add", ["contract": contract, "name": name(twin), "sla": sla.id, "validFrom": "2026-01-02T00:00:00Z"])
    return (contract, line["id"] ?? .null)
  }

  func contract(_ twin: Twin, state: String) async throws -> Value {
    try await seed(
      "contract.create",
      [
        "customer": .text(twin.id), "name": name(twin), "state": .text(state), "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "endsAt": "2027-01-01T00:00:00Z",
      ])
  }
}
