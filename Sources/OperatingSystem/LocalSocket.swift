import Glibc

/// A listening Unix socket with a path, mode 0660. Nobody can connect before its mode and group are right, because it does
/// not listen before. What lies at the path is replaced only if it is a socket of this user on which nobody answers.
package final class LocalSocket: Sendable {
  /// `sun_path` has 108 bytes, the last for a zero.
  package static let longestPath = 107

  package let path: String
  /// Non-blocking. Whoever takes it closes it.
  package let descriptor: Int32

  /// Throws with `ENAMETOOLONG`, `EADDRINUSE` when somebody answers there, `ELOOP` for a symbolic link, `ENOTSOCK` for any
  /// other file, `EPERM` for another user's socket, or what a system call says.
  package init(path: String, group: gid_t?) throws(SystemCallError) {
    guard path.hasPrefix("/") else { throw SystemCallError("bind", path, code: EINVAL) }
    guard path.utf8.count <= Self.longestPath, !path.utf8.contains(0) else { throw SystemCallError("bind", path, code: ENAMETOOLONG) }
    let folder = try Self.lockedFolder(of: path)
    // Closing it unlocks it: two servers that start at once come one after the other.
    defer { close(folder) }
    try Self.removeStale(path)
    let socket = try Self.newSocket()
    do throws(SystemCallError) {
      guard Self.withAddress(of: path, { bind(socket, $0, $1) }) == 0 else { throw SystemCallError("bind", path) }
      if let group, lchown(path, uid_t.max, group) != 0 { throw SystemCallError("chown", path) }
      guard chmod(path, 0o660) == 0 else { throw SystemCallError("chmod", path) }
      let status = try Self.status(path)
      guard let status, status.st_mode == S_IFSOCK | 0o660, status.st_uid == geteuid() else { throw SystemCallError("bind", path, code: EPERM) }
      guard listen(socket, 128) == 0 else { throw SystemCallError("listen", path) }
      self.path = path
      descriptor = socket
    } catch {
      close(socket)
      throw error
    }
  }

  /// Takes the path away, once the descriptor is closed, unless somebody else answers there by now.
  package func removePath() {
    guard let folder = try? Self.lockedFolder(of: path) else { return }
    defer { close(folder) }
    try? Self.removeStale(path)
  }

  private static func lockedFolder(of path: String) throws(SystemCallError) -> Int32 {
    let slash = path.lastIndex(of: "/") ?? path.startIndex
    let folder = slash == path.startIndex ? "/" : String(path[..<slash])
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemCallError("open", folder) }
    // Whoever can read the folder can lock it: not waited for.
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let error = SystemCallError("flock", folder, code: errno == EWOULDBLOCK ? EADDRINUSE : errno)
      close(descriptor)
      throw error
    }
    return descriptor
  }

  /// Of the path itself, never of what a symbolic link leads to; nil when there is nothing.
  private static func status(_ path: String) throws(SystemCallError) -> stat? {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      if errno == ENOENT { return nil }
      throw SystemCallError("stat", path)
    }
    return status
  }

  private static func removeStale(_ path: String) throws(SystemCallError) {
    guard let status = try status(path) else { return }
    switch status.st_mode & S_IFMT {
    case S_IFSOCK: break
    case S_IFLNK: throw SystemCallError("bind", path, code: ELOOP)
    default: throw SystemCallError("bind", path, code: ENOTSOCK)
    }
    guard status.st_uid == geteuid() else { throw SystemCallError("bind", path, code: EPERM) }
    let probe = try newSocket()
    defer { close(probe) }
    let answered = withAddress(of: path, { connect(probe, $0, $1) }) == 0
    // Only this says that nobody listens; a queue that is full (EAGAIN) says the opposite.
    guard !answered, errno == ECONNREFUSED else { throw SystemCallError("bind", path, code: EADDRINUSE) }
    guard unlink(path) == 0 else { throw SystemCallError("unlink", path) }
  }

  private static func newSocket() throws(SystemCallError) -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
    guard descriptor >= 0 else { throw SystemCallError("socket") }
    return descriptor
  }

  private static func withAddress(of path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8.prefix(longestPath))
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count + 1)
    return withUnsafePointer(to: &address) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) } }
  }
}
