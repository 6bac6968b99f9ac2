import Kernel
import Operations
import Tenancy

/// Problems in the states that the calls of their operations need.
extension World {
  /// A problem about the twin on which these acts were done.
  func problem(_ twin: Twin, _ acts: (name: String, input: [Value.Member])...) async throws -> Seeded {
    try await problem(twin, acts)
  }

  func problem(_ twin: Twin, _ acts: [(name: String, input: [Value.Member])]) async throws -> Seeded {
    var problem = try await seed(
      "problem.open", ["customer": .text(twin.id), "title": name(twin), "description": name(twin), "impact": 2, "urgency": 2])
    for act in acts {
      let answer = await answer(
        act.name, .object([Value.Member("id", problem["id"] ?? .null)] + act.input), as: database.root, version: problem["version"]?.integer)
      guard let value = answer.value else { throw SeedFailure(description: "\(act.name): \(String(describing: answer.failure))") }
      problem = value
    }
    return try Seeded(problem)
  }

  /// A published known error about the twin.
  func knownError(_ twin: Twin) async throws -> Value {
    let text = Value.object(["en": name(twin)])
    let draft = try await seed(
      "article.create", ["kind": "known_error", "onlyFor": .text(twin.id), "title": text, "symptom": text, "workaround": text])
    return try await seed("article.bypass", ["id": draft["id"] ?? .null, "reason": "seed"], version: draft["version"]?.integer)["id"] ?? .null
  }

  /// A problem with several of all that is listed, that is behind an incident besides others.
  func problemToPage(behind incident: Value, _ twin: Twin) async throws -> Value {
    var last = Value.null
    for _ in 0..<2 {
      last = try await problem(twin).id
      try await seed("problem.link_incident", ["id": last, "incident": incident])
    }
    for _ in 0..<2 {
      try await seed("problem.link_incident", ["id": last, "incident": try await seeded("inc", in: twin).id])
      try await seed("problem.comment", ["id": last, "body": name(twin)])
      try await seed("problem.link", ["id": last, "kind": "relates_to", "to": try await problem(twin).id])
    }
    let staff = try await seeded("stf", in: twin).id
    try await seed("staff_grant.add", ["account": staff, "role": "engineer", "everyCustomer": .bool(true)])
    let seen = try await seed("problem.read", ["id": last])
    try await seed("problem.assign", ["id": last, "staff": staff], version: seen["version"]?.integer)
    try await handRound("problem", last, in: twin)
    try await watchTwice("problem", last, in: twin)
    return last
  }

  /// A problem, a change, a release or a major incident that several watch.
  func watchTwice(_ noun: String, _ subject: Value, in twin: Twin) async throws {
    for _ in 0..<2 { try await seed("\(noun).watch", ["id": subject, "staff": try await reader(in: twin)]) }
  }

  /// A request, a problem, a change, a release or a major incident that somebody answers for is offered to a team and taken back, twice.
  func handRound(_ noun: String, _ subject: Value, in twin: Twin) async throws {
    let team = try await seeded("team", in: twin).id
    for _ in 0..<2 {
      let seen = try await seed("\(noun).read", ["id": subject])
      let offered = try await seed("\(noun).offer", ["id": subject, "team": team], version: seen["version"]?.integer)
      try await seed("\(noun).return_offer", ["id": subject, "reason": "Thought again"], version: offered["version"]?.integer)
    }
  }
}

extension CallRule {
  private static let workaround = (name: "problem.record_workaround", input: [Value.Member("workaround", "Restart")])

  static func problem(_ given: [String: Value] = [:], _ acts: (name: String, input: [Value.Member])...) -> CallRule {
    let acts = acts.map { (name: $0.name, input: $0.input) }
    return CallRule(given: { world, twin, _ in
      let seeded = try await world.problem(twin, acts)
      return (given.merging(["id": seeded.id]) { first, _ in first }, seeded.version)
    })
  }

