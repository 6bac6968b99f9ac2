import Contracts
import Kernel
import Operations
import TestSupport
import Testing

@testable import ContractFiles

/// What a plan tells before anything is done.
@Suite struct PlanTests {
  private typealias World = DeliveryFileTests.World

  private func example() throws -> String { try ContractFileTests.example("office-hours-5x8") }

  private func problems(_ world: World, _ yaml: String) async throws -> [String] { try await world.problems(yaml) }

  private func calendar(_ world: World) async throws -> Value {
    let listed = try await world.database.call("calendar.list", [:], as: world.database.root)
    let id = listed["items"]?.array?.first { $0["name"] == "Lyon office hours" }?["id"] ?? .null
    return try await world.database.call("calendar.read", ["id": id, "asOf": "2999-01-01T00:00:00Z"], as: world.database.root)
  }

  // MARK: What an operation would refuse

  /// Whatever the operations check of their input, and what only the database knows, is told by the plan: nothing is half done.
  @Test(arguments: [
    ("code: LUMENARC", "code: lumen-arc", ["customer.code customer.bad_code"]),
    ("claire@lumen.example", "claire", ["people[0].email input.email"]),
    ("currency: EUR", "currency: ZZZ", ["contract.currency contract_file.currency"]),
    ("mon: [[08:30, 12:30], [13:30, 17:30]]", "mon: [[08:30, 12:30], [12:00, 17:30]]", ["calendars[0].week.mon[1] contract_file.openings_overlap"]),
    ("within: 8 h,", "within: 8 h, warnAt: [80, 50],", ["slas[0].targets[2].warnAt sla.warn_order"]),
  ])
  func whatAnOperationWouldRefuseIsToldByThePlan(part: String, other: String, expected: [String]) async throws {
    let world = try await World(isProven: false)
    let yaml = try example()
    #expect(yaml.contains(part))
    let told = try await problems(world, yaml.replacing(part, with: other))
    #expect(told.prefix(1) == expected[...], "\(told)")
    #expect(try await world.database.tenancy.tenant(code: "LUMENARC") == nil, "nothing was done")
  }

  /// Nothing of what is tried stays, not even what counts.
  @Test func aPlanLeavesNothing() async throws {
    let world = try await World(isProven: false)
    let before = try await world.database.call("audit.list", ["limit": 200], as: world.database.root)["items"]?.array?.count
    for _ in 0..<2 { #expect(!(try await world.run(example()).plan()).isEmpty) }
    let after = try await world.database.call("audit.list", ["limit": 200], as: world.database.root)["items"]?.array?.count
    #expect(before == after && before != nil)
    try await world.run(example()).apply()
    let customer = try #require(try await world.database.tenancy.tenant(code: "LUMENARC"))
    let contracts = try await world.database.call("contract.list", ["customer": .id(customer.publicId)], as: world.database.root)
    #expect(contracts["items"]?.array?.map { $0["number"] ?? .null } == ["LUMENARC-CON-000001"])
  }

  @Test func anSlaThatIsPlannedIsWithdrawnAndChangedSooner() async throws {
    let world = try await World(isProven: false)
    let yaml = try example()
    try await world.run(yaml).apply()
    world.database.clock.advance(seconds: 60)
    let faster = yaml.replacing("priorities: [1, 2], within: 1 h,", with: "priorities: [1, 2], within: 30 min,")
    try await world.run(faster + "validFrom: 2030-01-01\n").apply()
    // Unedited but for the day it says "from now", and holds from 2030: the plan tells so.
    let same = try await world.run(faster).plan()
    #expect(same.isEmpty && same.text.contains("It holds so only from 1 January 2030") && same.text.contains("sla.withdraw"), "\(same.text)")
    let other = yaml.replacing("priorities: [1, 2], within: 1 h,", with: "priorities: [1, 2], within: 45 min,")
    #expect(try await problems(world, other) == ["slas[0] version.not_later_than_planned"])
    #expect(try await problems(world, other + "validFrom: 2026-07-01\n") == ["validFrom version.not_later_than_planned"])
    let sla = try #require(
      try await world.database.call("sla.list", [:], as: world.database.root)["items"]?.array?.first { $0["name"] == "Office hours" })
    _ = try await world.database.call(
      "sla.withdraw", ["id": sla["id"] ?? .null, "reason": "Too far ahead"], as: world.database.root, version: sla["version"]?.integer)
    try await world.run(other + "validFrom: 2026-07-01\n").apply()
    #expect(try await world.run(other + "validFrom: 2026-07-01\n").plan().isEmpty)
  }

