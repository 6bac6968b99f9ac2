import Kernel
import Operations
import ServiceLevels
import Tenancy
import TestSupport
import Testing

/// Who is told what of requests, problems, changes, releases and major incidents: whoever may read them, at that moment.
@Suite struct TicketRightsTests {
  /// The tickets that each listener was told of, when the first, who is told of everything, has all of these.
  private func told(_ listeners: [LiveClient], of process: String, until wanted: [Value]) async throws -> [Set<String>] {
    let all = Set(wanted.compactMap(\.text))
    var found: Set<String> = []
    while !all.isSubset(of: found) {
      let block = try #require(try await listeners[0].next())
      if let id = block.data?[process]?.text { found.insert(id) }
    }
    var told = [found]
    // Told in the same round.
    for listener in listeners.dropFirst() {
      told.append(Set(try await listener.events(during: .milliseconds(400)).compactMap { $0.data?[process]?.text }))
    }
    return told
  }

  private func ids(_ values: Value...) -> Set<String> { Set(values.compactMap(\.text)) }

  @Test func requests() async throws {
    let site = try await LiveSite()
    let (acme, other) = (try await site.customer("ACME"), try await site.customer("OTHER"))
    let offering = try await site.offering(soldTo: [acme, other])
    let unit = try await site.call("unit.add", ["customer": .id(acme.publicId), "kind": "site", "name": "Kiel"])["id"] ?? .null
    let anna = try await site.call("person.add", ["customer": .id(acme.publicId), "name": "Anna", "unit": unit])["id"] ?? .null
    let (ben, olga) = (try await site.person(of: acme), try await site.person(of: other))
    let ofUnit = try await site.user(.customerManager, of: acme)
    try await site.call("account_grant.revoke", ["id": ofUnit.grants[0]])
    try await site.call("account_grant.add", ["account": ofUnit.account, "role": "customer_manager", "scope": "unit", "unit": unit])
    try await LiveServer.with(site) { server in
      let listeners = [
        try await server.listen(site.staff().token), try await server.listen(site.staff(for: [[other]]).token),
        try await server.listen(site.user(.customerManager, of: acme).token),
        try await server.listen(site.user(.requester, of: acme, scope: "own", person: anna).token),
        try await server.listen(site.user(.requester, of: acme, scope: "own", person: ben).token), try await server.listen(ofUnit.token),
        try await server.listen(site.staff().token, "?customers=\(other.publicId)"),
      ]
      for listener in listeners { _ = try await listener.position() }
      let first = try await site.request(offering, of: acme, requester: anna)
      let second = try await site.request(offering, of: acme, requester: ben)
      let third = try await site.request(offering, of: other, requester: olga)
      let seen = try await told(listeners, of: "request", until: [first, second, third])
      #expect(seen == [ids(first, second, third), ids(third), ids(first, second), ids(first), ids(second), ids(first), ids(third)])
      // Tasks, gates, internal attributes and internal comments are the provider's own affair.
      try await site.write("request.task_claimed", on: first, of: "request", seq: 900)
      let block = try #require(try await listeners[0].next())
      #expect(block.event == "request.changed" && block.data?["request"] == first && block.data?["customer"] == .id(acme.publicId))
      #expect(block.data?["number"] == "ACME-REQ-000001" && block.data?["version"]?.integer != nil)
      #expect(Set((block.data?.members ?? []).map(\.name)) == ["kind", "at", "customer", "request", "number", "version"], "pointers and nothing else")
      try await site.write("request.gate_passed", on: first, of: "request", seq: 901)
      #expect(try await listeners[0].next()?.data?["request"] == first)
      try await site.write("request.internal_attributes_changed", on: first, of: "request", seq: 902)
      #expect(try await listeners[0].next()?.data?["request"] == first)
      try await site.write("request.owner_changed", on: first, of: "request", seq: 903)
      #expect(try await listeners[0].next()?.data?["request"] == first)
      try await site.call("request.comment", ["id": first, "body": "CANARY"])
      #expect(try await listeners[0].next()?.data?["request"] == first)
      // So is a file that is not said to be public.
      try await site.write("request.attached", on: first, of: "request", seq: 904)
      #expect(try await listeners[0].next()?.data?["request"] == first)
      #expect(try await listeners[2].events(during: .milliseconds(400)) == [])
      try await site.write("request.approved", on: first, of: "request", seq: 905)
      #expect(try await listeners[2].next()?.data?["request"] == first)
    }
  }

