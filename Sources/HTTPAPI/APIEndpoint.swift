import HTTPTypes
import Hummingbird
import Kernel
import Live
import Logging
import Operations
import Tenancy
import Web

/// Answers requests: finds the operation, says who asks, makes the input, and tells the outcome. It holds no rule of
/// the operations; those are the dispatcher's.
struct APIEndpoint: Sendable {
  private let configuration: APIConfiguration
  private let routes: RouteTable
  private let dispatcher: Dispatcher
  private let authenticator: Authenticator
  private let logger: Logger
  private let builtIns: BuiltInPages
  private let door: LiveDoor
  private let responses = ResponseCounter()

  init(
    _ configuration: APIConfiguration, routes: RouteTable, dispatcher: Dispatcher, authenticator: Authenticator, live: LiveHub, logger: Logger,
    readiness: @escaping @Sendable () async -> Readiness
  ) {
    self.configuration = configuration
    self.routes = routes
    self.dispatcher = dispatcher
    self.authenticator = authenticator
    self.logger = logger
    door = LiveDoor(hub: live, dispatcher: dispatcher)
    builtIns = BuiltInPages(configuration, dispatcher: dispatcher, responses: responses, live: live, readiness: readiness)
  }

  /// Throws only ``Web/Refusal``, when the server has answered already.
  func reply(to exchange: Exchange) async throws(Refusal) -> Reply {
    let started = ContinuousClock.now
    responses.began()
    let requestId = exchange.headers.requestId ?? RequestHeaders.newRequestId(dispatcher.tenancy.random)
    var told = Telling(language: exchange.headers.language ?? .english, operation: nil)
    var reply: Reply
    do {
      reply = try await answer(exchange, requestId, &told)
    } catch let refusal as Refusal {
      // Counted where it was answered.
      responses.abandoned()
      throw refusal
    } catch let refused as RefusedByPath {
      reply = refused.problem.reply(told.language, correlationId: requestId)
    } catch {
      let failure = Failure(error, constraints: [:])
      if failure.kind == .internal, !(error is Failure) {
        logger.error("request failed", metadata: ["request": "\(requestId)", "failure": "\(failure)"])
      }
      reply = Problem(failure).reply(told.language, correlationId: requestId)
    }
    reply.headers[RequestHeaders.requestIdName] = requestId
    responses.ended(status: reply.status)
    log(exchange, requestId, told, reply, started)
    return exchange.method == "HEAD" ? reply.withoutBody : reply
  }

  /// The answer to what the server below refuses before, or in the middle of, a request.
  func refusal(_ status: HTTPResponse.Status, _ message: Message, _ headers: RequestHeaders) -> Reply {
    let requestId = headers.requestId ?? RequestHeaders.newRequestId(dispatcher.tenancy.random)
    var reply = Problem(status: status, message).reply(headers.language ?? .english, correlationId: requestId)
    reply.headers[RequestHeaders.requestIdName] = requestId
    // The server below says how long the body is.
    reply.headers[.contentLength] = nil
    responses.refused(status: status.code)
    logger.info("request refused", metadata: ["request": "\(requestId)", "status": "\(status.code)", "code": "\(message.key)"])
    return reply
  }

  /// What is learnt of the caller on the way to an answer.
  private struct Telling {
    var language: Language
    var operation: String?
  }

  /// A path or a body that no operation is asked about.
  private struct RefusedByPath: Error {
    let problem: Problem
  }

  private func answer(_ exchange: Exchange, _ requestId: String, _ told: inout Telling) async throws -> Reply {
    switch routes.match(exchange.method, exchange.target.path) {
    case .nothing: throw RefusedByPath(problem: .unknownPath)
    case .wrongMethod(let allowed): throw RefusedByPath(problem: .wrongMethod(allowed: allowed))
    case .builtIn(.metrics):
      try await permitMetrics(exchange)
      return await builtIns.metrics()
    case .batch:
      told.operation = "batch"
      return try await batch(exchange, requestId, &told)
    case .live:
      told.operation = "live"
      return try await listen(exchange, requestId, &told)
    case .builtIn(let page): return await builtIns.page(page, told.language)
    case .operation(let operation, let id):
      told.operation = operation.declaration.name
      return try await call(operation, id, exchange, requestId, &told)
    }
  }

