import Foundation
import Kernel
import Outbound
import Synchronization
import Tenancy
import TestSupport
import Testing

@testable import Notifications

/// Mail that goes wrong, comes late or is too much: what becomes of it, and of everybody else's.
@Suite struct MailFairnessTests {
  /// A worker that is asked to stop finishes the message that it has begun, and begins no other.
  @Test func aStopInOrderSendsNothingTwice() async throws {
    let world = try await NotificationsWorld()
    for number in 1...3 { _ = try await world.incident("Printer \(number)") }
    try await world.make()
    let (stopped, goOn) = AsyncStream<Void>.makeStream()
    let (begun, hasBegun) = AsyncStream<Void>.makeStream()
    let first = Task {
      try await world.deliver(
        .mail { _, _ in
          hasBegun.finish()
          for await _ in stopped {}
          return Task.isCancelled ? .later("cancelled") : .sent
        })
    }
    for await _ in begun {}
    first.cancel()
    goOn.finish()
    _ = await first.result
    #expect(try await world.rows("email").map { "\($0.state) \($0.attempts)" } == ["sent 1", "waiting 0", "waiting 0"])
  }

  /// A customer to whose addresses nothing can be sent stops nobody else's mail.
  @Test func oneCustomersFailuresAreHisOwn() async throws {
    let world = try await NotificationsWorld()
    for number in 1...12 { _ = try await world.incident("Bad \(number)") }
    try await world.make()
    let couriers = Couriers.mail { _, address in address.hasSuffix("@acme.test") ? .later("the relay refuses him") : .sent }
    try await world.deliver(couriers)
    _ = try await world.incident("Good", of: world.other)
    try await world.make()
    try await world.deliver(couriers)
    #expect(try await world.rows("email").filter { $0.address == "person@other.test" }.map(\.state) == ["sent"])
  }

  /// A webhook that hangs holds up no mail, even what is made while it hangs.
  @Test func aWebhookThatHangsHoldsUpNoMail() async throws {
    let world = try await NotificationsWorld()
    let hook = try await world.call("webhook.create", ["name": "Hangs", "url": "https://hooks.example.com/"])
    try await world.rule("incident.closed", ["channels": .array(["webhook"]), "webhook": hook["id"] ?? .null])
    try await world.rule("incident.opened", ["channels": .array(["webhook"]), "webhook": hook["id"] ?? .null], name: "Opened")
    _ = try await world.incident()
    try await world.make(hasMail: false)
    let courier = HangingCourier()
    let (sent, hasSent) = AsyncStream<Void>.makeStream()
    let mail = DecidedCourier { _, _ in
      hasSent.finish()
      return .sent
    }
    let run = Task { try await world.deliver(Couriers(mail: mail, sender: "desk@provider.test", webhook: courier)) }
    for await _ in courier.begun.stream {}
    _ = try await world.incident("Mail")
    try await world.make()
    let inTime = await withTaskGroup(of: Bool.self) { group in
      group.addTask {
        for await _ in sent {}
        return !Task.isCancelled
      }
      group.addTask {
        try? await Task.sleep(for: .seconds(15))
        return false
      }
      defer { group.cancelAll() }
      return await group.next() ?? false
    }
    courier.goOn.continuation.finish()
    try await run.value
    #expect(inTime)
  }

  /// A worker without a mail command leaves mail alone, and makes it as long as another one can send it.
  @Test func aWorkerWithoutMailLosesNone() async throws {
    let world = try await NotificationsWorld()
    _ = try await world.incident()
    try await world.make(hasMail: false)
    #expect(try await world.rows("email").isEmpty, "it can be sent from nowhere")
    try await world.deliver(.mail { _, _ in .sent })
    _ = try await world.incident("Second")
    try await world.make(hasMail: false)
    try await world.deliver(Couriers(mail: nil, sender: "", webhook: NoWebhooks()))
    #expect(try await world.rows("email").map { "\($0.state) \($0.attempts)" } == ["waiting 0"])
    try await world.deliver(.mail { _, _ in .sent })
    #expect(try await world.rows("email").map(\.state) == ["sent"])
  }

