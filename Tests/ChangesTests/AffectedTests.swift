import Kernel
import Operations
import TestSupport
import Tenancy
import Testing

/// Whom a change affects, by what it touches and what rests on that.
@Suite struct AffectedTests {
  /// Storage that affects Acme; on it a platform that affects the other customer, and on that a portal that affects Acme and a third one.
  private struct Chain {
    let world: ChangesWorld
    let third: TenantEntry
    let storage: Value
    let platform: Value
    let portal: Value

    init() async throws {
      world = try await ChangesWorld()
      third = try await world.database.customer("THIRD")
      storage = try await world.sharedCi("storage", affecting: [world.acme])
      platform = try await world.sharedCi("OTHER platform", affecting: [world.other])
      portal = try await world.sharedCi("portal", affecting: [world.acme, third])
      try await relate(platform, to: storage)
      try await relate(portal, to: platform)
    }

    func relate(_ ci: Value, to: Value) async throws {
      let root = world.database.root
      let version = try await world.call("ci.read", ["id": ci], as: root).at("version")
      try await world.call("ci.relate", ["id": ci, "kind": "depends_on", "to": to], as: root, version: version)
    }

    func affected(_ change: Value, depth: Int64 = 3, as principal: Principal? = nil) async throws -> Value {
      try await world.call("change.affected", ["id": change.at("id"), "depth": .integer(depth)], as: principal)
    }
  }

  @Test func customersAreTheNearestFirstWithTheWay() async throws {
    let chain = try await Chain()
    let world = chain.world
    let mine = try await world.ci("mine")
    let change = try await world.change(cis: [mine], sharedCis: [chain.storage])
    let told = try await chain.affected(change)
    #expect(told.texts("code", in: "customers") == ["ACME", "OTHER", "THIRD"])
    #expect(told.at("customers").array?.map { $0.at("depth") } == [0, 1, 2])
    #expect(told.at("customers").array?.map { $0.at("isConcerned") } == [.bool(true), .bool(false), .bool(false)])
    #expect(told.at("customers.0.id") == .id(world.acme.publicId) && told.at("customers.0.name") != .null)
    #expect(told.at("customers.1.path") == .array([chain.storage, chain.platform]))
    #expect(told.at("customers.2.path") == .array([chain.storage, chain.platform, chain.portal]))
    // By whatever affects him, once: his own, and what is shared.
    let cis = told.at("customers.0.cis").array ?? []
    #expect(cis.count == 3 && cis.contains(mine) && cis.contains(chain.storage) && cis.contains(chain.portal))
    #expect(told.at("customersCut") == .bool(false))
    // No farther than was asked for.
    #expect(try await chain.affected(change, depth: 1).texts("code", in: "customers") == ["ACME", "OTHER"])
    // A change that touches only a customer's own affects nobody else.
    let own = try await world.change("Own", cis: [try await world.ci("only mine")])
    #expect(try await chain.affected(own).texts("code", in: "customers") == ["ACME"])
    #expect(try await chain.affected(try await world.change("Nothing")).at("customers") == .array([]))
  }

  /// Whoever serves some customers is told of these, and nothing of what lies between.
  @Test func onlyTheCustomersWhomOneServesAreNamed() async throws {
    let chain = try await Chain()
    let world = chain.world
    let change = try await world.change(sharedCis: [chain.storage])
    let seen = try await chain.affected(change, as: world.servesAcme)
    #expect(seen.texts("code", in: "customers") == ["ACME"] && seen.at("affected") == .array([]) && seen.at("services") == .array([]))
    #expect(seen.at("customers.0.path") == .array([]))
    let text = JSON.text(seen)
    for hidden in [world.other.publicId.description, chain.third.publicId.description, "OTHER", chain.platform.text ?? "-"] {
      #expect(!text.contains(hidden), "\(hidden)")
    }
    // Far away, too: of a change that concerns the customer he serves, he hears that it affects him.
    let servesThird = try await world.database.staff(.engineer, for: [chain.third])
    await expectFailure(.notFound) { try await chain.affected(change, as: servesThird) }
    await expectFailure(.denied) { try await chain.affected(change, as: world.manager) }
  }

