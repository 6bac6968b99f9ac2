import CLibPQ

/// The state of a connection that its lock protects: libpq's handle and the exchange under way. libpq does no locking of
/// its own, so the handle is never used without the lock.
struct Wire {
  /// Nil once the connection is closed.
  var handle: OpaquePointer?
  /// A duplicate of libpq's socket: libpq closes its own when the connection breaks, and the number is then soon
  /// somebody else's.
  let descriptor: Int32
  /// Who waits for the socket.
  var poller: Poller
  var exchange: Exchange?
  var exchangeCount: UInt64 = 0
  /// Output is waiting for the socket to take more.
  var wantsWrite = false
  /// Names of the statements that the server has prepared.
  var prepared: [PreparedKey: String] = [:]
  var preparedCount = 0
  /// Why the connection was closed.
  var closeReason: PostgresError?
}

/// What is being waited for.
struct Exchange {
  enum Goal {
    /// The end mark of a pipeline.
    case sync
    /// The last result of a simple query.
    case lastResult
    /// The server's invitation to send COPY data.
    case copyInvitation
    /// All output has left.
    case flushed
  }

  /// The fault of a statement that our side ended.
  enum Interruption {
    case cancelled
    case deadline
  }

  let number: UInt64
  let goal: Goal
  let continuation: CheckedContinuation<ExchangeOutcome, Never>
  var deadline: ContinuousClock.Instant
  var slots: [Slot] = []
  /// One per slot in a pipeline.
  var results: [QueryResult] = []
  /// The result of the slot that has not ended.
  var current: QueryResult?
  /// A task's cancellation ends it. Never for COMMIT, whose outcome must be known.
  let isCancellable: Bool
  var interruption: Interruption?
  /// PQcancel has not returned. Until then the connection stays with this exchange: a late cancel would hit the next.
  var cancelIsRunning = false
  var isComplete = false

  /// One answer of a pipeline.
  enum Slot {
    case preparation(PreparedKey, name: String)
    case command
  }
}

/// How an exchange ended.
struct ExchangeOutcome: Sendable {
  /// One for each command in a pipeline; all results otherwise.
  var results: [QueryResult] = []
  /// The connection was lost, or could not be used from the start.
  var loss: PostgresError?
  /// The exchange was ended by our side, whatever the server answered.
  var interruption: PostgresError?
  /// Something may have reached the server.
  var wasSent = true
}
