import Kernel

/// What a source says of one thing: that it is so, or that it is over.
struct ReportedEvent: Sendable, Equatable {
  /// What the source calls the thing by.
  let fingerprint: String
  /// What the sender groups by; empty where it does not.
  let groupKey: String
  let isFiring: Bool
  let labels: [String: String]
  let annotations: [String: String]
  /// Where the source shows it: an http or https address.
  let link: String?
  let startsAt: Instant
  let endsAt: Instant?
  /// Of all that was told, so that the same told again is known.
  let digest: [UInt8]
}

/// Labels or annotations as they are stored.
enum LabelSet {
  static func value(_ texts: [String: String]) -> Value {
    .object(texts.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { Value.Member($0.key, .text($0.value)) })
  }

  static func texts(_ value: Value) -> [String: String] {
    Dictionary((value.members ?? []).compactMap { member in member.value.text.map { (member.name, $0) } }) { first, _ in first }
  }
}