  /// A request, a problem, a change, a release or a major incident that was opened at the machine, that the caller has taken since, and offers to a team.
  static func owned(_ noun: String, offered: Bool, _ open: @escaping @Sendable (World, World.Twin) async throws -> Seeded) -> CallRule {
    CallRule(
      omitted: ["team"],
      given: { world, twin, principal in
        let seeded = try await open(world, twin)
        let taken = await world.answer("\(noun).take", .object(["id": seeded.id]), as: principal, version: seeded.version)
        guard offered else {
          let staff = try await world.seeded("stf", in: twin).id
          try await world.seed("staff_grant.add", ["account": staff, "role": "engineer", "everyCustomer": .bool(true)])
          return (["id": seeded.id, "staff": staff], taken.value?["version"]?.integer)
        }
        let team = try await world.seeded("team", in: twin).id
        let given = await world.answer(
          "\(noun).offer", .object(["id": seeded.id, "team": team]), as: principal, version: taken.value?["version"]?.integer)
        return (["id": seeded.id], given.value?["version"]?.integer)
      })
  }

  /// A problem, a change, a release or a major incident that one of the staff watches, or is to.
  static func watched(_ noun: String, already: Bool, _ open: @escaping @Sendable (World, World.Twin) async throws -> Seeded) -> CallRule {
    CallRule(given: { world, twin, _ in
      let (seeded, staff) = (try await open(world, twin), try await world.reader(in: twin))
      if already { try await world.seed("\(noun).watch", ["id": seeded.id, "staff": staff]) }
      return (["id": seeded.id, "staff": staff], nil)
    })
  }

  private static func watchedProblem(already: Bool) -> CallRule { watched("problem", already: already) { try await $0.problem($1) } }

  private static func ownedProblem(offered: Bool) -> CallRule { owned("problem", offered: offered) { try await $0.problem($1) } }

  static let problemCalls: [String: CallRule] = [
    "problem.offer": ownedProblem(offered: false), "problem.accept_offer": ownedProblem(offered: true), "problem.return_offer": ownedProblem(offered: true),
    "problem.watch": watchedProblem(already: false), "problem.unwatch": watchedProblem(already: true),
    "problem.open": CallRule(given: { world, twin, _ in (["sharedCis": .array([try await world.sharedCi(affecting: twin)])], nil) }),
    "problem.list": CallRule(omitted: ["attribute"], given: { _, _, _ in (["unowned": .bool(false), "offered": .bool(false)], nil) }),
    "problem.assign": CallRule(given: { world, twin, _ in
      let (seeded, staff) = (try await world.problem(twin), try await world.seeded("stf", in: twin).id)
      try await world.seed("staff_grant.add", ["account": staff, "role": "engineer", "everyCustomer": .bool(true)])
      return (["id": seeded.id, "staff": staff], seeded.version)
    }),
    "problem.record_cause": problem(["causeCode": "configuration"]),
    "problem.declare_known_error": problem([:], workaround).omitting(answers),
    "problem.draft_known_error": problem([:], workaround),
    "problem.cite_known_error": CallRule(given: { world, twin, _ in
      let seeded = try await world.problem(twin)
      return (["id": seeded.id, "article": try await world.knownError(twin)], seeded.version)
    }),
    "problem.resolve": problem().omitting(answers),
    "problem.close": problem(["outcome": "removed"], ("problem.resolve", [Value.Member("solution", "Replaced")])).omitting(answers),
    "problem.reopen": problem([:], ("problem.cancel", [Value.Member("reason", "None")])),
    "problem.unlink_incident": CallRule(given: { world, twin, _ in
      let (problem, incident) = (try await world.problem(twin), try await world.seeded("inc", in: twin).id)
      try await world.seed("problem.link_incident", ["id": problem.id, "incident": incident])
      return (["id": problem.id, "incident": incident], nil)
    }),
    "problem.unlink_request": CallRule(given: { world, twin, _ in
      let (problem, request) = (try await world.problem(twin), try await world.seeded("req", in: twin).id)
      try await world.seed("problem.link_request", ["id": problem.id, "kind": "causes", "request": request])
      return (["id": problem.id, "kind": "causes", "request": request], nil)
    }),
    "problem.remove_ci": CallRule(given: { world, twin, _ in
      let (problem, ci) = (try await world.problem(twin), try await world.seeded("ci", in: twin).id)
      try await world.seed("problem.add_ci", ["id": problem.id, "ci": ci])
      return (["id": problem.id, "ci": ci], nil)
    }),
  ]
}
