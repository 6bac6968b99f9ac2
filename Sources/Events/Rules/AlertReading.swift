import Kernel
import TLS

/// Reads what a source delivers. Nothing in it is refused: whoever monitors cannot correct what a machine sends, and one alert that is
/// odd must not lose the others. What is too much is cut, what is missing is made up for, what no text may hold is left out.
enum AlertReading {
  private static let mostLabels = 64
  private static let mostAnnotations = 32
  private static let longestName = 128
  private static let longestLabel = 1000
  private static let longestAnnotation = 4000
  private static let longestGroupKey = 300
  private static let longestLink = 2000
  private static let mostSecondsAhead: Int64 = 300

  /// - Parameters:
  ///   - alert: one of the list `alerts` of Alertmanager's webhook, version 4.
  ///   - groupKey: of the whole delivery, as ``groupKey(_:)`` gives it.
  ///   - now: when it began, where the source does not say.
  static func event(_ alert: Value, groupKey: String, now: Instant) -> ReportedEvent {
    let labels = texts(alert["labels"], most: mostLabels, longest: longestLabel)
    let annotations = texts(alert["annotations"], most: mostAnnotations, longest: longestAnnotation)
    let isFiring = alert["status"]?.text != "resolved"
    let given = cut(alert["fingerprint"]?.text ?? "", longestName)
    let fingerprint = given.isEmpty ? Base32.encode(Array(SHA256.hash(JSON.write(LabelSet.value(labels))).prefix(20))) : given
    let link = alert["generatorURL"]?.text.map { cut($0, longestLink) }.flatMap { isAddress($0) ? $0 : nil }
    // A clock that is far ahead must not make all that follows look late.
    let startsAt = instant(alert["startsAt"]).map { min($0, now.adding(seconds: mostSecondsAhead)) }
    let endsAt = instant(alert["endsAt"])
    let told: Value = .array([
      .text(fingerprint), .text(groupKey), .bool(isFiring), LabelSet.value(labels), LabelSet.value(annotations), .instant(instant(alert["startsAt"])),
      .instant(isFiring ? nil : endsAt),
    ])
    return ReportedEvent(
      fingerprint: fingerprint, groupKey: groupKey, isFiring: isFiring, labels: labels, annotations: annotations, link: link, startsAt: startsAt ?? now,
      endsAt: isFiring ? nil : endsAt ?? now,
      // What says no time is new each time that it is told.
      digest: SHA256.hash(JSON.write(startsAt == nil ? .array([told, .instant(now)]) : told)))
  }

  /// What the sender groups by: it is kept with each of up to 20,000 alerts, and told apart by a hash where it is long.
  static func groupKey(_ sent: String) -> String {
    guard sent.utf8.count > longestGroupKey else { return cut(sent, longestGroupKey) }
    return cut(sent, longestGroupKey / 4) + " " + Base32.encode(Array(SHA256.hash(sent).prefix(20)))
  }

  private static func texts(_ value: Value?, most: Int, longest: Int) -> [String: String] {
    var texts: [String: String] = [:]
    for member in value?.members ?? [] where texts.count < most {
      let text: String
      switch member.value {
      case .text(let plain): text = plain
      case .null: continue
      default: text = JSON.text(member.value)
      }
      texts[cut(member.name, longestName)] = cut(text, longest)
    }
    return texts
  }

  /// Without what no line may hold, and no longer than that.
  private static func cut(_ text: String, _ longest: Int) -> String {
    var kept = String.UnicodeScalarView()
    for (count, scalar) in text.unicodeScalars.lazy.filter(isAllowed).enumerated() {
      guard count < longest else { break }
      kept.append(scalar)
    }
    return String(kept)
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\n" || scalar == "\t" || scalar.properties.generalCategory != .control && scalar.value != 0xfeff
  }

  /// What a page may show as a link.
  private static func isAddress(_ text: String) -> Bool { text.hasPrefix("http://") || text.hasPrefix("https://") }

  /// RFC 3339 with any number of decimals, of which six count; nil also for the year 1, which stands for none.
  static func instant(_ value: Value?) -> Instant? {
    guard let text = value?.text, text.utf8.count < 64 else { return nil }
    guard let point = text.firstIndex(of: ".") else { return Instant(text) }
    let decimals = text[text.index(after: point)...].prefix { $0.isASCII && $0.isNumber }
    return Instant(String(text[..<point]) + (decimals.isEmpty ? "" : ".\(decimals.prefix(6))") + text[decimals.endIndex...])
  }
}
