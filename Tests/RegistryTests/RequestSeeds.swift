import Foundation
import Kernel
import Operations
import Tenancy

/// Orders in the states that the calls of the request process need.
extension World {
  /// An order by somebody of the twin, of an offering with this content, which a line of its own covers.
  func order(_ twin: Twin, _ content: [Value.Member]) async throws -> Value {
    let (contract, sla, service) = (try await seeded("con", in: twin), try await seeded("sla", in: twin), try await seeded("svc", in: twin))
    let made = await answer(
      "offering.create",
      .object([Value.Member("service", service.id), Value.Member("code", .text("P\(next())")), Value.Member("name", Samples.localName)] + content),
      as: database.root)
    guard let draft = made.value else { throw SeedFailure(description: "offering.create: \(String(describing: made.failure))") }
    let id = draft["id"] ?? .null
    try await seed("offering.publish", ["id": id], version: draft["version"]?.integer)
    try await seed(
      "contract_line.add", ["contract": contract.id, "name": name(twin), "sla": sla.id, "offering": id, "validFrom": "2026-01-02T00:00:00Z"])
    let person = try await seeded("per", in: twin)
    return try await seed("request.submit", ["customer": .text(twin.id), "offering": id, "published": 1, "requester": person.id])
  }

  /// One that any one role may agree to.
  func orderToApprove(_ twin: Twin) async throws -> Value {
    let approvers = StockRole.allCases.map { Value.object(["name": Samples.localName, "role": .text($0.rawValue)]) }
    return try await order(twin, [Value.Member("approval", .object(["rule": "any", "approvers": .array(approvers)]))])
  }

  func orderWithTask(_ twin: Twin) async throws -> Value {
    let team = try await seed("team.create", ["name": name(twin)])
    let task = Value.object(["name": Samples.localName, "step": 1, "team": team["name"] ?? .null])
    return try await order(twin, [Value.Member("tasks", .array([task]))])
  }

  /// What somebody of the twin has by an order that was fulfilled.
  func entitlement(_ twin: Twin) async throws -> Value {
    let ordered = try await order(twin, [Value.Member("access", .object(["action": "grant", "resource": name(twin)]))])
    try await doTasks(of: ordered)
    let listed = try await seed("entitlement.list", ["customer": .text(twin.id), "person": ordered["requester"] ?? .null])
    return listed["items"]?.array?.first ?? .null
  }
}

extension World {
  /// Only a member of the staff does tasks.
  func doTasks(of request: Value) async throws {
    let engineer = try await database.staff(.engineer)
    for task in request["tasks"]?.array ?? [] {
      let done = await answer("task.complete", .object(["id": task["id"] ?? .null, "result": "Done"]), as: engineer)
      if let failure = done.failure { throw failure }
    }
  }

  /// An order as an earlier version recorded it.
  func recordedOrder(_ twin: Twin) async throws -> Seeded {
    let ordered = try await seeded("req", in: twin)
    let bits = (ordered.id.text.flatMap { PublicId($0) }?.random ?? []).map { String(format: "%02x", $0) }.joined()
    try await database.superuser.withConnection {
      _ = try await $0.runScript(
        """
        delete from requests.task t using requests.request r where r.public_id = '\\x\(bits)' and t.tenant_id = r.tenant_id and t.request_id = r.id;
        update requests.request set state = 'submitted', decided_at = null, started_at = null, tasks_total = 0 where public_id = '\\x\(bits)';
        """)
    }
    return ordered
  }
}

extension CallRule {
  /// The approval of an order that is for the caller's role.
  private static func approvalOf(_ principal: Principal, _ world: World, _ twin: World.Twin) async throws -> Value {
    let role = principal.grants.first?.role ?? ""
    let approvals = try await world.orderToApprove(twin)["approvals"]?.array ?? []
    return approvals.first { $0["role"] == .text(role) } ?? .null
  }

  static let approval = CallRule(given: { world, twin, principal in
    (["id": try await approvalOf(principal, world, twin)["id"] ?? .null], nil)
  })

  /// To somebody of the same side who may approve.
  static let delegation = CallRule(
    refused: { $0.side == .staff ? ["account"] : ["staff"] },
    given: { world, twin, principal in
      let approval = try Seeded(try await approvalOf(principal, world, twin))
      if principal.side == .staff {
        let staff = try await world.seeded("stf", in: twin)
        try await world.seed("staff_grant.add", ["account": staff.id, "role": "engineer", "everyCustomer": .bool(true)])
        return (["id": approval.id, "staff": staff.id], approval.version)
      }
      let account = try await world.seeded("acc", in: twin)
      try await world.seed("account_grant.add", ["account": account.id, "role": "customer_manager", "scope": "tenant"])
      return (["id": approval.id, "account": account.id], approval.version)
    })

  static let reassignment = CallRule(
    omitted: ["account"],
    given: { world, twin, _ in
      let approval = try await world.seeded("apv", in: twin)
      let staff = try await world.seeded("stf", in: twin)
      try await world.seed("staff_grant.add", ["account": staff.id, "role": "engineer", "everyCustomer": .bool(true)])
      return (["id": approval.id, "staff": staff.id], approval.version)
    })

  static let requestToBegin = CallRule(given: { world, twin, _ in
    let recorded = try await world.recordedOrder(twin)
    return (["id": recorded.id], recorded.version)
  })

  static let requestToClose = CallRule(given: { world, twin, _ in
    let seeded = try await world.seeded("req", in: twin)
    try await world.doTasks(of: try await world.seed("request.read", ["id": seeded.id]))
    return (["id": seeded.id], try await world.seed("request.read", ["id": seeded.id])["version"]?.integer)
  })

  /// Only a member of the staff does tasks, and so makes one fail.
  static let failedTask = CallRule(given: { world, twin, _ in
    let task = try await world.seeded("tsk", in: twin)
    let engineer = try await world.database.staff(.engineer)
    let failed = await world.answer("task.fail", .object(["id": task.id, "reason": "no"]), as: engineer)
    if let failure = failed.failure { throw failure }
    return (["id": task.id], nil)
  })

  static let reviewToOpen = CallRule(given: { world, twin, _ in
    let given = try await world.entitlement(twin)
    let reviewer = try await world.seeded("per", in: twin).id
    let account = try await world.seed(
      "account.create",
      ["customer": .text(twin.id), "login": world.login(), "name": world.name(twin), "password": .text(Samples.password), "person": reviewer])
    try await world.seed("account_grant.add", ["account": account["id"] ?? .null, "role": "customer_manager", "scope": "tenant"])
    return (["resource": given["resource"] ?? .null, "reviewer": reviewer, "dueOn": "2026-03-31"], nil)
  })

  static let reviewToDecide = CallRule(given: { world, twin, _ in
    let review = try await world.seeded("rev", in: twin)
    let item = try await world.seed("access_review.items", ["id": review.id])["items"]?.array?.first
    return (["id": review.id, "entitlement": item?["entitlement"]?["id"] ?? .null], nil)
  })
}
