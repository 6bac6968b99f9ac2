import Changes
import Kernel
import Operations
import Tenancy

/// Changes and releases in the states that the calls of their operations need.
extension World {
  /// How far a change is taken.
  enum ChangeStage: Int, Comparable {
    case draft, assessed, submitted, approved, implementing, implemented
    static func < (left: ChangeStage, right: ChangeStage) -> Bool { left.rawValue < right.rawValue }
  }

  static let answers = Value.object(["impact": "few", "outage": "none", "experience": "often", "back_out": "easy", "tested": "fully"])
  static let window: (from: Value, to: Value) = ("2026-03-01T00:00:00Z", "2026-05-01T00:00:00Z")

  /// A change that concerns the twin.
  func change(_ twin: Twin, _ stage: ChangeStage = .draft, hasTask: Bool = false) async throws -> Value {
    // Somebody of the staff answers for it.
    let opened = await answer(
      "change.open",
      .object([
        "customer": .text(twin.id), "kind": "normal", "title": name(twin), "plan": name(twin), "backOut": name(twin), "test": name(twin),
        "startsAt": Self.window.from, "endsAt": Self.window.to, "publicText": name(twin),
      ]), as: try await database.staff(.administrator))
    if let failure = opened.failure { throw failure }
    var change = opened.value ?? .null
    func act(_ verb: String, _ more: [Value.Member] = []) async throws {
      change = try await done("change.\(verb)", change, more)
    }
    if hasTask { try await act("plan_tasks", [Value.Member("tasks", .array([.object(["name": Samples.localName, "step": 1])]))]) }
    if stage >= .assessed { try await act("assess", [Value.Member("answers", Self.answers)]) }
    if stage >= .submitted { try await act("submit") }
    if stage >= .approved {
      let approval = try await approvals(of: change).first { $0["roles"]?.array?.contains("administrator") ?? false }
      let agreed = await answer(
        "change_approval.approve", .object(["id": approval?["id"] ?? .null]), as: try await database.staff(.administrator))
      if let failure = agreed.failure { throw failure }
      change = try await seed("change.read", ["id": change["id"] ?? .null])
    }
    if stage >= .implementing { try await act("start") }
    if stage >= .implemented { try await act("complete", [Value.Member("outcome", "success")]) }
    return change
  }

  /// Nobody answers for what was opened at the machine.
  func untakenChange(_ twin: Twin) async throws -> Seeded {
    try Seeded(try await seed("change.open", ["customer": .text(twin.id), "kind": "normal", "title": name(twin)]))
  }

  /// A change with several of all that is listed: others at its time on its CI, that are to resolve what it is to, and are told.
  func changeToPage(behind incident: Value, _ problem: Value, _ twin: Twin) async throws -> Value {
    let ci = try await seeded("ci", in: twin).id
    var last = Value.null
    for _ in 0..<3 {
      let change = try await change(twin)
      last = change["id"] ?? .null
      try await seed("change.add_ci", ["id": last, "ci": ci], version: change["version"]?.integer)
      try await seed("change.link_incident", ["id": last, "incident": incident])
      try await seed("change.link_problem", ["id": last, "problem": problem])
    }
    for _ in 0..<2 { try await seed("change.link", ["id": last, "kind": "relates_to", "to": try await self.change(twin)["id"] ?? .null]) }
    try await handRound("change", last, in: twin)
    try await watchTwice("change", last, in: twin)
    for stage in [.submitted, .submitted, .approved, .approved] as [ChangeStage] { _ = try await self.change(twin, stage) }
    for _ in 0..<2 { _ = try await changeModel(twin) }
    try await ChangeSweep().run(at: database.clock.now(), database.tenancy)
    return last
  }

  func approvals(of change: Value) async throws -> [Value] {
    try await seed("change.read", ["id": change["id"] ?? .null])["approvals"]?.array ?? []
  }

  /// A task that can be done.
  func changeTask(_ twin: Twin) async throws -> Value {
    let change = try await change(twin, .implementing, hasTask: true)
    return try await seed("change.read", ["id": change["id"] ?? .null])["tasks"]?.array?.first ?? .null
  }

  func changeModel(_ twin: Twin) async throws -> Value {
    try await seed("change_model.create", ["code": .text("M\(next())"), "name": .object(["en": name(twin)]), "content": Self.modelContent])
  }

