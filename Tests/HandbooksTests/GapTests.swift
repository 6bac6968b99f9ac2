import Kernel
import Operations
import TestSupport
import Tenancy
import Testing

@testable import Handbooks

/// What is missing of handbooks.
@Suite struct GapTests {
  /// Each state of owner, manager, a role's people, publication and review, against a table of what is missing written out by hand.
  @Test func gapsByTheirCauses() throws {
    let (here, gone) = (try Self.person(1), try Self.person(2))
    let staff = StaffBook([
      StaffBook.Entry(publicId: here.random, name: "Here", isActive: true), StaffBook.Entry(publicId: gone.random, name: "Gone", isActive: false),
    ])
    let today = try #require(CalendarDate("2026-03-02"))
    let owners: [(PublicId?, [String])] = [(here, []), (gone, ["owner_left"]), (nil, ["no_owner"])]
    let managers: [(PublicId?, [String])] = [(here, []), (gone, ["manager_left"]), (nil, ["no_manager"])]
    let roles: [([PublicId], [String])] = [
      ([here], []), ([], ["role_unfilled"]), ([gone], ["person_left", "role_unfilled"]), ([gone, here], ["person_left"]),
    ]
    let reviews: [(String?, before: [String], after: [String])] = [
      (nil, ["not_published"], []), ("2026-03-01", [], ["review_overdue"]), ("2026-03-02", [], []), ("2026-03-03", [], []),
    ]
    var count = 0
    for owner in owners {
      for manager in managers {
        for role in roles {
          for review in reviews {
            let content = try Self.content(owner: owner.0, manager: manager.0, people: role.0)
            let gaps = HandbookGap.gaps(of: content, reviewDueOn: review.0.flatMap { CalendarDate($0) }, today: today, staff)
            #expect(gaps.map(\.code) == review.before + owner.1 + manager.1 + role.1 + review.after)
            for gap in gaps {
              #expect(HandbookGap.codes.contains(gap.code))
              for language in Language.allCases { #expect(!gap.text(language, staff).contains("{")) }
            }
            count += 1
          }
        }
      }
    }
    #expect(count == 144)
  }

  private static func person(_ number: UInt8) throws -> PublicId {
    try #require(PublicId(kind: "stf", handle: TenantHandle(7), random: [UInt8](repeating: number, count: 12)))
  }

  private static func content(owner: PublicId?, manager: PublicId?, people: [PublicId]) throws -> HandbookContent {
    try HandbookContent.read(
      .object([
        "purpose": .object(["en": "Purpose"]), "owner": .id(owner), "manager": .id(manager),
        "roles": .array([.object(["name": .object(["en": "Desk"]), "people": .array(people.map { .id($0) })])]),
      ]))
  }

  /// Who left is told as a gap, wherever he stands; the draft can be mended part by part, and the next edition needs people who are there.
  @Test func whoLeftIsAGap() async throws {
    let world = try await HandbooksWorld()
    let made = try await world.published()
    #expect(try await world.gaps(made) == [])
    try await world.leave(world.ann)
    #expect(try await world.gaps(made) == ["owner_left", "person_left", "role_unfilled"])
    let texts = try await world.read(made).at("gaps").array?.compactMap { $0.at("text").text }
    #expect(texts?.first == "Ann, who answers for the process, has left." && texts?.last == "Nobody has the role “First line”.")
    #expect(try await world.read(made).at("people").array?.map { $0.at("isActive") } == [.bool(false), .bool(true), .bool(true)])
    try await world.leave(world.cleo)
    #expect(try await world.gaps(made) == ["owner_left", "person_left", "role_unfilled", "person_left"])
    try await world.act("change", made, ["purpose": .object(["en": "Other"])])
    #expect(
      await world.refusal { try await world.act("publish", made) } == [
        "owner handbook.not_staff", "roles[0].people[0] handbook.not_staff", "roles[1].people[1] handbook.not_staff",
      ])
    // Nobody who left is put anywhere anew.
    #expect(await world.refusal { try await world.act("change", made, ["manager": world.cleo]) } == ["manager handbook.not_staff"])
    try await world.act("change", made, ["owner": world.ben, "roles": try world.roles([world.ben], [world.ben])])
    #expect(try await world.gaps(made).contains("owner_left"), "the edition stands until there is another")
    try await world.act("publish", made)
    #expect(try await world.gaps(made) == [])
  }

