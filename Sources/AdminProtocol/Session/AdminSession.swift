import Kernel
import Operations

/// The life of one connection without any I/O: bytes and outcomes in, bytes and work out. It says who may do what when:
/// nothing runs before its turn, and nothing behind an AUTH whose outcome is not known.
///
/// A pure function of events and the time they come at. A shell feeds it and does what it says.
package struct AdminSession: Sendable {
  package enum Credential: Equatable, Sendable {
    case token(String)
    /// The connection's certificate, registered in this organisation; nil: the provider.
    case certificate(tenant: String?)
  }

  /// Who has been authenticated, as far as replies tell.
  package struct Identity: Equatable, Sendable {
    package let name: String
    package let kind: String
    package let language: Language

    package init(name: String, kind: String, language: Language) {
      self.name = name
      self.kind = kind
      self.language = language
    }
  }

  package enum Work: Sendable {
    case authenticate(Credential)
    /// Reads the customer that a code or an id names, as the operation `customer.read` does.
    case choose(customer: String, Call)
    case invoke(Declaration, Value, Call)
  }

  package enum Outcome: Sendable {
    case authenticated(Identity)
    case done(Value, isReplay: Bool)
    case failed(Failure)
    /// Whoever was authenticated is nobody any more.
    case lost(Failure)
  }

  package enum Action: Sendable {
    case write([UInt8], ReplyCode.Class)
    case start(Int, Work)
    /// After what was written.
    case close
  }

  enum Phase: Equatable {
    /// May go to `ending`, `closed`.
    case open
    /// The server stops: what is under way is finished, nothing is begun. May go to `closed`.
    case ending
    case closed
  }

  let registry: Registry
  let limits: AdminLimits
  let version: String
  private let random: RandomSource
  let peer: String

  private var decoder: CommandDecoder
  private var queue: [Entry] = []
  private var nextNumber = 0
  private(set) var phase = Phase.open
  private(set) var identity: Identity?
  /// Who is there is only what the host says: AUTH takes the place of that, once.
  private var isKnownByHost: Bool
  private var unauthenticatedCommands = 0
  private var hasReadCommand = false
  private var isInputOver = false
  private var isWritable = true
  private let openedAt: ContinuousClock.Instant
  private var lastActivity: ContinuousClock.Instant

  var language = Language.english
  var format = ReplyFormat.text
  /// The id of the customer that is meant where a command names none.
  var customer: String?

  /// `identity`: who is there already, as the host says. `peer`: the address, for the limit on logins.
  package init(
    registry: Registry, limits: AdminLimits, version: String, random: RandomSource, peer: String, identity: Identity?, at now: ContinuousClock.Instant
  ) {
    self.registry = registry
    self.limits = limits
    self.version = version
    self.random = random
    self.peer = peer
    self.identity = identity
    isKnownByHost = identity != nil
    language = identity?.language ?? .english
    decoder = CommandDecoder(limits: limits.decoder, budget: identity == nil ? limits.unauthenticatedBytes : nil)
    openedAt = now
    lastActivity = now
  }

  // MARK: Events

  package mutating func receive(_ bytes: some Collection<UInt8>, at now: ContinuousClock.Instant) -> [Action] {
    guard phase == .open, !isInputOver else { return [] }
    decoder.feed(bytes)
    return advance(now)
  }

  /// Nothing more will come. `isTruncated`: not by the client's will, as far as the transport can tell; then nothing more
  /// is begun.
  package mutating func inputEnded(isTruncated: Bool, at now: ContinuousClock.Instant) -> [Action] {
    isInputOver = true
    if isTruncated {
      decoder = CommandDecoder()
      queue.removeAll { $0.isWaiting }
    }
    return advance(now)
  }

  /// What the work of this number came to.
  package mutating func completed(_ number: Int, _ outcome: Outcome, at now: ContinuousClock.Instant) -> [Action] {
    guard let index = queue.firstIndex(where: { $0.number == number }), case .running(let running) = queue[index].step else { return [] }
    queue[index].step = .done(finish(running, outcome, queue[index], now))
    return advance(now)
  }

  /// Whether the client takes what is written to it. While it does not, nothing is begun and nothing is read.
  package mutating func writabilityChanged(_ isWritable: Bool, at now: ContinuousClock.Instant) -> [Action] {
    self.isWritable = isWritable
    return advance(now)
  }

  /// The server stops.
  package mutating func stop(at now: ContinuousClock.Instant) -> [Action] {
    guard phase == .open else { return [] }
    phase = .ending
    queue.removeAll { $0.isWaiting }
    return advance(now)
  }

  /// When to call ``timedOut(at:)`` at the latest; nil: whenever something else happens.
  package var nextTimeout: ContinuousClock.Instant? {
    guard phase == .open, queue.isEmpty else { return nil }
    return identity == nil ? openedAt + limits.unauthenticated : lastActivity + limits.idle
  }

  package mutating func timedOut(at now: ContinuousClock.Instant) -> [Action] {
    guard let nextTimeout, now >= nextTimeout else { return [] }
    let message = identity == nil ? AdminMessages.tooSlow : AdminMessages.idle
    return farewell(Failure(.malformed, message), code: .tooSlow)
  }

  /// Whether the shell is to read more.
  package var wantsInput: Bool { phase == .open && !isInputOver && isWritable && hasRoom }

  /// Before AUTH one command at a time: what stands behind it is not even looked at.
  private var hasRoom: Bool {
    guard identity != nil else { return queue.isEmpty }
    return queue.count < limits.waitingCommands && queue.reduce(0) { $0 + $1.byteCount } < limits.waitingBytes
  }

  // MARK: Order

  private mutating func advance(_ now: ContinuousClock.Instant) -> [Action] {
    var actions: [Action] = []
    while phase != .closed {
      if let head = queue.first, case .done(let reply) = head.step {
        queue.removeFirst()
        lastActivity = now
        actions.append(.write(reply.bytes, reply.kind))
        if reply.closes { close(&actions) }
      } else if let index = startable {
        start(index, now, &actions)
      } else if phase == .ending, queue.isEmpty {
        actions += farewell(Failure(.busy, AdminMessages.ending))
      } else if phase == .open, isWritable, hasRoom, let frame = decoder.next() {
        enqueue(frame)
      } else {
        // What is left of a command cut short is dropped with it.
        if isInputOver, queue.isEmpty, isWritable { close(&actions) }
        break
      }
    }
    return actions
  }

  private mutating func close(_ actions: inout [Action]) {
    phase = .closed
    queue = []
    decoder = CommandDecoder()
    actions.append(.close)
  }

  /// A last line that answers no command.
  private mutating func farewell(_ failure: Failure, code: ReplyCode? = nil) -> [Action] {
    let reply = AdminReply(failure, code: code, language, id: newCorrelationId())
    var actions: [Action] = [.write(ReplyWriter.bytes(reply, tag: .connection, format), reply.code.kind)]
    close(&actions)
    return actions
  }

  private mutating func enqueue(_ frame: CommandDecoder.Frame) {
    let content: Entry.Content
    var byteCount = 0
    switch frame {
    case .command(let command, let bytes):
      hasReadCommand = true
      byteCount = bytes
      content = .command(command, meaning(command))
    case .malformed(let error, let tag, let isFatal):
      content = .malformed(error, tag: tag, closes: isFatal || !hasReadCommand || identity == nil)
    case .broken(let error): content = .broken(error)
    }
    queue.append(Entry(number: nextNumber, byteCount: byteCount, content: content))
    nextNumber &+= 1
  }

  private func meaning(_ command: AdminCommand) -> Meaning {
    if let own = SessionCommand(command) { return .session(own) }
    return OperationCommand.operation(command, in: registry).map(Meaning.operation) ?? .unknown
  }

  /// The first command that waits, if its turn has come: nothing is before it, or only reads and it is one.
  private var startable: Int? {
    guard phase == .open, isWritable, let index = queue.firstIndex(where: \.isWaiting) else { return nil }
    if index == 0 { return index }
    guard queue[index].isRead, queue[..<index].allSatisfy(\.isRead) else { return nil }
    return queue[..<index].count(where: \.isRunning) < limits.readsTogether ? index : nil
  }

  // MARK: Commands

  private mutating func start(_ index: Int, _ now: ContinuousClock.Instant, _ actions: inout [Action]) {
    let entry = queue[index]
    let begun: Beginning
    switch entry.content {
    case .broken(let error):
      let kind: Failure.Kind = error == .lineEnd ? .malformed : .tooLarge
      begun = .reply(AdminReply(Failure(kind, error.message), language, id: newCorrelationId()), closes: true)
    case .malformed(let error, _, let closes):
      begun = .reply(AdminReply(Failure(.malformed, error.message), language, id: newCorrelationId()), closes: closes)
    case .command(let command, let meaning):
      if identity == nil { unauthenticatedCommands += 1 }
      begun = identity == nil && unauthenticatedCommands > limits.unauthenticatedCommands ? tooManyUnauthenticated() : begin(command, meaning)
    }
    switch begun {
    case .reply(let reply, let closes): queue[index].step = .done(written(reply, entry, closes: closes))
    case .work(let running, let work):
      queue[index].step = .running(running)
      actions.append(.start(entry.number, work))
    }
  }

  private func tooManyUnauthenticated() -> Beginning {
    .reply(AdminReply(Failure(.tooLarge, AdminMessages.tooMuch), language, id: newCorrelationId()), closes: true)
  }

  private mutating func begin(_ command: AdminCommand, _ meaning: Meaning) -> Beginning {
    let id = newCorrelationId()
    var key: String?
    do throws(Failure) {
      switch meaning {
      case .unknown: throw Failure(.notFound, AdminMessages.unknownCommand)
      case .session(let own): return try begin(own, command, id)
      case .operation(let operation):
        let declaration = operation.declaration
        guard identity != nil || declaration.needsNobody else { throw Failure(.unauthenticated, OperationMessages.unauthenticated) }
        let given = command.argument(OperationCommand.requestKey)?.value
        if declaration.isRepeatable { key = given ?? Call.newIdempotencyKey(random) }
        let input = try OperationCommand.input(command, for: operation, customer: customer)
        let call = Call(
          requestId: id, idempotencyKey: key ?? given, expectedVersion: try OperationCommand.expectedVersion(command), language: language, peer: peer)
        return .work(Running(id: id, key: key, purpose: .operation(operation)), .invoke(declaration, input, call))
      }
    } catch {
      // A failed AUTH ends the session, however it failed.
      let closes = if case .session(.auth) = meaning { mayAuthenticate } else { false }
      return .reply(AdminReply(error, language, id: id, key: key), closes: closes)
    }
  }

  private mutating func begin(_ own: SessionCommand, _ command: AdminCommand, _ id: String) throws(Failure) -> Beginning {
    switch own {
    case .hello, .lang, .format, .help, .quit: return .reply(try answer(own, command), closes: own == .quit)
    case .auth:
      guard mayAuthenticate else { throw Failure(.conflict, AdminMessages.authenticated) }
      return .work(Running(id: id, key: nil, purpose: .authentication), .authenticate(try command.credential()))
    case .as:
      guard identity != nil else { throw Failure(.unauthenticated, OperationMessages.unauthenticated) }
      guard let code = try command.customer() else {
        customer = nil
        return .reply(AdminReply(.done), closes: false)
      }
      return .work(Running(id: id, key: nil, purpose: .choice), .choose(customer: code, Call(requestId: id, language: language, peer: peer)))
    }
  }

  /// The reply to a command that is finished. It takes effect here: nothing behind it has begun, except reads.
  private mutating func finish(_ running: Running, _ outcome: Outcome, _ entry: Entry, _ now: ContinuousClock.Instant) -> WrittenReply {
    switch outcome {
    case .authenticated(let identity):
      self.identity = identity
      isKnownByHost = false
      customer = nil
      if !hasChosenLanguage { language = identity.language }
      decoder.budget = nil
      return written(AdminReply(.done, .fields, identity.fields), entry, closes: false)
    case .done(let value, let isReplay):
      if case .operation(let operation) = running.purpose {
        return written(OperationCommand.reply(value, isReplay: isReplay, of: operation, key: running.key, format), entry, closes: false)
      }
      customer = value["id"]?.text
      return written(AdminReply(.done, .fields, value.members ?? []), entry, closes: false)
    case .failed(let failure):
      let closes = if case .authentication = running.purpose { true } else { false }
      return written(AdminReply(failure, language, id: running.id, key: running.key), entry, closes: closes)
    case .lost(let failure): return written(AdminReply(failure, language, id: running.id, key: running.key), entry, closes: true)
    }
  }

  private func written(_ reply: AdminReply, _ entry: Entry, closes: Bool) -> WrittenReply {
    WrittenReply(bytes: ReplyWriter.bytes(reply, tag: entry.tag, format), kind: reply.code.kind, closes: closes)
  }

  private var hasChosenLanguage = false

  mutating func choose(_ language: Language) {
    self.language = language
    hasChosenLanguage = true
  }

  private var mayAuthenticate: Bool { identity == nil || isKnownByHost }

  private func newCorrelationId() -> String { "adm-" + Base32.encode(random.bytes(10)) }
}