  static let modelContent = Value.object([
    "description": "Reboot", "plan": "Reboot", "backOut": "Restore", "test": "Ping", "answers": answers, "ciTypes": .array(["server"]),
  ])

  func freeze(_ twin: Twin) async throws -> Value {
    try await seed(
      "freeze.create", ["customer": .text(twin.id), "reason": name(twin), "startsAt": "2026-06-01T00:00:00Z", "endsAt": "2026-06-02T00:00:00Z"])
  }

  /// A release with a change that concerns the twin, on which these acts were done.
  func release(_ twin: Twin, _ acts: [(name: String, input: [Value.Member])] = []) async throws -> Value {
    let change = try await change(twin)
    var release = try await seed("release.open", ["title": name(twin), "description": name(twin)])
    release = try await done("release.add_change", release, [Value.Member("change", change["id"] ?? .null)])
    _ = try await done("change.cancel", try await seed("change.read", ["id": change["id"] ?? .null]), [Value.Member("reason", "x")])
    for act in acts {
      if act.name == "release.sign_off" {
        let signed = await answer(
          act.name, .object([Value.Member("id", release["id"] ?? .null)]), as: try await database.staff(.administrator),
          version: release["version"]?.integer)
        if let failure = signed.failure { throw failure }
        release = signed.value ?? .null
      } else {
        release = try await done(act.name, release, act.input)
      }
    }
    return release
  }

  /// A member of the staff who may work for all customers.
  func engineerOfAll(_ twin: Twin) async throws -> Value {
    let staff = try await seeded("stf", in: twin).id
    try await seed("staff_grant.add", ["account": staff, "role": "engineer", "everyCustomer": .bool(true)])
    return staff
  }

  /// A release that was offered more than once.
  func releaseToPage(_ twin: Twin) async throws -> Value {
    let opened = try Seeded(try await release(twin))
    try await seed("release.assign", ["id": opened.id, "staff": try await engineerOfAll(twin)], version: opened.version)
    try await handRound("release", opened.id, in: twin)
    try await watchTwice("release", opened.id, in: twin)
    for _ in 0..<3 { try await seed("release.comment", ["id": opened.id, "body": name(twin)]) }
    return opened.id
  }

  /// Acts on what was seen last.
  private func done(_ name: String, _ seen: Value, _ more: [Value.Member]) async throws -> Value {
    let answer = await answer(
      name, .object([Value.Member("id", seen["id"] ?? .null)] + more), as: database.root, version: seen["version"]?.integer)
    guard let value = answer.value else { throw SeedFailure(description: "\(name): \(String(describing: answer.failure))") }
    return value
  }
}

extension CallRule {
  private static func change(_ stage: World.ChangeStage, _ given: [String: Value] = [:]) -> CallRule {
    CallRule(given: { world, twin, _ in
      let seeded = try Seeded(try await world.change(twin, stage))
      return (given.merging(["id": seeded.id]) { first, _ in first }, seeded.version)
    })
  }

  private static func release(omitted: Set<String> = [], _ given: [String: Value] = [:], _ acts: (name: String, input: [Value.Member])...) -> CallRule {
    let acts = acts.map { (name: $0.name, input: $0.input) }
    return CallRule(
      omitted: omitted,
      given: { world, twin, _ in
        let seeded = try Seeded(try await world.release(twin, acts))
        return (given.merging(["id": seeded.id]) { first, _ in first }, seeded.version)
      })
  }

  private static let criterion = (name: "release.add_criterion", input: [Value.Member("text", "Safe")])
  private static let met = (
    name: "release.judge_criterion", input: [Value.Member("criterion", 1), Value.Member("state", "met"), Value.Member("evidence", "x")]
  )
  private static let pilot = (name: "release.pilot", input: [Value.Member("scope", "Some")])
  private static let signed: (name: String, input: [Value.Member]) = (name: "release.sign_off", input: [])
  private static let deployed = (
    name: "release.deploy", input: [Value.Member("what", "1.0"), Value.Member("where", "All"), Value.Member("result", "succeeded")]
  )

  /// The approval that is for the caller's role.
  private static func changeApprovalOf(_ principal: Principal, _ world: World, _ twin: World.Twin) async throws -> Value {
    let role = Value.text(principal.grants.first?.role ?? "")
    let change = try await world.change(twin, .submitted)
    return try await world.approvals(of: change).first { $0["roles"]?.array?.contains(role) ?? false } ?? .null
  }

