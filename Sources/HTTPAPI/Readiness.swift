import Kernel

/// Whether this server should be given work, and what stands in the way.
package struct Readiness: Sendable {
  package struct Check: Sendable {
    /// A word for monitors: `database`, `partitions`, `schema`, `files`, `draining`.
    package let name: String
    package let isGood: Bool

    package init(_ name: String, _ isGood: Bool) {
      self.name = name
      self.isGood = isGood
    }
  }

  package let checks: [Check]

  package init(_ checks: [Check]) {
    self.checks = checks
  }

  var isReady: Bool { checks.allSatisfy(\.isGood) }

  /// Names and yes or no, nothing of the inside: anybody may read it.
  var document: Value {
    .object([
      "ready": .bool(isReady),
      "checks": .object(checks.map { Value.Member($0.name, .bool($0.isGood)) }),
    ])
  }
}
