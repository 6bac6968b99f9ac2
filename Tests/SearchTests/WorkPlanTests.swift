import Kernel
import Operations
import Postgres
import TestSupport
import Testing

@testable import Search

/// With thousands of problems and changes a page of the queue reads those at its front.
@Suite struct WorkPlanTests {
  @Test func eachProcessHasAnIndexOfTheOrder() async throws {
    let world = try await SearchWorld()
    _ = try await world.problem("One of many", about: world.acme)
    _ = try await world.change("One of many")
    let copy = "'id', c.id + 1000000 + n, 'number', c.number + 1000 + n, 'public_id', '\\x' || lpad(to_hex(n), 24, '0')"
    try await world.database.runAsSuperuser(
      """
      insert into problems.problem
        select (jsonb_populate_record(c, jsonb_build_object(\(copy), 'opened_at', c.opened_at - n * interval '1 minute'))).*
        from problems.problem c, generate_series(1, 5000) n;
      insert into changes.change
        select (jsonb_populate_record(c, jsonb_build_object(
          \(copy), 'starts_at', c.opened_at - n * interval '1 minute', 'ends_at', c.opened_at + interval '1 hour' - n * interval '1 minute'))).*
        from changes.change c, generate_series(1, 5000) n;
      analyze problems.problem; analyze changes.change
      """)
    let given = Value.object([
      Value.Member("unowned_only", "false"), Value.Member("is_narrowed", "false"), Value.Member("after_due", "'-infinity'"),
      Value.Member("after_opened", "'-infinity'"), Value.Member("after_tenant", "0"), Value.Member("after_id", "0"),
    ])
    let looks = [
      ("open_problems", "problem_aging"), ("next_problems", "problem_aging"), ("open_changes", "change_queue"), ("next_changes", "change_queue"),
    ]
    for (look, index) in looks {
      let plan = try await world.database.finderPlan(look, given: given)
      #expect(plan.contains { $0.contains("using \(index)") } && !plan.contains { $0.contains("Seq Scan") }, "\(plan.joined(separator: "\n"))")
    }
  }
}
