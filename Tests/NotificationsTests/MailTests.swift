import Foundation
import Kernel
import Outbound
import ServiceTime
import Synchronization
import Tenancy
import TestSupport
import Testing

@testable import Notifications

/// Mail: what it says, by which way, when, and once.
@Suite struct MailTests {
  /// A command of the test's own in the place of the system's, as the real one is called.
  @Test func itGoesByTheMailCommand() async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    let command = try Self.command(in: folder, "cat > \(folder)/message; printf '%s\\n' \"$@\" > \(folder)/arguments; exit 0")
    let world = try await NotificationsWorld()
    try await world.comment(try await world.incident("打印机 \u{1F525}", of: world.other), "Bitte neu starten")
    try await world.make()
    try await world.deliver(Couriers(mail: SendmailCommand(path: command, sender: "desk@provider.test"), sender: "desk@provider.test", webhook: NoWebhooks()))
    // The acknowledgement and the answer, one after the other; the last one's files are there.
    #expect(try await world.rows("email").map(\.state) == ["sent", "sent"])
    #expect(try String(contentsOfFile: "\(folder)/arguments", encoding: .utf8) == "-i\n-f\ndesk@provider.test\n--\nperson@other.test\n")
    let message = try String(contentsOfFile: "\(folder)/message", encoding: .utf8)
    let header = message.prefix(upTo: try #require(message.range(of: "\n\n")?.lowerBound))
    #expect(message.utf8.allSatisfy { $0 == 0x0a || (0x20...0x7e).contains($0) })
    #expect(message.split(separator: "\n").allSatisfy { $0.utf8.count <= 78 })
    for line in ["To: <person@other.test>", "Auto-Submitted: auto-generated", "From: Provider <desk@provider.test>", "Date: Mon, 02 Mar 2026 08:00:00 +0000"] {
      #expect(header.split(separator: "\n").contains(Substring(line)), "\(line)")
    }
    // Read by somebody else's reader.
    let read = try await Self.python(
      """
      import email, email.policy, sys
      m = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.default)
      print(m['subject']); print(m['message-id']); print(m.get_content())
      """, "\(folder)/message")
    let lines = read.split(separator: "\n").map(String.init)
    #expect(lines.first == "[OTHER-INC-000001] 有新答复：打印机 \u{1F525}")
    #expect(lines.dropFirst().first?.hasSuffix("@provider.test>") == true)
    #expect(read.contains("Bitte neu starten"))
  }

