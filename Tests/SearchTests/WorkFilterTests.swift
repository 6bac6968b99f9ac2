import Kernel
import Operations
import TestSupport
import Testing

/// What one asks the queue over all processes for again and again, saved as what one asks the queue of incidents for.
@Suite struct WorkFilterTests {
  @Test func aSavedFilterShowsAndCountsWhatItsCriteriaDo() async throws {
    let work = try await WorkWorld()
    let acme = Value.array([.id(work.world.acme.publicId)])
    let asked: [KeyValuePairs<String, Value>] = [
      ["processes": .array(["request", "task"])], ["team": work.team], ["mine": .bool(true)], ["unowned": .bool(true), "priority": 2],
      ["overdue": .bool(true)], ["overdue": .bool(false), "dueBefore": .instant(work.now.adding(seconds: 5000))], ["customers": acme],
    ]
    for (number, criteria) in asked.enumerated() {
      let saved = try await work.save("Filter \(number)", criteria)
      let filter = saved["id"] ?? .null
      for criterion in criteria { #expect(saved["criteria"]?[criterion.key] == criterion.value, "\(criteria)") }
      #expect(saved["queue"] == "work", "\(criteria)")
      let meant = try await work.walk(criteria)
      #expect(!meant.isEmpty && meant.count < work.rows.count, "\(criteria)")
      #expect(try await work.walk(["filter": filter]) == meant, "\(criteria)")
      #expect(try await work.walk(["filter": filter], by: 2) == meant, "\(criteria)")
      #expect(try await work.counts(["filter": filter]) == work.counts(criteria), "\(criteria)")
    }
    // Nothing that is not asked for is told as if it were.
    let plain = try await work.save("All", [:])["criteria"] ?? .null
    #expect(plain["processes"] == Value.null && plain["overdue"] == Value.null && plain["offered"] == .bool(false))
  }

  /// Guard: what is due in two hours is something else an hour later.
  @Test func aFilterMeansWhatIsDueSoonWhenSomebodyLooks() async throws {
    let work = try await WorkWorld()
    let saved = try await work.save("Soon", ["dueWithinMinutes": 61])
    #expect(saved["criteria"]?["dueWithinMinutes"] == 61)
    func shown() async throws -> Int {
      let found = try await work.walk(["filter": saved["id"] ?? .null])
      let now = work.world.database.clock.now()
      #expect(found == work.expected { $0.isDue(before: now.adding(seconds: 61 * 60)) })
      #expect(try await work.walk(["dueWithinMinutes": 61], by: 2) == found)
      #expect(try await work.counts(["filter": saved["id"] ?? .null]).values.reduce(0, +) == Int64(found.count))
      return found.count
    }
    let first = try await shown()
    work.world.database.clock.advance(seconds: 3600)
    #expect(try await shown() > first && first > 0)
  }

  /// Of the teams, and of what is offered, it means those of whoever looks, when he looks.
  @Test func aFilterMeansTheTeamsOfWhoeverLooks() async throws {
    let work = try await WorkWorld()
    let teams = try await work.save("My teams", ["myTeams": .bool(true)])["id"] ?? .null
    let offered = try await work.save("Offered", ["offered": .bool(true)])["id"] ?? .null
    #expect(try await work.walk(["filter": teams]) == [])
    #expect(try await work.walk(["filter": offered]) == [])
    try await work.world.database.runAsSuperuser(
      """
      insert into desk.team_member (tenant_id, team_id, account_id, recorded_at)
        select a.tenant_id, m.id, a.id, '\(work.now)'::timestamptz from tenancy.account a, desk.team m where a.id = \(work.engineer.actor.id)
      """)
    let mine = work.expected { !$0.teams.isEmpty }
    #expect(!mine.isEmpty)
    #expect(try await work.walk(["filter": teams]) == mine)
  }

  /// Customers beside a filter: those of both. Guard: all else that were given would be left out in silence.
  @Test func besideAFilterStandCustomersAlone() async throws {
    let work = try await WorkWorld()
    let (acme, other) = (Value.id(work.world.acme.publicId), Value.id(work.world.other.publicId))
    let mine = try await work.save("Mine", ["mine": .bool(true)])["id"] ?? .null
    let theirs = try await work.save("Theirs", ["customers": .array([other])])["id"] ?? .null
    let both = try await work.walk(["mine": .bool(true), "customers": .array([acme])])
    #expect(!both.isEmpty)
    #expect(try await work.walk(["filter": mine, "customers": .array([acme])]) == both)
    #expect(try await work.walk(["filter": theirs, "customers": .array([acme, other])]) == work.walk(["customers": .array([other])]))
    #expect(try await work.walk(["filter": theirs, "customers": .array([acme])]) == [])
    #expect(try await work.counts(["filter": theirs, "customers": .array([acme])]) == [:])
    let more: [KeyValuePairs<String, Value>] = [
      ["filter": mine, "priority": 1], ["filter": mine, "processes": .array(["task"])], ["filter": mine, "overdue": .bool(false)],
      ["filter": mine, "mine": .bool(true)],
    ]
    for given in more {
      #expect(await refusal { try await work.world.call("work.queue", given) } == "filter queue.filter_alone", "\(given)")
      #expect(await refusal { try await work.world.call("work.count", given) } == "filter queue.filter_alone", "\(given)")
    }
  }

  /// Guard: without the queue in the look, the one shows by the other's criteria what nobody asked for.
  @Test func aFilterOfTheOtherQueueIsRefused() async throws {
    let work = try await WorkWorld()
    let ofWork = try await work.save("Work", ["unowned": .bool(true)])["id"] ?? .null
    // Whoever says nothing of a queue means that of incidents, as ever.
    let saved = try await work.world.call("queue_filter.save", ["name": "Incidents", "criteria": .object(["unowned": .bool(true)])])
    let ofIncidents = saved["id"] ?? .null
    #expect(saved["queue"] == "incident")
    for operation in ["incident.queue", "incident.count"] {
      #expect(try await work.world.call(operation, ["filter": ofIncidents]) != .null)
      #expect(await refusal { try await work.world.call(operation, ["filter": ofWork]) } == "filter queue.filter_of_other_queue", "\(operation)")
    }
    for operation in ["work.queue", "work.count"] {
      #expect(await refusal { try await work.world.call(operation, ["filter": ofIncidents]) } == "filter queue.filter_of_other_queue", "\(operation)")
    }
    let listed = try await work.world.call("queue_filter.list", [:])["filters"]?.array ?? []
    #expect(listed.map { $0["name"] ?? .null } == ["Incidents", "Work"])
    #expect(listed.map { $0["queue"] ?? .null } == ["incident", "work"])
    // What was saved before there were two is of the incidents'.
    try await work.world.database.runAsSuperuser("update desk.queue_filter set queue = default")
    #expect(try await work.world.call("incident.queue", ["filter": ofWork]) != .null)
  }

  @Test func whatTheQueueDoesNotTakeIsNotSaved() async throws {
    let work = try await WorkWorld()
    let ofIncidents: KeyValuePairs<String, Value> = [
      "state": "new", "category": "network", "nature": "fault", "breached": .bool(true), "unassigned": .bool(true),
    ]
    for criterion in ofIncidents {
      let refused = await refusal { try await work.save("x", [criterion.key: criterion.value]) }
      #expect(refused == "criteria.\(criterion.key) queue_filter.not_of_this_queue")
    }
    for (name, value) in ["processes": Value.array(["incident"]), "overdue": .bool(true)] {
      let refused = await refusal { try await work.save("x", [name: value], of: "incident") }
      #expect(refused == "criteria.\(name) queue_filter.not_of_this_queue")
    }
    #expect(await refusal { try await work.save("x", [:], of: "task") } == "queue input.choice")
    #expect(await refusal { try await work.save("x", ["processes": .array(["release"])]) }.hasSuffix("input.choice"))
    #expect(await refusal { try await work.save("x", ["colour": "red"]) } == "criteria.colour input.unknown_field")
    #expect(await refusal { try await work.save("x", ["team": "team_p1_00000000000000000000"]) }.hasPrefix("criteria.team "))
    #expect(await refusal { try await work.save("x", [:], as: work.world.database.root) } == "queue_filter.needs_account")
    await expectFailure(.denied) { try await work.save("x", [:], as: work.world.manager) }
    #expect(try await work.world.call("queue_filter.list", [:])["filters"] == .array([]))
  }

  /// Guard: without it what somebody's bookmark of one queue shows is gone without a word, when the name is used for the other.
  @Test func aNameStaysWithItsQueue() async throws {
    let work = try await WorkWorld()
    let saved = try await work.save("Mine", ["mine": .bool(true)])
    #expect(await refusal { try await work.save("Mine", ["priority": 1], of: "incident") } == "queue_filter.name_taken")
    #expect(await refusal { try await work.save("Mine", ["priority": 1], of: "incident", replacing: true) } == "queue_filter.name_of_other_queue")
    #expect(try await work.walk(["filter": saved["id"] ?? .null]) == work.walk(["mine": .bool(true)]))
    let anew = try await work.save("Mine", ["unowned": .bool(true)], replacing: true)
    #expect(anew["id"] == saved["id"] && anew["queue"] == "work")
    #expect(try await work.walk(["filter": saved["id"] ?? .null]) == work.walk(["unowned": .bool(true)]))
    // So many are kept of both together.
    for number in 2...50 { _ = try await work.save("Filter \(number)", [:], of: number % 2 == 0 ? "work" : "incident") }
    #expect(await refusal { try await work.save("One more", [:]) } == "queue_filter.too_many")
  }

  /// Guard: whoever knows an id reads what others look for; and what somebody saved while he served a customer shows him it afterwards.
  @Test func filtersAreEachOnesOwnAndShowWhatOneServes() async throws {
    let work = try await WorkWorld()
    let other = work.world.other
    let filter = try await work.save("Theirs", ["customers": .array([.id(other.publicId)])])["id"] ?? .null
    #expect(try await !work.walk(["filter": filter]).isEmpty)
    for operation in ["work.queue", "work.count"] {
      let refused = await refusal { try await work.world.call(operation, ["filter": filter], as: work.world.servesOther) }
      #expect(refused == "filter input.unknown_reference", "\(operation)")
    }
    let narrowed = work.somebody([Grant(role: "engineer", permissions: work.rights, scope: .listed([work.world.acme.id]))])
    #expect(try await work.walk(["filter": filter], as: narrowed) == [])
    #expect(try await work.counts(["filter": filter], as: narrowed) == [:])
  }

  /// A cursor is good for what the filter was.
  @Test func aFilterThatWasChangedBeginsAnew() async throws {
    let work = try await WorkWorld()
    let filter = try await work.save("Open", ["unowned": .bool(true)])["id"] ?? .null
    let next = try await work.world.call("work.queue", ["filter": filter, "limit": 2])["next"] ?? .null
    #expect(try await work.world.call("work.queue", ["filter": filter, "limit": 2, "cursor": next])["items"]?.array?.count == 2)
    _ = try await work.save("Open", ["unowned": .bool(true), "processes": .array(["incident"])], replacing: true)
    await expectFailure(.invalid) { try await work.world.call("work.queue", ["filter": filter, "limit": 2, "cursor": next]) }
  }

  /// What it names and is gone is told, by the name of the criterion; of what cannot be read any more that it is to be saved anew.
  @Test func whatAFilterNamesMayBeGone() async throws {
    let work = try await WorkWorld()
    let filter = try await work.save("Team", ["team": work.team])["id"] ?? .null
    func kept(_ criteria: String) async throws -> String {
      try await work.world.database.runAsSuperuser("update desk.queue_filter set criteria = '\(criteria)'")
      return await refusal { try await work.world.call("work.queue", ["filter": filter]) }
    }
    let gone = try #require(PublicId(kind: "team", handle: work.world.database.provider.handle, random: [UInt8](repeating: 7, count: 12)))
    #expect(try await kept(#"{"team": "\#(gone)"}"#) == "team input.unknown_reference")
    #expect(try await kept(#"{"processes": ["release"]}"#) == "queue_filter.unreadable")
    #expect(try await kept(#"{"state": "new"}"#) == "queue_filter.unreadable")
    #expect(try await kept("{}") == "accepted")
  }
}

extension WorkWorld {
  @discardableResult
  fileprivate func save(
    _ name: String, _ criteria: KeyValuePairs<String, Value>, of queue: Value = "work", as principal: Principal? = nil, replacing: Bool = false
  ) async throws -> Value {
    try await world.call(
      "queue_filter.save", ["name": .text(name), "queue": queue, "criteria": .object(criteria), "replace": .bool(replacing)], as: principal)
  }
}

/// The code for which something is refused: of its first field with its path, or its own.
private func refusal(_ body: () async throws -> Value) async -> String {
  do {
    _ = try await body()
    return "accepted"
  } catch let failure as Failure {
    return failure.violations.first.map { "\($0.path) \($0.message.key)" } ?? failure.code
  } catch {
    return "\(error)"
  }
}