  /// A run that goes on over the end of an hour folds into the summary of the hour that is.
  @Test func whatIsFoldedIsToldWhenARunCrossesTheHour() async throws {
    let world = try await NotificationsWorld()
    let incident = try await world.incident()
    for number in 1...35 { try await world.comment(incident, "Word \(number)") }
    let began = world.database.clock.now()
    world.database.clock.advance(seconds: 3700)
    try await MakeNotifications(hasMail: true).run(at: began, world.database.tenancy)
    let summary = try #require(try await world.rows("email").first { $0.event == "notification.summary" })
    #expect(summary.dueAt > world.database.clock.now())
    world.database.clock.set(summary.dueAt)
    let bodies = Mutex<[String]>([])
    try await world.deliver(
      .mail { message, _ in
        bodies.withLock { $0.append(String(decoding: message, as: UTF8.self)) }
        return .sent
      })
    #expect(bodies.withLock { $0.contains { $0.contains("Subject: 6 more notifications") } })
  }

  /// What is urgent is never folded.
  @Test func whatIsUrgentIsSentInAFlood() async throws {
    let world = try await NotificationsWorld()
    for number in 1...32 { _ = try await world.incident("Printer \(number)") }
    _ = try await world.incident("Down", priority: 1)
    try await world.make()
    let rows = try await world.rows("email")
    #expect(rows.filter { $0.state == "folded" }.count == 2)
    #expect(rows.filter { $0.subject.contains("Down") }.map(\.state) == ["waiting"])
  }

  /// Persons who share an address, by whatever spelling and of whichever customer, have one limit together.
  @Test func anAddressHasALimit() async throws {
    let world = try await NotificationsWorld()
    _ = try await world.incident("First", of: world.other)
    try await world.make()
    try await world.script(
      """
      insert into notifications.notification (
        tenant_id, public_id, cause, receiver, channel, event, address, customer_id, language, subject, body, state, due_at, expires_at, occurred_at, recorded_at)
      select n.tenant_id, substr(sha256(i::text::bytea), 1, 12), 'more:' || i, 'p' || (1000 + i), 'email', n.event, 'PERSON+' || i || '@Acme.test', n.customer_id,
        'en', 'x', 'x', 'sent', n.due_at, n.expires_at, n.occurred_at, n.recorded_at
      from notifications.notification n cross join generate_series(1, 60) i
      """)
    _ = try await world.incident()
    try await world.make()
    let row = try #require(try await world.rows("email").last)
    #expect(row.address == "person@acme.test" && row.state == "dead" && row.fault == "too many mails to this address within an hour")
    #expect(MailAddress.key("A.b+c+d@X.test") == "a.b@x.test" && MailAddress.key("a@x.test") == "a@x.test")
  }

  /// Between making and sending somebody may lose what he was told by.
  @Test func whoMayNotBeToldAnyMoreIsNot() async throws {
    let world = try await NotificationsWorld()
    try await world.retireStockRules()
    try await world.rule("incident.opened", ["staff": .array([world.colleagueId]), "audience": .array(["requester"]), "channels": .array(["email"])])
    _ = try await world.incident()
    _ = try await world.incident("Elsewhere", of: world.other)
    try await world.make()
    try await world.script(
      """
      update tenancy.account set state = 'disabled' where login = 'karl@provider.test';
      update tenancy.tenant set state = 'suspended' where code = 'ACME'
      """)
    let reached = Mutex<[String]>([])
    let couriers = Couriers.mail { _, address in
      reached.withLock { $0.append(address) }
      return .sent
    }
    try await world.deliver(couriers)
    #expect(reached.withLock { $0 } == ["person@other.test"])
    #expect(try await world.rows("email").filter { $0.state == "dead" }.allSatisfy { $0.fault == "the receiver may not be told any more" })
    #expect(try await world.rows("email").filter { $0.state == "dead" }.count == 3)
  }

  /// A summary tells nothing of the customer whom its reader has lost within the hour.
  @Test func aSummaryLeavesOutWhatMayNotBeReadAnyMore() async throws {
    let world = try await NotificationsWorld()
    try await world.retireStockRules()
    try await world.rule("incident.opened", ["staff": .array([world.colleagueId]), "channels": .array(["email"])])
    for number in 1...32 { _ = try await world.incident("Printer \(number)") }
    _ = try await world.incident("Elsewhere", of: world.other)
    try await world.make()
    let states = Dictionary(grouping: try await world.rows("email"), by: \.state).mapValues(\.count)
    #expect(states == ["waiting": 31, "folded": 3])
    try await world.database.narrow(world.colleagueId, to: [world.other])
    let sent = Mutex<[String]>([])
    let couriers = Couriers.mail { message, _ in
      sent.withLock { $0.append(String(decoding: message, as: UTF8.self)) }
      return .sent
    }
    try await world.deliver(couriers)
    #expect(sent.withLock { $0.count } == 0, "of the other customer nothing is due yet")
    world.database.clock.advance(seconds: 3661)
    try await world.deliver(couriers)
    #expect(sent.withLock { $0.count } == 1)
    #expect(sent.withLock { $0.first?.contains("Subject: 1 more notifications in the last hour") } == true)
  }

