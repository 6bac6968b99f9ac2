import Glibc

/// Who is at the other end of a connected Unix socket, as the kernel recorded it when the peer connected.
package struct PeerCredentials: Hashable, Sendable {
  package let processId: pid_t
  package let userId: uid_t
  package let groupId: gid_t

  /// `struct ucred` stands behind _GNU_SOURCE, so Swift does not see it: three 32-bit numbers in this order (unix(7)).
  package typealias Raw = (pid: Int32, uid: UInt32, gid: UInt32)

  /// The socket option, for those who hold the socket and not its descriptor.
  package static let optionLevel = SOL_SOCKET
  package static let optionName = SO_PEERCRED

  package init(ofSocket descriptor: Int32) throws(SystemCallError) {
    var credentials: Raw = (0, 0, 0)
    var size = socklen_t(MemoryLayout.size(ofValue: credentials))
    guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 else { throw SystemCallError("getsockopt SO_PEERCRED") }
    guard size == MemoryLayout.size(ofValue: credentials) else { throw SystemCallError("getsockopt SO_PEERCRED", code: ENOTCONN) }
    try self.init(credentials)
  }

  /// From what the option gave. The kernel answers with pid 0 and uid -1 for a socket that has no peer.
  package init(_ raw: Raw) throws(SystemCallError) {
    guard raw.uid != UInt32.max else { throw SystemCallError("getsockopt SO_PEERCRED", code: ENOTCONN) }
    processId = raw.pid
    userId = raw.uid
    groupId = raw.gid
  }
}
