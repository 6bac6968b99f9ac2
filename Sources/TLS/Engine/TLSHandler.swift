import NIOCore
import NIOTLS

/// TLS on a NIO channel, in either role. It sits next to the socket; handlers above it see plaintext, and learn of the
/// handshake through `TLSUserEvent.handshakeCompleted`.
///
/// Reading ends in one of three ways: `ChannelEvent.inputClosed` after the peer's close_notify, ``TLSError/truncated``
/// when the transport ends without one, another ``TLSError`` when the bytes are wrong. Closing sends close_notify and
/// FIN, then discards what still arrives for at most ``Limits/linger``: a close with unread bytes would make the kernel
/// send a reset, which can destroy our last answer on its way. A server that is told to close while it shakes hands does so
/// when that is done: a client may take the connection as standing before the server can say close_notify.
package final class TLSHandler: ChannelDuplexHandler {
  package typealias InboundIn = ByteBuffer
  package typealias InboundOut = ByteBuffer
  package typealias OutboundIn = ByteBuffer
  package typealias OutboundOut = ByteBuffer

  package struct Limits: Sendable {
    /// From the connection to the end of the handshake.
    package var handshake: TimeAmount = .seconds(10)
    /// How long a closed connection waits for the peer's end.
    package var linger: TimeAmount = .seconds(2)
    /// How long a close waits until the peer has taken what was written before it.
    package var drain: TimeAmount = .seconds(30)

    package init() {}
  }

  /// Sent down the pipeline as a user event, it cuts the connection: no drain, no linger.
  package struct Abort: Sendable {
    package init() {}
  }

  private enum State {
    case handshaking, open
    /// Our close_notify is written; what arrives is discarded.
    case closing
    case closed
  }

  /// What OpenSSL may answer by itself while the peer reads nothing.
  private static let unreadAnswerLimit = 1 << 16
  /// What the peer may send beside its data and the frames of that: key updates, alerts, a record that is not whole yet.
  private static let silentLimit = 1 << 17
  /// A byte of data in a record of its own costs this many.
  private static let recordCost = 32
  /// Ciphertext is made in pieces of about this size, as the socket takes them: a large body is never in memory twice.
  private static let pieceSize = 1 << 16
  /// Small writes of one flush share a record of up to this size.
  private static let gatherSize = 1 << 13

  private let engine: TLSEngine
  private let limits: Limits
  private let isServer: Bool
  private var state = State.handshaking
  private var hasReceived = false
  private var writes = MarkedCircularBuffer<(data: ByteBuffer, promise: EventLoopPromise<Void>?)>(initialCapacity: 8)
  private var wantsRead = false
  private var inputEnded = false
  private var unreadAnswers = 0
  private var silent = 0
  private var deadline: Scheduled<Void>?
  private var lingering: Scheduled<Void>?
  private var closePromise: EventLoopPromise<Void>?

  package convenience init(server context: TLSContext, limits: Limits = Limits()) throws {
    try self.init(engine: TLSEngine(context), isServer: true, limits: limits)
  }

  /// `serverName`: the host name or address that the server's certificate must carry.
  package convenience init(client context: TLSContext, serverName: String, limits: Limits = Limits()) throws {
    try self.init(engine: TLSEngine(context, serverName: serverName), isServer: false, limits: limits)
  }

  private init(engine: TLSEngine, isServer: Bool, limits: Limits) {
    self.engine = engine
    self.isServer = isServer
    self.limits = limits
  }

  /// The client's verified certificate; nil before the handshake or without one.
  package var peerCertificate: PeerCertificate? { state == .handshaking ? nil : engine.peerCertificate }
  package var peerSubject: String? { peerCertificate?.subject }
  package var negotiatedProtocol: String? { engine.negotiatedProtocol }
  /// `TLSv1.3`, for logs and tests.
  package var version: String { engine.version }

  // MARK: Life

  package func handlerAdded(context: ChannelHandlerContext) {
    let loopBound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    deadline = context.eventLoop.scheduleTask(in: limits.handshake) {
      let (handler, context) = loopBound.value
      handler.handshakeTimedOut(context)
    }
    if context.channel.isActive { begin(context) }
  }

  package func handlerRemoved(context: ChannelHandlerContext) { finish() }

  package func channelActive(context: ChannelHandlerContext) {
    begin(context)
    context.fireChannelActive()
  }

  private func begin(_ context: ChannelHandlerContext) {
    guard !isServer else { return }
    let step = engine.handshake()
    writeOutput(context)
    if case .failed(let reason) = step { fail(context, .handshakeFailed(reason)) }
  }

  package func channelInactive(context: ChannelHandlerContext) {
    endOfTransport(context)
    finish()
    context.fireChannelInactive()
  }

  /// The end of the handler: every promise is settled, every timer off.
  private func finish() {
    state = .closed
    deadline?.cancel()
    lingering?.cancel()
    while let write = writes.popFirst() { write.promise?.fail(TLSError.closed) }
    closePromise?.succeed()
    closePromise = nil
  }

  private func handshakeTimedOut(_ context: ChannelHandlerContext) {
    guard state == .handshaking else { return }
    context.fireErrorCaught(TLSError.handshakeTimedOut)
    abort(context)
  }

  // MARK: Reading

  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard state == .handshaking || state == .open else { return }
    let ciphertext = unwrapInboundIn(data)
    if isServer, !hasReceived, let first = ciphertext.getInteger(at: ciphertext.readerIndex, as: UInt8.self) {
      hasReceived = true
      // Not the type of a handshake record: whoever it is does not speak TLS, and would take an alert for an answer.
      guard first == 22 else {
        context.fireErrorCaught(TLSError.handshakeFailed("the first bytes are not TLS"))
        return abort(context)
      }
    }
    var plaintext = context.channel.allocator.buffer(capacity: ciphertext.readableBytes)
    let wasHandshaking = state == .handshaking
    let step = engine.receive(ciphertext, into: &plaintext)
    // The borrow of `ciphertext` has ended: from here on the handlers above may do anything, closing us included.
    silent = max(0, silent + ciphertext.readableBytes - Self.recordCost * plaintext.readableBytes)
    if wasHandshaking, engine.isHandshakeComplete { handshakeCompleted(context) }
    // Each key update costs us the making of new keys, and OpenSSL counts none of them.
    guard silent <= Self.silentLimit else {
      fail(context, .protocolViolation("too much without data"))
      return
    }
    writeOutput(context)
    if plaintext.readableBytes > 0, state == .open {
      wantsRead = false
      context.fireChannelRead(wrapInboundOut(plaintext))
    }
    switch step {
    case .wantsMore: break
    case .ended: peerClosed(context)
    case .failed(let reason): fail(context, wasHandshaking ? .handshakeFailed(reason) : .protocolViolation(reason))
    }
  }

  private func handshakeCompleted(_ context: ChannelHandlerContext) {
    guard state == .handshaking else { return }
    state = .open
    deadline?.cancel()
    deadline = nil
    if let promise = takeClosePromise() { return close(context, promise: promise) }
    context.fireUserInboundEventTriggered(TLSUserEvent.handshakeCompleted(negotiatedProtocol: engine.negotiatedProtocol))
    encrypt(context)
  }

  package func channelReadComplete(context: ChannelHandlerContext) {
    context.fireChannelReadComplete()
    // A socket read that gave no plaintext leaves whoever asked for some still waiting: nobody else would read again.
    if state == .handshaking || state == .closing || (state == .open && wantsRead && !inputEnded) { context.read() }
  }

  package func read(context: ChannelHandlerContext) {
    wantsRead = true
    context.read()
  }

  /// The peer's close_notify. With half closure the handlers above may still answer; else both directions end.
  private func peerClosed(_ context: ChannelHandlerContext) {
    guard state == .open, !inputEnded else { return }
    inputEnded = true
    let halfClosure = try? context.channel.syncOptions?.getOption(.allowRemoteHalfClosure)
    if halfClosure == true { context.fireUserInboundEventTriggered(ChannelEvent.inputClosed) } else { close(context, promise: nil) }
  }

  package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case ChannelEvent.inputClosed? = event as? ChannelEvent else {
      context.fireUserInboundEventTriggered(event)
      return
    }
    // The FIN of the transport. After close_notify the handlers above know already.
    if state == .closing { return abort(context) }
    if inputEnded { return }
    endOfTransport(context)
    abort(context)
  }

  private func endOfTransport(_ context: ChannelHandlerContext) {
    switch state {
    case .handshaking: context.fireErrorCaught(TLSError.handshakeFailed("the peer closed the connection"))
    case .open where !inputEnded: context.fireErrorCaught(TLSError.truncated)
    case .open, .closing, .closed: break
    }
    inputEnded = true
  }

  /// OpenSSL has queued an alert: it is sent, and the connection lingers so that the peer can read it.
  private func fail(_ context: ChannelHandlerContext, _ error: TLSError) {
    guard state == .handshaking || state == .open else { return }
    inputEnded = true
    context.fireErrorCaught(error)
    close(context, promise: takeClosePromise())
  }

  // MARK: Writing

  package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard state == .handshaking || state == .open else {
      promise?.fail(TLSError.closed)
      return
    }
    writes.append((unwrapOutboundIn(data), promise))
  }

  package func flush(context: ChannelHandlerContext) {
    writes.mark()
    if state == .open { encrypt(context) }
    context.flush()
  }

  package func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable {
      unreadAnswers = 0
      if state == .open { encrypt(context) }
    }
    context.fireChannelWritabilityChanged()
  }

  /// Encrypts what has been flushed, as far as the socket takes it; all of it when the connection is about to close.
  private func encrypt(_ context: ChannelHandlerContext, everything: Bool = false) {
    while writes.hasMark, everything || context.channel.isWritable {
      var promises: [EventLoopPromise<Void>] = []
      guard encryptPiece(context, &promises) else {
        promises.forEach { $0.fail(TLSError.closed) }
        abort(context)
        return
      }
      var promise: EventLoopPromise<Void>?
      if let first = promises.first {
        for other in promises.dropFirst() { first.futureResult.cascade(to: other) }
        promise = first
      }
      writeOutput(context, promise: promise, isAnswer: false)
    }
  }

  /// One piece of ciphertext; `promises` receives those of the writes that end in it.
  private func encryptPiece(_ context: ChannelHandlerContext, _ promises: inout [EventLoopPromise<Void>]) -> Bool {
    var made = 0
    engine.reserveOutput(min(flushedSize(), Self.pieceSize) + 512, context.channel.allocator)
    while writes.hasMark, made < Self.pieceSize {
      var piece = nextWrite(&promises, limit: Self.pieceSize - made)
      while writes.hasMark, let next = writes.first, piece.readableBytes + next.data.readableBytes <= Self.gatherSize {
        let more = nextWrite(&promises, limit: Self.gatherSize)
        piece.writeImmutableBuffer(more)
      }
      made += max(1, piece.readableBytes)
      guard piece.withUnsafeReadableBytes({ engine.send($0) }) else { return false }
    }
    return true
  }

  private func flushedSize() -> Int {
    var size = 0
    for write in writes where size < Self.pieceSize { size += write.data.readableBytes }
    return size
  }

  /// Takes the first write, or the first `limit` bytes of it.
  private func nextWrite(_ promises: inout [EventLoopPromise<Void>], limit: Int) -> ByteBuffer {
    guard var write = writes.first else { return ByteBuffer() }
    if write.data.readableBytes > limit, let piece = write.data.readSlice(length: limit) {
      writes[writes.startIndex] = write
      return piece
    }
    _ = writes.popFirst()
    if let promise = write.promise { promises.append(promise) }
    return write.data
  }

  /// Hands OpenSSL's bytes to the socket: records of ours, or answers of its own (handshake, tickets, key updates).
  private func writeOutput(_ context: ChannelHandlerContext, promise: EventLoopPromise<Void>? = nil, isAnswer: Bool = true) {
    guard let output = engine.takeOutput(context.channel.allocator) else {
      promise?.succeed()
      return
    }
    if isAnswer, state == .open, !context.channel.isWritable {
      unreadAnswers += output.readableBytes
      guard unreadAnswers <= Self.unreadAnswerLimit else {
        context.fireErrorCaught(TLSError.peerDoesNotRead)
        return abort(context)
      }
    }
    context.writeAndFlush(wrapOutboundOut(output), promise: promise)
  }

  // MARK: Closing

  package func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
    guard event is Abort else { return context.triggerUserOutboundEvent(event, promise: promise) }
    abort(context)
    promise?.succeed()
  }

  package func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    switch mode {
    case .all: close(context, promise: promise)
    case .output where isServer:
      // A server that has said all it wants has no use for what the client may still send: linger, then close.
      close(context, promise: nil)
      promise?.succeed()
    case .output:
      guard state == .open else {
        promise?.fail(ChannelError.outputClosed)
        return
      }
      encrypt(context, everything: true)
      engine.sendCloseNotify()
      writeOutput(context)
      context.close(mode: .output, promise: promise)
    case .input:
      inputEnded = true
      context.close(mode: .input, promise: promise)
    }
  }

  /// close_notify, FIN, a short wait for the peer's end, close.
  private func close(_ context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
    // A second close joins the first: its linger has a limit, and cutting it short could cost the peer our last words.
    // It comes about easily: the handler that hears of an error from us may close as well.
    if let closePromise { return closePromise.futureResult.cascade(to: promise) }
    if isServer, state == .handshaking, hasReceived, !inputEnded, context.channel.isActive { return closeAfterHandshake(context, promise: promise) }
    let wasOpen = state == .open
    guard context.channel.isActive, state != .closed else {
      context.close(promise: promise)
      return
    }
    if wasOpen {
      encrypt(context, everything: true)
      guard state == .open else {
        context.close(promise: promise)
        return
      }
      engine.sendCloseNotify()
    }
    state = .closing
    closePromise = promise ?? context.eventLoop.makePromise()
    deadline?.cancel()
    lingering?.cancel()
    while let write = writes.popFirst() { write.promise?.fail(TLSError.closed) }
    writeOutput(context)
    let loopBound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    lingering = context.eventLoop.scheduleTask(in: limits.drain) {
      let (handler, context) = loopBound.value
      handler.abort(context)
    }
    let sent = context.eventLoop.makePromise(of: Void.self)
    sent.futureResult.whenComplete { _ in
      let (handler, context) = loopBound.value
      handler.outputSent(context)
    }
    context.close(mode: .output, promise: sent)
    context.read()
  }

  /// Our part of the handshake is out: to the client the connection may stand already, with a request on its way, and an end without
  /// close_notify would cut it. We end in order as soon as we can, which is when the client's part has come.
  private func closeAfterHandshake(_ context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
    closePromise = promise ?? context.eventLoop.makePromise()
    let loopBound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    lingering = context.eventLoop.scheduleTask(in: limits.linger) {
      let (handler, context) = loopBound.value
      handler.abort(context)
    }
    context.read()
  }

  private func takeClosePromise() -> EventLoopPromise<Void>? {
    defer { closePromise = nil }
    return closePromise
  }

  private func outputSent(_ context: ChannelHandlerContext) {
    guard state == .closing else { return }
    let loopBound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    lingering?.cancel()
    lingering = context.eventLoop.scheduleTask(in: limits.linger) {
      let (handler, context) = loopBound.value
      handler.abort(context)
    }
  }

  /// Closes without another word.
  private func abort(_ context: ChannelHandlerContext) {
    guard state != .closed else { return }
    state = .closed
    deadline?.cancel()
    lingering?.cancel()
    context.close(promise: takeClosePromise())
  }
}
