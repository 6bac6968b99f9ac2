import Kernel
import ServiceLevels

/// A ticket's history as far as it bears on promises, in the short form that lies beside the ticket (`desk.ticket.story`), so
/// that an SLA can be tried out on a million tickets without their events. It is written in the transaction of each act, only
/// grows, and says what the events say: ``ClockReplay`` reads those, this reads the other.
///
/// Records of ten bytes: a ``Code``, its argument (a priority or a reason; else 0), and the instant in microseconds since 1970
/// as a big-endian integer.
package struct TicketStory: Hashable, Sendable {
  /// What happened. Codes are stored: they never change their meaning.
  package enum Code: UInt8, CaseIterable, Sendable {
    /// With the priority of that time. The first record of every story.
    case opened = 1
    case responded
    /// Waits, for a ``PendingReason``: its code, or whose turn it is.
    case held
    case resumed
    case resolved
    case closed
    case reopened
    /// With the new priority.
    case classified
    /// Went into another ticket: what was missed by then stays missed, the rest is judged there.
    case merged
    /// Closed, and the log that it comes from does not say when it was resolved.
    case closedUnresolved
    /// A public word by the provider's side while the ticket was open, other than the first answer.
    case told
  }

  package struct Entry: Hashable, Sendable {
    package let code: Code
    package let argument: UInt8
    package let at: Instant

    package var priority: Int64 { Int64(argument) }

    /// What it means to clocks; nil where that is not one of their acts.
    package var act: ClockAct? {
      switch code {
      case .responded: .responded
      case .told: .updated
      case .held: PendingReason(storyCode: argument)?.clockAct(evidence: nil)
      case .resumed: .resumed
      case .resolved: .resolved
      case .closed, .closedUnresolved: .closed
      case .reopened: .reopened
      case .opened, .classified, .merged: nil
      }
    }
  }

  package struct Unreadable: Error {}

  package static let recordLength = 10

  package private(set) var bytes: [UInt8] = []

  package init() {}

  init(bytes: [UInt8]) { self.bytes = bytes }

  package init(opened at: Instant, priority: Int64) { append(.opened, at, UInt8(clamping: priority)) }

  package mutating func append(_ code: Code, _ at: Instant, _ argument: UInt8 = 0) {
    bytes.append(code.rawValue)
    bytes.append(argument)
    withUnsafeBytes(of: at.microseconds.bigEndian) { bytes.append(contentsOf: $0) }
  }

  package mutating func hold(_ reason: PendingReason, _ at: Instant) { append(.held, at, reason.storyCode) }

  package mutating func classify(_ priority: Int64, _ at: Instant) { append(.classified, at, UInt8(clamping: priority)) }

  /// Reads records one after the other, without keeping any.
  package static func read(_ bytes: UnsafeRawBufferPointer, _ body: (Entry) throws -> Void) throws {
    guard bytes.count.isMultiple(of: recordLength) else { throw Unreadable() }
    for offset in stride(from: 0, to: bytes.count, by: recordLength) {
      guard let code = Code(rawValue: bytes[offset]) else { throw Unreadable() }
      let microseconds = Int64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 2, as: Int64.self))
      try body(Entry(code: code, argument: bytes[offset + 1], at: Instant(microseconds: microseconds)))
    }
  }

  package var entries: [Entry] {
    get throws {
      var entries: [Entry] = []
      try bytes.withUnsafeBytes { try Self.read($0) { entries.append($0) } }
      return entries
    }
  }
}

extension TicketStory {
  /// The highest priority, of which 1 is the first, since it was last reopened; nil: it says nothing.
  var highestPriority: Int64? {
    get throws {
      var (current, highest): (Int64?, Int64?) = (nil, nil)
      for entry in try entries {
        switch entry.code {
        case .opened, .classified:
          current = entry.priority
          highest = min(highest ?? entry.priority, entry.priority)
        case .reopened: highest = current
        case .responded, .held, .resumed, .resolved, .closed, .merged, .closedUnresolved, .told: break
        }
      }
      return highest
    }
  }

  var lastReopening: Instant? { get throws { try entries.last { $0.code == .reopened }?.at } }

  var lastAt: Instant? { get throws { try entries.last?.at } }
}

extension PendingReason {
  /// Stored: these never change.
  var storyCode: UInt8 {
    switch rawValue {
    case Self.awaitingRequester.rawValue: 1
    case Self.scheduled.rawValue: 2
    case Self.awaitingSupplier.rawValue: 3
    case Self.awaitingChange.rawValue: 4
    case Self.awaitingParts.rawValue: 5
    // One of the provider's own: the clocks need no more of it than whose turn it was.
    default:
      switch waitedFor {
      case .customer: 16
      case .supplier: 17
      case .provider: 18
      }
    }
  }

  init?(storyCode: UInt8) {
    switch storyCode {
    case 1: self = .awaitingRequester
    case 2: self = .scheduled
    case 3: self = .awaitingSupplier
    case 4: self = .awaitingChange
    case 5: self = .awaitingParts
    case 16: self.init("customer", .customer)
    case 17: self.init("supplier", .supplier)
    case 18: self.init("provider", .provider)
    default: return nil
    }
  }
}
