import Kernel

/// Where a task of a request stands.
package enum TaskState: String, Sendable, CaseIterable {
  /// A step before its own is not done. May go to `ready`, `cancelled`.
  case waiting
  /// It can be done. May go to `active`, `done`, `failed`, `skipped`, `cancelled`.
  case ready
  /// Somebody is at it. May go to `active` (somebody else's), `done`, `failed`, `skipped`, `cancelled`.
  case active
  /// It did not work; its step goes no further. May go to `ready`, `skipped`, `cancelled`.
  case failed
  /// Goes nowhere.
  case done
  /// It need not be done. Goes nowhere.
  case skipped
  /// The request ended before it was done. Goes nowhere.
  case cancelled

  package enum Event: String, Sendable, CaseIterable { case open, claim, give, complete, fail, skip, retry, cancel }

  /// Nil: it cannot happen in this state.
  package func after(_ event: Event) -> TaskState? {
    switch (self, event) {
    case (.waiting, .open): .ready
    case (.ready, .claim), (.active, .claim): .active
    // Another team has it: nobody of that is at it yet.
    case (.ready, .give), (.active, .give): .ready
    case (.failed, .give): .failed
    case (.ready, .complete), (.active, .complete): .done
    case (.ready, .fail), (.active, .fail): .failed
    case (.ready, .skip), (.active, .skip), (.failed, .skip): .skipped
    case (.failed, .retry): .ready
    case (.waiting, .cancel), (.ready, .cancel), (.active, .cancel), (.failed, .cancel): .cancelled
    case (.waiting, .claim), (.waiting, .give), (.waiting, .complete), (.waiting, .fail), (.waiting, .skip), (.waiting, .retry), (.ready, .open),
      (.ready, .retry), (.active, .open), (.active, .retry), (.failed, .open), (.failed, .claim), (.failed, .complete), (.failed, .fail), (.done, _),
      (.skipped, _),
      (.cancelled, _):
      nil
    }
  }

  /// Whether its step waits for it no more.
  package var isOver: Bool { self == .done || self == .skipped }
}

/// A piece of work that fulfils a request.
package struct RequestTask: Sendable, Equatable {
  package struct Assignee: Hashable, Sendable {
    package let id: Int64
    package let publicId: [UInt8]

    package init(id: Int64, publicId: [UInt8]) {
      self.id = id
      self.publicId = publicId
    }
  }

  package let publicId: [UInt8]
  package let seq: Int64
  /// Tasks of one step may be done at once.
  package let step: Int64
  package let names: Value
  /// Nil: whoever serves the customer.
  package internal(set) var team: Int64?
  /// For which it was planned, and which may not work for whom it is about; nil: none was passed over.
  package internal(set) var withheldTeam: Int64?
  /// Whether doing it is what gives, changes or takes the access.
  package let carriesAccess: Bool

  package internal(set) var state = TaskState.waiting
  package internal(set) var readyAt: Instant?
  /// When somebody last took it; it stays when he has it no more.
  package internal(set) var claimedAt: Instant?
  package internal(set) var assignee: Assignee?
  package internal(set) var endedAt: Instant?
  /// What came of it, or why it failed or was skipped.
  package internal(set) var result: String?
  /// It rises with whatever changes.
  package internal(set) var version: Int64 = 1

  package init(publicId: [UInt8], seq: Int64, step: Int64, names: Value, team: Int64?, carriesAccess: Bool = false) {
    self.publicId = publicId
    self.seq = seq
    self.step = step
    self.names = names
    self.team = team
    self.carriesAccess = carriesAccess
  }
}
