import Glibc

/// Limits that the server sets for itself at start.
package enum ProcessLimits {
  /// Lets the process open as many files as the administrator allows, and says how many. The soft limit (usually 1024)
  /// exists for programs that use select(2); each connection costs a descriptor.
  @discardableResult
  package static func raiseOpenFiles() throws(SystemCallError) -> UInt64 {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { throw SystemCallError("getrlimit RLIMIT_NOFILE") }
    limit.rlim_cur = limit.rlim_max
    guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { throw SystemCallError("setrlimit RLIMIT_NOFILE") }
    return UInt64(limit.rlim_cur)
  }

  /// No core dumps: memory holds keys and customers' data. The limit stops core files; a collector that the kernel feeds
  /// through a pipe may disregard the limit, so the filter leaves nothing to dump either. Children inherit both.
  package static func forbidCoreDumps() throws(SystemCallError) {
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    guard setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) == 0 else { throw SystemCallError("setrlimit RLIMIT_CORE") }
    let descriptor = open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC)
    // A kernel without core dumps has no such file.
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    guard write(descriptor, "0", 1) == 1 else { throw SystemCallError("write", "/proc/self/coredump_filter") }
  }
}