  @Test func theProposalIsTakenOverAndCorrected() async throws {
    let chain = try await Chain()
    let world = chain.world
    var change = try await world.change(sharedCis: [chain.storage], publicText: "Saturday")
    func customers() async throws -> [Value] { try await world.read(change).at("customers").array ?? [] }
    #expect(try await customers() == [.id(world.acme.publicId)])
    #expect(await refusal { try await world.act("change.concern_affected", on: change, as: world.servesAcme) } != "accepted")
    let version = change.at("version")
    change = try await world.act("change.concern_affected", on: change, ["depth": 1])
    #expect(try await customers() == [.id(world.acme.publicId), .id(world.other.publicId)])
    await expectFailure(.versionMismatch) { try await world.call("change.concern_affected", ["id": change.at("id")], version: version) }
    #expect(await refusal { try await world.act("change.concern_affected", on: change, ["depth": 1]) } == "change.affects_nobody_else")
    change = try await world.act("change.concern_affected", on: change)
    #expect(try await customers().count == 3)
    #expect(try await chain.affected(change).at("customers").array?.allSatisfy { $0.at("isConcerned") == .bool(true) } == true)
    #expect(try await world.events(of: change).filter { $0 == "customer_added" }.count == 2)
    // A limited reader learns of nobody by that.
    #expect(try await world.events(of: change, as: world.servesAcme).contains("customer_added") == false)
    // Whoever does not belong there is taken off.
    change = try await world.act("change.unconcern", on: change, ["customer": .id(chain.third.publicId)])
    #expect(try await customers() == [.id(world.acme.publicId), .id(world.other.publicId)])
    // He hears of it as any whom it concerns, and the one who was taken off does not.
    change = try await world.decide(try await world.submitted(change), role: "engineer", as: world.peer)
    try await world.sweep()
    for (tenant, count) in [(world.acme, 1), (world.other, 1), (chain.third, 0)] {
      let reader = try await world.database.user(.customerManager, of: tenant)
      let notices = try await world.call("change_notice.list", ["customer": .id(tenant.publicId)], as: reader)
      #expect(notices.at("items").array?.count == count, "\(tenant.code)")
    }
    // What was agreed to is not widened.
    #expect(await refusal { try await world.act("change.concern_affected", on: change) } == "change.wrong_state")
  }

  /// Of a shared CI that is out of use nobody is affected.
  @Test func whatIsRetiredAffectsNobody() async throws {
    let chain = try await Chain()
    let world = chain.world
    let change = try await world.change(sharedCis: [chain.storage])
    let root = world.database.root
    let version = try await world.call("ci.read", ["id": chain.platform], as: root).at("version")
    try await world.call("ci.transition", ["id": chain.platform, "state": "retired"], as: root, version: version)
    #expect(try await chain.affected(change).texts("code", in: "customers") == ["ACME"])
    #expect(await refusal { try await world.act("change.concern_affected", on: change) } == "change.affects_nobody_else")
  }

  /// Beyond a thousand nobody is taken over: a part of them would look like all.
  @Test func moreThanAThousandAreNotTakenOver() async throws {
    let chain = try await Chain()
    let world = chain.world
    let change = try await world.change(sharedCis: [chain.storage])
    try await world.database.runAsSuperuser(
      """
      insert into tenancy.tenant
      select (jsonb_populate_record(t, jsonb_build_object('id', 1000000 + n, 'handle', 1000000 + n, 'code', 'MANY' || n,
        'public_id', substr(sha256(n::text::bytea), 1, 12)))).*
      from tenancy.tenant t cross join generate_series(1, 1001) n where t.code = 'THIRD';
      insert into assets.affected_customer (tenant_id, ci_id, customer_id, recorded_at)
      select c.tenant_id, c.id, 1000000 + n, c.recorded_at from assets.ci c cross join generate_series(1, 1001) n where c.name = 'OTHER platform'
      """)
    let told = try await chain.affected(change)
    #expect(told.at("customers").array?.count == 1000 && told.at("customersCut") == .bool(true))
    #expect(await refusal { try await world.act("change.concern_affected", on: change) } == "change.affects_too_many")
    #expect(try await world.read(change).at("customers") == .array([.id(world.acme.publicId)]))
    // Who serves some hears nothing of how many others there are.
    let own = try await chain.affected(change, as: world.servesAcme)
    #expect(own.texts("code", in: "customers") == ["ACME"] && own.at("customersCut") == .bool(false))
  }
}
