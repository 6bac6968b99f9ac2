import CLibPQ
import Glibc
import Logging
import Synchronization

/// One connection to PostgreSQL, in pipeline mode except during a COPY or a script. One exchange at a time; the pool
/// gives a connection to one user at a time.
package final class Connection: Sendable {
  let id: UInt64
  let configuration: PostgresConfiguration
  let openedAt = ContinuousClock.now
  let wire: Mutex<Wire>
  /// Holds what libpq's notice callback points to.
  private let notices: NoticeSink
  private let onClose: @Sendable (Connection) -> Void

  /// Connects within the configured time, without holding a thread of the cooperative pool.
  static func open(_ configuration: PostgresConfiguration, logger: Logger, onClose: @escaping @Sendable (Connection) -> Void) async throws -> Connection {
    let poller = try Poller.next()
    let notices = NoticeSink(logger)
    let handshake = await SideThread.run { Handshake.perform(configuration, notices) }
    guard let handshake else { throw PostgresError(.connection, message: "no thread to connect on") }
    return try Connection(try handshake.get(), configuration, poller, notices, onClose)
  }

  private init(
    _ opened: Handshake.Opened, _ configuration: PostgresConfiguration, _ poller: Poller, _ notices: NoticeSink,
    _ onClose: @escaping @Sendable (Connection) -> Void
  ) throws {
    id = Poller.newId()
    self.configuration = configuration
    self.notices = notices
    self.onClose = onClose
    wire = Mutex(Wire(handle: opened.handle, descriptor: opened.descriptor, poller: poller))
    guard poller.add(self, descriptor: opened.descriptor) else {
      close(PostgresError(.connection, message: "the poller takes no more descriptors"))
      throw PostgresError(.connection, message: "the poller takes no more descriptors")
    }
  }

  /// Usable by the next user: open, nothing under way, outside a transaction.
  var isClean: Bool {
    wire.withLock { wire in
      guard let handle = wire.handle, wire.exchange == nil else { return false }
      return PQstatus(handle) == CONNECTION_OK && PQtransactionStatus(handle) == PQTRANS_IDLE && PQpipelineStatus(handle) == PQ_PIPELINE_ON
    }
  }

  var closeReason: PostgresError? { wire.withLock { $0.closeReason } }

  func close(_ reason: PostgresError = PostgresError(.connection, message: "the connection was closed")) {
    finish { wire in self.shut(&wire, reason) }
  }

  // MARK: Exchanges

  /// Sends something on this thread and waits for its answer. Returns early, interrupted, when the deadline passes or
  /// (where allowed) the task is cancelled; the statement is cancelled at the server first, and a connection that does
  /// not answer to that is closed.
  func exchange(
    _ goal: Exchange.Goal, timeout: Duration, isCancellable: Bool, send: (inout Wire, OpaquePointer, inout Exchange) -> Bool
  ) async -> ExchangeOutcome {
    let number = wire.withLock { wire in
      wire.exchangeCount += 1
      return wire.exchangeCount
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        finish { wire in
          func atOnce(_ outcome: ExchangeOutcome) -> Ending { Ending(continuation: continuation, outcome: outcome) }
          guard let handle = wire.handle else {
            return atOnce(ExchangeOutcome(loss: wire.closeReason ?? PostgresError(.connection), wasSent: false))
          }
          guard wire.exchange == nil else {
            return atOnce(ExchangeOutcome(interruption: PostgresError(.other, message: "the connection is in use"), wasSent: false))
          }
          if isCancellable, Task.isCancelled { return atOnce(ExchangeOutcome(interruption: PostgresError(.cancelled), wasSent: false)) }
          comeToCaller(&wire)
          var exchange = Exchange(
            number: number, goal: goal, continuation: continuation, deadline: ContinuousClock.now.advanced(by: timeout), isCancellable: isCancellable)
          let isSent = send(&wire, handle, &exchange)
          wire.exchange = exchange
          wire.poller.exchangeBegan()
          guard isSent, flush(&wire, handle) else { return lose(&wire, handle) }
          // The answer may be here already (a COPY that failed while its rows were sent), and no event would announce it.
          return advance(&wire, handle)
        }
      }
    } onCancel: {
      if isCancellable { interrupt(number, .cancelled) }
    }
  }

  /// On a poller's thread: there is input, room for output, or the end.
  func socketIsReady() {
    finish { wire in
      guard let handle = wire.handle else { return nil }
      repeat {
        guard PQconsumeInput(handle) == 1 else { return lose(&wire, handle) }
      } while clibpq_tls_pending(handle) > 0
      if wire.wantsWrite, !flush(&wire, handle) { return lose(&wire, handle) }
      return advance(&wire, handle)
    }
  }

  /// On a poller's thread, now and then.
  func checkDeadline(_ now: ContinuousClock.Instant) {
    let overdue = wire.withLock { wire in wire.exchange.flatMap { now >= $0.deadline ? $0 : nil } }
    guard let overdue else { return }
    if overdue.interruption == nil, overdue.isCancellable {
      interrupt(overdue.number, .deadline)
    } else {
      close(PostgresError(overdue.isCancellable ? .timeout : .connection, message: "the server did not answer in time"))
    }
  }

  /// Cancels the exchange at the server, aside. The exchange then ends by itself, or by its new deadline.
  private func interrupt(_ number: UInt64, _ interruption: Exchange.Interruption) {
    let cancel = wire.withLock { wire -> CancelHandle? in
      guard let handle = wire.handle, wire.exchange?.number == number, wire.exchange?.interruption == nil else { return nil }
      wire.exchange?.interruption = interruption
      wire.exchange?.deadline = ContinuousClock.now.advanced(by: configuration.cancelGrace)
      guard let cancel = PQgetCancel(handle) else { return nil }
      wire.exchange?.cancelIsRunning = true
      return CancelHandle(pointer: cancel)
    }
    guard let cancel else { return }
    let started = SideThread.start {
      cancel.perform()
      self.cancelReturned(number)
    }
    if !started { close(PostgresError(.connection, message: "no thread to cancel on")) }
  }

  private func cancelReturned(_ number: UInt64) {
    finish { wire in
      guard wire.exchange?.number == number else { return nil }
      wire.exchange?.cancelIsRunning = false
      return complete(&wire)
    }
  }

  // MARK: Under the lock

  /// A continuation to resume after the lock is free, and whether the connection was closed.
  private struct Ending {
    var continuation: CheckedContinuation<ExchangeOutcome, Never>?
    var outcome = ExchangeOutcome()
    var isClosed = false
  }

  private func finish(_ body: (inout Wire) -> Ending?) {
    guard let ending = wire.withLock({ body(&$0) }) else { return }
    if ending.isClosed { onClose(self) }
    ending.continuation?.resume(returning: ending.outcome)
  }

  /// Has the answer read on the caller's own thread, where that is a poller's. Between two exchanges nothing is waited
  /// for, so nothing can be missed on the way.
  private func comeToCaller(_ wire: inout Wire) {
    guard let here = Poller.current, here !== wire.poller, !wire.wantsWrite, here.add(self, descriptor: wire.descriptor) else { return }
    wire.poller.remove(id, descriptor: wire.descriptor)
    wire.poller = here
  }

  /// False when the connection is lost.
  private func flush(_ wire: inout Wire, _ handle: OpaquePointer) -> Bool {
    let status = PQflush(handle)
    let wantsWrite = status == 1
    if wire.wantsWrite != wantsWrite {
      wire.wantsWrite = wantsWrite
      wire.poller.setWritable(wantsWrite, id, descriptor: wire.descriptor)
    }
    return status >= 0
  }

  /// Takes what has arrived.
  private func advance(_ wire: inout Wire, _ handle: OpaquePointer) -> Ending? {
    guard let exchange = wire.exchange else {
      // Idle: the call makes libpq read notices and parameter changes.
      _ = PQisBusy(handle)
      return PQstatus(handle) == CONNECTION_OK ? nil : lose(&wire, handle)
    }
    switch exchange.goal {
    case .flushed: if !wire.wantsWrite { wire.exchange?.isComplete = true }
    case .sync: advancePipeline(&wire, handle)
    case .lastResult, .copyInvitation: advanceScript(&wire, handle)
    }
    if PQstatus(handle) != CONNECTION_OK { return lose(&wire, handle) }
    return complete(&wire)
  }

  private func advancePipeline(_ wire: inout Wire, _ handle: OpaquePointer) {
    while wire.exchange?.isComplete == false, PQisBusy(handle) == 0, PQstatus(handle) == CONNECTION_OK {
      guard let pointer = PQgetResult(handle) else {
        // The end of one slot's results.
        if let current = wire.exchange?.current { wire.exchange?.results.append(current) }
        wire.exchange?.current = nil
        continue
      }
      let result = QueryResult(pointer)
      if result.status == PGRES_PIPELINE_SYNC { wire.exchange?.isComplete = true } else { wire.exchange?.current = result }
    }
  }

  private func advanceScript(_ wire: inout Wire, _ handle: OpaquePointer) {
    while wire.exchange?.isComplete == false, PQisBusy(handle) == 0, PQstatus(handle) == CONNECTION_OK {
      guard let pointer = PQgetResult(handle) else {
        wire.exchange?.isComplete = true
        return
      }
      let result = QueryResult(pointer)
      wire.exchange?.results.append(result)
      // libpq would hand the same invitation out for ever; the caller closes the connection.
      if result.wantsCopy { wire.exchange?.isComplete = true }
    }
  }

  /// Ends the exchange if everything has arrived and no cancel is on its way.
  private func complete(_ wire: inout Wire) -> Ending? {
    guard let exchange = wire.exchange, exchange.isComplete, !exchange.cancelIsRunning else { return nil }
    var outcome = ExchangeOutcome()
    if case .sync = exchange.goal {
      for (slot, result) in zip(exchange.slots, exchange.results) {
        guard case .preparation(let key, let name) = slot else { continue }
        if result.status == PGRES_COMMAND_OK { wire.prepared[key] = name }
      }
    }
    outcome.results = Self.answers(exchange)
    outcome.interruption = Self.error(exchange.interruption)
    wire.exchange = nil
    wire.poller.exchangeEnded()
    return Ending(continuation: exchange.continuation, outcome: outcome)
  }

  /// The results of the commands: a preparation's only where it failed, in place of its command's.
  private static func answers(_ exchange: Exchange) -> [QueryResult] {
    guard case .sync = exchange.goal else { return exchange.results }
    var answers: [QueryResult] = []
    var failedPreparation: QueryResult?
    for (slot, result) in zip(exchange.slots, exchange.results) {
      switch slot {
      case .preparation: failedPreparation = result.isError ? result : nil
      case .command:
        answers.append(failedPreparation ?? result)
        failedPreparation = nil
      }
    }
    if let failedPreparation { answers.append(failedPreparation) }
    return answers
  }

  private static func error(_ interruption: Exchange.Interruption?) -> PostgresError? {
    switch interruption {
    case nil: nil
    case .cancelled: PostgresError(.cancelled)
    case .deadline: PostgresError(.timeout)
    }
  }

  /// The connection broke. What the server said before it (that it shuts down, say) is still there to be read.
  private func lose(_ wire: inout Wire, _ handle: OpaquePointer) -> Ending? {
    var reason = PostgresError(.connection, message: Self.message(handle))
    // Bounded, because libpq goes on making up results for a broken connection.
    for _ in 0..<16 {
      guard PQisBusy(handle) == 0, let pointer = PQgetResult(handle) else { continue }
      let result = QueryResult(pointer)
      if wire.exchange?.current == nil { wire.exchange?.current = result }
      if result.isError, result.diagnostic("C") != nil {
        reason = PostgresError(result, statement: nil)
        break
      }
    }
    return shut(&wire, reason)
  }

  @discardableResult private func shut(_ wire: inout Wire, _ reason: PostgresError) -> Ending? {
    guard let handle = wire.handle else { return nil }
    wire.handle = nil
    wire.closeReason = reason
    wire.poller.remove(id, descriptor: wire.descriptor)
    Glibc.close(wire.descriptor)
    PQfinish(handle)
    var ending = Ending(isClosed: true)
    if var exchange = wire.exchange {
      wire.exchange = nil
      wire.poller.exchangeEnded()
      if let current = exchange.current { exchange.results.append(current) }
      ending.continuation = exchange.continuation
      ending.outcome = ExchangeOutcome(results: Self.answers(exchange), loss: reason, interruption: Self.error(exchange.interruption))
    }
    return ending
  }

  private static func message(_ handle: OpaquePointer) -> String {
    PQerrorMessage(handle).map { String(cString: $0).split(separator: "\n").joined(separator: " ") } ?? ""
  }
}

/// `@unchecked Sendable`: made under the connection's lock, used and freed by the one thread that it is given to.
private struct CancelHandle: @unchecked Sendable {
  let pointer: OpaquePointer

  /// Blocks until the server has taken the request and closed its connection.
  func perform() {
    var message = [CChar](repeating: 0, count: 256)
    _ = PQcancel(pointer, &message, Int32(message.count))
    PQfreeCancel(pointer)
  }
}
