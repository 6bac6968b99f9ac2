import Catalog
import Contracts
import Foundation
import Jobs
import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

@testable import ContractFiles

/// Files against PostgreSQL, through the dispatcher.
@Suite struct ContractFileTests {
  private struct World {
    let database: TestDatabase

    init(catalogue: Bool = false) async throws {
      database = try await TestDatabase.make(DeliveryFileTests.modules + (catalogue ? [CatalogModule.self] : []))
    }

    func run(_ yaml: String, as principal: Principal? = nil, _ language: Language = .english) throws -> ContractFileRun {
      try ContractFileRun(yaml: yaml, dispatcher: database.dispatcher, as: principal ?? database.root, language)
    }

    func contract(of code: String) async throws -> Value {
      let customer = try #require(try await database.tenancy.tenant(code: code))
      let listed = try await database.call("contract.list", ["customer": .id(customer.publicId)], as: database.root)
      let id = listed["items"]?.array?.first?["id"] ?? .null
      return try await database.call("contract.read", ["id": id, "asOf": "2999-01-01T00:00:00Z"], as: database.root)
    }

    /// The problems of a file, as `line path key`.
    func problems(_ yaml: String) async throws -> [String] {
      do {
        _ = try await run(yaml).plan()
        return ["accepted"]
      } catch let problems as ContractFileProblems {
        return problems.problems.map { "\($0.line ?? 0) \($0.path) \($0.message.key)" }
      }
    }
  }

  static let examples = ["premium-24x7", "office-hours-5x8", "per-device"]

  static func example(_ name: String) throws -> String {
    try String(contentsOf: RealData.packageRoot.appending(path: "docs/contracts/\(name).yaml"), encoding: .utf8)
  }

