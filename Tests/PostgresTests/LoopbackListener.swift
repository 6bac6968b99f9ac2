import Glibc

/// A TCP server on the loopback address that answers the first bytes of each connection once and keeps what it received.
final class LoopbackListener: Sendable {
  let port: Int
  private let listener: Int32
  private let bytes = Shared<[[UInt8]]>([])

  var received: [[UInt8]] { bytes.withLock { $0 } }

  init?(_ answer: @escaping @Sendable ([UInt8]) -> [UInt8]) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, $0, &length) == 0
      }
    }
    port = Int(UInt16(bigEndian: address.sin_port))
    self.listener = listener
    guard bound else { return nil }
    SocketProxy.detach { [bytes] in
      while true {
        let client = accept(listener, nil, nil)
        guard client >= 0 else { return }
        var buffer = [UInt8](repeating: 0, count: 4096)
        var all: [UInt8] = []
        while true {
          let count = read(client, &buffer, buffer.count)
          guard count > 0 else { break }
          if all.isEmpty {
            let reply = answer(Array(buffer[0..<count]))
            _ = send(client, reply, reply.count, Int32(MSG_NOSIGNAL))
          }
          all += buffer[0..<count]
        }
        bytes.withLock { [all] in $0.append(all) }
        Glibc.close(client)
      }
    }
  }

  func close() { shutdown(listener, Int32(SHUT_RDWR)) }
}
