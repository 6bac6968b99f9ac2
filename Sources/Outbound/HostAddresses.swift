import NIOCore
import NIOPosix

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The addresses behind a host's name, as the system knows them.
enum HostAddresses {
  private static let most = 4
  /// Of its own: the system's resolver may wait long, and the threads that all share are few.
  private static let threads: NIOThreadPool = {
    let pool = NIOThreadPool(numberOfThreads: 16)
    pool.start()
    return pool
  }()

  /// On a thread that may wait: the system's resolver does. Empty when there are none.
  static func of(_ host: String, port: Int) async throws -> [SocketAddress] {
    try await threads.runIfActive { lookUp(host, port: port) }
  }

  private static func lookUp(_ host: String, port: Int) -> [SocketAddress] {
    var hints = addrinfo()
    #if canImport(Glibc)
      hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    #else
      hints.ai_socktype = SOCK_STREAM
    #endif
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, String(port), &hints, &list) == 0 else { return [] }
    defer { freeaddrinfo(list) }
    var addresses: [SocketAddress] = []
    var next = list
    while let entry = next, addresses.count < most {
      next = entry.pointee.ai_next
      guard let raw = entry.pointee.ai_addr else { continue }
      switch entry.pointee.ai_family {
      case AF_INET: raw.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { addresses.append(SocketAddress($0.pointee)) }
      case AF_INET6: raw.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { addresses.append(SocketAddress($0.pointee)) }
      default: break
      }
    }
    return addresses
  }
}
