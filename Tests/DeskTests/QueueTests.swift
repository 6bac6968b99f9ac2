import Kernel
import Operations
import TestSupport
import Testing

@Suite struct QueueTests {
  @Test func theNextDueComesFirstOverAllPermittedCustomers() async throws {
    let world = try await DeskWorld()
    _ = try await DeskWorld.contract(of: world.other, world.sla, world.database, world.manager)
    let third = try await world.database.customer("THIRD")
    let late = try await world.open("late", impact: 1, urgency: 1)  // due 09:30
    let plain = try await world.open("plain")  // due 13:00
    let without = try await world.open("without", for: third)  // no contract
    let urgent = try await world.open("urgent", for: world.other, impact: 1)  // priority 2: due 10:00
    world.database.clock.advance(seconds: 3600)
    let done = try await world.open("done")
    try await world.act("resolve", on: done, ["resolution": "x"])
    let newer = try await world.open("newer", for: third)

    let titles = { (principal: Principal) in
      try await world.database.call("incident.queue", as: principal)["items"]?.column("title") ?? []
    }
    #expect(try await titles(world.engineer) == ["late", "urgent", "plain", "without", "newer"])
    let listed = try await world.database.staff(.engineer, for: [world.acme, third])
    #expect(try await titles(listed) == ["late", "plain", "without", "newer"])
    #expect(try await titles(try await world.database.staff(.engineer, for: [])) == [])
    let user = try await world.database.user(.customerManager, of: world.acme)
    await expectFailure(.denied) { try await world.database.call("incident.queue", as: user) }

    // An answer stops the response clock: the ticket moves back to where its resolution is due.
    try await world.act("start", on: urgent)
    #expect(try await titles(world.engineer) == ["late", "plain", "urgent", "without", "newer"])

    // Page by page it is the same list.
    var pages: [Value] = []
    var cursor: Value = .null
    repeat {
      let page = try await world.database.call("incident.queue", ["limit": 2, "cursor": cursor], as: world.engineer)
      pages += page["items"]?.column("id") ?? []
      cursor = page["next"] ?? .null
    } while !cursor.isNull
    #expect(pages == [late, plain, urgent, without, newer].map { $0["id"] ?? .null })

    #expect(try await world.database.call("incident.queue", ["priority": 1], as: world.engineer)["items"]?.column("title") == ["late"])
    let team = try await world.database.call("team.create", ["name": "First line"], as: world.manager)
    try await world.act("assign", on: plain, ["team": team["id"] ?? .null])
    #expect(try await world.database.call("incident.queue", ["team": team["id"] ?? .null], as: world.engineer)["items"]?.column("title") == ["plain"])
  }

