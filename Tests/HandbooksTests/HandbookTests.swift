import Kernel
import Operations
import Postgres
import TestSupport
import Tenancy
import Testing

@testable import Handbooks

@Suite struct HandbookTests {
  /// The example that ships is loaded by one call; it needs its people, and then it is an edition.
  @Test func theExampleIsLoadedByOneCall() async throws {
    let world = try await HandbooksWorld()
    let made = try await world.create()
    #expect(made.at("process") == "incident" && made.at("newest").isNull && made.at("published").isNull && made.at("version") == 1)
    #expect(made.at("draft.activities").array?.compactMap { $0.at("code").text } == ["IM1", "IM2", "IM3", "IM4", "IM5"])
    #expect(try await world.gaps(made) == ["not_published", "no_owner", "no_manager", "role_unfilled", "role_unfilled", "role_unfilled"])
    #expect(await world.refusal { try await world.act("publish", made) } == ["owner handbook.needed", "manager handbook.needed"])
    try await world.act("change", made, ["owner": world.ann, "manager": world.ben])
    let edition = try await world.act("publish", made)
    #expect(edition.at("newest") == 1 && edition.at("isChanged") == .bool(false) && edition.at("reviewDueOn") == "2027-03-02")
    #expect(edition.at("published.publishedBy") == .text(world.manager.name))
    #expect(edition.at("published.publishedAt") == .instant(world.database.clock.now()))
    #expect(edition.at("people").array?.compactMap { $0.at("name").text } == ["Ann", "Ben"])
  }

  @Test func aProcessHasOneHandbook() async throws {
    let world = try await HandbooksWorld()
    _ = try await world.create()
    #expect(await world.refusal { try await world.create() } == ["handbook.taken"])
    #expect(await world.refusal { try await world.create(["process": "cooking"]) } == ["process input.choice"])
    _ = try await world.create(["process": "problem"])
  }

