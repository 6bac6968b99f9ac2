import Foundation
import Kernel
import Live
import NIOCore
import Operations
import Postgres
import Subprocess
import Tenancy
import TestSupport
import Testing

/// Streams as connections: nothing is lost, nothing is kept waiting, nothing costs without bound.
@Suite struct StreamTests {
  /// A transaction that began first and commits last: its number is lower than what was told already.
  @Test func whatCommitsLateIsTold() async throws {
    let site = try await LiveSite()
    let acme = try await site.customer("ACME")
    let (early, late) = (try await site.incident(of: acme), try await site.incident(of: acme))
    let engineer = try await site.staff()
    try await LiveServer.with(site) { server in
      let listener = try await server.listen(engineer.token)
      _ = try await listener.position()
      let (isWritten, written) = AsyncStream<Void>.makeStream()
      let (mayCommit, commit) = AsyncStream<Void>.makeStream()
      let writing = Task {
        try await site.write(on: late, seqs: 900...900) {
          written.yield()
          _ = await mayCommit.first { _ in true }
        }
      }
      _ = await isWritten.first { _ in true }
      try await site.comment(early)
      #expect(try await listener.next()?.incident == early)
      // Who left here comes back behind a commit that is still to come.
      try await Task.sleep(for: .milliseconds(300))
      let left = try #require(listener.lastId)
      commit.yield()
      try await writing.value
      #expect(try await listener.next()?.incident == late)
      let back = try await server.listen(engineer.token, lastEventId: left)
      let missed = try await back.events(during: .milliseconds(400))
      #expect(missed.contains { $0.incident == late })
    }
  }

  @Test func whoComesBackMissesNothing() async throws {
    let site = try await LiveSite()
    let acme = try await site.customer("ACME")
    let engineer = try await site.staff()
    let stranger = try await site.staff(for: [[try await site.customer("OTHER")]])
    var left = ""
    try await LiveServer.with(site) { server in
      let listener = try await server.listen(engineer.token)
      left = try await listener.position()
      await listener.close()
    }
    // No server, no listener: it lies in the database.
    let first = try await site.incident(of: acme)
    try await site.comment(first)
    try await LiveServer.with(site) { server in
      let second = try await site.incident(of: acme)
      let back = try await server.listen(engineer.token, lastEventId: left)
      let missed = try await back.events(during: .milliseconds(500))
      #expect(Set(missed.compactMap(\.event)) == ["incident.changed", "incident.commented"])
      #expect(Set(missed.compactMap { $0.incident?.text }) == Set([first, second].compactMap(\.text)))
      let behind = try #require(back.lastId)
      #expect(behind != left)
      await back.close()
      // It is told once: behind it there is nothing.
      let again = try await server.listen(engineer.token, lastEventId: behind)
      _ = try await again.position()
      #expect(try await again.events(during: .milliseconds(300)).filter { $0.event != "reset" && $0.event != "incident.changed" } == [])
      // An id opens nothing to somebody else.
      let other = try await server.listen(stranger.token, lastEventId: left)
      #expect(try await other.events(during: .milliseconds(300)) == [])
    }
  }

  @Test func whatCannotBeToldIsReset() async throws {
    let site = try await LiveSite()
    let acme = try await site.customer("ACME")
    let engineer = try await site.staff()
    var limits = LiveServer.limits
    limits.changesPerLook = 3
    try await LiveServer.with(site, limits: limits) { server in
      for id in ["nonsense", "AAAA", String(repeating: "A", count: 4000)] {
        let listener = try await server.listen(engineer.token, lastEventId: id)
        let told = try #require(try await listener.next())
        #expect(told.event == "reset" && told.data == .object(["kind": "reset"]) && told.id != nil)
        await listener.close()
      }
      let listener = try await server.listen(engineer.token)
      let left = try await listener.position()
      // Too many at once, for who listens and for who comes back.
      let incident = try await site.incident(of: acme)
      try await site.write(on: incident, seqs: 901...905)
      var told: LiveClient.Block?
      repeat {
        told = try await listener.next()
        try #require(told != nil)
      } while told?.event == "incident.changed"
      #expect(told?.event == "reset")
      let back = try await server.listen(engineer.token, lastEventId: left)
      #expect(try await back.next()?.event == "reset")
      // After it all goes on.
      try await site.comment(incident)
      #expect(try await back.next()?.event == "incident.commented")
      // Too old.
      let here = try #require(back.lastId)
      site.clock.advance(seconds: 3700)
      let late = try await server.listen(engineer.token, lastEventId: here)
      #expect(try await late.next()?.event == "reset")
    }
  }

