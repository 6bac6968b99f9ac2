import Kernel

/// All that a contract says at an instant.
package typealias ContractSnapshot = [TermSubject: Term]

/// What differs between two instants of a contract.
package struct ContractDifference: Sendable {
  package struct Change: Hashable, Sendable {
    package let subject: TermSubject
    /// Nil: it was not agreed before.
    package let before: Term?
    /// Nil: it is not agreed any more.
    package let after: Term?
    /// From when on it is as it is at the later instant.
    package let from: Instant
  }

  package let changes: [Change]

  /// - Parameter snapshots: the contract at the first instant, at each instant in between at which something may have
  ///   changed, and at the last, in this order. What changed and changed back is no difference; what changed twice counts
  ///   from the last time.
  package init(_ snapshots: [(at: Instant, snapshot: ContractSnapshot)]) {
    guard let first = snapshots.first, let last = snapshots.last else {
      changes = []
      return
    }
    var lastChange: [TermSubject: Instant] = [:]
    for (earlier, later) in zip(snapshots, snapshots.dropFirst()) {
      for subject in Self.differing(earlier.snapshot, later.snapshot) { lastChange[subject] = later.at }
    }
    changes = Self.differing(first.snapshot, last.snapshot).sorted().compactMap { subject in
      // A line that comes or goes is told as a whole.
      if let line = subject.line, subject != .line(line), (first.snapshot[.line(line)] == nil) != (last.snapshot[.line(line)] == nil) { return nil }
      // Whether promises are counted by a calendar at all is told with them.
      if case .calendar = subject {
        guard case .hours(let before, _)? = first.snapshot[subject], case .hours(let after, _)? = last.snapshot[subject], before != after else { return nil }
      }
      return Change(subject: subject, before: first.snapshot[subject], after: last.snapshot[subject], from: lastChange[subject] ?? last.at)
    }
  }

  private static func differing(_ earlier: ContractSnapshot, _ later: ContractSnapshot) -> Set<TermSubject> {
    Set(earlier.keys).union(later.keys).filter { earlier[$0] != later[$0] }
  }
}
