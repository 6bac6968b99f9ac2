import Assurance
import Kernel
import Operations
import TestSupport
import Testing

@testable import ContractFiles

/// Files that say which gaps of the proof are accepted.
@Suite struct RiskFileTests {
  private typealias World = DeliveryFileTests.World

  /// The second line works on weekdays only, and what it is handed over on a Friday evening is late.
  private static let uncovered = DeliveryFileTests.yaml.replacing("tier: 2, calendar: Always", with: "tier: 2, calendar: Weekdays")
    .replacing("calendars:\n", with: "calendars:\n  - {name: Weekdays, zone: UTC, stock: 5x12}\n")

  private static let accepted =
    uncovered + """
            acceptedRisks:
              - {gap: coverage, promises: [resolution], parties: [Second line], reason: Nobody books at night, by: Jane Roe, until: 2027-01-01}
              - {gap: budget, reason: Late only after weekends}

      """

  private func risks(_ world: World) async throws -> [Value] {
    let lines = try await world.database.call("contract_line.list", ["contract": try await world.contract()["id"] ?? .null], as: world.database.root)
    let listed = try await world.database.call("accepted_risk.list", ["line": lines["items"]?.array?.first?["id"] ?? .null], as: world.database.root)
    return (listed["items"]?.array ?? []).filter { $0["endedAt"] == .null }
  }

  private func refusal(_ yaml: String, in world: World) async throws -> String? {
    do {
      try await world.run(yaml).apply()
      return nil
    } catch let problems as ContractFileProblems {
      return problems.failure?.code
    }
  }

  @Test func theKindsAreThoseOfTheProof() {
    #expect(FileRisk.kinds == Gap.Kind.allCases.map(\.rawValue))
  }

  /// Where a proof is required, a line goes live with the gaps that the file accepts, and with no other.
  @Test func aContractGoesLiveWithTheGapsThatTheFileAccepts() async throws {
    let world = try await World()
    #expect(try await refusal(Self.uncovered, in: world) == "assurance.not_backed")
    let half = Self.accepted.replacing("        - {gap: budget, reason: Late only after weekends}\n", with: "")
    #expect(try await refusal(half, in: world) == "assurance.not_backed", "the late starts are nobody's risk")
    #expect(try await world.database.tenancy.tenant(code: "ACME") == nil, "the plan says so, and nothing is done")
    // A draft promises nothing, and is asked for no proof.
    try await world.run(half.replacing("  currency: EUR\n", with: "  state: draft\n  currency: EUR\n")).apply()
    #expect(try await world.contract()["state"] == "draft")

    let plan = try await world.run(Self.accepted).plan()
    for words in [
      "same    accepted risk of line “Servers”: coverage; resolution; Second line", "create  accepted risk of line “Servers”: budget",
      "accepted by who applies the file: Late only after weekends",
    ] {
      #expect(plan.text.contains(words), "\(plan.text)")
    }
    try await world.run(Self.accepted).apply()
    #expect(try await world.contract()["state"] == "active")
    let again = try await world.run(Self.accepted).plan()
    #expect(again.isEmpty, "\(again.text)")
    let coverage = try await risks(world).filter { $0["kind"] == "coverage" }
    #expect(!coverage.isEmpty)
    for risk in coverage {
      #expect(risk["acceptedBy"] == "Jane Roe" && risk["reason"] == "Nobody books at night" && risk["until"] == "2027-01-01T00:00:00Z", "\(risk)")
      #expect(risk["parties"] == .array(["Second line"]), "\(risk)")
    }
    let budget = try #require(try await risks(world).first { $0["kind"] == "budget" })
    #expect(budget["acceptedBy"] == .null && budget["actorKind"] == "operator")
  }

