import Glibc

/// Tells the service manager about this service by the protocol of sd_notify(3): one datagram to the socket whose
/// address is in `NOTIFY_SOCKET`. Written here because the protocol is smaller than a dependency on libsystemd.
package struct ServiceNotifier: Sendable {
  package enum State: String, Sendable {
    case ready = "READY=1"
    case stopping = "STOPPING=1"
  }

  private let address: String

  /// Nil when no service manager waits for word: the value of `NOTIFY_SOCKET` is absent, or names no Unix socket.
  package init?(notifySocket: String?) {
    guard let address = notifySocket, address.first == "/" || address.first == "@", address.utf8.count > 1 else { return nil }
    self.address = address
  }

  package func notify(_ state: State) throws(SystemCallError) {
    var name = sockaddr_un()
    name.sun_family = sa_family_t(AF_UNIX)
    var path = Array(address.utf8)
    // An abstract address is written with @ for its leading zero byte.
    if path.first == UInt8(ascii: "@") { path[0] = 0 }
    guard path.count < MemoryLayout.size(ofValue: name.sun_path) else { throw SystemCallError("sd_notify", address, code: ENAMETOOLONG) }
    withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path) }

    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw SystemCallError("socket") }
    defer { close(descriptor) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
    let message = Array(state.rawValue.utf8)
    let sent = withUnsafePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { sendto(descriptor, message, message.count, Int32(MSG_NOSIGNAL), $0, length) }
    }
    guard sent == message.count else { throw SystemCallError("sendto", address) }
  }
}
