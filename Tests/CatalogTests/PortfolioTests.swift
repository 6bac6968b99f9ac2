import Catalog
import Kernel
import Operations
import Postgres
import Tenancy
import TestSupport
import Testing

/// Families, services and offerings through the dispatcher.
@Suite struct PortfolioTests {
  private let name = Value.object(["en": "Backup", "zh-Hans": "备份"])

  @Test func aServiceGoesThroughItsLife() async throws {
    let world = try await CatalogWorld(applied: false)
    let family = try await world.call("service_family.create", ["code": "DATA", "name": name])
    func create(_ code: String, _ stages: Value) async throws -> Value {
      try await world.call(
        "service.create",
        ["code": .text(code), "family": family.at("id"), "name": name, "mode": "managed", "owner": name, "stages": stages])
    }
    let service = try await create("BACKUP", .object(["requirements": "2026-01-05"]))
    #expect(service.at("state") == "pipeline" && service.at("stage") == "requirements")
    #expect(await violations { try await create("backup", .object(["design": "2026-01-05"])) } == ["code catalog.bad_code"])
    #expect(await violations { try await create("BACKUP", .object(["design": "2026-01-05"])) } == ["catalog.code_taken"])
    #expect(await violations { try await create("X1", .object([])) } == ["stages.requirements service.needs_stage"])
    #expect(await violations { try await create("X1", .object(["design": "2026-03-09"])) } == ["stages.design service.needs_begun"])
    #expect(
      await violations { try await create("X1", .object(["design": "2026-01-05", "operation": "2026-01-04"])) }
        == ["stages.operation service.stage_order"])
    func advance(_ stage: String, _ day: String, _ version: Value) async throws -> Value {
      try await world.call("service.advance", ["id": service.at("id"), "stage": .text(stage), "on": .text(day)], version: version)
    }
    let offered = try await advance("operation", "2026-02-01", 1)
    #expect(offered.at("state") == "catalogue" && offered.at("stages.operation") == "2026-02-01" && offered.at("version") == 2)
    #expect(await violations { try await advance("design", "2026-02-01", 2) } == ["service.stage_passed"])
    #expect(await violations { try await advance("retirement", "2026-01-31", 2) } == ["on service.stage_order"])
    await expectFailure(.versionMismatch) { try await advance("retirement", "2026-02-02", 1) }
    let redated = try await world.call("service.redate", ["id": service.at("id"), "stage": "operation", "on": "2026-01-20"], version: 2)
    #expect(redated.at("stages.operation") == "2026-01-20")
    #expect(
      await violations { try await world.call("service.redate", ["id": service.at("id"), "stage": "design", "on": "2026-01-20"], version: 3) }
        == ["stage service.stage_not_reached"])
    #expect(try await advance("retirement", "2026-02-20", 3).at("state") == "retired")
    #expect(try await world.call("service.list", ["state": "catalogue"]).at("items").array?.isEmpty == true)
    #expect(try await world.call("service.list", ["state": "retired", "family": family.at("id")]).at("items").array?.count == 1)
  }

  @Test func dependenciesMakeNoCircle() async throws {
    let world = try await CatalogWorld()
    let (wan, cloud) = (try await world.found("service.list", "MANAGED-WAN"), try await world.found("service.list", "CLOUD-MIGRATION"))
    func depend(_ service: Value, _ needs: Value) async throws -> Value {
      let version = try await world.call("service.read", ["id": service.at("id")]).at("version")
      return try await world.call("service.depend", ["id": service.at("id"), "needs": needs.at("id")], version: version)
    }
    #expect(await violations { try await depend(wan, cloud) } == ["needs service.circle"])
    #expect(await violations { try await depend(wan, wan) } == ["needs service.depends_on_itself"])
    let released = try await world.call(
      "service.release", ["id": cloud.at("id"), "needs": wan.at("id")], version: try await world.call("service.read", ["id": cloud.at("id")]).at("version"))
    #expect(released.at("needs") == .array([]))
    let version = released.at("version")
    #expect(
      await violations { try await world.call("service.release", ["id": cloud.at("id"), "needs": wan.at("id")], version: version) }
        == ["needs service.depends_not"])
    #expect(try await depend(wan, cloud).at("needs.0.code") == "CLOUD-MIGRATION")
    #expect(await violations { try await depend(wan, cloud) } == ["needs service.depends_already"])
  }

  @Test func aPublishedVersionNeverChanges() async throws {
    let world = try await CatalogWorld()
    let wan = try await world.found("service.list", "MANAGED-WAN")
    func content(_ scope: String) -> Value { .object(["en": .text(scope)]) }
    let made = try await world.call("offering.create", ["service": wan.at("id"), "code": "WAN-TEST", "name": name, "scope": content("one")])
    #expect(made.at("state") == "draft" && made.at("content") == .null && made.at("draft.scope.en") == "one")
    let first = try await world.call("offering.publish", ["id": made.at("id")], version: made.at("version"))
    #expect(first.at("published") == 1 && first.at("content.scope.en") == "one" && first.at("draft") == .null)
    #expect(await violations { try await world.call("offering.publish", ["id": made.at("id")], version: first.at("version")) } == ["offering.no_draft"])
    let drafted = try await world.call(
      "offering.draft", ["id": made.at("id"), "name": name, "scope": content("two")], version: first.at("version"))
    #expect(drafted.at("content.scope.en") == "one" && drafted.at("draft.scope.en") == "two" && drafted.at("state") == "published")
    let second = try await world.call("offering.publish", ["id": made.at("id")], version: drafted.at("version"))
    #expect(second.at("published") == 2 && second.at("content.scope.en") == "two")
    let retired = try await world.call("offering.retire", ["id": made.at("id")], version: second.at("version"))
    #expect(retired.at("state") == "retired" && retired.at("orderable") == .bool(false))
    #expect(
      await violations { try await world.call("offering.draft", ["id": made.at("id"), "name": name], version: retired.at("version")) }
        == ["offering.bad_transition"])
    // By privilege, not only by rule.
    await expectPermissionDenied(world, Tamper())
    await expectPermissionDenied(world, Destroy())
  }

  /// Staff as well: the server's role may not.
  private func expectPermissionDenied(_ world: CatalogWorld, _ statement: some Statement & Sendable) async {
    do {
      try await world.database.tenancy.transaction(binding: [world.acme.id], side: .staff) { transaction in
        _ = try await transaction.execute(statement)
      }
      Issue.record("done")
    } catch {
      #expect((error as? PostgresError)?.kind == .insufficientPrivilege, "\(error)")
    }
  }

  /// Row security stands behind the operations: the customers' side reads neither drafts nor tasks nor the pipeline.
  @Test func theCustomersSideSeesWhatIsPublished() async throws {
    let world = try await CatalogWorld()
    let site = try await world.found("offering.list", "WAN-SITE")
    try await world.call("offering.draft", ["id": site.at("id"), "name": name], version: site.at("version"))
    func seen(_ side: Side) async throws -> Int64 {
      try await world.database.tenancy.transaction(binding: [world.acme.id], side: side, readOnly: true) { try await $0.first(HiddenRows()) ?? 0 }
    }
    #expect(try await seen(.customer) == 0)
    #expect(try await seen(.staff) == 9)
  }

  @Test func whatCannotBePublishedIsRefused() async throws {
    let world = try await CatalogWorld()
    let remote = try await world.found("service.list", "REMOTE-ACCESS")
    let made = try await world.call("offering.create", ["service": remote.at("id"), "code": "VPN", "name": name])
    #expect(await violations { try await world.call("offering.publish", ["id": made.at("id")], version: 1) } == ["service.not_in_catalogue"])
    let task = Value.object(["name": name, "step": 1, "team": "Nobody"])
    #expect(
      await violations {
        try await world.call("offering.create", ["service": remote.at("id"), "code": "VPN2", "name": name, "tasks": .array([task])])
      } == ["tasks[0].team offering.unknown_team"])
    func refused(_ field: String, _ value: Value) async -> [String] {
      await violations {
        try await world.database.dispatcher.invoke(
          "offering.create",
          .object([Value.Member("service", remote.at("id")), Value.Member("code", "VPN2"), Value.Member("name", name), Value.Member(field, value)]),
          as: world.manager, Call(requestId: "test")
        ).value
      }
    }
    #expect(await refused("approval", .object(["rule": "any"])) == ["approval.approvers offering.approval_roles"])
    #expect(await refused("approval", .object(["rule": "none", "roles": .array([name])])) == ["approval.roles offering.approval_roles"])
    #expect(
      await refused("approval", .object(["rule": "all", "roles": .array([name]), "above": "10"])) == ["approval.currency offering.approval_value"])
    #expect(
      await refused("prices", .array([.object(["name": name, "amount": "1.001", "currency": "EUR", "per": "once"])])) == [
        "prices[0].amount offering.bad_amount"
      ])
    #expect(await refused("targets", .array([.object(["metric": "response"])])) == ["targets[0].objective offering.empty_target"])
    #expect(await refused("scope", .object([])) == ["scope input.one_language"])
    #expect(await refused("scope", .object(["fr": "portée"])) == ["scope.fr input.unknown_field"])
  }
}
