import Kernel
import Operations
import TestSupport
import Testing

@testable import Problems

@Suite struct ProblemTests {
  /// A grant for a few customers does not change what all the others are told.
  @Test func whoServesSomeDoesNotSpeakToAll() async throws {
    let world = try await ProblemsWorld()
    let wide = try await world.problem("The firewall drops packets")
    let own = try await world.problem("Of ACME", of: world.acme)
    let some = world.servesAcme
    for (verb, more) in [
      ("record_workaround", ["workaround": "Send it again"]), ("resolve", ["solution": "Replaced"]), ("cancel", ["reason": "None"]), ("investigate", [:]),
      ("change", ["title": "Mine"]),
    ] as [(String, KeyValuePairs<String, Value>)] {
      #expect(await refusal { try await world.act(verb, on: wide, more, as: some) } == "problem.serves_all", "\(verb)")
    }
    #expect(await refusal { try await world.problem("For all", as: some) } == "problem.serves_all")
    await expectFailure(.denied) { try await world.act("widen", on: own, ["reason": "More"], as: some) }
    // What is theirs they add, and what they think they say.
    try await world.link(try await world.incident("Slow"), to: wide, as: some)
    try await world.call("problem.comment", ["id": wide.at("id"), "body": "Here, too"], as: some)
    try await world.act("resolve", on: own, ["solution": "Replaced"], as: some)
  }