  @Test(arguments: examples) func anExampleIsAppliedOnce(name: String) async throws {
    let world = try await World()
    let yaml = try Self.example(name)
    let plan = try await world.run(yaml).plan()
    #expect(plan.steps.allSatisfy { $0.kind == .create || $0.details == ["activate"] }, "\(plan.text)")
    try await world.run(yaml).apply()
    let again = try await world.run(yaml).plan()
    #expect(again.isEmpty, "\(again.text)")
    #expect(again.text.hasSuffix("Nothing to do."))
    #expect(try await world.run(yaml).apply().isEmpty)
    for language in Language.allCases { #expect(!(try await world.run(yaml, as: nil, language).plan()).text.isEmpty) }
  }

  @Test func theContractIsWhatTheFileSays() async throws {
    let world = try await World()
    try await world.run(Self.example("per-device")).apply()
    let contract = try await world.contract(of: "TIANHEPM")
    #expect(contract["state"] == "active" && contract["zone"] == "Asia/Shanghai" && contract["startsAt"] == "2025-12-31T16:00:00Z")
    #expect(contract["noticeMonths"] == 3 && contract["endsAt"] == .null)
    let lines = contract["lines"]?.array ?? []
    #expect(lines.map { $0["name"] } == ["台式机与笔记本", "管理层支持"])
    #expect(lines[0]["units"]?.array?.count == 2 && lines[0]["quantity"] == 240 && lines[0]["monthlyFee"] == .decimal("10800.00"))
    #expect(lines[0]["exclusionsEn"] == "Devices older than six years.")
    #expect(lines[1]["persons"]?.array?.count == 1)
    #expect(lines[1]["targets"]?.array?.count == 10)
  }

  @Test func anAmendmentIsShownInWordsAndHoldsFromItsDay() async throws {
    let world = try await World()
    let yaml = try Self.example("office-hours-5x8")
    try await world.run(yaml).apply()
    let amended =
      yaml.replacingOccurrences(of: "priorities: [1, 2], within: 1 h,", with: "priorities: [1, 2], within: 30 min,")
      .replacingOccurrences(of: "monthlyFee: 1250.00", with: "monthlyFee: 1400\n      quantity: 40\n      quantityUnit: user")
      .replacingOccurrences(of: "notice: 60 days", with: "notice: 3 months").replacingOccurrences(of: "ends: 2027-03-15", with: "ends: 2028-03-15")
        + """
            - name: Backup
              sla: Office hours
        validFrom: 2026-07-01

        """
    let plan = try await world.run(amended).plan()
    let words = plan.text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    for expected in [
      "change  SLA “Office hours”, from 1 July 2026", "response P1 from 1 h to 30 min", "response P2 from 1 h to 30 min",
      "end of the term from 15 March 2027 to 15 March 2028", "notice from 60 days to 3 months", "monthly fee from EUR 1,250.00 to EUR 1,400.00",
      "quantity 40 user", "create  line “Backup”, from 1 July 2026", "1 to create, 3 to change, 0 to end.",
    ] {
      #expect(words.contains(expected), "\(expected) in\n\(plan.text)")
    }
    try await world.run(amended).apply()
    #expect(try await world.run(amended).plan().isEmpty)
    let contract = try await world.contract(of: "LUMENARC")
    #expect(contract["validFrom"] == "2026-06-30T22:00:00Z")
    #expect(contract["lines"]?.array?.map { $0["validFrom"] } == ["2026-06-30T22:00:00Z", "2026-06-30T22:00:00Z"])
    // What the file does not name any more ends.
    let shorter = try #require(amended.components(separatedBy: "    - name: Backup").first) + "validFrom: 2026-08-01\n"
    let ending = try await world.run(shorter).plan()
    #expect(ending.text.contains("end     line “Backup”, from 1 August 2026"), "\(ending.text)")
    try await world.run(shorter).apply()
    #expect(try await world.run(shorter).plan().isEmpty)
    #expect(try await world.contract(of: "LUMENARC")["lines"]?.array?.map { $0["state"] } == ["active", "ended"])
  }

  /// Stopped before each of its calls that write, a run is finished by the next one, and nothing is there twice.
  @Test func aRunThatStoppedHalfWayIsFinishedByTheNext() async throws {
    let yaml = try Self.example("premium-24x7")
    let world = try await World()
    let full = try await world.run(yaml).plan().steps.filter { $0.act != nil }.count
    var applied = 0
    while applied < full {
      // One more step at a time: the plan shrinks by what is there.
      let plan = try await world.run(yaml).plan()
      let steps = plan.steps.filter { $0.act != nil }
      #expect(steps.count == full - applied, "\(plan.text)")
      try await steps.first?.act?(Applying(world.database.dispatcher, as: world.database.root, .english, from: plan.recorded))
      applied += 1
    }
    #expect(try await world.run(yaml).plan().isEmpty)
    let contract = try await world.contract(of: "NORTHCLIN")
    #expect(contract["state"] == "active" && contract["lines"]?.array?.count == 1)
  }

  @Test func whatIsWrongIsToldByLineFieldAndValue() async throws {
    let world = try await World()
    let yaml = try Self.example("office-hours-5x8")
    func line(_ part: String) throws -> Int {
      try #require(yaml.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains(part) }) + 1
    }
    func broken(_ part: String, _ replacement: String) async throws -> [String] {
      #expect(yaml.contains(part))
      return try await world.problems(yaml.replacingOccurrences(of: part, with: replacement))
    }
    #expect(
      try await broken("zone: Europe/Paris\n  language", "zone: Paris\n  language") == ["\(try line("zone: Europe/Paris")) customer.zone contract_file.zone"])
    #expect(try await broken("    sla: Office hours", "    sla: Gold") == ["\(try line("    sla: Office")) contract.lines[0].sla contract_file.unknown_name"])
    #expect(try await broken("monthlyFee: 1250.00", "monthlyFee: 1250.001") == ["\(try line("monthlyFee")) contract.lines[0].monthlyFee contract_file.amount"])
    #expect(try await broken("monthlyFee:", "monthlyfee:") == ["\(try line("monthlyFee")) contract.lines[0].monthlyfee contract_file.unknown_key"])
    #expect(try await broken("renewal: manual", "renewal: perhaps") == ["\(try line("renewal: manual")) contract.renewal input.choice"])
    #expect(try await broken("within: 8 h,", "within: 8 weeks,") == ["\(try line("within: 8 h")) slas[0].targets[2].within contract_file.duration"])
    // A number is no time: it has no unit.
    #expect(try await broken("within: 8 h,", "within: 8,") == ["\(try line("within: 8 h")) slas[0].targets[2].within contract_file.duration"])
    #expect(try await broken("notice: 60 days", "notice: 60") == ["\(try line("notice: 60")) contract.notice contract_file.notice"])
    #expect(try await broken("units: [Lyon]", "units: [Lille]") == ["\(try line("units: [Lyon]")) contract.lines[0].units[0] contract_file.unknown_name"])
    #expect(
      try await broken("mon: [[08:30, 12:30]", "mon: [[12:30, 08:30]") == ["\(try line("mon: [[08:30")) calendars[0].week.mon[0] calendar.opening_order"])
    #expect(try await broken("    - {person: claire@lumen.example, role: billing}", "    - {person: paul, role: billing}").count == 1)
    #expect(try await broken("customer:\n", "customer: {}\nclient:\n").count > 1, "all of it is told at once")
    #expect(try await world.problems("customer: [") == ["0  contract_file.not_yaml"])
    #expect(try await world.problems("") == ["0  contract_file.empty"])
    #expect(try await world.problems("customer: {code: A1, code: A2}") == ["0  contract_file.not_yaml"], "a key twice")
    #expect(try await world.problems("a: &a [x, x, x, x, x, x, x, x, x]\n" + Self.bomb) == ["0  contract_file.too_large"])

    let problems = await #expect(throws: ContractFileProblems.self) {
      _ = try await world.run(yaml.replacingOccurrences(of: "    sla: Office hours", with: "    sla: Gold")).plan()
    }
    #expect(
      problems?.text(.english, file: "acme.yaml")
        == "acme.yaml:\(try line("    sla: Office")): contract.lines[0].sla “Gold”: Neither the file nor Steward has this. There are: Office hours.")
    #expect(try await world.database.tenancy.tenant(code: "LUMENARC") == nil, "nothing was done")
  }

  /// What only the catalogue and the list of tiers know is told by the plan, before anything is done.
  @Test func aTargetForWhatThereIsNotIsToldByThePlan() async throws {
    let world = try await World(catalogue: true)
    let yaml = try Self.example("office-hours-5x8")
    let first = "priorities: [1, 2], within: 1 h,"
    let lines = yaml.split(separator: "\n", omittingEmptySubsequences: false)
    let number = try #require(lines.firstIndex { $0.contains(first) }) + 1
    let broken = yaml.replacingOccurrences(of: first, with: "services: [NONE], ciTiers: [gold, brass], " + first)
    #expect(
      try await world.problems(broken) == [
        "\(number) slas[0].targets[0].services[0] contract_file.not_in_catalogue",
        "\(number) slas[0].targets[0].ciTiers[1] contract_file.unknown_name",
      ])
    #expect(try await world.database.tenancy.tenant(code: "LUMENARC") == nil, "nothing was done")
  }

  /// A line of a new contract names no SLA that is retired.
  @Test func aRetiredSlaIsToldByThePlan() async throws {
    let world = try await World()
    let yaml = try Self.example("office-hours-5x8")
    try await world.run(yaml).apply()
    let sla = try await world.database.call(
      "sla.create",
      [
        "name": "Old",
        "targets": .array([.object(["metric": "availability", "objective": "99"])]),
      ], as: world.database.root)
    _ = try await world.database.call("sla.retire", ["id": sla["id"] ?? .null], as: world.database.root, version: sla["version"]?.integer)
    let problems = try await world.problems(yaml.replacingOccurrences(of: "    sla: Office hours", with: "    sla: Old"))
    #expect(problems.map { $0.split(separator: " ").dropFirst().joined(separator: " ") } == ["contract.lines[0].sla sla.retired"])
  }

  private static let bomb = (1...9).map { level in
    "\(Character(UnicodeScalar(UInt8(97 + level)))): &\(Character(UnicodeScalar(UInt8(97 + level)))) ["
      + Array(repeating: "*\(Character(UnicodeScalar(UInt8(96 + level))))", count: 9).joined(separator: ", ") + "]\n"
  }.joined()

  // MARK: What others did

  private func sweep(_ world: World, at text: String) async throws {
    world.database.clock.set(try #require(Instant(text)))
    try await PartitionSweep().run(at: world.database.clock.now(), world.database.tenancy)
    try await RenewalSweep().run(at: world.database.clock.now(), world.database.tenancy)
  }

  private func renewal(_ world: World) async throws -> Value {
    let listed = try await world.database.call("renewal.list", ["state": "all"], as: world.database.root)
    return listed["items"]?.array?.first?["id"] ?? .null
  }

  @Test func aFileThatDoesNotKnowOfARenewalDoesNotUndoIt() async throws {
    let world = try await World()
    let yaml = try Self.example("office-hours-5x8")
    let database = world.database
    try await world.run(yaml).apply()
    try await sweep(world, at: "2026-12-01T00:00:00Z")
    let id = try await renewal(world)
    _ = try await database.call("renewal.decide", ["id": id, "decision": "renew"], as: database.root, version: 1)
    #expect(try await world.run(yaml).plan().isEmpty, "decided, and not done")
    _ = try await database.call("renewal.complete", ["id": id], as: database.root, version: 2)
    let problems = await #expect(throws: ContractFileProblems.self) { try await world.run(yaml).apply() }
    #expect(problems?.problems.map { "\($0.path) \($0.message.key)" } == ["contract.ends contract_file.renewed"])
    #expect(
      problems?.text(.english, file: "l.yaml").contains("The contract was renewed until 2028-03-15; put it into the file: ends: 2028-03-15") == true)
    #expect(try await world.contract(of: "LUMENARC")["endsAt"] == "2028-03-14T23:00:00Z")
    #expect(try await world.run(yaml.replacingOccurrences(of: "ends: 2027-03-15", with: "ends: 2028-03-15")).plan().isEmpty)
    // Another end is an amendment like any other.
    #expect(try await world.problems(yaml.replacingOccurrences(of: "ends: 2027-03-15", with: "ends: 2027-09-15")) == ["accepted"])
  }

  @Test func aFileThatDoesNotKnowOfADeclineDoesNotUndoIt() async throws {
    let world = try await World()
    let yaml = try Self.example("per-device")
    let database = world.database
    try await world.run(yaml).apply()
    try await sweep(world, at: "2026-08-01T00:00:00Z")
    let id = try await renewal(world)
    _ = try await database.call("renewal.decide", ["id": id, "decision": "decline"], as: database.root, version: 1)
    func problems(_ yaml: String) async throws -> [String] {
      try await world.problems(yaml).map { $0.split(separator: " ").dropFirst().joined(separator: " ") }
    }
    #expect(try await problems(yaml) == ["contract.ends contract_file.declined"])
    let edited = yaml.replacingOccurrences(of: "  starts: 2026-01-01\n", with: "  starts: 2026-01-01\n  ends: 2027-01-01\n")
    #expect(try await world.run(edited).plan().isEmpty)
    database.clock.advance(seconds: 60)
    _ = try await database.call("renewal.decide", ["id": id, "decision": "renew"], as: database.root, version: 2)
    #expect(try await problems(edited) == ["contract.ends contract_file.goes_on"])
    #expect(try await world.run(yaml).plan().isEmpty)
  }

  /// A later end renews what was not to be renewed: the plan says so.
  @Test func aFileThatProlongsADeclinedContractSaysSo() async throws {
    let world = try await World()
    let yaml = try Self.example("office-hours-5x8")
    try await world.run(yaml).apply()
    try await sweep(world, at: "2026-12-01T00:00:00Z")
    let id = try await renewal(world)
    _ = try await world.database.call("renewal.decide", ["id": id, "decision": "decline"], as: world.database.root, version: 1)
    #expect(try await world.run(yaml).plan().isEmpty)
    world.database.clock.advance(seconds: 60)
    let longer = try await world.run(yaml.replacingOccurrences(of: "ends: 2027-03-15", with: "ends: 2028-03-15")).plan()
    #expect(longer.text.contains("Beware: the renewal was declined, and the contract was to end on 15 March 2027"), "\(longer.text)")
    let shorter = try await world.run(yaml.replacingOccurrences(of: "ends: 2027-03-15", with: "ends: 2027-02-15")).plan()
    #expect(!shorter.text.contains("Beware: the renewal was declined"), "\(shorter.text)")
  }

  /// What is applied is what was shown.
  @Test func whatChangedSinceThePlanWasShownStopsIt() async throws {
    let world = try await World()
    let yaml = try Self.example("office-hours-5x8")
    try await world.run(yaml).apply()
    let run = try world.run(yaml.replacingOccurrences(of: "notice: 60 days", with: "notice: 90 days"))
    let plan = try await run.plan()
    world.database.clock.advance(seconds: 60)
    let contract = try await world.contract(of: "LUMENARC")
    _ = try await world.database.call(
      "contract.change", ["id": contract["id"] ?? .null, "noticeMonths": 6], as: world.database.root, version: contract["version"]?.integer)
    let problems = await #expect(throws: ContractFileProblems.self) { try await run.apply(plan) }
    #expect(problems?.failure?.message.key == "contract_file.changed_since")
    #expect(problems?.text(.english, file: "l.yaml").contains("changed since the plan was shown") == true)
    #expect(try await world.contract(of: "LUMENARC")["noticeMonths"] == 6)
  }

  // MARK: Names that are not clear

  @Test func aPersonIsTheSameByNameAndByAddress() async throws {
    let world = try await World()
    let yaml = try Self.example("office-hours-5x8")
    try await world.run(yaml).apply()
    let byName = yaml.replacingOccurrences(of: ", email: claire@lumen.example", with: "")
      .replacingOccurrences(of: "{person: claire@lumen.example,", with: "{person: Claire Fontaine,")
    #expect(try await world.run(byName).plan().isEmpty)
    let amended = byName.replacingOccurrences(of: "role: billing", with: "role: technical")
    try await world.run(amended).apply()
    #expect(try await world.run(amended).plan().isEmpty)

    let customer = try #require(try await world.database.tenancy.tenant(code: "LUMENARC"))
    _ = try await world.database.call("person.add", ["customer": .id(customer.publicId), "name": "Claire Fontaine"], as: world.database.root)
    let keys = try await world.problems(byName).map { $0.split(separator: " ").dropFirst().joined(separator: " ") }
    #expect(keys.contains("people[0].name contract_file.several_persons") && keys.contains("contract.contacts[0].person contract_file.several_persons"))
    #expect(try await world.problems(yaml) == ["accepted"], "the address is clear")
  }

  /// Guard: without those who have left, a file that nobody changed would make them anew, and could not be applied any more.
  @Test func whoHasLeftIsNotMadeAnew() async throws {
    let world = try await World()
    let (database, yaml) = (world.database, try Self.example("office-hours-5x8"))
    try await world.run(yaml).apply()
    let customer = try #require(try await database.tenancy.tenant(code: "LUMENARC"))
    let people = try await database.call("person.list", ["customer": .id(customer.publicId)], as: database.root)["items"]?.array ?? []
    let claire = try #require(people.first { $0["email"] == "claire@lumen.example" })
    try await database.call(
      "person.change", ["id": claire["id"] ?? .null, "left": .bool(true)], as: database.root, version: claire["version"]?.integer)
    let plan = try await world.run(yaml).plan()
    #expect(plan.isEmpty && plan.text.components(separatedBy: "Claire Fontaine has left (since ").count == 3, "both of her roles: \(plan.text)")
    let exported = try await ContractExport(dispatcher: database.dispatcher, as: database.root, .english).yaml(customer: "LUMENARC", contract: nil)
    #expect(exported.contains("claire@lumen.example"))
    #expect(try await world.run(exported).plan().isEmpty)
    // A name means who is there, before who has left.
    try await database.call("person.add", ["customer": "LUMENARC", "name": "Claire Fontaine", "unit": claire["unit"] ?? .null], as: database.root)
    let keys = try await world.problems(yaml.replacingOccurrences(of: ", email: claire@lumen.example", with: "")).map {
      $0.split(separator: " ").last ?? ""
    }
    #expect(!keys.contains("contract_file.several_persons"))
  }

  /// Guard: an address of the time before addresses were checked would be refused, and the customer's file with it.
  @Test func anOldAddressThatIsRecordedIsNoObstacle() async throws {
    let world = try await World()
    let (database, yaml) = (world.database, try Self.example("office-hours-5x8"))
    try await world.run(yaml).apply()
    try await database.runAsSuperuser("update tenancy.person set email = 'claire@intranet' where email = 'claire@lumen.example'")
    let old = yaml.replacingOccurrences(of: "claire@lumen.example", with: "claire@intranet")
    #expect(try await world.run(old).plan().isEmpty)
    let new = yaml.replacingOccurrences(of: "claire@lumen.example", with: "kim@intranet")
    #expect(try await world.problems(new).first?.hasSuffix("people[0].email input.email") == true)
  }

  @Test func theContractOfANameIsTheOneThatIsNotOver() async throws {
    let world = try await World()
    let yaml = try Self.example("office-hours-5x8")
    try await world.run(yaml).apply()
    let customer = try #require(try await world.database.tenancy.tenant(code: "LUMENARC"))
    let first = try await world.contract(of: "LUMENARC")
    _ = try await world.database.call(
      "contract.create", ["customer": .id(customer.publicId), "name": "Office support", "currency": "EUR", "startsAt": "2026-04-01T00:00:00Z"],
      as: world.database.root)
    #expect(try await world.problems(yaml).map { $0.hasSuffix("contract.name contract_file.several_contracts") } == [true])
    world.database.clock.advance(seconds: 3600)
    // It begins in two weeks, and so does its newest version.
    _ = try await world.database.call(
      "contract.change", ["id": first["id"] ?? .null, "event": "end", "validFrom": "2026-04-01T00:00:00Z"], as: world.database.root,
      version: first["version"]?.integer)
    #expect(try await world.problems(yaml) == ["accepted"])
  }

  /// What only the server can know is told by its place in the file too, before anything is done.
  @Test func whatTheServerRefusesIsToldByItsPlaceInTheFile() async throws {
    let world = try await World()
    let yaml = try Self.example("office-hours-5x8")
    try await world.run(yaml).apply()
    let first = yaml.replacingOccurrences(of: "monthlyFee: 1250.00", with: "monthlyFee: 1300.00") + "validFrom: 2026-09-01\n"
    try await world.run(first).apply()
    let earlier = yaml.replacingOccurrences(of: "monthlyFee: 1250.00", with: "monthlyFee: 1350.00") + "validFrom: 2026-08-01\n"
    let problems = await #expect(throws: ContractFileProblems.self) { try await world.run(earlier).apply() }
    #expect(problems?.problems.map(\.message.key) == ["version.not_later_than_planned"])
    #expect(problems?.problems.first?.path == "validFrom" && problems?.problems.first?.arguments["newest"] == "2026-09-01")
    #expect(problems?.stoppedAt == nil)
    #expect(problems?.text(.english, file: "l.yaml").contains("validFrom “2026-08-01” (line “Workplace support”): ") == true, "\(String(describing: problems))")
    // Without a day it is told by what it would be for.
    let now = yaml.replacingOccurrences(of: "monthlyFee: 1250.00", with: "monthlyFee: 1350.00")
    let untimed = await #expect(throws: ContractFileProblems.self) { try await world.run(now).plan() }
    #expect(untimed?.problems.map(\.path) == ["contract.lines[0]"] && untimed?.text(.english, file: "l.yaml").contains("contract_line.withdraw") == true)

    let finance = try await world.database.staff(.finance)
    await expectFailure(.denied) { try await world.run(first, as: finance).plan() }
  }

  @Test(arguments: [
    ("15 min", Budget.seconds(900)), ("4 h", .seconds(14_400)), ("1 h 30 min", .seconds(5400)), ("90 s", .seconds(90)), ("0 min", .seconds(0)),
    ("2 business days", .businessDays(2)), ("1 business day", .businessDays(1)), ("72 Hours", .seconds(259_200)),
  ])
  func timesAreRead(text: String, budget: Budget) { #expect(WrittenTime.budget(text) == budget) }

  @Test(arguments: ["", "15", "min", "15 fortnights", "-5 min", "1 h 30", "9999999999999999999 s", "315360001 s", "1001 business days", "2 business weeks"])
  func otherTimesAreRefused(text: String) { #expect(WrittenTime.budget(text) == nil) }

  @Test func scalarsAreWhatTheyLookLike() throws {
    let document = try YAMLDocument("a: 08:00\nb: no\nc: 012\nd: 12\ne: '12'\nf: 1.50\ng: true\nh: ~\ni:\n  - x\n  - {y: z}\n")
    #expect(
      document.value
        == .object([
          "a": "08:00", "b": "no", "c": "012", "d": 12, "e": "12", "f": .decimal("1.50"), "g": .bool(true), "h": .null,
          "i": .array(["x", .object(["y": "z"])]),
        ]))
    #expect(document.line(of: "d") == 4 && document.line(of: "i[1].y") == 11 && document.line(of: "i[1].missing") == 11)
    #expect(document.text(at: "i[1].y") == "z" && document.text(at: "f") == "1.50" && document.text(at: "i") == nil)
  }
}

extension ContractFileRun {
  /// Plans, and applies that plan.
  @discardableResult
  func apply() async throws -> ContractPlan {
    let plan = try await plan()
    try await apply(plan)
    return plan
  }
}
