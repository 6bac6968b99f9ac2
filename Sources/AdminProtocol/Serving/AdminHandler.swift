import Kernel
import NIOCore
import NIOTLS
import TLS

/// The shell around ``AdminSession``: feeds it what the socket brings, writes what it says, has its work done elsewhere, and
/// reads no more than it has room for.
final class AdminHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let makeSession: (AdminSession.Identity?) -> AdminSession
  private let worker: SessionWorker
  /// Nil at the Unix socket.
  private let tls: TLSHandler?
  /// Who is at the Unix socket; nil for somebody who may not use it.
  private let localOperator: Principal?

  private var session: AdminSession?
  private var proof = SessionWorker.Proof.nothing
  private var isReading = false
  private var isLingering = false
  private var timer: (at: ContinuousClock.Instant, task: Scheduled<Void>)?

  init(
    worker: SessionWorker, tls: TLSHandler?, localOperator: Principal? = nil, makeSession: @escaping (AdminSession.Identity?) -> AdminSession
  ) {
    self.worker = worker
    self.tls = tls
    self.localOperator = localOperator
    self.makeSession = makeSession
  }

  // MARK: Beginning

  func channelActive(context: ChannelHandlerContext) {
    if tls == nil { beginLocally(context) } else { context.read() }
    context.fireChannelActive()
  }

  /// Who is at the Unix socket was found out before the channel could read.
  private func beginLocally(_ context: ChannelHandlerContext) {
    guard let localOperator else { return refusePeer(Failure(.denied, AdminMessages.foreignPeer), context) }
    guard worker.register.admit(context.channel, localOperator) else {
      return refusePeer(Failure(.limited, AdminMessages.tooManySessions, ["limit": String(worker.limits.sessionsPerPrincipal)]), context)
    }
    proof = .localOperator(localOperator)
    begin(AdminSession.Identity(localOperator), context)
  }

  private func refusePeer(_ failure: Failure, _ context: ChannelHandlerContext) {
    let id = "adm-" + Base32.encode(worker.dispatcher.tenancy.random.bytes(10))
    let reply = AdminReply(failure, .english, id: id)
    perform([.write(ReplyWriter.bytes(reply, tag: .connection, .text), reply.code.kind), .close], context)
  }

  private func begin(_ identity: AdminSession.Identity?, _ context: ChannelHandlerContext) {
    session = makeSession(identity)
    if worker.register.isStopping { return apply(context) { $0.stop(at: .now) } }
    settle(context)
  }

  // MARK: Events

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isLingering else { return }
    let bytes = unwrapInboundIn(data)
    apply(context) { $0.receive(bytes.readableBytesView, at: .now) }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    isReading = false
    if isLingering { context.read() } else { settle(context) }
    context.fireChannelReadComplete()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    let isWritable = context.channel.isWritable
    apply(context) { $0.writabilityChanged(isWritable, at: .now) }
    context.fireChannelWritabilityChanged()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case TLSUserEvent.handshakeCompleted as TLSUserEvent: begin(nil, context)
    case ChannelEvent.inputClosed as ChannelEvent where isLingering: context.close(promise: nil)
    case ChannelEvent.inputClosed as ChannelEvent: apply(context) { $0.inputEnded(isTruncated: false, at: .now) }
    case is ChannelShouldQuiesceEvent:
      // A handshake under way is not waited for.
      if session == nil { context.close(promise: nil) } else { apply(context) { $0.stop(at: .now) } }
    default: context.fireUserInboundEventTriggered(event)
    }
  }

  /// A reset, a truncation, a broken record: what came whole was sent, but nothing more is begun.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    apply(context) { $0.inputEnded(isTruncated: true, at: .now) }
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    timer?.task.cancel()
    timer = nil
    session = nil
    context.fireChannelInactive()
  }

  private func apply(_ context: ChannelHandlerContext, _ event: (inout AdminSession) -> [AdminSession.Action]) {
    // Taken out, so that what it holds is changed in place.
    guard var session = session.take() else { return }
    let actions = event(&session)
    self.session = session
    perform(actions, context)
    settle(context)
  }

  // MARK: Actions

  private func perform(_ actions: [AdminSession.Action], _ context: ChannelHandlerContext) {
    var hasWritten = false
    for action in actions {
      switch action {
      case .write(let bytes, let kind):
        worker.register.count(kind)
        context.write(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
        hasWritten = true
      case .start(let number, let work): start(number, work, context)
      case .close:
        closeWhenWritten(context)
        hasWritten = false
      }
    }
    if hasWritten { context.flush() }
  }

  private func start(_ number: Int, _ work: AdminSession.Work, _ context: ChannelHandlerContext) {
    let loopBound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    // Only AUTH asks for the certificate, and only then is it read.
    let certificate = if case .authenticate = work { tls?.peerCertificate } else { PeerCertificate?.none }
    let (worker, proof, channel, peer) = (worker, proof, context.channel, session?.peer ?? context.channel.peerName)
    let loop = context.eventLoop
    Task {
      let (outcome, proof) = await worker.perform(work, proof, certificate: certificate, on: channel, peer: peer)
      loop.execute {
        let (handler, context) = loopBound.value
        if case .authenticated = outcome { handler.proof = proof }
        handler.apply(context) { $0.completed(number, outcome, at: .now) }
      }
    }
  }

  /// A plain socket that is closed forgets what it has not written yet. How long this may take is the write deadline's
  /// business.
  private func closeWhenWritten(_ context: ChannelHandlerContext) {
    timer?.task.cancel()
    let loopBound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in
      let (handler, context) = loopBound.value
      if handler.tls == nil { handler.linger(context) } else { context.close(promise: nil) }
    }
  }

  /// A close with unread bytes is a reset, which can cost the client our last words: what still comes is discarded for a
  /// short while. TLS does so by itself.
  private func linger(_ context: ChannelHandlerContext) {
    guard context.channel.isActive else { return }
    isLingering = true
    context.close(mode: .output, promise: nil)
    let loopBound = NIOLoopBound(context, eventLoop: context.eventLoop)
    timer = (.now, context.eventLoop.scheduleTask(in: Self.lingering) { loopBound.value.close(promise: nil) })
    context.read()
  }

  private static let lingering = TimeAmount.seconds(2)

  /// After each event: the next read, the next deadline.
  private func settle(_ context: ChannelHandlerContext) {
    guard let session else { return }
    if session.wantsInput, !isReading {
      isReading = true
      context.read()
    }
    arm(context)
  }

  /// Sees to it that the timer fires by the session's next deadline. A timer that fires early looks again, which is
  /// cheaper than moving it with each command.
  private func arm(_ context: ChannelHandlerContext) {
    guard let next = session?.nextTimeout else { return }
    if let timer, timer.at <= next { return }
    timer?.task.cancel()
    let loopBound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    let task = context.eventLoop.scheduleTask(in: TimeAmount(ContinuousClock.now.duration(to: next))) {
      let (handler, context) = loopBound.value
      handler.timer = nil
      handler.apply(context) { $0.timedOut(at: .now) }
    }
    timer = (next, task)
  }
}
