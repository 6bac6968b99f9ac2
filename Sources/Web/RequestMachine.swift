import NIOCore
import NIOHTTP1

/// The life of one connection's requests, one after the other, without any I/O: where the client stands, what it may
/// still cost, until when it must move. ``RequestGuard`` feeds it and does what it says.
///
/// A pure function of events and the time they come at, so that the deadlines are tested without waiting for them.
struct RequestMachine {
  enum Phase: Equatable {
    /// The handshake is not done; TLS has its own deadline. May go to `header`, `closing`.
    case connecting
    /// Between requests. May go to `header`, `body` (a pipelined request), `closing`.
    case idle
    /// Waiting for the end of a header. May go to `body`, `closing`.
    case header
    /// The header is delivered, the body or its end is coming. May go to `responding`, `idle` (answered already), `closing`.
    case body
    /// The request is complete, its answer is not. May go to `idle`, `closing`.
    case responding
    /// Whatever still arrives is discarded. The end.
    case closing
  }

  enum Answer: Equatable { case none, begun, ended }

  enum TimeoutAction: Equatable {
    case wait(until: NIODeadline)
    case nothing
    case close
    case refuse(Refusal)
  }

  /// Of the connection.
  let limits: WebLimits
  /// Of the request at hand.
  private var requestLimits: WebLimits
  private(set) var phase = Phase.connecting
  private(set) var answer = Answer.none
  private(set) var closesAfterAnswer = false
  private var requests = 0
  private var bodyReceived = 0
  /// What has come since the header, framing and all, but for the read that brought the header.
  private var bodyOnTheWire = 0
  /// The time the client made us wait for this body so far.
  private var waited: TimeAmount = .zero
  private var waitingSince: NIODeadline?
  private var deadline: NIODeadline?

  init(limits: WebLimits) {
    self.limits = limits
    requestLimits = limits
  }

  /// Whether the next request's parts may be delivered.
  var isFree: Bool { phase == .idle || phase == .header }

  mutating func handshakeCompleted(at now: NIODeadline) {
    guard phase == .connecting else { return }
    phase = .header
    deadline = now + limits.header
  }

  /// Before the parser sees them. False if what has come of a body is far more framing than body: chunk extensions,
  /// which nobody reads, in the length of nobody's patience.
  mutating func bytesArrived(_ byteCount: Int, at now: NIODeadline) -> Bool {
    switch phase {
    case .idle:
      phase = .header
      deadline = now + limits.header
    case .body:
      // One byte in a chunk of its own costs six.
      guard bodyOnTheWire - 8 * bodyReceived <= limits.framingBytes else { return false }
      bodyOnTheWire += byteCount
    case .connecting, .header, .responding, .closing: break
    }
    return true
  }

  /// - Parameter own: what holds for this request, if it is something else.
  mutating func headArrived(closesAfterAnswer closes: Bool, limits own: WebLimits? = nil) {
    requestLimits = own ?? limits
    requests += 1
    answer = .none
    phase = .body
    if closes || requests >= limits.requestsPerConnection { closesAfterAnswer = true }
    bodyReceived = 0
    bodyOnTheWire = 0
    waited = .zero
    waitingSince = nil
    deadline = nil
  }

  /// The server is ready for more: from here the client is the one who keeps it waiting.
  mutating func readRequested(at now: NIODeadline) {
    guard phase == .body, waitingSince == nil else { return }
    waitingSince = now
    deadline = now + (allowance - waited)
  }

  /// False if the body is larger than allowed.
  mutating func bodyArrived(_ byteCount: Int, at now: NIODeadline) -> Bool {
    guard phase == .body else { return true }
    bodyReceived += byteCount
    if let since = waitingSince { waited = waited + (now - since) }
    waitingSince = nil
    deadline = nil
    return bodyReceived <= requestLimits.bodyBytes
  }

  /// How long a body of what has come may have kept us waiting.
  private var allowance: TimeAmount {
    let seconds = Int64(bodyReceived / max(1, requestLimits.bodyBytesPerSecond))
    return requestLimits.bodyGrace + .seconds(seconds)
  }

  /// True if the connection is to be closed now.
  mutating func requestEnded(at now: NIODeadline) -> Bool {
    guard phase == .body || phase == .responding else { return false }
    waitingSince = nil
    deadline = nil
    phase = .responding
    return answer == .ended ? becomeIdle(at: now) : false
  }

  mutating func answerBegun() { answer = .begun }

  /// True if the connection is to be closed now.
  mutating func answerEnded(at now: NIODeadline) -> Bool {
    answer = .ended
    // Whoever was answered before the end of a large body is not listened to for all of it.
    requestLimits.bodyBytes = min(requestLimits.bodyBytes, bodyReceived + limits.bodyBytes)
    return phase == .responding ? becomeIdle(at: now) : closesAfterAnswer
  }

  private mutating func becomeIdle(at now: NIODeadline) -> Bool {
    guard !closesAfterAnswer else { return true }
    phase = .idle
    deadline = now + limits.idle
    return false
  }

  /// The server stops. True if the connection is to be closed now.
  mutating func quiesce() -> Bool {
    closesAfterAnswer = true
    return phase == .connecting || phase == .idle
  }

  mutating func close() {
    phase = .closing
    deadline = nil
    waitingSince = nil
  }

  mutating func timeout(at now: NIODeadline) -> TimeoutAction {
    guard let deadline else { return .nothing }
    guard now >= deadline else { return .wait(until: deadline) }
    switch phase {
    case .connecting, .responding, .closing: return .nothing
    case .idle: return .close
    case .header: return .refuse(.tooSlow)
    case .body: return answer == .none ? .refuse(.tooSlow) : .close
    }
  }

  /// When to call ``timeout(at:)`` at the latest.
  var nextTimeout: NIODeadline? { deadline }
}
