import Kernel
import Operations
import TestSupport
import Testing

/// Random lives of tickets through the operations, with assignments and dispatches, against an account that derives the turns in
/// another way: from who had the ticket in each minute. Open time is counted minute by minute, by random calendars of the teams and the
/// supplier: with holidays, another version midway and a change of the clocks. Minutes count from 1970.
@Suite struct TurnOracleTests {
  /// What was done to the ticket, and what that left: its state, priority and team.
  private struct Moment {
    let minute: Int64
    let act: String
    let team: Value?
    let isOpen: Bool
    let waitsForCustomer: Bool
    let priority: Int64
    /// The priority that the supplier was told by the act.
    var told: Int64?
  }

  /// What the account counts by.
  private struct Hours {
    let answer: OpenMinutes
    let work: OpenMinutes
    let supplier: OpenMinutes
    /// A team's answer is due by the end of so many business days; nil: after its minutes.
    let answerDays: Int64?
  }

  private static let budgets = Dictionary(uniqueKeysWithValues: AgreementWorld.budgets.map { ($0.priority, ($0.response / 60, $0.resolution / 60)) })
  /// Acts by which a team shows that it has the ticket.
  private static let accepting: Set<String> = ["start", "accept", "comment", "hold", "resume", "dispatch", "resolve"]

  /// Acts that end a supplier's turn.
  private static let endings: Set<String> = ["return", "refuse", "recall", "resolve"]

  private static func minutes(_ from: Int64, _ to: Int64, where counts: (Int64) -> Bool) -> Int64 {
    from < to ? Int64((from..<to).count(where: counts)) : 0
  }

  // MARK: The account

  private struct Expected: Equatable, CustomStringConvertible {
    var from: Int64
    var to: Int64?
    var verdicts: [Value]

    var description: String { "\(TurnOracleTests.instant(from)) - \(to.map { TurnOracleTests.instant($0).description } ?? "") \(verdicts)" }
  }

  private static func verdict(isLate: Bool, isOver: Bool, isJudged: Bool = true) -> Value {
    if isLate { return "missed" }
    return isOver ? isJudged ? "met" : "withdrawn" : .null
  }

  /// Who has the ticket after each moment; a new turn wherever that changes, or where it comes back.
  private static func teamTurns(_ moments: [Moment], _ hours: Hours, now: Int64) -> [Expected] {
    let holders = moments.map { $0.isOpen ? $0.team : nil }
    var turns: [Expected] = []
    for index in moments.indices where holders[index] != nil && (index == 0 || holders[index - 1] != holders[index]) {
      let end = moments.indices.first { $0 > index && holders[$0] != holders[index] }
      let own = moments[index..<(end ?? moments.endIndex)]
      let (from, to) = (moments[index].minute, end.map { moments[$0].minute })
      let resolved = end.flatMap { moments[$0].act == "resolve" ? moments[$0].minute : nil }
      let accepted = own.dropFirst().first { accepting.contains($0.act) }?.minute ?? resolved
      // The priority of its last moment judges all of it.
      let budget = budgets[own.last?.priority ?? 3] ?? (0, 0)
      let waits = own.indices.filter { moments[$0].waitsForCustomer }.map { at in
        (moments[at].minute, at + 1 < moments.endIndex ? moments[at + 1].minute : now)
      }
      let answered = accepted ?? to ?? now
      let worked = minutes(from, to ?? now) { minute in hours.work.isOpen(at: minute) && !waits.contains { $0.0 <= minute && minute < $0.1 } }
      turns.append(
        Expected(
          from: from, to: to,
          verdicts: [
            verdict(isLate: isLate(answered, from: from, budget.0, hours), isOver: accepted != nil || to != nil, isJudged: accepted != nil),
            verdict(isLate: worked > budget.1, isOver: to != nil),
          ]))
    }
    return turns
  }

  /// Whether a team's answer comes too late. By days it does after the closing, be that night or not.
  private static func isLate(_ answered: Int64, from: Int64, _ budget: Int64, _ hours: Hours) -> Bool {
    guard let days = hours.answerDays else { return minutes(from, answered, where: hours.answer.isOpen(at:)) > budget }
    return hours.answer.businessDayEnd(from: from, days: days).map { answered > $0 } ?? false
  }

  /// From a dispatch to whatever ended it.
  private static func supplierTurns(_ moments: [Moment], _ hours: Hours, now: Int64) -> [Expected] {
    let isOpen = hours.supplier.isOpen(at:)
    return moments.indices.filter { moments[$0].act == "dispatch" }.map { index in
      let later = moments[(index + 1)...]
      let end = later.first { endings.contains($0.act) }
      let own = later.prefix { !endings.contains($0.act) }
      let from = moments[index].minute
      let isJudged = end?.act == "return"
      let words = own.filter { $0.act == "answer" }.map(\.minute)
      let stops = [from] + words + [end?.minute ?? now]
      let longest = zip(stops, stops.dropFirst()).map { minutes($0, $1, where: isOpen) }.max() ?? 0
      let answered = words.first ?? (isJudged || end?.act == "refuse" ? end?.minute : nil)
      let response = over(moments[index], own.prefix { $0.act != "answer" }, until: answered ?? end?.minute ?? now, by: isOpen) { $0.0 }
      let resolution = over(moments[index], own, until: end?.minute ?? now, by: isOpen) { $0.1 }
      return Expected(
        from: from, to: end?.minute,
        verdicts: [
          verdict(isLate: response > 0, isOver: answered != nil || end != nil, isJudged: answered != nil),
          verdict(isLate: longest > 240, isOver: end != nil, isJudged: isJudged),
          verdict(isLate: resolution > 0, isOver: end != nil, isJudged: isJudged),
        ])
    }
  }