  /// What is wrong with a handbook, and where.
  @Test func whatIsWrongIsSaid() async throws {
    let world = try await HandbooksWorld()
    let text: Value = .object(["en": "Text"])
    let nobody: Value = .id(world.database.provider.id("stf", [UInt8](repeating: 7, count: 12)))
    try await world.leave(world.cleo)
    func role(_ name: String, _ people: [Value] = []) -> Value { .object(["name": .object(["en": .text(name)]), "people": .array(people)]) }
    func kpi(_ indicator: String, _ target: Value) -> Value { .array([.object(["indicator": .text(indicator), "target": target])]) }
    let cases: [([String: Value], [String])] = [
      (["owner": nobody, "manager": world.cleo], ["owner input.unknown_reference", "manager handbook.not_staff"]),
      (["roles": .array([role("A"), role("B", [world.ann, world.cleo])])], ["roles[1].people[1] handbook.not_staff"]),
      (["roles": .array([role("A"), role("A")])], ["roles[1].name handbook.twice"]),
      (["roles": .array([role("A", [world.ann, world.ben, world.ann])])], ["roles[0].people[2] handbook.twice"]),
      (
        ["principles": .array([.object(["kind": "closure", "text": text]), .object(["kind": "closure", "text": text])])], ["principles[1].kind handbook.twice"]
      ),
      (["activities": .array([.object(["code": "A", "name": text]), .object(["code": "A", "name": text])])], ["activities[1].code handbook.twice"]),
      (["form": .array([.object(["name": text]), .object(["name": text])])], ["form[1].name handbook.twice"]),
      (["kpis": kpi("happiness", "1")], ["kpis[0].indicator input.choice"]),
      (["kpis": kpi("attainment", "100.1")], ["kpis[0].target input.percent"]),
      (["kpis": kpi("request_attainment.resolution", "100.1")], ["kpis[0].target input.percent"]),
      (["kpis": kpi("request_attainment.update", "90")], ["kpis[0].indicator input.choice"]),
      (["kpis": kpi("attainment", "-1")], ["kpis[0].target input.percent"]),
      (["kpis": kpi("reopen_rate", "many")], ["kpis[0].target input.percent"]),
      (["kpis": kpi("mean_time.resolution", "1.5")], ["kpis[0].target input.type"]),
      (["kpis": kpi("backlog", "-1")], ["kpis[0].target input.range"]),
      (["kpis": kpi("backlog", "1000000001")], ["kpis[0].target input.range"]),
      (["reviewEveryMonths": 0], ["reviewEveryMonths input.range"]), (["reviewEveryMonths": 61], ["reviewEveryMonths input.range"]),
      (["purpose": .object([Value.Member]())], ["purpose input.one_language"]),
    ]
    for (members, expected) in cases { #expect(await world.refusal { try await world.create(members) } == expected, "\(members)") }
    let made = try await world.create()
    for (members, expected) in cases { #expect(await world.refusal { try await world.act("change", made, members) } == expected, "\(members)") }
    #expect(await world.refusal { try await world.act("change", made) } == ["handbook.nothing_to_change"])
    #expect(await world.refusal { try await world.act("change", made, ["reviewEveryMonths": 12]) } == ["handbook.nothing_to_change"])
    #expect(try await world.read(made).at("version") == 1)
    for (indicator, target) in [("attainment", "99.9500"), ("backlog", "0"), ("p90_time.response", "1000000000")] {
      let changed = try await world.act("change", made, ["kpis": kpi(indicator, .text(target))])
      #expect(changed.at("draft.kpis.0.target") == .text(target == "99.9500" ? "99.95" : target))
    }
  }

  @Test func aPrincipleIsPublishedInBothLanguages() async throws {
    let world = try await HandbooksWorld()
    let principles: Value = .array([
      .object(["kind": "general", "text": .object(["en": "Text", "zh-Hans": "内容"])]), .object(["kind": "closure", "text": .object(["en": "Text"])]),
      .object(["kind": "dispatch", "text": .object(["zh-Hans": "内容"])]),
    ])
    let made = try await world.create(["owner": world.ann, "manager": world.ben, "principles": principles])
    #expect(
      await world.refusal { try await world.act("publish", made) } == [
        "principles[1].text.zh-Hans handbook.both_languages", "principles[2].text.en handbook.both_languages",
      ])
    #expect(try await world.read(made).at("newest").isNull)
  }

  /// What an edition says is what was there on the day: neither the draft nor a code nor the matrix changes it afterwards, nor does the database
  /// let the application do so.
  @Test func anEditionNeverChanges() async throws {
    let world = try await HandbooksWorld()
    let made = try await world.published()
    let first = try await world.read(made).at("published")
    let codes = first.at("inForce.codes").array ?? []
    #expect(
      Set(codes.compactMap { $0.at("list").text }) == [
        "source", "nature", "category", "pending_reason", "closure_code", "impact", "urgency", "priority",
      ])
    #expect(first.at("inForce.priorities").array?.count == 9)
    let vpn = try await world.database.call("code.list", ["list": "category", "limit": 200], as: world.database.root).at("items").array?
      .first { $0.at("key") == "network/vpn" }
    try await world.database.call("code.retire", ["id": vpn?.at("id") ?? .null], as: world.database.root, version: vpn?.at("version").integer)
    try await world.database.set(
      "priority_matrix.set", ["cells": .array([.object(["impact": 3, "urgency": 3, "priority": 4])])], as: world.database.root)
    try await world.act("change", made, ["owner": world.cleo, "purpose": .object(["en": "Another"])])
    #expect(try await world.read(made).at("published") == first)
    let second = try await world.act("publish", made)
    #expect(second.at("published.edition") == 2 && second.at("published.inForce.codes").array?.count == codes.count - 1)
    #expect(try await world.read(made, edition: 1).at("published") == first)
    await expectPermissionDenied(world, RewriteEdition())
    await expectPermissionDenied(world, DropEdition())
    await expectPermissionDenied(world, DropHandbook())
  }

  /// By privilege, not only by rule.
  private func expectPermissionDenied(_ world: HandbooksWorld, _ statement: some Statement & Sendable) async {
    do {
      try await world.database.tenancy.transaction(binding: [world.database.provider.id], side: .staff) { _ = try await $0.execute(statement) }
      Issue.record("done")
    } catch {
      #expect((error as? PostgresError)?.kind == .insufficientPrivilege, "\(error)")
    }
  }

  @Test func whatSaysNothingNewIsNoEdition() async throws {
    let world = try await HandbooksWorld()
    let made = try await world.published()
    #expect(await world.refusal { try await world.act("publish", made) } == ["handbook.nothing_new"])
    // What is in force changed, and the draft did not.
    try await world.database.set(
      "priority_matrix.set", ["cells": .array([.object(["impact": 1, "urgency": 1, "priority": 2])])], as: world.database.root)
    #expect(try await world.read(made).at("isChanged") == .bool(false))
    #expect(try await world.act("publish", made).at("newest") == 2)
    #expect(try await world.compare(made, ["from": 1, "to": 2]) == ["priority of impact 1 and urgency 1: priority from P1 to P2"])
  }