  private func call(_ operation: RegisteredOperation, _ id: String?, _ exchange: Exchange, _ requestId: String, _ told: inout Telling) async throws -> Reply {
    if operation.takesFile, !exchange.headers.isJSON, exchange.headers.saysBody {
      return try await take(operation, id, exchange, requestId, &told)
    }
    // Who asks comes before what is asked: a stranger's body is not even read.
    let signature = operation.takesForeignInput ? exchange.headers.signature() : nil
    let body: [UInt8]
    let principal: Principal
    if let signature {
      (principal, body) = try await signed(signature, by: id, exchange)
    } else {
      principal = try await self.principal(for: operation, exchange)
      body = try await exchange.body()
    }
    if exchange.headers.language == nil { told.language = principal.language }
    let input = try input(operation, id, exchange, body)
    let call = Call(
      requestId: requestId, idempotencyKey: signature?.id ?? exchange.headers.idempotencyKey, expectedVersion: try exchange.headers.expectedVersion(),
      language: told.language, peer: exchange.peer)
    let transfer = FileTransfer(wantsFile: operation.givesFile && !exchange.headers.wantsJSON)
    let outcome = try await dispatcher.invoke(operation.declaration.name, input, as: principal, call, transfer)
    return OperationReply.reply(outcome, of: operation.declaration, routes)
  }

  /// A request whose body is a file: it is written as it comes, once it is known that its sender may do what he asks for.
  private func take(
    _ operation: RegisteredOperation, _ id: String?, _ exchange: Exchange, _ requestId: String, _ told: inout Telling
  ) async throws -> Reply {
    let principal = try await authenticated(exchange)
    if exchange.headers.language == nil { told.language = principal.language }
    guard exchange.headers.isFile else { throw RefusedByPath(problem: .unsupportedFileType) }
    let input = try RequestInput.value(operation.inputFields, id: id, query: try exchange.target.parameters(), body: [])
    let call = Call(
      requestId: requestId, idempotencyKey: exchange.headers.idempotencyKey, expectedVersion: try exchange.headers.expectedVersion(),
      language: told.language, peer: exchange.peer)
    let name = operation.declaration.name
    let incoming = try await dispatcher.admit(name, input, bytes: exchange.headers.contentLength, as: principal, call)
    // Whatever becomes of it, what is not kept by then is not needed.
    defer { incoming.discard() }
    try await exchange.eachPiece { piece in try await dispatcher.receiving(name, call) { try await incoming.append(piece) } }
    let received = try await dispatcher.receiving(name, call) { try await incoming.finish() }
    // Megabytes may take an hour: who was let in then may be out by now.
    let sender = try await authenticated(exchange)
    let outcome = try await dispatcher.invoke(name, input, as: sender, call, FileTransfer(received: received))
    return OperationReply.reply(outcome, of: operation.declaration, routes)
  }

  private func batch(_ exchange: Exchange, _ requestId: String, _ told: inout Telling) async throws -> Reply {
    let principal = try await authenticated(exchange)
    if exchange.headers.language == nil { told.language = principal.language }
    guard exchange.headers.isJSON else { throw RefusedByPath(problem: .unsupportedMediaType) }
    guard let key = exchange.headers.idempotencyKey else { throw Failure(.malformed, HTTPMessages.batchNeedsKey) }
    guard Call.isKey(key, longest: Batch.longestKey) else {
      throw Failure(.invalid, HTTPMessages.badBatchKey, ["most": String(Batch.longestKey)])
    }
    guard try exchange.headers.expectedVersion() == nil else { throw Failure(.malformed, HTTPMessages.batchIfMatch) }
    let query = try exchange.target.parameters()
    let input = try BatchInput.read(try await exchange.body(), query: query, dispatcher.registry)
    let batch = Batch(
      dispatcher: dispatcher, requestId: requestId, key: key, language: told.language, peer: exchange.peer, logger: logger,
      principal: { try await authenticated(exchange) })
    let result = await batch.run(input.acts)
    var reply = Reply(200, "application/json", JSON.write(result.value))
    if let seconds = result.retryAfterSeconds { reply.headers[.retryAfter] = String(seconds) }
    return reply
  }