  /// By how much a budget was ever exceeded: that of each priority counts until the supplier is told the next, with all that was used. A
  /// priority that is followed by another one in its own minute never counted.
  private static func over(
    _ dispatch: Moment, _ own: some Collection<Moment>, until: Int64, by isOpen: (Int64) -> Bool, _ budget: ((Int64, Int64)) -> Int64
  ) -> Int64 {
    let told = own.filter { $0.told != nil }
    let priorities = [dispatch.priority] + told.compactMap(\.told)
    let (starts, ends) = ([dispatch.minute] + told.map(\.minute), told.map(\.minute) + [until])
    let counting = priorities.indices.filter { $0 == priorities.count - 1 || starts[$0] < ends[$0] }
    return counting.map { minutes(dispatch.minute, ends[$0], where: isOpen) - budget(budgets[priorities[$0]] ?? (0, 0)) }.max() ?? 0
  }

  // MARK: The life

  private struct Life {
    let world: AgreementWorld
    var random: SplitMix64
    var minute: Int64
    var incident: Value
    var dispatch: Value?
    var moments: [Moment] = []

    /// Does what the ticket's state allows; anything else does nothing.
    mutating func step(_ choice: Int) async throws {
      let state = incident["state"]?.text ?? ""
      let isOpen = ["new", "active", "pending"].contains(state)
      let desk = world.desk
      switch choice {
      case 0...2 where isOpen:
        let team = [world.first, world.second, nil][choice]
        guard incident["team"] != team?["id"] ?? .null else { return }
        try await done("assign", desk.act("assign", on: incident, ["team": team?["id"] ?? .null]))
      case 3 where state == "new": try await done("start", desk.act("start", on: incident))
      case 4 where isOpen && incident["team"] != .null: try await done("accept", desk.act("accept", on: incident))
      case 5, 6:
        guard isOpen else { return }
        _ = try await desk.act("comment", on: incident, ["body": "A word.", "visibility": "public"])
        try await done("comment", desk.read(incident))
      case 7 where state == "new" || state == "active", 8 where state == "new" || state == "active":
        let reason: Value = choice == 7 ? "awaiting_requester" : "awaiting_parts"
        try await done("hold", desk.act("hold", on: incident, ["reason": reason, "evidence": "mail 1"]))
      case 9 where state == "pending", 10 where state == "pending": try await done("resume", desk.act("resume", on: incident))
      case 11 where isOpen:
        let (impact, urgency) = (Int64.random(in: 1...2, using: &random), Int64.random(in: 1...2, using: &random))
        try await done("classify", desk.act("classify", on: incident, ["impact": .integer(impact), "urgency": .integer(urgency)]))
      case 12 where isOpen && dispatch == nil, 13 where isOpen && dispatch == nil:
        dispatch = try await world.dispatch(incident, ["reason": "x"])
        try await done("dispatch", desk.read(incident))
      case 14:
        guard let open = dispatch else { return }
        dispatch = try await world.act("answer", onDispatch: try await fresh(open))
        try await done("answer", desk.read(incident))
      case 15, 16, 21:
        guard let open = dispatch else { return }
        let (outcome, act): (Value, String) = choice == 15 ? ("done", "return") : choice == 16 ? ("recalled", "recall") : ("refused", "refuse")
        _ = try await world.act("return", onDispatch: try await fresh(open), ["outcome": outcome])
        dispatch = nil
        try await done(act, desk.read(incident))
      case 22, 23:
        guard let open = dispatch else { return }
        let priority = ([1, 2, 3] as [Int64]).filter { Value.integer($0) != open["priority"] }.randomElement(using: &random) ?? 1
        dispatch = try await world.act("escalate", onDispatch: try await fresh(open), ["priority": .integer(priority), "evidence": "call 1"])
        try await done("escalate", desk.read(incident), told: priority)
      case 17 where isOpen:
        dispatch = nil
        try await done("resolve", desk.act("resolve", on: incident, ["resolution": "x"]))
      case 18 where state == "resolved", 19 where state == "resolved":
        try await done("reopen", desk.act("reopen", on: incident, ["reason": "Still broken.", "visibility": "internal"]))
      case 20: try await desk.sweep()
      case 24: try await desk.calendarSweep()
      default: break
      }
    }

