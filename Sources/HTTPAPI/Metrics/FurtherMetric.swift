/// A metric of another part of the server. Names and labels must come from closed sets, as in ``PrometheusText``.
package struct FurtherMetric: Sendable {
  package enum Kind: Sendable { case gauge, counter }

  let name: String
  let help: String
  let kind: Kind
  let samples: [(labels: [(String, String)], value: Double)]

  package init(_ name: String, _ help: String, _ kind: Kind, _ samples: [(labels: [(String, String)], value: Double)]) {
    self.name = name
    self.help = help
    self.kind = kind
    self.samples = samples
  }
}
