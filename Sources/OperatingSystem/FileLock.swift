import Glibc

/// An exclusive lock on a file, held until it is released or the process ends, however it ends (flock(2)).
package final class FileLock: Sendable {
  private let descriptor: Int32

  /// Nil when another holder has it. The file is made when absent and stays.
  package init?(path: String) throws(SystemCallError) {
    // Close-on-exec: a child that inherited the descriptor would keep the lock after this process is gone.
    descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw SystemCallError("open", path) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      close(descriptor)
      if code == EWOULDBLOCK { return nil }
      throw SystemCallError("flock", path, code: code)
    }
  }

  /// Unlocks instead of leaving it to `close`: a child that is just being made may hold a copy of the descriptor.
  package func release() { flock(descriptor, LOCK_UN) }

  deinit {
    release()
    close(descriptor)
  }
}