    private func fresh(_ dispatch: Value) async throws -> Value { try await world.call("dispatch.read", [("id", dispatch["id"] ?? .null)]) }

    private mutating func done(_ act: String, _ incident: Value, told: Int64? = nil) {
      self.incident = incident
      let state = incident["state"]?.text ?? ""
      let team = incident["team"] ?? .null
      moments.append(
        Moment(
          minute: minute, act: act, team: team == .null ? nil : team, isOpen: ["new", "active", "pending"].contains(state),
          waitsForCustomer: incident["pendingReason"] == "awaiting_requester", priority: incident["priority"]?.integer ?? 0, told: told))
    }

    mutating func open() { done("open", incident) }
  }

  /// Where the teams and the supplier are, and when clocks change there.
  private static let changes: [(team: String, supplier: String, at: String)] = [
    ("Europe/Berlin", "Europe/London", "2026-03-29T01:00:00Z"), ("Europe/Berlin", "Asia/Kolkata", "2026-10-25T01:00:00Z"),
    ("America/New_York", "America/Chicago", "2026-11-01T06:00:00Z"), ("Asia/Shanghai", "Australia/Lord_Howe", "2026-04-04T15:00:00Z"),
  ]
  private static let lives: UInt64 = 12
  private static let steps = 22
  /// Minutes of a step.
  private static let longest: Int64 = 1500

  /// In every other round a team answers by business days, in one version: what another makes of the days that are left is a table of its own.
  @Test(arguments: [1, 2, 3, 4] as [UInt64]) func randomLives(seed: UInt64) async throws {
    var random = SplitMix64(seed: seed)
    let change = Self.changes[Int(seed - 1) % Self.changes.count]
    let changed = try #require(Instant(change.at)).seconds / 60
    let answerDays: Int64? = seed.isMultiple(of: 2) ? Int64.random(in: 1...2, using: &random) : nil
    let calendars = AgreementWorld.Calendars(
      answer: try random.versions(answerDays == nil ? 2 : 1, change.team, around: changed), work: try random.versions(2, change.team, around: changed),
      supplier: try random.versions(2, change.supplier, around: changed), answerDays: answerDays)
    func counted(_ versions: [CoverageVersion]) throws -> OpenMinutes {
      try OpenMinutes(versions, from: changed - 1440, minutes: 1440 + Int64(Self.steps) * Self.longest)
    }
    let hours = Hours(
      answer: try counted(calendars.answer), work: try counted(calendars.work), supplier: try counted(calendars.supplier), answerDays: answerDays)

    let world = try await AgreementWorld(calendars: calendars)
    var verdicts: [Value: Int] = [:]
    var crossings = 0
    for number in 1...Self.lives {
      let start = changed - Int64.random(in: 1...1440, using: &random)
      world.database.clock.set(Self.instant(start))
      var life = Life(
        world: world, random: SplitMix64(seed: seed * 1000 + number), minute: start, incident: try await world.desk.open("Life \(number)"))
      life.open()
      let steps = Int.random(in: 4...Self.steps, using: &life.random)
      for _ in 0..<steps {
        let most = ([0, 1, 20, 100, 700, Self.longest] as [Int64]).randomElement(using: &life.random) ?? 0
        let passed = Int64.random(in: 0...most, using: &life.random)
        life.minute += passed
        world.database.clock.set(Self.instant(life.minute))
        let choice = Int.random(in: 0...24, using: &life.random)
        try await life.step(choice)
      }
      if life.minute > changed { crossings += 1 }
      try await world.desk.calendarSweep()
      try await world.desk.sweep()
      let found = try await world.agreements(life.incident)
      let story = life.moments.map { "\(Self.instant($0.minute)) \($0.act) \($0.team == nil ? "-" : "team") P\($0.priority)" }.joined(separator: "\n")
      let expected = Self.teamTurns(life.moments, hours, now: life.minute) + Self.supplierTurns(life.moments, hours, now: life.minute)
      let metrics = ["ola": ["response", "resolution"], "uc": ["response", "update", "resolution"]]
      let seen = found.map { turn in
        Expected(
          from: Self.minute(turn["startedAt"]) ?? -1, to: Self.minute(turn["endedAt"]),
          verdicts: (metrics[turn["kind"]?.text ?? ""] ?? []).map { metric in
            turn["clocks"]?.array?.first { $0["metric"] == .text(metric) }?["verdict"] ?? .null
          })
      }
      #expect(seen == expected, "seed \(seed), life \(number), until \(Self.instant(life.minute)):\n\(story)")
      for verdict in expected.flatMap(\.verdicts) { verdicts[verdict, default: 0] += 1 }
    }
    #expect(crossings > 0, "seed \(seed)")
    for verdict: Value in ["met", "missed"] { #expect(verdicts[verdict, default: 0] > 0, "seed \(seed)") }
  }

  private static func instant(_ minute: Int64) -> Instant { Instant(seconds: minute * 60) }

  private static func minute(_ value: Value?) -> Int64? { value?.text.flatMap { Instant($0) }.map { $0.seconds / 60 } }
}
