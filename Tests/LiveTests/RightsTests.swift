import Desk
import Kernel
import Operations
import Postgres
import ServiceLevels
import Tenancy
import TestSupport
import Testing

/// Who is told what, by the rights that he has at that moment.
@Suite struct RightsTests {
  @Test func whoMayReadIsTold() async throws {
    let site = try await LiveSite()
    let (acme, other) = (try await site.customer("ACME"), try await site.customer("OTHER"))
    let (anna, ben) = (try await site.person(of: acme), try await site.person(of: acme))
    let engineer = try await site.staff()
    try await LiveServer.with(site) { server in
      let all = try await server.listen(engineer.token)
      let chosen = try await server.listen(engineer.token, "?customers=\(other.code.lowercased())")
      let listeners = [
        all, chosen, try await server.listen(site.staff(for: [[other]]).token), try await server.listen(site.user(.customerManager, of: acme).token),
        try await server.listen(site.user(.requester, of: acme, scope: "own", person: anna).token),
        try await server.listen(site.user(.requester, of: acme, scope: "own", person: ben).token),
        try await server.listen(site.user(.customerManager, of: other).token),
      ]
      for listener in listeners { _ = try await listener.position() }
      let first = try await site.incident(of: acme, requester: anna)
      let second = try await site.incident(of: acme, requester: ben)
      let third = try await site.incident(of: other)
      let expected: [[Value]] = [[first, second, third], [third], [third], [first, second], [first], [second], [third]]
      let wanted = Set([first, second, third].compactMap(\.text))
      var told: [LiveClient.Block] = []
      while !wanted.isSubset(of: told.compactMap { $0.incident?.text }) { told.append(try #require(try await all.next())) }
      var seen = [told]
      // Told in the same round.
      for listener in listeners.dropFirst() { seen.append(try await listener.events(during: .milliseconds(400))) }
      for (blocks, expected) in zip(seen, expected) {
        #expect(Set(blocks.compactMap { $0.incident?.text }) == Set(expected.compactMap(\.text)))
        for block in blocks {
          #expect(block.event == "incident.changed" && block.data?["kind"] == "incident.changed" && block.data?["version"]?.integer == 1)
          #expect(Set((block.data?.members ?? []).map(\.name)) == ["kind", "at", "customer", "incident", "number", "version"], "pointers and nothing else")
        }
      }
      #expect(told.first { $0.incident == first }?.data?["number"] == "ACME-INC-000001")
      #expect(told.first { $0.incident == first }?.data?["customer"] == .id(acme.publicId))
    }
  }

  @Test func whatIsInternalStaysInside() async throws {
    let site = try await LiveSite()
    let acme = try await site.customer("ACME")
    let incident = try await site.incident(of: acme)
    try await LiveServer.with(site) { server in
      let engineer = try await server.listen(site.staff().token)
      let manager = try await server.listen(site.user(.customerManager, of: acme).token)
      for listener in [engineer, manager] { _ = try await listener.position() }
      try await site.comment(incident, visibility: "internal")
      #expect(try await engineer.next()?.event == "incident.commented")
      #expect(try await manager.events(during: .milliseconds(400)) == [])
      try await site.comment(incident)
      #expect(try await engineer.next()?.event == "incident.commented")
      let told = try await manager.events(during: .milliseconds(400))
      #expect(told.map(\.event) == ["incident.commented"])
      // Of events that are the provider's own affair by their type it is the same.
      // A file is as public as it says, and internal where it says nothing.
      let types = [
        "incident.watched", TicketEventType.articleCited, TicketEventType.attached, TicketEventType.detached, TicketEventType.internalAttributesChanged,
      ]
      for (seq, type) in zip(Int64(900)..., types) {
        try await site.write(type, on: incident, seqs: seq...seq)
        #expect(try await engineer.next()?.event == "incident.changed")
        #expect(try await manager.events(during: .milliseconds(400)) == [], "\(type)")
      }
      // What customers may know of attributes, they are told of.
      try await site.write(TicketEventType.attributesChanged, on: incident, seqs: 910...910)
      #expect(try await manager.next()?.event == "incident.changed")
    }
  }

  /// What happens at once for all, and for the staff alone, the staff are told once.
  @Test func nobodyIsToldTwice() async throws {
    let site = try await LiveSite()
    let acme = try await site.customer("ACME")
    let incident = try await site.incident(of: acme)
    try await LiveServer.with(site) { server in
      let engineer = try await server.listen(site.staff().token)
      let manager = try await server.listen(site.user(.customerManager, of: acme).token)
      for listener in [engineer, manager] { _ = try await listener.position() }
      let now = site.clock.now()
      try await site.script(
        """
        insert into operations.event (tenant_id, recorded_at, subject_kind, subject_id, seq, type, payload, actor_kind, actor_id, via, occurred_at)
        select t.tenant_id, '\(now)'::timestamptz + p.seq * interval '1 second', 'ticket', t.id, 900 + p.seq, 'incident.commented', p.payload::jsonb, 'system',
          0, 'job', '\(now)'
        from desk.ticket t, (values (1, '{"visibility": "public"}'), (2, '{"visibility": "internal"}')) p (seq, payload)
        """)
      let told = try await engineer.events(during: .seconds(1))
      #expect(told.map(\.event) == ["incident.commented"])
      #expect(told.first?.incident == incident && told.first?.data?["at"] == .instant(now.adding(seconds: 2)), "of several the last")
      let toldOutside = try await manager.events(during: .milliseconds(400))
      #expect(toldOutside.map(\.event) == ["incident.commented"])
      #expect(toldOutside.first?.data?["at"] == .instant(now.adding(seconds: 1)), "of those that he may know the last")
    }
  }

  @Test func oneIncidentAlone() async throws {
    let site = try await LiveSite()
    let acme = try await site.customer("ACME")
    let (one, two) = (try await site.incident(of: acme), try await site.incident(of: acme))
    let engineer = try await site.staff()
    try await LiveServer.with(site) { server in
      let listener = try await server.listen(engineer.token, "?incident=\(one.text ?? "")")
      _ = try await listener.position()
      try await site.comment(two)
      try await site.comment(one)
      #expect(try await listener.next()?.incident == one)
      #expect(try await listener.events(during: .milliseconds(300)).allSatisfy { $0.incident == one })
    }
  }

  @Test func promisesAreTold() async throws {
    let site = try await LiveSite()
    let acme = try await site.customer("ACME")
    let hours = Value.array([.array(["09:00", "17:00"])])
    let calendar = try await site.call(
      "calendar.create", ["name": "Office", "definition": .object(["zone": "Europe/Berlin", "week": .object(["mon": hours])])])
    let target = Value.object([
      "metric": "response", "priority": 3, "budgetSeconds": 3600, "warnPercents": .array([75]), "calendar": calendar["id"] ?? .null, "objective": 95,
    ])
    let sla = try await site.call("sla.create", ["name": "Silver", "targets": .array([target])])
    try await site.call(
      "contract.create",
      [
        "customer": .id(acme.publicId), "name": "Support", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "lines": .array([.object(["name": "Desk", "sla": sla["id"] ?? .null])]),
      ])
    let incident = try await site.incident(of: acme)
    try await LiveServer.with(site) { server in
      let engineer = try await server.listen(site.staff().token)
      let manager = try await server.listen(site.user(.customerManager, of: acme).token)
      for listener in [engineer, manager] { _ = try await listener.position() }
      site.clock.advance(seconds: 3500)
      try await WarnSweep(keepers: LiveSite.keepers).run(at: site.clock.now(), site.tenancy)
      for listener in [engineer, manager] {
        let told = try #require(try await listener.next())
        #expect(told.event == "clock.warned" && told.incident == incident)
      }
      site.clock.advance(seconds: 200)
      try await BreachSweep(keepers: LiveSite.keepers).run(at: site.clock.now(), site.tenancy)
      for listener in [engineer, manager] { #expect(try await listener.next()?.event == "clock.breached") }
    }
  }

  @Test func newsOfOnesOwnInboxAlone() async throws {
    let site = try await LiveSite()
    let acme = try await site.customer("ACME")
    let (erika, karl) = (try await site.staff(), try await site.staff())
    let anna = try await site.user(.requester, of: acme, scope: "own")
    let person = try await site.superuser.transaction { try await $0.query(PersonOfAccount(account: anna.row)).first ?? 0 }
    try await LiveServer.with(site) { server in
      let listeners = [try await server.listen(erika.token), try await server.listen(karl.token), try await server.listen(anna.token)]
      for listener in listeners { _ = try await listener.position() }
      try await site.notify(erika, receiver: "a\(erika.row)")
      try await site.notify(anna, receiver: "p\(person)")
      for index in [0, 2] {
        let told = try #require(try await listeners[index].next())
        #expect(told.event == "inbox.changed" && Set((told.data?.members ?? []).map(\.name)) == ["kind", "at"])
      }
      for listener in listeners { #expect(try await listener.events(during: .milliseconds(300)) == []) }
    }
  }

  @Test func aRevokedTokenEndsTheStream() async throws {
    let site = try await LiveSite()
    let acme = try await site.customer("ACME")
    // With news: it is over before they are told.
    var rarely = LiveServer.limits
    rarely.tokenCheck = .seconds(3600)
    try await LiveServer.with(site, limits: rarely) { server in
      let told = try await site.staff()
      let busy = try await server.listen(told.token)
      _ = try await busy.position()
      try await site.call("token.revoke", ["id": told.tokenId])
      try await Task.sleep(for: .seconds(1))
      _ = try await site.incident(of: acme)
      #expect(try await busy.next() == nil)
      #expect(busy.isComplete)
    }
    // Without: nothing is told, and it ends all the same; so does one that expires, and one whose account is disabled.
    try await LiveServer.with(site) { server in
      let (revoked, disabled, expiring) = (try await site.staff(), try await site.staff(), try await site.staff(seconds: 1800))
      let idle = [try await server.listen(revoked.token), try await server.listen(disabled.token), try await server.listen(expiring.token)]
      for listener in idle { _ = try await listener.position() }
      try await site.call("token.revoke", ["id": revoked.tokenId])
      try await site.call("staff.disable", ["id": disabled.account])
      site.clock.advance(seconds: 1801)
      for listener in idle { #expect(try await listener.next() == nil) }
      await #expect(throws: LiveClient.Refused(status: 401)) { try await server.listen(revoked.token) }
    }
  }

  @Test func aWithdrawnGrantEndsTheNews() async throws {
    let site = try await LiveSite()
    let (acme, other) = (try await site.customer("ACME"), try await site.customer("OTHER"))
    let engineer = try await site.staff(for: [[acme], [other]])
    try await LiveServer.with(site) { server in
      let listener = try await server.listen(engineer.token)
      let watcher = try await server.listen(site.staff().token)
      for stream in [listener, watcher] { _ = try await stream.position() }
      let before = try await site.incident(of: acme)
      #expect(try await listener.next()?.incident == before)
      #expect(try await watcher.next()?.incident == before)
      try await site.call("staff_grant.revoke", ["id": engineer.grants[0]])
      try await Task.sleep(for: .seconds(1))
      // Told to the watcher, and kept from whoever may not read it any more; what he may read goes on.
      let after = try await site.incident(of: acme)
      #expect(try await watcher.next()?.incident == after)
      let others = try await site.incident(of: other)
      #expect(try await listener.next()?.incident == others)
    }
  }

  @Test func aGrantOfUnitsFollowsThem() async throws {
    let site = try await LiveSite()
    let acme = try await site.customer("ACME")
    let unit = try await site.call("unit.add", ["customer": .id(acme.publicId), "kind": "site", "name": "Kiel"])["id"] ?? .null
    let user = try await site.user(.customerManager, of: acme, scope: "tenant")
    try await site.call("account_grant.revoke", ["id": user.grants[0]])
    try await site.call("account_grant.add", ["account": user.account, "role": "customer_manager", "scope": "unit", "unit": unit])
    let anna = try await site.call("person.add", ["customer": .id(acme.publicId), "name": "Anna", "unit": unit])["id"] ?? .null
    try await LiveServer.with(site) { server in
      let listener = try await server.listen(user.token)
      _ = try await listener.position()
      _ = try await site.incident(of: acme)
      let own = try await site.incident(of: acme, requester: anna)
      #expect(try await listener.next()?.incident == own)
      // What comes below it counts from then on, though nothing is granted anew.
      let below = try await site.call("unit.add", ["customer": .id(acme.publicId), "kind": "department", "name": "Yard", "parent": unit])["id"] ?? .null
      let ben = try await site.call("person.add", ["customer": .id(acme.publicId), "name": "Ben", "unit": below])["id"] ?? .null
      try await Task.sleep(for: .seconds(1))
      // By the first the change is noticed; by the second, a second later, whoever was looked up too early is looked up again.
      _ = try await site.incident(of: acme)
      try await Task.sleep(for: .seconds(2))
      let theirs = try await site.incident(of: acme, requester: ben)
      #expect(try await listener.next()?.incident == theirs)
    }
  }

  @Test func whoMayNotIsRefused() async throws {
    let site = try await LiveSite()
    let (acme, other) = (try await site.customer("ACME"), try await site.customer("OTHER"))
    let (hidden, foreign) = (try await site.incident(of: acme), try await site.incident(of: other))
    let anna = try await site.user(.requester, of: acme, scope: "own")
    try await LiveServer.with(site) { server in
      #expect(try await server.send("GET", "/v1/live").status == 401)
      #expect(try await server.send("GET", "/v1/live", token: String(anna.token.dropLast()) + "a").status == 401)
      // Hidden, foreign, unknown, and no id at all: one answer.
      let unknown = Value.id(acme.id("inc", [UInt8](repeating: 7, count: 12)))
      var answers: Set<String> = []
      for id in [hidden, foreign, unknown, "ACME-INC-000001", "OTHER-INC-000001", "ACME-INC-000777", "NOBODY-INC-000001"] {
        let reply = try await server.send("GET", "/v1/live?incident=\(id.text ?? "")", token: anna.token)
        #expect(reply.status == 404)
        answers.insert(reply.json?["code"]?.text ?? "")
      }
      #expect(answers == ["not_found"])
      answers = []
      let strange = try #require(PublicId("cus_\(Base32.encode([UInt8](repeating: 9, count: 16)))"))
      for id in [other.publicId.description, strange.description, "OTHER", "NOBODY"] {
        let reply = try await server.send("GET", "/v1/live?customers=\(id)", token: anna.token)
        #expect(reply.status == 422)
        answers.insert(reply.json.map { JSON.text($0["errors"] ?? .null) } ?? "")
      }
      #expect(answers.count == 1)
      #expect(try await server.send("GET", "/v1/live?customer=x", token: anna.token).status == 422, "an unknown name")
      #expect(try await server.send("POST", "/v1/live", token: anna.token)["allow"] == "GET")
      let nobody = try await site.staff(for: [])
      let denied = try await server.send("GET", "/v1/live", token: nobody.token)
      #expect(denied.status == 403 && denied.json?["code"] == "denied")
    }
  }
}

extension HTTPTestClient.Reply {
  var json: Value? { try? JSON.read(body) }
}

private struct PersonOfAccount: Statement {
  let account: Int64
  static let sql = "select person_id from tenancy.account where id = $1"
  func bind(to parameters: inout Parameters) { parameters.append(account) }
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
