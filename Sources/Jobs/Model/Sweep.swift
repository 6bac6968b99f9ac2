import Kernel
import Postgres
import Tenancy

/// Recurring work that crosses tenants: found through the finder, done in small transactions of its own, each bound to
/// one tenant. It may be repeated from the start at any time, so each of its transactions decides by compare-and-set.
package protocol Sweep: Sendable {
  static var kind: String { get }
  static var everySeconds: Int64 { get }
  /// Whether somebody waits for what it does: a deadline, a message, an alert. Such a one has places of a worker that no other takes.
  static var isPrompt: Bool { get }
  /// Whether the provider may let it run once a day, at a time of its choice, or on the open days of a calendar alone: what is done then must be
  /// as good as what it would have done meanwhile. Never a sweep of clocks, or one whose work somebody waits for.
  static var mayBeScheduled: Bool { get }
  func run(at now: Instant, _ tenancy: Tenancy) async throws

  /// Whether there is something to do for which an instant came in a stretch of whole seconds that is over: then it runs at once, and not only
  /// when its schedule says. Every worker asks once a second, so this is one look at an index.
  func cameDue(in stretch: Range<Instant>, _ tenancy: Tenancy) async throws -> Bool
}

extension Sweep {
  package static var isPrompt: Bool { false }
  package static var mayBeScheduled: Bool { false }
  package func cameDue(in stretch: Range<Instant>, _ tenancy: Tenancy) async throws -> Bool { false }
}

/// A sweep through what may be much, in an order: when its time is over it puts down how far it came, and goes on there behind all that waits.
package protocol LongSweep: Sweep {
  func run(at now: Instant, _ tenancy: Tenancy, _ turn: inout SweepTurn) async throws
}

extension LongSweep {
  /// All turns, one after the other.
  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    var undone = LeftUndone()
    var turn = SweepTurn(after: nil)
    repeat {
      turn = SweepTurn(after: turn.place)
      try await run(at: now, tenancy, &turn)
      undone.add(turn.undone)
    } while turn.place != nil
    if !undone.isEmpty { throw undone }
  }
}

/// One turn of a long sweep. It ends where the turn is over, and between two steps only, so that each turn does one at least.
package struct SweepTurn: Sendable {
  /// How far it came, by what the sweep orders by; nil before the first step and after the last one. The sweep moves it on with each step.
  package var place: [Int64]?
  package var undone = LeftUndone()
  /// What the turns before left undone in the same round.
  let earlier: Earlier
  private let end: ContinuousClock.Instant

  /// - Parameters:
  ///   - place: where the turn before was put down; nil: this is the first.
  ///   - time: how long it may begin new steps.
  package init(after place: [Int64]?, time: Duration = .seconds(10)) { self.init(after: place, time: time, Earlier()) }

  private init(after place: [Int64]?, time: Duration = .seconds(10), _ earlier: Earlier) {
    self.place = place
    self.earlier = earlier
    end = .now.advanced(by: time)
  }

  package var isOver: Bool { .now >= end }

  /// As it is kept with the job.
  init(payload: Value) {
    self.init(
      after: payload["place"]?.array?.compactMap(\.integer), Earlier(undone: payload["undone"]?.integer ?? 0, fault: payload["fault"]?.text))
  }

  static func payload(_ place: [Int64], _ soFar: Earlier) -> Value {
    .object(
      [Value.Member("place", .array(place.map { .integer($0) }))]
        + (soFar.undone > 0 ? [Value.Member("undone", .integer(soFar.undone))] : [])
        + (soFar.fault.map { [Value.Member("fault", .text($0))] } ?? []))
  }

  /// How many a round has left undone so far, and what was wrong with the first of them.
  struct Earlier: Sendable {
    var undone: Int64 = 0
    var fault: String?

    /// With what one turn more left.
    func with(_ more: LeftUndone) -> Earlier { Earlier(undone: undone + Int64(more.count), fault: fault ?? more.firstFault) }
  }
}

/// What a sweep throws that has done all but some: they are told of, and the next run, which comes in its usual time, finds them again.
package struct LeftUndone: Error {
  /// The first of them; however many there are, they are told of by few words.
  package private(set) var faults: [(what: String, error: any Error)] = []
  package private(set) var count = 0

  private static let most = 20

  package init() {}

  package var isEmpty: Bool { count == 0 }

  /// Of the first of them; of an error of the database its code only, for its text may hold a customer's values.
  var firstFault: String? {
    faults.first.map { fault in
      let code = (fault.error as? PostgresError)?.description ?? String(describing: type(of: fault.error))
      return String("\(fault.what): \(code)".prefix(300))
    }
  }

  package mutating func add(_ what: String, _ error: any Error) {
    count += 1
    if faults.count < Self.most { faults.append((what: what, error: error)) }
  }

  package mutating func add(_ other: LeftUndone) {
    count += other.count
    faults += other.faults.prefix(Self.most - faults.count)
  }
}

/// Work on one tenant that an act left behind. It runs in the transaction that also completes the job, so its effects
/// are there exactly once, however often a worker dies.
package protocol JobHandler: Sendable {
  static var kind: String { get }
  func run(_ job: Job, in transaction: Transaction, at now: Instant) async throws
}

/// A job in the hands of a worker.
package struct Job: Sendable {
  package let tenant: TenantId
  package let id: Int64
  package let kind: String
  package let payload: Value
  /// How often it was begun, this time included.
  package let attempts: Int64
  package let maxAttempts: Int64
  /// The number of this claim; a worker that lost its lease holds an older one and can no longer complete.
  let fence: Int64

  /// When to try again after this attempt has failed.
  func retryAt(after now: Instant) -> Instant { Instant(microseconds: now.microseconds + RetryDelay.microseconds(job: id, attempt: attempts)) }
}