  /// Who stands in the handbook but may not work on its records for all customers does not answer for them: that is told, of the draft as of the edition.
  @Test func whoMayNotWorkIsAGap() async throws {
    let world = try await HandbooksWorld()
    let made = try await world.published()
    try await world.database.narrow(world.ann, to: [try await world.database.customer("ACME")])
    #expect(try await world.gaps(made) == ["owner_may_not_work"])
    try await world.database.narrow(world.ben)
    #expect(try await world.gaps(made) == ["owner_may_not_work", "manager_may_not_work"])
    let overview = try await world.invoke("overview", [:], as: world.engineer)
    #expect(overview.at("processes.0.gaps.1.gap") == "manager_may_not_work")
  }

  /// Of every process: whether it has a handbook, who answers for it, what is missing.
  @Test func theOverviewNamesEveryProcess() async throws {
    let world = try await HandbooksWorld()
    let made = try await world.published()
    _ = try await world.create(["process": "change"])
    func overview(_ input: [String: Value] = [:]) async throws -> [Value] {
      try await world.invoke("overview", input, as: world.engineer).at("processes").array ?? []
    }
    let all = try await overview()
    #expect(all.compactMap { $0.at("process").text } == HandbookProcess.allCases.map(\.rawValue))
    #expect(all[0].at("id") == made.at("id") && all[0].at("owner") == "Ann" && all[0].at("gaps") == .array([]) && all[0].at("newest") == 1)
    #expect(all[1].at("id").isNull && all[1].at("gaps.0.gap") == "no_handbook")
    let change = all.first { $0.at("process") == "change" }
    #expect(change?.at("gaps").array?.compactMap { $0.at("gap").text }.prefix(3) == ["not_published", "no_owner", "no_manager"])
    #expect(try await overview(["onlyGaps": .bool(true)]).count == 12)
    let chinese = try await world.database.dispatcher.invoke(
      "handbook.overview", .object([Value.Member]()), as: world.engineer, Call(requestId: "test", language: .chinese)
    ).value
    #expect(chinese.at("processes.1.name") == "请求实施" && chinese.at("processes.1.gaps.0.text") == "尚无流程手册。")
  }

  /// The day is the provider's; a confirmation begins a new cycle, of the edition's own length and not of the draft's.
  @Test func aReviewBecomesOverdue() async throws {
    let world = try await HandbooksWorld()
    world.database.clock.set(try #require(Instant("2026-08-31T10:00:00Z")))
    let made = try await world.create(["owner": world.ann, "manager": world.ben, "reviewEveryMonths": 6, "roles": .array([])])
    #expect(try await world.act("publish", made).at("reviewDueOn") == "2027-02-28")
    try await world.act("change", made, ["reviewEveryMonths": 1])
    // The last minute of the day in Berlin, and the next one.
    world.database.clock.set(try #require(Instant("2027-02-28T22:59:00Z")))
    #expect(try await world.gaps(made) == [])
    world.database.clock.set(try #require(Instant("2027-02-28T23:00:00Z")))
    #expect(try await world.gaps(made) == ["review_overdue"])
    let confirmed = try await world.act("confirm", made)
    #expect(confirmed.at("reviewDueOn") == "2027-09-01" && confirmed.at("gaps") == .array([]) && confirmed.at("newest") == 1)
    #expect(confirmed.at("isChanged") == .bool(true))
  }
}
