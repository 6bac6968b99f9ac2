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
    // Major incidents are in the handbook of incidents.
    try await world.gate("major_incident.resolve", "field", "[\"mitigation\"]", name: "Major")
    try await world.gate("release.close", "evidence", "[\"file\"]", name: "Released")
    // Of another process, of a customer alone, retired, and of a later day.
    try await world.gate("change.start", "field", "[\"plan\"]", name: "Other")
    try await world.gate("incident.close", "field", "[\"category\"]", name: "Acme", more: "only_tenant_id = (select id from tenancy.tenant limit 1)")
    try await world.gate("incident.close", "field", "[\"category\"]", name: "Gone", more: "retired_at = valid_from, retirement = 'x'")
    try await world.gate("incident.close", "field", "[\"category\"]", name: "Later", more: "valid_from = valid_from + interval '1 year'")
    let handbook = try await world.published()
    let gates = try await world.read(handbook)["published"]?["inForce"]?["gates"]?.array ?? []
    #expect(gates.map { $0["name"]?["en"] } == ["Word", "Second look", "Category", "Major"])
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
    #expect(try await world.read(handbook)["published"]?["inForce"]?["gates"]?.array?.count == 3)
  }

  /// What becomes of rules, teams and the policy afterwards changes no edition; it is told as a difference, and makes the next one.
  @Test func anEditionKeepsTheRulesInForce() async throws {
    let world = try await HandbooksWorld()
    let ben = world.ben.text ?? ""
    try await world.rules(telling: ben)
    let handbook = try await world.published()
    let kept = try await world.read(handbook).at("published")
    let rules = kept.at("inForce.rules").array ?? []
    #expect(rules.map { $0.at("kind") } == ["policy", "dispatch", "escalation", "notification"])
    #expect(rules.map { $0.at("name") } == [.null, "network/vpn, P1-P2 → First line", "Late", "Breach"])
    let english = try await world.export(handbook)
    #expect(english.contains("## Rules in force") && english.contains("### Dispatch rules"))
    #expect(english.contains("What is done closes by itself after: 7 days; Counted in: calendar days; Closed can be opened again for: 30 days;"))
    #expect(english.contains("At an age of: 2 h; Up to priority: P2; Goes to the team: First line; Tells: Ben"))
    #expect(english.contains("Event: clock.breached; Audience: owner, assignee; By: inbox, email;"))
    #expect(english.contains("No mail from: 22:00; No mail until: 06:30; In spite of that up to priority: P1; Not sent any more after: 24 h"))
    let chinese = try await world.export(handbook, ["language": "zh-Hans"])
    #expect(chinese.contains("## 生效规则") && chinese.contains("完成后自动关闭期限：7 天；计算方式：自然日"))
    #expect(try await world.compare(handbook) == [])
    #expect(await world.refusal { try await world.act("publish", handbook) } == ["handbook.nothing_new"])
    // Of another process, of a customer alone, and ended: none of them is told.
    try await world.database.runAsSuperuser(
      """
      update desk.ticket_policy set close_after_days = 5;
      update desk.dispatch_rule set ended_at = recorded_at;
      update escalations.rule set age_minutes = 180;
      update notifications.rule set state = 'retired';
      update desk.team set name = 'Second line';
      """)
    #expect(try await world.read(handbook).at("published") == kept)
    #expect(try await world.export(handbook) == english)
    #expect(
      Set(try await world.compare(handbook)) == [
        "rule Closing and reopening: what is done closes by itself after from 7 days to 5 days", "rule “network/vpn, P1-P2 → First line” removed",
        "rule “Late”: at an age of from 2 h to 3 h", "rule “Late”: goes to the team from First line to Second line", "rule “Breach” removed",
      ])
    try await world.act("publish", handbook)
    #expect(try await world.read(handbook).at("published.inForce.rules").array?.count == 2)
    #expect(try await world.read(handbook, edition: 1).at("published") == kept)
  }

  @Test func aRuleOfTurnsSaysWhosePromiseItMeans() async throws {
    let world = try await HandbooksWorld()
    try await world.rules(telling: world.ben.text ?? "")
    let handbook = try await world.published()
    try await world.database.runAsSuperuser("update escalations.rule set age_minutes = null, percent = 80, agreement = 'ola' where name = 'Late'")
    try await world.act("publish", handbook)
    #expect(
      try await world.export(handbook).contains("At a share of the time of: 80 %; By the agreement: OLA, of the team for its turn; Up to priority: P2"))
    #expect(try await world.export(handbook, ["language": "zh-Hans"]).contains("所属协议：OLA（团队处理段）"))
  }

  /// Guard: were they looked for by the name of the process alone, no handbook would tell them.
  @Test func theHandbookOfIncidentsTellsRulesForMajorIncidents() async throws {
    let world = try await HandbooksWorld()
    try await world.rules(telling: world.ben.text ?? "")
    try await world.database.runAsSuperuser(
      "update escalations.rule set process = 'major_incident', priority_to = null, to_team_id = null where name = 'Late'")
    let handbook = try await world.published()
    #expect(try await world.export(handbook).contains("For: major incidents; At an age of: 2 h; Tells: Ben"))
    #expect(try await world.export(handbook, ["language": "zh-Hans"]).contains("适用于：重大事件"))
  }

  @Test func theHandbookOfReleasesTellsTheirRules() async throws {
    let world = try await HandbooksWorld()
    try await world.rules(telling: world.ben.text ?? "")
    try await world.database.runAsSuperuser("update escalations.rule set process = 'release', priority_to = null, to_team_id = null where name = 'Late'")
    let made = try await world.create(["process": "release", "kpis": .array([])])
    #expect(try await world.export(made, ["draft": .bool(true)]).contains("At an age of: 2 h; Tells: Ben"))
  }

  /// An edition from before rules were kept says nothing of them: that they hold now is no difference, and a reason for the next one.
  @Test func anEarlierEditionSaysNothingOfRules() async throws {
    let world = try await HandbooksWorld()
    let handbook = try await world.published()
    try await world.database.runAsSuperuser("update handbooks.edition set in_force = in_force - 'rules'")
    #expect(try await world.compare(handbook) == [])
    #expect(try await world.export(handbook).contains("Rules in force") == false)
    try await world.act("publish", handbook)
    #expect(try await world.export(handbook).contains("Rules in force"))
  }

  /// Of requests the policy says when those that are fulfilled close, and for how long they can be reopened, and no more.
  @Test func theHandbookOfRequestsSaysWhenTheyClose() async throws {
    let world = try await HandbooksWorld()
    try await world.database.runAsSuperuser("update desk.ticket_policy set close_after_days = 5, close_requests_after_days = 3, reopen_within_days = 12")
    let made = try await world.create(["process": "request", "kpis": .array([])])
    let english = try await world.export(made, ["draft": .bool(true)])
    #expect(
      english.contains("What is done closes by itself after: 3 days") && english.contains("Closed can be opened again for: 12 days |")
        && !english.contains("Counted in") && !english.contains("Dispatch rules"))
    let chinese = try await world.export(made, ["draft": .bool(true), "language": "zh-Hans"])
    #expect(chinese.contains("完成后自动关闭期限：3 天") && chinese.contains("关闭后可重新打开期限：12 天 |"))
  }

  /// Guard: a request has an impact, an urgency, a priority and a source, as an incident has; its handbook said nothing of the lists and the matrix.
  @Test func theHandbookOfRequestsTellsByWhatTheyAreRated() async throws {
    let world = try await HandbooksWorld()
    let made = try await world.create(["process": "request", "kpis": .array([])])
    let english = try await world.export(made, ["draft": .bool(true)])
    #expect(english.contains("## Codes") && english.contains("| Source | Name |") && english.contains("## Priorities"))
    #expect(!english.contains("| Nature | Name |"), "what incidents alone are kept by")
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
  /// A rule of each kind for all customers, as their modules keep them, and some that are of no concern.
  fileprivate func rules(telling ben: String) async throws {
    let bits = "\\x" + (PublicId(ben)?.random ?? []).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    let provider = database.provider.id
    func escalation(_ name: String, _ process: String, customer: String, state: String) -> String {
      """
      insert into escalations.rule (tenant_id, public_id, name, process, age_minutes, customer_id, priority_to, to_team_id, account_ids, account_public_ids,
        begins_at, state, recorded_at)
      values (\(provider), substr(sha256('e\(name)'), 1, 12), '\(name)', '\(process)', 120, \(customer), \(process == "incident" ? "2" : "null"), (select max(id) from desk.team), '{1}',
        array['\(bits)'::bytea], '2026-01-01', '\(state)', '2026-01-01');
      """
    }
    func notification(_ name: String, _ event: String, customer: String) -> String {
      """
      insert into notifications.rule (tenant_id, public_id, name, event, audience, account_ids, account_public_ids, channels, customer_id, quiet_from, quiet_to,
        urgent_to, expires_minutes, recorded_at)
      values (\(provider), substr(sha256('n\(name)'), 1, 12), '\(name)', '\(event)', '{owner,assignee}', '{}', '{}', '{inbox,email}', \(customer), 1320, 390, 1,
        1440, '2026-01-01');
      """
    }
    try await database.call("team.create", ["name": "First line"], as: database.root)
    let dispatch = "insert into desk.dispatch_rule (public_id, only_tenant_id, category, priority_to, team_id, team_public_id, recorded_at)"
    let team = "(select max(id) from desk.team), (select public_id from desk.team order by id desc limit 1), '2026-01-01'"
    try await database.runAsSuperuser(
      """
      delete from notifications.rule;
      \(dispatch) values (substr(sha256('d1'), 1, 12), null, 'network/vpn', 2, \(team)),
        (substr(sha256('d2'), 1, 12), \(provider), 'network/vpn', 2, \(team));
      \(escalation("Late", "incident", customer: "null", state: "active"))
      \(escalation("Change", "change", customer: "null", state: "active"))
      \(escalation("Theirs", "incident", customer: "\(provider)", state: "active"))
      \(escalation("Gone", "incident", customer: "null", state: "retired"))
      \(notification("Breach", "clock.breached", customer: "null"))
      \(notification("Theirs", "clock.breached", customer: "\(provider)"))
      \(notification("Renewal", "renewal.due", customer: "null"))
      """)
  }

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
