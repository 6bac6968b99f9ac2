import Glibc
import Synchronization

/// A proxy between a client and a server's Unix socket, on threads of its own. It can count how often the client spoke
/// after the server (round trips) and cut the line when the client has sent certain bytes.
final class SocketProxy: Sendable {
  let directory: String
  private let target: String
  private let listener: Int32
  private let state = Mutex(State())

  struct State {
    var turns = 0
    var serverSpokeLast = true
    /// When the client sends this, nothing more is let through in either direction.
    var cutAfter: [UInt8]?
    /// Whether the bytes that hold the mark still reach the server.
    var forwardsTheMark = true
    var cuts = 0
  }

  init(directory: String, target: String) throws {
    self.directory = directory
    self.target = target
    listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    let bound = Self.withAddress("\(directory)/.s.PGSQL.5432") { bind(listener, $0, $1) }
    guard bound == 0, listen(listener, 16) == 0 else { throw ProxyError() }
    Self.detach { self.accept() }
  }

  struct ProxyError: Error {}

  var turns: Int { state.withLock { $0.turns } }
  var cuts: Int { state.withLock { $0.cuts } }

  func resetTurns() {
    state.withLock {
      $0.turns = 0
      $0.serverSpokeLast = true
    }
  }

  func cut(after mark: String, forwardsTheMark: Bool) {
    state.withLock {
      $0.cutAfter = Array(mark.utf8)
      $0.forwardsTheMark = forwardsTheMark
    }
  }

  func close() { shutdown(listener, Int32(SHUT_RDWR)) }

  private func accept() {
    while true {
      let client = Glibc.accept(listener, nil, nil)
      guard client >= 0 else { break }
      let server = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
      guard Self.withAddress("\(target)/.s.PGSQL.5432", { connect(server, $0, $1) }) == 0 else {
        Glibc.close(client)
        Glibc.close(server)
        continue
      }
      Self.detach { self.pump(from: client, to: server, isClient: true) }
      Self.detach { self.pump(from: server, to: client, isClient: false) }
    }
    Glibc.close(listener)
  }

  private func pump(from source: Int32, to sink: Int32, isClient: Bool) {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(source, &buffer, buffer.count)
      guard count > 0 else { break }
      let (forwards, cuts) = note(buffer[0..<count], isClient: isClient)
      // The client's side first: the server's answer must not slip through between the two.
      if cuts { shutdown(source, Int32(SHUT_RDWR)) }
      if forwards { _ = send(sink, buffer, count, Int32(MSG_NOSIGNAL)) }
      if cuts { break }
    }
    shutdown(source, Int32(SHUT_RDWR))
    shutdown(sink, Int32(SHUT_RDWR))
  }

  private func note(_ bytes: ArraySlice<UInt8>, isClient: Bool) -> (forwards: Bool, cuts: Bool) {
    state.withLock { state in
      guard isClient else {
        state.serverSpokeLast = true
        return (true, false)
      }
      if state.serverSpokeLast { state.turns += 1 }
      state.serverSpokeLast = false
      guard let mark = state.cutAfter, bytes.indices.contains(where: { bytes[$0...].starts(with: mark) }) else { return (true, false) }
      state.cutAfter = nil
      state.cuts += 1
      return (state.forwardsTheMark, true)
    }
  }

  private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { room in
      for (index, byte) in path.utf8.enumerated() where index < room.count - 1 { room[index] = byte }
    }
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
  }

  static func detach(_ work: @escaping @Sendable () -> Void) {
    final class Box: Sendable {
      let work: @Sendable () -> Void
      init(_ work: @escaping @Sendable () -> Void) { self.work = work }
    }
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { context in
        context.map { Unmanaged<Box>.fromOpaque($0).takeRetainedValue().work() }
        return nil
      }, Unmanaged.passRetained(Box(work)).toOpaque())
    pthread_detach(thread)
  }
}