  @Test func headersAndFormAreThoseOfAStream() async throws {
    let site = try await LiveSite()
    let engineer = try await site.staff()
    try await LiveServer.with(site) { server in
      let listener = try await server.listen(engineer.token)
      _ = try await listener.position()
      let headers = listener.headers
      #expect(headers["content-type"] == "text/event-stream" && headers["cache-control"] == "no-store" && headers["x-accel-buffering"] == "no")
      #expect(headers["content-length"] == nil && headers["transfer-encoding"] == "chunked" && headers["x-request-id"] != nil)
      #expect(headers["strict-transport-security"] != nil)
      #expect(try await server.send("HEAD", "/v1/live", token: engineer.token).status == 405)
    }
  }

  /// The deadlines of requests are not those of a stream.
  @Test func aQuietStreamLives() async throws {
    let site = try await LiveSite()
    let acme = try await site.customer("ACME")
    let engineer = try await site.staff()
    try await LiveServer.with(site) {
      $0.idle = .milliseconds(300)
      $0.header = .milliseconds(500)
      $0.bodyGrace = .milliseconds(300)
      $0.write = .milliseconds(500)
    } _: { server in
      let listener = try await server.listen(engineer.token)
      _ = try await listener.position()
      let before = listener.heartbeats
      #expect(try await listener.events(during: .seconds(3)) == [])
      #expect(listener.heartbeats >= before + 3)
      _ = try await site.incident(of: acme)
      #expect(try await listener.next()?.event == "incident.changed")
    }
  }