  private static let changeApproval = CallRule(given: { world, twin, principal in
    (["id": try await changeApprovalOf(principal, world, twin)["id"] ?? .null], nil)
  })

  private static let handedOn = CallRule(given: { world, twin, principal in
    let staff = try await world.seeded("stf", in: twin).id
    try await world.seed("staff_grant.add", ["account": staff, "role": "engineer", "everyCustomer": .bool(true)])
    let approval = try await changeApprovalOf(principal, world, twin)
    return (["id": approval["id"] ?? .null, "staff": staff], approval["version"]?.integer)
  })

  private static func linked(_ kind: String, _ prefix: String) -> CallRule {
    CallRule(given: { world, twin, _ in
      let (change, other) = (try await world.change(twin)["id"] ?? .null, try await world.seeded(prefix, in: twin).id)
      try await world.seed("change.link_\(kind)", ["id": change, kind: other])
      return (["id": change, kind: other], nil)
    })
  }

  private static func linkedToOther(_ noun: String, _ prefix: String, _ kind: Value) -> CallRule {
    CallRule(given: { world, twin, _ in
      let (one, other) = (try await world.seeded(prefix, in: twin).id, try await world.seeded(prefix, in: twin).id)
      try await world.seed("\(noun).link", ["id": one, "kind": kind, "to": other])
      return (["id": one, "kind": kind, "to": other], nil)
    })
  }

  private static func ownedChange(offered: Bool) -> CallRule { owned("change", offered: offered) { try await $0.untakenChange($1) } }

  private static func ownedRelease(offered: Bool) -> CallRule {
    owned("release", offered: offered) { world, twin in try Seeded(try await world.release(twin)) }
  }

  private static func watchedChange(already: Bool) -> CallRule { watched("change", already: already) { try await $0.untakenChange($1) } }

  private static func watchedRelease(already: Bool) -> CallRule {
    watched("release", already: already) { world, twin in try Seeded(try await world.release(twin)) }
  }

