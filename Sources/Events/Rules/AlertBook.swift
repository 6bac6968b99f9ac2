import Kernel

/// An alert of a customer's: what a source calls by one fingerprint.
struct Alert: Sendable, Equatable {
  /// Nil until it is stored.
  var id: Int64?
  let publicId: [UInt8]
  let fingerprint: String
  var group: Int64?
  var state: AlertState
  var labels: [String: String]
  var annotations: [String: String]
  var link: String?
  var startsAt: Instant
  var endsAt: Instant?
  var occurrences: Int64
  var window: Int64?
  var wakeAt: Instant?
  var changedAt: Instant
  /// The change in whose window it is expected, and its version as it was seen.
  var change: [UInt8]?
  var changeVersion: Int64?
}

/// When alerts are expected: a window that somebody announced, or that of a change, for one of the CIs that it touches.
struct MaintenanceWindow: Sendable, Equatable {
  /// Nil: of a change.
  let id: Int64?
  let ci: [UInt8]?
  let label: String?
  let value: String?
  let startsAt: Instant
  let endsAt: Instant
  var change: [UInt8]?
  /// What it covers is looked at again before it ends when the change has another version: it may be taken back, moved or over before its time.
  var changeVersion: Int64?

  /// - Parameter cis: the CIs that the alert names.
  func covers(_ labels: [String: String], _ cis: Set<[UInt8]>, at now: Instant) -> Bool {
    guard startsAt <= now, now < endsAt else { return false }
    if let ci, !cis.contains(ci) { return false }
    if let label, labels[label] != value { return false }
    return true
  }
}

extension Alert {
  /// - Parameter window: nil: it is not expected.
  fileprivate mutating func expect(in window: MaintenanceWindow?) {
    (self.window, change, changeVersion, wakeAt) = (window?.id, window?.change, window?.changeVersion, window?.endsAt)
  }
}

/// What some events make of a customer's alerts, one event after the other. Pure: what is new is asked for when all have been taken,
/// so that an alert which came and went in between is no news.
struct AlertBook: Sendable {
  private(set) var alerts: [String: Alert]
  /// What the senders group by, of each alert that fires.
  private(set) var groupKeys: [String: String] = [:]
  private let before: [String: Alert]
  private let windows: [MaintenanceWindow]
  private let now: Instant

  /// - Parameters:
  ///   - alerts: those that are known, of those that the events are about.
  ///   - windows: the customer's, in force.
  init(_ alerts: [Alert], windows: [MaintenanceWindow], now: Instant) {
    self.alerts = Dictionary(alerts.map { ($0.fingerprint, $0) }) { first, _ in first }
    before = self.alerts
    self.windows = windows
    self.now = now
  }

  /// - Parameters:
  ///   - toldAt: when the source said so.
  ///   - cis: the CIs that the event names.
  ///   - newId: the public id of an alert that was not known.
  mutating func take(_ event: ReportedEvent, toldAt: Instant, cis: Set<[UInt8]>, newId: () -> [UInt8]) {
    if event.isFiring { groupKeys[event.fingerprint] = event.groupKey }
    var alert =
      alerts[event.fingerprint]
      ?? Alert(
        id: nil, publicId: newId(), fingerprint: event.fingerprint, group: nil, state: .resolved, labels: event.labels, annotations: event.annotations,
        link: event.link, startsAt: event.startsAt, endsAt: nil, occurrences: 0, window: nil, wakeAt: nil, changedAt: now)
    if !isLate(event, toldAt, alert) { apply(event, to: &alert, cis) }
    alerts[event.fingerprint] = alert
  }

  /// So long after its end an alert that is told to have begun before it comes too late, and not back.
  private static let lateSeconds: Int64 = 120

  /// Whether what is known came after the event, which was told out of order. By the beginnings alone that cannot be told: a rule that
  /// Alertmanager lost sight of for a while fires on with the instant at which it began, and two servers of a pair may know two of them.
  private func isLate(_ event: ReportedEvent, _ toldAt: Instant, _ alert: Alert) -> Bool {
    guard alert.occurrences > 0 else { return false }
    guard event.isFiring else { return (event.endsAt ?? toldAt) < alert.startsAt }
    guard alert.state == .resolved, let endsAt = alert.endsAt else { return event.startsAt < alert.startsAt }
    return event.startsAt <= alert.startsAt && toldAt < endsAt.adding(seconds: Self.lateSeconds)
  }

  private func apply(_ event: ReportedEvent, to alert: inout Alert, _ cis: Set<[UInt8]>) {
    let window = event.isFiring ? windows.first { $0.covers(event.labels, cis, at: now) } : nil
    let act: AlertAct = !event.isFiring ? .clear : window == nil ? .fire : .fireInWindow
    alert.labels = event.labels
    alert.annotations = event.annotations
    alert.link = event.link
    alert.startsAt = event.startsAt
    // What was over before anybody was told that it had begun has begun all the same.
    if alert.occurrences == 0, !event.isFiring { alert.occurrences = 1 }
    if !event.isFiring { alert.endsAt = event.endsAt }
    guard let state = alert.state.after(act) else { return }
    if alert.state == .resolved { alert.occurrences += 1 }
    move(&alert, to: state, window)
    if event.isFiring { alert.endsAt = nil }
  }

  /// Those that are due are looked at again: they fire, unless a window covers them still, or another one.
  /// - Parameter cis: the CIs that an alert names.
  mutating func wake(_ cis: (Alert) -> Set<[UInt8]>) {
    for (fingerprint, alert) in alerts {
      guard let wakeAt = alert.wakeAt, wakeAt <= now else { continue }
      var woken = alert
      if let window = windows.first(where: { $0.covers(alert.labels, cis(alert), at: now) }) {
        woken.expect(in: window)
      } else if let state = alert.state.after(.wake) {
        move(&woken, to: state, nil)
      }
      alerts[fingerprint] = woken
    }
  }

  private func move(_ alert: inout Alert, to state: AlertState, _ window: MaintenanceWindow?) {
    alert.state = state
    alert.expect(in: state == .suppressed ? window : nil)
    alert.changedAt = now
  }

  /// Which alerts fire that did not before, by fingerprint.
  var begun: [Alert] { changed { $0?.state != .firing && $1.state == .firing } }
  /// Which fired before and are over.
  var ended: [Alert] { changed { $0?.state == .firing && $1.state == .resolved } }
  /// Which are expected that were not before.
  var suppressed: [Alert] { changed { $0?.state != .suppressed && $1.state == .suppressed } }
  /// Whose rows are to be written.
  var stale: [Alert] { changed { $0 != $1 } }

  mutating func put(_ fingerprint: String, into group: Int64) { alerts[fingerprint]?.group = group }

  private func changed(_ isWanted: (Alert?, Alert) -> Bool) -> [Alert] {
    alerts.values.filter { isWanted(before[$0.fingerprint], $0) }.sorted { $0.fingerprint < $1.fingerprint }
  }
}