  @Test func placesAreCounted() async throws {
    let site = try await LiveSite()
    let (erika, karl) = (try await site.staff(), try await site.staff())
    var limits = LiveServer.limits
    limits.streamsPerAccount = 2
    limits.streams = 3
    // No sign of life that could tell.
    limits.heartbeat = .seconds(3600)
    try await LiveServer.with(site, limits: limits) { server in
      let first = try await server.listen(erika.token)
      let second = try await server.listen(erika.token)
      let third = try await server.send("GET", "/v1/live", token: erika.token)
      #expect(third.status == 429 && third["retry-after"] != nil && third.json?["code"] == "http.live_of_account")
      _ = try await server.listen(karl.token)
      let fourth = try await server.send("GET", "/v1/live", token: karl.token)
      #expect(fourth.status == 503 && fourth["retry-after"] != nil && fourth.json?["code"] == "http.live_full")
      // Whoever leaves makes room at once: long before a write would tell that he is gone.
      await second.close()
      let deadline = ContinuousClock.now.advanced(by: .seconds(10))
      while try await server.metric("steward_live_streams") > 2, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(10)) }
      let again = try await server.listen(erika.token)
      for listener in [first, again] { _ = try await listener.position() }
    }
  }

  /// A customer's people share a fifth of the places, so that they cannot take them all.
  @Test func placesOfACustomerAreCounted() async throws {
    let site = try await LiveSite()
    let (acme, other) = (try await site.customer("ACME"), try await site.customer("OTHER"))
    let (anna, ben, olga) = (
      try await site.user(.customerManager, of: acme), try await site.user(.customerManager, of: acme), try await site.user(.customerManager, of: other)
    )
    var limits = LiveServer.limits
    limits.streams = 10
    try await LiveServer.with(site, limits: limits) { server in
      let first = try await server.listen(anna.token)
      let second = try await server.listen(ben.token)
      let third = try await server.send("GET", "/v1/live", token: ben.token)
      #expect(third.status == 429 && third["retry-after"] == "30" && third.json?["code"] == "http.live_of_customer")
      // Others have theirs, and the provider's own people are counted as accounts alone.
      _ = try await server.listen(olga.token)
      let staff = try await site.staff()
      for _ in 0..<3 { _ = try await server.listen(staff.token) }
      await second.close()
      let deadline = ContinuousClock.now.advanced(by: .seconds(10))
      while try await server.metric("steward_live_streams") > 5, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(10)) }
      let again = try await server.listen(anna.token)
      for listener in [first, again] { _ = try await listener.position() }
    }
  }

  /// What the server's socket took, and nobody acknowledges: a client that has vanished, or whose window stays shut. There is nothing left to write
  /// that could tell.
  @Test func whoAcknowledgesNothingIsGone() async throws {
    let site = try await LiveSite()
    let acme = try await site.customer("ACME")
    for _ in 0..<60 { _ = try await site.incident(of: acme) }
    let engineer = try await site.staff()
    var limits = LiveServer.limits
    limits.heartbeat = .seconds(3600)
    try await LiveServer.with(site, limits: limits) {
      $0.write = .seconds(3)
    } _: { server in
      let stalled = try await server.listen(engineer.token, reads: false)
      _ = try await stalled.position()
      try await stalled.stall()
      // More than its window takes, less than the socket does.
      try await site.script(
        """
        insert into operations.event (tenant_id, recorded_at, subject_kind, subject_id, seq, type, payload, actor_kind, actor_id, via, occurred_at)
        select t.tenant_id, '\(site.clock.now())', 'ticket', t.id, 900, 'incident.changed', '{}', 'system', 0, 'job', '\(site.clock.now())'
        from desk.ticket t
        """)
      let started = ContinuousClock.now
      while try await server.metric("steward_live_streams") > 0, started.duration(to: .now) < .seconds(20) { try await Task.sleep(for: .milliseconds(50)) }
      #expect(try await server.metric("steward_live_streams") == 0)
      #expect(try await server.metric("steward_live_ends_total{reason=\"gone\"}") == 1)
      #expect(started.duration(to: .now) > .seconds(2))
      await stalled.close()
    }
  }

  @Test func whoDoesNotReadIsCut() async throws {
    let site = try await LiveSite()
    let acme = try await site.customer("ACME")
    let (lazy, keen) = (try await site.staff(), try await site.staff())
    var incidents: [Value] = []
    for _ in 0..<240 { incidents.append(try await site.incident(of: acme)) }
    try await LiveServer.with(site) {
      // Not by the socket, for what it has taken.
      $0.write = .seconds(120)
    } _: { server in
      let stalled = try await server.listen(lazy.token, reads: false)
      _ = try await stalled.position()
      try await stalled.stall()
      let reader = try await server.listen(keen.token)
      _ = try await reader.position()
      let reading = Task {
        var count = 0
        while try await reader.next(within: .seconds(5)) != nil { count += 1 }
        return count
      }
      // Some fifty kilobytes a round, until the socket is full and then the server's patience.
      let deadline = ContinuousClock.now.advanced(by: .seconds(120))
      var seq: Int64 = 1000
      while try await server.metric("steward_live_ends_total{reason=\"slow\"}") < 1, ContinuousClock.now < deadline {
        seq += 1
        let told = try await server.metric("steward_live_events_total")
        try await site.script(
          """
          insert into operations.event (
            tenant_id, recorded_at, subject_kind, subject_id, seq, type, payload, actor_kind, actor_id, via, occurred_at)
          select t.tenant_id, '\(site.clock.now())', 'ticket', t.id, \(seq), 'incident.changed', '{}', 'system', 0, 'job', '\(site.clock.now())'
          from desk.ticket t
          """)
        // One round to a look: many at once are told as one word, to read all again, which never fills anything.
        while try await server.metric("steward_live_events_total") == told, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(10)) }
      }
      let figures = try await server.send("GET", "/metrics").text.split(separator: "\n").filter { $0.hasPrefix("steward_live") }
      #expect(figures.contains("steward_live_ends_total{reason=\"slow\"} 1"), "\(seq) \(figures)")
      // Nobody else is kept waiting for it.
      #expect(try await server.metric("steward_live_streams") == 1)
      reading.cancel()
      await reader.close()
      _ = try? await reading.value
      await stalled.close()
    }
  }

  @Test func aStopEndsStreamsAtOnce() async throws {
    let site = try await LiveSite()
    let engineer = try await site.staff()
    try await LiveServer.with(site) { server in
      var listeners: [LiveClient] = []
      for _ in 0..<5 { listeners.append(try await server.listen(engineer.token)) }
      for listener in listeners { _ = try await listener.position() }
      let started = ContinuousClock.now
      await server.stop()
      #expect(started.duration(to: .now) < .seconds(5))
      for listener in listeners {
        #expect(try await listener.next() == nil)
        #expect(listener.isComplete, "an answer's own end, not a cut")
      }
    }
  }

  /// One look serves all, and nobody who listens costs nothing.
  @Test func listenersCostNoLookOfTheirOwn() async throws {
    let site = try await LiveSite()
    let engineers = [try await site.staff(), try await site.staff()]
    var limits = LiveServer.limits
    limits.tokenCheck = .seconds(3600)
    try await LiveServer.with(site, limits: limits) { server in
      #expect(try await looks(site) == 0)
      var listeners = [try await server.listen(engineers[0].token)]
      _ = try await listeners[0].position()
      // What the first look-ups need is over.
      try await Task.sleep(for: .seconds(2))
      let ofOne = try await looks(site)
      for number in 0..<30 { listeners.append(try await server.listen(engineers[number % 2].token)) }
      for listener in listeners { _ = try await listener.position() }
      try await Task.sleep(for: .seconds(2))
      let ofMany = try await fewestLooks(site, hoped: ofOne + 5)
      #expect(ofOne > 0 && ofMany <= ofOne + 5, "\(ofOne) for one, \(ofMany) for 31")
      for listener in listeners { await listener.close() }
      let deadline = ContinuousClock.now.advanced(by: .seconds(10))
      while try await server.metric("steward_live_streams") > 0, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(10)) }
      try await Task.sleep(for: .milliseconds(200))
      #expect(try await looks(site) == 0)
    }
  }

  /// Whoever is granted units is looked after with the others, while things happen.
  @Test func listenersOfUnitsCostNoLookOfTheirOwn() async throws {
    let site = try await LiveSite()
    let acme = try await site.customer("ACME")
    let unit = try await site.call("unit.add", ["customer": .id(acme.publicId), "kind": "site", "name": "Kiel"])["id"] ?? .null
    let incident = try await site.incident(of: acme)
    var users: [LiveSite.Login] = []
    for _ in 0..<20 {
      let user = try await site.user(.customerManager, of: acme)
      try await site.call("account_grant.revoke", ["id": user.grants[0]])
      try await site.call("account_grant.add", ["account": user.account, "role": "customer_manager", "scope": "unit", "unit": unit])
      users.append(user)
    }
    try await LiveServer.with(site) { server in
      let writing = Task {
        var seq: Int64 = 1000
        while !Task.isCancelled {
          seq += 1
          try await site.write(on: incident, seqs: seq...seq)
          try await Task.sleep(for: .milliseconds(200))
        }
      }
      defer { writing.cancel() }
      var listeners = [try await server.listen(users[0].token)]
      // What the first look-ups need is over.
      try await Task.sleep(for: .seconds(3))
      let ofOne = try await looks(site, seconds: 3)
      for user in users.dropFirst() { listeners.append(try await server.listen(user.token)) }
      for listener in listeners { _ = try await listener.position() }
      try await Task.sleep(for: .seconds(3))
      let ofMany = try await fewestLooks(site, hoped: ofOne + 15, seconds: 3)
      #expect(ofOne > 0 && ofMany <= ofOne + 15, "\(ofOne) for one, \(ofMany) for 20")
      for listener in listeners { await listener.close() }
    }
  }

  /// The fewest of up to five whiles: what a busy machine puts off comes once, what each listener cost would come again and again.
  private func fewestLooks(_ site: LiveSite, hoped: Int, seconds: Int = 1) async throws -> Int {
    var fewest = try await looks(site, seconds: seconds)
    for _ in 1..<5 where fewest > hoped { fewest = min(fewest, try await looks(site, seconds: seconds)) }
    return fewest
  }

  /// Database connections taken in a while.
  private func looks(_ site: LiveSite, seconds: Int = 1) async throws -> Int {
    let before = await site.tenancy.health().statistics.counters.acquired
    try await Task.sleep(for: .seconds(seconds))
    // The second look at the figures takes one itself.
    return await site.tenancy.health().statistics.counters.acquired - before - 1
  }

  @Test func theExamplesOfTheDocumentWork() async throws {
    let site = try await LiveSite()
    _ = try await site.customer("ACME")
    let token = try await site.staff(.administrator).token
    let text = try String(contentsOf: RealData.packageRoot.appendingPathComponent("docs/live-updates.md"), encoding: .utf8)
    let blocks = text.components(separatedBy: "```sh\n").dropFirst().compactMap { $0.components(separatedBy: "```").first }
    #expect(blocks.count == 1)
    try await LiveServer.with(site) { server in
      let folder = try TemporaryFolder.make()
      defer { TemporaryFolder.remove(folder) }
      let result = try await Subprocess.run(
        .name("bash"), arguments: ["-euo", "pipefail", "-c", "cd '\(folder)'\n" + blocks.joined(separator: "\n")],
        environment: .inherit.updating(["URL": "https://localhost:\(server.port)", "CA": server.authorityFile, "TOKEN": token]),
        output: .string(limit: 1 << 20), error: .string(limit: 10_000))
      #expect(result.terminationStatus.isSuccess, "\(result.standardOutput) \(result.standardError)")
      #expect(result.standardOutput.contains("\"number\":\"ACME-INC-000001\""))
    }
  }
}

