import Kernel
import Operations

// Compiled by deploy/fuzz together with the sources of AdminProtocol, as one module.

/// Drives a session by the input: bytes arrive, work completes in any order and in any way, time passes, the client stops
/// reading, the server stops. Whatever happens, replies are well-formed and in order, nothing runs for nobody, and
/// nothing comes behind the end.
@_cdecl("LLVMFuzzerTestOneInput")
package func fuzzAdminSession(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  guard let data, size >= 1 else { return 0 }
  var input = Array(UnsafeBufferPointer(start: data, count: size))[...]
  var drive = SessionDrive(isKnown: (input.popFirst() ?? 0) & 1 == 1)
  while let step = input.popFirst(), !drive.isClosed {
    let detail = input.popFirst() ?? 0
    switch step % 12 {
    case 0...4:
      let bytes = input.prefix(Int(detail))
      input = input.dropFirst(bytes.count)
      drive.receive(bytes)
    case 5: drive.complete(first: true, detail)
    case 6: drive.complete(first: false, detail)
    case 7: drive.becomeWritable(detail & 1 == 1)
    case 8: drive.pass(seconds: Int(detail) * 4)
    case 9: drive.stop()
    case 10: drive.end(isTruncated: detail & 1 == 1)
    default:
      // A whole session's input at once, as a pipelining client sends it.
      drive.receive(input.prefix(Int(detail) * 16))
      input = input.dropFirst(Int(detail) * 16)
    }
  }
  drive.finish()
  return 0
}

private struct SessionDrive {
  private static let registry = try? Registry([PlatformModule.self])
  private static let start = ContinuousClock.now

  private var session: AdminSession
  private var now = start
  private var isKnown: Bool
  private var isTruncated = false
  private(set) var isClosed = false
  private var received: [UInt8] = []
  private var running: [(number: Int, work: AdminSession.Work)] = []
  private var replyTags: [String] = []

  init(isKnown: Bool) {
    guard let registry = Self.registry else { fail("no registry") }
    self.isKnown = isKnown
    session = AdminSession(
      registry: registry, limits: AdminLimits(), version: "fuzz", random: RandomSource { [UInt8](repeating: 7, count: $0) }, peer: "fuzz",
      identity: isKnown ? Self.identity : nil, at: Self.start)
  }

  private static let identity = AdminSession.Identity(name: "fuzz", kind: "staff", language: .english)

  mutating func receive(_ bytes: some Collection<UInt8>) {
    guard session.wantsInput else { return }
    received += bytes
    take(session.receive(bytes, at: now))
  }

  mutating func complete(first: Bool, _ detail: UInt8) {
    guard !running.isEmpty else { return }
    let (number, work) = running.remove(at: first ? 0 : running.count - 1)
    take(session.completed(number, outcome(of: work, detail), at: now))
  }

  private mutating func outcome(of work: AdminSession.Work, _ detail: UInt8) -> AdminSession.Outcome {
    let failure = Failure(.busy, OperationMessages.internalFault)
    switch (work, detail % 4) {
    case (_, 0): return .failed(failure)
    case (.authenticate, 1): return .failed(Failure(.unauthenticated, OperationMessages.unauthenticated))
    case (.authenticate, _):
      isKnown = true
      return .authenticated(Self.identity)
    case (_, 1): return .lost(Failure(.unauthenticated, OperationMessages.unauthenticated))
    case (_, let kind):
      let text = Value.text("a\r\n\"b\\ \u{7}\u{2028} 客户")
      let row = Value.object(["id": "cus_1", "name": text, "none": .null, "list": .array([1, text]), "deep": .object(["x": .bool(true)])])
      return .done(.object(["id": "cus_1", "items": .array([row, row]), "next": .null, "name": text]), isReplay: kind == 3)
    }
  }

  mutating func becomeWritable(_ isWritable: Bool) { take(session.writabilityChanged(isWritable, at: now)) }

  mutating func pass(seconds: Int) {
    now += .seconds(seconds)
    guard let timeout = session.nextTimeout, timeout <= now else { return }
    take(session.timedOut(at: now))
    require(isClosed, "a time-out that ends nothing")
  }

  mutating func stop() { take(session.stop(at: now)) }

  mutating func end(isTruncated: Bool) {
    if isTruncated { self.isTruncated = true }
    take(session.inputEnded(isTruncated: isTruncated, at: now))
  }

  private mutating func take(_ actions: [AdminSession.Action]) {
    for action in actions {
      require(!isClosed, "an action behind the end")
      switch action {
      case .close: isClosed = true
      case .write(let bytes, _): check(reply: bytes)
      case .start(let number, let work):
        require(!isTruncated, "work begun behind a truncation")
        check(work)
        require(!running.contains { $0.number == number }, "the same work twice")
        running.append((number, work))
        require(
          running.count == 1 || (running.count <= AdminLimits().readsTogether && running.allSatisfy { isRead($0.work) }), "more at once than may be")
      }
    }
  }

  private func isRead(_ work: AdminSession.Work) -> Bool {
    guard case .invoke(let declaration, _, _) = work else { return false }
    return !declaration.effect.writes
  }

  private func check(_ work: AdminSession.Work) {
    guard !isKnown else { return }
    switch work {
    case .authenticate: break
    case .invoke(let declaration, _, _): require(declaration.needsNobody, "\(declaration.name) for nobody")
    case .choose: fail("a customer chosen by nobody")
    }
  }

  /// One or more lines of data and one that ends the reply, all with one tag.
  private mutating func check(reply bytes: [UInt8]) {
    require(bytes.suffix(2) == [0x0d, 0x0a], "a reply without its end")
    let lines = bytes.dropLast(2).split(separator: 0x0a, omittingEmptySubsequences: false).enumerated()
    var tags: Set<String> = []
    for (index, line) in lines {
      let isLast = index == lines.underestimatedCount - 1
      let text = isLast ? line : line.dropLast()
      require(isLast || line.last == 0x0d, "a line feed alone")
      require(text.allSatisfy { $0 >= 0x20 && $0 != 0x7f }, "a control character")
      let parts = text.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
      require(parts.count >= 2 && parts[1].count == 3 && (0x31...0x37).contains(parts[1].first ?? 0), "no line of the protocol")
      require((parts[1].first == 0x31) == !isLast, "data behind the end of a reply, or none before it")
      tags.insert(String(decoding: parts[0], as: UTF8.self))
    }
    require(tags.count == 1, "a reply of two tags")
    replyTags += tags
  }

  /// Replies come in the order of the commands, one each; only the last may answer none.
  func finish() {
    var decoder = CommandDecoder()
    decoder.feed(received)
    var tags: [String] = []
    while let frame = decoder.next() {
      switch frame {
      case .command(let command, _): tags.append(command.tag.map { "@\($0)" } ?? "-")
      case .malformed(_, let tag, _): tags.append(tag.map { "@\($0)" } ?? "-")
      case .broken: break
      }
    }
    let answered = replyTags.last == "*" ? replyTags.dropLast() : replyTags[...]
    require(!answered.contains("*") && tags.starts(with: answered), "replies are not in the order of the commands")
  }
}