  /// From the first incident to the end, with what is recorded on the way.
  @Test func aProblemIsWorked() async throws {
    let world = try await ProblemsWorld()
    let incident = try await world.incident("Mail is slow", category: "mail/server")
    var problem = try await world.problem("Mail is slow on Mondays", of: world.acme, incidents: [incident])
    #expect(problem.at("number").text == "PROV-PRB-000001" && problem.at("priority").integer == 2 && problem.at("state").text == "new")
    #expect(problem.at("ownerName").text != nil, "whoever opens it answers for it")
    problem = try await world.act("change", on: problem, ["category": "mail/server", "impact": 1])
    #expect(problem.at("priority").integer == 1 && problem.at("category").text == "mail/server")
    problem = try await world.act("investigate", on: problem)
    problem = try await world.act("record_cause", on: problem, ["cause": "The index is rebuilt", "causeCode": "configuration"])
    problem = try await world.act("record_workaround", on: problem, ["workaround": "Use the web client"])
    problem = try await world.act("declare_known_error", on: problem)
    problem = try await world.act("resolve", on: problem, ["solution": "Rebuilt at night"])
    problem = try await world.act("reopen", on: problem, ["reason": "Slow again"])
    #expect(problem.at("state").text == "investigating" && problem.at("reopenCount").integer == 1 && problem.at("knownErrorAt").isNull)
    problem = try await world.act("resolve", on: problem, ["solution": "A larger index"])
    problem = try await world.act("close", on: problem, ["outcome": "removed"])
    let read = try await world.call("problem.read", ["id": problem.at("id")])
    #expect(read.at("state").text == "closed" && read.at("outcome").text == "removed" && read.at("incidents").integer == 1)
    #expect(
      try await world.events(of: problem) == [
        "opened", "incident_linked", "changed", "investigating", "cause_recorded", "workaround_recorded", "known_error_declared", "resolved", "reopened",
        "resolved", "closed",
      ])
  }

  /// Guard: the history would say of what stays that it is none.
  @Test func theKindOfACauseIsTakenBack() async throws {
    let world = try await ProblemsWorld()
    var problem = try await world.problem("Mail is slow")
    problem = try await world.act("record_cause", on: problem, ["cause": "Heat", "causeCode": "environment"])
    problem = try await world.act("record_cause", on: problem, ["cause": "Heat of the pump"])
    #expect(problem.at("causeCode") == "environment")
    problem = try await world.act("record_cause", on: problem, ["cause": "Nobody knows", "causeCode": .null])
    #expect(problem.at("causeCode").isNull)
    let told = try await world.call("problem.history", ["id": problem.at("id"), "limit": 100]).at("items").array ?? []
    #expect(
      told.filter { $0.at("type") == "problem.cause_recorded" }.map { $0.at("payload.code") } == ["environment", "environment", .null])
  }

  @Test func theHistoryTellsFieldByField() async throws {
    let world = try await ProblemsWorld()
    let problem = try await world.problem("Mail is slow")
    let changed = try await world.act("change", on: problem, ["title": "Mail is lost", "description": "Noticed", "impact": 1])
    let told = try await world.call("problem.history", ["id": problem.at("id"), "limit": 100]).at("items").array?.last
    #expect(told?.at("payload.fields") == .array(["title", "impact", "priority"]))
    #expect(
      told?.at("payload.changes")
        == .array([
          .object(["key": "title", "was": "Mail is slow", "became": "Mail is lost"]), .object(["key": "impact", "was": 2, "became": 1]),
          .object(["key": "priority", "was": 2, "became": 1]),
        ]))
    // What is said as it stands changes nothing.
    let same = try await world.act("change", on: changed, ["title": "Mail is lost"])
    #expect(same.at("version") == changed.at("version"))
    #expect(try await world.events(of: problem) == ["opened", "changed"])
  }

  /// Who makes a problem wide takes a customer's name out of its texts before: the history does not tell it to the others.
  @Test func whatWasWrittenForOneCustomerStaysHis() async throws {
    let world = try await ProblemsWorld()
    var problem = try await world.problem("CANARY of OTHER", of: world.other)
    problem = try await world.act("change", on: problem, ["title": "Mail is slow"])
    problem = try await world.act("widen", on: problem, ["reason": "Others have it, too"])
    try await world.act("change", on: problem, ["title": "Mail is lost"])
    let told = try await world.call("problem.history", ["id": problem.at("id"), "limit": 100], as: world.servesAcme)
    let text = JSON.text(told)
    #expect(!text.contains("CANARY") && text.contains("Mail is lost"), "\(text)")
    #expect(try await world.events(of: problem).count { $0 == "changed" } == 2)
  }

  /// What has a retired impact keeps it.
  @Test func aRetiredImpactIsForNoNewProblem() async throws {
    let world = try await ProblemsWorld()
    let has = try await world.call("problem.open", ["title": "Has it", "impact": 3, "urgency": 1])
    let other = try await world.problem("Other")
    let low = try #require(try await world.call("code.list", ["list": "impact"]).at("items").array?.first { $0.at("key") == "3" })
    try await world.call("code.retire", ["id": low.at("id")], as: world.database.root, version: low.at("version"))
    #expect(await refusal { try await world.call("problem.open", ["title": "New", "impact": 3, "urgency": 1]) } == "impact code.retired")
    #expect(await refusal { try await world.act("change", on: other, ["impact": 3]) } == "impact code.retired")
    let kept = try await world.act("change", on: has, ["impact": 3, "urgency": 2])
    #expect(kept.at("impact") == 3 && kept.at("urgency") == 2)
  }

  /// A level counts once it is added, and not before.
  @Test func aProblemHasALevelOfTheLists() async throws {
    let world = try await ProblemsWorld()
    let open: () async throws -> Value = { try await world.call("problem.open", ["title": "Grave", "impact": 1, "urgency": 4]) }
    #expect(await refusal { try await open() } == "urgency code.unknown")
    let other = try await world.problem("Other")
    #expect(await refusal { try await world.act("change", on: other, ["urgency": 4]) } == "urgency code.unknown")
    try await world.call("code.create", ["list": "urgency", "key": "4", "name": .object(["en": "Planned"])], as: world.database.root)
    let opened = try await open()
    #expect(opened.at("urgency") == 4 && opened.at("priority") == 3, "as of urgency 3")
  }

  @Test func whatIsNotPossibleIsRefused() async throws {
    let world = try await ProblemsWorld()
    let problem = try await world.problem("One")
    #expect(await refusal { try await world.act("declare_known_error", on: problem) } == "problem.nothing_known")
    #expect(await refusal { try await world.act("close", on: problem) } == "problem.wrong_state")
    #expect(
      await refusal { try await world.act("record_cause", on: problem, ["cause": "x", "causeCode": "nonsense"]) } == "causeCode code.unknown")
    let cancelled = try await world.act("cancel", on: problem, ["reason": "A mistake"])
    #expect(cancelled.at("reason").text == "A mistake")
    #expect(await refusal { try await world.act("change", on: cancelled, ["title": "Two"]) } == "problem.wrong_state")
    #expect(await refusal { try await world.act("take", on: cancelled) } == "problem.wrong_state")
    await expectFailure(.versionMismatch) { try await world.act("reopen", on: problem, ["reason": "x"]) }
    await expectFailure(.versionRequired) { try await world.call("problem.resolve", ["id": problem.at("id"), "solution": "x"]) }
    let resolved = try await world.act("resolve", on: try await world.act("reopen", on: cancelled, ["reason": "It was one"]), ["solution": "x"])
    #expect(await refusal { try await world.act("close", on: resolved, ["outcome": "nonsense"]) } == "outcome code.unknown")
  }

  @Test func exactlyOneAnswersForIt() async throws {
    let world = try await ProblemsWorld()
    let opened = try await world.problem("One", of: world.other, as: world.database.root)
    #expect(opened.at("owner").isNull)
    await expectFailure(.denied) { try await world.act("take", on: opened, as: world.database.root) }
    let taken = try await world.act("take", on: opened)
    #expect(await refusal { try await world.act("take", on: taken) } == "problem.owned")
    let staff = world.database.provider.id("stf", try await world.bits(of: world.servesAcme))
    // He does not serve the customer whom it is about.
    let refused = await refusal { try await world.act("assign", on: taken, ["staff": .id(staff)]) }
    #expect(refused == "staff problem.may_not_work")
    let colleague = try await world.call(
      "staff.create", ["login": "kim@msp.example", "name": "Kim", "password": "correct horse battery"], as: world.database.root)
    #expect(await refusal { try await world.act("assign", on: taken, ["staff": colleague.at("id")]) } == "staff problem.may_not_work")
    try await world.call(
      "staff_grant.add", ["account": colleague.at("id"), "role": "engineer", "customers": .array([.id(world.other.publicId)])], as: world.database.root)
    // Who answers for it hands it over, or goes on.
    #expect(await refusal { try await world.act("assign", on: taken, ["staff": colleague.at("id")]) } == "problem.owned")
    let untaken = try await world.problem("Two", of: world.other, as: world.database.root)
    let given = try await world.act("assign", on: untaken, ["staff": colleague.at("id")])
    #expect(given.at("ownerName").text == "Kim")
    #expect(await refusal { try await world.act("assign", on: given, ["staff": colleague.at("id")]) } == "staff problem.owned_already")
    let listed = try await world.call("problem.list", ["owner": colleague.at("id")])
    #expect(listed.texts("title") == ["Two"])
  }

  @Test func listsAreNarrowed() async throws {
    let world = try await ProblemsWorld()
    let ci = try await world.ci("erp-01")
    let one = try await world.problem("One", of: world.acme)
    world.database.clock.advance(seconds: 60)
    let two = try await world.problem("Two", of: world.other)
    world.database.clock.advance(seconds: 60)
    let three = try await world.problem("Three")
    try await world.call("problem.add_ci", ["id": one.at("id"), "ci": ci])
    try await world.act("cancel", on: two, ["reason": "x"])
    try await world.act("change", on: three, ["category": "network/vpn"])
    func titles(_ filter: KeyValuePairs<String, Value>) async throws -> [String] { try await world.call("problem.list", filter).texts("title") }
    #expect(try await titles([:]) == ["Three", "Two", "One"])
    #expect(try await titles(["state": "open"]) == ["Three", "One"])
    #expect(try await titles(["state": "cancelled"]) == ["Two"])
    #expect(try await titles(["customer": .id(world.acme.publicId)]) == ["One"])
    #expect(try await titles(["customer": .id(world.acme.publicId), "ci": ci]) == ["One"])
    #expect(try await titles(["category": "network/vpn"]) == ["Three"])
    #expect(try await titles(["unowned": .bool(true)]) == [])
    #expect(try await titles(["priority": 1]) == [])
  }

  @Test func whatIsSaidIsListed() async throws {
    let world = try await ProblemsWorld()
    let problem = try await world.problem("One", of: world.acme)
    for text in ["First", "Second"] { try await world.call("problem.comment", ["id": problem.at("id"), "body": .text(text)]) }
    #expect(try await world.call("problem.comments", ["id": problem.at("id")]).texts("body") == ["First", "Second"])
    // A word of somebody else's takes nobody's version.
    let widened = try await world.act("widen", on: problem, ["reason": "Others have it too"])
    #expect(widened.at("customer").isNull)
    #expect(await refusal { try await world.act("widen", on: widened, ["reason": "x"]) } == "problem.wide")
    #expect(try await world.call("problem.comments", ["id": problem.at("id")]).texts("body").last == "Others have it too")
  }
}

extension ProblemsWorld {
  /// The random bits of an account's public id.
  func bits(of principal: Principal) async throws -> [UInt8] {
    try await database.tenancy.transaction(binding: [database.provider.id], side: .staff, readOnly: true) { transaction in
      try await transaction.first(AccountOfStaff(provider: database.provider.id, account: principal.actor.id))?.account.publicId ?? []
    }
  }
}
