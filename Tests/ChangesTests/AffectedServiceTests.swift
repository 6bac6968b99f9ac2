import Kernel
import Operations
import TestSupport
import Tenancy
import Testing

@testable import Changes

/// The services that a change affects, as they are taken over from what it touches and what rests on that.
@Suite struct AffectedServiceTests {
  /// Acme's mail server, on it web mail, and on that an archive; a mail server of the other customer's; a shared core that affects Acme, and on it a VPN.
  private struct Estate {
    let world: ChangesWorld
    let mail: Value
    let web: Value
    let theirs: Value
    let core: Value

    init() async throws {
      let world = try await ChangesWorld()
      for code in ["MAIL", "WEB", "ARCHIVE", "NET", "VPN"] { try await world.database.catalogueService(code) }
      func ci(_ name: String, _ service: Value, of owner: TenantEntry) async throws -> Value {
        try await world.call(
          "ci.create", ["customer": .id(owner.publicId), "type": "server", "name": .text(name), "service": service], as: world.database.root
        ).at("id")
      }
      func needs(_ ci: Value, _ other: Value) async throws {
        let version = try await world.call("ci.read", ["id": ci], as: world.database.root).at("version")
        try await world.call("ci.relate", ["id": ci, "kind": "depends_on", "to": other], as: world.database.root, version: version)
      }
      (mail, web) = (try await ci("mail", "MAIL", of: world.acme), try await ci("web", "WEB", of: world.acme))
      theirs = try await ci("theirs", "MAIL", of: world.other)
      core = try await ci("core", "NET", of: world.database.provider)
      let (archive, vpn) = (try await ci("archive", "ARCHIVE", of: world.acme), try await ci("vpn", "VPN", of: world.database.provider))
      try await needs(web, mail)
      try await needs(archive, web)
      try await needs(vpn, core)
      // What belongs to no service affects none.
      try await needs(try await ci("probe", .null, of: world.acme), mail)
      try await world.call("shared_ci.affect", ["id": core, "customer": .id(world.acme.publicId)], as: world.database.root)
      self.world = world
    }

    /// CIs of no service that stand on one.
    func leaves(_ count: Int, on name: String) async throws {
      try await world.database.runAsSuperuser(
        """
        with copy as (
          insert into assets.ci (tenant_id, public_id, type_id, name, name_key, state, attributes, confirmed_at, recorded_at, type_seq)
          select c.tenant_id, substr(sha256(('\(count) ' || n || c.name)::bytea), 1, 12), c.type_id, 'leaf', 'leaf', c.state, c.attributes, c.confirmed_at,
            c.recorded_at, c.type_seq
          from assets.ci c cross join generate_series(1, \(count)) n where c.name = '\(name)' returning tenant_id, id)
        insert into assets.relation (tenant_id, from_id, to_id, kind, recorded_at)
        select y.tenant_id, y.id, c.id, 'depends_on', c.recorded_at from copy y join assets.ci c on c.tenant_id = y.tenant_id and c.name = '\(name)'
        """)
    }

    func take(_ change: Value, depth: Int64 = 3, as principal: Principal? = nil) async throws -> Value {
      try await world.act("change.take_affected", on: change, ["depth": .integer(depth)], as: principal)
    }

    func codes(_ change: Value, as principal: Principal? = nil) async throws -> [String] {
      try await world.read(change, as: principal).texts("code", in: "affectedServices")
    }

    /// What its history says came and went.
    func told(_ change: Value, as principal: Principal? = nil) async throws -> [Told] {
      let history = try await world.call("change.history", ["id": change.at("id"), "limit": 200], as: principal)
      return (history.at("items").array ?? []).filter { $0.at("type") == "change.services_affected" }.map { event in
        func codes(_ member: String) -> [String] { event.at("payload").at(member).array?.compactMap(\.text) ?? [] }
        return Told(customer: event.at("payload").at("customer"), added: codes("added"), removed: codes("removed"))
      }
    }
  }

  fileprivate struct Told: Hashable {
    let customer: Value
    let added: [String]
    let removed: [String]
  }

