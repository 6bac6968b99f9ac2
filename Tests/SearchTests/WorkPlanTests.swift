import Kernel
import Operations
import Postgres
import TestSupport
import Testing

@testable import Search

/// With thousands of problems and changes a page of the queue reads those at its front.
@Suite struct WorkPlanTests {
  /// What is another one in a copy `c` of a row.
  private static let copy = "'id', c.id + 1000000 + n, 'number', c.number + 1000 + n, 'public_id', '\\x' || lpad(to_hex(n), 24, '0')"

  @Test func eachProcessHasAnIndexOfTheOrder() async throws {
    let world = try await SearchWorld()
    _ = try await world.call("team.create", ["name": "First line"], as: world.database.root)
    _ = try await world.problem("One of many", about: world.acme)
    _ = try await world.change("One of many")
    try await world.database.runAsSuperuser(
      """
      insert into problems.problem
        select (jsonb_populate_record(c, jsonb_build_object(\(Self.copy), 'opened_at', c.opened_at - n * interval '1 minute'))).*
        from problems.problem c, generate_series(1, 5000) n;
      insert into changes.change
        select (jsonb_populate_record(c, jsonb_build_object(
          \(Self.copy), 'starts_at', c.opened_at - n * interval '1 minute', 'ends_at', c.opened_at + interval '1 hour' - n * interval '1 minute'))).*
        from changes.change c, generate_series(1, 5000) n;
      update problems.problem set team_id = (select min(m.id) from desk.team m) where number % 50 = 0;
      update changes.change set team_id = (select min(m.id) from desk.team m) where number % 50 = 0;
      analyze problems.problem; analyze changes.change
      """)
    let given = [
      Value.Member("unowned_only", "false"), Value.Member("is_narrowed", "false"), Value.Member("after_due", "'-infinity'"),
      Value.Member("after_opened", "'-infinity'"), Value.Member("after_tenant", "0"), Value.Member("after_id", "0"),
    ]
    let team = Value.Member("wanted_team", "(select min(m.id) from desk.team m)")
    let looks = [
      ("open_problems", given, "problem_aging"), ("next_problems", given, "problem_aging"), ("open_problems", given + [team], "problem_queue_team"),
      ("open_changes", given, "change_queue"), ("next_changes", given, "change_queue"), ("open_changes", given + [team], "change_queue_team"),
    ]
    for (look, given, index) in looks {
      let plan = try await world.database.finderPlan(look, given: .object(given))
      #expect(plan.contains { $0.contains("using \(index) ") } && !plan.contains { $0.contains("Seq Scan") }, "\(plan.joined(separator: "\n"))")
    }
  }

  /// Half of them hold one value of an attribute, and a few another one.
  @Test func whatHoldsAValueIsMetOnTheWayOrLookedUp() async throws {
    let world = try await SearchWorld()
    for process in ["problem", "change"] { try await world.defineRegion(of: process) }
    let emea = Value.object(["region": "emea"])
    try await world.call("problem.open", ["title": "One of many", "impact": 2, "urgency": 2, "attributes": emea])
    try await world.call("change.open", ["customer": .id(world.acme.publicId), "kind": "normal", "title": "One of many", "attributes": emea])
    func values(of table: String, _ process: String) -> String {
      """
      insert into attributes.internal_value (tenant_id, process, subject_id, key, definition_id, value, code, opened_at)
        select t.tenant_id, v.process, t.id, v.key, v.definition_id, to_jsonb(h.code), h.code, t.opened_at
        from \(table) t join attributes.internal_value v on v.process = '\(process)'
        cross join lateral (select case when t.number % 1000 = 0 then 'apac' when t.number % 2 = 0 then 'emea' else 'none' end) h (code)
        where t.id <> v.subject_id;
      """
    }
    try await world.database.runAsSuperuser(
      """
      insert into problems.problem
        select (jsonb_populate_record(c, jsonb_build_object(\(Self.copy), 'opened_at', c.opened_at - n * interval '1 minute'))).*
        from problems.problem c, generate_series(1, 5000) n;
      insert into changes.change
        select (jsonb_populate_record(c, jsonb_build_object(\(Self.copy), 'opened_at', c.opened_at - n * interval '1 minute'))).*
        from changes.change c, generate_series(1, 5000) n;
      \(values(of: "problems.problem", "problem"))
      \(values(of: "changes.change", "change"))
      analyze problems.problem; analyze changes.change; analyze attributes.internal_value
      """)
    for look in ["attribute_problems", "attribute_changes"] {
      for code in ["emea", "apac"] {
        let given = Value.object([
          Value.Member("wanted_key", "'region'"), Value.Member("wanted_code", .text("'\(code)'")), Value.Member("unowned_only", "false"),
          Value.Member("is_narrowed", "false"),
        ])
        let plan = try await world.database.finderPlan(look, given: given)
        #expect(!plan.contains { $0.contains("Seq Scan") }, "\(look) \(code): \(plan.joined(separator: "\n"))")
      }
    }
  }
}
