import Jobs
import Kernel
import Operations
import Postgres
import TestSupport
import Testing

@testable import Escalations

@Suite struct EscalationTests {
  @Test func aTicketGoesToTheNextLineAndItsLeadIsTold() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["percent": 80, "metric": "response", "toTeam": world.secondLine, "staff": .array([world.leadId])])
    let incident = try await world.incident()
    let quiet = try await world.incident(of: world.other)

    try world.at("2026-03-02T08:30:00Z")
    try await world.work()
    #expect(try await world.escalations() == [], "at half of it nothing is due")

    try world.at("2026-03-02T08:48:10Z")
    try await world.work()
    let escalated = try await world.read(incident)
    #expect(escalated["team"] == world.secondLine)
    #expect(escalated["assignee"]?.isNull == true)
    let record = try #require(try await world.escalations(of: incident).first)
    #expect(record["state"] == "done" && record["percent"] == 80 && record["metric"] == "response")
    #expect(record["fromTeam"] == world.firstLine && record["toTeam"] == world.secondLine)
    #expect(record["occurredAt"] == "2026-03-02T08:48:00Z", "when the share had passed, not when it was found")
    #expect(try await world.history(incident).contains("incident.escalated_by_rule"))
    #expect(try await world.told() == ["incident.escalated_by_rule"])
    let told = try await world.database.call("notification.list", as: world.lead)["items"]?.array?.first?["body"]?.text ?? ""
    #expect(told.hasSuffix("by the rule \"Rule\". 80 % of the time promised for response has passed."), "\(told)")
    #expect(try await world.read(quiet)["team"] == world.firstLine)

    // Broken later on: by this rule it was escalated, and is once.
    try world.at("2026-03-02T10:00:00Z")
    try await world.work()
    try await world.work()
    #expect(try await world.escalations().count == 1)
    #expect(try await world.told() == ["incident.escalated_by_rule"])
  }

  /// Guard: told of the escalation as well as of what it is given, the next line would hear twice.
  @Test func theNextLineHearsOnce() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["percent": 80, "metric": "response", "toTeam": world.secondLine])
    try await world.database.call("team.add_member", ["id": world.secondLine, "staff": world.leadId], as: world.database.root, version: 1)
    _ = try await world.incident()
    try world.at("2026-03-02T08:48:10Z")
    try await world.work()
    #expect(try await world.told() == ["incident.assigned"])
  }

  /// Guard: nobody would hear as a team's lead, or every member would, or the lead of another team.
  @Test func theLeadsOfTheTeamAreTold() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["ageMinutes": 10, "leads": .bool(true)])
    try await world.database.call("team.add_member", ["id": world.firstLine, "staff": world.leadId], as: world.database.root, version: 1)
    let member = try await world.incident()
    try world.at("2026-03-02T08:10:01Z")
    try await world.work()
    #expect(try await world.read(member)["team"] == world.firstLine)
    #expect(try await world.told().filter { $0 == "incident.escalated_by_rule" } == [], "he is a member as others are")
    try await world.database.call(
      "team.set_lead", ["id": world.firstLine, "staff": world.leadId, "lead": .bool(true)], as: world.database.root, version: 2)
    let ours = try await world.incident("Ours")
    try await world.act("assign", try await world.incident("Theirs"), ["team": world.secondLine])
    try world.at("2026-03-02T08:20:02Z")
    try await world.work()
    #expect(try await world.told().filter { $0 == "incident.escalated_by_rule" }.count == 1)
    #expect(try await world.history(ours).contains("incident.escalated_by_rule"))
  }

  /// Gates are for people of the staff: there is nobody here who could give what one asks for.
  @Test func noGateHoldsAnEscalationUp() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["percent": 80, "metric": "response", "toTeam": world.secondLine])
    let incident = try await world.incident()
    let text = Value.object(["en": "Category"])
    try await world.database.call(
      "gate.create",
      ["step": "incident.assign", "fields": .array(["category"]), "name": text, "purpose": text, "owner": world.leadId], as: world.database.root)
    await #expect(throws: Failure.self, "a person is stopped") { try await world.act("assign", incident, ["team": world.secondLine]) }
    try world.at("2026-03-02T08:48:10Z")
    try await world.work()
    #expect(try await world.read(incident)["team"] == world.secondLine)
    #expect(try await world.states() == ["done"])
  }

  /// A team that may not work for the customer is not tried again and again: people are told at once, and somebody is where the rule names nobody.
  @Test func aTeamThatMayNotWorkForTheCustomerDoesNotGetIt() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["ageMinutes": 10, "toTeam": world.secondLine, "staff": .array([world.leadId])])
    try await world.rule(["ageMinutes": 20, "toTeam": world.secondLine], name: "Nobody named")
    let incident = try await world.incident()
    try await world.database.call(
      "delivery_model.set", ["customer": .id(world.acme.publicId), "teams": .array([world.firstLine])], as: world.database.root, version: 1)
    try world.at("2026-03-02T08:10:05Z")
    try await world.escalate()
    #expect(try await world.told() == ["incident.escalated_by_rule"])
    try world.at("2026-03-02T08:20:05Z")
    try await world.escalate()
    #expect(try await world.states() == ["done", "done"])
    let records = try await world.escalations(of: incident)
    #expect(records.map { $0["fault"] } == ["delivery_model.team_not_allowed", "delivery_model.team_not_allowed"])
    #expect(records.map { $0["toTeam"] } == [.null, .null])
    #expect(records.map { $0["attempts"] } == [0, 0])
    #expect(try await world.read(incident)["team"] == world.firstLine)
    #expect(try await world.history(incident).filter { $0 == "incident.escalated_by_rule" }.count == 2)
  }

  /// Whatever the agreement warns of. Nobody is warned of it.
  @Test func aRuleActsAtItsOwnShare() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["percent": 95, "staff": .array([world.leadId])], name: "Nearly")
    try await world.rule(["percent": 100, "metric": "resolution", "staff": .array([world.leadId])], name: "Another promise")
    let incident = try await world.incident()
    try world.at("2026-03-02T08:55:00Z")
    try await world.work()
    #expect(try await world.escalations() == [])
    #expect(try await world.read(incident)["clocks"]?.array?.first?["warnedPercent"] == 80)
    try world.at("2026-03-02T08:57:01Z")
    for _ in 0..<2 { try await world.work() }
    let records = try await world.escalations()
    #expect(records.map { $0["ruleName"] } == ["Nearly"] && records.first?["percent"] == 95)
    #expect(records.first?["occurredAt"] == "2026-03-02T08:57:00Z")
    #expect(try await world.read(incident)["clocks"]?.array?.first?["warnedPercent"] == 80, "the warned share stays the agreement's")
    // Broken later on, it was escalated by this rule.
    try world.at("2026-03-02T09:10:00Z")
    try await world.work()
    #expect(try await world.escalations().count == 1)
    #expect(try await world.read(incident)["team"] == world.firstLine, "nobody said that it goes to another team")
  }

  @Test func whatHappenedBeforeThereWasTheRuleIsNotItsAffair() async throws {
    let world = try await EscalationsWorld()
    _ = try await world.incident()
    try world.at("2026-03-02T08:35:00Z")
    try await world.rule(["percent": 50, "staff": .array([world.leadId])], name: "Share")
    try await world.rule(["ageMinutes": 30, "staff": .array([world.leadId])], name: "Age")
    try await world.work()
    #expect(try await world.escalations() == [])
    // The next share, recorded after the rule, is.
    try world.at("2026-03-02T08:50:00Z")
    try await world.work()
    #expect(try await world.escalations().map { $0["ruleName"] } == ["Share"])
  }

  @Test func rulesMeanOnlyTheirTickets() async throws {
    let world = try await EscalationsWorld()
    let staff = Value.array([world.leadId])
    try await world.rule(["percent": 50, "staff": staff, "priorityTo": 2], name: "Priority")
    try await world.rule(["percent": 50, "staff": staff, "team": world.secondLine], name: "Team")
    try await world.rule(["percent": 50, "staff": staff, "customer": .id(world.other.publicId)], name: "Customer")
    try await world.rule(
      ["percent": 50, "staff": staff, "customer": .id(world.acme.publicId), "priorityTo": 3, "team": world.firstLine], name: "This")
    _ = try await world.incident()
    let resolved = try await world.incident("Resolved")
    try world.at("2026-03-02T08:31:00Z")
    try await world.resolve(resolved)
    try await world.work()
    #expect(try await world.escalations().map { $0["ruleName"] } == ["This"])
  }

  /// A priority that a provider added is beyond what a rule up to 5 means; nothing is promised for it, so it is found by its age.
  @Test func aPriorityThatWasAddedIsMeantByItsNumber() async throws {
    let world = try await EscalationsWorld()
    let root = world.database.root
    try await world.database.call("code.create", ["list": "priority", "key": "6", "name": .object(["en": "Some day"])], as: root)
    try await world.database.set(
      "priority_matrix.set", ["cells": .array([.object(["impact": 2, "urgency": 2, "priority": 6])])], as: root)
    for most in [5, 6] as [Int64] {
      try await world.rule(["ageMinutes": 30, "staff": .array([world.leadId]), "priorityTo": .integer(most)], name: "Up to \(most)")
    }
    #expect(try await world.incident()["priority"] == 6)
    try world.at("2026-03-02T08:31:00Z")
    try await world.work()
    #expect(try await world.escalations().map { $0["ruleName"] } == ["Up to 6"])
  }

  @Test func whoIsOpenTooLongIsEscalatedOnce() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["ageMinutes": 120, "toTeam": world.secondLine])
    let old = try await world.incident("Old")
    let resolved = try await world.incident("Resolved")
    try await world.resolve(resolved)
    let imported = try await world.incident("Imported")
    try await world.script("update desk.ticket set external_source = 'log', external_key = '1' where title = 'Imported'")
    try world.at("2026-03-02T08:30:00Z")
    let young = try await world.incident("Young", of: world.other)

    try world.at("2026-03-02T10:00:05Z")
    try await world.escalate(batch: 1)
    #expect(try await world.read(old)["team"] == world.secondLine)
    #expect(try await world.read(imported)["team"] == world.firstLine)
    #expect(try await world.read(young)["team"] == world.firstLine)
    let record = try #require(try await world.escalations().first)
    #expect(record["ageMinutes"] == 120 && record["percent"]?.isNull == true && record["occurredAt"] == "2026-03-02T10:00:00Z")

    try world.at("2026-03-02T10:31:00Z")
    try await world.escalate(batch: 1)
    #expect(try await world.read(young)["team"] == world.secondLine)
    try await world.act("assign", old, ["team": world.firstLine])
    try await world.escalate(batch: 1)
    #expect(try await world.read(old)["team"] == world.firstLine, "once")
    #expect(try await world.states() == ["done"])
  }

  @Test func anAlertCalendarLetsItWait() async throws {
    let world = try await EscalationsWorld()
    // Friday, 16:50 in Berlin: the hour of its promise ends on Monday at 9:50.
    try world.at("2026-03-06T15:50:00Z")
    let staff = Value.array([world.leadId])
    try await world.rule(["ageMinutes": 60, "staff": staff, "calendar": world.office], name: "Office hours")
    try await world.rule(["ageMinutes": 60, "staff": staff], name: "Any time")
    _ = try await world.incident()
    try world.at("2026-03-06T17:00:00Z")
    try await world.work()
    #expect(try await world.escalations().map { $0["ruleName"] } == ["Any time"])
    try world.at("2026-03-09T08:49:00Z")
    try await world.work()
    #expect(try await world.escalations().count == 1, "fifty-nine minutes of office time")
    try world.at("2026-03-09T08:50:01Z")
    try await world.work()
    #expect(try await world.escalations().first?["ruleName"] == "Office hours")
    #expect(try await world.escalations().first?["occurredAt"] == "2026-03-09T08:50:00Z")
  }

  @Test func whatIsOverWhenItsCalendarOpensIsDropped() async throws {
    let world = try await EscalationsWorld()
    let afternoon = try await world.afternoon()
    let rule = try await world.rule(["percent": 100, "toTeam": world.secondLine, "calendar": afternoon])
    let over = try await world.incident("Over")
    let open = try await world.incident("Open")
    try world.at("2026-03-02T09:05:00Z")
    try await world.work()
    #expect(try await world.states() == ["waiting", "waiting"])
    #expect(try await world.escalations().allSatisfy { $0["dueAt"] == "2026-03-02T13:00:00Z" })
    try await world.resolve(over)
    try world.at("2026-03-02T13:00:00Z")
    try await world.work()
    #expect(Set(try await world.states()) == ["dropped", "done"])
    #expect(try await world.read(open)["team"] == world.secondLine)
    #expect(try await !world.history(over).contains("incident.escalated_by_rule"))

    // A retired rule does nothing more, nor does what waits for it.
    let late = try await world.incident("Late")
    try world.at("2026-03-02T14:30:00Z")
    try await world.work()
    try await world.database.call(
      "escalation_rule.retire", ["id": rule["id"] ?? .null], as: world.database.root, version: rule["version"]?.integer)
    try world.at("2026-03-09T13:00:00Z")
    try await world.work()
    #expect(try await world.read(late)["team"] == world.firstLine)
    #expect(try await world.states().last == "dropped")
  }

  @Test func severalWorkersEscalateOnce() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["ageMinutes": 10, "toTeam": world.secondLine, "staff": .array([world.leadId])])
    for number in 0..<12 { _ = try await world.incident("\(number)") }
    try world.at("2026-03-02T08:10:05Z")
    // Each of them finishes, or finds that another was faster and leaves the rest to it.
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 { group.addTask { try? await world.escalate(batch: 5) } }
    }
    try world.at("2026-03-02T08:20:05Z")
    try await world.escalate()
    #expect(try await world.states() == Array(repeating: "done", count: 12))
    #expect(try await world.told().count == 12)
  }

  @Test func oneThatCannotBeMovedHoldsUpNoOther() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["ageMinutes": 10, "toTeam": world.secondLine, "staff": .array([world.leadId])])
    let stuck = try await world.incident("Stuck")
    let free = try await world.incident("Free")
    try await world.script(
      """
      create function desk.refuse() returns trigger language plpgsql as $$ begin raise exception 'stuck'; end $$;
      create trigger refuse before update on desk.ticket for each row when (old.title = 'Stuck' and new.team_id is distinct from old.team_id)
        execute function desk.refuse()
      """)
    try world.at("2026-03-02T08:10:05Z")
    await #expect(throws: (any Error).self) { try await world.escalate() }
    #expect(try await world.read(free)["team"] == world.secondLine)
    let record = try #require(try await world.escalations(of: stuck).first)
    #expect(record["state"] == "waiting" && record["attempts"] == 1 && record["fault"]?.text != nil)
    try await world.escalate()
    #expect(try await world.escalations(of: stuck).first?["attempts"] == 1, "it is tried again after five minutes")
    for minute in ["15", "20"] {
      try world.at("2026-03-02T08:\(minute):10Z")
      await #expect(throws: (any Error).self) { try await world.escalate() }
    }
    #expect(try await world.told().count == 1)
    // In the end people are told without the team.
    try world.at("2026-03-02T08:25:15Z")
    try await world.escalate()
    #expect(try await world.read(stuck)["team"] == world.firstLine)
    let settled = try #require(try await world.escalations(of: stuck).first)
    #expect(settled["state"] == "done" && settled["toTeam"]?.isNull == true && settled["attempts"] == 3)
    #expect(try await world.told().count == 2)
  }

  /// A change sets no storm off: neither a rule that goes by age from now on, nor one that means more customers.
  @Test func aChangedRuleBeginsAnew() async throws {
    let world = try await EscalationsWorld()
    let staff = Value.array([world.leadId])
    let share = try await world.rule(["percent": 100, "metric": "update", "staff": staff], name: "Share")
    let narrow = try await world.rule(["ageMinutes": 30, "staff": staff, "customer": .id(world.other.publicId)], name: "Narrow")
    _ = try await world.incident()
    try world.at("2026-03-02T12:00:00Z")
    try await world.escalate()
    try await world.database.call(
      "escalation_rule.change", ["id": share["id"] ?? .null, "percent": .null, "metric": .null, "ageMinutes": 60], as: world.database.root, version: 1)
    try await world.database.call(
      "escalation_rule.change", ["id": narrow["id"] ?? .null, "customer": .null], as: world.database.root, version: 1)
    try await world.escalate()
    #expect(try await world.escalations() == [])
    // Another name changes nothing of that.
    try world.at("2026-03-02T12:10:00Z")
    _ = try await world.incident("Later")
    try await world.database.call("escalation_rule.change", ["id": share["id"] ?? .null, "name": "Aged"], as: world.database.root, version: 2)
    try world.at("2026-03-02T13:10:01Z")
    try await world.escalate()
    #expect(Set(try await world.escalations().map { $0["ruleName"] }) == ["Aged", "Narrow"])
    #expect(try await world.escalations().count == 2)
  }

  /// What comes to its age by the calendar after the rule was made is the rule's affair, however long ago it was recorded.
  @Test func aNewRuleByCalendarSeesWhatIsYetToComeOfAge() async throws {
    let world = try await EscalationsWorld()
    let incident = try await world.incident()
    try world.at("2026-03-03T08:00:00Z")
    // Nine hours of office time: eight on Monday, one on Tuesday.
    try await world.rule(["ageMinutes": 540, "staff": .array([world.leadId]), "calendar": world.office])
    try await world.escalate()
    #expect(try await world.escalations() == [])
    try world.at("2026-03-03T09:00:01Z")
    try await world.escalate()
    #expect(try await world.escalations(of: incident).first?["occurredAt"] == "2026-03-03T09:00:00Z")
  }

  @Test func aPromiseBrokenByAnActEscalates() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["percent": 100, "toTeam": world.secondLine])
    let late = try await world.incident()
    try world.at("2026-03-02T09:30:00Z")
    // Before any sweep looked, somebody answers: an hour was promised.
    try await world.act("start", late)
    try await world.escalate()
    let record = try #require(try await world.escalations(of: late).first)
    #expect(record["percent"] == 100 && record["metric"] == "response" && record["occurredAt"] == "2026-03-02T09:00:00Z")
    #expect(try await world.read(late)["team"] == world.secondLine)
    try await world.work()
    #expect(try await world.escalations().count == 1, "the sweep tells nothing twice")
  }

  @Test func aPromiseThatWasKeptEscalatesNothing() async throws {
    let world = try await EscalationsWorld()
    let afternoon = try await world.afternoon()
    try await world.rule(["percent": 80, "toTeam": world.secondLine, "calendar": afternoon])
    let answered = try await world.incident()
    try world.at("2026-03-02T08:49:00Z")
    try await world.work()
    try await world.act("start", answered)
    try world.at("2026-03-02T13:00:01Z")
    try await world.work()
    #expect(try await world.states() == ["dropped"])
    #expect(try await world.read(answered)["team"] == world.firstLine)
  }

  /// A resolution that did not hold: who came to the age meanwhile, and whose escalation was dropped.
  @Test func whoIsReopenedIsEscalated() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["ageMinutes": 60, "toTeam": world.secondLine])
    let incident = try await world.incident()
    _ = try await world.incident("Neighbour")
    try world.at("2026-03-02T08:30:00Z")
    try await world.resolve(incident)
    try world.at("2026-03-02T09:05:00Z")
    try await world.escalate()
    #expect(try await world.escalations().count == 1, "the neighbour alone")
    try await world.act("reopen", incident, ["reason": "Still broken."])
    try await world.escalate()
    #expect(try await world.escalations(of: incident).first?["occurredAt"] == "2026-03-02T09:00:00Z")
    #expect(try await world.read(incident)["team"] == world.secondLine)
  }

  /// Of two customers, when a look finds one.
  @Test func whoComesBehindALookIsEscalated() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["ageMinutes": 60, "toTeam": world.secondLine])
    let incidents = [try await world.incident(), try await world.incident(of: world.other)]
    // Behind both the look by age has passed when they are reopened.
    _ = try await world.incident("Neighbour", of: world.other)
    try world.at("2026-03-02T08:30:00Z")
    for incident in incidents { try await world.resolve(incident) }
    try world.at("2026-03-02T09:05:00Z")
    try await world.escalate()
    for incident in incidents { try await world.act("reopen", incident, ["reason": "Still broken."]) }
    try await world.escalate(tenantsAtOnce: 1)
    for incident in incidents { #expect(try await world.read(incident)["team"] == world.secondLine) }
  }

  /// As many at fault as a look finds: what comes behind them is seen, and they are told of.
  @Test func asManyAtFaultAsALookFindsHideNoOther() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["ageMinutes": 60, "toTeam": world.secondLine])
    var incidents: [Value] = []
    for title in ["Stuck 1", "Stuck 2", "Free", "Neighbour"] { incidents.append(try await world.incident(title)) }
    try world.at("2026-03-02T08:30:00Z")
    for incident in incidents.prefix(3) { try await world.resolve(incident) }
    try world.at("2026-03-02T09:05:00Z")
    try await world.escalate()
    for incident in incidents.prefix(3) { try await world.act("reopen", incident, ["reason": "Still broken."]) }
    try await world.script(
      """
      create function operations.refuse() returns trigger language plpgsql as $$
      begin
        if old.consumer = 'escalations' and old.id in (
          select o.id from operations.outbox o join desk.ticket t on t.tenant_id = o.tenant_id and t.id = o.subject_id
          where o.subject_kind = 'ticket' and t.title like 'Stuck%') then raise exception 'stuck'; end if;
        return old;
      end
      $$;
      create trigger refuse before delete on operations.outbox for each row execute function operations.refuse()
      """)
    await #expect(throws: LeftUndone.self) { try await world.escalate(batch: 2) }
    #expect(try await world.read(incidents[2])["team"] == world.secondLine)
    #expect(try await world.read(incidents[0])["team"] == world.firstLine)
  }

  @Test func whatWasDroppedMayComeAgain() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["percent": 80, "team": world.firstLine, "toTeam": world.secondLine, "calendar": try await world.afternoon()])
    let incident = try await world.incident()
    try world.at("2026-03-02T08:49:00Z")
    try await world.work()
    // In nobody's hands when its calendar opens: none of the rule's.
    try await world.act("assign", incident, ["team": .null])
    try world.at("2026-03-02T13:00:01Z")
    try await world.escalate()
    #expect(try await world.states() == ["dropped"])
    try await world.act("assign", incident, ["team": world.firstLine])
    try await world.work()
    let record = try #require(try await world.escalations().first)
    #expect(record["state"] == "done" && record["percent"] == 100 && record["toTeam"] == world.secondLine)
  }

  @Test func aLowerRuleTakesNothingBackFromAHigherLine() async throws {
    let world = try await EscalationsWorld()
    let third = try await world.database.call("team.create", ["name": "Third line"], as: world.database.root)["id"] ?? .null
    let afternoon = try await world.afternoon()
    try await world.rule(["percent": 80, "toTeam": world.secondLine, "calendar": afternoon], name: "Lower")
    try await world.rule(["percent": 100, "toTeam": third], name: "Higher")
    let incident = try await world.incident()
    try world.at("2026-03-02T08:50:00Z")
    try await world.work()
    try world.at("2026-03-02T09:05:00Z")
    try await world.work()
    #expect(try await world.read(incident)["team"] == third)
    try world.at("2026-03-02T13:00:01Z")
    try await world.work()
    #expect(try await world.read(incident)["team"] == third)
    let raised = try await world.history(incident).filter { $0 == "incident.escalated_by_rule" }
    #expect(raised.count == 1, "where nothing is done nothing is told")
  }

  @Test func whoHadTheTicketIsTold() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["ageMinutes": 10, "toTeam": world.secondLine])
    let incident = try await world.incident()
    try await world.act("assign", incident, ["assignee": world.leadId])
    // Another owner: the lead is told for nothing but the loss.
    try await world.script("update desk.ticket set owner_id = null, owner_public_id = null")
    try world.at("2026-03-02T08:11:00Z")
    try await world.escalate()
    #expect(try await world.read(incident)["assignee"]?.isNull == true)
    #expect(try await world.told().contains("incident.escalated_by_rule"))
  }

  /// What is due although its calendar is closed, as after a failure or with another calendar, waits for the opening.
  @Test func itsCalendarIsAskedOnceMoreWhenItIsCarriedOut() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["percent": 100, "toTeam": world.secondLine, "calendar": try await world.afternoon()])
    let incident = try await world.incident()
    try world.at("2026-03-02T09:05:00Z")
    try await world.work()
    try await world.script("update escalations.escalation set due_at = '2026-03-02T09:00:00Z'")
    try await world.escalate()
    let record = try #require(try await world.escalations().first)
    #expect(record["state"] == "waiting" && record["dueAt"] == "2026-03-02T13:00:00Z" && record["attempts"] == 0)
    #expect(try await world.read(incident)["team"] == world.firstLine)
  }

  @Test func aReopenedTicketOfAnImportIsLeftOut() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["ageMinutes": 60, "toTeam": world.secondLine])
    let incident = try await world.incident()
    try await world.resolve(incident)
    try await world.script("update desk.ticket set external_source = 'log', external_key = '1'")
    try world.at("2026-03-02T09:05:00Z")
    try await world.act("reopen", incident, ["reason": "Still broken."])
    try await world.escalate()
    #expect(try await world.escalations() == [])
  }

  @Test func ofEachCustomerGoesOneInTurn() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["ageMinutes": 10, "staff": .array([world.leadId])])
    for _ in 0..<3 { _ = try await world.incident() }
    try world.at("2026-03-02T08:00:10Z")
    _ = try await world.incident(of: world.other)
    try world.at("2026-03-02T08:11:00Z")
    try await world.escalate()
    let acme = world.acme.id.rawValue
    try await world.script(
      """
      update escalations.escalation set state = 'waiting', settled_at = null,
        due_at = case tenant_id when \(acme) then '2026-03-02T08:00:00Z'::timestamptz else '2026-03-02T08:05:00Z' end
      """)
    let now = world.database.clock.now()
    let due = try await world.database.tenancy.transaction(binding: [], side: .staff, readOnly: true) {
      try await $0.query(DueEscalations(now: now, limit: 2))
    }
    #expect(due.map(\.tenant) == [world.acme.id, world.other.id])
  }

  @Test func whereNobodyNamedMayBeToldWhoIsInChargeIs() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["ageMinutes": 10, "staff": .array([world.leadId])])
    _ = try await world.incident()
    try await world.script("update tenancy.account set state = 'disabled' where login = 'lead@provider.test'")
    let head =
      try await world.database.call(
        "staff.create", ["login": "head@provider.test", "name": "Head", "password": "correct horse battery"], as: world.database.root)["id"] ?? .null
    try await world.database.call("staff_grant.add", ["account": head, "role": "account_manager", "everyCustomer": .bool(true)], as: world.database.root)
    try world.at("2026-03-02T08:11:00Z")
    try await world.escalate()
    _ = try await world.told()
    let told = try await world.database.superuser.transaction { try await $0.query(ReceiversOfEscalations()) }
    #expect(told == ["head@provider.test"])
  }

  @Test func customersSeeNothingOfIt() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["percent": 50, "toTeam": world.secondLine])
    let incident = try await world.incident()
    try world.at("2026-03-02T08:31:00Z")
    try await world.work()
    let customer = try await world.database.user(.customerManager, of: world.acme)
    #expect(try await !world.history(incident, as: customer).contains("incident.escalated_by_rule"))
    await expectFailure(.denied) {
      try await world.database.call("escalation.list", ["customer": .id(world.acme.publicId)], as: customer)
    }
    let seen = try await world.database.tenancy.transaction(binding: [world.acme.id], side: .customer, readOnly: true) {
      try await $0.query(EscalationsPage(tenant: world.acme.id, ticket: nil, before: .max, limit: 10))
    }
    #expect(seen.isEmpty, "nor does the database show it to their side")
  }
}

private struct ReceiversOfEscalations: Statement {
  static let sql = """
    select a.login from notifications.notification n join tenancy.account a on n.receiver = 'a' || a.id
    where n.event = 'incident.escalated_by_rule' and n.channel = 'inbox' order by a.login
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