  /// They stay when the CIs go, until they are taken over again; whoever serves some customers hears of these.
  @Test func theServicesThatTheWalkFindsAreTakenOver() async throws {
    let estate = try await Estate()
    let world = estate.world
    let opened = try await world.act(
      "change.add_ci", on: try await world.change(cis: [estate.mail], sharedCis: [estate.core]), ["ci": estate.theirs])
    #expect(try await world.read(opened).at("affectedServices") == .array([]))
    let near = try await estate.take(opened, depth: 1)
    #expect(near.texts("code", in: "affectedServices") == ["MAIL", "NET", "VPN", "WEB"] && near.at("state") == "draft")
    await expectFailure(.versionMismatch) { try await world.call("change.take_affected", ["id": opened.at("id")], version: opened.at("version")) }
    let all = try await estate.take(near)
    let told = try await world.read(all)
    #expect(told.texts("code", in: "affectedServices") == ["ARCHIVE", "MAIL", "NET", "VPN", "WEB"])
    #expect(told.at("affectedServices") == all.at("affectedServices"))
    // As the proposal has them.
    let proposed = try await world.call("change.affected", ["id": all.at("id")])
    #expect(Set(proposed.texts("code", in: "services")) == ["ARCHIVE", "MAIL", "NET", "VPN", "WEB"])
    #expect(told.at("affectedServices.1.name") == .object(["en": "MAIL"]))
    #expect(Set(told.at("affectedServices.1.customers").array ?? []) == [.id(world.acme.publicId), .id(world.other.publicId)])
    #expect(told.at("affectedServices.1.shared") == .bool(false))
    #expect(told.at("affectedServices.2.customers") == .array([]) && told.at("affectedServices.2.shared") == .bool(true))
    #expect(await refusal { try await estate.take(all) } == "change.services_taken")
    // Who serves Acme alone hears of what is Acme's own, and takes over nothing of what concerns others.
    let seen = try await world.read(all, as: world.servesAcme)
    #expect(seen.texts("code", in: "affectedServices") == ["ARCHIVE", "MAIL", "WEB"])
    #expect(seen.at("affectedServices.1.customers") == .array([.id(world.acme.publicId)]))
    #expect(await refusal { try await estate.take(all, as: world.servesAcme) } == "change.serves_all")
    await expectFailure(.denied) { try await estate.take(all, as: world.manager) }
    // Nobody has taken over what the walk finds now.
    let without = try await world.act("change.remove_ci", on: all, ["ci": estate.mail])
    #expect(try await estate.codes(without).count == 5)
    let less = try await estate.take(without)
    #expect(less.texts("code", in: "affectedServices") == ["MAIL", "NET", "VPN"])
    #expect(less.at("affectedServices.0.customers") == .array([.id(world.other.publicId)]))
    #expect(try await estate.codes(less, as: world.servesAcme) == [])
    // An event of each whose CIs they are, who reads it as he reads these.
    let (acme, other) = (Value.id(world.acme.publicId), Value.id(world.other.publicId))
    let own = [
      Told(customer: acme, added: ["MAIL", "WEB"], removed: []), Told(customer: acme, added: ["ARCHIVE"], removed: []),
      Told(customer: acme, added: [], removed: ["ARCHIVE", "MAIL", "WEB"]),
    ]
    #expect(try await estate.told(less, as: world.servesAcme) == own)
    let everything = try await estate.told(less)
    #expect(everything.count == 5)
    #expect(
      Set(everything).subtracting(own) == [
        Told(customer: other, added: ["MAIL"], removed: []), Told(customer: .null, added: ["NET", "VPN"], removed: []),
      ])
  }

  /// What rests on shared CIs is added and taken off by those who serve all.
  @Test func whatRestsOnSharedOnesIsForWhoServesAll() async throws {
    let estate = try await Estate()
    let world = estate.world
    let opened = try await world.change(cis: [estate.mail], sharedCis: [estate.core])
    let own = try await estate.take(opened, as: world.servesAcme)
    #expect(own.texts("code", in: "affectedServices") == ["ARCHIVE", "MAIL", "WEB"])
    #expect(try await estate.codes(own) == ["ARCHIVE", "MAIL", "WEB"])
    let both = try await estate.take(own)
    #expect(both.texts("code", in: "affectedServices") == ["ARCHIVE", "MAIL", "NET", "VPN", "WEB"])
    let without = try await world.act("change.remove_ci", on: both, ["ci": estate.core])
    #expect(await refusal { try await estate.take(without, as: world.servesAcme) } == "change.services_taken")
    #expect(try await estate.codes(without).count == 5)
    #expect(try await estate.take(without).texts("code", in: "affectedServices") == ["ARCHIVE", "MAIL", "WEB"])
    #expect(try await estate.told(without, as: world.servesAcme).count == 1)
    // Who serves another customer does not know of it.
    let stranger = try await world.database.staff(.engineer, for: [world.other])
    await expectFailure(.notFound) { try await estate.take(without, as: stranger) }
  }

  /// Guards: without the service in the condition what nobody took over was listed too; without whose CIs it was found by, who serves some customers would
  /// learn of what rests on others' and on shared ones.
  @Test func theChangesThatAffectAServiceAreListed() async throws {
    let estate = try await Estate()
    let world = estate.world
    _ = try await estate.take(try await world.change("Mine", cis: [estate.mail], sharedCis: [estate.core]))
    let several = try await world.act("change.add_ci", on: try await world.change("Several", cis: [estate.web]), ["ci": estate.theirs])
    _ = try await estate.take(several)
    _ = try await world.change("None", cis: [estate.mail])
    func listed(
      _ service: String, _ customer: TenantEntry? = nil, more: Value.Member = Value.Member("state", "open"), as principal: Principal? = nil
    ) async throws -> [String] {
      let named: Value = customer.map { .id($0.publicId) } ?? .null
      return try await world.call(
        "change.list", ["affectedService": .text(service), "customer": named, more.name: more.value], as: principal
      ).texts("title")
    }
    #expect(try await listed("MAIL") == ["Several", "Mine"])
    #expect(try await listed("NET") == ["Mine"])
    #expect(try await listed("MAIL", world.other) == ["Several"])
    #expect(try await listed("WEB", world.acme) == ["Several", "Mine"])
    #expect(try await listed("MAIL", more: Value.Member("state", "closed")).isEmpty)
    #expect(try await listed("MAIL", more: Value.Member("myTeams", .bool(true))).isEmpty)
    #expect(try await listed("WEB", as: world.servesAcme) == ["Several", "Mine"])
    #expect(try await listed("MAIL", as: world.servesAcme) == ["Mine"])
    #expect(try await listed("NET", as: world.servesAcme).isEmpty)
    #expect(await refusal { .integer(Int64(try await listed("NONE").count)) } == "affectedService input.unknown_reference")
    let page = try await world.call("change.list", ["affectedService": "MAIL", "limit": 1])
    let rest = try await world.call("change.list", ["affectedService": "MAIL", "limit": 1, "cursor": page.at("next")])
    #expect(page.texts("title") == ["Several"] && rest.texts("title") == ["Mine"])
    await expectFailure(.invalid) { try await world.call("change.list", ["affectedService": "WEB", "limit": 1, "cursor": page.at("next")]) }
  }

  /// Nothing is reached through what is out of use, as the proposal reaches nothing.
  @Test func whatIsRetiredIsNotReached() async throws {
    let estate = try await Estate()
    let world = estate.world
    let opened = try await world.change(cis: [estate.mail])
    let version = try await world.call("ci.read", ["id": estate.web], as: world.database.root).at("version")
    try await world.call("ci.transition", ["id": estate.web, "state": "retired"], as: world.database.root, version: version)
    #expect(try await estate.take(opened).texts("code", in: "affectedServices") == ["MAIL"])
    #expect(try await world.call("change.affected", ["id": opened.at("id")]).texts("code", in: "services") == ["MAIL"])
  }

  /// As the proposal tells it. Guard: what was recorded of a walk that was cut would look like all.
  @Test func thatTheWalkWasCutIsTold() async throws {
    let estate = try await Estate()
    let world = estate.world
    func isCut(_ taken: Value, depth: Int64 = 3) async throws -> [Value] {
      [taken.at("isCut"), try await world.call("change.affected", ["id": taken.at("id"), "depth": .integer(depth)]).at("isCut")]
    }
    // By how far it goes: an archive stands on the web mail.
    let near = try await estate.take(try await world.change("Near", cis: [estate.mail]), depth: 1)
    #expect(try await isCut(near, depth: 1) == [.bool(true), .bool(true)])
    #expect(try await isCut(try await estate.take(near, depth: 2), depth: 2) == [.bool(false), .bool(false)])
    // By how many there are: the archive is the last of the 500, and then there is no room for it.
    try await estate.leaves(497, on: "mail")
    let all = try await estate.take(try await world.change("All", cis: [estate.mail]))
    #expect(all.texts("code", in: "affectedServices") == ["ARCHIVE", "MAIL", "WEB"])
    #expect(try await isCut(all) == [.bool(false), .bool(false)])
    try await estate.leaves(1, on: "mail")
    let some = try await estate.take(try await world.change("Some", cis: [estate.mail]))
    #expect(some.texts("code", in: "affectedServices") == ["MAIL", "WEB"])
    #expect(try await isCut(some) == [.bool(true), .bool(true)])
  }

  @Test func thatTheWalkOfSharedOnesWasCutIsToldToWhoServesAll() async throws {
    let estate = try await Estate()
    let world = estate.world
    try await estate.leaves(1, on: "vpn")
    let shared = try await world.change("Shared", cis: [estate.web], sharedCis: [estate.core])
    let own = try await estate.take(shared, depth: 1, as: world.servesAcme)
    #expect(own.texts("code", in: "affectedServices") == ["ARCHIVE", "WEB"] && own.at("isCut") == .bool(false))
    #expect(try await estate.take(own, depth: 1).at("isCut") == .bool(true))
  }

  /// Guard: a walk that reaches no service would not tell that it was cut.
  @Test func aCutWalkWithoutServicesIsTold() async throws {
    let estate = try await Estate()
    let world = estate.world
    let bare = try await world.ci("bare")
    for name in ["bare", "leaf"] { try await estate.leaves(1, on: name) }
    let named = try await world.act("change.add_ci", on: try await world.change("Bare", cis: [bare]), ["ci": estate.theirs])
    let taken = try await estate.take(named, depth: 1)
    #expect(taken.texts("code", in: "affectedServices") == ["MAIL"] && taken.at("isCut") == .bool(true))
  }

  /// Whom it does not concern any more, no service of his is affected by it.
  @Test func theServicesGoWithTheCustomer() async throws {
    let estate = try await Estate()
    let world = estate.world
    let opened = try await world.act("change.add_ci", on: try await world.change(), ["ci": estate.theirs])
    let taken = try await estate.take(opened)
    #expect(taken.texts("code", in: "affectedServices") == ["MAIL"])
    let without = try await world.act("change.remove_ci", on: taken, ["ci": estate.theirs])
    let left = try await world.act("change.unconcern", on: without, ["customer": .id(world.other.publicId)])
    #expect(try await estate.codes(left) == [])
    let again = try await world.act("change.concern", on: left, ["customer": .id(world.other.publicId)])
    #expect(try await estate.codes(again) == [])
  }

  /// They are part of what is judged and agreed to.
  @Test func whatIsAgreedToIsNotTakenOver() async throws {
    let estate = try await Estate()
    let world = estate.world
    let opened = try await world.change(cis: [estate.mail])
    let assessed = try await world.act("change.assess", on: opened, ["answers": ChangesWorld.lowest])
    let taken = try await estate.take(assessed)
    #expect(taken.at("state") == "draft")
    let submitted = try await world.submitted(taken)
    #expect(await refusal { try await estate.take(submitted) } == "change.wrong_state")
    #expect(try await estate.codes(submitted) == ["ARCHIVE", "MAIL", "WEB"])
  }

  /// Guard: what finds them over all customers is the staff's.
  @Test func theFinderIsForTheStaff() async throws {
    let estate = try await Estate()
    let world = estate.world
    let opened = try await world.change(cis: [estate.mail])
    let change = try await world.database.tenancy.transaction(binding: [world.database.provider.id], side: .staff, readOnly: true) { transaction in
      try await transaction.query(
        ChangesOfProvider(
          provider: world.database.provider.id, customers: nil, filter: ChangesOfProvider.Filter(), before: nil, limit: 1)
      ).first
    }
    #expect(change?.title == opened.at("title").text)
    let reached = ServicesReached(change: try #require(change).id, customers: nil, depth: 1)
    #expect(try await world.database.asStaff(reached).map { $0.service?.code } == ["MAIL", "WEB"])
    let sideless = try await world.database.superuser.transaction { try await $0.query(reached) }
    #expect(sideless.isEmpty)
    let served = ServicesReached(change: try #require(change).id, customers: [world.other.id.rawValue], depth: 1)
    #expect(try await world.database.asStaff(served).isEmpty)
  }

  @Test func whatDiffersIsTakenByWhoseItIs() {
    func service(_ owner: Int64, _ code: String) -> TakenServices.Service {
      TakenServices.Service(owner: TenantId(owner), id: Int64(code.utf8.first ?? 0), code: code)
    }
    let before = [service(1, "A"), service(1, "B"), service(2, "A")]
    #expect(TakenServices(before: before, found: before.reversed()).parts.isEmpty)
    let taken = TakenServices(before: before, found: [service(1, "B"), service(1, "D"), service(1, "C"), service(2, "A"), service(3, "A")])
    #expect(
      taken.parts == [
        TakenServices.Part(owner: TenantId(1), added: [service(1, "C"), service(1, "D")], removed: [service(1, "A")]),
        TakenServices.Part(owner: TenantId(3), added: [service(3, "A")], removed: []),
      ])
    #expect(TakenServices(before: before, found: []).parts.map(\.removed.count) == [2, 1])
  }
}