  /// What waits for the morning goes to nobody who has lost the customer meanwhile whom the provider's problem is about, whomever else he serves.
  @Test func whoLosesTheCustomerBeforeMorningIsNotTold() async throws {
    let world = try await NotificationsWorld()
    try await world.retireStockRules()
    let (_, lenaId) = try await NotificationsWorld.staff("Lena", world.database)
    try await world.rule(
      "problem.commented", ["staff": .array([world.colleagueId, lenaId]), "channels": .array(["email"]), "quietFrom": "22:00", "quietTo": "07:00"])
    world.database.clock.set(try #require(Instant("2026-03-02T22:30:00Z")))
    let leak = try await world.call(
      "problem.open", ["customer": .id(world.acme.publicId), "title": "Leak", "description": "x", "impact": 2, "urgency": 2], as: world.engineer)
    let power = try await world.call("problem.open", ["title": "Power", "description": "x", "impact": 2, "urgency": 2], as: world.engineer)
    for problem in [leak, power] {
      try await world.call("problem.comment", ["id": problem["id"] ?? .null, "body": "Tonight"], as: world.engineer)
    }
    for _ in 0..<2 { try await world.make() }
    let reached = Mutex<[String]>([])
    let couriers = Couriers.mail { message, address in
      reached.withLock { $0.append("\(address) \(["Leak", "Power"].filter { Self.body(of: message).contains($0) }.joined(separator: "+"))") }
      return .sent
    }
    try await world.deliver(couriers)
    #expect(reached.withLock { $0 } == [])
    try await world.database.narrow(world.colleagueId, to: [world.other])
    try await world.database.narrow(lenaId, to: [world.acme])
    world.database.clock.set(try #require(Instant("2026-03-03T06:01:00Z")))
    try await world.deliver(couriers)
    #expect(reached.withLock { $0.sorted() } == ["karl@provider.test Power", "lena@provider.test Leak", "lena@provider.test Power"])
    #expect(try await world.rows("email").filter { $0.state == "dead" }.map(\.fault) == ["the receiver may not be told any more"])
  }

  private static func body(of message: [UInt8]) -> String {
    let encoded = String(decoding: message, as: UTF8.self).split(separator: "\n\n", maxSplits: 1).last ?? ""
    return Data(base64Encoded: encoded.filter { $0 != "\n" }).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  /// What the command started ends with it, and its exit code counts though it read nothing.
  @Test func theCommandAndItsChildren() async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    let slow = try MailTests.command(in: folder, "(sleep 3; touch \(folder)/late) & wait")
    #expect(await SendmailCommand(path: slow, timeLimit: .milliseconds(300)).send([], to: "a@b.test") == .later("the mail command took too long"))
    try await Task.sleep(for: .seconds(5))
    #expect(!FileManager.default.fileExists(atPath: "\(folder)/late"))
    let deaf = try MailTests.command(in: folder, "exit 67")
    for _ in 0..<5 {
      let answer = await SendmailCommand(path: deaf).send([UInt8](repeating: 0x61, count: 200_000), to: "a@b.test")
      #expect(answer == .refused("the mail command does not know the receiver (67)"))
    }
  }

  /// Two workers that deliver at once send each message once.
  @Test func deliverersShareIt() async throws {
    let world = try await NotificationsWorld()
    for number in 1...20 { _ = try await world.incident("Printer \(number)") }
    try await world.make()
    let count = Mutex(0)
    let couriers = Couriers.mail { _, _ in
      count.withLock { $0 += 1 }
      return .sent
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<2 { group.addTask { try await world.deliver(couriers) } }
      try await group.waitForAll()
    }
    #expect(count.withLock { $0 } == 20)
    #expect(try await world.rows("email").allSatisfy { $0.state == "sent" && $0.attempts == 1 })
  }
}

/// Does not come back before it is told to.
private struct HangingCourier: WebhookCourier {
  let begun = AsyncStream<Void>.makeStream()
  let goOn = AsyncStream<Void>.makeStream()

  func post(_ body: [UInt8], to address: WebhookAddress, headers: [(name: String, value: String)]) async -> Delivery {
    begun.continuation.finish()
    for await _ in goOn.stream {}
    return .sent
  }
}