  /// A line that comes to a contract in force is a draft until it is backed; then it begins, and what is left half done is finished by
  /// the next run.
  @Test func anAmendmentAddsALineThatIsBacked() async throws {
    let world = try await World()
    try await world.run(DeliveryFileTests.yaml).apply()
    world.database.clock.advance(seconds: 60)
    let unbacked =
      DeliveryFileTests.yaml + """
            - name: Backup
              sla: Gold
              teams:
                - {team: First line, handling: 15 min}
                - {team: Second line, tier: 2, calendar: Weekdays, handling: 1 h}

        """
    let weekdays = unbacked.replacing("calendars:\n", with: "calendars:\n  - {name: Weekdays, zone: UTC, stock: 5x12}\n")
    #expect(try await refusal(weekdays, in: world) == "assurance.not_backed")
    func lines() async throws -> [String] {
      let listed = try await world.database.call("contract_line.list", ["contract": try await world.contract()["id"] ?? .null], as: world.database.root)
      return (listed["items"]?.array ?? []).map { "\($0["name"]?.text ?? "") \($0["state"]?.text ?? "")" }
    }
    #expect(try await lines() == ["Servers active"], "the plan says so, and nothing is done")
    // A run that stopped before the line began has left the draft.
    let half = try await world.run(weekdays).compared()
    let applying = Applying(world.database.dispatcher, as: world.database.root, .english, from: half.recorded)
    for step in half.steps where !step.needsAll { try await step.act?(applying) }
    #expect(try await lines() == ["Servers active", "Backup draft"])
    #expect(try await !world.export("ACME").contains("Backup"), "an export of it would be in force")

    let accepted =
      weekdays + """
              acceptedRisks:
                - {gap: coverage, reason: Nobody restores at night, by: Jane Roe}
                - {gap: budget, reason: Late only after weekends}

        """
    let plan = try await world.run(accepted).plan()
    #expect(plan.text.contains("line “Backup”") && plan.text.contains("activate"), "\(plan.text)")
    try await world.run(accepted).apply()
    #expect(try await lines() == ["Servers active", "Backup active"])
    let again = try await world.run(accepted).plan()
    #expect(again.isEmpty, "\(again.text)")
  }

