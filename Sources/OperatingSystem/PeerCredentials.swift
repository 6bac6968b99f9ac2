import Glibc

/// Who is at the other end of a connected Unix socket, as the kernel recorded it when the peer connected.
package struct PeerCredentials: Hashable, Sendable {
  package let processId: pid_t
  package let userId: uid_t
  package let groupId: gid_t

  package init(ofSocket descriptor: Int32) throws(SystemCallError) {
    // `struct ucred` stands behind _GNU_SOURCE, so Swift does not see it: three 32-bit numbers in this order (unix(7)).
    var credentials: (pid: Int32, uid: UInt32, gid: UInt32) = (0, 0, 0)
    var size = socklen_t(MemoryLayout.size(ofValue: credentials))
    guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 else { throw SystemCallError("getsockopt SO_PEERCRED") }
    // The kernel answers with pid 0 and uid -1 for a socket that has no peer.
    guard size == 12, credentials.uid != UInt32.max else { throw SystemCallError("getsockopt SO_PEERCRED", code: ENOTCONN) }
    processId = credentials.pid
    userId = credentials.uid
    groupId = credentials.gid
  }
}
