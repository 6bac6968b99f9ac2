import Kernel

/// How a source's events become incidents.
struct SourceSettings: Sendable, Equatable {
  /// How severe a value of the severity label is.
  struct Severity: Sendable, Equatable {
    let value: String
    let impact: Int64
    let urgency: Int64
  }

  /// Whose an event with this value of this label is.
  struct Rule: Sendable, Equatable {
    let label: String
    let value: String
    let customer: TenantId
  }

  var customer: TenantId?
  /// In the order in which they are tried.
  var rules: [Rule]
  var groupLabels: [String]
  var ciLabel: String?
  var severityLabel: String
  var severities: [Severity]
  var resolves: Bool
  var flapMinutes: Int64
  var stormLimit: Int64

  /// What Prometheus' own rules use.
  static let usualSeverities = [
    Severity(value: "critical", impact: 1, urgency: 1), Severity(value: "warning", impact: 2, urgency: 2), Severity(value: "info", impact: 3, urgency: 3),
  ]
  /// Of what has no severity that is known.
  static let middle = Severity(value: "", impact: 2, urgency: 2)

  /// Nil: no rule says so.
  func customer(of labels: [String: String]) -> TenantId? { customer ?? rules.first { labels[$0.label] == $0.value }?.customer }

  func severity(of labels: [String: String]) -> Severity {
    labels[severityLabel].flatMap { value in severities.first { $0.value == value } } ?? Self.middle
  }

  /// What makes one incident of several events: the values of the source's own labels, else what the sender groups by, else the
  /// thing itself. The first byte keeps the three apart.
  func groupKey(of labels: [String: String], sent: String, fingerprint: String) -> String {
    if !groupLabels.isEmpty { return "l" + JSON.text(LabelSet.value(labels.filter { groupLabels.contains($0.key) })) }
    return sent.isEmpty ? "f" + fingerprint : "g" + sent
  }

  /// The names by which a CI may be known that the event names: the label's value, and that without a port.
  func ciNames(of labels: [String: String]) -> [String] {
    guard let label = ciLabel, let value = labels[label], !value.isEmpty else { return [] }
    guard let colon = value.lastIndex(of: ":"), value[value.index(after: colon)...].allSatisfy(\.isASCII),
      !value[value.index(after: colon)...].isEmpty, value[value.index(after: colon)...].allSatisfy(\.isNumber)
    else { return [value] }
    return [value, String(value[..<colon])]
  }
}

extension SourceSettings.Severity {
  var stored: Value { .object(["value": .text(value), "impact": .integer(impact), "urgency": .integer(urgency)]) }

  init?(_ stored: Value) {
    guard let value = stored["value"]?.text, let impact = stored["impact"]?.integer, let urgency = stored["urgency"]?.integer else { return nil }
    self.init(value: value, impact: impact, urgency: urgency)
  }
}
