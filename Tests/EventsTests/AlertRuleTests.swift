@testable import Desk
@testable import Events
import Kernel
import Testing

/// The pure rules: what is read, what alerts become, what their incident is told.
@Suite struct AlertRuleTests {
  private let now = Instant("2026-03-02T08:00:00Z") ?? Instant(seconds: 0)

  private func event(_ text: String, groupKey: String = "g") throws -> ReportedEvent {
    AlertReading.event(try JSON.read(text), groupKey: groupKey, now: now)
  }

  @Test(arguments: [
    (AlertState.firing, AlertAct.fire, AlertState?.none), (.firing, .fireInWindow, nil), (.firing, .clear, .resolved), (.firing, .wake, nil),
    (.suppressed, .fire, .firing), (.suppressed, .fireInWindow, nil), (.suppressed, .clear, .resolved), (.suppressed, .wake, .firing),
    (.resolved, .fire, .firing), (.resolved, .fireInWindow, .suppressed), (.resolved, .clear, nil), (.resolved, .wake, nil),
  ])
  func everyPairOfStateAndAct(state: AlertState, act: AlertAct, next: AlertState?) { #expect(state.after(act) == next) }

  @Test func alertmanagersFormIsRead() throws {
    let read = try event(
      """
      {"status":"resolved","labels":{"alertname":"Down","instance":"erp-01:9100"},"annotations":{"summary":"ERP is down"},
       "startsAt":"2026-03-02T07:00:00.123456789Z","endsAt":"2026-03-02T07:30:00+00:00","generatorURL":"http://p/graph","fingerprint":"af23"}
      """)
    #expect(read.fingerprint == "af23" && !read.isFiring && read.labels == ["alertname": "Down", "instance": "erp-01:9100"] && read.link == "http://p/graph")
    #expect(read.startsAt.description == "2026-03-02T07:00:00.123456Z" && read.endsAt?.description == "2026-03-02T07:30:00Z")
  }

  @Test func whatIsOddLosesNothing() throws {
    let empty = try event("{}")
    #expect(empty.isFiring && empty.startsAt == now && !empty.fingerprint.isEmpty && empty.labels == [:])
    let odd = try event(
      """
      {"status":7,"labels":{"a":1,"b":null,"c":{"d":[true]},"e":"x\\u0001y"},"annotations":[1],"startsAt":"yesterday","endsAt":"0001-01-01T00:00:00Z",
       "generatorURL":"javascript:alert(1)","fingerprint":""}
      """)
    #expect(odd.labels == ["a": "1", "c": "{\"d\":[true]}", "e": "xy"] && odd.annotations == [:] && odd.link == nil && odd.startsAt == now)
    let long = try event("{\"labels\":{\"a\":\"\(String(repeating: "é", count: 5000))\"}}")
    #expect(long.labels["a"]?.unicodeScalars.count == 1000)
    let many = try event("{\"labels\":{\((0..<500).map { "\"l\($0)\":\"\"" }.joined(separator: ","))}}")
    #expect(many.labels.count == 64)
  }

  /// Guard: a title with such a mark would be refused, and the incident never opened.
  @Test func whatDeceivesIsLeftOutOfATitle() {
    #expect(AlertWords.title([:], ["summary": "disk \u{202e}full\u{200b}\n now"]) == "disk full now")
    #expect(AlertWords.title([:], ["summary": "disk\u{2028}full"]) == "disk full")
  }

  /// Guard: a title of which nothing is seen would be refused, and the incident never opened.
  @Test func whatNobodySeesIsNoTitle() {
    #expect(AlertWords.title(["alertname": "Down"], ["summary": "\u{3164}\u{ad}"]) == "Down")
    var book = book()
    let unseen = ReportedEvent(
      fingerprint: "\u{2060}", groupKey: "g", isFiring: true, labels: ["alertname": "\u{3164}"], annotations: [:], link: nil, startsAt: now, endsAt: nil,
      digest: [])
    book.take(unseen, toldAt: now, cis: []) { [] }
    #expect(AlertWords(language: .english, source: "Prometheus").title(book.begun, isStorm: false) == "Prometheus")
  }

  @Test func theSameToldAgainIsTheSameEvent() throws {
    let text = "{\"labels\":{\"a\":\"1\",\"b\":\"2\"},\"startsAt\":\"2026-03-02T07:00:00Z\",\"endsAt\":\"2026-03-02T09:00:00Z\"}"
    let other = "{\"endsAt\":\"2026-03-02T09:04:00Z\",\"labels\":{\"b\":\"2\",\"a\":\"1\"},\"startsAt\":\"2026-03-02T07:00:00Z\",\"status\":\"firing\"}"
    // While it fires, its end is only when Prometheus would give it up, and moves with each delivery.
    #expect(try event(text).digest == event(other).digest)
    #expect(try event(text).digest != event(text.replacing("07:00", with: "07:01")).digest)
    #expect(try event(text).digest != event(text, groupKey: "h").digest)
  }

  private func book(_ alerts: [Alert] = [], windows: [MaintenanceWindow] = []) -> AlertBook { AlertBook(alerts, windows: windows, now: now) }

  private func event(_ isFiring: Bool, from: String, to: String? = nil, labels: [String: String] = [:]) -> ReportedEvent {
    let (startsAt, endsAt) = (at(from), to.map(at) ?? now)
    return ReportedEvent(
      fingerprint: "a", groupKey: "g", isFiring: isFiring, labels: labels, annotations: [:], link: nil, startsAt: startsAt,
      endsAt: isFiring ? nil : endsAt, digest: [])
  }

  private func at(_ time: String) -> Instant { Instant("2026-03-02T\(time):00Z") ?? now }

  @Test func whatCameAndWentIsNoNews() {
    var book = book()
    book.take(event(true, from: "07:00"), toldAt: now, cis: []) { [] }
    #expect(book.begun.map(\.fingerprint) == ["a"])
    book.take(event(false, from: "07:00"), toldAt: now, cis: []) { [] }
    #expect(book.begun.isEmpty && book.ended.isEmpty && book.stale.count == 1 && book.stale.first?.occurrences == 1)
  }

  @Test func whatIsToldOutOfOrderChangesNothing() throws {
    var book = book()
    book.take(event(false, from: "07:00"), toldAt: now, cis: []) { [] }
    book.take(event(true, from: "07:00"), toldAt: now, cis: []) { [] }
    #expect(book.begun.isEmpty, "it is over already")
    book.take(event(true, from: "07:10"), toldAt: now, cis: []) { [] }
    #expect(book.begun.count == 1 && book.stale.first?.occurrences == 2)
    var known = AlertBook(book.stale, windows: [], now: now)
    known.take(event(false, from: "07:00", to: "07:05"), toldAt: now, cis: []) { [] }
    #expect(known.ended.isEmpty, "that was the one before")
    known.take(event(false, from: "07:10"), toldAt: now, cis: []) { [] }
    #expect(known.ended.count == 1)
  }

  /// Prometheus tells the instant at which a rule began to fire until it stops; Alertmanager says "resolved" when it has not heard of it for
  /// a while.
  @Test func whatWasLostSightOfComesBack() throws {
    var book = book()
    book.take(event(true, from: "07:00"), toldAt: at("07:00"), cis: []) { [] }
    book.take(event(false, from: "07:00", to: "07:20"), toldAt: at("07:20"), cis: []) { [] }
    var soon = AlertBook(book.stale, windows: [], now: now)
    soon.take(event(true, from: "07:00"), toldAt: at("07:21"), cis: []) { [] }
    #expect(soon.begun.isEmpty, "told late")
    var later = AlertBook(book.stale, windows: [], now: now)
    later.take(event(true, from: "07:00"), toldAt: at("07:25"), cis: []) { [] }
    #expect(later.begun.count == 1 && later.stale.first?.occurrences == 2)
  }

  /// Two Prometheus servers see a rule begin at two instants; Alertmanager tells the earlier one when it is over.
  @Test func aPairOfServersEndsWhatItBegan() throws {
    var book = book()
    book.take(event(true, from: "07:01"), toldAt: at("07:01"), cis: []) { [] }
    var known = AlertBook(book.stale, windows: [], now: now)
    known.take(event(false, from: "07:00", to: "07:30"), toldAt: at("07:30"), cis: []) { [] }
    #expect(known.ended.count == 1)
  }

  @Test func aLongGroupKeyIsKeptShortAndToldApart() {
    let long = String(repeating: "é", count: 50_000)
    let keys = [AlertReading.groupKey(long + "a"), AlertReading.groupKey(long + "b")]
    #expect(keys.allSatisfy { $0.utf8.count < 400 } && keys[0] != keys[1] && AlertReading.groupKey("{}:{a=\"b\"}") == "{}:{a=\"b\"}")
  }

  @Test func aClockAheadHoldsNothingBack() throws {
    #expect(try event("{\"startsAt\":\"2099-01-01T00:00:00Z\"}").startsAt == now.adding(seconds: 300))
  }

  @Test func aWindowCoversWhatItSays() throws {
    let end = now.adding(seconds: 60)
    func window(ci: [UInt8]? = nil, label: String? = nil, value: String? = nil, from: Instant? = nil) -> MaintenanceWindow {
      MaintenanceWindow(id: 1, ci: ci, label: label, value: value, startsAt: from ?? now, endsAt: end)
    }
    #expect(window().covers([:], [], at: now) && !window().covers([:], [], at: end) && !window(from: end).covers([:], [], at: now))
    #expect(window(ci: [1]).covers([:], [[1], [2]], at: now) && !window(ci: [1]).covers([:], [[2]], at: now))
    #expect(window(label: "a", value: "b").covers(["a": "b"], [], at: now) && !window(label: "a", value: "b").covers(["a": "c"], [], at: now))
    var book = book(windows: [window(label: "site", value: "Berlin")])
    book.take(event(true, from: "07:00", labels: ["site": "Berlin"]), toldAt: now, cis: []) { [] }
    let suppressed = try #require(book.stale.first)
    #expect(book.begun.isEmpty && suppressed.state == .suppressed && suppressed.wakeAt == end)
    var later = AlertBook([suppressed], windows: [], now: end)
    later.wake { _ in [] }
    #expect(later.begun.count == 1 && later.begun.first?.window == nil)
    var again = AlertBook([suppressed], windows: [window(from: end)], now: end.adding(seconds: -1))
    again.wake { _ in [] }
    #expect(again.stale.isEmpty, "not yet")
  }

  /// It waits for the end of the change's window, by the version that was seen.
  @Test func whatAChangeCoversWaitsForItsEnd() throws {
    let end = now.adding(seconds: 150)
    func window(_ version: Int64, to end: Instant) -> MaintenanceWindow {
      MaintenanceWindow(id: nil, ci: [1], label: nil, value: nil, startsAt: now, endsAt: end, change: [9], changeVersion: version)
    }
    var book = book(windows: [window(4, to: end)])
    book.take(event(true, from: "07:00"), toldAt: now, cis: [[1]]) { [] }
    var alert = try #require(book.stale.first)
    #expect(alert.state == .suppressed && alert.change == [9] && alert.changeVersion == 4 && alert.window == nil && alert.wakeAt == end)
    #expect(book.suppressed.count == 1)
    // Somebody acted on the change.
    alert.wakeAt = now.adding(seconds: 60)
    var again = AlertBook([alert], windows: [window(5, to: end.adding(seconds: 60))], now: now.adding(seconds: 60))
    again.wake { _ in [[1]] }
    #expect(again.stale.first?.wakeAt == end.adding(seconds: 60) && again.stale.first?.changeVersion == 5)
    #expect(again.begun.isEmpty && again.suppressed.isEmpty, "no news")
    var gone = AlertBook([alert], windows: [], now: now.adding(seconds: 60))
    gone.wake { _ in [[1]] }
    #expect(gone.begun.count == 1 && gone.begun.first?.change == nil && gone.begun.first?.changeVersion == nil && gone.begun.first?.wakeAt == nil)
  }

  private func ticket(
    _ state: TicketState, endedAt: Instant? = nil, mergedInto: [UInt8]? = nil, isTouched: Bool = false, reopenCount: Int64 = 0
  ) -> WatchedTicket {
    WatchedTicket(
      publicId: [1], state: state, version: 1, endedAt: endedAt, mergedInto: mergedInto, isTouched: isTouched, reopenCount: reopenCount)
  }

  @Test func whatAnIncidentIsTold() {
    func act(_ begun: Int, _ ended: Int, _ firing: Int64, _ ticket: WatchedTicket?, resolves: Bool = true) -> GroupAct? {
      GroupTurn(begun: begun, ended: ended, firing: firing, ticket: ticket).act(at: now, flapMinutes: 30, resolves: resolves)
    }
    let (lately, long) = (now.adding(seconds: -1799), now.adding(seconds: -1800))
    #expect(act(1, 0, 1, nil) == .open)
    #expect(act(1, 0, 2, ticket(.active)) == .tell)
    #expect(act(1, 0, 1, ticket(.resolved, endedAt: lately)) == .reopen && act(1, 0, 1, ticket(.closed, endedAt: lately)) == .reopen)
    #expect(act(1, 0, 1, ticket(.resolved, endedAt: long)) == .open)
    #expect(act(1, 0, 1, ticket(.closed, endedAt: lately, mergedInto: [2])) == .open)
    #expect(act(0, 1, 0, ticket(.new)) == .resolve)
    #expect(act(0, 1, 0, ticket(.new, isTouched: true)) == .tellThatAllIsOver && act(0, 1, 0, ticket(.new), resolves: false) == .tellThatAllIsOver)
    #expect(act(0, 1, 0, ticket(.active, reopenCount: 2)) == .resolve && act(0, 1, 0, ticket(.active, reopenCount: 3)) == nil)
    #expect(act(0, 1, 0, ticket(.active, isTouched: true, reopenCount: 3)) == .tellThatAllIsOver)
    #expect(act(0, 1, 3, ticket(.new)) == nil && act(0, 1, 0, nil) == nil && act(0, 1, 0, ticket(.resolved, endedAt: lately)) == nil)
  }

  @Test func namesOfCisAreThoseOfHosts() {
    var settings = SourceSettings(
      customer: nil, rules: [], groupLabels: [], ciLabel: "instance", severityLabel: "severity", severities: [], resolves: true, flapMinutes: 1, stormLimit: 1)
    #expect(settings.ciNames(of: ["instance": "erp-01:9100"]) == ["erp-01:9100", "erp-01"])
    #expect(settings.ciNames(of: ["instance": "erp-01"]) == ["erp-01"] && settings.ciNames(of: ["instance": "a:b"]) == ["a:b"])
    #expect(settings.ciNames(of: ["instance": ":"]) == [":"] && settings.ciNames(of: ["host": "x"]) == [])
    settings.groupLabels = ["site"]
    #expect(settings.groupKey(of: ["site": "B", "x": "y"], sent: "g", fingerprint: "f") == "l{\"site\":\"B\"}")
    settings.groupLabels = []
    #expect(settings.groupKey(of: [:], sent: "g", fingerprint: "f") == "gg" && settings.groupKey(of: [:], sent: "", fingerprint: "f") == "ff")
  }
}
