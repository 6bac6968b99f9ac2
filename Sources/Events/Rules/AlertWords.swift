import Kernel

/// What incidents are told of alerts, in the customer's language: he may read it.
struct AlertWords: Sendable {
  let language: Language
  let source: String

  private static let longestTitle = 200
  static let mostListed = 25
  private static let longestText = 18_000

  /// What an alert is called: its summary, else its name and what it is about.
  static func title(_ labels: [String: String], _ annotations: [String: String]) -> String {
    let name = [labels["alertname"], labels["instance"] ?? labels["host"]].compactMap { $0 }.joined(separator: " ")
    let words = [annotations["summary"], annotations["title"], name.isEmpty ? nil : name].compactMap { $0.map(line) }
    return words.first { !$0.isEmpty } ?? ""
  }

  private func name(_ alert: Alert) -> String {
    let title = Self.title(alert.labels, alert.annotations)
    return title.isEmpty ? alert.fingerprint : title
  }

  func title(_ alerts: [Alert], isStorm: Bool) -> String {
    if isStorm { return cut(EventsMessages.stormTitle.text(language, ["source": source])) }
    guard let first = alerts.first else { return cut(source) }
    let title = cut(alerts.count == 1 ? name(first) : EventsMessages.groupTitle.text(language, ["first": name(first), "more": String(alerts.count - 1)]))
    return title.isEmpty ? cut(source) : title
  }

  func description(_ alerts: [Alert], isStorm: Bool) -> String {
    let heading = isStorm ? EventsMessages.stormDescription : EventsMessages.description
    return heading.text(language, ["source": source, "count": String(alerts.count)]) + "\n" + list(alerts)
  }

  /// - Parameters:
  ///   - alerts: the first of them.
  ///   - count: how many there are.
  ///   - firing: how many of the whole group fire.
  func more(_ alerts: [Alert], count: Int64, firing: Int64) -> String {
    EventsMessages.more.text(language, ["source": source, "count": String(count), "firing": String(firing)]) + "\n" + list(alerts, of: count)
  }

  /// - Parameter staysOpen: whether it came back so often that it is not resolved by itself any more.
  func cameBack(_ alerts: [Alert], staysOpen: Bool) -> String {
    let text = EventsMessages.cameBack.text(language, ["source": source, "count": String(alerts.count)])
    return (staysOpen ? text + "\n" + EventsMessages.staysOpen.text(language) : text) + "\n" + list(alerts)
  }

  func allOver(_ isResolution: Bool) -> String {
    (isResolution ? EventsMessages.resolution : EventsMessages.allOver).text(language, ["source": source])
  }

  private func list(_ alerts: [Alert]) -> String { list(alerts, of: Int64(alerts.count)) }

  private func list(_ alerts: [Alert], of count: Int64) -> String {
    var (text, listed): (String, Int64) = ("", 0)
    for alert in alerts.prefix(Self.mostListed) {
      var lines = "\n- \(name(alert)) (\(alert.startsAt))"
      if let said = alert.annotations["description"] { lines += "\n  " + said.split(separator: "\n").joined(separator: "\n  ") }
      if let link = alert.link { lines += "\n  " + link }
      guard text.unicodeScalars.count + lines.unicodeScalars.count <= Self.longestText else { break }
      text += lines
      listed += 1
    }
    let left = count - listed
    return left > 0 ? text + "\n" + EventsMessages.andMore.text(language, ["count": String(left)]) : text
  }

  private func cut(_ title: String) -> String { String(String.UnicodeScalarView(Self.line(title).unicodeScalars.prefix(Self.longestTitle))) }

  /// As a title may stand, and nothing where nothing of it is seen: whatever a monitor says, its incident is opened.
  private static func line(_ text: String) -> String {
    var kept = ""
    // The end of a line parts words.
    for scalar in text.unicodeScalars where !scalar.deceives || scalar.properties.isWhitespace { kept.unicodeScalars.append(scalar) }
    let line = kept.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return line.unicodeScalars.contains(where: \.isVisible) ? line : ""
  }
}