  /// Who may do a part of it only is told so before that part is done.
  @Test func whoMayNotDoAllOfItIsToldByThePlan() async throws {
    let world = try await World(isProven: false)
    let yaml = try example()
    try await world.run(yaml).apply()
    world.database.clock.advance(seconds: 60)
    let customer = try #require(try await world.database.tenancy.tenant(code: "LUMENARC"))
    let narrow = try await world.database.staff(.accountManager, for: [customer])
    func plan(_ yaml: String) async throws -> ContractPlan {
      try await ContractFileRun(yaml: yaml, dispatcher: world.database.dispatcher, as: narrow, .english).plan()
    }
    let dearer = yaml.replacing("monthlyFee: 1250.00", with: "monthlyFee: 1300.00")
    #expect(try await !plan(dearer).isEmpty)
    // An SLA is everybody's, and only who serves all revises it.
    await expectFailure(.denied) { try await plan(dearer.replacing("within: 8 h,", with: "within: 6 h,")) }
  }

  // MARK: Holiday sets

  @Test func aCalendarsHolidaySetsAreInTheFile() async throws {
    let world = try await World(isProven: false)
    let database = world.database
    for (name, day) in [("France", "2026-11-11"), ("Works", "2026-08-14")] {
      _ = try await database.call(
        "holiday_set.create", ["name": .text(name), "days": .array([.object(["date": .text(day)])])], as: database.root)
    }
    let yaml = try example()
    let observing = yaml.replacing("    zone: Europe/Paris\n    week:", with: "    zone: Europe/Paris\n    holidaySets: [France]\n    week:")
    let plan = try await world.run(observing).plan()
    #expect(plan.text.contains("holiday sets “France”"), "\(plan.text)")
    try await world.run(observing).apply()
    #expect(try await world.run(observing).plan().isEmpty)
    #expect(try await calendar(world)["holidaySets"]?.array?.map { $0["name"] ?? .null } == ["France"])
    // A file that does not say leaves the sets, and an exported one says them, without their days.
    #expect(try await world.run(yaml).plan().isEmpty)
    let exported = try await world.export("LUMENARC")
    #expect(exported.contains("holidaySets:") && exported.contains("France") && !exported.contains("2026-11-11"), "\(exported)")
    #expect(try await world.run(exported).plan().isEmpty)
    // Hours change alone, and sets change alone.
    database.clock.advance(seconds: 60)
    let longer = observing.replacing("fri: [[08:30, 12:30], [13:30, 16:30]]", with: "fri: [[08:30, 12:30], [13:30, 17:30]]")
    let change = try await world.run(longer).plan()
    #expect(change.text.contains("Friday 08:30-12:30, 13:30-17:30, before 08:30-12:30, 13:30-16:30"), "\(change.text)")
    try await world.run(longer).apply()
    #expect(try await world.run(longer).plan().isEmpty)
    #expect(try await calendar(world)["holidaySets"]?.array?.count == 1)
    database.clock.advance(seconds: 60)
    // A newer revision comes by a roll-out alone, also where the file adds another set.
    let france = try #require(try await calendar(world)["holidaySets"]?.array?.first?["id"])
    _ = try await database.call(
      "holiday_set.revise", ["id": france, "days": .array([.object(["date": "2026-11-11"]), .object(["date": "2026-05-08"])])], as: database.root, version: 1)
    let both = longer.replacing("holidaySets: [France]", with: "holidaySets: [France, Works]")
    let added = try await world.run(both).plan()
    #expect(added.text.contains("holiday sets from “France” to “France”, “Works”"), "\(added.text)")
    try await world.run(both).apply()
    #expect(try await world.run(both).plan().isEmpty)
    let observed = try await calendar(world)
    #expect(observed["holidaySets"]?.array?.map { $0["number"] ?? .null } == [1, 1])
    let closed = observed["definition"]?["exceptions"]?.array?.compactMap { $0["date"]?.text } ?? []
    #expect(closed.contains("2026-11-11") && closed.contains("2026-08-14") && !closed.contains("2026-05-08"), "\(closed)")
    // In another order they are the same, and none is named twice.
    #expect(try await world.run(both.replacing("[France, Works]", with: "[Works, France]")).plan().isEmpty)
    #expect(try await problems(world, both.replacing("[France, Works]", with: "[France, France]")) == ["calendars[0].holidaySets[1] contract_file.named_twice"])
    let without = longer.replacing("holidaySets: [France]", with: "holidaySets: []")
    database.clock.advance(seconds: 60)
    try await world.run(without).apply()
    #expect(try await world.run(without).plan().isEmpty)
    #expect(try await calendar(world)["holidaySets"] == .array([]))
    #expect(try await problems(world, longer.replacing("[France]", with: "[Spain]")) == ["calendars[0].holidaySets[0] contract_file.unknown_name"])
  }