  private func listen(_ exchange: Exchange, _ requestId: String, _ told: inout Telling) async throws -> Reply {
    let principal = try await authenticated(exchange)
    if exchange.headers.language == nil { told.language = principal.language }
    let (authenticator, secret, peer) = (authenticator, exchange.headers.bearer, exchange.peer)
    return try await door.open(exchange, as: principal, Call(requestId: requestId, language: told.language, peer: peer)) {
      guard let secret else { return nil }
      return try await authenticator.principal(bearer: secret, via: .http, peer: peer)
    }
  }

  private func principal(for operation: RegisteredOperation, _ exchange: Exchange) async throws -> Principal {
    if operation.declaration.needsNobody { return .anonymous(provider: TenantId(0), via: .http) }
    return try await authenticated(exchange, secret: exchange.headers.bearer ?? (operation.takesForeignInput ? exchange.headers.basicPassword : nil))
  }

  /// Whoever signed the message, and the message: it is read only where the sender named by the path exists.
  private func signed(_ signature: MessageSignature, by sender: String?, _ exchange: Exchange) async throws -> (Principal, [UInt8]) {
    guard let sender = sender.flatMap({ PublicId($0) }), let keys = try await authenticator.signer(sender, peer: exchange.peer) else {
      throw Failure(.unauthenticated, OperationMessages.unauthenticated)
    }
    let body = try await exchange.body()
    guard let principal = authenticator.principal(signer: keys, signature, body, peer: exchange.peer) else {
      throw Failure(.unauthenticated, OperationMessages.unauthenticated)
    }
    return (principal, body)
  }

  /// No token, a malformed one, an unknown, an expired, a revoked one: one answer.
  private func authenticated(_ exchange: Exchange) async throws -> Principal { try await authenticated(exchange, secret: exchange.headers.bearer) }

  private func authenticated(_ exchange: Exchange, secret: String?) async throws -> Principal {
    guard let secret, let principal = try await authenticator.principal(bearer: secret, via: .http, peer: exchange.peer) else {
      throw Failure(.unauthenticated, OperationMessages.unauthenticated)
    }
    return principal
  }

  private func input(_ operation: RegisteredOperation, _ id: String?, _ exchange: Exchange, _ body: [UInt8]) throws -> Value {
    let query = try exchange.target.parameters()
    if !body.isEmpty {
      guard Route(of: operation).method.takesBody else { throw Failure(.malformed, HTTPMessages.unexpectedBody) }
      guard exchange.headers.isJSON else { throw RefusedByPath(problem: operation.takesFile ? .unsupportedFileType : .unsupportedMediaType) }
    }
    return try RequestInput.value(operation.inputFields, id: id, query: query, body: body)
  }

  /// Figures of the whole service are for whoever runs it: from this host, or with a staff token that has the
  /// permission for every tenant.
  private func permitMetrics(_ exchange: Exchange) async throws {
    if configuration.showsMetricsToLoopback, exchange.isLocal { return }
    let permission = BuiltInPages.metricsPermission
    let principal = try await authenticated(exchange)
    guard principal.side == .staff, principal.access(permission, honouring: [.all], at: dispatcher.tenancy.clock.now()) != nil else {
      throw Failure(.denied, OperationMessages.denied, ["permission": permission])
    }
  }

  private func log(_ exchange: Exchange, _ requestId: String, _ told: Telling, _ reply: Reply, _ started: ContinuousClock.Instant) {
    let level: Logger.Level = reply.status < 400 ? .debug : .info
    // Neither the target nor any other text of the client: the operation says which route it was.
    logger.log(
      level: level, "request answered",
      metadata: [
        "request": "\(requestId)", "operation": "\(told.operation ?? "-")", "status": "\(reply.status)", "peer": "\(exchange.peer)",
        "milliseconds": "\(started.duration(to: .now).wholeMilliseconds)",
      ])
  }
}

extension Duration {
  fileprivate var wholeMilliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