  @Test func editionsAreListedAndRead() async throws {
    let world = try await HandbooksWorld()
    let made = try await world.create(["owner": world.ann, "manager": world.ben])
    #expect(await world.refusal { try await world.read(made, edition: 1) } == ["edition handbook.not_published"])
    #expect(await world.refusal { try await world.invoke("export", ["id": made.at("id")]) } == ["handbook.not_published"])
    #expect(await world.refusal { try await world.invoke("compare", ["id": made.at("id")]) } == ["handbook.not_published"])
    #expect(await world.refusal { try await world.act("confirm", made) } == ["handbook.not_published"])
    #expect(try await world.invoke("editions", ["id": made.at("id")]).at("items") == .array([]))
    for number in 1...3 {
      try await world.act("change", made, ["purpose": .object(["en": .text("Purpose \(number)")])])
      try await world.act("publish", made)
    }
    let page = try await world.invoke("editions", ["id": made.at("id"), "limit": 2])
    #expect(page.at("items").array?.compactMap { $0.at("edition").integer } == [3, 2])
    let rest = try await world.invoke("editions", ["id": made.at("id"), "limit": 2, "cursor": page.at("next")])
    #expect(rest.at("items").array?.compactMap { $0.at("edition").integer } == [1] && rest.at("next").isNull)
    #expect(try await world.read(made, edition: 2).at("published.content.purpose.en") == "Purpose 2")
    #expect(await world.refusal { try await world.read(made, edition: 4) } == ["edition handbook.no_edition"])
    #expect(await world.refusal { try await world.invoke("compare", ["id": made.at("id"), "from": 9]) } == ["from handbook.no_edition"])
    #expect(await world.refusal { try await world.invoke("compare", ["id": made.at("id"), "to": .integer(.max)]) } == ["to handbook.no_edition"])
  }

  /// Two who publish at once make one edition; who saw an old version is told.
  @Test func twoPublishOnce() async throws {
    let world = try await HandbooksWorld()
    let made = try await world.create(["owner": world.ann, "manager": world.ben])
    let results = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<6 { group.addTask { (try? await world.invoke("publish", ["id": made.at("id")], version: 1)) != nil } }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(results == 1)
    #expect(try await world.invoke("editions", ["id": made.at("id")]).at("items").array?.count == 1)
    await expectFailure(.versionMismatch) { try await world.invoke("change", ["id": made.at("id"), "reviewEveryMonths": 3], version: 1) }
    await expectFailure(.versionMismatch) { try await world.invoke("confirm", ["id": made.at("id")], version: 1) }
  }

  /// Read by the staff, written by who may act for all customers; to customers there is none.
  @Test func rights() async throws {
    let world = try await HandbooksWorld()
    let made = try await world.published()
    let acme = try await world.database.customer("ACME")
    let finance = try await world.database.staff(.finance)
    for reader in [world.engineer, finance, try await world.database.staff(.engineer, for: [acme])] {
      #expect(try await world.invoke("read", ["id": made.at("id")], as: reader).at("process") == "incident")
      #expect(try await world.invoke("overview", [:], as: reader).at("processes").array?.count == 13)
    }
    for stranger in [world.engineer, finance, try await world.database.staff(.accountManager, for: [acme])] {
      await expectFailure(.denied) { try await world.invoke("confirm", ["id": made.at("id")], as: stranger, version: 2) }
      await expectFailure(.denied) { try await world.invoke("change", ["id": made.at("id"), "reviewEveryMonths": 3], as: stranger, version: 2) }
    }
    let customer = try await world.database.user(.customerManager, of: acme)
    for operation in ["read", "editions", "export", "compare"] {
      await expectFailure(.denied) { try await world.invoke(operation, ["id": made.at("id")], as: customer) }
    }
    let rows = try await world.database.tenancy.transaction(binding: [acme.id], side: .customer, readOnly: true) {
      try await $0.query(AllHandbooks())
    }
    #expect(rows.isEmpty)
    await expectFailure(.notFound) {
      try await world.invoke("read", ["id": .id(world.database.provider.id("hbk", [UInt8](repeating: 7, count: 12)))])
    }
  }
}

private struct RewriteEdition: Statement {
  static let sql = "update handbooks.edition set publisher_name = 'Somebody'"
}

private struct DropEdition: Statement {
  static let sql = "delete from handbooks.edition"
}

private struct DropHandbook: Statement {
  static let sql = "delete from handbooks.handbook"
}
