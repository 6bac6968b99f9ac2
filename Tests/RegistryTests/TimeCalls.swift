import Kernel
import Operations
import Tenancy

/// Calls of time entries: whose time it is depends on who calls.
enum TimeCalls {
  static let code = CallRule(
    omitted: ["applies"],
    given: { world, _, _ in (["kind": "work_type", "code": .text("work_\(world.next())"), "billable": .bool(true)], nil) })

  static let retiredCode = CallRule(given: { world, twin, _ in
    let seeded = try await world.seeded("tcd", in: twin)
    let retired = try await world.seed("time_code.retire", ["id": seeded.id], version: seeded.version)
    return (["id": seeded.id], retired["version"]?.integer)
  })

  /// Others' time is for those who review it.
  static let add = CallRule(
    omitted: ["line", "request", "problem", "change", "release", "majorIncident", "from", "to"], refused: { $0.reviewsTime ? [] : ["staff"] },
    given: { _, _, _ in (["workType": "remote_support", "rateClass": "emergency", "minutes": 30], nil) })

  static let change = CallRule(
    omitted: ["from", "to"],
    given: { world, twin, principal in
      let entry = try await world.ownEntry(twin, by: principal)
      return (["id": entry["id"] ?? .null, "workType": "travel", "rateClass": "emergency", "minutes": 20], entry["version"]?.integer)
    })

  static let ownDraft = CallRule(given: { world, twin, principal in
    let entry = try await world.ownEntry(twin, by: principal)
    return (["id": entry["id"] ?? .null], entry["version"]?.integer)
  })

  static let anyDraft = CallRule(given: { world, twin, _ in
    let entry = try await world.timeEntry(twin)
    return (["id": entry["id"] ?? .null], entry["version"]?.integer)
  })

  static let bill = CallRule(given: { world, twin, _ in
    _ = try await world.approvedTime(twin)
    let bill = Value.text("V\(world.next())")
    // One source, whatever else is open: what an earlier call released is.
    try await world.seed("time_source.claim", ["customer": .text(twin.id), "bill": bill, "most": 1])
    return (["bill": bill], nil)
  })

  static let submitted = CallRule(given: { world, twin, _ in
    let entry = try await world.timeEntry(twin, [.init("submit", .bool(true))])
    return (["id": entry["id"] ?? .null], entry["version"]?.integer)
  })

  static let correct = CallRule(
    omitted: ["from", "to", "line", "request", "problem", "change", "release", "majorIncident"], refused: { $0.reviewsTime ? [] : ["staff"] },
    given: { world, twin, principal in
      let entry = try await world.approvedTime(twin, by: principal)
      return (["id": entry["id"] ?? .null, "workType": "travel", "rateClass": "emergency", "minutes": 20], nil)
    })

  static let list = CallRule(
    omitted: ["line", "request", "problem", "change", "release", "majorIncident"], given: { _, _, _ in (["workedBefore": "2026-04-01"], nil) })
  static let totals = CallRule(given: { _, _, _ in (["countsBefore": "2026-04-01"], nil) })

  /// There is one for each person.
  static let startTimer = CallRule(
    omitted: ["line", "request", "problem", "change", "release", "majorIncident"],
    given: { world, _, principal in
      try await world.dropTimer(of: principal)
      return (["workType": "remote_support"], nil)
    })

  static let stopTimer = CallRule(given: { world, twin, principal in
    let timer = try await world.timer(twin, of: principal)
    return (["id": timer["id"] ?? .null, "at": "2026-03-02T07:30:00Z", "parallel": .bool(true)], nil)
  })

  static let runningTimer = CallRule(given: { world, twin, principal in
    (["timer": try await world.timer(twin, of: principal)["id"] ?? .null], nil)
  })

