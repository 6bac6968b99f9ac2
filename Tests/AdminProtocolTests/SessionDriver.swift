import Kernel
import Operations
import TestSupport

@testable import AdminProtocol

/// Stands in for the shell: keeps what the session wants done until the test says that it is done.
struct SessionDriver {
  static let registry = Result { try Registry([PlatformModule.self, SampleModule.self]) }

  private(set) var session: AdminSession
  private(set) var pending: [(number: Int, work: AdminSession.Work)] = []
  private(set) var started: [String] = []
  private(set) var output: [UInt8] = []
  private(set) var isClosed = false
  var now = ContinuousClock.now

  static let identity = AdminSession.Identity(name: "robot", kind: "service", language: .english)

  init(known: Bool = false, limits: AdminLimits = AdminLimits(), seed: UInt64 = 1) throws {
    let random = RandomSource { count in (0..<count).map { UInt8(truncatingIfNeeded: $0) } }
    session = AdminSession(
      registry: try Self.registry.get(), limits: limits, version: "1.2.3", random: random, peer: "test", identity: known ? Self.identity : nil, at: now)
  }

  var lines: [String] { String(decoding: output, as: UTF8.self).split(separator: "\r\n").map(String.init) }
  /// `@1 200`, one for each reply.
  var replies: [String] { lines.map { $0.split(separator: " ").prefix(2).joined(separator: " ") }.filter { $0.split(separator: " ").last?.first != "1" } }

  mutating func feed(_ text: String) { take(session.receive(Array(text.utf8), at: now)) }
  mutating func feed(_ bytes: some Collection<UInt8>) { take(session.receive(bytes, at: now)) }
  mutating func end(isTruncated: Bool = false) { take(session.inputEnded(isTruncated: isTruncated, at: now)) }
  mutating func stop() { take(session.stop(at: now)) }
  mutating func writable(_ isWritable: Bool) { take(session.writabilityChanged(isWritable, at: now)) }
  mutating func timeout() { take(session.timedOut(at: now)) }

  /// Completes the work at this place of the pending ones, as ``outcome(of:)`` says or as given.
  mutating func complete(_ index: Int = 0, _ outcome: AdminSession.Outcome? = nil) {
    guard pending.indices.contains(index) else { return }
    let (number, work) = pending.remove(at: index)
    take(session.completed(number, outcome ?? Self.outcome(of: work), at: now))
  }

  mutating func completeAll() { while !pending.isEmpty { complete() } }

  static func outcome(of work: AdminSession.Work) -> AdminSession.Outcome {
    switch work {
    case .authenticate(.token("good")): .authenticated(identity)
    case .authenticate: .failed(Failure(.unauthenticated, OperationMessages.unauthenticated))
    case .choose("ACME", _): .done(.object(["id": "cus_acme"]), isReplay: false)
    case .choose: .failed(.notFound)
    case .invoke(let declaration, let input, _): .done(.object(["operation": .text(declaration.name), "input": input]), isReplay: false)
    }
  }

  private mutating func take(_ actions: [AdminSession.Action]) {
    for action in actions {
      if isClosed { output += Array("* 999 something after the end\r\n".utf8) }
      switch action {
      case .write(let bytes, _): output += bytes
      case .start(let number, let work):
        pending.append((number, work))
        started.append(Self.name(work))
      case .close: isClosed = true
      }
    }
  }

  private static func name(_ work: AdminSession.Work) -> String {
    switch work {
    case .authenticate: "authenticate"
    case .choose: "choose"
    case .invoke(let declaration, _, _): declaration.name
    }
  }
}
