import Kernel
import Operations
import Postgres
import TestSupport
import Tenancy
import Testing

@testable import Problems

/// What problems are to each other.
@Suite struct LinkedProblemTests {
  private func link(
    _ one: Value, _ kind: Value, _ other: Value, ends: Bool = false, as principal: Principal? = nil, _ world: ProblemsWorld
  ) async throws -> Value {
    let verb = ends ? "unlink" : "link"
    return try await world.call("problem.\(verb)", ["id": one.at("id"), "kind": kind, "to": other.at("id")], as: principal)
  }

  /// Each as what the problem is to it, with its title.
  private func links(of problem: Value, as principal: Principal? = nil, _ world: ProblemsWorld) async throws -> [String] {
    let items = try await world.call("problem.links", ["id": problem.at("id")], as: principal).at("items").array ?? []
    return items.map { "\($0.at("link").text ?? "") \($0.at("title").text ?? "")" }
  }

  @Test func bothEndsTellOfALink() async throws {
    let world = try await ProblemsWorld()
    let (first, second, third) = (try await world.problem("First"), try await world.problem("Second"), try await world.problem("Third"))
    _ = try await link(second, "duplicates", first, world)
    // What goes both ways is one link, whoever says it.
    _ = try await link(third, "relates_to", first, world)
    #expect(await refusal { try await link(first, "relates_to", third, world) } == "ticket.linked_already")
    #expect(await refusal { try await link(second, "duplicates", first, world) } == "ticket.linked_already")
    #expect(try await links(of: first, world) == ["duplicated_by Second", "relates_to Third"])
    #expect(try await links(of: second, world) == ["duplicates First"])
    #expect(try await links(of: third, world) == ["relates_to First"])
    #expect(try await world.call("problem.read", ["id": first.at("id")]).at("version") == first.at("version"), "a link raises no version")
    _ = try await link(first, "relates_to", third, ends: true, world)
    #expect(await refusal { try await link(first, "relates_to", third, ends: true, world) } == "ticket.not_linked")
    #expect(await refusal { try await link(first, "duplicates", second, ends: true, world) } == "ticket.not_linked", "the other way round")
    #expect(try await links(of: first, world) == ["duplicated_by Second"])
    #expect(try await world.events(of: first) == ["opened", "linked", "linked", "unlinked"])
    #expect(try await world.events(of: third) == ["opened", "linked", "unlinked"])
    let told = try await world.call("problem.history", ["id": second.at("id")]).at("items").array?.last
    let payload = told?.at("payload") ?? .null
    #expect(payload.at("kind") == "duplicates" && payload.at("from") == second.at("id") && payload.at("to") == first.at("id"))
    #expect(payload.members?.count == 3)
    // What ended can be said again.
    _ = try await link(third, "relates_to", first, world)
  }

  @Test func whatLeadsOneWayMakesNoCircle() async throws {
    let world = try await ProblemsWorld()
    let (first, second, third) = (try await world.problem("First"), try await world.problem("Second"), try await world.problem("Third"))
    #expect(await refusal { try await link(first, "duplicates", first, world) } == "to ticket.linked_to_itself")
    _ = try await link(first, "duplicates", second, world)
    _ = try await link(second, "duplicates", third, world)
    #expect(await refusal { try await link(third, "duplicates", first, world) } == "to process.link_circle")
    #expect(await refusal { try await link(first, "depends_on", third, world) } == "kind input.choice")
    // What goes both ways may.
    _ = try await link(third, "relates_to", first, world)
  }

  /// What is about a customer whom one does not serve is not there: neither to be linked, nor in the list, nor in the history.
  @Test func whoServesSomeSeesOfSome() async throws {
    let world = try await ProblemsWorld()
    let (shared, own, secret) = (
      try await world.problem("Shared"), try await world.problem("Ours", of: world.acme), try await world.problem("Secret", of: world.other)
    )
    #expect(await refusal { try await link(own, "duplicates", secret, as: world.servesAcme, world) } == "to input.unknown_reference")
    #expect(await refusal { try await link(secret, "duplicates", own, as: world.servesAcme, world) } == "not_found")
    _ = try await link(own, "duplicates", shared, as: world.servesAcme, world)
    _ = try await link(secret, "duplicates", shared, world)
    #expect(try await links(of: shared, world) == ["duplicated_by Ours", "duplicated_by Secret"])
    #expect(try await links(of: shared, as: world.servesAcme, world) == ["duplicated_by Ours"])
    #expect(try await world.events(of: shared, as: world.servesAcme) == ["opened", "linked"])
    #expect(await refusal { try await world.call("problem.links", ["id": secret.at("id")], as: world.servesAcme) } == "not_found")
    let clerk = try await world.database.staff(.accountManager)
    await expectFailure(.denied) { try await link(own, "relates_to", shared, as: clerk, world) }
    #expect(try await links(of: own, as: clerk, world) == ["duplicates Shared"])
    for verb in ["link", "links"] {
      #expect(await refusal { try await world.call("problem.\(verb)", ["id": own.at("id")], as: world.manager) } != "accepted")
    }
  }

  /// The second wall: a customer's transaction reads no link, and only by its policy.
  @Test func aCustomersSideReadsNone() async throws {
    let world = try await ProblemsWorld()
    _ = try await link(try await world.problem("First"), "duplicates", try await world.problem("Second"), world)
    let provider = world.database.provider.id
    func seen(_ side: Side) async throws -> [String] {
      try await world.database.tenancy.transaction(binding: [provider], side: side, readOnly: true) { try await $0.query(LinkKinds(tenant: provider)) }
    }
    #expect(try await seen(.staff) == ["duplicates"])
    #expect(try await seen(.customer) == [])
    try await world.database.runAsSuperuser("drop policy staff_only on desk.process_link")
    #expect(try await seen(.customer) == ["duplicates"], "it is the policy that hides it")
  }

  /// Guard: two who say the opposite at once would close a circle together.
  @Test func twoAtOnceMakeNoCircle() async throws {
    let world = try await ProblemsWorld()
    let (first, second) = (try await world.problem("First"), try await world.problem("Second"))
    async let one = refusal { try await link(first, "duplicates", second, world) }
    async let other = refusal { try await link(second, "duplicates", first, world) }
    let answers = await [one, other]
    #expect(answers.sorted() == ["accepted", "to process.link_circle"])
  }
}

private struct LinkKinds: Statement {
  let tenant: TenantId

  static let sql = "select l.kind from desk.process_link l where l.tenant_id = $1"
  func bind(to parameters: inout Parameters) { parameters.append(tenant) }
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