  /// Guard: a clock of a request is nobody's news unless it leads to the request.
  @Test func promisesAboutRequestsAreToldToWhoReadsThese() async throws {
    let site = try await LiveSite()
    let (acme, other) = (try await site.customer("ACME"), try await site.customer("OTHER"))
    let offering = try await site.offering(soldTo: [acme], isPromised: true)
    let anna = try await site.call("person.add", ["customer": .id(acme.publicId), "name": "Anna"])["id"] ?? .null
    let request = try await site.request(offering, of: acme, requester: anna)
    try await LiveServer.with(site) { server in
      let readers = [
        try await server.listen(site.staff().token), try await server.listen(site.user(.customerManager, of: acme).token),
        try await server.listen(site.user(.requester, of: acme, scope: "own", person: anna).token),
      ]
      let strangers = [
        try await server.listen(site.staff(for: [[other]]).token), try await server.listen(site.user(.requester, of: acme, scope: "own").token),
      ]
      for listener in readers + strangers { _ = try await listener.position() }
      func isToldToReadersAlone() async throws {
        for reader in readers {
          let told = try #require(try await reader.next())
          #expect(told.event == "request.changed" && told.data?["request"] == request)
        }
        for stranger in strangers { #expect(try await stranger.events(during: .milliseconds(400)) == []) }
      }
      site.clock.advance(seconds: 1900)
      try await WarnSweep(keepers: LiveSite.keepers).run(at: site.clock.now(), site.tenancy)
      try await isToldToReadersAlone()
      site.clock.advance(seconds: 1900)
      try await BreachSweep(keepers: LiveSite.keepers).run(at: site.clock.now(), site.tenancy)
      try await isToldToReadersAlone()
      // Both are recorded: what is told is not that nothing happened.
      #expect(try await site.call("request.read", ["id": request])["clocks"]?.array?.first?["verdict"] == "missed")
    }
  }

  @Test func problems() async throws {
    let site = try await LiveSite()
    let (acme, other) = (try await site.customer("ACME"), try await site.customer("OTHER"))
    let servesAcme = try await site.staff(for: [[acme]])
    try await LiveServer.with(site) { server in
      let listeners = [
        try await server.listen(site.staff().token), try await server.listen(servesAcme.token), try await server.listen(site.staff(for: [[other]]).token),
        try await server.listen(site.user(.customerManager, of: acme).token), try await server.listen(site.staff().token, "?customers=\(acme.publicId)"),
      ]
      for listener in listeners { _ = try await listener.position() }
      let (ofAcme, ofOther, ofAll) = (try await site.problem(of: acme), try await site.problem(of: other), try await site.problem())
      let seen = try await told(listeners, of: "problem", until: [ofAcme, ofOther, ofAll])
      #expect(seen == [ids(ofAcme, ofOther, ofAll), ids(ofAcme, ofAll), ids(ofOther, ofAll), [], ids(ofAcme)])
      // Of what may concern several, what is one customer's affair is told to who serves him.
      try await site.write("problem.incident_linked", on: ofAll, of: "problem", seq: 900, affairOf: other)
      let block = try #require(try await listeners[0].next())
      #expect(block.event == "problem.changed" && block.data?["problem"] == ofAll && block.data?["number"] == "PROV-PRB-000003")
      #expect(Set((block.data?.members ?? []).map(\.name)) == ["kind", "at", "problem", "number", "version"], "pointers and nothing else")
      #expect(try await listeners[1].events(during: .milliseconds(400)) == [])
      #expect(try await listeners[2].next()?.data?["problem"] == ofAll)
      // One alone; what is hidden is answered like what is not there.
      let one = try await server.listen(servesAcme.token, "?problem=\(ofAcme.text ?? "")")
      _ = try await one.position()
      try await site.call("problem.comment", ["id": ofAll, "body": "CANARY"])
      try await site.call("problem.comment", ["id": ofAcme, "body": "CANARY"])
      #expect(try await one.next()?.data?["problem"] == ofAcme)
      #expect(try await server.send("GET", "/v1/live?problem=\(ofOther.text ?? "")", token: servesAcme.token).status == 404)
      #expect(try await one.events(during: .milliseconds(300)) == [])
    }
  }

  @Test func changes() async throws {
    let site = try await LiveSite()
    let (acme, other) = (try await site.customer("ACME"), try await site.customer("OTHER"))
    let servesAcme = try await site.staff(for: [[acme]])
    try await LiveServer.with(site) { server in
      let listeners = [
        try await server.listen(site.staff().token), try await server.listen(servesAcme.token), try await server.listen(site.staff(for: [[other]]).token),
        try await server.listen(site.user(.customerManager, of: acme).token), try await server.listen(site.staff().token, "?customers=\(acme.publicId)"),
      ]
      for listener in listeners { _ = try await listener.position() }
      // What concerns nobody yet is for who serves all.
      let (ofAcme, ofOther, ofNobody) = (try await site.change(of: acme), try await site.change(of: other), try await site.change())
      let seen = try await told(listeners, of: "change", until: [ofAcme, ofOther, ofNobody])
      #expect(seen == [ids(ofAcme, ofOther, ofNobody), ids(ofAcme), ids(ofOther), [], ids(ofAcme)])
      try await site.call("change.concern", ["id": ofNobody, "customer": .id(acme.publicId)], version: 1)
      #expect(try await listeners[1].next()?.data?["change"] == ofNobody)
      #expect(try await listeners[2].events(during: .milliseconds(400)) == [])
      // A customer whom he serves no more is none of whom he is told, whatever he asked for.
      let both = try await site.staff(for: [[acme], [other]])
      let asked = try await server.listen(both.token, "?customers=\(other.publicId)")
      _ = try await asked.position()
      try await site.call("staff_grant.revoke", ["id": both.grants[1]])
      try await Task.sleep(for: .seconds(1))
      try await site.call("change.concern", ["id": ofNobody, "customer": .id(other.publicId)], version: 2)
      #expect(try await listeners[2].next()?.data?["change"] == ofNobody)
      try await site.write("change.assessed", on: ofNobody, of: "change", seq: 900)
      #expect(try await listeners[2].next()?.data?["change"] == ofNobody)
      #expect(try await asked.events(during: .milliseconds(400)) == [])
    }
  }

  @Test func releases() async throws {
    let site = try await LiveSite()
    let (acme, other) = (try await site.customer("ACME"), try await site.customer("OTHER"))
    let servesAcme = try await site.staff(for: [[acme]])
    let (ofAcme, ofOther) = (try await site.change(of: acme), try await site.change(of: other))
    try await LiveServer.with(site) { server in
      let listeners = [
        try await server.listen(site.staff().token), try await server.listen(servesAcme.token), try await server.listen(site.staff(for: [[acme]]).token),
        try await server.listen(site.staff(for: [[other]]).token), try await server.listen(site.user(.customerManager, of: acme).token),
      ]
      for listener in listeners { _ = try await listener.position() }
      // As long as it concerns nobody it is there for who opened it.
      let release = try await site.call("release.open", ["title": "Spring"], as: servesAcme)["id"] ?? .null
      #expect(try await told(listeners, of: "release", until: [release]) == [ids(release), ids(release), [], [], []])
      try await site.call("release.add_change", ["id": release, "change": ofAcme], version: 1)
      #expect(try await told(listeners, of: "release", until: [release]) == [ids(release), ids(release), ids(release), [], []])
      // It concerns somebody whom he does not serve, and him no more.
      let second = try await site.call("release.open", ["title": "Summer"], as: servesAcme)["id"] ?? .null
      #expect(try await told(listeners, of: "release", until: [second]) == [ids(second), ids(second), [], [], []])
      try await site.call("release.add_change", ["id": second, "change": ofOther], version: 1)
      #expect(try await told(listeners, of: "release", until: [second]) == [ids(second), [], [], ids(second), []])
    }
  }

  /// Who declared a major incident, leads it or is offered it, and who serves a customer of it; no customer.
  @Test func majorIncidents() async throws {
    let site = try await LiveSite()
    let (acme, other) = (try await site.customer("ACME"), try await site.customer("OTHER"))
    let servesAcme = try await site.staff(for: [[acme]])
    let incident = try await site.incident(of: acme)
    try await LiveServer.with(site) { server in
      let listeners = [
        try await server.listen(site.staff().token), try await server.listen(servesAcme.token), try await server.listen(site.staff(for: [[acme]]).token),
        try await server.listen(site.staff(for: [[other]]).token), try await server.listen(site.user(.customerManager, of: acme).token),
      ]
      for listener in listeners { _ = try await listener.position() }
      // As long as it is nobody's it is there for who declared it.
      let major = try await site.call("major_incident.declare", ["title": "Storage"], as: servesAcme)["id"] ?? .null
      #expect(try await told(listeners, of: "majorIncident", until: [major]) == [ids(major), ids(major), [], [], []])
      try await site.call("major_incident.link", ["id": major, "incident": incident])
      #expect(try await told(listeners, of: "majorIncident", until: [major]) == [ids(major), ids(major), ids(major), [], []])
    }
  }
}