  /// More readers than connections: none may hold one while it waits for another.
  @Test func manyReadersAtOnce() async throws {
    let world = try await DeskWorld()
    let incident = try await world.open()
    try await withThrowingTaskGroup(of: Value.self) { group in
      for _ in 0..<40 { group.addTask { try await world.database.call("incident.queue", as: world.engineer) } }
      for try await page in group { #expect(page["items"]?.column("id") == [incident["id"] ?? .null]) }
    }
  }

  @Test func assignmentToAMemberOfTheStaff() async throws {
    let world = try await DeskWorld()
    let incident = try await world.open()
    _ = try await world.open("other")
    let bits = try await world.database.superuser.transaction { try await $0.query(StaffBits(account: world.engineer.actor.id)) }
    let me = PublicId(kind: "stf", handle: world.database.provider.handle, random: try #require(bits.first))
    try await world.database.call("staff_grant.add", ["account": .id(me), "role": "engineer", "everyCustomer": .bool(true)], as: world.database.root)
    let assigned = try await world.act("assign", on: incident, ["assignee": .id(me)])
    #expect(assigned["assignee"] == .id(me))
    #expect(try await world.read(incident)["assignee"] == .id(me))
    #expect(try await world.database.call("incident.queue", ["mine": .bool(true)], as: world.engineer)["items"]?.column("id") == [incident["id"] ?? .null])
    #expect(try await world.database.call("incident.queue", ["assignee": .id(me)], as: world.manager)["items"]?.column("id") == [incident["id"] ?? .null])
    #expect(try await world.database.call("incident.queue", ["unassigned": .bool(true)], as: world.engineer)["items"]?.column("title") == ["other"])
    // A customer's account is no staff.
    let nobody = PublicId(kind: "stf", handle: world.database.provider.handle, random: [UInt8](repeating: 7, count: 12))
    await expectFailure(.invalid) { try await world.act("assign", on: assigned, ["assignee": .id(nobody)]) }
    #expect(try await world.act("assign", on: assigned, ["assignee": .null])["assignee"] == .null)
  }

  @Test func aCustomersListIsFilteredAndPaged() async throws {
    let world = try await DeskWorld()
    var ids: [Value] = []
    for index in 0..<5 {
      world.database.clock.advance(seconds: 60)
      ids.append(try await world.open("t\(index)", impact: index == 3 ? 1 : 2)["id"] ?? .null)
    }
    let user = try await world.database.user(.customerManager, of: world.acme)
    var seen: [Value] = []
    var cursor: Value = .null
    repeat {
      let page = try await world.database.call("incident.list", ["limit": 2, "cursor": cursor], as: user)
      seen += page["items"]?.column("id") ?? []
      cursor = page["next"] ?? .null
    } while !cursor.isNull
    #expect(seen == ids.reversed())
    let list = { (input: KeyValuePairs<String, Value>) in
      try await world.database.call("incident.list", input, as: user)["items"]?.column("title") ?? []
    }
    #expect(try await list(["priority": 2]) == ["t3"])
    #expect(try await list(["contract": world.contract["id"] ?? .null]).count == 5)
    #expect(try await list(["openedFrom": "2026-03-02T08:02:00Z", "openedBefore": "2026-03-02T08:04:00Z"]) == ["t2", "t1"])
    #expect(try await list(["state": "open"]).count == 5)
    #expect(try await list(["state": "closed"]).isEmpty)
    // A cursor is good for its own filter only.
    let next = try await world.database.call("incident.list", ["limit": 2], as: user)["next"] ?? .null
    await expectFailure(.invalid) { try await world.database.call("incident.list", ["limit": 2, "cursor": next, "priority": 2], as: user) }
  }

  /// What somebody who calls has reported before. Guard: without the condition all of the customer's would be told.
  @Test func aCallersIncidentsAreFound() async throws {
    let world = try await DeskWorld()
    let customer = Value.id(world.acme.publicId)
    func person(_ name: String, of tenant: Value) async throws -> Value {
      try await world.database.call("person.add", ["customer": tenant, "name": .text(name)], as: world.manager)["id"] ?? .null
    }
    let (kim, lee) = (try await person("Kim", of: customer), try await person("Lee", of: customer))
    var ids: [Value] = []
    for (requester, title) in [(kim, "first"), (lee, "of another"), (kim, "second")] {
      world.database.clock.advance(seconds: 60)
      let opened = try await world.database.call(
        "incident.open", ["customer": customer, "title": .text(title), "requester": requester], as: world.engineer)
      if requester == kim { ids.append(opened["id"] ?? .null) }
    }
    func list(_ requester: Value, as principal: Principal? = nil) async throws -> [Value] {
      let listed = try await world.database.call("incident.list", ["customer": customer, "requester": requester], as: principal ?? world.engineer)
      return listed["items"]?.column("id") ?? []
    }
    #expect(try await list(kim) == ids.reversed())
    #expect(try await list(lee).count == 1)
    let page = try await world.database.call("incident.list", ["customer": customer, "requester": kim, "limit": 1], as: world.engineer)
    #expect(page["items"]?.column("id") == [ids[1]])
    // Whom one does not see is like one who is not there, and so is another customer's.
    let own = try await world.database.user(.requester, of: world.acme, .own)
    await expectFailure(.invalid) { try await list(kim, as: own) }
    let stranger = try await person("Max", of: .id(world.other.publicId))
    await expectFailure(.invalid) { try await list(stranger) }
    await expectFailure(.invalid) {
      try await world.database.call("incident.list", ["customer": customer, "requester": kim, "attribute": "vip:true"], as: world.engineer)
    }
  }
}