  @Test(arguments: [(75, "waiting"), (67, "dead"), (70, "waiting"), (127, "waiting")])
  func exitCodesDecide(_ code: Int, _ state: String) async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    let command = try Self.command(in: folder, "cat > /dev/null; exit \(code)")
    let world = try await NotificationsWorld()
    _ = try await world.incident()
    try await world.make()
    try await world.deliver(Couriers(mail: SendmailCommand(path: command), sender: "desk@provider.test", webhook: NoWebhooks()))
    let row = try #require(try await world.rows("email").first)
    #expect(row.state == state && row.attempts == 1 && row.fault?.contains("\(code)") == true)
  }

  /// A command that hangs is killed, and one that is not there is tried again.
  @Test func theCommandHasItsTime() async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    let command = try Self.command(in: folder, "sleep 60")
    let started = ContinuousClock.now
    let hung = await SendmailCommand(path: command, timeLimit: .milliseconds(300)).send(Array("x".utf8), to: "a@b.test")
    #expect(hung == .later("the mail command took too long"))
    #expect(started.duration(to: .now) < .seconds(20))
    #expect(await SendmailCommand(path: "\(folder)/none").send([], to: "a@b.test") == .later("the mail command could not be run"))
  }

  /// Tried again later and later, then given up; whoever keeps the outbox sends it again under the same id.
  @Test func whatFailsIsTriedLaterAndLater() async throws {
    let world = try await NotificationsWorld()
    _ = try await world.incident()
    try await world.make()
    let ids = Mutex<Set<String>>([])
    let failing = Couriers.mail { message, _ in
      let text = String(decoding: message, as: UTF8.self)
      ids.withLock { _ = $0.insert(text.split(separator: "\n").first { $0.hasPrefix("Message-ID") }.map(String.init) ?? "") }
      return .later("no")
    }
    var waits: [Int64] = []
    for _ in 0..<12 {
      let row = try #require(try await world.rows("email").first)
      guard row.state == "waiting" else { break }
      // Past its own time and that of the way out, which rests as well.
      world.database.clock.set(max(row.dueAt, world.database.clock.now()))
      try await world.script("update notifications.breaker set open_until = null")
      try await world.deliver(failing)
      let next = try #require(try await world.rows("email").first)
      waits.append(next.dueAt.seconds - world.database.clock.now().seconds)
    }
    #expect(waits.count == 10)
    for (wait, least) in zip(waits, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]) { #expect((least...least * 6 / 5).contains(Int(wait))) }
    #expect(try await world.rows("email").map(\.state) == ["dead"])
    #expect(ids.withLock { $0.count } == 1, "the same each time")
    let dead = try await world.call("notification.dead", ["customer": .id(world.acme.publicId)])["items"]?.array ?? []
    let id = try #require(dead.first?["id"])
    #expect(try await world.call("notification.status")["dead"] == 1)
    try await world.call("notification.repeat", ["id": id])
    #expect(await refusal { try await world.call("notification.repeat", ["id": id]) } == "notification.not_dead")
    try await world.script("update notifications.breaker set open_until = null")
    try await world.deliver(.mail { _, _ in .sent })
    #expect(try await world.rows("email").map(\.state) == ["sent"])
  }

  /// A worker that stops between sending and recording: another one sends it again under the same id, and what the first one then writes
  /// counts for nothing.
  @Test func aWorkerThatStopsLosesNothing() async throws {
    let world = try await NotificationsWorld()
    _ = try await world.incident()
    try await world.make()
    let (stopped, goOn) = AsyncStream<Void>.makeStream()
    let (sent, hasSent) = AsyncStream<Void>.makeStream()
    let first = Task {
      try await world.deliver(
        .mail { _, _ in
          hasSent.finish()
          for await _ in stopped {}
          return .refused("too late")
        })
    }
    for await _ in sent {}
    let count = Mutex(0)
    let second = Couriers.mail { _, _ in
      count.withLock { $0 += 1 }
      return .sent
    }
    try await world.deliver(second)
    #expect(count.withLock { $0 } == 0, "it is in another worker's hands")
    world.database.clock.advance(seconds: 121)
    try await world.deliver(second)
    #expect(count.withLock { $0 } == 1)
    goOn.finish()
    try await first.value
    #expect(try await world.rows("email").map { "\($0.state) \($0.attempts)" } == ["sent 2"])
  }

  @Test func oneSwitchHoldsAll() async throws {
    let world = try await NotificationsWorld()
    _ = try await world.incident()
    try await world.make()
    try await world.call("notification.hold", ["reason": "Restored from a backup"])
    #expect(await refusal { try await world.call("notification.hold", ["reason": "x"]) } == "notification.held_already")
    let status = try await world.call("notification.status")
    #expect(status["held"] == .bool(true) && status["reason"] == "Restored from a backup" && status["waitingMail"] == 1)
    let sent = Mutex(0)
    let couriers = Couriers.mail { _, _ in
      sent.withLock { $0 += 1 }
      return .sent
    }
    try await world.deliver(couriers)
    #expect(sent.withLock { $0 } == 0)
    try await world.comment(try await world.incident("Other"), "In the inbox all the same")
    try await world.make()
    #expect(try await world.events(world.requester) == ["incident.answered"])
    try await world.call("notification.release")
    try await world.deliver(couriers)
    #expect(sent.withLock { $0 } == 3)
    #expect(await refusal { try await world.call("notification.release") } == "notification.not_held")
  }

  /// What is not worth sending any more is not sent, however long everything was held.
  @Test func whatIsOverIsNotSent() async throws {
    let world = try await NotificationsWorld()
    _ = try await world.incident()
    try await world.make()
    world.database.clock.advance(seconds: 1441 * 60)
    let couriers = Couriers.mail { _, _ in
      Issue.record("sent")
      return .sent
    }
    try await world.deliver(couriers)
    #expect(try await world.rows("email").map(\.state) == ["expired"])
    // It is listed, and can be sent all the same.
    let over = try await world.call("notification.dead", ["customer": .id(world.acme.publicId)])["items"]?.array ?? []
    #expect(over.map { $0["state"] } == ["expired"])
    #expect(try await world.call("notification.status")["dead"] == 1)
    try await world.call("notification.repeat", ["id": over.first?["id"] ?? .null])
    try await world.deliver(.mail { _, _ in .sent })
    #expect(try await world.rows("email").map(\.state) == ["sent"])
    // And what is old by the time that it is made is made as such.
    let incident = try await world.incident("Second")
    world.database.clock.advance(seconds: 1441 * 60)
    try await world.make()
    _ = incident
    try await world.deliver(couriers)
    #expect(try await world.rows("email").map(\.state) == ["sent", "expired"])
  }

  /// At night mail waits for the morning of its receiver, but not what is urgent.
  @Test func quietHoursAreTheReceivers() async throws {
    let world = try await NotificationsWorld()
    try await world.retireStockRules()
    try await world.rule(
      "incident.opened", ["audience": .array(["requester"]), "channels": .array(["email"]), "quietFrom": "22:00", "quietTo": "07:00"])
    // 23:30 in Berlin; in Shanghai it is half past six of the next day.
    world.database.clock.set(try #require(Instant("2026-03-02T22:30:00Z")))
    _ = try await world.incident()
    _ = try await world.incident("Elsewhere", of: world.other)
    _ = try await world.incident("Down", priority: 1)
    try await world.make()
    let due = Dictionary(grouping: try await world.rows("email")) { $0.subject.contains("Down") ? "urgent" : $0.address ?? "" }
      .mapValues { $0.map(\.dueAt.description) }
    #expect(due["person@acme.test"] == ["2026-03-03T06:00:00Z"])
    #expect(due["person@other.test"] == ["2026-03-02T23:00:00Z"])
    #expect(due["urgent"] == ["2026-03-02T22:30:00Z"])
  }

  /// More than a receiver can read in an hour becomes one summary.
  @Test func aFloodBecomesASummary() async throws {
    let world = try await NotificationsWorld()
    let incident = try await world.incident()
    for number in 1...35 { try await world.comment(incident, "Word \(number)") }
    try await world.make(batch: 10)
    let states = Dictionary(grouping: try await world.rows("email"), by: \.state).mapValues(\.count)
    #expect(states == ["waiting": 31, "folded": 6])
    #expect(try await world.inbox(world.requester).count == 35, "the inbox holds all")
    let bodies = Mutex<[String]>([])
    let couriers = Couriers.mail { message, _ in
      bodies.withLock { $0.append(String(decoding: message, as: UTF8.self)) }
      return .sent
    }
    try await world.deliver(couriers)
    #expect(bodies.withLock { $0.count } == 30)
    world.database.clock.advance(seconds: 3661)
    try await world.deliver(couriers)
    let summary = try #require(bodies.withLock { $0.last })
    #expect(bodies.withLock { $0.count } == 31)
    #expect(summary.contains("Subject: 6 more notifications in the last hour"))
  }

  /// Mail that fails for several customers rests, and comes back by itself.
  @Test func aBreakerRestsAWayThatFails() async throws {
    let world = try await NotificationsWorld()
    let third = try await world.database.customer("THIRD")
    let person = try await world.call("person.add", ["customer": .id(third.publicId), "name": "Tom", "email": "person@third.test"])["id"] ?? .null
    for number in 1...5 {
      _ = try await world.incident("Printer \(number)")
      _ = try await world.incident("Printer \(number)", of: world.other)
      try await world.call(
        "incident.open",
        ["customer": .id(third.publicId), "title": "Printer", "requester": person, "impact": 2, "urgency": 2], as: world.engineer)
    }
    try await world.make()
    let tried = Mutex(0)
    let isUp = Mutex(false)
    let couriers = Couriers.mail { _, _ in
      tried.withLock { $0 += 1 }
      return isUp.withLock { $0 } ? .sent : .later("down")
    }
    for _ in 0..<3 { try await world.deliver(couriers) }
    let failing = try #require(try await world.call("notification.status")["failing"]?.array?.first)
    #expect(failing["restsUntil"] != .null && failing["webhook"] == .null && failing["fault"] == "down")
    let before = tried.withLock { $0 }
    world.database.clock.advance(seconds: 59)
    try await world.deliver(couriers)
    #expect(tried.withLock { $0 } == before, "it rests")
    isUp.withLock { $0 = true }
    world.database.clock.advance(seconds: 61)
    try await world.deliver(couriers)
    #expect(try await world.rows("email").allSatisfy { $0.state == "sent" })
    #expect(try await world.call("notification.status")["failing"]?.array?.isEmpty == true)
  }

  // MARK: Rules

  @Test(arguments: [
    "a@b.test\nBcc: x@y.test", "-oQ/tmp@b.test", "a b@c.test", "a@b,c@d", "<a@b.test>", "a@", "@b.test", "a@-b.test", "ä@b.test", "a@b..c", "root@localhost",
    "|sh@b.test", "a!b@c.test",
  ])
  func addressesThatAreNone(_ text: String) { #expect(MailAddress(text) == nil) }

  /// Nothing that somebody writes ends a line of the header, or begins one.
  @Test func wordsNeverLeaveTheirLine() {
    for text in ["Plain", "a\r\nBcc: x@y.test", "\u{2028}x", "=?utf-8?B?eA==?=", "", String(repeating: "长", count: 200), "\"x\" <y@z.test>", "\u{0}\u{1b}[2J"] {
      let words = MailMessage.words(text, after: 9)
      let lines = words.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.dropFirst().allSatisfy { $0.hasPrefix(" =?utf-8?B?") }, "\(text)")
      #expect(
        words.utf8.allSatisfy { $0 == 0x0a || (0x20...0x7e).contains($0) } && lines.allSatisfy { $0.utf8.count <= 76 } && (lines.first?.utf8.count ?? 0) <= 67,
        "\(text)")
    }
  }

  @Test func templatesNameFieldsAlone() async throws {
    let world = try await NotificationsWorld()
    func set(_ subject: String, _ body: String, event: String = "incident.opened") async -> String {
      await refusal {
        try await world.words("set", ["event": .text(event), "language": "en", "subject": .text(subject), "body": .text(body)])
      }
    }
    #expect(await set("{number} {secret}", "x") == "subject notification_template.unknown_field")
    #expect(await set("x", "{comment}") == "body notification_template.unknown_field", "an opened ticket has no comment")
    #expect(await set("a\nBcc: x@y.test", "x") == "subject input.control_character")
    #expect(await set("Ours: {title} {", "{number}") == "accepted")
    _ = try await world.incident("{number}")
    try await world.make()
    #expect(try await world.rows("email").map { [$0.subject, $0.body] } == [["Ours: {number} {", "ACME-INC-000001"]], "a value is no template")
    try await world.words("reset", ["event": "incident.opened", "language": "en"])
    let listed = try await world.call("notification_template.list")["items"]?.array ?? []
    let told = NotificationEvent.allCases.reduce(0) { $0 + ($1.isForCustomers ? 4 : 2) }
    #expect(listed.count == told && listed.allSatisfy { $0["stock"] == .bool(true) })
  }

  /// Whose words somebody reads is settled by who he is, whatever rule tells him.
  @Test func staffAndCustomersReadWordsOfTheirOwn() async throws {
    let world = try await NotificationsWorld()
    try await world.retireStockRules()
    try await world.rule("incident.opened", ["audience": .array(["requester"]), "staff": .array([world.colleagueId]), "channels": .array(["inbox", "email"])])
    func told(_ side: Character) async throws -> Set<String> { Set(try await world.rows().filter { $0.receiver.first == side }.map(\.subject)) }
    _ = try await world.incident()
    try await world.make()
    #expect(try await told("p") == ["[ACME-INC-000001] We have your report: Printer"])
    #expect(try await told("a") == ["[ACME-INC-000001] New: Printer"])
    let words: KeyValuePairs<String, Value> = ["event": "incident.opened", "language": "en", "subject": "Both {number}", "body": "x"]
    try await world.words("set", words)
    try await world.words("set", ["event": "incident.opened", "language": "en", "audience": "staff", "subject": "Ours {number}", "body": "x"])
    _ = try await world.incident()
    try await world.make()
    #expect(try await told("p").contains("Both ACME-INC-000002"))
    #expect(try await told("a") == ["[ACME-INC-000001] New: Printer", "Ours ACME-INC-000002"])
    let refused = await refusal {
      try await world.words("set", ["event": "clock.warned", "language": "en", "audience": "customer", "subject": "x", "body": "x"])
    }
    #expect(refused == "audience notification_rule.not_for_customers")
    try await world.words("reset", ["event": "incident.opened", "language": "en", "audience": "staff"])
    let listed = try await world.call("notification_template.list")["items"]?.array ?? []
    let opened = listed.filter { $0["event"] == "incident.opened" && $0["language"] == "en" }
    #expect(opened.compactMap { $0["audience"] } == ["customer", "staff"] && opened.allSatisfy { $0["subject"] == "Both {number}" })
  }

  /// Every stock text names only fields that its event has.
  @Test func stockTextsNameTheirFields() {
    for event in NotificationEvent.allCases {
      for language in Language.allCases {
        for side in [Side.staff, .customer] {
          let text = NotificationText.stock(event, language, for: side)
          #expect(NotificationText.unknownFields(in: text.subject + text.body, of: event) == [], "\(event) \(language) \(side)")
        }
      }
    }
  }

  @Test func quietHoursEndWhenTheClockSays() throws {
    let berlin = try #require(Zone.named("Europe/Berlin"))
    let night = QuietHours(from: 22 * 60, to: 7 * 60)
    for (from, to) in [
      ("2026-03-02T20:59:59Z", "2026-03-02T20:59:59Z"), ("2026-03-02T21:00:00Z", "2026-03-03T06:00:00Z"), ("2026-03-03T05:59:59Z", "2026-03-03T06:00:00Z"),
      ("2026-03-03T06:00:00Z", "2026-03-03T06:00:00Z"),
      // The night of the change to summer time is an hour shorter, that of the change back an hour longer.
      ("2026-03-28T22:00:00Z", "2026-03-29T05:00:00Z"), ("2026-10-24T21:00:00Z", "2026-10-25T06:00:00Z"),
    ] { #expect(night.end(after: try #require(Instant(from)), in: berlin) == Instant(to), "\(from)") }
    let noon = QuietHours(from: 12 * 60, to: 13 * 60)
    #expect(noon.end(after: try #require(Instant("2026-03-02T11:30:00Z")), in: berlin) == Instant("2026-03-02T12:00:00Z"))
  }

  // MARK: Helpers

  static func command(in folder: String, _ script: String) throws -> String {
    let path = "\(folder)/sendmail"
    try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return path
  }

  static func python(_ program: String, _ arguments: String..., input: Data = Data()) async throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = ["-c", program] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.environment = ["PYTHONIOENCODING": "utf-8"]
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text
  }
}