  /// Several of all that is listed: rules, closed months, and time that waits, is to be billed, and is shown.
  static func seedPages(_ world: World, line: Value) async throws {
    for from in ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"] {
      try await world.seed("time_rule.add", ["line": line, "validFrom": .text(from), "customerSees": .bool(true)])
    }
    for _ in 0..<3 { _ = try await world.approvedTime(world.a, [.init("line", line)]) }
    try await world.seed("time_source.claim", ["customer": .text(world.a.id), "bill": "PAGES"])
    for _ in 0..<3 {
      _ = try await world.approvedTime(world.a, [.init("line", line)])
      _ = try await world.timeEntry(world.a, [.init("submit", .bool(true))])
    }
    for month in ["2025-12", "2026-01"] {
      try await world.seed("time_month.close", ["customer": .text(world.a.id), "month": .text(month)])
    }
  }
}

extension Principal {
  fileprivate var reviewsTime: Bool { grants.contains { $0.permissions.contains("time_entry.review") } }
  fileprivate var correctsTime: Bool { actor.kind == .staff && grants.contains { $0.permissions.contains("time_entry.correct") } }
  fileprivate var recordsTime: Bool { actor.kind == .staff && grants.contains { $0.permissions.contains("time_entry.record") } }
}

extension World {
  /// Minutes on a day; the caller's own, where he records time.
  func timeEntry(_ twin: Twin, _ more: [Value.Member] = [], by principal: Principal? = nil) async throws -> Value {
    var members: [Value.Member] = [
      .init("customer", .text(twin.id)), .init("workType", "remote_support"), .init("date", "2026-03-01"), .init("minutes", 5), .init("note", name(twin)),
      .init("invoiceText", name(twin)),
    ]
    if !more.contains(where: { $0.name == "line" }) { members.append(.init("ticket", try await seeded("inc", in: twin).id)) }
    members += more
    if let principal, principal.recordsTime { return try await made("time_entry.add", members, by: principal) }
    return try await made("time_entry.add", members, by: try await database.staff(.engineer))
  }

  /// What the caller may change: an entry of his own, or, where he records none, a correction of his that was sent back.
  func ownEntry(_ twin: Twin, by principal: Principal) async throws -> Value {
    guard principal.correctsTime, !principal.recordsTime else { return try await timeEntry(twin, by: principal) }
    let wrong = try await approvedTime(twin)
    let correction = try await made(
      "time_entry.correct", [.init("id", wrong["id"] ?? .null), .init("reason", "x"), .init("note", name(twin))], by: principal)
    return try await made(
      "time_entry.return", [.init("id", correction["id"] ?? .null), .init("reason", "x")], by: try await database.staff(.accountManager),
      version: correction["version"]?.integer)
  }

  /// The same, approved by somebody else.
  func approvedTime(_ twin: Twin, _ more: [Value.Member] = [], by principal: Principal? = nil) async throws -> Value {
    let entry = try await timeEntry(twin, more + [.init("submit", .bool(true))], by: principal)
    let approver = try await database.staff(.finance)
    return try await made("time_entry.approve", [.init("id", entry["id"] ?? .null)], by: approver, version: entry["version"]?.integer)
  }

  /// A running timer, in place of the one that runs.
  func timer(_ twin: Twin, of principal: Principal) async throws -> Value {
    try await dropTimer(of: principal)
    return try await made(
      "timer.start",
      [
        .init("customer", .text(twin.id)), .init("ticket", try await seeded("inc", in: twin).id), .init("workType", "remote_support"),
        .init("note", name(twin)), .init("startedAt", "2026-03-02T07:00:00Z"),
      ], by: principal)
  }

  func dropTimer(of principal: Principal) async throws {
    let running = try await made("timer.read", [], by: principal)["timer"]?["id"] ?? .null
    guard !running.isNull else { return }
    _ = try await made("timer.discard", [.init("timer", running)], by: principal)
  }

  func made(_ operation: String, _ members: [Value.Member], by principal: Principal, version: Int64? = nil) async throws -> Value {
    let answer = await answer(operation, .object(members), as: principal, version: version)
    guard let value = answer.value else {
      throw SeedFailure(description: "\(operation): \(String(describing: answer.failure)) \(answer.failure?.violations ?? [])")
    }
    return value
  }
}
