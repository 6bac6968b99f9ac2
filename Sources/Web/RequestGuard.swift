import HTTPTypes
import Kernel
import NIOCore
import NIOHTTP1
import NIOTLS

/// Stands between the HTTP parser and the router: lets one request through at a time (pipelined ones wait), holds the
/// limits, answers what breaks them, and keeps an answer within its frame. ``RequestMachine`` decides.
final class RequestGuard: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  private enum Waiting {
    case part(HTTPServerRequestPart)
    case refusal(Refusal)
    case inputClosed
  }

  private var machine: RequestMachine
  private let problem: ProblemWriter
  private let allowedMethods: String
  private let clock: any WallClock
  private let place: ConnectionRegister.Place
  private var waiting = CircularBuffer<Waiting>()
  private var holdsRead = false
  private var timer: (at: NIODeadline, task: Scheduled<Void>)?
  private var head: HTTPRequestHead?
  private var answer = AnswerFrame()

  init(limits: WebLimits, problem: @escaping ProblemWriter, allowedMethods: String, clock: any WallClock, place: ConnectionRegister.Place) {
    machine = RequestMachine(limits: limits)
    self.problem = problem
    self.allowedMethods = allowedMethods
    self.clock = clock
    self.place = place
  }

  // MARK: Requests

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    receive(context, .part(unwrapInboundIn(data)))
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? HTTPParserError else {
      // The transport: a reset, a truncation, a broken record. Whoever reads a body learns of it; nobody can be answered.
      machine.close()
      context.fireErrorCaught(error)
      context.close(promise: nil)
      return
    }
    switch error {
    // The client left in the middle of a message.
    case .invalidEOFState: receive(context, .inputClosed)
    case .headerOverflow: receive(context, .refusal(.headerTooLarge))
    case .invalidMethod: receive(context, .refusal(.methodUnknown))
    default: receive(context, .refusal(.malformed))
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case is ChannelShouldQuiesceEvent:
      if machine.quiesce() { close(context) }
    case ChannelEvent.inputClosed as ChannelEvent:
      receive(context, .inputClosed)
    case TLSUserEvent.handshakeCompleted as TLSUserEvent:
      place.handshakeCompleted()
      machine.handshakeCompleted(at: .now())
      arm(context)
      context.fireUserInboundEventTriggered(event)
    default:
      context.fireUserInboundEventTriggered(event)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    machine.close()
    timer?.task.cancel()
    context.fireChannelInactive()
  }

  /// Called for each read of the socket, before its bytes are parsed: the parser shows nothing of half a header, nor of
  /// what frames a body.
  func bytesArrived(_ context: ChannelHandlerContext, _ byteCount: Int) {
    guard machine.bytesArrived(byteCount, at: context.eventLoop.now) else { return refuse(context, .malformed) }
    arm(context)
  }

  private func receive(_ context: ChannelHandlerContext, _ event: Waiting) {
    guard machine.phase != .closing else { return }
    // Nobody waits for the end of an answer that has none: whoever sends no more has left.
    if case .inputClosed = event, answer.isEndless, machine.answer == .begun { return close(context) }
    if machine.phase == .body, waiting.isEmpty { return deliver(context, event) }
    guard waiting.isEmpty, machine.isFree else { return waiting.append(event) }
    deliver(context, event)
  }

  private func deliver(_ context: ChannelHandlerContext, _ event: Waiting) {
    switch event {
    case .part(.head(let head)): begin(context, head)
    case .part(.body(let data)):
      guard machine.bodyArrived(data.readableBytes, at: context.eventLoop.now) else { return refuse(context, .bodyTooLarge) }
      context.fireChannelRead(wrapInboundOut(.body(data)))
    case .part(.end):
      // Trailers are dropped: no route reads any, and they are a way to smuggle fields past a check.
      let closes = machine.requestEnded(at: context.eventLoop.now)
      place.isAnswering.store(machine.phase == .responding, ordering: .relaxed)
      context.fireChannelRead(wrapInboundOut(.end(nil)))
      if closes { close(context) } else { arm(context) }
    case .refusal(let refusal):
      // What the parser refuses has no head: the one at hand is of the request before.
      if machine.isFree { head = nil }
      refuse(context, refusal)
    case .inputClosed:
      // A request cut short must not look complete to the route that reads it.
      if machine.phase == .body { context.fireErrorCaught(Refusal.malformed) }
      if machine.phase == .body || machine.isFree { close(context) } else { _ = machine.quiesce() }
    }
  }

  private func begin(_ context: ChannelHandlerContext, _ head: HTTPRequestHead) {
    self.head = head
    answer = AnswerFrame()
    let body: RequestFraming.Body
    let limits = machine.limits.of(head)
    switch RequestFraming.check(head, limits: limits) {
    case .success(let form): body = form
    case .failure(let refusal): return refuse(context, refusal)
    }
    // After an upgrade offer the parser reads no further request, and HTTP/1.0 clients need the end to be a close.
    let closes = !head.isKeepAlive || head.version == .http1_0 || head.headers.contains(name: "upgrade")
    answer = AnswerFrame(to: head)
    machine.headArrived(closesAfterAnswer: closes, limits: limits)
    if body != .none, head.headers.contains(name: "expect") {
      context.writeAndFlush(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
    }
    context.fireChannelRead(wrapInboundOut(.head(head)))
    arm(context)
  }

  func read(context: ChannelHandlerContext) {
    // No more from a client whose answer is not taken yet: its requests would pile up here.
    guard waiting.isEmpty else {
      holdsRead = true
      return
    }
    machine.readRequested(at: context.eventLoop.now)
    arm(context)
    context.read()
  }

  // MARK: Answers

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard machine.phase != .closing, machine.answer != .ended else {
      promise?.fail(ChannelError.ioOnClosedChannel)
      return
    }
    switch unwrapOutboundIn(data) {
    case .head(var head) where (100..<200).contains(head.status.code):
      head.version = .http1_1
      context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .head(var head):
      machine.answerBegun()
      if answer.begin(&head) || place.isLast { _ = machine.quiesce() }
      if machine.closesAfterAnswer { head.headers.replaceOrAdd(name: "connection", value: "close") }
      context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .body(let data):
      switch answer.admit(data.readableBytes) {
      case .write: context.write(wrapOutboundOut(.body(data)), promise: promise)
      case .drop: promise?.succeed()
      case .tooMuch:
        promise?.fail(ChannelError.ioOnClosedChannel)
        close(context)
      }
    case .end:
      let closes = machine.answerEnded(at: context.eventLoop.now)
      place.isAnswering.store(false, ordering: .relaxed)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: promise)
      // An answer shorter than it said leaves the client waiting: the end of the connection tells it.
      if closes || !answer.isComplete { return close(context) }
      arm(context)
      deliverWaiting(context)
    }
  }

  private func deliverWaiting(_ context: ChannelHandlerContext) {
    guard !waiting.isEmpty else { return }
    while machine.phase != .closing, machine.isFree || machine.phase == .body, let event = waiting.popFirst() { deliver(context, event) }
    guard machine.phase != .closing else { return }
    context.fireChannelReadComplete()
    if waiting.isEmpty, holdsRead {
      holdsRead = false
      read(context: context)
    }
  }

  /// Answers with a problem, if no answer has begun, and closes.
  private func refuse(_ context: ChannelHandlerContext, _ refusal: Refusal) {
    let inRequest = machine.phase == .body || machine.phase == .responding
    let mayAnswer = !inRequest || machine.answer == .none
    machine.close()
    timer?.task.cancel()
    if inRequest { context.fireErrorCaught(refusal) }
    if mayAnswer {
      let answer = problem(refusal.status, refusal.message, readableFields())
      var headers = HTTPHeaders(answer.headers.map { ($0.name.rawName, $0.value) })
      headers.add(name: "content-length", value: "\(answer.body.count)")
      headers.add(name: "date", value: HTTPDate.text(clock.now()))
      headers.add(name: "connection", value: "close")
      if refusal == .methodUnknown { headers.add(name: "allow", value: allowedMethods) }
      let status = HTTPResponseStatus(statusCode: refusal.status.code)
      context.write(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
    context.close(promise: nil)
  }

  /// The refused request's fields, without those that are malformed themselves.
  private func readableFields() -> HTTPFields {
    var fields = HTTPFields()
    for field in head?.headers ?? [:] {
      guard let name = HTTPField.Name(field.name), HTTPField.isValidValue(field.value) else { continue }
      fields.append(HTTPField(name: name, value: field.value))
    }
    return fields
  }

  private func close(_ context: ChannelHandlerContext) {
    machine.close()
    timer?.task.cancel()
    context.close(promise: nil)
  }

  // MARK: Time

  /// Sees to it that the timer fires by the machine's next deadline. A timer that fires early looks again, which is
  /// cheaper than moving it with each part of each request.
  private func arm(_ context: ChannelHandlerContext) {
    guard let next = machine.nextTimeout else { return }
    if let timer, timer.at <= next { return }
    timer?.task.cancel()
    let loopBound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    let task = context.eventLoop.scheduleTask(deadline: next) {
      let (handler, context) = loopBound.value
      handler.timer = nil
      handler.timedOut(context)
    }
    timer = (next, task)
  }

  private func timedOut(_ context: ChannelHandlerContext) {
    switch machine.timeout(at: context.eventLoop.now) {
    case .wait: arm(context)
    case .nothing: break
    case .close:
      if machine.phase == .body { context.fireErrorCaught(Refusal.tooSlow) }
      close(context)
    case .refuse(let refusal):
      if machine.isFree { head = nil }
      refuse(context, refusal)
    }
  }
}

/// Tells ``RequestGuard`` of bytes before they are parsed.
final class ArrivalMonitor: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let guardHandler: RequestGuard

  init(_ guardHandler: RequestGuard) {
    self.guardHandler = guardHandler
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let byteCount = unwrapInboundIn(data).readableBytes
    if let guardContext = try? context.pipeline.syncOperations.context(handler: guardHandler) { guardHandler.bytesArrived(guardContext, byteCount) }
    context.fireChannelRead(data)
  }
}