  // MARK: What is told

  @Test func whatIsNewAndWhatReachesBackIsTold() async throws {
    let world = try await World(isProven: false)
    let yaml = try example()
    let new = try await world.run(yaml.replacing("starts: 2026-03-15", with: "starts: 2020-01-01")).plan()
    for words in [
      "response P1 1 h (objective 90%, calendar “Lyon office hours”)", "objective of patch currency 95% (each quarter)",
      "monthly fee EUR 1,250.00", "SLA “Office hours”", "sites and departments “Lyon”", "response P1 1 h", "end of the term 15 March 2027",
      "Monday to Thursday 08:30-12:30, 13:30-17:30", "25 December 2026 (Christmas Day) closed", "Beware: the term begins before today",
    ] {
      #expect(new.text.contains(words), "\(words) in\n\(new.text)")
    }
    let warning = try await world.run(yaml.replacing("within: 8 h,", with: "within: 8 h, warnAt: [50, 80], pauses: false,")).plan()
    #expect(
      warning.text.contains("resolution P1 8 h (objective 85%, calendar “Lyon office hours”, warnings at 50%, 80%, pauses: no)"), "\(warning.text)")
    let chinese = try await ContractFileRun(yaml: yaml, dispatcher: world.database.dispatcher, as: world.database.root, .chinese).plan()
    #expect(chinese.text.contains("周一至周四的时段：08:30-12:30、13:30-17:30") && !chinese.text.contains("Beware"), "\(chinese.text)")
    try await world.run(yaml).apply()
    world.database.clock.advance(seconds: 60)
    let added = yaml + "    - name: Backup\n      sla: Office hours\n      monthlyFee: 99.00\n"
    let back = try await world.run(added + "validFrom: 2026-03-01\n").plan()
    #expect(back.text.contains("create  line “Backup”, from 1 March 2026") && back.text.contains("Beware: this reaches back before today"), "\(back.text)")
    #expect(try await !world.run(added + "validFrom: 2026-07-01\n").plan().text.contains("Beware"))
  }

  /// What nothing will ever measure is promised to no customer, by a new SLA nor by a new version. Guard: without the planner's rule the plan of the first
  /// says nothing, and that of the second neither.
  @Test func aPromiseWithoutAClockIsRefused() async throws {
    let world = try await World(isProven: false)
    let yaml = try example()
    let part = "priorities: [1, 2], within: 1 h,"
    #expect(yaml.contains(part))
    func refused(_ types: String) async throws -> [String] {
      try await problems(world, yaml.replacing(part, with: "types: [\(types)], \(part)")).filter { $0.hasSuffix("sla.type_without_clock") }
    }
    #expect(try await refused("problem").count == 1)
    #expect(try await refused("problem, change").count == 2)
    #expect(try await refused("incident, request").isEmpty)
    try await world.run(yaml).apply()
    world.database.clock.advance(seconds: 60)
    #expect(try await refused("incident, change").count == 1)
  }

  @Test func aContactEndsOnTheDayOfTheChange() async throws {
    let world = try await World(isProven: false)
    let yaml = try example()
    try await world.run(yaml).apply()
    world.database.clock.advance(seconds: 60)
    let without = yaml.replacing("    - {person: claire@lumen.example, role: billing}\n", with: "") + "validFrom: 2026-12-16\n"
    let plan = try await world.run(without).plan()
    #expect(plan.text.contains("end     contact “Claire Fontaine” (billing), from 16 December 2026"), "\(plan.text)")
    try await world.run(without).apply()
    #expect(try await world.run(without).plan().isEmpty)
    let customer = try #require(try await world.database.tenancy.tenant(code: "LUMENARC"))
    let contracts = try await world.database.call("contract.list", ["customer": .id(customer.publicId)], as: world.database.root)
    let contacts = try await world.database.call(
      "contract_contact.list", ["contract": contracts["items"]?.array?.first?["id"] ?? .null], as: world.database.root)
    #expect(contacts["items"]?.array?.first { $0["role"] == "billing" }?["validUntil"] == "2026-12-15T23:00:00Z")
  }

  @Test func whatSomebodyElseDidMeanwhileIsToldAsSuch() async throws {
    let world = try await World(isProven: false)
    let (first, second) = (try world.run(example()), try world.run(example()))
    let (plan, other) = (try await first.plan(), try await second.plan())
    try await first.apply(plan)
    let problems = await #expect(throws: ContractFileProblems.self) { try await second.apply(other) }
    #expect(problems?.failure?.code == "contract_file.somebody_else", "\(String(describing: problems))")
    #expect(problems?.text(.english, file: "l.yaml").contains("Somebody else has done this meanwhile") == true)
    #expect(try await second.plan().isEmpty)
  }

  /// That somebody else has done it makes nobody who was not permitted to a latecomer.
  @Test func whatWasNotPermittedIsToldAsSuchThoughItIsDone() async throws {
    let world = try await World(isProven: false)
    let yaml = try example()
    try await world.run(yaml).apply()
    world.database.clock.advance(seconds: 60)
    let customer = try #require(try await world.database.tenancy.tenant(code: "LUMENARC"))
    let narrow = try await world.database.staff(.accountManager, for: [customer])
    let faster = yaml.replacing("within: 8 h,", with: "within: 6 h,")
    let run = try ContractFileRun(yaml: faster, dispatcher: world.database.dispatcher, as: narrow, .english)
    let plan = try await run.compared()
    try await world.run(faster).apply()
    let problems = await #expect(throws: ContractFileProblems.self) { try await run.apply(plan) }
    #expect(problems?.failure?.kind == .denied, "\(String(describing: problems))")
  }

  @Test func whatIsNotThereIsNamed() async throws {
    let world = try await World(isProven: false)
    let unknown = DeliveryFileTests.yaml.replacing("supplier: CLOUD, service: Network", with: "supplier: CLOUDS, service: Network")
    #expect(try await problems(world, unknown) == ["contract.lines[0].suppliers[1].supplier contract_file.unknown_name"])
    let key = #expect(throws: ContractFileProblems.self) { try world.run(example().replacing("monthlyFee:", with: "monthlyfee:")) }
    #expect(key?.problems.first?.arguments["meant"] == "monthlyFee", "\(String(describing: key))")
    let length = #expect(throws: ContractFileProblems.self) { try world.run(example().replacing("currency: EUR", with: "currency: EURO")) }
    #expect(length?.text(.english, file: "l.yaml").contains("This must have 3 characters.") == true)
    do {
      _ = try await world.export("NOBODY")
      Issue.record("exported")
    } catch let failure as Failure {
      #expect(failure.violations.first?.message.key == "contract_file.no_customer" && failure.violations.first?.arguments["code"] == "NOBODY")
    }
    let draft = try SlaDraftFile(yaml: example())
    let missing = #expect(throws: Failure.self) { try draft.missingCalendars(of: "Nope") }
    #expect(missing?.text(.english) == "The file has no SLA named Nope. There are: Office hours.")
  }

  @Test(arguments: [("monthlyfee", "monthlyFee"), ("moths", "month"), ("slas", "sla"), ("zzz", nil), ("", nil)])
  func theNameThatIsMeantIsNear(written: String, meant: String?) {
    #expect(NearName.nearest(to: written, among: ["monthlyFee", "month", "sla", "quantity"]) == meant)
  }
}
