import Kernel
import Operations
import TestSupport
import Tenancy
import Testing

@testable import Handbooks

/// Gates in force, and editions that this version cannot read.
@Suite struct InForceTests {
  @Test func anEditionKeepsTheGatesInForce() async throws {
    let world = try await HandbooksWorld()
    try await world.gate("incident.resolve", "field", "[\"category\"]", name: "Category")
    try await world.gate("incident.close", "checklist", "[{\"value\": \"told\", \"name\": {\"en\": \"User told\", \"zh-Hans\": \"已告知\"}}]", name: "Word")
    let approval = "{\"rule\": \"any\", \"ownWork\": false, \"staff\": [{\"account\": 1, \"id\": \"\(world.ben.text ?? "")\"}]}"
    try await world.gate("incident.dispatch", "approval", approval, name: "Second look")
    // Of another process, of a customer alone, retired, and of a later day.
    try await world.gate("change.start", "field", "[\"plan\"]", name: "Other")
    try await world.gate("incident.close", "field", "[\"category\"]", name: "Acme", more: "only_tenant_id = (select id from tenancy.tenant limit 1)")
    try await world.gate("incident.close", "field", "[\"category\"]", name: "Gone", more: "retired_at = valid_from, retirement = 'x'")
    try await world.gate("incident.close", "field", "[\"category\"]", name: "Later", more: "valid_from = valid_from + interval '1 year'")
    let handbook = try await world.published()
    let gates = try await world.read(handbook)["published"]?["inForce"]?["gates"]?.array ?? []
    #expect(gates.map { $0["name"]?["en"] } == ["Word", "Second look", "Category"])
    let text = try await world.invoke("export", ["id": handbook.at("id")])["text"]?.text ?? ""
    #expect(text.contains("Second look | incident.dispatch | approval by one of Ben | Why not |"))
    #expect(text.contains("Category | incident.resolve | category |") && text.contains("Word | incident.close | User told |"))
    let chinese = try await world.invoke("export", ["id": handbook.at("id"), "language": "zh-Hans"])["text"]?.text ?? ""
    #expect(chinese.contains("Ben中一人同意") && chinese.contains("已告知"))
    // What is in force by now is told, and is a reason for the next edition.
    try await world.database.runAsSuperuser("update gates.gate set retired_at = valid_from, retirement = 'x' where step = 'incident.resolve'")
    let changes = try await world.invoke("compare", ["id": handbook.at("id")])["changes"]?.array ?? []
    #expect(changes.map { $0["english"] } == ["gate “Category” removed"])
    _ = try await world.act("publish", handbook)
    #expect(try await world.read(handbook)["published"]?["inForce"]?["gates"]?.array?.count == 2)
  }

  /// One that cannot be read is told, and hides no other.
  @Test func whatCannotBeReadIsToldAndPassedBy() async throws {
    let world = try await HandbooksWorld()
    let handbook = try await world.published()
    let purpose = Value.object(["en": "Others"])
    let other = try await world.invoke("create", ["process": "change", "purpose": purpose])
    try await world.database.runAsSuperuser(
      """
      update handbooks.edition set content = '{"purpose": {"en": "x"}, "colour": "red"}';
      update handbooks.handbook set draft = '{"colour": "red"}' where process = 'change';
      """)
    let overview = try await world.invoke("overview", [:])["processes"]?.array ?? []
    #expect(overview.count == HandbookProcess.allCases.count)
    func gaps(_ process: Value) -> [Value] { overview.first { $0["process"] == process }?["gaps"]?.array?.map { $0["gap"] ?? .null } ?? [] }
    #expect(gaps("incident") == ["unreadable"] && gaps("change") == ["not_published", "unreadable"] && gaps("problem") == ["no_handbook"])
    let read = try await world.read(handbook)
    #expect(read["published"]?["content"]?["colour"] == "red" && read["gaps"]?.array?.map { $0["gap"] } == ["unreadable"])
    #expect(try await world.read(other)["draft"]?["colour"] == "red")
    // The next edition is one that can be read.
    _ = try await world.act("publish", handbook)
    #expect(try await world.read(handbook)["gaps"]?.array?.contains { $0["gap"] == "unreadable" } == false)
  }
}

extension HandbooksWorld {
  /// A gate for all customers, as the gates keep it.
  fileprivate func gate(_ step: String, _ kind: String, _ needs: String, name: String, more: String? = nil) async throws {
    try await database.runAsSuperuser(
      """
      insert into gates.gate (public_id, step, kind, needs, name, purpose, owner_id, owner_public_id, valid_from, author_name, recorded_at)
      values (substr(sha256('\(name)'), 1, 12), '\(step)', '\(kind)', '\(needs)', '{"en": "\(name)"}', '{"en": "Why not"}', 1, '\\x00', '2026-01-01', 'x',
        '2026-01-01');
      \(more.map { "update gates.gate set \($0) where name ->> 'en' = '\(name)';" } ?? "")
      """)
  }
}