  static let changeCalls: [String: CallRule] = [
    "release.open": CallRule(given: { world, twin, _ in (["owner": try await world.engineerOfAll(twin)], nil) }),
    "release.take": release(), "release.offer": ownedRelease(offered: false), "release.accept_offer": ownedRelease(offered: true),
    "release.return_offer": ownedRelease(offered: true),
    "release.watch": watchedRelease(already: false), "release.unwatch": watchedRelease(already: true),
    "change.watch": watchedChange(already: false), "change.unwatch": watchedChange(already: true),
    "release.assign": CallRule(given: { world, twin, _ in
      let seeded = try Seeded(try await world.release(twin))
      return (["id": seeded.id, "staff": try await world.engineerOfAll(twin)], seeded.version)
    }),
    "change.open": CallRule(
      omitted: ["model"],
      given: { world, twin, _ in
        (
          [
            "kind": "normal", "startsAt": World.window.from, "endsAt": World.window.to,
            "sharedCis": .array([try await world.sharedCi(affecting: twin)]),
          ], nil
        )
      }),
    "change.change": change(.draft, ["startsAt": World.window.from, "endsAt": World.window.to]),
    "change.assess": change(.draft, ["answers": World.answers]),
    "change.submit": change(.assessed).omitting(answers), "change.revise": change(.submitted),
    "change.start": change(.approved).omitting(answers), "change.complete": change(.implementing),
    "change.back_out": change(.implementing), "change.review": change(.implemented), "change.close": change(.implemented).omitting(answers),
    "change.list": CallRule(omitted: ["attribute"], given: { world, _, _ in (["affectedService": try await world.catalogueService()], nil) }),
    "release.list": CallRule(omitted: ["attribute"]),
    "change.calendar": CallRule(given: { _, _, _ in (["from": World.window.from, "to": World.window.to], nil) }),
    "freeze.list": CallRule(given: { _, _, _ in (["from": World.window.from, "to": World.window.to], nil) }),
    "change.offer": ownedChange(offered: false), "change.accept_offer": ownedChange(offered: true), "change.return_offer": ownedChange(offered: true),
    "change.assign": CallRule(given: { world, twin, _ in
      let (seeded, staff) = (try await world.untakenChange(twin), try await world.seeded("stf", in: twin).id)
      try await world.seed("staff_grant.add", ["account": staff, "role": "engineer", "everyCustomer": .bool(true)])
      return (["id": seeded.id, "staff": staff], seeded.version)
    }),
    "change.take": CallRule(given: { world, twin, _ in
      let opened = try await world.untakenChange(twin)
      return (["id": opened.id], opened.version)
    }),
    "change.remove_ci": CallRule(given: { world, twin, _ in
      let (change, ci) = (try Seeded(try await world.change(twin)), try await world.seeded("ci", in: twin).id)
      let touching = try await world.seed("change.add_ci", ["id": change.id, "ci": ci], version: change.version)
      return (["id": change.id, "ci": ci], touching["version"]?.integer)
    }),
    // What rests on the shared CI that it touches affects the twin, whom it does not concern yet.
    "change.concern_affected": CallRule(given: { world, twin, _ in
      let (base, top) = (try await world.sharedCi(), try await world.sharedCi(affecting: twin))
      let version = try await world.seed("ci.read", ["id": top])["version"]?.integer
      try await world.seed("ci.relate", ["id": top, "kind": "depends_on", "to": base.id], version: version)
      let change = try await world.seed("change.open", ["kind": "normal", "title": "Rewire", "sharedCis": .array([base.id])])
      return (["id": change["id"] ?? .null], change["version"]?.integer)
    }),
    "change.unlink_incident": linked("incident", "inc"), "change.unlink_problem": linked("problem", "prb"),
    "change.unlink_request": linked("request", "req"), "change.unlink": linkedToOther("change", "chg", "depends_on"),
    "problem.unlink": linkedToOther("problem", "prb", "duplicates"), "request.unlink": linkedToOther("request", "req", "depends_on"),
    "change_approval.approve": changeApproval, "change_approval.reject": changeApproval, "change_approval.delegate": handedOn,
    "change_approval.reassign": handedOn,
    "change_task.retry": CallRule(given: { world, twin, _ in
      let task = try await world.changeTask(twin)["id"] ?? .null
      let failed = await world.answer("change_task.fail", .object(["id": task, "reason": "no"]), as: try await world.database.staff(.engineer))
      if let failure = failed.failure { throw failure }
      return (["id": task], nil)
    }),
    "change_model.create": CallRule(given: { _, _, _ in (["content": World.modelContent], nil) }),
    "change_model.revise": CallRule(given: { world, twin, _ in
      let seeded = try Seeded(try await world.changeModel(twin))
      return (["id": seeded.id, "content": World.modelContent], seeded.version)
    }),
    "risk_questionnaire.change": CallRule(given: { world, _, _ in
      let read = try await world.seed("risk_questionnaire.read", [:])
      let content = read["content"]
      return (
        [
          "questions": content?["questions"] ?? .null, "mediumFrom": content?["mediumFrom"] ?? .null, "highFrom": content?["highFrom"] ?? .null,
        ], read["version"]?.integer
      )
    }),
    "change_policy.change": CallRule(given: { world, _, _ in
      let read = try await world.seed("change_policy.read", [:])
      var given: [String: Value] = [:]
      for member in read["content"]?.members ?? [] { given[member.name] = member.value }
      return (given, read["version"]?.integer)
    }),
    "freeze.create": CallRule(given: { world, twin, _ in
      let service = try await world.seed("service.read", ["id": try await world.seeded("svc", in: twin).id])
      return (["service": service["code"] ?? .null, "startsAt": "2026-06-01T00:00:00Z", "endsAt": "2026-06-02T00:00:00Z"], nil)
    }),
    "release.judge_criterion": release(["criterion": 1], criterion), "release.record_pilot": release([:], pilot),
    "release.sign_off": release([:], criterion, met).omitting(answers),
    "release.deploy": release(omitted: answers.union(["deployedAt"]), [:], criterion, met, signed),
    "release.close": release([:], criterion, met, signed, deployed).omitting(answers),
    "release.add_change": CallRule(given: { world, twin, _ in
      let seeded = try Seeded(try await world.release(twin))
      return (["id": seeded.id, "change": try await world.change(twin)["id"] ?? .null], seeded.version)
    }),
    "release.remove_change": CallRule(given: { world, twin, _ in
      let (release, change) = (try Seeded(try await world.release(twin)), try await world.change(twin)["id"] ?? .null)
      let added = try await world.seed("release.add_change", ["id": release.id, "change": change], version: release.version)
      return (["id": release.id, "change": change], added["version"]?.integer)
    }),
  ]
}
