import Kernel
import Operations
import Postgres
import Tenancy

/// Gates for generated calls. They stand before steps of incidents and problems of the lowest priority, which no other seed has; those of the
/// other processes, which have none, ask for what every seed gives.
extension World {
  private static let steps: [Value] = ["incident.assign", "incident.resolve", "incident.close"]

  func gate(_ twin: Twin) async throws -> Value {
    let text = Value.object(["en": name(twin)])
    return try await seed(
      "gate.create",
      [
        "step": Self.steps[next() % Self.steps.count], "priority": 5, "customer": .text(twin.id), "evidence": .array(["article"]), "name": text,
        "purpose": text, "owner": try await seeded("stf", in: twin).id,
      ])
  }

  /// An incident before which gates of the twin stand.
  func gatedIncident(_ twin: Twin) async throws -> Value {
    try await seed("incident.open", ["customer": .text(twin.id), "title": name(twin), "impact": 3, "urgency": 3])
  }

  /// Several stays at a gate.
  func passages(_ twin: Twin) async throws {
    let gate = try await gate(twin)["id"] ?? .null
    for _ in 0..<3 {
      try await seed("incident.bypass_gate", ["id": try await gatedIncident(twin)["id"] ?? .null, "gate": gate, "reason": name(twin)])
    }
  }

  /// Stays of both twins at a gate for all customers, which is returned.
  func passagesOfBoth() async throws -> Value {
    let text = Value.object(["en": name(a)])
    let gate = try await seed(
      "gate.create",
      [
        "step": "incident.close", "priority": 5, "evidence": .array(["article"]), "name": text, "purpose": text,
        "owner": try await seeded("stf", in: a).id,
      ])
    for twin in [a, b] {
      try await seed("incident.bypass_gate", ["id": try await gatedIncident(twin)["id"] ?? .null, "gate": gate["id"] ?? .null, "reason": name(twin)])
    }
    return gate["id"] ?? .null
  }

  /// The gate of the twin before a step that asks for this; made where there is none.
  private func gate(_ twin: Twin, before step: Value, priority: Value = .null, _ kind: String, _ needs: Value) async throws -> Value {
    let standing = try await seed("gate.list", ["customer": .text(twin.id), "step": step, "limit": 200])["items"]?.array ?? []
    let staff = needs["staff"]
    if let gate = standing.first(where: { $0["customer"] == .text(twin.id) && (staff == nil ? $0["approval"] == .null : $0["approval"]?["staff"] == staff) }) {
      return gate
    }
    let text = Value.object(["en": name(twin)])
    let made = await answer(
      "gate.create",
      .object(
        [
          Value.Member("step", step), Value.Member("customer", .text(twin.id)), Value.Member("name", text), Value.Member("purpose", text),
          Value.Member("owner", try await seeded("stf", in: twin).id), Value.Member(kind, needs),
        ] + (priority.isNull ? [] : [Value.Member("priority", priority)])), as: database.root)
    if let failure = made.failure { throw failure }
    return made.value ?? .null
  }

  /// A gate that stands ahead of something, and that.
  func gated(_ process: String, _ twin: Twin) async throws -> [String: Value] {
    switch process {
    case "request":
      let gate = try await gate(twin, before: "task.complete", "fields", .array(["result"]))
      return ["id": try await orderWithTask(twin)["id"] ?? .null, "gate": gate["id"] ?? .null]
    case "change":
      let gate = try await gate(twin, before: "change.submit", "fields", .array(["plan"]))
      return ["id": try await change(twin)["id"] ?? .null, "gate": gate["id"] ?? .null]
    case "release":
      let gate = try await gate(twin, before: "release.sign_off", "fields", .array(["description"]))
      return ["id": try await release(twin)["id"] ?? .null, "gate": gate["id"] ?? .null]
    case "major_incident":
      let gate = try await gate(twin, before: "major_incident.resolve", "fields", .array(["description"]))
      return ["id": try await major(twin).id, "gate": gate["id"] ?? .null]
    default:
      let gate = try await gate(twin, before: "problem.declare_known_error", priority: 5, "fields", .array(["workaround"]))
      return ["id": try await gatedProblem(twin).id, "gate": gate["id"] ?? .null]
    }
  }

  /// A problem of the lowest priority that is about to be said to be a known error.
  private func gatedProblem(_ twin: Twin) async throws -> Seeded {
    let problem = try await seed("problem.open", ["customer": .text(twin.id), "title": name(twin), "impact": 3, "urgency": 3])
    let known = await answer(
      "problem.record_workaround", .object(["id": problem["id"] ?? .null, "workaround": "Restart"]), as: database.root,
      version: problem["version"]?.integer)
    guard let value = known.value else { throw SeedFailure(description: "problem.record_workaround: \(String(describing: known.failure))") }
    return try Seeded(value)
  }