/// What becomes of streams when the database goes away.
@Suite(.serialized) struct OutageTests {
  @Test(arguments: [false, true])
  func streamsOutliveTheDatabase(breaksConnectionsOnly: Bool) async throws {
    try await LiveSite.withCluster { site, cluster in
      let acme = try await site.customer("ACME")
      let engineer = try await site.staff()
      let incident = try await site.incident(of: acme)
      try await LiveServer.with(site) { server in
        let listener = try await server.listen(engineer.token)
        _ = try await listener.position()
        try await site.comment(incident)
        #expect(try await listener.next()?.event == "incident.commented")
        if breaksConnectionsOnly {
          try await site.breakConnections()
        } else {
          await cluster.stop()
          // While it is away the way stays open, and nobody new is let in.
          let before = listener.heartbeats
          for _ in 0..<30 where listener.heartbeats == before { #expect(try await listener.events(during: .seconds(2)) == []) }
          #expect(listener.heartbeats > before)
          #expect(try await server.metric("steward_live_streams") == 1)
          #expect([401, 503].contains(try await server.send("GET", "/v1/live", token: engineer.token).status))
          try await cluster.start()
        }
        let opened = try await site.incident(of: acme)
        var told: LiveClient.Block?
        repeat {
          told = try await listener.next()
          try #require(told != nil)
        } while told?.incident != opened && told?.event != "reset"
        let back = try await server.listen(engineer.token, lastEventId: listener.lastId)
        _ = try await back.events(during: .milliseconds(300))
        try await site.comment(opened)
        #expect(try await back.next()?.event != nil)
      }
    }
  }
}