  /// Guard: who mistypes whom or what he accepts would accept nothing, and end what is accepted.
  @Test func aRiskThatNamesNothingIsRefused() async throws {
    let world = try await World(isProven: false)
    try await world.run(Self.accepted).apply()
    let before = try await risks(world).count
    world.database.clock.advance(seconds: 60)
    func told(_ part: String, _ other: String) async throws -> String {
      #expect(Self.accepted.contains(part))
      let problems = await #expect(throws: ContractFileProblems.self) { _ = try await world.run(Self.accepted.replacing(part, with: other)).plan() }
      return problems?.text(.english, file: "a.yaml") ?? ""
    }
    let party = try await told("parties: [Second line]", "parties: [Second line, Secnd line]")
    #expect(party.contains("contract.lines[0].acceptedRisks[0].parties[1] “Secnd line”: Nobody of this name"), "\(party)")
    #expect(party.contains("There are: Cloud Ltd Compute, Cloud Ltd Network, First line, Second line."), "\(party)")
    let code = try await told("parties: [Second line]", "parties: [CLOUD Compute]")
    #expect(code.contains("parties[0] “CLOUD Compute”: Nobody of this name"), "the proof names a supplier by its name: \(code)")
    let promise = try await told("promises: [resolution]", "promises: [availability]")
    #expect(
      promise.contains("acceptedRisks[0].promises[0] “availability”: The line promises nothing of this kind. There are: response, resolution."),
      "\(promise)")
    let tickets = try await told("promises: [resolution]", "promises: ['resolution P1 type:request']")
    #expect(tickets.contains("promises[0] “resolution P1 type:request”"), "\(tickets)")
    #expect(try await risks(world).count == before, "nothing was ended")
    // A new contract has no proof yet, and its line says who takes part.
    let other = try await World(isProven: false)
    #expect(
      try await other.problems(Self.accepted.replacing("parties: [Second line]", with: "parties: [Third line]"))
        == ["contract.lines[0].acceptedRisks[0].parties[0] contract_file.no_such_party"])
  }

  /// Two services of a supplier that differ in their region alone: with it a file means the one, without it both.
  @Test func aServiceIsNamedWithItsRegion() async throws {
    let world = try await World(isProven: false)
    let database = world.database
    let supplier = try await database.call("supplier.create", ["code": "TELCO", "name": "Telco SA", "zone": "UTC"], as: database.root)
    for region in ["fr-1", "de-1"] {
      try await database.call(
        "supplier_service.add", ["supplier": supplier["id"] ?? .null, "name": "WAN", "region": .text(region)], as: database.root)
    }
    let wide =
      DeliveryFileTests.yaml + """
                - {supplier: TELCO, service: WAN fr-1}
                - {supplier: TELCO, service: WAN de-1}
              acceptedRisks:
                - {gap: agreement, parties: [PARTY], reason: Nothing is agreed yet}

        """
    let one = wide.replacing("PARTY", with: "Telco SA WAN fr-1")
    try await world.run(one).apply()
    #expect(try await world.run(one).plan().isEmpty)
    func accepted() async throws -> Set<String> { Set(try await risks(world).flatMap { ($0["parties"]?.array ?? []).compactMap(\.text) }) }
    #expect(try await accepted() == ["Telco SA WAN fr-1"])
    database.clock.advance(seconds: 60)
    let both = wide.replacing("PARTY", with: "Telco SA WAN")
    try await world.run(both).apply()
    #expect(try await world.run(both).plan().isEmpty)
    #expect(try await accepted() == ["Telco SA WAN fr-1", "Telco SA WAN de-1"])
    let exported = try await world.export("ACME")
    #expect(exported.contains("Telco SA WAN de-1"), "\(exported)")
    #expect(try await world.run(exported).plan().isEmpty)
    #expect(
      try await world.problems(wide.replacing("PARTY", with: "Telco SA WAN fr-2"))
        == ["contract.lines[0].acceptedRisks[0].parties[0] contract_file.no_such_party"])
  }

  /// Who is refused as a proof is required learns that it is, by which lines, and how to go on.
  @Test func howToGoOnIsToldWhereAProofIsRequired() async throws {
    let world = try await World()
    let problems = await #expect(throws: ContractFileProblems.self) { _ = try await world.run(Self.uncovered).plan() }
    let text = problems?.text(.english, file: "a.yaml") ?? ""
    for words in [
      "The proof of this contract is required", "under acceptedRisks of the line, with the reason", "state: draft", "contract.lines[0] (line “Servers”): ",
    ] {
      #expect(text.contains(words), "\(words) in\n\(text)")
    }
  }

  @Test func whatIsAcceptedIsExportedAndAppliedTheSame() async throws {
    let world = try await World(isProven: false)
    try await world.run(Self.accepted).apply()
    let exported = try await world.export("ACME")
    for part in ["acceptedRisks:", "gap: coverage", "by: Jane Roe", "resolution P1", "reason: Late only after weekends"] {
      #expect(exported.contains(part), "\(part) in\n\(exported)")
    }
    let plan = try await world.run(exported).plan()
    #expect(plan.isEmpty, "\(plan.text)")
    let other = try await World()
    try await other.run(exported).apply()
    #expect(try await other.export("ACME") == exported)
  }

  /// What the file accepts on other terms ends and is accepted on these; what it does not accept any more is open again.
  @Test func theFileIsAllThatIsAccepted() async throws {
    let world = try await World(isProven: false)
    try await world.run(Self.accepted).apply()
    world.database.clock.advance(seconds: 60)
    let others = Self.accepted.replacing("reason: Nobody books at night", with: "reason: A guard is on call")
    let change = try await world.run(others).plan()
    for words in ["end     accepted risk of line “Servers”", "accepted by Jane Roe: A guard is on call", "no longer accepted from 1 January 2027"] {
      #expect(change.text.contains(words), "\(change.text)")
    }
    #expect(!change.text.contains("Late only after weekends"), "\(change.text)")
    try await world.run(others).apply()
    #expect(try await world.run(others).plan().isEmpty)
    #expect(try await risks(world).contains { $0["reason"] == "A guard is on call" })
    // A file that does not speak of risks leaves them.
    #expect(try await world.run(Self.uncovered).plan().isEmpty)
    try await world.run(Self.uncovered + "      acceptedRisks: []\n").apply()
    #expect(try await risks(world).isEmpty)
    let open = try await world.database.call("proof.open", [:], as: world.database.root)
    #expect(open["items"]?.array?.count == 1)
  }

  /// What a promise does not say may be anything; what it says is just that.
  @Test(arguments: [
    ("resolution", ["resolution P1", "resolution P3 type:request"], ["response P1"]),
    ("resolution P1", ["resolution P1", "resolution P1 type:request service:ERP"], ["resolution P2", "resolution P2 type:request"]),
    ("resolution type:request", ["resolution P1 type:request", "resolution P2 type:request tier:gold"], ["resolution P1", "resolution P1 type:incident"]),
    ("resolution tier:gold P1", ["resolution P1 service:ERP tier:gold"], ["resolution P1 service:ERP", "resolution P2 tier:gold"]),
  ])
  func aPromiseIsForWhatItNames(said: String, covered: [String], others: [String]) async throws {
    let world = try await World(isProven: false)
    _ = try world.run(Self.accepted.replacing("promises: [resolution]", with: "promises: ['\(said)']"))
    let risk = FileRisk(gap: "coverage", promises: [said], parties: nil, reason: "Known", by: nil, until: nil)
    for promise in covered { #expect(risk.covers(kind: "coverage", promised: [promise], of: []), "\(promise)") }
    for promise in others { #expect(!risk.covers(kind: "coverage", promised: [promise], of: []), "\(promise)") }
    #expect(!risk.covers(kind: "coverage", promised: covered + others, of: []), "a gap that is in more")
  }

  /// Who has applied a file is told what of it nobody backs.
  @Test func whatIsNotBackedIsToldAfterwards() async throws {
    let world = try await World(isProven: false)
    func backing(_ yaml: String, _ language: Language = .english) async throws -> [String] {
      let run = try ContractFileRun(yaml: yaml, dispatcher: world.database.dispatcher, as: world.database.root, language)
      try await run.apply(try await run.plan())
      return try await run.backing()
    }
    let alone = try await backing(try ContractFileTests.example("office-hours-5x8"))
    #expect(alone == ["“Workplace support”: nobody is named yet who keeps its promises: write teams and suppliers into the file."])
    #expect(try await backing(try ContractFileTests.example("per-device"), .chinese).first?.hasSuffix("请在文件中填写 teams 与 suppliers。") ?? false)
    let premium = try await backing(try ContractFileTests.example("premium-24x7"))
    #expect(premium == ["“Service desk and incident management”: teams and suppliers back every promise, or the gap is accepted."])
    let open = try await backing(Self.uncovered)
    #expect(open.first?.hasPrefix("“Servers”: ") ?? false && open.first?.hasSuffix(" gaps in what backs its promises:") ?? false, "\(open)")
    #expect(open.count > 1 && open.dropFirst().allSatisfy { $0.hasPrefix("    ") }, "\(open)")
  }

  @Test func aRiskSaysWhatItIsAbout() async throws {
    let world = try await World(isProven: false)
    for (part, other, path) in [
      ("gap: budget", "gap: holes", "gap"), ("promises: [resolution]", "promises: [resolution P10]", "promises[0]"),
      ("promises: [resolution]", "promises: [Resolution now]", "promises[0]"), ("promises: [resolution]", "promises: [resolution P1 P2]", "promises[0]"),
      ("promises: [resolution]", "promises: [resolution type:order]", "promises[0]"),
      ("promises: [resolution]", "promises: ['resolution tier:']", "promises[0]"),
    ] {
      do {
        _ = try world.run(Self.accepted.replacing(part, with: other))
        Issue.record("\(other) is accepted")
      } catch let problems as ContractFileProblems {
        let paths = problems.problems.map(\.path)
        #expect(!paths.isEmpty && paths.allSatisfy { $0.hasPrefix("contract.lines[0].acceptedRisks[") && $0.hasSuffix(path) }, "\(paths)")
      }
    }
  }
}