  /// What waits at a gate for the word of one of the staff.
  func gateApproval(_ twin: Twin, of staff: Value) async throws -> Value {
    _ = await answer("staff_grant.add", .object(["account": staff, "role": "engineer", "everyCustomer": .bool(true)]), as: database.root)
    let gate = try await gate(
      twin, before: "problem.declare_known_error", priority: 5, "approval", .object(["rule": "any", "staff": .array([staff])]))
    let problem = try await gatedProblem(twin)
    let stopped = await answer("problem.declare_known_error", .object(["id": problem.id]), as: try await database.staff(.engineer), version: problem.version)
    guard stopped.failure != nil else { throw SeedFailure(description: "no gate stopped it") }
    let ahead = try await seed("problem.gates", ["id": problem.id])["ahead"]?.array ?? []
    return ahead.first { $0["id"] == gate["id"] }?["asked"]?.array?.first?["id"] ?? .null
  }

  func staffId(of principal: Principal) async throws -> Value {
    let bits = try await database.superuser.transaction { try await $0.query(StaffBits(account: principal.actor.id)) }
    return .id(bits.first.map { provider.id("stf", $0) })
  }
}

private struct StaffBits: Statement {
  let account: Int64

  static let sql = "select public_id from tenancy.account where id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(account) }

  static func decode(_ row: inout RowReader) throws -> [UInt8] { try row.next() }
}

extension CallRule {
  private static func bypass(_ process: String) -> CallRule {
    CallRule(given: { world, twin, _ in (try await world.gated(process, twin), nil) })
  }

  private static let decision = CallRule(given: { world, twin, principal in
    (["id": try await world.gateApproval(twin, of: try await world.staffId(of: principal))], nil)
  })

  private static let handedOnAtGate = CallRule(given: { world, twin, principal in
    let staff = try await world.seeded("stf", in: twin).id
    _ = await world.answer(
      "staff_grant.add", .object(["account": staff, "role": "engineer", "everyCustomer": .bool(true)]), as: world.database.root)
    return (["id": try await world.gateApproval(twin, of: try await world.staffId(of: principal)), "staff": staff], 1)
  })

  private static let period: [String: Value] = ["from": "2026-02-20T00:00:00Z", "until": Samples.later]

  static let gateCalls: [String: CallRule] = [
    "gate.create": CallRule(
      omitted: ["attributes", "checklist", "evidence", "approval"], given: { _, _, _ in (["step": "incident.dispatch", "priority": 5], nil) }),
    "gate.friction": CallRule(given: { _, _, _ in (period, nil) }),
    "gate.passages": CallRule(given: { _, _, _ in (period, nil) }), "gate.totals": CallRule(given: { _, _, _ in (period, nil) }),
    "gate.customer_totals": CallRule(given: { _, _, _ in (period, nil) }),
    "incident.bypass_gate": CallRule(given: { world, twin, _ in
      (["id": try await world.gatedIncident(twin)["id"] ?? .null, "gate": try await world.gate(twin)["id"] ?? .null], nil)
    }),
    "incident.resolve": CallRule(omitted: answers),
    "request.bypass_gate": bypass("request"), "problem.bypass_gate": bypass("problem"), "change.bypass_gate": bypass("change"),
    "release.bypass_gate": bypass("release"), "major_incident.bypass_gate": bypass("major_incident"),
    "gate_approval.approve": decision, "gate_approval.reject": decision, "gate_approval.delegate": handedOnAtGate,
    "gate_approval.reassign": handedOnAtGate,
    "task.claim": CallRule(omitted: answers), "task.complete": CallRule(omitted: answers), "task.fail": CallRule(omitted: answers),
    "task.skip": CallRule(omitted: answers),
  ]

  /// What nobody says where no gate stands.
  static let answers: Set<String> = ["checked", "bypass", "files"]

  /// The same, of what happens at this moment.
  var rightNow: CallRule {
    var copy = self
    copy.given = { [given] world, twin, principal in
      var (values, version) = try await given(world, twin, principal)
      values["at"] = .instant(world.database.clock.now())
      return (values, version)
    }
    return copy
  }

  /// The same, without these fields.
  func omitting(_ names: Set<String>) -> CallRule {
    var copy = self
    copy.omitted.formUnion(names)
    return copy
  }

  /// With fields that only the staff may give.
  func byStaff(_ names: Set<String>) -> CallRule {
    var copy = self
    copy.refused = { [refused] principal in principal.side == .staff ? refused(principal) : refused(principal).union(names) }
    return copy
  }
}
